//! A script prints a secret: the log keeps it for everybody who can read the repository.

use super::story;
use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::flow::github_actions::Leaked;
use crate::flow::script::{Form, Nature, Reach};
use crate::formats::github_actions::{Scripts, Workflow, may_be_long};
use crate::unit::Unit;

pub(super) static SECRET_IN_LOG: Check = Check { page: page!("github-actions/secret-in-log"), runs: &[Run::Workflow(check)] };

fn check(workflow: &Unit<Workflow<'_>>, findings: &mut Findings) {
    // All secrets at once are the business of `overprovisioned-secrets`, which says more.
    let whole = |leaked: &&Leaked| leaked.origin.name == "secrets" && leaked.leak.taint.form == Form::Whole;
    let mut scripts = None;
    for leaked in story::leaked(workflow, &[Reach::Log]).filter(|leaked| !whole(leaked)) {
        let case = case(leaked);
        let finding = findings.report_case(case, leaked.leak.taint.at, message(leaked, case));
        finding.help(help(case));
        let taint = &leaked.leak.taint;
        // Printed on a later line than it is assigned; the last place it passed through is the assignment.
        if let Some(assigned) = taint.hops.last().filter(|hop| case == "derived" && hop.span.end < taint.at.span.start) {
            let scripts = scripts.get_or_insert_with(|| Scripts::new(workflow.scripts()));
            let change = scripts
                .around(*assigned)
                .filter(|_| scripts.around(taint.at).is_some_and(|script| script.text.span().contains(assigned.span)));
            let is_line = leaked.origin.nature == Nature::Masked && !may_be_long(&leaked.origin.name);
            let change = change.and_then(|script| script.masked(assigned.span, is_line));
            finding.safe_fix("mask the value on a line of its own, before anything prints it", change);
        }
        story::tell(finding, leaked, workflow, &format!("`{}` prints it", leaked.leak.printer));
    }
}

fn case(leaked: &Leaked) -> &'static str {
    match (leaked.origin.nature, leaked.leak.taint.form) {
        (Nature::Fetched, _) => "runtime-fetched-unmasked",
        (Nature::Unmasked, _) | (_, Form::Derived) => "derived",
        (Nature::Structured, Form::Whole) => "direct-structured",
        (Nature::Masked, Form::Whole) => "direct",
    }
}

fn message(leaked: &Leaked, case: &str) -> String {
    let name = &leaked.origin.name;
    match case {
        "runtime-fetched-unmasked" => format!("what `{name}` fetches is printed to the job log, and the runner does not know to mask it"),
        "derived" if leaked.origin.nature == Nature::Unmasked => {
            format!(
                "{} of another job is printed to the job log, where the runner does not know to mask it",
                leaked.leak.what(&leaked.origin)
            )
        }
        "derived" => format!("{} is printed to the job log, where the runner does not mask it", leaked.leak.what(&leaked.origin)),
        "direct-structured" => format!("`{name}` is printed to the job log, where the runner masks its lines but not its fields"),
        _ => format!("`{name}` is printed to the job log"),
    }
}

fn help(case: &str) -> &'static str {
    match case {
        "direct" => {
            "print whether it is set instead: `[ -n \"$TOKEN\" ] && echo set`; a masked value still tells when it changes or is split"
        }
        "direct-structured" => "print nothing of it; write it to a file with `printf %s \"$KEY\" > key.json` if a tool needs it",
        "derived" => "mask the new value on a line of its own before anything prints it: `echo \"::add-mask::$VALUE\"`",
        _ => "assign it, mask it with `echo \"::add-mask::$VALUE\"` on the next line, and do not print it",
    }
}
