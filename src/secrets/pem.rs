//! Private keys in PEM and OpenSSH armour, and PuTTY's files.
//!
//! The armour is RFC 7468's; what stands in it need not be whole: a key that was cut off, indented, quoted line by line or
//! written with `\n` is a key all the same. But a short body must be one: the bytes behind the base64 begin as a key does.

mod contents;

use std::ops::Range;

use contents::{Contents, contents};

use super::dull::is_dull;

/// What the automaton looks for.
const BEGIN: &str = "-----BEGIN ";
/// How a file of PuTTY's begins: <https://tartarus.org/~simon/putty-snapshots/htmldoc/AppendixC.html>.
const PUTTY: &str = "PuTTY-User-Key-File-";
/// The longest block that is followed: a 16,384-bit RSA key has 13 KB.
const MAX_BLOCK: usize = 20_000;
/// A body of this length is a key, even where its first bytes are not those of one.
const LONG_BODY: usize = 600;
/// Fewer characters than this hold no key: an Ed25519 key in PKCS#8 has 64.
const MIN_BODY: usize = 40;

/// A private key block.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Block {
    /// From the first dash to the last.
    pub(super) range: Range<usize>,
    /// The last part of the token format's id.
    pub(super) kind: &'static str,
    /// Its own checksum says that nothing of it was changed or left out.
    pub(super) intact: bool,
}

/// The private key whose armour begins at `at`.
pub(super) fn block(text: &str, at: usize) -> Option<Block> {
    if text.get(at..)?.starts_with(PUTTY) {
        return putty(text, at);
    }
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
    // `Proc-Type: 4,ENCRYPTED`: there the bytes tell nothing.
    let kind = match contents(&key, kind) {
        _ if inner.contains("ENCRYPTED") => "encrypted",
        Contents::Key => kind,
        Contents::Kind(kind) => kind,
        // Nobody writes so many letters by hand: a key that a log or an editor damaged, most of which is still there.
        Contents::Other if key.len() >= LONG_BODY => kind,
        Contents::Other => return None,
    };
    Some(Block { range: at..end, kind, intact: kind == "pgp" && contents::has_crc24(&key) })
}

/// A key of PuTTY's: from its first line to its last, the code that authenticates it.
fn putty(text: &str, at: usize) -> Option<Block> {
    let rest = &text[at..text.floor_char_boundary((at + MAX_BLOCK).min(text.len()))];
    let private = rest.find("Private-Lines:")?;
    let end = match rest[private..].find("Private-MAC:") {
        Some(mac) => {
            let mac = private + mac + "Private-MAC:".len();
            let value = rest[mac..].len() - rest[mac..].trim_start_matches(' ').len();
            mac + value + rest[mac + value..].bytes().take_while(u8::is_ascii_hexdigit).count()
        }
        None => private + "Private-Lines:".len() + cut_off(&rest[private + "Private-Lines:".len()..]),
    };
    let encryption = rest[..private].split_once("Encryption:").map_or("", |(_, rest)| rest.trim_start());
    let key = base64_of(rest[private..end].trim_start_matches("Private-Lines:").split("Private-MAC").next().unwrap_or(""));
    if key.len() < MIN_BODY || is_placeholder(&rest[private..end], &key) {
        return None;
    }
    Some(Block { range: at..at + end, kind: if encryption.starts_with("none") { "putty" } else { "encrypted" }, intact: false })
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

/// The base64 of the body: headers, line breaks (written out or escaped), indentation, quotes and the signs that join quoted
/// lines are dropped.
fn base64_of(body: &str) -> String {
    let unescaped = body.replace("\\r", "\n").replace("\\n", "\n");
    let joins = |line: &str| line.len() < 8 && line.starts_with('+');
    let lines = unescaped.lines().map(|line| quoted(line.trim()).trim()).filter(|line| !line.contains(": ") && !joins(line));
    lines.flat_map(|line| line.bytes()).filter(|byte| is_base64(*byte)).map(char::from).collect()
}

/// What stands between quotes, where a line has them.
fn quoted(line: &str) -> &str {
    let quote = |c: char| matches!(c, '"' | '\'');
    match (line.find(quote), line.rfind(quote)) {
        (Some(open), Some(close)) if open < close => &line[open + 1..close],
        // The end of a string whose last characters were a line break.
        (Some(0), _) => &line[1..],
        (Some(quote), _) => &line[..quote],
        _ => line,
    }
}

fn is_placeholder(body: &str, key: &str) -> bool {
    // The head of a key may hold many zeros; its end is random.
    let tail = &key[key.len().saturating_sub(40)..];
    ["...", "…", "${", "{{", "<", "***", "REDACTED", "redacted", "xxxx", "XXXX"].iter().any(|mark| body.contains(mark)) || is_dull(tail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets::sample;

    fn key(label: &str, body: &str) -> String {
        format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----")
    }

    /// The base64 of a made-up key.
    fn body(kind: &str) -> String {
        let text = sample(&format!("secrets/pem/{kind}"), "pem").unwrap();
        let body = text.split("-----").nth(2).unwrap().trim().to_owned();
        // In lines, as files have it.
        body.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn private_keys_are_found_however_they_are_written() {
        let whole = key("RSA PRIVATE KEY", &body("rsa"));
        let quoted = whole.lines().map(|line| format!("\"{line}\\n\"")).collect::<Vec<_>>().join(" +\n  ");
        let commented = whole.replace('\n', "\n * ");
        for text in
            [whole.clone(), whole.replace('\n', "\\n"), whole.replace('\n', "\r\n    "), format!("{whole}\nmore"), quoted, commented]
        {
            let block = block(&text, text.find("-----").unwrap()).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(block.kind, "rsa");
            assert!(text[block.range].ends_with("-----END RSA PRIVATE KEY-----"));
        }
        let cut = format!("-----BEGIN PRIVATE KEY-----\n{}", body("pkcs8"));
        assert_eq!(block(&cut, 0).unwrap().range, 0..cut.len());
    }

    #[test]
    fn public_parts_placeholders_and_other_bytes_are_not() {
        let words = "VGhlc2UgYXJlIGp1c3Qgd29yZHMgdGhhdCBzdGFuZCBpbiB0aGUgYXJtb3VyIG9mIGEga2V5Lg==";
        for text in [
            key("PUBLIC KEY", &body("rsa")),
            key("CERTIFICATE", &body("rsa")),
            key("RSA PRIVATE KEY", "..."),
            key("RSA PRIVATE KEY", "${KEY}"),
            key("RSA PRIVATE KEY", &"x".repeat(64)),
            key("RSA PRIVATE KEY", words),
            "-----BEGIN ".repeat(3),
            "PuTTY-User-Key-File-2: ssh-rsa".to_owned(),
        ] {
            assert_eq!(block(&text, 0), None, "{text}");
        }
    }

    #[test]
    fn an_encrypted_key_says_so_and_bytes_know_better_than_labels() {
        let headers = format!("Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n{}", body("pgp"));
        let kind = |label: &str, body: &str| block(&key(label, body), 0).unwrap().kind;
        assert_eq!(kind("RSA PRIVATE KEY", &headers), "encrypted");
        assert_eq!(kind("PRIVATE KEY", &body("encrypted")), "encrypted");
        assert_eq!(kind("OPENSSH PRIVATE KEY", &body("openssh")), "openssh");
        assert_eq!(kind("OPENSSH PRIVATE KEY", &body("encrypted-openssh")), "encrypted-openssh");
        assert_eq!(kind("RSA PRIVATE KEY", &body("openssh")), "openssh");
    }

    #[test]
    fn the_checksum_of_a_pgp_block_is_computed() {
        let body = body("pgp");
        let crc = contents::crc24_of(&body.replace('\n', ""));
        let intact = |body: &str| block(&key("PGP PRIVATE KEY BLOCK", body), 0).unwrap().intact;
        assert!(intact(&format!("Version: 1\n\n{body}\n={crc}")));
        assert!(!intact(&body));
        let changed = body.replacen(&body[80..84], "AAAA", 1);
        assert!(!intact(&format!("{changed}\n={crc}")));
    }

    #[test]
    fn files_of_putty_are_keys() {
        let file = sample("secrets/pem/putty", "x").unwrap();
        for text in [file.clone(), file.replace('\n', "\\n"), file.replace('\n', "\r\n")] {
            assert_eq!(block(&text, 0).unwrap(), Block { range: 0..text.len(), kind: "putty", intact: false });
        }
        let encrypted = file.replace("Encryption: none", "Encryption: aes256-cbc");
        assert_eq!(block(&encrypted, 0).unwrap().kind, "encrypted");
    }
}
