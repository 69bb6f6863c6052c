//! Checks of GitHub Actions workflows and composite actions.

mod allow_unsafe_pr_checkout;
mod app_token_misuse;
mod artifact_leaks_credentials;
mod build_arg_in_attestation;
mod credentials_in_cache;
mod debug_logging_enabled;
mod docker_build_arg_secret;
mod ecr_password_unmasked;
mod env_dump;
mod hardcoded_container_credentials;
mod insecure_commands;
mod mask_after_use;
mod missing_oidc_aws;
mod missing_oidc_azure;
mod missing_oidc_gcp;
mod missing_oidc_other;
mod oidc;
mod oidc_permission_misuse;
mod overprovisioned_secrets;
mod plaintext_secret;
mod secret_debug_trace;
mod secret_exfiltration;
mod secret_in_log;
mod secret_in_summary_or_output;
mod secret_on_command_line;
mod secret_outside_environment;
mod secret_scanner_unpinned_or_fail_open;
mod secret_scope_too_wide;
mod secrets_inherit;
mod story;
mod terraform_secret_cli_arg;
mod unmasked_structured_secret;
mod untrusted_trigger_with_secrets;
mod use_trusted_publishing;
mod vault_action_exposure;

use super::Check;

/// The checks of this folder.
pub static CHECKS: &[&Check] = &[
    &allow_unsafe_pr_checkout::ALLOW_UNSAFE_PR_CHECKOUT,
    &app_token_misuse::APP_TOKEN_MISUSE,
    &artifact_leaks_credentials::ARTIFACT_LEAKS_CREDENTIALS,
    &build_arg_in_attestation::BUILD_ARG_IN_ATTESTATION,
    &credentials_in_cache::CREDENTIALS_IN_CACHE,
    &debug_logging_enabled::DEBUG_LOGGING_ENABLED,
    &docker_build_arg_secret::DOCKER_BUILD_ARG_SECRET,
    &ecr_password_unmasked::ECR_PASSWORD_UNMASKED,
    &env_dump::ENV_DUMP,
    &hardcoded_container_credentials::HARDCODED_CONTAINER_CREDENTIALS,
    &insecure_commands::INSECURE_COMMANDS,
    &mask_after_use::MASK_AFTER_USE,
    &missing_oidc_aws::MISSING_OIDC_AWS,
    &missing_oidc_azure::MISSING_OIDC_AZURE,
    &missing_oidc_gcp::MISSING_OIDC_GCP,
    &missing_oidc_other::MISSING_OIDC_OTHER,
    &oidc_permission_misuse::OIDC_PERMISSION_MISUSE,
    &overprovisioned_secrets::OVERPROVISIONED_SECRETS,
    &plaintext_secret::PLAINTEXT_SECRET,
    &secret_debug_trace::SECRET_DEBUG_TRACE,
    &secret_exfiltration::SECRET_EXFILTRATION,
    &secret_in_log::SECRET_IN_LOG,
    &secret_in_summary_or_output::SECRET_IN_SUMMARY_OR_OUTPUT,
    &secret_on_command_line::SECRET_ON_COMMAND_LINE,
    &secret_outside_environment::SECRET_OUTSIDE_ENVIRONMENT,
    &secret_scanner_unpinned_or_fail_open::SECRET_SCANNER_UNPINNED_OR_FAIL_OPEN,
    &secret_scope_too_wide::SECRET_SCOPE_TOO_WIDE,
    &secrets_inherit::SECRETS_INHERIT,
    &terraform_secret_cli_arg::TERRAFORM_SECRET_CLI_ARG,
    &unmasked_structured_secret::UNMASKED_STRUCTURED_SECRET,
    &untrusted_trigger_with_secrets::UNTRUSTED_TRIGGER_WITH_SECRETS,
    &use_trusted_publishing::USE_TRUSTED_PUBLISHING,
    &vault_action_exposure::VAULT_ACTION_EXPOSURE,
];
