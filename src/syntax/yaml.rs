//! YAML → a tree of ranges, from the events of `granit-parser`.
//!
//! A tree is one `Vec` of small nodes that name each other by index, so dropping it is flat however deep the input is.
//! Values are decoded when asked for (`Node::text`), with a map back to the source. Duplicate keys and merge keys are kept as
//! written; aliases stay references, so that an alias bomb costs what its text costs.
//!
//! # Not covered
//!
//! - Tags mean nothing here but that a tagged scalar is neither null nor a boolean; `!!binary` is not decoded.
//! - What stands behind an error is not parsed up to the next document; `SyntaxError::unread` says what that was.

mod block;
mod build;
mod flow;
mod merge;
mod template;

use std::borrow::Cow;

pub use template::{mask_templates, template_actions};

use super::SyntaxError;
use crate::source::{Span, Text};

/// Everything that could be read of a YAML file.
#[derive(Debug, Default)]
pub struct Tree {
    /// The first one stands for "nothing", so that 0 can mean that there is none.
    nodes: Vec<Data>,
    roots: Vec<u32>,
    blocks: Vec<block::Block>,
    properties: Vec<Properties>,
    comments: Vec<Span>,
    errors: Vec<SyntaxError>,
}

#[derive(Clone, Copy, Debug)]
struct Data {
    span: Span,
    /// The next sibling; in a mapping keys and values take turns.
    next: u32,
    /// Of a collection the first child, of an alias the node it stands for, of a block scalar its index in `blocks`.
    link: u32,
    /// Index in `properties`, from 1.
    properties: u32,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Scalar(Style),
    Mapping,
    Sequence,
    Alias,
}

#[derive(Clone, Copy, Debug, Default)]
struct Properties {
    /// `!tag`, as written.
    tag: Span,
    /// `&name`.
    anchor: Span,
}

/// What a node is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// One value.
    Scalar,
    /// Keys with values.
    Mapping,
    /// A list.
    Sequence,
    /// `*name`: a reference to another node.
    Alias,
}

/// How a scalar is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Style {
    /// Without quotes; also a value that is absent.
    Plain,
    /// In single quotes.
    Single,
    /// In double quotes.
    Double,
    /// A block after `|`.
    Literal,
    /// A block after `>`.
    Folded,
}

impl Tree {
    /// Reads a text of any number of documents. Never fails: what could not be read stands in `errors`.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        build::build(text)
    }

    /// Where reading stopped, with the part of the document that was not read.
    #[must_use]
    pub fn errors(&self) -> &[SyntaxError] {
        &self.errors
    }

    /// The comments, each from its `#` to the end of the line, in order.
    #[must_use]
    pub fn comments(&self) -> &[Span] {
        &self.comments
    }

    /// The documents' root nodes. `text` is the text that was parsed, or the one that was masked to be parsed.
    pub fn documents<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Node<'a>> {
        self.roots.iter().map(move |id| Node { tree: self, text, id: *id })
    }
}

/// One node of a tree, together with the text it was read from.
#[derive(Clone, Copy)]
pub struct Node<'a> {
    tree: &'a Tree,
    text: &'a str,
    id: u32,
}

/// A key and its value. The value is as written: `resolve` it before looking inside.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Entry<'a> {
    /// The key.
    pub key: Node<'a>,
    /// The value, perhaps an alias.
    pub value: Node<'a>,
}

impl PartialEq for Node<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && std::ptr::eq(self.tree, other.tree)
    }
}

impl Eq for Node<'_> {}

impl std::fmt::Debug for Node<'_> {
    /// The place only: a value may be secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} at {}..{}", self.shape(), self.span().start, self.span().end)
    }
}

impl<'a> Node<'a> {
    fn data(self) -> &'a Data {
        &self.tree.nodes[self.id as usize]
    }

    fn at(self, id: u32) -> Node<'a> {
        Node { id, ..self }
    }

    /// Its number in the tree; an aliased node has one, however often it is referred to.
    #[must_use]
    pub fn id(self) -> u32 {
        self.id
    }

    /// What it is.
    #[must_use]
    pub fn shape(self) -> Shape {
        match self.data().kind {
            Kind::Scalar(_) => Shape::Scalar,
            Kind::Mapping => Shape::Mapping,
            Kind::Sequence => Shape::Sequence,
            Kind::Alias => Shape::Alias,
        }
    }

    /// Its place without tag and anchor. Quotes belong to it; a block scalar goes from its `|` or `>` to the end of its last line,
    /// the line break not included. An absent value is an empty span.
    #[must_use]
    pub fn span(self) -> Span {
        self.data().span
    }

    /// How a scalar is written.
    #[must_use]
    pub fn style(self) -> Option<Style> {
        match self.data().kind {
            Kind::Scalar(style) => Some(style),
            _ => None,
        }
    }

    fn properties(self) -> Properties {
        let index = self.data().properties as usize;
        index.checked_sub(1).and_then(|index| self.tree.properties.get(index)).copied().unwrap_or_default()
    }

    /// The tag as written, with its `!`.
    #[must_use]
    pub fn tag(self) -> Option<&'a str> {
        self.text.get(self.properties().tag.range()).filter(|tag| !tag.is_empty())
    }

    /// The anchor's name, without its `&`.
    #[must_use]
    pub fn anchor(self) -> Option<&'a str> {
        self.text.get(self.properties().anchor.range())?.strip_prefix('&')
    }

    /// Whether it is `*name`.
    #[must_use]
    pub fn is_alias(self) -> bool {
        self.data().kind == Kind::Alias
    }

    /// The node that an alias stands for; itself when it is none, or when nothing has that name.
    #[must_use]
    pub fn resolve(self) -> Node<'a> {
        // An alias cannot carry an anchor, so one step is enough.
        match *self.data() {
            Data { kind: Kind::Alias, link, .. } if link != 0 => self.at(link),
            _ => self,
        }
    }

    fn children(self, kind: Kind) -> Children<'a> {
        let node = self.resolve();
        let first = if node.data().kind == kind { node.data().link } else { 0 };
        Children { node, next: first }
    }

    /// The entries of a mapping as written: duplicates kept, `<<` an entry like any other.
    pub fn entries(self) -> impl Iterator<Item = Entry<'a>> {
        let mut children = self.children(Kind::Mapping);
        std::iter::from_fn(move || Some(Entry { key: children.next()?, value: children.next()? }))
    }

    /// The items of a sequence.
    pub fn items(self) -> impl Iterator<Item = Node<'a>> {
        self.children(Kind::Sequence)
    }

    /// The entries of a mapping with its merge keys (`<<`) carried out: own entries first, then those that are merged in and
    /// that no earlier one hides.
    #[must_use]
    pub fn merged(self) -> Vec<Entry<'a>> {
        merge::merged(self)
    }

    /// The value of a mapping's last entry with this key, aliases resolved.
    #[must_use]
    pub fn get(self, key: &str) -> Option<Node<'a>> {
        self.entries().filter(|entry| entry.key.is_str(key)).last().map(|entry| entry.value.resolve())
    }

    /// Like `get`; where the mapping itself does not have the key, what is merged into it is asked.
    #[must_use]
    pub fn get_merged(self, key: &str) -> Option<Node<'a>> {
        self.get(key).or_else(|| {
            let merges = self.entries().any(|entry| merge::is_merge(entry.key));
            let found = if merges { self.merged().into_iter().find(|entry| entry.key.is_str(key)) } else { None };
            found.map(|entry| entry.value.resolve())
        })
    }

    /// Whether it is a scalar of this value.
    #[must_use]
    pub fn is_str(self, value: &str) -> bool {
        let node = self.resolve();
        if node.style() == Some(Style::Plain) {
            // Decoding only ever folds line breaks, so the beginning stays and nothing gets longer.
            let raw = node.raw();
            if raw.len() < value.len() || raw.as_bytes().first() != value.as_bytes().first() {
                return false;
            }
        }
        node.str().is_some_and(|own| own == value)
    }

    /// The source under its span.
    #[must_use]
    pub fn raw(self) -> &'a str {
        self.text.get(self.span().range()).unwrap_or("")
    }

    /// A scalar's value, with its map to the source; an absent value is empty. `None` for everything else; aliases are resolved.
    #[must_use]
    pub fn text(self) -> Option<Text<'a>> {
        let node = self.resolve();
        let Data { span, link, .. } = *node.data();
        match node.style()? {
            style @ (Style::Plain | Style::Single | Style::Double) => Some(flow::decode(self.text, node.inner(), style)),
            Style::Literal | Style::Folded => {
                let block = self.tree.blocks.get(link as usize)?;
                Some(block::decode(self.text, span.start as usize, block))
            }
        }
    }

    /// A scalar's value.
    #[must_use]
    pub fn str(self) -> Option<Cow<'a, str>> {
        self.text().map(Text::into_value)
    }

    /// A flow scalar's span without its quotes.
    fn inner(self) -> Span {
        let span = self.span();
        match self.style() {
            Some(Style::Single | Style::Double) if span.len() >= 2 => Span { start: span.start + 1, end: span.end - 1 },
            _ => span,
        }
    }

    /// Where a scalar's content begins: behind the quote, on the first line of a block that is not blank.
    #[must_use]
    pub fn content_start(self) -> u32 {
        match self.style() {
            Some(Style::Literal | Style::Folded) => {
                self.tree.blocks.get(self.data().link as usize).map_or(self.span().start, |block| block.content)
            }
            _ => self.inner().start,
        }
    }

    /// Whether it is null: absent, `~` or `null`, untagged and without quotes.
    #[must_use]
    pub fn is_null(self) -> bool {
        matches!(self.bare(), Some("" | "~" | "null" | "Null" | "NULL"))
    }

    /// The boolean it is by the YAML 1.2 core schema: `yes`, `no`, `on` and `off` are strings.
    #[must_use]
    pub fn as_bool(self) -> Option<bool> {
        match self.bare()? {
            "true" | "True" | "TRUE" => Some(true),
            "false" | "False" | "FALSE" => Some(false),
            _ => None,
        }
    }

    /// The source of a plain scalar without a tag; aliases are resolved.
    fn bare(self) -> Option<&'a str> {
        let node = self.resolve();
        (node.style() == Some(Style::Plain) && node.tag().is_none()).then(|| node.raw())
    }
}

/// The children of one node.
struct Children<'a> {
    node: Node<'a>,
    next: u32,
}

impl<'a> Iterator for Children<'a> {
    type Item = Node<'a>;

    fn next(&mut self) -> Option<Node<'a>> {
        if self.next == 0 {
            return None;
        }
        let node = self.node.at(self.next);
        self.next = node.data().next;
        Some(node)
    }
}

/// The length of the line break at the start of `text`: LF, CR LF or CR. 0 where there is none.
fn line_break(text: &[u8]) -> usize {
    match text {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests;
