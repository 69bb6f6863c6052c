//! The bucket or account that holds somebody's state is open, or cannot undo a mistake.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use super::about;
use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::{Finding, Findings};
use crate::formats::terraform::{Argument, Block, Module, Statement};
use crate::unit::Unit;

pub(super) static BACKEND_PUBLIC_OR_UNPROTECTED: Check =
    Check { page: page!("terraform/backend-public-or-unprotected"), runs: &[Run::Module(check)] };

fn check(module: &Unit<Module<'_>>, findings: &mut Findings) {
    let companions = OnceCell::new();
    for block in module.blocks_of("resource") {
        let (name, look): (_, fn(&Store<'_, '_>, &mut Findings)) = match block.label(0) {
            "aws_s3_bucket" => ("bucket", s3),
            "google_storage_bucket" => ("name", gcs),
            "azurerm_storage_account" => ("name", azure),
            _ => continue,
        };
        let Some(named) = block.argument(name) else { continue };
        if let Some(name) = module.constant(&named).filter(|name| module.holds_state(name)) {
            look(&Store { module, companions: companions.get_or_init(|| Companions::new(module)), block, named, name }, findings);
        }
    }
}

/// What holds state.
struct Store<'m, 'a> {
    module: &'m Module<'a>,
    companions: &'m Companions<'a>,
    block: Block<'a>,
    /// The argument that names it.
    named: Argument<'a>,
    name: String,
}

impl<'a> Store<'_, 'a> {
    /// The resources of a type that are about it.
    fn with(&self, kind: &str) -> Vec<Block<'a>> {
        let of = |name: &str| self.companions.about.get(name).into_iter().flatten();
        let mut found: Vec<Block<'a>> = Vec::new();
        for resource in of(&self.block.address()).chain(of(&self.name)).filter(|resource| resource.label(0) == kind) {
            if found.iter().all(|known| known.place() != resource.place()) {
                found.push(*resource);
            }
        }
        found
    }

    /// Anybody can read it, as this block or argument says.
    fn open(&self, by: (Block<'_>, Option<&Argument<'_>>), findings: &mut Findings) {
        about(findings, None, by, format!("everybody can read the state in `{}`", self.block.address()))
            .help("name who may read the state, and replace every secret in it");
    }
}

/// The arguments that say what a resource is about.
const ABOUT: &[&str] = &["bucket", "storage_account_name", "storage_account_id"];

/// Resources that are about others, by the addresses and names of those.
struct Companions<'a> {
    about: HashMap<String, Vec<Block<'a>>>,
    open: OnceCell<HashSet<String>>,
}

impl<'a> Companions<'a> {
    fn new(module: &Module<'a>) -> Self {
        let mut all: HashMap<String, Vec<Block<'a>>> = HashMap::new();
        for resource in module.blocks_of("resource") {
            for named in ABOUT.iter().filter_map(|name| resource.argument(name)) {
                let addresses = named.lookups().into_iter().map(|lookup| lookup.address());
                for about in addresses.chain(module.constant(&named)) {
                    all.entry(about).or_default().push(resource);
                }
            }
        }
        Self { about: all, open: OnceCell::new() }
    }
}

/// Whether an argument is there and not switched off; what is decided elsewhere counts as on.
fn is_on(block: Block<'_>, name: &str) -> bool {
    block.argument(name).is_some_and(|value| value.flag() != Some(false))
}

/// <https://developer.hashicorp.com/terraform/language/backend/s3>: versioning is recommended; blocking public access is AWS's default
/// for new buckets since April 2023, and not for older ones.
fn s3(store: &Store<'_, '_>, findings: &mut Findings) {
    let address = store.block.address();
    for block in store.with("aws_s3_bucket_acl").into_iter().chain([store.block]) {
        if let Some(acl) = block.argument("acl").filter(|acl| acl.text().is_some_and(|acl| acl.as_str().starts_with("public-read"))) {
            store.open((block, Some(&acl)), findings);
        }
    }
    for policy in store.with("aws_s3_bucket_policy") {
        let open = store.companions.open.get_or_init(|| open_to_all(store.module));
        if open.contains(&policy.address()) {
            about(findings, None, (policy, None), format!("the policy of `{address}`, which holds state, lets everybody in"))
                .help("name who may read the state");
        }
    }
    let versioned = store.block.blocks_of("versioning").any(|inner| is_on(inner, "enabled"))
        || store.with("aws_s3_bucket_versioning").into_iter().any(is_versioned);
    let blocks = store.with("aws_s3_bucket_public_access_block");
    let lacks: Vec<&str> = [("versioning", versioned), ("block on public access", !blocks.is_empty())]
        .into_iter()
        .filter_map(|(what, has)| (!has).then_some(what))
        .collect();
    if !lacks.is_empty() {
        about(findings, None, (store.block, None), format!("`{address}` holds state and has no {}", lacks.join(" and no ")))
            .help("add `aws_s3_bucket_versioning` and `aws_s3_bucket_public_access_block` for it");
    }
    for block in blocks {
        half_blocked(block, &address, findings);
    }
    s3_key(store, findings);
}

/// The addresses of resources with a policy that lets everybody in.
fn open_to_all(module: &Module<'_>) -> HashSet<String> {
    let lets_all_in = |statement: &Statement<'_>| {
        let all = statement.principals.iter().flatten().any(|(who, _)| who == "*");
        statement.allows && statement.conditions.is_empty() && !statement.is_partial && all
    };
    module.statements().into_iter().filter(lets_all_in).map(|statement| statement.block.address()).collect()
}

fn is_versioned(versioning: Block<'_>) -> bool {
    let mut inner = versioning.blocks_of("versioning_configuration").filter_map(|inner| inner.argument("status"));
    inner.all(|status| status.text().is_none_or(|status| status.as_str() == "Enabled"))
}

/// All four are off unless they are switched on:
/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket_public_access_block>.
fn half_blocked(block: Block<'_>, bucket: &str, findings: &mut Findings) {
    let all = ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"];
    let off: Vec<String> = all.iter().filter(|name| !is_on(block, name)).map(|name| format!("`{name}`")).collect();
    if !off.is_empty() {
        let message = format!("public access to `{bucket}`, which holds state, is not blocked by {}", off.join(", "));
        about(findings, Some("half-blocked"), (block, None), message).help("switch all four on");
    }
}

/// Amazon's own key needs no right to use it; a key of one's own does, and every use of it is logged.
fn s3_key(store: &Store<'_, '_>, findings: &mut Findings) {
    let outside = store.with("aws_s3_bucket_server_side_encryption_configuration");
    let inside = store.block.blocks_of("server_side_encryption_configuration");
    let rules = outside.into_iter().chain(inside).flat_map(|configuration| configuration.all_arguments());
    let by_kms = |(path, value): (String, Argument<'_>)| {
        path.ends_with("sse_algorithm") && value.text().is_none_or(|algorithm| algorithm.as_str().starts_with("aws:kms"))
    };
    if !rules.into_iter().any(by_kms) {
        platform_key(store, findings).help("encrypt it with a key of your own: `sse_algorithm = \"aws:kms\"`");
    }
}

fn platform_key<'f>(store: &Store<'_, '_>, findings: &'f mut Findings) -> &'f mut Finding {
    let message = format!("`{}` holds state and is encrypted with a key of the platform's", store.block.address());
    about(findings, Some("no-customer-key"), (store.block, Some(&store.named)), message)
}

/// <https://developer.hashicorp.com/terraform/language/backend/gcs>: versioning is recommended.
fn gcs(store: &Store<'_, '_>, findings: &mut Findings) {
    let address = store.block.address();
    let is_all = |who: &String| matches!(who.as_str(), "allUsers" | "allAuthenticatedUsers");
    for (kind, names) in [
        ("google_storage_bucket_iam_member", ["member"].as_slice()),
        ("google_storage_bucket_iam_binding", &["members"]),
        ("google_storage_bucket_access_control", &["entity"]),
        ("google_storage_default_object_access_control", &["entity"]),
    ] {
        for grant in store.with(kind) {
            if names.iter().filter_map(|name| grant.argument(name)).any(|who| who.words().iter().any(is_all)) {
                store.open((grant, None), findings);
            }
        }
    }
    if !store.block.blocks_of("versioning").any(|inner| is_on(inner, "enabled")) {
        about(findings, None, (store.block, None), format!("`{address}` holds state and has no versioning"))
            .help("add `versioning { enabled = true }`");
    }
    // <https://cloud.google.com/storage/docs/uniform-bucket-level-access>
    let prevented = store.block.text("public_access_prevention").is_some_and(|text| text.as_str() == "enforced");
    if !is_on(store.block, "uniform_bucket_level_access") && !prevented {
        let message = format!("every object of `{address}`, which holds state, may say for itself who reads it");
        about(findings, Some("object-acls"), (store.block, Some(&store.named)), message).help("write `uniform_bucket_level_access = true`");
    }
    if store.block.blocks_of("encryption").all(|inner| inner.argument("default_kms_key_name").is_none()) {
        platform_key(store, findings).help("name a key of your own: `encryption { default_kms_key_name = … }`");
    }
}

/// <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/storage_account>
fn azure(store: &Store<'_, '_>, findings: &mut Findings) {
    let (account, address) = (store.block, store.block.address());
    for public in ["allow_nested_items_to_be_public", "allow_blob_public_access"].iter().filter_map(|name| account.argument(name)) {
        if public.flag() == Some(true) {
            about(findings, None, (account, Some(&public)), format!("containers of `{address}`, which holds state, may be made public"))
                .help("write `allow_nested_items_to_be_public = false`");
        }
    }
    for container in store.with("azurerm_storage_container") {
        if let Some(access) = container.argument("container_access_type")
            && access.text().is_some_and(|access| matches!(access.as_str(), "blob" | "container"))
        {
            store.open((container, Some(&access)), findings);
        }
    }
    if let Some(version) = account.argument("min_tls_version")
        && version.text().is_some_and(|text| matches!(text.as_str(), "TLS1_0" | "TLS1_1"))
    {
        about(findings, None, (account, Some(&version)), format!("`{address}`, which holds state, accepts outdated TLS"))
            .help("delete the argument: the default is `TLS1_2`");
    }
    for plain in ["https_traffic_only_enabled", "enable_https_traffic_only"].iter().filter_map(|name| account.argument(name)) {
        if plain.flag() == Some(false) {
            about(findings, None, (account, Some(&plain)), format!("`{address}`, which holds state, can be read unencrypted"))
                .help("delete the argument: the default is `true`");
        }
    }
}
