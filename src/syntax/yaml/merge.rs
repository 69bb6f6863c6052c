//! Merge keys: `<<: *base`, `<<: [*a, *b]`, `<<: { … }`.

use std::borrow::Cow;
use std::collections::HashSet;

use super::{Entry, Kind, Node, Shape, Style};

/// Merging stops after this many entries per node of the tree (or after `FLOOR` in a small one): what a file can make us do
/// grows with the file, not with what its merge keys multiply to.
const PER_NODE: usize = 50;
const FLOOR: usize = 10_000;

/// Whether a key is the merge key; in quotes it is a string like any other.
pub(super) fn is_merge(key: Node<'_>) -> bool {
    key.style() == Some(Style::Plain) && key.raw() == "<<"
}

pub(super) fn merged(node: Node<'_>) -> Vec<Entry<'_>> {
    let mut merger = Merger { out: Vec::new(), keys: HashSet::new(), seen: HashSet::new(), waiting: vec![node.resolve()], own: true };
    let mut budget = FLOOR.max(node.tree.nodes.len().saturating_mul(PER_NODE));
    while let Some(next) = merger.waiting.pop() {
        // A mapping that was there already would add nothing, so cycles end here.
        if !merger.seen.insert(next.id()) {
            continue;
        }
        merger.mapping(next, &mut budget);
        merger.own = false;
    }
    merger.out
}

struct Merger<'a> {
    out: Vec<Entry<'a>>,
    keys: HashSet<Cow<'a, str>>,
    /// Mappings whose entries are in.
    seen: HashSet<u32>,
    /// Mappings still to be merged, the next one last.
    waiting: Vec<Node<'a>>,
    own: bool,
}

impl<'a> Merger<'a> {
    fn mapping(&mut self, mapping: Node<'a>, budget: &mut usize) {
        let mut sources = Vec::new();
        let first = self.out.len();
        for entry in mapping.entries() {
            let Some(left) = budget.checked_sub(1) else { return };
            *budget = left;
            if is_merge(entry.key) {
                sources.extend(mappings_of(entry.value));
            } else if self.own || !entry.key.str().is_some_and(|key| self.keys.contains(&key)) {
                self.out.push(entry);
            }
        }
        // Only now, so that the duplicates within one mapping stay.
        let keys = self.out[first..].iter().filter_map(|entry| entry.key.str());
        self.keys.extend(keys);
        self.waiting.extend(sources.into_iter().rev());
    }
}

/// What a merge key's value merges in, in order; the first one wins.
fn mappings_of(value: Node<'_>) -> Vec<Node<'_>> {
    let value = value.resolve();
    match value.data().kind {
        Kind::Mapping => vec![value],
        Kind::Sequence => value.items().map(Node::resolve).filter(|item| item.shape() == Shape::Mapping).collect(),
        Kind::Scalar(_) | Kind::Alias => Vec::new(),
    }
}
