//! A job logs in to AWS with keys that last until somebody revokes them, where GitHub could vouch for it.

use std::collections::HashSet;

use super::oidc::{self, Site, Words, is_kept, plain};
use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::github_actions::{Job, Step, Workflow};
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
    if !workflow.mentions(&["aws", "-ecr", "ecr-"]) {
        return;
    }
    let elsewhere = Elsewhere::new(workflow);
    let (environments, inputs) = (oidc::environments(workflow), oidc::inputs(workflow));
    let variables = environments.iter().filter(|site| is_variable(site));
    let keys = variables.chain(inputs.iter().filter(|site| is_configure_input(site) || is_key_input(site)));
    for site in keys.filter(|site| !elsewhere.has(site.job.as_ref()) && !is_foreign_secret(site)) {
        oidc::report(findings, workflow, site.job.as_ref(), oidc::spot(site), &KEYS);
    }
    for site in inputs.iter().filter(|site| is_registry_password(site)) {
        oidc::report(findings, workflow, site.job.as_ref(), oidc::spot(site), &REGISTRY);
    }
    for (job, step) in workflow.steps().iter().filter(|(job, _)| !elsewhere.has(Some(job))) {
        in_scripts(job, step, workflow, findings);
    }
}

/// `AWS_SECRET_ACCESS_KEY` of an environment, also as `TF_VAR_…`. With a session token it is not long-lived.
fn is_variable(site: &Site<'_>) -> bool {
    let name = plain(&site.field.name());
    (name.ends_with("awssecretaccesskey") || name.ends_with("awssecretkey"))
        && is_kept(&site.field)
        && site.beside("AWS_SESSION_TOKEN").is_none()
}

/// The action uses OIDC only where it gets no key at all: a key beside `role-to-assume` is what it logs in with
/// (<https://github.com/aws-actions/configure-aws-credentials>).
fn is_configure_input(site: &Site<'_>) -> bool {
    let name = site.field.name().to_ascii_lowercase();
    if !matches!(name.as_str(), "aws-secret-access-key" | "aws-access-key-id") || site.action() != CONFIGURE || !is_kept(&site.field) {
        return false;
    }
    let told_once = name == "aws-secret-access-key" || site.beside("aws-secret-access-key").is_none();
    let temporary = ["aws-session-token", "use-existing-credentials"].iter().any(|name| site.beside(name).is_some());
    told_once && site.beside("aws-access-key-id").is_some_and(is_kept) && !temporary
}

/// A secret key among the inputs of another action.
fn is_key_input(site: &Site<'_>) -> bool {
    let name = plain(&site.field.name());
    let named =
        matches!(name.as_str(), "awssecretaccesskey" | "awssecretkey") || (name == "secretaccesskey" && site.action().contains("ecr"));
    let temporary = || site.siblings.iter().any(|field| plain(&field.name()).ends_with("sessiontoken") && !field.is_empty());
    named && site.action() != CONFIGURE && is_kept(&site.field) && !temporary()
}

/// `docker/login-action` to a registry of AWS.
fn is_registry_password(site: &Site<'_>) -> bool {
    if site.field.name() != "password" || site.action() != "docker/login-action" {
        return false;
    }
    let registry =
        site.beside("registry").and_then(|field| field.text()).map(|text| text.as_str().to_ascii_lowercase()).unwrap_or_default();
    let private = registry.contains(".dkr.ecr.") || registry.contains(".dkr-ecr.");
    (private || matches!(registry.as_str(), "public.ecr.aws" | "ecr-public.aws.com")) && is_kept(&site.field)
}

/// `aws configure set aws_secret_access_key …`, or the line of a credentials file that a script writes.
fn in_scripts(job: &Job<'_>, step: &Step<'_>, workflow: &Workflow<'_>, findings: &mut Findings) {
    let Some(script) = step.script(job) else { return };
    for (secret, before) in script.secrets() {
        if before.to_ascii_lowercase().contains("aws_secret_access_key") && !is_foreign_name(&secret.name()) {
            let place = workflow.source().place(secret.span);
            oidc::report(findings, workflow, Some(job), (place, script.path(), step.opener()), &KEYS);
        }
    }
}

/// Jobs whose keys open something that speaks the protocol of AWS but is none: MinIO, LocalStack, R2, Spaces …, which have no OIDC.
struct Elsewhere {
    /// An endpoint is set somewhere, or the workflow's own text names such a service.
    everywhere: bool,
    jobs: HashSet<Option<String>>,
}

impl Elsewhere {
    fn new(workflow: &Workflow<'_>) -> Self {
        let endpoints = ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_S3_ENDPOINT"];
        let foreign =
            |name: &str| workflow.settings(name).iter().any(|field| !field.literal().is_some_and(|url| url.contains("amazonaws.")));
        let id = |job: &Job<'_>| job.id().map(str::to_owned);
        let jobs = workflow.jobs().iter().filter(|job| names_foreign_host(job.raw())).map(id).collect();
        Self { everywhere: endpoints.into_iter().any(foreign), jobs }
    }

    /// Whether the credentials of this job, or of every job, are for something else.
    fn has(&self, job: Option<&Job<'_>>) -> bool {
        let of_job = |job: &Job<'_>| self.jobs.contains(&job.id().map(str::to_owned));
        self.everywhere || job.map_or(!self.jobs.is_empty(), of_job)
    }
}

/// Hosts and options in the text of a job.
#[rustfmt::skip]
const HOSTS: [&str; 12] = [
    "minio", "localstack", "localhost:4566", "cloudflarestorage.com", "digitaloceanspaces", "wasabisys", "backblazeb2", "scw.cloud",
    "linodeobjects", "yandexcloud", "storjshare", "your-objectstorage.com",
];

fn names_foreign_host(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let option = text.match_indices("--endpoint").any(|(at, _)| !text[at..].lines().next().unwrap_or("").contains("amazonaws."));
    option || HOSTS.iter().any(|host| text.contains(host))
}

/// Words in the names of secrets.
#[rustfmt::skip]
const NAMES: [&str; 17] = [
    "minio", "localstack", "r2", "cloudflare", "spaces", "digitalocean", "wasabi", "b2", "backblaze", "scw", "scaleway", "linode", "hetzner",
    "tigris", "storj", "yandex", "ovh",
];

fn is_foreign_name(secret: &str) -> bool {
    secret.to_ascii_lowercase().split(['.', '_', '-']).any(|word| NAMES.contains(&word))
}

fn is_foreign_secret(site: &Site<'_>) -> bool {
    site.field.secret().is_some_and(|secret| is_foreign_name(&secret.name()))
}
