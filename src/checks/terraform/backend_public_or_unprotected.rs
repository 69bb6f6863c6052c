//! The bucket or account that holds somebody's state is open, or cannot undo a mistake.

use super::about;
use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::terraform::{Argument, Block, Module};
use crate::unit::Unit;

pub(super) static BACKEND_PUBLIC_OR_UNPROTECTED: Check =
    Check { page: page!("terraform/backend-public-or-unprotected"), runs: &[Run::Module(check)] };

fn check(module: &Unit<Module<'_>>, findings: &mut Findings) {
    for store in module.blocks_of("resource") {
        let name = match store.label(0) {
            "aws_s3_bucket" => "bucket",
            "google_storage_bucket" | "azurerm_storage_account" => "name",
            _ => continue,
        };
        let Some(value) = store.argument(name) else { continue };
        if !value.text().is_some_and(|text| module.holds_state(text.as_str())) {
            continue;
        }
        match store.label(0) {
            "aws_s3_bucket" => s3(module, Store { block: store, name: value }, findings),
            "google_storage_bucket" => gcs(module, Store { block: store, name: value }, findings),
            _ => azure(store, findings),
        }
    }
}

/// A bucket, and the argument that names it.
struct Store<'a> {
    block: Block<'a>,
    name: Argument<'a>,
}

impl<'a> Store<'a> {
    /// The resources of a type that are about it.
    fn with<'s>(&'s self, module: &'s Module<'a>, kind: &'s str) -> impl Iterator<Item = Block<'a>> + use<'s, 'a> {
        let name = self.name.text();
        module.blocks_of("resource").filter(move |resource| {
            resource.label(0) == kind
                && resource.argument("bucket").is_some_and(|bucket| {
                    let same = || name.as_ref().is_some_and(|name| bucket.text().is_some_and(|text| text.as_str() == name.as_str()));
                    bucket.refers_to(&self.block.address()) || same()
                })
        })
    }
}

/// <https://developer.hashicorp.com/terraform/language/backend/s3>: versioning is recommended; blocking public access is AWS's default
/// for new buckets since April 2023, and not for older ones.
fn s3<'a>(module: &Module<'a>, store: Store<'a>, findings: &mut Findings) {
    let address = store.block.address();
    let public = |block: Block<'_>| block.text("acl").is_some_and(|acl| acl.as_str().starts_with("public-read"));
    if public(store.block) || store.with(module, "aws_s3_bucket_acl").any(public) {
        about(findings, None, (store.block, None), format!("everybody can read the state in `{address}`"))
            .help("delete the `acl`, and replace every secret in the state");
    }
    for policy in store.with(module, "aws_s3_bucket_policy") {
        let open = module.statements().into_iter().find(|statement| {
            let all = statement.principals.iter().flatten().any(|(who, _)| who == "*");
            statement.block.address() == policy.address()
                && statement.allows
                && statement.conditions.is_empty()
                && !statement.is_partial
                && all
        });
        if open.is_some() {
            about(findings, None, (policy, None), format!("the policy of `{address}`, which holds state, lets everybody in"))
                .help("name who may read the state");
        }
    }
    let on = |block: Block<'_>, name: &str| block.argument(name).is_some_and(|value| value.flag() != Some(false));
    let versioned = store.block.blocks_of("versioning").any(|inner| on(inner, "enabled"))
        || store.with(module, "aws_s3_bucket_versioning").next().is_some();
    let blocked = store
        .with(module, "aws_s3_bucket_public_access_block")
        .any(|block| on(block, "block_public_policy") || on(block, "block_public_acls"));
    let lacks: Vec<&str> = [("versioning", versioned), ("block on public access", blocked)]
        .into_iter()
        .filter_map(|(what, has)| (!has).then_some(what))
        .collect();
    if !lacks.is_empty() {
        about(findings, None, (store.block, None), format!("`{address}` holds state and has no {}", lacks.join(" and no ")))
            .help("add `aws_s3_bucket_versioning` and `aws_s3_bucket_public_access_block` for it");
    }
}

/// <https://developer.hashicorp.com/terraform/language/backend/gcs>: versioning is recommended.
fn gcs<'a>(module: &Module<'a>, store: Store<'a>, findings: &mut Findings) {
    let address = store.block.address();
    for kind in ["google_storage_bucket_iam_member", "google_storage_bucket_iam_binding"] {
        for grant in store.with(module, kind) {
            let members = ["member", "members"].iter().filter_map(|name| grant.argument(name));
            if members.flat_map(|members| members.words()).any(|who| matches!(who.as_str(), "allUsers" | "allAuthenticatedUsers")) {
                about(findings, None, (grant, None), format!("everybody can read the state in `{address}`"))
                    .help("name who may read the state, and replace every secret in it");
            }
        }
    }
    let versioned =
        store.block.blocks_of("versioning").any(|inner| inner.argument("enabled").is_some_and(|value| value.flag() != Some(false)));
    if !versioned {
        about(findings, None, (store.block, None), format!("`{address}` holds state and has no versioning"))
            .help("add `versioning { enabled = true }`");
    }
}

/// <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/storage_account>
fn azure(account: Block<'_>, findings: &mut Findings) {
    let address = account.address();
    for public in ["allow_nested_items_to_be_public", "allow_blob_public_access"].iter().filter_map(|name| account.argument(name)) {
        if public.flag() == Some(true) {
            about(findings, None, (account, Some(&public)), format!("containers of `{address}`, which holds state, may be made public"))
                .help("write `allow_nested_items_to_be_public = false`");
        }
    }
    if let Some(version) = account.argument("min_tls_version")
        && version.text().is_some_and(|text| matches!(text.as_str(), "TLS1_0" | "TLS1_1"))
    {
        about(findings, None, (account, Some(&version)), format!("`{address}`, which holds state, accepts outdated TLS"))
            .help("delete the argument: the default is `TLS1_2`");
    }
}
