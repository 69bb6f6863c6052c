//! What the next commit changes: files of the index that HEAD has not, or has otherwise.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::git::GitFailure;
use super::repository::{bytes_of, path_of};
use super::snapshot::Kind;
use super::walk::{claimed, shown, slashed};
use super::{Entry, Origin, Passed, Selected, Selection, Snapshot};
use crate::formats::{self, Format};
use crate::source::Standing;

/// Finds the staged files that the arguments select. What is linted together with them is among the entries and not wanted.
/// `start` is the directory caulk was started in, canonical.
///
/// # Errors
/// Git does not work here.
pub fn staged(start: &Path, selection: &Selection, index: &Arc<Snapshot>) -> Result<Selected, GitFailure> {
    let changed = changed(index)?;
    let asked: Vec<PathBuf> = selection.paths.iter().filter_map(|path| below(&index.root, &start.join(path))).collect();
    let mut selected = Selected::default();
    let (mut wanted, mut modules) = (HashSet::new(), HashSet::new());
    for path in &changed {
        if !asked.iter().any(|asked| path.starts_with(asked)) {
            continue;
        }
        let Some(file) = index.files.get(&bytes_of(path)) else { continue };
        let named = asked.contains(path);
        let entry = entry(start, index, path, named);
        let excluded =
            |path: &str| selection.exclude.iter().any(|(base, globs)| base.relative(path).is_some_and(|it| globs.match_path(&it)));
        let pass = |reason: &str, incomplete| Passed { path: entry.path.clone(), reason: reason.to_owned(), incomplete };
        if !named && excluded(&entry.path) {
            selected.excluded.push(entry.path);
        } else if file.kind == Kind::Conflict {
            selected.passed.push(pass("a conflict that is not resolved, not read", true));
        } else if file.kind == Kind::Link {
            selected.passed.extend(claimed(path).then(|| pass("a link, not followed", false)));
        } else {
            modules.extend(module(&entry.root_path).map(str::to_owned));
            wanted.insert(entry.root_path.clone());
            selected.entries.push(entry);
        }
    }
    // The Terraform files of a directory are one module.
    if !modules.is_empty() {
        for (path, _) in index.files.iter().filter(|(_, file)| file.kind == Kind::Regular).map(|(path, file)| (path_of(path), file)) {
            let entry = entry(start, index, &path, false);
            if !wanted.contains(&entry.root_path) && module(&entry.root_path).is_some_and(|folder| modules.contains(folder)) {
                selected.entries.push(entry);
            }
        }
    }
    selected.entries.sort_by(|a, b| a.path.cmp(&b.path));
    selected.wanted = Some(wanted);
    Ok(selected)
}

/// Files that are not in HEAD as they are in the index; before the first commit all of them.
fn changed(index: &Snapshot) -> Result<Vec<PathBuf>, GitFailure> {
    let head = index.git.head().map_or_else(|| index.git.empty_tree(), Ok)?;
    Ok(index.git.changed(&head)?.iter().map(|path| path_of(path)).collect())
}

fn entry(start: &Path, index: &Arc<Snapshot>, path: &Path, named: bool) -> Entry {
    Entry {
        path: shown(start, &index.root.join(path)),
        root_path: slashed(path),
        origin: Origin::Snapshot(Arc::clone(index), path.to_owned()),
        standing: Standing::Tracked,
        named,
    }
}

/// The folder of a Terraform file.
pub(super) fn module(path: &str) -> Option<&str> {
    (formats::by_path(path) == Some(Format::Terraform)).then(|| path.rsplit_once('/').map_or("", |(folder, _)| folder))
}

impl Snapshot {
    /// Whether an argument, from the start directory, is a file or a directory here.
    #[must_use]
    pub fn has_argument(&self, start: &Path, argument: &Path) -> bool {
        below(&self.root, &start.join(argument)).is_some_and(|path| self.holds_below(&path))
    }
}

/// A path below a directory, read without asking the disk: what is staged may be gone there.
fn below(root: &Path, path: &Path) -> Option<PathBuf> {
    let mut plain: Vec<&OsStr> = Vec::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => _ = plain.pop(),
            other => plain.push(other.as_os_str()),
        }
    }
    let plain: PathBuf = plain.iter().collect();
    // A path may be written through a link above the repository.
    let resolved = || plain.parent()?.canonicalize().ok().map(|folder| folder.join(plain.file_name().unwrap_or_default()));
    plain.strip_prefix(root).map(Path::to_owned).ok().or_else(|| resolved()?.strip_prefix(root).map(Path::to_owned).ok())
}
