//! JSON web tokens: a header that names its algorithm, a payload, a signature.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::syntax::json::Tree;

/// A header longer than this is none: they hold an algorithm, a type, a key id, at times a certificate's address.
const MAX_HEADER: usize = 2_048;

/// The algorithm that the header of a token names: its first part is base64url of a JSON object with `alg`.
pub(super) fn algorithm(token: &str) -> Option<String> {
    let (header, rest) = token.split_once('.')?;
    if header.len() > MAX_HEADER || rest.is_empty() {
        return None;
    }
    let json = String::from_utf8(URL_SAFE_NO_PAD.decode(header.trim_end_matches('=')).ok()?).ok()?;
    let tree = Tree::parse(&json);
    if !tree.errors().is_empty() {
        return None;
    }
    Some(tree.root(&json)?.get("alg")?.str()?.into_owned())
}

/// Whether it is one that browsers are meant to see: the key of Supabase's anonymous role.
pub(super) fn is_public(token: &str) -> bool {
    let payload = token.split('.').nth(1).unwrap_or("");
    let json = payload.get(..payload.len().min(MAX_HEADER)).and_then(|payload| URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok());
    json.is_some_and(|json| memchr::memmem::find(&json, b"\"role\":\"anon\"").is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_must_name_its_algorithm() {
        let token = |header: &str| format!("{}.{}.sig", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode("{}"));
        assert_eq!(algorithm(&token(r#"{"typ":"JWT","alg":"HS256"}"#)).as_deref(), Some("HS256"));
        assert!(algorithm(&token(r#"{"typ":"JWT"}"#)).is_none());
        assert!(algorithm(&token("{\"alg\"")).is_none());
        assert!(algorithm("eyJ.x.y").is_none());
    }
}
