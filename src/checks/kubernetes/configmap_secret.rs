//! A ConfigMap is for what may be read by everybody in the namespace, and it is.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::kubernetes::Manifests;
use crate::unit::Unit;

pub(super) static CONFIGMAP_SECRET: Check = Check { page: page!("kubernetes/configmap-secret"), runs: &[Run::Manifests(check)] };

fn check(manifests: &Unit<Manifests<'_>>, findings: &mut Findings) {
    for leak in manifests.leaks(findings.page()) {
        findings.leak(leak).help("revoke it; keep the new one outside of the repository and let an ExternalSecret bring it into a Secret");
    }
}
