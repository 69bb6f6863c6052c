//! Checks of GitLab CI pipelines.

mod debug_trace_enabled;
mod missing_oidc;
mod plaintext_secret;
mod secret_in_log;

use super::Check;

/// The checks of this folder.
pub static CHECKS: &[&Check] = &[
    &debug_trace_enabled::DEBUG_TRACE_ENABLED,
    &missing_oidc::MISSING_OIDC,
    &plaintext_secret::PLAINTEXT_SECRET,
    &secret_in_log::SECRET_IN_LOG,
];
