//! Checks of Kubernetes manifests.

mod audit_policy_logs_secrets;
mod configmap_secret;
mod encryption_config_weak;
mod env_literal_secret;
mod plaintext_secret;
mod secret_in_log;
mod secret_manifest_plaintext;

use super::Check;

/// In the order of the catalogue.
pub const CHECKS: &[&Check] = &[
    &audit_policy_logs_secrets::AUDIT_POLICY_LOGS_SECRETS,
    &configmap_secret::CONFIGMAP_SECRET,
    &encryption_config_weak::ENCRYPTION_CONFIG_WEAK,
    &env_literal_secret::ENV_LITERAL_SECRET,
    &plaintext_secret::PLAINTEXT_SECRET,
    &secret_in_log::SECRET_IN_LOG,
    &secret_manifest_plaintext::SECRET_MANIFEST_PLAINTEXT,
];
