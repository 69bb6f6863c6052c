//! Scripts of the repository that a script runs.

use super::paths::is_inside;
use crate::formats::Tree;

/// The folder of the repository that a job runs in.
#[derive(Clone, Copy)]
pub struct Folder<'c> {
    /// What may be read.
    pub tree: &'c dyn Tree,
    /// Its path from the root.
    pub path: &'c str,
}

impl Folder<'_> {
    /// A path of the job, from the repository's root.
    pub(super) fn path_of(self, written: &str) -> Option<String> {
        if !is_inside(written) || written.is_empty() || written.contains(|c: char| c.is_whitespace() || c == '$') {
            return None;
        }
        let folder = self.path.trim_start_matches("./").trim_end_matches('/');
        Some(if folder.is_empty() || folder == "." { written.to_owned() } else { format!("{folder}/{written}") })
    }
}
