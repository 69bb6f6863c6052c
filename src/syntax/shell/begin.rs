//! What a word is when it begins: a keyword, a function's name, an assignment or an argument.

use super::parser::{Array, Closer, Frame, List, Parser};
use super::tree::*;
use super::word::{Dest, Mode};
use crate::source::Span;

/// Commands that read as `name [options] variable=value …`.
const DECLARATIONS: [&str; 5] = ["export", "local", "declare", "readonly", "typeset"];

impl Parser<'_, '_> {
    /// A word begins here: an argument, an assignment, a keyword or a function's name.
    pub(super) fn start_word(&mut self) {
        let start = self.at;
        if matches!(self.frames.last(), Some(Frame::List(List { closer: Closer::Case(true), .. }))) {
            return if self.keyword_here() == "esac" {
                self.at += 4;
                self.close_keyword(|closer| matches!(closer, Closer::Case(_)));
            } else {
                self.open_word(Dest::Discard, Mode::Plain, start);
            };
        }
        if matches!(self.top_list(), Some(List { current: Some(Target::Scope(_)), .. })) {
            self.separate();
        }
        let (first, declares) = match self.current_command() {
            None => (true, false),
            Some(command) if command.kind == CommandKind::Case && self.keyword_here() == "in" => {
                self.at += 2;
                self.separate();
                if let Some(list) = self.top_list() {
                    list.closer = Closer::Case(true);
                }
                return;
            }
            Some(command) if command.kind != CommandKind::Simple => return self.open_word(Dest::Argument, Mode::Plain, start),
            Some(command) => {
                let name = command.words.first().map(|word| self.script.slice(word.span));
                (false, name.is_none_or(|name| DECLARATIONS.contains(&name)))
            }
        };
        if first && (self.keyword() || self.function_head()) {
            return;
        }
        if (first || declares) && self.assignment() {
            return;
        }
        let condition = self.in_condition();
        self.open_word(Dest::Argument, if condition { Mode::Condition } else { Mode::Plain }, start);
    }

    /// The plain word at the position, if it ends like a keyword.
    fn keyword_here(&self) -> &str {
        let rest = &self.bytes[self.at..self.clear_end()];
        let len = rest.iter().take(9).take_while(|byte| byte.is_ascii_lowercase() || matches!(byte, b'{' | b'}' | b'!')).count();
        let ends = match rest.get(len) {
            None => self.clear_end() == self.end,
            Some(byte) => matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b';' | b'&' | b'|' | b'(' | b')' | b'<' | b'>' | b'`'),
        };
        if ends { self.script.text.get(self.at..self.at + len).unwrap_or("") } else { "" }
    }

    fn keyword(&mut self) -> bool {
        let start = self.at;
        let word = self.keyword_here().to_owned();
        self.at += word.len();
        match word.as_str() {
            "if" => self.open_compound(ScopeKind::If, start, Closer::If),
            "while" | "until" => self.open_compound(ScopeKind::Loop, start, Closer::Loop),
            "for" | "select" => {
                self.open_compound(ScopeKind::Loop, start, Closer::Loop);
                self.begin_command(CommandKind::For, start);
            }
            "case" => {
                self.open_compound(ScopeKind::Case, start, Closer::Case(false));
                self.begin_command(CommandKind::Case, start);
            }
            "{" => self.open_compound(ScopeKind::Group, start, Closer::Brace),
            "fi" => self.close_keyword(|closer| closer == Closer::If),
            "done" => self.close_keyword(|closer| closer == Closer::Loop),
            "esac" => self.close_keyword(|closer| matches!(closer, Closer::Case(_))),
            "}" => self.close_keyword(|closer| closer == Closer::Brace),
            "then" | "else" | "elif" | "do" | "!" | "coproc" => {}
            "function" => self.function_keyword(),
            _ => {
                self.at = start;
                return false;
            }
        }
        true
    }

    fn function_keyword(&mut self) {
        while matches!(self.peek(0), Some(b' ' | b'\t')) {
            self.at += 1;
        }
        let start = self.at;
        self.at += self.name_len();
        let name = Span::new(start, self.at);
        self.skip_empty_parens();
        if let Some(list) = self.top_list() {
            list.function = Some(name);
        }
    }

    /// `name ()`.
    fn function_head(&mut self) -> bool {
        let start = self.at;
        self.at += self.name_len();
        let name = Span::new(start, self.at);
        if name.is_empty() || !self.skip_empty_parens() {
            self.at = start;
            return false;
        }
        if let Some(list) = self.top_list() {
            list.function = Some(name);
        }
        true
    }

    fn name_len(&self) -> usize {
        let rest = &self.bytes[self.at..self.clear_end()];
        rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b':')).count()
    }

    fn skip_empty_parens(&mut self) -> bool {
        let rest = &self.bytes[self.at..self.end];
        let blanks = |from: usize| rest.iter().skip(from).take(16).take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let open = blanks(0);
        let close = open + 1 + blanks(open + 1);
        let found = rest.get(open) == Some(&b'(') && rest.get(close) == Some(&b')');
        if found {
            self.at += close + 1;
        }
        found
    }

    /// `name=`, `name+=`, `name[subscript]=` and what follows.
    fn assignment(&mut self) -> bool {
        let start = self.at;
        let rest = &self.bytes[start..self.clear_end()];
        let len = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
        if len == 0 || rest[0].is_ascii_digit() {
            return false;
        }
        let mut end = len;
        if rest.get(end) == Some(&b'[') {
            let subscript = rest.iter().skip(end).take(128).position(|byte| matches!(byte, b']' | b'\n'));
            end += subscript.map_or(0, |at| at + 1);
        }
        let append = rest.get(end) == Some(&b'+');
        end += usize::from(append);
        if rest.get(end) != Some(&b'=') {
            return false;
        }
        let name = Span::new(start, start + len);
        self.at = start + end + 1;
        if self.peek(0) == Some(b'(') {
            self.at += 1;
            // The command exists before its array's substitutions do.
            self.command(start);
            let assignment = Assignment { name, append, values: Vec::new(), array: true };
            self.push(Frame::Array(Array { assignment, start }));
        } else {
            self.open_word(Dest::Assignment { name, append }, Mode::Plain, self.at);
        }
        true
    }

    pub(super) fn array(&mut self) {
        if self.at < self.end && self.opaque_here().is_some() {
            return self.open_word(Dest::Element, Mode::Plain, self.at);
        }
        match self.peek(0) {
            None => self.finish_array(),
            Some(b')') => {
                self.at += 1;
                self.finish_array();
            }
            Some(b'`') if self.closes_backtick() => self.close_backtick(),
            Some(b'#') => self.comment(),
            Some(b' ' | b'\t' | b'\r' | b'\n' | b';' | b'&' | b'|' | b'<' | b'>' | b'(') => self.at += 1,
            Some(b'\\') if self.peek(1) == Some(b'\n') => self.at += 2,
            Some(_) => self.open_word(Dest::Element, Mode::Plain, self.at),
        }
    }

    pub(super) fn finish_array(&mut self) {
        let Some(Frame::Array(array)) = self.frames.pop() else { return };
        let end = Span::new(self.at, self.at).end;
        if let Some(command) = self.command(array.start) {
            command.span.end = command.span.end.max(end);
            command.assignments.push(array.assignment);
        }
    }
}
