//! Where an expression stands, and what is picked out of its value.

use super::scope::{Bound, Scope};
use crate::formats::terraform::Argument;
use crate::source::Source;
use crate::syntax::hcl::{Comprehension, Step};

/// References behind references are followed to this depth.
const DEPTH: usize = 48;

/// A key of a path that stands for any.
pub(super) const ANY: &str = "*";

/// Where an expression stands, and what is picked out of its value.
#[derive(Clone)]
pub(super) struct At<'a> {
    pub(super) source: &'a Source,
    /// Keys, outermost first.
    pub(super) path: Vec<String>,
    pub(super) bound: Scope<'a>,
    pub(super) depth: usize,
    /// Only the value as a whole counts, not what it is built into.
    pub(super) direct: bool,
}

impl<'a> At<'a> {
    /// The value as a whole.
    pub(super) fn new(source: &'a Source) -> Self {
        Self { source, path: Vec::new(), bound: None, depth: 0, direct: false }
    }

    /// The same, where the names of a `for` expression mean something too.
    pub(super) fn in_loop(&self, found: Comprehension<'a>) -> Self {
        Self { bound: Bound::of_comprehension(found, self.bound.clone()), ..self.clone() }
    }

    /// The value of a local, which stands elsewhere.
    pub(super) fn in_local(&self, local: &Argument<'a>) -> Self {
        Self { source: local.source(), bound: None, ..self.clone() }
    }

    /// One expression further in; None where that is too deep.
    pub(super) fn deeper(&self) -> Option<Self> {
        (self.depth < DEPTH).then(|| Self { depth: self.depth + 1, ..self.clone() })
    }
}

/// The key that a step picks; one that is computed may be any.
pub(super) fn key_of(step: Step<'_>) -> String {
    match step {
        Step::Attr(name) => name.text.to_owned(),
        Step::Index(index) => index.literal().map_or_else(|| ANY.to_owned(), |key| key.as_str().to_owned()),
        Step::Splat => ANY.to_owned(),
    }
}

/// The keys of a path that say which.
pub(super) fn without_any(path: &[String]) -> Vec<String> {
    path.iter().filter(|key| *key != ANY).cloned().collect()
}

/// The path that is left inside an element of a list.
pub(super) fn inside_element(path: &[String]) -> Vec<String> {
    path.strip_prefix(&[ANY.to_owned()]).unwrap_or(path).to_vec()
}
