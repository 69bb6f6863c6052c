//! Variables: of the pipeline, of jobs, of rules (<https://docs.gitlab.com/ci/yaml/#variables>).

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::rc::Rc;

use super::{Job, Located, Pipeline};
use crate::formats::interpolated::Interpolated;
use crate::formats::yaml;
use crate::literal::{LogicalPath, PathBuilder, Value};
use crate::source::{Change, Place};
use crate::syntax::yaml::{Node, Shape};

/// A variable that a pipeline sets.
#[derive(Clone)]
pub struct Variable<'a> {
    /// Its name.
    pub name: Cow<'a, str>,
    /// Where its name stands.
    pub key: Located<'a>,
    value: Option<Node<'a>>,
    /// The mapping it is read from, and what holds that one.
    map: Node<'a>,
    around: Option<Node<'a>>,
    /// Whether people are asked for it when they start the pipeline by hand.
    pub is_prefilled: bool,
    /// The path of the mapping it stands in.
    owner: Rc<PathBuilder>,
}

/// A variable at the place that sets it.
#[derive(Clone)]
pub struct Set<'a> {
    /// The variable.
    pub variable: Variable<'a>,
    /// The one job that gets it, by its index; nothing where all of them do.
    pub job: Option<usize>,
}

impl<'a> Variable<'a> {
    /// Its value: literal text and references to other variables.
    #[must_use]
    pub fn value(&self) -> Value<'a> {
        self.value.and_then(Node::text).map(|text| Interpolated::new(text).value()).unwrap_or_default()
    }

    /// Its value as written.
    #[must_use]
    pub fn raw(&self) -> Cow<'a, str> {
        self.value.and_then(Node::str).unwrap_or_default()
    }

    /// The file without it, if it is one line there and nothing else.
    #[must_use]
    pub fn without(&self) -> Option<Change> {
        yaml::without(self.key.source, self.map, self.key.node, self.around)
    }

    /// Its logical path.
    #[must_use]
    pub fn path(&self) -> LogicalPath {
        PathBuilder::clone(&self.owner).key(&self.name).build()
    }

    /// Where its value stands.
    #[must_use]
    pub fn place(&self) -> Place {
        self.value.map_or_else(|| self.key.place(), |value| self.key.source.place(value.span()))
    }
}

/// The variables that every job gets.
#[derive(Default)]
pub(super) struct Globals<'a> {
    /// Each name once, from where it counts.
    pub(super) list: Vec<Variable<'a>>,
    pub(super) by_name: HashMap<Cow<'a, str>, usize>,
}

impl<'a> Globals<'a> {
    /// From each file's `variables`, the strongest first.
    pub(super) fn new(found: &[Located<'a>]) -> Self {
        let all = found.iter().flat_map(|variables| of_map(*variables, PathBuilder::default().key("variables"), None));
        let (list, by_name) = once_each(all);
        Self { list, by_name }
    }

    pub(super) fn get(&self, name: &str) -> Option<&Variable<'a>> {
        self.by_name.get(name).and_then(|at| self.list.get(*at))
    }
}

/// The variables of a job and of the jobs it extends, the strongest first.
pub(super) fn of_layers<'a>(job: &Job<'a>) -> impl Iterator<Item = Variable<'a>> {
    let path = |owner: &str| PathBuilder::default().key(owner).key("variables");
    job.each("variables").flat_map(move |(owner, found)| of_map(found, path(&owner), None))
}

/// Of several variables with one name the first; with the place of each.
pub(super) fn once_each<'a>(variables: impl Iterator<Item = Variable<'a>>) -> (Vec<Variable<'a>>, HashMap<Cow<'a, str>, usize>) {
    let (mut list, mut by_name) = (Vec::new(), HashMap::new());
    for variable in variables {
        if let Entry::Vacant(vacant) = by_name.entry(variable.name.clone()) {
            vacant.insert(list.len());
            list.push(variable);
        }
    }
    (list, by_name)
}

impl<'a> Job<'a> {
    /// The variables that its rules set, each where it counts (<https://docs.gitlab.com/ci/yaml/#rulesvariables>).
    #[must_use]
    pub fn rule_variables(&self) -> Vec<Variable<'a>> {
        let Some(rules) = self.get("rules") else { return Vec::new() };
        let path = |index: usize| PathBuilder::default().key(&self.name).key("rules").index(index).key("variables");
        let maps = rules.node.items().enumerate().filter_map(|(index, rule)| {
            let rule = Located { node: rule.resolve(), ..rules };
            Some(of_map(rule.get("variables")?, path(index), Some(rule.node)))
        });
        maps.flatten().collect()
    }

    /// The variables of its legs, each value of each.
    #[must_use]
    pub fn matrix_variables(&self) -> Vec<Variable<'a>> {
        let Some(matrix) = self.get("parallel").and_then(|parallel| parallel.get("matrix")) else { return Vec::new() };
        let path = |index: usize| PathBuilder::default().key(&self.name).key("parallel").key("matrix").index(index);
        let legs = matrix.node.items().enumerate().flat_map(|(index, leg)| of_map(matrix.to(leg), path(index), None));
        let one_each = legs.flat_map(|variable| {
            let values = variable.value.into_iter().filter(|value| value.shape() == Shape::Sequence).flat_map(Node::items);
            let mut each: Vec<Variable<'a>> = values.map(|value| Variable { value: Some(value.resolve()), ..variable.clone() }).collect();
            if each.is_empty() {
                each.push(variable);
            }
            each
        });
        one_each.collect()
    }
}

impl<'a> Pipeline<'a> {
    /// The variables that every job gets, those of included files too; each name once, from where it counts.
    #[must_use]
    pub fn global_variables(&self) -> &[Variable<'a>] {
        &self.top.variables().list
    }

    /// Every variable that the file itself sets, at each place that sets it.
    #[must_use]
    pub fn variables(&self) -> Vec<Set<'a>> {
        let mut found = Vec::new();
        for root in &self.roots {
            let root = Located { node: *root, source: self.source };
            collect(root, &PathBuilder::default(), None, &mut found);
            if let Some(workflow) = root.get("workflow") {
                collect(workflow, &PathBuilder::default().key("workflow"), None, &mut found);
            }
        }
        for (index, job) in self.jobs().iter().enumerate() {
            let body = Located { node: job.body(), source: self.source };
            collect(body, &PathBuilder::default().key(&job.name), Some(index), &mut found);
        }
        found
    }
}

/// `variables`, `rules: [{variables}]` and `parallel: {matrix: […]}` of a pipeline or a job
/// (<https://docs.gitlab.com/ci/yaml/#parallelmatrix>).
fn collect<'a>(owner: Located<'a>, path: &PathBuilder, job: Option<usize>, found: &mut Vec<Set<'a>>) {
    let mut add = |variables: Located<'a>, path: PathBuilder, around: Option<Node<'a>>| {
        found.extend(of_map(variables, path, around).into_iter().map(|variable| Set { variable, job }));
    };
    if let Some(variables) = owner.get("variables") {
        add(variables, path.clone().key("variables"), Some(owner.node));
    }
    let rules = owner.get("rules").into_iter().flat_map(|rules| rules.node.items().map(move |rule| rules.to(rule)).enumerate());
    for (index, rule) in rules {
        if let Some(variables) = rule.get("variables") {
            add(variables, path.clone().key("rules").index(index).key("variables"), Some(rule.node));
        }
    }
    let matrix = owner.get("parallel").and_then(|parallel| parallel.get("matrix"));
    let legs = matrix.into_iter().flat_map(|matrix| matrix.node.items().map(move |leg| matrix.to(leg)).enumerate());
    for (index, leg) in legs {
        add(leg, path.clone().key("parallel").key("matrix").index(index), None);
    }
}

/// The variables of a mapping: `NAME: value`, or `NAME: {value: …, description: …}`.
fn of_map<'a>(variables: Located<'a>, path: PathBuilder, around: Option<Node<'a>>) -> Vec<Variable<'a>> {
    let owner = Rc::new(path);
    let entries = variables.node.merged().into_iter();
    entries
        .filter_map(|entry| {
            let value = entry.value.resolve();
            let is_map = value.shape() == Shape::Mapping;
            let name = entry.key.str()?;
            Some(Variable {
                owner: Rc::clone(&owner),
                name,
                key: Located { node: entry.key, source: variables.source },
                map: variables.node,
                around,
                is_prefilled: is_map && value.get("description").is_some(),
                value: if is_map { value.get("value") } else { Some(value) },
            })
        })
        .collect()
}
