//! Finds tokens of known shapes: one pass for their anchors, then a check at the hit.

use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, Anchored, Input, MatchKind};

use super::checksum::{Check, Outcome};
use super::dull::is_dull;
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
    automaton: AhoCorasick,
    /// Per pattern of the automaton, the shapes that may stand where it is found, in the order in which they win.
    candidates: Vec<Vec<Candidate>>,
    /// Formats that only a whole literal may be.
    whole: Vec<Candidate>,
}

#[derive(Clone, Copy)]
struct Candidate {
    format: &'static TokenFormat,
    shape: &'static Shape,
}

/// Every token in a text that is told by its shape alone, in order.
pub(super) fn find(text: &str) -> Vec<Hit> {
    let mut hits = Vec::new();
    let Some(index) = index() else { return hits };
    let mut runs = Runs::new(text);
    let mut from = 0;
    while let Some(anchor) = index.automaton.find(Input::new(text).range(from..).anchored(Anchored::No)) {
        let candidates = index.candidates.get(anchor.pattern().as_usize()).map_or(&[][..], Vec::as_slice);
        match at_anchor(text, &mut runs, anchor.start(), candidates, hits.last().map_or(0, |hit: &Hit| hit.range.end)) {
            Some(hit) => {
                from = hit.range.end.max(anchor.end());
                hits.push(hit);
            }
            None => from = anchor.start() + 1,
        }
    }
    hits
}

/// The token that a whole literal is, for beginnings that say too little inside a text and for names that must say the rest.
pub(super) fn whole(text: &str, name: &str) -> Option<Hit> {
    let index = index()?;
    let mut runs = Runs::new(text);
    let mut words: Option<Vec<String>> = None;
    let named = |format: &TokenFormat, words: &mut Option<Vec<String>>| {
        let words = words.get_or_insert_with(|| names::split(name));
        format.names.is_empty() || format.names.iter().any(|group| group.split(' ').all(|word| words.iter().any(|w| w == word)))
    };
    // Every value comes by here: most candidates fall at the first byte, or for want of any name.
    let possible = |candidate: &&Candidate| {
        let first = candidate.shape.prefix().as_bytes().first();
        (first.is_none() || first == text.as_bytes().first()) && (candidate.format.names.is_empty() || !name.is_empty())
    };
    let fits = |candidate: &&Candidate| {
        let prefix = candidate.shape.prefix();
        (prefix.is_empty() || text.starts_with(prefix)) && candidate.shape.end(&mut runs, 0) == Some(text.len())
    };
    let mut fitting = index.whole.iter().filter(possible).filter(fits).filter(|candidate| named(candidate.format, &mut words));
    fitting.find_map(|candidate| hit(text, 0..text.len(), *candidate))
}

/// The best match among the shapes whose anchor stands at `at`: the first in order whose checksum agrees, else the first.
fn at_anchor(text: &str, runs: &mut Runs<'_>, at: usize, candidates: &[Candidate], floor: usize) -> Option<Hit> {
    let mut best: Option<Hit> = None;
    for candidate in candidates {
        if candidate.format.check == Check::Pem {
            return pem::block(text, at).and_then(|block| pem_hit(text, block));
        }
        let Some(start) = candidate.shape.start(text, at).filter(|start| *start >= floor) else { continue };
        if !candidate.shape.starts_well(text, start) {
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
    Some(Hit { range: block.range, format, preview: format.preview(), outcome: Outcome::Unknown })
}

fn index() -> Option<&'static Index> {
    static INDEX: OnceLock<Option<Index>> = OnceLock::new();
    INDEX.get_or_init(build).as_ref()
}

fn build() -> Option<Index> {
    let all = formats()
        .iter()
        .filter(|format| format.check != Check::Member)
        .flat_map(|format| format.shapes.iter().map(move |shape| Candidate { format, shape }));
    let (whole, anywhere): (Vec<Candidate>, Vec<Candidate>) = all.partition(|it| it.format.whole || !it.format.names.is_empty());
    let mut anchors: Vec<&str> = anywhere.iter().map(|candidate| candidate.shape.anchor()).collect();
    anchors.sort_unstable();
    anchors.dedup();
    let candidates = anchors.iter().map(|anchor| ordered(&anywhere, anchor)).collect();
    let automaton = AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).match_kind(MatchKind::LeftmostLongest).build(&anchors).ok()?;
    Some(Index { automaton, candidates, whole })
}

/// Where a longer anchor is found, the shorter ones it begins with are found too. Longest first, then the narrower shape,
/// then the order of the pages (the sort is stable).
fn ordered(candidates: &[Candidate], found: &str) -> Vec<Candidate> {
    let mut fitting: Vec<Candidate> = candidates.iter().copied().filter(|it| found.starts_with(it.shape.anchor())).collect();
    fitting.sort_by_key(|it| (std::cmp::Reverse(it.shape.anchor().len()), it.shape.slack()));
    fitting
}
