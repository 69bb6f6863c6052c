//! The scalar values inside one part of the state, each with its name, its path and what is said of it.

use std::borrow::Cow;
use std::collections::HashSet;

use super::super::sensitive::{Sensitivity, attributes, sensitivity};
use crate::literal::{LogicalPath, PathBuilder};
use crate::source::{Span, Text};
use crate::syntax::json::{Entries, Items, Kind, Node};

/// Nothing is called sensitive at a deeper place. A path there tells only its beginning, so that depth does not cost its square.
const MAX_PATH: usize = 64;

/// Whose values they are, and what is known of them beforehand.
pub(super) struct Owner<'o> {
    /// The resource's address, or what stands for it. It is put together when it is asked for.
    pub(super) address: &'o dyn Fn() -> String,
    /// The resource's type, `data.` in front where it is no managed resource.
    kind: &'o str,
    /// Whether the table knows the type.
    known: bool,
    /// The paths that the file calls sensitive, as `steps` writes them.
    pub(super) marks: HashSet<String>,
}

impl<'o> Owner<'o> {
    pub(super) fn new(address: &'o dyn Fn() -> String, kind: &'o str) -> Self {
        Self { address, kind, known: attributes(kind).next().is_some(), marks: HashSet::new() }
    }
}

/// One step, as part of a path in `marks`: a key or an index.
pub(super) fn push_step(path: &mut String, step: &str) {
    path.push('\0');
    path.push_str(step);
}

/// A step of the path to a leaf.
#[derive(Clone, Debug)]
enum Step<'t> {
    Key(Cow<'t, str>),
    Index(usize),
}

/// A scalar that is not null.
pub(super) struct Leaf<'t, 'l> {
    pub(super) node: Node<'t>,
    /// Called sensitive by the file or the table.
    pub(super) sensitive: bool,
    /// The table's word.
    pub(super) table: Option<Sensitivity>,
    address: &'l dyn Fn() -> String,
    steps: &'l [Step<'t>],
    /// Which of the steps names it.
    named: Option<usize>,
    key: Span,
    /// The `name` beside a `value`.
    sibling: Option<Cow<'t, str>>,
}

impl<'t> Leaf<'t, '_> {
    /// Its text: a string decoded, a sensitive number as it is written. Other scalars hold no secrets.
    pub(super) fn text(&self) -> Option<Text<'t>> {
        match self.node.kind() {
            Kind::String => self.node.text().filter(|text| !text.is_empty()),
            Kind::Number if self.sensitive => self.node.number().map(|raw| Text::plain(raw, self.node.span().range().start)),
            _ => None,
        }
    }

    /// What it is called: the `name` beside it, else the nearest key that says more than `value`.
    pub(super) fn name(&self) -> Cow<'t, str> {
        if let Some(sibling) = &self.sibling {
            return sibling.clone();
        }
        match self.named.and_then(|at| self.steps.get(at)) {
            Some(Step::Key(key)) => flat_name(key.clone()),
            _ => Cow::Borrowed(""),
        }
    }

    /// Where its key stands.
    pub(super) fn opener(&self) -> u32 {
        self.key.start
    }

    /// Its address and the path inside.
    pub(super) fn path(&self) -> LogicalPath {
        let address = (self.address)();
        let mut path = if address.is_empty() { PathBuilder::default() } else { PathBuilder::root(&address) };
        for step in self.steps.iter().take(MAX_PATH) {
            path = match step {
                Step::Key(key) => path.key(key),
                Step::Index(index) => path.index(*index),
            };
        }
        path.build()
    }
}

/// Version 3 writes `config.0.password` as one key.
fn flat_name(key: Cow<'_, str>) -> Cow<'_, str> {
    if !key.contains('.') {
        return key;
    }
    match key.rsplit('.').find(|segment| !is_index(segment)) {
        Some(segment) => Cow::Owned(segment.to_owned()),
        None => key,
    }
}

fn is_index(segment: &str) -> bool {
    segment.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'#' | b'%'))
}

/// A container on the way to the leaves.
struct Open<'t> {
    children: Children<'t>,
    key: Span,
    /// Lengths to return to when it is done.
    marks: usize,
    attribute: usize,
    sensitive: bool,
    /// The `name` in it.
    name: Option<Cow<'t, str>>,
    /// Which step names its values.
    named: Option<usize>,
}

enum Children<'t> {
    Entries(Entries<'t>),
    Items(Items<'t>, usize),
}

/// Walks a value. `root` is the key that it stands under, where the address does not say it; `key` is that key's place.
pub(super) fn leaves<'t>(node: Node<'t>, owner: &Owner<'_>, root: Cow<'t, str>, key: Span, give: &mut dyn FnMut(Leaf<'t, '_>)) {
    let mut walk = Walk {
        owner,
        steps: if root.is_empty() { Vec::new() } else { vec![Step::Key(root)] },
        marked: String::new(),
        attribute: String::new(),
        open: Vec::new(),
        configuration: is_configuration(node, owner.kind),
        give,
    };
    let (sensitive, named) = (owner.marks.contains(""), walk.steps.len().checked_sub(1));
    walk.value(node, key, Said { sensitive, sibling: None, named });
    while let Some(top) = walk.open.last_mut() {
        let said = Said { sensitive: top.sensitive, sibling: top.name.clone(), named: top.named };
        walk.marked.truncate(top.marks);
        walk.attribute.truncate(top.attribute);
        let next = match &mut top.children {
            Children::Entries(entries) => entries.next().map(|(key, value)| (Step::Key(key.str().unwrap_or_default()), key.span(), value)),
            Children::Items(items, index) => items.next().map(|item| {
                *index += 1;
                (Step::Index(*index - 1), top.key, item)
            }),
        };
        match next {
            Some((step, key, value)) => walk.step(step, key, value, said),
            None => {
                walk.open.pop();
                walk.steps.pop();
            }
        }
    }
}

/// What is known of a value before it is looked at.
struct Said<'t> {
    sensitive: bool,
    /// The `name` beside it.
    sibling: Option<Cow<'t, str>>,
    /// Which step names it.
    named: Option<usize>,
}

struct Walk<'t, 'w> {
    owner: &'w Owner<'w>,
    steps: Vec<Step<'t>>,
    /// The path so far as `marks` write it.
    marked: String,
    /// The path so far as the table writes it: keys only.
    attribute: String,
    open: Vec<Open<'t>>,
    /// What it holds is no secret, though providers mark it.
    configuration: bool,
    give: &'w mut dyn FnMut(Leaf<'t, '_>),
}

impl<'t> Walk<'t, '_> {
    /// Goes one step into a container, of which `said` tells.
    fn step(&mut self, step: Step<'t>, key: Span, value: Node<'t>, said: Said<'t>) {
        let mut inner = Said { sibling: None, ..said };
        let near = self.steps.len() < MAX_PATH;
        if !inner.sensitive && near && !self.owner.marks.is_empty() {
            match &step {
                Step::Key(key) => push_step(&mut self.marked, key),
                Step::Index(index) => push_step(&mut self.marked, &index.to_string()),
            }
            inner.sensitive = self.owner.marks.contains(&self.marked);
        }
        if let Step::Key(key) = &step {
            if !matches!(key.as_ref(), "value" | "constant_value" | "default") {
                inner.named = Some(self.steps.len());
            } else if key == "value" {
                inner.sibling = said.sibling;
            }
            if self.owner.known && near {
                push_attribute(&mut self.attribute, key);
            }
        }
        self.steps.push(step);
        let depth = self.open.len();
        self.value(value, key, inner);
        if self.open.len() == depth {
            self.steps.pop();
        }
    }

    fn value(&mut self, node: Node<'t>, key: Span, said: Said<'t>) {
        let children = match node.kind() {
            Kind::Object => Children::Entries(node.entries()),
            Kind::Array => Children::Items(node.items(), 0),
            Kind::Null => return,
            Kind::String | Kind::Number | Kind::True | Kind::False => {
                let table = if self.owner.known { sensitivity(self.owner.kind, &self.attribute) } else { None };
                let plain = self.configuration && self.attribute == "value";
                let table = table.filter(|_| !plain);
                let sensitive = (said.sensitive && !plain) || table.is_some();
                let (address, steps) = (self.owner.address, self.steps.as_slice());
                return (self.give)(Leaf { node, sensitive, table, address, steps, key, named: said.named, sibling: said.sibling });
            }
        };
        let name = if node.kind() == Kind::Object { name_of(node) } else { None };
        let (marks, attribute) = (self.marked.len(), self.attribute.len());
        self.open.push(Open { children, key, marks, attribute, sensitive: said.sensitive, name, named: said.named });
    }
}

/// Whether these are the attributes of a parameter of AWS that is no `SecureString`. Providers mark the values of all parameters, and
/// most hold settings; its own name decides:
/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ssm_parameter>.
fn is_configuration(attributes: Node<'_>, kind: &str) -> bool {
    kind.trim_start_matches("data.") == "aws_ssm_parameter"
        && attributes.get("type").and_then(Node::str).is_some_and(|kind| kind != "SecureString")
}

/// Version 3 writes paths as keys.
fn push_attribute(attribute: &mut String, key: &str) {
    for segment in key.split('.').filter(|segment| !is_index(segment)) {
        if !attribute.is_empty() {
            attribute.push('.');
        }
        attribute.push_str(segment);
    }
}

/// The `name` of an object that has a `value` (`{"name": "DB_PASSWORD", "value": "…"}`).
fn name_of<'t>(node: Node<'t>) -> Option<Cow<'t, str>> {
    let (mut name, mut value) = (None, false);
    for (key, item) in node.entries() {
        match key.raw() {
            "\"name\"" | "\"key\"" => name = item.str().or(name),
            "\"value\"" => value = true,
            _ => {}
        }
    }
    name.filter(|name| value && !name.is_empty())
}
