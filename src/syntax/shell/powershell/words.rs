//! Words of PowerShell: literal runs, escapes, variables.

use super::{Into, PowerShell, is_name};
use crate::source::Span;
use crate::syntax::shell::tree::*;

impl PowerShell<'_, '_> {
    pub(super) fn finish_word(&mut self) {
        let Some(level) = self.levels.last_mut() else { return };
        let Some(word) = level.word.take() else { return };
        let into = level.into;
        let Some(id) = self.command(word.span.start) else { return };
        let Some(command) = self.script.commands.get_mut(id.0 as usize) else { return };
        command.span.end = word.span.end;
        match into {
            Into::Redirect(op, fd, start) => {
                let span = Span { start: Span::new(start, start).start, end: word.span.end };
                command.redirects.push(Redirect { op, fd, target: word, body: None, span });
                let assigned = !command.assignments.is_empty();
                if let Some(level) = self.top() {
                    level.into = if assigned { Into::Value } else { Into::Argument };
                }
            }
            Into::Value => {
                if let Some(assignment) = command.assignments.last_mut() {
                    assignment.values.push(word);
                }
            }
            Into::Argument => command.words.push(word),
        }
    }

    pub(super) fn literal(&mut self, start: usize, end: usize, quote: Quote) {
        let span = Span::new(start, end);
        let Some(level) = self.top() else { return };
        let word = level.word.get_or_insert_with(|| Word { span, parts: Vec::new() });
        word.span.end = span.end;
        match word.parts.last_mut() {
            Some(Part { kind: PartKind::Literal, span: last, quote: same }) if last.end == span.start && *same == quote => {
                last.end = span.end
            }
            _ if start < end => word.parts.push(Part { kind: PartKind::Literal, span, quote }),
            _ => {}
        }
    }

    pub(super) fn add(&mut self, kind: PartKind, start: usize, quote: Quote) {
        self.add_at(self.levels.len().saturating_sub(1), kind, start, quote);
    }

    pub(super) fn add_at(&mut self, level: usize, kind: PartKind, start: usize, quote: Quote) {
        let span = Span::new(start, self.at);
        // The command exists before what is nested in its words.
        if level + 1 == self.levels.len() {
            self.command(span.start);
        }
        let Some(level) = self.levels.get_mut(level) else { return };
        let word = level.word.get_or_insert_with(|| Word { span, parts: Vec::new() });
        word.parts.push(Part { kind, span, quote });
        word.span.end = word.span.end.max(span.end);
    }

    pub(super) fn escape(&mut self, quote: Quote) {
        let start = self.at;
        let next = self.text.get(start + 1..self.clear_end().max(start + 1)).and_then(|rest| rest.chars().next());
        let Some(char) = next else {
            self.at += 1;
            return;
        };
        self.at += 1 + char.len_utf8();
        let value = match char {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            '0' => '\0',
            other => other,
        };
        self.add(PartKind::Escape(value), start, quote);
    }

    /// `$name`, `$env:NAME`, `${env:NAME}`, `$(…)`; otherwise a dollar.
    pub(super) fn dollar(&mut self, quote: Quote) {
        let start = self.at;
        let rest = &self.bytes[start + 1..self.clear_end().max(start + 1)];
        let braced = rest.first() == Some(&b'{');
        let skip = usize::from(braced);
        let mut len = rest.iter().skip(skip).take_while(|byte| is_name(**byte)).count();
        let scoped = len > 0 && rest.get(skip + len) == Some(&b':') && rest.get(skip + len + 1).is_some_and(|byte| is_name(*byte));
        if scoped {
            len += 1 + rest.iter().skip(skip + len + 1).take_while(|byte| is_name(**byte)).count();
        }
        let closed = !braced || rest.get(skip + len) == Some(&b'}');
        if len == 0 || !closed {
            self.at += 1;
            if rest.first() != Some(&b'(') || quote != Quote::None {
                self.literal(start, start + 1, quote);
            }
            return;
        }
        let name = Span::new(start + 1 + skip, start + 1 + skip + len);
        self.at = name.range().end + skip;
        // `$x.Length`, `$x[0]`, `$x.Substring(…)` outside strings are something else than `$x`.
        let member = quote == Quote::None && matches!(self.peek(0), Some(b'.' | b'['));
        let op = match member {
            true if is_length(&self.bytes[self.at..]) || is_name_of_item(self.text, name, self.at) => Expansion::Length,
            true if is_value_of_item(self.text, name, self.at) => Expansion::Value,
            true => Expansion::Changed,
            false => Expansion::Value,
        };
        self.add(PartKind::Parameter { name, op, operand: None }, start, quote);
    }
}

/// `$_.Name`, `$_.Key`: of an item of the environment what it is called.
pub(super) fn is_name_of_item(text: &str, name: Span, end: usize) -> bool {
    is_member_of_item(text, name, end, &[".name", ".key"])
}

/// `$_.Value`.
pub(super) fn is_value_of_item(text: &str, name: Span, end: usize) -> bool {
    is_member_of_item(text, name, end, &[".value"])
}

fn is_member_of_item(text: &str, name: Span, end: usize, members: &[&str]) -> bool {
    let rest = text.get(end..).unwrap_or("");
    let is = |member: &&str| rest.get(..member.len()).is_some_and(|start| start.eq_ignore_ascii_case(member));
    text.get(name.range()) == Some("_") && members.iter().any(is)
}

/// `.Length`, `.Count`: how long a value is, not the value.
pub(super) fn is_length(rest: &[u8]) -> bool {
    let is = |member: &[u8]| {
        let after = rest.get(member.len()).copied();
        rest.get(..member.len()).is_some_and(|start| start.eq_ignore_ascii_case(member)) && !after.is_some_and(is_name)
    };
    is(b".length") || is(b".count")
}
