//! Checks of files that give values to Terraform's variables.

mod committed_secret;

use super::Check;

/// The checks of this folder.
pub static CHECKS: &[&Check] = &[&committed_secret::COMMITTED_SECRET];
