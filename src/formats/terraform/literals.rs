//! Every literal of a module, once, under the name that says what it is for.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::fold::fold;
use super::{Module, ParsedFile, scripts};
use crate::formats::sensitive::{Sensitivity, sensitivity};
use crate::literal::{Literal, LogicalPath, PathBuilder, Reading, Role, Value};
use crate::source::{Source, Span};
use crate::syntax::hcl::{self, Body, Call, Expr, ExprKind, Object, Step};

/// Blocks inside each other are visited to this depth; the parser stops there too.
const DEPTH: usize = hcl::MAX_NESTING;

/// Where `local.x` and `var.x` are used as they are, by reference: the names they are used under.
pub(super) type Uses<'a> = HashMap<(&'static str, &'a str), Vec<(&'a str, Reading)>>;

/// A value that is used under more names than these is no password.
const MAX_USES: usize = 4;

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

/// Visits all literals of a file.
pub(super) fn file(file: &ParsedFile, uses: &Uses<'_>, visit: &mut dyn FnMut(&Literal<'_, '_>)) {
    for block in file.body().blocks() {
        let place = super::Block::new(&file.source, block);
        let address = place.address();
        let of_type = match (block.kind(), block.label(0)) {
            ("resource", kind) => Some(Cow::Borrowed(kind)),
            (prefix @ ("data" | "ephemeral"), kind) => Some(Cow::Owned(format!("{prefix}.{kind}"))),
            _ => None,
        };
        let role = match block.kind() {
            "provider" => Role::TerraformProvider,
            "data" if block.label(0) == "terraform_remote_state" => Role::TerraformBackend,
            _ => Role::Terraform,
        };
        let frame = Frame { source: &file.source, role, address: &address, of_type: of_type.as_deref() };
        body(block.body(), frame, Place { kind: block.kind(), label: block.label(0), uses }, visit);
    }
    let frame = Frame { source: &file.source, role: Role::Terraform, address: "", of_type: None };
    for attribute in file.body().attributes() {
        Walk::new(frame).argument(attribute, &[], visit);
    }
}

/// What decides the role of an argument.
#[derive(Clone, Copy)]
struct Place<'p, 'u> {
    kind: &'p str,
    label: &'p str,
    uses: &'p Uses<'u>,
}

fn body<'a>(top: Body<'a>, frame: Frame<'a>, place: Place<'_, '_>, visit: &mut dyn FnMut(&Literal<'_, '_>)) {
    let mut open: Vec<(Body<'a>, Frame<'a>, Vec<&'a str>)> = vec![(top, frame, Vec::new())];
    while let Some((body, frame, way)) = open.pop() {
        for attribute in body.attributes() {
            let name = attribute.name();
            let role = match (place.kind, name) {
                ("variable", "default") if way.is_empty() => Role::TerraformVariableDefault,
                _ => frame.role,
            };
            let mut walk = Walk::new(Frame { role, ..frame });
            walk.runs = way.contains(&"provisioner");
            walk.name_of_value(sibling_name(body, name));
            match (place.kind, name) {
                ("variable", "default") if way.is_empty() => walk.used_as(place.label, place.uses.get(&("var", place.label))),
                ("locals", _) if way.is_empty() => walk.used_as(name, place.uses.get(&("local", name))),
                ("output", "value") if way.is_empty() => walk.used_as(place.label, None),
                _ => {}
            }
            if let Some(of_type) = frame.of_type
                && reading_of(of_type, &path_of(&way, name), name, body) == Reading::Marked
            {
                walk.marked();
            }
            walk.argument(attribute, &way, visit);
        }
        for block in body.blocks().filter(|_| way.len() < DEPTH) {
            let role = match (place.kind, block.kind()) {
                ("terraform", "backend" | "cloud" | "encryption") if way.is_empty() => Role::TerraformBackend,
                _ => frame.role,
            };
            let mut way = way.clone();
            match block.kind() {
                // `dynamic "user" { content { … } }` makes blocks `user`.
                "dynamic" => way.push(block.label(0)),
                "content" => {}
                kind => way.push(kind),
            }
            open.push((block.body(), Frame { role, ..frame }, way));
        }
    }
}

fn path_of(way: &[&str], name: &str) -> String {
    way.iter().copied().chain([name]).collect::<Vec<_>>().join(".")
}

/// In `env { name = "DB_PASSWORD" value = "…" }` the name of the value is the sibling.
fn sibling_name<'a>(body: Body<'a>, name: &str) -> Option<Cow<'a, str>> {
    let siblings = siblings_of(name)?;
    let constant = |sibling: &&str| body.attribute(sibling).and_then(|attribute| attribute.expr().literal());
    siblings.iter().find_map(constant).map(|text| text.value().clone())
}

fn siblings_of(name: &str) -> Option<&'static [&'static str]> {
    match name {
        "value" => Some(&["name", "key", "parameter_name", "environment_variable_name"]),
        "plaintext_value" => Some(&["secret_name", "variable_name"]),
        _ => None,
    }
}

/// Where values of locals and variables are used as they are.
pub(super) fn uses<'a>(module: Module<'a>) -> Uses<'a> {
    let mut uses = Uses::new();
    for block in module.blocks() {
        if matches!(block.kind(), "variable" | "output" | "locals" | "terraform" | "check") {
            continue;
        }
        let of_type = match block.kind() {
            "resource" => Some(block.label(0)),
            _ => None,
        };
        let mut open: Vec<(Body<'a>, Vec<&'a str>)> = vec![(block.hcl().body(), Vec::new())];
        while let Some((body, way)) = open.pop() {
            for attribute in body.attributes() {
                let Some(target) = used(attribute.expr()) else { continue };
                let path = path_of(&way, attribute.name());
                let reading = of_type.map_or(Reading::Value, |kind| reading_of(kind, &path, attribute.name(), body));
                let names = uses.entry(target).or_default();
                if names.len() < MAX_USES && names.iter().all(|(name, _)| *name != attribute.name()) {
                    names.push((attribute.name(), reading));
                }
            }
            if way.len() < DEPTH {
                open.extend(body.blocks().map(|block| (block.body(), [way.as_slice(), &[block.kind()]].concat())));
            }
        }
    }
    uses
}

/// The local or variable that an expression is, and nothing else.
fn used(expr: Expr<'_>) -> Option<(&'static str, &str)> {
    let ExprKind::Traversal(traversal) = expr.kind() else { return None };
    let root = match traversal.root().kind() {
        ExprKind::Variable("local") => "local",
        ExprKind::Variable("var") => "var",
        _ => return None,
    };
    let mut steps = traversal.steps();
    match (steps.next(), steps.next()) {
        (Some(Step::Attr(name)), None) => Some((root, name.text)),
        _ => None,
    }
}

/// How a literal argument of a resource is read: the providers' table may call it a credential where its name says nothing.
fn reading_of(of_type: &str, path: &str, name: &str, body: Body<'_>) -> Reading {
    let telling = ["password", "secret", "token", "private_key", "access_key", "api_key", "shared_key", "connection_string", "passphrase"];
    // Whole documents: their own keys say which of their values are secret.
    let document = ["data", "json", "settings", "variables", "config_raw"].iter().any(|end| name.ends_with(end));
    if document || telling.iter().any(|word| name.contains(word)) || sensitivity(of_type, path) != Some(Sensitivity::Credential) {
        return Reading::Value;
    }
    // A parameter that is no SecureString is configuration: its own name decides.
    let plain = of_type == "aws_ssm_parameter"
        && body.attribute("type").and_then(|kind| kind.expr().literal()).is_none_or(|kind| kind.as_str() != "SecureString");
    if plain { Reading::Value } else { Reading::Marked }
}

/// The visit of one argument's expression.
pub(in crate::formats) struct Walk<'a, 'u> {
    frame: Frame<'a>,
    sibling: Option<Cow<'a, str>>,
    rename: Option<&'u str>,
    more: &'u [(&'u str, Reading)],
    marked: bool,
    /// The block around runs commands.
    runs: bool,
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
            sibling: None,
            rename: None,
            more: &[],
            marked: false,
            runs: false,
            steps: Vec::new(),
            open: Vec::new(),
            seen: HashSet::new(),
        }
    }

    /// The value's name is this one, where there is one.
    fn name_of_value(&mut self, sibling: Option<Cow<'a, str>>) {
        self.sibling = sibling;
    }

    /// The value is known by this name, and used under these.
    fn used_as<'n: 'u>(&mut self, name: &'n str, uses: Option<&'n Vec<(&str, Reading)>>) {
        self.rename = Some(name);
        self.more = uses.map_or(&[], Vec::as_slice);
    }

    /// The value is secret by declaration.
    pub(in crate::formats) fn marked(&mut self) {
        self.marked = true;
    }

    /// Visits the literals of an argument inside these blocks.
    pub(in crate::formats) fn argument(mut self, attribute: hcl::Attribute<'a>, way: &[&'a str], visit: &mut dyn FnMut(&Literal<'_, '_>)) {
        for segment in way.iter().copied().chain([attribute.name()]) {
            self.steps.push((self.steps.len().wrapping_sub(1), segment.into()));
        }
        let own: Cow<'a, str> = match self.rename {
            Some(name) => name.to_owned().into(),
            None => self.sibling.clone().unwrap_or_else(|| attribute.name().into()),
        };
        self.open.push(Work { expr: attribute.expr(), name: own, whole: true, aside: false, step: self.steps.len() - 1 });
        while let Some(work) = self.open.pop() {
            self.expr(&work, attribute, visit);
        }
    }

    fn expr(&mut self, work: &Work<'a>, attribute: hcl::Attribute<'a>, visit: &mut dyn FnMut(&Literal<'_, '_>)) {
        match work.expr.kind() {
            ExprKind::Parens(inner) => self.push(work, inner),
            ExprKind::Object(object) => self.object(work, object),
            ExprKind::Tuple(items) => {
                for (index, item) in items.iter().enumerate() {
                    let step = self.step(work.step, format!("[{index}]").into());
                    self.open.push(Work { expr: item, name: work.name.clone(), whole: work.whole, aside: work.aside, step });
                }
            }
            ExprKind::Comprehension(found) => {
                self.push_aside(work, [Some(found.source), found.key, found.condition].into_iter().flatten());
                self.push(work, found.value);
            }
            ExprKind::Operation(operands) => self.push_aside(work, operands.iter()),
            ExprKind::Unary(inner) => self.push_aside(work, [inner]),
            ExprKind::Call(call) if is_structural(call) => call.arguments().iter().for_each(|argument| self.push(work, argument)),
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
        let keys: Vec<Cow<'a, str>> = object.items().map(|item| item.key.word().unwrap_or_default()).collect();
        for (item, key) in object.items().zip(&keys) {
            let sibling = siblings_of(key).and_then(|siblings| {
                let named = object.items().zip(&keys).find(|(_, key)| siblings.contains(&key.as_ref()))?;
                named.0.value.literal().map(|text| text.value().clone())
            });
            let step = self.step(work.step, key.clone());
            let name = sibling.unwrap_or_else(|| key.clone());
            if !matches!(item.key.kind(), ExprKind::Variable(_)) {
                self.open.push(Work { expr: item.key, name: "".into(), whole: false, aside: true, step });
            }
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
        let mut literal = Literal {
            role: self.frame.role,
            name: work.name.clone(),
            value: folded.value,
            reading,
            source: self.frame.source.id,
            setting: self.frame.source.setting,
            opener: attribute.name_span().start,
            path: &|| self.path(work.step),
        };
        visit(&literal);
        if !work.aside && scripts::is_script(&literal.name, self.runs, &literal.value) {
            for given in scripts::given(&literal.value) {
                visit(&Literal { name: given.name.into(), value: given.value, reading: Reading::Value, ..literal });
            }
        }
        for (name, reading) in self.more.iter().filter(|_| work.whole && !work.aside) {
            (literal.name, literal.reading) = ((*name).into(), *reading);
            visit(&literal);
        }
    }

    fn reading(&self, work: &Work<'a>, value: &Value<'a>) -> Reading {
        if self.marked && work.whole {
            return Reading::Marked;
        }
        let texts = value.parts.iter().filter_map(|part| match part {
            crate::literal::Part::Literal(text) => Some(text.as_str()),
            crate::literal::Part::Reference(_) => None,
        });
        // Scripts and configuration files; a key in PEM has lines too, and is one value.
        let (mut lines, mut pem) = (0, false);
        for text in texts {
            lines += text.trim_end().matches('\n').count();
            pem |= text.contains("-----BEGIN");
        }
        if lines > 0 && !pem { Reading::Config } else { Reading::Value }
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

/// Functions that hand on what is inside their arguments, names included.
fn is_structural(call: Call<'_>) -> bool {
    matches!(
        call.name().text,
        "merge"
            | "concat"
            | "flatten"
            | "compact"
            | "distinct"
            | "tolist"
            | "toset"
            | "tomap"
            | "setunion"
            | "zipmap"
            | "values"
            | "one"
            | "element"
            | "jsonencode"
            | "yamlencode"
            | "defaults"
    ) || matches!(call.name().text, "sensitive" | "nonsensitive" | "try" | "coalesce" | "coalescelist" | "base64encode" | "base64gzip")
        && call.arguments().iter().any(is_structure)
}

fn is_structure(expr: Expr<'_>) -> bool {
    match expr.kind() {
        ExprKind::Object(_) | ExprKind::Tuple(_) | ExprKind::Comprehension(_) => true,
        ExprKind::Call(call) => matches!(call.name().text, "jsonencode" | "yamlencode" | "merge" | "concat" | "tomap"),
        _ => false,
    }
}
