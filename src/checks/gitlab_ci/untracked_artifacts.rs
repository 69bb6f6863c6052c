//! Every file that git does not know becomes an artifact, in a job that writes secrets to some.

use super::story;
use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::flow::script::Reach;
use crate::formats::gitlab_ci::Pipeline;
use crate::unit::Unit;

pub(super) static UNTRACKED_ARTIFACTS: Check = Check { page: page!("gitlab-ci/untracked-artifacts"), runs: &[Run::Pipeline(check)] };

fn check(pipeline: &Unit<Pipeline<'_>>, findings: &mut Findings) {
    for leaked in story::leaked(pipeline, &[Reach::Artifact]) {
        let (place, file) = (leaked.leak.sink, &leaked.leak.printer);
        if pipeline.source().slice(place.span) != "true" {
            continue;
        }
        let message = format!("every file that git does not know is uploaded, `{file}` with `{}` in it among them", leaked.origin.name);
        let finding = findings.report(place, message);
        finding.help("name the files that other jobs need under `paths:`, or leave this one out with `exclude:`");
        story::tell(finding, leaked, pipeline, "it is uploaded here");
    }
}
