//! The walk: arguments → entries.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ignore::WalkBuilder;

use super::{Entry, Origin, Passed, Repository, Selected, Walked, repository};
use crate::config::{Base, Globs};
use crate::formats;
use crate::source::Standing;

/// What to select.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Files and directories, as given.
    pub paths: Vec<PathBuf>,
    /// Read git-ignored files too.
    pub include_ignored: bool,
    /// A text to be looked at under this name, whatever is on disk there.
    pub given: Option<(PathBuf, Vec<u8>)>,
    /// Files not to read unless they are named, each list below a directory of its own.
    pub exclude: Vec<(Base, Globs)>,
}

/// Files that people ignore because they hold secrets; counted, not read.
const TELLING: &[&str] = &[".env", ".env.local", "terraform.tfstate", "terraform.tfstate.backup"];

/// Finds what the arguments select. `start` is the directory caulk was started in.
#[must_use]
pub fn discover(start: &Path, selection: &Selection) -> Selected {
    let start = start.canonicalize().unwrap_or_else(|_| start.to_owned());
    let mut walk = Walk {
        start: &start,
        root: None,
        include_ignored: selection.include_ignored,
        repositories: HashMap::new(),
        exclude: &selection.exclude,
        files: BTreeMap::new(),
        excluded: BTreeSet::new(),
        nested: BTreeSet::new(),
        walked: BTreeSet::new(),
        selected: Selected::default(),
    };
    for path in &selection.paths {
        walk.argument(path);
    }
    if let Some((name, bytes)) = &selection.given {
        walk.given(name, bytes);
    }
    let repository = walk.repository(&start);
    let mut selected = walk.selected;
    selected.nested = walk.nested.difference(&walk.walked).count();
    selected.excluded = walk.excluded.iter().filter(|path| !walk.files.contains_key(*path)).map(|path| shown(&start, path)).collect();
    selected.walked =
        Walked { start: start.clone(), repository, directories: walk.walked.into_iter().collect(), exclude: selection.exclude.clone() };
    selected.entries = walk.files.into_values().collect();
    selected.entries.sort_by(|a, b| a.path.cmp(&b.path));
    selected.passed.sort();
    selected.passed.dedup();
    selected
}

struct Walk<'s> {
    start: &'s Path,
    /// The directory that is being walked.
    root: Option<PathBuf>,
    include_ignored: bool,
    /// By root: an index is read once, however many files are named.
    repositories: HashMap<PathBuf, Arc<Repository>>,
    /// By canonical path, so that overlapping roots and two spellings count once.
    files: BTreeMap<PathBuf, Entry>,
    exclude: &'s [(Base, Globs)],
    excluded: BTreeSet<PathBuf>,
    /// The roots of repositories that were met and not entered.
    nested: BTreeSet<PathBuf>,
    /// The directories that were walked.
    walked: BTreeSet<PathBuf>,
    selected: Selected,
}

impl Walk<'_> {
    /// An argument: links are resolved once, a regular file is always read.
    fn argument(&mut self, given: &Path) {
        let path = match self.start.join(given).canonicalize() {
            Ok(path) => path,
            Err(error) => {
                self.pass(&self.start.join(given), &format!("cannot be read: {}", error.kind()), true);
                return;
            }
        };
        if path.is_dir() {
            self.directory(&path);
        } else if path.is_file() {
            let repository = path.parent().and_then(|folder| self.repository(folder));
            self.file(&path, repository.as_deref(), None, true);
        } else {
            self.pass(&path, "not a regular file, not opened", true);
        }
    }

    /// A text that is given, at its place in the repository; the file need not be there.
    fn given(&mut self, name: &Path, bytes: &[u8]) {
        let path = placed(&self.start.join(name));
        let folder = path.ancestors().skip(1).find(|folder| folder.is_dir()).unwrap_or(self.start).to_owned();
        let repository = self.repository(&folder);
        self.file(&path, repository.as_deref(), None, true);
        if let Some(entry) = self.files.get_mut(&path) {
            entry.origin = Origin::Edited(path, bytes.into());
        }
    }

    fn repository(&mut self, directory: &Path) -> Option<Arc<Repository>> {
        let root = Repository::root_of(directory)?;
        let known = self.repositories.entry(root.clone()).or_insert_with(|| Arc::new(Repository::at(root)));
        Some(Arc::clone(known))
    }

    fn directory(&mut self, root: &Path) {
        self.root = Some(root.to_owned());
        self.walked.insert(root.to_owned());
        let repository = self.repository(root);
        let committed = self.collect(root, repository.as_deref());
        let ignored: Vec<PathBuf> = if self.include_ignored && repository.is_some() {
            let known: HashSet<&PathBuf> = committed.iter().collect();
            self.collect(root, None).into_iter().filter(|path| !known.contains(path)).collect()
        } else {
            Vec::new()
        };
        for path in &committed {
            self.file(path, repository.as_deref(), None, false);
        }
        for path in &ignored {
            self.file(path, repository.as_deref(), Some(Standing::Ignored), false);
        }
        if let Some(repository) = &repository {
            if !repository.knows_what_is_tracked() {
                self.pass(&repository.root.join(".git/index"), "cannot be read: ignored files that are tracked were not read", true);
            }
            self.tracked_but_ignored(root, repository);
            self.count_telling(root, &committed, repository);
        }
    }

    /// A tracked file is read even where an ignore rule names it: it is committed.
    fn tracked_but_ignored(&mut self, root: &Path, repository: &Repository) {
        let Ok(prefix) = root.strip_prefix(&repository.root) else { return };
        for relative in repository.tracked_below(prefix) {
            let path = repository.root.join(relative);
            let regular = std::fs::symlink_metadata(&path).is_ok_and(|meta| meta.is_file());
            if regular && !self.files.contains_key(&path) && path.canonicalize().is_ok_and(|canonical| canonical == path) {
                self.file(&path, Some(repository), None, false);
            }
        }
    }

    fn count_telling(&mut self, root: &Path, walked: &[PathBuf], repository: &Repository) {
        let mut folders: HashSet<&Path> = walked.iter().filter_map(|path| path.parent()).collect();
        folders.insert(root);
        for folder in folders {
            for name in TELLING {
                let path = folder.join(name);
                let regular = std::fs::symlink_metadata(&path).is_ok_and(|meta| meta.is_file());
                let tracked = path.strip_prefix(&repository.root).is_ok_and(|relative| repository.tracks(relative));
                if regular && !tracked && !self.files.contains_key(&path) {
                    self.selected.ignored_telling += 1;
                }
            }
        }
    }

    /// Regular files below a directory; everything else becomes a remark. With a repository, those that it does not ignore:
    /// the walk then begins at the repository's root and goes down to the directory, which may itself be ignored.
    fn collect(&mut self, root: &Path, repository: Option<&Repository>) -> Vec<PathBuf> {
        let obey_git = repository.is_some();
        let mut builder = WalkBuilder::new(repository.map_or(root, |repository| &repository.root));
        builder
            .hidden(false)
            .ignore(false)
            .git_global(false)
            .git_ignore(obey_git)
            .git_exclude(obey_git)
            .parents(obey_git)
            .require_git(true)
            .follow_links(false);
        let top = root.to_owned();
        let nested = Arc::new(Mutex::new(Vec::new()));
        let met = Arc::clone(&nested);
        builder.filter_entry(move |entry| {
            let path = entry.path();
            if top.starts_with(path) || !path.starts_with(&top) || entry.file_name() == OsStr::new(".git") {
                return top.starts_with(path);
            }
            let is_nested = entry.file_type().is_some_and(|kind| kind.is_dir()) && repository::is_root(path);
            if is_nested {
                met.lock().unwrap_or_else(PoisonError::into_inner).push(path.to_owned());
            }
            !is_nested
        });
        let mut files = Vec::new();
        for step in builder.build() {
            match step {
                Ok(entry) if !entry.path().starts_with(root) => {}
                Ok(entry) => match entry.file_type() {
                    Some(kind) if kind.is_file() => files.push(entry.into_path()),
                    Some(kind) if kind.is_dir() => {}
                    Some(kind) if kind.is_symlink() => self.pass_claimed(entry.path(), "a link, not followed", false),
                    _ => self.pass(entry.path(), "not a regular file, not opened", claimed(entry.path())),
                },
                Err(error) => self.walk_error(root, &error),
            }
        }
        self.nested.append(&mut nested.lock().unwrap_or_else(PoisonError::into_inner).drain(..).collect());
        files
    }

    fn walk_error(&mut self, root: &Path, error: &ignore::Error) {
        let mut error = error;
        let mut path = root;
        let reason = loop {
            match error {
                ignore::Error::WithPath { path: inner, err } => {
                    path = inner;
                    error = err;
                }
                ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => error = err,
                ignore::Error::Io(io) => break format!("cannot be read: {}", io.kind()),
                // A broken ignore rule quotes the rule; it belongs to the repository, so it is not passed on.
                _ => break "an ignore rule here cannot be read".to_owned(),
            }
        };
        self.pass(path, &reason, true);
    }

    fn file(&mut self, path: &Path, repository: Option<&Repository>, standing: Option<Standing>, named: bool) {
        let relative = repository.and_then(|repository| path.strip_prefix(&repository.root).ok().map(|relative| (repository, relative)));
        let standing = match relative {
            None => Standing::NoRepository,
            Some((repository, relative)) if repository.tracks(relative) => Standing::Tracked,
            Some(_) => standing.unwrap_or(Standing::Untracked),
        };
        let shown = self.shown(path);
        if !named && self.exclude.iter().any(|(base, globs)| base.relative(&shown).is_some_and(|path| globs.match_path(&path))) {
            self.excluded.insert(path.to_owned());
            return;
        }
        // Outside of a repository paths count from where the run starts; outside of that, from the directory that was named.
        let named_root = self.root.as_deref().filter(|_| relative.is_none() && !path.starts_with(self.start));
        let below = named_root.and_then(|root| path.strip_prefix(root).ok()).map(slashed);
        let root_path = relative.map(|(_, relative)| slashed(relative)).or(below).unwrap_or_else(|| shown.clone());
        let entry = Entry { path: shown, root_path, origin: Origin::Disk(path.to_owned()), standing, named };
        self.files.entry(path.to_owned()).and_modify(|known| known.named |= named).or_insert(entry);
    }

    fn pass(&mut self, path: &Path, reason: &str, incomplete: bool) {
        let path = self.shown(path);
        self.selected.passed.push(Passed { path, reason: reason.to_owned(), incomplete });
    }

    fn pass_claimed(&mut self, path: &Path, reason: &str, incomplete: bool) {
        if claimed(path) {
            self.pass(path, reason, incomplete);
        }
    }

    fn shown(&self, path: &Path) -> String {
        shown(self.start, path)
    }
}

/// Where a file is, or would be if its folders were there.
fn placed(path: &Path) -> PathBuf {
    let there = path.ancestors().skip(1).find_map(|folder| Some((folder, folder.canonicalize().ok()?)));
    let Some((folder, canonical)) = there else { return path.to_owned() };
    let rest = path.strip_prefix(folder).unwrap_or(path);
    rest.components().fold(canonical, |mut placed, component| {
        match component {
            Component::ParentDir => _ = placed.pop(),
            Component::CurDir => {}
            component => placed.push(component),
        }
        placed
    })
}

/// Relative to the start directory, with `..` where the file lies outside it.
pub(super) fn shown(start: &Path, path: &Path) -> String {
    if let Ok(inside) = path.strip_prefix(start) {
        let inside = slashed(inside);
        return if inside.is_empty() { ".".to_owned() } else { inside };
    }
    let common = start.components().zip(path.components()).take_while(|(a, b)| a == b).count();
    let up = start.components().count() - common;
    let rest: PathBuf = path.components().skip(common).collect();
    format!("{}{}", "../".repeat(up), slashed(&rest))
}

pub(super) fn claimed(path: &Path) -> bool {
    formats::by_path(&slashed(path)).is_some()
}

pub(super) fn slashed(path: &Path) -> String {
    let parts: Vec<String> = path
        .components()
        .filter(|component| !matches!(component, Component::CurDir))
        .map(|component| match component {
            Component::RootDir => String::new(),
            other => other.as_os_str().to_string_lossy().into_owned(),
        })
        .collect();
    parts.join("/")
}
