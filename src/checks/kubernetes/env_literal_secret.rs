//! A secret in a pod's specification is readable wherever the specification is.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::kubernetes::Manifests;
use crate::unit::Unit;

pub(super) static ENV_LITERAL_SECRET: Check = Check { page: page!("kubernetes/env-literal-secret"), runs: &[Run::Manifests(check)] };

fn check(manifests: &Unit<Manifests<'_>>, findings: &mut Findings) {
    for leak in manifests.leaks(findings.page()) {
        findings.leak(leak).help("revoke it; take the new one from a Secret: `valueFrom: { secretKeyRef: { name: …, key: … } }`");
    }
}
