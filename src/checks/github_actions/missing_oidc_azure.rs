//! A job logs in to Azure with a client secret or password that lasts for months, where GitHub could vouch for it.

use super::oidc::{self, Site, Words, is_kept, plain};
use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::github_actions::{Job, Step, Workflow};
use crate::unit::Unit;

pub(super) static MISSING_OIDC_AZURE: Check = Check { page: page!("github-actions/missing-oidc-azure"), runs: &[Run::Workflow(check)] };

const SECRET: Words = Words {
    message: "the job logs in to Azure with a long-lived client secret",
    help: "add a federated credential for this repository, give the job `permissions: id-token: write`, and pass `client-id`, `tenant-id` and `subscription-id`",
    case: None,
};
const PROFILE: Words = Words {
    message: "the job deploys to Azure with a publish profile, a password that does not expire",
    help: "log in with `azure/login` and a federated credential, and remove `publish-profile`",
    case: Some("publish-profile"),
};
const REGISTRY: Words = Words {
    message: "the job logs in to an Azure container registry with a long-lived password",
    help: "log in with `azure/login` and a federated credential, then run `az acr login --name …`",
    case: None,
};

fn check(workflow: &Unit<Workflow<'_>>, findings: &mut Findings) {
    if !workflow.mentions(&["az", "arm", "microsoft"]) {
        return;
    }
    for site in oidc::environments(workflow).iter().filter(|site| is_variable(site)) {
        oidc::report(findings, workflow, site.job.as_ref(), oidc::spot(site), &SECRET);
    }
    for site in oidc::inputs(workflow) {
        let words = match &site {
            site if is_login(site) || is_client_secret(site) || is_credentials(site) => SECRET,
            site if is_profile(site) => PROFILE,
            site if is_registry_password(site) => REGISTRY,
            _ => continue,
        };
        oidc::report(findings, workflow, site.job.as_ref(), oidc::spot(&site), &words);
    }
    for (job, step) in &workflow.steps() {
        in_scripts(job, step, workflow, findings);
    }
}

/// The variables that Terraform, the SDKs and older actions read.
fn is_variable(site: &Site<'_>) -> bool {
    let oidc = || site.beside("ARM_USE_OIDC").and_then(|field| field.literal()).is_some_and(|text| text == "true");
    let named = matches!(&*site.field.name(), "ARM_CLIENT_SECRET" | "AZURE_CLIENT_SECRET" | "AZURE_CREDENTIALS");
    named && is_kept(&site.field) && !oidc()
}

/// `creds` of `azure/login`, which the action ignores beside any of the ids or `auth-type: IDENTITY`
/// (<https://github.com/Azure/login>).
fn is_login(site: &Site<'_>) -> bool {
    let ids = || ["client-id", "tenant-id", "subscription-id"].iter().any(|name| site.beside(name).is_some());
    let identity = || site.beside("auth-type").and_then(|field| field.literal()).is_some_and(|text| text.eq_ignore_ascii_case("IDENTITY"));
    site.field.name().eq_ignore_ascii_case("creds") && site.action() == "azure/login" && is_kept(&site.field) && !ids() && !identity()
}

fn is_client_secret(site: &Site<'_>) -> bool {
    let name = plain(&site.field.name());
    let of_azure = name == "clientsecret" && (site.action().starts_with("azure/") || site.action().starts_with("microsoft/"));
    (of_azure || matches!(name.as_str(), "azureclientsecret" | "armclientsecret")) && is_kept(&site.field)
}

/// `secrets.AZURE_CREDENTIALS` handed to anything but `azure/login`.
fn is_credentials(site: &Site<'_>) -> bool {
    let secret = site.field.secret();
    let named = secret.as_ref().and_then(|secret| secret.pair()).is_some_and(|(_, name)| name.eq_ignore_ascii_case("AZURE_CREDENTIALS"));
    named && site.action() != "azure/login"
}

fn is_profile(site: &Site<'_>) -> bool {
    site.action().starts_with("azure/") && plain(&site.field.name()) == "publishprofile" && is_kept(&site.field)
}

fn is_registry_password(site: &Site<'_>) -> bool {
    let input = match site.action().as_str() {
        _ if site.field.name() != "password" => return false,
        "docker/login-action" => "registry",
        "azure/docker-login" => "login-server",
        _ => return false,
    };
    let registry = site.beside(input).and_then(|field| field.text()).map(|text| text.as_str().to_ascii_lowercase());
    registry.is_some_and(|registry| registry.contains(".azurecr.io")) && is_kept(&site.field)
}

/// `az login --service-principal -p ${{ secrets.X }}`. With a variable, its environment is reported.
fn in_scripts(job: &Job<'_>, step: &Step<'_>, workflow: &Workflow<'_>, findings: &mut Findings) {
    let Some(script) = step.script(job) else { return };
    let logins: Vec<_> = script
        .commands()
        .into_iter()
        .filter(|ran| ran.is("az", &["login", "--service-principal"]) || ran.is("az", &["acr", "login"]))
        .collect();
    for ran in logins.iter().filter(|ran| !ran.words.iter().any(|word| word.starts_with("--federated-token"))) {
        let mut secrets = script.secrets().filter(|(secret, before)| {
            let flag = before.trim_end().trim_end_matches(['"', '\'', '=']).trim_end();
            ran.span.contains(secret.span) && (flag.ends_with(" -p") || flag.ends_with("--password"))
        });
        if let Some((secret, _)) = secrets.next() {
            let place = workflow.source().place(secret.span);
            let words = if ran.is("az", &["acr"]) { &REGISTRY } else { &SECRET };
            oidc::report(findings, workflow, Some(job), (place, script.path(), step.opener()), words);
        }
    }
}
