//! The whole environment of a job is printed, its secrets with it.

use super::story;
use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::flow::script::Reach;
use crate::formats::gitlab_ci::Pipeline;
use crate::unit::Unit;

pub(super) static ENV_DUMP: Check = Check { page: page!("gitlab-ci/env-dump"), runs: &[Run::Pipeline(check)] };

fn check(pipeline: &Unit<Pipeline<'_>>, findings: &mut Findings) {
    for leaked in story::leaked(pipeline, &[Reach::Dump]) {
        let program = &leaked.leak.printer;
        let message = if leaked.is_readable() {
            format!("`{program}` prints what GitLab does not mask, in a job that has secrets")
        } else {
            format!("`{program}` prints every variable of the job, those of the project with it")
        };
        let finding = findings.report(leaked.leak.taint.at, message);
        finding.help("print the variables that you want to see by their names: `echo \"$CI_COMMIT_REF_NAME\"`");
        story::tell(finding, leaked, pipeline, "it is printed here");
    }
}
