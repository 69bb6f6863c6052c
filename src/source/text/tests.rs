//! What `Text` promises: every part of a decoded string maps to source bytes that decode to exactly that part.

use proptest::prelude::*;

use super::{Text, TextBuilder, base64, may_begin_base64};
use crate::source::Span;

fn encode(input: &[u8]) -> String {
    use ::base64::Engine as _;
    ::base64::engine::general_purpose::STANDARD.encode(input)
}

#[test]
fn a_plain_text_is_its_own_map() {
    let text = Text::plain("hello", 10);
    assert_eq!(text.hull(1..3), Span::new(11, 13));
    assert_eq!(text.slice(1..4).hull(1..2), Span::new(12, 13));
}

#[test]
fn an_atom_is_all_or_nothing_and_a_dropped_byte_belongs_to_nothing() {
    // source: `ab\u0041   cd`, the blanks are dropped by the decoder
    let mut builder = TextBuilder::default();
    builder.copy("ab", 0);
    builder.atom("A", Span::new(2, 8));
    builder.copy("cd", 11);
    let text = builder.finish();
    assert_eq!(text.as_str(), "abAcd");
    assert_eq!(text.hull(2..3), Span::new(2, 8));
    assert_eq!(text.locate(1..4), vec![Span::new(1, 8), Span::new(11, 12)]);
    assert_eq!(text.hull(3..3), Span::new(11, 11));
}

#[test]
fn base64_inside_a_json_string_keeps_its_place() {
    let mut builder = TextBuilder::default();
    builder.copy("aGVs", 5);
    builder.atom("b", Span::new(9, 15)); // written as an escape
    builder.copy("G8=", 15);
    let decoded = base64(&builder.finish()).unwrap();
    assert_eq!(decoded.as_str(), "hello");
    assert_eq!(decoded.hull(0..3), Span::new(5, 9));
    assert_eq!(decoded.hull(3..5), Span::new(9, 18));
}

#[test]
fn what_is_not_base64_is_refused() {
    for odd in ["a", "ab=c", "ab!d", "====", "gICA"] {
        assert!(base64(&Text::plain(odd, 0)).is_none(), "{odd}");
    }
}

proptest! {
    #[test]
    fn every_part_of_base64_decodes_from_its_place(input in "\\PC{0,60}", wrap in 1usize..80, from in 0usize..60, len in 1usize..20) {
        let encoded = encode(input.as_bytes());
        let wrapped: String = encoded.as_bytes().chunks(wrap).map(|c| String::from_utf8_lossy(c).into_owned() + "\n").collect();
        let text = base64(&Text::plain(&wrapped, 0)).unwrap();
        prop_assert_eq!(text.as_str(), &input);
        prop_assert!(may_begin_base64(&wrapped));
        let (from, to) = (from.min(input.len()), (from + len).min(input.len()));
        if from < to {
            // What lies in the hull, decoded from its first whole group, holds the part.
            let hull = text.hull(from..to);
            let inside: String = wrapped[hull.range()].chars().filter(|c| *c != '\n').collect();
            use ::base64::Engine as _;
            let engine = ::base64::engine::GeneralPurpose::new(&::base64::alphabet::STANDARD, ::base64::engine::GeneralPurposeConfig::new().with_decode_padding_mode(::base64::engine::DecodePaddingMode::Indifferent));
            let bytes = engine.decode(inside.trim_end_matches('=')).unwrap();
            let offset = from % 3;
            prop_assert_eq!(&bytes[offset..offset + (to - from)], &input.as_bytes()[from..to]);
            prop_assert!(bytes.len() <= (to - from) + 4);
        }
    }

    #[test]
    fn composing_decoders_equals_decoding_twice(words in prop::collection::vec("[a-z]{0,5}", 1..12), from in 0usize..40, len in 1usize..12) {
        // outer: every `x` of the source is doubled, `xx` means one `x`; inner: a slice of it
        let mut builder = TextBuilder::default();
        let mut source = String::new();
        for word in &words {
            builder.copy(word, source.len());
            source.push_str(word);
            builder.atom("!", Span::new(source.len(), source.len() + 3));
            source.push_str("%21");
        }
        let outer = builder.finish();
        let (from, to) = (from.min(outer.len()), (from + len).min(outer.len()));
        let inner = Text::plain(&outer.as_str()[from..to], from).then(&outer);
        for at in 0..inner.len() {
            let span = inner.hull(at..at + 1);
            let raw = &source[span.range()];
            let meant = if raw == "%21" { "!" } else { raw };
            prop_assert_eq!(meant, &inner.as_str()[at..at + 1]);
        }
        if from < to {
            prop_assert_eq!(inner.hull(0..inner.len()), outer.hull(from..to));
        }
    }
}

#[test]
fn kinds_survive_a_slice() {
    let mut builder = TextBuilder::default();
    builder.copy("abc", 0);
    builder.atom("\n", Span::new(3, 7));
    builder.copy("def", 7);
    let text = builder.finish();
    let part = text.slice(2..5);
    assert_eq!(part.as_str(), "c\nd");
    assert_eq!(part.locate(0..3), vec![Span::new(2, 8)]);
}

#[test]
fn names_and_ids_are_seen_to_be_no_base64() {
    for text in ["ami-0123456789abcdef0", "eu-west-1a", "aws_instance.main", "i-00ffaa1122334455", "2024-06-01", "m5d.4xlarge"] {
        assert!(!may_begin_base64(text), "{text}");
    }
    // A character may be cut by the end of the second group, and a short text says nothing.
    for text in [encode("abcdeä".as_bytes()).as_str(), "", "abc"] {
        assert!(may_begin_base64(text), "{text}");
    }
}
