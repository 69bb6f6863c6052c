//! Bytes of a file → UTF-8 text of the same places.

/// How a file's bytes were encoded.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark; text offsets are file offsets.
    #[default]
    Utf8,
    /// UTF-16, little endian.
    Utf16Le,
    /// UTF-16, big endian.
    Utf16Be,
    /// UTF-32, little endian.
    Utf32Le,
    /// UTF-32, big endian.
    Utf32Be,
}

/// What stands for one invalid byte. It is one byte long, so that offsets of text and file agree.
const SUB: char = '\u{1a}';

/// Decodes a file. The flag says whether something had to be replaced by SUB.
/// A byte order mark decides; without one, a zero in every other byte of the beginning means UTF-16. A BOM stays in the text.
#[must_use]
pub fn decode(bytes: Vec<u8>) -> (String, Encoding, bool) {
    let encoding = guess(&bytes);
    match encoding {
        Encoding::Utf8 => match String::from_utf8(bytes) {
            Ok(text) => (text, encoding, false),
            Err(error) => (replace_invalid(error.as_bytes()), encoding, true),
        },
        Encoding::Utf16Le => wide(bytes.chunks(2), encoding, |c| u16::from_le_bytes([c[0], c[1]])),
        Encoding::Utf16Be => wide(bytes.chunks(2), encoding, |c| u16::from_be_bytes([c[0], c[1]])),
        Encoding::Utf32Le | Encoding::Utf32Be => utf32(&bytes, encoding),
    }
}

fn guess(bytes: &[u8]) -> Encoding {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] => Encoding::Utf32Le,
        [0, 0, 0xfe, 0xff, ..] => Encoding::Utf32Be,
        [0xff, 0xfe, ..] => Encoding::Utf16Le,
        [0xfe, 0xff, ..] => Encoding::Utf16Be,
        // Without a mark: the first two characters of any of our formats are ASCII.
        [a, 0, b, 0, ..] if *a != 0 && *b != 0 => Encoding::Utf16Le,
        [0, a, 0, b, ..] if *a != 0 && *b != 0 => Encoding::Utf16Be,
        _ => Encoding::Utf8,
    }
}

/// Each byte that is part of no valid sequence becomes one SUB.
fn replace_invalid(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| SUB));
    }
    text
}

fn wide<'b>(units: impl Iterator<Item = &'b [u8]>, encoding: Encoding, unit: impl Fn(&[u8]) -> u16) -> (String, Encoding, bool) {
    let mut lossy = false;
    let mut text = String::new();
    let units = units.map(|c| if c.len() == 2 { unit(c) } else { 0xdc00 });
    for char in char::decode_utf16(units) {
        text.push(char.unwrap_or_else(|_| {
            lossy = true;
            SUB
        }));
    }
    (text, encoding, lossy)
}

fn utf32(bytes: &[u8], encoding: Encoding) -> (String, Encoding, bool) {
    let mut lossy = false;
    let text = bytes
        .chunks(4)
        .map(|chunk| {
            let unit = <[u8; 4]>::try_from(chunk)
                .ok()
                .map(|c| if encoding == Encoding::Utf32Le { u32::from_le_bytes(c) } else { u32::from_be_bytes(c) });
            unit.and_then(char::from_u32).unwrap_or_else(|| {
                lossy = true;
                SUB
            })
        })
        .collect();
    (text, encoding, lossy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_bytes_keep_their_length() {
        let (text, encoding, lossy) = decode(b"a\xff\xfeb\xe2\x82c".to_vec());
        assert_eq!((text.as_str(), encoding, lossy), ("a\u{1a}\u{1a}b\u{1a}\u{1a}c", Encoding::Utf8, true));
    }

    #[test]
    fn utf_16_is_read_with_and_without_a_mark() {
        for (mark, big) in [(true, false), (false, false), (true, true), (false, true)] {
            let mut bytes = Vec::new();
            for unit in mark.then_some('\u{feff}').into_iter().chain("key: wörd𝄞".chars()).collect::<String>().encode_utf16() {
                bytes.extend(if big { unit.to_be_bytes() } else { unit.to_le_bytes() });
            }
            let (text, encoding, lossy) = decode(bytes);
            assert_eq!(text.trim_start_matches('\u{feff}'), "key: wörd𝄞");
            assert_eq!(encoding, if big { Encoding::Utf16Be } else { Encoding::Utf16Le });
            assert!(!lossy);
        }
    }

    #[test]
    fn half_a_unit_is_replaced() {
        assert_eq!(decode(b"\xff\xfea\0b".to_vec()), ("\u{feff}a\u{1a}".to_owned(), Encoding::Utf16Le, true));
        assert!(decode(vec![0xff, 0xfe, 0, 0, b'a', 0, 0, 0, 1]).2);
    }
}
