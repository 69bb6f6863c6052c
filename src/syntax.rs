//! Text → trees of ranges. Knows no meaning: what a key is for is the formats' business.
//!
//! Parsing never fails: every parser returns what it could read and a list of errors. No walk is recursive beyond a fixed depth.

pub mod expression;
pub mod hcl;
pub mod interpolation;
pub mod json;
pub mod python;
pub mod shell;
pub mod yaml;

use crate::source::Span;

/// Nesting is followed to this depth; what lies deeper is left to the text scan, and an error says so.
pub const MAX_DEPTH: usize = 1_000;

/// Where reading stopped or was resumed. The message is in our own words and never quotes the input.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SyntaxError {
    /// The place.
    pub span: Span,
    /// What is wrong, lower case, no full stop.
    pub message: String,
    /// What was not read because of it; the text scan takes it.
    pub unread: Span,
}
