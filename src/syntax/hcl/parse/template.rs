//! Quoted strings, heredocs and what is between their `${` and `}`.

use super::super::tree::{Data, Literal, NONE};
use super::{Open, Parser};
use crate::source::Span;

/// What ends the template that is being read, and how its literals are written.
#[derive(Clone, Copy)]
enum Style {
    Quoted,
    Heredoc(Span),
    /// To the end of the text.
    Bare,
}

impl Parser<'_> {
    /// `"…"`
    pub(super) fn quoted(&mut self) -> Option<u32> {
        let start = self.at;
        self.at += 1;
        self.open.push(Open::Quote);
        let mark = self.scratch.len();
        self.parts(Style::Quoted)?;
        self.at += 1;
        self.open.pop();
        let list = self.list(mark);
        Some(self.node(start, self.at, Data::Template(list)))
    }

    /// `"…"` without templates, as a label: the place between the quotation marks, and whether it reads as it is written.
    pub(super) fn quoted_word(&mut self) -> Option<(Span, bool)> {
        self.at += 1;
        self.open.push(Open::Quote);
        let start = self.at;
        let mut plain = true;
        loop {
            match self.rest() {
                [b'"', ..] => break,
                [b'\\', ..] => {
                    plain = false;
                    self.escape();
                }
                [b'$' | b'%', b'{', ..] => return self.fail(self.here(), "a template is not allowed here"),
                [a @ (b'$' | b'%'), b, b'{', ..] if a == b => {
                    plain = false;
                    self.at += 3;
                }
                [] | [b'\n', ..] => return self.fail(self.here(), "the string is not closed"),
                _ => self.at += 1,
            }
        }
        self.at += 1;
        self.open.pop();
        Some((Span::new(start, self.at - 1), plain))
    }

    /// `<<MARKER` or `<<-MARKER`, the lines and the marker again.
    pub(super) fn heredoc(&mut self) -> Option<u32> {
        let start = self.at;
        let Some((marker, dedents)) = self.heredoc_begin() else {
            return self.fail(Span::new(start, start + 2), "expected a heredoc's marker and a line break");
        };
        self.open.push(Open::Heredoc(marker));
        let mark = self.scratch.len();
        let end = self.parts(Style::Heredoc(marker))?;
        if dedents {
            self.dedent(mark);
        }
        self.at = end;
        self.open.pop();
        let list = self.list(mark);
        Some(self.node(start, end, Data::Template(list)))
    }

    /// The whole text as a template (a string of JSON).
    pub(in super::super) fn bare(&mut self) -> Option<u32> {
        let start = self.at;
        let mark = self.scratch.len();
        self.parts(Style::Bare)?;
        let list = self.list(mark);
        Some(self.node(start, self.at, Data::Template(list)))
    }

    /// Reads the marker of the heredoc that begins at the cursor and moves to its first line; does not move if there is none.
    pub(super) fn heredoc_begin(&mut self) -> Option<(Span, bool)> {
        let start = self.at;
        let rest = self.rest();
        let dedents = rest.starts_with(b"<<-");
        let prefix = if dedents { 3 } else { 2 };
        let length =
            rest.get(prefix..)?.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | 0x80..)).count();
        let line_break = match rest.get(prefix + length..)? {
            [b'\n', ..] => 1,
            [b'\r', b'\n', ..] => 2,
            _ => return None,
        };
        if !rest.starts_with(b"<<") || length == 0 {
            return None;
        }
        let marker = Span::new(start + prefix, start + prefix + length);
        self.at = start + prefix + length + line_break;
        Some((marker, dedents))
    }

    /// If the line at the cursor closes the heredoc: the end of its marker.
    pub(super) fn heredoc_end(&self, marker: Span) -> Option<usize> {
        let is_blank = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\r');
        let rest = self.rest();
        let blanks = rest.iter().take_while(is_blank).count();
        let after = rest[blanks..].strip_prefix(&self.bytes[marker.range()])?;
        let trailing = after.iter().take_while(is_blank).count();
        matches!(after.get(trailing), None | Some(b'\n')).then_some(self.at + blanks + marker.len())
    }

    /// Pushes the parts of a template. Stops before what ends it, at a heredoc's last line; gives the end of that line's marker.
    fn parts(&mut self, style: Style) -> Option<usize> {
        let mut trim_start = false;
        loop {
            let (start, at_line_start) = (self.at, self.at > 0 && self.bytes[self.at - 1] == b'\n');
            let end = self.literal(style)?;
            let stopped = self.at;
            let begins = if end.is_none() { self.begins() } else { None };
            let trim_end = begins.is_some() && self.bytes.get(stopped + 2) == Some(&b'~');
            if stopped > start {
                let escapes = matches!(style, Style::Quoted);
                let literal = Literal { escapes, dedent: 0, at_line_start, trim_start, trim_end };
                let literal = self.node(start, stopped, Data::Literal(literal));
                self.scratch.push(literal);
            }
            let Some(kind) = begins else { return Some(end.unwrap_or(stopped)) };
            let part = self.interpolation(kind)?;
            self.scratch.push(part);
            trim_start = self.bytes[self.at - 2] == b'~';
        }
    }

    /// Moves over literal text. `Some(Some(end))` where the template ends here, `Some(None)` at `${` or `%{`.
    fn literal(&mut self, style: Style) -> Option<Option<usize>> {
        let mut line_start = self.at > 0 && self.bytes[self.at - 1] == b'\n';
        loop {
            if line_start && let Style::Heredoc(marker) = style {
                if let Some(end) = self.heredoc_end(marker) {
                    return Some(Some(end));
                }
                line_start = false;
            }
            let found = match style {
                Style::Quoted => self.rest().iter().position(|byte| matches!(byte, b'"' | b'\\' | b'$' | b'%' | b'\n')),
                _ => memchr::memchr3(b'$', b'%', b'\n', self.rest()),
            };
            self.at = found.map_or(self.bytes.len(), |length| self.at + length);
            match (self.rest(), style) {
                ([], Style::Bare) => return Some(Some(self.at)),
                ([b'"', ..], _) => return Some(Some(self.at)),
                ([], Style::Heredoc(marker)) => return self.fail(marker, "the heredoc is not closed"),
                ([] | [b'\n', ..], Style::Quoted) => return self.fail(self.here(), "the string is not closed"),
                ([b'\\', ..], _) => self.escape(),
                ([a @ (b'$' | b'%'), b, b'{', ..], _) if a == b => self.at += 3,
                ([b'$' | b'%', b'{', ..], _) => return Some(None),
                ([byte, ..], _) => {
                    line_start = *byte == b'\n';
                    self.at += 1;
                }
            }
        }
    }

    /// Moves over a backslash and what it escapes. One that escapes nothing is an error, and stands for itself.
    fn escape(&mut self) {
        let hex = |range: std::ops::Range<usize>| {
            let digits = self.rest().get(range);
            digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
        };
        let length = match self.bytes.get(self.at + 1) {
            Some(b'n' | b'r' | b't' | b'"' | b'\\') => 2,
            Some(b'u') if hex(2..6) => 6,
            Some(b'U') if hex(2..10) => 10,
            _ => {
                let nothing = Span::new(self.at, self.at);
                self.note(Span::new(self.at, self.at + 1), "unknown escape sequence", nothing);
                1
            }
        };
        self.at += length;
    }

    /// What begins at the cursor.
    fn begins(&self) -> Option<u8> {
        match self.rest() {
            [kind @ (b'$' | b'%'), b'{', ..] => Some(*kind),
            _ => None,
        }
    }

    /// `${ … }` or `%{ … }`
    fn interpolation(&mut self, kind: u8) -> Option<u32> {
        let start = self.at;
        self.at += 1;
        let lines = self.enter(b'}');
        self.at += usize::from(self.peek() == Some(b'~'));
        let data = if kind == b'$' { Data::Interpolation(self.expression()?) } else { Data::Directive(self.directive()?) };
        self.blanks();
        self.at += usize::from(self.rest().starts_with(b"~}"));
        self.leave(b'}', lines)?;
        Some(self.node(start, self.at, data))
    }

    fn directive(&mut self) -> Option<u32> {
        if self.keyword("if") {
            self.expression()
        } else if self.keyword("for") {
            self.comprehension_head().map(|(_, source)| source)
        } else if self.keyword("else") || self.keyword("endif") || self.keyword("endfor") {
            Some(NONE)
        } else {
            self.fail(self.here(), "expected `if`, `else`, `endif`, `for` or `endfor`")
        }
    }

    /// Finds the indentation that all lines of a `<<-` heredoc share and gives it to its literals.
    /// Blank lines do not count; a line that begins with `${` has none.
    fn dedent(&mut self, mark: usize) {
        let mut shared = usize::MAX;
        for part in &self.scratch[mark..] {
            let node = self.file.nodes[*part as usize];
            let text = self.text.get(node.span.range()).unwrap_or("");
            let begins_line = node.span.start > 0 && self.bytes[node.span.start as usize - 1] == b'\n';
            if !matches!(node.data, Data::Literal(_)) {
                shared = if begins_line { 0 } else { shared };
                continue;
            }
            for line in text.split_inclusive('\n').skip(usize::from(!begins_line)) {
                let indent = line.chars().take_while(|char| char.is_whitespace() && *char != '\n').count();
                if !line.trim().is_empty() || !line.ends_with('\n') {
                    shared = shared.min(indent);
                }
            }
        }
        let dedent = u16::try_from(shared).unwrap_or(if shared == usize::MAX { 0 } else { u16::MAX });
        for part in &self.scratch[mark..] {
            if let Data::Literal(literal) = &mut self.file.nodes[*part as usize].data {
                literal.dedent = dedent;
            }
        }
    }
}
