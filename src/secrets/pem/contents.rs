//! What stands inside the armour of a key: enough of its structure to tell a key from anything else.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// What the armour holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Contents {
    /// A key, of the kind its label says.
    Key,
    /// A key of this kind, whatever its label says.
    Kind(&'static str),
    /// Something else.
    Other,
}

/// So many letters of base64 hold everything that is looked at.
const HEAD: usize = 200;

/// Looks at the first bytes behind the base64.
pub(super) fn contents(base64: &str, label: &str) -> Contents {
    // Behind the first sign of filling stands a checksum, if anything.
    let base64 = base64.split('=').next().unwrap_or(base64);
    let whole = base64.len().min(HEAD) / 4 * 4;
    let Some(bytes) = base64.get(..whole).and_then(|head| STANDARD.decode(head).ok()) else { return Contents::Other };
    if let Some(rest) = bytes.strip_prefix(b"openssh-key-v1\0") {
        // The name of the cipher comes first: https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key
        return match string(rest) {
            Some(b"none") => Contents::Kind("openssh"),
            Some(_) => Contents::Kind("encrypted-openssh"),
            None => Contents::Other,
        };
    }
    match label {
        "pgp" if is_secret_packet(&bytes) => Contents::Key,
        "pgp" | "openssh" => Contents::Other,
        _ => der(&bytes),
    }
}

/// A sequence that begins with a version (PKCS#1, PKCS#8, SEC 1) or, encrypted, with the name of an algorithm (PKCS#8).
fn der(bytes: &[u8]) -> Contents {
    match element(bytes) {
        Some((0x30, [0x02, 0x01, 0 | 1, ..])) => Contents::Key,
        Some((0x30, inner)) if matches!(element(inner), Some((0x30, [0x06, ..]))) => Contents::Kind("encrypted"),
        _ => Contents::Other,
    }
}

/// The tag and the content, as far as it is there, of the element that begins the bytes.
fn element(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (length, rest) = rest.split_first()?;
    let more = match length {
        0..=0x7f => 0,
        0x81..=0x84 => usize::from(length & 0x7f),
        // A length that comes only at the end: BER, which keys are not written in.
        _ => return None,
    };
    Some((*tag, rest.get(more..)?))
}

/// A text behind its length.
fn string(bytes: &[u8]) -> Option<&[u8]> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.get(..usize::try_from(u32::from_be_bytes(*length)).ok()?)
}

/// Whether the base64 of an armour ends in the right checksum: <https://www.rfc-editor.org/rfc/rfc4880#section-6.1>.
pub(super) fn has_crc24(armour: &str) -> bool {
    let Some((data, sum)) = armour.len().checked_sub(5).and_then(|at| armour.split_at_checked(at)) else { return false };
    let wanted = sum.strip_prefix('=').and_then(|sum| STANDARD.decode(sum).ok());
    let data = STANDARD.decode(data).ok();
    data.is_some_and(|data| wanted.as_deref() == Some(&crc24(&data)))
}

fn crc24(bytes: &[u8]) -> [u8; 3] {
    let step = |crc: u32| if crc & 0x0080_0000 == 0 { crc << 1 } else { crc << 1 ^ 0x0186_4cfb };
    let byte = |crc: u32, byte: &u8| (0..8).fold(crc ^ u32::from(*byte) << 16, |crc, _| step(crc));
    let [_, sum @ ..] = bytes.iter().fold(0x00b7_04ce, byte).to_be_bytes();
    sum
}

#[cfg(test)]
pub(super) fn crc24_of(base64: &str) -> String {
    STANDARD.encode(crc24(&STANDARD.decode(base64).unwrap()))
}

/// A secret-key packet, in the old form of its header or the new: <https://www.rfc-editor.org/rfc/rfc4880#section-4.3>.
fn is_secret_packet(bytes: &[u8]) -> bool {
    bytes.first().is_some_and(|first| matches!(first, 0x94..=0x97 | 0xc5))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(bytes: &[u8], label: &str) -> Contents {
        contents(&STANDARD.encode([bytes, &[7; 90]].concat()), label)
    }

    #[test]
    fn the_checksum_is_that_of_the_standard() {
        // The check value of CRC-24/OPENPGP: https://reveng.sourceforge.io/crc-catalogue/17plus.htm
        assert_eq!(crc24(b"123456789"), [0x21, 0xcf, 0x02]);
    }

    #[test]
    fn keys_are_told_from_other_things() {
        assert_eq!(of(&[0x30, 0x82, 0x04, 0xa4, 0x02, 0x01, 0x00, 0x02], "rsa"), Contents::Key);
        assert_eq!(of(&[0x30, 0x77, 0x02, 0x01, 0x01, 0x04], "ec"), Contents::Key);
        assert_eq!(of(&[0x30, 0x82, 0x04, 0xa4, 0x30, 0x40, 0x06, 0x09], "pkcs8"), Contents::Kind("encrypted"));
        // A certificate: a sequence in a sequence in a sequence; a public key: an algorithm and bits.
        assert_eq!(of(&[0x30, 0x82, 0x04, 0xa4, 0x30, 0x82, 0x03, 0x8c, 0xa0], "rsa"), Contents::Other);
        for bytes in [&b"just words"[..], &[0x30, 0x80, 0x02, 0x01, 0x00], &[0x30, 0x82], &[0x30]] {
            assert_eq!(of(bytes, "rsa"), Contents::Other, "{bytes:?}");
        }
        assert_eq!(of(b"openssh-key-v1\0\0\0\0\x04none", "rsa"), Contents::Kind("openssh"));
        assert_eq!(of(b"openssh-key-v1\0\0\0\0\x0aaes256-ctr", "openssh"), Contents::Kind("encrypted-openssh"));
        assert_eq!(of(b"openssh-key-v1\0\xff\xff\xff\xff", "openssh"), Contents::Other);
        assert_eq!((of(&[0x95, 1], "pgp"), of(&[0x99, 1], "pgp")), (Contents::Key, Contents::Other));
        assert_eq!(contents("", "rsa"), Contents::Other);
    }
}
