//! The password of a container registry stands in a workflow.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::github_actions::Workflow;
use crate::unit::Unit;

pub(super) static HARDCODED_CONTAINER_CREDENTIALS: Check =
    Check { page: page!("github-actions/hardcoded-container-credentials"), runs: &[Run::Workflow(check)] };

const REFERENCE: &str = "${{ secrets.REGISTRY_PASSWORD }}";

/// Whatever stands there is used as a password, whether it looks like a secret or not.
fn check(workflow: &Unit<Workflow<'_>>, findings: &mut Findings) {
    let mut values = None;
    for leak in workflow.leaks(findings.page()) {
        let finding = findings
            .leak(leak)
            .message("the registry password of a container stands in the workflow")
            .help("revoke it, store the new one as a secret of the repository, write `${{ secrets.REGISTRY_PASSWORD }}` here");
        if let Some(place) = leak.written() {
            let change = values.get_or_insert_with(|| workflow.values()).replaced(place, REFERENCE);
            finding.unsafe_fix(format!("write `{REFERENCE}`, once the secret is stored"), change);
        }
    }
}
