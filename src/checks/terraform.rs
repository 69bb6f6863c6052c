//! Checks of Terraform and OpenTofu modules.

mod backend_local;
mod backend_static_credentials;
mod backend_unencrypted;
mod output_missing_sensitive;
mod plaintext_secret;
mod provider_static_credentials;
mod variable_default_secret;
mod variable_missing_sensitive;

use super::Check;

/// The checks of this folder.
pub static CHECKS: &[&Check] = &[
    &backend_local::BACKEND_LOCAL,
    &backend_static_credentials::BACKEND_STATIC_CREDENTIALS,
    &backend_unencrypted::BACKEND_UNENCRYPTED,
    &output_missing_sensitive::OUTPUT_MISSING_SENSITIVE,
    &plaintext_secret::PLAINTEXT_SECRET,
    &provider_static_credentials::PROVIDER_STATIC_CREDENTIALS,
    &variable_default_secret::VARIABLE_DEFAULT_SECRET,
    &variable_missing_sensitive::VARIABLE_MISSING_SENSITIVE,
];
