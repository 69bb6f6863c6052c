//! A script prints a secret: the log keeps it for everybody who can see the job.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::{Findings, LabelKind};
use crate::flow::gitlab_ci::Printed;
use crate::flow::script::{Form, Nature};
use crate::formats::gitlab_ci::Pipeline;
use crate::source::{Place, Source};
use crate::unit::Unit;

pub(super) static SECRET_IN_LOG: Check = Check { page: page!("gitlab-ci/secret-in-log"), runs: &[Run::Pipeline(check)] };

fn check(pipeline: &Unit<Pipeline<'_>>, findings: &mut Findings) {
    let text = &pipeline.source().text;
    let mut printed: Vec<&Printed> = pipeline.flow().iter().collect();
    // One line of script is one finding: the worst that it prints.
    let line = |printed: &Printed| {
        let start = printed.leak.taint.at.span.start as usize;
        text.get(..start).map_or(0, |before| before.rfind('\n').map_or(0, |at| at + 1))
    };
    printed.sort_by_key(|printed| (line(printed), case(printed).1, printed.leak.taint.at));
    printed.dedup_by_key(|printed| line(printed));
    for printed in printed {
        report(printed, pipeline.source(), findings);
    }
}

/// The case, and its rank: what is readable in the log comes first.
fn case(printed: &Printed) -> (&'static str, u8) {
    match (printed.origin.nature, printed.leak.taint.form) {
        (Nature::Fetched | Nature::Unmasked, _) => ("runtime-fetched-unmasked", 0),
        (_, Form::Derived) => ("derived", 0),
        (_, Form::Whole) if printed.is_predefined => ("predefined", 2),
        (_, Form::Whole) => ("direct", 1),
    }
}

fn report(printed: &Printed, source: &Source, findings: &mut Findings) {
    let (taint, origin) = (&printed.leak.taint, &printed.origin);
    let case = case(printed).0;
    let finding = findings.report_case(case, taint.at, message(printed));
    finding.help(help(case)).at(printed.path.clone()).within(printed.opener);
    // A variable of the project comes from nowhere in the file; the place is told that the file itself gives a secret.
    let told = |place: Place| place == Place::default() || (place.source == taint.at.source && taint.at.span.contains(place.span));
    let is_given = printed.is_predefined || origin.nature == Nature::Fetched;
    if is_given && !told(origin.place) {
        finding.label(LabelKind::Source, origin.place, format!("`{}` comes from here", origin.name));
    }
    for hop in taint.hops.iter().filter(|hop| !told(**hop) && **hop != origin.place) {
        let name = if hop.source == source.id { source.slice(hop.span) } else { "" };
        finding.label(LabelKind::Hop, *hop, held_by(name));
    }
    if !printed.leak.sink.span.contains(taint.at.span) {
        finding.label(LabelKind::Sink, printed.leak.sink, format!("`{}` prints it", printed.leak.printer));
    }
}

/// A variable or a file that holds the secret on its way.
fn held_by(name: &str) -> String {
    let short = !name.is_empty() && name.len() <= 40 && !name.contains(char::is_whitespace);
    if short { format!("`{name}` holds it") } else { "it passes through here".to_owned() }
}

fn message(printed: &Printed) -> String {
    let name = &printed.origin.name;
    match case(printed).0 {
        "runtime-fetched-unmasked" => format!("what `{name}` fetches is printed to the job log, and GitLab does not know to mask it"),
        "derived" => match printed.leak.taint.changed_by.as_deref() {
            Some("the shell" | "a slice") | None => format!("a part of `{name}` is printed to the job log, where GitLab does not mask it"),
            Some(by) => format!("what `{by}` makes of `{name}` is printed to the job log, where GitLab does not mask it"),
        },
        _ => format!("`{name}` is printed to the job log"),
    }
}

fn help(case: &str) -> &'static str {
    match case {
        "predefined" => "delete the line; print whether it is set instead: `[ -n \"$CI_JOB_TOKEN\" ] && echo set`",
        "direct" => "delete the line; GitLab hides the value only if the variable is flagged Masked and fits the rules for masking",
        "derived" => "do not print it: GitLab masks exact values only; hand it to the program that needs it, or write it to a file",
        _ => "do not print it: assign it and hand it on, or let GitLab fetch and mask it with the job's `secrets:`",
    }
}
