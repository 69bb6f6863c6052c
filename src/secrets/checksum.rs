//! Checksums and inner structures of tokens: what can be verified without asking anybody.

mod azure;
mod based;
mod structure;

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use based::{BASE36, BASE62, bech32_checksum, digits};

use super::jwt;

/// What can be verified of a token.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Check {
    /// Nothing.
    #[default]
    None,
    /// GitHub, npm: the last 6 characters are the CRC-32 of the body before them in base 62.
    Crc32Base62,
    /// GitLab: the last 7 characters are the CRC-32 of everything before them in base 36.
    Crc32Base36,
    /// Atlassian: the last 8 characters are the CRC-32 of everything before them in hexadecimal.
    Crc32Hex,
    /// Cloudflare, Zuplo: the last 8 characters are the CRC-32 of the body between prefix and them (a `_` aside).
    Crc32HexBody,
    /// Grafana: the last 8 characters are the CRC-32, little-endian, of everything before the last `_`.
    Crc32LittleHex,
    /// Confluent: the last 6 characters are the CRC-32, little-endian, of the body in base64.
    Crc32LittleBase64,
    /// age, Nostr: bech32, with the checksum of BIP-173.
    Bech32,
    /// Artifactory: base58 of exactly 54 bytes.
    Base58,
    /// Wallets: base58 that ends in a part of its own double SHA-256.
    Base58Check,
    /// Azure: the last four bytes are the Marvin32 hash of those before them, seeded with the kind of key.
    AzureKey,
    /// Entra: the last three characters begin the Marvin32 hash of those before them.
    AzureSecret,
    /// Azure: the annotated keys (`JQQJ99`), a Marvin32 hash behind their first 80 characters.
    AzureAnnotated,
    /// Azure DevOps: base32 of 32 bytes, four of which are the CRC-32 of the others.
    AzureDevops,
    /// What stands in base64 begins with this text.
    Decodes(&'static str),
    /// Atlassian Data Center: base64 of a decimal number, a colon and random bytes.
    Numbered,
    /// Amazon SES: base64 of the version 4 and a signature of 32 bytes.
    Ses,
    /// WireGuard: base64 of 32 bytes with the bits set that make a key of Curve25519.
    Curve25519,
    /// Discord: the first part is a decimal number in base64.
    Snowflake,
    /// What begins with `eyJ`, up to `_` or the end, is JSON in base64.
    Json,
    /// Nothing of it: its neighbours in a JSON object say what it is (`objects`).
    Member,
    /// A private key in its armour, or a file of PuTTY's.
    Pem,
    /// Base64 of the beginning of a PKCS#12 file.
    Pkcs12,
    /// A signed JSON web token whose header names an algorithm.
    Jwt,
}

/// What a verification says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// There is nothing to verify.
    Unknown,
    /// A checksum agrees.
    Valid,
    /// A checksum does not agree.
    Invalid,
    /// The structure is another one: it is no such token at all.
    Foreign,
}

impl Check {
    /// The check of this name.
    #[must_use]
    pub fn named(name: &'static str) -> Option<Self> {
        if let Some(start) = name.strip_prefix("decodes:") {
            return Some(Self::Decodes(start));
        }
        Some(match name {
            "" => Self::None,
            "crc32-base62" => Self::Crc32Base62,
            "crc32-base36" => Self::Crc32Base36,
            "crc32-hex" => Self::Crc32Hex,
            "crc32-hex-body" => Self::Crc32HexBody,
            "crc32-little-hex" => Self::Crc32LittleHex,
            "crc32-little-base64" => Self::Crc32LittleBase64,
            "bech32" => Self::Bech32,
            "base58" => Self::Base58,
            "base58-check" => Self::Base58Check,
            "azure-key" => Self::AzureKey,
            "azure-secret" => Self::AzureSecret,
            "azure-annotated" => Self::AzureAnnotated,
            "azure-devops" => Self::AzureDevops,
            "numbered" => Self::Numbered,
            "ses" => Self::Ses,
            "curve25519" => Self::Curve25519,
            "snowflake" => Self::Snowflake,
            "json" => Self::Json,
            "member" => Self::Member,
            "pem" => Self::Pem,
            "pkcs12" => Self::Pkcs12,
            "jwt" => Self::Jwt,
            _ => return None,
        })
    }

    /// Verifies a token of `prefix`.
    #[must_use]
    pub fn verify(self, token: &str, prefix: &str) -> Outcome {
        let body = token.get(prefix.len()..).unwrap_or("");
        let structure = |good: bool| if good { Outcome::Unknown } else { Outcome::Foreign };
        match self {
            Self::None | Self::Member | Self::Pem => Outcome::Unknown,
            // The lengths for which the checksum is published; longer forms exist.
            Self::Crc32Base62 if !matches!(body.len(), 36 | 76) => Outcome::Unknown,
            Self::Base58 => structure(based::base58_bytes(token).is_some_and(|bytes| bytes.len() == 54)),
            Self::Snowflake => structure(structure::is_snowflake(token)),
            Self::Json => structure(token.find("eyJ").is_some_and(|at| structure::is_json(&token[at..]))),
            Self::Decodes(start) => structure(structure::decodes(token, prefix, start)),
            Self::Numbered => structure(structure::is_numbered(body)),
            Self::Ses => structure(structure::is_ses(token)),
            Self::Curve25519 => structure(structure::is_curve25519(token)),
            Self::Pkcs12 => structure(structure::is_pkcs12(token)),
            Self::Jwt => structure(jwt::algorithm(token).is_some()),
            Self::AzureKey => azure::verify_key(token),
            Self::AzureSecret => azure::verify_secret(token),
            Self::AzureAnnotated => azure::verify_annotated(token),
            Self::AzureDevops => azure::verify_devops(token),
            // Without the sum these are words of fifty letters; it makes them what they are.
            Self::Base58Check if based::base58check_agrees(token) => Outcome::Valid,
            Self::Base58Check => Outcome::Foreign,
            _ => match self.tail(token, prefix) {
                // Hexadecimal is written either way; in every other alphabet the case counts.
                Some((at, right))
                    if token.get(at..).is_some_and(|tail| tail == right || (self.is_hex() && tail.eq_ignore_ascii_case(&right))) =>
                {
                    Outcome::Valid
                }
                _ => Outcome::Invalid,
            },
        }
    }

    fn is_hex(self) -> bool {
        matches!(self, Self::Crc32Hex | Self::Crc32HexBody | Self::Crc32LittleHex)
    }

    /// Gives a made-up token the tail that verifies.
    #[must_use]
    pub fn mend<'t>(self, token: &'t str, prefix: &str) -> Cow<'t, str> {
        let mended = match self {
            Self::AzureKey => azure::mend_key(token),
            Self::AzureSecret => azure::mend_secret(token),
            Self::AzureAnnotated => azure::mend_annotated(token),
            Self::AzureDevops => azure::mend_devops(token).map(|[user, _]| user),
            Self::Base58Check => based::base58check_mend(token),
            Self::Decodes(start) => structure::mend_decoded(token, prefix, start),
            Self::Numbered => structure::mend_numbered(token, prefix),
            Self::Ses => structure::mend_ses(token),
            Self::Curve25519 => structure::mend_curve25519(token),
            _ => self.tail(token, prefix).map(|(at, tail)| format!("{}{tail}", &token[..at])),
        };
        mended.map_or(Cow::Borrowed(token), Cow::Owned)
    }

    /// Where the checksum stands and what it should be.
    fn tail(self, token: &str, prefix: &str) -> Option<(usize, String)> {
        let split = |length: usize| token.len().checked_sub(length).filter(|at| *at > prefix.len() && token.is_char_boundary(*at));
        let body = |at: usize| token.get(prefix.len()..at).unwrap_or("");
        match self {
            Self::Crc32Base62 => split(6).map(|at| (at, digits(crc32fast::hash(body(at).as_bytes()), BASE62, 6))),
            Self::Crc32Base36 => split(7).map(|at| (at, digits(crc32fast::hash(&token.as_bytes()[..at]), BASE36, 7))),
            Self::Crc32Hex => split(8).map(|at| (at, format!("{:08X}", crc32fast::hash(&token.as_bytes()[..at])))),
            Self::Crc32HexBody => split(8).map(|at| (at, format!("{:08x}", crc32fast::hash(body(at).trim_end_matches('_').as_bytes())))),
            Self::Crc32LittleHex => split(8).map(|at| (at, format!("{:08x}", crc32fast::hash(&token.as_bytes()[..at - 1]).swap_bytes()))),
            Self::Crc32LittleBase64 => {
                let sum = |at| STANDARD.encode(crc32fast::hash(body(at).as_bytes()).to_le_bytes());
                split(6).map(|at| (at, sum(at).chars().take(6).collect()))
            }
            Self::Bech32 => {
                let upper = token.starts_with(|c: char| c.is_ascii_uppercase());
                let cased = |sum: String| if upper { sum.to_ascii_uppercase() } else { sum };
                split(6).map(|at| (at, cased(bech32_checksum(&token[..at].to_ascii_lowercase()))))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mended_token_verifies_and_one_change_breaks_it() {
        for (check, prefix, token) in [
            (Check::Crc32Base62, "ghx_", "ghx_abcdefGHIJKL0123456789mnopqr______"),
            (Check::Crc32Hex, "ATX", "ATXabcdefGHIJKL0123456789mnopqr=________"),
            (Check::Crc32HexBody, "cfx_", "cfx_abcdefGHIJKL0123456789mnopqr________"),
            (Check::Crc32LittleHex, "glx_", "glx_abcdefGHIJKL0123456789mnopqr_________"),
            (Check::Crc32Base36, "glx-", "glx-abcdefGHIJKL0123456789.010_______"),
            (Check::Bech32, "AGE-1", "AGE-1QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L______"),
        ] {
            let token = if check == Check::Crc32Base62 { format!("ghx_{:030}______", 7) } else { token.to_owned() };
            let good = check.mend(&token, prefix).into_owned();
            assert_eq!(check.verify(&good, prefix), Outcome::Valid, "{check:?}");
            let mut bytes = good.into_bytes();
            bytes[8] = if bytes[8] == b'x' { b'y' } else { b'x' };
            let bad = String::from_utf8(bytes).unwrap();
            assert_eq!(check.verify(&bad, prefix), Outcome::Invalid, "{check:?}");
        }
    }
}
