//! A file that a format claimed could not be read, wholly or in part. Reported by the pipeline, which knows what was not read.

use crate::catalogue::page;
use crate::checks::Check;

/// Reported by the pipeline for every syntax error of a view.
pub static SYNTAX_ERROR: Check = Check { page: page!("core/syntax-error"), runs: &[] };
