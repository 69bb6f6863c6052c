//! The visit of one argument's expression: which strings in it are values, and of what name.

use std::borrow::Cow;
use std::collections::HashSet;

use super::fold::fold;
use super::{Function, scripts};
use crate::literal::{Literal, LogicalPath, Part, PathBuilder, Reading, Role, Value};
use crate::source::{Source, Span};
use crate::syntax::hcl::{self, Body, Call, Expr, ExprKind, Object};

/// What the literals of an argument have in common.
#[derive(Clone, Copy)]
pub(in crate::formats) struct Frame<'a> {
    /// The file.
    pub(in crate::formats) source: &'a Source,
    /// The role of its literals.
    pub(in crate::formats) role: Role,
    /// The address of the block around; empty at the top of a file.
    pub(in crate::formats) address: &'a str,
    /// The type of the resource around, as the table of sensitive attributes spells it.
    pub(in crate::formats) of_type: Option<&'a str>,
}

/// In `env { name = "DB_PASSWORD" value = "…" }` the name of the value is its sibling.
#[derive(Default)]
pub(super) struct Siblings<'a> {
    of_value: Option<Cow<'a, str>>,
    of_plaintext: Option<Cow<'a, str>>,
}

impl<'a> Siblings<'a> {
    /// The siblings in a block.
    pub(super) fn of_body(body: Body<'a>) -> Self {
        let mut siblings = Self::default();
        body.attributes().for_each(|attribute| siblings.add(attribute.name(), attribute.expr()));
        siblings
    }

    fn add(&mut self, name: &str, value: Expr<'a>) {
        let slot = match name {
            "name" | "key" | "parameter_name" | "environment_variable_name" => &mut self.of_value,
            "secret_name" | "variable_name" => &mut self.of_plaintext,
            _ => return,
        };
        if slot.is_none() {
            *slot = value.literal().map(|text| text.value().clone());
        }
    }

    /// The name that a sibling gives to the value under this one.
    pub(super) fn name_of(&self, name: &str) -> Option<Cow<'a, str>> {
        match name {
            "value" => self.of_value.clone(),
            "plaintext_value" => self.of_plaintext.clone(),
            _ => None,
        }
    }
}

/// The visit of one argument's expression.
pub(in crate::formats) struct Walk<'a, 'u> {
    frame: Frame<'a>,
    /// The value's name where it is not the argument's.
    pub(super) name: Option<Cow<'a, str>>,
    /// Names it is used under, too.
    more: &'u [(&'u str, Reading)],
    /// The value is secret by declaration.
    pub(in crate::formats) marked: bool,
    /// The block around runs commands.
    pub(super) runs: bool,
    /// It is a type, with the defaults of its parts.
    pub(super) is_type: bool,
    /// The way down, as a tree: parent and step.
    steps: Vec<(usize, Cow<'a, str>)>,
    open: Vec<Work<'a>>,
    /// What was passed over inside a value is visited once, however many values it is part of.
    seen: HashSet<Span>,
}

/// An expression to visit.
struct Work<'a> {
    expr: Expr<'a>,
    name: Cow<'a, str>,
    /// The name is the argument's own.
    whole: bool,
    /// A part of a reference: its strings are arguments, not values.
    aside: bool,
    step: usize,
}

impl<'a, 'u> Walk<'a, 'u> {
    pub(in crate::formats) fn new(frame: Frame<'a>) -> Self {
        Self {
            frame,
            name: None,
            more: &[],
            marked: false,
            runs: false,
            is_type: false,
            steps: Vec::new(),
            open: Vec::new(),
            seen: HashSet::new(),
        }
    }

    /// The value is known by this name, and used under these.
    pub(super) fn used_as(&mut self, name: &str, uses: Option<&'u Vec<(&'u str, Reading)>>) {
        self.name = Some(name.to_owned().into());
        self.more = uses.map_or(&[], Vec::as_slice);
    }

    /// Visits the literals of an argument inside these blocks.
    pub(in crate::formats) fn argument(mut self, attribute: hcl::Attribute<'a>, way: &[&'a str], visit: &mut dyn FnMut(&Literal<'_, '_>)) {
        for segment in way.iter().copied().chain([attribute.name()]) {
            self.steps.push((self.steps.len().wrapping_sub(1), segment.into()));
        }
        let name = self.name.take().unwrap_or_else(|| attribute.name().into());
        self.open.push(Work { expr: attribute.expr(), name, whole: true, aside: false, step: self.steps.len() - 1 });
        while let Some(work) = self.open.pop() {
            self.expr(&work, attribute, visit);
        }
    }

    fn expr(&mut self, work: &Work<'a>, attribute: hcl::Attribute<'a>, visit: &mut dyn FnMut(&Literal<'_, '_>)) {
        match work.expr.kind() {
            ExprKind::Parens(inner) => self.push(work, inner),
            ExprKind::Object(object) => self.object(work, object),
            ExprKind::Tuple(items) => {
                let pairs = items.iter().len() > 1 && items.iter().all(|item| pair(item).is_some());
                for (index, item) in items.iter().enumerate() {
                    let step = self.step(work.step, format!("[{index}]").into());
                    // `[["user", "app"], ["password", "x"]]`
                    if let Some((name, value)) = pair(item).filter(|_| pairs) {
                        self.open.push(Work { expr: value, name, whole: false, aside: work.aside, step });
                        continue;
                    }
                    self.open.push(Work { expr: item, name: work.name.clone(), whole: work.whole, aside: work.aside, step });
                }
            }
            ExprKind::Comprehension(found) => {
                self.push_aside(work, [Some(found.source), found.key, found.condition].into_iter().flatten());
                self.push(work, found.value);
            }
            ExprKind::Operation(operands) => self.push_aside(work, operands.iter()),
            ExprKind::Unary(inner) => self.push_aside(work, [inner]),
            ExprKind::Call(call) if is_structural(call) || (self.is_type && is_type_constructor(call)) => {
                call.arguments().iter().for_each(|argument| self.push(work, argument))
            }
            ExprKind::Conditional(found) if is_structure(found.yes) || is_structure(found.no) => {
                self.push_aside(work, [found.condition]);
                self.push(work, found.yes);
                self.push(work, found.no);
            }
            _ => self.value(work, attribute, visit),
        }
    }

    fn push(&mut self, work: &Work<'a>, expr: Expr<'a>) {
        self.open.push(Work { expr, name: work.name.clone(), ..*work });
    }

    fn push_aside(&mut self, work: &Work<'a>, exprs: impl IntoIterator<Item = Expr<'a>>) {
        let step = work.step;
        self.open.extend(exprs.into_iter().map(|expr| Work { expr, name: "".into(), whole: false, aside: true, step }));
    }

    fn step(&mut self, parent: usize, segment: Cow<'a, str>) -> usize {
        self.steps.push((parent, segment));
        self.steps.len() - 1
    }

    fn object(&mut self, work: &Work<'a>, object: Object<'a>) {
        let key_of = |item: hcl::Item<'a>| item.key.word().unwrap_or_default();
        let mut siblings = Siblings::default();
        object.items().for_each(|item| siblings.add(&key_of(item), item.value));
        for item in object.items() {
            let key = key_of(item);
            let step = self.step(work.step, key.clone());
            if !matches!(item.key.kind(), ExprKind::Variable(_)) {
                self.open.push(Work { expr: item.key, name: "".into(), whole: false, aside: true, step });
            }
            let name = siblings.name_of(&key).unwrap_or_else(|| within(&work.name, key));
            self.open.push(Work { expr: item.value, name, whole: false, aside: false, step });
        }
    }

    /// A string, a function of strings or a reference.
    fn value(&mut self, work: &Work<'a>, attribute: hcl::Attribute<'a>, visit: &mut dyn FnMut(&Literal<'_, '_>)) {
        let folded = fold(self.frame.source, work.expr);
        self.seen.insert(work.expr.span());
        for expr in folded.others {
            if self.seen.insert(expr.span()) {
                self.push(work, expr);
            }
        }
        for expr in folded.rest {
            if self.seen.insert(expr.span()) {
                self.push_aside(work, [expr]);
            }
        }
        if folded.value.parts.is_empty() {
            return;
        }
        let reading = if work.aside { Reading::Prose } else { self.reading(work, &folded.value) };
        let (name, value) = match assigned(&work.name, &folded.value).filter(|_| !work.aside) {
            Some((name, value)) => (name.into(), value),
            None => (work.name.clone(), folded.value),
        };
        let mut literal = Literal {
            role: self.frame.role,
            name,
            value,
            reading,
            source: self.frame.source.id,
            setting: self.frame.source.setting,
            opener: attribute.name_span().start,
            path: &|| self.path(work.step),
        };
        visit(&literal);
        if let Some(script) = scripts::script(&literal.name, self.runs, &literal.value).filter(|_| !work.aside) {
            for given in scripts::given(&script) {
                visit(&Literal { name: given.name.into(), value: given.value, reading: Reading::Value, ..literal });
            }
        }
        for (name, reading) in self.more.iter().filter(|_| work.whole && !work.aside) {
            let is_literal = literal.value.as_literal().is_some();
            (literal.name, literal.reading) = ((*name).into(), if is_literal { *reading } else { Reading::Value });
            visit(&literal);
        }
    }

    fn reading(&self, work: &Work<'a>, value: &Value<'a>) -> Reading {
        // What is put together from references is no secret of this file.
        if self.marked && work.whole && value.as_literal().is_some() {
            return Reading::Marked;
        }
        let texts = value.parts.iter().filter_map(|part| match part {
            Part::Literal(text) => Some(text.as_str()),
            Part::Reference(_) => None,
        });
        // Scripts and configuration files; a key in PEM has lines too, and is one value.
        let (mut lines, mut pem) = (0, false);
        for text in texts {
            lines += text.trim_end().matches('\n').count();
            pem |= text.contains("-----BEGIN");
        }
        // A file of one line is a file.
        let is_file = work.name == "content" && value.as_literal().is_some_and(|text| text.as_str().ends_with('\n'));
        if (lines > 0 || is_file) && !pem { Reading::Config } else { Reading::Value }
    }

    fn path(&self, step: usize) -> LogicalPath {
        let mut way = Vec::new();
        let mut at = Some(step);
        while let Some((parent, segment)) = at.and_then(|at| self.steps.get(at)) {
            way.push(segment.as_ref());
            at = Some(*parent);
        }
        let address = if self.frame.address == "locals" { "local" } else { self.frame.address };
        way.iter()
            .rev()
            .fold(PathBuilder::root(address), |path, segment| {
                let index = segment.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).and_then(|n| n.parse().ok());
                match index {
                    Some(index) => path.index(index),
                    None => path.key(segment),
                }
            })
            .build()
    }
}

/// The name and the value of a list of two, the first a plain word.
fn pair(expr: Expr<'_>) -> Option<(Cow<'_, str>, Expr<'_>)> {
    let ExprKind::Tuple(items) = expr.kind() else { return None };
    let mut items = items.iter();
    let (Some(name), Some(value), None) = (items.next(), items.next(), items.next()) else { return None };
    let name = name.literal().map(|text| text.value().clone())?;
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    (!name.is_empty() && name.bytes().all(is_word)).then_some((name, value))
}

/// The name of a member that a map of secrets holds: `mailer` in `api_keys = { mailer = "x" }`. A member that tells by itself keeps
/// its own.
fn within<'n>(outer: &str, key: Cow<'n, str>) -> Cow<'n, str> {
    const MAPS: [&str; 6] = ["passwords", "secrets", "tokens", "api_keys", "access_keys", "credentials"];
    const TELLING: [&str; 8] = ["password", "passwd", "pass", "pwd", "secret", "token", "key", "name"];
    let lower = key.to_ascii_lowercase();
    let is_map = MAPS.iter().any(|map| outer.ends_with(map)) && !TELLING.iter().any(|word| lower.contains(word));
    if is_map { format!("{outer}.{key}").into() } else { key }
}

/// `env = ["NAME=value"]`: <https://registry.terraform.io/providers/kreuzwerker/docker/latest/docs/resources/container>
fn assigned<'a>(name: &str, value: &Value<'a>) -> Option<(String, Value<'a>)> {
    let Part::Literal(first) = value.parts.first().filter(|_| matches!(name, "env" | "environment"))? else { return None };
    let (variable, _) = first.as_str().split_once('=')?;
    let is_name = !variable.is_empty() && variable.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let rest = || Part::Literal(first.slice(variable.len() + 1..first.len()));
    is_name.then(|| (variable.to_owned(), Value { parts: std::iter::once(rest()).chain(value.parts.iter().skip(1).cloned()).collect() }))
}

/// <https://developer.hashicorp.com/terraform/language/expressions/type-constraints>
fn is_type_constructor(call: Call<'_>) -> bool {
    matches!(call.name().text, "object" | "optional" | "list" | "set" | "map" | "tuple")
}

/// Whether a call hands on what is inside its arguments, names included.
fn is_structural(call: Call<'_>) -> bool {
    let holds_structure = || call.arguments().iter().any(is_structure);
    match Function::named(call.name().text) {
        Function::Structure | Function::Document => true,
        Function::Choice => holds_structure(),
        function => function.keeps_text() && call.arguments().iter().len() == 1 && holds_structure(),
    }
}

fn is_structure(expr: Expr<'_>) -> bool {
    match expr.kind() {
        ExprKind::Object(_) | ExprKind::Tuple(_) | ExprKind::Comprehension(_) => true,
        ExprKind::Call(call) => matches!(call.name().text, "jsonencode" | "yamlencode" | "merge" | "concat" | "tomap"),
        _ => false,
    }
}
