//! Private keys in PEM and OpenSSH armour.
//!
//! The armour is RFC 7468's; what stands in it need not be whole: a key that was cut off, indented, quoted line by line or
//! written with `\n` is a key all the same.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::dull::is_dull;

/// What the automaton looks for.
const BEGIN: &str = "-----BEGIN ";
/// The longest block that is followed: a 16,384-bit RSA key has 13 KB.
const MAX_BLOCK: usize = 20_000;
/// Fewer characters than this hold no key: an Ed25519 key in PKCS#8 has 64.
const MIN_BODY: usize = 40;

/// A private key block.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Block {
    /// From the first dash to the last.
    pub(super) range: Range<usize>,
    /// The last part of the token format's id.
    pub(super) kind: &'static str,
}

/// The private key whose armour begins at `at`.
pub(super) fn block(text: &str, at: usize) -> Option<Block> {
    let rest = text.get(at..)?.strip_prefix(BEGIN)?;
    let limit = rest.floor_char_boundary(MAX_BLOCK);
    let (label, body) = rest[..limit].split_once("-----")?;
    let kind = kind_of(label)?;
    let begin = text.len() - rest.len();
    let body_at = begin + label.len() + "-----".len();
    let (inner, end) = match body.find("-----") {
        Some(close) => {
            let inner = &body[..close];
            let tail = body[close..].strip_prefix("-----END ").and_then(|tail| tail.find("-----"));
            let end = tail.map_or(body_at + close, |dashes| body_at + close + "-----END ".len() + dashes + "-----".len());
            (inner, end)
        }
        None => {
            let inner = &body[..cut_off(body)];
            (inner, body_at + inner.len())
        }
    };
    let key = base64_of(inner);
    if key.len() < MIN_BODY || is_placeholder(inner, &key) {
        return None;
    }
    let kind = if is_encrypted(inner, kind, &key) { "encrypted" } else { kind };
    Some(Block { range: at..end, kind })
}

/// The token format for a label; none for what is public.
fn kind_of(label: &str) -> Option<&'static str> {
    Some(match label {
        "PRIVATE KEY" | "ANY PRIVATE KEY" => "pkcs8",
        "ENCRYPTED PRIVATE KEY" | "SSH2 ENCRYPTED PRIVATE KEY" => "encrypted",
        "RSA PRIVATE KEY" => "rsa",
        "EC PRIVATE KEY" => "ec",
        "DSA PRIVATE KEY" => "dsa",
        "OPENSSH PRIVATE KEY" => "openssh",
        "PGP PRIVATE KEY BLOCK" => "pgp",
        _ => return None,
    })
}

/// How much of a text without a closing line can belong to a key: lines of base64, their quotes and escapes.
fn cut_off(body: &str) -> usize {
    let stray = |byte: u8| !(is_base64(byte) || byte.is_ascii_whitespace() || matches!(byte, b'\\' | b'"' | b'\'' | b',' | b':' | b'-'));
    body.bytes().position(stray).unwrap_or(body.len())
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

/// The base64 of the body: headers, line breaks (written out or escaped), indentation and quotes are dropped.
fn base64_of(body: &str) -> String {
    let unescaped = body.replace("\\r", "\n").replace("\\n", "\n");
    let lines = unescaped.lines().map(str::trim).filter(|line| !line.contains(": "));
    lines.flat_map(|line| line.bytes()).filter(|byte| is_base64(*byte)).map(char::from).collect()
}

fn is_placeholder(body: &str, key: &str) -> bool {
    ["...", "…", "${", "{{", "<", "***", "REDACTED", "redacted", "xxxx", "XXXX"].iter().any(|mark| body.contains(mark)) || is_dull(key)
}

fn is_encrypted(body: &str, kind: &str, key: &str) -> bool {
    if body.contains("ENCRYPTED") {
        return true;
    }
    // An OpenSSH key names its cipher after the magic: https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key
    let head = key.get(..40).and_then(|head| STANDARD_NO_PAD.decode(head).ok()).unwrap_or_default();
    kind == "openssh" && head.starts_with(b"openssh-key-v1\0") && head.get(19..23).is_some_and(|cipher| cipher != b"none")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets::random::Random;

    fn key(label: &str, body: &str) -> String {
        format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----")
    }

    fn body() -> String {
        Random::seeded(&["pem"]).text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/", 128)
    }

    #[test]
    fn private_keys_are_found_however_they_are_written() {
        let whole = key("RSA PRIVATE KEY", &body());
        for text in [whole.clone(), whole.replace('\n', "\\n"), whole.replace('\n', "\r\n    "), format!("{whole}\nmore")] {
            let block = block(&text, 0).unwrap();
            assert_eq!(block.kind, "rsa");
            assert!(text[block.range].ends_with("-----END RSA PRIVATE KEY-----"));
        }
        let cut = format!("-----BEGIN PRIVATE KEY-----\n{}", body());
        assert_eq!(block(&cut, 0).unwrap().range, 0..cut.len());
    }

    #[test]
    fn public_parts_and_placeholders_are_not() {
        for text in [
            key("PUBLIC KEY", &body()),
            key("CERTIFICATE", &body()),
            key("RSA PRIVATE KEY", "..."),
            key("RSA PRIVATE KEY", "${KEY}"),
            key("RSA PRIVATE KEY", &"x".repeat(64)),
            "-----BEGIN ".repeat(3),
        ] {
            assert_eq!(block(&text, 0), None, "{text}");
        }
    }

    #[test]
    fn an_encrypted_key_says_so() {
        let headers = format!("Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n{}", body());
        assert_eq!(block(&key("RSA PRIVATE KEY", &headers), 0).unwrap().kind, "encrypted");
        let openssh = |cipher: &[u8]| {
            let length = u8::try_from(cipher.len()).unwrap();
            let bytes = [b"openssh-key-v1\0", &[0, 0, 0, length][..], cipher, body().as_bytes()].concat();
            block(&key("OPENSSH PRIVATE KEY", &STANDARD_NO_PAD.encode(bytes)), 0).unwrap().kind
        };
        assert_eq!((openssh(b"none"), openssh(b"aes256-ctr")), ("openssh", "encrypted"));
    }
}
