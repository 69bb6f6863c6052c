//! A suppression without a reason. Reported by the stage that applies suppressions.

use crate::catalogue::page;
use crate::checks::Check;

/// Reported after suppressions were applied.
pub static UNEXPLAINED_SUPPRESSION: Check = Check { page: page!("core/unexplained-suppression"), runs: &[] };
