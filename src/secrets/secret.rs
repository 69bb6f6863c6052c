//! What may be told of a secret. The value itself is dropped where it is judged.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The domain of caulk's keyed hashes. Public and fixed: it keeps our hashes from equalling anybody else's of the same value.
const DOMAIN: &[u8] = b"caulk/v1/secret";

/// What a report may tell of a secret: a public prefix, a length for token shapes, a keyed hash for strong values.
/// It never holds the value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Secret {
    /// The format's public prefix (`ghp_`, `AKIA`), or nothing.
    pub preview: &'static str,
    /// Length in bytes, for token shapes only.
    pub length: Option<u32>,
    /// Whether the value carries at least 64 bits by shape or estimate. Only then may a report hold a hash of it:
    /// a dictionary would open the hash of a short password.
    pub strong: bool,
    hash: [u8; 16],
}

impl Secret {
    /// Takes what may be told from a value; the value is not kept.
    #[must_use]
    pub fn new(value: &str, preview: &'static str, length: Option<u32>, strong: bool) -> Self {
        Self { preview, length, strong, hash: keyed_hash(DOMAIN, &[value.as_bytes()]) }
    }

    /// The hash that may be shown; none for weak values.
    #[must_use]
    pub fn fingerprint(&self) -> Option<String> {
        self.strong.then(|| hex(&self.hash))
    }

    /// Equal for equal values. For grouping inside a run and for fingerprints of strong values; never shown as it is.
    #[must_use]
    pub fn group_key(&self) -> [u8; 16] {
        self.hash
    }
}

/// 128 bits of HMAC-SHA-256 over length-prefixed fields.
#[must_use]
pub fn keyed_hash(domain: &[u8], fields: &[&[u8]]) -> [u8; 16] {
    let mut out = [0; 16];
    // HMAC takes a key of any length, so there is no error to report.
    if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(domain) {
        for field in fields {
            mac.update(&(field.len() as u64).to_le_bytes());
            mac.update(field);
        }
        out.copy_from_slice(&mac.finalize().into_bytes()[..16]);
    }
    out
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
