//! caulk itself failed on a (unit, check). Reported by the fence around it.

use crate::catalogue::page;
use crate::checks::Check;

/// Reported by the pipeline where a check panicked.
pub static INTERNAL_ERROR: Check = Check { page: page!("core/internal-error"), runs: &[] };
