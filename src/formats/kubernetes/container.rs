//! The containers of pods, wherever pods stand: their environment, their commands, their mounts.

use std::collections::HashSet;

use super::Manifest;
use crate::formats::container::{Container, Executed, Given};
use crate::literal::PathBuilder;
use crate::source::{Source, Span, Text};
use crate::syntax::yaml::{Node, Shape};

/// The lists of a pod's containers.
const LISTS: [&str; 3] = ["initContainers", "containers", "ephemeralContainers"];
/// Lists of Tekton's tasks, whose items are containers with a script: <https://tekton.dev/docs/pipelines/tasks/>.
const STEPS: [&str; 2] = ["steps", "sidecars"];
/// The token of the pod's account.
const ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/// The containers in a manifest. What an alias repeats is there once.
pub(super) fn read<'a>(source: &Source, manifest: Manifest<'a>) -> Vec<Container<'a>> {
    let mut found = Vec::new();
    let mut waiting = vec![(manifest.node, PathBuilder::root(manifest.address()))];
    while let Some((node, path)) = waiting.pop() {
        let from = waiting.len();
        match node.shape() {
            Shape::Mapping => {
                let volumes = node.get("volumes");
                for entry in node.entries().filter(|entry| !entry.value.is_alias()) {
                    let key = entry.key.str().unwrap_or_default();
                    let path = path.clone().key(&key);
                    let is_steps = || STEPS.contains(&&*key) && entry.value.items().any(|item| item.get("image").is_some());
                    // A template of Argo: <https://argo-workflows.readthedocs.io/en/latest/walk-through/scripts-and-results/>.
                    if key == "script" && entry.value.get("source").is_some() && entry.value.get("image").is_some() {
                        found.push(container(source, entry.value, volumes, path));
                    } else if LISTS.contains(&&*key) || is_steps() {
                        for (index, item) in entry.value.items().enumerate() {
                            let name = item.get("name").and_then(Node::str);
                            found.push(container(source, item.resolve(), volumes, path.clone().item(index, name.as_deref())));
                        }
                    } else if entry.value.shape() != Shape::Scalar {
                        waiting.push((entry.value, path));
                    }
                }
            }
            Shape::Sequence => {
                let items = node.items().enumerate().filter(|(_, item)| !item.is_alias() && item.shape() != Shape::Scalar);
                waiting.extend(items.map(|(index, item)| (item, path.clone().index(index))));
            }
            _ => {}
        }
        waiting[from..].reverse();
    }
    found
}

fn container<'a>(source: &Source, node: Node<'a>, volumes: Option<Node<'a>>, path: PathBuilder) -> Container<'a> {
    let mut container = Container { stores: true, ..Container::default() };
    runs(node, &path, &mut container);
    // What runs nothing of its own shows nothing, and may share thousands of variables by aliases.
    if !container.runs.is_empty() {
        environment(source, node, &mut container);
        mounts(source, node, volumes, &mut container);
    }
    container
}

fn environment(source: &Source, node: Node<'_>, container: &mut Container<'_>) {
    for item in node.get("env").into_iter().flat_map(Node::items) {
        let item = item.resolve();
        let Some((key, name)) = item.get("name").and_then(|key| Some((key, key.str()?))) else { continue };
        let from_store = item.get("valueFrom").is_some_and(|from| from.get("secretKeyRef").is_some());
        let literal = item.get("value").is_some();
        if from_store || literal {
            container.variables.insert(name.clone().into_owned());
        }
        if from_store {
            container.secrets.push(Given { name: name.into_owned(), place: source.place(key.span()), ..Given::default() });
        }
    }
    // Secrets whose keys become variables; their names stand elsewhere.
    let all = node.get("envFrom").into_iter().flat_map(Node::items).filter_map(|item| item.resolve().get("secretRef"));
    container.secrets.extend(all.map(|item| Given { name: "*".to_owned(), place: source.place(item.span()), ..Given::default() }));
}

/// Its command and its hooks.
fn runs<'a>(node: Node<'a>, path: &PathBuilder, container: &mut Container<'a>) {
    let words = ["command", "args"].map(|key| node.get(key).filter(|list| list.shape() == Shape::Sequence));
    let main = words.into_iter().flatten().map(|list| list.items().filter_map(|item| item.resolve().text()).collect::<Vec<_>>());
    let main: Vec<Text<'a>> = main.flatten().collect();
    // A script that the container is given as text.
    let script = ["script", "source"].into_iter().find_map(|key| Some((key, node.get(key)?)));
    if let Some((key, script)) = script
        && let Some(text) = script.text()
    {
        if runs_in_a_shell(&text, main.first()) {
            container.runs.push(executed(vec![text], path.clone().key(key), script.span()));
        }
    } else if let Some(opener) = words.into_iter().flatten().next() {
        let key = if words[0].is_some() { "command" } else { "args" };
        container.runs.push(executed(main, path.clone().key(key), opener.span()));
    }
    for hook in ["postStart", "preStop"] {
        let command = node.get("lifecycle").and_then(|cycle| cycle.get(hook)?.get("exec")?.get("command"));
        if let Some(command) = command {
            let words = command.items().filter_map(|item| item.resolve().text()).collect();
            let path = path.clone().key("lifecycle").key(hook).key("exec").key("command");
            container.runs.push(executed(words, path, command.span()));
        }
    }
}

/// Whether a shell runs a text: its first line says so, or the command that is given it, or nothing says anything.
fn runs_in_a_shell(text: &Text<'_>, command: Option<&Text<'_>>) -> bool {
    let is_shell = |text: &str| text.rsplit(['/', ' ']).next().is_some_and(|name| matches!(name, "sh" | "bash" | "ash" | "dash" | "zsh"));
    let first = text.as_str().lines().next().unwrap_or("");
    match (first.strip_prefix("#!"), command) {
        (Some(program), _) => is_shell(program.split(" -").next().unwrap_or(program).trim()),
        (None, Some(command)) => is_shell(command.as_str()),
        (None, None) => true,
    }
}

/// Volumes that hold Secrets, where the container mounts them.
fn mounts(source: &Source, node: Node<'_>, volumes: Option<Node<'_>>, container: &mut Container<'_>) {
    let volumes = volumes.into_iter().flat_map(Node::items).map(Node::resolve);
    let is_secret = |volume: &Node<'_>| {
        let projected = volume.get("projected").and_then(|projected| projected.get("sources"));
        let mut sources = projected.into_iter().flat_map(Node::items).map(Node::resolve);
        volume.get("secret").is_some() || sources.any(|one| one.get("secret").is_some() || one.get("serviceAccountToken").is_some())
    };
    let secret = volumes.filter(is_secret).filter_map(|volume| Some(volume.get("name")?.str()?.into_owned()));
    let secret: HashSet<String> = secret.collect();
    for mount in node.get("volumeMounts").into_iter().flat_map(Node::items).map(Node::resolve) {
        let is_secret = mount.get("name").and_then(Node::str).is_some_and(|name| secret.contains(&*name));
        let path = mount.get("mountPath").filter(|_| is_secret).and_then(|path| Some((path, path.str()?)));
        let given = |(node, path): (Node<'_>, std::borrow::Cow<'_, str>)| Given {
            name: path.into_owned(),
            place: source.place(node.span()),
            ..Given::default()
        };
        container.mounts.extend(path.map(given));
    }
    // Every container finds the token of its account there, unless the pod says no:
    // <https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/>.
    container.mounts.push(Given { name: ACCOUNT.to_owned(), place: source.place(node.span()), ..Given::default() });
}

/// `$(NAME)` is replaced before the container starts, `$$(NAME)` is not
/// (<https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/>).
fn executed(words: Vec<Text<'_>>, path: PathBuilder, opener: Span) -> Executed<'_> {
    let mut replaced = Vec::new();
    for (index, word) in words.iter().enumerate() {
        let text = word.as_str();
        for (at, _) in text.match_indices("$(") {
            let length = text[at + 2..].bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')).count();
            let name = &text[at + 2..at + 2 + length];
            if length > 0 && text[at + 2 + length..].starts_with(')') && !text[..at].ends_with('$') {
                replaced.push((index, Span::new(at, at + name.len() + 3), name.to_owned()));
            }
        }
    }
    Executed { words, replaced, path: path.build(), opener }
}
