//! A job logs in to AWS with keys that last until somebody revokes them, where GitHub could vouch for it.

use super::oidc::{self, Site, Words, is_kept, plain};
use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::github_actions::{Job, Workflow};
use crate::unit::Unit;

pub(super) static MISSING_OIDC_AWS: Check = Check { page: page!("github-actions/missing-oidc-aws"), runs: &[Run::Workflow(check)] };

const KEYS: Words = Words {
    message: "the job logs in to AWS with a long-lived access key",
    help: "let a role trust this repository, give the job `permissions: id-token: write`, and write `role-to-assume` instead of the keys",
    case: None,
};
const REGISTRY: Words = Words {
    message: "the job logs in to Amazon ECR with a long-lived access key",
    help: "use `aws-actions/configure-aws-credentials` with `role-to-assume`, then `aws-actions/amazon-ecr-login`",
    case: None,
};
const CONFIGURE: &str = "aws-actions/configure-aws-credentials";

fn check(workflow: &Unit<Workflow<'_>>, findings: &mut Findings) {
    let environments = oidc::environments(workflow).into_iter().filter(is_variable);
    let inputs = oidc::inputs(workflow).into_iter().filter(|site| is_configure_input(site) || is_key_input(site));
    for site in environments.chain(inputs).filter(|site| !is_elsewhere(site, workflow)) {
        oidc::report(findings, workflow, site.job.as_ref(), oidc::spot(&site), &KEYS);
    }
    for site in oidc::inputs(workflow).iter().filter(|site| is_registry_password(site)) {
        oidc::report(findings, workflow, site.job.as_ref(), oidc::spot(site), &REGISTRY);
    }
    for job in workflow.jobs() {
        in_scripts(&job, workflow, findings);
    }
}

/// `AWS_SECRET_ACCESS_KEY` of an environment. With a session token it is not long-lived.
fn is_variable(site: &Site<'_>) -> bool {
    site.field.name() == "AWS_SECRET_ACCESS_KEY" && is_kept(&site.field) && site.beside("AWS_SESSION_TOKEN").is_none()
}

/// The action uses OIDC only where it gets no key at all: a key beside `role-to-assume` is what it logs in with
/// (<https://github.com/aws-actions/configure-aws-credentials>).
fn is_configure_input(site: &Site<'_>) -> bool {
    let key = match site.beside("aws-secret-access-key") {
        Some(_) => "aws-secret-access-key",
        None => "aws-access-key-id",
    };
    let temporary = ["aws-session-token", "use-existing-credentials"].iter().any(|name| site.beside(name).is_some());
    site.action() == CONFIGURE
        && site.field.name().eq_ignore_ascii_case(key)
        && is_kept(&site.field)
        && site.beside("aws-access-key-id").is_some_and(is_kept)
        && !temporary
}

/// A secret key among the inputs of another action.
fn is_key_input(site: &Site<'_>) -> bool {
    let name = plain(&site.field.name());
    let named =
        matches!(name.as_str(), "awssecretaccesskey" | "awssecretkey") || (name == "secretaccesskey" && site.action().contains("ecr"));
    let temporary = site.siblings.iter().any(|field| plain(&field.name()).ends_with("sessiontoken") && !field.is_empty());
    named && site.action() != CONFIGURE && is_kept(&site.field) && !temporary
}

/// `docker/login-action` to a registry of AWS.
fn is_registry_password(site: &Site<'_>) -> bool {
    let registry =
        site.beside("registry").and_then(|field| field.text()).map(|text| text.as_str().to_ascii_lowercase()).unwrap_or_default();
    let of_aws = registry.contains(".dkr.ecr.")
        || registry.contains(".dkr-ecr.")
        || ["public.ecr.aws", "ecr-public.aws.com"].contains(&registry.as_str());
    site.action() == "docker/login-action" && site.field.name() == "password" && of_aws && is_kept(&site.field)
}

/// `aws configure set aws_secret_access_key …`, or the line of a credentials file that a script writes.
fn in_scripts(job: &Job<'_>, workflow: &Workflow<'_>, findings: &mut Findings) {
    for step in job.steps() {
        let Some(script) = step.script(job) else { continue };
        for (secret, before) in script.secrets() {
            if before.to_ascii_lowercase().contains("aws_secret_access_key") && !is_foreign(job.raw()) && !is_foreign(&secret.name()) {
                let place = workflow.source().place(secret.span);
                oidc::report(findings, workflow, Some(job), (place, script.path.clone(), step.opener()), &KEYS);
            }
        }
    }
}

/// Whether the key opens something that speaks the protocol of AWS but is none: MinIO, LocalStack, R2, Spaces …, which have no OIDC.
fn is_elsewhere(site: &Site<'_>, workflow: &Workflow<'_>) -> bool {
    let around = site.job.as_ref().map_or(workflow.source().text.as_str(), Job::raw);
    let secret = site.field.secret().map(|secret| secret.name()).unwrap_or_default();
    let endpoint =
        |name: &str| workflow.settings(name).iter().any(|field| !field.literal().is_some_and(|text| text.contains("amazonaws.")));
    is_foreign(&secret)
        || is_foreign(around)
        || ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_S3_ENDPOINT"].iter().any(|name| endpoint(name))
}

const FOREIGN: [&str; 18] = [
    "minio",
    "localstack",
    "localhost:4566",
    "cloudflarestorage.com",
    "r2_",
    "_r2",
    "digitaloceanspaces",
    "spaces_",
    "wasabi",
    "backblaze",
    "b2_",
    "scw.cloud",
    "linodeobjects",
    "yandexcloud",
    "storjshare",
    "tigris",
    "hetzner",
    "--endpoint-url",
];

fn is_foreign(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    FOREIGN.iter().any(|word| text.contains(word)) && !text.contains("--endpoint-url https://s3.amazonaws.com")
}
