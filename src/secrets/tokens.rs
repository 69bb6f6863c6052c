//! Finds tokens of known shapes: where a look at the text has seen an anchor, the shapes that have it are tried.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

use super::checksum::{Check, Outcome};
use super::dull::is_dull;
use super::marks::{self, Marks};
use super::shape::{Runs, Shape};
use super::table::{TokenFormat, formats};
use super::{jwt, known, names, pem};

/// A token in a text.
#[derive(Clone, Debug)]
pub(super) struct Hit {
    /// Where.
    pub(super) range: Range<usize>,
    /// What it is.
    pub(super) format: &'static TokenFormat,
    /// Its public beginning.
    pub(super) preview: &'static str,
    /// What its checksum says.
    pub(super) outcome: Outcome,
}

/// What the pass over a text needs.
struct Index {
    /// Per slot of the marks, which list of `anchors` to look at; 0 for none.
    lists: Box<[u16; marks::SLOTS]>,
    /// Anchors that share a slot, the longest first.
    anchors: Vec<Vec<Anchor>>,
    /// Formats that only a whole literal may be, by its first byte.
    whole: Vec<Whole>,
    /// Those of them that begin with any byte, by length; longer ones share the last place.
    bare: Vec<Vec<Candidate>>,
}

/// What a literal may be as a whole that begins with a certain byte.
#[derive(Clone, Default)]
struct Whole {
    candidates: Vec<Candidate>,
    /// Which lengths there are among them.
    lengths: Lengths,
}

/// A set of lengths in bytes; all above the last bit are one.
#[derive(Clone, Copy, Default)]
struct Lengths([u64; 4]);

impl Lengths {
    fn insert(&mut self, length: usize) {
        let (word, bit) = Self::place(length);
        self.0[word] |= bit;
    }

    fn has(self, length: usize) -> bool {
        let (word, bit) = Self::place(length);
        self.0[word] & bit != 0
    }

    fn place(length: usize) -> (usize, u64) {
        let last = length.min(255);
        (last / 64, 1 << (last % 64))
    }
}

/// Lengths from here on are told apart no more.
const LONGEST: usize = 255;

struct Anchor {
    text: &'static str,
    /// The shapes that may stand where it is found, in the order in which they win.
    candidates: Vec<Candidate>,
}

#[derive(Clone, Copy)]
struct Candidate {
    format: &'static TokenFormat,
    shape: &'static Shape,
}

/// Every token in a text that is told by its shape alone, in order. `marks` are the text's.
pub(super) fn find(text: &str, marks: &Marks<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    if !marks.has(marks::TOKEN) {
        return hits;
    }
    let index = index();
    let mut runs = Runs::new(text);
    let mut from = 0;
    for place in marks.of(marks::TOKEN) {
        let Some(anchor) = index.anchor(text, place).filter(|_| place >= from) else { continue };
        let floor = hits.last().map_or(0, |hit: &Hit| hit.range.end);
        if let Some(hit) = at_anchor(text, &mut runs, place, &anchor.candidates, floor) {
            from = hit.range.end.max(place + anchor.text.len());
            hits.push(hit);
        }
    }
    hits
}

/// The anchors of the formats that may stand anywhere.
pub(super) fn anchors() -> impl Iterator<Item = &'static str> {
    anywhere().map(|candidate| candidate.shape.anchor())
}

/// The token that a whole literal is, for beginnings that say too little inside a text and for names that must say the rest.
pub(super) fn whole(text: &str, name: &str) -> Option<Hit> {
    let by_byte = index().whole.get(usize::from(*text.as_bytes().first()?)).filter(|whole| whole.lengths.has(text.len()));
    let bare = index().bare.get(text.len().min(LONGEST)).filter(|bare| !bare.is_empty());
    if by_byte.is_none() && bare.is_none() {
        return None;
    }
    let mut runs = Runs::new(text);
    let mut words: Option<Vec<String>> = None;
    let named = |format: &TokenFormat, words: &mut Option<Vec<String>>| {
        let words = words.get_or_insert_with(|| names::split(name));
        // What a name ends with may say that it is something else of the product's: `CODECOV_FLAG_NAME`, `FIXER_COMMIT_HASH`.
        let about = words.last().is_some_and(|last| names::is_after(last));
        let group = |group: &&str| group.split(' ').all(|word| words.iter().any(|own| own == word)) && (!about || names_end(group, words));
        format.names.is_empty() || format.names.iter().any(group)
    };
    // Every value comes by here: most candidates fall for want of any name, or by their length.
    let possible =
        |candidate: &&Candidate| (candidate.format.names.is_empty() || !name.is_empty()) && candidate.shape.lengths().contains(&text.len());
    let fits = |candidate: &&Candidate| text.starts_with(candidate.shape.prefix()) && candidate.shape.end(&mut runs, 0) == Some(text.len());
    let candidates = by_byte.iter().flat_map(|whole| whole.candidates.iter()).chain(bare.into_iter().flatten());
    let mut fitting = candidates.filter(possible).filter(fits).filter(|candidate| named(candidate.format, &mut words));
    fitting.find_map(|candidate| hit(text, 0..text.len(), *candidate))
}

/// Whether the last word of a name is one of a group's.
fn names_end(group: &str, words: &[String]) -> bool {
    words.last().is_some_and(|last| group.split(' ').any(|word| word == last))
}

/// The token that stands behind words of a text: the last of them names the product, or what it is of the product's.
pub(super) fn named(text: &str, words: &str) -> Option<Hit> {
    let hit = whole(text, words).filter(|hit| !hit.format.names.is_empty())?;
    let last = names::split(words).pop()?;
    let of_format = hit.format.names.iter().any(|group| group.split(' ').any(|word| word == last));
    (of_format || names::is_of_secret(&last)).then_some(hit)
}

/// The best match among the shapes whose anchor stands at `at`: the first in order whose checksum agrees, else the first.
fn at_anchor(text: &str, runs: &mut Runs<'_>, at: usize, candidates: &[Candidate], floor: usize) -> Option<Hit> {
    let mut best: Option<Hit> = None;
    for candidate in candidates {
        if candidate.format.check == Check::Pem {
            return pem::block(text, at).and_then(|block| pem_hit(text, block));
        }
        let Some(start) = candidate.shape.start(text, at).filter(|start| *start >= floor) else { continue };
        if !candidate.shape.starts_well(text, start) || goes_on_before(text, start) {
            continue;
        }
        let Some(end) = candidate.shape.end(runs, start) else { continue };
        match hit(text, start..end, *candidate) {
            Some(hit) if hit.outcome == Outcome::Valid => return Some(hit),
            // Of one format's shapes the longer match.
            Some(hit) if best.as_ref().is_none_or(|best| best.format.id == hit.format.id && best.range.end < hit.range.end) => {
                best = Some(hit)
            }
            _ => {}
        }
    }
    best
}

/// Whether a would-be token stands inside of packed data, as `EAA…` does behind a `+` of base64: what leads up to it is a long
/// run of capital and small letters and digits. Folders of URLs are shorter, or spelt in letters of one kind.
fn goes_on_before(text: &str, start: usize) -> bool {
    const LONG: usize = 24;
    let before = &text.as_bytes()[..start];
    let Some((b'+' | b'/', before)) = before.split_last() else { return false };
    let run = || before.iter().rev().take(LONG).take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'+');
    let has = |test: fn(&u8) -> bool| run().any(test);
    run().count() == LONG && has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_digit)
}

fn hit(text: &str, range: Range<usize>, candidate: Candidate) -> Option<Hit> {
    let token = text.get(range.clone())?;
    let preview = candidate.shape.prefix();
    if known::is_documented(token) {
        return None;
    }
    let outcome = candidate.format.check.verify(token, preview);
    if outcome == Outcome::Foreign || (outcome != Outcome::Valid && is_dull(token.get(preview.len()..)?)) {
        return None;
    }
    // What only the claims of a token tell stands in rows of its own.
    let kind = (candidate.format.check == Check::Jwt).then(|| jwt::kind(token));
    let format = kind.and_then(|kind| candidate.format.sibling(kind)).unwrap_or(candidate.format);
    Some(Hit { range, format, preview, outcome })
}

fn pem_hit(text: &str, block: pem::Block) -> Option<Hit> {
    let format = formats().iter().find(|format| format.check == Check::Pem && format.id.rsplit('/').next() == Some(block.kind))?;
    text.get(block.range.clone())?;
    let outcome = if block.intact { Outcome::Valid } else { Outcome::Unknown };
    Some(Hit { range: block.range, format, preview: format.preview(), outcome })
}

impl Index {
    /// The longest anchor that stands at a place.
    fn anchor(&self, text: &str, place: usize) -> Option<&Anchor> {
        let rest = text.as_bytes().get(place..)?;
        let list = usize::from(self.lists[marks::slot_of(rest)?]);
        self.anchors.get(list.checked_sub(1)?)?.iter().find(|anchor| rest.starts_with(anchor.text.as_bytes()))
    }
}

fn index() -> &'static Index {
    static INDEX: OnceLock<Index> = OnceLock::new();
    INDEX.get_or_init(build)
}

fn all() -> impl Iterator<Item = Candidate> {
    let formats = formats().iter().filter(|format| format.check != Check::Member);
    formats.flat_map(|format| format.shapes.iter().map(move |shape| Candidate { format, shape }))
}

fn is_anywhere(candidate: &Candidate) -> bool {
    !candidate.format.whole && candidate.format.names.is_empty()
}

fn anywhere() -> impl Iterator<Item = Candidate> {
    all().filter(is_anywhere)
}

fn build() -> Index {
    let anywhere: Vec<Candidate> = anywhere().collect();
    let mut texts: Vec<&str> = anywhere.iter().map(|candidate| candidate.shape.anchor()).collect();
    // Longest first; equal ones side by side.
    texts.sort_unstable_by_key(|text| (std::cmp::Reverse(text.len()), *text));
    texts.dedup();
    let (whole, bare) = (vec![Whole::default(); 256], vec![Vec::new(); LONGEST + 1]);
    let mut index = Index { lists: Box::new([0; marks::SLOTS]), anchors: Vec::new(), whole, bare };
    // Where one anchor begins with another, they begin alike.
    let mut alike: HashMap<usize, Vec<Candidate>> = HashMap::new();
    for candidate in &anywhere {
        let slot = marks::slot_of(candidate.shape.anchor().as_bytes());
        slot.into_iter().for_each(|slot| alike.entry(slot).or_default().push(*candidate));
    }
    for text in texts {
        let Some(slot) = marks::slot_of(text.as_bytes()) else { continue };
        if index.lists[slot] == 0 {
            index.anchors.push(Vec::new());
            index.lists[slot] = u16::try_from(index.anchors.len()).unwrap_or(0);
        }
        let anchor = Anchor { text, candidates: ordered(alike.get(&slot).map_or(&[], Vec::as_slice), text) };
        index.anchors[usize::from(index.lists[slot]) - 1].push(anchor);
    }
    for candidate in all().filter(|candidate| !is_anywhere(candidate)) {
        let lengths = candidate.shape.lengths();
        if candidate.shape.prefix().is_empty() {
            for places in index.bare.get_mut((*lengths.start()).min(LONGEST)..=(*lengths.end()).min(LONGEST)).into_iter().flatten() {
                places.push(candidate);
            }
            continue;
        }
        for (byte, whole) in (0..=u8::MAX).zip(&mut index.whole) {
            if candidate.shape.prefix().bytes().next().is_none_or(|first| first == byte) {
                whole.candidates.push(candidate);
                candidate.shape.lengths().clone().take_while(|length| *length <= 255).for_each(|length| whole.lengths.insert(length));
                whole.lengths.insert(*candidate.shape.lengths().end());
            }
        }
    }
    index
}

/// Where a longer anchor is found, the shorter ones it begins with are found too. Longest first, then the narrower shape,
/// then the order of the pages (the sort is stable).
fn ordered(candidates: &[Candidate], found: &str) -> Vec<Candidate> {
    let mut fitting: Vec<Candidate> = candidates.iter().copied().filter(|it| found.starts_with(it.shape.anchor())).collect();
    fitting.sort_by_key(|it| (std::cmp::Reverse(it.shape.anchor().len()), it.shape.slack()));
    fitting
}
