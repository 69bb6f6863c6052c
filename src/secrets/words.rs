//! Values that consist of words which protect nothing: `changeme`, `rootpassword1`, `P@ssw0rd!`, `my-secret-key`.

use std::collections::HashMap;
use std::sync::OnceLock;

/// The table; its head says how it is read.
const TABLE: &str = include_str!("words.csv");
/// Longer values are not taken apart.
const MAX_VALUE: usize = 96;
/// Letters and digits that take turns more often than this are no words with numbers: `be04a48d3b6e51` is a key.
const MAX_TURNS: usize = 6;
/// More signs for letters than these make a word that nobody tries: `p@$$w0rd` has four.
const MAX_DISGUISED: usize = 4;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Kind {
    Filler,
    Weak,
    Placeholder,
}

/// What a value made of known words only is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Wordy {
    /// Well-known or easily guessed.
    Weak,
    /// Meant to be replaced.
    Placeholder,
}

/// Whether the value consists of known words, words of its own name (`own`), short numbers and punctuation.
pub(super) fn judge(value: &str, own: &[String]) -> Option<Wordy> {
    if value.len() > MAX_VALUE {
        return None;
    }
    let plain = value.to_lowercase();
    made_of_words(&plain, own).or_else(|| {
        // A number at the end is a number.
        let stem = plain.trim_end_matches(|c: char| !c.is_alphabetic());
        let leet: String = stem.chars().map(unleet).collect();
        let disguised = stem.chars().zip(leet.chars()).filter(|(a, b)| a != b).count();
        let number: String = plain[stem.len()..].chars().filter(char::is_ascii_digit).collect();
        (1..=MAX_DISGUISED).contains(&disguised).then(|| made_of_words(&(leet + &number), own)).flatten()
    })
}

/// `whalehello`, `mpass`, `mpass2`: small letters, at least half of which are a known word, and perhaps a number to count by.
pub(super) fn is_padded(value: &str) -> bool {
    let counted = value.trim_end_matches(|c: char| c.is_ascii_digit());
    let value = if value.len() - counted.len() <= 1 { counted } else { value };
    let short = value.len() <= 12 && value.bytes().all(|byte| byte.is_ascii_lowercase());
    let known =
        |(word, kind): (&&str, &Kind)| *kind != Kind::Filler && word.len() >= 4 && word.len() * 2 >= value.len() && value.contains(word);
    short && table().iter().any(known)
}

/// The letter that a sign stands for in `p4$$w0rd`.
fn unleet(char: char) -> char {
    match char {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        _ => char,
    }
}

fn made_of_words(value: &str, own: &[String]) -> Option<Wordy> {
    let mut best: Option<Kind> = None;
    for part in value.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()) {
        let runs = alternate(part);
        if runs.len() > MAX_TURNS {
            return None;
        }
        for run in runs {
            if run.starts_with(|c: char| c.is_ascii_digit()) {
                if !is_simple_number(run) {
                    return None;
                }
            } else {
                best = best.max(Some(split(run, own)?));
            }
        }
    }
    // A number alone is judged elsewhere.
    match best? {
        Kind::Placeholder => Some(Wordy::Placeholder),
        Kind::Weak => Some(Wordy::Weak),
        // `the`, `q`: says nothing about what it is for.
        Kind::Filler => None,
    }
}

/// Runs of digits and of anything else, in turn.
fn alternate(part: &str) -> Vec<&str> {
    let mut runs = Vec::new();
    let mut start = 0;
    let mut digits = None;
    for (at, char) in part.char_indices() {
        let digit = char.is_ascii_digit();
        if digits.is_some_and(|before| before != digit) {
            runs.push(&part[start..at]);
            start = at;
        }
        digits = Some(digit);
    }
    runs.push(&part[start..]);
    runs
}

/// A year, a count, `123456`, `0000`.
pub(super) fn is_simple_number(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    let steps = |step: i16| bytes.windows(2).all(|pair| i16::from(pair[1]) - i16::from(pair[0]) == step);
    bytes.len() <= 4
        || steps(1)
        || steps(-1)
        || steps(0)
        || "12345678901234567890".contains(digits)
        || "98765432109876543210".contains(digits)
}

/// Takes a run of letters apart into known words; what the most telling of them is.
fn split(run: &str, own: &[String]) -> Option<Kind> {
    let ends: Vec<usize> = run.char_indices().map(|(at, _)| at).skip(1).chain([run.len()]).collect();
    // What each end can be reached with; the first one is the beginning.
    let mut reached: Vec<(usize, Option<Kind>)> = vec![(0, Some(Kind::Filler))];
    for end in ends {
        let best = reached.iter().filter_map(|(start, before)| {
            // Most places cannot be reached at all.
            let before = (*before)?;
            let word = &run[*start..end];
            // One letter alone is a word of a value, never of a compound.
            let whole = *start == 0 && end == run.len();
            if !whole && word.chars().nth(1).is_none() {
                return None;
            }
            Some(kind(word, own, whole)?.max(before))
        });
        let best = best.max();
        reached.push((end, best));
    }
    reached.last().and_then(|(_, kind)| *kind)
}

fn kind(word: &str, own: &[String], whole: bool) -> Option<Kind> {
    if let Some(kind) = table().get(word) {
        return Some(*kind);
    }
    if own.iter().any(|name| name == word) {
        return Some(Kind::Weak);
    }
    let mut chars = word.chars();
    let first = chars.next()?;
    // `x`, `xxxxx`, `aaaa`
    (chars.all(|char| char == first) && (whole || word.len() >= 3)).then_some(match (first, word.len()) {
        ('x', 2..) => Kind::Placeholder,
        (_, 3..) => Kind::Weak,
        _ => Kind::Filler,
    })
}

fn table() -> &'static HashMap<&'static str, Kind> {
    static WORDS: OnceLock<HashMap<&'static str, Kind>> = OnceLock::new();
    WORDS.get_or_init(|| {
        let rows = TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(','));
        rows.filter_map(|(word, kind)| Some((word, kind_named(kind)?))).collect()
    })
}

fn kind_named(kind: &str) -> Option<Kind> {
    Some(match kind {
        "weak" => Kind::Weak,
        "placeholder" => Kind::Placeholder,
        "filler" => Kind::Filler,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_protect_nothing_are_known() {
        let own = ["shop".to_owned(), "db".to_owned(), "password".to_owned()];
        for (value, expected) in [
            ("admin", Some(Wordy::Weak)),
            ("rootpassword1", Some(Wordy::Weak)),
            ("Passw0rd!", Some(Wordy::Weak)),
            ("p@ssw0rd", Some(Wordy::Weak)),
            ("test1234", Some(Wordy::Weak)),
            ("password123456", Some(Wordy::Weak)),
            ("shopdb", Some(Wordy::Weak)),
            ("my-secret-key", Some(Wordy::Weak)),
            ("changeme", Some(Wordy::Placeholder)),
            ("your_api_key_here", Some(Wordy::Placeholder)),
            ("xxxxxxxxxxxx", Some(Wordy::Placeholder)),
            ("ChangeMe123!", Some(Wordy::Placeholder)),
            ("gwhde", None),
            ("root7316", None.or(Some(Wordy::Weak))),
            ("root73165", None),
            ("k3vwqTz9", None),
            ("correcthorse", None),
            ("9d2c1f7be04a48d3b6e51c7a9f30d8e2", None),
        ] {
            assert_eq!(judge(value, &own), expected, "{value}");
        }
    }

    #[test]
    fn numbers_are_simple_where_anybody_would_try_them() {
        assert!(["1", "2024", "123456", "654321", "000000", "1234567890"].into_iter().all(is_simple_number));
        assert!(!["70048", "715970", "12346"].into_iter().any(is_simple_number));
    }

    #[test]
    fn a_long_value_costs_no_more_than_its_square() {
        assert_eq!(judge(&"ab".repeat(10_000), &[]), None);
        assert_eq!(judge(&"key".repeat(32), &[]), Some(Wordy::Weak));
    }
}
