//! A package is published with a token that lasts, where its registry would trust the workflow itself.

use std::collections::{HashMap, HashSet};

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::github_actions::{Field, Job, Ran, Step, Use, Workflow};
use crate::literal::LogicalPath;
use crate::source::Place;
use crate::unit::Unit;

pub(super) static USE_TRUSTED_PUBLISHING: Check =
    Check { page: page!("github-actions/use-trusted-publishing"), runs: &[Run::Workflow(check)] };

/// A registry that trusts workflows: the commands that publish to it, the variables of its token.
struct Registry {
    name: &'static str,
    commands: &'static [(&'static str, &'static [&'static str])],
    variables: &'static [&'static str],
    /// Commands that store the token for a later one: the program, words among its arguments, how one of them begins.
    stores: &'static [(&'static str, &'static [&'static str], &'static str)],
    /// Options of a command that publishes elsewhere, or not at all.
    elsewhere: &'static [&'static str],
    /// The case of the page.
    case: Option<&'static str>,
    help: &'static str,
}

const REGISTRIES: [Registry; 6] = [
    Registry {
        name: "PyPI",
        commands: &[("twine", &["upload"]), ("uv", &["publish"]), ("hatch", &["publish"]), ("flit", &["publish"])],
        variables: &["TWINE_PASSWORD", "UV_PUBLISH_TOKEN", "UV_PUBLISH_PASSWORD", "HATCH_INDEX_AUTH", "FLIT_PASSWORD"],
        stores: &[],
        elsewhere: &["--repository-url", "-r", "--repository", "--publish-url", "--index", "--repo"],
        case: None,
        help: "add the workflow as a trusted publisher on PyPI, and use `pypa/gh-action-pypi-publish` with `permissions: id-token: write`",
    },
    Registry {
        name: "npm",
        commands: &[("npm", &["publish"]), ("pnpm", &["publish"]), ("yarn", &["publish"]), ("bun", &["publish"])],
        variables: &["NODE_AUTH_TOKEN", "NPM_TOKEN", "NPM_CONFIG_TOKEN", "NPM_AUTH_TOKEN", "YARN_NPM_AUTH_TOKEN"],
        stores: &[
            ("npm", &["config", "set"], "//registry.npmjs.org/"),
            ("npm", &["set"], "//registry.npmjs.org/"),
            ("pnpm", &["config", "set"], "//registry.npmjs.org/"),
        ],
        elsewhere: &["--registry", "--dry-run", "-r", "-n"],
        case: None,
        help: "add the workflow as a trusted publisher of the package on npmjs.com, grant `id-token: write`, and drop the token",
    },
    Registry {
        name: "crates.io",
        commands: &[("cargo", &["publish"])],
        variables: &["CARGO_REGISTRY_TOKEN"],
        stores: &[("cargo", &["login"], "")],
        elsewhere: &["--registry", "--index", "--dry-run", "-n"],
        case: None,
        help: "add the workflow as a trusted publisher on crates.io, and take the token from `rust-lang/crates-io-auth-action`",
    },
    Registry {
        name: "RubyGems",
        commands: &[("gem", &["push"])],
        variables: &["GEM_HOST_API_KEY", "RUBYGEMS_API_KEY"],
        stores: &[],
        elsewhere: &["--host"],
        case: None,
        help: "add the workflow as a trusted publisher on rubygems.org, and use `rubygems/release-gem`",
    },
    Registry {
        name: "NuGet",
        commands: &[("dotnet", &["nuget", "push"]), ("nuget", &["push"])],
        variables: &["NUGET_API_KEY", "NUGET_TOKEN", "NUGET_KEY"],
        stores: &[],
        elsewhere: &[],
        case: None,
        help: "add the workflow as a trusted publisher on nuget.org, and take the key from `NuGet/login`",
    },
    Registry {
        name: "PyPI",
        commands: &[("poetry", &["publish"])],
        variables: &["POETRY_PYPI_TOKEN_PYPI", "POETRY_HTTP_BASIC_PYPI_PASSWORD"],
        stores: &[("poetry", &["config"], "pypi-token.pypi"), ("poetry", &["config"], "http-basic.pypi")],
        elsewhere: &["-r", "--repository", "--dry-run"],
        case: Some("poetry"),
        help: "Poetry cannot ask for such a token: build with `poetry build`, and publish with `pypa/gh-action-pypi-publish` and `permissions: id-token: write`",
    },
];

/// Actions that publish with a token where they are given one: the action, the input of the token, the input of the registry, whose
/// registries count, and which of the registries it is.
const ACTIONS: [(&str, &str, &[&str], &str, usize); 2] = [
    ("pypa/gh-action-pypi-publish", "password", &["repository-url", "repository_url"], "pypi.org", 0),
    ("rubygems/configure-rubygems-credentials", "api-token", &["gem-server"], "rubygems.org", 3),
];

/// Scripts that name none of these publish nothing and store no token.
#[rustfmt::skip]
const PROGRAMS: [&str; 15] = [
    "twine", "uv ", "hatch", "flit", "poetry", "npm", "yarn", "bun", "cargo", "gem ", "nuget", "publish", "pnpm", "dotnet", "login",
];

fn check(workflow: &Unit<Workflow<'_>>, findings: &mut Findings) {
    if !workflow.mentions(&["publish", "twine", "gem", "nuget", "poetry"]) {
        return;
    }
    // Tokens that earlier steps of the job stored, by the registry.
    let mut stored: HashMap<(Option<String>, usize), Token> = HashMap::new();
    // Whether a job publishes to another registry than npm's.
    let mut foreign: HashMap<Option<String>, bool> = HashMap::new();
    for (job, step) in workflow.steps() {
        if let Some((registry, token)) = by_action(&step) {
            report(workflow, registry, &token, &step, findings);
            continue;
        }
        let Some(script) = step.script(&job) else { continue };
        if !PROGRAMS.iter().any(|program| script.text.as_str().contains(program)) {
            continue;
        }
        let id = job.id().map(str::to_owned);
        for ran in script.commands() {
            if let Some(index) = REGISTRIES.iter().position(|registry| stores(registry, &ran)) {
                let token = in_command(workflow, &job, &step, &ran);
                stored.extend(token.map(|token| ((id.clone(), index), token)));
                continue;
            }
            let Some(index) = REGISTRIES.iter().position(|registry| publishes(registry, &ran)) else { continue };
            let registry = &REGISTRIES[index];
            let token = token(workflow, &job, &step, registry, &ran).or_else(|| stored.remove(&(id.clone(), index)));
            let mut is_elsewhere = || {
                let is_set_up = registry.name == "npm" && *foreign.entry(id.clone()).or_insert_with(|| sets_up_another(&job));
                is_set_up || is_told_another(workflow, &job, &step)
            };
            if let Some(token) = token.filter(|_| !is_elsewhere()) {
                report(workflow, registry, &token, &step, findings);
                break;
            }
        }
    }
}

fn report(workflow: &Workflow<'_>, registry: &Registry, token: &Token, step: &Step<'_>, findings: &mut Findings) {
    let message = format!("a package is published with a token that lasts; {} can trust the workflow itself", registry.name);
    let finding = findings.report_case_if(registry.case, token.place, message);
    finding.help(registry.help).at(token.path.clone()).within(step.opener());
    // A file that lies elsewhere publishes nothing; whoever starts a workflow from it will.
    if workflow.source().setting.throwaway {
        finding.severity = finding.severity.lowered();
    }
}

/// Where a token is given.
struct Token {
    place: Place,
    path: LogicalPath,
}

impl Token {
    fn of(field: &Field<'_>) -> Self {
        Self { place: field.place(), path: field.path() }
    }
}

/// An action that is given a token.
fn by_action(step: &Step<'_>) -> Option<(&'static Registry, Token)> {
    let action = step.action()?;
    let (_, token, urls, host, registry) = ACTIONS.iter().find(|(known, ..)| *known == action)?;
    let url = urls.iter().find_map(|name| step.input(name)?.text().map(|url| url.as_str().to_owned()));
    let public = url.is_none_or(|url| url.contains(host));
    let field = step.input(token).filter(|field| public && is_kept(field))?;
    REGISTRIES.get(*registry).map(|registry| (registry, Token::of(&field)))
}

fn publishes(registry: &Registry, ran: &Ran) -> bool {
    let is_elsewhere = |word: &String| registry.elsewhere.iter().any(|flag| word == flag || word.starts_with(&format!("{flag}=")));
    let source = ran.words.iter().find(|word| word.contains("://"));
    let runs = registry.commands.iter().any(|(program, words)| ran.is(program, words));
    runs && !ran.words.iter().any(is_elsewhere) && source.is_none_or(|source| source.contains("nuget.org"))
}

/// The token among the variables of the step, the job or the workflow, or in the command itself.
fn token(workflow: &Workflow<'_>, job: &Job<'_>, step: &Step<'_>, registry: &Registry, ran: &Ran) -> Option<Token> {
    let fields: Vec<Field<'_>> = step.env().chain(job.env()).chain(workflow.env()).collect();
    let variable = fields.iter().find(|field| registry.variables.contains(&&*field.name()) && is_kept(field)).map(Token::of);
    variable.or_else(|| in_command(workflow, job, step, ran))
}

/// A command that keeps a token for a later one.
fn stores(registry: &Registry, ran: &Ran) -> bool {
    let begins = |start: &str| ran.words.iter().any(|word| word.starts_with(start));
    registry.stores.iter().any(|(program, words, start)| ran.is(program, words) && begins(start))
}

/// The token in a command itself: a secret, or a variable that holds one.
fn in_command(workflow: &Workflow<'_>, job: &Job<'_>, step: &Step<'_>, ran: &Ran) -> Option<Token> {
    let script = step.script(job)?;
    if let Some(given) = script.uses.iter().flatten().find(|found| ran.span.contains(found.span) && is_token(found)) {
        return Some(Token { place: workflow.source().place(given.span), path: script.path() });
    }
    let text = workflow.source().slice(ran.span);
    let expanded: HashSet<&str> = text.split('$').skip(1).map(name_at_start).collect();
    let mut fields = step.env().chain(job.env()).chain(workflow.env());
    let field = fields.find(|field| expanded.contains(&*field.name()) && is_kept(field))?;
    Some(Token::of(&field))
}

/// `NAME`, `{NAME}`, `env:NAME`, as they stand behind a dollar sign.
fn name_at_start(text: &str) -> &str {
    let text = text.strip_prefix('{').or_else(|| text.strip_prefix("env:")).unwrap_or(text);
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or("")
}

/// A registry that `actions/setup-node` was told of, and is not npm's own.
fn sets_up_another(job: &Job<'_>) -> bool {
    let setup = job.steps().filter(|step| step.action().as_deref() == Some("actions/setup-node"));
    let mut urls = setup.filter_map(|step| step.input("registry-url")?.text().map(|url| url.as_str().to_owned()));
    urls.any(|url| !url.contains("registry.npmjs.org"))
}

/// Variables that name the registry.
const NAMED: [&str; 7] = [
    "TWINE_REPOSITORY_URL",
    "TWINE_REPOSITORY",
    "UV_PUBLISH_URL",
    "HATCH_INDEX_REPO",
    "FLIT_INDEX_URL",
    "NPM_CONFIG_REGISTRY",
    "RUBYGEMS_HOST",
];
const PUBLIC: [&str; 4] = ["pypi.org", "registry.npmjs.org", "rubygems.org", "pypi"];

/// Whether a variable of the step, the job or the workflow names a registry that is none of those.
fn is_told_another(workflow: &Workflow<'_>, job: &Job<'_>, step: &Step<'_>) -> bool {
    let named = |field: &Field<'_>| NAMED.iter().any(|name| field.name().eq_ignore_ascii_case(name));
    let is_public = |text: &str| PUBLIC.iter().any(|host| text.contains(&format!("{host}/")) || text.ends_with(host));
    let field = step.env().chain(job.env()).chain(workflow.env()).find(named);
    field.is_some_and(|field| !field.text().is_some_and(|text| is_public(text.as_str().trim())))
}

fn is_kept(field: &Field<'_>) -> bool {
    field.uses().iter().any(is_token)
}

/// A secret that somebody made and keeps; the token of the job dies with it.
fn is_token(found: &Use) -> bool {
    found.is_secret() && !found.name().eq_ignore_ascii_case("secrets.GITHUB_TOKEN") && found.name() != "github.token"
}
