//! Blocks and arguments in Terraform's words.

use std::borrow::Cow;
use std::collections::HashSet;

use super::{ModuleFiles, fold};
use crate::source::{Place, Source, Span, Text};
use crate::syntax::hcl::{self, Expr, ExprKind};

/// A block and the file it stands in.
#[derive(Clone, Copy)]
pub struct Block<'a> {
    source: &'a Source,
    block: hcl::Block<'a>,
    /// The files that change it, with all others of its module.
    over: Option<&'a ModuleFiles>,
}

impl<'a> Block<'a> {
    pub(in crate::formats) fn new(source: &'a Source, block: hcl::Block<'a>) -> Self {
        Self { source, block, over: None }
    }

    /// The block with what the override files of its module make of it.
    pub(super) fn merged(self, files: &'a ModuleFiles) -> Self {
        Self { over: Some(files), ..self }
    }

    /// Whether it is made no times: `count = 0`, or `for_each` over nothing.
    pub(super) fn is_off(self) -> bool {
        if !matches!(self.kind(), "resource" | "data" | "ephemeral" | "module") {
            return false;
        }
        let is_empty = |expr: Expr<'_>| match expr.kind() {
            ExprKind::Object(object) => object.items().len() == 0,
            ExprKind::Tuple(items) => items.iter().len() == 0,
            _ => false,
        };
        self.arguments().any(|argument| match (argument.name(), argument.expr.kind()) {
            ("count", ExprKind::Number(number)) => number == "0",
            ("for_each", ExprKind::Call(call)) => call.name().text == "toset" && call.arguments().iter().all(is_empty),
            ("for_each", _) => is_empty(argument.expr),
            _ => false,
        })
    }

    /// Whether override files change blocks of this kind. `locals` and `terraform` stand beside the others there; the last one
    /// counts.
    pub(super) fn is_mergeable(self) -> bool {
        matches!(self.kind(), "resource" | "data" | "ephemeral" | "module" | "variable" | "output" | "provider")
    }

    /// Its kind and labels: blocks with different ones never change each other. Providers of one name differ by their alias.
    pub(super) fn key(self) -> String {
        let mut key = key(self.kind(), self.block.labels().map(|label| label.text));
        if self.kind() == "provider" {
            let alias = self.own_arguments().filter(|argument| argument.name() == "alias").last();
            key.extend(alias.and_then(|alias| alias.text()).map(|alias| format!("{SEPARATOR}{}", alias.as_str())));
        }
        key
    }

    /// The blocks of override files that change it, the last one counting most.
    fn overriding(self) -> impl Iterator<Item = Block<'a>> {
        let key = self.over.map(|files| (files, self.key()));
        let blocks: Vec<Block<'a>> = key.map(|(files, key)| files.overriding(&key).collect()).unwrap_or_default();
        blocks.into_iter()
    }

    /// What stands between its own braces.
    fn own_arguments(self) -> impl Iterator<Item = Argument<'a>> {
        let source = self.source;
        self.block.body().attributes().map(move |attribute| Argument::of(source, attribute))
    }

    pub(super) fn own_blocks(self) -> impl Iterator<Item = Block<'a>> {
        let source = self.source;
        self.block.body().blocks().map(move |block| Block::new(source, block))
    }

    pub(super) fn hcl(self) -> hcl::Block<'a> {
        self.block
    }

    /// The word that begins it.
    #[must_use]
    pub fn kind(self) -> &'a str {
        self.block.kind()
    }

    /// The label at `index`, empty where there is none.
    #[must_use]
    pub fn label(self, index: usize) -> &'a str {
        self.block.label(index)
    }

    /// The place of the label at `index`, without its quotation marks; of the block's kind where there is none.
    #[must_use]
    pub fn label_place(self, index: usize) -> Place {
        let label = self.block.labels().nth(index);
        self.source.place(label.map_or(self.block.kind_span(), |label| label.span))
    }

    /// All of it.
    #[must_use]
    pub fn place(self) -> Place {
        self.source.place(self.block.span())
    }

    /// Its kind and labels.
    #[must_use]
    pub fn header(self) -> Place {
        self.source.place(self.block.header_span())
    }

    /// The file it stands in.
    #[must_use]
    pub fn source(self) -> &'a Source {
        self.source
    }

    /// How its module names it: `aws_db_instance.main`, `data.aws_x.y`, `var.z`, `module.m`.
    #[must_use]
    pub fn address(self) -> String {
        let labels: Vec<&str> = self.block.labels().map(|label| label.text).collect();
        match self.kind() {
            "resource" => labels.join("."),
            "variable" => format!("var.{}", labels.join(".")),
            kind if labels.is_empty() => kind.to_owned(),
            kind => format!("{kind}.{}", labels.join(".")),
        }
    }

    /// The argument of this name; the last one where it is repeated.
    #[must_use]
    pub fn argument(self, name: &str) -> Option<Argument<'a>> {
        self.arguments().filter(|argument| argument.name() == name).last()
    }

    /// Its arguments.
    pub fn arguments(self) -> impl Iterator<Item = Argument<'a>> {
        let new: Vec<Argument<'a>> = self.overriding().flat_map(Block::own_arguments).collect();
        let replaced: HashSet<String> = new.iter().map(|argument| argument.name().to_owned()).collect();
        self.own_arguments().filter(move |argument| !replaced.contains(argument.name())).chain(new)
    }

    /// The blocks directly inside.
    pub fn blocks(self) -> impl Iterator<Item = Block<'a>> {
        // Those of an override file take the place of all blocks of their kind.
        let new: Vec<Block<'a>> = self.overriding().flat_map(Block::own_blocks).collect();
        let replaced: HashSet<&str> = new.iter().map(|block| block.kind()).collect();
        self.own_blocks().filter(move |inner| !replaced.contains(inner.kind())).chain(new)
    }

    /// The blocks of a kind directly inside.
    pub fn blocks_of<'k>(self, kind: &'k str) -> impl Iterator<Item = Block<'a>> + use<'a, 'k> {
        self.blocks().filter(move |block| block.kind() == kind)
    }

    /// Whether the argument is the constant `true`; None where it is absent or decided elsewhere.
    #[must_use]
    pub fn flag(self, name: &str) -> Option<bool> {
        self.argument(name)?.flag()
    }

    /// Whether `lifecycle` leaves the argument that holds this place alone once it was written.
    #[must_use]
    pub fn ignores_changes(self, place: Place) -> bool {
        let Some(argument) = self.arguments().find(|argument| holds(argument.place(), place)) else { return false };
        let ignored = self.blocks_of("lifecycle").filter_map(|lifecycle| lifecycle.argument("ignore_changes"));
        ignored.flat_map(|list| list.words()).any(|word| word == "all" || word == argument.name())
    }

    /// Of a variable: whether its value is a string, as far as its `type` and `default` say.
    #[must_use]
    pub fn is_string(self) -> bool {
        if let Some(kind) = self.argument("type") {
            return kind.expr().word().is_some_and(|word| word == "string");
        }
        let default = self.argument("default").map(|default| default.expr().kind());
        matches!(default, None | Some(ExprKind::Null | ExprKind::Template(_)))
    }

    /// Every argument in it and in the blocks inside, with its path; `dynamic "x" { content { … } }` counts as a block `x`.
    #[must_use]
    pub fn all_arguments(self) -> Vec<(String, Argument<'a>)> {
        let (mut all, mut open) = (Vec::new(), vec![(self, String::new())]);
        while let Some((block, way)) = open.pop() {
            all.extend(block.arguments().map(|argument| (format!("{way}{}", argument.name()), argument)));
            open.extend(block.blocks().map(|inner| {
                let step = match inner.kind() {
                    "dynamic" => format!("{}.", inner.label(0)),
                    "content" => String::new(),
                    kind => format!("{kind}."),
                };
                (inner, format!("{way}{step}"))
            }));
        }
        all
    }

    /// Whether it stands in an example or in something that is thrown away.
    #[must_use]
    pub fn is_lowered(self) -> bool {
        self.source.setting.example || self.source.setting.throwaway
    }

    /// The argument's constant text.
    #[must_use]
    pub fn text(self, name: &str) -> Option<Text<'a>> {
        self.argument(name)?.text()
    }
}

/// Stands in no kind and no label.
const SEPARATOR: char = '\n';

/// A kind and labels as one.
pub(super) fn key<'l>(kind: &str, labels: impl Iterator<Item = &'l str>) -> String {
    let mut key = kind.to_owned();
    for label in labels {
        key.push(SEPARATOR);
        key.push_str(label);
    }
    key
}

/// Blocks of one kind, to be asked which of them holds a place.
pub struct Blocks<'a>(Vec<Block<'a>>);

impl<'a> Blocks<'a> {
    /// Of the top-level blocks given, none holds another.
    #[must_use]
    pub fn new(blocks: impl Iterator<Item = Block<'a>>) -> Self {
        let mut blocks: Vec<Block<'a>> = blocks.collect();
        blocks.sort_by_key(|block| block.place());
        Self(blocks)
    }

    /// The block that holds the place.
    #[must_use]
    pub fn around(&self, place: Place) -> Option<Block<'a>> {
        let before = self.0.partition_point(|block| block.place() <= place);
        self.0.get(before.checked_sub(1)?).copied().filter(|block| holds(block.place(), place))
    }
}

fn holds(outer: Place, inner: Place) -> bool {
    outer.source == inner.source && outer.span.contains(inner.span)
}

/// `name = value`, in a block or in an object.
#[derive(Clone)]
pub struct Argument<'a> {
    pub(super) source: &'a Source,
    pub(super) name: Cow<'a, str>,
    pub(super) name_span: Span,
    pub(super) expr: Expr<'a>,
}

impl<'a> Argument<'a> {
    pub(in crate::formats) fn of(source: &'a Source, attribute: hcl::Attribute<'a>) -> Self {
        Self { source, name: attribute.name().into(), name_span: attribute.name_span(), expr: attribute.expr() }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The place of its name.
    #[must_use]
    pub fn name_place(&self) -> Place {
        self.source.place(self.name_span)
    }

    /// The place of its value; of a string, without the quotation marks.
    #[must_use]
    pub fn value_place(&self) -> Place {
        let text = self.expr.literal().filter(|text| !text.is_empty());
        self.source.place(text.map_or(self.expr.span(), |text| text.span()))
    }

    /// Name and value.
    #[must_use]
    pub fn place(&self) -> Place {
        self.source.place(self.name_span.hull(self.expr.span()))
    }

    /// The file it stands in.
    #[must_use]
    pub fn source(&self) -> &'a Source {
        self.source
    }

    /// The value.
    #[must_use]
    pub fn expr(&self) -> Expr<'a> {
        self.expr
    }

    /// `true`, `false`, or a string that converts to one of them.
    #[must_use]
    pub fn flag(&self) -> Option<bool> {
        if let ExprKind::Bool(value) = self.expr.kind() {
            return Some(value);
        }
        match self.text()?.as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        }
    }

    /// Its constant text: a string, or functions of strings that give one.
    #[must_use]
    pub fn text(&self) -> Option<Text<'a>> {
        fold::constant(self.source, self.expr)
    }

    /// A constant number, quoted or not.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        self.text()?.as_str().parse().ok()
    }

    /// The words and strings of a list: `[password, "tags"]`, or of a single one.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        let items: Vec<Expr<'a>> = match self.expr.kind() {
            ExprKind::Tuple(items) => items.iter().collect(),
            _ => vec![self.expr],
        };
        items.into_iter().filter_map(|item| item.word()).map(Cow::into_owned).collect()
    }

    /// The constant strings among its first `most` expressions, and where they stand.
    #[must_use]
    pub fn strings(&self, most: usize) -> Vec<(String, Place)> {
        let texts = self.expr.descendants().take(most).filter_map(|expr| expr.literal());
        texts.map(|text| (text.as_str().to_owned(), self.source.place(text.span()))).collect()
    }

    /// What it refers to, as written: `method.aes_gcm.main`.
    #[must_use]
    pub fn reference(&self) -> Option<&'a str> {
        matches!(self.expr.kind(), ExprKind::Traversal(_)).then(|| self.source.slice(self.expr.span()))
    }

    /// Whether it is `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self.expr.kind(), ExprKind::Null)
    }

    /// The items of an object, which read as the arguments of a block would.
    #[must_use]
    pub fn items(&self) -> Vec<Argument<'a>> {
        let ExprKind::Object(object) = self.expr.kind() else { return Vec::new() };
        let item =
            |item: hcl::Item<'a>| Some(Self { source: self.source, name: item.key.word()?, name_span: item.key.span(), expr: item.value });
        object.items().filter_map(item).collect()
    }
}
