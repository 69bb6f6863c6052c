//! Obvious non-tokens: what people write where a token would stand.

/// Whether the random part of a would-be token is no random text: repeated, counted up, or spelt out.
pub(super) fn is_dull(body: &str) -> bool {
    let bytes = body.as_bytes();
    bytes.len() >= 8 && (has_example(body) || runs_on(bytes) || counts(bytes) || repeats(bytes) || is_poor(bytes))
}

/// Documentation marks its keys: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
fn has_example(body: &str) -> bool {
    const MARKS: &[&str] =
        &["example", "placeholder", "redacted", "changeme", "yourtoken", "yourapikey", "your_", "fake_", "_fake", "dummy"];
    let lower = body.to_ascii_lowercase();
    MARKS.iter().any(|mark| lower.contains(mark))
}

/// One character many times over: `xxxxxxxx`.
fn runs_on(bytes: &[u8]) -> bool {
    let mut longest = 1;
    let mut run = 1;
    for pair in bytes.windows(2) {
        run = if pair[0] == pair[1] { run + 1 } else { 1 };
        longest = longest.max(run);
    }
    longest >= 6 || longest * 2 >= bytes.len()
}

/// `0123456789abcdef`, `abcdefgh`, `qwertyuiop`: most neighbours follow each other.
fn counts(bytes: &[u8]) -> bool {
    let follows = |pair: &[u8]| {
        let (a, b) = (pair[0].to_ascii_lowercase(), pair[1].to_ascii_lowercase());
        (a.abs_diff(b) == 1 && a.is_ascii_alphanumeric() && b.is_ascii_alphanumeric()) || (a == b'9' && (b == b'0' || b == b'a'))
    };
    let mut longest = 0;
    let mut run = 0;
    let mut all = 0;
    for pair in bytes.windows(2) {
        run = if follows(pair) { run + 1 } else { 0 };
        all += usize::from(follows(pair));
        longest = longest.max(run);
    }
    longest >= 7 || all * 2 >= bytes.len()
}

/// A block again and again: `deadbeefdeadbeef`.
fn repeats(bytes: &[u8]) -> bool {
    (1..=bytes.len() / 2).any(|period| bytes.iter().zip(&bytes[period..]).all(|(a, b)| a == b))
}

/// Few different characters for so long a text.
fn is_poor(bytes: &[u8]) -> bool {
    let mut seen = [0u32; 256];
    bytes.iter().for_each(|byte| seen[usize::from(*byte)] += 1);
    let distinct = seen.iter().filter(|count| **count > 0).count();
    distinct < if bytes.len() >= 16 { 6 } else { 4 } || (bytes.len() >= 16 && entropy(body_counts(&seen), bytes.len()) < 2.3)
}

fn body_counts(seen: &[u32; 256]) -> impl Iterator<Item = u32> {
    seen.iter().copied().filter(|count| *count > 0)
}

/// Bits per character.
fn entropy(counts: impl Iterator<Item = u32>, length: usize) -> f64 {
    let length = f64::from(u32::try_from(length).unwrap_or(u32::MAX));
    counts.map(|count| f64::from(count) / length).map(|share| -share * share.log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_instead_is_dull() {
        for body in [
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "0123456789abcdef0123456789abcdef",
            "1234567890abcdefghijklmnopqrstuvwxyz",
            "deadbeefdeadbeefdeadbeefdeadbeef",
            "IOSFODNN7EXAMPLE",
            "aaaaaaaabbbbbbbbccccccccdddddddd",
            "000000000000000000000000000000000000",
            "abcabcabcabcabcabcabcabc",
        ] {
            assert!(is_dull(body), "{body}");
        }
        for body in ["q3Zk9LxW1vTb7Nf0RpY5mHc2GdJs8KaE", "9f86d081884c7d659a2feaa0c55ad015", "IOSFODNN7QWERTZU"] {
            assert!(!is_dull(body), "{body}");
        }
    }
}
