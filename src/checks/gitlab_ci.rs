//! Checks of GitLab CI pipelines.

mod artifact_leaks_credentials;
mod debug_trace_enabled;
mod deprecated_job_jwt;
mod dotenv_report_secret;
mod env_dump;
mod id_token_too_broad;
mod missing_oidc;
mod plaintext_secret;
mod secret_exfiltration;
mod secret_in_log;
mod secret_in_trigger_or_mr;
mod secret_on_command_line;
mod story;
mod terraform_secret_cli_arg;
mod unmaskable_secret;
mod untracked_artifacts;

use super::Check;

/// The checks of this folder.
pub static CHECKS: &[&Check] = &[
    &artifact_leaks_credentials::ARTIFACT_LEAKS_CREDENTIALS,
    &debug_trace_enabled::DEBUG_TRACE_ENABLED,
    &deprecated_job_jwt::DEPRECATED_JOB_JWT,
    &dotenv_report_secret::DOTENV_REPORT_SECRET,
    &env_dump::ENV_DUMP,
    &id_token_too_broad::ID_TOKEN_TOO_BROAD,
    &missing_oidc::MISSING_OIDC,
    &plaintext_secret::PLAINTEXT_SECRET,
    &secret_exfiltration::SECRET_EXFILTRATION,
    &secret_in_log::SECRET_IN_LOG,
    &secret_in_trigger_or_mr::SECRET_IN_TRIGGER_OR_MR,
    &secret_on_command_line::SECRET_ON_COMMAND_LINE,
    &terraform_secret_cli_arg::TERRAFORM_SECRET_CLI_ARG,
    &unmaskable_secret::UNMASKABLE_SECRET,
    &untracked_artifacts::UNTRACKED_ARTIFACTS,
];
