//! GitHub Actions: workflows and composite `action.yml`.

use super::yaml::{self, Met};
use super::{Format, View};
use crate::literal::{Literal, LogicalPath, Reading, Role, Value};
use crate::source::{Place, Source, Text};
use crate::syntax::SyntaxError;
use crate::syntax::yaml::{Node, Tree};

/// A workflow or a composite action: a view over its YAML tree.
pub struct Workflow<'a> {
    source: &'a Source,
    tree: &'a Tree,
}

impl<'a> Workflow<'a> {
    /// The view, if the file has the shape of a workflow or an action; a `.yml` beside workflows may be anything.
    #[must_use]
    pub fn new(source: &'a Source, tree: &'a Tree) -> Option<Self> {
        let workflow = Self { source, tree };
        let shaped = |root: Node<'_>| root.get("jobs").is_some() || root.get("runs").is_some() || root.get("on").is_some();
        workflow.root().is_none_or(shaped).then_some(workflow)
    }

    fn root(&self) -> Option<Node<'a>> {
        self.tree.documents(&self.source.text).next()
    }

    fn literal(&self, met: &Met<'_, '_>, visit: &mut dyn FnMut(&Literal<'_, '_>)) {
        let Some(text) = met.node.text() else { return };
        let run = !met.is_key && met.name() == "run";
        visit(&Literal {
            role: Role::GithubActions,
            name: if met.is_key { "".into() } else { met.name() },
            value: Value::literal(text),
            reading: if run || met.is_key { Reading::Prose } else { Reading::Value },
            source: self.source.id,
            setting: self.source.setting,
            opener: met.opener(),
            path: &|| met.path(""),
        });
    }
}

impl View for Workflow<'_> {
    fn format(&self) -> Format {
        Format::GithubActions
    }

    fn sources(&self) -> Vec<&Source> {
        vec![self.source]
    }

    fn literals(&self, visit: &mut dyn FnMut(&Literal<'_, '_>)) {
        for root in self.tree.documents(&self.source.text) {
            yaml::scalars(root, &mut |met| self.literal(met, visit));
        }
        for comment in self.tree.comments() {
            visit(&Literal {
                role: Role::GithubActions,
                name: "".into(),
                value: Value::literal(Text::raw(&self.source.text, *comment)),
                reading: Reading::Prose,
                source: self.source.id,
                setting: self.source.setting,
                opener: comment.start,
                path: &LogicalPath::default,
            });
        }
    }

    fn errors(&self) -> Vec<(&Source, &SyntaxError)> {
        self.tree.errors().iter().map(|error| (self.source, error)).collect()
    }

    fn comments(&self) -> Vec<Place> {
        yaml::comments(self.source, self.tree)
    }
}
