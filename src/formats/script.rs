//! What the formats that hold scripts share: the values that a script gives a name to.

use crate::literal::{Part, Reference, Value};
use crate::source::{Span, Text, TextBuilder};
use crate::syntax::python;
use crate::syntax::shell::{self, Dialect, Expansion, PartKind, Script, Word};

/// How deep `${a:-${b:-…}}` is followed.
const DEPTH: usize = 8;
/// How deep `sh -c "sh -c '…'"` is followed.
const MAX_SHELLS: usize = 4;

/// A value of a script under its name: an assignment, a flag, a header, `name=value`.
#[derive(Debug)]
pub struct Given<'a> {
    /// The name.
    pub name: String,
    /// The value; what the shell puts in later is a reference.
    pub value: Value<'a>,
    /// Where the name stands, in the source.
    pub opener: u32,
}

/// Every value that has a name in a script, and in the scripts that it hands to other shells. `opaque` are the sorted, disjoint
/// ranges of `text` that are not shell.
#[must_use]
pub fn given<'a>(text: &Text<'a>, dialect: Dialect, opaque: &[Span]) -> Vec<Given<'a>> {
    let mut found = Vec::new();
    let mut pending = vec![(text.clone(), opaque.to_vec(), MAX_SHELLS)];
    while let Some((text, opaque, shells)) = pending.pop() {
        let script = shell::parse(text.as_str(), dialect, &opaque);
        let handed = if shells == 0 || dialect != Dialect::Posix { Vec::new() } else { shell::handed_on(&script) };
        // The inner script names its values itself.
        let begins_inside = |place: u32| handed.iter().any(|inner| inner.start <= place && place < inner.end);
        let is_own = |named: &shell::Named<'_>| {
            let value = named.value.parts.first().map_or(named.name_span.start, |part| part.span.start);
            !begins_inside(named.name_span.start) && !begins_inside(value)
        };
        found.extend(shell::literals(&script).into_iter().filter(is_own).map(|named| Given {
            opener: text.hull(named.name_span.range()).start,
            value: value(&text, &script, &named.value, DEPTH),
            name: named.name.into_owned(),
        }));
        for inner in handed {
            let moved = |span: &Span| Span { start: span.start - inner.start, end: span.end - inner.start };
            let opaque = opaque.iter().filter(|span| inner.contains(**span)).map(moved).collect();
            pending.push((text.slice(inner.range()), opaque, shells - 1));
        }
    }
    found
}

/// Every string that has a name in a program. It is read as Python, whose assignments, arguments and tables look like those of
/// most other languages.
#[must_use]
pub fn given_in_program<'a>(text: &Text<'a>) -> Vec<Given<'a>> {
    let named = python::scan(text.as_str()).values.into_iter().filter_map(|string| Some((string.name?.into_owned(), string.parts)));
    let part = |part: python::Part<'_>| match part {
        python::Part::Literal(string) => Part::Literal(string.into_owned().then(text)),
        python::Part::Reference(span) => {
            let name = text.as_str().get(span.range()).unwrap_or_default().to_owned().into();
            Part::Reference(Reference { span: text.hull(span.range()), name, fallback: None })
        }
    };
    let given = named.map(|(name, parts)| {
        let value = Value { parts: parts.into_iter().map(part).collect() };
        Given { name, value, opener: text.span().start }
    });
    given.collect()
}

/// The line that a shell would split into the words of a list.
#[derive(Default)]
pub(super) struct Line {
    builder: TextBuilder,
    opaque: Vec<Span>,
}

impl Line {
    /// The values that the line gives names to.
    pub(super) fn given(self) -> Vec<Given<'static>> {
        given(&self.builder.finish(), Dialect::Posix, &self.opaque)
    }

    /// Adds a word: as it is, or in single quotes, where no byte means anything but the quote itself.
    pub(super) fn word(&mut self, text: &Text<'_>, opaque: &[Span]) {
        let at = text.span().start;
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_=./:@,+".contains(&byte);
        if !text.is_empty() && text.as_str().bytes().all(is_plain) {
            self.builder.atom(" ", Span { start: at, end: at });
            self.builder.text(text);
            return;
        }
        let added = |builder: &mut TextBuilder, text: &str| builder.atom(text, Span { start: at, end: at });
        added(&mut self.builder, " '");
        let start = self.builder.len();
        let mut from = 0;
        for part in text.as_str().split('\'') {
            if from > 0 {
                added(&mut self.builder, "'");
                self.builder.atom("\\'", text.hull(from - 1..from));
                added(&mut self.builder, "'");
            }
            self.builder.text(&text.slice(from..from + part.len()));
            from += part.len() + 1;
        }
        added(&mut self.builder, "'");
        // Each quote before it has moved it by three bytes.
        let moved = |at: u32| start + at as usize + 3 * text.as_str()[..at as usize].matches('\'').count();
        self.opaque.extend(opaque.iter().map(|span| Span::new(moved(span.start), moved(span.end))));
    }
}

fn value<'a>(text: &Text<'a>, script: &Script<'_>, word: &Word, depth: usize) -> Value<'a> {
    let mut value = Value::default();
    let mut literal = TextBuilder::default();
    for part in &word.parts {
        match part.kind {
            PartKind::Literal => literal.copy(script.slice(part.span), part.span.start as usize),
            PartKind::Escape(char) => literal.atom(char.encode_utf8(&mut [0; 4]), part.span),
            kind => {
                flush(&mut value, &mut literal, text);
                let fallback = match kind {
                    PartKind::Parameter { op: Expansion::Default, operand: Some(word), .. } if depth > 0 => {
                        script.words.get(word.0 as usize).map(|word| Box::new(self::value(text, script, word, depth - 1)))
                    }
                    _ => None,
                };
                let name = script.slice(part.span).to_owned().into();
                value.parts.push(Part::Reference(Reference { span: text.hull(part.span.range()), name, fallback }));
            }
        }
    }
    flush(&mut value, &mut literal, text);
    value
}

fn flush<'a>(value: &mut Value<'a>, literal: &mut TextBuilder, text: &Text<'a>) {
    let literal = std::mem::take(literal);
    if !literal.is_empty() {
        value.parts.push(Part::Literal(literal.finish().then(text)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(script: &str) -> Vec<String> {
        let text = Text::plain(script, 0);
        let part = |part: &Part<'_>| match part {
            Part::Literal(text) => format!("{}@{}", text.as_str(), text.span().start),
            Part::Reference(reference) => {
                let fallback = reference.fallback.as_ref().and_then(|value| value.as_literal());
                format!("<{}|{}>", reference.name, fallback.map_or(String::new(), |text| text.as_str().to_owned()))
            }
        };
        let given = given(&text, Dialect::Posix, &[]);
        given.iter().map(|given| format!("{}={}", given.name, given.value.parts.iter().map(part).collect::<String>())).collect()
    }

    #[test]
    fn values_have_names_places_and_references() {
        assert_eq!(shown("export A=x\\ y"), ["A=x y@9"]);
        assert_eq!(shown("mysql --password='p q' -uroot"), ["password=p q@18"]);
        assert_eq!(shown("A=pre$B"), ["A=pre@2<$B|>"]);
        assert_eq!(shown("A=${B:-lit}"), ["A=<${B:-lit}|lit>"]);
    }

    #[test]
    fn strings_of_programs_have_names() {
        let text = Text::plain("A_KEY = 'x' + 'y'\nconnect(password=\"z\", host=h)\nb = {'token': 't'}\n", 0);
        let given = given_in_program(&text);
        let shown: Vec<_> =
            given.iter().map(|given| (given.name.as_str(), given.value.as_literal().unwrap().as_str().to_owned())).collect();
        assert_eq!(shown, [("A_KEY", "xy".to_owned()), ("password", "z".to_owned()), ("token", "t".to_owned())]);
    }

    #[test]
    fn places_are_those_of_the_source() {
        let source = "run: \"echo; T=a\\u0062c\"";
        let tree = crate::syntax::yaml::Tree::parse(source);
        let text = tree.documents(source).next().and_then(|root| root.get("run")?.text()).unwrap();
        let given = given(&text, Dialect::Posix, &[]);
        let value = given[0].value.as_literal().unwrap();
        assert_eq!((value.as_str(), &source[value.span().range()]), ("abc", "a\\u0062c"));
    }
}
