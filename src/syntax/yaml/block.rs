//! Block scalars: `|` and `>`.

use super::line_break;
use crate::source::{Span, Text, TextBuilder};

/// Where the text of a block scalar stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    /// The first byte of its first line that is not blank.
    pub(super) content: u32,
    /// How many spaces are cut from each line. Granit has worked that out already: it is the content's column.
    pub(super) indent: u32,
    /// The value is nothing but this many line breaks; then there is no content and no indentation.
    pub(super) blank: Option<u32>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Chomp {
    /// `-`: no line break at the end.
    Strip,
    /// One.
    Clip,
    /// `+`: all of them.
    Keep,
}

enum Line {
    /// Only spaces, no more than the indentation; the span is its line break.
    Blank(Span),
    /// Text behind the indentation; its line break may be missing at the end of the file.
    Text { span: Span, line_break: Span },
}

/// The lines of a block scalar from a place at the start of a line.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    indent: usize,
}

impl Iterator for Lines<'_> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        let rest = &self.text.as_bytes()[self.at..];
        let spaces = rest.iter().take(self.indent).take_while(|byte| **byte == b' ').count();
        let start = self.at + spaces;
        let len = line_break(&rest[spaces..]);
        if len > 0 {
            self.at = start + len;
            return Some(Line::Blank(Span::new(start, self.at)));
        }
        if spaces < self.indent || start == self.text.len() || (self.indent == 0 && is_marker(&rest[spaces..])) {
            return None;
        }
        let end = memchr::memchr2(b'\n', b'\r', &rest[spaces..]).map_or(self.text.len(), |found| start + found);
        self.at = end + line_break(&self.text.as_bytes()[end..]);
        Some(Line::Text { span: Span::new(start, end), line_break: Span::new(end, self.at) })
    }
}

/// Whether a line is `---` or `...`, which ends a document and with it a block scalar without indentation.
fn is_marker(line: &[u8]) -> bool {
    (line.starts_with(b"---") || line.starts_with(b"...")) && matches!(line.get(3), None | Some(b' ' | b'\t' | b'\r' | b'\n'))
}

impl Block {
    /// The block whose content starts at `content`.
    pub(super) fn new(text: &str, content: usize) -> Self {
        let indent = text.as_bytes()[..content].iter().rev().take_while(|byte| **byte == b' ').count();
        Self { content: Span::new(content, content).start, indent: Span::new(indent, indent).start, blank: None }
    }

    /// A block that has no text.
    pub(super) fn blank(at: usize, breaks: usize) -> Self {
        Self { content: Span::new(at, at).start, indent: 0, blank: Some(Span::new(breaks, breaks).start) }
    }

    /// Where its last line ends, the line break not included.
    pub(super) fn end(&self, text: &str) -> usize {
        let at = self.content as usize;
        if self.blank.is_some() {
            return at;
        }
        let lines = Lines { text, at: at - self.indent as usize, indent: self.indent as usize };
        let ends = lines.filter_map(|line| match line {
            Line::Text { span, .. } => Some(span.end as usize),
            Line::Blank(_) => None,
        });
        ends.last().unwrap_or(at)
    }
}

/// Decodes the block scalar whose `|` or `>` is at `header`.
pub(super) fn decode<'a>(text: &'a str, header: usize, block: &Block) -> Text<'a> {
    let content = block.content as usize;
    if let Some(breaks) = block.blank {
        let mut out = TextBuilder::default();
        out.atom(&"\n".repeat(breaks as usize), Span::new(content, content));
        return if out.is_empty() { Text::plain("", content) } else { out.finish() };
    }
    let bytes = text.as_bytes();
    let header_end = memchr::memchr2(b'\n', b'\r', &bytes[header..]).map_or(bytes.len(), |found| header + found);
    let body = header_end + line_break(&bytes[header_end..]);
    let folded = bytes[header] == b'>';
    let lines = Lines { text, at: body.min(content), indent: block.indent as usize };
    let mut folder = Folder { text, folded, breaks: Vec::new(), last: None, out: TextBuilder::default() };
    for line in lines {
        folder.line(&line);
    }
    folder.finish(chomping(&text[header + 1..header_end]))
}

fn chomping(header: &str) -> Chomp {
    // At most a digit and a sign stand behind the indicator, in either order; a comment may follow after a blank.
    match header.bytes().take_while(|byte| matches!(byte, b'+' | b'-' | b'0'..=b'9')).find(|byte| !byte.is_ascii_digit()) {
        Some(b'+') => Chomp::Keep,
        Some(_) => Chomp::Strip,
        None => Chomp::Clip,
    }
}

struct Folder<'a> {
    text: &'a str,
    folded: bool,
    /// The line breaks since the last line with text.
    breaks: Vec<Span>,
    /// Where the last line with text ended, and whether it began with a blank.
    last: Option<(u32, bool)>,
    out: TextBuilder,
}

impl<'a> Folder<'a> {
    fn line(&mut self, line: &Line) {
        match line {
            Line::Blank(span) => self.breaks.push(*span),
            Line::Text { span, line_break } => {
                let text = &self.text[span.range()];
                let blank = text.starts_with([' ', '\t']);
                match self.last {
                    Some((end, false)) if self.folded && !blank => self.fold(Span { start: end, end: span.start }),
                    _ => self.keep(usize::MAX),
                }
                self.out.copy(text, span.start as usize);
                self.breaks.clear();
                self.breaks.extend(Some(*line_break).filter(|span| !span.is_empty()));
                self.last = Some((span.end, blank));
            }
        }
    }

    /// One break between two lines is a space, more of them are one fewer.
    fn fold(&mut self, span: Span) {
        match self.breaks.len() {
            0 => {}
            1 => self.out.atom(" ", span),
            more => self.out.atom(&"\n".repeat(more - 1), span),
        }
    }

    /// The first `most` of the waiting breaks, each a line feed.
    fn keep(&mut self, most: usize) {
        for span in self.breaks.drain(..).take(most) {
            match &self.text[span.range()] {
                "\n" => self.out.copy("\n", span.start as usize),
                _ => self.out.atom("\n", span),
            }
        }
    }

    fn finish(mut self, chomp: Chomp) -> Text<'a> {
        match chomp {
            Chomp::Strip => {}
            Chomp::Clip => self.keep(1),
            Chomp::Keep => self.keep(usize::MAX),
        }
        self.out.finish()
    }
}
