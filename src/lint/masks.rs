//! What excerpts must hide: more than what is reported. A finding's excerpt must not show its neighbour.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::check::join;
use super::fence::fenced;
use crate::formats::Format;
use crate::formats::text::TextFile;
use crate::secrets::Custom;
use crate::source::{Place, Source, SourceId, Span};
use crate::unit::{Follow, Unit};

/// What the excerpts of a unit around these places must hide. Where caulk fails to say what is secret, everything is.
pub(super) fn of_unit<V: Follow>(unit: &Unit<V>, places: &[Place], custom: &Arc<Custom>) -> Vec<(SourceId, Vec<Span>)> {
    let everything = || unit.sources().iter().map(|source| (source.id, vec![whole(source)])).collect();
    fenced(|| {
        let mut masks = verdict_spans(unit);
        masks.extend(unit.sources().iter().map(|source| (source.id, in_text(source, unit.format(), around(source, places), custom))));
        masks
    })
    .unwrap_or_else(everything)
}

/// All of a source: what is hidden of it where nobody can say, or need say, what is secret in it.
pub(super) fn whole(source: &Source) -> Span {
    Span::new(0, source.text.len())
}

/// As far as an excerpt may reach.
const REACH: usize = 4_096;

/// The parts of a source that excerpts of these places are cut from.
fn around(source: &Source, places: &[Place]) -> Vec<Span> {
    let mut spans: Vec<Span> = places
        .iter()
        .filter(|place| place.source == source.id)
        .map(|place| {
            let range = place.span.range();
            Span::new(
                source.text.floor_char_boundary(range.start.saturating_sub(REACH)),
                source.text.ceil_char_boundary((range.end + REACH).min(source.text.len())),
            )
        })
        .collect();
    join(&mut spans);
    spans
}

/// Where the secrets of a unit stand, and where else in its sources the strong ones stand again.
fn verdict_spans<V: Follow>(unit: &Unit<V>) -> Vec<(SourceId, Vec<Span>)> {
    let verdicts = unit.verdicts();
    let mut spans: Vec<(SourceId, Vec<Span>)> = verdicts.iter().map(|verdict| (verdict.place.source, verdict.spans.clone())).collect();
    let sources: HashMap<SourceId, &Source> = unit.sources().into_iter().map(|source| (source.id, source)).collect();
    let strong = verdicts.iter().filter(|verdict| verdict.secret.strong);
    let values: HashSet<&str> = strong.filter_map(|v| sources.get(&v.place.source).map(|source| source.slice(v.place.span))).collect();
    let values: Vec<&str> = values.into_iter().filter(|value| (8..=MAX_REPEATED).contains(&value.len())).collect();
    if let Some(finder) = (!values.is_empty()).then(|| finder(&values)).flatten() {
        for (id, source) in sources {
            spans.push((id, finder.find_iter(&source.text).map(|hit| Span::new(hit.start(), hit.end())).collect()));
        }
    }
    spans
}

/// Longer values are not looked for again.
const MAX_REPEATED: usize = 4_096;

/// One automaton over all values, so that many secrets in one file stay linear. Not the DFA that few patterns would get: its
/// construction is quadratic in a long value of one character.
fn finder(values: &[&str]) -> Option<AhoCorasick> {
    AhoCorasick::builder().kind(Some(AhoCorasickKind::ContiguousNFA)).match_kind(MatchKind::LeftmostLongest).build(values).ok()
}

/// What all of a source must hide.
pub(super) fn of_text(source: &Source, format: Format, custom: &Arc<Custom>) -> Vec<Span> {
    in_text(source, format, vec![Span::new(0, source.text.len())], custom)
}

/// What looks secret where no view looks: an anchor, a tag, a label, a word between two values. The views of JSON leave no value
/// out that has a name, and their files may be large.
fn in_text(source: &Source, format: Format, parts: Vec<Span>, custom: &Arc<Custom>) -> Vec<Span> {
    let told = parts.iter().flat_map(|part| {
        told_by_names(source.slice(*part)).map(|span| Span { start: span.start + part.start, end: span.end + part.start })
    });
    let mut spans: Vec<Span> = told.collect();
    // With names and without: where lines are read as `name: value`, a name is not looked into.
    let nameless = Unit::new(TextFile::unread(source, parts.clone()).nameless(), custom);
    spans.extend(nameless.verdicts().iter().flat_map(|verdict| verdict.spans.iter().copied()));
    if !matches!(format, Format::Tfstate | Format::Notebook) {
        let named = Unit::new(TextFile::unread(source, parts), custom);
        spans.extend(named.verdicts().iter().flat_map(|verdict| verdict.spans.iter().copied()));
    }
    spans
}

/// Names that tell, in lower case.
const TELLING: &[&str] =
    &["pass", "pwd", "secret", "token", "credential", "auth", "api_key", "apikey", "api-key", "access_key", "access-key", "private_key"];

/// Names and values are looked at no further than this, so that the search is linear.
const LONGEST: usize = 256;

/// Values behind `name=` and `name:` on any line and in any language, where the name tells and the value has digits and letters
/// and is no reference. Nothing is reported for them: too many are none.
fn told_by_names(text: &str) -> impl Iterator<Item = Span> + '_ {
    memchr::memchr2_iter(b'=', b':', text.as_bytes()).filter_map(move |at| {
        let before = &text.as_bytes()[at.saturating_sub(LONGEST)..at];
        let name = before.trim_ascii_end().strip_suffix(b"\\\"").unwrap_or(before.trim_ascii_end());
        let name = name.strip_suffix(b"\"").or_else(|| name.strip_suffix(b"'")).unwrap_or(name);
        let from = name.iter().rposition(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))).map_or(0, |at| at + 1);
        let is_braced = name[..from].ends_with(b"${");
        let name = name[from..].to_ascii_lowercase();
        let tells = TELLING.iter().any(|word| memchr::memmem::find(&name, word.as_bytes()).is_some());
        // The sign of `${NAME:-value}` is none of the value's.
        let skipped = usize::from(is_braced && matches!(text.as_bytes().get(at + 1), Some(b'-' | b'=' | b'?' | b'+')));
        tells.then(|| value(text.as_bytes(), at + 1 + skipped)).flatten()
    })
}

fn value(bytes: &[u8], from: usize) -> Option<Span> {
    let skipped = bytes[from..].iter().take(LONGEST).take_while(|byte| matches!(byte, b' ' | b'\t' | b'"' | b'\'' | b'\\')).count();
    let start = from + skipped;
    let rest = &bytes[start..bytes.len().min(start + LONGEST)];
    let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'\\' | b',' | b';' | b'}' | b'<' | b'&' | b'|');
    let length = rest.iter().position(ends).unwrap_or(rest.len());
    let value = &rest[..length];
    let plain = value.iter().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'$' | b'(' | b')' | b'[' | b']' | b'{' | b'.' | b'`'));
    let mixed = value.iter().any(u8::is_ascii_digit) && value.iter().any(u8::is_ascii_alphabetic);
    (length >= 8 && plain && mixed).then(|| Span::new(start, start + length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<&str> {
        told_by_names(text).map(|span| &text[span.range()]).collect()
    }

    #[test]
    fn values_under_telling_names_are_hidden_and_references_are_not() {
        assert_eq!(told("A=1 password='Tr0ub4dor' x"), ["Tr0ub4dor"]);
        assert_eq!(told("{\"api_token\": \"abcdef12345\"}"), ["abcdef12345"]);
        assert_eq!(told("${API_TOKEN:-abcdef12345} ${API_TOKEN:=-bcdef12345}"), ["abcdef12345", "-bcdef12345"]);
        assert_eq!(told("\\\"passwd\\\": \\\"abcdef12345\\\""), ["abcdef12345"]);
        for text in [
            "password = var.db_password_2",
            "token: ${{ secrets.TOKEN_2 }}",
            "name=abcdef12345",
            "password: none",
            "secret: random_password.x1",
        ] {
            assert!(told(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn many_signs_stay_linear() {
        assert!(told(&"token=".repeat(50_000)).is_empty());
        assert!(told(&"=".repeat(200_000)).is_empty());
    }
}
