//! Edits of the decoded text → the file's bytes.

use crate::source::{Edit, Encoding, Places, Source};

/// The file's bytes after the edits, which are sorted and do not touch. Every other byte stays as it is, whatever the file's
/// encoding, its line ends and what of it is no text.
#[must_use]
pub fn edited(source: &Source, bytes: &[u8], edits: &[Edit]) -> Vec<u8> {
    let places = Places::new(source, edits.iter().flat_map(|edit| [edit.span.start, edit.span.end]));
    let byte = |at: u32| usize::try_from(places.get(at).byte).unwrap_or(usize::MAX).min(bytes.len());
    let mut out = Vec::with_capacity(bytes.len());
    let mut from = 0;
    for edit in edits {
        out.extend_from_slice(bytes.get(from..byte(edit.span.start)).unwrap_or(&[]));
        encode(&edit.text.replace('\n', source.line_end(edit.span.start)), source.encoding, &mut out);
        from = byte(edit.span.end).max(from);
    }
    out.extend_from_slice(bytes.get(from..).unwrap_or(&[]));
    out
}

fn encode(text: &str, encoding: Encoding, out: &mut Vec<u8>) {
    match encoding {
        Encoding::Utf8 => out.extend_from_slice(text.as_bytes()),
        Encoding::Utf16Le => out.extend(text.encode_utf16().flat_map(u16::to_le_bytes)),
        Encoding::Utf16Be => out.extend(text.encode_utf16().flat_map(u16::to_be_bytes)),
        Encoding::Utf32Le => out.extend(text.chars().flat_map(|char| u32::from(char).to_le_bytes())),
        Encoding::Utf32Be => out.extend(text.chars().flat_map(|char| u32::from(char).to_be_bytes())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Span, decode};

    fn mended(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
        let (text, encoding, lossy) = decode(bytes.to_vec());
        let at = text.find(from).unwrap();
        let edit = Edit::replace(Span::new(at, at + from.len()), to);
        edited(&Source { text, encoding, lossy, ..Source::default() }, bytes, &[edit])
    }

    #[test]
    fn every_other_byte_stays() {
        assert_eq!(mended("\u{feff}é: «x»\r\ny: 1\r\n".as_bytes(), "«x»", "z\nq: 2"), "\u{feff}é: z\r\nq: 2\r\ny: 1\r\n".as_bytes());
        // In a file of both each line keeps its own.
        assert_eq!(mended(b"a: 1\r\nb: x\nc: 2\r\n", "x", "y\nz: 3"), b"a: 1\r\nb: y\nz: 3\nc: 2\r\n");
        assert_eq!(mended(b"a: 1\nb: x\r\nc: 2", "x", "y\nz: 3"), b"a: 1\nb: y\r\nz: 3\r\nc: 2");
        assert_eq!(mended(b"a: 1\r\nb: x", "x", "y\nz: 3"), b"a: 1\r\nb: y\r\nz: 3");
        assert_eq!(mended(b"a: \xff\xfe\nb: x\n\xff", "x", "y"), b"a: \xff\xfe\nb: y\n\xff");
    }

    #[test]
    fn each_encoding_is_kept() {
        let (before, after) = ("\u{feff}wörd𝄞: secret\n", "\u{feff}wörd𝄞: 𝄞\n");
        for encoding in [Encoding::Utf16Le, Encoding::Utf16Be, Encoding::Utf32Le, Encoding::Utf32Be] {
            let (mut bytes, mut wanted) = (Vec::new(), Vec::new());
            encode(before, encoding, &mut bytes);
            encode(after, encoding, &mut wanted);
            assert_eq!(mended(&bytes, "secret", "𝄞"), wanted, "{encoding:?}");
        }
    }
}
