//! What the YAML formats share: a walk over the scalars of a document, with the way to each.

mod changes;
mod scalars;

use std::borrow::Cow;

pub use changes::{with, without};
pub use scalars::Scalars;

use super::Holder;
use crate::literal::{LogicalPath, PathBuilder};
use crate::source::{Place, Source, Span};
use crate::syntax::yaml::{Node, Shape, Tree};

/// One step of the way from the root to a scalar.
#[derive(Clone, Copy, Debug)]
pub enum Step<'a> {
    /// Into the value of this key.
    Key(Node<'a>),
    /// Into this item of a sequence.
    Item(usize, Node<'a>),
}

/// A scalar met on a walk.
pub struct Met<'a, 'w> {
    /// The scalar.
    pub node: Node<'a>,
    /// The way to it; for a key, the way to its mapping.
    pub steps: &'w [Step<'a>],
    /// Whether it is itself a mapping's key.
    pub is_key: bool,
}

impl<'a> Met<'a, '_> {
    /// The nearest key above it.
    #[must_use]
    pub fn key(&self) -> Option<Node<'a>> {
        self.steps.iter().rev().find_map(|step| match step {
            Step::Key(key) => Some(*key),
            Step::Item(..) => None,
        })
    }

    /// The nearest key's text; empty at the top.
    #[must_use]
    pub fn name(&self) -> Cow<'a, str> {
        self.key().and_then(Node::str).unwrap_or_default()
    }

    /// Where the key, or the item of a sequence that stands nearer, opens.
    #[must_use]
    pub fn opener(&self) -> u32 {
        match self.steps.last() {
            Some(Step::Key(key)) => key.span().start,
            Some(Step::Item(_, item)) => item.span().start,
            None => self.node.span().start,
        }
    }

    /// Whether the keys on the way are these, from the root; `*` stands for any key or item.
    #[must_use]
    pub fn is_at(&self, keys: &[&str]) -> bool {
        self.steps.len() == keys.len() && self.starts_at(keys)
    }

    /// Whether the way begins with these keys; `*` stands for any key or item.
    #[must_use]
    pub fn starts_at(&self, keys: &[&str]) -> bool {
        self.steps.len() >= keys.len()
            && self.steps.iter().zip(keys).all(|(step, wanted)| match step {
                _ if *wanted == "*" => true,
                Step::Key(key) => key.is_str(wanted),
                Step::Item(..) => false,
            })
    }

    /// The logical path below `root` (`Secret/db` for a manifest, empty elsewhere).
    #[must_use]
    pub fn path(&self, root: &str) -> LogicalPath {
        path(root, self.steps)
    }
}

/// The logical path of a way.
#[must_use]
pub fn path(root: &str, steps: &[Step<'_>]) -> LogicalPath {
    let start = if root.is_empty() { PathBuilder::default() } else { PathBuilder::root(root) };
    let build = |path: PathBuilder, step: &Step<'_>| match step {
        Step::Key(key) => path.key(&key.str().unwrap_or_default()),
        Step::Item(index, item) => path.item(*index, own_name(*item).as_deref()),
    };
    steps.iter().fold(start, build).build()
}

/// What an item of a sequence calls itself.
fn own_name(item: Node<'_>) -> Option<Cow<'_, str>> {
    ["id", "name"].iter().find_map(|key| item.get(key).and_then(Node::str))
}

/// Visits every scalar below `root` once, keys included, in document order. Aliases are not followed: what they stand for
/// is visited at its anchor. Iterative, so depth costs no stack.
pub fn scalars<'a>(root: Node<'a>, visit: &mut dyn FnMut(&Met<'a, '_>)) {
    enum Todo<'a> {
        Enter(Step<'a>, Node<'a>),
        Root(Node<'a>),
        Leave,
    }
    let mut steps: Vec<Step<'a>> = Vec::new();
    let mut todo = vec![Todo::Root(root)];
    while let Some(next) = todo.pop() {
        let node = match next {
            Todo::Leave => {
                steps.pop();
                continue;
            }
            Todo::Root(node) => node,
            Todo::Enter(step, node) => {
                if let Step::Key(key) = step
                    && key.shape() == Shape::Scalar
                {
                    visit(&Met { node: key, steps: &steps, is_key: true });
                }
                steps.push(step);
                todo.push(Todo::Leave);
                node
            }
        };
        let from = todo.len();
        match node.shape() {
            Shape::Scalar => visit(&Met { node, steps: &steps, is_key: false }),
            Shape::Alias => {}
            Shape::Mapping => todo.extend(node.entries().map(|entry| Todo::Enter(Step::Key(entry.key), entry.value))),
            Shape::Sequence => todo.extend(node.items().enumerate().map(|(index, item)| Todo::Enter(Step::Item(index, item), item))),
        }
        todo[from..].reverse();
    }
}

/// The comments of a tree, as places.
#[must_use]
pub fn comments(source: &Source, tree: &Tree) -> Vec<Place> {
    tree.comments().iter().map(|span: &Span| source.place(*span)).collect()
}

/// The collections of a tree. Each is met where it is written, so aliases hold nothing.
#[must_use]
pub fn holders(source: &Source, tree: &Tree) -> Vec<Holder> {
    let mut found = Vec::new();
    let mut todo: Vec<Node<'_>> = tree.documents(&source.text).collect();
    while let Some(node) = todo.pop() {
        let is_collection = |node: &Node<'_>| matches!(node.shape(), Shape::Mapping | Shape::Sequence);
        match node.shape() {
            Shape::Mapping => {
                for entry in node.entries().filter(|entry| is_collection(&entry.value)) {
                    found.push(Holder { place: source.place(entry.value.span()), opener: entry.key.span().start, is_item: false });
                    todo.push(entry.value);
                }
            }
            Shape::Sequence => {
                for item in node.items().filter(is_collection) {
                    found.push(Holder { place: source.place(item.span()), opener: item.span().start, is_item: true });
                    todo.push(item);
                }
            }
            Shape::Scalar | Shape::Alias => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scalar_is_met_once_with_its_way() {
        let text = "a: &x {b: 1}\nc: [*x, {name: n, d: 2}]\n";
        let tree = Tree::parse(text);
        let mut met = Vec::new();
        for root in tree.documents(text) {
            scalars(root, &mut |scalar| {
                if !scalar.is_key {
                    let path = scalar.path("");
                    met.push(format!("{} | {} = {}", path.shown, path.stable, scalar.node.raw()));
                }
            });
        }
        assert_eq!(met, ["a.b | a.b = 1", "c[1].name | c[n].name = n", "c[1].d | c[n].d = 2"]);
    }

    #[test]
    fn ways_are_matched_from_the_root() {
        let text = "jobs: {x: {env: {A: 1}}}";
        let tree = Tree::parse(text);
        let mut hits = 0;
        for root in tree.documents(text) {
            scalars(root, &mut |scalar| {
                if !scalar.is_key {
                    hits += usize::from(scalar.is_at(&["jobs", "*", "env", "*"]))
                        + usize::from(scalar.starts_at(&["jobs"]))
                        + usize::from(scalar.is_at(&["jobs"]));
                }
            });
        }
        assert_eq!(hits, 2);
    }
}
