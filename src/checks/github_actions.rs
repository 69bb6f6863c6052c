//! Checks of GitHub Actions workflows and composite actions.

mod hardcoded_container_credentials;
mod insecure_commands;
mod missing_oidc_aws;
mod missing_oidc_azure;
mod missing_oidc_gcp;
mod oidc;
mod plaintext_secret;
mod secret_in_log;

use super::Check;

/// The checks of this folder.
pub static CHECKS: &[&Check] = &[
    &hardcoded_container_credentials::HARDCODED_CONTAINER_CREDENTIALS,
    &insecure_commands::INSECURE_COMMANDS,
    &missing_oidc_aws::MISSING_OIDC_AWS,
    &missing_oidc_azure::MISSING_OIDC_AZURE,
    &missing_oidc_gcp::MISSING_OIDC_GCP,
    &plaintext_secret::PLAINTEXT_SECRET,
    &secret_in_log::SECRET_IN_LOG,
];
