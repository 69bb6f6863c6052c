//! Expressions in the values of a workflow.

use crate::literal::{Part, Reference, Value};
use crate::source::{Span, Text};
use crate::syntax::expression::{self, Expression, Template};

pub use crate::syntax::expression::Way;

/// A context that a value can come from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Use {
    /// Its names: `secrets`, `TOKEN`. Context names are in lower case; `*` stands for any.
    pub path: Vec<String>,
    /// The whole `${{ … }}`, in the file.
    pub span: Span,
    /// The whole `${{ … }}`, in the decoded text.
    pub inner: Span,
    /// How it reaches the value.
    pub way: Way,
}

impl Use {
    /// `secrets.X`, `secrets[…]`, `secrets` as a whole, or `github.token`.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        match self.path.first().map(String::as_str) {
            Some("secrets") => true,
            Some("github") => self.path.get(1).is_some_and(|name| name.eq_ignore_ascii_case("token")),
            _ => false,
        }
    }

    /// The path as people write it: `secrets.TOKEN`.
    #[must_use]
    pub fn name(&self) -> String {
        self.path.join(".")
    }

    /// The first two names, if there are so many.
    #[must_use]
    pub fn pair(&self) -> Option<(&str, &str)> {
        match self.path.as_slice() {
            [context, name, ..] => Some((context, name)),
            _ => None,
        }
    }
}

/// A text as literal parts and references.
pub(super) fn value<'a>(text: &Text<'a>) -> Value<'a> {
    let template = expression::split(text.as_str());
    let parts = template.parts.iter().map(|part| match part {
        expression::Part::Literal(span) => Part::Literal(text.slice(span.range())),
        expression::Part::Expression { outer, expression, .. } => Part::Reference(reference(text, *outer, expression)),
    });
    Value { parts: parts.collect() }
}

/// An expression as a reference; string literals that the value can come from are its fallback.
pub(super) fn reference<'a>(text: &Text<'a>, outer: Span, expression: &Expression) -> Reference<'a> {
    let outcomes = expression.outcomes(text.as_str());
    let name = outcomes.iter().find_map(|outcome| expression.path(text.as_str(), outcome.node));
    let literals = outcomes.iter().filter_map(|outcome| {
        expression.string(text.as_str(), outcome.node)?;
        let quoted = expression.node(outcome.node)?.span;
        Some(text.slice(quoted.start as usize + 1..quoted.end as usize - 1)).filter(|literal| !literal.is_empty())
    });
    // Alternatives, not one text: each is a fallback of the one before.
    let fallback = literals.collect::<Vec<_>>().into_iter().rev().fold(None, |rest: Option<Box<Value<'a>>>, literal| {
        let mut parts = vec![Part::Literal(literal)];
        parts.extend(rest.map(|rest| Part::Reference(Reference { span: Span::default(), name: "".into(), fallback: Some(rest) })));
        Some(Box::new(Value { parts }))
    });
    Reference { span: text.hull(outer.range()), name: name.map_or_else(String::new, |names| names.join(".")).into(), fallback }
}

/// The contexts that a text's expressions can evaluate to.
pub(super) fn uses(text: &Text<'_>) -> Vec<Use> {
    let template = expression::split(text.as_str());
    expressions(&template).flat_map(|(outer, expression)| uses_of(text, outer, expression)).collect()
}

pub(super) fn uses_of(text: &Text<'_>, outer: Span, expression: &Expression) -> Vec<Use> {
    let outcomes = expression.outcomes(text.as_str());
    let found = outcomes.into_iter().filter_map(|outcome| {
        let path = expression.path(text.as_str(), outcome.node)?;
        let mut path: Vec<String> = path.into_iter().map(std::borrow::Cow::into_owned).collect();
        path[0].make_ascii_lowercase();
        Some(Use { path, span: text.hull(outer.range()), inner: outer, way: outcome.way })
    });
    found.collect()
}

pub(super) fn expressions(template: &Template) -> impl Iterator<Item = (Span, &Expression)> {
    template.parts.iter().filter_map(|part| match part {
        expression::Part::Expression { outer, expression, .. } => Some((*outer, expression)),
        expression::Part::Literal(_) => None,
    })
}
