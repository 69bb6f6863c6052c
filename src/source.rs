//! Where text comes from: a file's decoded text, spans into it, and decoded strings that remember their places.
//!
//! Every offset in caulk counts bytes of a source's decoded UTF-8 text. Only the report turns them into bytes of the
//! file, lines and columns, and it does so once per file for all offsets together (`place.rs`).

mod compare;
mod decode;
mod edit;
mod gzip;
mod place;
mod text;

pub use compare::Compared;
pub use decode::{Encoding, decode};
pub use edit::{Change, Edit, Group, Removal};
pub use gzip::gunzip;
pub use place::{Places, Position};
pub use text::{Kind, Segment, Text, TextBuilder, base64, may_begin_base64};

/// A range of bytes in a source's decoded text; `end` is exclusive.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A span from byte offsets. Sources are at most 512 MB, so offsets fit; larger ones are clamped.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self { start: clamp(start), end: clamp(end.max(start)) }
    }

    /// The span as indices.
    #[must_use]
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Length in bytes.
    #[must_use]
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether nothing lies between the ends.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The smallest span that holds both.
    #[must_use]
    pub fn hull(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// Whether `other` lies wholly inside.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Whether the two share at least one byte.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// Which source of a run: its index in the run's list.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct SourceId(pub u32);

/// A span together with the source it lies in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Place {
    /// The source.
    pub source: SourceId,
    /// The range in its decoded text.
    pub span: Span,
}

/// How git sees a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Standing {
    /// In the index: it is, or will be, committed.
    Tracked,
    /// Neither in the index nor ignored: the next `git add .` takes it.
    #[default]
    Untracked,
    /// Named by an ignore rule and not in the index.
    Ignored,
    /// There is no repository around it.
    NoRepository,
}

/// What a file's name says about how its values are used.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Setting {
    /// The file is applied as it stands (a manifest, a compose file), so a placeholder in it is a weak credential.
    pub applied: bool,
    /// The file is an example to copy (`.env.example`, `*.sample`).
    pub example: bool,
    /// Development, test or CI service: what is in it protects nothing that lasts.
    pub throwaway: bool,
}

/// One file's text and what is known about the file, whatever it was read from.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// Its index in the run.
    pub id: SourceId,
    /// Relative to the directory caulk was started in, `/`-separated, invalid bytes replaced. Print only through an escaper.
    pub path: String,
    /// Relative to the repository's root; what fingerprints are made of.
    pub root_path: String,
    /// Decoded UTF-8. A byte order mark stays in; each invalid byte is one SUB (U+001A).
    pub text: String,
    /// How the file's bytes were encoded.
    pub encoding: Encoding,
    /// Whether bytes had to be replaced while decoding.
    pub lossy: bool,
    /// How git sees the file.
    pub standing: Standing,
    /// What the name says of the values.
    pub setting: Setting,
}

/// How far the end of a line is looked for.
const LONG_LINE: usize = 16 * 1024;

impl Source {
    /// The text of a span; empty where the span does not fit.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or("")
    }

    /// A span of this source as a place.
    #[must_use]
    pub fn place(&self, span: Span) -> Place {
        Place { source: self.id, span }
    }

    /// What ends the line of an offset; for a very long one, and for the last, what ends the first.
    #[must_use]
    pub fn line_end(&self, offset: u32) -> &'static str {
        let bytes = self.text.as_bytes();
        let end_of = |from: usize| {
            let near = bytes.get(from..bytes.len().min(from + LONG_LINE)).unwrap_or(&[]);
            memchr::memchr(b'\n', near).map(|at| from + at)
        };
        let ends = end_of(offset as usize).or_else(|| end_of(0));
        if ends.is_some_and(|at| at > 0 && bytes[at - 1] == b'\r') { "\r\n" } else { "\n" }
    }

    /// The path's last segment.
    #[must_use]
    pub fn file_name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}
