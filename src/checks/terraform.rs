//! Checks of Terraform and OpenTofu modules.

mod backend_static_credentials;
mod plaintext_secret;
mod provider_static_credentials;
mod variable_default_secret;

use super::Check;

/// The checks of this folder.
pub static CHECKS: &[&Check] = &[
    &backend_static_credentials::BACKEND_STATIC_CREDENTIALS,
    &plaintext_secret::PLAINTEXT_SECRET,
    &provider_static_credentials::PROVIDER_STATIC_CREDENTIALS,
    &variable_default_secret::VARIABLE_DEFAULT_SECRET,
];
