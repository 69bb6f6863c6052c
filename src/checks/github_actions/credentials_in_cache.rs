//! A cache keeps the files of logins, and later runs restore it.

use std::collections::{HashMap, HashSet};

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::flow::script::Reach;
use crate::formats::github_actions::{Field, Job, Step, Workflow};
use crate::source::Place;
use crate::unit::Unit;

use super::story;

pub(super) static CREDENTIALS_IN_CACHE: Check = Check { page: page!("github-actions/credentials-in-cache"), runs: &[Run::Workflow(check)] };

/// What programs keep in the home folder, and what it is.
const AT_HOME: [(&str, &str); 20] = [
    (".aws", "access keys"),
    (".aws/credentials", "access keys"),
    (".azure", "the login of az"),
    (".cargo/credentials.toml", "tokens of package registries"),
    (".config/gcloud", "the login of gcloud"),
    (".config/gcloud/application_default_credentials.json", "the login of gcloud"),
    (".config/gh", "the token of gh"),
    (".docker", "the logins of registries"),
    (".docker/config.json", "the logins of registries"),
    (".gem/credentials", "tokens of package registries"),
    (".git-credentials", "the logins of git"),
    (".gnupg", "private keys"),
    (".kube", "the logins of clusters"),
    (".kube/config", "the logins of clusters"),
    (".m2/settings.xml", "the passwords of Maven's servers"),
    (".netrc", "logins"),
    (".npmrc", "tokens of package registries"),
    (".pypirc", "tokens of package registries"),
    (".ssh", "private keys"),
    (".terraform.d/credentials.tfrc.json", "tokens of Terraform"),
];
/// How the home folder is written.
const HOMES: [&str; 6] = ["~/", "$HOME/", "${HOME}/", "${{env.HOME}}/", "/home/runner/", "/root/"];

fn check(workflow: &Unit<Workflow<'_>>, findings: &mut Findings) {
    if !workflow.mentions(&["actions/cache"]) {
        return;
    }
    let written: HashSet<Place> = story::leaked(workflow, &[Reach::Artifact]).map(|leaked| leaked.leak.taint.at).collect();
    let mut with_key: HashMap<Option<String>, bool> = HashMap::new();
    for (job, step) in workflow.steps() {
        let saves = matches!(step.action().as_deref(), Some("actions/cache" | "actions/cache/save"));
        let Some(field) = step.input("path").filter(|_| saves) else { continue };
        // A file that the job itself wrote a secret to: that says more.
        if written.contains(&field.place()) {
            continue;
        }
        let mut gives_key = || {
            let gives = || job.steps().any(|step| gives_backend_a_key(&job, &step));
            *with_key.entry(job.id().map(str::to_owned)).or_insert_with(gives)
        };
        for (path, place) in paths(&field) {
            let Some(what) = kept(&path, &mut gives_key) else { continue };
            findings
                .report(
                    place,
                    format!("`{path}` holds {what} and is kept in a cache, which later runs restore, those of pull requests too"),
                )
                .help("cache the folders of packages only, and log in anew in each job")
                .at(field.path())
                .within(step.opener());
        }
    }
}

/// The paths of an input, one on each line, without those that another line leaves out.
fn paths(field: &Field<'_>) -> Vec<(String, Place)> {
    let Some(text) = field.text() else { return Vec::new() };
    // Once: a place of the field is found by decoding all of its text.
    let source = field.place().source;
    let lines = || text.as_str().split('\n').map(|line| (line, line.trim())).filter(|(_, path)| !path.is_empty());
    let left_out: HashSet<&str> = lines().filter_map(|(_, path)| path.strip_prefix('!')).map(|path| path.trim_end_matches('/')).collect();
    let mut found = Vec::new();
    let mut at = 0;
    for line in text.as_str().split('\n') {
        let path = line.trim();
        let start = at + (line.len() - line.trim_start().len());
        at += line.len() + 1;
        if !path.is_empty() && !path.starts_with('!') && !left_out.contains(path.trim_end_matches('/')) {
            let place = Place { source, span: text.hull(start..start + path.len()) };
            found.push((path.to_owned(), place));
        }
    }
    found
}

/// What a path of a cache keeps that should not be in it.
fn kept(written: &str, gives_key: &mut dyn FnMut() -> bool) -> Option<&'static str> {
    let path: String = written.chars().filter(|c| !c.is_whitespace()).collect();
    let path = path.trim_end_matches(['/', '*']);
    if let Some(rest) = HOMES.iter().find_map(|home| path.strip_prefix(home)) {
        return AT_HOME.iter().find(|(known, _)| *known == rest).map(|(_, what)| *what);
    }
    match path.rsplit('/').next().unwrap_or(path) {
        ".env" => Some("variables and their secrets"),
        // What `-backend-config` gives is stored there: <https://developer.hashicorp.com/terraform/language/backend#file>.
        ".terraform" => gives_key().then_some("the settings of the backend"),
        _ => None,
    }
}

fn gives_backend_a_key(job: &Job<'_>, step: &Step<'_>) -> bool {
    let Some(script) = step.script(job) else { return false };
    let text = script.text.as_str();
    text.match_indices("-backend-config").any(|(at, _)| {
        let rest = text.get(at..).unwrap_or("");
        let word = rest.split(['\n', ' ']).take(2).find(|word| word.contains('=') && !word.ends_with("-backend-config=")).unwrap_or("");
        ["access_key", "secret_key", "password", "token", "sas", "client_secret"].iter().any(|key| word.contains(&format!("{key}=")))
    })
}
