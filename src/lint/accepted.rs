//! What the team accepts or sees differently: suppressions in files, entries and severities of `caulk.toml`, the baseline.

use std::cell::LazyCell;
use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Outcome, Run};
use crate::checks::core;
use crate::config::{Ignore, Ignores, Newer};
use crate::discover::{Selected, Walked};
use crate::finding::{Finding, Findings, LabelKind};
use crate::formats::{Holder, Tag};
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
    let (comments, tags, holders) = (unit.comments(), unit.tags(), unit.holders());
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
        let here = holders.iter().filter(|holder| holder.place.source == source.id);
        let here: Vec<suppress::Holder> = here.map(holder).collect();
        let (verdicts, about) = suppress::apply(source, &marks, &here, &findings, known);
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

fn holder(of: &Holder) -> suppress::Holder {
    suppress::Holder { span: of.place.span, opener: of.opener, is_item: of.is_item }
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
pub(super) fn about_entries(id: SourceId, selected: &Selected, run: &Run<'_>) -> Option<(Source, Vec<Finding>)> {
    let ignores = &run.config.ignores;
    let (path, root_path) = (ignores.file.clone(), ignores.root_path.clone());
    let source = Source { id, path, root_path, text: ignores.text.clone(), ..Source::default() };
    let mut unused = Findings::new(&core::UNUSED_SUPPRESSION.page);
    let mut unexplained = Findings::new(&core::UNEXPLAINED_SUPPRESSION.page);
    // One that the files of today have no more is gone once they count.
    let today: Option<HashSet<Vec<&str>>> = run.config.newer.as_ref().map(|newer| all_lines(&newer.ignores));
    let stays = |entry: &Ignore| today.as_ref().is_none_or(|today| today.contains(&lines_of(ignores, entry)));
    let judges = run.config.runs_everything() && run.config.suppressions;
    let there = LazyCell::new(|| all_there(ignores, selected));
    let names_nothing = |entry: &Ignore| (*there).as_ref().is_some_and(|paths| !paths.iter().any(|path| entry.path.match_path(path)));
    for (entry, fate) in ignores.entries.iter().zip(&run.fates).filter(|(entry, _)| stays(entry)) {
        let (met, used) = (fate.met.load(Ordering::Relaxed), fate.used.load(Ordering::Relaxed));
        let is_judged = met || judges && names_nothing(entry);
        if !is_judged {
            continue;
        }
        let place = source.place(first_line(&source, entry.span));
        if judges && entry.until.is_some_and(|until| run.today > until) {
            unused.report(place, "this entry is past its date").help("mend what it hides, or move the date");
        } else if !met {
            let help = "remove it, or correct `path`, which is relative to the folder of this file";
            unused.report(place, "this entry matches no file that is read").help(help);
        } else if judges && !used {
            unused.report(place, "this entry matches no finding in the files that it names").help("remove it");
        } else if entry.reason.is_empty() && used {
            unexplained.report(place, "this entry gives no reason").help("write `reason = \"…\"`: why the finding is accepted");
        }
    }
    let said = unused.into_list().into_iter().chain(unexplained.into_list());
    let said: Vec<Finding> = said.filter(|finding| run.config.selects(finding.page)).collect();
    (!said.is_empty()).then_some((source, said))
}

/// What is there that entries may speak of, where all of it was walked. Repositories inside, which were not, may hold more.
fn all_there(ignores: &Ignores, selected: &Selected) -> Option<Vec<String>> {
    let whole = selected.nested == 0 && selected.walked.from_start().any(|directory| ignores.base.is_below(&directory));
    let read = selected.entries.iter().map(|entry| &entry.path);
    let there = read.chain(&selected.excluded).chain(selected.passed.iter().map(|passed| &passed.path)).cloned();
    whole.then(|| there.chain(selected.walked.tracked()).filter_map(|path| ignores.base.relative(&path)).collect())
}

fn all_lines(ignores: &Ignores) -> HashSet<Vec<&str>> {
    ignores.entries.iter().map(|entry| lines_of(ignores, entry)).collect()
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
    let old = all_lines(&config.ignores);
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

/// What is to be said of the baseline's entries for files that were linted, `linted` by their paths from the root, or that are gone
/// where everything was `walked`, and the file they stand in: they silence a secret that comes back.
pub(super) fn about_baseline(
    id: SourceId,
    findings: &[Reported],
    linted: &HashSet<String>,
    walked: Option<&Walked>,
    run: &Run<'_>,
) -> Option<(Source, Finding)> {
    let baseline = run.config.baseline.as_ref().filter(|_| run.config.shows_everything())?;
    let found: HashSet<&str> = findings.iter().map(|reported| reported.fingerprint.as_str()).collect();
    // One that the files of today have no more is gone once they count.
    let today = run.config.newer.as_ref().map(|newer| newer.baseline.as_ref());
    let stays = |fingerprint: &str| today.is_none_or(|today| today.is_some_and(|today| today.entries.contains_key(fingerprint)));
    let gone = baseline.entries.iter().filter(|(fingerprint, _)| !found.contains(fingerprint.as_str()) && stays(fingerprint));
    let gone = gone.filter(|(_, entry)| linted.contains(&entry.path) || walked.is_some_and(|walked| walked.lacks(&entry.path)));
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
