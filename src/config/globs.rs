//! Paths below a directory, and globs over them.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// Longer globs are refused.
const LONGEST: usize = 1_000;

/// Globs over paths: `*` stays inside a folder, `**` does not. One without a slash stands for a name in any folder, one that
/// names a folder for everything in it.
#[derive(Clone, Debug, Default)]
pub struct Globs {
    set: GlobSet,
}

impl Globs {
    /// Compiles globs.
    ///
    /// # Errors
    /// The index of the first that is none.
    pub fn new<G: AsRef<str>>(globs: &[G]) -> Result<Self, usize> {
        let mut set = GlobSetBuilder::new();
        for (index, glob) in globs.iter().enumerate() {
            for form in forms(glob.as_ref()).ok_or(index)? {
                set.add(GlobBuilder::new(&form).literal_separator(true).backslash_escape(true).build().map_err(|_| index)?);
            }
        }
        // Together they may be too large; the last one is then one too many.
        Ok(Self { set: set.build().map_err(|_| globs.len().saturating_sub(1))? })
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.set.is_empty()
    }

    /// Whether a `/`-separated path matches any of them.
    #[must_use]
    pub fn match_path(&self, path: &str) -> bool {
        self.set.is_match(path)
    }
}

fn forms(glob: &str) -> Option<Vec<String>> {
    let trimmed = glob.strip_prefix("./").unwrap_or(glob).trim_end_matches('/');
    let rooted = trimmed.trim_start_matches('/');
    let leaves = rooted.split('/').any(|part| part == "..");
    if rooted.is_empty() || glob.len() > LONGEST || leaves {
        return None;
    }
    let start = if trimmed.contains('/') { "" } else { "**/" };
    Some(vec![format!("{start}{rooted}"), format!("{start}{rooted}/**")])
}

/// A directory that paths are relative to: how the start directory is reached from it. Empty where it is the start directory.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Base(String);

impl Base {
    /// The base from which `start` (`/`-separated, without `.` and `..`) leads to the start directory.
    #[must_use]
    pub fn new(start: &str) -> Self {
        Self(start.trim_matches('/').to_owned())
    }

    /// A path from the start directory, as one from the base; None where it leads out of it.
    #[must_use]
    pub fn relative(&self, path: &str) -> Option<String> {
        let mut parts: Vec<&str> = self.0.split('/').filter(|part| !part.is_empty()).collect();
        for part in path.split('/') {
            match part {
                "" | "." => {}
                ".." => _ = parts.pop()?,
                part => parts.push(part),
            }
        }
        Some(parts.join("/"))
    }

    /// Whether a directory, reached from the start directory, is this one or one above it.
    #[must_use]
    pub fn is_below(&self, directory: &str) -> bool {
        let up = directory.split('/').filter(|part| !matches!(*part, "" | "."));
        let depth = self.0.split('/').filter(|part| !part.is_empty()).count();
        up.clone().all(|part| part == "..") && up.count() >= depth
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_are_about_names_folders_and_paths() {
        let table: &[(&str, &[&str], &[&str])] = &[
            ("vendor", &["vendor", "vendor/a.tf", "a/vendor/b/c.yml"], &["vendors/a", "a/vendor.tf"]),
            ("vendor/", &["vendor/a.tf"], &["vendors/a"]),
            ("/vendor", &["vendor/a.tf"], &["a/vendor/b"]),
            ("./deploy/*.yml", &["deploy/a.yml"], &["deploy/x/a.yml", "x/deploy/a.yml"]),
            ("deploy/**/*.yml", &["deploy/a.yml", "deploy/x/y/a.yml"], &["a.yml"]),
            ("*.ipynb", &["a.ipynb", "x/y/a.ipynb"], &["a.ipynb.txt"]),
            ("{a,b}.tf", &["a.tf", "x/b.tf"], &["c.tf"]),
        ];
        for (glob, inside, outside) in table {
            let globs = Globs::new(&[glob]).unwrap();
            for path in *inside {
                assert!(globs.match_path(path), "{glob} {path}");
            }
            for path in *outside {
                assert!(!globs.match_path(path), "{glob} {path}");
            }
        }
        assert!(!Globs::default().match_path("a"));
    }

    #[test]
    fn what_is_no_glob_is_told_by_its_index() {
        for wrong in ["", "/", "a[", "{a", "../x", "a/../b", &"x".repeat(2_000)] {
            assert_eq!(Globs::new(&["ok", wrong]).unwrap_err(), 1, "{wrong}");
        }
    }

    #[test]
    fn a_base_is_a_directory_above_the_start() {
        assert_eq!(Base::default().relative("a/b").as_deref(), Some("a/b"));
        assert_eq!(Base::default().relative("../a"), None);
        for (base, inside, outside) in
            [("", ["."].as_slice(), ["infra", "./infra"].as_slice()), ("infra/live", &["../..", "../../.."], &[".", "..", "../../live"])]
        {
            assert!(inside.iter().all(|directory| Base::new(base).is_below(directory)), "{base}");
            assert!(!outside.iter().any(|directory| Base::new(base).is_below(directory)), "{base}");
        }
        assert_eq!(Base::new("infra/live").relative("a.tf").as_deref(), Some("infra/live/a.tf"));
        assert_eq!(Base::new("infra/live").relative("../../b.tf").as_deref(), Some("b.tf"));
        assert_eq!(Base::new("infra/live").relative("../../../b.tf"), None);
    }
}
