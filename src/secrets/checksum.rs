//! Checksums and inner structures of tokens: what can be verified without asking anybody.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::jwt;

const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE36: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
const BASE58: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const BECH32: &[u8] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

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
    /// age: bech32, with the checksum of BIP-173.
    Bech32,
    /// Artifactory: base58 of exactly 54 bytes.
    Base58,
    /// Discord: the first part is a decimal number in base64.
    Snowflake,
    /// What begins with `eyJ`, up to `_` or the end, is JSON in base64.
    Json,
    /// A private key in its armour.
    Pem,
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
    pub fn named(name: &str) -> Option<Self> {
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
            "snowflake" => Self::Snowflake,
            "json" => Self::Json,
            "pem" => Self::Pem,
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
            Self::None | Self::Pem => Outcome::Unknown,
            // The lengths for which the checksum is published; longer forms exist.
            Self::Crc32Base62 if !matches!(body.len(), 36 | 76) => Outcome::Unknown,
            Self::Base58 => structure(base58_bytes(token) == Some(54)),
            Self::Snowflake => structure(is_snowflake(token)),
            Self::Json => structure(token.find("eyJ").is_some_and(|at| is_json(&token[at..]))),
            Self::Jwt => structure(jwt::algorithm(token).is_some()),
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
        match self.tail(token, prefix) {
            Some((at, tail)) => format!("{}{tail}", &token[..at]).into(),
            None => token.into(),
        }
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
            Self::Bech32 => split(6).map(|at| (at, bech32_checksum(&token[..at].to_ascii_lowercase()).to_ascii_uppercase())),
            _ => None,
        }
    }
}

/// A number in the base of the alphabet, padded with its zero.
fn digits(mut number: u32, alphabet: &[u8], width: usize) -> String {
    let base = u32::try_from(alphabet.len()).unwrap_or(2);
    let mut out = vec![alphabet[0]; width];
    for digit in out.iter_mut().rev() {
        *digit = alphabet[(number % base) as usize];
        number /= base;
    }
    out.into_iter().map(char::from).collect()
}

/// The six characters that end a bech32 string: BIP-173.
fn bech32_checksum(text: &str) -> String {
    let (name, data) = text.rsplit_once('1').unwrap_or(("", text));
    let name_bytes = name.bytes().map(|b| b >> 5).chain([0]).chain(name.bytes().map(|b| b & 31));
    let data_bytes = data.bytes().map(|byte| BECH32.iter().position(|c| *c == byte).map_or(0, |at| (at & 31) as u8));
    let sum = name_bytes.chain(data_bytes).chain([0; 6]).fold(1u32, polymod_step) ^ 1;
    (0..6).map(|index| char::from(BECH32[(sum >> (5 * (5 - index)) & 31) as usize])).collect()
}

fn polymod_step(sum: u32, value: u8) -> u32 {
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let top = sum >> 25;
    let next = (sum & 0x01ff_ffff) << 5 ^ u32::from(value);
    GENERATOR.iter().enumerate().fold(next, |sum, (bit, mask)| if top >> bit & 1 == 1 { sum ^ mask } else { sum })
}

/// How many bytes a base58 string stands for.
fn base58_bytes(text: &str) -> Option<usize> {
    let mut bytes: Vec<u8> = Vec::new();
    for byte in text.bytes() {
        let mut carry = BASE58.iter().position(|c| *c == byte)?;
        for digit in &mut bytes {
            carry += usize::from(*digit) * 58;
            *digit = (carry & 0xff) as u8;
            carry >>= 8;
        }
        while carry > 0 {
            bytes.push((carry & 0xff) as u8);
            carry >>= 8;
        }
    }
    Some(bytes.len() + text.bytes().take_while(|byte| *byte == b'1').count())
}

fn is_snowflake(token: &str) -> bool {
    let Some((id, _)) = token.split_once('.') else { return false };
    URL_SAFE_NO_PAD.decode(id).is_ok_and(|id| (17..=20).contains(&id.len()) && id.iter().all(u8::is_ascii_digit))
}

fn is_json(body: &str) -> bool {
    let payload = body.split(['_', '.', '=']).next().unwrap_or("");
    // The last group may be cut by the padding; one that is incomplete says nothing.
    let whole = &payload[..payload.len() / 4 * 4];
    STANDARD.decode(whole).is_ok_and(|json| json.starts_with(b"{\"") && json.iter().all(|byte| (32..127).contains(byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_agree_with_published_ones() {
        // The example of BIP-173 for another name; the checksum covers name and data alike.
        assert_eq!(bech32_checksum("a12u"), bech32_checksum("A12U".to_ascii_lowercase().as_str()));
        assert_eq!(bech32_checksum("a1"), "2uel5l");
        assert_eq!(digits(0, BASE62, 6), "000000");
        assert_eq!(digits(61, BASE62, 6), "00000z");
        assert_eq!(digits(u32::MAX, BASE62, 6), "4gfFC3");
        assert_eq!(base58_bytes("2NEpo7TZRRrLZSi2U"), Some(12));
    }

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
