//! The context set: files that a document may refer to by a local path, read when first asked for.

use std::any::Any;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::discover::{self, Entry, Origin, Repository, Snapshot};
use crate::formats::terraform::{self, Init, Survey, inits, survey};
use crate::formats::{self, Format, Tree};
use crate::source::{Source, SourceId, Standing, decode};

/// Larger files are no context.
const MAX_CONTEXT_BYTES: u64 = 8 * 1024 * 1024;

/// The repository around the first entry, or the memory tree.
pub(crate) struct ContextTree {
    /// Canonical root of the repository, or of the start directory outside one; None for a tree in memory.
    root: Option<PathBuf>,
    /// The directory caulk was started in, from the root.
    start: String,
    /// The tree in memory; beside one on disk, what is looked at instead.
    memory: HashMap<String, Vec<u8>>,
    /// The index, where it is linted; nothing is then read from disk.
    snapshot: Option<Arc<Snapshot>>,
    known: Mutex<HashMap<String, Option<Arc<Source>>>>,
    next: AtomicU32,
    /// The Terraform files of the run, and what may run `terraform init`.
    given: Vec<String>,
    repository: OnceLock<Option<Repository>>,
    folders: OnceLock<HashMap<String, Vec<String>>>,
    survey: OnceLock<Surveyed>,
    inits: OnceLock<Vec<Init>>,
    secret_variables: Mutex<HashMap<String, Answer>>,
    kept: Mutex<HashMap<String, Arc<dyn Any + Send + Sync>>>,
    /// The files in folders of the disk: every module asks for those of the folders around it.
    listed: Mutex<HashMap<String, Arc<[String]>>>,
}

/// What was found out once about a module.
type Answer = Arc<OnceLock<Arc<HashSet<String>>>>;

/// What modules of the repository say of others.
#[derive(Default)]
struct Surveyed {
    called: HashSet<String>,
    stores: HashSet<String>,
}

impl ContextTree {
    pub(crate) fn new(entries: &[Entry]) -> Self {
        let disk = entries.iter().find_map(|entry| match &entry.origin {
            Origin::Disk(path) | Origin::Edited(path, _) => Some((path, entry)),
            Origin::Memory(_) | Origin::Snapshot(..) => None,
        });
        let root = disk.and_then(|(path, entry)| {
            let around = path.parent().and_then(Repository::root_of);
            around.or_else(|| Some(path.ancestors().nth(entry.root_path.split('/').count())?.to_owned()))
        });
        let memory = entries.iter().filter_map(|entry| match &entry.origin {
            Origin::Memory(bytes) => Some((entry.root_path.clone(), bytes.clone())),
            Origin::Edited(_, bytes) => Some((entry.root_path.clone(), bytes.to_vec())),
            Origin::Disk(_) | Origin::Snapshot(..) => None,
        });
        let snapshot = entries.iter().find_map(|entry| match &entry.origin {
            Origin::Snapshot(snapshot, _) => Some(Arc::clone(snapshot)),
            _ => None,
        });
        // Entries have the first ids, in order; context files the ones after.
        let next = AtomicU32::new(u32::try_from(entries.len()).unwrap_or(u32::MAX));
        let given = entries.iter().map(|entry| &entry.root_path).filter(|path| is_terraform(path) || runs(path)).cloned().collect();
        let start = entries.iter().find_map(|entry| entry.root_path.strip_suffix(&entry.path)).unwrap_or_default();
        let start = start.trim_end_matches('/').to_owned();
        let (known, repository, survey, inits) = (Mutex::default(), OnceLock::new(), OnceLock::new(), OnceLock::new());
        let folders = OnceLock::new();
        Self {
            root,
            start,
            memory: memory.collect(),
            snapshot,
            known,
            next,
            given,
            repository,
            folders,
            survey,
            inits,
            secret_variables: Mutex::default(),
            kept: Mutex::default(),
            listed: Mutex::default(),
        }
    }

    /// The files in each folder of the index or of the tree in memory: modules ask for theirs, and for those around them.
    fn folders(&self) -> &HashMap<String, Vec<String>> {
        self.folders.get_or_init(|| {
            let mut folders: HashMap<String, Vec<String>> = HashMap::new();
            let tracked = self.snapshot.iter().flat_map(|snapshot| snapshot.paths()).filter_map(|path| path.to_str().map(placed));
            let given = self.memory.keys().filter(|_| self.snapshot.is_none()).map(|path| placed(path));
            for (folder, name) in tracked.chain(given) {
                folders.entry(folder).or_default().push(name);
            }
            folders
        })
    }

    fn repository(&self) -> Option<&Repository> {
        self.repository.get_or_init(|| Repository::around(self.root.as_ref()?)).as_ref()
    }

    /// The files of the repository that `wanted` names, those of the run and those that git keeps.
    fn all(&self, wanted: fn(&str) -> bool) -> BTreeSet<String> {
        let tracked = self.repository().into_iter().flat_map(|repository| repository.tracked_below(Path::new("")));
        let tracked = self.snapshot.iter().flat_map(|snapshot| snapshot.paths()).chain(tracked);
        let tracked = tracked.filter_map(|path| path.to_str().filter(|path| wanted(path)).map(str::to_owned));
        self.given.iter().filter(|path| wanted(path)).cloned().chain(tracked).collect()
    }

    /// Which modules the repository calls, and where it keeps state: its Terraform files are read once, when first asked for.
    fn survey(&self) -> &Surveyed {
        self.survey.get_or_init(|| {
            let mut surveyed = Surveyed::default();
            for path in self.all(is_terraform) {
                let Some(bytes) = self.bytes(&path) else { continue };
                let Survey { calls, stores } = survey(&path, &decode(bytes).0);
                surveyed.called.extend(calls);
                surveyed.stores.extend(stores);
            }
            let told = terraform::STORES.iter().flat_map(|name| self.inits().iter().flat_map(|init| init.values(name)));
            surveyed.stores.extend(told.map(str::to_owned));
            surveyed
        })
    }

    fn bytes(&self, path: &str) -> Option<Vec<u8>> {
        if let Some(snapshot) = &self.snapshot {
            return snapshot.read(Path::new(path), MAX_CONTEXT_BYTES).ok();
        }
        match &self.root {
            None => self.memory.get(path).cloned(),
            Some(_) if self.memory.contains_key(path) => self.memory.get(path).cloned(),
            Some(root) => {
                let full = root.join(path);
                // A link on the way may lead outside: what is read lies where its path says, or is not read.
                if full.canonicalize().ok()? != full {
                    return None;
                }
                discover::read(&full, MAX_CONTEXT_BYTES).ok()
            }
        }
    }

    /// Every context source that was read.
    pub(crate) fn sources(&self) -> Vec<Arc<Source>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).values().flatten().cloned().collect()
    }

    /// An id that no source has yet.
    pub(crate) fn fresh_id(&self) -> SourceId {
        SourceId(self.next.fetch_add(1, Ordering::Relaxed))
    }

    fn load(&self, path: &str) -> Option<Arc<Source>> {
        let bytes = self.bytes(path)?;
        let (text, encoding, lossy) = decode(bytes);
        let id = self.fresh_id();
        let setting = super::setting(path, formats::by_path(path).unwrap_or(Format::Text));
        Some(Arc::new(Source {
            id,
            path: shown(&self.start, path),
            root_path: path.to_owned(),
            text,
            encoding,
            lossy,
            standing: Standing::Untracked,
            setting,
        }))
    }
}

/// A path from the root, as it is seen from the directory caulk was started in.
fn shown(start: &str, path: &str) -> String {
    let steps: Vec<&str> = start.split('/').filter(|step| !step.is_empty()).collect();
    let common = steps.iter().zip(path.split('/')).take_while(|(a, b)| *a == b).count();
    let rest: Vec<&str> = path.split('/').skip(common).collect();
    format!("{}{}", "../".repeat(steps.len() - common), rest.join("/"))
}

fn is_terraform(path: &str) -> bool {
    let settings = path.ends_with(".tfbackend") || path.ends_with("terragrunt.hcl") || path.ends_with("root.hcl");
    settings || formats::by_path(path) == Some(Format::Terraform)
}

/// What may run `terraform init`: workflows, pipelines, scripts.
fn runs(path: &str) -> bool {
    matches!(formats::by_path(path), Some(Format::GithubActions | Format::GitlabCi)) || terraform::is_script(path)
}

impl Tree for ContextTree {
    fn inits(&self) -> &[Init] {
        self.inits.get_or_init(|| {
            let tells = |path: &String| self.bytes(path).is_some_and(|bytes| terraform::tells(&decode(bytes).0));
            let told = self.all(runs).into_iter().filter(tells);
            told.filter_map(|path| self.read(&path)).flat_map(|source| inits(&source)).collect()
        })
    }

    fn secret_variables(&self, directory: &str, read: &dyn Fn() -> HashSet<String>) -> Arc<HashSet<String>> {
        let mut known = self.secret_variables.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = Arc::clone(known.entry(directory.to_owned()).or_default());
        drop(known);
        Arc::clone(answer.get_or_init(|| Arc::new(read())))
    }

    fn kept(&self, directory: &str) -> Option<Arc<dyn Any + Send + Sync>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(directory).cloned()
    }

    fn keep(&self, directory: &str, found: Arc<dyn Any + Send + Sync>) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).insert(directory.to_owned(), found);
    }

    fn is_called(&self, directory: &str) -> bool {
        self.survey().called.contains(directory)
    }

    fn holds_state(&self, store: &str) -> bool {
        self.survey().stores.contains(store)
    }

    fn is_committed(&self, path: &str) -> bool {
        let Some(path) = normal(path) else { return false };
        if let Some(snapshot) = &self.snapshot {
            return snapshot.holds(Path::new(&path));
        }
        self.repository().is_none_or(|repository| repository.tracks(Path::new(&path)))
    }

    fn read(&self, path: &str) -> Option<Arc<Source>> {
        let path = normal(path)?;
        if let Some(known) = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&path) {
            return known.clone();
        }
        let loaded = self.load(&path);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry(path).or_insert(loaded).clone()
    }

    fn list(&self, directory: &str) -> Vec<String> {
        let Some(directory) = normal(directory) else { return Vec::new() };
        let mut names: Vec<String> = match (&self.root, &self.snapshot) {
            (None, None) | (_, Some(_)) => self.folders().get(&directory).cloned().unwrap_or_default(),
            (Some(root), None) => {
                let known = self.listed.lock().unwrap_or_else(PoisonError::into_inner).get(&directory).cloned();
                let names = known.unwrap_or_else(|| {
                    let names: Arc<[String]> = files_in(&root.join(&directory)).into();
                    self.listed.lock().unwrap_or_else(PoisonError::into_inner).insert(directory.clone(), Arc::clone(&names));
                    names
                });
                names.to_vec()
            }
        };
        names.sort();
        names.into_iter().map(|name| if directory.is_empty() { name } else { format!("{directory}/{name}") }).collect()
    }
}

/// The names of the files in a folder of the disk; none where a link leads there.
fn files_in(folder: &Path) -> Vec<String> {
    if folder.canonicalize().ok().as_deref() != Some(folder) {
        return Vec::new();
    }
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let files = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    files.filter_map(|entry| entry.file_name().into_string().ok()).collect()
}

/// A file's folder and its name.
fn placed(path: &str) -> (String, String) {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    (folder.to_owned(), name.to_owned())
}

/// A path without `.` and `..`; None where it leads outside.
fn normal(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for component in Path::new(path).components() {
        match component {
            Component::Normal(part) => parts.push(part.to_str()?),
            Component::CurDir => {}
            Component::ParentDir => {
                parts.pop()?;
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_the_root_is_read() {
        assert_eq!(normal("a/./b/../c").as_deref(), Some("a/c"));
        assert_eq!(normal("../x"), None);
        assert_eq!(normal("a/../../x"), None);
        assert_eq!(normal("/etc/passwd"), None);
    }

    #[test]
    fn a_tree_in_memory_lists_and_reads() {
        let entry = |path: &str| Entry {
            path: path.into(),
            root_path: path.into(),
            origin: Origin::Memory(b"x".to_vec()),
            standing: Standing::Tracked,
            named: false,
        };
        let tree = ContextTree::new(&[entry("m/a.tf"), entry("m/n/b.tf"), entry("c.tf")]);
        assert_eq!(tree.list("m"), ["m/a.tf"]);
        assert_eq!(tree.list("."), ["c.tf"]);
        assert_eq!(tree.read("m/../c.tf").unwrap().id, SourceId(3));
        assert_eq!(tree.read("c.tf").unwrap().id, SourceId(3));
        assert!(tree.read("gone").is_none());
    }

    #[test]
    fn paths_are_seen_from_where_caulk_was_started() {
        for (start, path, seen) in [
            ("", "m/a.tf", "m/a.tf"),
            ("live", "m/a.tf", "../m/a.tf"),
            ("live/prod", "live/a.tf", "../a.tf"),
            ("live", "live/x/a.tf", "x/a.tf"),
        ] {
            assert_eq!(shown(start, path), seen);
        }
    }
}
