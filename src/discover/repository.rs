//! The repository around a directory, as far as caulk needs it: where it begins and which paths are tracked.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::git_index;

/// A git repository.
#[derive(Debug)]
pub struct Repository {
    /// The directory that holds `.git`, canonical.
    pub root: PathBuf,
    /// Tracked paths; None where the index cannot be read, and every file then counts as tracked.
    tracked: Option<HashSet<Vec<u8>>>,
}

impl Repository {
    /// The root of the nearest repository that holds `directory` (canonical).
    #[must_use]
    pub fn root_of(directory: &Path) -> Option<PathBuf> {
        directory.ancestors().find(|ancestor| is_root(ancestor)).map(Path::to_owned)
    }

    /// The repository with this root, if there is one.
    #[must_use]
    pub fn around(root: &Path) -> Option<Self> {
        is_root(root).then(|| Self::at(root.to_owned()))
    }

    /// The repository with this root.
    #[must_use]
    pub(super) fn at(root: PathBuf) -> Self {
        let tracked = match git_directory(&root).map(|git| super::read::read_plain(&git.join("index"))) {
            Some(Ok(bytes)) => git_index::paths(&bytes),
            // No index yet: nothing is tracked.
            Some(Err(error)) if error.kind() == std::io::ErrorKind::NotFound => Some(HashSet::new()),
            Some(Err(_)) | None => None,
        };
        Self { root, tracked }
    }

    /// Whether the index could be read.
    #[must_use]
    pub fn knows_what_is_tracked(&self) -> bool {
        self.tracked.is_some()
    }

    /// Whether a path relative to the root is in the index.
    #[must_use]
    pub fn tracks(&self, relative: &Path) -> bool {
        self.tracked.as_ref().is_none_or(|tracked| tracked.contains(&bytes_of(relative)))
    }

    /// Tracked paths below `prefix` (relative to the root).
    pub fn tracked_below<'r>(&'r self, prefix: &'r Path) -> impl Iterator<Item = PathBuf> + 'r {
        self.tracked.iter().flatten().map(|bytes| path_of(bytes)).filter(move |path| path.starts_with(prefix))
    }
}

/// Whether a directory is the root of a repository.
pub(super) fn is_root(directory: &Path) -> bool {
    std::fs::symlink_metadata(directory.join(".git")).is_ok_and(|meta| meta.is_dir() || meta.is_file())
}

/// Whether a directory holds git's own data and nothing to lint: a bare repository, or `.git` itself.
/// <https://git-scm.com/docs/gitrepository-layout>
#[must_use]
pub fn is_git_data(directory: &Path) -> bool {
    let has = |name| std::fs::symlink_metadata(directory.join(name)).ok();
    has("HEAD").is_some_and(|meta| !meta.is_dir()) && ["objects", "refs"].iter().all(|name| has(name).is_some_and(|meta| meta.is_dir()))
}

/// `.git`, or the directory that a `.git` file of a worktree or submodule points to.
pub(super) fn git_directory(root: &Path) -> Option<PathBuf> {
    let git = root.join(".git");
    if git.is_dir() {
        return Some(git);
    }
    let bytes = super::read::read_plain(&git).ok().filter(|bytes| bytes.len() < 4096)?;
    let text = String::from_utf8(bytes).ok()?;
    Some(root.join(text.strip_prefix("gitdir:")?.trim()))
}

#[cfg(unix)]
pub(super) fn bytes_of(path: &Path) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt;
    path.as_os_str().as_bytes().to_vec()
}

#[cfg(unix)]
pub(super) fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
pub(super) fn bytes_of(path: &Path) -> Vec<u8> {
    path.to_string_lossy().replace('\\', "/").into_bytes()
}

#[cfg(not(unix))]
pub(super) fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}
