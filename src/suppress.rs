//! Suppressions in files: `# caulk: ignore[SEL, …] reason` in a comment of the file's own syntax, `caulk:ignore[SEL]` as the tag
//! of a notebook's cell, and other scanners' comments where the team says so.
//!
//! Applied once, after the checks, which never hear of it. Every one is counted; one that is wrong or matches nothing is
//! itself a finding. `until=YYYY-MM-DD` after the list ends it: past that day the finding is back. Where only what an older text
//! has counts (`--config-from`), newer ones are told and nothing more.

mod comment;
mod foreign;
mod newer;

use std::borrow::Cow;
use std::collections::HashMap;

use crate::catalogue::Page;
use crate::config::{Compat, Date, Selector};
use crate::finding::{Finding, Findings};
use crate::source::{Change, Edit, Place, Source, Span};

pub use comment::Outcome;
pub use newer::note_new;

/// What the stage needs to know of the run, as data.
#[derive(Clone, Copy)]
pub struct Known<'k> {
    /// Every check's page.
    pub pages: &'k [&'static Page],
    /// The page for suppressions that are wrong.
    pub invalid: &'static Page,
    /// The page for suppressions that match nothing; None where not every check ran.
    pub unused: Option<&'static Page>,
    /// The page for suppressions without a reason.
    pub unexplained: &'static Page,
    /// The page for suppressions that are new and do not count.
    pub new: &'static Page,
    /// Whose comments count beside our own.
    pub compat: Compat,
    /// Today, for `until=`.
    pub today: Date,
}

/// Where a suppression may stand.
#[derive(Clone, Debug)]
pub struct Mark<'m> {
    /// Where it stands.
    pub span: Span,
    /// What it says; what stands there unless it had to be decoded.
    pub text: Cow<'m, str>,
    /// What it is about, for a tag; a comment is about its line and what opens there.
    pub covers: Option<Span>,
    /// Whether only what is older counts, and this is not.
    pub is_new: bool,
}

/// A block, a key or an item of a list that holds other things.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Holder {
    /// All of it. One holds another or has nothing in common with it.
    pub span: Span,
    /// Where it opens.
    pub opener: u32,
    /// Whether it is one of several of a kind, and no key that holds them.
    pub is_item: bool,
}

/// What becomes of one finding.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Heard {
    /// Nothing speaks of it.
    #[default]
    Open,
    /// Something does that is new and does not count.
    Unheard,
    /// It is suppressed, for this reason.
    Suppressed(String),
}

/// A suppression that can be read.
struct Suppression {
    place: Place,
    line: usize,
    /// Whether it speaks of what begins on the next line, too.
    leads: bool,
    covers: Option<Span>,
    selectors: Vec<Selector>,
    reason: String,
    is_new: bool,
    used: bool,
    /// The checks of which it speaks by its line.
    at_line: Vec<&'static str>,
    /// What takes the comment out of the file.
    removal: Option<Edit>,
}

/// Whether a comment of this text may be a suppression at all: most files have none, and need not be asked for their comments.
#[must_use]
pub fn may_stand_in(text: &str, compat: Compat) -> bool {
    let words = [
        (true, "caulk"),
        (compat.gitleaks, "gitleaks"),
        (compat.detect_secrets, "allowlist"),
        (compat.trufflehog, "trufflehog"),
        (compat.kingfisher, "kingfisher"),
    ];
    words.iter().any(|(counts, word)| *counts && memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some())
}

/// Applies the suppressions of one source to its findings. `holders` are the parts of the source that hold others. The answer holds
/// what becomes of each finding, and findings about the suppressions themselves.
#[must_use]
pub fn apply(
    source: &Source,
    marks: &[Mark<'_>],
    holders: &[Holder],
    findings: &[Finding],
    known: Known<'_>,
) -> (Vec<Heard>, Vec<Finding>) {
    let mut verdicts = vec![Heard::Open; findings.len()];
    let mut own = Vec::new();
    let mut suppressions = Vec::new();
    let foreign = foreign::Foreign::new(marks, known.compat);
    let marks: Vec<&Mark<'_>> = marks.iter().filter(|mark| mark.text.contains("caulk:")).collect();
    if marks.is_empty() && foreign.is_empty() {
        return (verdicts, own);
    }
    let lines = Lines::new(&source.text);
    for mark in marks {
        read(source, mark, &lines, known, &mut suppressions, &mut own);
    }
    // By line, so that many findings under many suppressions stay linear.
    let mut by_line: HashMap<usize, Vec<usize>> = HashMap::new();
    for (index, suppression) in suppressions.iter().enumerate().filter(|(_, suppression)| suppression.covers.is_none()) {
        by_line.entry(suppression.line).or_default().push(index);
    }
    let covering: Vec<usize> = (0..suppressions.len()).filter(|index| suppressions[*index].covers.is_some()).collect();
    own.extend(foreign.newer().map(|span| about_new(known.new, source.place(span))));
    let foreign = foreign.lines(&lines);
    let on = |at: usize, suppressions: &[Suppression]| -> Vec<usize> {
        let here = by_line.get(&at).into_iter().flatten();
        let above = at.checked_sub(1).and_then(|above| by_line.get(&above)).into_iter().flatten();
        here.chain(above.filter(|index| suppressions[**index].leads)).copied().collect()
    };
    for (finding, verdict) in findings.iter().zip(&mut verdicts).filter(|(finding, _)| finding.place.source == source.id) {
        let (line, opener) = (lines.of(finding.place.span.start), lines.of(finding.opener));
        let around = covering.iter().filter(|index| suppressions[**index].covers.is_some_and(|span| span.contains(finding.place.span)));
        let matching: Vec<usize> = on(line, &suppressions).into_iter().chain(on(opener, &suppressions)).chain(around.copied()).collect();
        for index in matching {
            if suppressions[index].speaks_of(finding, verdict) {
                suppressions[index].at_line.push(finding.page.id);
            }
        }
        if let Some(mark) = foreign.get(&line).filter(|_| foreign::is_concerned(finding)) {
            verdict.hear(mark.is_new, mark.words);
        }
    }
    // What speaks of its line does not speak of the block that opens there, too.
    let holders = Holders::new(if by_line.is_empty() { &[] } else { holders });
    for (finding, verdict) in findings.iter().zip(&mut verdicts).filter(|(finding, _)| finding.place.source == source.id) {
        let around = holders.around(finding.place.span.start).into_iter().flat_map(|opener| on(lines.of(opener), &suppressions));
        for index in around.collect::<Vec<_>>() {
            if !suppressions[index].at_line.contains(&finding.page.id) {
                suppressions[index].speaks_of(finding, verdict);
            }
        }
    }
    own.extend(about(&suppressions, known));
    (verdicts, own)
}

impl Heard {
    /// The first suppression that counts gives the reason.
    fn hear(&mut self, is_new: bool, reason: &str) {
        match self {
            Self::Suppressed(_) => {}
            _ if is_new => *self = Self::Unheard,
            _ => *self = Self::Suppressed(reason.to_owned()),
        }
    }
}

impl Suppression {
    /// Lets it be heard for a finding that it selects; whether it does.
    fn speaks_of(&mut self, finding: &Finding, verdict: &mut Heard) -> bool {
        let selects = self.selectors.iter().any(|selector| selector.matches(finding.page));
        if selects {
            self.used = true;
            verdict.hear(self.is_new, &self.reason);
        }
        selects
    }
}

/// What is to be said of suppressions that can be read.
fn about(suppressions: &[Suppression], known: Known<'_>) -> Vec<Finding> {
    let (new, old): (Vec<&Suppression>, Vec<&Suppression>) = suppressions.iter().partition(|suppression| suppression.is_new);
    let mut said: Vec<Finding> = new.into_iter().map(|suppression| about_new(known.new, suppression.place)).collect();
    if let Some(page) = known.unused {
        let mut unused = Findings::new(page);
        for suppression in old.iter().filter(|suppression| !suppression.used) {
            let finding = unused.report(suppression.place, "this suppression matches no finding").help("remove it");
            finding.safe_fix("remove the comment", suppression.removal.clone().map(Change::from));
        }
        said.extend(unused.into_list());
    }
    let mut unexplained = Findings::new(known.unexplained);
    for suppression in old.iter().filter(|suppression| suppression.used && suppression.reason.is_empty()) {
        unexplained
            .report(suppression.place, "this suppression gives no reason")
            .help("write why the finding is accepted, behind the list");
    }
    said.extend(unexplained.into_list());
    said
}

/// What is said of one that is new.
#[must_use]
pub fn about_new(page: &'static Page, place: Place) -> Finding {
    let mut findings = Findings::new(page);
    findings.report(place, "this suppression is new, and does not count yet").help("it counts once the revision of `--config-from` has it");
    findings.into_list().remove(0)
}

fn read(
    source: &Source,
    mark: &Mark<'_>,
    lines: &Lines<'_>,
    known: Known<'_>,
    suppressions: &mut Vec<Suppression>,
    own: &mut Vec<Finding>,
) {
    let mut invalid = Findings::new(known.invalid);
    let place = source.place(mark.span);
    match comment::read(&mark.text, known.today) {
        Outcome::None => {}
        Outcome::Invalid(what) => {
            invalid.report(place, what).help("write `caulk: ignore[check-id] reason`");
        }
        Outcome::Expired => {
            if let Some(page) = known.unused {
                let mut unused = Findings::new(page);
                unused.report(place, "this suppression is past its date").help("mend what it hides, or move the date");
                own.extend(unused.into_list());
            }
        }
        Outcome::Ignore { selectors, reason } => {
            let mut parsed = Vec::new();
            for selector in selectors {
                match Selector::parse(&selector, known.pages.iter().copied()) {
                    Ok(selector) => parsed.push(selector),
                    Err(unknown) => {
                        let finding = invalid.report(place, "this suppression names a check that does not exist");
                        match unknown.nearest {
                            Some(nearest) => finding.help(format!("the nearest is `{nearest}`; `caulk checks` lists them all")),
                            None => finding.help("`caulk checks` lists them all"),
                        };
                    }
                }
            }
            if !parsed.is_empty() {
                let (line, covers) = (lines.of(mark.span.start), mark.covers);
                let (is_new, leads) = (mark.is_new, leads(source, mark));
                let removal = covers.is_none().then(|| removal(source, mark)).flatten();
                suppressions.push(Suppression {
                    place,
                    line,
                    leads,
                    covers,
                    selectors: parsed,
                    reason,
                    is_new,
                    used: false,
                    at_line: Vec::new(),
                    removal,
                });
            }
        }
    }
    own.extend(invalid.into_list());
}

/// Whether a comment speaks of the next line, too: it has a line of its own, or stands behind what opens something there. Behind a
/// value it speaks of that value only, lest whoever adds a line below it is not heard.
fn leads(source: &Source, mark: &Mark<'_>) -> bool {
    // In a notebook a line is a string of a list.
    let is_notebook = is_notebook(source);
    let before = source.text.get(..mark.span.start as usize).unwrap_or_default();
    let before = before.trim_end_matches(|char| matches!(char, ' ' | '\t' | '\u{feff}') || (is_notebook && char == '"'));
    before.is_empty() || before.ends_with(['\n', '\r', '{', '[', '(', ':', '-'])
}

fn is_notebook(source: &Source) -> bool {
    source.file_name().to_ascii_lowercase().ends_with(".ipynb")
}

/// A comment goes with the blanks before it, or with its line where nothing else stands there. Nothing where code stands behind it.
fn removal(source: &Source, mark: &Mark<'_>) -> Option<Edit> {
    let (start, end) = (mark.span.range().start, mark.span.range().end);
    let (before, behind) = (source.text.get(..start)?, source.text.get(end..)?);
    if mark.text.contains(['\n', '\r']) || source.slice(mark.span) != mark.text {
        return None;
    }
    let line = before.rfind('\n').map_or(0, |at| at + 1);
    let rest = behind.find('\n').map_or(behind, |at| &behind[..=at]);
    let blanks = before.len() - before.trim_end_matches([' ', '\t']).len();
    // In a notebook the line's end is an escape in a string.
    let is_last = rest.trim().is_empty() || is_notebook(source);
    match before[line..].trim_matches([' ', '\t', '\u{feff}']).is_empty() && rest.trim().is_empty() {
        true => Some(Edit::replace(Span::new(if line == 0 { start - blanks } else { line }, end + rest.len()), "")),
        false => is_last.then(|| Edit::replace(Span::new(start - blanks, end), "")),
    }
}

/// What holds a place, by the place.
struct Holders {
    /// By where they begin, the outer one first, each with the one around it.
    sorted: Vec<(Holder, Option<usize>)>,
}

impl Holders {
    fn new(holders: &[Holder]) -> Self {
        let mut all = holders.to_vec();
        all.sort_unstable_by_key(|holder| (holder.span.start, std::cmp::Reverse(holder.span.end), holder.opener));
        let mut sorted: Vec<(Holder, Option<usize>)> = Vec::with_capacity(all.len());
        let mut open: Vec<usize> = Vec::new();
        for holder in all {
            while open.last().is_some_and(|last| sorted[*last].0.span.end <= holder.span.start) {
                open.pop();
            }
            sorted.push((holder, open.last().copied()));
            open.push(sorted.len() - 1);
        }
        Self { sorted }
    }

    /// Where the nearest one opens, and the nearest of several of a kind.
    fn around(&self, offset: u32) -> Vec<u32> {
        let mut next = self.sorted.partition_point(|(holder, _)| holder.span.start <= offset).checked_sub(1);
        let mut openers = Vec::new();
        while let Some((holder, outer)) = next.and_then(|index| self.sorted.get(index)) {
            next = *outer;
            if holder.span.end <= offset || (!holder.is_item && !openers.is_empty()) {
                continue;
            }
            openers.push(holder.opener);
            if holder.is_item {
                break;
            }
        }
        openers
    }
}

/// Line numbers of byte offsets, counted from 0.
struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    fn new(text: &'t str) -> Self {
        let bytes = text.as_bytes();
        let ends = memchr::memchr2_iter(b'\n', b'\r', bytes).filter(|at| bytes[*at] == b'\n' || bytes.get(at + 1) != Some(&b'\n'));
        Self { text, starts: ends.map(|at| at + 1).collect() }
    }

    fn of(&self, offset: u32) -> usize {
        let offset = (offset as usize).min(self.text.len());
        self.starts.partition_point(|start| *start <= offset)
    }
}

#[cfg(test)]
mod tests;
