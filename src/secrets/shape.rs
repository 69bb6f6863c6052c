//! The language of token shapes: literal pieces and runs of an alphabet, `glsa_ alnum:32 _ hex:8`.
//!
//! It is small enough to be matched without backtracking and to make example tokens from. A run is `alphabet:length` or
//! `alphabet:least-most`; `uuid` is one word; anything else stands for itself.

use std::ops::RangeInclusive;

/// A set of ASCII characters with a name.
#[derive(Debug)]
pub struct Alphabet {
    /// The word used in shapes and placeholders.
    pub name: &'static str,
    /// What it is called in a sentence: `36 of letters and digits`.
    pub words: &'static str,
    /// Its characters, in the order examples draw from.
    pub chars: &'static str,
    mask: u128,
    index: usize,
}

const DIGITS: &str = "0123456789";

/// Number of alphabets.
pub(super) const ALPHABETS: usize = 22;

static TABLE: [Alphabet; ALPHABETS] = [
    alphabet(0, "alnum", "letters and digits", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"),
    alphabet(1, "hex", "hexadecimal digits", "0123456789abcdef"),
    alphabet(2, "upperhex", "capital hexadecimal digits", "0123456789ABCDEF"),
    alphabet(3, "anyhex", "hexadecimal digits of either case", "0123456789abcdefABCDEF"),
    alphabet(4, "digits", "decimal digits", DIGITS),
    alphabet(5, "letters", "letters", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"),
    alphabet(6, "lower", "small letters and digits", "0123456789abcdefghijklmnopqrstuvwxyz"),
    alphabet(7, "upper", "capital letters and digits", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    alphabet(8, "word", "letters, digits and `_`", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"),
    alphabet(9, "slug", "letters, digits, `_` and `-`", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-"),
    alphabet(10, "base32", "small letters of base32", "abcdefghijklmnopqrstuvwxyz234567"),
    alphabet(11, "upper32", "capital letters of base32", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
    alphabet(12, "base58", "base58", "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"),
    alphabet(13, "base64", "base64", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"),
    alphabet(14, "token", "letters, digits and `_-.`", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-."),
    alphabet(15, "tilde", "letters, digits and `_-.~`", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-.~"),
    alphabet(16, "padded", "base64url with its padding", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-="),
    // The data part of a bech32 string, upper case.
    alphabet(17, "bech32", "capital letters of bech32", "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"),
    alphabet(18, "pad64", "base64 with its padding", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="),
    alphabet(19, "lowbech32", "small letters of bech32", "qpzry9x8gf2tvdw0s3jn54khce6mua7l"),
    // Base64 that may be escaped for a URL.
    alphabet(20, "escaped", "base64, escaped or not", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=%-_"),
    // The digits of crypt(3).
    alphabet(21, "crypt", "the digits of crypt(3)", "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"),
];

const fn alphabet(index: usize, name: &'static str, words: &'static str, chars: &'static str) -> Alphabet {
    let bytes = chars.as_bytes();
    let (mut mask, mut at) = (0u128, 0);
    while at < bytes.len() {
        mask |= 1 << bytes[at];
        at += 1;
    }
    Alphabet { name, words, chars, mask, index }
}

impl Alphabet {
    /// The alphabet of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        TABLE.iter().find(|alphabet| alphabet.name == name)
    }

    /// Whether the byte belongs to it.
    #[must_use]
    pub fn has(&self, byte: u8) -> bool {
        byte < 128 && self.mask & (1 << byte) != 0
    }

    /// What one character of it tells.
    #[must_use]
    pub fn bits(&self) -> f64 {
        f64::from(u32::try_from(self.chars.len()).unwrap_or(1)).log2()
    }
}

/// One piece of a shape.
#[derive(Clone, Copy, Debug)]
pub enum Piece {
    /// Stands for itself.
    Literal(&'static str),
    /// So many characters of an alphabet.
    Run {
        /// The alphabet.
        of: &'static Alphabet,
        /// At least.
        min: usize,
        /// At most.
        max: usize,
    },
}

/// A parsed shape.
#[derive(Debug)]
pub struct Shape {
    /// The pieces, in order.
    pub pieces: Vec<Piece>,
    /// Which piece is looked for: the first literal.
    anchor: usize,
    /// How long a match is, in bytes.
    lengths: RangeInclusive<usize>,
}

impl Shape {
    /// Reads a shape. None where it has no piece.
    #[must_use]
    pub fn parse(text: &'static str) -> Option<Self> {
        let mut pieces = Vec::new();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            if word == "uuid" {
                let of = Alphabet::named("anyhex")?;
                for (index, length) in [8, 4, 4, 4, 12].into_iter().enumerate() {
                    if index > 0 {
                        pieces.push(Piece::Literal("-"));
                    }
                    pieces.push(Piece::Run { of, min: length, max: length });
                }
            } else {
                pieces.push(run(word).unwrap_or(Piece::Literal(word)));
            }
        }
        let anchor = pieces.iter().position(|piece| matches!(piece, Piece::Literal(_))).unwrap_or(0);
        let length = |piece: &Piece| match piece {
            Piece::Literal(text) => (text.len(), text.len()),
            Piece::Run { min, max, .. } => (*min, *max),
        };
        let (least, most) = pieces.iter().map(length).fold((0, 0), |sum, (min, max)| (sum.0 + min, sum.1 + max));
        (!pieces.is_empty()).then_some(Self { pieces, anchor, lengths: least..=most })
    }

    /// How long a match may be, in bytes.
    #[must_use]
    pub fn lengths(&self) -> &RangeInclusive<usize> {
        &self.lengths
    }

    /// The public beginning: the first piece, if it stands for itself.
    #[must_use]
    pub fn prefix(&self) -> &'static str {
        match self.pieces.first() {
            Some(Piece::Literal(text)) => text,
            _ => "",
        }
    }

    /// What the raw scan looks for.
    #[must_use]
    pub fn anchor(&self) -> &'static str {
        match self.pieces.get(self.anchor) {
            Some(Piece::Literal(text)) => text,
            _ => "",
        }
    }

    /// How far the longest and the shortest match differ: the narrower shape says more.
    #[must_use]
    pub fn slack(&self) -> usize {
        self.pieces.iter().map(|piece| if let Piece::Run { min, max, .. } = piece { max - min } else { 0 }).sum()
    }

    /// What the shortest match tells, in bits.
    #[must_use]
    pub fn bits(&self) -> f64 {
        let bits = |piece: &Piece| match piece {
            Piece::Run { of, min, .. } => of.bits() * f64::from(u32::try_from(*min).unwrap_or(0)),
            Piece::Literal(_) => 0.0,
        };
        self.pieces.iter().map(bits).sum()
    }

    /// Where the token starts whose anchor stands at `at`.
    pub(super) fn start(&self, text: &str, at: usize) -> Option<usize> {
        let bytes = text.as_bytes();
        let mut start = at;
        for piece in self.pieces[..self.anchor].iter().rev() {
            let Piece::Run { of, min, max } = piece else { return None };
            let floor = start.saturating_sub(*max);
            let count = bytes[floor..start].iter().rev().take_while(|byte| of.has(**byte)).count();
            if count < *min {
                return None;
            }
            start -= count;
        }
        Some(start)
    }

    /// Where the token ends that starts at `start`.
    pub(super) fn end(&self, runs: &mut Runs<'_>, start: usize) -> Option<usize> {
        let text = runs.text;
        let mut at = start;
        for (index, piece) in self.pieces.iter().enumerate() {
            match piece {
                Piece::Literal(literal) => at += text.get(at..)?.starts_with(literal).then_some(literal.len())?,
                Piece::Run { of, min, max } => {
                    let reach = runs.end(of, at).min(at + max);
                    let least = at + min;
                    if reach < least {
                        return None;
                    }
                    at = match self.pieces.get(index + 1) {
                        // The literal that follows is spelt in the run's own characters: it ends the run where it first can,
                        // and where it ends the token too, where it last can.
                        Some(Piece::Literal(literal)) if literal.bytes().next().is_some_and(|byte| of.has(byte)) => {
                            let window = text.get(least..(reach + literal.len()).min(text.len()))?;
                            let last = index + 2 == self.pieces.len();
                            least + if last { window.rfind(literal)? } else { window.find(literal)? }
                        }
                        _ => reach,
                    };
                }
            }
        }
        self.ends_well(text, at).then_some(at)
    }

    /// Nothing that could belong to the token follows.
    fn ends_well(&self, text: &str, end: usize) -> bool {
        let Some(next) = text.as_bytes().get(end).copied() else { return true };
        let goes_on = next.is_ascii_alphanumeric() || next == b'_';
        match self.pieces.last() {
            Some(Piece::Run { of, .. }) => !goes_on && !of.has(next),
            _ => !goes_on,
        }
    }

    /// Nothing that could belong to the token stands before it.
    pub(super) fn starts_well(&self, text: &str, start: usize) -> bool {
        let before = &text.as_bytes()[..start];
        let Some(last) = before.last().copied() else { return true };
        if let Some(Piece::Run { of, .. }) = self.pieces.first()
            && of.has(last)
        {
            return false;
        }
        // `bot123456789:AA…`: letters before a number do not belong to it.
        let number = matches!(self.pieces.first(), Some(Piece::Run { of, .. }) if of.name == "digits");
        if number || self.prefix().starts_with(|c: char| !c.is_ascii_alphanumeric()) {
            return true;
        }
        let free = !last.is_ascii_alphanumeric() && last != b'_';
        free || after_escape(before)
    }
}

/// Text that nobody decoded may hold `\n`, `%3D` or `\u000a` before a token; their last letter is no part of it.
fn after_escape(before: &[u8]) -> bool {
    match before {
        [.., b'\\', b'n' | b't' | b'r'] => true,
        [.., b'%', a, b] | [.., b'\\', b'x', a, b] => a.is_ascii_hexdigit() && b.is_ascii_hexdigit(),
        // ANSI colours of a terminal: `\x1b[93m`, whose escape an output may have lost.
        [.., b'[', b'0'..=b'9', b'm'] | [.., b'[', b'0'..=b'9', b'0'..=b'9', b'm'] | [.., b';', b'0'..=b'9', b'0'..=b'9', b'm'] => true,
        [.., b'\\', b'u', a, b, c, d] => [a, b, c, d].iter().all(|byte| byte.is_ascii_hexdigit()),
        _ => false,
    }
}

fn run(word: &'static str) -> Option<Piece> {
    let (name, length) = word.split_once(':')?;
    let of = Alphabet::named(name)?;
    let (min, max) = length.split_once('-').unwrap_or((length, length));
    let (min, max) = (min.parse().ok()?, max.parse().ok()?);
    (min <= max).then_some(Piece::Run { of, min, max })
}

/// Where runs end, each measured once: many anchors inside one long run cost no more than one.
#[derive(Debug)]
pub(super) struct Runs<'a> {
    text: &'a str,
    known: [(usize, usize); ALPHABETS],
}

impl<'a> Runs<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, known: [(0, 0); ALPHABETS] }
    }

    fn end(&mut self, of: &Alphabet, at: usize) -> usize {
        let (start, end) = self.known[of.index];
        if start <= at && at < end {
            return end;
        }
        let length = self.text.as_bytes().get(at..).map_or(0, |rest| rest.iter().take_while(|byte| of.has(**byte)).count());
        self.known[of.index] = (at, at + length);
        at + length
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(shape: &'static str, text: &str) -> Option<(usize, usize)> {
        let shape = Shape::parse(shape).unwrap();
        let at = text.find(shape.anchor())?;
        let start = shape.start(text, at)?;
        let end = shape.end(&mut Runs::new(text), start)?;
        shape.starts_well(text, start).then_some((start, end))
    }

    #[test]
    fn shapes_match_where_they_should() {
        let table = [
            ("ab_ alnum:4", "x ab_1234.", Some((2, 9))),
            ("ab_ alnum:4", "ab_12345", None),
            ("ab_ alnum:4", "ab_123", None),
            ("ab_ alnum:4", "xab_1234", None),
            ("ab_ alnum:4", "\\nab_1234", Some((2, 9))),
            ("ab_ alnum:4", "%3Dab_1234", Some((3, 10))),
            ("ab_ alnum:4", "\\x20ab_1234", Some((4, 11))),
            ("ab_ alnum:4", "\\u003dab_1234", Some((6, 13))),
            ("ab_ alnum:4", "\x1b[1;93mab_1234", Some((7, 14))),
            ("ab_ alnum:4", "[93mab_1234", Some((4, 11))),
            ("ab_ alnum:4", "\\\\nab_1234", Some((3, 10))),
            ("ab_ alnum:4-6 _ hex:2", "ab_12345_ff", Some((0, 11))),
            ("ab_ word:4-6 _ hex:2", "ab_12_45_ff", Some((0, 11))),
            ("sk- slug:3-5 INF slug:3", "sk-abcdINFxyz", Some((0, 13))),
            ("base64:4 +AS base64:2 ==", "k:abcd+ASxy==", Some((2, 13))),
            ("base64:4 +AS base64:2 ==", "k:zabcd+ASxy==", None),
            ("digits:2-4 :AA slug:3", "id 123:AAxyz", Some((3, 12))),
            ("p- uuid", "p-01234567-89ab-cdef-0123-456789abcdef", Some((0, 38))),
        ];
        for (shape, text, place) in table {
            assert_eq!(matches(shape, text), place, "{shape} in {text}");
        }
    }
}
