//! What a job may do: its permissions, the versions of its actions, the events that start it
//! (<https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#permissions>).

use std::borrow::Cow;

use super::job::path_inside;
use super::{Job, Step, Workflow};
use crate::formats::yaml;
use crate::source::{Change, Place, Span};
use crate::syntax::yaml::{Node, Shape};

/// `permissions` of a job or a workflow.
#[derive(Clone, Copy)]
pub struct Permissions<'a> {
    node: Node<'a>,
    /// Whether they are the job's own.
    pub is_own: bool,
    workflow: &'a crate::source::Source,
}

impl<'a> Permissions<'a> {
    /// Whether a scope is granted for writing.
    #[must_use]
    pub fn writes(self, scope: &str) -> bool {
        self.node.is_str("write-all") || self.node.get(scope).is_some_and(|level| level.is_str("write"))
    }

    /// Whether anything is granted for writing.
    #[must_use]
    pub fn writes_anything(self) -> bool {
        self.node.is_str("write-all") || self.node.entries().any(|entry| entry.value.is_str("write"))
    }

    /// Where a scope is granted.
    #[must_use]
    pub fn place(self, scope: &str) -> Option<Place> {
        let entry = self.node.entries().find(|entry| entry.key.is_str(scope))?;
        Some(self.workflow.place(entry.key.span().hull(entry.value.span())))
    }

    /// The same with a scope granted for writing, where they are a map.
    #[must_use]
    pub fn with(self, scope: &str) -> Option<Change> {
        self.is_map().then(|| yaml::with(self.workflow, self.node, scope, "write")).flatten()
    }

    /// Whether they are a map, to which a line can be added.
    #[must_use]
    pub fn is_map(self) -> bool {
        self.node.shape() == Shape::Mapping
    }
}

impl<'a> Job<'a> {
    /// What the job may do, by its own word or the workflow's; nothing where neither says.
    #[must_use]
    pub fn permissions(&self) -> Option<Permissions<'a>> {
        let of = |node: Node<'a>, is_own| {
            let node = node.get("permissions")?.resolve();
            Some(Permissions { node, is_own, workflow: self.source })
        };
        of(self.node, true).or_else(|| of(self.root, false))
    }

    /// `secrets: inherit`: where it says so.
    #[must_use]
    pub fn inherits_secrets(&self) -> Option<Place> {
        let secrets = self.node.get("secrets").filter(|secrets| secrets.is_str("inherit"))?;
        Some(self.source.place(secrets.resolve().span()))
    }

    /// The path of the workflow that it calls, where that is one of the same repository: `./…`, and `$/…` from its root.
    #[must_use]
    pub fn called_path(&self) -> Option<String> {
        self.called().as_deref().and_then(path_inside).map(str::to_owned)
    }

    /// Its condition, as written.
    #[must_use]
    pub fn condition(&self) -> Cow<'a, str> {
        self.node.get("if").and_then(Node::str).unwrap_or_default()
    }

    /// Where its key, or what it begins with, stands.
    #[must_use]
    pub fn place(&self) -> Place {
        self.source.place(self.opener())
    }
}

impl<'a> Workflow<'a> {
    /// The workflow's own `permissions`.
    #[must_use]
    pub fn permissions(&self) -> Option<Permissions<'a>> {
        let node = self.root()?.get("permissions")?.resolve();
        Some(Permissions { node, is_own: false, workflow: self.source })
    }

    /// The events that start it.
    #[must_use]
    pub fn events(&self) -> Vec<Cow<'a, str>> {
        let Some(on) = self.root().and_then(|root| root.get("on")) else { return Vec::new() };
        on.str().into_iter().chain(on.items().filter_map(Node::str)).chain(on.entries().filter_map(|entry| entry.key.str())).collect()
    }

    /// The `types` of an event that start it.
    #[must_use]
    pub fn types(&self, event: &str) -> Vec<Cow<'a, str>> {
        let types = self.root().and_then(|root| root.get("on")?.get(event)?.get("types"));
        let Some(types) = types else { return Vec::new() };
        types.str().into_iter().chain(types.items().filter_map(Node::str)).collect()
    }
}

/// A version as far as it is known: `v4`, `v4.3`, `v4.3.1`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Version {
    /// The first number.
    pub major: u32,
    /// The second one; a tag without it moves with every release.
    pub minor: Option<u32>,
    /// The third one.
    pub patch: Option<u32>,
}

impl Version {
    fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let mut numbers = text[..end].split('.').map(|number| number.parse::<u32>().ok());
        let major = numbers.next().flatten()?;
        Some(Self { major, minor: numbers.next().flatten(), patch: numbers.next().flatten() })
    }
}

impl Step<'_> {
    /// The version of its action: of its tag, or of the comment behind a commit.
    #[must_use]
    pub fn version(&self) -> Option<Version> {
        let uses = self.node.get("uses")?;
        let text = uses.str()?;
        let (_, reference) = text.rsplit_once('@')?;
        let is_commit = reference.len() == 40 && reference.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_commit {
            return Version::parse(reference);
        }
        let end = uses.span().end as usize;
        let line = self.source.text.get(end..)?.lines().next()?;
        let comment = line.split_once('#')?.1;
        comment.split([' ', '\t', '=', '@', ':']).find_map(Version::parse)
    }

    /// An input of its action as literal text, without case; empty where it is not given.
    #[must_use]
    pub fn literal_input(&self, name: &str) -> String {
        self.input(name).and_then(|field| field.literal()).unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// Where it stands, from its first key on.
    #[must_use]
    pub fn span(&self) -> Span {
        self.opener().hull(self.node.span())
    }

    /// Whether it runs at all: `if: false` does not.
    #[must_use]
    pub fn condition(&self) -> String {
        self.node.get("if").and_then(Node::str).unwrap_or_default().into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_as_people_write_them() {
        let numbers = |text: &str| Version::parse(text).map(|version| (version.major, version.minor, version.patch));
        assert_eq!(numbers("v4"), Some((4, None, None)));
        assert_eq!(numbers("v4.3.1"), Some((4, Some(3), Some(1))));
        assert_eq!(numbers("3.2"), Some((3, Some(2), None)));
        assert_eq!(numbers("main"), None);
        assert_eq!(numbers("version"), None);
    }
}
