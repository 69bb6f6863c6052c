//! A credential is made by a resource, and the state keeps it in clear.

use super::about;
use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::terraform::{Block, Module};
use crate::unit::Unit;

pub(super) static PRIVATE_KEY_GENERATED_IN_STATE: Check =
    Check { page: page!("terraform/private-key-generated-in-state"), runs: &[Run::Module(check)] };

fn check(module: &Unit<Module<'_>>, findings: &mut Findings) {
    for resource in module.blocks_of("resource") {
        let Some((what, help)) = made(resource) else { continue };
        let message = format!("`{}` makes {what} and keeps it in the state in clear", resource.address());
        about(findings, None, (resource, None), message).help(help);
    }
}

/// What a resource makes, and what to do instead.
fn made(resource: Block<'_>) -> Option<(&'static str, &'static str)> {
    let sealed = || resource.argument("pgp_key").is_some();
    let writes_a_key = || {
        ["content", "sensitive_content", "content_base64"].iter().filter_map(|name| resource.argument(name)).any(|content| {
            let written = content.source().slice(content.expr().span());
            ["private_key_pem", "private_key_openssh", ".private_key"].iter().any(|key| written.contains(key))
        })
    };
    let issues_certificate = || {
        let settings = resource.blocks_of("master_auth").flat_map(|auth| auth.blocks_of("client_certificate_config"));
        settings.into_iter().any(|settings| settings.flag("issue_client_certificate") == Some(true))
    };
    match resource.label(0) {
        "tls_private_key" => {
            Some(("a private key", "make the key outside Terraform, or with `ephemeral \"tls_private_key\"` and a write-only argument"))
        }
        "random_password" => {
            Some(("a password", "make it with `ephemeral \"random_password\"` and hand it to a write-only argument (Terraform 1.11)"))
        }
        "aws_iam_access_key" if !sealed() => Some(("an access key", "let who needs it assume a role, or give a `pgp_key`")),
        "aws_iam_user_login_profile" if !sealed() => Some(("a console password", "use single sign-on, or give a `pgp_key`")),
        "google_service_account_key" => Some(("a service account's key", "use Workload Identity Federation, which needs no key")),
        // <https://cloud.google.com/kubernetes-engine/docs/how-to/iam-integration#client-certificate>
        "google_container_cluster" if issues_certificate() => {
            Some(("a client key of the cluster", "write `issue_client_certificate = false`, which is the default, and log in with IAM"))
        }
        "local_file" | "local_sensitive_file" if writes_a_key() => {
            Some(("a key file", "let who needs the key fetch it from a secret store"))
        }
        _ => None,
    }
}
