//! The token of Vault is given to every step, or its login to whoever answers.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::github_actions::{Step, Workflow};
use crate::unit::Unit;

pub(super) static VAULT_ACTION_EXPOSURE: Check =
    Check { page: page!("github-actions/vault-action-exposure"), runs: &[Run::Workflow(check)] };

/// <https://github.com/hashicorp/vault-action#inputs>
const ACTION: &str = "hashicorp/vault-action";

/// The input, its case, what is wrong, what to write instead.
const INPUTS: [(&str, Option<&str>, &str, &str); 3] = [
    (
        "exportToken",
        None,
        "the token of Vault is in the environment of every later step",
        "delete the line, and ask the action for the secrets that the job needs: `secrets: secret/data/web password`",
    ),
    (
        "outputToken",
        None,
        "the token of Vault is an output, which every later step may read",
        "delete the line, and ask the action for the secrets that the job needs: `secrets: secret/data/web password`",
    ),
    (
        "tlsSkipVerify",
        Some("tls"),
        "the certificate of Vault is not looked at: whoever answers gets the login and hands out the secrets",
        "delete the line, and give the action the certificate: `caCertificate: ${{ secrets.VAULT_CA }}`",
    ),
];

fn check(workflow: &Unit<Workflow<'_>>, findings: &mut Findings) {
    if !workflow.mentions(&[ACTION]) {
        return;
    }
    for (_, step) in workflow.steps().iter().filter(|(_, step)| step.action().as_deref() == Some(ACTION) && !is_local(step)) {
        for (name, case, message, help) in INPUTS {
            let Some(field) = step.input(name).filter(|_| step.literal_input(name) == "true") else { continue };
            findings.report_case_if(case, field.place(), message).help(help).at(field.path()).within(step.opener());
        }
    }
}

/// A server of the job's own.
fn is_local(step: &Step<'_>) -> bool {
    let url = step.literal_input("url");
    let host = url.split("://").nth(1).unwrap_or(&url);
    ["localhost", "127.0.0.1", "[::1]", "vault:", "0.0.0.0"].iter().any(|local| host.starts_with(local))
}
