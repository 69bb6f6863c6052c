//! Checks of docker compose files.

mod default_secret_fallback;
mod images;
mod plaintext_secret;
mod secret_in_command;
mod secret_in_log;

use super::Check;

/// The checks of this folder.
pub static CHECKS: &[&Check] = &[
    &default_secret_fallback::DEFAULT_SECRET_FALLBACK,
    &plaintext_secret::PLAINTEXT_SECRET,
    &secret_in_command::SECRET_IN_COMMAND,
    &secret_in_log::SECRET_IN_LOG,
];
