//! A provider is given a key that lives until somebody revokes it, though it can prove who it is without one.

use std::collections::HashSet;

use super::about;
use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::terraform::{Argument, Block, Module};
use crate::unit::Unit;

pub(super) static PROVIDER_LONG_LIVED_CREDENTIALS: Check =
    Check { page: page!("terraform/provider-long-lived-credentials"), runs: &[Run::Module(check)] };

/// Provider, argument, and what it can do without: the providers' own pages on authentication.
const WITHOUT: &[(&str, &str, &str)] = &[
    ("aws", "secret_key", "assume a role with `assume_role_with_web_identity`"),
    ("azurerm", "client_secret", "write `use_oidc = true`"),
    ("azuread", "client_secret", "write `use_oidc = true`"),
    ("azapi", "client_secret", "write `use_oidc = true`"),
    (
        "google",
        "credentials",
        "use Workload Identity Federation (`external_credentials`, or a credential configuration from the environment)",
    ),
    (
        "google-beta",
        "credentials",
        "use Workload Identity Federation (`external_credentials`, or a credential configuration from the environment)",
    ),
    ("vault", "token", "log in with `auth_login_jwt`"),
];

fn check(module: &Unit<Module<'_>>, findings: &mut Findings) {
    let lasting = module.blocks_of("variable").filter(|variable| variable.flag("ephemeral") != Some(true));
    let lasting: HashSet<String> = lasting.map(Block::address).collect();
    for provider in module.blocks_of("provider") {
        for (of, name, instead) in WITHOUT.iter().filter(|(of, _, _)| *of == provider.label(0)) {
            let Some(argument) = provider.argument(name).filter(|argument| is_long_lived(argument, &lasting)) else { continue };
            let message = format!("provider `{of}` is given a long-lived credential where it could prove its identity");
            about(findings, None, (provider, Some(&argument)), message)
                .help(format!("{instead}, so that there is nothing to store or rotate"));
        }
    }
}

/// Read from a file or from variables that last. A literal is another check's, and what is ephemeral or looked up may be short-lived.
fn is_long_lived(argument: &Argument<'_>, lasting: &HashSet<String>) -> bool {
    let lookups = argument.lookups();
    argument.is_file() || (!lookups.is_empty() && lookups.iter().all(|lookup| lasting.contains(&lookup.address())))
}
