//! PowerShell, as far as printing and assigning goes: `Write-Host "$env:X"`, `$x = …`, pipelines, here-strings, blocks.

mod blocks;
mod strings;
mod words;

use super::resolve;
use super::tree::*;
use crate::source::Span;
use crate::syntax::{MAX_DEPTH, SyntaxError};

pub(super) fn parse<'a>(text: &'a str, opaque: &[Span]) -> Script<'a> {
    let script = Script { text, scopes: vec![Scope { span: Span::new(0, text.len()), ..Scope::default() }], ..Script::default() };
    let levels = vec![Level { scope: ScopeId(0), closer: Closer::End, command: None, pipe: None, word: None, into: Into::Argument }];
    let mut parser = PowerShell { text, bytes: text.as_bytes(), at: 0, opaque, next_opaque: 0, levels, script, order: Vec::new() };
    parser.run();
    resolve::streams(&mut parser.script, &parser.order);
    parser.script
}

struct PowerShell<'a, 'o> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    opaque: &'o [Span],
    next_opaque: usize,
    levels: Vec<Level>,
    script: Script<'a>,
    order: Vec<Target>,
}

/// A list of statements being read.
struct Level {
    scope: ScopeId,
    closer: Closer,
    command: Option<CommandId>,
    pipe: Option<CommandId>,
    word: Option<Word>,
    into: Into,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Closer {
    End,
    Paren,
    Brace,
    /// The right side of an assignment: closes with its statement.
    Statement,
}

/// What the next finished word becomes.
#[derive(Clone, Copy)]
enum Into {
    Argument,
    Redirect(RedirectOp, Option<u32>, usize),
    /// A value of the command's last assignment.
    Value,
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

impl PowerShell<'_, '_> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn clear_end(&self) -> usize {
        self.opaque.get(self.next_opaque).map_or(self.bytes.len(), |span| (span.start as usize).clamp(self.at, self.bytes.len()))
    }

    fn opaque_here(&self) -> Option<usize> {
        let span = self.opaque.get(self.next_opaque)?;
        (span.start as usize <= self.at).then(|| (span.end as usize).clamp(self.at, self.bytes.len()))
    }

    fn top(&mut self) -> Option<&mut Level> {
        self.levels.last_mut()
    }

    fn run(&mut self) {
        while self.at < self.bytes.len() {
            if !self.opaque_part(Quote::None) {
                self.step();
            }
        }
        while !self.levels.is_empty() {
            self.close();
        }
    }

    fn opaque_part(&mut self, quote: Quote) -> bool {
        let Some(end) = self.opaque_here() else { return false };
        let start = self.at;
        self.at = end;
        self.add(PartKind::Opaque(self.next_opaque as u32), start, quote);
        self.next_opaque += 1;
        true
    }

    fn step(&mut self) {
        let fresh = self.levels.last().is_none_or(|level| level.word.is_none());
        let next = self.peek(1);
        match self.bytes[self.at] {
            b' ' | b'\t' | b'\r' | b',' => {
                self.finish_word();
                self.at += 1;
            }
            b'\n' | b';' => {
                self.finish_statement();
                self.at += 1;
            }
            b'`' if matches!(next, Some(b'\n')) => self.at += 2,
            b'`' if matches!((next, self.peek(2)), (Some(b'\r'), Some(b'\n'))) => self.at += 3,
            b'`' => self.escape(Quote::None),
            b'#' if fresh => self.comment(b"\n"),
            b'<' if next == Some(b'#') => self.comment(b"#>"),
            b'|' | b'&' => self.operator(),
            b'\'' | b'"' => self.string(),
            b'@' if matches!(next, Some(b'\'' | b'"')) => self.here_string(),
            b'@' if matches!(next, Some(b'(' | b'{')) => self.at += 1,
            b'$' => self.dollar(Quote::None),
            b'(' => {
                let start = self.at;
                self.at += 1;
                let id = self.open(ScopeKind::Substitution, start, Closer::Paren);
                let below = self.levels.len().saturating_sub(2);
                self.add_at(below, PartKind::Substitution(id), start, Quote::None);
            }
            b'{' => {
                let start = self.at;
                self.finish_word();
                let kind = self.function().map_or(ScopeKind::Group, ScopeKind::Function);
                if let Some(level) = self.top() {
                    (level.command, level.into) = (None, Into::Argument);
                }
                self.at += 1;
                self.open(kind, start, Closer::Brace);
            }
            b')' => self.close_to(Closer::Paren),
            b'}' => self.close_to(Closer::Brace),
            b'>' => self.redirect(),
            b'=' => self.equals(),
            b'+' if next == Some(b'=') => {
                self.at += 1;
                self.equals();
            }
            _ => self.plain_run(),
        }
    }

    fn plain_run(&mut self) {
        let start = self.at;
        let rest = &self.bytes[start..self.clear_end()];
        let special = |byte: &u8| b" \t\r\n,;`#<|&'\"@$(){}>=+".contains(byte);
        self.at += rest.iter().skip(1).position(special).map_or(rest.len(), |at| at + 1).max(1);
        self.literal(start, self.at, Quote::None);
    }

    fn comment(&mut self, end: &[u8]) {
        let rest = &self.bytes[self.at..];
        let found = memchr::memmem::find(rest, end);
        let len = found.map_or(rest.len(), |at| if end == b"\n" { at } else { at + end.len() });
        self.script.comments.push(Span::new(self.at, self.at + len));
        self.at += len;
        while self.opaque.get(self.next_opaque).is_some_and(|span| (span.end as usize) <= self.at) {
            self.next_opaque += 1;
        }
    }

    /// `|`, `||`, `&&`, `&`.
    fn operator(&mut self) {
        let byte = self.bytes[self.at];
        let twice = self.peek(1) == Some(byte);
        self.finish_word();
        self.at += 1 + usize::from(twice);
        let Some(level) = self.levels.last_mut() else { return };
        // `&` before a command calls it.
        if byte == b'|' && !twice {
            level.pipe = level.command.take();
            level.into = Into::Argument;
        } else if level.command.is_some() {
            self.finish_statement();
        }
    }

    fn redirect(&mut self) {
        let Some(level) = self.levels.last_mut() else { return };
        let mut start = self.at;
        let mut fd = None;
        // The `2` of `2>` or the `*` of `*>` was read as a word of one byte.
        if let Some(word) = level.word.as_ref().filter(|word| word.span.len() == 1 && word.span.end as usize == self.at) {
            let byte = self.bytes.get(word.span.start as usize).copied();
            if let Some(byte) = byte.filter(|byte| byte.is_ascii_digit() || *byte == b'*') {
                fd = if byte == b'*' { None } else { Some(u32::from(byte - b'0')) };
                start = word.span.start as usize;
                level.word = None;
            }
        }
        self.finish_word();
        self.at += 1;
        let op = match self.peek(0) {
            Some(b'>') => RedirectOp::Append,
            Some(b'&') => RedirectOp::DuplicateOutput,
            _ => RedirectOp::Write,
        };
        self.at += usize::from(op != RedirectOp::Write);
        if let Some(level) = self.top() {
            level.into = Into::Redirect(op, fd, start);
        }
    }

    /// `$x =`, `$env:X =` and `Key =` in a hash table make an assignment of what the statement began with.
    fn equals(&mut self) {
        let start = self.at;
        let in_word = self.levels.last().is_some_and(|level| matches!(&level.word, Some(word) if self.name_of(word).is_none()));
        if in_word {
            self.at += 1;
            return self.literal(start, start + 1, Quote::None);
        }
        self.finish_word();
        self.at += 1;
        let Some(id) = self.levels.last().and_then(|level| level.command) else { return };
        let Some(command) = self.script.commands.get(id.0 as usize) else { return };
        let name = match command.words.as_slice() {
            [word] if command.assignments.is_empty() => self.name_of(word),
            _ => None,
        };
        let Some(name) = name else { return self.literal(start, start + 1, Quote::None) };
        let blanks = self.bytes[self.at..self.clear_end()].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let next = self.bytes.get(self.at + blanks).copied();
        let is_command = next.is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'&') && self.at + blanks < self.clear_end();
        if let Some(command) = self.script.commands.get_mut(id.0 as usize) {
            command.words.clear();
            command.assignments.push(Assignment { name, append: false, values: Vec::new(), array: false });
        }
        if let Some(level) = self.top() {
            level.into = Into::Value;
        }
        if is_command {
            self.at += blanks;
            let start = self.at;
            let scope = self.open(ScopeKind::Substitution, start, Closer::Statement);
            let below = self.levels.len().saturating_sub(2);
            self.add_at(below, PartKind::Substitution(scope), start, Quote::None);
        }
    }

    /// The variable (or hash table key) that a word names.
    fn name_of(&self, word: &Word) -> Option<Span> {
        match word.parts.as_slice() {
            [Part { kind: PartKind::Parameter { name, op: Expansion::Value, .. }, .. }] => Some(*name),
            [Part { kind: PartKind::Literal, span, .. }] => {
                let text = self.script.slice(*span);
                (!text.is_empty() && !text.starts_with('-') && text.bytes().all(|b| is_name(b) || b == b'-')).then_some(*span)
            }
            _ => None,
        }
    }

    fn open(&mut self, kind: ScopeKind, start: usize, closer: Closer) -> ScopeId {
        let id = ScopeId(self.script.scopes.len() as u32);
        let (parent, owner) = self.levels.last().map_or((ScopeId(0), None), |level| (level.scope, level.command));
        self.script.scopes.push(Scope { kind, parent, owner, span: Span::new(start, self.at), ..Scope::default() });
        self.order.push(Target::Scope(id));
        if self.levels.len() >= MAX_DEPTH {
            let (here, unread) = (Span::new(start, start), Span::new(start, self.bytes.len()));
            self.script.errors.push(SyntaxError { span: here, message: "nested too deep".to_owned(), unread });
            self.at = self.bytes.len();
        }
        self.levels.push(Level { scope: id, closer, command: None, pipe: None, word: None, into: Into::Argument });
        id
    }

    /// Closes the level on top.
    fn close(&mut self) {
        self.finish_word();
        let Some(level) = self.levels.pop() else { return };
        if let Some(scope) = self.script.scopes.get_mut(level.scope.0 as usize).filter(|_| level.scope.0 > 0) {
            scope.span.end = Span::new(self.at, self.at).end;
        }
        let end = Span::new(self.at, self.at).end;
        if let Some(word) = self.top().and_then(|level| level.word.as_mut()).filter(|_| level.closer != Closer::Brace) {
            word.span.end = end;
            if let Some(part) = word.parts.last_mut() {
                part.span.end = end;
            }
        }
    }

    /// A closing bracket. Levels above that never closed close with it; a stray bracket is skipped.
    fn close_to(&mut self, closer: Closer) {
        let above = self.levels.iter().rev().take(64).position(|level| level.closer == closer);
        let Some(above) = above else {
            self.finish_statement();
            self.at += 1;
            return;
        };
        (0..above).for_each(|_| self.close());
        self.finish_word();
        self.at += 1;
        self.close();
        if (closer == Closer::Brace && !self.continues()) || (closer == Closer::Paren && self.is_parameters()) {
            self.finish_statement();
        }
    }

    fn finish_statement(&mut self) {
        self.finish_word();
        while matches!(self.levels.last(), Some(Level { closer: Closer::Statement, .. })) {
            self.close();
            self.finish_word();
        }
        if let Some(level) = self.top() {
            (level.command, level.into) = (None, Into::Argument);
        }
    }

    /// The command under construction; begins one if there is none.
    fn command(&mut self, start: u32) -> Option<CommandId> {
        let new = CommandId(self.script.commands.len() as u32);
        let level = self.levels.last_mut()?;
        if let Some(id) = level.command {
            return Some(id);
        }
        level.command = Some(new);
        let piped_from = level.pipe.take();
        let command = Command { scope: level.scope, span: Span { start, end: start }, ..Command::default() };
        self.script.commands.push(Command { piped_from: piped_from.map(Target::Command), ..command });
        self.order.push(Target::Command(new));
        if let Some(from) = piped_from.and_then(|id| self.script.commands.get_mut(id.0 as usize)) {
            from.pipe = Some(Target::Command(new));
        }
        Some(new)
    }
}
