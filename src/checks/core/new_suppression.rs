//! A suppression that the revision of `--config-from` has not. Reported by the stage that applies suppressions.

use crate::catalogue::page;
use crate::checks::Check;

/// Reported where only suppressions of a revision count.
pub static NEW_SUPPRESSION: Check = Check { page: page!("core/new-suppression"), runs: &[] };
