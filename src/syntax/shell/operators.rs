//! Comments and the operators between commands.

use super::parser::{Closer, Frame, List, Parser};
use super::tree::*;
use super::word::{Dest, Mode};
use crate::source::Span;

impl Parser<'_, '_> {
    pub(super) fn comment(&mut self) {
        let rest = &self.bytes[self.at..self.end];
        let len = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        self.script.comments.push(Span::new(self.at, self.at + len));
        self.at += len;
    }

    /// `[[ … ]]` is being read: operators are words there.
    pub(super) fn in_condition(&self) -> bool {
        let Some(command) = self.current_command() else { return false };
        let is = |word: Option<&Word>, text: &str| word.is_some_and(|word| self.script.slice(word.span) == text);
        is(command.words.first(), "[[") && !is(command.words.last(), "]]")
    }

    /// `[[ a &&` at the end of a line. Other unfinished conditions end there, so that a lost `]]` does not swallow the script.
    pub(super) fn condition_continues(&self) -> bool {
        let last = self.current_command().and_then(|command| command.words.last());
        self.in_condition() && last.is_some_and(|word| matches!(self.script.slice(word.span), "&&" | "||"))
    }

    pub(super) fn semicolon(&mut self) {
        let case_end = matches!(self.peek(1), Some(b';' | b'&'));
        self.at += if self.peek(1) == Some(b';') && self.peek(2) == Some(b'&') { 3 } else { 1 + usize::from(case_end) };
        self.terminate();
        if case_end {
            // Compound commands inside the branch that lack their end are closed with it.
            let above = self.frames.iter().rev().take(64).position(|f| matches!(f, Frame::List(List { closer: Closer::Case(_), .. })));
            let closable = self.frames.iter().rev().take(above.unwrap_or(0)).all(|f| matches!(f, Frame::List(l) if l.closer.is_keyword()));
            if let Some(above) = above.filter(|_| closable) {
                (0..above).for_each(|_| self.close_list());
                if let Some(list) = self.top_list() {
                    list.closer = Closer::Case(true);
                }
                self.terminate();
            }
        }
    }

    pub(super) fn ampersand(&mut self) {
        match self.peek(1) {
            Some(b'>') => return self.redirect(None, self.at),
            Some(b'&') => self.at += 2,
            _ => self.at += 1,
        }
        self.terminate();
    }

    pub(super) fn bar(&mut self) {
        if self.peek(1) == Some(b'|') {
            self.at += 2;
            return self.terminate();
        }
        let both = self.peek(1) == Some(b'&');
        self.at += 1 + usize::from(both);
        if let Some(list) = self.top_list().filter(|list| list.closer != Closer::Case(true)) {
            list.pipe = list.current.take().map(|from| (from, both));
        }
    }

    pub(super) fn open_paren(&mut self) {
        let pattern = matches!(self.frames.last(), Some(Frame::List(List { closer: Closer::Case(true), .. })));
        let head = self.current_command().is_some_and(|command| command.kind == CommandKind::For && command.words.is_empty());
        if pattern {
            self.at += 1;
        } else if self.peek(1) == Some(b'(') && self.is_arithmetic() {
            if !head {
                self.separate();
            }
            let start = self.at;
            self.at += 2;
            self.open_word(Dest::Argument, Mode::Arithmetic, start);
        } else {
            let start = self.at;
            self.at += 1;
            self.open_compound(ScopeKind::Subshell, start, Closer::Paren);
        }
    }

    /// Whether `((` here closes with `))`, looking no further than the line or 512 bytes.
    pub(super) fn is_arithmetic(&self) -> bool {
        let mut depth = 0usize;
        let window = &self.bytes[self.at..self.end.min(self.at + 512)];
        for (index, byte) in window.iter().enumerate() {
            match byte {
                b'(' => depth += 1,
                b')' if depth == 2 => return window.get(index + 1) == Some(&b')'),
                b')' => depth = depth.saturating_sub(1),
                b'\n' => return false,
                _ => {}
            }
        }
        false
    }
}
