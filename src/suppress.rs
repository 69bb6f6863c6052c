//! Suppressions: `# caulk: ignore[SEL, …] reason` in a comment of the file's own syntax.
//!
//! Applied once, after the checks, which never hear of it. Every one is counted; one that is wrong or matches nothing is
//! itself a finding. `until=YYYY-MM-DD` after the list ends it: past that day the finding is back.

mod comment;

use std::collections::HashMap;

use crate::catalogue::Page;
use crate::config::Selector;
use crate::finding::{Finding, Findings};
use crate::source::{Place, Source, Span};

pub use comment::{Date, Outcome, today};

/// What the stage needs to know of the run, as data.
#[derive(Clone, Copy)]
pub struct Known<'k> {
    /// Every check's page.
    pub pages: &'k [&'static Page],
    /// The page for suppressions that are wrong.
    pub invalid: &'static Page,
    /// The page for suppressions that match nothing; None where not every check ran.
    pub unused: Option<&'static Page>,
    /// Today, for `until=`.
    pub today: Date,
}

/// A suppression that counts.
struct Suppression {
    place: Place,
    line: usize,
    selectors: Vec<Selector>,
    reason: String,
    used: bool,
}

/// Applies the suppressions in `comments` of one source to its findings. The answer holds, for each finding, the reason it was
/// suppressed for, and findings about the suppressions themselves.
#[must_use]
pub fn apply(source: &Source, comments: &[Span], findings: &[Finding], known: Known<'_>) -> (Vec<Option<String>>, Vec<Finding>) {
    let mut verdicts = vec![None; findings.len()];
    let mut own = Vec::new();
    let mut suppressions = Vec::new();
    let comments: Vec<&Span> = comments.iter().filter(|span| source.slice(**span).contains("caulk:")).collect();
    if comments.is_empty() {
        return (verdicts, own);
    }
    let lines = Lines::new(&source.text);
    for span in comments {
        read(source, *span, &lines, known, &mut suppressions, &mut own);
    }
    // By line, so that many findings under many suppressions stay linear.
    let mut by_line: HashMap<usize, Vec<usize>> = HashMap::new();
    for (index, suppression) in suppressions.iter().enumerate() {
        by_line.entry(suppression.line).or_default().push(index);
    }
    for (finding, verdict) in findings.iter().zip(&mut verdicts).filter(|(finding, _)| finding.place.source == source.id) {
        let (line, opener) = (lines.of(finding.place.span.start), lines.of(finding.opener));
        let candidates = [Some(line), line.checked_sub(1), Some(opener), opener.checked_sub(1)];
        for index in candidates.into_iter().flatten().filter_map(|at| by_line.get(&at)).flatten() {
            let suppression = &mut suppressions[*index];
            if suppression.selectors.iter().any(|selector| selector.matches(finding.page)) {
                suppression.used = true;
                verdict.get_or_insert_with(|| suppression.reason.clone());
            }
        }
    }
    if let Some(page) = known.unused {
        let mut unused = Findings::new(page);
        for suppression in suppressions.iter().filter(|suppression| !suppression.used) {
            unused.report(suppression.place, "this suppression matches no finding").help("remove it");
        }
        own.extend(unused.into_list());
    }
    (verdicts, own)
}

fn read(source: &Source, span: Span, lines: &Lines<'_>, known: Known<'_>, suppressions: &mut Vec<Suppression>, own: &mut Vec<Finding>) {
    let text = source.slice(span);
    let mut invalid = Findings::new(known.invalid);
    let place = source.place(span);
    match comment::read(text, known.today) {
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
                suppressions.push(Suppression { place, line: lines.of(span.start), selectors: parsed, reason, used: false });
            }
        }
    }
    own.extend(invalid.into_list());
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
