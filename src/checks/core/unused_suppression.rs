//! A suppression that matches no finding. Reported by the stage that applies suppressions.

use crate::catalogue::page;
use crate::checks::Check;

/// Reported after suppressions were applied.
pub static UNUSED_SUPPRESSION: Check = Check { page: page!("core/unused-suppression"), runs: &[] };
