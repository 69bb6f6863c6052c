//! Secrets of GitHub Actions jobs: where they come from, and which of them the job's scripts print.
//!
//! A job is followed in order: the environment of the workflow, of the job, of the step; `$GITHUB_ENV` and `$GITHUB_OUTPUT` hand
//! values to later steps. Outputs of other jobs and inputs of the workflow are not followed.

use std::collections::HashMap;

use super::script::{Code, Language, Leak, Nature, Origin, State, Taint, follow};
use crate::formats::github_actions::{Field, Job, Script, Shell, Step, Use, Way, Workflow};
use crate::literal::LogicalPath;
use crate::source::{Place, Source, SourceId, Span};

/// A secret that a step prints.
#[derive(Clone, Debug)]
pub struct Printed {
    /// The leak.
    pub leak: Leak,
    /// Where the secret comes from.
    pub origin: Origin,
    /// The script's logical path.
    pub path: LogicalPath,
    /// Where the step opens.
    pub opener: Span,
}

/// Every secret that a job of the workflow prints, in order.
#[must_use]
pub fn printed(workflow: &Workflow<'_>) -> Vec<Printed> {
    let mut printed = Vec::new();
    for job in workflow.followed().0 {
        let mut state = State::default();
        let reads = reads(&job);
        workflow.env().chain(job.container_env()).chain(job.env()).for_each(|field| bind(&field, &mut state));
        for step in job.steps() {
            let (found, outputs) = state.scoped(|state| {
                step.env().for_each(|field| bind(&field, state));
                let mut found = name(&step, workflow.source(), state);
                if let Some(script) = step.script(&job) {
                    found.extend(run(&script, workflow.source().id, state).into_iter().map(|leak| (leak, script.path.clone())));
                }
                found
            });
            printed.extend(found.into_iter().filter_map(|(leak, path)| {
                let origin = state.origin(&leak.taint)?.clone();
                Some(Printed { leak, origin, path, opener: step.opener() })
            }));
            outputs_of(&step, &reads, outputs, &mut state);
        }
    }
    printed
}

fn bind(field: &Field<'_>, state: &mut State) {
    let place = field.place();
    let taints: Vec<Taint> = field.uses().iter().flat_map(|it| taints(it, place.source, state)).map(|it| it.through(field.key())).collect();
    state.bind(&field.name(), taints);
}

/// The secrets that an expression can yield.
fn taints(found: &Use, source: SourceId, state: &mut State) -> Vec<Taint> {
    let place = Place { source, span: found.span };
    let path: Vec<&str> = found.path.iter().map(String::as_str).collect();
    let taints = match path.as_slice() {
        // These two switch debug logging on and are not masked: nothing is secret about them.
        ["secrets", "ACTIONS_STEP_DEBUG" | "ACTIONS_RUNNER_DEBUG"] => Vec::new(),
        _ if found.is_secret() => vec![state.secret(found.name(), place, nature(&found.name()))],
        ["env", name] => state.variable(name).to_vec(),
        ["steps", id, "outputs", name] => state.variable(&output(id, name)).to_vec(),
        _ => Vec::new(),
    };
    let part = found.way == Way::Part;
    taints.into_iter().map(|taint| if part { taint.derived("fromJSON") } else { taint }.at(place)).collect()
}

/// Words in the names of secrets that have several lines or fields.
#[rustfmt::skip]
const STRUCTURED: [&str; 17] = [
    "JSON", "CREDENTIALS", "SERVICE_ACCOUNT", "SA_KEY", "KUBECONFIG", "KUBE_CONFIG", "PRIVATE_KEY", "SSH_KEY", "PEM", "CERTIFICATE", "YAML",
    "DOTENV", "ENV_FILE", "PUBLISH_PROFILE", "NETRC", "GPG_KEY", "CERT",
];

/// The runner masks a secret and each line of it; whether there are several, only its name can tell.
fn nature(name: &str) -> Nature {
    let name = name.to_ascii_uppercase().replace('-', "_");
    let words = format!("_{}_", name.replace('.', "_"));
    let encoded = ["BASE64", "B64"].iter().any(|end| name.ends_with(end));
    let structured = STRUCTURED.iter().any(|part| words.contains(&format!("_{part}_")));
    if structured && !encoded { Nature::Structured } else { Nature::Masked }
}

/// A step's `name` is shown in the log.
fn name(step: &Step<'_>, source: &Source, state: &mut State) -> Vec<(Leak, LogicalPath)> {
    let Some(name) = step.name() else { return Vec::new() };
    let found: Vec<Taint> = name.uses().iter().flat_map(|it| taints(it, source.id, state)).collect();
    found.into_iter().map(|taint| (Leak { taint, sink: name.place(), printer: "name".to_owned() }, step.path(&["name"]))).collect()
}

fn run(script: &Script<'_>, source: SourceId, state: &mut State) -> Vec<Leak> {
    let language = match (script.dialect(), script.shell) {
        (Some(dialect), _) => Language::Shell(dialect),
        (None, Shell::Python) => Language::Python,
        (None, Shell::JavaScript) => Language::JavaScript,
        _ => return Vec::new(),
    };
    let mut holes = Vec::with_capacity(script.uses.len());
    for uses in &script.uses {
        holes.push(uses.iter().flat_map(|found| taints(found, source, state)).collect());
    }
    follow(&Code { text: &script.text, source, language, opaque: &script.opaque, holes: &holes }, state)
}

/// Actions whose outputs are secrets; all of them tell the runner to mask them.
const SECRET_OUTPUTS: [(&str, &[&str]); 8] = [
    ("hashicorp/vault-action", &["*"]),
    ("1password/load-secrets-action", &["*"]),
    ("google-github-actions/auth", &["access_token", "id_token", "auth_token"]),
    ("google-github-actions/get-secretmanager-secrets", &["*"]),
    ("actions/create-github-app-token", &["token"]),
    ("tibdex/github-app-token", &["token"]),
    ("azure/get-keyvault-secrets", &["*"]),
    ("aws-actions/amazon-ecr-login", &["docker_password_*"]),
];

fn output(id: &str, name: &str) -> String {
    format!("steps.{}.outputs.{}", id.to_ascii_lowercase(), name.to_ascii_lowercase())
}

/// The outputs that are read of each step, by its id in lower case.
fn reads(job: &Job<'_>) -> HashMap<String, Vec<String>> {
    let mut reads: HashMap<String, Vec<String>> = HashMap::new();
    for (step, name) in job.output_uses() {
        reads.entry(step.to_ascii_lowercase()).or_default().push(name);
    }
    reads
}

/// What later steps can read of this one. The names of an action's outputs are known from where they are read.
fn outputs_of(step: &Step<'_>, reads: &HashMap<String, Vec<String>>, written: Vec<(String, Vec<Taint>)>, state: &mut State) {
    let Some(id) = step.id() else { return };
    for (name, taints) in written {
        state.bind(&output(&id, &name), taints);
    }
    let action = step.action().unwrap_or_default();
    let Some((_, secret)) = SECRET_OUTPUTS.iter().find(|(known, _)| *known == action) else { return };
    for name in reads.get(&id.to_ascii_lowercase()).into_iter().flatten() {
        let lower = name.to_ascii_lowercase();
        let matches = |wanted: &str| wanted == lower || wanted.strip_suffix('*').is_some_and(|start| lower.starts_with(start));
        if secret.iter().any(|wanted| matches(wanted)) && state.variable(&output(&id, name)).is_empty() {
            let place = step.uses().unwrap_or_default();
            let taint = state.secret(format!("steps.{id}.outputs.{name}"), place, Nature::Masked);
            state.bind(&output(&id, name), vec![taint]);
        }
    }
}
