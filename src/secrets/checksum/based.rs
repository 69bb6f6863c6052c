//! Numbers and bytes written in odd bases, and the checksums that belong to those forms.

use sha2::{Digest, Sha256};

pub(super) const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
pub(super) const BASE36: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
pub(super) const BASE32: &[u8] = b"abcdefghijklmnopqrstuvwxyz234567";
const BASE58: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const BECH32: &[u8] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/// A number in the base of the alphabet, padded with its zero.
pub(super) fn digits(mut number: u32, alphabet: &[u8], width: usize) -> String {
    let base = u32::try_from(alphabet.len()).unwrap_or(2);
    let mut out = vec![alphabet[0]; width];
    for digit in out.iter_mut().rev() {
        *digit = alphabet[(number % base) as usize];
        number /= base;
    }
    out.into_iter().map(char::from).collect()
}

/// The six characters that end a bech32 string: BIP-173.
pub(super) fn bech32_checksum(text: &str) -> String {
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

/// The bytes that a base58 string stands for.
pub(super) fn base58_bytes(text: &str) -> Option<Vec<u8>> {
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
    bytes.extend(text.bytes().take_while(|byte| *byte == b'1').map(|_| 0));
    bytes.reverse();
    Some(bytes)
}

/// Bytes in base58.
fn base58_text(bytes: &[u8]) -> String {
    let mut out: Vec<u8> = Vec::new();
    for byte in bytes {
        let mut carry = usize::from(*byte);
        for digit in &mut out {
            carry += usize::from(*digit) << 8;
            *digit = (carry % 58) as u8;
            carry /= 58;
        }
        while carry > 0 {
            out.push((carry % 58) as u8);
            carry /= 58;
        }
    }
    out.extend(bytes.iter().take_while(|byte| **byte == 0).map(|_| 0));
    out.iter().rev().map(|digit| char::from(BASE58[usize::from(*digit) % 58])).collect()
}

/// Whether the last four bytes of a base58 string are those of the double SHA-256 of the others.
/// <https://en.bitcoin.it/wiki/Base58Check_encoding>
pub(super) fn base58check_agrees(text: &str) -> bool {
    let bytes = base58_bytes(text).filter(|bytes| bytes.len() > 4).unwrap_or_default();
    let (body, sum) = bytes.split_at(bytes.len().saturating_sub(4));
    !body.is_empty() && base58check_sum(body) == sum
}

/// The string with the checksum that belongs to its bytes.
pub(super) fn base58check_mend(text: &str) -> Option<String> {
    let mut bytes = base58_bytes(text).filter(|bytes| bytes.len() > 4)?;
    let at = bytes.len() - 4;
    let sum = base58check_sum(&bytes[..at]);
    bytes[at..].copy_from_slice(&sum);
    Some(base58_text(&bytes))
}

fn base58check_sum(body: &[u8]) -> [u8; 4] {
    let hash = Sha256::digest(Sha256::digest(body));
    [hash[0], hash[1], hash[2], hash[3]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_agree_with_published_ones() {
        // The example of BIP-173 for another name; the checksum covers name and data alike.
        assert_eq!(bech32_checksum("a12u"), bech32_checksum("A12U".to_ascii_lowercase().as_str()));
        assert_eq!(bech32_checksum("a1"), "2uel5l");
        // The identity of age's own tests: 32 bytes, all alike.
        let identity = format!("age-secret-key-1{}gfp", "gfpyysjz".repeat(6));
        assert_eq!(bech32_checksum(&format!("{identity}q")), "4egaex");
        assert_eq!(digits(0, BASE62, 6), "000000");
        assert_eq!(digits(61, BASE62, 6), "00000z");
        assert_eq!(digits(u32::MAX, BASE62, 6), "4gfFC3");
        assert_eq!(base58_bytes("2NEpo7TZRRrLZSi2U").as_deref(), Some(&b"Hello World!"[..]));
        assert_eq!(base58_text(b"Hello World!"), "2NEpo7TZRRrLZSi2U");
        assert_eq!(base58_bytes("11").as_deref(), Some(&[0, 0][..]));
        // The first address of Bitcoin, which is public.
        assert!(base58check_agrees("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"));
        assert!(!base58check_agrees("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb"));
        assert!(!base58check_agrees("1"));
    }
}
