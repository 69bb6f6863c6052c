//! Checks of Terraform state and of what `terraform show -json` prints.

mod committed_state;
mod plaintext_secret_in_state;
mod sensitive_value_in_state;
mod state_old_version;
mod state_output_not_sensitive;

use super::Check;

/// The checks of this folder.
pub static CHECKS: &[&Check] = &[
    &committed_state::COMMITTED_STATE,
    &plaintext_secret_in_state::PLAINTEXT_SECRET_IN_STATE,
    &sensitive_value_in_state::SENSITIVE_VALUE_IN_STATE,
    &state_old_version::STATE_OLD_VERSION,
    &state_output_not_sensitive::STATE_OUTPUT_NOT_SENSITIVE,
];
