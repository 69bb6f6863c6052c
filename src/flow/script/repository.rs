//! Scripts of the repository that a script runs.

use crate::formats::Tree;

/// A folder of the repository, where a script runs.
#[derive(Clone, Copy)]
pub struct Folder<'c> {
    /// What may be read.
    pub tree: &'c dyn Tree,
    /// Its path from the root.
    pub path: &'c str,
}

impl Folder<'_> {
    /// A path as the script writes it, from the repository's root.
    pub(super) fn path_of(self, written: &str) -> Option<String> {
        // What the platforms call the root: `$GITHUB_WORKSPACE` and `$CI_PROJECT_DIR` are no literal text and do not come here.
        let written = written.strip_prefix("./").unwrap_or(written);
        let outside = written.starts_with(['/', '~', '-']) || written.is_empty() || written.contains(char::is_whitespace);
        if outside {
            return None;
        }
        let folder = self.path.trim_start_matches("./").trim_end_matches('/');
        Some(if folder.is_empty() || folder == "." { written.to_owned() } else { format!("{folder}/{written}") })
    }
}
