//! A suppression that suppresses nothing because it is wrong. Reported by the stage that applies suppressions.

use crate::catalogue::page;
use crate::checks::Check;

/// Reported while suppressions are read.
pub static INVALID_SUPPRESSION: Check = Check { page: page!("core/invalid-suppression"), runs: &[] };
