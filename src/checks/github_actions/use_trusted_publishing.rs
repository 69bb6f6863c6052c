//! A package is published with a token that lasts, where its registry would trust the workflow itself.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::github_actions::{Field, Job, Ran, Step, Workflow};
use crate::unit::Unit;

pub(super) static USE_TRUSTED_PUBLISHING: Check =
    Check { page: page!("github-actions/use-trusted-publishing"), runs: &[Run::Workflow(check)] };

/// A registry that trusts workflows: the program that publishes, the words of its command, the variables and flags of its token.
struct Registry {
    name: &'static str,
    program: &'static str,
    words: &'static [&'static str],
    variables: &'static [&'static str],
    /// Words of a command that publishes elsewhere.
    elsewhere: &'static [&'static str],
    help: &'static str,
}

const REGISTRIES: [Registry; 5] = [
    Registry {
        name: "PyPI",
        program: "twine",
        words: &["upload"],
        variables: &["TWINE_PASSWORD"],
        elsewhere: &["--repository-url", "-r", "--repository"],
        help: "add the workflow as a trusted publisher on PyPI, and use `pypa/gh-action-pypi-publish` with `permissions: id-token: write`",
    },
    Registry {
        name: "npm",
        program: "npm",
        words: &["publish"],
        variables: &["NODE_AUTH_TOKEN", "NPM_TOKEN", "NPM_CONFIG_TOKEN"],
        elsewhere: &["--registry", "--dry-run"],
        help: "add the workflow as a trusted publisher of the package on npmjs.com, grant `id-token: write`, and drop the token",
    },
    Registry {
        name: "crates.io",
        program: "cargo",
        words: &["publish"],
        variables: &["CARGO_REGISTRY_TOKEN"],
        elsewhere: &["--registry", "--index", "--dry-run"],
        help: "add the workflow as a trusted publisher on crates.io, and take the token from `rust-lang/crates-io-auth-action`",
    },
    Registry {
        name: "RubyGems",
        program: "gem",
        words: &["push"],
        variables: &["GEM_HOST_API_KEY", "RUBYGEMS_API_KEY"],
        elsewhere: &["--host"],
        help: "add the workflow as a trusted publisher on rubygems.org, and use `rubygems/release-gem`",
    },
    Registry {
        name: "NuGet",
        program: "dotnet",
        words: &["nuget", "push"],
        variables: &["NUGET_API_KEY", "NUGET_TOKEN"],
        elsewhere: &[],
        help: "add the workflow as a trusted publisher on nuget.org, and take the key from `NuGet/login`",
    },
];

fn check(workflow: &Unit<Workflow<'_>>, findings: &mut Findings) {
    for (job, step) in workflow.steps() {
        if let Some((registry, field)) = by_action(&step) {
            report(registry, &field, &step, findings);
            continue;
        }
        let Some(script) = step.script(&job) else { continue };
        for ran in script.commands() {
            let registry = REGISTRIES.iter().find(|registry| publishes(registry, &ran));
            let Some(registry) = registry else { continue };
            let token = token(workflow, &job, &step, registry);
            if let Some(field) = token.filter(|_| !publishes_elsewhere(workflow, &job, registry)) {
                report(registry, &field, &step, findings);
                break;
            }
        }
    }
}

fn report(registry: &Registry, field: &Field<'_>, step: &Step<'_>, findings: &mut Findings) {
    let message = format!("a package is published with a token that lasts; {} can trust the workflow itself", registry.name);
    findings.report(field.place(), message).help(registry.help).at(field.path()).within(step.opener());
}

/// `pypa/gh-action-pypi-publish` with a password.
fn by_action<'a>(step: &Step<'a>) -> Option<(&'static Registry, Field<'a>)> {
    if step.action().as_deref() != Some("pypa/gh-action-pypi-publish") {
        return None;
    }
    let url =
        step.input("repository-url").or_else(|| step.input("repository_url")).and_then(|url| url.text()).map(|url| url.as_str().to_owned());
    let public = url.is_none_or(|url| url.contains("pypi.org"));
    let field = step.input("password").filter(|field| public && is_kept(field))?;
    REGISTRIES.first().map(|registry| (registry, field))
}

fn publishes(registry: &Registry, ran: &Ran) -> bool {
    let elsewhere =
        ran.words.iter().any(|word| registry.elsewhere.iter().any(|flag| word == flag || word.starts_with(&format!("{flag}="))));
    let source = ran.words.iter().find(|word| word.contains("://"));
    ran.is(registry.program, registry.words) && !elsewhere && source.is_none_or(|source| source.contains("nuget.org"))
}

/// The token among the variables of the step, the job or the workflow.
fn token<'a>(workflow: &Workflow<'a>, job: &Job<'a>, step: &Step<'a>, registry: &Registry) -> Option<Field<'a>> {
    let fields: Vec<Field<'a>> = step.env().chain(job.env()).chain(workflow.env()).collect();
    fields.into_iter().find(|field| registry.variables.contains(&&*field.name()) && is_kept(field))
}

/// A registry that `actions/setup-node` was told of, and is not npm's own.
fn publishes_elsewhere(workflow: &Workflow<'_>, job: &Job<'_>, registry: &Registry) -> bool {
    let setup = job.steps().filter(|step| step.action().as_deref() == Some("actions/setup-node"));
    let urls = setup.filter_map(|step| step.input("registry-url")?.text().map(|url| url.as_str().to_owned()));
    let foreign = urls.into_iter().any(|url| !url.contains("registry.npmjs.org"));
    let own = workflow.env().chain(job.env()).any(|field| field.name() == "TWINE_REPOSITORY_URL" || field.name() == "NPM_CONFIG_REGISTRY");
    (registry.program == "npm" && foreign) || own
}

fn is_kept(field: &Field<'_>) -> bool {
    let mut secrets = field.uses().into_iter().filter(|found| found.is_secret());
    secrets.next().is_some_and(|found| !found.name().eq_ignore_ascii_case("secrets.GITHUB_TOKEN") && found.name() != "github.token")
}
