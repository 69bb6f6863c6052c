//! A Secret's values are encoded, not encrypted: whoever reads the manifest reads them.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::kubernetes::{Manifest, Manifests, SecretPart};
use crate::secrets::Verdict;
use crate::source::Span;
use crate::unit::Unit;

pub(super) static SECRET_MANIFEST_PLAINTEXT: Check =
    Check { page: page!("kubernetes/secret-manifest-plaintext"), runs: &[Run::Manifests(check)] };

/// What to do instead, whatever the value is.
const HELP: &str = "revoke it; keep the new one outside of the repository (External Secrets) or commit it encrypted (SOPS, Sealed Secrets)";

fn check(manifests: &Unit<Manifests<'_>>, findings: &mut Findings) {
    let parts = manifests.secret_parts();
    for leak in manifests.leaks(findings.page()) {
        match parts.at(leak.place.span).map(|part| words(part, leak)) {
            Some((case, message, help)) => findings.leak_case(Some(case), leak).message(message).help(help),
            None => findings.leak(leak).help(HELP),
        };
    }
    // What was found in a release says more than that it is one.
    let told: Vec<Span> = manifests.leaks(findings.page()).map(|leak| leak.place.span).collect();
    let all = manifests.manifests();
    let releases = all.iter().filter_map(Manifest::helm_release);
    for release in releases.filter(|release| !told.iter().any(|span| span.overlaps(release.span()))) {
        findings
            .report_case("helm-release", manifests.place(release.span()), "a release of Helm is stored here with all of its values")
            .help("delete the manifest; Helm keeps its releases in the cluster. Revoke what the values hold");
    }
}

/// The case, the sentence and the advice of the parts that have words of their own.
fn words(part: SecretPart, leak: &Verdict) -> (&'static str, String, &'static str) {
    match part {
        SecretPart::RegistryCredentials => ("registry-credentials", "the credentials of a registry are only encoded here".to_owned(), HELP),
        SecretPart::LastApplied => {
            let message = format!("`kubectl apply` kept a copy of `{}` in this annotation", leak.name);
            ("last-applied", message, "delete the annotation from the manifest, and revoke the value")
        }
    }
}
