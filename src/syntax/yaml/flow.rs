//! Scalars without and within quotes → `Text`.

use super::{Style, line_break};
use crate::source::{Span, Text, TextBuilder};

/// Decodes the scalar whose content (without the quotes) is `inner`.
pub(super) fn decode(text: &str, inner: Span, style: Style) -> Text<'_> {
    let plain = Text::raw(text, inner);
    if memchr::memchr3(b'\n', b'\r', special(style), plain.as_str().as_bytes()).is_none() {
        return plain;
    }
    let decoder = Decoder { text, end: inner.end as usize, style, at: inner.start as usize, out: TextBuilder::default() };
    let start = inner.start as usize;
    let decoded = decoder.run();
    // `""` and `"\` + line break + `"` decode to nothing; nothing still has a place.
    if decoded.is_empty() { Text::plain("", start) } else { decoded }
}

/// The byte, besides line breaks, that does not stand for itself.
fn special(style: Style) -> u8 {
    match style {
        Style::Single => b'\'',
        Style::Double => b'\\',
        _ => b'\n',
    }
}

struct Decoder<'a> {
    text: &'a str,
    end: usize,
    style: Style,
    at: usize,
    out: TextBuilder,
}

impl<'a> Decoder<'a> {
    fn run(mut self) -> Text<'a> {
        while self.at < self.end {
            let rest = &self.text.as_bytes()[self.at..self.end];
            let stop = memchr::memchr3(b'\n', b'\r', special(self.style), rest).map_or(self.end, |found| self.at + found);
            if line_break(&self.text.as_bytes()[stop..self.end]) > 0 {
                self.fold(stop);
                continue;
            }
            self.copy(stop);
            if stop < self.end {
                self.special();
            }
        }
        self.out.finish()
    }

    fn copy(&mut self, to: usize) {
        self.out.copy(&self.text[self.at..to], self.at);
        self.at = to;
    }

    /// A line break with the blanks around it is a space; further breaks are kept.
    fn fold(&mut self, stop: usize) {
        let line = self.text[self.at..stop].trim_end_matches([' ', '\t']);
        self.copy(self.at + line.len());
        let (breaks, next) = self.blank_lines(self.at);
        let span = Span::new(self.at, next);
        match breaks {
            1 => self.out.atom(" ", span),
            _ => self.out.atom(&"\n".repeat(breaks - 1), span),
        }
        self.at = next;
    }

    /// The number of line breaks from `at` on, and where the next line's text begins.
    fn blank_lines(&self, mut at: usize) -> (usize, usize) {
        let mut breaks = 0;
        while at < self.end {
            match self.text.as_bytes()[at] {
                b' ' | b'\t' => at += 1,
                _ => match line_break(&self.text.as_bytes()[at..self.end]) {
                    0 => break,
                    len => {
                        at += len;
                        breaks += 1;
                    }
                },
            }
        }
        (breaks, at)
    }

    /// A quote in single quotes, an escape in double ones.
    fn special(&mut self) {
        let start = self.at;
        let rest = &self.text[start..self.end];
        if self.style == Style::Single {
            // The scanner lets a quote stand only where it is doubled.
            let len = if rest.starts_with("''") { 2 } else { 1 };
            self.out.atom("'", Span::new(start, start + len));
            self.at += len;
        } else if line_break(&rest.as_bytes()[1..]) > 0 {
            // An escaped line break and the blanks behind it are nothing; breaks after it are kept.
            let (breaks, next) = self.blank_lines(start + 1);
            self.out.atom(&"\n".repeat(breaks - 1), Span::new(start, next));
            self.at = next;
        } else if let Some((char, len)) = escape(rest) {
            self.out.atom(char.encode_utf8(&mut [0; 4]), Span::new(start, start + len));
            self.at += len;
        } else {
            self.copy(start + 1);
        }
    }
}

/// The character that an escape at the start of `text` stands for, and the escape's length.
fn escape(text: &str) -> Option<(char, usize)> {
    let simple = |char| Some((char, 2));
    match text.as_bytes().get(1)? {
        b'0' => simple('\0'),
        b'a' => simple('\u{7}'),
        b'b' => simple('\u{8}'),
        b't' | b'\t' => simple('\t'),
        b'n' => simple('\n'),
        b'v' => simple('\u{b}'),
        b'f' => simple('\u{c}'),
        b'r' => simple('\r'),
        b'e' => simple('\u{1b}'),
        b' ' => simple(' '),
        b'"' => simple('"'),
        b'/' => simple('/'),
        b'\\' => simple('\\'),
        b'N' => simple('\u{85}'),
        b'_' => simple('\u{a0}'),
        b'L' => simple('\u{2028}'),
        b'P' => simple('\u{2029}'),
        b'x' => char::from_u32(hex(text, 2, 2)?).map(|char| (char, 4)),
        b'u' => unicode(text),
        b'U' => char::from_u32(hex(text, 2, 8)?).map(|char| (char, 10)),
        _ => None,
    }
}

/// `\uXXXX`, or two of them that are a surrogate pair.
fn unicode(text: &str) -> Option<(char, usize)> {
    let high = hex(text, 2, 4)?;
    if let Some(char) = char::from_u32(high) {
        return Some((char, 6));
    }
    let low = text.get(6..8).filter(|next| *next == "\\u").and_then(|_| hex(text, 8, 4))?;
    let pair = [u16::try_from(high).ok()?, u16::try_from(low).ok()?];
    let char = char::decode_utf16(pair).next()?.ok()?;
    Some((char, 12))
}

fn hex(text: &str, at: usize, len: usize) -> Option<u32> {
    let digits = text.get(at..at + len)?;
    digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
}
