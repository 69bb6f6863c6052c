//! Whether a text looks random, and how much it tells.

/// Shorter texts are not called random: people choose ten characters like these.
const MIN_RANDOM: usize = 12;

/// Whether the value looks made by a machine.
pub(super) fn is_random(value: &str) -> bool {
    if value.len() < MIN_RANDOM || value.contains(char::is_whitespace) || super::dull::is_dull(value) {
        return false;
    }
    value.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '='))).any(is_random_run)
        || (value.bytes().filter(|byte| !byte.is_ascii_alphanumeric()).count() * 6 >= value.len() && is_mixed(value))
}

/// A run without separators that is no word, no compound of words and no word with a number.
fn is_random_run(run: &str) -> bool {
    let bytes = run.as_bytes();
    let digits = bytes.iter().filter(|byte| byte.is_ascii_digit()).count();
    let letters = bytes.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    if bytes.len() < 8 || letters == 0 {
        return false;
    }
    if digits == 0 {
        let mut words = run.split(|c: char| !c.is_ascii_alphabetic());
        return bytes.len() >= 16 && words.any(|word| word.len() >= 8 && !is_wordlike(word));
    }
    // Digits at the ends only: `server01`, `20240101release`.
    let inner = run.trim_matches(|c: char| c.is_ascii_digit());
    if inner.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return inner.len() >= 6 && !is_wordlike(inner);
    }
    let unreadable = || run.split(|c: char| !c.is_ascii_alphabetic()).any(|word| word.len() >= 4 && !is_wordlike(word));
    changes(bytes) * 4 >= bytes.len() || (changes(bytes) * 8 >= bytes.len() && unreadable())
}

/// Three kinds of characters, often changing.
fn is_mixed(value: &str) -> bool {
    let bytes = value.as_bytes();
    let has = |test: fn(&u8) -> bool| usize::from(bytes.iter().any(test));
    let kinds = has(u8::is_ascii_lowercase) + has(u8::is_ascii_uppercase) + has(u8::is_ascii_digit) + has(u8::is_ascii_punctuation);
    let words = value.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| word.len() >= 4).any(is_wordlike);
    kinds >= 3 && !words && changes(bytes) * 2 >= bytes.len()
}

/// How often the kind of character changes.
fn changes(bytes: &[u8]) -> usize {
    let kind = |byte: u8| match byte {
        b'0'..=b'9' => 0,
        b'a'..=b'z' => 1,
        b'A'..=b'Z' => 2,
        _ => 3,
    };
    bytes.windows(2).filter(|pair| kind(pair[0]) != kind(pair[1])).count()
}

/// Whether letters could be read aloud: words in any Latin language, and names made of them.
pub(super) fn is_wordlike(text: &str) -> bool {
    if text.is_empty() {
        return true;
    }
    if !text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return !text.is_ascii();
    }
    let bytes = text.as_bytes();
    // Capitals begin words, or all letters are capitals.
    let humps = bytes.windows(2).filter(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase()).count();
    if humps * 9 > bytes.len() * 2 && bytes.len() >= 6 {
        return false;
    }
    // Short words are often abbreviations: `Vpc`, `Cidr`, `Http`.
    let compound = humps > 0;
    humps_of(text).into_iter().all(|word| (compound && word.len() <= 4) || is_readable(word))
}

/// `CamelCase` as its words.
fn humps_of(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let starts = (1..bytes.len()).filter(|at| bytes[*at].is_ascii_uppercase() && bytes[at - 1].is_ascii_lowercase());
    let bounds: Vec<usize> = std::iter::once(0).chain(starts).chain([bytes.len()]).collect();
    bounds.windows(2).map(|pair| &text[pair[0]..pair[1]]).collect()
}

/// Whether letters of one word could be read aloud.
fn is_readable(text: &str) -> bool {
    let bytes = text.as_bytes();
    let lower = text.to_ascii_lowercase();
    let vowels = lower.bytes().filter(|byte| is_vowel(*byte)).count();
    let worst = lower.split(|c: char| c.is_ascii() && is_vowel(c as u8)).map(str::len).max().unwrap_or(0);
    let rare = lower.as_bytes().windows(2).filter(|pair| RARE.contains(&[pair[0], pair[1]])).count();
    worst <= 4 && rare * 12 <= bytes.len() && (bytes.len() < 5 || vowels * 6 >= bytes.len())
}

fn is_vowel(byte: u8) -> bool {
    matches!(byte, b'a' | b'e' | b'i' | b'o' | b'u' | b'y')
}

/// Pairs of letters that hardly ever stand in a word of a Latin language.
const RARE: &[[u8; 2]] = &[
    *b"bq", *b"bx", *b"bz", *b"cx", *b"cj", *b"cv", *b"cf", *b"cg", *b"dq", *b"dx", *b"dz", *b"fq", *b"fx", *b"fz", *b"fv", *b"fj", *b"fk",
    *b"gq", *b"gx", *b"gz", *b"gv", *b"gj", *b"hq", *b"hx", *b"hz", *b"hj", *b"hv", *b"jb", *b"jc", *b"jd", *b"jf", *b"jg", *b"jh", *b"jk",
    *b"jl", *b"jm", *b"jn", *b"jp", *b"jq", *b"jr", *b"jt", *b"jv", *b"jw", *b"jx", *b"jy", *b"jz", *b"kq", *b"kx", *b"kz", *b"kv", *b"kj",
    *b"lq", *b"lx", *b"mq", *b"mx", *b"mz", *b"mj", *b"pq", *b"pv", *b"px", *b"pz", *b"pj", *b"qa", *b"qb", *b"qc", *b"qd", *b"qe", *b"qf",
    *b"qg", *b"qh", *b"qi", *b"qj", *b"qk", *b"qm", *b"qn", *b"qo", *b"qp", *b"qr", *b"qs", *b"qt", *b"qv", *b"qw", *b"qx", *b"qy", *b"qz",
    *b"rx", *b"rq", *b"sx", *b"sz", *b"tq", *b"tx", *b"vb", *b"vc", *b"vd", *b"vf", *b"vg", *b"vh", *b"vj", *b"vk", *b"vl", *b"vm", *b"vn",
    *b"vp", *b"vq", *b"vt", *b"vw", *b"vx", *b"vz", *b"wq", *b"wv", *b"wx", *b"wz", *b"wj", *b"wf", *b"xb", *b"xd", *b"xf", *b"xg", *b"xj",
    *b"xk", *b"xn", *b"xq", *b"xr", *b"xv", *b"xz", *b"yq", *b"yj", *b"zb", *b"zc", *b"zd", *b"zf", *b"zg", *b"zj", *b"zk", *b"zm", *b"zn",
    *b"zp", *b"zq", *b"zr", *b"zt", *b"zv", *b"zw", *b"zx", *b"fw", *b"gb", *b"xw", *b"wu", *b"uq", *b"dl", *b"bw",
];

/// An estimate of what a value tells, in bits. Words tell little.
pub(super) fn estimate(value: &str) -> f64 {
    let bytes = value.as_bytes();
    let length = f64::from(u32::try_from(value.chars().count()).unwrap_or(u32::MAX));
    if !is_random(value) {
        return length * 2.0;
    }
    let has = |test: fn(&u8) -> bool, size: f64| if bytes.iter().any(test) { size } else { 0.0 };
    let hex = bytes.iter().all(u8::is_ascii_hexdigit);
    let alphabet = if hex {
        16.0
    } else {
        has(u8::is_ascii_digit, 10.0)
            + has(u8::is_ascii_lowercase, 26.0)
            + has(u8::is_ascii_uppercase, 26.0)
            + has(u8::is_ascii_punctuation, 8.0)
    };
    length * alphabet.max(2.0).log2()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets::random::Random;

    #[test]
    fn machine_made_is_told_from_words() {
        for value in [
            "q3Zk9LxW1vTb7Nf0",
            "9f86d081884c7d659a2feaa0c55ad015",
            "wfbwunkuagimssemxndlmopbhshgxbb",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzz",
            "2283qp4r8r20690g43g5804j117tdxca",
            "7c9e6679-7425-40de-944b-e07fc1f90ae7",
            "kQ#9v!Lz2@xW7$",
        ] {
            assert!(is_random(value), "{value}");
        }
        for value in [
            "application-production-database",
            "internationalization",
            "MyVeryLongCamelCaseIdentifier",
            "server-01-eu-west-1",
            "release20240101",
            "kubernetes.io/service-account",
            "docker.io/library/postgres:16",
            "correct horse battery staple",
            "us-east-1",
            "ghcr.io/acme/app",
            "CamelCaseServiceAccount",
            "aws_iam_role_policy",
        ] {
            assert!(!is_random(value), "{value}");
        }
    }

    #[test]
    fn generated_tokens_look_random() {
        let alnum = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        let random = |chars: &str, seed: usize| Random::seeded(&[&seed.to_string()]).text(chars, 32);
        let count = |chars: &str| (0..200).filter(|seed| is_random(&random(chars, *seed))).count();
        assert!(count(alnum) >= 199 && count("0123456789abcdef") >= 195 && count("abcdefghijklmnopqrstuvwxyz234567") >= 195);
    }
}
