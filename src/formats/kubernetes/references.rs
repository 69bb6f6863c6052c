//! Literals in the environment of containers, and the Secrets that may take their place
//! (<https://kubernetes.io/docs/concepts/configuration/secret/#use-cases>).

use super::Manifests;
use crate::formats::yaml::{self, Step};
use crate::source::{Change, Edit, Span};
use crate::syntax::yaml::{Node, Style};

/// The values under `env:` that stand in the file.
pub struct EnvValues(Vec<EnvValue>);

struct EnvValue {
    /// Without quotes.
    inner: Span,
    /// From its key to the end of the value.
    span: Span,
    /// The blanks before the key.
    indent: String,
    variable: String,
    object: String,
}

impl Manifests<'_> {
    /// The values that stand under `env:`, on one line each. None in a template, where nobody knows what will stand there.
    #[must_use]
    pub fn env_values(&self) -> EnvValues {
        let mut found = Vec::new();
        let manifests = if self.is_template() { Vec::new() } else { self.manifests() };
        for manifest in manifests {
            let object = manifest.field("metadata").and_then(|metadata| metadata.get("name")?.str()).unwrap_or_default();
            yaml::scalars(manifest.node, &mut |met| {
                if let [.., Step::Key(list), Step::Item(_, item), Step::Key(key)] = met.steps
                    && !met.is_key
                    && list.is_str("env")
                    && key.is_str("value")
                {
                    found.extend(self.env_value(*item, *key, met.node, &object));
                }
            });
        }
        found.sort_by_key(|value: &EnvValue| value.inner);
        EnvValues(found)
    }

    fn env_value(&self, item: Node<'_>, key: Node<'_>, value: Node<'_>, object: &str) -> Option<EnvValue> {
        let quotes = match value.style()? {
            Style::Plain => 0,
            Style::Single | Style::Double => 1,
            Style::Literal | Style::Folded => return None,
        };
        let (start, variable) = (key.span().start, item.get("name")?.str()?.into_owned());
        let before = self.source.text.get(..start as usize)?;
        let line = before.get(before.rfind('\n').map_or(0, |at| at + 1)..)?;
        let is_block = line.trim_start_matches([' ', '-']).is_empty() && value.anchor().is_none() && item.get("valueFrom").is_none();
        let is_name = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        (is_block && is_name(&variable) && is_name(object)).then(|| EnvValue {
            inner: Span { start: value.span().start + quotes, end: value.span().end - quotes },
            span: key.span().hull(value.span()),
            indent: " ".repeat(line.len()),
            variable,
            object: object.to_owned(),
        })
    }
}

impl EnvValues {
    /// The object, and the name that a variable has whose value is a secret as a whole.
    #[must_use]
    pub fn names(&self, place: Span) -> Option<(&str, &str)> {
        self.at(place).map(|value| (value.object.as_str(), value.variable.as_str()))
    }

    /// The change that takes a value which is a secret as a whole from this key of the Secret that is named like the object.
    #[must_use]
    pub fn from_secret(&self, place: Span, key: &str) -> Option<Change> {
        let EnvValue { span, indent, object, .. } = self.at(place)?;
        let lines = ["valueFrom:".to_owned(), "  secretKeyRef:".to_owned(), format!("    name: {object}"), format!("    key: {key}")];
        Some(Edit::replace(*span, lines.join(&format!("\n{indent}"))).into())
    }

    fn at(&self, place: Span) -> Option<&EnvValue> {
        self.0.get(self.0.binary_search_by_key(&place, |value| value.inner).ok()?)
    }
}
