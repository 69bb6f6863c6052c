//! JSON web tokens: a header that names its algorithm, a payload, a signature.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::syntax::json::Tree;

/// A header longer than this is none: they hold an algorithm, a type, a key id, at times a certificate's address.
const MAX_HEADER: usize = 2_048;
/// As many letters of a payload are read for its claims.
const MAX_PAYLOAD: usize = 8_192;

/// The algorithm that the header of a token names: its first part is base64url of a JSON object with `alg`.
pub(super) fn algorithm(token: &str) -> Option<String> {
    let (header, rest) = token.split_once('.')?;
    if header.len() > MAX_HEADER || rest.is_empty() {
        return None;
    }
    let json = part(header)?;
    let tree = Tree::parse(&json);
    if !tree.errors().is_empty() {
        return None;
    }
    Some(tree.root(&json)?.get("alg")?.str()?.into_owned())
}

/// Which of the page's formats a token is: one that has ended, one that nobody signed, one of a cluster's service account.
pub(super) fn kind(token: &str) -> &'static str {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    kind_at(token, now)
}

fn kind_at(token: &str, now: u64) -> &'static str {
    if algorithm(token).is_some_and(|name| name.eq_ignore_ascii_case("none")) || token.ends_with('.') {
        return "unsigned-token";
    }
    let payload = token.split('.').nth(1).filter(|payload| payload.len() <= MAX_PAYLOAD).and_then(part).unwrap_or_default();
    let tree = Tree::parse(&payload);
    let Some(claims) = tree.root(&payload) else { return "token" };
    // Seconds since 1970, perhaps with a fraction: https://www.rfc-editor.org/rfc/rfc7519#section-4.1.4
    let ends = claims.get("exp").and_then(|ends| ends.number()?.split(['.', 'e', 'E']).next()?.parse::<u64>().ok());
    if ends.is_some_and(|ends| ends < now) {
        "expired-token"
    } else if claims.get("iss").and_then(|issuer| issuer.str()).is_some_and(|issuer| issuer == "kubernetes/serviceaccount") {
        "service-account-token"
    } else {
        "token"
    }
}

/// Whether it is one that browsers are meant to see: the key of Supabase's anonymous role.
pub(super) fn is_public(token: &str) -> bool {
    let payload = token.split('.').nth(1).unwrap_or("");
    let json = payload.get(..payload.len().min(MAX_HEADER)).and_then(|payload| URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok());
    json.is_some_and(|json| memchr::memmem::find(&json, b"\"role\":\"anon\"").is_some())
}

fn part(part: &str) -> Option<String> {
    String::from_utf8(URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(header: &str, payload: &str, signature: &str) -> String {
        format!("{}.{}.{signature}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload))
    }

    #[test]
    fn a_header_must_name_its_algorithm() {
        let token = |header: &str| token(header, "{}", "sig");
        assert_eq!(algorithm(&token(r#"{"typ":"JWT","alg":"HS256"}"#)).as_deref(), Some("HS256"));
        assert!(algorithm(&token(r#"{"typ":"JWT"}"#)).is_none());
        assert!(algorithm(&token("{\"alg\"")).is_none());
        assert!(algorithm("eyJ.x.y").is_none());
    }

    #[test]
    fn its_claims_say_which_kind_it_is() {
        const SIGNED: &str = r#"{"alg":"RS256"}"#;
        let table = [
            (SIGNED, "{}", "sig", "token"),
            (SIGNED, r#"{"exp":1000}"#, "sig", "expired-token"),
            (SIGNED, r#"{"exp":1000.5}"#, "sig", "expired-token"),
            (SIGNED, r#"{"exp":3000}"#, "sig", "token"),
            (SIGNED, r#"{"exp":"1000"}"#, "sig", "token"),
            (SIGNED, r#"{"exp":-5}"#, "sig", "token"),
            (SIGNED, r#"{"iss":"kubernetes/serviceaccount"}"#, "sig", "service-account-token"),
            (SIGNED, r#"{"iss":"kubernetes/serviceaccount","exp":1000}"#, "sig", "expired-token"),
            (SIGNED, "[", "sig", "token"),
            (SIGNED, "{}", "", "unsigned-token"),
            (r#"{"alg":"none"}"#, "{}", "sig", "unsigned-token"),
        ];
        for (header, payload, signature, kind) in table {
            assert_eq!(kind_at(&token(header, payload, signature), 2_000), kind, "{header} {payload} {signature}");
        }
    }
}
