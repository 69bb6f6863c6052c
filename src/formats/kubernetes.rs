//! Kubernetes manifests: what `kubectl apply` takes, the templates of Helm charts, kustomizations, and API server configuration.
//!
//! A file is a list of manifests: its documents, and the items of `List` documents. Pods are found by shape (`containers`
//! anywhere), so that workloads of any kind count, those that nobody knows yet too. In a template each `{{ … }}` is a
//! reference; what it falls back to (`default "x"`) is a literal.
//!
//! # Not covered
//!
//! - Values that a template takes from another file.
//! - Names in definitions of custom resources: what they call a default is no value that anybody uses. What looks like a token
//!   is found there too.
//! - Generators of kustomize that read files; the files are read for themselves.

mod arguments;
mod audit;
mod container;
mod content;
mod definitions;
mod encryption;
mod literals;
mod references;
mod template;
mod value;

use std::borrow::Cow;

pub use audit::Audit;
pub use definitions::definitions;
pub use encryption::{Encryption, Provider, Rule};
pub use references::EnvValues;

use super::container::Container;
use super::yaml;
use super::{Format, Holder, Note, View};
use crate::literal::Literal;
use crate::source::{Place, Source, Span};
use crate::syntax::SyntaxError;
use crate::syntax::yaml::{Node, Shape, Tree, mask_templates};

/// A file's text, parsed: as it stands, or with its template actions masked.
#[derive(Debug)]
pub struct Parsed {
    tree: Tree,
    is_template: bool,
    /// Documents were passed over.
    in_part: bool,
}

impl Parsed {
    /// Parses a file without some of its documents, in order of place.
    #[must_use]
    pub fn without(text: &str, documents: &[Span]) -> Self {
        if documents.is_empty() {
            return Self::new(text);
        }
        Self { in_part: true, ..Self::new(&definitions::blanked(text, documents)) }
    }

    /// Parses a file. Text that is YAML in spite of its `{{ … }}` (alerts, dashboards) is no template.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let Some((masked, _)) = mask_templates(text) else { return Self { tree: Tree::parse(text), is_template: false, in_part: false } };
        let tree = Tree::parse(&masked);
        if !tree.errors().is_empty() {
            let plain = Tree::parse(text);
            if plain.errors().is_empty() {
                return Self { tree: plain, is_template: false, in_part: false };
            }
        }
        Self { tree, is_template: true, in_part: false }
    }
}

/// A file of manifests.
pub struct Manifests<'a> {
    source: &'a Source,
    parsed: &'a Parsed,
}

/// One object.
#[derive(Clone, Copy, Debug)]
pub struct Manifest<'a> {
    node: Node<'a>,
    /// The list it is an item of; it may leave out its own kind.
    list: Option<Node<'a>>,
}

/// A part of a Secret with a story of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SecretPart {
    /// The registry credentials that kubelets pull images with.
    RegistryCredentials,
    /// The annotation in which `kubectl apply` keeps a copy of the whole Secret.
    LastApplied,
}

/// Where the special parts of a file's Secrets stand.
#[derive(Debug)]
pub struct SecretParts {
    /// Sorted.
    parts: Vec<(Span, SecretPart)>,
}

impl SecretParts {
    /// The part that holds a place, if it is a special one.
    #[must_use]
    pub fn at(&self, span: Span) -> Option<SecretPart> {
        let behind = self.parts.partition_point(|(part, _)| part.start <= span.start);
        let (place, part) = self.parts.get(behind.checked_sub(1)?)?;
        place.contains(span).then_some(*part)
    }
}

/// What `kubectl apply` keeps a copy of the object in.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

impl<'a> Manifests<'a> {
    /// The view, if anything in the file looks like a manifest.
    #[must_use]
    pub fn new(source: &'a Source, parsed: &'a Parsed) -> Option<Self> {
        let manifests = Self { source, parsed };
        let known = |manifest: &Manifest<'_>| !manifest.kind().is_empty() || manifest.field("apiVersion").is_some();
        // A kustomization needs neither.
        let known = source.file_name().starts_with("kustomization") || manifests.manifests().iter().any(known);
        (known || parsed.is_template || parsed.in_part || !parsed.tree.errors().is_empty()).then_some(manifests)
    }

    /// Every manifest, in order; lists give their items.
    #[must_use]
    pub fn manifests(&self) -> Vec<Manifest<'a>> {
        let mut found = Vec::new();
        let documents = self.parsed.tree.documents(&self.source.text);
        // A compose document in the same file is linted as such.
        let own = documents.filter(|root| !super::compose::is_compose(*root, false));
        let mut waiting: Vec<Manifest<'a>> = own.map(|node| Manifest { node, list: None }).collect();
        waiting.reverse();
        while let Some(manifest) = waiting.pop() {
            match manifest.items() {
                Some(items) => {
                    // A template has parameters besides its objects.
                    found.extend(Some(manifest).filter(|manifest| manifest.is_template() && manifest.list.is_none()));
                    let from = waiting.len();
                    // An alias stands for something that is met at its anchor.
                    let items = items.items().filter(|item| !item.is_alias());
                    waiting.extend(items.map(|node| Manifest { node, list: Some(manifest.node) }));
                    waiting[from..].reverse();
                }
                None => found.push(manifest),
            }
        }
        found
    }

    /// The special parts of the file's Secrets.
    #[must_use]
    pub fn secret_parts(&self) -> SecretParts {
        let secrets = self.manifests().into_iter().filter(Manifest::is_secret);
        let mut parts: Vec<_> = secrets.flat_map(|secret| secret.secret_parts().collect::<Vec<_>>()).collect();
        parts.sort_unstable_by_key(|(span, _)| *span);
        SecretParts { parts }
    }

    /// The file.
    #[must_use]
    pub fn source(&self) -> &'a Source {
        self.source
    }

    /// The containers of its pods.
    #[must_use]
    pub fn containers(&self) -> Vec<Container<'a>> {
        self.manifests().into_iter().flat_map(|manifest| container::read(self.source, manifest)).collect()
    }

    /// The configurations of encryption at rest.
    #[must_use]
    pub fn encryption(&self) -> Vec<Encryption<'a>> {
        self.manifests().into_iter().filter_map(Encryption::new).collect()
    }

    /// What says how much the API server writes to its audit log.
    #[must_use]
    pub fn audits(&self) -> Vec<Audit<'a>> {
        self.manifests().into_iter().filter_map(Audit::new).collect()
    }

    /// A place in this file.
    #[must_use]
    pub fn place(&self, span: Span) -> Place {
        self.source.place(span)
    }

    /// Whether the file is a template of manifests.
    #[must_use]
    pub fn is_template(&self) -> bool {
        self.parsed.is_template
    }
}

impl<'a> Manifest<'a> {
    fn field(&self, key: &str) -> Option<Node<'a>> {
        self.node.get(key)
    }

    /// The objects that it is a list of.
    fn items(&self) -> Option<Node<'a>> {
        let key = match self.kind().as_ref() {
            kind if kind.ends_with("List") => "items",
            _ if self.is_template() => "objects",
            _ => return None,
        };
        self.field(key).filter(|items| items.shape() == Shape::Sequence)
    }

    /// Whether it is a template of OpenShift: parameters, and the objects that are made with them.
    /// <https://docs.redhat.com/en/documentation/openshift_container_platform/latest/html/images/using-templates>
    fn is_template(&self) -> bool {
        self.kind() == "Template" && self.field("objects").is_some()
    }

    fn string(&self, key: &str) -> Cow<'a, str> {
        self.field(key).and_then(Node::str).unwrap_or_default()
    }

    /// `kind`; empty where there is none. An item of a `SecretList` is a Secret, said or not.
    #[must_use]
    pub fn kind(&self) -> Cow<'a, str> {
        let own = self.string("kind");
        let list = if own.is_empty() { self.list.and_then(|list| list.get("kind")?.str()) } else { None };
        list.map_or(own, |list| list.strip_suffix("List").unwrap_or_default().to_owned().into())
    }

    /// The group of `apiVersion`; empty for the core group.
    #[must_use]
    pub fn group(&self) -> String {
        let version = self.string("apiVersion");
        version.rsplit_once('/').map_or(String::new(), |(group, _)| group.to_owned())
    }

    /// `metadata.name`; empty where there is none.
    #[must_use]
    pub fn name(&self) -> Cow<'a, str> {
        self.field("metadata").and_then(|metadata| metadata.get("name")).and_then(Node::str).unwrap_or_default()
    }

    /// What its logical paths begin with: `Secret/db`.
    #[must_use]
    pub fn address(&self) -> String {
        match (self.kind(), self.name()) {
            (kind, name) if kind.is_empty() => name.into_owned(),
            (kind, name) if name.is_empty() => kind.into_owned(),
            (kind, name) => format!("{kind}/{name}"),
        }
    }

    fn is_core(&self, kind: &str) -> bool {
        self.kind() == kind && self.group().is_empty()
    }

    /// Whether it is a Secret of the core group.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        self.is_core("Secret")
    }

    /// Whether it only refers to secrets that are kept elsewhere, holds them encrypted, or describes or permits kinds of objects:
    /// names in it say nothing of its values.
    fn only_refers(&self) -> bool {
        const GROUPS: [&str; 7] = [
            "external-secrets.io",
            "generators.external-secrets.io",
            "secrets-store.csi.x-k8s.io",
            "secrets.hashicorp.com",
            "bitnami.com",
            "apiextensions.k8s.io",
            "rbac.authorization.k8s.io",
        ];
        GROUPS.contains(&self.group().as_str())
    }

    fn secret_parts(&self) -> impl Iterator<Item = (Span, SecretPart)> {
        let applied = self.field("metadata").and_then(|metadata| metadata.get("annotations")?.get(LAST_APPLIED));
        let entries = ["data", "stringData"].into_iter().filter_map(|key| self.field(key)).flat_map(Node::entries);
        let credentials = entries.filter(|entry| entry.key.is_str(".dockerconfigjson") || entry.key.is_str(".dockercfg"));
        let applied = applied.map(|applied| (applied.span(), SecretPart::LastApplied));
        applied.into_iter().chain(credentials.map(|entry| (entry.value.span(), SecretPart::RegistryCredentials)))
    }

    /// The stored release of a Secret that Helm wrote. It is compressed, so no value in it can be seen.
    #[must_use]
    pub fn helm_release(&self) -> Option<Node<'a>> {
        let release = self.field("data").and_then(|data| data.get("release"));
        release.filter(|release| self.is_secret() && self.string("type") == "helm.sh/release.v1" && !release.span().is_empty())
    }
}

impl View for Manifests<'_> {
    fn format(&self) -> Format {
        Format::Kubernetes
    }

    fn sources(&self) -> Vec<&Source> {
        vec![self.source]
    }

    fn literals(&self, visit: &mut dyn FnMut(&Literal<'_, '_>)) {
        literals::visit(self, visit);
    }

    fn errors(&self) -> Vec<(&Source, &SyntaxError)> {
        // What a template becomes is Helm's business.
        if self.parsed.is_template {
            return Vec::new();
        }
        self.parsed.tree.errors().iter().map(|error| (self.source, error)).collect()
    }

    fn holders(&self) -> Vec<Holder> {
        yaml::holders(self.source, &self.parsed.tree)
    }

    fn comments(&self) -> Vec<Place> {
        let mut comments = yaml::comments(self.source, &self.parsed.tree);
        let others = super::compose::parts(&self.source.text, &self.parsed.tree);
        let is_own = |place: &Place| !others.iter().any(|part| part.contains(place.span));
        comments.retain(|place| template::is_comment(self.source.slice(place.span)) && is_own(place));
        comments
    }

    fn notes(&self) -> Vec<Note> {
        let unread = self.parsed.is_template && !self.parsed.tree.errors().is_empty();
        unread.then_some(Note { reason: "template, in part read as text", incomplete: false }).into_iter().collect()
    }
}

#[cfg(test)]
mod tests;
