//! Base64 as text, with the place of every group.

use std::borrow::Cow;

use super::{Kind, Map, Segment, Text, clamp};

/// Decodes base64 (standard or URL alphabet, with or without padding, blanks and line breaks allowed between groups)
/// into text, if all of it is base64 and the result is UTF-8. Places are in terms of `outer`'s source.
#[must_use]
pub fn base64(outer: &Text<'_>) -> Option<Text<'static>> {
    let mut value = Vec::with_capacity(outer.len() / 4 * 3 + 3);
    let mut segments: Vec<Segment> = Vec::new();
    let mut group = [0u8; 4];
    let (mut filled, mut start, mut end, mut padded) = (0usize, 0usize, 0usize, 0usize);
    for (at, byte) in outer.as_str().bytes().enumerate() {
        let six = match (six_bits(byte), byte) {
            (Some(six), _) => six,
            (None, b'=') => {
                // The padding belongs to the group that it fills.
                padded += 1;
                end = at + 1;
                continue;
            }
            (None, b' ' | b'\t' | b'\r' | b'\n') => continue,
            _ => return None,
        };
        if padded > 0 {
            return None;
        }
        if filled == 0 {
            start = at;
        }
        group[filled] = six;
        filled += 1;
        end = at + 1;
        if filled == 4 {
            push_group(&mut segments, value.len(), start, end);
            value.extend_from_slice(&[group[0] << 2 | group[1] >> 4, group[1] << 4 | group[2] >> 2, group[2] << 6 | group[3]]);
            filled = 0;
        }
    }
    if filled == 1 || padded > 2 {
        return None;
    }
    if filled > 1 {
        // The last group may be cut by a line break, so it is one piece.
        segments.push(Segment { decoded: clamp(value.len()), source: clamp(start), len: clamp(end - start), kind: Kind::Atom });
        value.push(group[0] << 2 | group[1] >> 4);
        if filled == 3 {
            value.push(group[1] << 4 | group[2] >> 2);
        }
    }
    let value = String::from_utf8(value).ok()?;
    Some(Text { value: Cow::Owned(value), map: Map::Segments(segments) }.then(outer))
}

/// Whether a text may be base64 of text as far as its first letters tell: names and ids decode to bytes that no text holds.
#[must_use]
pub fn may_begin_base64(text: &str) -> bool {
    let mut decoded = [0; 6];
    for (group, bytes) in text.as_bytes().chunks_exact(4).zip(decoded.chunks_exact_mut(3)) {
        let letters = [six_bits(group[0]), six_bits(group[1]), six_bits(group[2]), six_bits(group[3])];
        let [Some(a), Some(b), Some(c), Some(d)] = letters else {
            // Padding, blanks and line breaks are for the decoder.
            return group.iter().all(|byte| six_bits(*byte).is_some() || matches!(byte, b'=' | b' ' | b'\t' | b'\r' | b'\n'));
        };
        bytes.copy_from_slice(&[a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d]);
    }
    let decoded = &decoded[..text.len().min(8) / 4 * 3];
    let text = match std::str::from_utf8(decoded) {
        Ok(text) => text,
        // The last character may go on in the next group.
        Err(error) if error.error_len().is_none() => std::str::from_utf8(&decoded[..error.valid_up_to()]).unwrap_or(""),
        Err(_) => return false,
    };
    text.chars().all(|c| !c.is_control() || c.is_whitespace())
}

fn six_bits(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}

/// Adds the group at source bytes `start..end`; whole groups that touch are one segment.
fn push_group(segments: &mut Vec<Segment>, decoded: usize, start: usize, end: usize) {
    if end - start == 4 {
        if let Some(last) = segments.last_mut()
            && last.kind == Kind::Base64
            && (last.source + last.len) as usize == start
        {
            last.len += 4;
            return;
        }
        segments.push(Segment { decoded: clamp(decoded), source: clamp(start), len: 4, kind: Kind::Base64 });
    } else {
        segments.push(Segment { decoded: clamp(decoded), source: clamp(start), len: clamp(end - start), kind: Kind::Atom });
    }
}
