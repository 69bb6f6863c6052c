//! One escaper per sink. Names, keys and messages that came from a file reach a sink through nothing else.
//!
//! Two readers are fooled by text that is harmless elsewhere. A person's terminal obeys control characters and shows
//! bidirectional overrides. The runner of a CI job reads the log as commands: GitHub takes `::name::` at the start of a
//! line, after any blanks, and the older `##[name]` **anywhere in a line**; Azure takes `##vso[`, TeamCity `##teamcity[`
//! (<https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs>). A JSON report printed to a log is
//! such a log too, so both marks are broken there as well, by escapes that a JSON parser takes back.
//!
//! What is broken is broken visibly: an invisible joiner between two characters would be skipped again by a comparison
//! that follows the Unicode collation, which .NET's does.

use std::borrow::Cow;
use std::io;

use serde::Serialize;
use serde_json::ser::{CharEscape, Formatter, PrettyFormatter, Serializer};

/// Whether a character is not simply seen: controls, line and paragraph separators, direction marks, ignorable ones.
#[must_use]
pub fn is_hidden(char: char) -> bool {
    matches!(char,
        '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// A character of a text, and what to write in its place where it must not be written itself.
pub(super) struct Piece {
    /// Its byte in the text.
    pub(super) at: usize,
    /// The character.
    pub(super) char: char,
    /// Whether it is hidden, or part of a log command.
    pub(super) escaped: bool,
}

impl Piece {
    /// What people see in its place: `\u{1b}`.
    pub(super) fn name(char: char) -> String {
        format!("\\u{{{:x}}}", u32::from(char))
    }
}

/// The characters of a text. Whoever writes the escaped ones otherwise has text that is safe in a line of a log.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = Piece> + '_ {
    let mut commands = bracket_commands(text).peekable();
    text.char_indices().map(move |(at, char)| Piece { at, char, escaped: commands.next_if_eq(&at).is_some() || is_hidden(char) })
}

/// Text for people: hidden characters become `\u{..}`, and no `##[` remains. `::` at the start of a line is the business
/// of [`guard_lines`], because only the finished line knows its start.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if !pieces(text).any(|piece| piece.escaped) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for piece in pieces(text) {
        if piece.escaped { out.push_str(&Piece::name(piece.char)) } else { out.push(piece.char) }
    }
    Cow::Owned(out)
}

/// The finished output of a run, so that no line of it is a command: the one gate before a terminal or a log.
#[must_use]
pub fn guard_lines(text: &str) -> Cow<'_, str> {
    let odd = |line: &str| starts_command(line) || bracket_commands(line).next().is_some();
    if !text.split('\n').any(odd) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            out.push('\n');
        }
        guard_line(line, &mut out);
    }
    Cow::Owned(out)
}

fn guard_line(line: &str, out: &mut String) {
    let mut rest = line;
    if starts_command(line) {
        // A blank of the indentation gives its room, so that the line does not grow.
        let (before, after) = line.split_at(line.find("::").unwrap_or(0));
        out.push_str(before.strip_suffix(' ').unwrap_or(before));
        out.push('\\');
        rest = after;
    }
    let mut from = 0;
    for at in bracket_commands(rest) {
        out.push_str(rest.get(from..at).unwrap_or(""));
        out.push_str("\\u{23}");
        from = at + 1;
    }
    out.push_str(rest.get(from..).unwrap_or(""));
}

/// `::` after nothing but blanks and our own colours.
fn starts_command(line: &str) -> bool {
    let mut rest = line.trim_start();
    while let Some((_, after)) = rest.strip_prefix("\u{1b}[").and_then(|colour| colour.split_once('m')) {
        rest = after.trim_start();
    }
    rest.starts_with("::")
}

/// Where the last `#` of each `##[` or `##word[` stands.
fn bracket_commands(text: &str) -> impl Iterator<Item = usize> + '_ {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'#', bytes).filter(move |&at| {
        let word = bytes.get(at + 1..).unwrap_or(&[]).iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        at > 0 && bytes[at - 1] == b'#' && bytes.get(at + 1 + word) == Some(&b'[')
    })
}

/// Writes a value as indented JSON. The text a parser gets is exactly the value's; hidden characters and the marks of log
/// commands are written as escapes.
///
/// # Errors
/// What the writer says.
pub fn json(value: &impl Serialize, out: &mut dyn io::Write) -> io::Result<()> {
    let mut out = io::BufWriter::new(out);
    let mut serializer = Serializer::with_formatter(&mut out, SafeFormatter(PrettyFormatter::new()));
    value.serialize(&mut serializer).map_err(io::Error::from)?;
    io::Write::write_all(&mut out, b"\n")?;
    io::Write::flush(&mut out)
}

struct SafeFormatter<'i>(PrettyFormatter<'i>);

impl Formatter for SafeFormatter<'_> {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, out: &mut W, text: &str) -> io::Result<()> {
        let mut from = 0;
        for piece in pieces(text).filter(|piece| piece.escaped) {
            out.write_all(&text.as_bytes()[from..piece.at])?;
            for unit in piece.char.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            from = piece.at + piece.char.len_utf8();
        }
        out.write_all(&text.as_bytes()[from..])
    }

    fn write_char_escape<W: ?Sized + io::Write>(&mut self, out: &mut W, escape: CharEscape) -> io::Result<()> {
        self.0.write_char_escape(out, escape)
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_array(out)
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array(out)
    }

    fn begin_array_value<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(out, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array_value(out)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object(out)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object(out)
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(out, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object_value(out)
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object_value(out)
    }
}

/// A relative URI reference (RFC 3986) for a `/`-separated path: no `./`, no empty segment, everything but unreserved
/// characters percent-encoded, so that a colon in the first segment is no scheme.
#[must_use]
pub fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for segment in path.split('/').filter(|segment| !segment.is_empty() && *segment != ".") {
        if !out.is_empty() {
            out.push('/');
        }
        for byte in segment.bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
                _ => out.push_str(&format!("%{byte:02X}")),
            }
        }
    }
    out
}

/// Text inside Markdown: visible, on one line, and none of its characters means anything.
#[must_use]
pub fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in visible(text).chars() {
        match char {
            // As entities: in a table a backslash before `|` is taken, in HTML it is not.
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '@' => out.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '#' | '+' | '-' | '.' | '!' | '|' | '~' | '$' | ':' => {
                out.push('\\');
                out.push(char);
            }
            _ => out.push(char),
        }
    }
    out
}

#[cfg(test)]
mod tests;
