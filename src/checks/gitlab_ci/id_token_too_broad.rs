//! A token that says who a job is, is good for several services, or is given to jobs that have no use for it.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::{Findings, LabelKind};
use crate::formats::gitlab_ci::{Job, Located, Pipeline, Variable};
use crate::literal::{LogicalPath, PathBuilder};
use crate::unit::Unit;

pub(super) static ID_TOKEN_TOO_BROAD: Check = Check { page: page!("gitlab-ci/id-token-too-broad"), runs: &[Run::Pipeline(check)] };

fn check(pipeline: &Unit<Pipeline<'_>>, findings: &mut Findings) {
    let own = pipeline.source().id;
    let shared = pipeline.default("id_tokens").filter(|tokens| tokens.source.id == own);
    let path = |owner: &str| PathBuilder::default().key(owner).key("id_tokens");
    let of_jobs = pipeline.jobs().iter().filter_map(|job| Some((path(&job.name), job.get("id_tokens")?)));
    let mut seen = HashSet::new();
    for (path, tokens) in shared.map(|tokens| (path("default"), tokens)).into_iter().chain(of_jobs) {
        if tokens.source.id == own && seen.insert(tokens.node.id()) {
            audiences(tokens, &path, findings);
        }
    }
    if let Some(tokens) = shared {
        idle(pipeline, tokens, &path("default"), findings);
    }
}

/// `aud: "*"`, and several services that take the same token.
fn audiences(tokens: Located<'_>, path: &PathBuilder, findings: &mut Findings) {
    for entry in tokens.node.merged() {
        let Some(aud) = entry.value.get_merged("aud").map(|aud| aud.resolve()) else { continue };
        let name = entry.key.str().unwrap_or_default();
        let list: Vec<_> = aud.str().into_iter().chain(aud.items().filter_map(|item| item.str())).collect();
        let place = tokens.source.place(aud.span());
        let at = path.clone().key(&name).key("aud").build();
        if list.iter().any(|one| one.contains('*')) {
            let finding = findings.report(place, format!("`{name}` names no audience: whoever gets the token can show it anywhere"));
            finding.help("name the one service that the token is for: `aud: https://vault.example.com`").at(at).within(entry.key.span());
            continue;
        }
        let services: BTreeSet<String> = list.iter().filter_map(|one| service(one)).collect();
        if services.len() > 1 {
            let finding =
                findings.report(place, format!("`{name}` is good for several services: each of them can log in to the others with it"));
            finding.help("make a token for each: `VAULT_ID_TOKEN: { aud: https://vault.example.com }`").at(at).within(entry.key.span());
        }
    }
}

/// Whose audience it is: the registered part of its host. Of a variable nothing is known.
fn service(audience: &str) -> Option<String> {
    if audience.contains('$') || audience.is_empty() {
        return None;
    }
    let rest = audience.trim_start_matches('/').split_once("://").map_or(audience, |(_, rest)| rest);
    let host = rest.trim_start_matches('/').split(['/', ':', '?']).next().unwrap_or(rest).to_ascii_lowercase();
    let labels: Vec<&str> = host.rsplit('.').take(2).collect();
    Some(labels.join("."))
}

/// A token of `default:` that some jobs log in with, and others do not.
fn idle(pipeline: &Pipeline<'_>, tokens: Located<'_>, path: &PathBuilder, findings: &mut Findings) {
    // Hidden jobs are seen through those that extend them; a job that starts a pipeline runs nothing itself.
    let has =
        |job: &&Job<'_>| job.get("id_tokens").is_some_and(|own| own.node.id() == tokens.node.id() && own.source.id == tokens.source.id);
    let runs = |job: &&Job<'_>| !job.is_hidden() && job.get("trigger").is_none() && job.get("script").is_some();
    let jobs: Vec<&Job<'_>> = pipeline.jobs().iter().filter(runs).filter(has).collect();
    let names: Vec<String> = tokens.node.merged().iter().filter_map(|entry| Some(entry.key.str()?.into_owned())).collect();
    let mut users: HashMap<&str, HashSet<usize>> = HashMap::new();
    let globals = pipeline.global_variables().iter();
    let named = |variable: &&Variable<'_>| names.iter().any(|name| variable.raw().contains(name.as_str()));
    let of_all: Vec<&Variable<'_>> = globals.filter(named).collect();
    for (index, job) in jobs.iter().enumerate() {
        let mut used = used(job);
        of_all.iter().filter(|variable| job.gets(variable)).for_each(|variable| add_words(&variable.raw(), &mut used));
        for name in names.iter().filter(|name| used.contains(*name)) {
            users.entry(name).or_default().insert(index);
        }
    }
    for entry in tokens.node.merged() {
        let Some(name) = entry.key.str() else { continue };
        let Some(users) = users.get(&*name) else { continue };
        let Some((_, other)) = jobs.iter().enumerate().find(|(index, _)| !users.contains(index)) else { continue };
        let message = format!("every job gets `{name}`, and not all of them log in with it");
        let finding = findings.report(tokens.source.place(entry.key.span()), message);
        let at: LogicalPath = path.clone().key(&name).build();
        finding.help("move it from `default:` to the `id_tokens:` of the jobs that log in").at(at).within(entry.key.span());
        finding.label(LabelKind::Related, pipeline.source().place(other.key().span()), "this job has no use for it");
    }
}

fn add_words(text: &str, words: &mut HashSet<String>) {
    words.extend(text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| word.len() > 2).map(str::to_owned));
}

/// The words of a job's scripts, own variables and native secrets, among them the variables that they name.
fn used(job: &Job<'_>) -> HashSet<String> {
    let mut used = HashSet::new();
    let mut add = |text: &str| add_words(text, &mut used);
    job.all_lines().for_each(|line| add(line.text.as_str()));
    job.own_variables().iter().for_each(|variable| add(&variable.raw()));
    for secret in job.get("secrets").into_iter().flat_map(|secrets| secrets.node.merged()) {
        // Without `token:` the one token of the job is used: <https://docs.gitlab.com/ci/yaml/#secretstoken>.
        match secret.value.get_merged("token").and_then(|token| token.str()) {
            Some(token) => add(&token),
            None => job
                .get("id_tokens")
                .into_iter()
                .flat_map(|tokens| tokens.node.merged())
                .for_each(|entry| add(&entry.key.str().unwrap_or_default())),
        }
    }
    used
}
