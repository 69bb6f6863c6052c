//! GitLab CI: `.gitlab-ci.yml`, and the files that pipelines include.
//!
//! A view over the file's documents (a `spec:` header, then the pipeline) and over what it includes by a local path. Jobs know
//! what they get from `extends`, `default`, the globals, anchors and `!reference`; what stands in another file is context:
//! it decides what a finding says, and is reported where that file itself is linted.
//!
//! # Not covered
//!
//! - Includes of other projects, templates, components and URLs: caulk reads nothing outside of the repository.
//! - `rules`: a job is what it is, whenever it runs.

mod include;
mod job;
mod literals;
mod order;
mod variables;

use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

pub use include::{Included, included};
pub use job::{Condition, Job, Line, Section};
use variables::Globals;
pub use variables::{Set, Variable};

use super::login::Logins;
use super::yaml;
use super::{Format, Holder, Note, Tree as Context, View};
use crate::literal::Literal;
use crate::source::{Change, Place, Source, SourceId, Span};
use crate::syntax::SyntaxError;
use crate::syntax::shell::{self, Dialect};
use crate::syntax::yaml::{Node, Shape, Tree};

/// Keys of a pipeline that are no jobs: <https://docs.gitlab.com/ci/yaml/#global-keywords>.
const GLOBAL: [&str; 12] = [
    "default",
    "include",
    "stages",
    "variables",
    "workflow",
    "spec",
    "image",
    "services",
    "cache",
    "before_script",
    "after_script",
    "types",
];

/// A pipeline, or a part of one.
pub struct Pipeline<'a> {
    source: &'a Source,
    tree: &'a Tree,
    roots: Vec<Node<'a>>,
    jobs: Vec<Job<'a>>,
    /// More jobs than are looked at.
    is_cut: bool,
    top: Rc<Top<'a>>,
    repository: Option<&'a dyn Context>,
}

/// What stands at the top of the pipeline's files.
#[derive(Default)]
struct Top<'a> {
    /// By key: of the file itself first, then of what it includes.
    keys: HashMap<Cow<'a, str>, Vec<Located<'a>>>,
    /// What each `!reference` stands for; an aliased one is met by many jobs.
    referenced: RefCell<HashMap<(SourceId, u32), Option<Located<'a>>>>,
    /// What every job gets.
    variables: OnceCell<Globals<'a>>,
}

impl<'a> Top<'a> {
    /// The values of the documents' keys. The last of equal keys counts, as everywhere.
    fn new(roots: impl Iterator<Item = Located<'a>>) -> Self {
        let mut top = Self::default();
        for root in roots {
            let mut own: HashMap<Cow<'a, str>, Located<'a>> = HashMap::new();
            for entry in root.node.merged() {
                own.extend(entry.key.str().map(|key| (key, root.to(entry.value))));
            }
            for (key, value) in own {
                top.keys.entry(key).or_default().push(value);
            }
        }
        top
    }

    /// The variables that every job gets.
    fn variables(&self) -> &Globals<'a> {
        self.variables.get_or_init(|| Globals::new(self.get("variables")))
    }

    /// What a key holds in each file.
    fn get(&self, key: &str) -> &[Located<'a>] {
        self.keys.get(key).map_or(&[], Vec::as_slice)
    }
}

/// A node and the file it stands in.
#[derive(Clone, Copy)]
pub struct Located<'a> {
    /// The node.
    pub node: Node<'a>,
    /// Its file.
    pub source: &'a Source,
}

impl<'a> Located<'a> {
    fn to(self, node: Node<'a>) -> Self {
        Self { node: node.resolve(), ..self }
    }

    fn get(self, key: &str) -> Option<Self> {
        self.node.get_merged(key).map(|node| self.to(node))
    }

    /// Where it stands.
    #[must_use]
    pub fn place(self) -> Place {
        self.source.place(self.node.span())
    }

    /// The mapping with this entry.
    #[must_use]
    pub fn with(self, key: &str, value: &str) -> Option<Change> {
        yaml::with(self.source, self.node, key, value)
    }
}

impl<'a> Pipeline<'a> {
    /// The view, if the file is a pipeline by its name or its shape.
    #[must_use]
    pub fn new(source: &'a Source, tree: &'a Tree, included: &'a [Included]) -> Option<Self> {
        let named = super::by_path(&source.root_path) == Some(Format::GitlabCi);
        let roots: Vec<Node<'a>> = tree.documents(&source.text).collect();
        if !roots.iter().any(|root| is_pipeline(*root, named)) {
            return None;
        }
        let own = roots.iter().map(|root| Located { node: *root, source });
        let others = included.iter().flat_map(|file| {
            let source: &'a Source = &file.source;
            file.tree.documents(&source.text).map(move |node| Located { node, source })
        });
        let top = Rc::new(Top::new(own.chain(others)));
        let (jobs, is_cut) = jobs(&roots, &top);
        Some(Self { source, tree, roots, jobs, is_cut, top, repository: None })
    }

    /// The same, with the files of its repository to look into: the scripts that its jobs run.
    #[must_use]
    pub fn inside(self, repository: &'a dyn Context) -> Self {
        Self { repository: Some(repository), ..self }
    }

    /// The files of its repository.
    #[must_use]
    pub fn repository(&self) -> Option<&'a dyn Context> {
        self.repository
    }

    /// The file.
    #[must_use]
    pub fn source(&self) -> &'a Source {
        self.source
    }

    /// The jobs that the file defines, hidden ones (`.name`) too.
    #[must_use]
    pub fn jobs(&self) -> &[Job<'a>] {
        &self.jobs
    }

    /// The logins to registries in its scripts.
    #[must_use]
    pub fn logins(&self) -> Logins {
        let mut logins = Logins::default();
        let mut seen = HashSet::new();
        for line in self.jobs.iter().flat_map(Job::all_lines).filter(|line| seen.insert(line.at.place())) {
            logins.read(line.at.source, &line.text, &[], line.at.node.style());
        }
        logins.sorted()
    }

    /// What `default:` says under a key, the file's own word first.
    #[must_use]
    pub fn default(&self, key: &str) -> Option<Located<'a>> {
        self.globals("default").iter().find_map(|default| default.get(key))
    }

    /// What a top-level key holds in each file, the file's own first.
    fn globals(&self, key: &str) -> &[Located<'a>] {
        self.top.get(key)
    }
}

/// Jobs get lines and variables from each other, so a small file may hold more than can be looked at. This is how much is, in
/// the weight of its jobs together; a thousand jobs of fifty lines weigh 260,000.
const BUDGET: usize = 400_000;

/// The jobs of the documents, and whether there are more.
fn jobs<'a>(roots: &[Node<'a>], top: &Rc<Top<'a>>) -> (Vec<Job<'a>>, bool) {
    let entries = roots.iter().filter(|root| root.get("spec").is_none()).flat_map(|root| root.entries());
    let named = entries
        .filter(|entry| entry.value.resolve().shape() == Shape::Mapping)
        .filter_map(|entry| Some((entry.key.str().filter(|name| !GLOBAL.contains(&&**name))?, entry)));
    let (mut jobs, mut budget) = (Vec::new(), BUDGET);
    for (name, entry) in named {
        let job = Job::new(name, entry, Rc::clone(top));
        let Some(left) = budget.checked_sub(job.weight()) else { return (jobs, true) };
        budget = left;
        jobs.push(job);
    }
    (jobs, false)
}

/// Whether a document is a pipeline: by its shape, or by the file's name where its shape does not contradict.
#[must_use]
pub fn is_pipeline(root: Node<'_>, named: bool) -> bool {
    if root.shape() != Shape::Mapping || (root.get("apiVersion").is_some() && root.get("kind").is_some()) {
        return false;
    }
    let runs = |node: Node<'_>| ["script", "trigger", "extends", "before_script"].iter().any(|key| node.get_merged(key).is_some());
    let is_job = |node: Node<'_>| node.resolve().shape() == Shape::Mapping && runs(node);
    let known = |key: Cow<'_, str>| GLOBAL.contains(&&*key) || key.starts_with('.');
    let fits = || root.entries().all(|entry| entry.key.str().is_some_and(known) || is_job(entry.value));
    named || (root.entries().any(|entry| is_job(entry.value) && entry.value.get_merged("script").is_some()) && fits())
}

impl View for Pipeline<'_> {
    fn format(&self) -> Format {
        Format::GitlabCi
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
        let cut = Note { reason: "too many jobs that hold too much; not all of them were followed", incomplete: true };
        self.is_cut.then_some(cut).into_iter().collect()
    }

    fn holders(&self) -> Vec<Holder> {
        yaml::holders(self.source, self.tree)
    }

    fn comments(&self) -> Vec<Place> {
        let mut comments = yaml::comments(self.source, self.tree);
        for root in &self.roots {
            yaml::scalars(*root, &mut |met| {
                // A comment inside a script needs a `#`, and most scripts have none.
                if literals::is_script(met)
                    && met.node.raw().contains('#')
                    && let Some(text) = met.node.text()
                {
                    let script = shell::parse(text.as_str(), Dialect::Posix, &[]);
                    comments.extend(script.comments.iter().map(|span: &Span| self.source.place(text.hull(span.range()))));
                }
            });
        }
        comments
    }
}

#[cfg(test)]
mod tests;
