//! Programs that print settings, and programs that print what they are given.

use crate::secrets::is_secret_name;
use crate::syntax::shell::{Invocation, Script};

/// Programs that print files of settings, their own or the job's: the words that must stand among their arguments.
const SETTINGS: [(&str, &[&str]); 16] = [
    ("docker", &["compose", "config"]),
    ("docker-compose", &["config"]),
    ("docker", &["inspect"]),
    ("helm", &["get", "values"]),
    ("terraform", &["show", "-json"]),
    ("terraform", &["state", "pull"]),
    ("tofu", &["show", "-json"]),
    ("tofu", &["state", "pull"]),
    ("npm", &["config", "ls", "-l"]),
    ("npm", &["config", "list", "-l"]),
    ("git", &["config", "--list"]),
    ("git", &["config", "-l"]),
    ("pip", &["config", "list"]),
    ("pip3", &["config", "list"]),
    ("pip", &["config", "debug"]),
    ("mvn", &["help:effective-settings", "-DshowPasswords=true"]),
];

pub(super) fn prints_settings(script: &Script<'_>, invocation: &Invocation<'_>) -> bool {
    let args = invocation.args;
    let has = |word: &&str| args.iter().any(|arg| script.is(arg, word));
    // `docker compose config --quiet` and `--services` print no values.
    let quiet = ["-q", "--quiet", "--services", "--images", "--volumes", "--hash", "--profiles", "-o"];
    // Of `docker inspect` it picks a field; of `docker compose` it is the file.
    let picks = ["--format", "-f"];
    let mut rows = SETTINGS.iter().filter(|(program, _)| *program == invocation.name);
    let silent = |words: &[&str]| if words.contains(&"inspect") { picks.iter().any(&has) } else { quiet.iter().any(&has) };
    let listed = rows.any(|(program, words)| words.iter().all(has) && !(program.starts_with("docker") && silent(words)));
    listed || gets_secret(script, invocation)
}

/// `npm config get //registry.npmjs.org/:_authToken`.
fn gets_secret(script: &Script<'_>, invocation: &Invocation<'_>) -> bool {
    let is = |at: usize, word: &str| invocation.args.get(at).is_some_and(|arg| script.is(arg, word));
    let is_get = matches!(&*invocation.name, "npm" | "pnpm" | "yarn") && is(0, "config") && is(1, "get");
    let name = invocation.args.get(2).map(|arg| script.literal_prefix(arg)).unwrap_or_default();
    is_get && is_secret_name(name.rsplit([':', '.']).next().unwrap_or(&name))
}

/// Programs that print what they are given, as it is or in a manifest: the words that must stand among their arguments, and those of
/// which one must.
const ECHOES: [(&str, &[&str], &[&str]); 10] = [
    ("kubectl", &["create", "secret"], &["yaml", "json", "-oyaml", "-ojson", "--output=yaml", "--output=json"]),
    ("oc", &["create", "secret"], &["yaml", "json", "-oyaml", "-ojson", "--output=yaml", "--output=json"]),
    ("helm", &["template"], &[]),
    ("helm", &["upgrade"], &["--debug", "--dry-run", "--dry-run=client", "--dry-run=server"]),
    ("helm", &["install"], &["--debug", "--dry-run", "--dry-run=client", "--dry-run=server"]),
    ("heroku", &["config:set"], &[]),
    ("mvn", &[], &["-X", "--debug"]),
    ("mvnw", &[], &["-X", "--debug"]),
    ("gradle", &["properties"], &[]),
    ("gradlew", &["properties"], &[]),
];

/// Whether a program prints what it is given: <https://helm.sh/docs/helm/helm_template/>,
/// <https://kubernetes.io/docs/reference/kubectl/generated/kubectl_create/kubectl_create_secret_generic/>.
pub(super) fn echoes(script: &Script<'_>, invocation: &Invocation<'_>) -> bool {
    let args = invocation.args;
    let has = |word: &&str| args.iter().any(|arg| script.is(arg, word));
    let is = |program: &str| invocation.name.rsplit('/').next() == Some(program);
    let mut rows = ECHOES.iter().filter(|(program, ..)| is(program));
    rows.any(|(_, all, any)| all.iter().all(has) && (any.is_empty() || any.iter().any(has)))
}
