//! The few lines of a source around a finding, cut, masked and made harmless before anything renders them.
//!
//! A renderer that is given a whole file reads it again for every label, prints a minified line as it is, and panics on
//! a label beyond column 65,535. It is given an excerpt no wider than the terminal, with the labels moved along.

use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use unicode_width::UnicodeWidthChar;

use super::super::escape::{Piece, pieces};
use super::super::masks::Masks;
use super::style::Style;
use crate::secrets;
use crate::source::{Position, SourceId, Span};

/// Tabs of the source end at the next multiple of this.
const TAB: usize = 4;

/// What to cut.
pub(super) struct Cut {
    /// The source.
    pub(super) source: SourceId,
    /// Its name in the header.
    pub(super) name: String,
    /// The finding's range.
    pub(super) primary: Span,
    /// Its true line and column.
    pub(super) position: Position,
    /// What stands under the finding's range, if anything does.
    pub(super) caption: Option<String>,
    /// Other ranges of the source, with their captions.
    pub(super) others: Vec<(Span, String)>,
    /// Lines before the first and after the last label.
    pub(super) context: usize,
    /// Lines from the finding's line to the first and to the last label's.
    pub(super) reach: (usize, usize),
    /// Whether names may stand around the labels that nobody has judged: the file was read as text.
    pub(super) wary: bool,
}

/// Lines ready to be rendered, each ended by a line feed.
#[derive(Debug)]
pub(super) struct Excerpt {
    text: String,
    name: String,
    first_line: usize,
    position: Position,
    /// The labels that are to be seen in it.
    pub(super) labels: Vec<LabeledSpan>,
    /// Which of the others are not, by index.
    pub(super) unseen: Vec<usize>,
    /// Numbers of lines between labels that have none, where there are several in a row.
    pub(super) between: Vec<usize>,
}

/// One line of the source, masked, as cells of the terminal.
struct Line {
    cells: Vec<Cell>,
    span: Span,
}

struct Cell {
    at: usize,
    len: usize,
    column: usize,
    width: usize,
    text: String,
}

impl Excerpt {
    /// Cuts.
    pub(super) fn new(cut: &Cut, masks: &Masks<'_>, style: &Style) -> Self {
        let text = masks.text(cut.source);
        let reach = window(style.width);
        let whole = line_around(text, cut.primary.start as usize, reach);
        let mut ranges = vec![whole.0.clone()];
        let mut before = 0;
        if whole.1 {
            for _ in 0..cut.reach.0 + cut.context {
                let Some(range) = line_before(text, ranges[0].start, reach) else { break };
                ranges.insert(0, range);
                before += 1;
            }
            for _ in 0..cut.reach.1 + cut.context {
                let Some(range) = line_after(text, ranges[ranges.len() - 1].end, reach) else { break };
                ranges.push(range);
            }
        }
        trim_blank(text, &mut ranges, &mut before, cut.reach);
        let mut lines: Vec<Line> = ranges.into_iter().map(|range| Line::new(cut.source, range, masks, style)).collect();
        let mut excerpt = Self {
            text: String::new(),
            name: cut.name.clone(),
            first_line: (cut.position.line as usize).saturating_sub(before).max(1),
            position: cut.position,
            labels: Vec::new(),
            unseen: Vec::new(),
            between: Vec::new(),
        };
        let room = style.width.saturating_sub(excerpt.gutter(lines.len())).max(8);
        let from = lines.get(before).map_or(0, |line| line.crop(cut.primary, room, style));
        // The middle of a neighbouring line tells nothing; and a password may stand where only shapes were looked for.
        let unwanted = |line: &Line| line.begins_before(from) || (cut.wary && line.may_tell());
        while lines.len() > before + cut.reach.1 + 1 && lines.last().is_some_and(unwanted) {
            lines.pop();
        }
        while before > cut.reach.0 && unwanted(&lines[0]) {
            lines.remove(0);
            (before, excerpt.first_line) = (before - 1, excerpt.first_line + 1);
        }
        excerpt.lay_out(&lines, before, from, cut, style);
        excerpt
    }

    /// Width of what stands before a line's text.
    fn gutter(&self, lines: usize) -> usize {
        (self.first_line + lines - 1).to_string().len() + 4
    }

    /// Width of the line numbers.
    pub(super) fn number_width(&self) -> usize {
        self.gutter(self.text.lines().count().max(1)) - 4
    }

    fn lay_out(&mut self, lines: &[Line], primary_line: usize, from: usize, cut: &Cut, style: &Style) {
        let gutter = self.gutter(lines.len());
        let room = style.width.saturating_sub(gutter).max(8);
        let mut taken: Vec<Span> = Vec::new();
        let mut last_labelled = None;
        for (index, line) in lines.iter().enumerate() {
            let labels = self.labels.len();
            let shown = line.show(from, room, style, &mut self.text);
            let mut label = |span: Span, caption: Option<&str>, primary: bool| {
                let Some(mut at) = shown.find(line, span) else { return false };
                if taken.iter().any(|other| other.overlaps(at.excerpt) || (other.is_empty() && *other == at.excerpt)) {
                    return false;
                }
                let caption = caption.filter(|caption| !caption.is_empty());
                let fits = caption.is_none_or(|caption| gutter + at.middle + 4 + style.measure(caption) <= style.width);
                if gutter + at.end > style.width || (!fits && !primary) {
                    return false;
                }
                taken.push(at.excerpt);
                let caption = caption.filter(|_| fits).map(str::to_owned);
                let range = std::mem::take(&mut at.excerpt).range();
                self.labels.push(if primary {
                    LabeledSpan::new_primary_with_span(caption, range)
                } else {
                    LabeledSpan::new_with_span(caption, range)
                });
                true
            };
            if index == primary_line {
                label(cut.primary, cut.caption.as_deref(), true);
            }
            for (other, (span, caption)) in cut.others.iter().enumerate() {
                if line.begins(*span) && !label(*span, Some(caption), false) {
                    self.unseen.push(other);
                }
            }
            if self.labels.len() > labels {
                let between = last_labelled.map_or(index, |last: usize| last + 1)..index;
                self.between.extend(between.clone().filter(|_| between.len() > 1).map(|index| self.first_line + index));
                last_labelled = Some(index);
            }
        }
        let begun = |span: Span| lines.iter().any(|line| line.begins(span));
        self.unseen.extend((0..cut.others.len()).filter(|other| !begun(cut.others[*other].0)));
    }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(&'a self, _: &SourceSpan, before: usize, after: usize) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        // miette asks without context for nothing but the header's line and column, which it counts from 0.
        let (line, column) = match (before, after) {
            (0, 0) => (self.position.line.saturating_sub(1) as usize, self.position.column.saturating_sub(1) as usize),
            _ => (self.first_line - 1, 0),
        };
        let lines = self.text.lines().count();
        let span = SourceSpan::from((0, self.text.len()));
        Ok(Box::new(MietteSpanContents::new_named(self.name.clone(), self.text.as_bytes(), span, line, column, lines)))
    }
}

/// Where in the excerpt something stands.
struct Found {
    excerpt: Span,
    middle: usize,
    end: usize,
}

/// The part of a line that was written: which cells, and where in the excerpt.
struct Shown {
    /// Index of a cell, its byte in the excerpt, its column there.
    cells: Vec<(usize, usize, usize)>,
    end: (usize, usize),
}

impl Shown {
    fn find(&self, line: &Line, span: Span) -> Option<Found> {
        let range = span.range();
        let inside = |cell: &Cell| cell.at < range.end && cell.at + cell.len > range.start;
        let mut hit = self.cells.iter().filter(|(index, _, _)| inside(&line.cells[*index]));
        let (start, end) = match hit.next() {
            Some(first) => {
                let last = hit.next_back().unwrap_or(first);
                let cell = &line.cells[last.0];
                ((first.1, first.2), (last.1 + cell.text.len(), last.2 + cell.width))
            }
            // Nothing is underlined by an empty range, and by one that holds only a line break: point at the place.
            None if range.start >= line.cells.last().map_or(line.span.range().start, |cell| cell.at + cell.len) => (self.end, self.end),
            None => {
                let at = self.cells.iter().find(|(index, _, _)| line.cells[*index].at >= range.start && range.is_empty())?;
                ((at.1, at.2), (at.1, at.2))
            }
        };
        // What is empty is pointed at, by one column.
        let last = end.1.max(start.1 + 1);
        Some(Found { excerpt: Span::new(start.0, end.0), middle: (start.1 + last) / 2, end: last })
    }
}

impl Line {
    fn new(source: SourceId, range: std::ops::Range<usize>, masks: &Masks<'_>, style: &Style) -> Self {
        let mut cells = Vec::with_capacity(range.len());
        let mut column = 0;
        let masked = masks.slice(source, range.clone());
        for piece in pieces(&masked) {
            let at = range.start + piece.at;
            let (text, width) = match piece.char {
                '\u{feff}' if at == 0 => continue,
                '\t' => (String::new(), TAB - column % TAB),
                char if piece.escaped || (!style.unicode && !char.is_ascii()) => {
                    let name = Piece::name(char);
                    let width = name.len();
                    (name, width)
                }
                char => (char.to_string(), char.width().unwrap_or(0)),
            };
            let text = if piece.char == '\t' { " ".repeat(width) } else { text };
            cells.push(Cell { at, len: piece.char.len_utf8(), column, width, text });
            column += width;
        }
        Self { cells, span: Span::new(range.start, range.end) }
    }

    fn width(&self) -> usize {
        self.cells.last().map_or(0, |cell| cell.column + cell.width)
    }

    /// Whether a range begins in this line, its line break included.
    fn begins(&self, span: Span) -> bool {
        self.span.start <= span.start && span.start <= self.span.end
    }

    /// Whether a secret's name stands in it, and nothing in it is masked.
    fn may_tell(&self) -> bool {
        let text: String = self.cells.iter().map(|cell| cell.text.as_str()).collect();
        let mut words = text.split(|char: char| !(char.is_alphanumeric() || "_-.".contains(char)));
        !text.contains("***") && words.any(|word| !word.is_empty() && secrets::is_secret_name(word))
    }

    /// Whether something is seen before a column.
    fn begins_before(&self, column: usize) -> bool {
        self.cells.iter().take_while(|cell| cell.column < column).any(|cell| !cell.text.trim().is_empty())
    }

    /// The column to begin at, so that a range is seen, with something on either side.
    fn crop(&self, span: Span, room: usize, style: &Style) -> usize {
        let range = span.range();
        let column = |at: usize| self.cells.iter().find(|cell| cell.at + cell.len > at).map_or(self.width(), |cell| cell.column);
        let start = column(range.start);
        let end = column(range.end).max(start + 1);
        if self.width().max(end) <= room || end + 2 < room {
            return 0;
        }
        // Both cuts, and one character behind the range; or one cut and the rest of the line.
        let cut = style.measure(style.ellipsis());
        let last = (end + 2 * cut + 1).min(self.width().max(end) + cut);
        if last - start <= room { last.saturating_sub(room) } else { start - (room / 3).min(start) }
    }

    /// Writes the part of the line from column `from` on that has room, `…` where something was left out.
    fn show(&self, from: usize, room: usize, style: &Style, out: &mut String) -> Shown {
        let first = self.cells.partition_point(|cell| cell.column < from);
        let cut_left = self.begins_before(from);
        let mut column = 0;
        if first > 0 {
            // The same room where only blanks are cut, so that the columns of all lines agree.
            let room = style.measure(style.ellipsis());
            out.push_str(if cut_left { style.ellipsis() } else { &"   "[..room] });
            column += room;
        }
        let shift = column;
        let rest: usize = self.cells[first..].iter().map(|cell| cell.width).sum();
        let room = if shift + rest > room { room.saturating_sub(style.measure(style.ellipsis())) } else { room };
        let mut cells = Vec::new();
        let mut cut_right = false;
        for (index, cell) in self.cells.iter().enumerate().skip(first) {
            if column + cell.width > room {
                cut_right = true;
                break;
            }
            cells.push((index, out.len(), column));
            out.push_str(&cell.text);
            column += cell.width;
        }
        let end = (out.len(), column);
        if cut_right {
            out.push_str(style.ellipsis());
        }
        out.push('\n');
        Shown { cells, end }
    }
}

/// How many bytes to either side of a place can matter to a line of this width: every cell is at most four bytes.
fn window(width: usize) -> usize {
    width * 4 + 64
}

/// The line around a place, no further than the window; whether its start was found.
fn line_around(text: &str, at: usize, window: usize) -> (std::ops::Range<usize>, bool) {
    let at = floor(text, at.min(text.len()));
    // Between CR and LF the line has not ended.
    let at = if text[..at].ends_with('\r') && text[at..].starts_with('\n') { at - 1 } else { at };
    let low = floor(text, at.saturating_sub(window));
    let head = text.get(low..at).unwrap_or("").as_bytes();
    let found = memchr::memrchr2(b'\n', b'\r', head).map(|index| low + index + 1);
    (found.unwrap_or(low)..line_end(text, at, window), found.is_some() || low == 0)
}

/// The line that ends before `start`, unless its own start is too far away.
fn line_before(text: &str, start: usize, window: usize) -> Option<std::ops::Range<usize>> {
    let head = text.get(..start)?;
    let trimmed = head.strip_suffix("\r\n").or_else(|| head.strip_suffix(['\n', '\r']))?;
    let (range, whole) = line_around(text, trimmed.len(), window);
    whole.then_some(range.start..trimmed.len())
}

/// The line after the one that ends at `end`.
fn line_after(text: &str, end: usize, window: usize) -> Option<std::ops::Range<usize>> {
    let rest = text.get(end..)?;
    let next = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix(['\n', '\r']))?;
    let start = text.len() - next.len();
    // What follows the last line break is no line.
    (start < text.len()).then(|| start..line_end(text, start, window))
}

fn line_end(text: &str, at: usize, window: usize) -> usize {
    let high = floor(text, text.len().min(at + window));
    let tail = text.get(at..high).unwrap_or("").as_bytes();
    memchr::memchr2(b'\n', b'\r', tail).map_or(high, |index| at + index)
}

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Blank lines at the edges tell nothing.
fn trim_blank(text: &str, ranges: &mut Vec<std::ops::Range<usize>>, before: &mut usize, reach: (usize, usize)) {
    let blank = |range: &std::ops::Range<usize>| text.get(range.clone()).unwrap_or("").trim().is_empty();
    while *before > reach.0 && blank(&ranges[0]) {
        ranges.remove(0);
        *before -= 1;
    }
    while ranges.len() - 1 > *before + reach.1 && ranges.last().is_some_and(blank) {
        ranges.pop();
    }
}
