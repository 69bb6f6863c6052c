//! A string token → its value, with a map.

use memchr::memchr;

use crate::source::{Span, Text, TextBuilder};

/// The value of a string token, whose span holds its quotes. Total: what is no string is taken as it stands, and so is what
/// is no escape. Half of a surrogate pair is U+FFFD; two halves are one piece.
#[must_use]
pub fn decode(text: &str, span: Span) -> Text<'_> {
    let raw = text.get(span.range()).unwrap_or("");
    let (mut inside, mut start) = (raw, span.start as usize);
    if let Some(rest) = inside.strip_prefix('"') {
        (inside, start) = (rest.strip_suffix('"').unwrap_or(rest), start + 1);
    }
    let Some(first) = memchr(b'\\', inside.as_bytes()) else { return Text::plain(inside, start) };
    let mut builder = TextBuilder::with_capacity(inside.len());
    let (mut copied, mut next) = (0, Some(first));
    while let Some(at) = next {
        let (value, length) = escape(&inside[at..]);
        if let Some(value) = value {
            builder.copy(&inside[copied..at], start + copied);
            builder.atom(value.encode_utf8(&mut [0; 4]), Span::new(start + at, start + at + length));
            copied = at + length;
        }
        let from = at + length;
        next = memchr(b'\\', &inside.as_bytes()[from..]).map(|found| from + found);
    }
    builder.copy(&inside[copied..], start + copied);
    builder.finish()
}

/// What the escape at the beginning stands for, and its length; no value, and the backslash alone, where there is no such escape.
fn escape(text: &str) -> (Option<char>, usize) {
    let value = match text.as_bytes().get(1) {
        Some(b'u') => return unicode(text),
        Some(byte @ (b'"' | b'\\' | b'/')) => char::from(*byte),
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        _ => return (None, 1),
    };
    (Some(value), 2)
}

fn unicode(text: &str) -> (Option<char>, usize) {
    let Some(unit) = code_unit(text) else { return (None, 1) };
    if let Some(char) = char::from_u32(unit) {
        return (Some(char), 6);
    }
    if (0xd800..0xdc00).contains(&unit)
        && let Some(low @ 0xdc00..0xe000) = text.get(6..).and_then(code_unit)
    {
        return (char::from_u32(0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00)), 12);
    }
    (Some(char::REPLACEMENT_CHARACTER), 6)
}

/// The number of a `\uXXXX` at the beginning.
fn code_unit(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
}
