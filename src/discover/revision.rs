//! A commit that linted files are compared with: what each of them was there.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::git::GitFailure;
use super::repository::{bytes_of, path_of};
use super::snapshot::{Kind, around};
use super::staged::module;
use super::walk::{shown, slashed};
use super::{Entry, MAX_BYTES, Origin, Selected, Snapshot};
use crate::source::{Source, Standing, decode};

/// A commit, seen from the files of today.
#[derive(Debug)]
pub struct Revision {
    /// The commit's name, as it was typed.
    pub name: String,
    /// Whether a common commit was asked for, and there is none here.
    pub is_apart: bool,
    snapshot: Arc<Snapshot>,
    commit: String,
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
        Ok(Self { name: name.to_owned(), is_apart, snapshot: Arc::new(snapshot), commit, paths, start: start.to_owned() })
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
        Some(self.entry(self.old(source)?, named))
    }

    fn entry(&self, old: &Path, named: bool) -> Entry {
        Entry {
            path: shown(&self.start, &self.snapshot.root.join(old)),
            root_path: slashed(old),
            origin: Origin::Snapshot(Arc::clone(&self.snapshot), old.to_owned()),
            standing: Standing::Tracked,
            named,
        }
    }

    /// Whether a file that has this path from the root today was there, under this or another.
    #[must_use]
    pub fn had(&self, root_path: &str) -> bool {
        self.paths.contains_key(root_path)
    }

    /// The files that are committed or staged otherwise today, and those that are gone, as they were; with them the other Terraform
    /// files of their folders. Only what `selected` holds, or would hold if it were still there.
    #[must_use]
    pub fn before(&self, selected: &Selected) -> Vec<Before> {
        let today: HashMap<&str, &Entry> = selected.entries.iter().map(|entry| (entry.path.as_str(), entry)).collect();
        let moved: HashMap<&PathBuf, &String> =
            self.paths.iter().filter(|(new, old)| **new != slashed(old)).map(|(new, old)| (old, new)).collect();
        let regular = |path: &Path| self.snapshot.files.get(&bytes_of(path)).is_some_and(|file| file.kind == Kind::Regular);
        let mut found: BTreeMap<PathBuf, Before> = BTreeMap::new();
        let mut add = |old: &Path| {
            let entry = self.entry(old, false);
            let root_path = moved.get(&old.to_owned()).map_or_else(|| entry.root_path.clone(), |new| (*new).clone());
            let now = today.get(shown(&self.start, &self.snapshot.root.join(&root_path)).as_str());
            if now.is_some() || selected.walked.would_have_read(&entry.path, &self.snapshot.root.join(old)) {
                let named = now.is_some_and(|now| now.named);
                found.insert(old.to_owned(), Before { entry: Entry { named, ..entry }, root_path, is_there: now.is_some() });
            }
        };
        let changed: Vec<PathBuf> = self.snapshot.git.changed(&self.commit).unwrap_or_default().iter().map(|path| path_of(path)).collect();
        changed.iter().filter(|path| regular(path)).for_each(|path| add(path));
        let modules: HashSet<String> = changed.iter().filter_map(|path| module(&slashed(path)).map(str::to_owned)).collect();
        let siblings = self.snapshot.paths().filter(|path| module(&slashed(path)).is_some_and(|folder| modules.contains(folder)));
        siblings.filter(|path| regular(path)).for_each(|path| add(&path));
        found.into_values().collect()
    }
}

/// A file as it was.
#[derive(Debug)]
pub struct Before {
    /// To be linted.
    pub entry: Entry,
    /// The path from the root that it has today, or had last.
    pub root_path: String,
    /// Whether it is there today.
    pub is_there: bool,
}
