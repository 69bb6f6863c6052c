//! Text → events. Strict, iterative, with an explicit stack.

use memchr::memchr2;

use crate::source::Span;
use crate::syntax::SyntaxError;

/// The scanner's own limit of nesting. It costs one byte a level, so it is far beyond what any file means to have.
pub const MAX_DEPTH: usize = 10_000;

/// What an event is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Token {
    /// `{`
    ObjectStart,
    /// `}`
    ObjectEnd,
    /// `[`
    ArrayStart,
    /// `]`
    ArrayEnd,
    /// A string that names the value after it.
    Key,
    /// A string that is a value.
    String,
    /// A number, never converted.
    Number,
    /// `true`
    True,
    /// `false`
    False,
    /// `null`
    Null,
}

/// A token and its place; strings and keys with their quotes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Event {
    /// What it is.
    pub token: Token,
    /// Whether it is a string or key with escapes in it: most are what they stand for.
    pub escaped: bool,
    /// Where it stands.
    pub span: Span,
}

/// Reads one JSON value, event by event. After an error, and after the end, there is nothing more.
#[derive(Debug)]
pub struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    stack: Vec<Container>,
    expected: Expected,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Container {
    Object,
    Array,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Expected {
    Value,
    /// A value or `]`.
    FirstItem,
    /// A key or `}`.
    FirstKey,
    Key,
    Colon,
    /// `,` or the container's end.
    Comma,
    /// Nothing but blanks.
    End,
    /// Everything was said.
    Done,
}

/// An error before it is dressed: the place of the mistake, where reading stops, and what is wrong.
struct Fault {
    at: usize,
    stop: usize,
    message: &'static str,
}

impl<'a> Scanner<'a> {
    /// Reads `text` from byte `start` to its end. Spans count from the text's beginning, whatever `start` is.
    #[must_use]
    pub fn new(text: &'a str, start: usize) -> Self {
        Self::within(text, Span::new(start, text.len()))
    }

    /// Reads a part of `text`. Spans count from the text's beginning.
    #[must_use]
    pub fn within(text: &'a str, part: Span) -> Self {
        let bytes = &text.as_bytes()[..text.len().min(part.range().end)];
        let start = bytes.len().min(part.range().start);
        let mark = if bytes[start..].starts_with("\u{feff}".as_bytes()) { '\u{feff}'.len_utf8() } else { 0 };
        Self { bytes, at: start + mark, stack: Vec::new(), expected: Expected::Value }
    }

    /// How many containers are open.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.stack.len()
    }

    fn event(&mut self) -> Result<Option<Event>, Fault> {
        loop {
            self.skip_blanks();
            let Some(&byte) = self.bytes.get(self.at) else { return self.end_of_text() };
            match self.expected {
                Expected::Value => return self.value(byte).map(Some),
                Expected::FirstItem if byte == b']' => return Ok(Some(self.close(Token::ArrayEnd))),
                Expected::FirstItem => return self.value(byte).map(Some),
                Expected::FirstKey if byte == b'}' => return Ok(Some(self.close(Token::ObjectEnd))),
                Expected::FirstKey | Expected::Key if byte == b'"' => return self.string(Token::Key).map(Some),
                Expected::FirstKey | Expected::Key => return Err(self.fault("expected a key in double quotes")),
                Expected::Colon if byte == b':' => {
                    self.at += 1;
                    self.expected = Expected::Value;
                }
                Expected::Colon => return Err(self.fault("expected a colon after the key")),
                Expected::Comma => match (byte, self.stack.last()) {
                    (b',', Some(Container::Object)) => {
                        self.at += 1;
                        self.expected = Expected::Key;
                    }
                    (b',', _) => {
                        self.at += 1;
                        self.expected = Expected::Value;
                    }
                    (b'}', Some(Container::Object)) => return Ok(Some(self.close(Token::ObjectEnd))),
                    (b']', Some(Container::Array)) => return Ok(Some(self.close(Token::ArrayEnd))),
                    _ => return Err(self.fault("expected a comma or the end of the list or object")),
                },
                Expected::End => return Err(self.fault("expected nothing after the value")),
                Expected::Done => return Ok(None),
            }
        }
    }

    fn end_of_text(&mut self) -> Result<Option<Event>, Fault> {
        match self.expected {
            Expected::End | Expected::Done => {
                self.expected = Expected::Done;
                Ok(None)
            }
            Expected::Value if self.stack.is_empty() => Err(self.fault("expected a value")),
            _ => Err(self.fault("the text ends before its lists and objects do")),
        }
    }

    fn value(&mut self, byte: u8) -> Result<Event, Fault> {
        match byte {
            b'"' => self.string(Token::String),
            b'{' => self.open(Container::Object, Token::ObjectStart, Expected::FirstKey),
            b'[' => self.open(Container::Array, Token::ArrayStart, Expected::FirstItem),
            b't' => self.word(b"true", Token::True),
            b'f' => self.word(b"false", Token::False),
            b'n' => self.word(b"null", Token::Null),
            b'-' | b'0'..=b'9' => self.number(),
            _ => Err(self.fault("expected a value")),
        }
    }

    fn open(&mut self, container: Container, token: Token, expected: Expected) -> Result<Event, Fault> {
        if self.stack.len() >= MAX_DEPTH {
            return Err(self.fault("nested too deeply"));
        }
        self.stack.push(container);
        self.at += 1;
        self.expected = expected;
        Ok(Event { token, escaped: false, span: Span::new(self.at - 1, self.at) })
    }

    fn close(&mut self, token: Token) -> Event {
        self.stack.pop();
        self.emit(token, self.at, self.at + 1)
    }

    /// The token ends a value: go on behind it.
    fn emit(&mut self, token: Token, start: usize, end: usize) -> Event {
        self.at = end;
        self.expected = match token {
            Token::Key => Expected::Colon,
            _ if self.stack.is_empty() => Expected::End,
            _ => Expected::Comma,
        };
        Event { token, escaped: false, span: Span::new(start, end) }
    }

    fn word(&mut self, word: &[u8], token: Token) -> Result<Event, Fault> {
        if self.bytes[self.at..].starts_with(word) {
            Ok(self.emit(token, self.at, self.at + word.len()))
        } else {
            Err(self.fault("expected a value"))
        }
    }

    fn number(&mut self) -> Result<Event, Fault> {
        let start = self.at;
        let mut at = start + usize::from(self.bytes[start] == b'-');
        let first = self.bytes.get(at).copied();
        at = self.digits(at, start)?;
        if first == Some(b'0') && at - start > 1 + usize::from(self.bytes[start] == b'-') {
            return Err(Fault { at: start, stop: start, message: "a number does not begin with a zero" });
        }
        if self.bytes.get(at) == Some(&b'.') {
            at = self.digits(at + 1, start)?;
        }
        if matches!(self.bytes.get(at), Some(b'e' | b'E')) {
            at += 1 + usize::from(matches!(self.bytes.get(at + 1), Some(b'+' | b'-')));
            at = self.digits(at, start)?;
        }
        Ok(self.emit(Token::Number, start, at))
    }

    /// At least one digit from `at` on; returns where they end.
    fn digits(&self, at: usize, start: usize) -> Result<usize, Fault> {
        let count = self.bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if count == 0 { Err(Fault { at, stop: start, message: "expected a digit" }) } else { Ok(at + count) }
    }

    fn string(&mut self, token: Token) -> Result<Event, Fault> {
        let start = self.at;
        let (mut at, mut escaped) = (start + 1, false);
        loop {
            at = plain_end(self.bytes, at);
            match self.bytes.get(at) {
                Some(b'"') => return Ok(Event { escaped, ..self.emit(token, start, at + 1) }),
                Some(b'\\') => {
                    let length = escape_length(&self.bytes[at..]).ok_or(Fault { at, stop: start, message: "an unknown escape" })?;
                    (at, escaped) = (at + length, true);
                }
                Some(_) => return Err(Fault { at, stop: start, message: "a control character in a string is not escaped" }),
                None => return Err(Fault { at, stop: start, message: "the text ends inside a string" }),
            }
        }
    }

    fn skip_blanks(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.bytes.get(self.at) {
            self.at += 1;
            // Half of a state file is indentation.
            while self.bytes[self.at..].first_chunk() == Some(b"        ") {
                self.at += 8;
            }
        }
    }

    fn fault(&self, message: &'static str) -> Fault {
        Fault { at: self.at, stop: self.at, message }
    }
}

impl Iterator for Scanner<'_> {
    type Item = Result<Event, SyntaxError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.event().map_err(|fault| dress(fault, self)).transpose()
    }
}

fn dress(fault: Fault, scanner: &mut Scanner<'_>) -> SyntaxError {
    scanner.expected = Expected::Done;
    let end = scanner.bytes.len();
    let stop = std::mem::replace(&mut scanner.at, end).min(fault.stop);
    SyntaxError {
        span: Span::new(fault.at, (fault.at + char_length(&scanner.bytes[fault.at.min(end)..])).min(end)),
        message: fault.message.to_owned(),
        unread: Span::new(stop, end),
    }
}

/// The length of the character that begins here, so that an error's span never cuts one.
fn char_length(bytes: &[u8]) -> usize {
    1 + bytes.iter().skip(1).take_while(|byte| **byte & 0xc0 == 0x80).count()
}

/// Where the bytes end that a string may hold as they are: at a quote, a backslash, a control character or the text's end.
fn plain_end(bytes: &[u8], start: usize) -> usize {
    // Most strings are short: calling memchr costs more than looking at eight bytes at a time.
    const SHORT: usize = 64;
    let mut near = start;
    while near < start + SHORT
        && let Some(chunk) = bytes[near..].first_chunk()
    {
        match first_stop(*chunk) {
            Some(index) => return near + index,
            None => near += chunk.len(),
        }
    }
    let end = near + memchr2(b'"', b'\\', &bytes[near..]).unwrap_or(bytes.len() - near);
    // Without a branch per byte, so that the compiler can look at many at once.
    if bytes[near..end].iter().fold(false, |any, byte| any | (*byte < 0x20)) {
        return near + bytes[near..end].iter().position(|byte| *byte < 0x20).unwrap_or(end - near);
    }
    end
}

/// Which of eight bytes is the first quote, backslash or control character. All are looked at in one number: a byte that was
/// zero, or less than a limit, borrows into its upper bit (Anderson, Bit Twiddling Hacks, "Determine if a word has a zero byte").
/// Only bytes behind a true one can be told wrongly, and the first is all that is asked.
fn first_stop(bytes: [u8; 8]) -> Option<usize> {
    const EACH: u64 = u64::MAX / 0xff;
    const UPPER: u64 = EACH * 0x80;
    let word = u64::from_le_bytes(bytes);
    let less = |word: u64, limit: u64| word.wrapping_sub(EACH * limit) & !word;
    let stops = less(word ^ (EACH * 0x22), 1) | less(word ^ (EACH * 0x5c), 1) | less(word, 0x20);
    let upper = stops & UPPER;
    (upper != 0).then(|| upper.trailing_zeros() as usize / 8)
}

/// The length of the escape that begins with this backslash.
fn escape_length(bytes: &[u8]) -> Option<usize> {
    match bytes.get(1)? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(2),
        b'u' => bytes.get(2..6)?.iter().all(u8::is_ascii_hexdigit).then_some(6),
        _ => None,
    }
}
