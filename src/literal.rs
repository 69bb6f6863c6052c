//! What formats hand to the secret engine: literals, with the name they stand under and the role they play.
//!
//! Literal or reference is a type, not a regular expression: only the literal parts of a value reach the engine.
//! This room knows no format and no secret; both sides of it import it.

mod path;
mod role;

use std::borrow::Cow;

pub use path::{LogicalPath, PathBuilder};
pub use role::Role;

use crate::source::{Setting, SourceId, Span, Text};

/// A value as its format's grammar sees it: literal text and references, in order.
#[derive(Clone, Debug, Default)]
pub struct Value<'a> {
    /// The parts, in order. Adjacent literal parts are joined by whoever builds the value.
    pub parts: Vec<Part<'a>>,
}

/// One part of a value.
#[derive(Clone, Debug)]
pub enum Part<'a> {
    /// Text that stands in the file as it will be used.
    Literal(Text<'a>),
    /// Something that is looked up when the file is used.
    Reference(Reference<'a>),
}

/// A part of a value that is not in the file: a variable, an expression, a template's filler.
#[derive(Clone, Debug)]
pub struct Reference<'a> {
    /// Where it stands, its brackets included.
    pub span: Span,
    /// What it names, as written (`secrets.TOKEN`, `DB_PASSWORD`, `var.password`). Empty where it names nothing.
    pub name: Cow<'a, str>,
    /// What is used when the reference yields nothing: `${VAR:-literal}`, `${{ secrets.X || 'lit' }}`, `coalesce(var.x, "lit")`.
    pub fallback: Option<Box<Value<'a>>>,
}

impl<'a> Value<'a> {
    /// A value that is one literal.
    #[must_use]
    pub fn literal(text: Text<'a>) -> Self {
        Self { parts: vec![Part::Literal(text)] }
    }

    /// A value that is one reference without a fallback.
    #[must_use]
    pub fn reference(name: impl Into<Cow<'a, str>>, span: Span) -> Self {
        Self { parts: vec![Part::Reference(Reference { span, name: name.into(), fallback: None })] }
    }

    /// The text, if no part of the value is a reference.
    #[must_use]
    pub fn as_literal(&self) -> Option<Text<'a>> {
        match self.parts.as_slice() {
            [Part::Literal(text)] => Some(text.clone()),
            parts => {
                let texts: Option<Vec<&Text<'a>>> = parts
                    .iter()
                    .map(|part| match part {
                        Part::Literal(text) => Some(text),
                        Part::Reference(_) => None,
                    })
                    .collect();
                texts.filter(|texts| !texts.is_empty()).map(Text::join)
            }
        }
    }

    /// Whether no part is literal text.
    #[must_use]
    pub fn is_reference(&self) -> bool {
        !self.parts.is_empty() && self.parts.iter().all(|part| matches!(part, Part::Reference(_)))
    }

    /// The references in it, those inside fallbacks included.
    #[must_use]
    pub fn references(&self) -> Vec<&Reference<'a>> {
        let mut found = Vec::new();
        let mut pending: Vec<&Value<'a>> = vec![self];
        while let Some(value) = pending.pop() {
            for part in &value.parts {
                if let Part::Reference(reference) = part {
                    found.push(reference);
                    pending.extend(reference.fallback.as_deref());
                }
            }
        }
        found
    }
}

/// How the engine should read a literal.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Reading {
    /// A value under its name: judged by name and by shape, decoded where it is JSON or base64.
    #[default]
    Value,
    /// A value whose format says that it is base64 (`data` of a Kubernetes Secret): decoded first, then judged like a value.
    /// What is not base64 is judged as it stands.
    Base64,
    /// A value that its file or a provider's table calls sensitive (Terraform state): a secret whatever its name says, unless it
    /// is empty. Shapes inside it are still told apart.
    Marked,
    /// Free text (a script, an output, a comment): token shapes and passwords in URLs only; its names say nothing.
    Prose,
    /// Source code that sets what a program needs: like free text, and values under telling names count too, where they can hardly
    /// be anything else.
    Code,
    /// The text of a configuration file whose lines are `key = value`, `key: value`, JSON or XML: each value under its own key.
    Config,
}

/// One literal of a document, as its format's view visits it.
pub struct Literal<'a, 'p> {
    /// What it is for in its format; decides which check reports it.
    pub role: Role,
    /// The name it stands under: the map key, the block label, the flag. Split keys are joined. Empty where there is none.
    pub name: Cow<'a, str>,
    /// The value.
    pub value: Value<'a>,
    /// How to read it.
    pub reading: Reading,
    /// The source it stands in.
    pub source: SourceId,
    /// What the file, or the place in it, says of the values.
    pub setting: Setting,
    /// First byte of the key, block or step that opens the value: a suppression may stand there.
    pub opener: u32,
    /// Its logical path; asked for only when something is found.
    pub path: &'p dyn Fn() -> LogicalPath,
}
