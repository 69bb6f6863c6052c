//! What a check needs to know of a service: its image, and whether the world can reach it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use super::services_of;
use crate::formats::Tree;
use crate::source::{Source, Span};
use crate::syntax::yaml::{self, Node, Shape};

/// `extends` is followed through this many services.
const MAX_EXTENDS: usize = 16;
/// Services are looked for in other files this often; what is not found only makes a finding say less.
const MAX_LOOKUPS: usize = 1_000;

/// One service.
pub struct Service<'a> {
    /// Its name.
    pub name: Cow<'a, str>,
    span: Span,
    image: Option<String>,
    published: bool,
}

impl Service<'_> {
    /// The image as written, its own or that of the service it extends.
    #[must_use]
    pub fn image(&self) -> Option<&str> {
        self.image.as_deref()
    }

    /// The image's name without registry, folder, tag and digest: `postgres` for `docker.io/library/postgres:17@sha256:…`.
    #[must_use]
    pub fn image_name(&self) -> Option<&str> {
        let last = self.image()?.rsplit('/').next()?;
        last.split([':', '@']).next()
    }

    /// Whether a port of it is published on an address that other machines reach.
    #[must_use]
    pub fn is_published(&self) -> bool {
        self.published
    }

    pub(super) fn span(&self) -> Span {
        self.span
    }
}

/// The services of the documents.
pub(super) fn read<'a>(source: &Source, documents: &[Node<'a>], context: &dyn Tree) -> Vec<Service<'a>> {
    let mut files = Files { context, read: HashMap::new(), lookups: MAX_LOOKUPS };
    let mut services = Vec::new();
    for own in documents.iter().filter_map(|root| services_of(*root)) {
        let by_name: HashMap<Cow<'a, str>, Node<'a>> =
            own.entries().filter_map(|entry| Some((entry.key.str()?, entry.value.resolve()))).collect();
        for entry in own.entries() {
            let facts = files.facts(source, &by_name, entry.value.resolve());
            let (name, span) = (entry.key.str().unwrap_or_default(), entry.key.span().hull(entry.value.span()));
            services.push(Service { name, span, image: facts.image, published: facts.published });
        }
    }
    services
}

#[derive(Default)]
struct Facts {
    image: Option<String>,
    published: bool,
}

impl Facts {
    /// What a service says itself; the image of whoever extends stays.
    fn add(&mut self, service: Node<'_>) {
        if self.image.is_none() {
            self.image = service.get_merged("image").and_then(Node::str).map(Cow::into_owned);
        }
        let host = service.get_merged("network_mode").is_some_and(|mode| mode.is_str("host"));
        self.published |= host || service.get_merged("ports").is_some_and(|ports| ports.items().any(is_open));
    }
}

/// Another file that `extends` names.
type File = Option<(Arc<Source>, yaml::Tree)>;

struct Files<'t> {
    context: &'t dyn Tree,
    read: HashMap<String, File>,
    /// How often services may still be looked for in them.
    lookups: usize,
}

/// Where a service is extended from: the file, if it is another one, and the service's name.
struct Base {
    file: Option<String>,
    service: String,
}

impl Files<'_> {
    /// What a service and those it extends say. `own` are the services of its document.
    fn facts(&mut self, source: &Source, own: &HashMap<Cow<'_, str>, Node<'_>>, service: Node<'_>) -> Facts {
        let mut facts = Facts::default();
        facts.add(service);
        let mut base = base_of(service);
        // The file that names are looked for in; nothing for the service's own.
        let mut path: Option<String> = None;
        for _ in 0..MAX_EXTENDS {
            let Some(next) = base else { break };
            if let Some(file) = &next.file {
                path = Some(beside(path.as_deref().unwrap_or(&source.root_path), file));
            }
            let found = match &path {
                None => own.get(next.service.as_str()).copied(),
                Some(path) => self.look_up(path, &next.service),
            };
            let Some(found) = found else { break };
            facts.add(found);
            base = base_of(found);
        }
        facts
    }

    fn look_up(&mut self, path: &str, service: &str) -> Option<Node<'_>> {
        self.lookups = self.lookups.checked_sub(1)?;
        let context = self.context;
        let load = || context.read(path).map(|source| (Arc::clone(&source), yaml::Tree::parse(&source.text)));
        let (source, tree) = self.read.entry(path.to_owned()).or_insert_with(load).as_ref()?;
        tree.documents(&source.text).find_map(|root| service_of(root, service))
    }
}

/// A path that counts from the folder of another file.
fn beside(path: &str, file: &str) -> String {
    path.rsplit_once('/').map_or_else(|| file.to_owned(), |(folder, _)| format!("{folder}/{file}"))
}

fn service_of<'n>(root: Node<'n>, name: &str) -> Option<Node<'n>> {
    services_of(root)?.get(name)
}

/// `extends: service`, or `extends: {file: …, service: …}`.
fn base_of(service: Node<'_>) -> Option<Base> {
    let extends = service.get_merged("extends")?;
    if extends.shape() == Shape::Scalar {
        return Some(Base { file: None, service: extends.str()?.into_owned() });
    }
    let text = |key: &str| extends.get(key).and_then(Node::str).map(Cow::into_owned);
    Some(Base { file: text("file"), service: text("service")? })
}

/// Whether a port is published beyond the machine itself: no host address, or one that is not loopback.
fn is_open(port: Node<'_>) -> bool {
    let port = port.resolve();
    if port.shape() == Shape::Mapping {
        let address = port.get_merged("host_ip").and_then(Node::str).unwrap_or_default();
        return !is_loopback(&address);
    }
    let Some(port) = port.str() else { return false };
    match port.strip_prefix('[') {
        Some(rest) => !rest.split(']').next().is_some_and(is_loopback),
        // `address:published:target`; two parts hold no address.
        None if port.matches(':').count() >= 2 => !port.split(':').next().is_some_and(is_loopback),
        None => !port.is_empty(),
    }
}

fn is_loopback(address: &str) -> bool {
    address.starts_with("127.") || address == "::1" || address == "localhost"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_open_unless_it_is_bound_to_the_machine_itself() {
        let table = [
            ("5432", true),
            ("5432:5432", true),
            ("\"127.0.0.1:5432:5432\"", false),
            ("\"[::1]:5432:5432\"", false),
            ("\"0.0.0.0:5432:5432\"", true),
            ("\"[::]:5432:5432/tcp\"", true),
            ("{target: 5432, published: 5432}", true),
            ("{target: 5432, published: 5432, host_ip: 127.0.0.1}", false),
        ];
        for (port, open) in table {
            let tree = yaml::Tree::parse(port);
            assert_eq!(is_open(tree.documents(port).next().unwrap()), open, "{port}");
        }
    }
}
