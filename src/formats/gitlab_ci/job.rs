//! Jobs: what they say themselves, and what they get from elsewhere.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::variables::{self, Variable};
use super::{Located, Top};
use crate::literal::{LogicalPath, PathBuilder};
use crate::source::{Place, Text};
use crate::syntax::yaml::{Entry, Node, Shape};

/// A job gets things from at most this many others; GitLab allows eleven levels of `extends`.
const MAX_LAYERS: usize = 64;
/// GitLab follows `!reference` through ten levels.
const MAX_REFERENCES: usize = 10;
/// A script is put together from at most this many lines.
const MAX_LINES: usize = 10_000;

/// Keys that a job takes from `default`: <https://docs.gitlab.com/ci/yaml/#default>.
const DEFAULTS: [&str; 12] = [
    "after_script",
    "artifacts",
    "before_script",
    "cache",
    "hooks",
    "id_tokens",
    "identity",
    "image",
    "interruptible",
    "retry",
    "services",
    "tags",
];
/// Those that it also takes from the top of the file.
const TOP: [&str; 5] = ["after_script", "before_script", "cache", "image", "services"];

/// A job, or a hidden one that others extend.
#[derive(Clone)]
pub struct Job<'a> {
    /// Its name.
    pub name: Cow<'a, str>,
    entry: Entry<'a>,
    top: Rc<Top<'a>>,
    /// The job itself, then what it extends, the strongest first; each with its name.
    layers: Vec<(Cow<'a, str>, Located<'a>)>,
    scripts: [Vec<Line<'a>>; 4],
    /// What it sets itself or gets from those it extends, and the place of each by its name.
    variables: Vec<Variable<'a>>,
    by_name: HashMap<Cow<'a, str>, usize>,
    inherits: Inherited<'a>,
}

/// Which script of a job.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Section {
    /// `hooks: pre_get_sources_script`.
    Hook,
    /// `before_script`, in one shell with `script`.
    Before,
    /// `script`.
    Main,
    /// `after_script`, in a shell of its own.
    After,
}

impl Section {
    /// All of them, in the order in which they run.
    pub const ALL: [Self; 4] = [Self::Hook, Self::Before, Self::Main, Self::After];

    /// Its key.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Hook => "pre_get_sources_script",
            Self::Before => "before_script",
            Self::Main => "script",
            Self::After => "after_script",
        }
    }
}

/// What a job takes of `default` or of the global variables.
#[derive(Clone, Default)]
pub(super) enum Inherited<'a> {
    #[default]
    All,
    Only(HashSet<Cow<'a, str>>),
}

impl Inherited<'_> {
    pub(super) fn allows(&self, key: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(keys) => keys.contains(key),
        }
    }
}

/// An item of a script's list: one line or several.
#[derive(Clone)]
pub struct Line<'a> {
    /// Its text.
    pub text: Text<'a>,
    /// Where it stands.
    pub at: Located<'a>,
    /// Its logical path.
    pub path: LogicalPath,
}

/// When a job runs: an item of `rules` or `only`.
pub struct Condition<'a> {
    /// The condition, as written.
    pub text: Cow<'a, str>,
    /// Where it stands.
    pub place: Place,
    /// Whether the job runs where it holds, and is not left out.
    pub runs: bool,
}

impl<'a> Job<'a> {
    pub(super) fn new(name: Cow<'a, str>, entry: Entry<'a>, top: Rc<Top<'a>>) -> Self {
        let layers = layers(&top, name.clone());
        let (scripts, variables, by_name, inherits) = Default::default();
        let mut job = Self { name, entry, top, layers, scripts, variables, by_name, inherits };
        job.scripts = Section::ALL.map(|section| job.lines(section));
        job.inherits = job.inherited("variables");
        (job.variables, job.by_name) = variables::once_each(variables::of_layers(&job));
        job
    }

    /// How much there is to look at, as the time that it takes goes. What many jobs get from one place counts for each of them; the
    /// global variables, which are looked at once, do not.
    pub(super) fn weight(&self) -> usize {
        let lines: usize = self.all_lines().map(|line| 4 + line.text.len() / 32).sum();
        let items = |key: &str| self.get(key).map_or(0, |found| found.node.items().count() + found.node.merged().len());
        let paths = self.get("artifacts").and_then(|artifacts| artifacts.get("paths")).map_or(0, |paths| paths.node.items().count());
        let legs = self.get("parallel").and_then(|parallel| parallel.get("matrix"));
        let legs: usize = legs.map_or(0, |legs| {
            legs.node
                .items()
                .map(|leg| 1 + leg.resolve().entries().map(|entry| 1 + entry.value.resolve().items().count()).sum::<usize>())
                .sum()
        });
        let listed = 4 * legs + 8 * items("rules") + 4 * (items("id_tokens") + items("secrets") + paths);
        let chosen = match &self.inherits {
            Inherited::All => 0,
            Inherited::Only(names) => names.len(),
        };
        1 + 4 * self.layers.len() + 4 * (self.variables.len() + chosen) + listed + lines
    }

    /// Whether it only exists for others to extend.
    #[must_use]
    pub fn is_hidden(&self) -> bool {
        self.name.starts_with('.')
    }

    /// Its name, where it stands in the file.
    #[must_use]
    pub fn key(&self) -> Node<'a> {
        self.entry.key
    }

    /// What the file itself says of it.
    pub(super) fn body(&self) -> Node<'a> {
        self.entry.value.resolve()
    }

    /// What a key holds for this job: its own, that of a job it extends, of `default`, of the top of the file.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Located<'a>> {
        self.find(key).map(|(_, found)| found)
    }

    /// The same, with the name of the job that has it; empty for what is global.
    fn find(&self, key: &str) -> Option<(Cow<'a, str>, Located<'a>)> {
        let own = self.layers.iter().find_map(|(name, layer)| Some((name.clone(), layer.get(key)?)));
        let found = own.or_else(|| {
            let default = || self.global("default").and_then(|default| default.get(key)).map(|found| (Cow::Borrowed("default"), found));
            let inherits = DEFAULTS.contains(&key) && self.inherited("default").allows(key);
            let top = || self.global(key).filter(|_| TOP.contains(&key)).map(|found| (Cow::Borrowed(""), found));
            inherits.then(|| default().or_else(top)).flatten()
        });
        found.map(|(name, found)| (name, self.referenced(found)))
    }

    /// The conditions under which it runs: `rules: [{ if: … }]`, `only: [merge_requests]`.
    #[must_use]
    pub fn conditions(&self) -> Vec<Condition<'a>> {
        let Some(rules) = self.get("rules").or_else(|| self.get("only")) else { return Vec::new() };
        let condition = |item: Node<'a>| {
            let item = self.referenced(rules.to(item)).node;
            let node = item.get_merged("if").unwrap_or(item).resolve();
            let runs = !item.get_merged("when").is_some_and(|when| when.is_str("never"));
            Some(Condition { text: node.str()?, place: rules.source.place(node.span()), runs })
        };
        rules.node.items().filter_map(condition).collect()
    }

    /// The image it runs in: `image: name`, or `image: {name: …}`.
    #[must_use]
    pub fn image(&self) -> Option<Cow<'a, str>> {
        let image = self.get("image")?.node;
        image.str().or_else(|| image.get("name").and_then(Node::str))
    }

    /// What the job itself and those it extends say under a key, the strongest first, with the name of each.
    pub(super) fn each(&self, key: &str) -> impl Iterator<Item = (Cow<'a, str>, Located<'a>)> {
        self.layers.iter().filter_map(move |(name, layer)| Some((name.clone(), self.referenced(layer.get(key)?))))
    }

    /// `inherit: {default: false}`, `inherit: {variables: [A, B]}`: <https://docs.gitlab.com/ci/yaml/#inherit>.
    pub(super) fn inherited(&self, what: &str) -> Inherited<'a> {
        let inherit = self.layers.iter().find_map(|(_, layer)| layer.get("inherit")?.get(what));
        match inherit.map(|inherit| inherit.node) {
            Some(list) if list.shape() == Shape::Sequence => Inherited::Only(list.items().filter_map(Node::str).collect()),
            Some(switch) if switch.as_bool() == Some(false) => Inherited::Only(HashSet::new()),
            _ => Inherited::All,
        }
    }

    fn global(&self, key: &str) -> Option<Located<'a>> {
        self.top.get(key).first().copied()
    }

    /// What `!reference [job, key, …]` stands for; itself where it is none: <https://docs.gitlab.com/ci/yaml/yaml_optimization/#reference-tags>.
    fn referenced(&self, node: Located<'a>) -> Located<'a> {
        let mut at = node;
        for _ in 0..MAX_REFERENCES {
            match self.target(at) {
                Some(target) => at = target,
                None => break,
            }
        }
        at
    }

    fn target(&self, reference: Located<'a>) -> Option<Located<'a>> {
        if reference.node.tag() != Some("!reference") {
            return None;
        }
        let key = (reference.source.id, reference.node.id());
        if let Some(known) = self.top.referenced.borrow().get(&key) {
            return *known;
        }
        let target = self.look_up(reference);
        self.top.referenced.borrow_mut().insert(key, target);
        target
    }

    fn look_up(&self, reference: Located<'a>) -> Option<Located<'a>> {
        let mut way = reference.node.items().map(Node::str);
        let (job, first) = (way.next()??, way.next()??);
        let layers = layers(&self.top, job);
        let mut found = layers.iter().find_map(|(_, layer)| layer.get(&first))?;
        for key in way {
            found = found.get(&key?)?;
        }
        Some(found)
    }

    /// The lines of a script, lists in lists and references spliced in. Several lines may stand in one item.
    #[must_use]
    pub fn script(&self, section: Section) -> &[Line<'a>] {
        &self.scripts[section as usize]
    }

    /// The lines of all its scripts.
    pub fn all_lines(&self) -> impl Iterator<Item = &Line<'a>> {
        self.scripts.iter().flatten()
    }

    /// The variables that the job runs with, the global ones first; each name once, from where it counts. Of many jobs each gets all
    /// that are global: what can be known of those once for all is better asked of [`super::Pipeline::global_variables`].
    pub fn variables(&self) -> impl Iterator<Item = &Variable<'a>> {
        self.top.variables().list.iter().filter(|variable| self.gets(variable)).chain(&self.variables)
    }

    /// Those of them that are not global: its own, and those of the jobs it extends.
    #[must_use]
    pub fn own_variables(&self) -> &[Variable<'a>] {
        &self.variables
    }

    /// The variable of this name that the job runs with.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&Variable<'a>> {
        let own = self.by_name.get(name).and_then(|at| self.variables.get(*at));
        own.or_else(|| self.top.variables().get(name).filter(|_| self.inherits.allows(name)))
    }

    /// Whether a global variable counts for this job.
    #[must_use]
    pub fn gets(&self, global: &Variable<'_>) -> bool {
        self.inherits.allows(&global.name) && !self.by_name.contains_key(&*global.name)
    }

    /// The global variables that it takes, where it does not take all of them; those of its own names among them.
    #[must_use]
    pub fn chosen_variables(&self) -> Option<Vec<&Variable<'a>>> {
        match &self.inherits {
            Inherited::All => None,
            Inherited::Only(names) => {
                let mut chosen: Vec<usize> = names.iter().filter_map(|name| self.top.variables().by_name.get(name).copied()).collect();
                chosen.sort_unstable();
                Some(chosen.into_iter().filter_map(|at| self.top.variables().list.get(at)).collect())
            }
        }
    }

    fn lines(&self, section: Section) -> Vec<Line<'a>> {
        let found = match section {
            Section::Hook => self.find("hooks").and_then(|(name, hooks)| Some((name, hooks.get(section.key())?))),
            _ => self.find(section.key()),
        };
        let Some((owner, root)) = found else { return Vec::new() };
        let path = if owner.is_empty() { PathBuilder::default() } else { PathBuilder::default().key(&owner) }.key(section.key());
        let mut lines = Vec::new();
        let mut waiting = vec![(root, path)];
        let mut budget = MAX_LINES;
        while let Some((node, path)) = waiting.pop() {
            let Some(left) = budget.checked_sub(1) else { break };
            budget = left;
            let at = self.referenced(node);
            match at.node.shape() {
                Shape::Sequence => {
                    let items: Vec<Node<'a>> = at.node.items().collect();
                    waiting.extend(items.into_iter().enumerate().rev().map(|(index, item)| (at.to(item), path.clone().index(index))));
                }
                _ => lines.extend(at.node.text().map(|text| Line { text, at, path: path.build() })),
            }
        }
        lines
    }
}

/// The definitions of a job in every file and what they extend, the strongest first.
fn layers<'a>(top: &Top<'a>, name: Cow<'a, str>) -> Vec<(Cow<'a, str>, Located<'a>)> {
    let mut layers = Vec::new();
    let mut seen: HashSet<Cow<'a, str>> = HashSet::new();
    let mut waiting = vec![name];
    while let Some(name) = waiting.pop() {
        if layers.len() >= MAX_LAYERS || !seen.insert(name.clone()) {
            continue;
        }
        let own = top.get(&name).iter().copied().filter(|job| job.node.shape() == Shape::Mapping);
        let own: Vec<Located<'a>> = own.collect();
        // The last of several wins, so it is looked at first.
        waiting.extend(own.iter().find_map(|job| job.get("extends")).into_iter().flat_map(|extends| names(extends.node)));
        layers.extend(own.into_iter().map(|job| (name.clone(), job)));
    }
    layers
}

/// One name, or a list of them.
fn names(node: Node<'_>) -> Vec<Cow<'_, str>> {
    match node.shape() {
        Shape::Sequence => node.items().filter_map(Node::str).collect(),
        _ => node.str().into_iter().collect(),
    }
}
