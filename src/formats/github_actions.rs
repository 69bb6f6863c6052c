//! GitHub Actions: workflows and composite `action.yml`
//! (<https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax>).
//!
//! A workflow is a view over its YAML tree. Nothing is required: a job whose steps are a string has no steps. Aliases are resolved
//! where a job's meaning is asked for, and literals are visited at their anchor only. Merge keys are plain keys here, as on GitHub.
//!
//! # Not covered
//!
//! - Other files: a reusable workflow or a local action that a job refers to is linted where it stands.
//! - Validity: keys that GitHub would reject are literals like any other.

mod context;
mod expression;
mod job;
mod literals;
mod script;
#[cfg(test)]
mod tests;

use super::yaml;
use super::{Format, View};
use crate::literal::{Literal, PathBuilder};
use crate::source::{Place, Source, Span};
use crate::syntax::SyntaxError;
use crate::syntax::yaml::{Node, Tree};

pub use expression::{Use, Way};
pub use job::{Field, Job, Step};
pub use script::{Ran, Script, Shell};

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
        let shaped = |root: Node<'_>| ["jobs", "runs", "on"].iter().any(|key| root.get(key).is_some());
        workflow.root().is_none_or(shaped).then_some(workflow)
    }

    /// The file.
    #[must_use]
    pub fn source(&self) -> &'a Source {
        self.source
    }

    fn root(&self) -> Option<Node<'a>> {
        self.tree.documents(&self.source.text).next()
    }

    /// The jobs, in order. A composite action is read as one job without a name.
    #[must_use]
    pub fn jobs(&self) -> Vec<Job<'a>> {
        let Some(root) = self.root() else { return Vec::new() };
        let jobs = root.get("jobs").into_iter().flat_map(Node::entries);
        let job = |id, node| Job { id, node, root, source: self.source };
        let mut jobs: Vec<Job<'a>> = jobs.map(|entry| job(entry.key.str(), entry.value.resolve())).collect();
        jobs.extend(root.get("runs").map(|runs| job(None, runs)));
        jobs
    }

    /// The environment of the whole workflow.
    pub fn env(&self) -> impl Iterator<Item = Field<'a>> {
        Field::all(self.root().and_then(|root| root.get("env")), self.source, PathBuilder::default().key("env"))
    }

    /// Whether an event is among those that start it.
    #[must_use]
    pub fn is_started_by(&self, event: &str) -> bool {
        let Some(on) = self.root().and_then(|root| root.get("on")) else { return false };
        on.is_str(event) || on.get(event).is_some() || on.entries().any(|it| it.key.is_str(event)) || on.items().any(|it| it.is_str(event))
    }

    /// Whether it is a template to start from: GitHub puts branches and times in when somebody takes it
    /// (<https://docs.github.com/en/actions/how-tos/reuse-automations/create-workflow-templates>).
    #[must_use]
    pub fn is_template(&self) -> bool {
        let on = self.root().and_then(|root| root.entries().find(|entry| entry.key.is_str("on")));
        let span =
            on.map_or(Span::default(), |on| Span { start: on.key.span().start, end: on.value.resolve().span().end.max(on.key.span().end) });
        ["$default-branch", "$protected-branches", "$cron-"].iter().any(|word| self.source.slice(span).contains(word))
    }

    /// Every `env:` entry of this name, of the workflow, its jobs and their steps.
    #[must_use]
    pub fn settings(&self, name: &str) -> Vec<Field<'a>> {
        let mut found: Vec<Field<'a>> = self.env().filter(|field| field.name() == name).collect();
        for job in self.jobs() {
            found.extend(job.env().chain(job.container_env()).filter(|field| field.name() == name));
            for step in job.steps() {
                found.extend(step.env().filter(|field| field.name() == name));
            }
        }
        found
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
        literals::visit(self, visit);
    }

    fn errors(&self) -> Vec<(&Source, &SyntaxError)> {
        self.tree.errors().iter().map(|error| (self.source, error)).collect()
    }

    fn comments(&self) -> Vec<Place> {
        let mut places = yaml::comments(self.source, self.tree);
        for script in self.scripts() {
            places.extend(script.comments().into_iter().map(|span: Span| self.source.place(span)));
        }
        places
    }
}

impl<'a> Workflow<'a> {
    /// Every script of every job.
    #[must_use]
    pub fn scripts(&self) -> Vec<Script<'a>> {
        self.jobs().into_iter().flat_map(|job| job.steps().filter_map(move |step| step.script(&job)).collect::<Vec<_>>()).collect()
    }
}
