//! Entries of a notebook's metadata, to be taken out.

use std::sync::Arc;

use crate::source::{Change, Edit, Group, Removal, Source, Span};
use crate::syntax::json::{Kind, Node, Tree};

/// Of larger notebooks no entry is taken out: their tree would be larger still.
const LARGEST: usize = 16 * 1024 * 1024;

/// One entry among those of its object.
type Member = (Arc<Group>, usize);

/// The strings of all metadata, each with the entry of an object that holds it.
#[derive(Default)]
pub struct Entries(Vec<(Span, Arc<Group>, usize)>);

impl Entries {
    pub(super) fn of(source: &Source) -> Self {
        let mut found = Vec::new();
        if source.text.len() > LARGEST {
            return Self(found);
        }
        let tree = Tree::parse(&source.text);
        let Some(root) = tree.root(&source.text).filter(|_| tree.errors().is_empty()) else { return Self(found) };
        let sheets = root.get("worksheets").into_iter().flat_map(Node::items);
        let cells = sheets.chain([root]).filter_map(|sheet| sheet.get("cells")).flat_map(Node::items);
        let parts = cells.chain([root]).filter_map(|part| part.get("metadata"));
        let mut todo: Vec<(Node<'_>, Option<Member>)> = parts.map(|metadata| (metadata, None)).collect();
        while let Some((node, held)) = todo.pop() {
            match node.kind() {
                Kind::Object => {
                    let members = node.entries().map(|(key, value)| key.span().hull(value.span())).collect();
                    let group = Arc::new(Group { members, separated: true, emptied: vec![Edit::replace(node.span(), "{}")] });
                    todo.extend(node.entries().enumerate().map(|(member, (_, value))| (value, Some((Arc::clone(&group), member)))));
                }
                Kind::Array => todo.extend(node.items().map(|item| (item, held.clone()))),
                _ => found.extend(held.filter(|_| node.text().is_some()).map(|(group, member)| (node.span(), group, member))),
            }
        }
        found.sort_unstable_by_key(|(span, ..)| *span);
        Self(found)
    }

    /// The metadata without the entry that holds a place.
    #[must_use]
    pub fn without(&self, place: Span) -> Option<Change> {
        let before = self.0.partition_point(|(span, ..)| span.start <= place.start);
        let (span, group, member) = self.0.get(before.checked_sub(1)?)?;
        span.contains(place).then(|| Removal { group: Arc::clone(group), member: *member }.into())
    }
}
