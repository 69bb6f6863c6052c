//! A provider or a connection takes any certificate, so anybody on the way can read the credentials it sends.

use super::about;
use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::terraform::{Argument, Block, Module};
use crate::unit::Unit;

pub(super) static TLS_VERIFICATION_DISABLED: Check =
    Check { page: page!("terraform/tls-verification-disabled"), runs: &[Run::Module(check)] };

/// Arguments that switch it off by being true, beside those with the word `insecure`.
const OFF: &[&str] = &[
    "tls_skip_verify",
    "skip_tls_verify",
    "skip_tls_verification",
    "skip_cert_verification",
    "skip_ssl_verify",
    "skip_ssl_verification",
    "allow_unverified_ssl",
    "ignore_ssl_errors",
];
/// Arguments that switch it off by being false.
const ON: &[&str] = &["verify_ssl", "ssl_verify", "verify_tls", "tls_verify", "validate_certs", "verify_certificate"];

fn check(module: &Unit<Module<'_>>, findings: &mut Findings) {
    for top in module.blocks() {
        let connects = matches!(top.kind(), "provider") || matches!(top.label(0), "http" | "terracurl_request");
        let is_here = is_local(&top.arguments().collect::<Vec<_>>());
        let mut open: Vec<(Block<'_>, bool)> = vec![(top, connects)];
        while let Some((block, connects)) = open.pop() {
            let connects = connects || block.kind() == "connection";
            if connects {
                one(top, block.arguments().collect(), is_here, findings);
            }
            open.extend(block.blocks().map(|inner| (inner, connects)));
        }
    }
}

/// Arguments that stand together, and those in the objects among them: `kubernetes = { insecure = true }` of a provider of the newer kind
/// (<https://registry.terraform.io/providers/hashicorp/helm/latest/docs/guides/v3-upgrade-guide>).
fn one(top: Block<'_>, arguments: Vec<Argument<'_>>, is_here: bool, findings: &mut Findings) {
    let mut open = vec![(arguments, is_here)];
    while let Some((arguments, is_here)) = open.pop() {
        let is_here = is_here || is_local(&arguments);
        for argument in arguments {
            if switches_off(&argument) && !is_here {
                let does = if is_plain(&argument) { "connects without TLS" } else { "takes any certificate" };
                let message = format!("`{}` {does}, so anybody on the way reads what it sends", top.address());
                let finding = about(findings, None, (top, Some(&argument)), message);
                finding.help("delete the argument, and give the server's own authority where it has one");
            }
            open.extend(Some((argument.items(), is_here)).filter(|(items, _)| top.kind() == "provider" && !items.is_empty()));
        }
    }
}

fn switches_off(argument: &Argument<'_>) -> bool {
    let name = argument.name();
    let off = || OFF.contains(&name) || name.split('_').any(|word| word == "insecure");
    argument.flag() == Some(true) && off()
        || ON.contains(&name) && argument.flag() == Some(false)
        || is_plain(argument)
        // <https://registry.terraform.io/providers/petoju/mysql/latest/docs>
        || name == "tls" && argument.text().is_some_and(|text| text.as_str() == "skip-verify")
}

fn is_plain(argument: &Argument<'_>) -> bool {
    matches!(argument.name(), "sslmode" | "ssl_mode") && argument.text().is_some_and(|text| text.as_str() == "disable")
}

/// Nothing is on the way to the machine itself.
fn is_local(arguments: &[Argument<'_>]) -> bool {
    arguments.iter().filter_map(Argument::text).any(|text| {
        let host = text.as_str().split_once("://").map_or(text.as_str(), |(_, rest)| rest);
        ["localhost", "127.0.0.1", "[::1]", "::1", "host.docker.internal"].iter().any(|local| host.starts_with(local))
    })
}
