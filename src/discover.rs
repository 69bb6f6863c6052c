//! Paths → what to read. Nothing after this room can tell where a text came from.
//!
//! Read are the files that git would commit: tracked, or untracked and not ignored by this repository's own rules.
//! Links met in a walk are not followed, `.git` is never entered, nested repositories are read only when named,
//! and anything that is no regular file is never opened. `--staged` reads the index instead.

mod git;
mod git_index;
mod read;
mod repository;
mod revision;
mod snapshot;
mod staged;
mod walk;

use std::collections::HashSet;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

pub use git::GitFailure;
pub use read::{MAX_BYTES, ReadFailure, read, why};
pub use repository::{Repository, is_git_data};
pub use revision::{Before, Revision};
pub use snapshot::Snapshot;
pub use staged::staged;
pub use walk::{Selection, discover};

use crate::config::{Base, Globs};
use crate::source::Standing;

/// A file to read.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Relative to the start directory, `/`-separated, invalid bytes replaced. For people; print only through an escaper.
    pub path: String,
    /// Relative to the repository's root (outside one: to the start directory).
    pub root_path: String,
    /// Where its bytes are.
    pub origin: Origin,
    /// How git sees it.
    pub standing: Standing,
    /// Whether an argument named it.
    pub named: bool,
}

/// Where the bytes of an entry are.
#[derive(Clone, Debug)]
pub enum Origin {
    /// On disk.
    Disk(PathBuf),
    /// In memory (tests).
    Memory(Vec<u8>),
    /// On disk, and these instead are looked at: what a fix would write there, or what an editor holds.
    Edited(PathBuf, Arc<[u8]>),
    /// In the index, under its path from the root.
    Snapshot(Arc<Snapshot>, PathBuf),
}

/// Something that was met and not opened.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Passed {
    /// The path, as in `Entry`.
    pub path: String,
    /// Why, in our own words.
    pub reason: String,
    /// Whether it should have been linted.
    pub incomplete: bool,
}

/// What the arguments select.
#[derive(Clone, Debug, Default)]
pub struct Selected {
    /// Sorted by path, each file once.
    pub entries: Vec<Entry>,
    /// What was not opened.
    pub passed: Vec<Passed>,
    /// Ignored files with telling names.
    pub ignored_telling: usize,
    /// Files that the configuration excludes, by their paths as in `Entry`.
    pub excluded: Vec<String>,
    /// What was walked: what is not among the files is not there.
    pub walked: Walked,
    /// Repositories inside what was walked: submodules and clones, which are read only when named.
    pub nested: usize,
    /// The entries that findings are wanted of, by their paths from the root; all where there is none.
    pub wanted: Option<HashSet<String>>,
    /// What findings are compared with: wanted are those that it has not.
    pub since: Option<Arc<Revision>>,
    /// Only suppressions of this revision count.
    pub trusted: Option<Arc<Revision>>,
}

/// The directories that were walked.
#[derive(Clone, Debug, Default)]
pub struct Walked {
    /// The directory that caulk was started in.
    start: PathBuf,
    /// The repository around it.
    repository: Option<Arc<Repository>>,
    /// All canonical.
    directories: Vec<PathBuf>,
    /// What was not read.
    exclude: Vec<(Base, Globs)>,
}

impl Walked {
    /// How they are reached from the start directory.
    pub fn from_start(&self) -> impl Iterator<Item = String> + '_ {
        self.directories.iter().map(|directory| walk::shown(&self.start, directory))
    }

    /// What is tracked, by its path as in `Entry`; a sparse checkout has not all of it on disk.
    pub fn tracked(&self) -> impl Iterator<Item = String> + '_ {
        let tracked = self.repository.iter().flat_map(|it| it.tracked_below(Path::new("")).map(|path| it.root.join(path)));
        tracked.map(|path| walk::shown(&self.start, &path))
    }

    /// Whether a file that is not there, by its path as in `Entry` and all of it, would have been read.
    fn would_have_read(&self, path: &str, full: &Path) -> bool {
        let excludes = |(base, globs): &(Base, Globs)| base.relative(path).is_some_and(|path| globs.match_path(&path));
        self.directories.iter().any(|directory| full.starts_with(directory)) && !self.exclude.iter().any(excludes)
    }

    /// Whether a file, by its path from the root, would have been met and is not there any more.
    #[must_use]
    pub fn lacks(&self, root_path: &str) -> bool {
        let (path, lossy) = (Path::new(root_path), root_path.contains(char::REPLACEMENT_CHARACTER));
        let full = self.repository.as_ref().map_or(&self.start, |repository| &repository.root).join(path);
        let is_below = path.components().all(|component| matches!(component, Component::Normal(_)));
        is_below
            && !lossy
            && self.directories.iter().any(|directory| full.starts_with(directory))
            && !self.repository.as_ref().is_some_and(|repository| repository.tracks(path))
            && std::fs::symlink_metadata(&full).is_err_and(|error| error.kind() == ErrorKind::NotFound)
    }
}
