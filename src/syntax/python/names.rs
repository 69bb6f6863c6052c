//! Tokens → strings with their names.

use super::frame::{Bracket, Frame, NAME_MAX, Name, Operand, Slot};
use super::lex::{Lexer, Literal, Token};
use super::strings::{Gaps, parts};
use super::{Foreign, Part, Scan, Value};
use crate::source::Span;

pub(super) fn read<'a>(source: &'a str, scan: &mut Scan<'a>) {
    let mut reader = Reader { source, scan, lexer: Lexer::new(source), frames: Vec::new(), top: Frame::new(Bracket::Root, None, None) };
    reader.run();
}

struct Reader<'a, 's> {
    source: &'a str,
    scan: &'s mut Scan<'a>,
    lexer: Lexer<'a>,
    /// Around `top`, outermost first.
    frames: Vec<Frame<'a>>,
    top: Frame<'a>,
}

impl<'a> Reader<'a, '_> {
    fn run(&mut self) {
        let (mut previous, mut before) = (Token::Newline, "");
        // What a comment interrupts, and where it ends.
        let mut interrupted = None;
        loop {
            let nested = self.top.bracket != Bracket::Root;
            let Some((token, span)) = self.lexer.next(nested, before == "=") else {
                self.end_all();
                let Some((frames, top, last, end)) = interrupted.take() else { return };
                (self.frames, self.top, (previous, before)) = (frames, top, last);
                self.lexer.leave(end);
                continue;
            };
            if token == Token::Comment {
                if interrupted.is_none() {
                    self.scan.comments.push(Span { start: self.lexer.comment_mark(span), end: span.end });
                    let top = std::mem::replace(&mut self.top, Frame::new(Bracket::Root, None, None));
                    interrupted = Some((std::mem::take(&mut self.frames), top, (previous, before), span.range().end));
                }
                self.end_all();
                self.lexer.enter(span);
                (previous, before) = (Token::Newline, "");
            } else if token != Token::Newline || !nested {
                self.token(token, span, previous, before);
                (previous, before) = (token, self.lexer.text(span));
            }
        }
    }

    fn token(&mut self, token: Token, span: Span, previous: Token, before: &'a str) {
        let text = self.lexer.text(span);
        match token {
            Token::Newline | Token::Comment => self.end_statement(),
            Token::Shell => self.scan.foreign.push(Foreign::Shell(span)),
            Token::Magic => self.magic(span),
            Token::Name => self.name(text, span, before),
            Token::String(literal) => self.string(literal, matches!(previous, Token::String(_))),
            Token::Number => self.other(span),
            Token::Operator => self.operator(text, span, previous, before),
        }
    }

    fn magic(&mut self, line: Span) {
        let text = self.lexer.text(line);
        let length = text.find(char::is_whitespace).unwrap_or(text.len());
        let start = line.range().start;
        self.scan.foreign.push(Foreign::Magic(Span::new(start, start + length), Span::new(start + length, line.range().end)));
    }

    fn name(&mut self, text: &'a str, span: Span, before: &str) {
        let slot = &mut self.top.slot;
        if before == "." {
            match (text, slot.strings.last_mut()) {
                ("format", Some(Operand::String(_))) => slot.gaps = Some(Gaps::Braces),
                (_, Some(Operand::Other(other))) => *other = other.hull(span),
                _ => {}
            }
            slot.primary = short(text);
            slot.primary_span = slot.primary_span.map(|first| first.hull(span));
            return;
        }
        match text {
            "or" | "and" | "if" | "else" | "not" => {
                self.flush();
                (self.top.slot.compared, self.top.slot.complex) = (false, true);
                if std::mem::take(&mut self.top.slot.compares) {
                    self.top.slot.target = None;
                }
            }
            "in" | "is" => {
                self.flush();
                (self.top.slot.compared, self.top.slot.complex) = (true, true);
            }
            "for" | "while" | "return" | "lambda" | "yield" | "await" | "with" | "import" | "from" | "def" | "class" | "except"
            | "raise" | "assert" | "elif" | "try" | "finally" | "async" => {
                self.flush();
                self.top.slot.complex = true;
            }
            _ => self.other(span),
        }
        self.top.slot.primary = short(text);
        self.top.slot.primary_span = Some(span);
        if matches!(before, "var" | "const" | "let") {
            // `var name type = …`
            self.top.slot.annotated = short(text);
        }
    }

    /// An operand that is no string.
    fn other(&mut self, span: Span) {
        let slot = &mut self.top.slot;
        if std::mem::take(&mut slot.plus) {
            slot.strings.push(Operand::Other(span));
        } else {
            self.flush();
        }
        (self.top.slot.primary, self.top.slot.primary_span) = (None, Some(span));
    }

    fn string(&mut self, literal: Literal, adjacent: bool) {
        if !std::mem::take(&mut self.top.slot.plus) && !adjacent {
            self.flush();
        }
        self.top.slot.strings.push(Operand::String(literal));
        (self.top.slot.primary, self.top.slot.primary_span) = (None, None);
    }

    fn operator(&mut self, text: &'a str, span: Span, previous: Token, before: &'a str) {
        match text {
            "(" | "[" | "{" => self.open(text, span, previous, before),
            ")" | "]" | "}" => self.close(text),
            "," => self.comma(),
            "=" | ":=" | "<-" | "<<-" | "+=" => self.assign(),
            ":" | "=>" => self.colon(),
            ";" if self.top.bracket == Bracket::Root => self.end_statement(),
            "+" => self.plus(),
            "%" if matches!(previous, Token::String(_)) => self.top.slot.gaps = Some(Gaps::Percent),
            // `if password == "…"`: what a name is compared with is as good as given to it.
            "==" | "!=" | "===" | "!==" => {
                self.flush();
                let name = self.top.slot.primary.take();
                let slot = &mut self.top.slot;
                (slot.compared, slot.compares, slot.target) = (name.is_none(), true, name);
            }
            "<" | ">" | "<=" | ">=" => {
                self.flush();
                (self.top.slot.compared, self.top.slot.primary) = (true, None);
            }
            "." => {}
            _ => {
                self.flush();
                self.top.slot.primary = None;
            }
        }
    }

    fn plus(&mut self) {
        let slot = &mut self.top.slot;
        if slot.strings.is_empty()
            && let Some(span) = slot.primary_span
        {
            slot.strings.push(Operand::Other(span));
        }
        slot.plus = !slot.strings.is_empty();
    }

    fn open(&mut self, text: &str, span: Span, previous: Token, before: &'a str) {
        let slot = &mut self.top.slot;
        let follows = matches!(before, ")" | "]") || previous == Token::Name && !is_keyword(before);
        if std::mem::take(&mut slot.plus) {
            slot.strings.push(Operand::Other(span));
        } else if !follows && text != "[" {
            self.flush();
        }
        let (inherited, complex) = (self.top.name(), self.top.slot.complex);
        let callee = (previous == Token::Name).then_some(before);
        let bracket = match text {
            "{" => Bracket::Brace,
            "(" if follows => Bracket::Call,
            "[" if follows || matches!(previous, Token::String(_)) => Bracket::Index,
            _ => Bracket::Group,
        };
        let inherited = if bracket == Bracket::Group && complex && self.top.slot.target.is_none() { None } else { inherited };
        let mut frame = Frame::new(bracket, inherited, callee.filter(|_| bracket == Bracket::Call));
        if frame.callee.is_some() {
            frame.qualified = self.top.slot.primary_span.map(|span| self.lexer.text(span)).filter(|text| text.len() <= NAME_MAX);
            frame.chained = self.top.slot.called_with.take();
        }
        self.frames.push(std::mem::replace(&mut self.top, frame));
    }

    fn close(&mut self, text: &str) {
        let matching = match self.top.bracket {
            Bracket::Root => false,
            Bracket::Call => text == ")",
            Bracket::Group => text == ")" || text == "]",
            Bracket::Index => text == "]",
            Bracket::Brace => text == "}",
        };
        if !matching {
            return;
        }
        self.flush();
        let Some(outer) = self.frames.pop() else { return };
        let inner = std::mem::replace(&mut self.top, outer);
        self.top.slot.called_with = inner.last.filter(|_| inner.bracket == Bracket::Call);
        self.top.slot.primary = if inner.bracket == Bracket::Index { inner.first } else { None };
    }

    fn comma(&mut self) {
        self.top.more = true;
        self.flush();
        let top = &mut self.top;
        if top.bracket == Bracket::Root && !top.assigned {
            top.targets.extend(top.slot.primary.take());
        }
        (top.position, top.more) = (top.position + 1, false);
        top.slot = Slot::default();
    }

    fn assign(&mut self) {
        let slot = std::mem::take(&mut self.top.slot);
        let name = slot.annotated.or(slot.primary);
        if self.top.bracket == Bracket::Root {
            if self.top.assigned {
                self.top.targets.clear();
            }
            self.top.targets.extend(name);
            (self.top.assigned, self.top.position) = (true, 0);
        } else {
            self.top.slot.target = name;
        }
    }

    fn colon(&mut self) {
        let key = self.only_string().or_else(|| self.top.slot.primary.clone());
        match self.top.bracket {
            Bracket::Brace => {
                self.flush();
                self.top.slot = Slot { target: key, ..Slot::default() };
            }
            // `name: type = …`, `"key": "…"` of a piece of JSON, `name: "…"` of a piece of YAML
            Bracket::Root if !self.top.slot.complex && !self.top.assigned => {
                self.flush();
                self.top.slot = Slot { target: key.clone(), annotated: key, ..Slot::default() };
            }
            Bracket::Root => self.end_statement(),
            Bracket::Call | Bracket::Group => {
                self.flush();
                self.top.slot = Slot { annotated: key, ..Slot::default() };
            }
            Bracket::Index => self.flush(),
        }
    }

    /// The slot's value, where it is one string.
    fn only_string(&self) -> Option<Name<'a>> {
        let [Operand::String(literal)] = self.top.slot.strings[..] else { return None };
        match parts(self.source, literal, None).pop() {
            Some(Part::Literal(text)) if literal.body.len() <= NAME_MAX => Some(text.value().clone()),
            _ => None,
        }
    }

    /// The expression ends here: gives its strings away.
    fn flush(&mut self) {
        self.top.slot.plus = false;
        if self.top.slot.strings.is_empty() {
            return;
        }
        if self.top.bracket == Bracket::Call || self.top.position == 0 && self.top.first.is_none() {
            let string = self.only_string();
            self.top.last.clone_from(&string);
            if self.top.position == 0 && self.top.first.is_none() {
                self.top.first = string;
            }
        }
        let name = self.top.name();
        let gaps = self.top.slot.gaps.take();
        let mut value = Value { name, parts: Vec::new() };
        for operand in std::mem::take(&mut self.top.slot.strings) {
            match operand {
                Operand::String(literal) => {
                    let gaps = if literal.format { Some(Gaps::Braces) } else { gaps };
                    value.parts.extend(parts(self.source, literal, gaps));
                }
                Operand::Other(span) => value.parts.push(Part::Reference(span)),
            }
        }
        if value.parts.iter().any(|part| matches!(part, Part::Literal(_))) {
            self.scan.values.push(value);
        }
    }

    fn end_statement(&mut self) {
        self.flush();
        self.top = Frame::new(Bracket::Root, None, None);
    }

    fn end_all(&mut self) {
        self.flush();
        while let Some(outer) = self.frames.pop() {
            self.top = outer;
            self.flush();
        }
        self.end_statement();
    }
}

fn short(text: &str) -> Option<Name<'_>> {
    (text.len() <= NAME_MAX).then_some(Name::Borrowed(text))
}

fn is_keyword(text: &str) -> bool {
    matches!(
        text,
        "or" | "and"
            | "if"
            | "else"
            | "not"
            | "in"
            | "is"
            | "for"
            | "while"
            | "return"
            | "lambda"
            | "yield"
            | "await"
            | "print"
            | "elif"
            | "assert"
            | "raise"
            | "del"
            | "from"
            | "import"
    )
}
