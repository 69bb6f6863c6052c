//! Entries that leave a mapping or come to it, in the style of their neighbours.

use std::sync::Arc;

use crate::source::{Change, Edit, Group, Removal, Source, Span};
use crate::syntax::yaml::{Node, Shape};

/// A mapping as it is written.
struct Written<'a> {
    source: &'a Source,
    keys: Vec<Node<'a>>,
    /// From what stands before an entry and is about it, to the end of its last line; in `{…}` from key to value.
    members: Vec<Span>,
    is_flow: bool,
}

/// The mapping without one of its own entries. Comments right above an entry go with it. Where it was the only one, the whole
/// mapping leaves the one `around` it, or is written `{}`.
#[must_use]
pub fn without(source: &Source, mapping: Node<'_>, key: Node<'_>, around: Option<Node<'_>>) -> Option<Change> {
    let written = Written::new(source, mapping)?;
    let member = written.keys.iter().position(|own| *own == key)?;
    let value = mapping.entries().nth(member)?.value;
    if value.anchor().is_some() || key.anchor().is_some() || !matches!(value.shape(), Shape::Scalar | Shape::Alias) {
        return None;
    }
    let emptied = written.emptied(mapping, around)?;
    let group = Group { members: written.members, separated: true, emptied };
    Some(Removal { group: Arc::new(group), member }.into())
}

/// The mapping with `key: value`: what it has under the key is replaced, else a line comes behind its last entry.
#[must_use]
pub fn with(source: &Source, mapping: Node<'_>, key: &str, value: &str) -> Option<Change> {
    if let Some(entry) = mapping.entries().find(|entry| entry.key.is_str(key)) {
        let plain = entry.value.shape() == Shape::Scalar && entry.value.anchor().is_none();
        return plain.then(|| Edit::replace(entry.value.span(), value).into());
    }
    let written = Written::new(source, mapping)?;
    let Some((last, end)) = written.keys.last().zip(written.members.last().map(|member| member.end)) else {
        return written.is_flow.then(|| Edit::replace(mapping.span(), format!("{{ {key}: {value} }}")).into());
    };
    if written.is_flow {
        return (!value.contains(['\n', '{'])).then(|| Edit::insert(end, format!(", {key}: {value}")).into());
    }
    let before = source.text.get(..last.span().start as usize)?;
    let line = before.get(before.rfind('\n').map_or(0, |at| at + 1)..)?;
    let indent: String = line.trim_start_matches('\u{feff}').chars().map(|char| if char == '\t' { '\t' } else { ' ' }).collect();
    let blank = if value.starts_with('\n') { "" } else { " " };
    Some(Edit::insert(end, format!("\n{indent}{key}:{blank}{value}")).into())
}

impl<'a> Written<'a> {
    fn new(source: &'a Source, mapping: Node<'a>) -> Option<Self> {
        let is_flow = source.slice(mapping.span()).starts_with('{');
        let entries: Vec<_> = mapping.entries().collect();
        let mut members: Vec<Span> = Vec::with_capacity(entries.len());
        for entry in &entries {
            let end = last_byte(source, entry.value).max(entry.key.span().end);
            if is_flow {
                members.push(Span { start: entry.key.span().start, end });
                continue;
            }
            let rest = source.text.get(end as usize..)?;
            let line = rest.split(['\n', '\r']).next().unwrap_or("");
            // An absent value is where its colon is.
            let behind = line.trim_start().strip_prefix(':').unwrap_or(line).trim_start();
            if !behind.is_empty() && !behind.starts_with('#') {
                return None;
            }
            // What stands between two entries, comments at the most, is about the second.
            let start = match members.last() {
                None => entry.key.span().start,
                Some(before) => {
                    let between = source.text.get(before.end as usize..entry.key.span().start as usize)?;
                    before.end + u32::try_from(between.len() - between.trim_start().len()).ok()?
                }
            };
            members.push(Span { start, end: end + u32::try_from(line.len()).ok()? });
        }
        Some(Self { source, keys: entries.iter().map(|entry| entry.key).collect(), members, is_flow })
    }

    /// What happens when no entry is left.
    fn emptied(&self, mapping: Node<'a>, around: Option<Node<'a>>) -> Option<Vec<Edit>> {
        let all = self.members.iter().copied().reduce(Span::hull)?;
        let braces = if self.is_flow { Edit::replace(mapping.span(), "{}") } else { Edit::replace(all, "{}") };
        let Some(around) = around.filter(|_| mapping.anchor().is_none()) else {
            // A list's item, or a mapping that is used elsewhere too.
            return (mapping.anchor().is_some() || self.members.len() > 1).then(|| vec![braces]);
        };
        let outer = Written::new(self.source, around)?;
        let index = around.entries().position(|entry| entry.value == mapping)?;
        if outer.members.len() > 1 {
            return Some(Group { members: outer.members, separated: true, emptied: Vec::new() }.without(&[index]));
        }
        let key = outer.keys.get(index)?.span().end;
        let start = key + u32::try_from(self.source.text.get(key as usize..)?.find(':')?).ok()? + 1;
        Some(vec![Edit::replace(Span { start, end: all.end.max(if self.is_flow { mapping.span().end } else { 0 }) }, " {}")])
    }
}

/// One past the last byte of a value, whatever it is.
fn last_byte(source: &Source, value: Node<'_>) -> u32 {
    let mut node = value;
    let mut end = 0;
    loop {
        let is_block = !source.slice(node.span()).starts_with(['{', '[']);
        let last = match node.shape() {
            Shape::Mapping if is_block => node.entries().last().map(|entry| (entry.key, entry.value)),
            Shape::Sequence if is_block => node.items().last().map(|item| (item, item)),
            _ => None,
        };
        let Some((key, value)) = last else { return if node.span().is_empty() { end } else { node.span().end.max(end) } };
        end = end.max(key.span().start);
        if key.shape() == Shape::Scalar {
            end = end.max(key.span().end);
        }
        node = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::yaml::Tree;

    /// The text without the entry of this key, wherever it is.
    fn gone(text: &str, name: &str) -> Option<String> {
        let source = Source { text: text.to_owned(), ..Source::default() };
        let tree = Tree::parse(text);
        let root = tree.documents(text).next().unwrap();
        let mut open = vec![(root, None)];
        while let Some((node, around)) = open.pop() {
            if let Some(entry) = node.entries().find(|entry| entry.key.is_str(name)) {
                let change = without(&source, node, entry.key, around)?;
                let mut out = text.to_owned();
                let Removal { group, member } = &change.removals[0];
                group.without(&[*member]).iter().rev().for_each(|edit| out.replace_range(edit.span.range(), &edit.text));
                return Some(out);
            }
            let around = (node.shape() == Shape::Mapping).then_some(node);
            open.extend(node.entries().map(|entry| (entry.value, around)).chain(node.items().map(|item| (item, None))));
        }
        None
    }

    /// The text with `k: v` in the mapping under `m`.
    fn added(text: &str) -> Option<String> {
        let source = Source { text: text.to_owned(), ..Source::default() };
        let tree = Tree::parse(text);
        let root = tree.documents(text).next().unwrap();
        let root = root.items().next().unwrap_or(root);
        let change = with(&source, root.get("m").unwrap_or(root), "k", "v")?;
        let mut out = text.to_owned();
        change.edits.iter().rev().for_each(|edit| out.replace_range(edit.span.range(), &edit.text));
        Some(out)
    }

    #[test]
    fn an_entry_comes_in_the_style_of_the_others() {
        assert_eq!(added("m:\n  a: 1 # one\n\nn: 1\n").unwrap(), "m:\n  a: 1 # one\n  k: v\n\nn: 1\n");
        assert_eq!(added("m:\n    a: 1").unwrap(), "m:\n    a: 1\n    k: v");
        assert_eq!(added("m:\n  a: 1\n  k: w\n").unwrap(), "m:\n  a: 1\n  k: v\n");
        assert_eq!(added("m: {a: 1}\n").unwrap(), "m: {a: 1, k: v}\n");
        assert_eq!(added("m: {}\n").unwrap(), "m: { k: v }\n");
        assert_eq!(added("- a: 1\n").unwrap(), "- a: 1\n  k: v\n");
        assert_eq!(added("m: {k: [1]}\n"), None);
    }

    #[test]
    fn an_entry_goes_with_its_lines() {
        assert_eq!(gone("v:\n  A: 1\n  X: 2 # why\n  B: 3\n", "X").unwrap(), "v:\n  A: 1\n  B: 3\n");
        assert_eq!(gone("v:\n  X: 2\n  # about B\n  B: 3\n", "X").unwrap(), "v:\n  # about B\n  B: 3\n");
        assert_eq!(gone("v:\n  A: 1 # a\n  # about X\n  X: 2\nw: 1\n", "X").unwrap(), "v:\n  A: 1 # a\nw: 1\n");
        assert_eq!(gone("v:\n  A: |\n    # text\n\n  X: 2\nw: 1\n", "X").unwrap(), "v:\n  A: |\n    # text\nw: 1\n");
        assert_eq!(
            gone("v:\n  A:\n    - b: [1,\n        2]\n    - c:\n  X: 2", "X").unwrap(),
            "v:\n  A:\n    - b: [1,\n        2]\n    - c:"
        );
    }

    #[test]
    fn the_first_entry_of_an_item_leaves_the_dash() {
        assert_eq!(gone("- X: 1\n  B: 2\n- C: 3\n", "X").unwrap(), "- B: 2\n- C: 3\n");
        assert_eq!(gone("- A: 1\n  X: 2\n- C: 3\n", "X").unwrap(), "- A: 1\n- C: 3\n");
        assert_eq!(gone("- X: 1\n- C: 3\n", "X"), None);
    }

    #[test]
    fn flow_mappings_lose_a_comma() {
        assert_eq!(gone("v: {A: 1, X: 2, B: 3}\n", "X").unwrap(), "v: {A: 1, B: 3}\n");
        assert_eq!(gone("v: {X: 2, B: 3}\n", "X").unwrap(), "v: {B: 3}\n");
        assert_eq!(gone("v: {X: 2}\nw: 1\n", "X").unwrap(), "w: 1\n");
    }

    #[test]
    fn the_last_entry_takes_its_mapping_along() {
        assert_eq!(gone("job:\n  variables:\n    X: 1\n  script: a\n", "X").unwrap(), "job:\n  script: a\n");
        assert_eq!(gone("job:\n  script: a\n  variables:\n    X: 1\n", "X").unwrap(), "job:\n  script: a\n");
        assert_eq!(gone("job:\n  variables:\n    X: 1\nnext: 1\n", "X").unwrap(), "job:\n  variables: {}\nnext: 1\n");
        assert_eq!(gone("job:\n  variables: &v\n    X: 1\n", "X").unwrap(), "job:\n  variables: &v\n    {}\n");
    }

    #[test]
    fn what_others_refer_to_stays() {
        assert_eq!(gone("v:\n  X: &x 1\n  Y: *x\n", "X"), None);
        assert_eq!(gone("v:\n  X: {a: 1}\n  Y: 2\n", "X"), None);
    }
}
