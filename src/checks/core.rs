//! Checks that belong to no format.

mod internal_error;
mod invalid_suppression;
mod new_suppression;
mod plaintext_secret;
mod syntax_error;
mod unexplained_suppression;
mod unused_suppression;

use super::Check;

pub use internal_error::INTERNAL_ERROR;
pub use invalid_suppression::INVALID_SUPPRESSION;
pub use new_suppression::NEW_SUPPRESSION;
pub use syntax_error::SYNTAX_ERROR;
pub use unexplained_suppression::UNEXPLAINED_SUPPRESSION;
pub use unused_suppression::UNUSED_SUPPRESSION;

/// The checks of this folder.
pub static CHECKS: &[&Check] = &[
    &INTERNAL_ERROR,
    &INVALID_SUPPRESSION,
    &NEW_SUPPRESSION,
    &plaintext_secret::PLAINTEXT_SECRET,
    &SYNTAX_ERROR,
    &UNEXPLAINED_SUPPRESSION,
    &UNUSED_SUPPRESSION,
];
