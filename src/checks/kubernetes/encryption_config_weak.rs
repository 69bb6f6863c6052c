//! The API server must encrypt Secrets with its first provider, because only the first one writes.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::kubernetes::{Encryption, Manifests, Provider, Rule};
use crate::unit::Unit;

pub(super) static ENCRYPTION_CONFIG_WEAK: Check =
    Check { page: page!("kubernetes/encryption-config-weak"), runs: &[Run::Manifests(check)] };

fn check(manifests: &Unit<Manifests<'_>>, findings: &mut Findings) {
    for encryption in manifests.encryption() {
        key_lengths(manifests, &encryption, findings);
        match encryption.rule_for_secrets() {
            Some(rule) => providers(manifests, &rule, findings),
            // What a template's resources become cannot be seen here.
            None if manifests.is_template() => {}
            None => not_covered(manifests, &encryption, findings),
        }
    }
}

fn not_covered(manifests: &Manifests<'_>, encryption: &Encryption<'_>, findings: &mut Findings) {
    findings
        .report_case("not-covered", manifests.place(encryption.span()), "no entry covers `secrets`, so they are stored in plain text")
        .help("add `secrets` to the `resources` of an entry whose first provider is `kms` or `secretbox`");
}

fn providers(manifests: &Manifests<'_>, rule: &Rule<'_>, findings: &mut Findings) {
    let providers = rule.providers();
    let Some((first, rest)) = providers.split_first() else { return };
    if first.is_identity() {
        findings
            .report_case(
                "identity-first",
                manifests.place(first.span()),
                "`identity` is the first provider for Secrets, so they are stored in plain text",
            )
            .help("move `identity: {}` behind the provider that encrypts; it is first only while everything is being decrypted");
        return;
    }
    weak(manifests, first, findings);
    if let Some(identity) = rest.iter().find(|provider| provider.is_identity()) {
        findings
            .report_case(
                "trailing-identity",
                manifests.place(identity.span()),
                "`identity` still accepts Secrets that were stored in plain text",
            )
            .help("remove it once every Secret has been rewritten: `kubectl get secrets -A -o json | kubectl replace -f -`");
    }
}

fn weak(manifests: &Manifests<'_>, provider: &Provider<'_>, findings: &mut Findings) {
    let sentence = match provider.name().as_ref() {
        "aescbc" => "`aescbc` encrypts Secrets without authenticating them, which padding-oracle attacks use",
        // More than one key means that somebody rotates them.
        "aesgcm" if provider.key_count() < 2 => "`aesgcm` is safe for 200,000 writes with one key, and no second key shows a rotation",
        "kms" => return kms(manifests, provider, findings),
        _ => return,
    };
    findings
        .report_case("weak-provider", manifests.place(provider.span()), sentence)
        .help("put a `kms` plugin of `apiVersion: v2` first, or `secretbox` where there is none");
}

fn kms(manifests: &Manifests<'_>, provider: &Provider<'_>, findings: &mut Findings) {
    let Some((version, span)) = provider.kms_version() else { return };
    if version == "v1" {
        findings
            .report_case("kms-v1", manifests.place(span), "version 1 of the KMS protocol is deprecated and off by default since 1.29")
            .help("move to a plugin that speaks `apiVersion: v2`");
    }
}

fn key_lengths(manifests: &Manifests<'_>, encryption: &Encryption<'_>, findings: &mut Findings) {
    for provider in encryption.rules().flat_map(|rule| rule.providers()) {
        let (name, allowed): (_, &[usize]) = match provider.name().as_ref() {
            "aescbc" => ("aescbc", &[16, 24, 32]),
            "aesgcm" => ("aesgcm", &[16, 24, 32]),
            "secretbox" => ("secretbox", &[32]),
            _ => continue,
        };
        let wanted = if allowed.len() == 1 { "32 bytes" } else { "16, 24 or 32 bytes" };
        for (span, _) in provider.key_lengths().into_iter().filter(|(_, len)| !allowed.contains(len)) {
            findings
                .report_case(
                    "bad-key-length",
                    manifests.place(span),
                    format!("a key of `{name}` is {wanted} long; the API server refuses this one"),
                )
                .help("make one with `head -c 32 /dev/urandom | base64`");
        }
    }
}
