//! Python and JavaScript as tokens: names with their dots, strings, brackets.

use crate::flow::script::{Code, Language};
use crate::source::Span;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// `a.b.c`.
    Name,
    /// A string without its quotes; `true` where its braces hold code (f-strings, template strings).
    String(bool),
    /// The caller's opaque range.
    Opaque(u32),
    /// Any other character.
    Mark(u8),
    /// The end of a statement's line.
    Newline,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) span: Span,
}

/// Cuts code into tokens. Comments are left out.
pub(super) fn tokens(code: &Code<'_>) -> Vec<Token> {
    let mut lexer =
        Lexer { bytes: code.text.as_str().as_bytes(), at: 0, opaque: code.opaque, next: 0, code, tokens: Vec::new(), holes: Vec::new() };
    while lexer.at < lexer.bytes.len() {
        lexer.step();
    }
    lexer.tokens
}

struct Lexer<'l, 'c> {
    bytes: &'l [u8],
    at: usize,
    opaque: &'l [Span],
    next: usize,
    code: &'l Code<'c>,
    tokens: Vec<Token>,
    /// The strings whose `{ … }` is being read: the quote, and how many braces are open in it.
    holes: Vec<(u8, usize)>,
}

impl Lexer<'_, '_> {
    fn python(&self) -> bool {
        self.code.language == Language::Python
    }

    fn rest(&self) -> &[u8] {
        &self.bytes[self.at..]
    }

    fn push(&mut self, kind: Kind, start: usize) {
        self.tokens.push(Token { kind, span: Span::new(start, self.at) });
    }

    fn opaque(&mut self) -> bool {
        while self.opaque.get(self.next).is_some_and(|span| (span.end as usize) <= self.at) {
            self.next += 1;
        }
        let Some(span) = self.opaque.get(self.next).filter(|span| (span.start as usize) <= self.at) else { return false };
        let start = self.at;
        self.at = span.range().end.min(self.bytes.len());
        self.push(Kind::Opaque(self.next as u32), start);
        self.next += 1;
        true
    }

    fn step(&mut self) {
        if self.opaque() {
            return;
        }
        let start = self.at;
        let byte = self.bytes[start];
        let comment = if self.python() { byte == b'#' } else { self.rest().starts_with(b"//") };
        if comment {
            self.at += memchr::memchr(b'\n', self.rest()).unwrap_or(self.rest().len());
        } else if !self.python() && self.rest().starts_with(b"/*") {
            self.at += memchr::memmem::find(self.rest(), b"*/").map_or(self.rest().len(), |at| at + 2);
        } else if is_name(byte) || (byte == b'.' && self.bytes.get(start + 1).is_some_and(|next| is_name(*next))) {
            let end = self.opaque.get(self.next).map_or(self.bytes.len(), |span| span.start as usize);
            while self.at < end && (is_name(self.bytes[self.at]) || self.bytes[self.at] == b'.') {
                self.at += 1;
            }
            self.push(Kind::Name, start);
        } else if matches!(byte, b'\'' | b'"' | b'`') {
            self.open_string(byte);
        } else {
            self.at += 1;
            self.other(byte, start);
        }
    }

    fn other(&mut self, byte: u8, start: usize) {
        match (byte, self.holes.last_mut()) {
            (b'{', Some((_, depth))) => *depth += 1,
            (b'}', Some((quote, 0))) => {
                let quote = *quote;
                self.holes.pop();
                self.push(Kind::Mark(b')'), start);
                return self.string(quote, true);
            }
            (b'}', Some((_, depth))) => *depth -= 1,
            _ => {}
        }
        match byte {
            b'\n' => self.push(Kind::Newline, start),
            b' ' | b'\t' | b'\r' => {}
            _ => self.push(Kind::Mark(byte), start),
        }
    }

    fn open_string(&mut self, quote: u8) {
        let prefix = self.tokens.last().filter(|token| token.kind == Kind::Name && token.span.end as usize == self.at);
        let prefix = prefix.map(|token| &self.bytes[token.span.range()]);
        let formatted = prefix.is_some_and(|prefix| prefix.len() <= 2 && prefix.iter().any(|byte| matches!(byte, b'f' | b'F')));
        if prefix.is_some_and(|prefix| prefix.len() <= 2) && self.python() {
            self.tokens.pop();
        }
        self.at += 1;
        self.string(quote, (self.python() && formatted) || quote == b'`');
    }

    /// The rest of a string; holes in it are read as code in brackets that keep what is in them.
    fn string(&mut self, quote: u8, formatted: bool) {
        let mut start = self.at;
        while self.at < self.bytes.len() {
            let here = self.at;
            let byte = self.bytes[here];
            if self.opaque() {
                start = self.at;
            } else if formatted && self.opens_hole() {
                self.push(Kind::String(true), start);
                self.at += if self.python() { 1 } else { 2 };
                self.push(Kind::Mark(b'('), here);
                return self.holes.push((quote, 0));
            } else if byte == quote || (byte == b'\n' && quote != b'`') {
                self.push(Kind::String(formatted), start);
                self.at += usize::from(byte == quote);
                return;
            } else {
                self.at = (here + if byte == b'\\' { 2 } else { 1 }).min(self.bytes.len());
            }
        }
        self.push(Kind::String(formatted), start);
    }

    fn opens_hole(&self) -> bool {
        if self.python() { self.rest().starts_with(b"{") } else { self.rest().starts_with(b"${") }
    }
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || !byte.is_ascii()
}
