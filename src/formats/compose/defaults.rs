//! Variables with a default, and what they are without it.

use super::Compose;
use crate::formats::{interpolated::Interpolated, yaml};
use crate::source::{Change, Edit, Span};

/// The variables of a file that have a default.
pub struct Defaults(Vec<Default>);

struct Default {
    /// The reference.
    span: Span,
    /// From the operator to the last byte of the default.
    word: Span,
    name: String,
    /// Whether an empty variable counts as unset: `:-`.
    colon: bool,
}

/// References between a place and the one that holds it, which begin before it: siblings in one default.
const MAX_BETWEEN: usize = 64;

impl Compose<'_> {
    /// The variables that have a default, each at its place.
    #[must_use]
    pub fn defaults(&self) -> Defaults {
        let mut found = Vec::new();
        for root in &self.documents {
            yaml::scalars(*root, &mut |met| {
                let Some(text) = met.node.text().filter(|text| !met.is_key && text.as_str().contains("${")) else { return };
                found.extend(Interpolated::new(text).defaults().map(|(span, word, name, colon)| Default { span, word, name, colon }));
            });
        }
        found.sort_by_key(|default| default.span);
        Defaults(found)
    }
}

impl Defaults {
    /// The variable whose default holds a place, and the change that lets compose refuse to start without it: `${NAME:?set NAME}`
    /// (<https://docs.docker.com/reference/compose-file/interpolation/>).
    #[must_use]
    pub fn required(&self, place: Span) -> Option<(&str, Change)> {
        let before = self.0.partition_point(|default| default.span.start <= place.start);
        let mut near = self.0.get(..before)?.iter().rev().take(MAX_BETWEEN);
        let Default { word, name, colon, .. } = near.find(|default| default.word.contains(place))?;
        let operator = if *colon { ":?" } else { "?" };
        Some((name, Edit::replace(*word, format!("{operator}set {name}")).into()))
    }
}
