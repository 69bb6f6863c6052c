//! Checks of Jupyter notebooks.

mod secret_in_metadata;
mod secret_in_output;
mod secret_in_source;

use super::Check;

/// The checks of this folder.
pub static CHECKS: &[&Check] =
    &[&secret_in_metadata::SECRET_IN_METADATA, &secret_in_output::SECRET_IN_OUTPUT, &secret_in_source::SECRET_IN_SOURCE];
