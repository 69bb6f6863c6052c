//! Attributes and blocks, and the cursor that all parts of the parser share.
//!
//! A construct that does not parse gives `None` and leaves its reason in `Parser::failure`; the body around it turns
//! that into a [`SyntaxError`] and goes on (`parse/recover.rs`).

mod expression;
mod recover;
mod template;

use super::MAX_NESTING;
use super::tree::{AttributeData, BlockData, Data, File, List, NONE, Node, Word, index};
use crate::source::{Span, Text};
use crate::syntax::SyntaxError;

/// Reads a whole file.
pub(super) fn file(text: &str) -> File {
    let mut parser = Parser::within(text, Span::new(0, text.len()), File::default(), 0);
    if text.starts_with('\u{feff}') {
        parser.at = '\u{feff}'.len_utf8();
    }
    let root = parser.body(false);
    let mut file = parser.file;
    file.root = root;
    file.errors.sort_by_key(|error| error.span);
    file
}

pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    /// The bytes of `text` up to where reading ends.
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
    pub(super) file: File,
    /// Line breaks are blanks: between parentheses and square brackets, and in `${ }`.
    pub(super) across_lines: bool,
    /// Lists under construction, the innermost last.
    pub(super) scratch: Vec<u32>,
    /// What is open around the cursor since the current attribute or block header began.
    pub(super) open: Vec<Open>,
    depth: usize,
    pub(super) failure: Option<(Span, &'static str)>,
}

/// Something that must be closed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Open {
    /// By this bracket.
    Bracket(u8),
    /// By a quotation mark.
    Quote,
    /// By a line with this word.
    Heredoc(Span),
}

impl<'a> Parser<'a> {
    /// Reads a part of `text` into `file`, nested `depth` deep already.
    pub(super) fn within(text: &'a str, part: Span, file: File, depth: usize) -> Self {
        let bytes = text.as_bytes().get(..part.end as usize).unwrap_or(text.as_bytes());
        let (scratch, open) = (Vec::new(), Vec::new());
        Self { text, bytes, at: part.start as usize, file, across_lines: false, scratch, open, depth, failure: None }
    }

    /// Attributes and blocks up to the closing brace, which is not consumed, or to the end.
    fn body(&mut self, braces: bool) -> List {
        let mark = self.scratch.len();
        loop {
            self.lines();
            match self.peek() {
                None => break,
                Some(b'}') if braces => break,
                Some(_) => self.member(),
            }
        }
        self.list(mark)
    }

    /// One attribute or block, or the report that there is none.
    fn member(&mut self) {
        let (start, scratch, open) = (self.at, self.scratch.len(), self.open.len());
        match self.attribute_or_block() {
            Some(member) => {
                self.scratch.push(member);
                if self.ends_line() {
                    return;
                }
                let at = self.at;
                self.fail::<()>(self.here(), "expected a line break");
                self.resume(at, start, open);
            }
            None => {
                self.resume(start, start, open);
                self.scratch.truncate(scratch);
            }
        }
    }

    /// Reports what went wrong and skips to where reading can go on; nothing from `unread` to there was read.
    fn resume(&mut self, unread: usize, member: usize, open: usize) {
        self.across_lines = false;
        self.skip_member(member, open);
        let (span, message) = self.failure.take().unwrap_or((Span::new(unread, unread), "not understood"));
        // What follows on the heels of an error is most often its echo.
        if let Some(last) = self.file.errors.last_mut()
            && !last.unread.is_empty()
            && self.text.get(last.unread.end as usize..unread).is_some_and(|gap| gap.trim().is_empty())
        {
            last.unread = last.unread.hull(Span::new(unread, self.at));
        } else {
            self.note(span, message, Span::new(unread, self.at));
        }
    }

    /// Whether a block is open around the cursor.
    fn in_block(&self) -> bool {
        self.depth > 0
    }

    fn attribute_or_block(&mut self) -> Option<u32> {
        let start = self.at;
        let name = self.label("expected an attribute or a block")?;
        let quoted = self.bytes[start] == b'"';
        self.blanks();
        if self.peek() == Some(b'=') && self.bytes.get(self.at + 1) != Some(&b'=') {
            if quoted {
                // An error in HCL 2, but what it means is plain (HCL 1 allowed it).
                self.note(name.span, "the name of an attribute must not be quoted", Span::new(self.at, self.at));
            }
            self.at += 1;
            self.attribute(start, name)
        } else if quoted {
            self.fail(name.span, "expected an attribute or a block")
        } else {
            self.block(start, name)
        }
    }

    fn attribute(&mut self, start: usize, name: Word) -> Option<u32> {
        let expr = self.expression()?;
        let span = Span::new(start, self.end_of(expr));
        self.file.attributes.push(AttributeData { name, expr, span });
        Some(index(self.file.attributes.len() - 1) << 1)
    }

    fn block(&mut self, start: usize, kind: Word) -> Option<u32> {
        let (first, mut header) = (self.file.words.len(), kind.span);
        loop {
            self.blanks();
            if self.eat(b'{') {
                break;
            }
            let label = self.label("expected `=`, a label or `{`")?;
            self.file.words.push(label);
            header = header.hull(label.span);
        }
        let labels = List { start: index(first), len: index(self.file.words.len() - first) };
        if self.depth == MAX_NESTING {
            self.open.push(Open::Bracket(b'}'));
            return self.fail(kind.span, "blocks are nested too deeply");
        }
        self.depth += 1;
        let body = self.body(true);
        self.depth -= 1;
        if !self.eat(b'}') {
            self.note(kind.span, "the block is not closed", Span::new(self.at, self.at));
        }
        self.file.blocks.push(BlockData { kind, labels, body, span: Span::new(start, self.at), header });
        Some(index(self.file.blocks.len() - 1) << 1 | 1)
    }

    /// An identifier or a quoted string without templates.
    fn label(&mut self, expected: &'static str) -> Option<Word> {
        if self.peek() != Some(b'"') {
            let span = self.identifier(expected)?;
            return Some(Word { span, decoded: NONE });
        }
        let (span, plain) = self.quoted_word()?;
        let decoded = if plain { NONE } else { self.keep(super::decode::quoted(self.text, span)) };
        Some(Word { span, decoded })
    }

    fn keep(&mut self, text: Text<'_>) -> u32 {
        self.file.decoded.push(text.into_owned());
        index(self.file.decoded.len() - 1)
    }

    /// Whether the attribute or block that was just read is followed by what must follow it.
    fn ends_line(&mut self) -> bool {
        self.blanks();
        matches!(self.peek(), None | Some(b'\n' | b'}'))
    }

    /// One level of expression nesting around `read`.
    pub(super) fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        if self.depth == MAX_NESTING {
            return self.fail(self.here(), "the expression is nested too deeply");
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or(&[])
    }

    /// Skips blanks, then `byte` if it comes next.
    pub(super) fn eat(&mut self, byte: u8) -> bool {
        self.blanks();
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    pub(super) fn expect(&mut self, byte: u8, message: &'static str) -> Option<()> {
        if self.eat(byte) { Some(()) } else { self.fail(self.here(), message) }
    }

    /// Skips what the grammar calls an identifier; the message is for when there is none.
    pub(super) fn identifier(&mut self, expected: &'static str) -> Option<Span> {
        let start = self.at;
        while let Some(byte) = self.peek() {
            let first = self.at == start;
            if byte.is_ascii_alphabetic() || byte == b'_' || (!first && (byte.is_ascii_digit() || byte == b'-')) {
                self.at += 1;
                continue;
            }
            let Some(char) = self.text[self.at..].chars().next().filter(|char| !char.is_ascii()) else { break };
            if !(char.is_alphabetic() || !first && char.is_alphanumeric()) {
                break;
            }
            self.at += char.len_utf8();
        }
        if self.at == start { self.fail(self.here(), expected) } else { Some(Span::new(start, self.at)) }
    }

    /// Whether the keyword comes next, as a whole word. Skips blanks and the word.
    pub(super) fn keyword(&mut self, word: &str) -> bool {
        self.blanks();
        let rest = self.rest();
        let found = rest.starts_with(word.as_bytes())
            && !rest.get(word.len()).is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | 0x80..));
        self.at += if found { word.len() } else { 0 };
        found
    }

    /// Skips blanks and comments, and line breaks where they mean nothing.
    pub(super) fn blanks(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'\n' if self.across_lines => self.at += 1,
                b'#' => self.comment(),
                b'/' if matches!(self.bytes.get(self.at + 1), Some(b'/' | b'*')) => self.comment(),
                _ => break,
            }
        }
    }

    fn lines(&mut self) {
        self.across_lines = true;
        self.blanks();
        self.across_lines = false;
    }

    /// Skips the comment at the cursor and keeps its place.
    pub(super) fn comment(&mut self) {
        let start = self.at;
        let rest = self.rest();
        self.at = if rest.starts_with(b"/*") {
            match memchr::memmem::find(&rest[2..], b"*/") {
                Some(length) => start + 2 + length + 2,
                None => {
                    let all = Span::new(start, self.bytes.len());
                    self.note(Span::new(start, start + 2), "the comment is not closed", all);
                    self.bytes.len()
                }
            }
        } else {
            let end = memchr::memchr(b'\n', rest).map_or(self.bytes.len(), |length| start + length);
            if self.bytes[start..end].ends_with(b"\r") { end - 1 } else { end }
        };
        self.file.comments.push(Span::new(start, self.at));
    }

    /// Notes an error that does not stop the construct around it.
    pub(super) fn note(&mut self, span: Span, message: &str, unread: Span) {
        self.file.errors.push(SyntaxError { span, message: message.to_owned(), unread });
    }

    /// Gives up the construct that is being read.
    pub(super) fn fail<T>(&mut self, span: Span, message: &'static str) -> Option<T> {
        self.failure.get_or_insert((span, message));
        None
    }

    /// The character at the cursor.
    pub(super) fn here(&self) -> Span {
        let length = self.text.get(self.at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        Span::new(self.at, (self.at + length).min(self.bytes.len().max(self.at)))
    }

    pub(super) fn node(&mut self, start: usize, end: usize, data: Data) -> u32 {
        self.file.nodes.push(Node { span: Span::new(start, end), data });
        index(self.file.nodes.len() - 1)
    }

    pub(super) fn start_of(&self, node: u32) -> usize {
        self.file.nodes[node as usize].span.start as usize
    }

    pub(super) fn end_of(&self, node: u32) -> usize {
        self.file.nodes[node as usize].span.end as usize
    }

    /// Closes the list that was begun when `scratch` was `mark` long.
    pub(super) fn list(&mut self, mark: usize) -> List {
        let list = List { start: index(self.file.lists.len()), len: index(self.scratch.len() - mark) };
        self.file.lists.extend(self.scratch.drain(mark..));
        list
    }
}
