//! Expressions. One level of nesting costs a handful of frames, and `nested` counts the levels.

use super::super::tree::{ComprehensionData, Data, NONE, index};
use super::{Open, Parser};
use crate::source::Span;

impl Parser<'_> {
    /// `a ? b : c`, or what stands on the left of the question mark.
    pub(super) fn expression(&mut self) -> Option<u32> {
        self.nested(|parser| {
            let condition = parser.operation()?;
            if !parser.eat(b'?') {
                return Some(condition);
            }
            let mark = parser.scratch.len();
            parser.scratch.push(condition);
            let yes = parser.expression()?;
            parser.scratch.push(yes);
            parser.expect(b':', "expected `:` of the conditional")?;
            let no = parser.expression()?;
            parser.scratch.push(no);
            let list = parser.list(mark);
            Some(parser.node(parser.start_of(condition), parser.end_of(no), Data::Conditional(list)))
        })
    }

    /// Operands with binary operators between them, as one list.
    fn operation(&mut self) -> Option<u32> {
        let first = self.operand()?;
        let mark = self.scratch.len();
        let mut last = first;
        while let Some(length) = self.operator() {
            if self.scratch.len() == mark {
                self.scratch.push(first);
            }
            self.at += length;
            last = self.operand()?;
            self.scratch.push(last);
        }
        if last == first {
            return Some(first);
        }
        let list = self.list(mark);
        Some(self.node(self.start_of(first), self.end_of(last), Data::Operation(list)))
    }

    /// Skips blanks; the length of the binary operator that comes next.
    fn operator(&mut self) -> Option<usize> {
        self.blanks();
        match self.rest() {
            [b'<', b'<', ..] => None,
            [b'|', b'|', ..] | [b'&', b'&', ..] | [b'=' | b'!' | b'<' | b'>', b'=', ..] => Some(2),
            [b'<' | b'>' | b'+' | b'-' | b'*' | b'/' | b'%', ..] => Some(1),
            _ => None,
        }
    }

    /// A term with its prefix operators and whatever is picked out of it.
    fn operand(&mut self) -> Option<u32> {
        self.blanks();
        let start = self.at;
        while let Some(b'-' | b'!') = self.peek() {
            self.at += 1;
            self.blanks();
        }
        let signed = self.at > start;
        let root = self.term()?;
        let value = self.traversal(root)?;
        Some(if signed { self.node(start, self.end_of(value), Data::Unary(value)) } else { value })
    }

    /// `.name`, `.0`, `.*`, `[expr]` and `[*]` after a term.
    fn traversal(&mut self, root: u32) -> Option<u32> {
        let mark = self.scratch.len();
        loop {
            self.blanks();
            let step = match self.rest() {
                // `...` is no step.
                [b'.', b'.', ..] => break,
                [b'.', ..] => self.dot()?,
                [b'[', ..] => self.bracketed(b']', Self::index)?,
                _ => break,
            };
            if self.scratch.len() == mark {
                self.scratch.push(root);
            }
            self.scratch.push(step);
        }
        if self.scratch.len() == mark {
            return Some(root);
        }
        let end = self.scratch.last().map_or(self.at, |last| self.end_of(*last));
        let list = self.list(mark);
        Some(self.node(self.start_of(root), end, Data::Traversal(list)))
    }

    fn dot(&mut self) -> Option<u32> {
        self.at += 1;
        self.blanks();
        let start = self.at;
        match self.peek() {
            Some(b'*') => {
                self.at += 1;
                Some(self.node(start, self.at, Data::Splat))
            }
            Some(b'0'..=b'9') => {
                self.digits();
                let number = self.node(start, self.at, Data::Number);
                Some(self.node(start, self.at, Data::Index(number)))
            }
            _ => {
                let name = self.identifier("expected the name of an attribute after `.`")?;
                Some(self.node(start, name.end as usize, Data::Attr))
            }
        }
    }

    fn index(&mut self, _start: usize) -> Option<Data> {
        let star = self.at;
        if self.eat(b'*') {
            self.blanks();
            if self.peek() == Some(b']') {
                return Some(Data::Splat);
            }
            self.at = star;
        }
        self.expression().map(Data::Index)
    }

    /// Reads something between the bracket at the cursor and `close`, line breaks being blanks.
    fn bracketed(&mut self, close: u8, read: impl FnOnce(&mut Self, usize) -> Option<Data>) -> Option<u32> {
        let start = self.at;
        let lines = self.enter(close);
        let data = read(self, start)?;
        self.leave(close, lines)?;
        Some(self.node(start, self.at, data))
    }

    /// Passes the opening bracket; what it returns is for `leave`.
    pub(super) fn enter(&mut self, close: u8) -> bool {
        self.at += 1;
        self.open.push(Open::Bracket(close));
        std::mem::replace(&mut self.across_lines, true)
    }

    pub(super) fn leave(&mut self, close: u8, lines: bool) -> Option<()> {
        let message = match close {
            b')' => "expected `)`",
            b']' => "expected `]`",
            _ => "expected `}`",
        };
        self.expect(close, message)?;
        self.open.pop();
        self.across_lines = lines;
        Some(())
    }

    fn term(&mut self) -> Option<u32> {
        match self.rest() {
            [b'"', ..] => self.quoted(),
            [b'<', b'<', ..] => self.heredoc(),
            [b'0'..=b'9', ..] => Some(self.number()),
            [b'(', ..] => self.bracketed(b')', |parser, _| parser.expression().map(Data::Parens)),
            [b'[', ..] => self.bracketed(b']', |parser, _| match parser.comprehension() {
                Some(found) => found,
                None => parser.tuple(),
            }),
            [b'{', ..] => self.bracketed(b'}', |parser, _| match parser.comprehension() {
                Some(found) => found,
                None => parser.object(),
            }),
            _ => self.word(),
        }
    }

    fn digits(&mut self) {
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
    }

    fn number(&mut self) -> u32 {
        let start = self.at;
        self.digits();
        if let [b'.', b'0'..=b'9', ..] = self.rest() {
            self.at += 1;
            self.digits();
        }
        if let [b'e' | b'E', b'0'..=b'9', ..] | [b'e' | b'E', b'+' | b'-', b'0'..=b'9', ..] = self.rest() {
            self.at += 2;
            self.digits();
        }
        self.node(start, self.at, Data::Number)
    }

    /// A keyword, a variable or a call. Functions of providers have names like `provider::aws::arn_parse`.
    fn word(&mut self) -> Option<u32> {
        let start = self.at;
        self.identifier("expected a value")?;
        while let [b':', b':', ..] = self.rest() {
            self.at += 2;
            self.identifier("expected the name of a function after `::`")?;
        }
        let end = self.at;
        self.blanks();
        if self.peek() == Some(b'(') {
            return self.call(start, end);
        }
        let data = match &self.bytes[start..end] {
            b"true" => Data::Bool(true),
            b"false" => Data::Bool(false),
            b"null" => Data::Null,
            _ => Data::Variable,
        };
        Some(self.node(start, end, data))
    }

    fn call(&mut self, start: usize, name_end: usize) -> Option<u32> {
        let mark = self.scratch.len();
        let name = self.node(start, name_end, Data::Variable);
        self.scratch.push(name);
        let lines = self.enter(b')');
        self.blanks();
        while self.peek() != Some(b')') {
            let argument = self.expression()?;
            self.scratch.push(argument);
            self.blanks();
            // `...` spreads the last argument.
            if self.rest().starts_with(b"...") {
                self.at += 3;
                break;
            }
            if !self.eat(b',') {
                break;
            }
            self.blanks();
        }
        self.leave(b')', lines)?;
        let list = self.list(mark);
        Some(self.node(start, self.at, Data::Call(list)))
    }

    fn tuple(&mut self) -> Option<Data> {
        let mark = self.scratch.len();
        self.blanks();
        while self.peek() != Some(b']') {
            let item = self.expression()?;
            self.scratch.push(item);
            if !self.eat(b',') {
                break;
            }
            self.blanks();
        }
        Some(Data::Tuple(self.list(mark)))
    }

    /// Keys and values. A line break ends a value, and separates items as a comma does.
    fn object(&mut self) -> Option<Data> {
        let mark = self.scratch.len();
        loop {
            self.across_lines = true;
            self.blanks();
            if self.peek() == Some(b'}') {
                break;
            }
            self.across_lines = false;
            let key = self.expression()?;
            self.scratch.push(key);
            if !self.eat(b'=') && !self.eat(b':') {
                return self.fail(self.here(), "expected `=` or `:` after the key");
            }
            let value = self.expression()?;
            self.scratch.push(value);
            if !self.eat(b',') && !matches!(self.peek(), Some(b'\n' | b'}')) {
                return self.fail(self.here(), "expected a comma, a line break or `}` after the value");
            }
        }
        Some(Data::Object(self.list(mark)))
    }

    /// What follows the bracket of `[for …]` or `{for …}`; `None` if it is no such expression.
    fn comprehension(&mut self) -> Option<Option<Data>> {
        self.blanks();
        let start = self.at;
        if !self.keyword("for") {
            return None;
        }
        self.blanks();
        // `for` can be an object's key or a variable's name.
        if matches!(self.peek(), None | Some(b'=' | b':' | b',' | b']' | b'}' | b'.' | b'[' | b'(')) {
            self.at = start;
            return None;
        }
        Some(self.comprehension_tail())
    }

    fn comprehension_tail(&mut self) -> Option<Data> {
        let (names, source) = self.comprehension_head()?;
        self.expect(b':', "expected `:` of the `for` expression")?;
        let mut data = ComprehensionData { names, source, key: NONE, value: self.expression()?, condition: NONE };
        self.blanks();
        if self.rest().starts_with(b"=>") {
            self.at += 2;
            data.key = std::mem::replace(&mut data.value, self.expression()?);
            self.blanks();
            if self.rest().starts_with(b"...") {
                self.at += 3;
            }
        }
        if self.keyword("if") {
            data.condition = self.expression()?;
        }
        self.file.comprehensions.push(data);
        Some(Data::Comprehension(index(self.file.comprehensions.len() - 1)))
    }

    /// `a, b in source`, after `for`.
    pub(super) fn comprehension_head(&mut self) -> Option<([Span; 2], u32)> {
        self.blanks();
        let first = self.identifier("expected the name of the `for` variable")?;
        let mut names = [first, Span::default()];
        if self.eat(b',') {
            self.blanks();
            names[1] = self.identifier("expected the name of the second `for` variable")?;
        }
        if !self.keyword("in") {
            return self.fail(self.here(), "expected `in`");
        }
        Some((names, self.expression()?))
    }
}
