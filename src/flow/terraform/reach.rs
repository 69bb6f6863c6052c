//! What the value of an expression is made of.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use super::at::{ANY, At, inside_element, key_of, without_any};
use super::children::{Child, Children};
use super::classes::classify;
use super::objects::Objects;
use super::scope::{Bound, Over, Scope};
use super::{Taint, TaintKind, is_secret};
use crate::formats::sensitive::attributes;
use crate::formats::terraform::{Argument, Block, Function, Module};
use crate::secrets;
use crate::source::{Place, Source};
use crate::syntax::hcl::{Call, Comprehension, Expr, ExprKind, Object, Part, Step, Template, Traversal};

/// Expressions that are looked at for one question; locals that refer to each other many times over end here.
const BUDGET: usize = 5_000;

/// Expressions that are looked at for all questions about a module.
const TOTAL: usize = 1_000_000;

/// What was reached.
pub(super) enum Found<'f> {
    /// Something sensitive.
    Taint(Taint),
    /// A variable that does not say that it is, and where it is referred to.
    Variable(&'f str, Place),
    /// Anything else that is looked up.
    Plain(String),
}

type Give<'g> = &'g mut dyn FnMut(Found<'_>);

/// Answers questions about one module.
pub(super) struct Reader<'c, 'a> {
    module: Module<'a>,
    children: &'c Children,
    locals: HashMap<String, Argument<'a>>,
    variables: HashMap<&'a str, Block<'a>>,
    calls: HashMap<&'a str, Block<'a>>,
    /// By the name of a call, once somebody has asked.
    given: RefCell<HashMap<String, Rc<Given<'a>>>>,
    /// Blocks about parameters of AWS: `(kind, name)`.
    parameters: HashMap<(&'a str, &'a str), Block<'a>>,
    objects: Objects<'a>,
    budget: Cell<usize>,
    total: Cell<usize>,
}

/// A module that is called, and what it hands out.
struct Called<'a> {
    /// What the call is named.
    name: String,
    block: Block<'a>,
    child: Arc<Child>,
}

/// What a call gives to the variables of its child.
struct Given<'a> {
    /// By their names.
    arguments: HashMap<String, Argument<'a>>,
    /// What `each` is in them.
    bound: Scope<'a>,
}

impl<'c, 'a> Reader<'c, 'a> {
    pub(super) fn new(module: Module<'a>, children: &'c Children) -> Self {
        let (locals, variables, calls, parameters, objects) = Default::default();
        let (budget, total, given) = (Cell::new(0), Cell::new(TOTAL), RefCell::default());
        let mut reader = Self { module, children, locals, variables, calls, given, parameters, objects, budget, total };
        for block in module.blocks() {
            match (block.kind(), block.label(0)) {
                ("locals", _) => reader.locals.extend(block.arguments().map(|local| (local.name().to_owned(), local))),
                ("variable", name) => _ = reader.variables.insert(name, block),
                ("module", name) => _ = reader.calls.insert(name, block),
                (kind @ ("resource" | "data"), "aws_ssm_parameter") => {
                    _ = reader.parameters.entry((kind, block.label(1))).or_insert(block);
                }
                _ => {}
            }
        }
        reader
    }

    /// Everything that the value is made of.
    pub(super) fn all(&self, value: &Argument<'a>, scope: &Scope<'a>, give: Give<'_>) {
        self.start(value.source(), value.expr(), scope, false, give);
    }

    /// What the value is as a whole.
    pub(super) fn direct(&self, value: &Argument<'a>, scope: &Scope<'a>, give: Give<'_>) {
        self.start(value.source(), value.expr(), scope, true, give);
    }

    /// Everything that an expression in this file is made of.
    pub(super) fn inside(&self, source: &'a Source, expr: Expr<'a>, scope: &Scope<'a>, give: Give<'_>) {
        self.start(source, expr, scope, false, give);
    }

    /// Whether a variable that does not say that it is sensitive is named like a secret.
    pub(super) fn is_secret_variable(&self, variable: &str) -> bool {
        secrets::is_secret_name(variable) && self.is_string(variable)
    }

    /// Whether a variable is a string, as far as it says.
    pub(super) fn is_string(&self, variable: &str) -> bool {
        self.variables.get(variable).is_some_and(|block| block.is_string())
    }

    /// The child module that a `module` block calls.
    pub(super) fn child_of(&self, call: Block<'a>) -> Option<Arc<Child>> {
        self.children.child(self.module, call.text("source")?.as_str())
    }

    /// The value of `local.name`.
    pub(super) fn local(&self, name: &str) -> Option<&Argument<'a>> {
        self.locals.get(name)
    }

    fn start(&self, source: &'a Source, expr: Expr<'a>, scope: &Scope<'a>, direct: bool, give: Give<'_>) {
        self.question(|| self.expr(expr, &At { bound: scope.clone(), direct, ..At::new(source) }, give));
    }

    /// Looks for an answer within the budget of one question.
    pub(super) fn question(&self, answer: impl FnOnce()) {
        let total = self.total.get();
        self.budget.set(BUDGET.min(total));
        answer();
        self.total.set(total - (BUDGET.min(total) - self.budget.get()));
    }

    /// Takes one look; None where the budget is spent.
    pub(super) fn look(&self) -> Option<()> {
        self.budget.set(self.budget.get().checked_sub(1)?);
        Some(())
    }

    pub(super) fn expr(&self, expr: Expr<'a>, at: &At<'a>, give: Give<'_>) {
        let Some(at) = self.look().and_then(|()| at.deeper()) else { return };
        let at = &at;
        match expr.kind() {
            ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::Operation(_) | ExprKind::Unary(_) => {}
            ExprKind::Parens(inner) => self.expr(inner, at, give),
            ExprKind::Template(template) => self.template(template, at, give),
            ExprKind::Variable(name) => self.name(name, at, give),
            ExprKind::Traversal(traversal) => self.traversal(expr, traversal, at, give),
            ExprKind::Call(call) => self.call(expr, call, at, give),
            ExprKind::Conditional(found) => {
                self.expr(found.yes, at, give);
                self.expr(found.no, at, give);
            }
            ExprKind::Tuple(items) if !at.direct => {
                let below = At { path: inside_element(&at.path), ..at.clone() };
                items.iter().for_each(|item| self.expr(item, &below, give));
            }
            ExprKind::Object(object) => self.object(expr, object, at, give),
            ExprKind::Comprehension(found) => self.comprehension(found, at, give),
            ExprKind::Tuple(_) => {}
        }
    }

    // Expressions stand inside each other: what one kind needs stays out of the frames of all others.
    #[inline(never)]
    fn object(&self, expr: Expr<'a>, object: Object<'a>, at: &At<'a>, give: Give<'_>) {
        let Some((key, rest)) = at.path.split_first() else {
            let values = object.items().filter(|_| !at.direct);
            return values.for_each(|item| self.expr(item.value, at, give));
        };
        let below = At { path: rest.to_vec(), ..at.clone() };
        if key == ANY {
            return object.items().for_each(|item| self.expr(item.value, &below, give));
        }
        let wanted = self.objects.under(key, at.source, (expr, object));
        wanted.into_iter().for_each(|value| self.expr(value, &below, give));
    }

    #[inline(never)]
    fn comprehension(&self, found: Comprehension<'a>, at: &At<'a>, give: Give<'_>) {
        // An object's own keys come first in the path.
        let path = if found.key.is_some() { at.path.get(1..).unwrap_or(&[]).to_vec() } else { inside_element(&at.path) };
        self.expr(found.value, &At { path, ..at.in_loop(found) }, give);
    }

    #[inline(never)]
    fn template(&self, template: Template<'a>, at: &At<'a>, give: Give<'_>) {
        if at.direct && template.parts().len() > 1 {
            return;
        }
        for part in template.parts() {
            match part {
                Part::Interpolation(inner, _) | Part::Directive(Some(inner), _) => self.expr(inner, at, give),
                Part::Literal(_) | Part::Directive(None, _) => {}
            }
        }
    }

    /// A variable of a `for` expression; other bare names are nothing by themselves.
    fn name(&self, name: &str, at: &At<'a>, give: Give<'_>) {
        let mut bound = &at.bound;
        while let Some(found) = bound {
            if found.name == name {
                return self.element(found, at, give);
            }
            bound = &found.outer;
        }
    }

    #[inline(never)]
    fn element(&self, found: &Bound<'a>, at: &At<'a>, give: Give<'_>) {
        let of_element = |path: &[String]| [&[ANY.to_owned()], path].concat();
        match (&found.over, at.path.split_first()) {
            (Over::Elements(over), _) => {
                self.expr(*over, &At { path: of_element(&at.path), bound: found.outer.clone(), ..at.clone() }, give);
            }
            (Over::Values(over, source), Some((first, rest))) if first == "value" => {
                self.expr(*over, &At { source, path: of_element(rest), bound: found.outer.clone(), ..at.clone() }, give);
            }
            (Over::Keys | Over::Values(..), _) => {}
        }
    }

    fn traversal(&self, expr: Expr<'a>, traversal: Traversal<'a>, at: &At<'a>, give: Give<'_>) {
        let root = match traversal.root().kind() {
            ExprKind::Variable(root) => root,
            _ => "",
        };
        // `aws_x.y["instance"].attribute`: the key of an instance is no attribute.
        let instance = match root {
            "data" | "ephemeral" => 2,
            "var" | "local" | "" | "each" => usize::MAX,
            _ => 1,
        };
        let steps = traversal.steps().enumerate().filter(|(index, step)| *index != instance || matches!(step, Step::Attr(_)));
        let mut path: Vec<String> = steps.map(|(_, step)| key_of(step)).collect();
        path.extend(at.path.iter().cloned());
        let below = |skip: usize| At { path: path.get(skip..).unwrap_or(&[]).to_vec(), ..at.clone() };
        if root.is_empty() {
            return self.expr(traversal.root(), &At { path, ..at.clone() }, give);
        }
        let is_bound = std::iter::successors(at.bound.as_ref(), |bound| bound.outer.as_ref()).any(|bound| bound.name == root);
        let place = at.source.place(expr.span());
        // What is made several times, and lists of blocks, are looked at as one.
        let named = without_any(&path);
        let (first, second) = (named.first().map_or("", String::as_str), named.get(1).map_or("", String::as_str));
        match root {
            _ if is_bound => self.name(root, &At { path, ..at.clone() }, give),
            "var" => self.variable(first, named.get(1..).unwrap_or(&[]), path.len() > 1, (place, at.direct), give),
            "local" => {
                if let Some(local) = self.locals.get(first) {
                    self.expr(local.expr(), &below(1).in_local(local), give);
                }
            }
            "module" => {
                // `module.x[*].output.key`
                let skip = path.iter().enumerate().filter(|(_, key)| *key != ANY).nth(1).map_or(path.len(), |(index, _)| index + 1);
                self.output(first, second, place, &below(skip), give);
            }
            "data" | "ephemeral" => {
                let kind = format!("{root}.{first}");
                self.resource(&kind, ("data", first, second), named.get(2..).unwrap_or(&[]), place, give);
            }
            "each" | "count" | "self" | "path" | "terraform" => {}
            kind => self.resource(kind, ("resource", kind, first), named.get(1..).unwrap_or(&[]), place, give),
        }
    }

    /// Gives what the providers' table knows of an attribute of `(block, type, name)`.
    #[inline(never)]
    fn resource(&self, kind: &str, (block, of_type, label): (&str, &str, &str), path: &[String], place: Place, give: Give<'_>) {
        let name = [&[kind.to_owned(), label.to_owned()], path].concat().join(".");
        match classify(kind, path) {
            // Providers mark every parameter; most hold settings.
            Some(TaintKind::Credential) if of_type == "aws_ssm_parameter" && !self.is_secret_parameter(block, label) => {
                give(Found::Taint(Taint { name, place, kind: TaintKind::Marked, from: None }));
            }
            Some(kind) => give(Found::Taint(Taint { name, place, kind, from: None })),
            // Of a type that the table knows, the other attributes are no secrets, whatever they are called.
            None if attributes(kind).next().is_some() => {}
            None => give(Found::Plain(name)),
        }
    }

    /// Whether an `aws_ssm_parameter` is a `SecureString`, or is named like a secret.
    fn is_secret_parameter(&self, block: &str, label: &str) -> bool {
        let Some(parameter) = self.parameters.get(&(block, label)) else { return secrets::is_secret_name(label) };
        let text = |name: &str| parameter.text(name).map(|text| text.as_str().to_owned());
        let named = text("name").is_some_and(|name| secrets::is_secret_name(name.rsplit('/').next().unwrap_or(&name)));
        named || secrets::is_secret_name(label) || text("type").is_some_and(|kind| kind == "SecureString")
    }

    #[inline(never)]
    fn variable(&self, name: &str, rest: &[String], in_part: bool, (place, direct): (Place, bool), give: Give<'_>) {
        let Some(block) = self.variables.get(name) else { return };
        if is_secret(*block) {
            let kind = if block.flag("ephemeral") == Some(true) { TaintKind::Ephemeral } else { TaintKind::Declared };
            let name = [&[block.address()], rest].concat().join(".");
            give(Found::Taint(Taint { name, place, kind, from: None }));
        } else if !(direct && in_part) {
            give(Found::Variable(name, place));
        }
    }

    #[inline(never)]
    fn output(&self, call: &str, output: &str, place: Place, at: &At<'a>, give: Give<'_>) {
        let child = |block: &Block<'a>| Some(Called { name: call.to_owned(), block: *block, child: self.child_of(*block)? });
        let Some(called) = self.calls.get(call).and_then(child) else {
            return give(Found::Plain(format!("module.{call}.{output}")));
        };
        if !output.is_empty() || at.direct {
            return self.handed_out(&called, output, place, at, give);
        }
        // All of a module is all of its outputs.
        let mut names: Vec<&String> = called.child.outputs.keys().collect();
        names.sort();
        for name in names {
            if self.look().is_none() {
                return;
            }
            self.handed_out(&called, name, place, at, give);
        }
    }

    /// What a module hands out under `output`, at the path that is picked out of it.
    #[inline(never)]
    fn handed_out(&self, called: &Called<'a>, output: &str, place: Place, at: &At<'a>, give: Give<'_>) {
        let Some(known) = called.child.outputs.get(output) else { return };
        let mut taint = known.declared.clone();
        for part in &known.parts {
            let Some((path, ())) = part.below(&at.path).zip(self.look()) else { continue };
            if let Some(other) = part.at(path) {
                taint = super::graver(taint.take(), other);
            }
            if at.direct || part.variables.is_empty() {
                continue;
            }
            let given = self.given_to(called);
            for argument in part.variables.iter().filter_map(|name| given.arguments.get(name)) {
                let (bound, path) = (given.bound.clone(), path.to_vec());
                self.expr(argument.expr(), &At { source: argument.source(), path, bound, ..at.clone() }, give);
            }
        }
        if let Some(taint) = taint {
            let name = format!("module.{}.{output}", called.name);
            give(Found::Taint(Taint { name, place, kind: taint.kind, from: Some(Arc::new(taint)) }));
        }
    }

    /// What a call gives to its child. Many outputs ask for it.
    fn given_to(&self, called: &Called<'a>) -> Rc<Given<'a>> {
        let given = || Given {
            arguments: called.block.arguments().map(|argument| (argument.name().to_owned(), argument)).collect(),
            bound: Bound::scope(called.block, None),
        };
        let mut known = self.given.borrow_mut();
        Rc::clone(known.entry(called.name.clone()).or_insert_with(|| Rc::new(given())))
    }

    fn call(&self, expr: Expr<'a>, call: Call<'a>, at: &At<'a>, give: Give<'_>) {
        let name = call.name().text;
        let function = Function::named(name);
        // `nonsensitive` vouches for its argument.
        if matches!(function, Function::Test | Function::Unmarked) {
            return;
        }
        if name == "sensitive" && !at.direct {
            let place = at.source.place(expr.span());
            give(Found::Taint(Taint { name: "sensitive(…)".to_owned(), place, kind: TaintKind::Declared, from: None }));
        }
        let is_built = matches!(function, Function::Changed | Function::Document | Function::Other);
        if at.direct && is_built {
            return;
        }
        let mut arguments: Vec<Expr<'a>> = call.arguments().iter().collect();
        let mut below = at.clone();
        match name {
            "lookup" => {
                // `lookup(map, "key", fallback)`
                let key = arguments.get(1).and_then(|key| key.word()).map(|key| key.into_owned());
                if let (Some(map), Some(key)) = (arguments.first(), key) {
                    let path = [vec![key], at.path.clone()].concat();
                    self.expr(*map, &At { path, ..at.clone() }, give);
                    arguments.drain(..2);
                }
            }
            "element" | "slice" | "chunklist" | "trimprefix" | "trimsuffix" | "trim" => arguments.truncate(1),
            _ if is_built => below.path.clear(),
            _ => {}
        }
        arguments.into_iter().for_each(|argument| self.expr(argument, &below, give));
    }
}
