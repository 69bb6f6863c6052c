//! The token of a GitHub App may do more, in more repositories and for longer than the job needs.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::github_actions::{Field, Step, Workflow};
use crate::unit::Unit;

pub(super) static APP_TOKEN_MISUSE: Check = Check { page: page!("github-actions/app-token-misuse"), runs: &[Run::Workflow(check)] };

/// <https://github.com/actions/create-github-app-token#inputs>
const ACTION: &str = "actions/create-github-app-token";

fn check(workflow: &Unit<Workflow<'_>>, findings: &mut Findings) {
    if !workflow.mentions(&[ACTION]) {
        return;
    }
    for (_, step) in workflow.steps().iter().filter(|(_, step)| step.action().as_deref() == Some(ACTION)) {
        // An expression is written because it is true at times; `false` is the default.
        let kept = step.input("skip-token-revoke").filter(|_| step.literal_input("skip-token-revoke") != "false");
        if let Some(field) = kept {
            report(findings, step, &field, "the token of the app stays valid after the job, for up to an hour")
                .help("delete the line: the action then revokes the token when the job ends");
        }
        let everywhere = step.input("owner").filter(|_| step.input("repositories").is_none());
        if let Some(field) = everywhere {
            report(findings, step, &field, "the token of the app opens every repository of the owner that the app is installed in")
                .help("name the repositories that the job needs: `repositories: shop,shop-docs`");
        }
        let restricted = step.inputs().any(|field| field.name().to_ascii_lowercase().starts_with("permission-") && !field.is_empty());
        if let Some(place) = step.uses().filter(|_| !restricted) {
            findings
                .report(place, "the token of the app gets every permission of the app")
                .help("name what the job needs: `permission-contents: write`")
                .at(step.path(&["uses"]))
                .within(step.opener());
        }
    }
}

fn report<'f>(findings: &'f mut Findings, step: &Step<'_>, field: &Field<'_>, message: &str) -> &'f mut crate::finding::Finding {
    findings.report(field.place(), message).at(field.path()).within(step.opener())
}
