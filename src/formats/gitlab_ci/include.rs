//! `include`: the files of the same repository that a pipeline takes its parts from
//! (<https://docs.gitlab.com/ci/yaml/#includelocal>).

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use crate::formats::Tree as Context;
use crate::source::Source;
use crate::syntax::yaml::{Node, Shape, Tree};

/// GitLab's own limit is 150 includes for a pipeline.
const MAX_FILES: usize = 150;

/// An included file.
#[derive(Debug)]
pub struct Included {
    pub(super) source: Arc<Source>,
    pub(super) tree: Tree,
}

/// The files that a pipeline includes by a local path, those they include too; the last one, which wins over the others, first.
#[must_use]
pub fn included(source: &Source, tree: &Tree, context: &dyn Context) -> Vec<Included> {
    let mut seen: HashSet<String> = HashSet::from([source.root_path.clone()]);
    let mut waiting = paths(tree, &source.text, context);
    let mut found = Vec::new();
    while let Some(path) = waiting.pop() {
        if found.len() >= MAX_FILES || !seen.insert(path.clone()) {
            continue;
        }
        let Some(source) = context.read(&path) else { continue };
        let tree = Tree::parse(&source.text);
        waiting.extend(paths(&tree, &source.text, context));
        found.push(Included { source, tree });
    }
    found
}

/// The local paths that a file includes, in order.
fn paths(tree: &Tree, text: &str, context: &dyn Context) -> Vec<String> {
    let includes = tree.documents(text).filter_map(|root| root.get("include"));
    let mut found = Vec::new();
    for include in includes {
        let items: Vec<Node<'_>> = if include.shape() == Shape::Sequence { include.items().collect() } else { vec![include] };
        for path in items.into_iter().filter_map(local) {
            // Paths count from the repository's root; `*` and `**` stand for files and folders.
            let path = path.trim_start_matches('/').to_owned();
            if path.contains('*') { found.extend(matching(&path, context)) } else { found.push(path) }
        }
    }
    found
}

/// `path`, or `local: path`. A URL and a path of another project are not local.
fn local(item: Node<'_>) -> Option<Cow<'_, str>> {
    let item = item.resolve();
    let path = if item.shape() == Shape::Scalar { item.str() } else { item.get("local").and_then(Node::str) };
    path.filter(|path| !path.contains("://"))
}

/// The files that a path with `*` in its last part names.
fn matching(path: &str, context: &dyn Context) -> Vec<String> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let Some((start, end)) = name.split_once('*').filter(|_| !folder.contains('*')) else { return Vec::new() };
    let end = end.trim_start_matches('*');
    let fits = |name: &str| name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end);
    let paths = context.list(folder).into_iter();
    paths.filter(|path| fits(path.rsplit('/').next().unwrap_or(path))).collect()
}
