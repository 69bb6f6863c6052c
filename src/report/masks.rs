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

    /// A part of a source's text with one `*` for each byte of a secret; line breaks stay, so that places stay.
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
        String::from_utf8(bytes).unwrap_or_default()
    }
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
    fn a_findings_own_secret_is_masked_whatever_the_report_says() {
        let mut sample = Sample::small();
        sample.report.masks.clear();
        let masks = Masks::new(&sample.report);
        let id = sample.report.findings[0].finding.place.source;
        assert_eq!(masks.slice(id, 0..masks.text(id).len()), "on: push\nenv:\n  TOKEN: ****************\n  PASSWORD: *******\n");
    }
}
