//! Builds a `Text` piece by piece.

use std::borrow::Cow;

use super::{Kind, Map, Segment, Text, clamp};
use crate::source::Span;

/// Builds a `Text` piece by piece. Adjacent copies are merged.
#[derive(Default, Debug)]
pub struct TextBuilder {
    value: String,
    segments: Vec<Segment>,
}

impl TextBuilder {
    /// Room for `bytes` decoded bytes.
    #[must_use]
    pub fn with_capacity(bytes: usize) -> Self {
        Self { value: String::with_capacity(bytes), segments: Vec::new() }
    }

    /// Decoded bytes so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.value.len()
    }

    /// Whether nothing was added yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.value.is_empty()
    }

    /// `text` stands in the source, byte for byte, at `start`.
    pub fn copy(&mut self, text: &str, start: usize) {
        if text.is_empty() {
            return;
        }
        let len = clamp(text.len());
        let merged = match self.segments.last_mut() {
            Some(last) if last.kind == Kind::Copy && last.source + last.len == clamp(start) => {
                last.len += len;
                true
            }
            _ => false,
        };
        if !merged {
            self.segments.push(Segment { decoded: clamp(self.value.len()), source: clamp(start), len, kind: Kind::Copy });
        }
        self.value.push_str(text);
    }

    /// `text` is what the source bytes `span` decode to, all together. The span may be empty (a line break the parser adds).
    pub fn atom(&mut self, text: &str, span: Span) {
        if text.is_empty() {
            return;
        }
        self.segments.push(Segment { decoded: clamp(self.value.len()), source: span.start, len: span.end - span.start, kind: Kind::Atom });
        self.value.push_str(text);
    }

    /// All of another text that was decoded from the same source.
    pub fn text(&mut self, text: &Text<'_>) {
        match &text.map {
            Map::Direct(start) => self.copy(text.as_str(), *start as usize),
            Map::Segments(segments) => {
                let offset = self.value.len();
                for segment in segments.iter().filter(|_| !text.is_empty()) {
                    self.segments.push(Segment { decoded: clamp(offset + segment.decoded as usize), ..*segment });
                }
                self.value.push_str(text.as_str());
            }
        }
    }

    /// The finished text.
    #[must_use]
    pub fn finish<'a>(self) -> Text<'a> {
        let map = match self.segments.as_slice() {
            [only] if only.kind == Kind::Copy => Map::Direct(only.source),
            _ => Map::Segments(self.segments),
        };
        Text { value: Cow::Owned(self.value), map }
    }
}
