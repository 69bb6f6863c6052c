//! A commit that linted files are compared with: what each of them was there.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::git::GitFailure;
use super::repository::path_of;
use super::snapshot::{Kind, around};
use super::walk::{shown, slashed};
use super::{Entry, MAX_BYTES, Origin, Snapshot};
use crate::source::{Source, Standing, decode};

/// A commit, seen from the files of today.
#[derive(Debug)]
pub struct Revision {
    /// The commit's name, as it was typed.
    pub name: String,
    /// Whether a common commit was asked for, and there is none here.
    pub is_apart: bool,
    snapshot: Arc<Snapshot>,
    /// The path in the commit, by the path that the file has today; both from the root.
    paths: HashMap<String, PathBuf>,
    start: PathBuf,
}

impl Revision {
    /// The commit of this name.
    ///
    /// # Errors
    /// There is no repository or no such commit, or git does not work.
    pub fn at(start: &Path, name: &str) -> Result<Self, GitFailure> {
        Self::new(start, name, false)
    }

    /// The commit in which the one of this name and what is checked out part.
    ///
    /// # Errors
    /// There is no repository or no such commit, or git does not work.
    pub fn shared_with(start: &Path, name: &str) -> Result<Self, GitFailure> {
        Self::new(start, name, true)
    }

    fn new(start: &Path, name: &str, shared: bool) -> Result<Self, GitFailure> {
        let (root, git) = around(start)?;
        let named = git.commit(name)?;
        let common = if shared { git.merge_base(&named) } else { None };
        let is_apart = shared && common.is_none();
        let commit = common.unwrap_or(named);
        // A clone without the contents cannot tell what was renamed; such files are then new.
        let renames = git.renames(&commit).unwrap_or_default();
        let snapshot = Snapshot::of_tree(root, git, &commit)?;
        let mut paths = HashMap::new();
        for (path, file) in &snapshot.files {
            if file.kind == Kind::Regular {
                let path = path_of(path);
                paths.insert(slashed(&path), path);
            }
        }
        for renamed in renames {
            paths.insert(slashed(&path_of(&renamed.new)), path_of(&renamed.old));
        }
        Ok(Self { name: name.to_owned(), is_apart, snapshot: Arc::new(snapshot), paths, start: start.to_owned() })
    }

    /// What a configuration is read from.
    #[must_use]
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// Where a file of today was; None where it is new.
    fn old(&self, source: &Source) -> Option<&PathBuf> {
        // Another repository may have a file under the same path from its root.
        let is_here = shown(&self.start, &self.snapshot.root.join(&source.root_path)) == source.path;
        self.paths.get(&source.root_path).filter(|_| is_here)
    }

    /// The text that a file of today had; None where it is new, or where nobody can tell any more.
    #[must_use]
    pub fn text_of(&self, source: &Source) -> Option<String> {
        Some(decode(self.snapshot.read(self.old(source)?, MAX_BYTES).ok()?).0)
    }

    /// A file of today as it was, to be linted.
    #[must_use]
    pub fn entry_of(&self, source: &Source, named: bool) -> Option<Entry> {
        let old = self.old(source)?;
        Some(Entry {
            path: shown(&self.start, &self.snapshot.root.join(old)),
            root_path: slashed(old),
            origin: Origin::Snapshot(Arc::clone(&self.snapshot), old.clone()),
            standing: Standing::Tracked,
            named,
        })
    }
}
