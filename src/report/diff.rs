//! What edits change of a file, as a unified diff. It is for reading: secrets are masked in it as in every excerpt, and lines of
//! a length that nobody reads are cut, so that no tool could apply it.

use super::escape::visible;
use super::masks::Masks;
use super::{Report, escape};
use crate::secrets::{Custom, scrub};
use crate::source::{Edit, SourceId, Span};

/// Lines around a change.
const CONTEXT: usize = 3;

/// Characters of a line.
const LONGEST: usize = 240;

/// The diff of each source, whose edits are sorted and do not touch. What comes into a file is made of names, which are looked
/// through for tokens, the team's own among them.
#[must_use]
pub fn diff(report: &Report, changes: &[(SourceId, &[Edit])], custom: &Custom) -> String {
    let masks = Masks::new(report);
    let files = changes.iter().filter(|(_, edits)| !edits.is_empty());
    let text: String = files.map(|(source, edits)| file(report, &masks, *source, edits, custom)).collect();
    escape::guard_lines(&text).into_owned()
}

fn file(report: &Report, masks: &Masks<'_>, source: SourceId, edits: &[Edit], custom: &Custom) -> String {
    let path = report.sources.get(&source).map_or("", |source| source.path.as_str());
    let path = visible(&scrub(path, custom)).into_owned();
    let mut out = format!("--- a/{path}\n+++ b/{path}\n");
    let text = masks.text(source);
    let mut hunks: Vec<Hunk> = Vec::new();
    let mut count = Count { text, at: 0, lines: 0 };
    for (region, edits) in regions(text, edits) {
        let old = masks.slice(source, region.range());
        let new = applied(&old, region.start, edits, custom);
        let change = Change::new(count.to(region.start as usize), &old, &new);
        match hunks.last_mut().filter(|last| change.first <= last.end() + 2 * CONTEXT) {
            Some(last) => last.changes.push(change),
            None => hunks.push(Hunk { changes: vec![change] }),
        }
    }
    let lines = Lines { text, masks, source, starts: starts(text) };
    let mut shift = 0;
    for hunk in &hunks {
        shift = hunk.write(&lines, shift, &mut out);
    }
    out
}

/// The whole lines around each edit, neighbours together.
fn regions<'e>(text: &str, edits: &'e [Edit]) -> Vec<(Span, &'e [Edit])> {
    let mut regions: Vec<(Span, usize, usize)> = Vec::new();
    for (index, edit) in edits.iter().enumerate() {
        let (start, end) = (edit.span.range().start.min(text.len()), edit.span.range().end.min(text.len()));
        let first = text.get(..start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
        // Whole lines that go or come need no other.
        let whole = first == start && (end == start || text.get(..end).is_some_and(|text| text.ends_with('\n')));
        let whole = whole && (edit.text.is_empty() || edit.text.ends_with('\n'));
        let last = if whole { end } else { text.get(end..).and_then(|rest| rest.find('\n')).map_or(text.len(), |at| end + at + 1) };
        match regions.last_mut() {
            Some((span, _, to)) if first < span.range().end || first == span.range().end && *to == index && whole => {
                span.end = span.end.max(Span::new(0, last).end);
                *to = index + 1;
            }
            _ => regions.push((Span::new(first, last), index, index + 1)),
        }
    }
    regions.into_iter().map(|(span, from, to)| (span, edits.get(from..to).unwrap_or(&[]))).collect()
}

/// A masked part of a text, which begins at `start`, after the edits. Masks keep the length, so that places hold.
fn applied(masked: &str, start: u32, edits: &[Edit], custom: &Custom) -> String {
    let mut out = String::with_capacity(masked.len());
    let mut from = 0;
    for edit in edits {
        let (first, last) = ((edit.span.start - start) as usize, (edit.span.end - start) as usize);
        out.push_str(masked.get(from..first).unwrap_or(""));
        out.push_str(&scrub(&edit.text, custom));
        from = last;
    }
    out.push_str(masked.get(from..).unwrap_or(""));
    out
}

/// Lines that are replaced by others.
struct Change {
    /// The first of them, from 0.
    first: usize,
    old: Vec<String>,
    new: Vec<String>,
}

impl Change {
    /// Lines at both ends that stay are left out.
    fn new(first: usize, old: &str, new: &str) -> Self {
        let (old, new): (Vec<&str>, Vec<&str>) = (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
        let before = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
        let most = old.len().min(new.len()) - before;
        let after = old.iter().rev().zip(new.iter().rev()).take(most).take_while(|(old, new)| old == new).count();
        let own = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
        let part = |lines: &[&str]| own(lines.get(before..lines.len() - after).unwrap_or(&[]));
        Self { first: first + before, old: part(&old), new: part(&new) }
    }
}

struct Hunk {
    changes: Vec<Change>,
}

impl Hunk {
    /// One past the last line that it replaces.
    fn end(&self) -> usize {
        self.changes.last().map_or(0, |change| change.first + change.old.len())
    }

    /// Writes it; `shift` lines more than before are in the new text up to here, and the result up to its end.
    fn write(&self, lines: &Lines<'_, '_>, shift: isize, out: &mut String) -> isize {
        let from = self.changes.first().map_or(0, |change| change.first).saturating_sub(CONTEXT);
        let to = (self.end() + CONTEXT).min(lines.count());
        let grown: isize = self.changes.iter().map(|change| change.new.len().cast_signed() - change.old.len().cast_signed()).sum();
        let (old, new) = (to - from, (to - from).saturating_add_signed(grown));
        let number = |from: usize, count: usize| if count == 0 { from } else { from + 1 };
        let moved = from.saturating_add_signed(shift);
        out.push_str(&format!("@@ -{},{old} +{},{new} @@\n", number(from, old), number(moved, new)));
        let mut at = from;
        for change in &self.changes {
            (at..change.first).for_each(|line| put(' ', &lines.get(line), out));
            change.old.iter().for_each(|line| put('-', line, out));
            change.new.iter().for_each(|line| put('+', line, out));
            at = change.first + change.old.len();
        }
        (at..to).for_each(|line| put(' ', &lines.get(line), out));
        shift + grown
    }
}

fn put(mark: char, line: &str, out: &mut String) {
    let shown: Vec<String> = line.trim_end_matches(['\n', '\r']).split('\t').map(|part| visible(part).into_owned()).collect();
    let shown = shown.join("\t");
    out.push(mark);
    match shown.char_indices().nth(LONGEST) {
        Some((cut, _)) => {
            out.push_str(shown.get(..cut).unwrap_or(""));
            out.push('…');
        }
        None => out.push_str(&shown),
    }
    out.push('\n');
    if !line.ends_with('\n') {
        out.push_str("\\ No newline at end of file\n");
    }
}

/// Counts lines up to offsets that only grow.
struct Count<'t> {
    text: &'t str,
    at: usize,
    lines: usize,
}

impl Count<'_> {
    fn to(&mut self, offset: usize) -> usize {
        self.lines += memchr::memchr_iter(b'\n', self.text.as_bytes().get(self.at..offset).unwrap_or(&[])).count();
        self.at = offset;
        self.lines
    }
}

/// The lines of a text, masked when asked for.
struct Lines<'m, 'r> {
    text: &'m str,
    masks: &'m Masks<'r>,
    source: SourceId,
    starts: Vec<usize>,
}

impl Lines<'_, '_> {
    fn count(&self) -> usize {
        self.starts.len()
    }

    fn get(&self, line: usize) -> String {
        let start = self.starts.get(line).copied().unwrap_or(self.text.len());
        let end = self.starts.get(line + 1).copied().unwrap_or(self.text.len());
        self.masks.slice(self.source, start..end)
    }
}

fn starts(text: &str) -> Vec<usize> {
    let after = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1);
    std::iter::once(0).chain(after).filter(|at| *at < text.len()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::Sample;

    fn shown(marked: &str, edits: &[(&str, &str)]) -> String {
        let mut sample = Sample::new();
        let (id, _) = sample.file("a.yml", marked);
        let edits: Vec<Edit> = edits.iter().map(|(from, to)| Edit::replace(sample.place(id, from).span, *to)).collect();
        diff(&sample.report, &[(id, &edits)], &Custom::default())
    }

    #[test]
    fn a_secret_is_masked_in_what_goes_and_in_what_stays() {
        let text = "a: 1\nb: 2\nkey: «hunter2»\nother: «secret»\nc: 3\n";
        let wanted = "--- a/a.yml\n+++ b/a.yml\n@@ -1,5 +1,5 @@\n a: 1\n b: 2\n-key: *******\n+key: $KEY\n other: ******\n c: 3\n";
        assert_eq!(shown(text, &[("hunter2", "$KEY")]), wanted);
    }

    #[test]
    fn lines_that_come_and_go_are_counted() {
        let text: String = (1..=20).map(|line| format!("line {line:02}\n")).collect();
        let out = shown(&text, &[("line 02\n", ""), ("line 15", "line 15\nnew")]);
        assert!(out.contains("@@ -1,5 +1,4 @@\n line 01\n-line 02\n line 03\n"), "{out}");
        assert!(out.contains("@@ -13,6 +12,7 @@\n line 13\n line 14\n line 15\n+new\n line 16\n"), "{out}");
    }

    #[test]
    fn a_last_line_without_a_break_is_told() {
        let out = shown("a: 1\nb: 2", &[("2", "3")]);
        assert!(out.ends_with("-b: 2\n\\ No newline at end of file\n+b: 3\n\\ No newline at end of file\n"), "{out}");
    }

    #[test]
    fn nothing_of_a_file_commands_a_terminal() {
        let out = shown("::error::x\r\n\u{1b}[31mred: 1\n", &[("1", "2")]);
        assert!(!out.contains('\u{1b}') && !out.contains("\n ::"), "{out}");
        assert!(shown(&format!("a: {}\nb: 1\n", "x".repeat(5_000)), &[("1", "2")]).len() < 1_000);
    }
}
