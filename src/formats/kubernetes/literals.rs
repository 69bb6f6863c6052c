//! Every literal of a file of manifests, with the name it goes by, its role, and how to read it.

use std::borrow::Cow;

use super::content::{self, Content};
use super::template;
use super::value::value;
use super::{LAST_APPLIED, Manifest, Manifests, arguments};
use crate::formats::script::{self, Line};
use crate::formats::yaml::{self, Met, Step};
use crate::literal::{Literal, LogicalPath, Reading, Role, Value};
use crate::source::{Span, Text};
use crate::syntax::shell::Dialect;
use crate::syntax::yaml::{Node, Tree, template_actions};

pub(super) fn visit(manifests: &Manifests<'_>, visit: &mut dyn FnMut(&Literal<'_, '_>)) {
    for manifest in manifests.manifests() {
        let visitor = Visitor::new(manifests, manifest, None);
        visitor.run(visit);
    }
    comments(manifests, visit);
    if manifests.is_template() {
        for error in manifests.parsed.tree.errors() {
            text(manifests, error.unread, Reading::Config, visit);
        }
    }
}

/// Comments as prose; the actions that were masked as comments, for what they set.
fn comments(manifests: &Manifests<'_>, visit: &mut dyn FnMut(&Literal<'_, '_>)) {
    for span in manifests.parsed.tree.comments() {
        let comment = Text::raw(&manifests.source.text, *span);
        match template::assigned(comment.as_str()) {
            Some(name) if !template::is_comment(comment.as_str()) => {
                give(manifests, name.to_owned().into(), value(&comment), Reading::Value, *span, visit);
            }
            _ => text(manifests, *span, Reading::Prose, visit),
        }
    }
}

fn text(manifests: &Manifests<'_>, span: Span, reading: Reading, visit: &mut dyn FnMut(&Literal<'_, '_>)) {
    let text = Text::raw(&manifests.source.text, span);
    give(manifests, "".into(), Value::literal(text), reading, span, visit);
}

fn give(
    manifests: &Manifests<'_>,
    name: Cow<'_, str>,
    value: Value<'_>,
    reading: Reading,
    span: Span,
    visit: &mut dyn FnMut(&Literal<'_, '_>),
) {
    visit(&Literal {
        role: Role::Kubernetes,
        name,
        value,
        reading,
        source: manifests.source.id,
        setting: manifests.source.setting,
        opener: span.start,
        path: &LogicalPath::default,
    });
}

/// An object that stands as a string in another one.
struct Outer<'o, 'a> {
    text: &'o Text<'a>,
    path: &'o dyn Fn() -> LogicalPath,
    opener: u32,
}

/// What the scalars of one manifest are.
struct Visitor<'v, 'a> {
    manifests: &'v Manifests<'v>,
    manifest: Manifest<'a>,
    address: String,
    kind: Cow<'a, str>,
    only_refers: bool,
    is_template: bool,
    outer: Option<&'v Outer<'v, 'v>>,
}

/// The place of a scalar, in the manifest's own words.
struct Spot<'a> {
    role: Role,
    name: Cow<'a, str>,
    content: Content,
}

/// The item of `args` or `command` that was met last: its list's key and its own place in the list.
type Before<'a> = Option<(u32, usize, Node<'a>)>;

/// The words of the command that was met last.
#[derive(Default)]
struct Words<'a>(Vec<Text<'a>>);

/// Further words of a command are no program's options any more.
const MAX_WORDS: usize = 24;

impl<'v, 'a> Visitor<'v, 'a> {
    fn new(manifests: &'v Manifests<'v>, manifest: Manifest<'a>, outer: Option<&'v Outer<'v, 'v>>) -> Self {
        let core = manifest.group().is_empty();
        let kind = if core { manifest.kind() } else { "".into() };
        let (only_refers, is_template) = (manifest.only_refers(), manifest.is_template());
        Self { manifests, manifest, address: manifest.address(), kind, only_refers, is_template, outer }
    }

    fn run(&self, visit: &mut dyn FnMut(&Literal<'_, '_>)) {
        let mut before: Before<'a> = None;
        let mut words = Words::default();
        yaml::scalars(self.manifest.node, &mut |met| {
            if met.starts_at(&["metadata", "annotations", LAST_APPLIED]) && self.outer.is_none() {
                self.applied(met, visit);
            } else if self.is_noise(met) {
                // Nothing in it is a secret of this manifest.
            } else if met.is_key {
                self.key(met, visit);
            } else {
                self.scalar(met, &mut before, &mut words, visit);
            }
        });
    }

    /// Ciphertext, hashes that Helm charts keep under `checksum/…`, and the objects of a template, which are manifests of their own.
    fn is_noise(&self, met: &Met<'a, '_>) -> bool {
        met.starts_at(&["sops"])
            || (self.is_template && met.starts_at(&["objects"]))
            || met.starts_at(&["spec", "encryptedData"])
            || (met.key().and_then(Node::str).is_some_and(|key| key.starts_with("checksum/")))
    }

    /// The copy that `kubectl apply` keeps of the whole object, as JSON.
    fn applied(&self, met: &Met<'a, '_>, visit: &mut dyn FnMut(&Literal<'_, '_>)) {
        let Some(text) = met.node.text() else { return };
        let json = text.as_str().to_owned();
        let tree = Tree::parse(&json);
        let path = || met.path(&self.address);
        let outer = Outer { text: &text, path: &path, opener: met.opener() };
        for node in tree.documents(&json) {
            Visitor::new(self.manifests, Manifest { node, list: None }, Some(&outer)).run(visit);
        }
    }

    /// Keys hold no secrets by their name, but some are token shapes.
    fn key(&self, met: &Met<'a, '_>, visit: &mut dyn FnMut(&Literal<'_, '_>)) {
        if let Some(text) = met.node.text() {
            self.literal(met, Spot { role: Role::Kubernetes, name: "".into(), content: Content::Prose }, &text, visit);
        }
    }

    fn scalar(&self, met: &Met<'a, '_>, before: &mut Before<'a>, words: &mut Words<'a>, visit: &mut dyn FnMut(&Literal<'_, '_>)) {
        let Some(text) = met.node.text() else { return };
        let mut spot = self.spot(met, text.as_str());
        if names_a_key(met) {
            spot = Spot { name: "".into(), content: Content::Prose, ..spot };
        }
        if let Some((list, index)) = argument_list(met.steps) {
            if met.key().is_some_and(|key| key.is_str("command")) {
                if index == 0 {
                    words.0.clear();
                }
                self.command(met, words, spot.role, &text, visit);
            }
            let previous = before.filter(|(id, at, _)| *id == list.id() && at + 1 == index).and_then(|(.., node)| node.str());
            *before = Some((list.id(), index, met.node));
            let argument = arguments::argument(&text, previous.as_deref());
            let content = if argument.is_script { Content::Shell } else { Content::Value };
            self.literal(met, Spot { role: spot.role, name: argument.name, content }, &argument.value, visit);
        } else if met.is_generator_literal()
            && let Some((name, _)) = text.as_str().split_once('=')
        {
            let at = name.len() + 1;
            let spot = Spot { name: name.to_owned().into(), ..spot };
            self.literal(met, spot, &text.slice(at..text.len()), visit);
        } else {
            self.literal(met, spot, &text, visit);
        }
    }

    /// What a program takes without a name: `[redis-cli, -a, x]`. Given with the word it stands in.
    fn command(&self, met: &Met<'a, '_>, words: &mut Words<'a>, role: Role, text: &Text<'a>, visit: &mut dyn FnMut(&Literal<'_, '_>)) {
        if words.0.len() >= MAX_WORDS {
            return;
        }
        // A word with blanks is a script, which is read by itself.
        let is_script = text.as_str().contains(char::is_whitespace);
        words.0.push(if is_script { Text::plain("_", text.span().start as usize) } else { self.placed(text) });
        let mut line = Line::default();
        words.0.iter().for_each(|word| line.word(word, &references(word.as_str())));
        let place = self.placed(text).span();
        for given in line.given().into_iter().filter(|_| !is_script) {
            if given.value.as_literal().is_some_and(|value| place.contains(value.span())) {
                self.give(met, role, given.name.into(), given.value, Reading::Value, visit);
            }
        }
    }

    /// The text in terms of the file, for what stands as a string in it.
    fn placed(&self, text: &Text<'a>) -> Text<'a> {
        match self.outer {
            Some(outer) => text.clone().then(outer.text),
            None => text.clone(),
        }
    }

    fn literal(&self, met: &Met<'a, '_>, spot: Spot<'_>, text: &Text<'a>, visit: &mut dyn FnMut(&Literal<'_, '_>)) {
        let text = self.placed(text);
        let arguments = match spot.content {
            Content::Value if text.as_str().starts_with('-') => arguments::options(&text),
            Content::Pgpass => arguments::pgpass(&text),
            Content::Netrc => arguments::netrc(&text),
            _ => Vec::new(),
        };
        for argument in arguments {
            self.give(met, spot.role, argument.name, value(&argument.value), Reading::Value, visit);
        }
        let given = match spot.content {
            Content::Shell => script::given(&text, Dialect::Posix, &template_actions(text.as_str())),
            Content::Program => script::given_in_program(&text),
            _ => Vec::new(),
        };
        for given in given {
            self.give(met, spot.role, given.name.into(), given.value, Reading::Value, visit);
        }
        let (value, reading) = match spot.content {
            Content::Value => (value(&text), Reading::Value),
            Content::Base64 => (value(&text), Reading::Base64),
            Content::Config => (Value::literal(text), Reading::Config),
            Content::Pgpass | Content::Netrc | Content::Shell | Content::Program | Content::Prose => (Value::literal(text), Reading::Prose),
        };
        self.give(met, spot.role, spot.name, value, reading, visit);
    }

    fn give(
        &self,
        met: &Met<'a, '_>,
        role: Role,
        name: Cow<'_, str>,
        value: Value<'a>,
        reading: Reading,
        visit: &mut dyn FnMut(&Literal<'_, '_>),
    ) {
        let path = || match self.outer {
            Some(outer) => (outer.path)().then(&met.path("").shown),
            None => met.path(&self.address),
        };
        visit(&Literal {
            role,
            name,
            value,
            reading,
            source: self.manifests.source.id,
            setting: self.manifests.source.setting,
            opener: self.outer.map_or(met.opener(), |outer| outer.opener),
            path: &path,
        });
    }

    fn spot(&self, met: &Met<'a, '_>, text: &str) -> Spot<'a> {
        let name = name(met);
        if self.only_refers {
            return Spot { role: Role::Kubernetes, name, content: Content::Prose };
        }
        let at = |key: &str| met.starts_at(&[key, "*"]);
        let is_script = matches!(name.as_ref(), "script" | "source" | "command" | "args");
        let (role, content) = match self.kind.as_ref() {
            "Secret" if at("data") => (Role::KubernetesSecret, Content::Base64),
            "Secret" if at("stringData") => (Role::KubernetesSecret, content::of(&name, text)),
            "ConfigMap" if at("binaryData") => (Role::KubernetesConfigMap, Content::Base64),
            "ConfigMap" if at("data") => (Role::KubernetesConfigMap, content::of(&name, text)),
            // A copy of a Secret is still a Secret's.
            "Secret" if self.outer.is_some() => (Role::KubernetesSecret, Content::Value),
            _ if met.has_key("configMapGenerator") => (Role::KubernetesConfigMap, Content::Value),
            _ if is_in_container(met.steps) && is_script => (Role::KubernetesContainer, Content::Shell),
            _ if is_in_container(met.steps) => (Role::KubernetesContainer, content::of(&name, text)),
            _ => (Role::Kubernetes, content::of(&name, text)),
        };
        Spot { role, name, content }
    }
}

trait Place {
    fn has_key(&self, key: &str) -> bool;
    fn is_generator_literal(&self) -> bool;
}

impl Place for Met<'_, '_> {
    fn has_key(&self, key: &str) -> bool {
        self.steps.first().is_some_and(|step| matches!(step, Step::Key(node) if node.is_str(key)))
    }

    /// `literals: [name=value]` of a kustomization's generators.
    fn is_generator_literal(&self) -> bool {
        (self.has_key("secretGenerator") || self.has_key("configMapGenerator")) && self.key().is_some_and(|key| key.is_str("literals"))
    }
}

/// The name a scalar goes by: its key; of a `value` what stands beside it (`name: X`) or around it (`password: { value: … }`).
fn name<'a>(met: &Met<'a, '_>) -> Cow<'a, str> {
    let own = met.name();
    if own != "value" && own != "default" {
        return own;
    }
    let named = match met.steps {
        [.., Step::Item(_, item), Step::Key(_)] => ["name", "key"].iter().find_map(|key| item.get(key)),
        [.., Step::Key(outer), Step::Key(_)] => Some(*outer),
        _ => None,
    };
    named.and_then(Node::str).unwrap_or(own)
}

/// Whether a scalar belongs to what a container runs with: its environment, command, probes and hooks.
fn is_in_container(steps: &[Step<'_>]) -> bool {
    const CONTAINERS: [&str; 9] =
        ["containers", "initContainers", "ephemeralContainers", "sidecars", "steps", "container", "script", "stepTemplate", "containerSet"];
    const RUNS: [&str; 9] = ["env", "args", "command", "lifecycle", "livenessProbe", "readinessProbe", "startupProbe", "script", "source"];
    let is = |step: &Step<'_>, names: &[&str]| matches!(step, Step::Key(key) if key.str().is_some_and(|key| names.contains(&key.as_ref())));
    let Some(container) = steps.iter().position(|step| is(step, &CONTAINERS)) else { return false };
    steps[container + 1..].iter().any(|step| is(step, &RUNS))
}

/// If a scalar is an item of `args` or `command`: the list's key, and which item it is.
fn argument_list<'a>(steps: &[Step<'a>]) -> Option<(Node<'a>, usize)> {
    match steps {
        [.., Step::Key(key), Step::Item(index, _)] if key.is_str("args") || key.is_str("command") => Some((*key, *index)),
        _ => None,
    }
}

/// `$(NAME)` in an argument: <https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/>.
fn references(word: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut at = 0;
    while let Some(start) = word[at..].find("$(").map(|found| at + found) {
        let Some(length) = word[start..].find(')') else { break };
        at = start + length + 1;
        spans.push(Span::new(start, at));
    }
    spans
}

/// `passwordSecret: {secretName: users, password: app-password}`: the name of a key in a Secret, as Strimzi writes it.
///
/// <https://strimzi.io/docs/operators/latest/configuring.html#type-PasswordSecretSource-reference>
fn names_a_key(met: &Met<'_, '_>) -> bool {
    let mut keys = met.steps.iter().rev().map_while(|step| match step {
        Step::Key(key) => key.str(),
        Step::Item(..) => None,
    });
    keys.next().is_some_and(|key| key == "password") && keys.next().is_some_and(|key| key == "passwordSecret")
}
