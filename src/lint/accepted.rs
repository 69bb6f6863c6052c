//! What the team accepts or sees differently: suppressions in files, entries and severities of `caulk.toml`, the baseline.

use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Outcome, Run};
use crate::checks::core;
use crate::config::{Ignore, Ignores, Newer};
use crate::finding::{Finding, Findings, LabelKind};
use crate::formats::Tag;
use crate::report::{By, Reported, Suppressed};
use crate::source::{Source, SourceId, Span};
use crate::suppress::{self, Heard, Known, Mark};
use crate::unit::{Follow, Unit};

/// Said with a finding that a new suppression speaks of.
const UNHEARD: &str = "the suppression that stands here is new, and counts once it is merged";

/// Applies the comments and tags of a unit's sources to its findings.
pub(super) fn in_files<V: Follow>(unit: &Unit<V>, mut findings: Vec<Finding>, run: &Run<'_>, outcome: &mut Outcome) {
    let format = unit.format();
    if !run.config.suppressions {
        outcome.findings.extend(findings.into_iter().map(|finding| (finding, format, None)));
        return;
    }
    if !unit.sources().iter().any(|source| suppress::may_stand_in(&source.text, run.config.compat)) {
        outcome.findings.extend(findings.into_iter().map(|finding| (finding, format, None)));
        return;
    }
    let mut heard = vec![Heard::Open; findings.len()];
    let mut own = Vec::new();
    let (comments, tags) = (unit.comments(), unit.tags());
    let known = Known {
        pages: &run.pages,
        invalid: &core::INVALID_SUPPRESSION.page,
        unused: run.config.runs_everything().then_some(&core::UNUSED_SUPPRESSION.page),
        unexplained: &core::UNEXPLAINED_SUPPRESSION.page,
        new: &core::NEW_SUPPRESSION.page,
        compat: run.config.compat,
        today: run.today,
    };
    for source in unit.sources() {
        let here = comments.iter().filter(|place| place.source == source.id);
        let comment = here.map(|place| Mark { span: place.span, text: source.slice(place.span).into(), covers: None, is_new: false });
        let tagged = tags.iter().filter(|tag| tag.place.source == source.id);
        let mut marks: Vec<Mark<'_>> = comment.chain(tagged.map(marked)).collect();
        if let Some(trusted) = run.trusted.as_ref().filter(|_| !marks.is_empty()) {
            suppress::note_new(source, &mut marks, trusted.text_of(source).as_deref(), run.config.compat);
        }
        let (verdicts, about) = suppress::apply(source, &marks, &findings, known);
        for (heard, verdict) in heard.iter_mut().zip(verdicts).filter(|(_, verdict)| *verdict != Heard::Open) {
            *heard = verdict;
        }
        own.extend(about.into_iter().filter(|finding| run.config.selects(finding.page)));
    }
    for (finding, _) in findings.iter_mut().zip(&heard).filter(|(_, heard)| **heard == Heard::Unheard) {
        let help = finding.help.take().map_or_else(String::new, |help| help + "; ");
        finding.help(help + UNHEARD);
    }
    let by = |heard| match heard {
        Heard::Suppressed(reason) => Some(Suppressed { by: By::File, reason }),
        Heard::Open | Heard::Unheard => None,
    };
    outcome.findings.extend(findings.into_iter().zip(heard).map(|(finding, heard)| (finding, format, by(heard))));
    outcome.findings.extend(own.into_iter().map(|finding| (finding, format, None)));
}

/// Whether a suppression may stand in the files of a unit, or an entry of the configuration may speak of them.
pub(super) fn may_speak<V: Follow>(unit: &Unit<V>, run: &Run<'_>) -> bool {
    let in_files = || unit.sources().iter().any(|source| suppress::may_stand_in(&source.text, run.config.compat));
    run.config.suppressions && (!run.config.ignores.entries.is_empty() || in_files())
}

fn marked(tag: &Tag) -> Mark<'_> {
    Mark { span: tag.place.span, text: tag.text.as_str().into(), covers: Some(tag.covers), is_new: false }
}

/// What became of an `[[ignore]]` entry in this run, told by every thread.
#[derive(Default)]
pub(super) struct Fate {
    /// A file was linted that it speaks of.
    met: AtomicBool,
    /// It matched a finding.
    used: AtomicBool,
}

/// Applies severities and `[[ignore]]` entries to what one job found.
pub(super) fn by_config(outcome: &mut Outcome, run: &Run<'_>) {
    if !run.config.severities.is_empty() {
        for (finding, _, _) in &mut outcome.findings {
            finding.severity = run.config.severity(finding.page.id, finding.case).unwrap_or(finding.severity);
        }
    }
    let ignores = &run.config.ignores;
    if ignores.entries.is_empty() || !run.config.suppressions {
        return;
    }
    let speak_of: BTreeMap<SourceId, Vec<(&Ignore, &Fate)>> =
        outcome.sources.iter().map(|source| (source.id, entries_about(source, run))).filter(|(_, entries)| !entries.is_empty()).collect();
    for (finding, _, suppressed) in &mut outcome.findings {
        for (entry, fate) in speak_of.get(&finding.place.source).into_iter().flatten() {
            let counts = entry.until.is_none_or(|until| run.today <= until);
            if counts && entry.check.matches(finding.page) && entry.covers(&finding.path.shown, &finding.path.stable) {
                fate.used.store(true, Ordering::Relaxed);
                suppressed.get_or_insert_with(|| Suppressed { by: By::Config, reason: entry.reason.clone() });
            }
        }
    }
}

fn entries_about<'r>(source: &Source, run: &'r Run<'_>) -> Vec<(&'r Ignore, &'r Fate)> {
    let ignores = &run.config.ignores;
    let Some(path) = ignores.base.relative(&source.path) else { return Vec::new() };
    let about: Vec<_> = ignores.entries.iter().zip(&run.fates).filter(|(entry, _)| entry.path.match_path(&path)).collect();
    about.iter().for_each(|(_, fate)| fate.met.store(true, Ordering::Relaxed));
    about
}

/// What is to be said of the entries after the run, and the file they stand in.
pub(super) fn about_entries(id: SourceId, run: &Run<'_>) -> Option<(Source, Vec<Finding>)> {
    let ignores = &run.config.ignores;
    let (path, root_path) = (ignores.file.clone(), ignores.root_path.clone());
    let source = Source { id, path, root_path, text: ignores.text.clone(), ..Source::default() };
    let mut unused = Findings::new(&core::UNUSED_SUPPRESSION.page);
    let mut unexplained = Findings::new(&core::UNEXPLAINED_SUPPRESSION.page);
    for (entry, fate) in ignores.entries.iter().zip(&run.fates).filter(|(_, fate)| fate.met.load(Ordering::Relaxed)) {
        let (place, used) = (source.place(first_line(&source, entry.span)), fate.used.load(Ordering::Relaxed));
        if run.config.runs_everything() && entry.until.is_some_and(|until| run.today > until) {
            unused.report(place, "this entry is past its date").help("mend what it hides, or move the date");
        } else if run.config.runs_everything() && !used {
            unused.report(place, "this entry matches no finding in the files that it names").help("remove it");
        } else if entry.reason.is_empty() && used {
            unexplained.report(place, "this entry gives no reason").help("write `reason = \"…\"`: why the finding is accepted");
        }
    }
    let said = unused.into_list().into_iter().chain(unexplained.into_list());
    let said: Vec<Finding> = said.filter(|finding| run.config.selects(finding.page)).collect();
    (!said.is_empty()).then_some((source, said))
}

/// What an entry says: the lines from its head to the next one.
fn lines_of<'i>(ignores: &'i Ignores, entry: &Ignore) -> Vec<&'i str> {
    let lines = ignores.text.get(entry.span.start as usize..).unwrap_or("").lines().skip(1).map(str::trim);
    lines.take_while(|line| !line.starts_with('[')).filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

/// Entries and accepted findings that are new and do not count, with the files they stand in.
pub(super) fn about_newer(newer: &Newer, run: &Run<'_>) -> Vec<(Source, Vec<Finding>)> {
    let mut said = Vec::new();
    let config = run.config;
    let old: HashSet<Vec<&str>> = config.ignores.entries.iter().map(|entry| lines_of(&config.ignores, entry)).collect();
    let ignores = &newer.ignores;
    let entries = ignores.entries.iter().filter(|entry| !old.contains(&lines_of(ignores, entry)));
    let (path, root_path) = (ignores.file.clone(), ignores.root_path.clone());
    let source = Source { id: run.tree.fresh_id(), path, root_path, text: ignores.text.clone(), ..Source::default() };
    let places = entries.map(|entry| first_line(&source, entry.span)).collect::<Vec<_>>();
    said.push((source, places));
    if let Some(baseline) = &newer.baseline {
        let known = |fingerprint: &String| config.baseline.as_ref().is_some_and(|old| old.entries.contains_key(fingerprint));
        let mut places: Vec<Span> = baseline.entries.iter().filter(|(it, _)| !known(it)).map(|(_, entry)| entry.span).collect();
        places.sort_unstable();
        let (path, root_path) = (baseline.file.clone(), baseline.root_path.clone());
        let source = Source { id: run.tree.fresh_id(), path, root_path, text: baseline.text.clone(), ..Source::default() };
        said.push((source, places));
    }
    said.retain(|(_, places)| !places.is_empty() && config.suppressions && config.selects(&core::NEW_SUPPRESSION.page));
    let about = |(source, places): (Source, Vec<Span>)| {
        let findings = places.into_iter().map(|span| suppress::about_new(&core::NEW_SUPPRESSION.page, source.place(span))).collect();
        (source, findings)
    };
    said.into_iter().map(about).collect()
}

/// An entry is pointed at by its first line, `[[ignore]]`.
fn first_line(source: &Source, span: Span) -> Span {
    let line = source.slice(span).lines().next().unwrap_or("");
    Span { start: span.start, end: Span::new(0, span.start as usize + line.len()).end }
}

/// Accepts what the baseline holds.
pub(super) fn by_baseline(findings: &mut [Reported], run: &Run<'_>) {
    let Some(baseline) = run.config.baseline.as_ref().filter(|_| run.config.suppressions) else { return };
    for reported in findings.iter_mut().filter(|reported| reported.suppressed.is_none()) {
        let entry = baseline.entries.get(&reported.fingerprint);
        if entry.is_some_and(|entry| entry.check == reported.finding.page.id && entry.path == reported.root_path) {
            reported.suppressed = Some(Suppressed { by: By::Baseline, reason: String::new() });
        }
    }
}

/// Entries of a story that are pointed at.
const POINTED_AT: usize = 3;

/// What is to be said of the baseline's entries for files that were linted, `linted` by their paths from the root, and the file
/// they stand in: they silence a secret that comes back.
pub(super) fn about_baseline(id: SourceId, findings: &[Reported], linted: &HashSet<String>, run: &Run<'_>) -> Option<(Source, Finding)> {
    let baseline = run.config.baseline.as_ref().filter(|_| run.config.shows_everything())?;
    let found: HashSet<&str> = findings.iter().map(|reported| reported.fingerprint.as_str()).collect();
    let gone = baseline.entries.iter().filter(|(fingerprint, entry)| linted.contains(&entry.path) && !found.contains(fingerprint.as_str()));
    let mut gone: Vec<Span> = gone.map(|(_, entry)| entry.span).collect();
    gone.sort_unstable();
    let (first, others) = gone.split_first()?;
    let (path, root_path) = (baseline.file.clone(), baseline.root_path.clone());
    let source = Source { id, path, root_path, text: baseline.text.clone(), ..Source::default() };
    let mut unused = Findings::new(&core::UNUSED_SUPPRESSION.page);
    let message = match others.len() {
        0 => "this accepted finding is not there any more".to_owned(),
        others => format!("{} accepted findings are not there any more", others + 1),
    };
    let finding = unused.report(source.place(*first), message);
    finding.help("`caulk baseline` drops what is gone; until then it would be accepted again");
    for span in &others[..others.len().min(POINTED_AT)] {
        finding.label(LabelKind::Related, source.place(*span), "");
    }
    unused.into_list().pop().filter(|finding| run.config.selects(finding.page)).map(|finding| (source, finding))
}
