//! Why a line was or was not reported: one file linted as ever, with an account of each literal on the line.

use super::fence::fenced;
use super::{Outcome, Run, gather, jobs, tree};
use crate::catalogue::{Confidence, Severity};
use crate::config::Config;
use crate::discover::Selected;
use crate::report::{Coverage, Reported};
use crate::secrets::{Account, scrub};
use crate::source::{Place, Places, Position, Source, SourceId, Span};
use crate::unit::{Follow, Unit};

/// How a part of a literal was judged.
#[derive(Clone, PartialEq, Debug)]
pub struct Judged {
    /// Where it begins.
    pub at: Position,
    /// The check that would report it.
    pub check: &'static str,
    /// The account.
    pub account: Account,
}

/// What is known of a line.
#[derive(Debug)]
pub struct Told {
    /// The literals on it, in order.
    pub literals: Vec<Judged>,
    /// The findings on it, with the reason why a run with these settings does not show one, if it does not.
    pub findings: Vec<(Reported, Option<String>)>,
    /// How the file was read.
    pub coverage: Coverage,
}

/// Lints what was selected, one file, and tells of one line of it.
#[must_use]
pub fn explain(selected: Selected, line: u32, config: &Config) -> Told {
    let everything = Config {
        min_severity: Severity::Info,
        min_confidence: Confidence::Low,
        pedantic: true,
        only: Vec::new(),
        skip: Vec::new(),
        ..config.clone()
    };
    let tree = tree::ContextTree::new(&selected.entries);
    let run = Run { asked: Some(line), ..Run::new(&everything, &tree) };
    let mut outcomes: Vec<Outcome> = jobs::plan(&selected.entries).iter().map(|job| jobs::run(job, &run)).collect();
    let mut literals: Vec<Judged> = outcomes.iter_mut().flat_map(|outcome| std::mem::take(&mut outcome.why)).collect();
    literals.sort_by_key(|judged| judged.account.spans.first().copied());
    literals.dedup();
    // That free text holds nothing is news only where nothing else stands on the line.
    if literals.iter().any(|judged| !judged.account.is_vague()) {
        literals.retain(|judged| !judged.account.is_vague());
    }
    let report = gather::report(selected, outcomes, &run);
    let on_line = |reported: &Reported| (reported.range.start.line..=reported.range.end.line).contains(&line);
    let findings = report.findings.into_iter().filter(on_line).map(|reported| {
        let hidden = hidden(&reported, config);
        (reported, hidden)
    });
    Told { literals, findings: findings.collect(), coverage: report.coverage }
}

/// Why a finding is not shown.
fn hidden(reported: &Reported, config: &Config) -> Option<String> {
    let finding = &reported.finding;
    if let Some(suppressed) = &reported.suppressed {
        let reason = if suppressed.reason.is_empty() { String::new() } else { format!(": {}", suppressed.reason) };
        return Some(format!("suppressed ({}){reason}", suppressed.by.name()));
    }
    if !config.selects(finding.page) {
        return Some("not shown: the check is not selected".to_owned());
    }
    if finding.severity < config.shown_from() {
        return Some(format!("not shown: below `--min-severity {}`", config.shown_from().name()));
    }
    if finding.confidence < config.min_confidence {
        return Some(format!("not shown: below `--min-confidence {}`", config.min_confidence.name()));
    }
    (!gather::is_wanted(finding, config)).then(|| "not shown: the check is pedantic".to_owned())
}

/// Notes how the literals of the line that somebody asks about were judged.
pub(super) fn note<V: Follow>(unit: &Unit<V>, run: &Run<'_>, outcome: &mut Outcome) {
    let Some(line) = run.asked else { return };
    // One file was selected, and it has the first id; the others of its unit are context.
    let Some(source) = unit.sources().into_iter().find(|source| source.id == SourceId(0)) else { return };
    let Some(span) = line_span(source, line) else { return };
    let told = fenced(|| unit.accounts(Place { source: source.id, span })).unwrap_or_default();
    let first = |account: &Account| account.spans.first().map_or(span.start, |span| span.start);
    let places = Places::new(source, told.iter().map(|(_, account)| first(account)));
    outcome.why.extend(told.into_iter().map(|(check, mut account)| {
        account.name = scrub(&account.name, &run.config.custom).into_owned();
        Judged { at: places.get(first(&account)), check, account }
    }));
}

/// The bytes of a line, counted from 1.
fn line_span(source: &Source, line: u32) -> Option<Span> {
    let bytes = source.text.as_bytes();
    let ends = memchr::memchr2_iter(b'\n', b'\r', bytes).filter(|at| bytes[*at] == b'\n' || bytes.get(at + 1) != Some(&b'\n'));
    let mut starts = std::iter::once(0).chain(ends.map(|at| at + 1));
    let start = starts.nth(usize::try_from(line.checked_sub(1)?).ok()?)?;
    let end = starts.next().unwrap_or(bytes.len());
    Some(Span::new(start, end))
}
