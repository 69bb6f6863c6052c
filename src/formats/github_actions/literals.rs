//! The literals of a workflow, each visited once, under its name and role.

use std::borrow::Cow;
use std::collections::HashMap;

use super::context::Context;
use super::{Script, Shell, Workflow, expression};
use crate::formats::script;
use crate::formats::yaml::{self, Met};
use crate::literal::{Literal, LogicalPath, Part, Reading, Reference, Role, Value};
use crate::source::{Setting, Span, Text};
use crate::syntax::python;
use crate::syntax::shell::Dialect;

pub(super) fn visit(workflow: &Workflow<'_>, visit: &mut dyn FnMut(&Literal<'_, '_>)) {
    let context = Context::new(workflow);
    for root in workflow.tree.documents(&workflow.source.text) {
        yaml::scalars(root, &mut |met| scalar(workflow, &context, met, visit));
    }
    for comment in workflow.tree.comments() {
        let value = Value::literal(Text::raw(&workflow.source.text, *comment));
        visit(&Literal {
            role: Role::GithubActions,
            name: "".into(),
            value,
            reading: Reading::Prose,
            source: workflow.source.id,
            setting: context.setting,
            opener: comment.start,
            path: &LogicalPath::default,
        });
    }
}

/// Keys whose values are words for people or for the runner, never a credential.
#[rustfmt::skip]
const PROSE: [&str; 15] = [
    "name", "run-name", "uses", "if", "runs-on", "needs", "shell", "working-directory", "description", "group", "image", "cron", "id",
    "permissions", "on",
];

fn scalar(workflow: &Workflow<'_>, context: &Context<'_>, met: &Met<'_, '_>, visit: &mut dyn FnMut(&Literal<'_, '_>)) {
    let Some(text) = met.node.text() else { return };
    let mut give = Give { workflow, context, met, visit };
    if met.is_key {
        return give.literal(Role::GithubActions, "".into(), Value::literal(text), Reading::Prose, false);
    }
    if let Some(script) = context.scripts.get(&met.node.id()) {
        return of_script(context, give, script, &text);
    }
    if context.options.contains(&met.node.id()) {
        return of_options(context, give, &text);
    }
    let throwaway = context.is_throwaway(met.node, text.as_str());
    let name = name(met);
    if context.credentials.contains(&met.node.id()) {
        let value = expression::value(&text);
        // Whatever text stands there is used as a password.
        let reading = if value.as_literal().is_some() { Reading::Marked } else { Reading::Value };
        return give.literal(Role::GithubContainerCredentials, name, value, reading, throwaway);
    }
    let in_map = met.steps.iter().any(|step| matches!(step, yaml::Step::Key(key) if key.is_str("env") || key.is_str("with")));
    let reading = match &*name {
        name if !in_map && PROSE.contains(&name) => Reading::Prose,
        // `build-args`, `envs`, a whole `.env`: lines of `name=value`.
        _ if text.as_str().trim_end().contains('\n') => Reading::Config,
        _ => Reading::Value,
    };
    give.literal(Role::GithubActions, name, expression::value(&text), reading, throwaway);
}

/// The key, or what it is the default of: `inputs.token.default` is `token`.
fn name<'a>(met: &Met<'a, '_>) -> Cow<'a, str> {
    let mut keys = met.steps.iter().rev().filter_map(|step| match step {
        yaml::Step::Key(key) => Some(*key),
        yaml::Step::Item(..) => None,
    });
    let nearest = keys.next().and_then(|key| key.str()).unwrap_or_default();
    let above = keys.next();
    let of_input = nearest == "default" && keys.next().is_some_and(|key| key.is_str("inputs"));
    above.filter(|_| of_input).and_then(|key| key.str()).unwrap_or(nearest)
}

/// A script: its named values, then all of it as lines.
fn of_script(context: &Context<'_>, mut give: Give<'_, '_, '_, '_>, script: &Script<'_>, text: &Text<'_>) {
    if let Some(dialect) = script.dialect() {
        let expressions = expression::expressions(&script.template);
        let references = expressions.map(|(outer, expression)| expression::reference(text, outer, expression));
        let references: HashMap<Span, Reference<'_>> = references.map(|reference| (reference.span, reference)).collect();
        for given in script::given(text, dialect, &script.opaque) {
            let value = with_expressions(given.value, &references);
            let throwaway = value.as_literal().is_some_and(|literal| context.is_throwaway(script.node, literal.as_str()));
            give.opened_at(given.opener, Role::GithubActions, given.name.into(), value, Reading::Value, throwaway);
        }
    }
    if matches!(script.shell, Shell::Python | Shell::JavaScript) {
        of_code(context, &mut give, text);
    }
    // What is no command is often a file that the script writes: `password: …` in a heredoc.
    give.literal(Role::GithubActions, "".into(), expression::value(text), Reading::Config, false);
}

/// Strings of Python and JavaScript with the names they are given.
fn of_code(context: &Context<'_>, give: &mut Give<'_, '_, '_, '_>, text: &Text<'_>) {
    for found in python::scan(text.as_str()).values {
        let Some(name) = found.name else { continue };
        let parts = found.parts.into_iter().flat_map(|part| match part {
            python::Part::Literal(literal) => expression::value(&literal.then(text)).parts,
            python::Part::Reference(span) => Value::reference("", text.hull(span.range())).parts,
        });
        let value = Value { parts: parts.collect() };
        let throwaway = value.as_literal().is_some_and(|literal| context.is_throwaway(give.met.node, literal.as_str()));
        give.literal(Role::GithubActions, name, value, Reading::Value, throwaway);
    }
}

/// `options: -e POSTGRES_PASSWORD=x`: arguments of `docker create`.
fn of_options(context: &Context<'_>, mut give: Give<'_, '_, '_, '_>, text: &Text<'_>) {
    for given in script::given(text, Dialect::Posix, &[]) {
        let throwaway = given.value.as_literal().is_some_and(|literal| context.is_throwaway(give.met.node, literal.as_str()));
        give.opened_at(given.opener, Role::GithubActions, given.name.into(), given.value, Reading::Value, throwaway);
    }
    give.literal(Role::GithubActions, "".into(), expression::value(text), Reading::Prose, false);
}

/// What the shell saw as opaque is a reference of the workflow, with the fallback that its expression holds.
fn with_expressions<'a>(mut value: Value<'a>, references: &HashMap<Span, Reference<'a>>) -> Value<'a> {
    for part in &mut value.parts {
        if let Part::Reference(reference) = part
            && let Some(known) = references.get(&reference.span)
        {
            *reference = known.clone();
        }
    }
    value
}

/// Where literals go.
struct Give<'g, 'a, 'w, 'v> {
    workflow: &'g Workflow<'a>,
    context: &'g Context<'a>,
    met: &'g Met<'a, 'w>,
    visit: &'v mut dyn FnMut(&Literal<'_, '_>),
}

impl Give<'_, '_, '_, '_> {
    /// A literal that opens with its key.
    fn literal(&mut self, role: Role, name: Cow<'_, str>, value: Value<'_>, reading: Reading, throwaway: bool) {
        self.opened_at(self.met.opener(), role, name, value, reading, throwaway);
    }

    fn opened_at(&mut self, opener: u32, role: Role, name: Cow<'_, str>, value: Value<'_>, reading: Reading, throwaway: bool) {
        let own = self.context.setting;
        (self.visit)(&Literal {
            role,
            name,
            value,
            reading,
            source: self.workflow.source.id,
            setting: Setting { throwaway: own.throwaway || throwaway, ..own },
            opener,
            path: &|| self.met.path(""),
        });
    }
}
