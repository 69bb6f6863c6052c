//! Secrets that only their neighbours tell: members of JSON objects of known kinds.

use super::dull::is_dull;
use super::pem;
use super::table::{TokenFormat, format};
use crate::syntax::json::{Kind, Node};

/// An object with more members is none of these.
const MAX_MEMBERS: usize = 24;

/// Which member of an object is a secret because of what the others say, and what it is.
pub(super) fn secret_member(entries: &[(Node<'_>, Node<'_>)]) -> Option<(usize, &'static TokenFormat)> {
    if entries.len() > MAX_MEMBERS {
        return None;
    }
    let position = |name: &str| entries.iter().position(|(key, value)| key.is(name) && value.kind() == Kind::String);
    let text = |name: &str| position(name).and_then(|at| entries[at].1.str());
    let (key, id) = if text("type").is_some_and(|kind| kind == "service_account") {
        ("private_key", "google-cloud/service-account-key")
    } else if text("typeUrl").is_some_and(|url| url.starts_with("type.googleapis.com/google.crypto.tink."))
        && text("keyMaterialType").is_some_and(|kind| matches!(kind.as_ref(), "SYMMETRIC" | "ASYMMETRIC_PRIVATE"))
    {
        ("value", "other/tink-keyset")
    } else if entries.len() == 2 && text("username").is_some() && text("key").is_some_and(|key| is_kaggle(&key)) {
        // `kaggle.json`: https://www.kaggle.com/docs/api#authentication
        ("key", "other/kaggle-api-key")
    } else {
        match text("kty")?.as_ref() {
            // https://www.rfc-editor.org/rfc/rfc7518#section-6
            "RSA" | "EC" | "OKP" => ("d", "other/json-web-key"),
            "oct" => ("k", "other/json-web-key"),
            _ => return None,
        }
    };
    let at = position(key)?;
    let value = entries[at].1.str()?;
    let convinces = match value.find("-----BEGIN ") {
        Some(armour) => pem::block(&value, armour).is_some(),
        None => key != "private_key" && value.len() >= 16 && value.bytes().all(is_base64) && !is_dull(&value),
    };
    convinces.then_some(()).and(format(id)).map(|format| (at, format))
}

fn is_kaggle(key: &str) -> bool {
    key.len() == 32 && key.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/=-_".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets::sample;
    use crate::syntax::json::Tree;

    fn found(json: &str) -> Option<(usize, String)> {
        let tree = Tree::parse(json);
        let entries: Vec<_> = tree.root(json).unwrap().entries().collect();
        secret_member(&entries).map(|(at, format)| (at, format.id.clone()))
    }

    #[test]
    fn the_neighbours_say_what_it_is() {
        let key = sample("secrets/pem/pkcs8", "x").unwrap();
        let (bytes, hex) = (sample("alnum:43", "x").unwrap(), sample("hex:32", "x").unwrap());
        let account = "secrets/google-cloud/service-account-key".to_owned();
        let table = [
            (format!(r#"{{"type":"service_account","private_key":"{key}"}}"#), Some((1, account))),
            (r#"{"type":"service_account","private_key":"${KEY}"}"#.to_owned(), None),
            (format!(r#"{{"type":"person","private_key":"{key}"}}"#), None),
            (
                format!(
                    r#"{{"keyMaterialType":"SYMMETRIC","typeUrl":"type.googleapis.com/google.crypto.tink.AesGcmKey","value":"{bytes}"}}"#
                ),
                Some((2, "secrets/other/tink-keyset".to_owned())),
            ),
            (
                format!(
                    r#"{{"keyMaterialType":"ASYMMETRIC_PUBLIC","typeUrl":"type.googleapis.com/google.crypto.tink.X","value":"{bytes}"}}"#
                ),
                None,
            ),
            (format!(r#"{{"kty":"EC","crv":"P-256","x":"a","d":"{bytes}"}}"#), Some((3, "secrets/other/json-web-key".to_owned()))),
            (format!(r#"{{"kty":"RSA","n":"{bytes}","e":"AQAB"}}"#), None),
            (format!(r#"{{"kty":"oct","k":"{bytes}"}}"#), Some((1, "secrets/other/json-web-key".to_owned()))),
            (r#"{"kty":7}"#.to_owned(), None),
            (format!(r#"{{"username":"a","key":"{hex}"}}"#), Some((1, "secrets/other/kaggle-api-key".to_owned()))),
            (format!(r#"{{"username":"a","key":"{hex}","x":1}}"#), None),
            (r#"{"username":"a","key":"USER_KEY"}"#.to_owned(), None),
        ];
        for (json, expected) in table {
            assert_eq!(found(&json), expected, "{json}");
        }
    }
}
