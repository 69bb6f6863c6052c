//! A Secret's values are encoded, not encrypted: whoever reads the manifest reads them.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::kubernetes::{Manifests, SecretPart};
use crate::secrets::Verdict;
use crate::unit::Unit;

pub(super) static SECRET_MANIFEST_PLAINTEXT: Check =
    Check { page: page!("kubernetes/secret-manifest-plaintext"), runs: &[Run::Manifests(check)] };

/// What to do instead, whatever the value is.
const HELP: &str = "revoke it; keep the new one outside of the repository (External Secrets) or commit it encrypted (SOPS, Sealed Secrets)";

fn check(manifests: &Unit<Manifests<'_>>, findings: &mut Findings) {
    for leak in manifests.leaks(findings.page()) {
        let part = manifests.manifest_at(leak.place.span).map_or(SecretPart::Value, |manifest| manifest.secret_part(leak.place.span));
        let Some((case, message, help)) = words(part, leak) else {
            findings.leak(leak).help(HELP);
            continue;
        };
        findings.leak_case(Some(case), leak).message(message).help(help);
    }
    for release in manifests.manifests().into_iter().filter_map(|manifest| manifest.helm_release()) {
        findings
            .report_case("helm-release", manifests.place(release.span()), "a release of Helm is stored here with all of its values")
            .help("delete the manifest; Helm keeps its releases in the cluster. Revoke what the values hold");
    }
}

/// The case, the sentence and the advice of the parts that have words of their own.
fn words(part: SecretPart, leak: &Verdict) -> Option<(&'static str, String, &'static str)> {
    match part {
        SecretPart::RegistryCredentials => {
            let message = "the credentials of a registry are only encoded here".to_owned();
            Some(("registry-credentials", message, HELP))
        }
        SecretPart::LastApplied => {
            let message = format!("`kubectl apply` kept a copy of `{}` in this annotation", leak.name);
            Some(("last-applied", message, "delete the annotation from the manifest, and revoke the value"))
        }
        SecretPart::Value | SecretPart::HelmRelease => None,
    }
}
