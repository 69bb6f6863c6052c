//! What a store or a cluster keeps is encrypted with the platform's key only, or not at this level at all.

use super::about;
use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::terraform::{Block, Module};
use crate::unit::Unit;

pub(super) static SECRET_STORE_WEAK_ENCRYPTION: Check =
    Check { page: page!("terraform/secret-store-weak-encryption"), runs: &[Run::Module(check)] };

fn check(module: &Unit<Module<'_>>, findings: &mut Findings) {
    for resource in module.blocks_of("resource") {
        let has = |kind: &str| resource.blocks().any(|inner| inner.kind() == kind || inner.kind() == "dynamic" && inner.label(0) == kind);
        let (case, message, help) = match resource.label(0) {
            "aws_secretsmanager_secret" if !has_own_key(resource) => (
                Some("no-customer-key"),
                "is encrypted with a key of the platform's",
                "name a key of your own in `kms_key_id`, so that reading the secret needs a right to use the key",
            ),
            "aws_eks_cluster" if is_before_default(resource) && !has("encryption_config") => (
                None,
                "keeps Kubernetes secrets without envelope encryption, which its version does not do by itself",
                "add `encryption_config` with `resources = [\"secrets\"]`, or move to 1.28",
            ),
            "azurerm_kubernetes_cluster" if !has("key_management_service") => (
                Some("no-customer-key"),
                "keeps Kubernetes secrets encrypted with a key of the platform's",
                "add a `key_management_service` block",
            ),
            "aws_ssm_parameter" if is_secure(resource) && !has_own_key(resource) => (
                Some("no-customer-key"),
                "is encrypted with a key of the platform's",
                "name a key of your own in `key_id`, so that reading the parameter needs a right to use the key",
            ),
            "google_container_cluster" if !is_encrypted(resource) => (
                Some("no-customer-key"),
                "keeps Kubernetes secrets encrypted with a key of the platform's",
                "add `database_encryption { state = \"ENCRYPTED\" key_name = … }`",
            ),
            "vault_aws_secret_backend" if resource.argument("secret_key").is_some() => (
                None,
                "makes credentials with a long-lived key of its own, which Vault and the state keep",
                "let Vault use a role or `identity_token_audience` instead of `access_key` and `secret_key`",
            ),
            _ => continue,
        };
        about(findings, case, (resource, None), format!("`{}` {message}", resource.address())).help(help);
    }
}

/// `alias/aws/…` are the platform's keys.
fn has_own_key(secret: Block<'_>) -> bool {
    let key = ["kms_key_id", "key_id"].iter().find_map(|name| secret.argument(name));
    key.is_some_and(|key| key.text().is_none_or(|text| !text.as_str().contains("alias/aws/")))
}

/// <https://docs.aws.amazon.com/systems-manager/latest/userguide/secure-string-parameter-kms-encryption.html>
fn is_secure(parameter: Block<'_>) -> bool {
    parameter.text("type").is_some_and(|text| text.as_str() == "SecureString")
}

/// From 1.28 on all data of the API is encrypted: <https://docs.aws.amazon.com/eks/latest/userguide/envelope-encryption.html>
fn is_before_default(cluster: Block<'_>) -> bool {
    let version = cluster.text("version").map(|text| text.as_str().to_owned());
    let minor = version.as_deref().and_then(|version| version.strip_prefix("1.")).and_then(|minor| minor.parse::<u32>().ok());
    minor.is_some_and(|minor| minor < 28)
}

/// Google encrypts what a cluster stores at rest anyway; this is a layer of the application's above it:
/// <https://docs.cloud.google.com/kubernetes-engine/docs/how-to/encrypting-secrets>.
fn is_encrypted(cluster: Block<'_>) -> bool {
    cluster.blocks().any(|inner| {
        inner.kind() == "dynamic" && inner.label(0) == "database_encryption"
            || inner.kind() == "database_encryption"
                && inner.argument("state").is_some_and(|state| state.text().is_none_or(|text| text.as_str() != "DECRYPTED"))
    })
}
