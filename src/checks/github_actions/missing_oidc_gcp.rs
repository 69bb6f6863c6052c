//! A job logs in to Google Cloud with a service account key, which never expires, where GitHub could vouch for it.

use std::collections::HashSet;

use super::oidc::{self, Site, Words, is_kept, plain};
use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::github_actions::{Job, Step, Workflow};
use crate::unit::Unit;

pub(super) static MISSING_OIDC_GCP: Check = Check { page: page!("github-actions/missing-oidc-gcp"), runs: &[Run::Workflow(check)] };

const KEY: Words = Words {
    message: "the job logs in to Google Cloud with a service account key, which does not expire",
    help: "make a workload identity pool that trusts this repository, give the job `permissions: id-token: write`, and pass `workload_identity_provider` to `google-github-actions/auth`",
    case: None,
};
const REGISTRY: Words = Words {
    message: "the job logs in to a Google registry with a service account key, which does not expire",
    help: "let `google-github-actions/auth` put out an `access_token` by workload identity, and log in as `oauth2accesstoken` with it",
    case: None,
};

fn check(workflow: &Unit<Workflow<'_>>, findings: &mut Findings) {
    if !workflow.mentions(&["google", "gcp", "gcloud", "_json_key"]) {
        return;
    }
    let environments = oidc::environments(workflow);
    let variables: Vec<&Site<'_>> = environments.iter().filter(|site| is_variable(site)).collect();
    for site in &variables {
        oidc::report(findings, workflow, site.job.as_ref(), oidc::spot(site), &KEY);
    }
    for site in oidc::inputs(workflow) {
        let words = match &site {
            site if is_auth(site) || is_setup(site) => KEY,
            site if is_registry_password(site) => REGISTRY,
            _ => continue,
        };
        oidc::report(findings, workflow, site.job.as_ref(), oidc::spot(&site), &words);
    }
    let known: HashSet<Option<&str>> = variables.iter().map(|site| site.job.as_ref().and_then(Job::id)).collect();
    // A job whose environment holds the key was reported.
    for (job, step) in workflow.steps().iter().filter(|(job, _)| !known.contains(&job.id()) && !known.contains(&None)) {
        in_scripts(job, step, workflow, findings);
    }
}

/// The variables that Terraform and scripts read a key from.
fn is_variable(site: &Site<'_>) -> bool {
    let name = site.field.name();
    let named = ["GOOGLE_CREDENTIALS", "GCP_SA_KEY", "GCLOUD_SERVICE_KEY", "GOOGLE_APPLICATION_CREDENTIALS_JSON", "GCP_CREDENTIALS"]
        .contains(&&*name);
    // Usually a path; a secret in it is the key itself.
    let path = name == "GOOGLE_APPLICATION_CREDENTIALS" && site.field.secret().is_some();
    (named && is_kept(&site.field)) || path
}

fn is_auth(site: &Site<'_>) -> bool {
    site.field.name() == "credentials_json"
        && site.action() == "google-github-actions/auth"
        && is_kept(&site.field)
        && site.beside("workload_identity_provider").is_none()
}

/// Inputs of older actions.
fn is_setup(site: &Site<'_>) -> bool {
    let action = site.action();
    let of_google = action.starts_with("google-github-actions/") || action == "googlecloudplatform/github-actions/setup-gcloud";
    of_google && matches!(plain(&site.field.name()).as_str(), "serviceaccountkey" | "credentials") && is_kept(&site.field)
}

/// `_json_key` is the user name of a key: <https://cloud.google.com/artifact-registry/docs/docker/authentication#json-key>.
fn is_registry_password(site: &Site<'_>) -> bool {
    let user = || site.beside("username").and_then(|field| field.literal()).unwrap_or_default();
    site.field.name() == "password" && matches!(user().as_str(), "_json_key" | "_json_key_base64") && is_kept(&site.field)
}

/// `gcloud auth activate-service-account --key-file`, `docker login -u _json_key`.
fn in_scripts(job: &Job<'_>, step: &Step<'_>, workflow: &Workflow<'_>, findings: &mut Findings) {
    let Some(script) = step.script(job) else { return };
    for ran in script.commands() {
        let key_file = ran.words.iter().any(|word| word.starts_with("--key-file"));
        let words = match &ran {
            ran if ran.is("gcloud", &["auth", "activate-service-account"]) && key_file => KEY,
            ran if ran.is("docker", &["login"])
                && ran.words.iter().any(|word| word.trim_start_matches("--username=").starts_with("_json_key")) =>
            {
                REGISTRY
            }
            _ => continue,
        };
        let place = workflow.source().place(ran.span);
        oidc::report(findings, workflow, Some(job), (place, script.path(), step.opener()), &words);
    }
}
