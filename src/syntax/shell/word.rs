//! The POSIX parser's word level: where words end, quotes, substitutions. Dollars are read by `expansion.rs`.

use std::collections::VecDeque;

use super::parser::{Frame, Parser, Pending};
use super::tree::*;
use crate::source::Span;

/// A word being read.
pub(super) struct Open {
    pub(super) dest: Dest,
    pub(super) mode: Mode,
    start: usize,
    pub(super) parts: Vec<Part>,
    /// Inside `"…"`, opened at this offset.
    double: Option<usize>,
    /// The whole word lies inside the double quotes of the word around it.
    inherited: bool,
    /// Open parentheses of arithmetic and of `@( … )` patterns.
    depth: usize,
}

/// What a finished word becomes.
pub(super) enum Dest {
    Argument,
    Assignment {
        name: Span,
        append: bool,
    },
    Redirect {
        op: RedirectOp,
        fd: Option<u32>,
        start: usize,
        strip_tabs: bool,
    },
    /// An element of the array below.
    Element,
    /// A `case` pattern.
    Discard,
    /// The operand of the last part of the word below.
    Operand,
    /// A heredoc's body.
    Body {
        owner: Target,
        redirect: usize,
    },
}

/// Where a word ends.
pub(super) enum Mode {
    /// At a blank or an operator.
    Plain,
    /// At a blank: inside `[[ … ]]`.
    Condition,
    /// At `}`.
    Operand,
    /// At `))`.
    Arithmetic,
    /// At the region's end: the delimiter line, behind which `after` lies.
    Heredoc { strip_tabs: bool, after: usize, outer_end: usize, rest: VecDeque<Pending> },
}

impl Open {
    fn quote(&self) -> Quote {
        let quoted = self.double.is_some() || self.inherited || matches!(self.mode, Mode::Heredoc { .. });
        if quoted { Quote::Double } else { Quote::None }
    }

    fn is_quoted(&self) -> bool {
        self.quote() == Quote::Double
    }

    /// The last part ends here: its operand or substitution was closed.
    pub(super) fn close_part(&mut self, at: usize) {
        if let Some(part) = self.parts.last_mut() {
            part.span.end = Span::new(at, at).end;
        }
    }

    pub(super) fn literal(&mut self, start: usize, end: usize, quote: Quote) {
        let span = Span::new(start, end);
        match self.parts.last_mut() {
            Some(Part { kind: PartKind::Literal, span: last, quote: same }) if last.end == span.start && *same == quote => {
                last.end = span.end
            }
            _ if start < end => self.parts.push(Part { kind: PartKind::Literal, span, quote }),
            _ => {}
        }
    }
}

/// Bytes that may mean something inside a word. Everything else is skipped in runs.
fn is_special(byte: u8) -> bool {
    matches!(
        byte,
        b'\\' | b'$' | b'`' | b'"' | b'\'' | b' ' | b'\t' | b'\r' | b'\n' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')' | b'}'
    )
}

pub(super) fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

impl Parser<'_, '_> {
    pub(super) fn open_word(&mut self, dest: Dest, mode: Mode, start: usize) {
        match dest {
            Dest::Argument | Dest::Assignment { .. } => {
                self.command(start);
            }
            Dest::Redirect { start, .. } => {
                self.redirect_owner(start);
            }
            _ => {}
        }
        let inherited = match (&dest, self.frames.last()) {
            (Dest::Operand, Some(Frame::Word(outer))) => outer.is_quoted(),
            _ => false,
        };
        if let Mode::Heredoc { .. } = mode {
            self.heredocs.push(self.frames.len());
        }
        self.push(Frame::Word(Open { dest, mode, start, parts: Vec::new(), double: None, inherited, depth: 0 }));
    }

    pub(super) fn top_word(&mut self) -> Option<&mut Open> {
        match self.frames.last_mut() {
            Some(Frame::Word(word)) => Some(word),
            _ => None,
        }
    }

    pub(super) fn add(&mut self, kind: PartKind, start: usize) {
        let span = Span::new(start, self.at);
        if let Some(word) = self.top_word() {
            let quote = word.quote();
            word.parts.push(Part { kind, span, quote });
        }
    }

    /// Takes `len` bytes as literal text.
    pub(super) fn take(&mut self, len: usize) {
        let start = self.at;
        self.at = (start + len).min(self.end);
        let end = self.at;
        if let Some(word) = self.top_word() {
            let quote = word.quote();
            word.literal(start, end, quote);
        }
    }

    pub(super) fn word(&mut self) {
        let Some(Frame::Word(word)) = self.frames.last() else { return };
        let (quoted, double, inherited) = (word.is_quoted(), word.double.is_some(), word.inherited);
        if self.at >= self.end {
            return self.finish_word();
        }
        if self.take_opaque() {
            return;
        }
        let byte = self.bytes[self.at];
        let Some(Frame::Word(word)) = self.frames.last() else { return };
        match (byte, &word.mode) {
            (b'\\', _) => self.backslash(quoted),
            (b'$', _) => self.dollar(quoted),
            (b'`', _) if self.closes_backtick() => self.close_backtick(),
            (b'`', _) => {
                let start = self.at;
                self.at += 1;
                self.substitute(ScopeKind::Substitution, start, true);
            }
            (b'"', Mode::Heredoc { .. } | Mode::Arithmetic) => self.take(1),
            (b'"', _) => {
                let at = self.at;
                self.at += 1;
                if let Some(word) = self.top_word() {
                    word.double = if double { None } else { Some(at) };
                }
            }
            (b'\'', Mode::Plain | Mode::Condition | Mode::Operand) if !double && !inherited => self.single_quotes(),
            (b'}', Mode::Operand) if !double => {
                self.at += 1;
                self.finish_word();
            }
            (b'\n', Mode::Heredoc { strip_tabs: true, .. }) => {
                self.take(1);
                while self.peek(0) == Some(b'\t') && self.opaque_here().is_none() {
                    self.at += 1;
                }
            }
            (b'(' | b')', Mode::Arithmetic) => self.arithmetic_paren(byte),
            (b' ' | b'\t' | b'\r' | b'\n' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')', Mode::Plain) if !double => self.operator(byte),
            (b' ' | b'\t' | b'\r' | b'\n' | b';', Mode::Condition) if !double => self.end_or_take(),
            _ => self.plain_run(),
        }
    }

    fn plain_run(&mut self) {
        let rest = &self.bytes[self.at..self.clear_end()];
        let len = rest.iter().skip(1).position(|byte| is_special(*byte)).map_or(rest.len(), |at| at + 1);
        self.take(len.max(1));
    }

    /// A blank or operator in a plain word: its end, unless it belongs to `<( … )` or `@( … )`.
    fn operator(&mut self, byte: u8) {
        let Some(Frame::Word(word)) = self.frames.last() else { return };
        let (depth, fresh) = (word.depth, word.start == self.at);
        let before = if fresh { 0 } else { self.bytes[self.at - 1] };
        let delta = match byte {
            b'<' | b'>' if fresh && self.peek(1) == Some(b'(') => {
                let start = self.at;
                self.at += 2;
                return self.substitute(if byte == b'<' { ScopeKind::ProcessInput } else { ScopeKind::ProcessOutput }, start, false);
            }
            b'(' if depth > 0 || matches!(before, b'@' | b'?' | b'*' | b'+' | b'!') => 1,
            b')' if depth > 0 => -1,
            b'\n' => return self.end_or_take(),
            _ if depth > 0 => 0,
            _ => return self.end_or_take(),
        };
        if let Some(word) = self.top_word() {
            word.depth = word.depth.saturating_add_signed(delta);
        }
        self.take(1);
    }

    /// Ends the word; a word of its own makes sure that a byte is consumed.
    fn end_or_take(&mut self) {
        let Some(Frame::Word(word)) = self.frames.last() else { return };
        let stuck = word.start == self.at && matches!(word.dest, Dest::Argument | Dest::Element | Dest::Discard);
        if stuck {
            self.take(1);
        } else {
            self.finish_word();
        }
    }

    fn arithmetic_paren(&mut self, byte: u8) {
        let next = self.peek(1);
        let Some(word) = self.top_word() else { return };
        match byte {
            b'(' => word.depth += 1,
            _ if word.depth > 0 => word.depth -= 1,
            _ => {
                self.at += 1 + usize::from(next == Some(b')'));
                return self.finish_word();
            }
        }
        self.take(1);
    }

    fn backslash(&mut self, quoted: bool) {
        let start = self.at;
        let line_break = match (self.peek(1), self.peek(2)) {
            (Some(b'\n'), _) => 2,
            (Some(b'\r'), Some(b'\n')) => 3,
            _ => 0,
        };
        let heredoc = matches!(self.frames.last(), Some(Frame::Word(Open { mode: Mode::Heredoc { .. }, .. })));
        let next = self.script.text.get(start + 1..self.clear_end()).and_then(|rest| rest.chars().next());
        match next {
            _ if line_break > 0 => self.at += line_break,
            Some(char) if !quoted || matches!(char, '$' | '`' | '\\') || (char == '"' && !heredoc) => {
                self.at += 1 + char.len_utf8();
                self.add(PartKind::Escape(char), start);
            }
            _ => self.take(1),
        }
    }

    fn single_quotes(&mut self) {
        let open = self.at;
        self.at += 1;
        while self.at < self.end {
            let start = self.at;
            if self.take_opaque() {
                continue;
            }
            let clear = &self.bytes[start..self.clear_end()];
            let close = memchr::memchr(b'\'', clear);
            self.at += close.unwrap_or(clear.len());
            let end = self.at;
            if let Some(word) = self.top_word() {
                word.literal(start, end, Quote::Single);
            }
            if close.is_some() {
                self.at += 1;
                return;
            }
        }
        self.error(Span::new(open, open + 1), "this quote is never closed");
    }

    /// Adds the opaque range that begins here to the word, if one does.
    pub(super) fn take_opaque(&mut self) -> bool {
        let Some((index, end)) = self.opaque_here() else { return false };
        let start = self.at;
        self.at = end.max(start);
        self.next_opaque += 1;
        self.add(PartKind::Opaque(index), start);
        true
    }

    /// Adds a substitution to the word and opens its list.
    pub(super) fn substitute(&mut self, kind: ScopeKind, start: usize, backtick: bool) {
        let id = ScopeId(self.script.scopes.len() as u32);
        let part = if kind == ScopeKind::Substitution { PartKind::Substitution(id) } else { PartKind::Process(id) };
        self.add(part, start);
        self.open_substitution(kind, start, backtick);
    }

    /// Whether a backtick here closes one that was opened in this region.
    pub(super) fn closes_backtick(&self) -> bool {
        match (self.backticks.last(), self.heredocs.last()) {
            (Some(open), Some(heredoc)) => open > heredoc,
            (open, _) => open.is_some(),
        }
    }

    /// Closes everything down to the list that the backtick opened.
    pub(super) fn close_backtick(&mut self) {
        let Some(open) = self.backticks.last().copied() else { return };
        while self.frames.len() > open + 1 {
            self.finish_top();
        }
        self.at += 1;
        self.close_list();
    }

    pub(super) fn finish_word(&mut self) {
        let Some(Frame::Word(word)) = self.frames.pop() else { return };
        if let Some(open) = word.double {
            self.error(Span::new(open, open + 1), "this quote is never closed");
        }
        let finished = Word { span: Span::new(word.start, self.at), parts: word.parts };
        let end = finished.span.end;
        match word.dest {
            Dest::Argument => {
                if let Some(command) = self.command(word.start) {
                    command.span.end = end;
                    command.words.push(finished);
                }
            }
            Dest::Assignment { name, append } => {
                if let Some(command) = self.command(word.start) {
                    command.span.end = end;
                    command.assignments.push(Assignment { name, append, values: vec![finished], array: false });
                }
            }
            Dest::Redirect { op, fd, start, strip_tabs } => {
                let span = Span::new(start, self.at);
                self.add_redirect(Redirect { op, fd, target: finished, body: None, span }, strip_tabs);
            }
            Dest::Element => {
                if let Some(Frame::Array(array)) = self.frames.last_mut() {
                    array.assignment.values.push(finished);
                }
            }
            Dest::Operand => self.finish_operand(finished),
            Dest::Discard => {}
            Dest::Body { owner, redirect } => self.finish_body(owner, redirect, finished, word.mode),
        }
    }

    fn finish_operand(&mut self, operand: Word) {
        let id = WordId(self.script.words.len() as u32);
        self.script.words.push(operand);
        let at = self.at;
        let Some(word) = self.top_word() else { return };
        word.close_part(at);
        let kind = word.parts.last_mut().map(|part| &mut part.kind);
        if let Some(PartKind::Parameter { operand, .. } | PartKind::Arithmetic(operand)) = kind {
            *operand = Some(id);
        }
    }
}
