//! The literals of a compose document: which role, which name, which value.

use std::borrow::Cow;

use super::command::{Command, Commands};
use super::is_first_format;
use crate::formats::interpolated::Interpolated;
use crate::formats::yaml::{self, Met, Step};
use crate::literal::{Literal, LogicalPath, Reading, Role, Value};
use crate::source::{Source, Text};
use crate::syntax::interpolation::Operator;
use crate::syntax::yaml::{Node, Tree};

type Visit<'v> = &'v mut dyn FnMut(&Literal<'_, '_>);

/// Visits the literals of one document.
pub(super) fn document(source: &Source, root: Node<'_>, visit: Visit<'_>) {
    let first_format = is_first_format(root);
    let mut commands = Commands::default();
    yaml::scalars(root, &mut |met| {
        let Some(text) = met.node.text() else { return };
        let found = Found { source, met };
        match kind(met, first_format) {
            Kind::Prose => found.give(Role::Compose, "".into(), Value::literal(text), Reading::Prose, visit),
            Kind::Command => {
                found.text("".into(), text.clone(), Role::ComposeCommand, Reading::Prose, visit);
                commands.add(met, text).into_iter().for_each(|command| given(source, &command, visit));
            }
            Kind::Config => found.text(met.name(), text, Role::Compose, Reading::Config, visit),
            Kind::Pair => {
                let (name, value) = pair(met, text);
                found.text(name, value, Role::Compose, Reading::Value, visit);
            }
            Kind::Options => found.options(&text, visit),
            Kind::Value => found.text(met.name(), text, Role::Compose, Reading::Value, visit),
        }
    });
    commands.finish().into_iter().for_each(|command| given(source, &command, visit));
}

/// Visits what a command gives names to.
fn given(source: &Source, command: &Command<'_>, visit: Visit<'_>) {
    for given in command.given() {
        visit(&Literal {
            role: Role::ComposeCommand,
            name: given.name.into(),
            value: given.value,
            reading: Reading::Value,
            source: source.id,
            setting: source.setting,
            opener: command.opener,
            path: &|| command.path.clone(),
        });
    }
}

/// Visits the comments of a file.
pub(super) fn comments(source: &Source, tree: &Tree, visit: Visit<'_>) {
    for comment in tree.comments() {
        visit(&Literal {
            role: Role::Compose,
            name: "".into(),
            value: Value::literal(Text::raw(&source.text, *comment)),
            reading: Reading::Prose,
            source: source.id,
            setting: source.setting,
            opener: comment.start,
            path: &LogicalPath::default,
        });
    }
}

/// What a scalar is.
enum Kind {
    /// A key, or the name of a secret that is defined elsewhere.
    Prose,
    /// A command or a word of one.
    Command,
    /// A whole file in a string.
    Config,
    /// An item of a list: `NAME=value`, or anything else.
    Pair,
    /// Options of a mount: `addr=…,username=…,password=…`.
    Options,
    /// A value under its key.
    Value,
}

fn kind(met: &Met<'_, '_>, first_format: bool) -> Kind {
    let in_list = matches!(met.steps.last(), Some(Step::Item(..)));
    let key = met.name();
    if met.is_key || (in_list && key == "secrets") {
        Kind::Prose
    } else if is_command(met.steps, first_format) {
        Kind::Command
    } else if met.is_at(&["configs", "*", "content"]) || key == "dockerfile_inline" {
        Kind::Config
    } else if in_list {
        Kind::Pair
    } else if met.is_at(&["volumes", "*", "driver_opts", "o"]) {
        Kind::Options
    } else {
        Kind::Value
    }
}

/// Whether a way leads to a command. Extension fields hold pieces of services, so any part of the way may be the service there.
fn is_command(steps: &[Step<'_>], first_format: bool) -> bool {
    let starts = |prefix: &str| matches!(steps.first(), Some(Step::Key(key)) if key.str().is_some_and(|key| key.starts_with(prefix)));
    if starts("x-") {
        return (1..steps.len()).any(|from| is_command_of_service(&steps[from..]));
    }
    let service = if first_format { 1 } else { 2 };
    (first_format || starts("services")) && steps.get(service..).is_some_and(is_command_of_service)
}

fn is_command_of_service(steps: &[Step<'_>]) -> bool {
    let key = |at: usize| match steps.get(at) {
        Some(Step::Key(key)) => key.str().unwrap_or_default(),
        _ => Cow::Borrowed(""),
    };
    let word = |at: usize| matches!(steps.get(at..), Some([] | [Step::Item(..)]));
    match &*key(0) {
        "command" | "entrypoint" => word(1),
        "healthcheck" => key(1) == "test" && word(2),
        "pre_start" | "post_start" | "pre_stop" => key(2) == "command" && word(3),
        _ => false,
    }
}

/// A scalar that was met, with what its literals share.
struct Found<'s, 'm, 'a, 'w> {
    source: &'s Source,
    met: &'m Met<'a, 'w>,
}

impl<'a> Found<'_, '_, 'a, '_> {
    fn give(&self, role: Role, name: Cow<'_, str>, value: Value<'_>, reading: Reading, visit: Visit<'_>) {
        visit(&Literal {
            role,
            name,
            value,
            reading,
            source: self.source.id,
            setting: self.source.setting,
            opener: self.met.opener(),
            path: &|| self.met.path(""),
        });
    }

    /// A string with its variables, and the words inside them.
    fn text(&self, name: Cow<'_, str>, text: Text<'a>, role: Role, reading: Reading, visit: Visit<'_>) {
        let string = Interpolated::new(text);
        self.give(role, name.clone(), string.value(), reading, visit);
        for word in string.words() {
            let reading = if word.operator == Operator::Message { Reading::Prose } else { Reading::Value };
            // Where the reference is all there is, its word is the value of the key too: either name may tell.
            let name = if word.alone { name.clone() } else { "".into() };
            self.give(Role::ComposeFallback, name, word.value, reading, visit);
        }
    }

    fn options(&self, text: &Text<'a>, visit: Visit<'_>) {
        let mut start = 0;
        for option in text.as_str().split(',') {
            let part = text.slice(start..start + option.len());
            let (name, value) = pair(self.met, part);
            self.text(name, value, Role::Compose, Reading::Value, visit);
            start += option.len() + 1;
        }
    }
}

/// Splits `NAME=value`. Quotes around all of the value are not what the author meant to be part of it.
fn pair<'t>(met: &Met<'t, '_>, text: Text<'t>) -> (Cow<'t, str>, Text<'t>) {
    let whole = text.as_str();
    let name = whole.split('=').next().unwrap_or("");
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-./".contains(&byte));
    if name.len() == whole.len() || !is_name {
        return (met.name(), text);
    }
    let value = &whole[name.len() + 1..];
    let quoted = value.len() >= 2 && ['"', '\''].iter().any(|quote| value.starts_with(*quote) && value.ends_with(*quote));
    let trim = usize::from(quoted);
    (name.to_owned().into(), text.slice(name.len() + 1 + trim..whole.len() - trim))
}
