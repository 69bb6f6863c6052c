//! cmd.exe batch, as far as printing and assigning goes: `echo %X%`, `set X=…`, pipes and redirections. Nothing nests.

use super::resolve;
use super::tree::*;
use crate::source::Span;

pub(super) fn parse<'a>(text: &'a str, opaque: &[Span]) -> Script<'a> {
    let script = Script { text, scopes: vec![Scope { span: Span::new(0, text.len()), ..Scope::default() }], ..Script::default() };
    let mut parser = Batch { bytes: text.as_bytes(), at: 0, opaque, next: 0, script, order: Vec::new(), current: None, pipe: None };
    while parser.at < parser.bytes.len() {
        parser.step();
    }
    resolve::streams(&mut parser.script, &parser.order);
    parser.script
}

struct Batch<'a, 'o> {
    bytes: &'a [u8],
    at: usize,
    opaque: &'o [Span],
    next: usize,
    script: Script<'a>,
    order: Vec<Target>,
    current: Option<CommandId>,
    pipe: Option<CommandId>,
}

impl Batch<'_, '_> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn clear_end(&self) -> usize {
        self.opaque.get(self.next).map_or(self.bytes.len(), |span| (span.start as usize).clamp(self.at, self.bytes.len()))
    }

    fn is_opaque(&self) -> bool {
        self.at < self.bytes.len() && self.clear_end() == self.at
    }

    fn step(&mut self) {
        if self.is_opaque() {
            return self.argument();
        }
        match self.bytes[self.at] {
            b' ' | b'\t' | b'\r' | b'@' => self.at += 1,
            b'\n' | b'(' | b')' => {
                (self.current, self.pipe) = (None, None);
                self.at += 1;
            }
            b'&' => {
                (self.current, self.pipe) = (None, None);
                self.at += 1;
            }
            b'|' => {
                let twice = self.peek(1) == Some(b'|');
                self.pipe = if twice { None } else { self.current };
                self.current = None;
                self.at += 1 + usize::from(twice);
            }
            b'<' | b'>' => self.redirect(None),
            digit @ b'0'..=b'9' if self.peek(1) == Some(b'>') => {
                self.at += 1;
                self.redirect(Some(u32::from(digit - b'0')));
            }
            _ if self.current.is_none() && self.is_comment() => self.comment(),
            _ => self.argument(),
        }
    }

    fn is_comment(&self) -> bool {
        let rest = &self.bytes[self.at..];
        let rem = rest.get(..3).is_some_and(|word| word.eq_ignore_ascii_case(b"rem"));
        rest.starts_with(b"::") || (rem && rest.get(3).is_none_or(u8::is_ascii_whitespace))
    }

    fn comment(&mut self) {
        let rest = &self.bytes[self.at..];
        let len = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        self.script.comments.push(Span::new(self.at, self.at + len));
        self.at += len;
        while self.opaque.get(self.next).is_some_and(|span| (span.end as usize) <= self.at) {
            self.next += 1;
        }
    }

    fn command(&mut self, start: usize) -> Option<&mut Command> {
        let new = CommandId(self.script.commands.len() as u32);
        if self.current.is_none() {
            let from = self.pipe.take();
            if let Some(from) = from.and_then(|id| self.script.commands.get_mut(id.0 as usize)) {
                from.pipe = Some(Target::Command(new));
            }
            let span = Span::new(start, start);
            self.script.commands.push(Command { span, piped_from: from.map(Target::Command), ..Command::default() });
            self.order.push(Target::Command(new));
        }
        let id = *self.current.get_or_insert(new);
        self.script.commands.get_mut(id.0 as usize)
    }

    fn redirect(&mut self, fd: Option<u32>) {
        let start = self.at - usize::from(fd.is_some());
        let op = match (self.bytes[self.at], self.peek(1)) {
            (b'<', _) => RedirectOp::Read,
            (_, Some(b'>')) => RedirectOp::Append,
            (_, Some(b'&')) => RedirectOp::DuplicateOutput,
            _ => RedirectOp::Write,
        };
        self.at += if matches!(op, RedirectOp::Append | RedirectOp::DuplicateOutput) { 2 } else { 1 };
        while matches!(self.peek(0), Some(b' ' | b'\t')) {
            self.at += 1;
        }
        let target = self.word();
        let span = Span { start: Span::new(start, start).start, end: target.span.end };
        if let Some(command) = self.command(start) {
            command.redirects.push(Redirect { op, fd, target, body: None, span });
        }
    }

    fn argument(&mut self) {
        let start = self.at;
        let is_set = self.current.and_then(|id| self.script.command(id)).is_some_and(|command| match command.words.as_slice() {
            [name] => command.assignments.is_empty() && self.script.slice(name.span).eq_ignore_ascii_case("set"),
            _ => false,
        });
        if is_set && self.assignment() {
            return;
        }
        let word = self.word();
        let end = word.span.end;
        if let Some(command) = self.command(start) {
            command.span.end = end;
            command.words.push(word);
        }
    }

    /// `NAME=value to the end of the command`, also `"NAME=value"`.
    fn assignment(&mut self) -> bool {
        let quoted = usize::from(self.bytes[self.at] == b'"');
        let rest = &self.bytes[self.at + quoted..self.clear_end().max(self.at + quoted)];
        let len = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
        if len == 0 || rest.get(len) != Some(&b'=') {
            return false;
        }
        let name = Span::new(self.at + quoted, self.at + quoted + len);
        self.at = name.range().end + 1;
        let value = self.read(if quoted == 1 { b"\"\n" } else { b"\r\n&|<>" });
        self.at += usize::from(quoted == 1 && self.peek(0) == Some(b'"'));
        let end = value.span.end;
        if let Some(command) = self.command(name.start as usize) {
            command.span.end = end;
            command.assignments.push(Assignment { name, append: false, values: vec![value], array: false });
        }
        true
    }

    fn word(&mut self) -> Word {
        self.read(b" \t\r\n&|<>()")
    }

    /// A word up to one of `stop`. Quotes group but stay text, as they do for `echo`.
    fn read(&mut self, stop: &[u8]) -> Word {
        let from = self.at;
        let mut parts: Vec<Part> = Vec::new();
        let mut quoted = false;
        while self.at < self.bytes.len() {
            let start = self.at;
            let quote = if quoted { Quote::Double } else { Quote::None };
            let kind = if self.is_opaque() {
                self.at = self.opaque.get(self.next).map_or(start, |span| (span.end as usize).clamp(start, self.bytes.len()));
                self.next += 1;
                PartKind::Opaque(self.next as u32 - 1)
            } else if let Some(kind) = self.variable() {
                kind
            } else {
                let byte = self.bytes[start];
                let newline = matches!(byte, b'\r' | b'\n');
                if stop.contains(&byte) && (!quoted || newline) {
                    break;
                }
                self.at += 1;
                match byte {
                    b'"' if !stop.contains(&b'"') => {
                        quoted = !quoted;
                        continue;
                    }
                    b'^' if !quoted && matches!(self.peek(0), Some(b'\n')) => {
                        self.at += 1;
                        continue;
                    }
                    b'^' if !quoted && self.peek(0).is_some_and(|next| next.is_ascii_punctuation()) && !self.is_opaque() => {
                        self.at += 1;
                        PartKind::Escape(char::from(self.bytes[start + 1]))
                    }
                    _ => PartKind::Literal,
                }
            };
            let span = Span::new(start, self.at);
            match parts.last_mut() {
                Some(Part { kind: PartKind::Literal, span: last, quote: same })
                    if kind == PartKind::Literal && last.end == span.start && *same == quote =>
                {
                    last.end = span.end;
                }
                _ => parts.push(Part { kind, span, quote }),
            }
        }
        Word { span: Span::new(from, self.at), parts }
    }

    /// `%NAME%`, `%NAME:a=b%`, `!NAME!`.
    fn variable(&mut self) -> Option<PartKind> {
        let start = self.at;
        let mark = self.bytes[start];
        if !matches!(mark, b'%' | b'!') {
            return None;
        }
        let rest = &self.bytes[start + 1..self.clear_end().max(start + 1)];
        let len = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
        let changed = rest.get(len) == Some(&b':');
        let close = if changed { rest.iter().take(256).position(|byte| *byte == mark || *byte == b'\n')? } else { len };
        if len == 0 || rest.get(close) != Some(&mark) {
            return None;
        }
        self.at = start + close + 2;
        let op = if changed { Expansion::Changed } else { Expansion::Value };
        Some(PartKind::Parameter { name: Span::new(start + 1, start + 1 + len), op, operand: None })
    }
}
