//! Files that scripts write, with what stands in them, and what other jobs left for this one.

use std::collections::HashMap;
use std::sync::Arc;

use super::{State, Taint, add};

/// Of a file that holds variables so many are remembered.
const MAX_NAMES: usize = 64;
/// For one path so many files are looked at.
const MAX_LOOKED: usize = 1024;

/// What a job leaves for later ones.
#[derive(Clone, Default, Debug)]
pub struct Left {
    /// Files, by their paths.
    pub files: HashMap<String, Vec<Taint>>,
    /// Variables.
    pub variables: HashMap<String, Vec<Taint>>,
}

impl Left {
    /// Whether it holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.variables.is_empty()
    }

    /// Adds what another job left.
    pub fn extend(&mut self, other: Self) {
        for (name, taints) in other.files {
            add(self.files.entry(name).or_default(), taints);
        }
        // A later report of a variable replaces an earlier one.
        self.variables.extend(other.variables);
    }
}

impl State {
    /// What was written to a file of this name, by this job or one that left it here.
    #[must_use]
    pub fn file<'s>(&'s self, name: &'s str) -> &'s [Taint] {
        let plain = name.strip_prefix("./").unwrap_or(name);
        let mounted = || self.mounts.iter().find(|(path, _)| is_below(name, path)).map(|(_, taints)| taints);
        let left = || self.left.iter().find_map(|left| left.files.get(plain));
        // `cat conf/*.toml`: one of them says so for all.
        let matching = || plain.contains('*').then(|| self.taken(plain).next().map(|(_, taints)| taints)).flatten();
        let known = self.files.get(plain).or_else(mounted).or_else(left).map(Vec::as_slice);
        known.or_else(matching).unwrap_or(&[])
    }

    /// A secret stands in every file below a path.
    pub fn mount(&mut self, path: &str, taint: Taint) {
        self.mounts.push((path.trim_end_matches('/').to_owned(), vec![taint]));
    }

    /// What other jobs left for this one, the one that counts first.
    pub fn receive(&mut self, left: Vec<Arc<Left>>) {
        self.left = left;
    }

    /// A variable that other jobs left for this one.
    #[must_use]
    pub fn received(&self, name: &str) -> Option<&[Taint]> {
        self.left.iter().find_map(|left| left.variables.get(name)).map(Vec::as_slice)
    }

    /// The files with secrets that a path of an upload takes along, in order: see [`covers`]. Of very many not all are looked at.
    pub fn taken<'s>(&'s self, path: &'s str) -> impl Iterator<Item = (&'s str, &'s [Taint])> {
        let plain = path.trim_start_matches("./").trim_end_matches('/');
        let start = plain.split('*').next().unwrap_or(plain);
        let start = if start == "." { "" } else { start };
        // A file of this very name lies apart from what lies in a folder of that name: `a`, `a.txt`, `a/b`.
        let is_path = start.len() == plain.len() && !start.is_empty();
        let own = self.files.get_key_value(start).filter(|_| is_path);
        let below = if is_path { format!("{start}/") } else { start.to_owned() };
        let range = self.files.range(below.clone()..).take_while(move |(name, _)| name.starts_with(&below)).take(MAX_LOOKED);
        let files = own.into_iter().chain(range).map(|(name, taints)| (name.as_str(), taints.as_slice()));
        files.filter(move |(name, _)| covers(path, name))
    }

    /// The first file with secrets that the paths take along and the others leave out.
    #[must_use]
    pub fn first_taken(&self, path: &str, excluded: &[String]) -> Option<(String, Taint)> {
        let mut files = self.taken(path).filter(|(name, _)| !excluded.iter().any(|path| covers(path, name)));
        files.find_map(|(name, taints)| Some((name.to_owned(), taints.first()?.clone())))
    }

    /// The variables that a file sets, where it was written line by line: `NAME=value`.
    #[must_use]
    pub fn names_in(&self, file: &str) -> &[(String, Vec<Taint>)] {
        self.named.get(file.strip_prefix("./").unwrap_or(file)).map_or(&[], Vec::as_slice)
    }

    /// Secrets stand in a file now, beside those that stood there before.
    pub fn write_file(&mut self, name: &str, taints: impl IntoIterator<Item = Taint>) {
        let name = name.strip_prefix("./").unwrap_or(name);
        add(self.files.entry(name.to_owned()).or_default(), taints);
    }

    pub(super) fn name_in_file(&mut self, file: &str, named: Vec<(String, Vec<Taint>)>) {
        let known = self.named.entry(file.strip_prefix("./").unwrap_or(file).to_owned()).or_default();
        let room = MAX_NAMES.saturating_sub(known.len());
        known.extend(named.into_iter().take(room));
    }
}

fn is_below(path: &str, folder: &str) -> bool {
    let path = path.strip_prefix("/var").filter(|_| folder == "/run/secrets").unwrap_or(path);
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether a path of an upload takes a file along: its own path, a folder, a pattern (`dist/**`, `*.env`).
#[must_use]
pub fn covers(path: &str, file: &str) -> bool {
    let path = path.trim_start_matches("./").trim_end_matches('/');
    let is_absolute = file.starts_with(['/', '~', '$', '?']);
    if matches!(path, "" | "." | "*" | "**" | "**/*") {
        return !is_absolute;
    }
    let Some(at) = path.find('*') else { return file.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) };
    let (start, end) = (&path[..at], path[at..].trim_start_matches(['*', '/']));
    let rest = file.strip_prefix(start).filter(|_| !is_absolute || path.starts_with(['/', '~']));
    rest.is_some_and(|rest| {
        !end.contains('*')
            && rest.ends_with(end)
            && (path[at..].starts_with("**") || !rest.trim_end_matches(end).contains('/') || end.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn paths_of_uploads() {
        for (path, file) in [
            ("a.txt", "a.txt"),
            ("dist", "dist/a/b"),
            ("./dist/", "dist/a"),
            ("dist/**", "dist/a/b"),
            (".", "a/b"),
            ("*.env", "a.env"),
            ("**/*.env", "x/a.env"),
            ("out/*", "out/a"),
            ("/tmp", "/tmp/a"),
            ("~/x", "~/x"),
        ] {
            assert!(covers(path, file), "{path} {file}");
        }
        for (path, file) in
            [("a.txt", "a.txt2"), ("dist", "distant"), (".", "/tmp/a"), ("*.env", "x/a.env"), ("**", "~/a"), ("*.env", "a.txt")]
        {
            assert!(!covers(path, file), "{path} {file}");
        }
    }
}
