//! What a row of the table says, in words: for `explain` and lists.

use super::checksum::Check;
use super::shape::{Piece, Shape};
use super::table::TokenFormat;

/// The facts of a token format, each with its name.
#[must_use]
pub fn facts(format: &TokenFormat) -> Vec<(&'static str, String)> {
    let mut facts = vec![("severity", format.severity.name().to_owned())];
    for shape in &format.shapes {
        facts.push(("looks like", looks(format, shape)));
    }
    facts.extend(checked(format.check).map(|words| ("checked", words.to_owned())));
    if !format.names.is_empty() {
        let names: Vec<String> = format.names.iter().map(|words| format!("`{}`", words.replace(' ', "_"))).collect();
        facts.push(("known by", format!("the words of its name: {}", names.join(", "))));
    } else if format.whole {
        facts.push(("known where", "it is all of a value; its beginning says too little inside a text".to_owned()));
    }
    facts
}

/// Whether a checksum can make certain of a token.
#[must_use]
pub fn has_checksum(format: &TokenFormat) -> bool {
    use Check::{
        AzureAnnotated, AzureDevops, AzureKey, AzureSecret, Base58Check, Bech32, Crc32Base36, Crc32Base62, Crc32Hex, Crc32HexBody,
        Crc32LittleBase64, Crc32LittleHex,
    };
    match format.check {
        Crc32Base62 | Crc32Base36 | Crc32Hex | Crc32HexBody | Crc32LittleHex | Crc32LittleBase64 | Bech32 | Base58Check => true,
        AzureKey | AzureSecret | AzureAnnotated | AzureDevops => true,
        Check::None | Check::Base58 | Check::Snowflake | Check::Json | Check::Decodes(_) | Check::Numbered | Check::Ses => false,
        Check::Curve25519 | Check::Member | Check::Pem | Check::Pkcs12 | Check::Jwt => false,
    }
}

fn looks(format: &TokenFormat, shape: &Shape) -> String {
    match format.check {
        Check::Pem if shape.prefix().starts_with("-----") => return "a block of PEM, whole or cut off, in one line or many".to_owned(),
        Check::Pem => return format!("a file that begins with `{}`", shape.prefix()),
        _ => {}
    }
    let pieces = shape.pieces.iter().map(|piece| match piece {
        Piece::Literal(text) => format!("`{text}`"),
        Piece::Run { of, min, max } if min == max => format!("{min} of {}", of.words),
        Piece::Run { of, min, max } => format!("{min} to {max} of {}", of.words),
    });
    pieces.collect::<Vec<_>>().join(", ")
}

fn checked(check: Check) -> Option<&'static str> {
    Some(match check {
        Check::None => return None,
        Check::Crc32Base62 => "its last 6 characters are the CRC-32 of the body, in base 62",
        Check::Crc32Base36 => "its last 7 characters are the CRC-32 of everything before them, in base 36",
        Check::Crc32Hex => "its last 8 characters are the CRC-32 of everything before them, in hexadecimal",
        Check::Crc32HexBody => "its last 8 characters are the CRC-32 of the body, in hexadecimal",
        Check::Crc32LittleHex => "its last 8 characters are the CRC-32 of everything before the last `_`, little-endian",
        Check::Crc32LittleBase64 => "its last 6 characters are the CRC-32 of the body, little-endian, in base64",
        Check::Bech32 => "its last 6 characters are the checksum of BIP-173",
        Check::Base58 => "it stands for exactly 54 bytes in base58",
        Check::Base58Check => "it ends in a part of its own double SHA-256, in base58",
        Check::AzureKey => "its last 4 bytes are the Marvin32 hash of those before them, seeded with the kind of key",
        Check::AzureSecret => "its last 3 characters begin the Marvin32 hash of those before them",
        Check::AzureAnnotated => "what follows its first 80 characters is their Marvin32 hash",
        Check::AzureDevops => "four of its 32 bytes are the CRC-32 of the others",
        Check::Snowflake => "its first part is the number of an account, in base64",
        Check::Json => "it holds JSON in base64",
        Check::Decodes(_) => "what it holds in base64 begins with its kind",
        Check::Numbered => "it holds a number, a colon and random bytes, in base64",
        Check::Ses => "it holds a version and 32 bytes, in base64",
        Check::Curve25519 => "it stands for 32 bytes with the bits of a Curve25519 key",
        Check::Member => "what stands beside it in a JSON object says what it is",
        Check::Pem => "the bytes in it begin as a private key does",
        Check::Pkcs12 => "the bytes in it begin as such a file does",
        Check::Jwt => "its header names an algorithm; its claims say whether it has ended and who signed it",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets::{format, formats, sample};

    #[test]
    fn facts_are_words() {
        let said = |id: &str| facts(format(id).unwrap()).into_iter().map(|(name, fact)| format!("{name}: {fact}")).collect::<Vec<_>>();
        assert_eq!(
            said("github/personal-access-token"),
            [
                "severity: critical",
                "looks like: `ghp_`, 36 of letters and digits",
                "checked: its last 6 characters are the CRC-32 of the body, in base 62"
            ]
        );
        assert!(said("heroku/legacy-api-key").contains(&"known by: the words of its name: `heroku`".to_owned()));
        assert!(said("mailgun/private-key").last().unwrap().starts_with("known where: it is all of a value"));
    }

    /// What has a checksum verifies as a made-up token; nothing else does.
    #[test]
    fn checksums_are_known_for_what_they_are() {
        for format in formats().iter().filter(|format| format.check != Check::Member) {
            let valid = (0..9).any(|seed: u8| {
                let token = sample(&format.id, &seed.to_string()).unwrap();
                format.check.verify(&token, format.preview()) == crate::secrets::checksum::Outcome::Valid
            });
            // Of a Jira token only what is inside it is known; of Entra's older mark nothing.
            assert_eq!(valid, has_checksum(format), "{}", format.id);
        }
    }
}
