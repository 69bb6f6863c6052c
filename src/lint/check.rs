//! One unit → its findings: every selected check, each behind its fence, then the suppressions.

use std::collections::{HashMap, HashSet};

use super::dispatch::{failed, first_line, said_of};
use super::fence::fenced;
use super::{Outcome, Run, accepted, gather, masks, why};
use crate::checks::{self, Check, core};
use crate::finding::{Finding, Findings};
use crate::formats::text::TextFile;
use crate::report::PassedOver;
use crate::secrets;
use crate::source::{Place, Source, SourceId, Span};
use crate::unit::{Follow, Unit};

/// Runs every selected check on a unit, what its format could not read as text, and the suppressions.
pub(super) fn unit<V: Follow>(
    view: V,
    run: &Run<'_>,
    outcome: &mut Outcome,
    pick: impl Fn(&checks::Run) -> Option<fn(&Unit<V>, &mut Findings)>,
) {
    let unit = Unit::new(view, &run.config.custom);
    if outcome.is_context {
        outcome.masks.extend(masks::of_unit(&unit, &[], &run.config.custom));
        return;
    }
    outcome.read_as.extend(unit.sources().iter().map(|source| (source.path.clone(), Some(unit.format()))));
    why::note(&unit, run, outcome);
    let mut findings = secrets::with_names(&run.config.custom, || found(&unit, run, pick));
    // What a unit looks into is context; findings stand only in the files that were asked for.
    let own: HashSet<SourceId> = unit.sources().iter().map(|source| source.id).collect();
    findings.retain(|finding| own.contains(&finding.place.source));
    if findings.iter().any(|finding| finding.page.id == core::INTERNAL_ERROR.page.id) {
        outcome.passed.extend(unit.sources().first().map(|source| failed(&source.path)));
    }
    outcome.passed.extend(unit.notes().into_iter().map(|note| {
        let path = unit.sources().first().map(|source| source.path.clone()).unwrap_or_default();
        PassedOver { path, reason: note.reason.to_owned(), incomplete: note.incomplete, line: None }
    }));
    syntax_errors(&unit, run, outcome, &mut findings);
    accepted::in_files(&unit, merge(findings), run, outcome);
    hide(&unit, run, outcome);
}

/// What the selected checks find in a unit.
fn found<V: Follow>(unit: &Unit<V>, run: &Run<'_>, pick: impl Fn(&checks::Run) -> Option<fn(&Unit<V>, &mut Findings)>) -> Vec<Finding> {
    if fenced(|| _ = unit.verdicts()).is_none() {
        return vec![internal_error(unit)];
    }
    let mut findings = Vec::new();
    // What nobody will see is looked for where a suppression may speak of it: it would be called unused.
    let hidden_too = accepted::may_speak(unit, run);
    for check in checks::all().filter(|check| hidden_too || !run.hidden.contains(check.page.id)) {
        for function in check.runs.iter().filter_map(&pick) {
            run_check(check, function, unit, run, &mut findings);
        }
    }
    findings
}

/// What the excerpts of this unit's findings must hide.
fn hide<V: Follow>(unit: &Unit<V>, run: &Run<'_>, outcome: &mut Outcome) {
    if !run.config.excerpts {
        outcome.masks.extend(unit.sources().iter().map(|source| (source.id, vec![masks::whole(source)])));
        return;
    }
    // Severities that the configuration sets are not known here yet.
    let shown = outcome.findings.iter().map(|(finding, ..)| finding);
    let mut shown = shown.filter(|finding| !run.config.severities.is_empty() || gather::shown(finding, run)).peekable();
    // Another unit of the same file may have something to show, or have shown it.
    if shown.peek().is_some() || fenced(|| !unit.verdicts().is_empty()).unwrap_or(true) {
        let places: Vec<Place> = shown.flat_map(quoted).collect();
        outcome.masks.extend(masks::of_unit(unit, &places, &run.config.custom));
    }
}

/// The places that a finding shows: its own, its labels', what its fix changes.
fn quoted(finding: &Finding) -> impl Iterator<Item = Place> + '_ {
    let change = finding.fix.iter().flat_map(|fix| {
        let removed = fix.change.removals.iter().map(|removal| removal.group.hull());
        fix.change.edits.iter().map(|edit| edit.span).chain(removed)
    });
    let changed = change.map(|span| Place { source: finding.place.source, span });
    std::iter::once(finding.place).chain(finding.labels.iter().map(|label| label.place)).chain(changed)
}

/// Runs a check that is selected; where it fails, that is a finding about caulk.
fn run_check<V: Follow>(
    check: &'static Check,
    function: fn(&Unit<V>, &mut Findings),
    unit: &Unit<V>,
    run: &Run<'_>,
    findings: &mut Vec<Finding>,
) {
    if !run.config.selects(&check.page) {
        return;
    }
    let found = fenced(|| {
        let mut found = Findings::new(&check.page);
        function(unit, &mut found);
        found.into_list()
    });
    findings.extend(found.unwrap_or_else(|| vec![internal_error(unit)]));
}

pub(super) fn internal_error<V: Follow>(unit: &Unit<V>) -> Finding {
    let mut findings = Findings::new(&core::INTERNAL_ERROR.page);
    let place = unit.sources().first().map_or(Place::default(), |source| source.place(Span::new(0, 0)));
    findings.report(place, "caulk failed on this file; what was found before stays").help("please report it, with the file if you may");
    findings.into_list().remove(0)
}

/// Syntax errors become findings, and what was not read because of them is read as text.
fn syntax_errors<V: Follow>(unit: &Unit<V>, run: &Run<'_>, outcome: &mut Outcome, findings: &mut Vec<Finding>) {
    let errors = unit.errors();
    if run.config.selects(&core::SYNTAX_ERROR.page) {
        findings.extend(said_of(errors.iter().copied()));
    }
    let mut unread: Vec<(&Source, Vec<Span>)> = Vec::new();
    let mut at: HashMap<SourceId, Span> = HashMap::new();
    for (source, error) in errors {
        at.entry(source.id).and_modify(|first| *first = error.span.min(*first)).or_insert(error.span);
        match unread.iter_mut().find(|(known, _)| known.id == source.id) {
            Some((_, spans)) => spans.push(error.unread),
            None => unread.push((source, vec![error.unread])),
        }
    }
    for (source, spans) in unread {
        outcome.passed.push(PassedOver {
            path: source.path.clone(),
            reason: "does not parse as a whole; the rest was read as text".to_owned(),
            incomplete: true,
            line: first_line(source, at.get(&source.id).copied()),
        });
        rest_as_text(source, spans, run, outcome, findings);
    }
}

/// Sorts spans and makes one of those that touch.
pub(super) fn join(spans: &mut Vec<Span>) {
    spans.sort();
    spans.dedup_by(|next, last| {
        let touches = next.start <= last.end;
        last.end = if touches { last.end.max(next.end) } else { last.end };
        touches
    });
}

/// Searches what a format could not read for token shapes.
fn rest_as_text(source: &Source, mut spans: Vec<Span>, run: &Run<'_>, outcome: &mut Outcome, findings: &mut Vec<Finding>) {
    spans.retain(|span| !span.is_empty());
    join(&mut spans);
    let rest = Unit::new(TextFile::unread(source, spans), &run.config.custom);
    if fenced(|| _ = rest.verdicts()).is_none() {
        findings.push(internal_error(&rest));
        outcome.passed.push(failed(&source.path));
        return;
    }
    for check in core::CHECKS {
        for function in check.runs {
            if let checks::Run::Text(function) = function {
                run_check(check, *function, &rest, run, findings);
            }
        }
    }
}

/// Findings of equal check and span are one; the other contexts become labels.
fn merge(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by(|a, b| (a.place, a.page.id, a.case).cmp(&(b.place, b.page.id, b.case)));
    let mut merged: Vec<Finding> = Vec::with_capacity(findings.len());
    for finding in findings {
        match merged.last_mut() {
            Some(last) if last.place == finding.place && last.page.id == finding.page.id && last.case == finding.case => {
                last.labels.extend(finding.labels);
                last.labels.dedup();
            }
            _ => merged.push(finding),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::formats::{Format, Note, View};
    use crate::lint::tree::ContextTree;
    use crate::literal::Literal;
    use crate::syntax::SyntaxError;

    /// A view whose literals cannot be visited without a panic that quotes the file.
    struct Broken<'a>(&'a Source);

    impl Follow for Broken<'_> {
        type Flow = ();

        fn follow(&self) {}
    }

    impl View for Broken<'_> {
        fn format(&self) -> Format {
            Format::Text
        }

        fn sources(&self) -> Vec<&Source> {
            vec![self.0]
        }

        fn literals(&self, _: &mut dyn FnMut(&Literal<'_, '_>)) {
            panic!("{}", self.0.text);
        }

        fn errors(&self) -> Vec<(&Source, &SyntaxError)> {
            Vec::new()
        }

        fn comments(&self) -> Vec<Place> {
            Vec::new()
        }

        fn notes(&self) -> Vec<Note> {
            vec![Note { reason: "noted", incomplete: false }]
        }
    }

    #[test]
    fn a_panic_is_a_finding_about_caulk_and_the_file_is_incomplete() {
        let source = Source { text: "hunter2".into(), path: "a".into(), ..Source::default() };
        let config = Config::default();
        let tree = ContextTree::new(&[]);
        let run = Run::new(&config, &tree);
        let mut outcome = Outcome::default();
        unit(Broken(&source), &run, &mut outcome, |_| None);
        let [(finding, _, None)] = outcome.findings.as_slice() else { panic!("one finding") };
        assert_eq!(finding.page.id, "core/internal-error");
        assert!(!finding.message.contains("hunter2"));
        assert!(outcome.passed.iter().any(|passed| passed.incomplete && passed.path == "a"));
        assert!(outcome.passed.iter().any(|passed| passed.reason == "noted"));
    }
}
