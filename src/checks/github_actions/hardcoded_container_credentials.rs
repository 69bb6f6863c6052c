//! The password of a container registry stands in a workflow.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::github_actions::Workflow;
use crate::unit::Unit;

pub(super) static HARDCODED_CONTAINER_CREDENTIALS: Check =
    Check { page: page!("github-actions/hardcoded-container-credentials"), runs: &[Run::Workflow(check)] };

/// Whatever stands there is used as a password, whether it looks like a secret or not.
fn check(workflow: &Unit<Workflow<'_>>, findings: &mut Findings) {
    for leak in workflow.leaks(findings.page()) {
        findings
            .leak(leak)
            .message("the registry password of a container stands in the workflow")
            .help("revoke it, store the new one as a secret of the repository, write `${{ secrets.REGISTRY_PASSWORD }}` here");
    }
}
