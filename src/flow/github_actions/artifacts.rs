//! Files that one job uploads and another downloads. The runner of the other job masks what that job refers to, and nothing else.

use std::collections::{BTreeMap, HashSet};

use super::super::script::{Nature, State, Taint, covers, path};
use super::Around;
use crate::formats::github_actions::{Field, Step};
use crate::source::Place;

/// At most so many files are followed into artifacts, and so many out of them: every step may take all of them.
const MAX_FILES: usize = 10_000;
/// Names of artifacts that are compared with patterns.
const MAX_LOOKED: usize = 100_000;

/// A file inside an artifact, by its path there.
type Inside = (String, Vec<Taint>);

/// What the jobs of a run uploaded, by the names of the artifacts.
#[derive(Default)]
pub(super) struct Artifacts {
    uploaded: BTreeMap<String, Vec<Inside>>,
    /// How much was followed.
    taken: usize,
    downloaded: usize,
    looked: usize,
}

impl Artifacts {
    /// Remembers what a step uploads (<https://github.com/actions/upload-artifact#inputs>).
    pub(super) fn upload(&mut self, step: &Step<'_>, state: &State) {
        let action = step.action().unwrap_or_default();
        let is_cache = is_cache(&action);
        if action != "actions/upload-artifact" && !is_cache {
            return;
        }
        let Some(field) = step.input("path") else { return };
        let files: Vec<_> = uploaded(&field, state, MAX_FILES - self.taken);
        if files.is_empty() {
            return;
        }
        self.taken += files.len();
        let root = if is_cache { String::new() } else { root(&field, &files) };
        let place = field.place();
        let inside = |(file, taints): (String, Vec<Taint>)| {
            let path = file.strip_prefix(&root).unwrap_or(&file).trim_start_matches('/').to_owned();
            (path, taints.into_iter().map(|taint| taint.through(place)).collect())
        };
        let name = if is_cache { cache(step) } else { text(step, "name").unwrap_or_else(|| "artifact".to_owned()) };
        self.uploaded.entry(name).or_default().extend(files.into_iter().map(inside));
    }

    /// Puts what a step downloads into the folder of its job (<https://github.com/actions/download-artifact#inputs>).
    pub(super) fn download(&mut self, around: &Around<'_, '_>, step: &Step<'_>, state: &mut State) {
        let action = step.action().unwrap_or_default();
        let is_cache = is_cache(&action);
        if (action != "actions/download-artifact" && !is_cache) || self.uploaded.is_empty() {
            return;
        }
        let name = if is_cache { Some(cache(step)) } else { text(step, "name") };
        let pattern = text(step, "pattern");
        // Several artifacts lie in folders of their names, unless they are merged.
        let flat = name.is_some() || step.literal_input("merge-multiple") == "true";
        let into = if is_cache { String::new() } else { path_of(&text(step, "path").unwrap_or_default()) };
        let place = step.uses().unwrap_or_default();
        let mut wanted: Vec<(&String, &Vec<Inside>)> = Vec::new();
        match (&name, &pattern) {
            (Some(name), _) => wanted.extend(self.uploaded.get_key_value(name)),
            (_, Some(pattern)) => {
                let start = pattern.split('*').next().unwrap_or("");
                let same_start = self.uploaded.range(start.to_owned()..).take_while(|(known, _)| known.starts_with(start));
                let looked = same_start.take(MAX_LOOKED - self.looked).inspect(|_| self.looked += 1);
                wanted.extend(looked.filter(|(known, _)| matches(pattern, known)).take(MAX_FILES - self.downloaded));
            }
            _ => wanted.extend(self.uploaded.iter().filter(|(known, _)| !known.starts_with(CACHE)).take(MAX_FILES - self.downloaded)),
        }
        for (name, files) in wanted {
            for (file, taints) in files {
                if self.downloaded >= MAX_FILES {
                    return;
                }
                self.downloaded += 1;
                let folders = [into.as_str(), if flat { "" } else { name }, file];
                let path: Vec<&str> = folders.into_iter().filter(|part| !part.is_empty()).collect();
                let taints: Vec<Taint> = taints.iter().map(|taint| arrived(taint, around.referred(), place, state)).collect();
                state.write_file(&path.join("/"), taints);
            }
        }
    }
}

/// What stands before the paths of a cache, where artifacts have their names.
const CACHE: char = '\n';

/// A cache comes back where the paths are the same ones: they are part of its version
/// (<https://github.com/actions/cache#cache-version>). Its files lie where they lay.
fn cache(step: &Step<'_>) -> String {
    format!("{CACHE}{}", text(step, "path").unwrap_or_default())
}

fn is_cache(action: &str) -> bool {
    matches!(action, "actions/cache" | "actions/cache/save" | "actions/cache/restore")
}

/// A secret in a job that only has it in a file: nobody tells this job's runner to mask it.
fn arrived(taint: &Taint, known: &HashSet<&str>, place: Place, state: &mut State) -> Taint {
    let taint = taint.clone().through(place);
    let Some(origin) = state.origin(&taint).cloned() else { return taint };
    let name = origin.name.strip_prefix("secrets.").unwrap_or(&origin.name);
    if known.contains(name) || origin.nature == Nature::Fetched {
        return taint;
    }
    let unmasked = state.secret(origin.name, origin.place, Nature::Unmasked);
    taint.of(&unmasked)
}

impl<'a> Around<'a, '_> {
    /// The words behind `secrets.` in the job and the environment of its workflow: what its runner masks.
    fn referred(&self) -> &HashSet<&'a str> {
        self.referred.get_or_init(|| {
            let own = self.job.raw();
            let env = self.workflow.env().filter_map(|field| Some(self.workflow.source().slice(field.text()?.span())));
            let named = |text: &'a str| text.split("secrets.").skip(1);
            let word = |rest: &'a str| rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-').next().unwrap_or("");
            named(own).chain(env.flat_map(named)).map(word).collect()
        })
    }
}

/// The files with secrets that a list of paths takes along, at most so many.
pub(super) fn uploaded(field: &Field<'_>, state: &State, most: usize) -> Vec<(String, Vec<Taint>)> {
    let paths = listed(field);
    // Files whose names begin with a dot stay out unless they are named.
    let is_hidden =
        |path: &str, file: &str| file.split('/').any(|part| part.starts_with('.')) && !file.starts_with(path.trim_start_matches("./"));
    let excluded = |file: &str| paths.iter().any(|path| path.strip_prefix('!').is_some_and(|path| covers(path, file)));
    let mut seen = HashSet::new();
    let included = paths.iter().filter(|path| !path.starts_with('!')).flat_map(|path| {
        let files = state.taken(path);
        files.filter(move |(file, _)| !is_hidden(path, file))
    });
    let files = included.filter(|(file, _)| !excluded(file) && seen.insert(*file)).take(most);
    files.map(|(file, taints)| (file.to_owned(), taints.to_vec())).collect()
}

/// The folder that paths inside of the artifact count from: of one path the folder before its first `*`, of several what they share.
fn root(field: &Field<'_>, files: &[(String, Vec<Taint>)]) -> String {
    let paths: Vec<String> = listed(field).into_iter().filter(|path| !path.starts_with('!')).collect();
    let plain =
        |path: &str| {
            path_of(path.split('*').next().map_or(path, |start| {
                if start.len() < path.len() { start.rsplit_once('/').map_or("", |(folder, _)| folder) } else { start }
            }))
        };
    let mut roots = paths.iter().map(|path| plain(path));
    let first = roots.next().unwrap_or_default();
    if paths.len() == 1 {
        let is_file = files.iter().any(|(file, _)| *file == first);
        return if is_file { first.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned() } else { first };
    }
    let mut shared: Vec<&str> = first.split('/').collect();
    for root in roots {
        let same = shared.iter().zip(root.split('/')).take_while(|(one, other)| **one == *other).count();
        shared.truncate(same);
    }
    shared.join("/")
}

/// The paths of a list, as scripts know them; of those that are left out with the sign before it.
fn listed(field: &Field<'_>) -> Vec<String> {
    let Some(text) = field.text() else { return Vec::new() };
    let lines = text.as_str().lines().map(str::trim).filter(|path| !path.is_empty());
    lines.map(|line| line.strip_prefix('!').map_or_else(|| path_of(line), |line| format!("!{}", path_of(line)))).collect()
}

/// Actions run in the folder of the job.
fn path_of(written: &str) -> String {
    path("", "", written)
}

/// An input as written, expressions too: two that are written alike name the same thing.
fn text(step: &Step<'_>, name: &str) -> Option<String> {
    Some(step.input(name)?.text()?.as_str().trim().to_owned())
}

/// `build-*` and the like: the pieces between the stars, in order.
fn matches(pattern: &str, name: &str) -> bool {
    let mut pieces = pattern.split('*');
    let Some(mut rest) = name.strip_prefix(pieces.next().unwrap_or("")) else { return false };
    for piece in pieces {
        let Some(at) = rest.find(piece) else { return false };
        rest = &rest[at + piece.len()..];
    }
    pattern.ends_with('*') || rest.is_empty()
}
