//! `Text`: a decoded string with a map back to the source it was decoded from.

mod base64;
mod builder;

use std::borrow::Cow;
use std::ops::Range;

pub use base64::{base64, may_begin_base64};
pub use builder::TextBuilder;

use super::Span;

/// How a segment's decoded bytes correspond to its source bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Byte for byte: every decoded byte is the source byte at the same distance.
    Copy,
    /// An escape, a fold, an entity: the decoded bytes come from all of the source bytes together.
    Atom,
    /// Base64: each 3 decoded bytes come from 4 source characters, counted from the segment's start.
    Base64,
}

/// A run of decoded bytes and where they come from. Its decoded end is the next segment's start.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Segment {
    /// First decoded byte.
    pub decoded: u32,
    /// First source byte.
    pub source: u32,
    /// Number of source bytes.
    pub len: u32,
    /// How the two correspond.
    pub kind: Kind,
}

#[derive(Clone, Debug)]
enum Map {
    /// All of it is a copy that starts at this source byte.
    Direct(u32),
    /// Sorted by `decoded`, without gaps.
    Segments(Vec<Segment>),
}

/// A decoded string that can say, for every part of itself, which bytes of the source it was decoded from.
#[derive(Clone, Debug)]
pub struct Text<'a> {
    value: Cow<'a, str>,
    map: Map,
}

impl<'a> Text<'a> {
    /// A plain slice of the source that starts at byte `start`.
    #[must_use]
    pub fn plain(value: &'a str, start: usize) -> Self {
        Self { value: Cow::Borrowed(value), map: Map::Direct(u32::try_from(start).unwrap_or(u32::MAX)) }
    }

    /// The source's own bytes under `span`, undecoded. Empty where the span does not fit.
    #[must_use]
    pub fn raw(source: &'a str, span: Span) -> Self {
        Self::plain(source.get(span.range()).unwrap_or(""), span.start as usize)
    }

    /// The decoded string.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.value
    }

    /// The decoded string, borrowed from the source where it is a plain slice of it.
    #[must_use]
    pub fn value(&self) -> &Cow<'a, str> {
        &self.value
    }

    /// The decoded string alone.
    #[must_use]
    pub fn into_value(self) -> Cow<'a, str> {
        self.value
    }

    /// Whether decoded bytes and source bytes are the same bytes.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        matches!(self.map, Map::Direct(_))
    }

    /// Length of the decoded string in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.value.len()
    }

    /// Whether the decoded string is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.value.is_empty()
    }

    /// The source ranges that a range of decoded bytes comes from, in order, neighbours merged. Bytes that decoding drops belong to none.
    #[must_use]
    pub fn locate(&self, range: Range<usize>) -> Vec<Span> {
        let mut spans: Vec<Span> = Vec::new();
        self.each(range, |span| match spans.last_mut() {
            Some(last) if last.end == span.start || *last == span => last.end = span.end,
            _ => spans.push(span),
        });
        spans
    }

    /// The smallest source span that holds everything a range of decoded bytes comes from: the place of a finding.
    /// An empty range lies where its next byte would come from.
    #[must_use]
    pub fn hull(&self, range: Range<usize>) -> Span {
        let mut hull: Option<Span> = None;
        self.each(range.clone(), |span| hull = Some(hull.map_or(span, |h| h.hull(span))));
        hull.unwrap_or_else(|| {
            let at = self.source_start(range.start);
            Span { start: at, end: at }
        })
    }

    /// The span of all of it.
    #[must_use]
    pub fn span(&self) -> Span {
        self.hull(0..self.len())
    }

    /// A part of it, with its map. `range` must lie on character boundaries; it is empty where it does not.
    #[must_use]
    pub fn slice(&self, range: Range<usize>) -> Text<'a> {
        let value = match &self.value {
            Cow::Borrowed(text) => Cow::Borrowed(text.get(range.clone()).unwrap_or("")),
            Cow::Owned(text) => Cow::Owned(text.get(range.clone()).unwrap_or("").to_owned()),
        };
        let map = match &self.map {
            Map::Direct(start) => Map::Direct(start.saturating_add(clamp(range.start))),
            Map::Segments(segments) => Map::Segments(cut(segments, self.len(), &range)),
        };
        Text { value, map }
    }

    /// This text was decoded from `outer`'s decoded string; say its places in terms of `outer`'s source instead.
    #[must_use]
    pub fn then(self, outer: &Text<'_>) -> Text<'a> {
        let total = self.len();
        let inner = match self.map {
            Map::Direct(start) => vec![Segment { decoded: 0, source: start, len: clamp(total), kind: Kind::Copy }],
            Map::Segments(segments) => segments,
        };
        if let Map::Direct(base) = outer.map {
            let moved = inner.iter().map(|s| Segment { source: s.source.saturating_add(base), ..*s }).collect();
            return Text { value: self.value, map: Map::Segments(moved) };
        }
        let mut out = Vec::with_capacity(inner.len());
        for (index, segment) in inner.iter().enumerate() {
            let end = inner.get(index + 1).map_or(total, |next| next.decoded as usize);
            compose(*segment, end, outer, &mut out);
        }
        Text { value: self.value, map: Map::Segments(out) }
    }

    /// One text after the other (notebook lines, the parts of a template).
    #[must_use]
    pub fn join<'t>(texts: impl IntoIterator<Item = &'t Text<'a>>) -> Text<'a>
    where
        'a: 't,
    {
        let mut builder = TextBuilder::default();
        for text in texts {
            builder.text(text);
        }
        builder.finish()
    }

    /// The same text, independent of the source's lifetime.
    #[must_use]
    pub fn into_owned(self) -> Text<'static> {
        Text { value: Cow::Owned(self.value.into_owned()), map: self.map }
    }

    fn source_start(&self, at: usize) -> u32 {
        match &self.map {
            Map::Direct(start) => start.saturating_add(clamp(at)),
            Map::Segments(segments) => match segments.get(index_of(segments, at)) {
                Some(s) if at >= self.len() => s.source + s.len,
                Some(s) if s.kind == Kind::Copy => s.source + (clamp(at).saturating_sub(s.decoded)).min(s.len),
                Some(s) => s.source,
                None => 0,
            },
        }
    }

    fn each(&self, range: Range<usize>, mut give: impl FnMut(Span)) {
        let end = range.end.min(self.len());
        if range.start >= end {
            return;
        }
        match &self.map {
            Map::Direct(start) => {
                let start = *start as usize;
                give(Span::new(start + range.start, start + end));
            }
            Map::Segments(segments) => {
                for index in index_of(segments, range.start)..segments.len() {
                    let segment = segments[index];
                    if segment.decoded as usize >= end {
                        break;
                    }
                    let segment_end = segments.get(index + 1).map_or(self.len(), |next| next.decoded as usize);
                    let from = range.start.max(segment.decoded as usize);
                    let to = end.min(segment_end);
                    if from < to {
                        give(part_of(segment, from - segment.decoded as usize, to - segment.decoded as usize));
                    }
                }
            }
        }
    }
}

/// The source bytes of decoded bytes `from..to`, counted from the segment's start.
fn part_of(segment: Segment, from: usize, to: usize) -> Span {
    let start = segment.source as usize;
    let end = start + segment.len as usize;
    match segment.kind {
        Kind::Copy => Span::new((start + from).min(end), (start + to).min(end)),
        Kind::Atom => Span::new(start, end),
        Kind::Base64 => Span::new((start + from / 3 * 4).min(end), (start + to.div_ceil(3) * 4).min(end)),
    }
}

fn clamp(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// The segment that holds decoded byte `at`: the last one that starts at or before it.
fn index_of(segments: &[Segment], at: usize) -> usize {
    segments.partition_point(|s| s.decoded as usize <= at).saturating_sub(1)
}

fn cut(segments: &[Segment], total: usize, range: &Range<usize>) -> Vec<Segment> {
    let mut out = Vec::new();
    for index in index_of(segments, range.start)..segments.len() {
        let segment = segments[index];
        let start = segment.decoded as usize;
        let end = segments.get(index + 1).map_or(total, |next| next.decoded as usize);
        if start >= range.end {
            break;
        }
        let (from, to) = (range.start.max(start), range.end.min(end));
        if from >= to {
            continue;
        }
        // Base64 that is cut inside a group: what is left of the group is one piece, the rest stays base64.
        let group_end = if segment.kind == Kind::Base64 { start + (from - start).div_ceil(3) * 3 } else { from };
        let mut push = |from: usize, to: usize, kind| {
            if from < to {
                let span = part_of(segment, from - start, to - start);
                out.push(Segment { decoded: clamp(from - range.start), source: span.start, len: span.end - span.start, kind });
            }
        };
        push(from, group_end.min(to), Kind::Atom);
        push(group_end.min(to), to, segment.kind);
    }
    out
}

/// Says where one inner segment lies in `outer`'s source.
fn compose(segment: Segment, end: usize, outer: &Text<'_>, out: &mut Vec<Segment>) {
    let (start, len) = (segment.source as usize, segment.len as usize);
    let decoded = segment.decoded as usize;
    match segment.kind {
        Kind::Atom => {
            let hull = outer.hull(start..start + len);
            out.push(Segment { decoded: segment.decoded, source: hull.start, len: hull.end - hull.start, kind: Kind::Atom });
        }
        Kind::Copy => {
            let Map::Segments(segments) = &outer.map else { return };
            for piece in cut(segments, outer.len(), &(start..start + len)) {
                out.push(Segment { decoded: clamp(decoded + piece.decoded as usize), ..piece });
            }
        }
        Kind::Base64 => {
            let mut at = decoded;
            while at < end {
                let to = (at + 3).min(end);
                let inner = part_of(segment, at - decoded, to - decoded);
                let hull = outer.hull(inner.range());
                out.push(Segment { decoded: clamp(at), source: hull.start, len: hull.end - hull.start, kind: Kind::Atom });
                at = to;
            }
        }
    }
}

#[cfg(test)]
mod tests;
