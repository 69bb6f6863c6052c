//! The whole environment of a job is printed, its secrets with it.

use super::story;
use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::flow::script::Reach;
use crate::formats::github_actions::Workflow;
use crate::unit::Unit;

pub(super) static ENV_DUMP: Check = Check { page: page!("github-actions/env-dump"), runs: &[Run::Workflow(check)] };

fn check(workflow: &Unit<Workflow<'_>>, findings: &mut Findings) {
    for leaked in story::leaked(workflow, &[Reach::Dump]) {
        let (place, name) = (leaked.leak.taint.at, &leaked.origin.name);
        let program = &leaked.leak.printer;
        let finding = if leaked.is_readable() {
            findings.report_case("derived", place, format!("`{program}` prints what the runner does not mask, in a job that has `{name}`"))
        } else {
            findings.report(place, format!("`{program}` prints the whole environment of the job, `{name}` with it"))
        };
        finding.help("print the variables that you want to see by their names: `echo \"$RUNNER_OS $GITHUB_REF\"`");
        story::tell(finding, leaked, workflow, "it is printed here");
    }
}
