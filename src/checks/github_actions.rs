//! Checks of GitHub Actions workflows and composite actions.

mod plaintext_secret;

use super::Check;

/// The checks of this folder.
pub static CHECKS: &[&Check] = &[&plaintext_secret::PLAINTEXT_SECRET];
