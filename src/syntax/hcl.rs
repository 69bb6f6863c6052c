//! HCL native syntax (Terraform, OpenTofu, Packer, Terragrunt): text → a tree of ranges.
//!
//! The grammar is <https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md>. Three things differ, all on purpose:
//!
//! - Binary operators are one flat list of operands: no operator lets a secret string through, and a chain of
//!   100,000 of them must not make a deep tree. Template directives are flat for the same reason.
//! - Reading goes on after an error: the attribute or block around it is left out and named in [`File::errors`].
//! - Duplicate attributes are kept, and so is whatever a later evaluation would reject.
//!
//! The tree is a handful of `Vec`s with indices, so dropping it is flat. Expressions and blocks nest at most
//! [`MAX_NESTING`] deep; what lies deeper is an error. Strings are decoded when they are asked for.

mod decode;
mod expr;
mod json;
mod parse;
mod tree;

pub use expr::{Call, Comprehension, Conditional, Expr, ExprKind, Exprs, Item, Object, Part, Step, Template, Traversal};
pub use json::BlockShape;
pub use tree::File;

use crate::source::{Span, Text};
use crate::syntax::SyntaxError;
use tree::{List, Word};

/// Blocks and expressions are followed to this depth. Less than [`super::MAX_DEPTH`], because the parser is recursive
/// and must do with a small stack; hand-written modules stay below a quarter of it.
pub const MAX_NESTING: usize = 100;

impl File {
    /// Reads a file. Never fails; see [`File::errors`].
    #[must_use]
    pub fn parse(text: &str) -> Self {
        parse::file(text)
    }

    /// Reads a file in JSON, whose `blocks` are these. Never fails; see [`File::errors`].
    #[must_use]
    pub fn parse_json(text: &str, blocks: &[BlockShape]) -> Self {
        json::file(text, blocks)
    }

    /// What could not be read, in the order of the file.
    #[must_use]
    pub fn errors(&self) -> &[SyntaxError] {
        &self.errors
    }

    /// `#`, `//` and `/* */` comments, with their markers and without the line break that ends them.
    #[must_use]
    pub fn comments(&self) -> &[Span] {
        &self.comments
    }

    /// The top-level attributes and blocks. `text` is the text that was parsed.
    #[must_use]
    pub fn body<'a>(&'a self, text: &'a str) -> Body<'a> {
        Body { cx: Context { file: self, text, outer: None }, items: self.root }
    }
}

/// What every handle carries: the tree, the text its offsets count in and, where that text was itself decoded from
/// a string of the source (a template in JSON), the way back.
#[derive(Clone, Copy)]
struct Context<'a> {
    file: &'a File,
    text: &'a str,
    outer: Option<&'a Text<'static>>,
}

impl<'a> Context<'a> {
    fn list(self, list: List) -> &'a [u32] {
        self.file.lists.get(list.range()).unwrap_or(&[])
    }

    fn slice(self, span: Span) -> &'a str {
        self.text.get(span.range()).unwrap_or("")
    }

    fn place(self, span: Span) -> Span {
        self.outer.map_or(span, |outer| outer.hull(span.range()))
    }

    /// A literal part of a template, decoded.
    fn literal(self, span: Span, how: tree::Literal) -> Text<'a> {
        let text = decode::literal(self.text, span, how);
        match self.outer {
            Some(outer) => text.then(outer),
            None => text,
        }
    }

    fn decoded(self, index: u32) -> Text<'a> {
        self.file.decoded.get(index as usize).map_or_else(|| Text::plain("", 0), |text| text.slice(0..text.len()))
    }

    fn word(self, word: Word) -> Name<'a> {
        let text = match self.file.decoded.get(word.decoded as usize) {
            Some(text) => text.as_str(),
            None => self.slice(word.span),
        };
        Name { text, span: self.place(word.span) }
    }
}

/// A decoded word and where it stands, quotes not included.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Name<'a> {
    /// The decoded word.
    pub text: &'a str,
    /// Its place.
    pub span: Span,
}

/// The attributes and blocks between two braces, or of a file.
#[derive(Clone, Copy)]
pub struct Body<'a> {
    cx: Context<'a>,
    items: List,
}

/// An attribute or a block.
#[derive(Clone, Copy)]
pub enum Member<'a> {
    /// `name = expression`
    Attribute(Attribute<'a>),
    /// `kind "label" { … }`
    Block(Block<'a>),
}

impl<'a> Body<'a> {
    /// Attributes and blocks in the order of the file.
    pub fn members(self) -> impl Iterator<Item = Member<'a>> {
        self.cx.list(self.items).iter().filter_map(move |item| self.of(*item))
    }

    /// The member at `index` of [`Self::members`].
    #[must_use]
    pub fn member(self, index: usize) -> Option<Member<'a>> {
        self.cx.list(self.items).get(index).and_then(|item| self.of(*item))
    }

    fn of(self, item: u32) -> Option<Member<'a>> {
        let (cx, index) = (self.cx, (item >> 1) as usize);
        if item & 1 == 0 {
            Some(Member::Attribute(Attribute { cx, data: *cx.file.attributes.get(index)? }))
        } else {
            Some(Member::Block(Block { cx, data: *cx.file.blocks.get(index)? }))
        }
    }

    /// The attributes, duplicates included.
    pub fn attributes(self) -> impl Iterator<Item = Attribute<'a>> {
        self.members().filter_map(|member| match member {
            Member::Attribute(attribute) => Some(attribute),
            Member::Block(_) => None,
        })
    }

    /// The blocks.
    pub fn blocks(self) -> impl Iterator<Item = Block<'a>> {
        self.members().filter_map(|member| match member {
            Member::Block(block) => Some(block),
            Member::Attribute(_) => None,
        })
    }

    /// The first attribute of that name.
    #[must_use]
    pub fn attribute(self, name: &str) -> Option<Attribute<'a>> {
        self.attributes().find(|attribute| attribute.name() == name)
    }

    /// The blocks of that kind.
    pub fn blocks_of<'k>(self, kind: &'k str) -> impl Iterator<Item = Block<'a>> + use<'a, 'k> {
        self.blocks().filter(move |block| block.kind() == kind)
    }
}

/// `name = expression`
#[derive(Clone, Copy)]
pub struct Attribute<'a> {
    cx: Context<'a>,
    data: tree::AttributeData,
}

impl<'a> Attribute<'a> {
    /// The name.
    #[must_use]
    pub fn name(self) -> &'a str {
        self.cx.word(self.data.name).text
    }

    /// The place of the name.
    #[must_use]
    pub fn name_span(self) -> Span {
        self.cx.word(self.data.name).span
    }

    /// The value.
    #[must_use]
    pub fn expr(self) -> Expr<'a> {
        Expr::new(self.cx, self.data.expr)
    }

    /// From the name to the end of the value.
    #[must_use]
    pub fn span(self) -> Span {
        self.cx.place(self.data.span)
    }
}

/// `kind "label" "label" { … }`
#[derive(Clone, Copy)]
pub struct Block<'a> {
    cx: Context<'a>,
    data: tree::BlockData,
}

impl<'a> Block<'a> {
    /// The word that begins it.
    #[must_use]
    pub fn kind(self) -> &'a str {
        self.cx.word(self.data.kind).text
    }

    /// The place of that word.
    #[must_use]
    pub fn kind_span(self) -> Span {
        self.cx.word(self.data.kind).span
    }

    /// The labels, quoted or bare.
    pub fn labels(self) -> impl ExactSizeIterator<Item = Name<'a>> {
        let cx = self.cx;
        cx.file.words.get(self.data.labels.range()).unwrap_or(&[]).iter().map(move |word| cx.word(*word))
    }

    /// The label at `index`, empty where there is none.
    #[must_use]
    pub fn label(self, index: usize) -> &'a str {
        self.labels().nth(index).map_or("", |label| label.text)
    }

    /// What stands between the braces.
    #[must_use]
    pub fn body(self) -> Body<'a> {
        Body { cx: self.cx, items: self.data.body }
    }

    /// From the kind to the closing brace.
    #[must_use]
    pub fn span(self) -> Span {
        self.cx.place(self.data.span)
    }

    /// From the kind to the last label; in JSON, the key it stands under.
    #[must_use]
    pub fn header_span(self) -> Span {
        self.cx.place(self.data.header)
    }
}

#[cfg(test)]
mod tests;
