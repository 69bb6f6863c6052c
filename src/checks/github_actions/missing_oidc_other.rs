//! A job logs in to a service with a token that lasts until somebody revokes it, where the service would take GitHub's word for it.

use std::collections::HashSet;

use super::oidc::{self, Site, Words, is_kept};
use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::github_actions::{Field, Job, Step, Workflow};
use crate::unit::Unit;

mod services;

use services::{SERVICES, Service};

pub(super) static MISSING_OIDC_OTHER: Check = Check { page: page!("github-actions/missing-oidc-other"), runs: &[Run::Workflow(check)] };

fn check(workflow: &Unit<Workflow<'_>>, findings: &mut Findings) {
    let known: Vec<&str> = SERVICES.iter().flat_map(|service| service.words_in_file).copied().collect();
    if !workflow.mentions(&known) {
        return;
    }
    let trusted = Trusted::new(workflow);
    let (environments, inputs) = (oidc::environments(workflow), oidc::inputs(workflow));
    for (index, service) in SERVICES.iter().enumerate().filter(|(_, service)| workflow.mentions(service.words_in_file)) {
        let variables = environments.iter().filter(|site| is_variable(service, site));
        let sites = variables.chain(inputs.iter().filter(|site| is_input(service, site)));
        for site in sites.filter(|site| !trusted.has(index, site.job.as_ref())) {
            oidc::report(findings, workflow, site.job.as_ref(), oidc::spot(site), &service.words);
        }
        for (job, step) in workflow.steps().iter().filter(|(job, _)| !trusted.has(index, Some(job))) {
            in_scripts(service, job, step, workflow, findings);
        }
    }
}

fn is_variable(service: &Service, site: &Site<'_>) -> bool {
    service.variables.contains(&&*site.field.name()) && is_long_lived(&site.field)
}

fn is_input(service: &Service, site: &Site<'_>) -> bool {
    let name = site.field.name();
    let mut known = service.inputs.iter().filter(|(_, input)| name.eq_ignore_ascii_case(input));
    let action = site.action();
    known.any(|(known, _)| *known == action) && is_long_lived(&site.field) && !is_unused(&action, site)
}

/// The token of the job dies with it.
fn is_long_lived(field: &Field<'_>) -> bool {
    is_kept(field) && !field.secret().is_some_and(|secret| secret.name().eq_ignore_ascii_case("secrets.GITHUB_TOKEN"))
}

/// Inputs that the action does not log in with, or that log in to something that has no such login.
fn is_unused(action: &str, site: &Site<'_>) -> bool {
    let beside = |name: &str| site.beside(name).map(|field| field.literal().unwrap_or_default().to_ascii_lowercase());
    match action {
        // Which input counts depends on `method`: <https://github.com/hashicorp/vault-action#reference>.
        "hashicorp/vault-action" => {
            let (method, name) = (beside("method").unwrap_or_else(|| "token".to_owned()), site.field.name().to_ascii_lowercase());
            let counts = match &*name {
                "token" => method == "token",
                "secretid" => method == "approle",
                "password" => matches!(&*method, "userpass" | "ldap"),
                "githubtoken" => method == "github",
                "jwtprivatekey" => method == "jwt",
                _ => !matches!(&*method, "" | "token" | "approle" | "userpass" | "ldap" | "github" | "jwt" | "kubernetes"),
            };
            !counts || beside("url").is_some_and(|url| ["://localhost", "://127.0.0.1"].iter().any(|host| url.contains(host)))
        }
        // A tailnet with a lock takes keys that were signed before: <https://github.com/tailscale/github-action#tailnet-lock>.
        "tailscale/github-action" => site.beside("statedir").is_some(),
        "docker/login-action" => beside("registry").is_some_and(|host| {
            !matches!(host.trim_start_matches("https://"), "docker.io" | "index.docker.io" | "index.docker.io/v1/" | "registry-1.docker.io")
        }),
        _ => false,
    }
}

/// `vault login ${{ secrets.VAULT_TOKEN }}`: the secret has the variable's own name.
fn in_scripts(service: &Service, job: &Job<'_>, step: &Step<'_>, workflow: &Workflow<'_>, findings: &mut Findings) {
    let Some(script) = step.script(job) else { return };
    let named = |name: &str| name.rsplit('.').next().is_some_and(|name| service.variables.contains(&name));
    if let Some((secret, _)) = script.secrets().find(|(secret, _)| named(&secret.name())) {
        let place = workflow.source().place(secret.span);
        oidc::report(findings, workflow, Some(job), (place, script.path(), step.opener()), &service.words);
    }
}

/// Jobs that log in to a service without a token already, by the service's number and the job's key.
struct Trusted(HashSet<(usize, Option<String>)>);

impl Trusted {
    fn new(workflow: &Workflow<'_>) -> Self {
        let mut jobs = HashSet::new();
        for environment in workflow.environments() {
            let id = environment.job.as_ref().and_then(Job::id).map(str::to_owned);
            let says = |service: &Service| environment.fields.iter().any(|field| service.is_told_by(field));
            jobs.extend(of_all(says).map(|index| (index, id.clone())));
        }
        for (job, step) in workflow.steps() {
            let action = step.action().unwrap_or_default();
            let says = |service: &Service| {
                let own = || service.inputs.iter().any(|(known, _)| *known == action) || service.actions.contains(&&*action);
                service.logins.contains(&&*action) || (own() && step.inputs().any(|field| service.is_told_by(&field)))
            };
            jobs.extend(of_all(says).map(|index| (index, job.id().map(str::to_owned))));
        }
        Self(jobs)
    }

    /// Whether this job logs in by its identity; of the whole workflow, whether any does.
    fn has(&self, service: usize, job: Option<&Job<'_>>) -> bool {
        let of_all = || self.0.contains(&(service, None));
        let Some(job) = job else { return self.0.iter().any(|(known, _)| *known == service) };
        self.0.contains(&(service, job.id().map(str::to_owned))) || of_all()
    }
}

/// The numbers of the services of which something holds.
fn of_all(holds: impl Fn(&Service) -> bool) -> impl Iterator<Item = usize> {
    SERVICES.iter().enumerate().filter(move |(_, service)| holds(service)).map(|(index, _)| index)
}
