//! Secrets that people write down behind what they are: `flickr KEY x`, `the API token is x`, `Authentication key:x`.
//!
//! No sign says where a name ends and its value begins, so the value must be one that no text has by itself: long, and of
//! letters and digits in no order that words have.

use std::ops::Range;

use super::names::{self, Telling};
use super::randomness::{is_random, is_wordlike};

/// Shorter values could be anything.
const MIN_VALUE: usize = 16;
/// Passwords are shorter, and said to be some: `the password is x`.
const MIN_PASSWORD: usize = 8;
/// Behind a word that says little, and inside of a word.
const MIN_UNSURE: usize = 20;
/// Longer words are data.
const MAX_VALUE: usize = 512;
/// Longer words are not looked into for a name at their beginning.
const MAX_GLUED: usize = 160;
/// Behind such a word a value has so many digits: names of programs have a few.
const MIN_DIGITS: usize = 4;
/// The first piece of a value with signs in it.
const MIN_PIECE: usize = 6;
/// So many words may say what the next one is.
const MAX_NAME: usize = 3;
/// So many words are looked at for them: signs and verbs stand between.
const MAX_BEFORE: usize = 8;
/// Lengths of digests in hexadecimal digits.
const DIGESTS: [usize; 3] = [40, 64, 128];

/// How a value hangs on its name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Join {
    /// A blank.
    Blank,
    /// A sign or a verb: `key: x`, `key=x`, `key is x`.
    Sign,
    /// It is one word with its name: `mailer-api-key-x`.
    Dash,
}

/// A value behind words.
pub(super) struct Phrase<'t> {
    /// The words, as far as they may belong to a name.
    pub(super) name: &'t str,
    /// Where the value stands.
    pub(super) value: Range<usize>,
    /// Whether the words tell of a secret. Else only the word for a product may, where its tokens have a shape.
    pub(super) told: bool,
}

/// Each value of a text that may stand behind its name.
pub(super) fn find(text: &str) -> Vec<Phrase<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        // Most lines have no word that is long enough.
        let words = if has_long_word(line) { line } else { "" };
        for word in words.split(char::is_whitespace).filter(|word| is_long(word.as_bytes())) {
            let start = word.as_ptr() as usize - text.as_ptr() as usize;
            found.extend(value(text, at, word, start, &Words::before(text, at, start)));
        }
        at += line.len();
    }
    found
}

/// Whether a word may be a value.
fn is_long(word: &[u8]) -> bool {
    word.len() >= MIN_PASSWORD && word.iter().any(u8::is_ascii_digit)
}

/// Whether one of its words may be a value: a look that takes other blanks than those of ASCII for letters.
fn has_long_word(line: &str) -> bool {
    line.len() >= MIN_PASSWORD && line.as_bytes().split(u8::is_ascii_whitespace).any(is_long)
}

/// The words before a value.
#[derive(Default)]
struct Words {
    /// Where those begin that may be of a name, the last one last.
    starts: [usize; MAX_NAME],
    count: usize,
    /// Where the last of them ends.
    end: usize,
    /// What stands between the name and its value.
    sign: bool,
}

impl Words {
    /// The words of the line that opens at `line`, up to `end`.
    fn before(text: &str, line: usize, end: usize) -> Self {
        let before = text.get(line..end).unwrap_or("").rsplit(char::is_whitespace);
        let last: Vec<&str> = before.filter(|word| !word.is_empty()).take(MAX_BEFORE).collect();
        let mut words = Self::default();
        last.into_iter().rev().for_each(|word| words.push(word, word.as_ptr() as usize - text.as_ptr() as usize));
        words
    }

    fn push(&mut self, word: &str, start: usize) {
        if self.count > 0 && matches!(word, "=" | ":" | "->" | "=>" | ":=" | "is" | "was") {
            self.sign = true;
            return;
        }
        let bare = word.trim_end_matches([':', '=']).trim_matches(['"', '\'', '`', '*', '$']);
        let is_name = bare.starts_with(|c: char| c.is_ascii_alphabetic())
            && bare.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
        if self.sign || !is_name {
            self.count = 0;
        }
        self.sign = word.ends_with([':', '=']);
        if !is_name {
            return;
        }
        self.starts.rotate_left(1);
        self.starts[MAX_NAME - 1] = start + word.find(bare).unwrap_or(0);
        self.end = self.starts[MAX_NAME - 1] + bare.len();
        self.count = (self.count + 1).min(MAX_NAME);
    }

    fn first(&self) -> Option<usize> {
        self.starts.get(MAX_NAME - self.count).copied()
    }
}

/// What a word is the value of, if it is one, or ends with one.
fn value<'t>(text: &'t str, line: usize, word: &'t str, start: usize, words: &Words) -> Option<Phrase<'t>> {
    const AROUND: [char; 10] = ['"', '\'', '`', '(', ')', '[', ']', '<', '>', '*'];
    let inner = word.trim_end_matches([',', ';', '.', '!', '?', ')', '"', '\'', '`', '>', '*', ']']);
    let from = start + inner.len() - inner.trim_start_matches(AROUND).len();
    let core = &text[from..start + inner.len()];
    let (name, value, join) = match core.find(['=', ':']).filter(|at| *at + MIN_VALUE < core.len()) {
        Some(sign) => {
            let head = core[..sign].rfind(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')));
            let first =
                head.map_or_else(|| words.first().filter(|_| !words.sign).unwrap_or(from), |at| text.ceil_char_boundary(from + at + 1));
            let behind = core[sign + 1..].trim_start_matches(['"', '\'', '`', '\\']);
            (first..from + sign, from + core.len() - behind.len()..from + core.len(), Join::Sign)
        }
        None => match glued(core) {
            Some((name, value)) => (from..from + name, from + value..from + core.len(), Join::Dash),
            None => (words.first()?..words.end, from..from + core.len(), if words.sign { Join::Sign } else { Join::Blank }),
        },
    };
    debug_assert!(name.start >= line && name.end <= value.start);
    let (name, string) = (text.get(name)?, text.get(value.clone())?);
    if names::telling(name) == Some(Telling::Password) {
        // A pass has other meanings: `Forward Pass: x1`.
        let named = names::split(name).last().is_some_and(|word| word.starts_with("pass") && word.len() > "pass".len());
        // `PASSWORD = ObjectIdentifier("1.2.840")` calls something.
        let plain = !string.contains(['(', '[', '{', '<', '"', '\'', '=']) && !string.starts_with(':');
        let told = join == Join::Sign && string.len() >= MIN_PASSWORD && named && plain;
        return told.then_some(Phrase { name, value, told });
    }
    (string.len() >= MIN_VALUE && is_opaque(string)).then(|| Phrase { name, value, told: is_told(name, string, join) })
}

/// `mailer-api-key-x`, `mailerKEY-x`: where the name in a word ends, and where the value begins.
fn glued(word: &str) -> Option<(usize, usize)> {
    if word.len() > MAX_GLUED || !word.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')) {
        return None;
    }
    let ends = word.match_indices(['-', '.']).map(|(at, _)| at);
    let telling = |at: &usize| word.len() - at > MIN_UNSURE && names::telling(&word[..*at]).is_some();
    // What follows a name is the value, not another word: `token-id-x`.
    let first = |at: &usize| word[at + 1..].split(['-', '.', '_']).next().is_some_and(|piece| piece.len() >= MIN_PIECE);
    ends.rev().find(telling).filter(first).map(|at| (at, at + 1))
}

/// Whether the words tell of a token, of which the value may be one.
fn is_told(name: &str, value: &str, join: Join) -> bool {
    let Some(telling) = names::telling(name) else { return false };
    let least = if telling == Telling::Token && join != Join::Dash { MIN_VALUE } else { MIN_UNSURE };
    let is_hex = value.bytes().all(|byte| byte.is_ascii_hexdigit());
    // Cache keys and names of files end with digests.
    let is_digest = is_hex && DIGESTS.contains(&value.len()) && (join == Join::Dash || (join == Join::Blank && telling != Telling::Token));
    // The id of a key of OpenPGP.
    let is_id = is_hex && matches!(value.len(), 16 | 40) && value.bytes().all(|byte| !byte.is_ascii_lowercase());
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let said = match telling {
        Telling::Password => false,
        Telling::Token => true,
        // `RegOpenKeyEx = win32api.RegOpenKeyEx`
        Telling::Random => is_qualified(name) && digits >= MIN_DIGITS,
    };
    said && value.len() >= least && !is_digest && !is_id
}

/// Whether a name that says little is told by the word before it: `flickr key`, and neither `the key` nor `with key`.
fn is_qualified(name: &str) -> bool {
    const VAGUE: &str = "a an the this that these my your our its his their of for with without and or to in on by from as at is same new \
        old each every any no not all some following given current next last first if when";
    let words = names::split(name);
    let before = words.len().checked_sub(2).and_then(|at| words.get(at));
    before.is_some_and(|word| !VAGUE.split(' ').any(|vague| vague == word))
}

/// Letters and digits that no text has by itself: nothing in it can be read, some of it is long, and it is no path.
fn is_opaque(value: &str) -> bool {
    let shape = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.+/=~".contains(&byte);
    if value.len() > MAX_VALUE || !value.bytes().all(shape) || value.starts_with(['/', '.', '-']) {
        return false;
    }
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let letters = value.bytes().filter(u8::is_ascii_alphabetic).count();
    let mut pieces = value.split(|c: char| !c.is_ascii_alphanumeric()).filter(|piece| !piece.is_empty());
    let is_word = |piece: &str| piece.len() >= 3 && piece.bytes().all(|byte| byte.is_ascii_alphabetic()) && is_wordlike(piece);
    let long = value.split(|c: char| !c.is_ascii_alphanumeric()).any(|piece| piece.len() >= 8);
    digits >= 2 && letters >= 2 && long && !pieces.any(is_word) && is_random(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_behind_what_they_are() {
        let found = |text: &str| {
            let told = find(text).into_iter().filter(|phrase| phrase.told);
            told.map(|phrase| format!("{}|{}", phrase.name, &text[phrase.value])).collect::<Vec<_>>()
        };
        let hex = "b6907d289e10d714a6e88b30761fae22";
        for (before, name) in [
            ("flickr KEY ", "flickr KEY"),
            ("see: newsletter API token ", "newsletter API token"),
            ("the API key is ", "the API key"),
            ("our Mailer token: ", "our Mailer token"),
            ("ä 日本 mailer token '", "mailer token"),
            ("Authentication key:", "Authentication key"),
            ("env: MAILER_KEY: ", "MAILER_KEY"),
            ("chart_key=", "chart_key"),
            ("mailer secretkey=", "mailer secretkey"),
            ("its password is ", "its password"),
            ("$license_key = '", "license_key"),
            ("mailer-secret-key-", "mailer-secret-key"),
            ("mailerTOKEN-", "mailerTOKEN"),
        ] {
            let text = format!("x\r\n{before}{hex}");
            assert_eq!(found(&text), [format!("{name}|{hex}")], "{text}");
        }
        for text in [
            format!("the key {hex}"),
            format!("key {hex}"),
            format!("commit {hex}"),
            format!("PublicKeyToken={hex}"),
            format!("token-id-{hex}"),
            format!("cache key {hex}"),
            format!("npm-cache-key-{hex}01234567"),
            format!("\n{hex}"),
            format!("API token\n{hex}"),
            "signing key 9DC858229FC7DD38854AE2D88D81803C0EBFCD88".to_owned(),
            "the secret default-token-x7k2p9abcd4f".to_owned(),
            "API token /srv/data/b6907d289e10d714".to_owned(),
            "api key application-production-01".to_owned(),
            "API token".to_owned(),
            "the password Trotz7Kanne".to_owned(),
            "the password is x7".to_owned(),
            "CHALLENGE_PASSWORD = ObjectIdentifier(\"1.2.840.113549.1.9.7\")".to_owned(),
            "hash_password::<sha2::Sha256>(\"Trotz7Kanne\", b)".to_owned(),
            "RegOpenKeyEx = win32api.RegOpenKeyExA".to_owned(),
            "Forward Pass: Trotz7Kanne".to_owned(),
        ] {
            assert!(found(&text).is_empty(), "{text}");
        }
    }
}
