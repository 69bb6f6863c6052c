//! The fields of maps of values: `env`, `with`, `secrets`, outputs.

use std::borrow::Cow;

use super::expression::{self, Use};
use super::job::{Step, path_of};
use crate::formats::yaml;
use crate::literal::{LogicalPath, PathBuilder, Value};
use crate::source::{Change, Place, Source, Text};
use crate::syntax::yaml::{Node, Shape};

/// The `value` of each entry of a map: the outputs of an action, and of a workflow that others call.
pub(super) fn values<'a>(map: Option<Node<'a>>, source: &'a Source) -> Vec<Field<'a>> {
    let entries = map.into_iter().flat_map(Node::entries);
    let field = |key: Node<'a>, value: Node<'a>| Field {
        key,
        value: value.resolve(),
        source,
        owner: Owner::Output,
        map: "outputs",
        holder: None,
        around: None,
    };
    entries.filter_map(|entry| Some(field(entry.key, entry.value.resolve().get("value")?))).collect()
}

/// Whose map it is; its path is built only for what is reported.
#[derive(Clone)]
pub(super) enum Owner<'a> {
    Workflow,
    Job(Option<Cow<'a, str>>),
    Container(Option<Cow<'a, str>>),
    Step(Step<'a>),
    /// The outputs of an action or a workflow, whose values stand one key deeper.
    Output,
}

impl Owner<'_> {
    fn path(&self) -> PathBuilder {
        match self {
            Self::Workflow | Self::Output => PathBuilder::default(),
            Self::Job(id) => path_of(id.as_deref()),
            Self::Container(id) => path_of(id.as_deref()).key("container"),
            Self::Step(step) => step.builder(),
        }
    }
}

/// An entry of a map of values: `env`, `with`, `secrets`.
#[derive(Clone)]
pub struct Field<'a> {
    pub(super) key: Node<'a>,
    pub(super) value: Node<'a>,
    pub(super) source: &'a Source,
    pub(super) owner: Owner<'a>,
    /// The key of the map; empty where it stands in its owner itself.
    pub(super) map: &'static str,
    /// That map, and what holds it.
    pub(super) holder: Option<Node<'a>>,
    pub(super) around: Option<Node<'a>>,
}

impl<'a> Field<'a> {
    /// The entries of the map that is called so in what is `around` it.
    pub(super) fn all(
        around: Option<Node<'a>>,
        source: &'a Source,
        owner: Owner<'a>,
        map: &'static str,
    ) -> impl Iterator<Item = Field<'a>> + use<'a> {
        let holder = around.and_then(|around| around.get(map));
        let entries = holder.into_iter().flat_map(Node::entries);
        entries.map(move |entry| Field { key: entry.key, value: entry.value.resolve(), source, owner: owner.clone(), map, holder, around })
    }

    /// The file without it.
    #[must_use]
    pub fn without(&self) -> Option<Change> {
        yaml::without(self.source, self.holder?, self.key, self.around)
    }

    /// Its key.
    #[must_use]
    pub fn name(&self) -> Cow<'a, str> {
        self.key.str().unwrap_or_default()
    }

    /// Where its key stands.
    #[must_use]
    pub fn key(&self) -> Place {
        self.source.place(self.key.span())
    }

    /// Its logical path.
    #[must_use]
    pub fn path(&self) -> LogicalPath {
        let owner = self.owner.path();
        let map = if self.map.is_empty() { owner } else { owner.key(self.map) };
        let own = map.key(&self.name());
        if matches!(self.owner, Owner::Output) { own.key("value").build() } else { own.build() }
    }

    /// Where its value stands, without quotes.
    #[must_use]
    pub fn place(&self) -> Place {
        self.source.place(self.text().map_or(self.value.span(), |text| text.span()))
    }

    /// Its text; nothing for a map or list.
    #[must_use]
    pub fn text(&self) -> Option<Text<'a>> {
        self.value.text()
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.value.shape() == Shape::Scalar && (self.value.is_null() || self.text().is_none_or(|text| text.is_empty()))
    }

    /// Its value: literal text and references.
    #[must_use]
    pub fn value(&self) -> Value<'a> {
        self.text().map(|text| expression::value(&text)).unwrap_or_default()
    }

    /// Its text, where no part of it is an expression.
    #[must_use]
    pub fn literal(&self) -> Option<String> {
        Some(self.value().as_literal()?.as_str().to_owned())
    }

    /// The contexts that its value can come from.
    #[must_use]
    pub fn uses(&self) -> Vec<Use> {
        self.text().map(|text| expression::uses(&text)).unwrap_or_default()
    }

    /// The secret that its value comes from: `secrets.X`.
    #[must_use]
    pub fn secret(&self) -> Option<Use> {
        self.uses().into_iter().find(Use::is_secret)
    }
}
