//! What a run found, as data, and its spellings: terminal, JSON, SARIF, and what GitHub and GitLab show.
//!
//! Nothing that came from a file is written except through the escaper of its sink, and no excerpt is cut from anything
//! but a masked copy of the text.

mod diff;
pub mod escape;
mod fingerprint;
pub mod github;
pub mod gitlab;
pub mod json;
pub mod markdown;
mod masks;
pub mod sarif;
mod state;
pub mod terminal;

use std::collections::{BTreeMap, HashSet};
use std::io;
use std::sync::Arc;

pub use diff::diff;
pub use fingerprint::{fingerprint, number};
pub use terminal::{Complaint, TerminalOptions, complain};

use crate::catalogue::{Page, Severity};
use crate::finding::{Finding, Label};
use crate::source::{Position, Source, SourceId, Span};

/// The names of formats that are written differently.
const STATE: &str = "tfstate";
const NOTEBOOK: &str = "notebook";
const TEXT: &str = "text";

/// The spelling of a report.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Output {
    /// For people.
    Terminal(TerminalOptions),
    /// The JSON document.
    Json,
    /// SARIF 2.1.0.
    Sarif,
    /// Workflow commands of GitHub Actions.
    Github,
    /// A summary.
    Markdown,
    /// GitLab's Code Quality report.
    GitlabCodeQuality,
    /// GitLab's secret detection report of a run at this time.
    GitlabSecretDetection(gitlab::Times),
}

/// Writes a report.
///
/// # Errors
/// What the writer says; a closed pipe is [`io::ErrorKind::BrokenPipe`].
pub fn write(report: &Report, output: Output, out: &mut dyn io::Write) -> io::Result<()> {
    match output {
        Output::Terminal(options) => terminal::write(report, &options, out),
        Output::Json => json::write(report, out),
        Output::Sarif => sarif::write(report, out),
        Output::Github => github::write(report, out),
        Output::Markdown => markdown::write(report, out),
        Output::GitlabCodeQuality => gitlab::write_code_quality(report, out),
        Output::GitlabSecretDetection(times) => gitlab::write_secret_detection(report, times, out),
    }
}

/// A finished run.
#[derive(Debug, Default)]
pub struct Report {
    /// Sorted by path, place, check; the suppressed ones too.
    pub findings: Vec<Reported>,
    /// The sources that findings and labels stand in.
    pub sources: BTreeMap<SourceId, Arc<Source>>,
    /// Per source, everything the engine judges secret, at any severity, whatever was selected or suppressed; sorted.
    pub masks: BTreeMap<SourceId, Vec<Span>>,
    /// What was read.
    pub coverage: Coverage,
    /// Every shipped check, for SARIF's rules.
    pub rules: Vec<&'static Page>,
    /// Below this severity nothing is shown, counted or listed (suppressed or not). `None` is `low`.
    pub min_severity: Option<Severity>,
    /// Where only what a change brings is told: how many open findings stand elsewhere.
    pub unchanged: Option<usize>,
    /// Where only what a change brings is told: what it mends, as it was found before, in order.
    pub mended: Vec<Reported>,
    /// Suppressions that are new and do not count, where only older ones do.
    pub newer: usize,
}

/// A finding with what only the whole run knows.
#[derive(Debug)]
pub struct Reported {
    /// The finding.
    pub finding: Finding,
    /// The format's name.
    pub format: &'static str,
    /// The file's path, relative to the directory caulk was started in.
    pub file: String,
    /// The file's path relative to the repository's root.
    pub root_path: String,
    /// Where it starts and ends.
    pub range: Range,
    /// The labels' places, in the order of `finding.labels`.
    pub labels: Vec<LabelPlace>,
    /// What the finding's fix changes of its file, in order; nothing where there is no fix, or where it would show a secret.
    pub edits: Vec<EditPlace>,
    /// 128 bits in hexadecimal; `:2`, `:3` behind equal ones.
    pub fingerprint: String,
    /// Number of the group of equal secrets.
    pub group: Option<u32>,
    /// Who suppressed it, if somebody did.
    pub suppressed: Option<Suppressed>,
}

/// First and one-past-last position.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Range {
    /// First.
    pub start: Position,
    /// One past the last.
    pub end: Position,
}

/// Where a label stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LabelPlace {
    /// The file's path.
    pub file: String,
    /// The range.
    pub range: Range,
}

/// An edit of a fix, and where it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EditPlace {
    /// What goes.
    pub range: Range,
    /// What comes, with the file's own line ends.
    pub text: String,
}

/// A suppression that matched.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Suppressed {
    /// What did it.
    pub by: By,
    /// The reason given; may be empty.
    pub reason: String,
}

/// What suppressed a finding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum By {
    /// A comment in the file, or a tag of the cell.
    File,
    /// An entry of `caulk.toml`.
    Config,
    /// The baseline.
    Baseline,
}

impl By {
    /// The word used in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Config => "config",
            Self::Baseline => "baseline",
        }
    }
}

/// What was read and what was not.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Coverage {
    /// Files linted as their format.
    pub linted: usize,
    /// Files read as text.
    pub as_text: usize,
    /// Files passed over as binary or too large.
    pub other: usize,
    /// Files that the configuration excludes.
    pub excluded: usize,
    /// Ignored files with telling names (`*.tfstate`, `.env`) that were not read.
    pub ignored_telling: usize,
    /// Repositories inside what was read, which were not entered.
    pub nested: usize,
    /// What should have been linted and was not, or only in part; what was read differently. Sorted.
    pub passed_over: Vec<PassedOver>,
    /// The files that were read as a whole, by their paths from the repository's root.
    pub linted_paths: HashSet<String>,
    /// Each file that was read, for `--verbose`: its path and its format's name. Sorted.
    pub files: Vec<(String, &'static str)>,
}

/// One entry of the coverage.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct PassedOver {
    /// The file.
    pub path: String,
    /// Why, in our own words.
    pub reason: String,
    /// Whether the run is incomplete because of it.
    pub incomplete: bool,
    /// The line from which on it was not read, where there is one.
    pub line: Option<u32>,
}

impl PassedOver {
    /// The file and the line.
    #[must_use]
    pub fn place(&self) -> String {
        self.line.map_or_else(|| self.path.clone(), |line| format!("{}:{line}", self.path))
    }
}

impl Report {
    /// Whether everything that should have been linted was.
    #[must_use]
    pub fn complete(&self) -> bool {
        !self.coverage.passed_over.iter().any(|entry| entry.incomplete)
    }

    /// The findings to show, suppressed ones included.
    pub fn shown(&self) -> impl Iterator<Item = &Reported> {
        let least = self.min_severity.unwrap_or(Severity::Low);
        self.findings.iter().filter(move |reported| reported.finding.severity >= least)
    }

    /// The findings that count: shown, and nothing suppressed them.
    pub fn open(&self) -> impl Iterator<Item = &Reported> {
        self.shown().filter(|reported| reported.suppressed.is_none())
    }

    /// How many open findings have this severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.open().filter(|reported| reported.finding.severity == severity).count()
    }

    /// How many of the suppressed ones the baseline holds.
    #[must_use]
    pub fn in_baseline(&self) -> usize {
        self.shown().filter(|reported| reported.suppressed.as_ref().is_some_and(|suppressed| suppressed.by == By::Baseline)).count()
    }

    /// How many findings would be shown if nothing had suppressed them.
    #[must_use]
    pub fn suppressed(&self) -> usize {
        self.shown().filter(|reported| reported.suppressed.is_some()).count()
    }
}

/// The open findings, the most severe first; otherwise in their order.
fn by_severity(report: &Report) -> Vec<&Reported> {
    let mut findings: Vec<&Reported> = report.open().collect();
    findings.sort_by_key(|reported| std::cmp::Reverse(reported.finding.severity));
    findings
}

/// How many open findings there are: `3 findings: 1 high, 2 low`.
fn counts(report: &Report) -> String {
    let severities = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info];
    let counted = severities.map(|severity| (report.count(severity), severity.name()));
    let parts: Vec<String> = counted.iter().filter(|(count, _)| *count > 0).map(|(count, name)| format!("{count} {name}")).collect();
    match counted.iter().map(|(count, _)| count).sum::<usize>() {
        0 => "0 findings".to_owned(),
        1 => format!("1 finding: {}", parts.join(", ")),
        all => format!("{all} findings: {}", parts.join(", ")),
    }
}

impl Reported {
    /// The labels with their places.
    pub fn labels(&self) -> impl Iterator<Item = (&Label, &LabelPlace)> {
        self.finding.labels.iter().zip(&self.labels)
    }
}

#[cfg(test)]
pub(crate) mod sample;

#[cfg(test)]
mod tests;
