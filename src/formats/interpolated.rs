//! Strings with `$VAR` and `${VAR:-default}` in them → values of literals and references.

use crate::literal::{Part, Reference, Value};
use crate::source::{Span, Text, TextBuilder};
use crate::syntax::interpolation::{self, Operator, Piece, Template};

/// A decoded string and the variables in it.
pub(super) struct Interpolated<'a> {
    text: Text<'a>,
    template: Template,
}

/// What stands behind the operator of a `${NAME…}`.
pub(super) struct Word<'a> {
    /// What the word is for.
    pub(super) operator: Operator,
    /// The reference alone, with the word as its fallback; references in the word have words of their own.
    pub(super) value: Value<'a>,
    /// Whether the reference is all there is of the string.
    pub(super) alone: bool,
}

impl<'a> Interpolated<'a> {
    pub(super) fn new(text: Text<'a>) -> Self {
        let template = interpolation::parse(text.as_str());
        Self { text, template }
    }

    /// Literal text and references. Words are no part of it: they are values of their own, see [`words`](Self::words).
    pub(super) fn value(&self) -> Value<'a> {
        self.build(self.template.pieces())
    }

    /// The word of each reference, at any depth, each once.
    pub(super) fn words(&self) -> impl Iterator<Item = Word<'a>> {
        let alone = self.template.pieces().count() == 1;
        self.template.references().filter_map(move |reference| {
            let word = self.build(self.template.word(reference));
            let alone = alone && reference.span.len() == self.text.len();
            let operator = reference.operator.filter(|_| !word.parts.is_empty())?;
            Some(Word { operator, value: Value { parts: vec![self.reference(reference, Some(Box::new(word)))] }, alone })
        })
    }

    /// The references that have a default, at any depth: where each stands, where its operator and default stand, its name, and
    /// whether the operator begins with a colon.
    pub(super) fn defaults(&self) -> impl Iterator<Item = (Span, Span, String, bool)> {
        let defaults = self.template.references().filter(|reference| reference.operator == Some(Operator::Default));
        defaults.filter_map(|reference| {
            let word = reference.name.range().end..reference.span.range().end.checked_sub(1)?;
            let colon = self.text.as_str().get(word.clone())?.starts_with(':');
            let name = self.text.as_str().get(reference.name.range())?.to_owned();
            Some((self.text.hull(reference.span.range()), self.text.hull(word), name, colon))
        })
    }

    /// The string as the program behind will see it: `$$` is a dollar sign. References stay as written; their ranges in the
    /// result stand beside it.
    pub(super) fn unescaped(&self) -> (Text<'a>, Vec<Span>) {
        let mut builder = TextBuilder::with_capacity(self.text.len());
        let mut references = Vec::new();
        for piece in self.template.pieces() {
            let from = builder.len();
            self.push(piece, &mut builder);
            if let Piece::Reference(reference) = piece {
                builder.text(&self.text.slice(reference.span.range()));
                references.push(Span::new(from, builder.len()));
            }
        }
        (builder.finish(), references)
    }

    fn reference(&self, reference: &interpolation::Reference, fallback: Option<Box<Value<'a>>>) -> Part<'a> {
        let name = self.text.as_str().get(reference.name.range()).unwrap_or("").to_owned().into();
        Part::Reference(Reference { span: self.text.hull(reference.span.range()), name, fallback })
    }

    fn build<'t>(&self, pieces: impl Iterator<Item = &'t Piece>) -> Value<'a> {
        let mut value = Value::default();
        let mut literal = TextBuilder::default();
        for piece in pieces {
            self.push(piece, &mut literal);
            if let Piece::Reference(reference) = piece {
                flush(&mut literal, &mut value);
                value.parts.push(self.reference(reference, None));
            }
        }
        flush(&mut literal, &mut value);
        value
    }

    fn push(&self, piece: &Piece, literal: &mut TextBuilder) {
        match piece {
            Piece::Literal(span) => literal.text(&self.text.slice(span.range())),
            Piece::Dollar(span) => literal.atom("$", self.text.hull(span.range())),
            Piece::Reference(_) => {}
        }
    }
}

fn flush<'a>(literal: &mut TextBuilder, value: &mut Value<'a>) {
    if !literal.is_empty() {
        value.parts.push(Part::Literal(std::mem::take(literal).finish()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(value: &Value<'_>) -> String {
        let part = |part: &Part<'_>| match part {
            Part::Literal(text) => format!("{}@{}..{}", text.as_str(), text.span().start, text.span().end),
            Part::Reference(reference) => {
                let fallback = reference.fallback.as_deref().map(|value| format!(" or {}", shown(value))).unwrap_or_default();
                format!("<{}{fallback}>@{}..{}", reference.name, reference.span.start, reference.span.end)
            }
        };
        value.parts.iter().map(part).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn literals_and_references_know_their_places() {
        let string = Interpolated::new(Text::plain("pa$$s${A}x", 10));
        assert_eq!(shown(&string.value()), "pa$s@10..15 <A>@15..19 x@19..20");
        let (text, references) = string.unescaped();
        assert_eq!((text.as_str(), references), ("pa$s${A}x", vec![Span::new(4, 8)]));
        assert_eq!(text.hull(8..9), Span::new(19, 20));
    }

    #[test]
    fn a_default_is_a_value_of_its_own() {
        let string = Interpolated::new(Text::plain("${A:-x${B-y}}", 0));
        assert_eq!(shown(&string.value()), "<A>@0..13");
        let words: Vec<_> = string.words().map(|word| (shown(&word.value), word.alone)).collect();
        assert_eq!(words, [("<A or x@5..6 <B>@6..12>@0..13".into(), true), ("<B or y@10..11>@6..12".into(), false)]);
        assert!(Interpolated::new(Text::plain("${A:-}", 0)).words().next().is_none());
        assert!(!Interpolated::new(Text::plain("a${A:-x}", 0)).words().next().unwrap().alone);
    }
}
