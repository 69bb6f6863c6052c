//! A script traces its commands, and the secrets in them.

use super::story;
use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::flow::script::Reach;
use crate::formats::github_actions::Workflow;
use crate::unit::Unit;

pub(super) static SECRET_DEBUG_TRACE: Check = Check { page: page!("github-actions/secret-debug-trace"), runs: &[Run::Workflow(check)] };

fn check(workflow: &Unit<Workflow<'_>>, findings: &mut Findings) {
    for leaked in story::leaked(workflow, &[Reach::Trace]) {
        let place = leaked.leak.taint.at;
        let finding = if leaked.is_readable() {
            let what = leaked.leak.what(&leaked.origin);
            findings.report(place, format!("tracing prints {what} to the job log, where the runner does not mask it"))
        } else {
            findings.report_case(
                "direct",
                place,
                format!("tracing prints the commands that `{}` stands in to the job log", leaked.origin.name),
            )
        };
        finding
            .help("drop `x` from the options of the shell, or write `{ set +x; } 2>/dev/null` before the first command that uses a secret");
        finding.safe_fix("drop the trace", workflow.without_trace(place.span));
        story::tell(finding, leaked, workflow, "this command is traced");
    }
}
