//! Heredoc bodies: found when their line begins, read as one quoted word.

use super::parser::{Parser, Pending};
use super::tree::*;
use super::word::{Dest, Mode};
use crate::source::Span;

/// Heredocs inside heredocs are each searched for their end; deeper ones are literal text, which keeps that linear.
const MAX_HEREDOCS: usize = 8;

impl Parser<'_, '_> {
    pub(super) fn finish_body(&mut self, owner: Target, redirect: usize, body: Word, mode: Mode) {
        self.heredocs.pop();
        self.file_body(owner, redirect, body);
        let Mode::Heredoc { after, outer_end, rest, .. } = mode else { return };
        if self.aborted {
            return;
        }
        (self.at, self.end) = (after, outer_end);
        self.pending = rest;
        self.start_heredoc();
    }

    fn file_body(&mut self, owner: Target, redirect: usize, body: Word) {
        let id = WordId(self.script.words.len() as u32);
        self.script.words.push(body);
        let redirects = match owner {
            Target::Command(id) => self.script.commands.get_mut(id.0 as usize).map(|it| &mut it.redirects),
            Target::Scope(id) => self.script.scopes.get_mut(id.0 as usize).map(|it| &mut it.redirects),
        };
        if let Some(redirect) = redirects.and_then(|redirects| redirects.get_mut(redirect)) {
            redirect.body = Some(id);
        }
    }

    /// At the start of a line: reads the body of the first waiting heredoc.
    pub(super) fn start_heredoc(&mut self) {
        while let Some(heredoc) = self.pending.pop_front() {
            let (body_end, after) = self.body_end(&heredoc);
            let start = self.at;
            if heredoc.quoted || self.heredocs.len() >= MAX_HEREDOCS {
                let body = self.literal_body(body_end, heredoc.strip_tabs);
                self.file_body(heredoc.owner, heredoc.redirect, body);
                self.at = after;
                continue;
            }
            let rest = std::mem::take(&mut self.pending);
            let mode = Mode::Heredoc { strip_tabs: heredoc.strip_tabs, after, outer_end: self.end, rest };
            while heredoc.strip_tabs && self.at < body_end && self.bytes[self.at] == b'\t' {
                self.at += 1;
            }
            self.end = body_end;
            return self.open_word(Dest::Body { owner: heredoc.owner, redirect: heredoc.redirect }, mode, start);
        }
    }

    /// Where the body ends and where the script goes on. Without a delimiter line the body takes all that is left.
    fn body_end(&self, heredoc: &Pending) -> (usize, usize) {
        let mut line = self.at;
        while line < self.end {
            let len = memchr::memchr(b'\n', &self.bytes[line..self.end]);
            let end = len.map_or(self.end, |len| line + len);
            let mut text = &self.bytes[line..end];
            while heredoc.strip_tabs && text.first() == Some(&b'\t') {
                text = &text[1..];
            }
            let text = text.strip_suffix(b"\r").unwrap_or(text);
            if text == heredoc.delimiter.as_bytes() {
                return (line, (end + 1).min(self.end));
            }
            line = end + 1;
        }
        (self.end, self.end)
    }

    fn literal_body(&mut self, end: usize, strip_tabs: bool) -> Word {
        let mut body = Word { span: Span::new(self.at, end), parts: Vec::new() };
        while self.at < end {
            while strip_tabs && self.at < end && self.bytes[self.at] == b'\t' {
                self.at += 1;
            }
            let line = memchr::memchr(b'\n', &self.bytes[self.at..end]).map_or(end, |len| self.at + len + 1);
            while self.at < line {
                let start = self.at;
                let kind = match self.opaque_here() {
                    Some((index, stop)) => {
                        self.next_opaque += 1;
                        self.at = stop.max(start);
                        PartKind::Opaque(index)
                    }
                    None => {
                        self.at = self.clear_end().min(line);
                        PartKind::Literal
                    }
                };
                body.parts.push(Part { kind, span: Span::new(start, self.at), quote: Quote::Single });
            }
        }
        body
    }
}
