//! How the tree is stored: flat lists that refer to each other by index.

use std::ops::Range;

use crate::source::{Span, Text};
use crate::syntax::SyntaxError;

/// A file as a tree of ranges.
#[derive(Debug, Default)]
pub struct File {
    pub(super) nodes: Vec<Node>,
    /// The children of nodes and the members of bodies (index × 2, + 1 for a block), each list in one piece.
    pub(super) lists: Vec<u32>,
    pub(super) attributes: Vec<AttributeData>,
    pub(super) blocks: Vec<BlockData>,
    /// Labels of blocks.
    pub(super) words: Vec<Word>,
    pub(super) comprehensions: Vec<ComprehensionData>,
    /// Strings and words that are not written as they read.
    pub(super) decoded: Vec<Text<'static>>,
    /// Templates that were read from a decoded string.
    pub(super) nested: Vec<Nested>,
    pub(super) comments: Vec<Span>,
    pub(super) errors: Vec<SyntaxError>,
    pub(super) root: List,
}

/// An index that refers to nothing.
pub(super) const NONE: u32 = u32::MAX;

/// A piece of one of the `Vec`s.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct List {
    pub(super) start: u32,
    pub(super) len: u32,
}

impl List {
    pub(super) fn range(self) -> Range<usize> {
        self.start as usize..self.start as usize + self.len as usize
    }
}

/// A name; `decoded` is an index where the name is not the bytes under `span`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word {
    pub(super) span: Span,
    pub(super) decoded: u32,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct AttributeData {
    pub(super) name: Word,
    pub(super) expr: u32,
    pub(super) span: Span,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct BlockData {
    pub(super) kind: Word,
    pub(super) labels: List,
    pub(super) body: List,
    pub(super) span: Span,
    /// What names it: kind and labels, in JSON its own key.
    pub(super) header: Span,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct ComprehensionData {
    pub(super) names: [Span; 2],
    pub(super) source: u32,
    pub(super) key: u32,
    pub(super) value: u32,
    pub(super) condition: u32,
}

/// A template of JSON that is written with escapes: its offsets count in the decoded `text`.
#[derive(Debug)]
pub(super) struct Nested {
    pub(super) text: Text<'static>,
    pub(super) file: File,
    pub(super) root: u32,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub(super) span: Span,
    pub(super) data: Data,
}

/// What a node is. `u32`s are node indices.
#[derive(Clone, Copy, Debug)]
pub(super) enum Data {
    Null,
    Bool(bool),
    Number,
    Variable,
    /// A quoted string or heredoc: a list of `Literal`, `Interpolation` and `Directive`.
    Template(List),
    Literal(Literal),
    /// A literal that was decoded from JSON.
    Decoded(u32),
    Interpolation(u32),
    /// `%{ if … }`: its expression or `NONE`.
    Directive(u32),
    /// The root, then `Attr`, `Index` and `Splat`.
    Traversal(List),
    Attr,
    Index(u32),
    Splat,
    /// The name, then the arguments.
    Call(List),
    Tuple(List),
    /// Keys and values in turn.
    Object(List),
    Comprehension(u32),
    /// Condition, then, else.
    Conditional(List),
    Operation(List),
    Unary(u32),
    Parens(u32),
    Nested(u32),
}

impl Data {
    /// Whether the node is a part of an expression, or only the way to one.
    pub(super) fn is_part(self) -> bool {
        matches!(
            self,
            Self::Literal(_)
                | Self::Decoded(_)
                | Self::Interpolation(_)
                | Self::Directive(_)
                | Self::Attr
                | Self::Index(_)
                | Self::Splat
                | Self::Nested(_)
        )
    }
}

/// How a literal part of a template is written.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Literal {
    /// Whether backslash escapes are decoded.
    pub(super) escapes: bool,
    /// Whitespace characters that each line of a `<<-` heredoc loses.
    pub(super) dedent: u16,
    /// Whether the part begins a line of a heredoc.
    pub(super) at_line_start: bool,
    /// `~}` before it: white space at its start is dropped.
    pub(super) trim_start: bool,
    /// `${~` after it: white space at its end is dropped.
    pub(super) trim_end: bool,
}

/// Positions in the tree's lists. A source is at most 512 MB and no list has more entries than the source has bytes.
pub(super) fn index(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(NONE)
}
