//! A secret is kept in the state although the provider has a way that leaves it out.

use std::collections::{HashMap, HashSet};

use super::about;
use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::sensitive::{attributes, sensitivity};
use crate::formats::terraform::{Block, Module, Version};
use crate::unit::Unit;

pub(super) static SECRET_PERSISTED_IN_STATE: Check =
    Check { page: page!("terraform/secret-persisted-in-state"), runs: &[Run::Module(check)] };

/// Data sources and resources with an ephemeral twin that the table does not list, as the documentation of their providers has them
/// (<https://registry.terraform.io/providers/hashicorp/aws/latest/docs/ephemeral-resources/secretsmanager_secret_version>).
const EPHEMERAL_TWINS: &[&str] = &[
    "aws_secretsmanager_secret_version",
    "aws_secretsmanager_random_password",
    "aws_ssm_parameter",
    "aws_kms_secrets",
    "aws_eks_cluster_auth",
    "aws_ecr_authorization_token",
    "aws_lambda_invocation",
    "azurerm_key_vault_secret",
    "azurerm_key_vault_certificate",
    "kubernetes_token_request_v1",
];

/// The first version of each provider with an ephemeral resource, and the first with a write-only argument, by their changelogs
/// (<https://github.com/hashicorp/terraform-provider-aws/blob/main/CHANGELOG.md>, and so on for the others).
const PROVIDERS: &[(&str, Version, Version)] = &[
    ("aws", (5, 77), (5, 87)),
    ("azurerm", (4, 14), (4, 21)),
    ("google", (6, 13), (6, 23)),
    ("kubernetes", (2, 35), (2, 36)),
    ("random", (3, 7), (3, 7)),
    ("tls", (4, 1), (4, 1)),
    ("vault", (5, 0), (5, 0)),
];

fn check(module: &Unit<Module<'_>>, findings: &mut Findings) {
    let requirement = module.required_version();
    let excludes = |version| requirement.as_ref().is_some_and(|requirement| requirement.excludes_from(version));
    let case = case_of(module);
    if !excludes((1, 11)) {
        let old = too_old(module, |(_, _, write_only)| *write_only);
        for resource in module.blocks_of("resource").filter(|resource| !old.contains(provider_of(resource.label(0)))) {
            write_only(resource, case, findings);
        }
    }
    if !excludes((1, 10)) {
        ephemeral(module, case, findings);
    }
}

/// The providers of which the module may only be run with versions before this one; of others nothing is known.
fn too_old(module: &Module<'_>, since: fn(&(&str, Version, Version)) -> Version) -> HashSet<&'static str> {
    let excluded = |provider: &&(&'static str, Version, Version)| {
        module.required_provider(provider.0).is_some_and(|requirement| requirement.excludes_from(since(provider)))
    };
    PROVIDERS.iter().filter(excluded).map(|(name, ..)| *name).collect()
}

/// The provider of a type, as modules call it unless they say otherwise.
fn provider_of(kind: &str) -> &str {
    kind.split('_').next().unwrap_or(kind)
}

/// What the state is like where the secret is kept.
fn case_of(module: &Module<'_>) -> Option<&'static str> {
    let enforced = |block: Block<'_>| block.blocks_of("state").any(|state| state.flag("enforced") == Some(true));
    if module.encryptions().any(enforced) {
        return Some("tofu-enforced");
    }
    let plain = module.backends().any(|backend| {
        let off = backend.argument("encrypt").is_some_and(|encrypt| encrypt.flag() == Some(false));
        !backend.reads_only && (backend.kind == "local" || off)
    });
    plain.then_some("state-unencrypted")
}

/// `password` where there is `password_wo`: <https://developer.hashicorp.com/terraform/language/manage-sensitive-data/write-only>
fn write_only(resource: Block<'_>, case: Option<&'static str>, findings: &mut Findings) {
    let kind = resource.label(0);
    // A parameter that is no SecureString is configuration.
    let plain = kind == "aws_ssm_parameter" && resource.text("type").is_some_and(|text| text.as_str() != "SecureString");
    if plain || !attributes(kind).any(|(path, _)| path.ends_with("_wo")) {
        return;
    }
    for (path, argument) in resource.all_arguments() {
        let twin = format!("{path}_wo");
        let known = attributes(kind).any(|(path, _)| path == twin) && sensitivity(kind, &path).is_some();
        if argument.is_null() || !known {
            continue;
        }
        let name = argument.name();
        let message = format!("`{}.{path}` is kept in the state in clear; `{name}_wo` would not be", resource.address());
        let finding = about(findings, case, (resource, Some(&argument)), message);
        let counter = counter_of(kind);
        finding.help(format!("write `{name}_wo` and `{name}_wo_{counter} = 1`; it needs {}", needed(kind, "1.11", |(_, _, since)| *since)));
    }
}

/// How the provider of a type calls the number whose change makes it write again: `data_wo_revision` in
/// <https://registry.terraform.io/providers/hashicorp/kubernetes/latest/docs/resources/secret_v1>.
fn counter_of(kind: &str) -> &'static str {
    if provider_of(kind) == "kubernetes" { "revision" } else { "version" }
}

/// The versions that know it: `Terraform 1.11 and version 5.87 of the provider`.
fn needed(kind: &str, terraform: &str, since: fn(&(&str, Version, Version)) -> Version) -> String {
    let provider = PROVIDERS.iter().find(|(name, ..)| *name == provider_of(kind));
    let provider = provider.map(since).map(|(major, minor)| format!(" and version {major}.{minor} of the provider"));
    format!("Terraform {terraform}{}", provider.unwrap_or_default())
}

/// What only providers and write-only arguments look up need not be kept.
fn ephemeral(module: &Module<'_>, case: Option<&'static str>, findings: &mut Findings) {
    let mut kept: HashMap<String, bool> = HashMap::new();
    for block in module.blocks() {
        for (_, argument) in block.all_arguments() {
            let passes = block.kind() == "provider" || block.kind() == "resource" && argument.name().ends_with("_wo");
            for lookup in argument.lookups() {
                let keeps = kept.entry(lookup.address()).or_insert(false);
                *keeps |= !passes;
            }
        }
    }
    let old = too_old(module, |(_, ephemeral, _)| *ephemeral);
    for block in module.blocks().filter(|block| matches!(block.kind(), "data" | "resource")) {
        let kind = block.label(0);
        let twin = || EPHEMERAL_TWINS.contains(&kind) || attributes(&format!("ephemeral.{kind}")).next().is_some();
        let wanted = block.kind() == "data" || matches!(kind, "random_password" | "tls_private_key");
        if !wanted || kept.get(&block.address()) != Some(&false) || old.contains(provider_of(kind)) || !twin() {
            continue;
        }
        let message = format!("`{}` is kept in the state in clear, though nothing that is kept needs it", block.address());
        let finding = about(findings, case, (block, None), message);
        let needed = needed(kind, "1.10", |(_, since, _)| *since);
        finding.help(format!("write `ephemeral \"{kind}\" \"{}\"` instead; it needs {needed}", block.label(1)));
    }
}
