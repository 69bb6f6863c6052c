//! The keys that Azure makes recognisable: <https://github.com/microsoft/security-utilities>.
//!
//! Their checksums are Marvin32 hashes, seeded with a word of eight letters that says what kind of key it is.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::Outcome;
use super::based::{BASE32, BASE62, digits};

/// The seeds of the kinds of key behind a signature. Where none agrees, the key was not issued with one of them.
const SEEDS: &[(&str, &[&[u8; 8]])] = &[
    ("+ASt", &[b"Default0"]),
    ("AZEG", &[b"Default0"]),
    ("+ASb", &[b"Send0000", b"Manage00", b"Listen00", b"System00", b"Unknown0"]),
    ("+AEh", &[b"Send0000", b"Manage00", b"Listen00", b"System00", b"Unknown0"]),
    ("+ARm", &[b"Send0000", b"Manage00", b"Listen00", b"System00", b"Unknown0"]),
    ("+ABa", &[b"AbAcct00"]),
    ("AzFu", &[b"Functi00", b"Master00", b"System00"]),
    ("ACDb", &[b"MastRW00", b"MastRO00", b"SystRW00", b"SystRO00", b"SysAll00", b"Resour00", b"Encryp00"]),
    ("AzCa", &[b"Access00"]),
    ("AzSe", &[b"PAdmin00", b"Query000"]),
    ("+AMC", &[b"Classic0"]),
    ("/AM7", &[b"Classic0"]),
    ("+ACR", &[b"ACRDflt0"]),
    ("+SQL", &[b"UsrPwd00"]),
    ("AIoT", &[b"IoTHub00", b"DpsKey00", b"Device00"]),
    ("APIM", &[b"IoTHub00", b"Tenant00", b"Gatewy00", b"GitKey00"]),
];

/// The alphabet of client secrets, in the order of their digits.
const SECRET_DIGITS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ1234567890.-_~";

/// Where the checksum of an annotated key stands.
const ANNOTATED: usize = 80;

/// A key whose last four bytes are the hash of those before them, behind a signature of four letters.
pub(super) fn verify_key(key: &str) -> Outcome {
    let Some((bytes, seeds)) = taken_apart(key) else { return Outcome::Foreign };
    let (body, sum) = bytes.split_at(bytes.len() - 4);
    match seeds.iter().any(|seed| marvin32(body, seed).to_le_bytes() == sum) {
        true => Outcome::Valid,
        // Redis writes some letters of finished keys anew (`+` as `P`, `/` as `F`), so that a sum that differs says nothing.
        false if key.contains("AzCa") => Outcome::Unknown,
        false => Outcome::Invalid,
    }
}

/// The key with the checksum of its first kind.
pub(super) fn mend_key(key: &str) -> Option<String> {
    let (mut bytes, seeds) = taken_apart(key)?;
    let at = bytes.len() - 4;
    let sum = marvin32(&bytes[..at], seeds.first()?).to_le_bytes();
    bytes[at..].copy_from_slice(&sum);
    let padding = &key[key.trim_end_matches('=').len()..];
    let body = if key.contains("AzFu") { URL_SAFE_NO_PAD.encode(bytes) } else { STANDARD_NO_PAD.encode(bytes) };
    Some(body + padding)
}

/// Its bytes, and the seeds of its signature.
fn taken_apart(key: &str) -> Option<(Vec<u8>, &'static [&'static [u8; 8]])> {
    let body = key.trim_end_matches('=');
    let signature = body.get(body.len().checked_sub(10)?..body.len() - 6)?;
    let (_, seeds) = SEEDS.iter().find(|(known, _)| *known == signature)?;
    let bytes = lenient(body)?;
    (bytes.len() >= 24).then_some((bytes, *seeds))
}

/// Base64 of either alphabet. What the last letter holds beyond the last byte is no part of it.
fn lenient(body: &str) -> Option<Vec<u8>> {
    let mut standard = body.replace('-', "+").replace('_', "/");
    let spare = match standard.len() % 4 {
        2 => 0x0f,
        3 => 0x03,
        _ => 0,
    };
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let value = DIGITS.iter().position(|digit| Some(*digit) == standard.bytes().last())?;
    standard.pop();
    standard.push(char::from(DIGITS[value & !spare]));
    STANDARD_NO_PAD.decode(standard).ok()
}

/// A client secret of Entra. Those of the older mark (`7Q~`) have no checksum.
pub(super) fn verify_secret(secret: &str) -> Outcome {
    // That a sum differs is not held against it: only its maker documents that every secret carries one.
    match mend_secret(secret) {
        Some(mended) if secret.get(3..6) == Some("8Q~") && mended == secret => Outcome::Valid,
        _ => Outcome::Unknown,
    }
}

/// The secret with the three digits that its last three letters should be.
pub(super) fn mend_secret(secret: &str) -> Option<String> {
    let body = secret.get(..secret.len().checked_sub(3)?)?;
    let mut sum = marvin32(body.as_bytes(), b"AadPwd00");
    let mut tail = Vec::new();
    while sum > 0 {
        tail.push(char::from(SECRET_DIGITS[sum as usize % SECRET_DIGITS.len()]));
        sum /= 66;
    }
    (tail.len() >= 3).then(|| body.chars().chain(tail.into_iter().rev().take(3)).collect())
}

/// A common annotated security key, of 84 letters or 88 with its padding.
pub(super) fn verify_annotated(key: &str) -> Outcome {
    let Some(sums) = annotated_sums(key) else { return Outcome::Foreign };
    // The last letter of the long form is cut where its byte ends.
    let tail = key[ANNOTATED..].trim_end_matches('=');
    let tail = &tail[..tail.len().min(5)];
    if sums.iter().any(|sum| sum.starts_with(tail)) { Outcome::Valid } else { Outcome::Invalid }
}

/// The key with its checksum.
pub(super) fn mend_annotated(key: &str) -> Option<String> {
    let [sum, _] = annotated_sums(key)?;
    let tail = match key.len() - ANNOTATED {
        4 => sum[..4].to_owned(),
        _ => format!("{}A==", &sum[..5]),
    };
    Some(format!("{}{tail}", &key[..ANNOTATED]))
}

/// The checksum as it is written today, in base 62, and as the first keys had it, in base 64.
fn annotated_sums(key: &str) -> Option<[String; 2]> {
    let bytes = STANDARD.decode(key.get(..ANNOTATED)?).ok()?;
    let sum = marvin32(&bytes, b"Default0");
    let zeros = sum.to_le_bytes().iter().take(3).take_while(|byte| **byte == 0).count();
    let width = (1..=6).find(|width| 62u64.pow(*width) > u64::from(sum.swap_bytes())).unwrap_or(6) as usize;
    let written = digits(sum.swap_bytes(), BASE62, width);
    let base62 = format!("{:0<6}", format!("{}{written}", "0".repeat(zeros)));
    Some([base62, STANDARD.encode(sum.to_le_bytes())])
}

/// A personal access token of Azure DevOps in the old form: 32 bytes in base32, four of them a CRC-32 of the others.
pub(super) fn verify_devops(token: &str) -> Outcome {
    match mend_devops(token).is_some_and(|mended| mended.iter().any(|mended| mended == token)) {
        true => Outcome::Valid,
        // 52 small letters and digits are many things; without its checksum it is none.
        false => Outcome::Foreign,
    }
}

/// The token as a user's and as an application's.
pub(super) fn mend_devops(token: &str) -> Option<[String; 2]> {
    const SUM_AT: [usize; 4] = [22, 8, 7, 2];
    let bytes = base32_bytes(token)?;
    let rest: Vec<u8> = bytes.iter().enumerate().filter(|(at, _)| !SUM_AT.contains(at)).map(|(_, byte)| *byte).collect();
    let crc = crc32fast::hash(&rest);
    Some([0xE0B9_692D_u32, 0x1019_F92E].map(|mask| {
        let mut bytes = bytes;
        for (at, byte) in SUM_AT.into_iter().zip((crc ^ mask).to_le_bytes()) {
            bytes[at] = byte;
        }
        base32_text(&bytes)
    }))
}

/// 52 letters hold 260 bits, four more than the 32 bytes.
fn base32_bytes(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0u8; 32];
    let (mut held, mut bits, mut at) = (0u32, 0, 0);
    for letter in text.bytes() {
        let value = BASE32.iter().position(|c| *c == letter)?;
        held = (held << 5 | (value & 31) as u32) & 0xffff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            *bytes.get_mut(at)? = (held >> bits & 0xff) as u8;
            at += 1;
        }
    }
    (at == 32).then_some(bytes)
}

fn base32_text(bytes: &[u8; 32]) -> String {
    let bit = |at: usize| bytes.get(at / 8).map_or(0, |byte| usize::from(byte >> (7 - at % 8) & 1));
    (0..52).map(|letter| char::from(BASE32[(0..5).fold(0, |value, at| value << 1 | bit(letter * 5 + at))])).collect()
}

/// Marvin32, folded to 32 bits: <https://github.com/dotnet/runtime/blob/main/src/libraries/System.Private.CoreLib/src/System/Marvin.cs>.
fn marvin32(data: &[u8], seed: &[u8; 8]) -> u32 {
    let seed = u64::from_be_bytes(*seed);
    let (mut low, mut high) = ((seed & 0xffff_ffff) as u32, (seed >> 32) as u32);
    let mix = |low: &mut u32, high: &mut u32| {
        for (turn_low, turn_high) in [(20, 9), (27, 19)] {
            *high ^= *low;
            *low = low.rotate_left(turn_low).wrapping_add(*high);
            *high = high.rotate_left(turn_high);
        }
    };
    let words = data.chunks_exact(4);
    let mut last = [0u8; 4];
    let rest = words.remainder();
    last[..rest.len()].copy_from_slice(rest);
    last[rest.len()] = 0x80;
    for word in words.map(|word| [word[0], word[1], word[2], word[3]]).chain([last]) {
        low = low.wrapping_add(u32::from_le_bytes(word));
        mix(&mut low, &mut high);
    }
    mix(&mut low, &mut high);
    low ^ high
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Published with the library that makes such keys; all of one letter, so that nobody takes them for keys.
    #[test]
    fn published_keys_verify() {
        let key = |length: usize, tail: &str| format!("{}{tail}", "a".repeat(length));
        for (length, tail) in
            [(33, "+ARmD7h+qo="), (33, "+AEhG2s/8w="), (33, "+ASbHpHeAI="), (33, "AIoTOumzco="), (33, "+ASbHpHeAI"), (76, "+ASt5mnCaw==")]
        {
            assert_eq!(verify_key(&key(length, tail)), Outcome::Valid, "{tail}");
        }
        for (length, tail) in [(76, "ACDbOpqrYA=="), (76, "+ABa13FZVQ=="), (76, "/AM71lnmRw=="), (76, "APIMHbKhsQ==")] {
            assert_eq!(verify_key(&key(length, tail)), Outcome::Valid, "{tail}");
        }
        assert_eq!(verify_key(&key(76, "+ASt5mnCbw==")), Outcome::Invalid);
        assert_eq!(verify_annotated(&key(52, "JQQJ99ALN5Z0000LZENeS003NUGT3OrW")), Outcome::Valid);
        assert_eq!(verify_annotated(&key(52, "JQQJ99ALN5Z0000LZENeS003NUGT3OrX")), Outcome::Invalid);
    }

    #[test]
    fn mended_ones_verify() {
        let secret = format!("{}8Q~{}", "abc", "d".repeat(34));
        assert_eq!(verify_secret(&secret), Outcome::Unknown);
        assert_eq!(verify_secret(&mend_secret(&secret).unwrap()), Outcome::Valid);
        let token = "ab3d".repeat(13);
        assert_eq!(verify_devops(&token), Outcome::Foreign);
        for mended in mend_devops(&token).unwrap() {
            assert_eq!(verify_devops(&mended), Outcome::Valid);
        }
        assert_eq!(mend_devops("short"), None);
        assert_eq!(base32_text(&base32_bytes(&token).unwrap())[..51], token[..51]);
    }

    #[test]
    fn the_hash_is_marvin32() {
        // A vector of .NET's own tests, folded; the seed is 0x004FB61A001BDBCC.
        let seed = 0x004F_B61A_001B_DBCC_u64.to_be_bytes();
        assert_eq!(marvin32(&[0xaf], &seed), 0x48E7_3FC7 ^ 0x7D75_DDC1);
        assert_eq!(marvin32(&[0x15, 0x3f, 0xb7, 0x98, 0x26], &seed), 0xE6C0_8C6D ^ 0xA2AF_A997);
    }
}
