//! Handles on expressions.

use std::borrow::Cow;

use super::tree::{ComprehensionData, Data, List, NONE, Node};
use super::{Context, Name};
use crate::source::{Span, Text};

/// An expression.
#[derive(Clone, Copy)]
pub struct Expr<'a> {
    cx: Context<'a>,
    node: Node,
}

/// What an expression is.
#[derive(Clone, Copy)]
pub enum ExprKind<'a> {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number as it is written.
    Number(&'a str),
    /// A quoted string or a heredoc.
    Template(Template<'a>),
    /// A name: `var`, `local`, a resource type, a `for` variable.
    Variable(&'a str),
    /// `root.name[index].*`
    Traversal(Traversal<'a>),
    /// `name(arguments)`
    Call(Call<'a>),
    /// `[a, b]`
    Tuple(Exprs<'a>),
    /// `{ key = value }`
    Object(Object<'a>),
    /// `[for …]`, `{for …}`
    Comprehension(Comprehension<'a>),
    /// `a ? b : c`
    Conditional(Conditional<'a>),
    /// The operands of binary operators, in order: `a + b == c` has three.
    Operation(Exprs<'a>),
    /// `-a`, `!a`
    Unary(Expr<'a>),
    /// `(a)`
    Parens(Expr<'a>),
}

impl<'a> Expr<'a> {
    pub(super) fn new(cx: Context<'a>, index: u32) -> Self {
        let missing = Node { span: Span::default(), data: Data::Null };
        Self { cx, node: cx.file.nodes.get(index as usize).copied().unwrap_or(missing) }
    }

    /// Its place; of a string, with the quotation marks; of a heredoc, from `<<` to the closing marker.
    #[must_use]
    pub fn span(self) -> Span {
        self.cx.place(self.node.span)
    }

    /// What it is.
    #[must_use]
    pub fn kind(self) -> ExprKind<'a> {
        let (cx, slice) = (self.cx, self.cx.slice(self.node.span));
        let exprs = |list| Exprs { cx, indices: cx.list(list) };
        match self.node.data {
            Data::Nested(index) => self.nested(index).map_or(ExprKind::Null, Self::kind),
            // Parts of something are never a whole expression.
            Data::Null | Data::Literal(_) | Data::Decoded(_) | Data::Interpolation(_) | Data::Directive(_) => ExprKind::Null,
            Data::Attr | Data::Index(_) | Data::Splat => ExprKind::Null,
            Data::Bool(value) => ExprKind::Bool(value),
            Data::Number => ExprKind::Number(slice),
            Data::Variable => ExprKind::Variable(slice),
            Data::Template(list) => ExprKind::Template(Template { whole: self, parts: list }),
            Data::Traversal(list) => ExprKind::Traversal(Traversal { cx, nodes: cx.list(list) }),
            Data::Call(list) => ExprKind::Call(Call { cx, nodes: cx.list(list) }),
            Data::Tuple(list) => ExprKind::Tuple(exprs(list)),
            Data::Object(list) => ExprKind::Object(Object { cx, nodes: cx.list(list) }),
            Data::Comprehension(index) => match cx.file.comprehensions.get(index as usize) {
                Some(data) => ExprKind::Comprehension(Comprehension::new(cx, data)),
                None => ExprKind::Null,
            },
            Data::Conditional(list) => {
                let part = |index: usize| Expr::new(cx, cx.list(list).get(index).copied().unwrap_or(NONE));
                ExprKind::Conditional(Conditional { condition: part(0), yes: part(1), no: part(2) })
            }
            Data::Operation(list) => ExprKind::Operation(exprs(list)),
            Data::Unary(inner) => ExprKind::Unary(Expr::new(cx, inner)),
            Data::Parens(inner) => ExprKind::Parens(Expr::new(cx, inner)),
        }
    }

    /// The expression that was read from a decoded string.
    fn nested(self, index: u32) -> Option<Self> {
        let nested = self.cx.file.nested.get(index as usize)?;
        let cx = Context { file: &nested.file, text: nested.text.as_str(), outer: Some(&nested.text) };
        Some(Self::new(cx, nested.root))
    }

    /// Itself and every expression inside it, parents first.
    pub fn descendants(self) -> impl Iterator<Item = Expr<'a>> {
        let mut open = vec![self];
        std::iter::from_fn(move || {
            loop {
                let expr = open.pop()?;
                let from = open.len();
                expr.children(|child| open.push(child));
                open[from..].reverse();
                if !expr.node.data.is_part() {
                    return Some(expr);
                }
            }
        })
    }

    fn children(self, mut give: impl FnMut(Expr<'a>)) {
        let mut child = |index: u32| {
            if index != NONE {
                give(Expr::new(self.cx, index));
            }
        };
        match self.node.data {
            Data::Nested(index) => self.nested(index).into_iter().for_each(give),
            Data::Null | Data::Bool(_) | Data::Number | Data::Variable | Data::Literal(_) | Data::Decoded(_) | Data::Attr | Data::Splat => {
            }
            Data::Call(list) => self.cx.list(list).iter().skip(1).copied().for_each(child),
            Data::Template(list)
            | Data::Traversal(list)
            | Data::Tuple(list)
            | Data::Object(list)
            | Data::Conditional(list)
            | Data::Operation(list) => {
                self.cx.list(list).iter().copied().for_each(child);
            }
            Data::Interpolation(inner) | Data::Directive(inner) | Data::Index(inner) | Data::Unary(inner) | Data::Parens(inner) => {
                child(inner)
            }
            Data::Comprehension(index) => {
                if let Some(data) = self.cx.file.comprehensions.get(index as usize) {
                    [data.source, data.key, data.value, data.condition].into_iter().for_each(child);
                }
            }
        }
    }

    /// The string it stands for, if it is a string or heredoc without `${` and `%{`.
    #[must_use]
    pub fn literal(self) -> Option<Text<'a>> {
        match self.kind() {
            ExprKind::Template(template) => template.literal(),
            _ => None,
        }
    }

    /// The string it stands for as a key or index: a literal, a bare word or a number.
    #[must_use]
    pub fn word(self) -> Option<Cow<'a, str>> {
        match self.node.data {
            Data::Variable | Data::Null | Data::Bool(_) | Data::Number => Some(Cow::Borrowed(self.cx.slice(self.node.span))),
            _ => self.literal().map(|text| text.value().clone()),
        }
    }
}

/// A list of expressions.
#[derive(Clone, Copy)]
pub struct Exprs<'a> {
    cx: Context<'a>,
    indices: &'a [u32],
}

impl<'a> Exprs<'a> {
    /// Each of them, in order.
    pub fn iter(self) -> impl ExactSizeIterator<Item = Expr<'a>> {
        self.indices.iter().map(move |index| Expr::new(self.cx, *index))
    }
}

/// A string or heredoc.
#[derive(Clone, Copy)]
pub struct Template<'a> {
    whole: Expr<'a>,
    parts: List,
}

/// A part of a template.
pub enum Part<'a> {
    /// Text, decoded.
    Literal(Text<'a>),
    /// `${ expr }`, and its place with the braces.
    Interpolation(Expr<'a>, Span),
    /// `%{ if expr }`, `%{ for x in expr }`, `%{ else }` …, and its place with the braces.
    Directive(Option<Expr<'a>>, Span),
}

impl<'a> Template<'a> {
    /// Its parts in order; none if it is empty. Directives are not nested: what they enclose follows them.
    pub fn parts(self) -> impl ExactSizeIterator<Item = Part<'a>> {
        let cx = self.whole.cx;
        cx.list(self.parts).iter().map(move |index| {
            let part = Expr::new(cx, *index);
            match part.node.data {
                Data::Literal(how) => Part::Literal(cx.literal(part.node.span, how)),
                Data::Decoded(index) => Part::Literal(cx.decoded(index)),
                Data::Interpolation(inner) => Part::Interpolation(Expr::new(cx, inner), part.span()),
                Data::Directive(NONE) => Part::Directive(None, part.span()),
                Data::Directive(inner) => Part::Directive(Some(Expr::new(cx, inner)), part.span()),
                _ => Part::Interpolation(part, part.span()),
            }
        })
    }

    /// The text, if all of it is literal.
    #[must_use]
    pub fn literal(self) -> Option<Text<'a>> {
        let mut parts = self.parts();
        match (parts.next(), parts.next()) {
            (None, _) => Some(Text::plain("", self.whole.span().start as usize + 1)),
            (Some(Part::Literal(text)), None) => Some(text),
            _ => None,
        }
    }
}

/// `{ key = value }`
#[derive(Clone, Copy)]
pub struct Object<'a> {
    cx: Context<'a>,
    nodes: &'a [u32],
}

/// An item of an object.
#[derive(Clone, Copy)]
pub struct Item<'a> {
    /// A bare word (a variable in the tree), a string or any expression in parentheses.
    pub key: Expr<'a>,
    /// The value.
    pub value: Expr<'a>,
}

impl<'a> Object<'a> {
    /// The items, duplicates included.
    pub fn items(self) -> impl ExactSizeIterator<Item = Item<'a>> {
        let cx = self.cx;
        self.nodes.chunks_exact(2).map(move |pair| Item { key: Expr::new(cx, pair[0]), value: Expr::new(cx, pair[1]) })
    }
}

/// `root.name[index].*`
#[derive(Clone, Copy)]
pub struct Traversal<'a> {
    cx: Context<'a>,
    nodes: &'a [u32],
}

/// A step of a traversal.
#[derive(Clone, Copy)]
pub enum Step<'a> {
    /// `.name`
    Attr(Name<'a>),
    /// `[expr]`, `.0`
    Index(Expr<'a>),
    /// `.*`, `[*]`
    Splat,
}

impl<'a> Traversal<'a> {
    /// What the steps begin at: most often a variable.
    #[must_use]
    pub fn root(self) -> Expr<'a> {
        Expr::new(self.cx, self.nodes.first().copied().unwrap_or(NONE))
    }

    /// At least one.
    pub fn steps(self) -> impl ExactSizeIterator<Item = Step<'a>> {
        let cx = self.cx;
        self.nodes.get(1..).unwrap_or(&[]).iter().map(move |index| {
            let step = Expr::new(cx, *index);
            match step.node.data {
                Data::Attr => Step::Attr(Name { text: cx.slice(step.node.span), span: step.span() }),
                Data::Index(inner) => Step::Index(Expr::new(cx, inner)),
                _ => Step::Splat,
            }
        })
    }

    /// The expressions in its brackets.
    pub fn indices(self) -> impl Iterator<Item = Expr<'a>> {
        self.steps().filter_map(|step| match step {
            Step::Index(index) => Some(index),
            Step::Attr(_) | Step::Splat => None,
        })
    }
}

/// `name(arguments)`
#[derive(Clone, Copy)]
pub struct Call<'a> {
    cx: Context<'a>,
    nodes: &'a [u32],
}

impl<'a> Call<'a> {
    /// The function; of a provider's, with its namespace: `provider::aws::arn_parse`.
    #[must_use]
    pub fn name(self) -> Name<'a> {
        let name = Expr::new(self.cx, self.nodes.first().copied().unwrap_or(NONE));
        Name { text: self.cx.slice(name.node.span), span: name.span() }
    }

    /// The arguments.
    #[must_use]
    pub fn arguments(self) -> Exprs<'a> {
        Exprs { cx: self.cx, indices: self.nodes.get(1..).unwrap_or(&[]) }
    }
}

/// `[for name, name in source : key => value if condition]`
#[derive(Clone, Copy)]
pub struct Comprehension<'a> {
    /// The names of the loop's variables; the first is that of the key where there are two.
    pub names: (&'a str, Option<&'a str>),
    /// What is looped over.
    pub source: Expr<'a>,
    /// The key, if an object is made.
    pub key: Option<Expr<'a>>,
    /// The value.
    pub value: Expr<'a>,
    /// The filter.
    pub condition: Option<Expr<'a>>,
}

impl<'a> Comprehension<'a> {
    fn new(cx: Context<'a>, data: &ComprehensionData) -> Self {
        let optional = |index| (index != NONE).then(|| Expr::new(cx, index));
        let [first, second] = data.names.map(|span| cx.slice(span));
        Self {
            names: (first, (!second.is_empty()).then_some(second)),
            source: Expr::new(cx, data.source),
            key: optional(data.key),
            value: Expr::new(cx, data.value),
            condition: optional(data.condition),
        }
    }
}

/// `condition ? yes : no`
#[derive(Clone, Copy)]
pub struct Conditional<'a> {
    /// What decides.
    pub condition: Expr<'a>,
    /// The value if it is true.
    pub yes: Expr<'a>,
    /// The value if it is false.
    pub no: Expr<'a>,
}
