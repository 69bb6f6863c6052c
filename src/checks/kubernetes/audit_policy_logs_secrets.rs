//! The log of the API server's audit holds what Secrets hold.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::kubernetes::Manifests;
use crate::unit::Unit;

pub(super) static AUDIT_POLICY_LOGS_SECRETS: Check =
    Check { page: page!("kubernetes/audit-policy-logs-secrets"), runs: &[Run::Manifests(check)] };

fn check(manifests: &Unit<Manifests<'_>>, findings: &mut Findings) {
    for audit in manifests.audits() {
        let Some((span, level, kind)) = audit.writes_secrets() else { continue };
        findings
            .report(manifests.place(span), format!("`{level}` writes what `{kind}` hold to the audit log, in plain text"))
            .help(format!("put a rule before it: `level: Metadata` with `resources: [{{group: {}, resources: [{kind}]}}]`", group(kind)));
    }
}

fn group(kind: &str) -> &'static str {
    if kind == "tokenreviews" { "authentication.k8s.io" } else { "\"\"" }
}
