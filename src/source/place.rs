//! Offsets in the decoded text → bytes of the file, lines and columns.

use super::{Encoding, Source};

/// A place as people and programs count: lines and columns from 1, columns in code points, bytes from 0 in the file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Position {
    /// 1-based. LF, CRLF and a lone CR end a line.
    pub line: u32,
    /// 1-based, in code points; a byte order mark is no column.
    pub column: u32,
    /// 0-based byte in the file as it is encoded on disk.
    pub byte: u64,
}

/// The positions of a set of offsets, found in one sweep over the text.
#[derive(Debug, Default)]
pub struct Places {
    sorted: Vec<(u32, Position)>,
}

impl Places {
    /// Sweeps once over the text; `offsets` in any order, with repeats.
    #[must_use]
    pub fn new(source: &Source, offsets: impl IntoIterator<Item = u32>) -> Self {
        let mut offsets: Vec<u32> = offsets.into_iter().collect();
        offsets.sort_unstable();
        offsets.dedup();
        let mut sorted = Vec::with_capacity(offsets.len());
        let mut sweep = Sweep { text: &source.text, encoding: source.encoding, at: 0, position: Position { line: 1, column: 1, byte: 0 } };
        for offset in offsets {
            sorted.push((offset, sweep.to(offset as usize)));
        }
        Self { sorted }
    }

    /// The position of one of the offsets given to `new`; the start of the file for any other.
    #[must_use]
    pub fn get(&self, offset: u32) -> Position {
        match self.sorted.binary_search_by_key(&offset, |(at, _)| *at) {
            Ok(index) => self.sorted[index].1,
            Err(_) => Position { line: 1, column: 1, byte: 0 },
        }
    }
}

struct Sweep<'a> {
    text: &'a str,
    encoding: Encoding,
    at: usize,
    position: Position,
}

impl Sweep<'_> {
    fn to(&mut self, offset: usize) -> Position {
        let mut target = offset.min(self.text.len());
        while !self.text.is_char_boundary(target) {
            target -= 1;
        }
        let part = self.text.get(self.at..target).unwrap_or("");
        if self.is_plain(part) {
            self.pass(part);
        } else {
            self.walk(part);
        }
        self.at = self.at.max(target);
        self.position
    }

    /// Whether only LF ends lines in it, and every byte is one of the file.
    fn is_plain(&self, part: &str) -> bool {
        let marked = (self.position.line, self.position.column) == (1, 1) && part.starts_with('\u{feff}');
        self.encoding == Encoding::Utf8 && !marked && memchr::memchr(b'\r', part.as_bytes()).is_none()
    }

    /// Passes over plain text, many bytes at a time.
    fn pass(&mut self, part: &str) {
        let lines = part.bytes().filter(|byte| *byte == b'\n').count();
        let last = part.rfind('\n').map_or(part, |at| &part[at + 1..]);
        let columns = u32::try_from(last.chars().count()).unwrap_or(u32::MAX);
        if lines > 0 {
            self.position.line += u32::try_from(lines).unwrap_or(u32::MAX);
            self.position.column = 1;
        }
        self.position.column += columns;
        self.position.byte += part.len() as u64;
    }

    /// Passes over any text, character by character.
    fn walk(&mut self, part: &str) {
        for (at, char) in part.char_indices() {
            let paired = char == '\r' && self.text.as_bytes().get(self.at + at + 1) == Some(&b'\n');
            self.step(char, paired);
        }
    }

    /// `paired`: a CR before an LF, which ends no line by itself.
    fn step(&mut self, char: char, paired: bool) {
        self.position.byte += match self.encoding {
            Encoding::Utf8 => char.len_utf8() as u64,
            Encoding::Utf16Le | Encoding::Utf16Be => char.len_utf16() as u64 * 2,
            Encoding::Utf32Le | Encoding::Utf32Be => 4,
        };
        match char {
            '\n' | '\r' if !paired => {
                self.position.line += 1;
                self.position.column = 1;
            }
            '\u{feff}' if self.position.line == 1 && self.position.column == 1 => {}
            _ => self.position.column += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(text: &str, encoding: Encoding, offsets: &[u32]) -> Vec<(u32, u32, u64)> {
        let source = Source { text: text.to_owned(), encoding, ..Source::default() };
        let places = Places::new(&source, offsets.iter().copied());
        offsets.iter().map(|at| places.get(*at)).map(|p| (p.line, p.column, p.byte)).collect()
    }

    #[test]
    fn lines_end_at_lf_crlf_and_cr() {
        assert_eq!(places("a\nb\r\nc\rd", Encoding::Utf8, &[0, 2, 5, 7]), [(1, 1, 0), (2, 1, 2), (3, 1, 5), (4, 1, 7)]);
        // Between CR and LF the line has not ended yet.
        assert_eq!(places("a\r\nb", Encoding::Utf8, &[1, 2, 3]), [(1, 2, 1), (1, 3, 2), (2, 1, 3)]);
    }

    #[test]
    fn columns_are_code_points_and_a_mark_is_none() {
        assert_eq!(places("\u{feff}é𝄞x", Encoding::Utf8, &[3, 5, 9]), [(1, 1, 3), (1, 2, 5), (1, 3, 9)]);
    }

    #[test]
    fn bytes_are_those_of_the_file() {
        assert_eq!(places("\u{feff}é𝄞x", Encoding::Utf16Le, &[3, 5, 9]), [(1, 1, 2), (1, 2, 4), (1, 3, 8)]);
    }

    proptest::proptest! {
        /// Many bytes at a time or character by character: the same positions.
        #[test]
        fn passing_is_walking(text in "[a\nZ é𝄞\u{feff}]{0,40}", cut in 0usize..60) {
            let source = Source { text: text.clone(), ..Source::default() };
            let cut = (0..=cut.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            let places = Places::new(&source, [cut, text.len()].map(|at| u32::try_from(at).unwrap()));
            let start = Position { line: 1, column: 1, byte: 0 };
            let mut sweep = Sweep { text: &text, encoding: Encoding::Utf8, at: 0, position: start };
            for at in [cut, text.len()] {
                sweep.walk(&text[sweep.at..at]);
                sweep.at = at;
                proptest::prop_assert_eq!(places.get(u32::try_from(at).unwrap()), sweep.position);
            }
        }
    }

    #[test]
    fn offsets_outside_or_inside_a_character_are_harmless() {
        assert_eq!(places("é", Encoding::Utf8, &[1, 99]), [(1, 1, 0), (1, 2, 2)]);
    }
}
