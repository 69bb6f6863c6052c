//! Inner structures of tokens: what their letters stand for once they are decoded.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// Discord: the first part is the number of an account.
pub(super) fn is_snowflake(token: &str) -> bool {
    let Some((id, _)) = token.split_once('.') else { return false };
    URL_SAFE_NO_PAD.decode(id).is_ok_and(|id| (17..=20).contains(&id.len()) && id.iter().all(u8::is_ascii_digit))
}

/// Up to `_`, `.` or the padding it is the beginning of a JSON object.
pub(super) fn is_json(body: &str) -> bool {
    let payload = body.split(['_', '.', '=']).next().unwrap_or("");
    whole_groups(payload).is_some_and(|json| json.starts_with(b"{\"") && json.iter().all(|byte| (32..127).contains(byte)))
}

/// The text begins so in base64; the prefix may be a part of it.
pub(super) fn decodes(token: &str, prefix: &str, start: &str) -> bool {
    whole_groups(&token[encoded_from(prefix, start)..]).is_some_and(|bytes| bytes.starts_with(start.as_bytes()))
}

/// A made-up token whose text begins as it should.
pub(super) fn mend_decoded(token: &str, prefix: &str, start: &str) -> Option<String> {
    let at = encoded_from(prefix, start);
    // The groups of four letters that hold the beginning are written anew, the letters behind it as they were.
    let groups = start.len().div_ceil(3);
    let old = token.get(at..at + groups * 4).and_then(|old| STANDARD.decode(old).ok())?;
    let bytes: Vec<u8> = start.bytes().chain(old.into_iter().skip(start.len())).collect();
    Some(format!("{}{}{}", &token[..at], STANDARD.encode(bytes), &token[at + groups * 4..]))
}

fn encoded_from(prefix: &str, start: &str) -> usize {
    if STANDARD.encode(start).starts_with(prefix) { 0 } else { prefix.len() }
}

/// What the groups of four letters hold; one that is not whole says nothing.
fn whole_groups(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text.get(..text.len() / 4 * 4)?).ok()
}

/// A number of at least four digits, a colon, and bytes.
pub(super) fn is_numbered(body: &str) -> bool {
    let bytes = STANDARD.decode(body).unwrap_or_default();
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    (4..=14).contains(&digits) && bytes.get(digits) == Some(&b':') && bytes.len() > digits + 8
}

/// A made-up token whose bytes begin with a number and a colon.
pub(super) fn mend_numbered(token: &str, prefix: &str) -> Option<String> {
    let mut bytes = STANDARD.decode(token.get(prefix.len()..)?).ok().filter(|bytes| bytes.len() > 21)?;
    for byte in &mut bytes[..12] {
        *byte = b'1' + *byte % 9;
    }
    bytes[12] = b':';
    Some(format!("{prefix}{}", STANDARD.encode(bytes)))
}

/// A sequence of version 3 and contents of a known kind: <https://www.rfc-editor.org/rfc/rfc7292#section-4>.
pub(super) fn is_pkcs12(token: &str) -> bool {
    // 1.2.840.113549.1.7: what PKCS#7 may hold.
    const CONTENTS: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07];
    let head = token.get(..48).and_then(|head| STANDARD.decode(head).ok()).unwrap_or_default();
    head.starts_with(&[0x30]) && memchr::memmem::find(&head, CONTENTS).is_some()
}

/// <https://docs.aws.amazon.com/ses/latest/dg/smtp-credentials.html>
pub(super) fn is_ses(token: &str) -> bool {
    STANDARD.decode(token).is_ok_and(|bytes| bytes.len() == 33 && bytes[0] == 4)
}

/// A made-up password of the version in use.
pub(super) fn mend_ses(token: &str) -> Option<String> {
    let mut bytes = STANDARD.decode(token).ok()?;
    *bytes.first_mut()? = 4;
    Some(STANDARD.encode(bytes))
}

/// The bits that `wg genkey` sets: <https://www.rfc-editor.org/rfc/rfc7748#section-5>.
pub(super) fn is_curve25519(token: &str) -> bool {
    let bytes = STANDARD.decode(token).unwrap_or_default();
    bytes.len() == 32 && bytes[0] & 7 == 0 && bytes[31] & 0xc0 == 0x40
}

/// A made-up key with those bits set.
pub(super) fn mend_curve25519(token: &str) -> Option<String> {
    let body = token.trim_end_matches('=');
    // The last of 43 letters holds two bits that belong to no byte.
    let mut bytes = STANDARD_NO_PAD.decode(body.get(..body.len() - 1)?.to_owned() + "A").ok().filter(|bytes| bytes.len() == 32)?;
    bytes[0] &= 0xf8;
    bytes[31] = bytes[31] & 0x3f | 0x40;
    Some(STANDARD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_behind_base64_are_recognised() {
        let token = format!("{}{}", STANDARD.encode("reftkn:01:12"), "AbcdEfgh");
        assert!(decodes(&token, "cmVmdGtuO", "reftkn:"));
        assert!(!decodes(&token, "cmVmdGtuO", "reftkn:02"));
        assert!(decodes(&format!("ABSK{}", STANDARD.encode("BedrockAPIKey-1")), "ABSK", "BedrockAPIKey-"));
        assert!(is_numbered(&STANDARD.encode("123456789012:abcdefghijkl")));
        assert!(!is_numbered(&STANDARD.encode("admin:abcdefghijkl")));
        assert!(!is_ses("BAAA") && is_ses(&STANDARD.encode([4u8; 33])));
    }

    #[test]
    fn keys_of_curve25519_have_their_bits() {
        let mut key = [0x55u8; 32];
        assert!(!is_curve25519(&STANDARD.encode(key)));
        let mended = mend_curve25519(&STANDARD.encode(key)).unwrap();
        assert!(is_curve25519(&mended), "{mended}");
        (key[0], key[31]) = (0x50, 0x55);
        assert!(is_curve25519(&STANDARD.encode(key)));
    }
}
