//! A secret's value stands in a manifest, where everybody who can read the repository can read it.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::kubernetes::Manifests;
use crate::unit::Unit;

pub(super) static PLAINTEXT_SECRET: Check = Check { page: page!("kubernetes/plaintext-secret"), runs: &[Run::Manifests(check)] };

fn check(manifests: &Unit<Manifests<'_>>, findings: &mut Findings) {
    for leak in manifests.leaks(findings.page()) {
        findings.leak(leak).help("revoke it; keep the new one in a Secret that is made in the cluster, and name that Secret here");
    }
}
