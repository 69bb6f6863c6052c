//! GitHub expressions: `${{ secrets.TOKEN || 'fallback' }}`
//! (<https://docs.github.com/en/actions/reference/workflows-and-actions/expressions>).
//!
//! [`split`] cuts a text into literal stretches and expressions; an [`Expression`] is a small tree in one `Vec`. Spans count from
//! the start of the text given. Parsing never fails: what does not parse is an expression with an error and what was read so far.
//!
//! # Not covered
//!
//! - Evaluation. [`Expression::outcomes`] says which parts the value can come from, not what it is.
//! - Types: comparing a string with a number is fine here.

mod parser;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use crate::source::Span;

pub use parser::parse;

/// A text that may hold expressions, cut into its parts.
#[derive(Debug, Default)]
pub struct Template {
    /// Literal stretches and expressions in order, without gaps.
    pub parts: Vec<Part>,
    /// Where a `${{` without `}}` stands. It and what follows is literal.
    pub unclosed: Option<u32>,
}

/// A part of a template.
#[derive(Debug)]
pub enum Part {
    /// Text that stands for itself.
    Literal(Span),
    /// `${{ … }}`.
    Expression {
        /// With `${{` and `}}`.
        outer: Span,
        /// Without them.
        inner: Span,
        /// What it says.
        expression: Expression,
    },
}

/// Index of a node in its expression.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct NodeId(u32);

/// A parsed expression.
#[derive(Debug, Default)]
pub struct Expression {
    nodes: Vec<Node>,
    root: Option<NodeId>,
    /// Where reading stopped, if it did before the end.
    pub error: Option<Span>,
}

/// One node of the tree.
#[derive(Debug)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// Its bytes.
    pub span: Span,
}

/// What a node is.
#[derive(Debug)]
pub enum NodeKind {
    /// `'text'`; the span of a string includes its quotes.
    String,
    /// A number, `true`, `false`, `null`, `NaN`, `Infinity`.
    Constant,
    /// `github`, `secrets` …: the first name of a path.
    Context,
    /// `of.name`; the span of the name.
    Property(NodeId, Span),
    /// `of[index]`.
    Index(NodeId, NodeId),
    /// `of.*`, `of[*]`.
    Star(NodeId),
    /// `name(arguments)`; the span of the name.
    Call(Span, Vec<NodeId>),
    /// `!operand`.
    Not(NodeId),
    /// `left && right`.
    And(NodeId, NodeId),
    /// `left || right`.
    Or(NodeId, NodeId),
    /// `==`, `!=`, `<`, `<=`, `>`, `>=`.
    Comparison(NodeId, NodeId),
}

/// Something the value of an expression can come from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// A string, constant, path or call that is not looked through.
    pub node: NodeId,
    /// How it reaches the value.
    pub way: Way,
}

/// How something reaches an expression's value.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Way {
    /// It is the value.
    Whole,
    /// It is in the value, unchanged but for JSON escapes: `format`, `join`, `toJSON`.
    Within,
    /// The value is a part of it: `fromJSON(secrets.X).y`. Runners do not mask that.
    Part,
}

/// Cuts a text into literal stretches and expressions.
#[must_use]
pub fn split(text: &str) -> Template {
    let mut template = Template::default();
    let mut at = 0;
    while let Some(start) = memchr::memmem::find(&text.as_bytes()[at..], b"${{").map(|found| at + found) {
        let Some(end) = closing(text.as_bytes(), start + 3) else {
            template.unclosed = Some(Span::new(start, start).start);
            break;
        };
        if at < start {
            template.parts.push(Part::Literal(Span::new(at, start)));
        }
        let inner = Span::new(start + 3, end);
        at = end + 2;
        template.parts.push(Part::Expression { outer: Span::new(start, at), inner, expression: parse(text, inner) });
    }
    if at < text.len() {
        template.parts.push(Part::Literal(Span::new(at, text.len())));
    }
    template
}

/// The `}}` that closes an expression: the first one outside of strings.
fn closing(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += memchr::memchr2(b'\'', b'}', bytes.get(at..)?)?;
        if bytes[at] == b'\'' {
            at += 2 + memchr::memchr(b'\'', bytes.get(at + 1..)?)?;
        } else if bytes.get(at + 1) == Some(&b'}') {
            return Some(at);
        } else {
            at += 1;
        }
    }
}

impl Expression {
    /// The outermost node.
    #[must_use]
    pub fn root(&self) -> Option<NodeId> {
        self.root
    }

    /// A node by its index.
    #[must_use]
    pub fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id.0 as usize)
    }

    /// Every node; an inner one comes before those around it.
    pub fn nodes(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        self.nodes.iter().enumerate().map(|(index, node)| (NodeId(index as u32), node))
    }

    /// The names of a path such as `secrets.X`, `secrets['X']` or `steps.*.outputs`; `*` where any name fits.
    /// Names are as written; GitHub compares them without case. Nothing where the node is no path.
    #[must_use]
    pub fn path<'t>(&self, text: &'t str, id: NodeId) -> Option<Vec<Cow<'t, str>>> {
        let mut names = Vec::new();
        let mut id = id;
        loop {
            let node = self.node(id)?;
            match &node.kind {
                NodeKind::Context => {
                    names.push(Cow::Borrowed(text.get(node.span.range())?));
                    names.reverse();
                    return Some(names);
                }
                NodeKind::Property(of, name) => {
                    names.push(Cow::Borrowed(text.get(name.range())?));
                    id = *of;
                }
                NodeKind::Index(of, index) => {
                    names.push(self.string(text, *index).unwrap_or(Cow::Borrowed("*")));
                    id = *of;
                }
                NodeKind::Star(of) => {
                    names.push(Cow::Borrowed("*"));
                    id = *of;
                }
                _ => return None,
            }
        }
    }

    /// A string literal's value.
    #[must_use]
    pub fn string<'t>(&self, text: &'t str, id: NodeId) -> Option<Cow<'t, str>> {
        let node = self.node(id).filter(|node| matches!(node.kind, NodeKind::String))?;
        let inner = text.get(node.span.start as usize + 1..(node.span.end as usize).saturating_sub(1))?;
        Some(if inner.contains("''") { Cow::Owned(inner.replace("''", "'")) } else { Cow::Borrowed(inner) })
    }

    /// Paths that stand alone: not the `secrets` of `secrets.X`, but both of `secrets[matrix.x]`. What is only tested counts too.
    #[must_use]
    pub fn paths(&self) -> Vec<NodeId> {
        let mut inner = vec![false; self.nodes.len()];
        for node in &self.nodes {
            if let NodeKind::Property(of, _) | NodeKind::Index(of, _) | NodeKind::Star(of) = node.kind {
                inner[of.0 as usize] = true;
            }
        }
        let is_path =
            |kind: &NodeKind| matches!(kind, NodeKind::Context | NodeKind::Property(..) | NodeKind::Index(..) | NodeKind::Star(_));
        self.nodes().filter(|(id, node)| !inner[id.0 as usize] && is_path(&node.kind)).map(|(id, _)| id).collect()
    }

    /// What the value can come from, in source order. Comparisons, `!`, `contains` and the like yield no outcome: their value
    /// says something about their operands but is none of them. Of `a && b` only `b` counts: `a` remains only when it is empty.
    #[must_use]
    pub fn outcomes(&self, text: &str) -> Vec<Outcome> {
        let mut found = Vec::new();
        let mut todo: Vec<(NodeId, Way)> = self.root.map(|root| (root, Way::Whole)).into_iter().collect();
        while let Some((id, way)) = todo.pop() {
            let Some(node) = self.node(id) else { continue };
            match &node.kind {
                NodeKind::Or(left, right) => todo.extend([(*right, way), (*left, way)]),
                NodeKind::And(_, right) => todo.push((*right, way)),
                NodeKind::Not(_) | NodeKind::Comparison(..) => {}
                NodeKind::Call(name, arguments) => self.call(text.get(name.range()).unwrap_or(""), arguments, way, &mut todo),
                NodeKind::Property(of, _) | NodeKind::Index(of, _) | NodeKind::Star(of) => match self.called(*of) {
                    Some(call) => todo.push((call, Way::Part)),
                    None => found.push(Outcome { node: id, way }),
                },
                NodeKind::String | NodeKind::Constant | NodeKind::Context => found.push(Outcome { node: id, way }),
            }
        }
        found
    }

    /// The call (or parenthesised choice) at the bottom of `call(…).a.b`.
    fn called(&self, id: NodeId) -> Option<NodeId> {
        let mut id = id;
        loop {
            match self.node(id)?.kind {
                NodeKind::Property(of, _) | NodeKind::Index(of, _) | NodeKind::Star(of) => id = of,
                NodeKind::Context => return None,
                _ => return Some(id),
            }
        }
    }

    fn call(&self, name: &str, arguments: &[NodeId], way: Way, todo: &mut Vec<(NodeId, Way)>) {
        let within = |id: &NodeId| (*id, way.max(Way::Within));
        match name.to_ascii_lowercase().as_str() {
            "format" => todo.extend(arguments.iter().skip(1).rev().map(within)),
            "join" | "tojson" => todo.extend(arguments.first().map(within)),
            // What JSON means is written otherwise than the JSON itself, field by field or as a whole.
            "fromjson" => todo.extend(arguments.first().map(|id| (*id, Way::Part))),
            // case(test, value, test, value, default)
            "case" => {
                let last = arguments.len().saturating_sub(1);
                let chosen = arguments.iter().enumerate().filter(|(index, _)| index % 2 == 1 || *index == last);
                todo.extend(chosen.rev().map(|(_, id)| (*id, way)));
            }
            _ => {}
        }
    }
}
