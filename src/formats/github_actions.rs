//! GitHub Actions: workflows and composite `action.yml`
//! (<https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax>).
//!
//! A workflow is a view over its YAML tree. Nothing is required: a job whose steps are a string has no steps. Aliases are resolved
//! where a job's meaning is asked for, and literals are visited at their anchor only. Merge keys are plain keys here, as on GitHub.
//!
//! # Not covered
//!
//! - Other files: literals of a reusable workflow or a local action that a job refers to are linted where they stand.
//! - Validity: keys that GitHub would reject are literals like any other.

mod asked;
mod context;
mod expression;
mod field;
mod hoisting;
mod job;
mod literals;
mod masking;
mod rights;
mod script;
#[cfg(test)]
mod tests;
mod tracing;

use std::collections::HashSet;
use std::sync::Arc;

use super::login::Logins;
use super::yaml;
use super::{Format, Holder, Note, Tree as Context, View};
use crate::literal::{Literal, LogicalPath};
use crate::source::{Place, Source, Span};
use crate::syntax::SyntaxError;
use crate::syntax::yaml::{Node, Tree};

pub use expression::{Use, Way};
pub use field::Field;
use field::Owner;
pub use job::{Job, Step};
pub use masking::{Scripts, may_be_long};
pub use rights::{Permissions, Version};
pub use script::{Ran, Script, Shell};

/// A workflow or a composite action: a view over its YAML tree.
pub struct Workflow<'a> {
    source: &'a Source,
    tree: &'a Tree,
    repository: Option<&'a dyn Context>,
}

impl<'a> Workflow<'a> {
    /// The view, if the file has the shape of a workflow or an action; a `.yml` beside workflows may be anything.
    #[must_use]
    pub fn new(source: &'a Source, tree: &'a Tree) -> Option<Self> {
        let workflow = Self { source, tree, repository: None };
        let shaped = |root: Node<'_>| ["jobs", "runs", "on"].iter().any(|key| root.get(key).is_some());
        workflow.root().is_none_or(shaped).then_some(workflow)
    }

    /// The same, with the files of its repository to look into: actions, called workflows, scripts.
    #[must_use]
    pub fn inside(self, repository: &'a dyn Context) -> Self {
        Self { repository: Some(repository), ..self }
    }

    /// The files of its repository.
    #[must_use]
    pub fn repository(&self) -> Option<&'a dyn Context> {
        self.repository
    }

    /// The folder that its paths count from: what `.github` lies in, which is the repository's root but for examples and tests.
    #[must_use]
    pub fn base(&self) -> &'a str {
        let path = self.source.root_path.as_str();
        let at = if path.starts_with(".github/") { Some(0) } else { path.find("/.github/").map(|at| at + 1) };
        at.map_or("", |at| &path[..at])
    }

    /// A file of its repository, by the path that it writes behind `./`.
    #[must_use]
    pub fn local(&self, path: &str) -> Option<Arc<Source>> {
        self.repository?.read(&format!("{}{path}", self.base()))
    }

    /// What it hands back to the workflow that calls it.
    #[must_use]
    pub fn outputs(&self) -> Vec<Field<'a>> {
        let on = self.root().and_then(|root| root.get("on"));
        field::values(on.and_then(|on| on.get("workflow_call")).and_then(|call| call.get("outputs")), self.source)
    }

    /// The file.
    #[must_use]
    pub fn source(&self) -> &'a Source {
        self.source
    }

    fn root(&self) -> Option<Node<'a>> {
        self.tree.documents(&self.source.text).next()
    }

    /// Whether the file has one of these words, in lower case, anywhere: most workflows have nothing to do with a given cloud or tool.
    #[must_use]
    pub fn mentions(&self, words: &[&str]) -> bool {
        let text = self.source.text.to_ascii_lowercase();
        words.iter().any(|word| text.contains(word))
    }

    /// The jobs, in order; one that stands for another by an alias is left out. A composite action is read as one job without a name.
    #[must_use]
    pub fn jobs(&self) -> Vec<Job<'a>> {
        let Some(root) = self.root() else { return Vec::new() };
        let jobs = root.get("jobs").into_iter().flat_map(Node::entries);
        let job = |id, node| Job { id, node, root, source: self.source };
        let mut jobs: Vec<Job<'a>> = jobs.map(|entry| job(entry.key.str(), entry.value.resolve())).collect();
        jobs.extend(root.get("runs").map(|runs| job(None, runs)));
        let mut seen = HashSet::new();
        jobs.retain(|job| seen.insert(job.node.id()));
        jobs
    }

    /// Every step with its job; what several jobs share by an alias is there once.
    #[must_use]
    pub fn steps(&self) -> Vec<(Job<'a>, Step<'a>)> {
        let (mut lists, mut seen) = (HashSet::new(), HashSet::new());
        let mut steps = Vec::new();
        for job in self.jobs() {
            if job.node.get("steps").is_some_and(|list| lists.insert(list.id())) {
                steps.extend(job.steps().filter(|step| seen.insert(step.node.id())).map(|step| (job.clone(), step)));
            }
        }
        steps
    }

    /// Every environment, of the workflow, of jobs and their containers, of steps; shared ones once.
    #[must_use]
    pub fn environments(&self) -> Vec<Environment<'a>> {
        let mut seen = HashSet::new();
        let mut found = Vec::new();
        let mut add = |fields: &mut dyn Iterator<Item = Field<'a>>, job: Option<&Job<'a>>, step: Option<&Step<'a>>| {
            let mut fields = fields.peekable();
            if fields.peek().is_some_and(|first| seen.insert(first.key())) {
                found.push(Environment { fields: fields.collect(), job: job.cloned(), step: step.cloned() });
            }
        };
        add(&mut self.env(), None, None);
        for job in self.jobs() {
            add(&mut job.env(), Some(&job), None);
            add(&mut job.container_env(), Some(&job), None);
        }
        for (job, step) in self.steps() {
            add(&mut step.env(), Some(&job), Some(&step));
        }
        found
    }

    /// The jobs that are followed step by step, and whether that is not all of them: aliases let a small file stand for a very large one.
    #[must_use]
    pub fn followed(&self) -> (Vec<Job<'a>>, bool) {
        let mut budget = 100_000 + 16 * self.source.text.len();
        let jobs = self.jobs();
        let all = jobs.len();
        let affordable = |job: &Job<'a>| {
            let steps = job.steps().map(|step| 1 + step.weight()).chain([job.env().count(), job.container_env().count()]);
            for weight in steps {
                let Some(rest) = budget.checked_sub(weight) else { return false };
                budget = rest;
            }
            true
        };
        let followed: Vec<Job<'a>> = jobs.into_iter().take_while(affordable).collect();
        let cut = followed.len() < all;
        (followed, cut)
    }

    /// The environment of the whole workflow.
    pub fn env(&self) -> impl Iterator<Item = Field<'a>> {
        Field::all(self.root(), self.source, Owner::Workflow, "env")
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
        let fields = self.environments().into_iter().flat_map(|environment| environment.fields);
        fields.filter(|field| field.name() == name).collect()
    }

    /// The values that may refer to secrets of the repository, scripts left out; none in an action, which has none.
    #[must_use]
    pub fn values(&self) -> yaml::Scalars<'a> {
        let roots = self.root().filter(|root| root.get("jobs").is_some()).into_iter();
        yaml::Scalars::new(self.source, roots, |met| {
            let keys: Vec<std::borrow::Cow<'_, str>> = met
                .steps
                .iter()
                .filter_map(|step| match step {
                    yaml::Step::Key(key) => key.str(),
                    yaml::Step::Item(..) => None,
                })
                .collect();
            let [.., map, key] = keys.as_slice() else { return false };
            let is_script = ["script", "inlinescript", "run", "command"].iter().any(|script| key.eq_ignore_ascii_case(script));
            matches!(&**map, "env" | "with" | "credentials" | "secrets")
                && !(map == "with" && is_script)
                && keys.first().is_some_and(|first| first == "jobs" || first == "env")
        })
    }

    /// Every entry of this name with a plain value, in whatever map it stands: where its key is, its path, its value.
    #[must_use]
    pub fn named(&self, name: &str) -> Vec<(Place, LogicalPath, String)> {
        let mut found = Vec::new();
        for root in self.tree.documents(&self.source.text) {
            yaml::scalars(root, &mut |met| {
                if let (false, Some(yaml::Step::Key(key))) = (met.is_key, met.steps.last())
                    && key.is_str(name)
                    && let Some(value) = met.node.str()
                {
                    found.push((self.source.place(key.span()), met.path(""), value.into_owned()));
                }
            });
        }
        found
    }

    /// The logins to registries in its scripts.
    #[must_use]
    pub fn logins(&self) -> Logins {
        let mut logins = Logins::default();
        for script in self.scripts().iter().filter(|script| script.shell == Shell::Posix) {
            logins.read(script.source(), &script.text, &script.opaque, script.node.style());
        }
        logins.sorted()
    }

    /// Every script of every job.
    #[must_use]
    pub fn scripts(&self) -> Vec<Script<'a>> {
        self.steps().into_iter().filter_map(|(job, step)| step.script(&job)).collect()
    }
}

/// A map of variables, and whose it is.
pub struct Environment<'a> {
    /// The variables.
    pub fields: Vec<Field<'a>>,
    /// The job; nothing for the environment of the whole workflow.
    pub job: Option<Job<'a>>,
    /// The step; nothing for the environment of a job.
    pub step: Option<Step<'a>>,
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

    fn notes(&self) -> Vec<Note> {
        let note = Note { reason: "aliases repeat its steps too often to follow all of them", incomplete: true };
        if self.followed().1 { vec![note] } else { Vec::new() }
    }

    fn holders(&self) -> Vec<Holder> {
        yaml::holders(self.source, self.tree)
    }

    fn comments(&self) -> Vec<Place> {
        let mut places = yaml::comments(self.source, self.tree);
        for script in self.scripts() {
            places.extend(script.comments().into_iter().map(|span: Span| self.source.place(span)));
        }
        places
    }
}
