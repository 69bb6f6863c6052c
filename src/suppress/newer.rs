//! Which suppressions a file did not have before: those count that stand in its older text word for word, as often as there.
//!
//! The older text is not parsed for it. Who could write the words into it before could have written the comment.

use std::collections::HashMap;

use super::{Lines, Mark, foreign};
use crate::config::Compat;
use crate::source::{Compared, Source};

/// Ours begin with it.
const OURS: &str = "caulk:";

/// Notes which marks are new. `old` is the file's older text, if there was one.
pub fn note_new(source: &Source, marks: &mut [Mark<'_>], old: Option<&str>, compat: Compat) {
    let Some(old) = old else {
        marks.iter_mut().for_each(|mark| mark.is_new = true);
        return;
    };
    let mut left = counted(old, compat);
    let (lines, compared) = (Lines::new(&source.text), Compared::new(old, &source.text));
    // Where there are more than there were, those in lines that are as before are the old ones.
    let moved = |mark: &Mark<'_>| {
        let line = u32::try_from(lines.of(mark.span.start)).unwrap_or(u32::MAX).saturating_add(1);
        compared.touches(line, line)
    };
    let mut order: Vec<(bool, usize)> = marks.iter().enumerate().map(|(index, mark)| (moved(mark), index)).collect();
    order.sort_unstable();
    for (_, index) in order {
        let Some(mark) = marks.get_mut(index) else { continue };
        let words = words(&mark.text, compat);
        mark.is_new = words.is_some_and(|words| match left.get_mut(words) {
            Some(count) if *count > 0 => {
                *count -= 1;
                false
            }
            _ => true,
        });
    }
}

/// How often the words of each suppression stand in a text.
fn counted(text: &str, compat: Compat) -> HashMap<&str, usize> {
    let mut counts = HashMap::new();
    for at in memchr::memmem::find_iter(text.as_bytes(), OURS) {
        *counts.entry(ours(text.get(at..).unwrap_or(""))).or_insert(0) += 1;
    }
    for words in foreign::words(compat) {
        *counts.entry(words).or_insert(0) += memchr::memmem::find_iter(text.as_bytes(), words).count();
    }
    counts
}

/// What a comment or a tag says to a scanner; None where it is no suppression.
fn words(text: &str, compat: Compat) -> Option<&str> {
    let own = text.find(OURS).and_then(|at| text.get(at..)).map(ours);
    own.or_else(|| foreign::words(compat).find(|words| text.contains(words)))
}

/// From the first word to where the comment or the tag ends, in whatever it stands: both texts are cut alike.
fn ours(text: &str) -> &str {
    let line = text.lines().next().unwrap_or("");
    let ends = ["\"", "*/", "-->", "\\n", "\\r"].iter().filter_map(|end| line.find(end));
    line.get(..ends.min().unwrap_or(line.len())).unwrap_or(line).trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    /// The lines, counted from 1, whose `#` comments are new.
    fn new(old: Option<&str>, text: &str) -> Vec<usize> {
        let source = Source { text: text.to_owned(), ..Source::default() };
        let mut marks = Vec::new();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            if let Some(start) = line.find('#') {
                let span = Span::new(at + start, at + line.trim_end().len());
                marks.push(Mark { span, text: source.slice(span).into(), covers: None, is_new: false });
            }
            at += line.len();
        }
        note_new(&source, &mut marks, old, Compat { gitleaks: true, ..Compat::default() });
        let lines = Lines::new(text);
        marks.iter().filter(|mark| mark.is_new).map(|mark| lines.of(mark.span.start) + 1).collect()
    }

    #[test]
    fn what_stands_there_as_often_is_old() {
        let text = "a # caulk: ignore[x] why\nb\n";
        assert_eq!(new(Some(text), text), [0; 0]);
        assert_eq!(new(Some(text), "a\nb # caulk: ignore[x] why\n"), [0; 0]);
        assert_eq!(new(Some(text), &text.replace('\n', "\r\n")), [0; 0]);
        assert_eq!(new(None, text), [1]);
        assert_eq!(new(Some("a\nb\n"), text), [1]);
        assert_eq!(new(Some("a\n"), "a # a comment\n"), [0; 0]);
    }

    #[test]
    fn other_words_and_one_more_are_new() {
        let text = "a # caulk: ignore[x] why\nb\n";
        for other in ["# caulk: ignore[x]", "# caulk: ignore[x] wh", "# caulk: ignore[x, y] why", "# caulk: ignore[x] until=2030-01-01 why"]
        {
            assert_eq!(new(Some(text), &format!("a {other}\nb\n")), [1], "{other}");
        }
        // The one in the line that is as it was stays the old one.
        assert_eq!(new(Some(text), "z # caulk: ignore[x] why\na # caulk: ignore[x] why\nb\n"), [1]);
    }

    #[test]
    fn other_scanners_words_are_counted_too() {
        assert_eq!(new(Some("a # gitleaks:allow\n"), "a # gitleaks:allow\nb # see gitleaks:allow\n"), [2]);
        assert_eq!(new(Some("a\n"), "a # trufflehog:ignore\n"), [0; 0]);
    }

    #[test]
    fn a_comment_is_the_same_wherever_it_is_kept() {
        assert_eq!(ours("caulk: ignore[x] why \\n\", \"next\""), "caulk: ignore[x] why");
        assert_eq!(ours("caulk: ignore[x] why */ a = 1"), "caulk: ignore[x] why");
        assert_eq!(ours("caulk:ignore[x]\"]"), "caulk:ignore[x]");
    }
}
