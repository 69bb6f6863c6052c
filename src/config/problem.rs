//! A mistake in a file that steers caulk: where it is, and what would be right.

use crate::source::Span;

/// A mistake in a file that steers caulk. Its words hold nothing of the file but what is marked with backticks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// The file, as it was found.
    pub file: String,
    /// Its text.
    pub text: String,
    /// What is wrong in it.
    pub span: Span,
    /// Why: lower case, no full stop.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}
