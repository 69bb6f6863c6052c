//! What must not be quoted: the secrets of each source, as disjoint ranges on character boundaries.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Report;
use crate::source::{SourceId, Span};

/// The masks of a run, made ready once, so that cutting an excerpt costs what the excerpt is long.
pub(super) struct Masks<'r> {
    report: &'r Report,
    spans: BTreeMap<SourceId, Vec<Span>>,
}

impl<'r> Masks<'r> {
    /// The report's masks, and the place of every finding that has a secret.
    pub(super) fn new(report: &'r Report) -> Self {
        let mut spans = report.masks.clone();
        for reported in report.findings.iter().filter(|reported| reported.finding.secret.is_some()) {
            let place = reported.finding.place;
            spans.entry(place.source).or_default().push(place.span);
        }
        for (source, spans) in &mut spans {
            let text = report.sources.get(source).map_or("", |source| source.text.as_str());
            *spans = disjoint(text, std::mem::take(spans));
        }
        Self { report, spans }
    }

    /// A source's text; not to be quoted.
    pub(super) fn text(&self, source: SourceId) -> &'r str {
        self.report.sources.get(&source).map_or("", |source| source.text.as_str())
    }

    /// A part of a source's text with one `*` for each byte of a secret; line breaks stay, so that places stay. What looks
    /// random is masked too: in a file that no format reads, nobody has judged what stands beside a finding.
    pub(super) fn slice(&self, source: SourceId, range: Range<usize>) -> String {
        let mut bytes = self.text(source).get(range.clone()).unwrap_or("").as_bytes().to_vec();
        let spans = self.spans.get(&source).map_or(&[][..], Vec::as_slice);
        let first = spans.partition_point(|span| span.end as usize <= range.start);
        for span in spans[first..].iter().take_while(|span| (span.start as usize) < range.end) {
            let (start, end) = (span.range().start.max(range.start) - range.start, span.range().end.min(range.end) - range.start);
            if let Some(secret) = bytes.get_mut(start..end) {
                secret.iter_mut().filter(|byte| !matches!(byte, b'\n' | b'\r')).for_each(|byte| *byte = b'*');
            }
        }
        mask_random(&mut bytes);
        String::from_utf8(bytes).unwrap_or_default()
    }
}

/// Shortest run of token characters that is looked at.
const TOKEN: usize = 16;

fn mask_random(bytes: &mut [u8]) {
    let token = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=_-".contains(byte);
    let mut start = 0;
    while start < bytes.len() {
        let end = start + bytes[start..].iter().take_while(|byte| token(byte)).count();
        if end - start >= TOKEN && is_random(&bytes[start..end]) && !is_digest(&bytes[..start], &bytes[start..end]) {
            bytes[start..end].fill(b'*');
        }
        start = end + 1;
    }
}

/// Random characters change between lower case, upper case and digits at every second one; words and paths seldom do.
fn is_random(token: &[u8]) -> bool {
    let class = |byte: &u8| (byte.is_ascii_digit(), byte.is_ascii_uppercase());
    let known: Vec<_> = token.iter().filter(|byte| byte.is_ascii_alphanumeric()).map(class).collect();
    let changes = known.windows(2).filter(|pair| pair[0] != pair[1]).count();
    known.iter().filter(|(digit, _)| *digit).count() >= 2 && changes * 10 >= token.len() * 3
}

/// The commit of an action (`actions/checkout@…`) and the digest of an image (`@sha256:…`) are public.
fn is_digest(before: &[u8], token: &[u8]) -> bool {
    token.iter().all(u8::is_ascii_hexdigit) && (before.ends_with(b"@") || before.ends_with(b"sha256:"))
}

/// Sorted, merged, and widened to whole characters.
fn disjoint(text: &str, mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        let (mut start, mut end) = (span.range().start.min(text.len()), span.range().end.min(text.len()));
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        while !text.is_char_boundary(end) {
            end += 1;
        }
        let span = Span::new(start, end);
        match merged.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => merged.push(span),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::Sample;

    #[test]
    fn every_part_of_a_text_is_masked_alike() {
        let mut sample = Sample::new();
        let (id, _) = sample.file("a", "a: «ééx»\nb: «multi\nline»\r\nc: d");
        // Overlapping, out of order, inside a character, past the end.
        sample.report.masks.get_mut(&id).unwrap().extend([Span::new(4, 6), Span::new(90, 99), Span::new(3, 4)]);
        let masks = Masks::new(&sample.report);
        let whole = masks.slice(id, 0..masks.text(id).len());
        assert_eq!(whole, "a: *****\nb: *****\n****\r\nc: d");
        for start in 0..whole.len() {
            for end in start..whole.len() {
                if masks.text(id).get(start..end).is_some() {
                    assert_eq!(masks.slice(id, start..end), whole[start..end]);
                }
            }
        }
    }

    #[test]
    fn what_looks_random_is_masked_unjudged() {
        let mask = |text: &str| {
            let mut bytes = text.as_bytes().to_vec();
            mask_random(&mut bytes);
            String::from_utf8(bytes).unwrap()
        };
        for random in
            ["eD4++rSUVbOmDrRI7EDLmskuwpAAddEA0WNwu+fI", "ja4wALsaho20af21dS", "dG9wLVNlY3JldA==", "ded7db27a4558eea9bbf0bf36e0e8521"]
        {
            assert_eq!(mask(&format!("a: \"{random}\", b")), format!("a: \"{}\", b", "*".repeat(random.len())));
        }
        let commit = "08c6903cd8c0fde910a37f88322edcfb5dd907a8";
        for plain in [
            "src/v2/Component3Test/resources/App4.java",
            "x86_64-unknown-linux-gnu",
            "spring.datasource.hikari.maximumPoolSize1",
            "arn:aws:iam::123456789012:role/deploy-2024-production",
            "2024-11-24T14:05:00Z",
            &format!("actions/checkout@{commit}"),
            &format!("app@sha256:{commit}"),
        ] {
            assert_eq!(mask(plain), plain);
        }
    }

    #[test]
    fn a_findings_own_secret_is_masked_whatever_the_report_says() {
        let mut sample = Sample::small();
        sample.report.masks.clear();
        let masks = Masks::new(&sample.report);
        let id = sample.report.findings[0].finding.place.source;
        assert_eq!(masks.slice(id, 0..masks.text(id).len()), "on: push\nenv:\n  TOKEN: ****************\n  PASSWORD: *******\n");
    }
}
