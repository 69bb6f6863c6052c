//! Where secrets come from: expressions, outputs of actions.

use std::collections::HashMap;

use super::super::script::{Nature, State, Taint};
use crate::formats::github_actions::{Field, Job, Step, Use, Way};
use crate::source::{Place, SourceId};

/// A variable of an environment holds what its value can come from.
pub(super) fn bind(field: &Field<'_>, state: &mut State) {
    let taints = of_field(field, state).into_iter().map(|it| it.through(field.key())).collect();
    state.bind(&field.name(), taints);
}

/// The secrets that a field can hold.
pub(super) fn of_field(field: &Field<'_>, state: &mut State) -> Vec<Taint> {
    let source = field.place().source;
    field.uses().iter().flat_map(|it| taints(it, source, state)).collect()
}

/// The secrets that an expression can yield.
pub(super) fn taints(found: &Use, source: SourceId, state: &mut State) -> Vec<Taint> {
    let place = Place { source, span: found.span };
    let path: Vec<&str> = found.path.iter().map(String::as_str).collect();
    let taints = match path.as_slice() {
        // These two switch debug logging on and are not masked: nothing is secret about them.
        ["secrets", "ACTIONS_STEP_DEBUG" | "ACTIONS_RUNNER_DEBUG"] => Vec::new(),
        _ if found.is_secret() => vec![state.secret(found.name(), place, nature(&found.name()))],
        ["env", name] => state.variable(name).to_vec(),
        ["env"] => state.environment("toJSON(env)", place),
        ["steps", id, "outputs", name] => state.variable(&output(id, name)).to_vec(),
        ["needs" | "jobs", id, "outputs", name] => {
            state.variable(&format!("needs.{}.outputs.{}", id.to_ascii_lowercase(), name.to_ascii_lowercase())).to_vec()
        }
        ["inputs", name] => state.variable(&input(name)).to_vec(),
        // `toJSON(needs)`: all of them.
        [context @ ("steps" | "needs" | "inputs")] => state.below(&format!("{context}.")),
        [context @ ("steps" | "needs"), id] | [context @ ("steps" | "needs"), id, "outputs"] => {
            state.below(&format!("{context}.{}.outputs.", id.to_ascii_lowercase()))
        }
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

pub(super) fn output(id: &str, name: &str) -> String {
    format!("steps.{}.outputs.{}", id.to_ascii_lowercase(), name.to_ascii_lowercase())
}

pub(super) fn input(name: &str) -> String {
    format!("inputs.{}", name.to_ascii_lowercase())
}

/// The outputs that are read of each step, by its id in lower case.
pub(super) fn reads(job: &Job<'_>) -> HashMap<String, Vec<String>> {
    let mut reads: HashMap<String, Vec<String>> = HashMap::new();
    for (step, name) in job.output_uses() {
        reads.entry(step.to_ascii_lowercase()).or_default().push(name);
    }
    reads
}

/// What later steps can read of this one. The names of an action's outputs are known from where they are read.
pub(super) fn outputs_of(step: &Step<'_>, reads: &HashMap<String, Vec<String>>, written: Vec<(String, Vec<Taint>)>, state: &mut State) {
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
