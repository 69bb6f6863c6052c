//! A secret is sent to a host that has no reason to get it.

use super::story;
use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::flow::script::Reach;
use crate::formats::gitlab_ci::Pipeline;
use crate::unit::Unit;

pub(super) static SECRET_EXFILTRATION: Check = Check { page: page!("gitlab-ci/secret-exfiltration"), runs: &[Run::Pipeline(check)] };

fn check(pipeline: &Unit<Pipeline<'_>>, findings: &mut Findings) {
    for leaked in story::leaked(pipeline, &[Reach::Collector]) {
        let (what, host) = (leaked.leak.what(&leaked.origin), &leaked.leak.printer);
        let finding = findings.report(leaked.leak.taint.at, format!("{what} is sent to `{host}`, where whoever waits can read it"));
        finding.help("delete the line, and replace the secret: what was sent is known");
        story::tell(finding, leaked, pipeline, "it is sent here");
    }
}
