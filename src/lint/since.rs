//! `--diff`: of all that was found, what a change brings.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use crate::config::Config;
use crate::discover::{Entry, MAX_BYTES, Origin, Revision, Selected, read};
use crate::report::{Coverage, Range, Reported};
use crate::source::{Compared, Source, SourceId, decode};

/// A source beside what it was.
enum Change {
    New,
    None,
    Lines(Compared),
}

impl Change {
    fn of(source: &Source, base: &Revision) -> Self {
        match base.text_of(source) {
            None => Self::New,
            Some(old) if old == source.text => Self::None,
            Some(old) => Self::Lines(Compared::new(&old, &source.text)),
        }
    }

    fn touches(&self, range: Range) -> bool {
        // A range that ends where a line begins does not reach into it.
        let reaches = range.end.column > 1 || range.end.line == range.start.line;
        let last = if reaches { range.end.line } else { range.end.line.saturating_sub(1) };
        match self {
            Self::New => true,
            Self::None => false,
            Self::Lines(compared) => compared.touches(range.start.line, last),
        }
    }

    /// The line that a line was.
    fn before(&self, line: u32) -> Option<u32> {
        match self {
            Self::New => None,
            Self::None => Some(line),
            Self::Lines(compared) => compared.before(line),
        }
    }
}

/// Leaves the findings of which a place stands on a changed line, and those that were not there before. How many open ones are left
/// out. `sources` holds every source that they stand in.
pub(super) fn narrow(
    findings: &mut Vec<Reported>,
    sources: &BTreeMap<SourceId, Arc<Source>>,
    entries: &[Entry],
    base: &Revision,
    config: &Config,
) -> usize {
    let changes: HashMap<SourceId, Change> = findings
        .iter()
        .flat_map(|reported| places(reported).map(|(id, _)| id))
        .collect::<BTreeSet<SourceId>>()
        .into_iter()
        .filter_map(|id| Some((id, Change::of(sources.get(&id)?, base))))
        .collect();
    let touched = |reported: &Reported| places(reported).any(|(id, range)| changes.get(&id).is_none_or(|change| change.touches(range)));
    // What is taken away changes no line that is there, and may be what a secret was guarded by.
    let is_near = |reported: &Reported| {
        let in_changed = |(id, _)| matches!(changes.get(&id), Some(Change::Lines(_)));
        reported.suppressed.is_none() && !touched(reported) && places(reported).any(in_changed)
    };
    let near: BTreeSet<SourceId> = findings.iter().filter(|it| is_near(it)).map(|it| it.finding.place.source).collect();
    let near: Vec<&Source> = near.iter().filter_map(|id| sources.get(id)).map(AsRef::as_ref).collect();
    let known = Known::new(&near, entries, base, config);
    let before = findings.iter().filter(|reported| reported.suppressed.is_none()).count();
    findings.retain(|reported| {
        let change = changes.get(&reported.finding.place.source);
        let line = change.and_then(|change| change.before(reported.range.start.line));
        touched(reported) || is_near(reported) && line.is_some_and(|line| known.lacks(reported, line))
    });
    before - findings.iter().filter(|reported| reported.suppressed.is_none()).count()
}

/// A file that nobody changed and that could not be linted as a whole leaves out nothing of the change.
pub(super) fn forgive(coverage: &mut Coverage, entries: &[Entry], base: &Revision) {
    let entries: HashMap<&str, &Entry> = entries.iter().map(|entry| (entry.path.as_str(), entry)).collect();
    for missed in coverage.passed_over.iter_mut().filter(|missed| missed.incomplete) {
        missed.incomplete = !entries.get(missed.path.as_str()).is_some_and(|entry| is_unchanged(entry, base));
    }
}

fn is_unchanged(entry: &Entry, base: &Revision) -> bool {
    let bytes = match &entry.origin {
        Origin::Disk(path) => read(path, MAX_BYTES).ok(),
        Origin::Snapshot(snapshot, path) => snapshot.read(path, MAX_BYTES).ok(),
        Origin::Edited(_, bytes) => Some(bytes.to_vec()),
        Origin::Memory(_) => None,
    };
    let source = Source { path: entry.path.clone(), root_path: entry.root_path.clone(), ..Source::default() };
    let now = bytes.map(|bytes| decode(bytes).0);
    now.zip(base.text_of(&source)).is_some_and(|(now, old)| now.lines().eq(old.lines()))
}

fn places(reported: &Reported) -> impl Iterator<Item = (SourceId, Range)> {
    let labels = reported.labels().map(|(label, place)| (label.place.source, place.range));
    std::iter::once((reported.finding.place.source, reported.range)).chain(labels)
}

/// What was found in files as they were.
struct Known {
    /// The path that a file had, by the one it has.
    old: HashMap<String, String>,
    /// The check, its case, the old path, the line and the column.
    found: HashSet<(&'static str, Option<&'static str>, String, u32, u32)>,
}

impl Known {
    fn new(sources: &[&Source], entries: &[Entry], base: &Revision, config: &Config) -> Self {
        let named: HashMap<&str, bool> = entries.iter().map(|entry| (entry.path.as_str(), entry.named)).collect();
        let mut old = HashMap::new();
        let mut entries: Vec<Entry> = Vec::new();
        for source in sources {
            let Some(named) = named.get(source.path.as_str()) else { continue };
            let Some(entry) = base.entry_of(source, *named) else { continue };
            old.insert(source.root_path.clone(), entry.root_path.clone());
            entries.push(entry);
        }
        if entries.is_empty() {
            return Self { old, found: HashSet::new() };
        }
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        // A baseline knows findings by where they stand in a structure, which an unrelated change may move.
        let config = Config { baseline: None, excerpts: false, ..config.clone() };
        let report = super::lint(Selected { entries, ..Selected::default() }, &config);
        let found = report.open().map(|it| {
            let finding = &it.finding;
            (finding.page.id, finding.case, it.root_path.clone(), it.range.start.line, it.range.start.column)
        });
        Self { old, found: found.collect() }
    }

    /// Whether a finding, in a file that was looked at, was not there on its line.
    fn lacks(&self, reported: &Reported, line: u32) -> bool {
        let finding = &reported.finding;
        self.old
            .get(&reported.root_path)
            .is_some_and(|old| !self.found.contains(&(finding.page.id, finding.case, old.clone(), line, reported.range.start.column)))
    }
}
