//! docker compose: `compose.yaml`, `docker-compose*.yml` and files of their shape.
//!
//! A view over the documents of a file that are compose; one of another kind in the same file is left to its own view.
//! Variables are split off (`${VAR:-default}`), what stands inside them has a role of its own, and so has every command.
//! The first format of compose, without `services:`, is read like the services of the present one.
//!
//! # Not covered
//!
//! - Files are not merged (`-f a -f b`), and `include` is not followed: the files are linted for themselves.
//! - Of `extends` a check learns the image and the ports, nothing else.

mod command;
mod container;
mod defaults;
mod literals;
mod service;

use super::container::Container;
use super::{Format, Holder, Tree, View};
use crate::literal::Literal;
use crate::source::{Place, Source, Span};
use crate::syntax::SyntaxError;
use crate::syntax::yaml::{self, Node, Shape};

pub use defaults::Defaults;
pub use service::Service;

/// The compose documents of a file.
pub struct Compose<'a> {
    source: &'a Source,
    tree: &'a yaml::Tree,
    documents: Vec<Node<'a>>,
    services: Vec<Service<'a>>,
    /// Some documents of the file are Kubernetes manifests; the comments are theirs then.
    has_manifests: bool,
}

impl<'a> Compose<'a> {
    /// The view, if a document of the file is compose. `context` is where `extends` finds other files.
    #[must_use]
    pub fn new(source: &'a Source, tree: &'a yaml::Tree, context: &dyn Tree) -> Option<Self> {
        let named = super::by_path(&source.root_path) == Some(Format::Compose);
        let all: Vec<Node<'a>> = tree.documents(&source.text).collect();
        let documents: Vec<Node<'a>> = all.iter().copied().filter(|root| is_compose(*root, named)).collect();
        let has_manifests = all.iter().any(|root| is_manifest(*root));
        let services = service::read(source, &documents, context);
        let compose = Self { source, tree, documents, services, has_manifests };
        (!compose.documents.is_empty()).then_some(compose)
    }

    /// Whether other documents of the file are Kubernetes manifests.
    #[must_use]
    pub fn has_manifests_beside(&self) -> bool {
        self.has_manifests
    }

    /// The values in which variables are filled in.
    #[must_use]
    pub fn values(&self) -> super::yaml::Scalars<'a> {
        super::yaml::Scalars::new(self.source, self.documents.iter().copied(), |_| true)
    }

    /// The services, in source order.
    #[must_use]
    pub fn services(&self) -> &[Service<'a>] {
        &self.services
    }

    /// The file.
    #[must_use]
    pub fn source(&self) -> &'a Source {
        self.source
    }

    /// The containers that the services start.
    #[must_use]
    pub fn containers(&self) -> Vec<Container<'a>> {
        self.documents.iter().flat_map(|root| container::read(self.source, *root)).collect()
    }

    /// The service that holds this place by its own text; none for anchors elsewhere.
    #[must_use]
    pub fn service_at(&self, place: Place) -> Option<&Service<'a>> {
        let next = self.services.partition_point(|service| service.span().start <= place.span.start);
        let service = self.services.get(next.checked_sub(1)?)?;
        (place.source == self.source.id && service.span().contains(place.span)).then_some(service)
    }
}

/// Whether a file of manifests may hold a compose document too: a first look, before anything is parsed.
#[must_use]
pub fn may_be_beside(text: &str) -> bool {
    text.starts_with("services:") || memchr::memmem::find(text.as_bytes(), b"\nservices:").is_some()
}

/// The parts of a text that its compose documents take, comments before and behind them included.
pub(super) fn parts(text: &str, tree: &yaml::Tree) -> Vec<Span> {
    let roots: Vec<Node<'_>> = tree.documents(text).collect();
    let ends = roots.iter().skip(1).map(|next| next.span().start as usize).chain([text.len()]);
    let starts = std::iter::once(0).chain(roots.iter().skip(1).map(|root| root.span().start as usize));
    let parts = roots.iter().zip(starts.zip(ends)).filter(|(root, _)| is_compose(**root, false));
    parts.map(|(_, (start, end))| Span::new(start, end)).collect()
}

fn is_manifest(root: Node<'_>) -> bool {
    root.get("apiVersion").is_some() && root.get("kind").is_some()
}

/// Whether a document is compose: by its shape, or by the file's name where its shape does not contradict.
#[must_use]
pub fn is_compose(root: Node<'_>, named: bool) -> bool {
    if root.shape() != Shape::Mapping || is_manifest(root) {
        return false;
    }
    let builds = |node: Node<'_>| ["image", "build", "extends"].iter().any(|key| node.get_merged(key).is_some());
    named || root.get("services").is_some_and(|services| services.entries().any(|entry| builds(entry.value)))
}

/// The mapping of services: `services`, or the document itself in the first format of compose.
fn services_of(root: Node<'_>) -> Option<Node<'_>> {
    root.get("services").or_else(|| is_first_format(root).then_some(root))
}

fn is_first_format(root: Node<'_>) -> bool {
    let builds = |node: Node<'_>| node.get("image").or_else(|| node.get("build")).is_some();
    root.get("services").is_none() && root.entries().any(|entry| builds(entry.value))
}

impl View for Compose<'_> {
    fn format(&self) -> Format {
        Format::Compose
    }

    fn sources(&self) -> Vec<&Source> {
        vec![self.source]
    }

    fn literals(&self, visit: &mut dyn FnMut(&Literal<'_, '_>)) {
        for root in &self.documents {
            literals::document(self.source, *root, visit);
        }
        if !self.has_manifests {
            literals::comments(self.source, self.tree, visit);
        }
    }

    fn errors(&self) -> Vec<(&Source, &SyntaxError)> {
        self.tree.errors().iter().map(|error| (self.source, error)).collect()
    }

    fn holders(&self) -> Vec<Holder> {
        super::yaml::holders(self.source, self.tree)
    }

    fn comments(&self) -> Vec<Place> {
        let mut comments = super::yaml::comments(self.source, self.tree);
        if self.has_manifests {
            let own = parts(&self.source.text, self.tree);
            comments.retain(|place| own.iter().any(|part| part.contains(place.span)));
        }
        comments
    }
}

#[cfg(test)]
mod tests;
