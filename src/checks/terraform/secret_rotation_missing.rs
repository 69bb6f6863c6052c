//! A secret or key is never replaced, or not for a long time.

use std::collections::HashSet;

use super::about;
use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::terraform::{Argument, Block, Module};
use crate::unit::Unit;

pub(super) static SECRET_ROTATION_MISSING: Check = Check { page: page!("terraform/secret-rotation-missing"), runs: &[Run::Module(check)] };

/// Longer than a quarter is too long.
const MAX_DAYS: f64 = 90.0;
const DAY: f64 = 86_400.0;

fn check(module: &Unit<Module<'_>>, findings: &mut Findings) {
    let rotated = Rotated::of(module);
    for resource in module.blocks_of("resource") {
        let address = resource.address();
        match resource.label(0) {
            "aws_secretsmanager_secret" if !rotated.holds(&address) => {
                about(findings, None, (resource, None), format!("nothing rotates the secret `{address}`"))
                    .help("add an `aws_secretsmanager_secret_rotation`, or let the service that uses it manage the secret");
            }
            "aws_secretsmanager_secret_rotation" => interval(resource, findings),
            "azurerm_key_vault_secret" if resource.argument("expiration_date").is_none() => {
                about(findings, None, (resource, None), format!("the secret `{address}` never expires"))
                    .help("set `expiration_date`, and replace the secret before it");
            }
            "google_secret_manager_secret" if resource.blocks().all(|inner| !is(inner, "rotation")) => {
                // Google reminds somebody; it replaces nothing by itself.
                about(findings, Some("reminder"), (resource, None), format!("nobody is reminded to replace the secret `{address}`"))
                    .help("add a `rotation` block with a topic that tells who replaces it");
            }
            "aws_kms_key" => key(resource, findings),
            "google_kms_crypto_key" => google_key(resource, findings),
            "aws_iam_access_key" => {
                about(findings, None, (resource, None), format!("the access key `{address}` works until somebody revokes it"))
                    .help("let who needs it assume a role, which lends credentials for hours");
            }
            kind if kind.starts_with("vault_database_secret") => vault(resource, findings),
            _ => {}
        }
    }
}

fn is(block: Block<'_>, kind: &str) -> bool {
    block.kind() == kind || block.kind() == "dynamic" && block.label(0) == kind
}

/// The secrets that something rotates.
struct Rotated {
    addresses: HashSet<String>,
    /// Some rotation names its secret in another way.
    any: bool,
}

impl Rotated {
    fn of(module: &Module<'_>) -> Self {
        let mut rotated = Self { addresses: HashSet::new(), any: false };
        for rotation in module.blocks_of("resource").filter(|resource| resource.label(0) == "aws_secretsmanager_secret_rotation") {
            let mut lookups = rotation.argument("secret_id").map(|secret| secret.lookups()).unwrap_or_default();
            // `each.value.id` is one of what the block is made for.
            if lookups.iter().any(|lookup| lookup.root == "each") {
                lookups.extend(rotation.argument("for_each").iter().flat_map(Argument::lookups));
            }
            let direct = lookups.iter().filter(|lookup| lookup.root.starts_with("aws_secretsmanager_secret")).count();
            rotated.any |= direct == 0;
            rotated.addresses.extend(lookups.iter().map(|lookup| lookup.address()));
        }
        // A version's secret is rotated too where the rotation waits for the version.
        for version in module.blocks_of("resource").filter(|resource| resource.label(0) == "aws_secretsmanager_secret_version") {
            if rotated.addresses.contains(&version.address()) {
                let lookups = version.argument("secret_id").map(|secret| secret.lookups()).unwrap_or_default();
                rotated.addresses.extend(lookups.iter().map(|lookup| lookup.address()));
            }
        }
        rotated
    }

    fn holds(&self, address: &str) -> bool {
        self.any || self.addresses.contains(address)
    }
}

fn interval(rotation: Block<'_>, findings: &mut Findings) {
    for rules in rotation.blocks_of("rotation_rules") {
        if let Some(schedule) = rules.argument("schedule_expression")
            && schedule.text().is_some_and(|text| days_of(text.as_str()).is_some_and(|days| days > MAX_DAYS))
        {
            about(findings, None, (rotation, Some(&schedule)), "the secret is rotated less than once a quarter")
                .help("write 90 days or less");
        }
        let Some(days) = rules.argument("automatically_after_days") else { continue };
        if days.number().is_some_and(|days| days > MAX_DAYS) {
            about(findings, None, (rotation, Some(&days)), "the secret is rotated less than once a quarter").help("write 90 days or less");
        }
    }
}

/// `rate(10 days)`: <https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html>
fn days_of(schedule: &str) -> Option<f64> {
    let (number, unit) = schedule.strip_prefix("rate(")?.strip_suffix(')')?.split_once(' ')?;
    let number: f64 = number.parse().ok()?;
    Some(if unit.starts_with("hour") { number / 24.0 } else { number })
}

/// <https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html>: symmetric keys with material of the platform's only.
fn key(key: Block<'_>, findings: &mut Findings) {
    let is_other =
        |name: &str, plain: &str| key.argument(name).is_some_and(|argument| argument.text().is_none_or(|text| text.as_str() != plain));
    let cannot = is_other("customer_master_key_spec", "SYMMETRIC_DEFAULT")
        || is_other("key_spec", "SYMMETRIC_DEFAULT")
        || is_other("key_usage", "ENCRYPT_DECRYPT")
        || key.argument("custom_key_store_id").is_some();
    let rotation = key.argument("enable_key_rotation");
    if cannot || rotation.as_ref().is_some_and(|rotation| rotation.flag() != Some(false)) {
        return;
    }
    let message = format!("the material of the key `{}` is never replaced", key.address());
    about(findings, None, (key, rotation.as_ref()), message).help("write `enable_key_rotation = true`; old data stays readable");
}

/// Only symmetric keys are replaced by themselves: <https://cloud.google.com/kms/docs/key-rotation>.
fn google_key(key: Block<'_>, findings: &mut Findings) {
    let symmetric = key.argument("purpose").is_none_or(|purpose| purpose.text().is_some_and(|text| text.as_str() == "ENCRYPT_DECRYPT"));
    let imported = key.flag("import_only") == Some(true);
    if symmetric && !imported && key.argument("rotation_period").is_none() {
        about(findings, None, (key, None), format!("the material of the key `{}` is never replaced", key.address()))
            .help("write `rotation_period = \"7776000s\"`");
    }
}

/// <https://registry.terraform.io/providers/hashicorp/vault/latest/docs/resources/database_secret_backend_role>
fn vault(role: Block<'_>, findings: &mut Findings) {
    let long = |argument: &Argument<'_>| argument.number().is_some_and(|seconds| seconds > DAY);
    match role.label(0) {
        "vault_database_secret_backend_static_role"
            if role.argument("rotation_period").is_none() && role.argument("rotation_schedule").is_none() =>
        {
            about(findings, None, (role, None), format!("nothing rotates the password of `{}`", role.address()))
                .help("set `rotation_period`, in seconds");
        }
        "vault_database_secret_backend_role" => {
            for ttl in ["default_ttl", "max_ttl"].iter().filter_map(|name| role.argument(name)).filter(long).take(1) {
                about(findings, None, (role, Some(&ttl)), "the database's logins live longer than a day")
                    .help("write 86400 seconds or less");
            }
        }
        _ => {}
    }
}
