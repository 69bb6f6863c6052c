//! The files of the index, or of a commit: their paths, and their bytes when asked for.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::ReadFailure;
use super::git::{Blobs, Git, GitFailure};
use super::repository::{Repository, bytes_of, path_of};

/// A regular file in a snapshot.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct File {
    /// The blob's hash.
    pub(super) blob: String,
    pub(super) kind: Kind,
}

/// What git keeps under a path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Regular,
    Link,
    /// Two sides of a merge, of which nobody has made one yet.
    Conflict,
}

/// The files of the index, or of a commit.
#[derive(Debug)]
pub struct Snapshot {
    /// The repository's root, canonical.
    pub root: PathBuf,
    pub(super) git: Git,
    /// By path from the root, as bytes. No submodules.
    pub(super) files: BTreeMap<Vec<u8>, File>,
    blobs: Mutex<Option<Blobs>>,
}

impl Snapshot {
    /// What is in the index of the repository around a directory.
    ///
    /// # Errors
    /// There is no repository, or git does not work in it.
    pub fn of_index(directory: &Path) -> Result<Self, GitFailure> {
        let (root, git) = around(directory)?;
        let listed = git.ask(&["ls-files", "--stage", "-z"])?;
        Ok(Self::new(root, git, files(&listed, |fields| Some((*fields.first()?, *fields.get(1)?, *fields.get(2)? != "0")))))
    }

    /// What a commit holds.
    ///
    /// # Errors
    /// There is no repository or no such commit, or git does not work.
    pub fn of_commit(directory: &Path, name: &str) -> Result<Self, GitFailure> {
        let (root, git) = around(directory)?;
        let commit = git.commit(name)?;
        Self::of_tree(root, git, &commit)
    }

    pub(super) fn of_tree(root: PathBuf, git: Git, tree: &str) -> Result<Self, GitFailure> {
        let listed = git.ask(&["ls-tree", "-r", "-z", "--full-tree", tree])?;
        Ok(Self::new(root, git, files(&listed, |fields| Some((*fields.first()?, *fields.get(2)?, false)))))
    }

    fn new(root: PathBuf, git: Git, files: BTreeMap<Vec<u8>, File>) -> Self {
        Self { root, git, files, blobs: Mutex::default() }
    }

    /// Whether a path from the root is a file here.
    #[must_use]
    pub fn holds(&self, path: &Path) -> bool {
        self.files.contains_key(&bytes_of(path))
    }

    /// Whether a path from the root is a file or a directory here.
    #[must_use]
    pub fn holds_below(&self, path: &Path) -> bool {
        path.as_os_str().is_empty() || self.paths().any(|file| file.starts_with(path))
    }

    /// The paths from the root, sorted.
    pub fn paths(&self) -> impl Iterator<Item = PathBuf> + '_ {
        self.files.keys().map(|bytes| path_of(bytes))
    }

    /// The bytes of a regular file.
    ///
    /// # Errors
    /// Says why it was not read.
    pub fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, ReadFailure> {
        match self.files.get(&bytes_of(path)) {
            Some(File { blob, kind: Kind::Regular }) => self.read_blob(blob, limit),
            Some(_) => Err(ReadFailure::NotRegular),
            None => Err(ReadFailure::Io(std::io::ErrorKind::NotFound)),
        }
    }

    pub(super) fn read_blob(&self, blob: &str, limit: u64) -> Result<Vec<u8>, ReadFailure> {
        let mut blobs = self.blobs.lock().unwrap_or_else(PoisonError::into_inner);
        if blobs.is_none() {
            *blobs = self.git.blobs().ok();
        }
        let read = blobs.as_mut().map(|blobs| blobs.read(blob, limit));
        match read {
            // After a broken answer the next one cannot be told from its rest.
            Some(Err(ReadFailure::Io(kind))) => {
                *blobs = None;
                Err(ReadFailure::Io(kind))
            }
            Some(read) => read,
            None => Err(ReadFailure::Io(std::io::ErrorKind::NotFound)),
        }
    }
}

pub(super) fn around(directory: &Path) -> Result<(PathBuf, Git), GitFailure> {
    let root = Repository::root_of(directory).ok_or(GitFailure::NoRepository)?;
    let git = Git::at(&root)?;
    Ok((root, git))
}

/// The mode, the hash, and whether it is one side of a conflict.
type Fields<'l> = (&'l str, &'l str, bool);

/// Reads `mode … hash …\tpath\0`; `read` picks what it needs.
fn files(listed: &[u8], read: impl for<'l> Fn(&[&'l str]) -> Option<Fields<'l>>) -> BTreeMap<Vec<u8>, File> {
    let mut files = BTreeMap::new();
    for line in listed.split(|byte| *byte == 0) {
        let Some(tab) = memchr::memchr(b'\t', line) else { continue };
        let fields: Vec<&str> = std::str::from_utf8(&line[..tab]).unwrap_or("").split_ascii_whitespace().collect();
        let Some((mode, blob, is_side)) = read(&fields) else { continue };
        let kind = match mode {
            _ if is_side => Kind::Conflict,
            "100644" | "100755" | "100664" => Kind::Regular,
            "120000" => Kind::Link,
            // A submodule is a repository of its own.
            _ => continue,
        };
        files.insert(line[tab + 1..].to_vec(), File { blob: blob.to_owned(), kind });
    }
    files
}
