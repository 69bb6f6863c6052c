//! The containers of services: their environment, their commands.

use std::borrow::Cow;

use super::services_of;
use crate::formats::container::{Container, Executed, Given};
use crate::formats::interpolated::Interpolated;
use crate::literal::PathBuilder;
use crate::source::{Place, Source, Text};
use crate::syntax::yaml::{Node, Shape};

/// The containers of a document's services.
pub(super) fn read<'a>(source: &Source, root: Node<'a>) -> Vec<Container<'a>> {
    let first_format = root.get("services").is_none();
    let base = if first_format { PathBuilder::default() } else { PathBuilder::default().key("services") };
    let services = services_of(root).into_iter().flat_map(Node::entries);
    let container = |entry: crate::syntax::yaml::Entry<'a>| {
        let (service, path) = (entry.value.resolve(), base.clone().key(&entry.key.str().unwrap_or_default()));
        let mut container = Container::default();
        let [entrypoint, command] =
            ["entrypoint", "command"].map(|key| service.get_merged(key).and_then(|node| executed(node, path.clone().key(key))));
        container.runs.extend(together(entrypoint, command));
        let test = service.get_merged("healthcheck").and_then(|check| check.get_merged("test"));
        container.runs.extend(test.and_then(|node| executed(node, path.clone().key("healthcheck").key("test"))));
        for hook in ["post_start", "pre_stop"] {
            for (index, item) in service.get_merged(hook).into_iter().flat_map(Node::items).enumerate() {
                let command = item.resolve().get_merged("command");
                container.runs.extend(command.and_then(|node| executed(node, path.clone().key(hook).index(index).key("command"))));
            }
        }
        // Services that run nothing of their own may share thousands of variables by merge keys.
        if container.runs.is_empty() {
            return container;
        }
        environment(source, service, &mut container);
        // Where secrets are mounted: <https://docs.docker.com/compose/how-tos/use-secrets/>.
        if let Some(secrets) = service.get_merged("secrets") {
            let place = source.place(secrets.span());
            container.mounts.push(Given { name: "/run/secrets/".to_owned(), place, ..Given::default() });
        }
        container
    };
    services.map(container).collect()
}

fn environment(source: &Source, service: Node<'_>, container: &mut Container<'_>) {
    let Some(environment) = service.get_merged("environment") else { return };
    let mut add = |name: Cow<'_, str>, place: Place, refers: Vec<String>| {
        container.secrets.push(Given { name: name.clone().into_owned(), place, refers });
        container.variables.insert(name.into_owned());
    };
    let refers = |text: Option<Text<'_>>| {
        let value = text.map(|text| Interpolated::new(text).value());
        value.into_iter().flat_map(|value| value.references().iter().map(|one| one.name.to_string()).collect::<Vec<_>>()).collect()
    };
    if environment.shape() == Shape::Mapping {
        for entry in environment.merged() {
            add(entry.key.str().unwrap_or_default(), source.place(entry.key.span()), refers(entry.value.resolve().text()));
        }
        return;
    }
    for item in environment.items() {
        let Some(text) = item.resolve().text() else { continue };
        let name = text.as_str().split('=').next().unwrap_or_default().to_owned();
        let span = text.hull(0..name.len());
        add(name.into(), source.place(span), refers(Some(text)));
    }
}

/// `entrypoint: [sh, -c]` and `command: [script]` are one command: a shell that is given its script by the other one.
fn together<'a>(entrypoint: Option<Executed<'a>>, command: Option<Executed<'a>>) -> Vec<Executed<'a>> {
    let (entrypoint, command) = match (entrypoint, command) {
        (Some(entrypoint), Some(command)) => (entrypoint, command),
        (entrypoint, command) => return entrypoint.into_iter().chain(command).collect(),
    };
    let plain = |text: &Text<'_>| !text.as_str().contains(['"', '\'', '$', '\n']);
    let is_shell = |text: &Text<'_>| {
        let mut words = text.as_str().split_whitespace();
        let name = words.next().map(|word| word.rsplit('/').next().unwrap_or(word));
        matches!(name, Some("sh" | "bash" | "ash" | "dash" | "zsh")) && words.all(|word| word.starts_with('-'))
    };
    let waits = entrypoint.words.first().is_some_and(is_shell)
        && entrypoint.words.iter().all(plain)
        && entrypoint.words.iter().skip(1).all(|word| word.as_str().starts_with('-'))
        && command.words.len() > 1 - usize::from(entrypoint.words.last().is_some_and(|word| word.as_str().ends_with('c')));
    if !waits {
        return vec![entrypoint, command];
    }
    let mut words: Vec<Text<'a>> = Vec::new();
    for text in &entrypoint.words {
        let mut from = 0;
        for word in text.as_str().split_whitespace() {
            let at = from + text.as_str().get(from..).and_then(|rest| rest.find(word)).unwrap_or(0);
            from = at + word.len();
            words.push(text.slice(at..from));
        }
    }
    let before = words.len();
    words.extend(command.words);
    let replaced = command.replaced.into_iter().map(|(word, span, name)| (word + before, span, name)).collect();
    vec![Executed { words, replaced, path: command.path, opener: command.opener }]
}

/// A command: `$$` is a dollar sign, `$NAME` is replaced before the container starts.
fn executed<'a>(node: Node<'a>, path: PathBuilder) -> Option<Executed<'a>> {
    let node = node.resolve();
    let items: Vec<Node<'a>> = if node.shape() == Shape::Sequence { node.items().map(Node::resolve).collect() } else { vec![node] };
    let (mut words, mut replaced) = (Vec::new(), Vec::new());
    for item in items {
        let interpolated = Interpolated::new(item.text()?);
        let names = interpolated.value();
        let names = names.references();
        let (text, spans) = interpolated.unescaped();
        let named = spans.into_iter().zip(names.iter().map(|reference| reference.name.to_string()));
        replaced.extend(named.map(|(span, name)| (words.len(), span, name)));
        words.push(text);
    }
    // `[CMD, a, b]` is `[a, b]`: <https://docs.docker.com/reference/compose-file/services/#healthcheck>.
    if words.first().is_some_and(|word| word.as_str() == "CMD") {
        words.remove(0);
        replaced.iter_mut().for_each(|(word, ..)| *word = word.saturating_sub(1));
    }
    Some(Executed { words, replaced, path: path.build(), opener: node.span() })
}
