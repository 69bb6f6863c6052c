//! The pipeline: entries → units → findings → report. Many units in parallel; the result is the same for any number of threads.

mod accepted;
mod check;
mod dispatch;
mod fence;
mod gather;
mod jobs;
mod masks;
mod mended;
mod setting;
mod since;
mod tree;
mod why;

use std::collections::HashSet;
use std::sync::Arc;

use rayon::prelude::*;

use crate::catalogue::Page;
use crate::checks;
use crate::config::{self, Config};
use crate::discover::{Entry, Origin, Revision, Selected};
use crate::finding::Finding;
use crate::formats::Format;
use crate::report::{PassedOver, Report, Suppressed};
use crate::source::{Source, SourceId, Span, Standing};

pub use setting::setting;
pub use why::{Judged, Told, explain};

/// What one job gives to the report.
#[derive(Default)]
pub(crate) struct Outcome {
    /// Every source it read, whether or not something was found.
    pub(crate) sources: Vec<Arc<Source>>,
    /// Findings, with the format they were found in and, where suppressed, what did it.
    pub(crate) findings: Vec<(Finding, Format, Option<Suppressed>)>,
    /// Everything the engine judges secret.
    pub(crate) masks: Vec<(SourceId, Vec<Span>)>,
    /// What was read only in part or differently.
    pub(crate) passed: Vec<PassedOver>,
    /// How each file was read, by its path; None for what was passed over as binary or too large.
    pub(crate) read_as: Vec<(String, Option<Format>)>,
    /// Only its masks are asked for: labels of other files point here.
    is_context: bool,
    /// Suppressions that are new and do not count.
    newer: usize,
    /// How the literals of a line were judged, where somebody asks.
    why: Vec<Judged>,
}

impl Outcome {
    /// Adds what another part of the same job gives.
    fn absorb(&mut self, other: Self) {
        self.sources.extend(other.sources);
        self.findings.extend(other.findings);
        self.masks.extend(other.masks);
        self.passed.extend(other.passed);
        self.read_as.extend(other.read_as);
        self.newer += other.newer;
        self.why.extend(other.why);
    }
}

/// What every job of a run shares.
pub(crate) struct Run<'r> {
    pub(crate) config: &'r Config,
    pub(crate) tree: &'r tree::ContextTree,
    pub(crate) pages: Vec<&'static Page>,
    /// Ids of pages of which this run shows no finding.
    hidden: HashSet<&'static str>,
    pub(crate) today: config::Date,
    /// Only suppressions of this revision count.
    trusted: Option<Arc<Revision>>,
    /// What becomes of the `[[ignore]]` entries.
    fates: Vec<accepted::Fate>,
    /// The line that somebody asks about.
    asked: Option<u32>,
}

impl<'r> Run<'r> {
    pub(crate) fn new(config: &'r Config, tree: &'r tree::ContextTree) -> Self {
        let fates = config.ignores.entries.iter().map(|_| accepted::Fate::default()).collect();
        let pages: Vec<&Page> = checks::all().map(|check| &check.page).collect();
        let hidden = if config.shows_pedantic() {
            HashSet::new()
        } else {
            pages.iter().filter(|page| page.is_pedantic()).map(|page| page.id).collect()
        };
        Self { config, tree, pages, hidden, today: config::today(), trusted: None, fates, asked: None }
    }
}

/// Lints what was discovered.
#[must_use]
pub fn lint(selected: Selected, config: &Config) -> Report {
    let jobs = jobs::plan(&selected.entries);
    let tree = tree::ContextTree::new(&selected.entries);
    let run = Run { trusted: selected.trusted.clone(), ..Run::new(config, &tree) };
    let work = || jobs.par_iter().map(|job| jobs::run(job, &run)).collect::<Vec<Outcome>>();
    // The stack's size must be known; the default of the platform may be small.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(config.jobs).stack_size(config.stack).build();
    let outcomes = match pool {
        Ok(pool) => pool.install(work),
        Err(_) => jobs.iter().map(|job| jobs::run(job, &run)).collect(),
    };
    gather::report(selected, outcomes, &run)
}

/// What must be hidden of a text that caulk did not lint.
#[must_use]
pub fn masked(source: &Source) -> Vec<Span> {
    fence::fenced(|| masks::of_text(source, Format::Text, &Arc::default())).unwrap_or_else(|| vec![Span::new(0, source.text.len())])
}

/// Lints a small tree in memory: `(path, bytes)`. Tests and tools use it.
#[must_use]
pub fn lint_tree(files: &[(&str, Vec<u8>)], config: &Config) -> Report {
    let mut entries: Vec<Entry> = files
        .iter()
        .map(|(path, bytes)| Entry {
            path: (*path).to_owned(),
            root_path: (*path).to_owned(),
            origin: Origin::Memory(bytes.clone()),
            standing: Standing::Tracked,
            named: false,
        })
        .collect();
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    lint(Selected { entries, ..Selected::default() }, config)
}
