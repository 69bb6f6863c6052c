//! Source → tokens. Every byte is looked at a bounded number of times, whatever the source.

use memchr::{memchr, memchr3};

use super::Foreign;
use crate::source::Span;

/// What a token is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Token {
    /// An identifier or a keyword.
    Name,
    /// A string literal.
    String(Literal),
    /// Digits.
    Number,
    /// Punctuation, up to three characters.
    Operator,
    /// The end of a line.
    Newline,
    /// The text behind `#`.
    Comment,
    /// The text behind `!`, up to the end of the (continued) line.
    Shell,
    /// The text behind `%`.
    Magic,
}

/// How a string is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Literal {
    /// The text between its quotes.
    pub(super) body: Span,
    /// Backslashes stand for themselves.
    pub(super) raw: bool,
    /// Braces are filled in at run time.
    pub(super) format: bool,
}

/// The tokens of one stretch of source.
pub(super) struct Lexer<'a> {
    source: &'a str,
    at: usize,
    end: usize,
    /// Only blanks have stood on this line, and no bracket is open.
    line_start: bool,
    /// For `'` and `"`: no string that begins before this place ends on its line.
    unclosed: [usize; 2],
}

impl<'a> Lexer<'a> {
    pub(super) fn new(source: &'a str) -> Self {
        Self { source, at: 0, end: source.len(), line_start: true, unclosed: [0; 2] }
    }

    /// Goes on with a comment's text as if it were a line of code.
    pub(super) fn enter(&mut self, comment: Span) {
        (self.at, self.end, self.line_start) = (comment.range().start, comment.range().end, true);
    }

    /// Goes on after what `enter` entered.
    pub(super) fn leave(&mut self, at: usize) {
        (self.at, self.end, self.line_start) = (at, self.source.len(), false);
    }

    /// Where the mark of a comment stands whose text this is.
    pub(super) fn comment_mark(&self, comment: Span) -> u32 {
        let before = self.source.as_bytes().get(..comment.range().start).unwrap_or(&[]);
        let marks = before.iter().rev().take_while(|byte| **byte == b'#').count();
        comment.start.saturating_sub(u32::try_from(marks).unwrap_or(0))
    }

    pub(super) fn text(&self, span: Span) -> &'a str {
        self.source.get(span.range()).unwrap_or("")
    }

    /// The next token. `nested`: a bracket is open, so a line's beginning means nothing; `assigned`: the token before is `=`.
    pub(super) fn next(&mut self, nested: bool, assigned: bool) -> Option<(Token, Span)> {
        self.skip_blanks();
        let start = self.at;
        let byte = *self.rest().first()?;
        let first = std::mem::replace(&mut self.line_start, false) && !nested;
        let token = match byte {
            b'\n' | b'\r' => {
                self.at += 1;
                self.line_start = true;
                Token::Newline
            }
            b'#' => return Some(self.comment()),
            b'!' if first || assigned && !nested => return Some(self.line(Token::Shell, 1)),
            b'%' if first || assigned && !nested => return Some(self.line(Token::Magic, 1)),
            b'\'' | b'"' => self.string(start).unwrap_or(Token::Operator),
            b'0'..=b'9' => {
                self.at += count(self.rest(), |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'));
                Token::Number
            }
            _ if is_name(byte) => self.name(),
            _ => {
                self.at += operator(self.rest());
                Token::Operator
            }
        };
        if self.at == start {
            // A quote that opens nothing.
            self.at += 1;
        }
        Some((token, Span::new(start, self.at)))
    }

    fn rest(&self) -> &'a [u8] {
        self.source.as_bytes().get(self.at..self.end).unwrap_or(&[])
    }

    fn skip_blanks(&mut self) {
        loop {
            match self.rest() {
                [b' ' | b'\t' | b'\x0c', ..] => self.at += 1,
                [b'\\', b'\n', ..] => self.at += 2,
                [b'\\', b'\r', b'\n', ..] => self.at += 3,
                _ => return,
            }
        }
    }

    fn name(&mut self) -> Token {
        let length = count(self.rest(), is_name_part);
        let prefix = &self.rest()[..length];
        let is_prefix = length <= 2 && prefix.iter().all(|byte| b"rbuftRBUFT".contains(byte));
        if is_prefix && matches!(self.rest().get(length), Some(b'\'' | b'"')) {
            let start = self.at;
            if let Some(string) = self.string(start + length) {
                return string;
            }
            self.at = start;
        }
        self.at += length;
        Token::Name
    }

    /// The string whose quote stands at `quote` and whose prefix before it, at `self.at`.
    fn string(&mut self, quote: usize) -> Option<Token> {
        let prefix = &self.source.as_bytes()[self.at..quote];
        let has = |letter: u8| prefix.iter().any(|byte| byte.eq_ignore_ascii_case(&letter));
        let (raw, format) = (has(b'r'), has(b'f') || has(b't'));
        let bytes = &self.source.as_bytes()[..self.end];
        let mark = bytes[quote];
        let triple = bytes.get(quote..quote + 3).is_some_and(|three| three.iter().all(|byte| *byte == mark));
        let which = usize::from(mark == b'"');
        let mark = &bytes[quote..if triple { quote + 3 } else { quote + 1 }];
        let start = quote + mark.len();
        if !triple && start <= self.unclosed[which] {
            return None;
        }
        let end = match closing(&bytes[start..], mark) {
            Ok(end) => start + end,
            // A long string that is never closed is the rest of the cell.
            Err(_) if triple => self.end,
            Err(end) => {
                self.unclosed[which] = start + end;
                return None;
            }
        };
        self.at = (end + mark.len()).min(self.end);
        let body = Span::new(start, end);
        Some(Token::String(Literal { body, raw, format }))
    }

    fn comment(&mut self) -> (Token, Span) {
        self.at += count(self.rest(), |byte| byte == b'#');
        let start = self.at;
        self.at += memchr(b'\n', self.rest()).unwrap_or(self.rest().len());
        (Token::Comment, Span::new(start, self.at))
    }

    fn line(&mut self, token: Token, skip: usize) -> (Token, Span) {
        let start = self.at + skip;
        self.at = (start + line_end(&self.source.as_bytes()[start..self.end])).min(self.end);
        (token, Span::new(start, self.at))
    }
}

/// A cell that begins with `%%` belongs to that magic as a whole, unless the magic only measures or captures Python.
pub(super) fn cell_magic(source: &str) -> Option<Foreign> {
    let start = source.len() - source.trim_start().len();
    let line = source[start..].strip_prefix("%%")?;
    let name_length = line.find(char::is_whitespace).unwrap_or(line.len());
    let (name, body) = (Span::new(start + 2, start + 2 + name_length), Span::new(start + 2 + name_length, source.len()));
    match &line[..name_length] {
        "time" | "timeit" | "capture" | "prun" | "python" | "python3" | "pypy" | "cython" | "heat" | "mprun" | "memit" | "snakeviz" => None,
        "bash" | "sh" | "shell" | "!" | "system" | "sx" => Some(Foreign::Shell(body)),
        "script" if line[name_length..].split_whitespace().next().is_some_and(|word| word.ends_with("sh")) => Some(Foreign::Shell(body)),
        _ => Some(Foreign::Magic(name, body)),
    }
}

const fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte == b'$' || byte >= 0x80
}

fn is_name_part(byte: u8) -> bool {
    // Half of all code is names.
    const PARTS: [bool; 256] = {
        let mut parts = [false; 256];
        let mut byte = u8::MAX;
        while byte > 0 {
            parts[byte as usize] = is_name(byte) || byte.is_ascii_digit();
            byte -= 1;
        }
        parts
    };
    PARTS[usize::from(byte)]
}

fn count(bytes: &[u8], is: impl Fn(u8) -> bool) -> usize {
    bytes.iter().take_while(|byte| is(**byte)).count()
}

/// The length of the operator: the longest of the known ones, or one character.
fn operator(bytes: &[u8]) -> usize {
    let known: [&[u8]; 20] = [
        b"**=", b"//=", b"<<-", b"===", b"!==", b"==", b"!=", b"<=", b">=", b":=", b"+=", b"-=", b"*=", b"/=", b"|=", b"&=", b"->", b"=>",
        b"<-", b"||",
    ];
    // Most are brackets, dots and commas.
    if !bytes.first().is_some_and(|first| b"*/<=!:+-|".contains(first)) {
        return 1;
    }
    known.iter().find(|known| bytes.starts_with(known)).map_or(1, |known| known.len())
}

/// Where the line ends, continuations included.
fn line_end(bytes: &[u8]) -> usize {
    let mut from = 0;
    while let Some(found) = memchr(b'\n', &bytes[from..]) {
        let end = from + found;
        let text = bytes[..end].strip_suffix(b"\r").unwrap_or(&bytes[..end]);
        if !text.ends_with(b"\\") {
            return text.len();
        }
        from = end + 1;
    }
    bytes.len()
}

/// Where the mark stands that closes a string, or else where the search ended: a string with one quote ends on its line.
/// What follows a backslash closes nothing (raw strings have that rule too).
fn closing(bytes: &[u8], mark: &[u8]) -> Result<usize, usize> {
    let mut at = 0;
    loop {
        at += match memchr3(mark[0], b'\\', b'\n', bytes.get(at..).unwrap_or(&[])) {
            Some(found) => found,
            None => return Err(bytes.len()),
        };
        match bytes[at] {
            b'\\' => at += if bytes[at..].starts_with(b"\\\r\n") { 3 } else { 2 },
            b'\n' if mark.len() == 1 => return Err(at),
            _ if bytes[at..].starts_with(mark) => return Ok(at),
            _ => at += 1,
        }
    }
}
