//! The JSON spelling of HCL (`.tf.json`, `.tfvars.json`): JSON → the same tree.
//!
//! <https://github.com/hashicorp/hcl/blob/main/json/spec.md>: only a schema tells a block from an attribute, so the
//! caller says which keys are blocks and how many labels they have. Strings are templates.

use super::parse::Parser;
use super::tree::{AttributeData, BlockData, Data, File, List, Literal, NONE, Nested, Node, Word, index};
use super::{MAX_NESTING, Name};
use crate::source::{Span, Text};
use crate::syntax::json::{Kind, Node as Json, Tree, decode};

/// A key that stands for blocks.
#[derive(Clone, Copy, Debug)]
pub struct BlockShape {
    /// The key.
    pub kind: &'static str,
    /// How many levels of keys below it are labels.
    pub labels: usize,
    /// The blocks that can stand in its body.
    pub inner: &'static [BlockShape],
}

/// Reads a whole file; `shapes` are the blocks at its top.
pub(super) fn file(text: &str, shapes: &[BlockShape]) -> File {
    let tree = Tree::parse(text);
    let mut builder = Builder { text, file: File::default(), scratch: Vec::new(), labels: Vec::new(), depth: 0 };
    builder.file.errors.extend(tree.errors().iter().cloned());
    if let Some(root) = tree.root(text) {
        builder.members(root, shapes);
    }
    builder.file.root = builder.list(0);
    builder.file.errors.sort_by_key(|error| error.span);
    builder.file
}

/// Whether a value is an object, or a list of nothing else.
fn is_objects(value: Json<'_>) -> bool {
    match value.kind() {
        Kind::Array => value.items().all(|item| item.kind() == Kind::Object),
        kind => kind == Kind::Object,
    }
}

struct Builder<'a> {
    text: &'a str,
    file: File,
    scratch: Vec<u32>,
    labels: Vec<Word>,
    depth: usize,
}

impl Builder<'_> {
    /// The members of an object, or of a list of objects, go onto the scratch list.
    fn members(&mut self, value: Json<'_>, shapes: &[BlockShape]) {
        match value.kind() {
            Kind::Object => {
                for (key, value) in value.entries() {
                    let name = self.word(key.span());
                    let kind = self.name(name);
                    match shapes.iter().find(|shape| shape.kind == kind) {
                        // What is no object is an argument of that name.
                        Some(shape) if self.depth == 0 || shape.labels > 0 || is_objects(value) => {
                            self.blocks(name, value, shape, name.span)
                        }
                        _ => self.attribute(key, name, value),
                    }
                }
            }
            Kind::Array => self.nested(value.span(), |builder| value.items().for_each(|item| builder.members(item, shapes))),
            _ => self.unread(value.span(), "expected an object"),
        }
    }

    fn attribute(&mut self, key: Json<'_>, name: Word, value: Json<'_>) {
        let expr = self.expr(value);
        self.file.attributes.push(AttributeData { name, expr, span: key.span().hull(value.span()) });
        self.scratch.push(index(self.file.attributes.len() - 1) << 1);
    }

    /// The blocks that a value stands for, below the labels that were read already. `header` is the innermost key.
    fn blocks(&mut self, kind: Word, value: Json<'_>, shape: &BlockShape, header: Span) {
        match value.kind() {
            Kind::Null => {}
            Kind::Array => self.nested(value.span(), |builder| {
                value.items().for_each(|item| builder.blocks(kind, item, shape, header));
            }),
            Kind::Object if self.labels.len() < shape.labels => {
                for (key, value) in value.entries() {
                    let label = self.word(key.span());
                    self.labels.push(label);
                    self.blocks(kind, value, shape, label.span);
                    self.labels.pop();
                }
            }
            Kind::Object => {
                let labels = List { start: index(self.file.words.len()), len: index(self.labels.len()) };
                self.file.words.extend_from_slice(&self.labels);
                let (outer, mark) = (std::mem::take(&mut self.labels), self.scratch.len());
                self.nested(value.span(), |builder| builder.members(value, shape.inner));
                let body = self.list(mark);
                self.labels = outer;
                self.file.blocks.push(BlockData { kind, labels, body, span: header.hull(value.span()), header });
                self.scratch.push(index(self.file.blocks.len() - 1) << 1 | 1);
            }
            _ => self.unread(value.span(), "expected an object"),
        }
    }

    fn expr(&mut self, value: Json<'_>) -> u32 {
        let data = match value.kind() {
            Kind::Null => Data::Null,
            Kind::True => Data::Bool(true),
            Kind::False => Data::Bool(false),
            Kind::Number => Data::Number,
            Kind::String => return self.string(value.span()),
            Kind::Object | Kind::Array => {
                let mark = self.scratch.len();
                self.nested(value.span(), |builder| builder.children(value));
                let list = self.list(mark);
                if value.kind() == Kind::Object { Data::Object(list) } else { Data::Tuple(list) }
            }
        };
        self.node(value.span(), data)
    }

    fn children(&mut self, value: Json<'_>) {
        for (key, value) in value.entries() {
            let key = self.string(key.span());
            self.scratch.push(key);
            let value = self.expr(value);
            self.scratch.push(value);
        }
        for item in value.items() {
            let item = self.expr(item);
            self.scratch.push(item);
        }
    }

    /// A template. Where the JSON has escapes, it is read from the decoded string, which then has a tree of its own.
    fn string(&mut self, span: Span) -> u32 {
        let decoded = decode(self.text, span);
        let is_template = decoded.as_str().contains("${") || decoded.as_str().contains("%{");
        if !is_template {
            let data = if decoded.is_plain() { Data::Literal(Literal::default()) } else { Data::Decoded(self.keep(decoded)) };
            let inside = Span { start: span.start + 1, end: span.end.saturating_sub(1).max(span.start + 1) };
            let part = self.node(inside, data);
            let list = self.one(part, inside.is_empty());
            return self.node(span, Data::Template(list));
        }
        if decoded.is_plain() {
            return self.template(span);
        }
        let decoded = decoded.into_owned();
        let mut inner =
            Builder { text: decoded.as_str(), file: File::default(), scratch: Vec::new(), labels: Vec::new(), depth: self.depth };
        let root = inner.template_of(Span::new(0, decoded.len()), Span::new(0, decoded.len()));
        let file = inner.file;
        for error in &file.errors {
            let mut error = error.clone();
            (error.span, error.unread) = (decoded.hull(error.span.range()), decoded.hull(error.unread.range()));
            self.file.errors.push(error);
        }
        self.file.nested.push(Nested { text: decoded, file, root });
        self.node(span, Data::Nested(index(self.file.nested.len() - 1)))
    }

    fn template(&mut self, span: Span) -> u32 {
        self.template_of(Span { start: span.start + 1, end: span.end - 1 }, span)
    }

    /// Reads the template `inside`; its node gets the place `whole`. One that is broken stands for its text.
    fn template_of(&mut self, inside: Span, whole: Span) -> u32 {
        let mut parser = Parser::within(self.text, inside, std::mem::take(&mut self.file), self.depth);
        let parsed = parser.bare();
        let failure = parser.failure.take();
        self.file = parser.file;
        let Some(template) = parsed else {
            let (span, message) = failure.unwrap_or((whole, "not understood"));
            self.error(span, message, Span { start: span.start, end: span.start });
            let part = self.node(inside, Data::Literal(Literal::default()));
            let list = self.one(part, false);
            return self.node(whole, Data::Template(list));
        };
        if let Some(node) = self.file.nodes.get_mut(template as usize) {
            node.span = whole;
        }
        template
    }

    /// One level of nesting around `read`.
    fn nested(&mut self, span: Span, read: impl FnOnce(&mut Self)) {
        if self.depth == MAX_NESTING {
            self.unread(span, "nested too deeply");
            return;
        }
        self.depth += 1;
        read(self);
        self.depth -= 1;
    }

    fn unread(&mut self, span: Span, message: &str) {
        self.error(span, message, span);
    }

    fn error(&mut self, span: Span, message: &str, unread: Span) {
        self.file.errors.push(crate::syntax::SyntaxError { span, message: message.to_owned(), unread });
    }

    /// The key at `span`, which includes its quotation marks.
    fn word(&mut self, span: Span) -> Word {
        let decoded = decode(self.text, span);
        let span = Span { start: span.start + 1, end: span.end.saturating_sub(1).max(span.start + 1) };
        let decoded = if decoded.is_plain() { NONE } else { self.keep(decoded) };
        Word { span, decoded }
    }

    fn name(&self, word: Word) -> String {
        let cx = super::Context { file: &self.file, text: self.text, outer: None };
        let Name { text, .. } = cx.word(word);
        text.to_owned()
    }

    fn keep(&mut self, text: Text<'_>) -> u32 {
        self.file.decoded.push(text.into_owned());
        index(self.file.decoded.len() - 1)
    }

    fn node(&mut self, span: Span, data: Data) -> u32 {
        self.file.nodes.push(Node { span, data });
        index(self.file.nodes.len() - 1)
    }

    fn one(&mut self, part: u32, empty: bool) -> List {
        let start = index(self.file.lists.len());
        if !empty {
            self.file.lists.push(part);
        }
        List { start, len: u32::from(!empty) }
    }

    fn list(&mut self, mark: usize) -> List {
        let list = List { start: index(self.file.lists.len()), len: index(self.scratch.len() - mark) };
        self.file.lists.extend(self.scratch.drain(mark..));
        list
    }
}
