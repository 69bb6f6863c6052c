//! What the providers' table says of a path into a resource.

use super::TaintKind;
use crate::formats::sensitive::{Sensitivity, attributes, sensitivity};

/// Resources and data sources that exist to hold a secret: all of one is sensitive, whatever is picked.
const MADE_OF_SECRETS: &[&str] = &["random_password", "tls_private_key", "ephemeral.random_password"];

/// Credentials that their provider does not mark, so that Terraform prints them.
const UNMARKED: &[(&str, &str)] = &[("data.aws_codeartifact_authorization_token", "authorization_token")];

/// What a path into a resource or data source of a type is; None where it is nothing sensitive.
pub(super) fn classify(kind: &str, path: &[String]) -> Option<TaintKind> {
    let joined = path.join(".");
    if joined.is_empty() {
        // The mark of an attribute counts where all of its resource is used, also while it has no value. Blocks may be absent, and
        // what is only written is never marked.
        let holds_one = || attributes(kind).any(|(attribute, _)| !attribute.contains('.') && !attribute.ends_with("_wo"));
        return match kind {
            _ if MADE_OF_SECRETS.contains(&kind) => Some(TaintKind::Credential),
            _ if !kind.starts_with("ephemeral.") && holds_one() => Some(TaintKind::Marked),
            _ => None,
        };
    }
    if kind.starts_with("ephemeral.") {
        let hidden = sensitivity(kind, &joined).is_some() || sensitivity(kind.trim_start_matches("ephemeral."), &joined).is_some();
        return hidden.then_some(TaintKind::Ephemeral);
    }
    if UNMARKED.iter().any(|(of, attribute)| *of == kind && *attribute == joined) {
        return Some(TaintKind::Unmarked);
    }
    let inside = format!("{joined}.");
    match sensitivity(kind, &joined) {
        Some(Sensitivity::Credential) => Some(TaintKind::Credential),
        Some(Sensitivity::Marked) => Some(TaintKind::Marked),
        // A block that holds something sensitive is sensitive as a whole.
        None => attributes(kind).any(|(attribute, _)| attribute.starts_with(&inside)).then_some(TaintKind::Marked),
    }
}
