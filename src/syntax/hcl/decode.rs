//! Literal text → what it stands for, with the way back.

use super::tree::Literal;
use crate::source::{Span, Text, TextBuilder};

/// A label: what stands between the quotation marks.
pub(super) fn quoted(text: &str, span: Span) -> Text<'_> {
    literal(text, span, Literal { escapes: true, ..Literal::default() })
}

/// A literal part of a template.
pub(super) fn literal(text: &str, span: Span, how: Literal) -> Text<'_> {
    let raw = text.get(span.range()).unwrap_or("");
    let decoded = if how.dedent == 0 && reads_as_written(raw, how.escapes) {
        Text::plain(raw, span.start as usize)
    } else {
        decode(raw, span.start as usize, how)
    };
    trim(decoded, how)
}

fn reads_as_written(raw: &str, escapes: bool) -> bool {
    match memchr::memchr3(b'\\', b'$', b'%', raw.as_bytes()) {
        None => true,
        Some(_) => !(escapes && raw.contains('\\') || raw.contains("$${") || raw.contains("%%{")),
    }
}

fn decode<'a>(raw: &str, base: usize, how: Literal) -> Text<'a> {
    let mut out = TextBuilder::with_capacity(raw.len());
    let mut line_start = how.at_line_start;
    let mut at = 0;
    while at < raw.len() {
        let rest = &raw[at..];
        if line_start && how.dedent > 0 {
            line_start = false;
            at += lost_indent(rest, how.dedent);
            continue;
        }
        if let Some((value, length)) = escape(rest, how.escapes) {
            let mut buffer = [0; 4];
            let value = match value {
                Escaped::Char(char) => &*char.encode_utf8(&mut buffer),
                Escaped::Opener(opener) => opener,
            };
            out.atom(value, Span::new(base + at, base + at + length));
            at += length;
            continue;
        }
        // A backslash, dollar or per cent sign here stands for itself.
        let special = |byte: &u8| matches!(byte, b'\\' | b'$' | b'%' | b'\n');
        let length = match rest.as_bytes() {
            [b'\n', ..] => 1,
            bytes => 1 + bytes[1..].iter().position(special).unwrap_or(bytes.len() - 1),
        };
        line_start = rest.starts_with('\n');
        out.copy(&rest[..length], base + at);
        at += length;
    }
    out.finish()
}

enum Escaped {
    Char(char),
    /// `$${` and `%%{` stand for these.
    Opener(&'static str),
}

/// The escape that `rest` begins with and its length.
fn escape(rest: &str, backslashes: bool) -> Option<(Escaped, usize)> {
    let bytes = rest.as_bytes();
    let hex = |digits: usize| {
        let code = u32::from_str_radix(rest.get(2..2 + digits)?, 16).ok()?;
        Some((Escaped::Char(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)), 2 + digits))
    };
    match bytes {
        [b'$', b'$', b'{', ..] => Some((Escaped::Opener("${"), 3)),
        [b'%', b'%', b'{', ..] => Some((Escaped::Opener("%{"), 3)),
        [b'\\', next, ..] if backslashes => match next {
            b'n' => Some((Escaped::Char('\n'), 2)),
            b'r' => Some((Escaped::Char('\r'), 2)),
            b't' => Some((Escaped::Char('\t'), 2)),
            b'"' => Some((Escaped::Char('"'), 2)),
            b'\\' => Some((Escaped::Char('\\'), 2)),
            b'u' if bytes.get(2..6)?.iter().all(u8::is_ascii_hexdigit) => hex(4),
            b'U' if bytes.get(2..10)?.iter().all(u8::is_ascii_hexdigit) => hex(8),
            _ => None,
        },
        _ => None,
    }
}

/// How many bytes a line of a `<<-` heredoc loses. Blank lines keep all they have.
fn lost_indent(line: &str, dedent: u16) -> usize {
    let blanks = |(_, char): &(usize, char)| char.is_whitespace() && *char != '\n';
    let blank_line = line.trim_start_matches(|char: char| char.is_whitespace() && char != '\n').starts_with('\n');
    if blank_line {
        return 0;
    }
    line.char_indices().take_while(blanks).take(usize::from(dedent)).map(|(at, char)| at + char.len_utf8()).last().unwrap_or(0)
}

fn trim(text: Text<'_>, how: Literal) -> Text<'_> {
    let value = text.as_str();
    let start = if how.trim_start { value.len() - value.trim_start().len() } else { 0 };
    let end = if how.trim_end { value.trim_end().len().max(start) } else { value.len() };
    if start == 0 && end == value.len() { text } else { text.slice(start..end) }
}
