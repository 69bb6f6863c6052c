//! `Policy` of `audit.k8s.io`: what the API server writes down of each request.
//!
//! <https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/>

use super::Manifest;
use crate::source::Span;
use crate::syntax::yaml::Node;

/// What the API server writes down.
#[derive(Clone, Copy, Debug)]
pub struct Audit<'a> {
    manifest: Manifest<'a>,
}

/// Kinds of objects that hold secrets or answer with one: <https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/>.
const SECRET: [(&str, &str); 3] = [("", "secrets"), ("", "configmaps"), ("authentication.k8s.io", "tokenreviews")];

impl<'a> Audit<'a> {
    pub(super) fn new(manifest: Manifest<'a>) -> Option<Self> {
        (manifest.kind() == "Policy" && manifest.group() == "audit.k8s.io").then_some(Self { manifest })
    }

    /// Where the level stands that writes down the bodies of requests for such objects, with the level and the kind; the first rule
    /// that matches a request decides for it.
    #[must_use]
    pub fn writes_secrets(&self) -> Option<(Span, String, &'static str)> {
        SECRET.into_iter().find_map(|(group, kind)| {
            let rules = self.manifest.field("rules").into_iter().flat_map(Node::items).map(Node::resolve);
            for rule in rules.filter(|rule| covers(*rule, group, kind)) {
                let Some(level) = rule.get("level").filter(|level| !reads_only(rule, *level)) else { continue };
                let name = level.str()?;
                if matches!(&*name, "Request" | "RequestResponse") {
                    return Some((level.span(), name.into_owned(), kind));
                }
                // One for some users, verbs or namespaces leaves others to later rules.
                if !is_narrow(rule) {
                    return None;
                }
            }
            None
        })
    }
}

/// Whether a rule speaks of a kind of objects; one without `resources` speaks of all.
fn covers(rule: Node<'_>, group: &str, kind: &str) -> bool {
    if rule.get("nonResourceURLs").is_some() {
        return false;
    }
    let Some(resources) = rule.get("resources").filter(|list| list.items().next().is_some()) else { return true };
    resources.items().map(Node::resolve).any(|entry| {
        let same_group = entry.get("group").and_then(Node::str).unwrap_or_default() == group;
        let mut names = entry.get("resources").into_iter().flat_map(Node::items).filter_map(|name| name.resolve().str()).peekable();
        let all = names.peek().is_none();
        let named = entry.get("resourceNames").is_some_and(|names| names.items().next().is_some());
        same_group && !named && (all || names.any(|name| name == kind || name == "*"))
    })
}

/// Whether a rule speaks of some requests only.
fn is_narrow(rule: Node<'_>) -> bool {
    ["users", "userGroups", "verbs", "namespaces"].iter().any(|key| rule.get(key).is_some_and(|list| list.items().next().is_some()))
}

/// Whether the requests that a rule speaks of have no body, and answers are not written down.
fn reads_only(rule: Node<'_>, level: Node<'_>) -> bool {
    let verbs: Vec<_> = rule.get("verbs").into_iter().flat_map(Node::items).filter_map(|verb| verb.resolve().str()).collect();
    let reads = !verbs.is_empty() && verbs.iter().all(|verb| matches!(&**verb, "get" | "list" | "watch" | "delete" | "deletecollection"));
    reads && level.str().is_some_and(|level| level == "Request")
}
