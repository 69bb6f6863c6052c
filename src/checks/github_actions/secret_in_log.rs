//! A script prints a secret: the log keeps it for everybody who can read the repository.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::{Findings, LabelKind};
use crate::flow::github_actions::{Printed, printed};
use crate::flow::script::{Form, Nature};
use crate::formats::github_actions::Workflow;
use crate::unit::Unit;

pub(super) static SECRET_IN_LOG: Check = Check { page: page!("github-actions/secret-in-log"), runs: &[Run::Workflow(check)] };

fn check(workflow: &Unit<Workflow<'_>>, findings: &mut Findings) {
    let text = &workflow.source().text;
    let mut printed = printed(workflow);
    // One line of script is one finding: the worst that it prints.
    let line = |printed: &Printed| {
        let start = printed.leak.taint.at.span.start as usize;
        text.get(..start).map_or(0, |before| before.rfind('\n').map_or(0, |at| at + 1))
    };
    printed.sort_by_cached_key(|printed| (line(printed), case(printed).1));
    printed.dedup_by_key(|printed| line(printed));
    for printed in &printed {
        report(printed, workflow, findings);
    }
}

/// The case, and its rank: what is readable in the log comes first.
fn case(printed: &Printed) -> (&'static str, u8) {
    match (printed.origin.nature, printed.leak.taint.form) {
        (Nature::Fetched | Nature::Unmasked, _) => ("runtime-fetched-unmasked", 0),
        (_, Form::Derived) => ("derived", 0),
        (Nature::Structured, Form::Whole) => ("direct-structured", 1),
        (Nature::Masked, Form::Whole) => ("direct", 2),
    }
}

fn report(printed: &Printed, workflow: &Workflow<'_>, findings: &mut Findings) {
    let (taint, origin) = (&printed.leak.taint, &printed.origin);
    let name = &origin.name;
    let case = case(printed).0;
    let finding = findings.report_case(case, taint.at, message(printed));
    finding.help(help(case)).at(printed.path.clone()).within(printed.opener);
    if origin.place != taint.at {
        finding.label(LabelKind::Source, origin.place, format!("`{name}` comes from here"));
    }
    for hop in taint.hops.iter().filter(|hop| **hop != taint.at && **hop != origin.place) {
        finding.label(LabelKind::Hop, *hop, held_by(workflow.source().slice(hop.span)));
    }
    if !printed.leak.sink.span.contains(taint.at.span) {
        finding.label(LabelKind::Sink, printed.leak.sink, format!("`{}` prints it", printed.leak.printer));
    }
}

/// A variable or a file that holds the secret on its way.
fn held_by(name: &str) -> String {
    let short = name.len() <= 40 && !name.contains(char::is_whitespace);
    if short { format!("`{name}` holds it") } else { "it passes through here".to_owned() }
}

fn message(printed: &Printed) -> String {
    let name = &printed.origin.name;
    match case(printed).0 {
        "runtime-fetched-unmasked" => format!("what `{name}` fetches is printed to the job log, and the runner does not know to mask it"),
        "derived" => format!("{} is printed to the job log, where the runner does not mask it", derived(printed)),
        "direct-structured" => format!("`{name}` is printed to the job log, where the runner masks its lines but not its fields"),
        _ => format!("`{name}` is printed to the job log"),
    }
}

fn derived(printed: &Printed) -> String {
    let name = &printed.origin.name;
    match printed.leak.taint.changed_by.as_deref() {
        Some("the shell" | "a slice") | None => format!("a part of `{name}`"),
        Some(program) => format!("what `{program}` makes of `{name}`"),
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
