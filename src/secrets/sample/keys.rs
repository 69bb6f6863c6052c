//! Made-up private keys: the structure of each kind around random bytes. None belongs to a public key.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::secrets::random::Random;

const INTEGER: u8 = 0x02;
const OCTETS: u8 = 0x04;
const SEQUENCE: u8 = 0x30;
/// 1.2.840.113549.1.1.1: RSA.
const RSA: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
/// 1.2.840.113549.1.5.13: PBES2.
const PBES2: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0d];
/// 1.2.840.113549.1.7.1: the contents of a PKCS#12 file.
const DATA: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01];

/// A key of the kind that the last part of a token format's id names. On one line, so that it can stand in the block of any
/// syntax without knowing its indentation.
pub(super) fn armoured(random: &mut Random, kind: &str) -> String {
    let (label, bytes) = match kind {
        "pkcs8" => ("PRIVATE KEY", der(SEQUENCE, &[integer(&[0]), algorithm(RSA), der(OCTETS, &[rsa(random)])])),
        "ec" => ("EC PRIVATE KEY", der(SEQUENCE, &[integer(&[1]), der(OCTETS, &[bytes(random, 66)])])),
        "dsa" => ("DSA PRIVATE KEY", integers(random, 5, 20)),
        "openssh" => ("OPENSSH PRIVATE KEY", openssh(random, "none")),
        "encrypted-openssh" => ("OPENSSH PRIVATE KEY", openssh(random, "aes256-ctr")),
        "encrypted" => ("ENCRYPTED PRIVATE KEY", der(SEQUENCE, &[algorithm(PBES2), der(OCTETS, &[bytes(random, 72)])])),
        "pgp" => ("PGP PRIVATE KEY BLOCK", [vec![0x95, 0x00, 0x60], bytes(random, 96)].concat()),
        "putty" => return putty(random),
        _ => ("RSA PRIVATE KEY", rsa(random)),
    };
    format!("-----BEGIN {label}----- {} -----END {label}-----", STANDARD.encode(bytes))
}

/// The beginning of a PKCS#12 file, in base64.
pub(super) fn pkcs12(random: &mut Random) -> String {
    let content = der(SEQUENCE, &[DATA.to_vec(), der(0xa0, &[der(OCTETS, &[bytes(random, 900)])])]);
    STANDARD.encode(der(SEQUENCE, &[integer(&[3]), content])).trim_end_matches('=').to_owned()
}

fn putty(random: &mut Random) -> String {
    let lines: Vec<String> = (0..4).map(|_| STANDARD.encode(bytes(random, 48))).collect();
    let mac: String = bytes(random, 20).iter().map(|byte| format!("{byte:02x}")).collect();
    format!(
        "PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\nComment: key\nPublic-Lines: 2\n{}\n{}\nPrivate-Lines: 2\n{}\n{}\nPrivate-MAC: {mac}",
        lines[0], lines[1], lines[2], lines[3]
    )
}

fn rsa(random: &mut Random) -> Vec<u8> {
    integers(random, 8, 24)
}

/// Version 0 and so many numbers.
fn integers(random: &mut Random, count: usize, length: usize) -> Vec<u8> {
    let numbers = (0..count).map(|_| integer(&bytes(random, length)));
    der(SEQUENCE, &std::iter::once(integer(&[0])).chain(numbers).collect::<Vec<_>>())
}

fn algorithm(name: &[u8]) -> Vec<u8> {
    der(SEQUENCE, &[name.to_vec(), vec![0x05, 0x00]])
}

fn integer(bytes: &[u8]) -> Vec<u8> {
    der(INTEGER, &[bytes.to_vec()])
}

fn der(tag: u8, parts: &[Vec<u8>]) -> Vec<u8> {
    let content = parts.concat();
    let [high, low] = u16::try_from(content.len()).unwrap_or(0).to_be_bytes();
    let mut out = vec![tag];
    match content.len() {
        0..128 => out.push(low),
        128..256 => out.extend([0x81, low]),
        _ => out.extend([0x82, high, low]),
    }
    [out, content].concat()
}

/// <https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key>
fn openssh(random: &mut Random, cipher: &str) -> Vec<u8> {
    let string = |text: &[u8]| [&u32::try_from(text.len()).unwrap_or(0).to_be_bytes()[..], text].concat();
    let key = bytes(random, 96);
    [b"openssh-key-v1\0".to_vec(), string(cipher.as_bytes()), string(b"none"), string(b""), vec![0, 0, 0, 1], string(&key)].concat()
}

/// Random bytes; the first is small, so that a number of them is positive.
fn bytes(random: &mut Random, length: usize) -> Vec<u8> {
    (0..length).map(|at| u8::try_from(random.below(if at == 0 { 127 } else { 256 }).max(1)).unwrap_or(1)).collect()
}
