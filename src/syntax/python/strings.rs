//! A string literal → its value with a map, and the places in it that are filled in at run time.

use memchr::memchr;

use super::Part;
use super::lex::Literal;
use crate::source::{Span, Text, TextBuilder};

/// How a string's gaps are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Gaps {
    /// `{name}`, with `{{` for a brace: f-strings and `.format(…)`.
    Braces,
    /// `%s`, `%(name)s`, with `%%` for a per cent sign.
    Percent,
}

/// What a literal is made of.
pub(super) fn parts(source: &str, literal: Literal, gaps: Option<Gaps>) -> Vec<Part<'_>> {
    let body = source.get(literal.body.range()).unwrap_or("");
    let start = literal.body.range().start;
    if gaps.is_none() && (literal.raw || memchr(b'\\', body.as_bytes()).is_none()) {
        return vec![Part::Literal(Text::plain(body, start))];
    }
    let mut reader = Reader { parts: Vec::new(), text: TextBuilder::default(), copied: 0, body, start };
    let mut at = 0;
    while let Some(found) = body.as_bytes()[at..].iter().position(|byte| matches!(byte, b'\\' | b'{' | b'}' | b'%')) {
        at += found;
        at += match body.as_bytes()[at] {
            b'\\' if !literal.raw => reader.escape(at),
            b'{' | b'}' if gaps == Some(Gaps::Braces) => reader.brace(at),
            b'%' if gaps == Some(Gaps::Percent) => reader.percent(at),
            _ => 1,
        };
    }
    reader.finish()
}

struct Reader<'a> {
    parts: Vec<Part<'a>>,
    text: TextBuilder,
    /// Up to here the body is in `text`.
    copied: usize,
    body: &'a str,
    start: usize,
}

impl<'a> Reader<'a> {
    fn copy(&mut self, end: usize) {
        self.text.copy(&self.body[self.copied..end], self.start + self.copied);
        self.copied = end;
    }

    fn atom(&mut self, at: usize, length: usize, value: &str) -> usize {
        self.copy(at);
        self.text.atom(value, Span::new(self.start + at, self.start + at + length));
        self.copied = at + length;
        length
    }

    fn gap(&mut self, at: usize, length: usize) -> usize {
        self.copy(at);
        self.copied = at + length;
        self.literal();
        self.parts.push(Part::Reference(Span::new(self.start + at, self.start + at + length)));
        length
    }

    fn literal(&mut self) {
        if !self.text.is_empty() {
            self.parts.push(Part::Literal(std::mem::take(&mut self.text).finish()));
        }
    }

    fn finish(mut self) -> Vec<Part<'a>> {
        self.copy(self.body.len());
        self.literal();
        self.parts
    }

    fn escape(&mut self, at: usize) -> usize {
        match escape(&self.body[at..]) {
            Some((Some(value), length)) => self.atom(at, length, value.encode_utf8(&mut [0; 4])),
            Some((None, length)) => self.atom(at, length, ""),
            // An unknown escape stands for itself, backslash included.
            None => 1,
        }
    }

    fn brace(&mut self, at: usize) -> usize {
        let rest = &self.body[at..];
        match rest.as_bytes() {
            [b'{', b'{', ..] => self.atom(at, 2, "{"),
            [b'}', b'}', ..] => self.atom(at, 2, "}"),
            [b'{', ..] => match gap_end(rest) {
                Some(length) => self.gap(at, length),
                // Not closed: all the rest is filled in, so that a search for the end is made once.
                None => self.gap(at, rest.len()),
            },
            _ => 1,
        }
    }

    fn percent(&mut self, at: usize) -> usize {
        let rest = &self.body[at + 1..];
        if rest.starts_with('%') {
            return self.atom(at, 2, "%");
        }
        let named = if rest.starts_with('(') { near(rest, b')').map_or(0, |end| end + 1) } else { 0 };
        let flags = rest[named..].bytes().take_while(|byte| matches!(byte, b'-' | b'+' | b'#' | b'.' | b'*' | b'0'..=b'9')).count();
        match rest.as_bytes().get(named + flags) {
            Some(b'd' | b'i' | b'o' | b'u' | b'x' | b'X' | b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'c' | b'r' | b's' | b'a') => {
                self.gap(at, named + flags + 2)
            }
            _ => 1,
        }
    }
}

/// The length of `{…}`, nested braces included.
fn gap_end(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 1 => return Some(at + 1),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// What the escape at the beginning stands for (nothing for a continued line) and its length.
fn escape(text: &str) -> Option<(Option<char>, usize)> {
    let value = match text.as_bytes().get(1)? {
        b'\n' => return Some((None, 2)),
        b'\r' => return Some((None, if text[2..].starts_with('\n') { 3 } else { 2 })),
        b'n' => '\n',
        b't' => '\t',
        b'r' => '\r',
        b'a' => '\u{7}',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'v' => '\u{b}',
        byte @ (b'\\' | b'\'' | b'"') => char::from(*byte),
        b'x' => return number(text, 2, 2, 16),
        b'u' => return number(text, 2, 4, 16),
        b'U' => return number(text, 2, 8, 16),
        b'0'..=b'7' => {
            let digits = text[1..].bytes().take(3).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
            return number(text, 1, digits, 8);
        }
        b'N' => return Some((Some(char::REPLACEMENT_CHARACTER), near(text, b'}')? + 1)),
        _ => return None,
    };
    Some((Some(value), 2))
}

/// Where the byte stands, if not too far away for a name. Each search is short, so many of them are not slow.
fn near(text: &str, byte: u8) -> Option<usize> {
    text.bytes().take(100).position(|found| found == byte)
}

fn number(text: &str, from: usize, digits: usize, radix: u32) -> Option<(Option<char>, usize)> {
    let written = text.get(from..from + digits)?;
    let value = written.bytes().all(|byte| byte.is_ascii_alphanumeric()).then(|| u32::from_str_radix(written, radix).ok())??;
    Some((Some(char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER)), from + digits))
}
