//! What a run is asked to do: severities, selections, exclusions, what to ignore. Data only.

mod baseline;
mod date;
mod file;
mod globs;
mod problem;
mod selector;

use std::sync::Arc;

pub use baseline::{Accepted, Baseline};
pub use date::{Date, moment, today};
pub use file::{SCHEMA, Settings, read};
pub use globs::{Base, Globs};
pub use problem::Problem;
pub use selector::{Selector, UnknownSelector, nearest};

use crate::catalogue::{Confidence, Page, Severity};
use crate::secrets::Custom;
use crate::source::Span;

/// The settings of one run.
#[derive(Clone, Debug)]
pub struct Config {
    /// From this severity on a finding fails the run; None never does.
    pub fail_on: Option<Severity>,
    /// Findings below it are neither shown nor counted.
    pub min_severity: Severity,
    /// Findings that caulk is less sure of are neither shown nor counted.
    pub min_confidence: Confidence,
    /// Show pedantic checks and `info` findings too.
    pub pedantic: bool,
    /// Which checks run; all where empty.
    pub only: Vec<Selector>,
    /// Which checks do not run.
    pub skip: Vec<Selector>,
    /// Severities that the team sees differently.
    pub severities: Vec<Override>,
    /// Whether comments, tags, entries and the baseline suppress anything.
    pub suppressions: bool,
    /// Whose comments suppress plaintext secrets too.
    pub compat: Compat,
    /// What `caulk.toml` ignores.
    pub ignores: Arc<Ignores>,
    /// What was there when caulk came.
    pub baseline: Option<Arc<Baseline>>,
    /// What would count too if the files of today did, and not those of an older revision.
    pub newer: Option<Arc<Newer>>,
    /// What the team adds to the secret engine.
    pub custom: Arc<Custom>,
    /// Whether a report quotes the files, so that somebody must know what to hide in them. If not, all of them is hidden.
    pub excerpts: bool,
    /// Threads; 0 means one per core.
    pub jobs: usize,
    /// Bytes of stack of each thread. Nothing recurses as deep as its input, which tests prove with a small one.
    pub stack: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            fail_on: Some(Severity::Low),
            min_severity: Severity::Low,
            min_confidence: Confidence::Low,
            pedantic: false,
            only: Vec::new(),
            skip: Vec::new(),
            severities: Vec::new(),
            suppressions: true,
            compat: Compat::default(),
            ignores: Arc::default(),
            baseline: None,
            newer: None,
            custom: Arc::default(),
            excerpts: true,
            jobs: 0,
            stack: 8 * 1024 * 1024,
        }
    }
}

/// A severity for all findings of a check, or of one of its cases.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Override {
    /// The check's id.
    pub id: String,
    /// The case; all of them where there is none.
    pub case: Option<String>,
    /// The severity.
    pub severity: Severity,
}

/// Whose comments count for plaintext secrets.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Compat {
    /// `gitleaks:allow`
    pub gitleaks: bool,
    /// `pragma: allowlist secret`, `pragma: allowlist nextline secret`
    pub detect_secrets: bool,
    /// `trufflehog:ignore`
    pub trufflehog: bool,
    /// `kingfisher:ignore`
    pub kingfisher: bool,
}

/// The `[[ignore]]` entries, and the file they stand in.
#[derive(Clone, Debug, Default)]
pub struct Ignores {
    /// The file's path, relative to the directory caulk was started in.
    pub file: String,
    /// The file's path from the repository's root.
    pub root_path: String,
    /// Its text.
    pub text: String,
    /// What the entries' paths are relative to.
    pub base: Base,
    /// The entries.
    pub entries: Vec<Ignore>,
}

/// What is accepted by files of which an older revision counts.
#[derive(Clone, Debug, Default)]
pub struct Newer {
    /// What `caulk.toml` ignores.
    pub ignores: Ignores,
    /// What the baseline holds.
    pub baseline: Option<Baseline>,
}

/// One `[[ignore]]` entry.
#[derive(Clone, Debug)]
pub struct Ignore {
    /// Where it stands in the file.
    pub span: Span,
    /// Which checks.
    pub check: Selector,
    /// In which files.
    pub path: Globs,
    /// Where in a file's own structure, with `*` for any run of characters; anywhere if there is none.
    pub logical_path: Option<String>,
    /// Why; may be empty.
    pub reason: String,
    /// The last day on which it counts.
    pub until: Option<Date>,
}

impl Ignore {
    /// Whether it names a place in a file's structure, shown or stable.
    #[must_use]
    pub fn covers(&self, shown: &str, stable: &str) -> bool {
        self.logical_path.as_ref().is_none_or(|pattern| selector::glob(pattern, shown) || selector::glob(pattern, stable))
    }
}

impl Config {
    /// Whether a check runs.
    #[must_use]
    pub fn selects(&self, page: &Page) -> bool {
        (self.only.is_empty() || self.only.iter().any(|selector| selector.matches(page)))
            && !self.skip.iter().any(|selector| selector.matches(page))
    }

    /// The least severity that is shown.
    #[must_use]
    pub fn shown_from(&self) -> Severity {
        if self.pedantic { Severity::Info } else { self.min_severity }
    }

    /// Whether pedantic checks are shown.
    #[must_use]
    pub fn shows_pedantic(&self) -> bool {
        self.pedantic || self.min_severity == Severity::Info
    }

    /// Whether every finding of every check is there to be matched: otherwise an unused suppression proves nothing.
    #[must_use]
    pub fn runs_everything(&self) -> bool {
        self.only.is_empty() && self.skip.is_empty() && self.min_severity <= Severity::Low
    }

    /// Whether every finding that a baseline may hold is there to be matched.
    #[must_use]
    pub fn shows_everything(&self) -> bool {
        self.runs_everything() && self.min_confidence == Confidence::Low && self.suppressions
    }

    /// The severity that the team gives a check or a case of it; a case before its check.
    #[must_use]
    pub fn severity(&self, id: &str, case: Option<&str>) -> Option<Severity> {
        let of = |case: Option<&str>| self.severities.iter().find(|it| it.id == id && it.case.as_deref() == case).map(|it| it.severity);
        case.and_then(|case| of(Some(case))).or_else(|| of(None))
    }
}
