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
    for leaked in story::leaked(pipeline, &[Reach::Collector, Reach::Host]) {
        let (host, is_all) = (&leaked.leak.printer, leaked.leak.taint.is_listed());
        let what = if is_all { "every variable of the job".to_owned() } else { leaked.leak.what(&leaked.origin) };
        let to = if host.is_empty() { "a host that the line does not name".to_owned() } else { format!("`{host}`") };
        let message = match leaked.leak.reach {
            Reach::Collector => format!("{what} is sent to {to}, where whoever waits can read it"),
            _ => format!("{what} is sent to {to}"),
        };
        let finding = findings.report(leaked.leak.taint.at, message);
        finding.help("delete the line, and replace the secrets that the job has: what was sent is known");
        story::tell(finding, leaked, pipeline, "it is sent here");
    }
}
