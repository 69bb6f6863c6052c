//! Made-up secrets for the examples of pages and for tests: right in length, alphabet and checksum, opening nothing.

mod keys;

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::checksum::{Check, Outcome};
use super::dull::is_dull;
use super::random::Random;
use super::shape::{Alphabet, Piece, Runs, Shape};
use super::table::{TokenFormat, format};

const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const ALNUM: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Writes out a placeholder of a page: `alnum:36`, `base64:text`, `base64url:text`, `password`, `pem`, `jwt`, or the id of a
/// token format. The same text for the same kind and seed.
#[must_use]
pub fn sample(kind: &str, seed: &str) -> Option<String> {
    let mut random = Random::seeded(&[kind, seed]);
    match kind {
        "password" => return Some(password(&mut random)),
        "pem" => return Some(keys::armoured(&mut random, "rsa")),
        "jwt" => return Some(jwt(&mut random, "token")),
        _ => {}
    }
    if let Some((name, rest)) = kind.split_once(':') {
        return match name {
            "base64" => Some(STANDARD.encode(rest)),
            "base64url" => Some(URL_SAFE_NO_PAD.encode(rest)),
            _ => {
                let alphabet = Alphabet::named(name)?;
                let length = rest.parse().ok().filter(|length| *length <= 4_096)?;
                Some(lively(&mut random, |random| random.text(alphabet.chars, length)))
            }
        };
    }
    format(kind).map(|format| token(format, &mut random))
}

/// What `explain` and SARIF show for a placeholder: a token's public beginning and `…`.
#[must_use]
pub fn preview(kind: &str) -> String {
    let prefix = match kind {
        "pem" => "-----BEGIN",
        "jwt" => "eyJ",
        _ => format(kind).map_or("", TokenFormat::preview),
    };
    format!("{prefix}…")
}

/// A page's text with its placeholders as people write such values (`ghp_…`): for `explain` and SARIF.
#[must_use]
pub fn previews(text: &str) -> String {
    let mut text = text.to_owned();
    let mut names: HashMap<String, String> = HashMap::new();
    // The innermost, leftmost placeholder first; each round removes one, so it ends.
    while let Some((open, close)) = text.find('⟧').and_then(|close| Some((text[..close].rfind('⟦')?, close))) {
        let inner = &text[open + '⟦'.len_utf8()..close];
        let (name, kind) = inner.split_once('=').filter(|(name, _)| !name.contains([':', '/'])).unwrap_or(("", inner));
        let shown = names.get(inner).cloned().unwrap_or_else(|| preview(kind));
        if !name.is_empty() {
            names.insert(name.to_owned(), shown.clone());
        }
        text.replace_range(open..close + '⟧'.len_utf8(), &shown);
    }
    text
}

/// A token of a format.
fn token(format: &TokenFormat, random: &mut Random) -> String {
    let kind = format.id.rsplit('/').next().unwrap_or("");
    if format.check == Check::Pem {
        return keys::armoured(random, kind);
    }
    let index = random.below(format.shapes.len());
    let Some(shape) = format.shapes.get(index) else { return String::new() };
    let prefix = shape.prefix();
    match format.check {
        Check::Jwt => jwt(random, kind),
        Check::Pkcs12 => keys::pkcs12(random),
        Check::Snowflake => {
            let id = URL_SAFE_NO_PAD.encode(random.text("123456789", 18));
            format!("{id}.{}.{}", random.text(LETTERS, 6), random.text(ALNUM, 38))
        }
        Check::Json => format!("{prefix}{}", json_tail(shape, random)),
        check => mended(check, shape, random),
    }
}

/// A token with its checksum. Not every checksum can be written in a shape's alphabet, and not every string of base58 has the
/// right number of bytes, so a few are tried.
fn mended(check: Check, shape: &Shape, random: &mut Random) -> String {
    let prefix = shape.prefix();
    let fits = |token: &str| {
        matches!(check.verify(token, prefix), Outcome::Valid | Outcome::Unknown) && shape.end(&mut Runs::new(token), 0) == Some(token.len())
    };
    let mut token = String::new();
    for _ in 0..512 {
        token = check.mend(&lively(random, |random| build(shape, random)), prefix).into_owned();
        if fits(&token) {
            break;
        }
    }
    token
}

/// The first of a few attempts that the engine would not take for a placeholder.
fn lively(random: &mut Random, mut make: impl FnMut(&mut Random) -> String) -> String {
    let mut text = make(random);
    for _ in 0..8 {
        if !is_dull(&text) {
            break;
        }
        text = make(random);
    }
    text
}

fn build(shape: &Shape, random: &mut Random) -> String {
    shape.pieces.iter().fold(String::new(), |mut token, piece| {
        match piece {
            Piece::Literal(text) => token.push_str(text),
            Piece::Run { of, min, max } => {
                // A run that may end where its alphabet goes on would be read as longer than it is, so only letters end it.
                let length = min + random.below((max - min).min(12) + 1);
                let body = random.text(of.chars, length.saturating_sub(1));
                let plain: String = of.chars.chars().filter(char::is_ascii_alphanumeric).collect();
                token.push_str(&body);
                token.push_str(&random.text(&plain, length.min(1)));
            }
        }
        token
    })
}

/// JSON in base64 that begins as the shape's prefix says (`eyJ` is `{"` and a letter).
fn json_tail(shape: &Shape, random: &mut Random) -> String {
    let least = shape.pieces.iter().find_map(|piece| if let Piece::Run { min, .. } = piece { Some(*min) } else { None }).unwrap_or(0);
    let (id, key) = (random.text(ALNUM, 24), random.text(ALNUM, 33 + least * 3 / 4));
    let json = format!("{{\"id\":\"{id}\",\"key\":\"{key}\",\"org\":{}}}", 1 + random.below(8));
    let payload = STANDARD.encode(json);
    let prefix = shape.prefix();
    // The prefix may hold the payload's first characters already.
    let shared = prefix.find("eyJ").map_or(0, |at| prefix.len() - at);
    let tail: String = match shape.pieces.last() {
        Some(Piece::Run { of, min, max }) if shape.pieces.len() > 2 => format!("_{}", random.text(of.chars, usize::midpoint(*min, *max))),
        _ => String::new(),
    };
    format!("{}{tail}", payload.get(shared..).unwrap_or("").trim_end_matches('='))
}

/// Letters and digits, as a generator makes them.
fn password(random: &mut Random) -> String {
    lively(random, |random| {
        let mut text = random.text(ALNUM, 13);
        text.push_str(&random.text("23456789", 1));
        text.push_str(&random.text(LETTERS, 2));
        text
    })
}

fn jwt(random: &mut Random, kind: &str) -> String {
    let algorithm = if kind == "unsigned-token" { "none" } else { "HS256" };
    let header = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"{algorithm}","typ":"JWT"}}"#));
    let claim = match kind {
        "expired-token" => r#","exp":1500000000"#,
        "service-account-token" => r#","iss":"kubernetes/serviceaccount""#,
        _ => "",
    };
    let payload = URL_SAFE_NO_PAD.encode(format!(r#"{{"sub":"{}"{claim}}}"#, random.text(ALNUM, 12)));
    let signature = if kind == "unsigned-token" { String::new() } else { random.text(ALNUM, 43) };
    format!("{header}.{payload}.{signature}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_stable_and_differ_by_seed() {
        for kind in ["alnum:36", "hex:32", "password", "pem", "jwt", "github/personal-access-token", "secrets/pem/ec"] {
            assert_eq!(sample(kind, "a"), sample(kind, "a"), "{kind}");
            assert_ne!(sample(kind, "a"), sample(kind, "b"), "{kind}");
        }
        assert_eq!(sample("base64:user:x", "a").as_deref(), Some("dXNlcjp4"));
        assert_eq!((sample("nothing", "a"), sample("alnum:x", "a"), sample("nobody/token", "a")), (None, None, None));
    }

    #[test]
    fn previews_show_the_public_beginning() {
        assert_eq!(previews("a: ⟦t=github/personal-access-token⟧ b: ⟦t⟧ c: ⟦base64:x:⟦t⟧⟧ d: ⟦hex:8⟧"), "a: ghp_… b: ghp_… c: … d: …");
        assert_eq!(previews("⟧ ⟦ plain"), "⟧ ⟦ plain");
    }
}
