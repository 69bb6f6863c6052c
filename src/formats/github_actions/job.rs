//! Jobs and steps.

use std::borrow::Cow;

use super::field::{Field, Owner, values};
use super::script::{self, Script};
use crate::formats::yaml;
use crate::literal::{LogicalPath, PathBuilder};
use crate::source::{Change, Place, Source, Span};
use crate::syntax::yaml::{Node, Shape};

/// A job; also the `runs:` of a composite action.
#[derive(Clone)]
pub struct Job<'a> {
    /// Its key; nothing for an action.
    pub(super) id: Option<Cow<'a, str>>,
    pub(super) node: Node<'a>,
    pub(super) root: Node<'a>,
    pub(super) source: &'a Source,
}

impl<'a> Job<'a> {
    /// Its key under `jobs`; nothing for a composite action.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Its environment, without that of the workflow.
    pub fn env(&self) -> impl Iterator<Item = Field<'a>> + use<'a> {
        Field::all(Some(self.node), self.source, Owner::Job(self.id.clone()), "env")
    }

    /// Its steps.
    pub fn steps(&self) -> impl Iterator<Item = Step<'a>> + use<'a> {
        let (node, source, job) = (self.node, self.source, self.id.clone());
        let steps = node.get("steps").into_iter().flat_map(Node::items).enumerate();
        steps.map(move |(index, step)| Step { node: step.resolve(), index, job: job.clone(), source })
    }

    /// The outputs of steps that its steps read: the step's id and the output's name, as written.
    #[must_use]
    pub fn output_uses(&self) -> Vec<(String, String)> {
        let of_step = |step: Step<'a>| {
            let fields = step.env().chain(step.inputs()).flat_map(|field| field.uses());
            let script = step.script(self).into_iter().flat_map(|script| script.uses.into_iter().flatten());
            fields.chain(script).collect::<Vec<_>>()
        };
        let read = self.steps().flat_map(of_step).filter_map(|found| match found.path.as_slice() {
            [steps, step, outputs, name] if steps == "steps" && outputs == "outputs" => Some((step.clone(), name.clone())),
            _ => None,
        });
        read.collect()
    }

    /// The jobs it waits for.
    #[must_use]
    pub fn needs(&self) -> Vec<Cow<'a, str>> {
        let Some(node) = self.node.get("needs") else { return Vec::new() };
        node.str().into_iter().chain(node.items().filter_map(Node::str)).collect()
    }

    /// What it hands to the jobs that need it; a composite action, to the step that uses it.
    pub fn outputs(&self) -> Vec<Field<'a>> {
        if self.id.is_some() {
            return Field::all(Some(self.node), self.source, Owner::Job(self.id.clone()), "outputs").collect();
        }
        values(self.root.get("outputs"), self.source)
    }

    /// What it hands to the workflow that it calls.
    pub fn inputs(&self) -> impl Iterator<Item = Field<'a>> + use<'a> {
        Field::all(Some(self.node), self.source, Owner::Job(self.id.clone()), "with")
    }

    /// The workflow that it calls: a path of the repository, or one of another with its version.
    #[must_use]
    pub fn called(&self) -> Option<Cow<'a, str>> {
        self.node.get("uses")?.str()
    }

    /// A key of its own, as a field.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<Field<'a>> {
        let entry = self.node.entries().find(|entry| entry.key.is_str(name))?;
        Some(Field {
            key: entry.key,
            value: entry.value.resolve(),
            source: self.source,
            owner: Owner::Job(self.id.clone()),
            map: "",
            holder: None,
            around: None,
        })
    }

    /// Where its key stands.
    #[must_use]
    pub fn opener(&self) -> Span {
        let start = self.node.entries().next().map_or(self.node.span().start, |entry| entry.key.span().start);
        Span { start, end: start }
    }

    /// The environment of the container that its steps run in.
    pub fn container_env(&self) -> impl Iterator<Item = Field<'a>> + use<'a> {
        let container = self.node.get("container");
        Field::all(container, self.source, Owner::Container(self.id.clone()), "env")
    }

    /// The labels of `runs-on`, as written.
    #[must_use]
    pub fn runs_on(&self) -> Vec<Cow<'a, str>> {
        let Some(node) = self.node.get("runs-on") else { return Vec::new() };
        let labels = node.get("labels").map(Node::resolve).unwrap_or(node);
        labels.str().into_iter().chain(labels.items().filter_map(Node::str)).collect()
    }

    /// Whether it runs on a machine of one's own.
    #[must_use]
    pub fn is_self_hosted(&self) -> bool {
        self.runs_on().iter().any(|label| label == "self-hosted")
    }

    /// Whether it runs on a machine that GitHub makes for it alone and throws away
    /// (<https://docs.github.com/en/actions/reference/runners/github-hosted-runners>).
    #[must_use]
    pub fn is_hosted(&self) -> bool {
        let labels = self.runs_on();
        let hosted = |label: &Cow<'_, str>| ["ubuntu-", "windows-", "macos-"].iter().any(|system| label.starts_with(system));
        !labels.is_empty() && labels.iter().all(hosted)
    }

    /// Its text in the file.
    #[must_use]
    pub fn raw(&self) -> &'a str {
        self.source.slice(self.span())
    }

    /// Its place in the file.
    #[must_use]
    pub fn span(&self) -> Span {
        let start = self.node.entries().next().map_or(0, |entry| entry.key.span().start);
        let end = self.node.entries().last().map_or(start, |entry| entry.value.span().end);
        Span { start, end: end.max(start) }
    }

    /// `defaults.run.shell`, its own or the workflow's.
    pub(super) fn default_shell(&self) -> Option<Cow<'a, str>> {
        self.default_shell_node()?.str()
    }

    pub(super) fn default_shell_node(&self) -> Option<Node<'a>> {
        let shell = |node: Node<'a>| node.get("defaults")?.get("run")?.get("shell");
        shell(self.node).or_else(|| shell(self.root))
    }

    /// `defaults.run.working-directory`, its own or the workflow's.
    fn default_folder(&self) -> Option<Cow<'a, str>> {
        let folder = |node: Node<'a>| node.get("defaults")?.get("run")?.get("working-directory")?.str();
        folder(self.node).or_else(|| folder(self.root))
    }

    /// The service containers.
    pub(super) fn services(&self) -> impl Iterator<Item = (Cow<'a, str>, Node<'a>)> + use<'a> {
        let entries = self.node.get("services").into_iter().flat_map(Node::entries);
        entries.map(|entry| (entry.key.str().unwrap_or_default(), entry.value.resolve()))
    }
}

/// A step of a job or composite action.
#[derive(Clone)]
pub struct Step<'a> {
    pub(super) node: Node<'a>,
    index: usize,
    /// The key of its job; nothing in a composite action.
    job: Option<Cow<'a, str>>,
    pub(super) source: &'a Source,
}

impl<'a> Step<'a> {
    /// Its `id`.
    #[must_use]
    pub fn id(&self) -> Option<Cow<'a, str>> {
        self.node.get("id")?.str()
    }

    /// Its `name`, as the log shows it.
    #[must_use]
    pub fn name(&self) -> Option<Field<'a>> {
        self.field("name")
    }

    /// Its environment.
    pub fn env(&self) -> impl Iterator<Item = Field<'a>> + use<'a> {
        Field::all(Some(self.node), self.source, Owner::Step(self.clone()), "env")
    }

    /// The action it uses, in lower case, without its version.
    #[must_use]
    pub fn action(&self) -> Option<String> {
        let uses = self.node.get("uses")?.str()?;
        Some(uses.split('@').next().unwrap_or(&uses).to_ascii_lowercase())
    }

    /// The action it uses, as written.
    #[must_use]
    pub fn used(&self) -> Option<Cow<'a, str>> {
        self.node.get("uses")?.str()
    }

    /// The folder of the action that it uses, where that is one of the same repository.
    #[must_use]
    pub fn used_folder(&self) -> Option<String> {
        self.used().as_deref().and_then(path_inside).map(|path| path.trim_end_matches('/').to_owned())
    }

    /// The folder that its script runs in, from the root of the checkout.
    #[must_use]
    pub fn folder(&self, job: &Job<'a>) -> String {
        let own = self.node.get("working-directory").and_then(Node::str).or_else(|| job.default_folder());
        own.map_or_else(String::new, Cow::into_owned)
    }

    /// A key of its own, as a field.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<Field<'a>> {
        let entry = self.node.entries().find(|entry| entry.key.is_str(name))?;
        Some(Field {
            key: entry.key,
            value: entry.value.resolve(),
            source: self.source,
            owner: Owner::Step(self.clone()),
            map: "",
            holder: None,
            around: None,
        })
    }

    /// The inputs of its action.
    pub fn inputs(&self) -> impl Iterator<Item = Field<'a>> + use<'a> {
        Field::all(Some(self.node), self.source, Owner::Step(self.clone()), "with")
    }

    /// An input of its action, if it is given and not empty. Names are compared without case, as the runner does.
    #[must_use]
    pub fn input(&self, name: &str) -> Option<Field<'a>> {
        self.inputs().find(|field| field.name().eq_ignore_ascii_case(name) && !field.is_empty())
    }

    /// The file with another value of an input, as it is to be written in YAML.
    #[must_use]
    pub fn with_input(&self, name: &str, value: &str) -> Option<Change> {
        match self.node.get("with") {
            Some(inputs) => yaml::with(self.source, inputs.resolve(), name, value),
            None => yaml::with(self.source, self.node, "with", &format!("{{ {name}: {value} }}")),
        }
    }

    /// Its script, if it has one: `run`, or the script input of an action that is known to run it.
    #[must_use]
    pub fn script(&self, job: &Job<'a>) -> Option<Script<'a>> {
        script::of(self, job)
    }

    /// The logical path of one of its keys.
    #[must_use]
    pub fn path(&self, keys: &[&str]) -> LogicalPath {
        keys.iter().fold(self.builder(), |path, key| path.key(key)).build()
    }

    pub(super) fn builder(&self) -> PathBuilder {
        let name = self.id().or_else(|| self.node.get("name").and_then(Node::str));
        path_of(self.job.as_deref()).key("steps").item(self.index, name.as_deref())
    }

    /// How much there is to read in it: its own text, and the entries of maps that it shares by an alias.
    pub(super) fn weight(&self) -> usize {
        let weight = |value: Node<'_>| match value.resolve().shape() {
            Shape::Mapping if value.is_alias() => value.entries().count(),
            _ => value.resolve().span().len(),
        };
        self.node.entries().map(|entry| weight(entry.value)).sum()
    }

    /// Where the step opens.
    #[must_use]
    pub fn opener(&self) -> Span {
        let start = self.node.entries().next().map_or(self.node.span().start, |entry| entry.key.span().start);
        Span { start, end: start }
    }

    /// The action's name as a place.
    #[must_use]
    pub fn uses(&self) -> Option<Place> {
        let uses = self.node.get("uses")?;
        Some(self.source.place(uses.text()?.span()))
    }
}

/// The path of a job, or of what a composite action runs.
pub(super) fn path_of(job: Option<&str>) -> PathBuilder {
    match job {
        Some(id) => PathBuilder::default().key("jobs").key(id),
        None => PathBuilder::default().key("runs"),
    }
}

/// The path of a workflow or an action of the same repository: `./…` in the checkout, `$/…` as it is at the workflow's own commit:
/// <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsuses>.
pub(super) fn path_inside(used: &str) -> Option<&str> {
    used.strip_prefix("$/").or_else(|| used.strip_prefix("./")).map(|path| path.trim_start_matches("./"))
}
