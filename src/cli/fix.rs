//! `caulk fix`: what the findings propose is carried out, after another lint has shown that it mends them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::arguments::{Fix as Arguments, When};
use super::file::swap;
use super::run::{exit, missing};
use super::settings::{self, Refusal};
use super::{Exit, complain, print, told};
use crate::discover::{MAX_BYTES, Origin, Selected, Selection, discover, read};
use crate::fix::{Planned, edited, plan};
use crate::lint;
use crate::report::escape::{guard_lines, visible};
use crate::report::{Report, Reported, diff};
use crate::source::{Source, SourceId, decode};

/// Files that were not linted and are named.
const NAMED: usize = 5;

pub(super) fn fix(arguments: &Arguments) -> Exit {
    match mended(arguments) {
        Ok(exit) => exit,
        Err(refusal) => refusal.tell(When::Auto),
    }
}

fn mended(arguments: &Arguments) -> Result<Exit, Refusal> {
    let (mut config, exclude) = settings::of(&arguments.which, &arguments.what, None)?;
    config.excerpts = arguments.diff;
    if let Some(exit) = missing(&arguments.paths).or_else(|| links(&arguments.paths)) {
        return Ok(exit);
    }
    let selection = Selection { paths: arguments.paths.clone(), include_ignored: arguments.what.include_ignored, exclude, given: None };
    let selected = discover(Path::new("."), &selection);
    let before = lint::lint(selected.clone(), &config);
    let mut work = Work::new(&before, &selected, arguments.with_unsafe);
    let after = loop {
        let after = lint::lint(work.overlaid(&selected), &config);
        if !work.refuse_what_is_not_better(&before, &after) {
            break after;
        }
    };
    tell_what_is_missing(&after);
    if arguments.diff {
        let changes: Vec<_> = work.files.iter().map(|file| (file.source.id, file.planned.edits.as_slice())).collect();
        let shown = print(diff(&before, &changes, &config.custom).as_bytes());
        complain(&work.summary(&before, true));
        return Ok(shown.err().unwrap_or_else(|| exit(&before, &config, &arguments.which)));
    }
    let unwritten = work.write();
    let said = print(guard_lines(&work.told(&before)).as_bytes());
    Ok(match said {
        Err(exit) => exit,
        Ok(()) if unwritten => Exit::Failed,
        Ok(()) => exit(&after, &config, &arguments.which),
    })
}

/// Fixes are made in what could be read; a file that was not may hold more.
fn tell_what_is_missing(report: &Report) {
    let missed: Vec<String> = report.coverage.passed_over.iter().filter(|entry| entry.incomplete).map(|entry| entry.place()).collect();
    if !missed.is_empty() {
        let files = if missed.len() == 1 { "1 file".to_owned() } else { format!("{} files", missed.len()) };
        let named = missed.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
        let more = if missed.len() > NAMED { " …" } else { "" };
        complain(&format!("{files} not linted, or only in part (`caulk lint` says why): {}{more}", told(&named)));
    }
}

/// What a link that is named leads to may belong to somebody else.
fn links(paths: &[PathBuf]) -> Option<Exit> {
    let is_link = |path: &&PathBuf| fs::symlink_metadata(path).is_ok_and(|meta| meta.is_symlink()) && path.is_file();
    let link = paths.iter().find(is_link)?;
    complain(&format!("`{}` is a link, which is not written through; name the file itself", told(&link.to_string_lossy())));
    Some(Exit::Usage)
}

/// The files that change.
struct Work<'r> {
    files: Vec<File<'r>>,
    /// Changes that wait for an earlier one.
    waiting: usize,
    /// Changes that were not made, and why was said.
    refused: usize,
    with_unsafe: bool,
}

/// One file that changes.
struct File<'r> {
    source: &'r Source,
    path: PathBuf,
    bytes: Vec<u8>,
    new: Arc<[u8]>,
    planned: Planned,
    mended: Vec<&'r Reported>,
}

impl<'r> Work<'r> {
    fn new(report: &'r Report, selected: &Selected, with_unsafe: bool) -> Self {
        let mut work = Self { files: Vec::new(), waiting: 0, refused: 0, with_unsafe };
        let mut by_source: BTreeMap<SourceId, Vec<&Reported>> = BTreeMap::new();
        for reported in report.open() {
            by_source.entry(reported.finding.place.source).or_default().push(reported);
        }
        for (id, found) in by_source {
            let findings: Vec<_> = found.iter().map(|reported| &reported.finding).collect();
            let planned = plan(id, &findings, with_unsafe);
            let mended: Vec<&Reported> = planned.mended.iter().filter_map(|index| found.get(*index).copied()).collect();
            work.waiting += planned.waiting.len();
            if mended.is_empty() {
                continue;
            }
            // Sources have the numbers of their entries.
            let origin = selected.entries.get(id.0 as usize).map(|entry| &entry.origin);
            let (Some(source), Some(Origin::Disk(path))) = (report.sources.get(&id), origin) else { continue };
            match unchanged(path, source) {
                Ok(bytes) => {
                    let new = edited(source, &bytes, &planned.edits).into();
                    work.files.push(File { source, path: path.clone(), bytes, new, planned, mended });
                }
                Err(why) => {
                    work.refused += mended.len();
                    complain(&format!("`{}` {why}; nothing in it was changed", told(&source.path)));
                }
            }
        }
        work
    }

    /// What was discovered, with the files as they would be.
    fn overlaid(&self, selected: &Selected) -> Selected {
        let mut selected = selected.clone();
        for file in &self.files {
            if let Some(entry) = selected.entries.get_mut(file.source.id.0 as usize) {
                entry.origin = Origin::Edited(file.path.clone(), Arc::clone(&file.new));
            }
        }
        selected
    }

    /// A change that leaves its finding where it was, breaks the file, or brings something worse is not made. Whether there was one.
    fn refuse_what_is_not_better(&mut self, before: &Report, after: &Report) -> bool {
        let (old, new) = (Standing::of(before), Standing::of(after));
        let many = self.files.len();
        self.files.retain(|file| {
            let better = new.is_better(&old, file);
            if !better {
                self.refused += file.mended.len();
                complain(&format!("`{}` would not be better for the change; nothing in it was changed", told(&file.source.path)));
            }
            better
        });
        many != self.files.len()
    }

    /// Writes each file that is still as it was. Whether one could not be written.
    fn write(&mut self) -> bool {
        let mut unwritten = false;
        self.files.retain(|file| {
            let written = unchanged(&file.path, file.source).and_then(|bytes| {
                let same = bytes == file.bytes;
                same.then_some(()).ok_or_else(|| CHANGED.to_owned())?;
                swap(&file.path, &file.new).map_err(|error| format!("could not be written: {}", error.kind()))
            });
            if let Err(why) = &written {
                unwritten = true;
                self.refused += file.mended.len();
                complain(&format!("`{}` {why}; nothing in it was changed", told(&file.source.path)));
            }
            written.is_ok()
        });
        unwritten
    }

    /// Every change in a line of its own, and how many there are.
    fn told(&self, report: &Report) -> String {
        let mut out = String::new();
        for reported in self.files.iter().flat_map(|file| &file.mended) {
            let (start, title) = (reported.range.start, reported.finding.fix.as_ref().map_or("", |fix| fix.title.as_str()));
            let (file, id) = (visible(&reported.file), reported.finding.page.id);
            out.push_str(&format!("{file}:{}:{}: [{id}] {}\n", start.line, start.column, visible(title)));
        }
        out + &self.summary(report, false) + "\n"
    }

    fn summary(&self, report: &Report, would: bool) -> String {
        let mended: usize = self.files.iter().map(|file| file.mended.len()).sum();
        let files = if self.files.len() == 1 { "1 file".to_owned() } else { format!("{} files", self.files.len()) };
        let verb = if would { "would be mended" } else { "mended" };
        let mut parts = match mended {
            0 => vec!["nothing to fix".to_owned()],
            1 => vec![format!("1 finding {verb} in {files}")],
            many => vec![format!("{many} findings {verb} in {files}")],
        };
        let count = report.open().filter(|reported| reported.finding.fix.as_ref().is_some_and(|fix| !fix.safe)).count();
        if count > 0 && !self.with_unsafe {
            parts.push(format!("{count} more with --unsafe"));
        }
        if self.waiting > 0 {
            parts.push(format!("{} next time, because another change is in the way", self.waiting));
        }
        if self.refused > 0 {
            parts.push(format!("{} refused", self.refused));
        }
        let unfixable = report.open().filter(|reported| reported.finding.fix.is_none()).count();
        if unfixable > 0 {
            parts.push(format!("{unfixable} without a fix (`caulk lint` shows them)"));
        }
        parts.join(", ")
    }
}

/// How the files of a report stand, by their paths.
struct Standing<'r> {
    found: HashMap<&'r str, Vec<&'r Reported>>,
    passed: BTreeSet<(&'r str, &'r str)>,
}

impl<'r> Standing<'r> {
    fn of(report: &'r Report) -> Self {
        let mut found: HashMap<&str, Vec<&Reported>> = HashMap::new();
        for reported in &report.findings {
            found.entry(reported.file.as_str()).or_default().push(reported);
        }
        let incomplete = report.coverage.passed_over.iter().filter(|entry| entry.incomplete);
        Self { found, passed: incomplete.map(|entry| (entry.path.as_str(), entry.reason.as_str())).collect() }
    }

    /// Whether the file reads as well as before, what was to be mended is gone, and nothing worse has come.
    fn is_better(&self, before: &Standing<'_>, file: &File<'_>) -> bool {
        let Some(path) = file.mended.first().map(|reported| reported.file.as_str()) else { return true };
        let count = |standing: &Standing<'_>, is: &dyn Fn(&Reported) -> bool| {
            standing.found.get(path).map_or(0, |found| found.iter().filter(|reported| is(reported)).count())
        };
        let kind = |reported: &Reported| (reported.finding.page.id, reported.finding.case);
        let mut mended: HashMap<_, usize> = HashMap::new();
        file.mended.iter().for_each(|reported| *mended.entry(kind(reported)).or_default() += 1);
        let gone = mended.iter().all(|(mended, times)| {
            let of_kind = |reported: &Reported| kind(reported) == *mended;
            count(self, &of_kind) + times <= count(before, &of_kind)
        });
        let worst = file.mended.iter().map(|reported| reported.finding.severity).max();
        let worse = |reported: &Reported| worst.is_some_and(|worst| reported.finding.severity > worst);
        let reads = self.passed.iter().all(|entry| entry.0 != path || before.passed.contains(entry));
        gone && reads && count(self, &worse) <= count(before, &worse)
    }
}

const CHANGED: &str = "has changed since it was read";

/// The bytes of a file that may be written and is what was linted; otherwise why not.
fn unchanged(path: &Path, source: &Source) -> Result<Vec<u8>, String> {
    let meta = fs::symlink_metadata(path).map_err(|error| format!("cannot be read: {}", error.kind()))?;
    if meta.is_symlink() {
        return Err("is a link".to_owned());
    }
    if meta.permissions().readonly() {
        return Err("is read-only".to_owned());
    }
    let bytes = read(path, MAX_BYTES).map_err(|failure| failure.reason())?;
    let (text, encoding, _) = decode(bytes.clone());
    if text == source.text && encoding == source.encoding { Ok(bytes) } else { Err(CHANGED.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_changed_since_it_was_read_is_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "new").unwrap();
        let source = |text: &str| Source { text: text.to_owned(), ..Source::default() };
        assert_eq!(unchanged(&path, &source("old")), Err(CHANGED.to_owned()));
        assert_eq!(unchanged(&path, &source("new")), Ok(b"new".to_vec()));
        // Another encoding of the same text has other bytes.
        fs::write(&path, "n\0e\0w\0").unwrap();
        assert!(unchanged(&path, &source("new")).is_err());
        fs::remove_file(&path).unwrap();
        assert!(unchanged(&path, &source("new")).is_err());
    }
}
