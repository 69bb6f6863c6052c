//! A secret's value stands in a workflow, where everybody who can read the repository can read it.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::github_actions::Workflow;
use crate::unit::Unit;

pub(super) static PLAINTEXT_SECRET: Check = Check { page: page!("github-actions/plaintext-secret"), runs: &[Run::Workflow(check)] };

fn check(workflow: &Unit<Workflow<'_>>, findings: &mut Findings) {
    for leak in workflow.leaks(findings.page()) {
        let secret = leak.suggested_name();
        findings
            .leak(leak)
            .help(format!("revoke it, store the new one as a secret of the repository, write `${{{{ secrets.{secret} }}}}` here"));
    }
}
