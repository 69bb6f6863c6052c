//! Paths → what to read. Nothing after this room can tell where a text came from.
//!
//! Read are the files that git would commit: tracked, or untracked and not ignored by this repository's own rules.
//! Links met in a walk are not followed, `.git` is never entered, nested repositories are read only when named,
//! and anything that is no regular file is never opened.

mod git_index;
mod read;
mod repository;
mod walk;

use std::path::PathBuf;

pub use read::{MAX_BYTES, ReadFailure, read};
pub use repository::Repository;
pub use walk::{Selection, discover};

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
    /// In memory (tests, standard input).
    Memory(Vec<u8>),
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
#[derive(Debug, Default)]
pub struct Selected {
    /// Sorted by path, each file once.
    pub entries: Vec<Entry>,
    /// What was not opened.
    pub passed: Vec<Passed>,
    /// Ignored files with telling names.
    pub ignored_telling: usize,
    /// Files that the configuration excludes.
    pub excluded: usize,
}
