//! A secret in a pod's specification is readable wherever the specification is.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::kubernetes::Manifests;
use crate::secrets::Names;
use crate::unit::Unit;

pub(super) static ENV_LITERAL_SECRET: Check = Check { page: page!("kubernetes/env-literal-secret"), runs: &[Run::Manifests(check)] };

fn check(manifests: &Unit<Manifests<'_>>, findings: &mut Findings) {
    let (mut values, mut names) = (None, Names::default());
    for leak in manifests.leaks(findings.page()) {
        let finding =
            findings.leak(leak).help("revoke it; take the new one from a Secret: `valueFrom: { secretKeyRef: { name: …, key: … } }`");
        let values = values.get_or_insert_with(|| manifests.env_values());
        let Some(place) = leak.written() else { continue };
        if let Some((secret, variable)) = values.names(place) {
            // Two containers may call different passwords by one name.
            let key = match names.number(format!("{secret}/{variable}"), leak, None) {
                1 => variable.to_owned(),
                number => format!("{variable}_{number}"),
            };
            finding.unsafe_fix(format!("take it from the Secret `{secret}`, once that exists"), values.from_secret(place, &key));
        }
    }
}
