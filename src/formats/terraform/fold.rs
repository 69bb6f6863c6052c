//! Expressions → values: constant strings and the functions that leave them recognisable are computed, everything else is
//! a reference. <https://developer.hashicorp.com/terraform/language/functions>

use super::Function;
use crate::literal::{Part, Reference, Value};
use crate::source::{Source, Span, Text, TextBuilder, base64};
use crate::syntax::hcl::{Call, Conditional, Expr, ExprKind, Part as TemplatePart, Template, Traversal};

/// Calls and templates inside each other are computed to this depth; nobody hides a password deeper.
const DEPTH: usize = 16;

/// A value, and what was passed over on the way to it.
pub(super) struct Folded<'a> {
    pub(super) value: Value<'a>,
    /// Expressions inside the references: arguments, indices, conditions.
    pub(super) rest: Vec<Expr<'a>>,
    /// Expressions that the value may be instead.
    pub(super) others: Vec<Expr<'a>>,
}

/// The value of an expression.
pub(super) fn fold<'a>(source: &'a Source, expr: Expr<'a>) -> Folded<'a> {
    let mut folder = Folder { source, parts: Vec::new(), rest: Vec::new(), others: Vec::new(), depth: 0 };
    folder.expr(expr);
    let Folder { parts, rest, others, .. } = folder;
    Folded { value: Value { parts: join(parts) }, rest, others }
}

/// The text of an expression that is constant.
pub(super) fn constant<'a>(source: &'a Source, expr: Expr<'a>) -> Option<Text<'a>> {
    let folded = fold(source, expr);
    if folded.others.is_empty() { folded.value.as_literal() } else { None }
}

struct Folder<'a> {
    source: &'a Source,
    parts: Vec<Part<'a>>,
    rest: Vec<Expr<'a>>,
    others: Vec<Expr<'a>>,
    depth: usize,
}

impl<'a> Folder<'a> {
    fn expr(&mut self, expr: Expr<'a>) {
        if self.depth == DEPTH {
            return self.reference(expr, [expr]);
        }
        self.depth += 1;
        match expr.kind() {
            ExprKind::Null | ExprKind::Bool(_) => {}
            ExprKind::Number(number) => self.parts.push(Part::Literal(Text::plain(number, expr.span().start as usize))),
            ExprKind::Template(template) => self.template(template),
            ExprKind::Parens(inner) => self.expr(inner),
            ExprKind::Call(call) => self.call(expr, call),
            ExprKind::Conditional(found) => self.conditional(expr, found),
            ExprKind::Traversal(traversal) => self.traversal(expr, traversal),
            ExprKind::Variable(_) => self.reference(expr, []),
            ExprKind::Tuple(_) | ExprKind::Object(_) | ExprKind::Comprehension(_) | ExprKind::Operation(_) | ExprKind::Unary(_) => {
                self.reference(expr, [expr]);
            }
        }
        self.depth -= 1;
    }

    fn template(&mut self, template: Template<'a>) {
        for part in template.parts() {
            match part {
                TemplatePart::Literal(text) => self.parts.push(Part::Literal(text)),
                TemplatePart::Interpolation(inner, span) => {
                    let from = self.parts.len();
                    self.expr(inner);
                    if let Some([Part::Reference(reference)]) = self.parts.get_mut(from..) {
                        reference.span = span;
                    }
                }
                TemplatePart::Directive(inner, span) => {
                    self.push_reference(span, None, None);
                    self.rest.extend(inner);
                }
            }
        }
    }

    fn traversal(&mut self, expr: Expr<'a>, traversal: Traversal<'a>) {
        let root = traversal.root();
        self.reference(expr, traversal.indices());
        if !matches!(root.kind(), ExprKind::Variable(_)) {
            self.rest.push(root);
        }
    }

    fn call(&mut self, expr: Expr<'a>, call: Call<'a>) {
        let arguments: Vec<Expr<'a>> = call.arguments().iter().collect();
        match (call.name().text, arguments.as_slice()) {
            (name, [first, rest @ ..]) if Function::named(name).keeps_text() => {
                self.expr(*first);
                self.rest.extend(rest);
            }
            (name @ ("lower" | "upper"), [only]) => self.cased(*only, name == "upper"),
            ("base64decode", [only]) => self.decoded(*only),
            ("join", [separator, lists @ ..]) => self.joined(expr, *separator, lists),
            ("format", [form, values @ ..]) => self.formatted(expr, *form, values),
            ("coalesce" | "try", [first, others @ ..]) => self.first_of(expr, *first, others),
            ("lookup", [map, key, fallback]) => {
                self.rest.extend([*map, *key]);
                self.with_fallback(expr, None, *fallback);
            }
            _ => self.reference(expr, arguments),
        }
    }

    /// The first argument where it is constant; else a reference to it with the last constant as its fallback.
    fn first_of(&mut self, expr: Expr<'a>, first: Expr<'a>, others: &[Expr<'a>]) {
        let value = self.aside(first);
        if value.as_literal().is_some_and(|text| !text.is_empty()) {
            self.parts.extend(value.parts);
            self.others.extend(others);
            return;
        }
        let Some((last, between)) = others.split_last() else { return self.parts.extend(value.parts) };
        self.others.extend(between);
        self.keep_mixed(first, &value);
        self.with_fallback(expr, Some(first), *last);
    }

    /// Both branches may be the value. Where one is constant and the other is not, the constant is a fallback.
    fn conditional(&mut self, expr: Expr<'a>, found: Conditional<'a>) {
        self.rest.push(found.condition);
        let (yes, no) = (self.aside(found.yes), self.aside(found.no));
        self.keep_mixed(found.yes, &yes);
        self.keep_mixed(found.no, &no);
        match (yes.as_literal().is_some(), no.as_literal().is_some()) {
            (false, true) => self.push_reference(expr.span(), Some(found.yes), Some(no)),
            (true, false) => self.push_reference(expr.span(), Some(found.no), Some(yes)),
            (true, true) => {
                self.push_reference(expr.span(), None, None);
                self.others.extend([found.yes, found.no]);
            }
            (false, false) => self.push_reference(expr.span(), None, None),
        }
    }

    /// Literal text beside references, or behind them, is still a value of its own.
    fn keep_mixed(&mut self, expr: Expr<'a>, value: &Value<'a>) {
        let holds_text = |part: &Part<'a>| match part {
            Part::Literal(_) => true,
            Part::Reference(reference) => reference.fallback.is_some(),
        };
        if value.as_literal().is_none() && value.parts.iter().any(holds_text) {
            self.others.push(expr);
        }
    }

    /// A reference to `first` that stands where `expr` does.
    fn with_fallback(&mut self, expr: Expr<'a>, first: Option<Expr<'a>>, fallback: Expr<'a>) {
        let value = self.aside(fallback);
        self.keep_mixed(fallback, &value);
        let fallback = value.as_literal().is_some().then_some(value);
        self.push_reference(expr.span(), first, fallback);
    }

    /// The value of an expression that does not become part of this one as it stands.
    fn aside(&mut self, expr: Expr<'a>) -> Value<'a> {
        let outer = std::mem::take(&mut self.parts);
        self.expr(expr);
        Value { parts: join(std::mem::replace(&mut self.parts, outer)) }
    }

    fn cased(&mut self, expr: Expr<'a>, upper: bool) {
        let value = self.aside(expr);
        for part in value.parts {
            self.parts.push(match part {
                Part::Literal(text) => Part::Literal(cased(&text, upper)),
                reference @ Part::Reference(_) => reference,
            });
        }
    }

    fn decoded(&mut self, expr: Expr<'a>) {
        let value = self.aside(expr);
        match value.as_literal() {
            Some(text) => self.parts.push(Part::Literal(base64(&text).unwrap_or(text))),
            None => self.parts.extend(value.parts),
        }
    }

    fn joined(&mut self, expr: Expr<'a>, separator: Expr<'a>, lists: &[Expr<'a>]) {
        let mut items = Vec::new();
        let known = lists.iter().all(|list| list_items(*list, &mut items, DEPTH));
        if !known {
            return self.reference(expr, [separator].into_iter().chain(lists.iter().copied()));
        }
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                self.expr(separator);
            }
            self.expr(item);
        }
    }

    /// `%s`, `%v`, `%d` and `%q` without flags, and `%%`; any other verb makes the whole call a reference.
    fn formatted(&mut self, expr: Expr<'a>, form: Expr<'a>, values: &[Expr<'a>]) {
        let all = || [form].into_iter().chain(values.iter().copied());
        let Some(text) = self.aside(form).as_literal() else { return self.reference(expr, all()) };
        let mut values = values.iter();
        let (outer, mut at) = (self.parts.len(), 0);
        while let Some(found) = text.as_str()[at..].find('%') {
            self.parts.push(Part::Literal(text.slice(at..at + found)));
            at += found + 2;
            match (text.as_str().as_bytes().get(at - 1), values.as_slice()) {
                (Some(b'%'), _) => self.parts.push(Part::Literal(text.slice(at - 1..at))),
                (Some(b's' | b'v' | b'd' | b'q'), [_, ..]) => values.next().copied().into_iter().for_each(|value| self.expr(value)),
                _ => {
                    self.parts.truncate(outer);
                    return self.reference(expr, all());
                }
            }
        }
        self.parts.push(Part::Literal(text.slice(at..text.len())));
    }

    fn reference(&mut self, expr: Expr<'a>, inside: impl IntoIterator<Item = Expr<'a>>) {
        self.push_reference(expr.span(), Some(expr), None);
        self.rest.extend(inside);
    }

    /// A reference to `to`, or to something without a name: what functions are given may be secret and is no name.
    fn push_reference(&mut self, span: Span, to: Option<Expr<'a>>, fallback: Option<Value<'a>>) {
        let named = to.filter(|to| matches!(to.kind(), ExprKind::Traversal(_) | ExprKind::Variable(_)));
        let name = named.map_or("", |to| self.source.slice(to.span())).into();
        self.parts.push(Part::Reference(Reference { span, name, fallback: fallback.map(Box::new) }));
    }
}

/// The items of a list that is written out.
fn list_items<'a>(list: Expr<'a>, items: &mut Vec<Expr<'a>>, depth: usize) -> bool {
    match list.kind() {
        ExprKind::Tuple(tuple) => {
            items.extend(tuple.iter());
            true
        }
        ExprKind::Parens(inner) if depth > 0 => list_items(inner, items, depth - 1),
        ExprKind::Call(call) if depth > 0 && matches!(call.name().text, "concat" | "compact" | "flatten" | "tolist" | "sensitive") => {
            call.arguments().iter().all(|argument| list_items(argument, items, depth - 1))
        }
        _ => false,
    }
}

/// Letter case changed, each character where it was.
fn cased(text: &Text<'_>, upper: bool) -> Text<'static> {
    let mut out = TextBuilder::with_capacity(text.len());
    for (at, char) in text.as_str().char_indices() {
        let place = text.hull(at..at + char.len_utf8());
        let changed: String = if upper { char.to_uppercase().collect() } else { char.to_lowercase().collect() };
        out.atom(&changed, place);
    }
    out.finish()
}

/// Neighbouring literals become one.
fn join(parts: Vec<Part<'_>>) -> Vec<Part<'_>> {
    let mut joined: Vec<Part<'_>> = Vec::with_capacity(parts.len());
    let mut run: Vec<Text<'_>> = Vec::new();
    for part in parts {
        match part {
            Part::Literal(text) => run.push(text),
            reference @ Part::Reference(_) => {
                flush(&mut run, &mut joined);
                joined.push(reference);
            }
        }
    }
    flush(&mut run, &mut joined);
    joined
}

fn flush<'a>(run: &mut Vec<Text<'a>>, parts: &mut Vec<Part<'a>>) {
    match run.len() {
        0 => {}
        1 => parts.extend(run.pop().map(Part::Literal)),
        _ => parts.push(Part::Literal(Text::join(run.iter().filter(|text| !text.is_empty())))),
    }
    run.clear();
}
