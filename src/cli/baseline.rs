//! `caulk baseline`: what is found today is accepted from now on.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::arguments::{Baseline as Arguments, When};
use super::file::replace;
use super::run::missing;
use super::settings::{self, BASELINE, NAME, Refusal, from, nearest, start};
use super::{Exit, complain, print, told};
use crate::checks::core;
use crate::config::Baseline;
use crate::discover::{Repository, Selection, discover};
use crate::report::Report;

pub(super) fn baseline(arguments: &Arguments) -> Exit {
    match written(arguments) {
        Ok(exit) => exit,
        Err(refusal) => refusal.tell(When::Auto),
    }
}

fn written(arguments: &Arguments) -> Result<Exit, Refusal> {
    let (config, exclude) = settings::from_file(&arguments.what, None)?;
    if let Some(exit) = missing(&arguments.paths) {
        return Ok(exit);
    }
    let start = start().unwrap_or_default();
    let path = arguments.baseline.clone().unwrap_or_else(|| place(&start));
    let shown = arguments.baseline.as_ref().map_or_else(|| from(&start, &path), |named| named.to_string_lossy().into_owned());
    let known = if fs::symlink_metadata(&path).is_ok() { settings::baseline(&path, &shown)? } else { Baseline::default() };
    let selection = Selection { paths: arguments.paths.clone(), include_ignored: arguments.what.include_ignored, exclude, given: None };
    let selected = discover(Path::new("."), &selection);
    let walked = selected.walked.clone();
    let report = crate::lint::lint(selected, &config);
    let accepted = accepted(&report, &known, &|path| walked.lacks(path));
    let text = Baseline::write(accepted.iter().map(|(fingerprint, (check, path))| (fingerprint.as_str(), check.as_str(), path.as_str())));
    if let Err(error) = replace(&path, text.as_bytes()) {
        complain(&format!("`{}` could not be written: {}", told(&shown), error.kind()));
        return Ok(Exit::Failed);
    }
    let new = accepted.keys().filter(|fingerprint| !known.entries.contains_key(*fingerprint)).count();
    let dropped = known.entries.keys().filter(|fingerprint| !accepted.contains_key(*fingerprint)).count();
    let findings = if accepted.len() == 1 { "finding" } else { "findings" };
    let said = format!("{}: {} {findings} accepted, {new} new, {dropped} dropped\n", told(&shown), accepted.len());
    if let Err(exit) = print(said.as_bytes()) {
        return Ok(exit);
    }
    Ok(if report.complete() { Exit::Clean } else { incomplete(&report) })
}

fn incomplete(report: &Report) -> Exit {
    let files: Vec<&str> = report.coverage.passed_over.iter().filter(|entry| entry.incomplete).map(|entry| entry.path.as_str()).collect();
    complain(&format!("{} not linted, or only in part; what the baseline held for it is kept: {}", files.len(), told(&files.join(", "))));
    Exit::Incomplete
}

/// Today's findings, and the known ones of files that were not linted and are still there.
fn accepted(report: &Report, known: &Baseline, is_gone: &dyn Fn(&str) -> bool) -> BTreeMap<String, (String, String)> {
    // These are about a file as it is now; nobody accepts them.
    let passing = [core::SYNTAX_ERROR.page.id, core::INTERNAL_ERROR.page.id];
    let today = report.open().filter(|reported| !passing.contains(&reported.finding.page.id));
    let today = today.map(|it| (it.fingerprint.clone(), (it.finding.page.id.to_owned(), it.root_path.clone())));
    let kept = known.entries.iter().filter(|(_, entry)| !report.coverage.linted_paths.contains(&entry.path) && !is_gone(&entry.path));
    kept.map(|(fingerprint, entry)| (fingerprint.clone(), (entry.check.clone(), entry.path.clone()))).chain(today).collect()
}

/// Where the baseline is: the nearest one, else beside the configuration, else at the repository's root.
fn place(start: &Path) -> PathBuf {
    let beside = || Some(nearest(start, NAME)?.with_file_name(BASELINE));
    let at_root = || Some(Repository::root_of(start)?.join(BASELINE));
    nearest(start, BASELINE).or_else(beside).or_else(at_root).unwrap_or_else(|| start.join(BASELINE))
}
