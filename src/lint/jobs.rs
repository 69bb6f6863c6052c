//! Entries → jobs: one file each, except that the Terraform files of a directory are one module.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::fence::fenced;
use super::{Outcome, Run, accepted, dispatch, gather, setting};
use crate::checks::core;
use crate::discover::{Entry, MAX_BYTES, Origin, ReadFailure, read};
use crate::formats::{self, Format, tfstate};
use crate::report::PassedOver;
use crate::source::{Encoding, Source, SourceId, decode};

/// Text of no format is read up to this size.
const MAX_TEXT_BYTES: u64 = 1_000_000;

/// YAML and JSON may be of a format that only its content tells: it is read up to this size to find out.
const MAX_UNTOLD_BYTES: u64 = 64 * 1024 * 1024;

/// What is read and linted together.
pub(super) enum Job<'e> {
    File(Numbered<'e>),
    Module(Vec<Numbered<'e>>),
}

/// An entry with the id of its source.
#[derive(Clone, Copy)]
pub(super) struct Numbered<'e> {
    entry: &'e Entry,
    id: SourceId,
}

/// Groups the entries. The first job is the first in path order, which the result does not depend on.
pub(super) fn plan(entries: &[Entry]) -> Vec<Job<'_>> {
    let mut jobs = Vec::new();
    let mut modules: BTreeMap<&str, Vec<Numbered<'_>>> = BTreeMap::new();
    for (index, entry) in entries.iter().enumerate() {
        let numbered = Numbered { entry, id: SourceId(u32::try_from(index).unwrap_or(u32::MAX)) };
        if formats::by_path(&entry.root_path) == Some(Format::Terraform) {
            modules.entry(entry.path.rsplit_once('/').map_or("", |(folder, _)| folder)).or_default().push(numbered);
        } else {
            jobs.push(Job::File(numbered));
        }
    }
    jobs.extend(modules.into_values().map(Job::Module));
    jobs
}

/// Reads and lints one job. Most of it is fenced check by check; this outer fence is around the parsers and views.
pub(super) fn run(job: &Job<'_>, run: &Run<'_>) -> Outcome {
    let mut outcome = fenced(|| work(job, run)).unwrap_or_else(|| rescue(job, run));
    accepted::by_config(&mut outcome, run);
    outcome.newer = outcome.findings.iter().filter(|(finding, ..)| finding.page.id == core::NEW_SUPPRESSION.page.id).count();
    // Most files have nothing to show: what they were read from is dropped here, so that memory does not grow with the run.
    outcome.findings.retain(|(finding, _, _)| gather::shown(finding, run));
    if outcome.findings.is_empty() {
        outcome.sources.clear();
        outcome.masks.clear();
    }
    outcome
}

fn work(job: &Job<'_>, run: &Run<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    match job {
        Job::File(file) => {
            let Some((source, format)) = load(*file, &mut outcome) else { return outcome };
            let source = Arc::new(source);
            outcome.sources.push(Arc::clone(&source));
            dispatch::file(&source, format, run, &mut outcome);
        }
        Job::Module(files) => {
            let sources: Vec<Arc<Source>> =
                files.iter().filter_map(|file| load(*file, &mut outcome)).map(|(source, _)| Arc::new(source)).collect();
            outcome.sources.clone_from(&sources);
            if !sources.is_empty() {
                dispatch::module(&sources, run, &mut outcome);
            }
        }
    }
    outcome
}

/// The files of a job that caulk failed on, read as text one by one.
fn rescue(job: &Job<'_>, run: &Run<'_>) -> Outcome {
    let files = match job {
        Job::File(file) => std::slice::from_ref(file),
        Job::Module(files) => files,
    };
    let mut outcome = Outcome::default();
    for file in files {
        let read = fenced(|| {
            let mut outcome = Outcome::default();
            if let Some((source, _)) = load(*file, &mut outcome) {
                let source = Arc::new(source);
                outcome.sources.push(Arc::clone(&source));
                dispatch::rescue(&source, run, &mut outcome);
            }
            outcome
        });
        match read {
            Some(read) => outcome.absorb(read),
            None => outcome.passed.push(dispatch::failed(&file.entry.path)),
        }
    }
    outcome
}

/// Reads a file as text; says in the outcome why where it does not.
fn load(file: Numbered<'_>, outcome: &mut Outcome) -> Option<(Source, Format)> {
    let Numbered { entry, id } = file;
    let claimed = formats::by_path(&entry.root_path);
    let pass = |outcome: &mut Outcome, reason: String, incomplete: bool| {
        outcome.passed.push(PassedOver { path: entry.path.clone(), reason, incomplete, line: None });
    };
    // A file that nobody asked for by name is read only where it is small and text.
    let asked_for = claimed.is_some() || entry.named;
    let limit = match () {
        () if asked_for || tfstate::may_be_saved_plan(&entry.path) => MAX_BYTES,
        () if [".yaml", ".yml", ".json"].iter().any(|end| entry.path.ends_with(end)) => MAX_UNTOLD_BYTES,
        () => MAX_TEXT_BYTES,
    };
    let bytes = match &entry.origin {
        Origin::Memory(bytes) => Ok(bytes.clone()),
        Origin::Edited(_, bytes) => Ok(bytes.to_vec()),
        Origin::Disk(path) => read(path, limit),
        Origin::Snapshot(snapshot, path) => snapshot.read(path, limit),
    };
    let bytes = match bytes {
        Ok(bytes) => bytes,
        Err(ReadFailure::TooLarge) if !asked_for => {
            outcome.read_as.push((entry.path.clone(), None));
            return None;
        }
        Err(failure) => {
            pass(outcome, failure.reason(), true);
            return None;
        }
    };
    let (text, encoding, lossy) = decode(bytes);
    let is_plan = tfstate::is_saved_plan(&text);
    if !asked_for && !is_plan && (is_binary(&text, encoding) || (lossy && text.contains('\0'))) {
        outcome.read_as.push((entry.path.clone(), None));
        return None;
    }
    let format = claimed.unwrap_or_else(|| formats::by_content(&entry.path, &text));
    if !asked_for && !is_plan && format == Format::Text && text.len() as u64 > MAX_TEXT_BYTES {
        outcome.read_as.push((entry.path.clone(), None));
        return None;
    }
    if lossy && format != Format::Text && !is_plan {
        pass(outcome, "holds bytes that are no text; they were passed over".to_owned(), true);
    }
    let setting = setting(&entry.root_path, format);
    let (path, root_path) = (entry.path.clone(), entry.root_path.clone());
    Some((Source { id, path, root_path, text, encoding, lossy, standing: entry.standing, setting }, format))
}

/// A zero byte in the first 8,000: git's own test. UTF-16 was decoded before.
fn is_binary(text: &str, encoding: Encoding) -> bool {
    encoding == Encoding::Utf8 && text.as_bytes().iter().take(8_000).any(|byte| *byte == 0)
}
