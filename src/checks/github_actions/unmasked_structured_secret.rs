//! A field of a structured secret is used, which the runner does not mask.

use super::story;
use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::flow::script::Reach;
use crate::formats::github_actions::Workflow;
use crate::unit::Unit;

pub(super) static UNMASKED_STRUCTURED_SECRET: Check =
    Check { page: page!("github-actions/unmasked-structured-secret"), runs: &[Run::Workflow(check)] };

fn check(workflow: &Unit<Workflow<'_>>, findings: &mut Findings) {
    for leaked in story::leaked(workflow, &[Reach::Field]) {
        let name = &leaked.origin.name;
        let message = match leaked.leak.taint.changed_by.as_deref() {
            Some(program) if program != "fromJSON" => format!("a field that `{program}` takes out of `{name}` is not masked"),
            _ => format!("a field of `{name}` is used, and the runner masks only the whole"),
        };
        let finding = findings.report(leaked.leak.taint.at, message);
        finding.help("keep each field as a secret of its own, or mask it on the line after: `echo \"::add-mask::$VALUE\"`");
        story::tell(finding, leaked, workflow, "it is held here");
    }
}
