//! A secret's value stands in a workflow, where everybody who can read the repository can read it.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::github_actions::Workflow;
use crate::unit::Unit;

pub(super) static PLAINTEXT_SECRET: Check = Check { page: page!("github-actions/plaintext-secret"), runs: &[Run::Workflow(check)] };

fn check(workflow: &Unit<Workflow<'_>>, findings: &mut Findings) {
    let mut values = None;
    for leak in workflow.leaks(findings.page()) {
        // Names of the platform's own are taken.
        let name = leak.suggested_name();
        let secret = name.strip_prefix("GITHUB_").map_or_else(|| name.clone(), |rest| format!("GH_{rest}"));
        let finding = findings
            .leak(leak)
            .help(format!("revoke it, store the new one as a secret of the repository, write `${{{{ secrets.{secret} }}}}` here"));
        if let Some(place) = leak.written() {
            let values = values.get_or_insert_with(|| workflow.values());
            // A URL is kept as a whole: the runner masks what it is given, and hosts and users are nobody's business either.
            let whole = values.url(place, "");
            let reference = format!("${{{{ secrets.{secret} }}}}");
            finding
                .unsafe_fix(format!("write `{reference}`, once the secret is stored"), values.replaced(whole.unwrap_or(place), &reference));
        }
    }
}
