//! `caulk.toml` and the arguments → what the run is asked to do. An argument comes before the file.

use std::fs;
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::arguments::{Lint, What, When, Which};
use super::run::looks;
use super::{Exit, complain, told};
use crate::catalogue::Page;
use crate::checks;
use crate::config::{self, Base, Baseline, Config, Globs, Ignores, Newer, Problem, Selector, Settings};
use crate::discover::{GitFailure, ReadFailure, Repository, Snapshot, read, why};
use crate::lint::masked;
use crate::report::{self, Complaint};
use crate::source::{Source, Span, decode};

/// The file that is looked for.
pub(super) const NAME: &str = "caulk.toml";

/// The file of accepted findings that is looked for.
pub(super) const BASELINE: &str = "caulk.baseline";

/// A larger one is none that a person wrote.
const MAX_BYTES: u64 = 1024 * 1024;

/// 100,000 accepted findings.
const MAX_BASELINE: u64 = 16 * 1024 * 1024;

/// More threads than any machine has cores help nobody, and the system may refuse them.
const MAX_JOBS: usize = 256;

/// Which files are not read, each list below a directory of its own.
pub(super) type Exclude = Vec<(Base, Globs)>;

/// Why there is no run.
pub(super) enum Refusal {
    /// Something on the command line.
    Said(String),
    /// Something in a file.
    Problem(Box<Problem>),
}

impl From<GitFailure> for Refusal {
    fn from(failure: GitFailure) -> Self {
        Self::Said(told(&failure.reason()))
    }
}

impl Refusal {
    /// Tells it on standard error.
    pub(super) fn tell(&self, color: When) -> Exit {
        match self {
            Self::Said(message) => complain(message),
            Self::Problem(problem) => {
                let source = Source { path: problem.file.clone(), text: problem.text.clone(), ..Source::default() };
                let masks = masked(&source);
                let (message, help) = (problem.message.as_str(), problem.help.as_deref());
                let complaint = Complaint { source, span: problem.span, message, help, masks };
                let stderr = io::stderr();
                let width = terminal_size::terminal_size_of(&stderr).map(|(width, _)| usize::from(width.0));
                let options = report::TerminalOptions { width, ..looks(&stderr, color) };
                let _ = stderr.lock().write_all(report::complain(complaint, &options).as_bytes());
            }
        }
        Exit::Usage
    }
}

/// What `caulk lint` and `caulk fix` are asked to do.
pub(super) fn of(which: &Which, what: &What, index: Option<&Snapshot>) -> Result<(Config, Exclude), Refusal> {
    let (mut config, exclude) = from_file(what, index)?;
    let only = selectors(&which.only)?;
    if !only.is_empty() {
        config.only = only;
    }
    config.skip.extend(selectors(&which.skip)?);
    config.fail_on = which.fail_on.map_or(config.fail_on, |fail_on| fail_on.severity());
    config.min_severity = which.min_severity.map_or(config.min_severity, |severity| severity.severity());
    config.min_confidence = which.min_confidence.map_or(config.min_confidence, |confidence| confidence.confidence());
    config.pedantic |= which.pedantic;
    config.suppressions = !which.no_suppressions;
    config.baseline = match &which.baseline {
        Some(named) => Some(baseline(&resolved(named)?, &named.to_string_lossy())?),
        None if what.no_config => None,
        None => nearest_baseline(index)?,
    }
    .map(Arc::new);
    Ok((config, exclude))
}

fn nearest_baseline(index: Option<&Snapshot>) -> Result<Option<Baseline>, Refusal> {
    let found = start().and_then(|start| Some((nearest_in(index, &start, BASELINE)?, start)));
    found.map(|(path, start)| baseline_in(index, &path, &from(&start, &path))).transpose()
}

/// What would be accepted if the files of today counted. A mistake in them is told, and is no reason not to lint.
pub(super) fn newer(arguments: &Lint, index: Option<&Snapshot>) -> Newer {
    let told = |refusal: Refusal| {
        complain("what follows is wrong in the files of today, which do not count here:");
        refusal.tell(arguments.color);
    };
    let ignores = settings(&arguments.what, index).map(|(_, ignores)| ignores).map_err(told).unwrap_or_default();
    let baseline = nearest_baseline(index).map_err(told).unwrap_or_default();
    Newer { ignores, baseline }
}

/// Reads a baseline.
pub(super) fn baseline(path: &Path, shown: &str) -> Result<Baseline, Refusal> {
    baseline_in(None, path, shown)
}

fn baseline_in(index: Option<&Snapshot>, path: &Path, shown: &str) -> Result<Baseline, Refusal> {
    Baseline::read(&text_in(index, path, shown)?, shown, &from_root(path)).map_err(|problem| Refusal::Problem(Box::new(problem)))
}

/// The directory caulk was started in.
pub(super) fn start() -> Option<PathBuf> {
    Path::new(".").canonicalize().ok()
}

/// A link that was named is resolved once; one that was found is refused.
fn resolved(named: &Path) -> Result<PathBuf, Refusal> {
    named.canonicalize().map_err(|error| unreadable(&named.to_string_lossy(), &ReadFailure::Io(error.kind())))
}

/// What the file says, and the arguments that go with it.
pub(super) fn from_file(what: &What, index: Option<&Snapshot>) -> Result<(Config, Exclude), Refusal> {
    let globs = Globs::new(&what.exclude).map_err(|index| {
        let glob = what.exclude.get(index).map_or("", String::as_str);
        Refusal::Said(format!("`--exclude {}` is no glob over paths below this directory", told(glob)))
    })?;
    let (settings, ignores) = settings(what, index)?;
    let defaults = Config::default();
    let config = Config {
        fail_on: settings.fail_on.unwrap_or(defaults.fail_on),
        min_severity: settings.min_severity.unwrap_or(defaults.min_severity),
        min_confidence: settings.min_confidence.unwrap_or(defaults.min_confidence),
        pedantic: settings.pedantic.unwrap_or(defaults.pedantic),
        only: settings.only,
        skip: settings.skip,
        severities: settings.severities,
        compat: settings.compat,
        ignores: Arc::new(ignores),
        custom: Arc::new(settings.custom),
        jobs: what.jobs.min(MAX_JOBS),
        ..defaults
    };
    let lists = [(settings.base, settings.exclude), (Base::default(), globs)];
    Ok((config, lists.into_iter().filter(|(_, globs)| !globs.is_empty()).collect()))
}

fn selectors(list: &[String]) -> Result<Vec<Selector>, Refusal> {
    let parse = |text: &String| {
        Selector::parse(text, checks::all().map(|check| &check.page)).map_err(|unknown| {
            let hint = unknown.nearest.map_or_else(String::new, |nearest| format!("; did you mean `{nearest}`?"));
            Refusal::Said(format!("`{}` selects no check{hint} (`caulk checks` lists them)", told(&unknown.given)))
        })
    };
    list.iter().map(parse).collect()
}

/// Reads the file that is named, or the nearest one from the start directory up to the repository's root.
fn settings(what: &What, index: Option<&Snapshot>) -> Result<(Settings, Ignores), Refusal> {
    let Some(start) = start() else { return Ok(Default::default()) };
    // A file that is named lies on disk.
    let index = index.filter(|_| what.config.is_none());
    let path = match &what.config {
        _ if what.no_config => return Ok(Default::default()),
        Some(named) => resolved(named)?,
        None => match nearest_in(index, &start, NAME) {
            Some(path) => path,
            None => return Ok(Default::default()),
        },
    };
    let shown = what.config.as_ref().map_or_else(|| from(&start, &path), |named| named.to_string_lossy().into_owned());
    let text = text_in(index, &path, &shown)?;
    let base =
        path.parent().and_then(|folder| start.strip_prefix(folder).ok()).map_or_else(Base::default, |below| Base::new(&slashed(below)));
    let pages: Vec<&'static Page> = checks::all().map(|check| &check.page).collect();
    let mut settings = config::read(&text, &shown, base.clone(), &pages).map_err(|problem| Refusal::Problem(Box::new(problem)))?;
    let entries = std::mem::take(&mut settings.ignores);
    Ok((settings, Ignores { file: shown, root_path: from_root(&path), text, base, entries }))
}

/// The nearest file of a name, from a directory up to the root of its repository; outside of one only in the directory itself.
pub(super) fn nearest(start: &Path, name: &str) -> Option<PathBuf> {
    let root = Repository::root_of(start).unwrap_or_else(|| start.to_owned());
    let inside = start.ancestors().take_while(|folder| folder.starts_with(&root));
    inside.map(|folder| folder.join(name)).find(|path| fs::symlink_metadata(path).is_ok())
}

/// The same, among the files of the index if it is what is linted.
fn nearest_in(index: Option<&Snapshot>, start: &Path, name: &str) -> Option<PathBuf> {
    let Some(index) = index else { return nearest(start, name) };
    let inside = start.ancestors().take_while(|folder| folder.starts_with(&index.root)).map(|folder| folder.join(name));
    inside.into_iter().find(|path| path.strip_prefix(&index.root).is_ok_and(|path| index.holds(path)))
}

/// The text of a file that steers caulk.
fn text_in(index: Option<&Snapshot>, path: &Path, shown: &str) -> Result<String, Refusal> {
    let limit = if path.file_name().is_some_and(|name| name == NAME) { MAX_BYTES } else { MAX_BASELINE };
    let bytes = match index {
        Some(index) => index.read(path.strip_prefix(&index.root).unwrap_or(path), limit),
        None if fs::symlink_metadata(path).is_ok_and(|meta| meta.is_symlink()) => {
            return Err(Refusal::Said(format!("`{}` cannot be read: it is a link, which is not followed", told(shown))));
        }
        None if path.is_dir() => return Err(Refusal::Said(format!("`{}` is a directory", told(shown)))),
        None => read(path, limit),
    };
    let bytes = bytes.map_err(|failure| unreadable(shown, &failure))?;
    let (text, _, lossy) = decode(bytes);
    if lossy { Err(no_text(text, shown)) } else { Ok(text) }
}

/// Points at the first byte that is none of a text; a SUB stands there.
fn no_text(text: String, shown: &str) -> Refusal {
    let at = text.find('\u{1a}').unwrap_or(0);
    let (message, help) = ("this is no UTF-8".to_owned(), Some("save the file as UTF-8".to_owned()));
    Refusal::Problem(Box::new(Problem { file: shown.to_owned(), span: Span::new(at, at + 1), text, message, help }))
}

fn unreadable(shown: &str, failure: &ReadFailure) -> Refusal {
    let why = match failure {
        ReadFailure::NotRegular => "is no regular file".to_owned(),
        ReadFailure::TooLarge => "is larger than 1 MB".to_owned(),
        ReadFailure::Io(kind) => format!("cannot be read: {}", why(*kind)),
    };
    Refusal::Said(format!("`{}` {why}", told(shown)))
}

/// A path below a directory above the start directory, as it is called from there.
pub(super) fn from(start: &Path, path: &Path) -> String {
    let common = start.components().zip(path.components()).take_while(|(a, b)| a == b).count();
    let up = start.components().count() - common;
    let rest: PathBuf = path.components().skip(common).collect();
    format!("{}{}", "../".repeat(up), slashed(&rest))
}

/// A file's path from the root of the repository around it; outside of one its name.
fn from_root(path: &Path) -> String {
    let root = path.parent().and_then(Repository::root_of);
    let below = root.and_then(|root| path.strip_prefix(root).ok().map(slashed));
    below.unwrap_or_else(|| path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned()))
}

fn slashed(path: &Path) -> String {
    let parts: Vec<String> = path
        .components()
        .filter(|component| !matches!(component, Component::CurDir | Component::RootDir | Component::Prefix(_)))
        .map(|component| component.as_os_str().to_string_lossy().into_owned())
        .collect();
    parts.join("/")
}
