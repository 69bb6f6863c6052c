//! `EncryptionConfiguration`: how the API server encrypts what it stores.
//!
//! <https://kubernetes.io/docs/reference/config-api/apiserver-encryption.v1/>

use std::borrow::Cow;

use super::Manifest;
use crate::source::Span;
use crate::syntax::yaml::Node;

/// A configuration of encryption at rest.
#[derive(Clone, Copy, Debug)]
pub struct Encryption<'a> {
    manifest: Manifest<'a>,
}

/// One entry of `resources`: kinds of objects, and what encrypts them.
#[derive(Clone, Copy, Debug)]
pub struct Rule<'a> {
    node: Node<'a>,
}

/// One entry of `providers`. The first one writes, all of them read.
#[derive(Clone, Copy, Debug)]
pub struct Provider<'a> {
    key: Node<'a>,
    settings: Node<'a>,
}

impl<'a> Encryption<'a> {
    pub(super) fn new(manifest: Manifest<'a>) -> Option<Self> {
        // `EncryptionConfig` of `v1` is the form before Kubernetes 1.13.
        matches!(manifest.kind().as_ref(), "EncryptionConfiguration" | "EncryptionConfig").then_some(Self { manifest })
    }

    /// The manifest.
    #[must_use]
    pub fn manifest(&self) -> Manifest<'a> {
        self.manifest
    }

    /// The `kind`, which stands for the configuration as a whole.
    #[must_use]
    pub fn span(&self) -> Span {
        self.manifest.field("kind").map_or(self.manifest.node.span(), Node::span)
    }

    /// The rules, in order.
    pub fn rules(&self) -> impl Iterator<Item = Rule<'a>> {
        self.manifest.field("resources").into_iter().flat_map(Node::items).map(|node| Rule { node })
    }

    /// The rule that decides for Secrets: the first one that names them.
    #[must_use]
    pub fn rule_for_secrets(&self) -> Option<Rule<'a>> {
        self.rules().find(Rule::covers_secrets)
    }
}

impl<'a> Rule<'a> {
    /// Whether it decides for Secrets: it names them, or all of the core group (`*.`), or everything (`*.*`).
    /// `*.apps` and other groups do not hold them.
    #[must_use]
    pub fn covers_secrets(&self) -> bool {
        let names = self.node.get("resources").into_iter().flat_map(Node::items);
        names.into_iter().filter_map(Node::str).any(|name| matches!(name.as_ref(), "secrets" | "*." | "*.*"))
    }

    /// The providers, in order.
    #[must_use]
    pub fn providers(&self) -> Vec<Provider<'a>> {
        let items = self.node.get("providers").into_iter().flat_map(Node::items);
        items.filter_map(|item| item.entries().next()).map(|entry| Provider { key: entry.key, settings: entry.value.resolve() }).collect()
    }
}

impl<'a> Provider<'a> {
    /// `identity`, `aescbc`, `aesgcm`, `secretbox` or `kms`.
    #[must_use]
    pub fn name(&self) -> Cow<'a, str> {
        self.key.str().unwrap_or_default()
    }

    /// Where its name stands.
    #[must_use]
    pub fn span(&self) -> Span {
        self.key.span()
    }

    /// Whether it stores what it is given.
    #[must_use]
    pub fn is_identity(&self) -> bool {
        self.name() == "identity"
    }

    /// Of a KMS plugin, the version of the protocol it speaks, and where that is said.
    #[must_use]
    pub fn kms_version(&self) -> Option<(Cow<'a, str>, Span)> {
        if self.name() != "kms" {
            return None;
        }
        let version = self.settings.get("apiVersion");
        // v1 is what an absent version means.
        Some(version.map_or(("v1".into(), self.key.span()), |node| (node.str().unwrap_or_default(), node.span())))
    }

    /// How many keys it has.
    #[must_use]
    pub fn key_count(&self) -> usize {
        self.settings.get("keys").map_or(0, |keys| keys.items().count())
    }

    /// The keys that stand in the file in base64, as their place and their number of bytes. A placeholder has no length.
    #[must_use]
    pub fn key_lengths(&self) -> Vec<(Span, usize)> {
        let keys = self.settings.get("keys").into_iter().flat_map(Node::items);
        let secrets = keys.filter_map(|key| key.get("secret"));
        secrets.filter_map(|secret| Some((secret.span(), decoded_len(&secret.str()?)?))).collect()
    }
}

/// How many bytes a string is in padded base64.
fn decoded_len(encoded: &str) -> Option<usize> {
    let body = encoded.trim().trim_end_matches('=');
    let padded = encoded.trim().len();
    let alphabet = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    (padded > 0 && padded.is_multiple_of(4) && padded - body.len() <= 2 && body.bytes().all(alphabet)).then(|| body.len() * 3 / 4)
}
