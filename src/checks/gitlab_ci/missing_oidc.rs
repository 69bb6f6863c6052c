//! A job signs in to a cloud with a key that never expires, where GitLab would vouch for it.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::{Findings, LabelKind};
use crate::formats::gitlab_ci::{Job, Line, Pipeline, Variable};
use crate::literal::LogicalPath;
use crate::source::{Place, Span};
use crate::unit::Unit;

pub(super) static MISSING_OIDC: Check = Check { page: page!("gitlab-ci/missing-oidc"), runs: &[Run::Pipeline(check)] };

/// A cloud: its name, the variables that hold its long-lived keys, the programs and images that use them, what to write instead.
struct Cloud {
    name: &'static str,
    keys: &'static [&'static str],
    programs: &'static [&'static str],
    images: &'static [&'static str],
    help: &'static str,
}

const CLOUDS: [Cloud; 4] = [
    Cloud {
        name: "AWS",
        keys: &["AWS_SECRET_ACCESS_KEY"],
        programs: &["aws", "sam", "cdk", "eb", "ecs-cli", "eksctl", "copilot", "serverless", "sls"],
        images: &["aws-cli", "aws-base", "cloud-deploy", "aws-sam"],
        help: "give the job `id_tokens:`, let the role trust GitLab, and set `AWS_ROLE_ARN` and `AWS_WEB_IDENTITY_TOKEN_FILE` instead of keys",
    },
    Cloud {
        name: "Google Cloud",
        keys: &["GOOGLE_CREDENTIALS", "GCLOUD_SERVICE_KEY", "GCP_SERVICE_KEY", "GCP_SA_KEY", "GCLOUD_SERVICE_ACCOUNT_KEY"],
        programs: &["gcloud", "gsutil", "bq"],
        images: &["cloud-sdk", "google-cloud-cli"],
        help: "give the job `id_tokens:` and sign in with workload identity federation (`gcloud iam workload-identity-pools create-cred-config`)",
    },
    Cloud {
        name: "Azure",
        keys: &["AZURE_CLIENT_SECRET", "ARM_CLIENT_SECRET"],
        programs: &["az", "azcopy", "azd"],
        images: &["azure-cli"],
        help: "give the job `id_tokens:` with the audience `api://AzureADTokenExchange` and sign in with `az login --federated-token`",
    },
    Cloud {
        name: "Vault",
        keys: &["VAULT_TOKEN"],
        programs: &["vault"],
        images: &["hashicorp/vault"],
        help: "give the job `id_tokens:` and take the values with `secrets:`, or sign in with `vault write auth/jwt/login`",
    },
];

/// Programs that sign in to whichever cloud they are given keys for.
const ANY_CLOUD: [&str; 7] = ["terraform", "tofu", "terragrunt", "pulumi", "packer", "gitlab-terraform", "gitlab-tofu"];

fn check(pipeline: &Unit<Pipeline<'_>>, findings: &mut Findings) {
    // Hidden jobs are seen through those that extend them; a file of nothing else is a library of jobs.
    let only_hidden = pipeline.jobs().iter().all(Job::is_hidden);
    let globals = CLOUDS.each_ref().map(|cloud| keys_in(pipeline, pipeline.global_variables().iter(), cloud));
    for job in pipeline.jobs().iter().filter(|job| only_hidden || !job.is_hidden()) {
        for (cloud, globals) in CLOUDS.iter().zip(&globals).filter(|(cloud, _)| uses(job, cloud) && !has_identity(job)) {
            if let Some(key) = key(pipeline, job, cloud, globals) {
                let message = format!("a job signs in to {} with a long-lived key, `{}`", cloud.name, key.name);
                let finding = findings.report(key.place, message);
                finding.help(cloud.help).at(key.path).within(key.opener);
                finding.label(LabelKind::Related, pipeline.source().place(job.key().span()), format!("in job `{}`", job.name));
            }
        }
    }
}

/// Whether the job has an identity already, or keys for something that takes none.
fn has_identity(job: &Job<'_>) -> bool {
    let has_key = ["id_tokens", "secrets", "identity"].iter().any(|key| job.get(key).is_some());
    let mentions = |word: &str| {
        let in_script = || job.all_lines().any(|line| line.text.as_str().contains(word));
        job.variable(word).is_some() || in_script()
    };
    let web_identity = || mentions("AWS_ROLE_ARN") && mentions("AWS_WEB_IDENTITY_TOKEN_FILE");
    // A role taken by the script itself, and storage that only speaks like Amazon's.
    let otherwise = ["assume-role", "auth/jwt", "AWS_ENDPOINT_URL", "--endpoint-url", "AWS_S3_ENDPOINT"];
    has_key || web_identity() || otherwise.iter().any(|word| mentions(word))
}

/// Whether the job runs a program of the cloud, or runs in its image.
fn uses(job: &Job<'_>, cloud: &Cloud) -> bool {
    let in_image =
        job.image().is_some_and(|image| cloud.images.iter().chain(&["terraform", "terragrunt"]).any(|word| image.contains(word)));
    let is_program = |word: &str| cloud.programs.contains(&word) || ANY_CLOUD.contains(&word);
    let runs = |line: &Line<'_>| line.text.as_str().split([' ', '\t', '\n', ';', '|', '&', '(', '`']).any(is_program);
    in_image || job.all_lines().any(runs)
}

/// Where a job is handed a key.
struct Key {
    name: String,
    place: Place,
    path: LogicalPath,
    opener: Span,
}

/// The first place of this file that hands the job a key: a variable, else a line of a script.
fn key(pipeline: &Pipeline<'_>, job: &Job<'_>, cloud: &Cloud, globals: &[(String, &Variable<'_>)]) -> Option<Key> {
    let source = pipeline.source();
    let global = globals.iter().find(|(_, variable)| job.gets(variable)).cloned();
    if let Some((name, variable)) = global.or_else(|| keys_in(pipeline, job.own_variables().iter(), cloud).into_iter().next()) {
        let (path, opener) = (variable.path(), variable.key.node.span());
        return Some(Key { name, place: variable.key.place(), path, opener });
    }
    job.all_lines().filter(|line| line.at.source.id == source.id).find_map(|line| {
        let text = line.text.as_str();
        let (at, name) = cloud.keys.iter().filter_map(|name| Some((used(text, name)?, *name))).min()?;
        let place = source.place(line.text.hull(at..at + name.len()));
        Some(Key { name: name.to_owned(), place, path: line.path.clone(), opener: line.at.node.span() })
    })
}

/// The variables of this file that hold a key of the cloud.
fn keys_in<'v, 'a: 'v>(
    pipeline: &Pipeline<'_>,
    variables: impl Iterator<Item = &'v Variable<'a>>,
    cloud: &Cloud,
) -> Vec<(String, &'v Variable<'a>)> {
    let own = variables.filter(|variable| variable.key.source.id == pipeline.source().id);
    own.filter_map(|variable| Some((named(variable, cloud)?, variable))).collect()
}

/// The key that a variable of the file is given. A literal one is a leak and another check's business; an empty one is off.
fn named(variable: &Variable<'_>, cloud: &Cloud) -> Option<String> {
    let value = variable.value();
    let references = value.references();
    let given = references.iter().map(|reference| &*reference.name).find(|name| cloud.keys.contains(name));
    let own = Some(&*variable.name).filter(|name| cloud.keys.contains(name) && !references.is_empty());
    own.or(given).map(str::to_owned)
}

/// Where a script uses a key that it was given, or takes it from another variable: `$KEY`, `${KEY}`, `KEY=$OTHER`. What it
/// fetches itself (`KEY=$(…)`) does not last.
fn used(script: &str, key: &str) -> Option<usize> {
    let places = || script.match_indices(key).map(|(at, _)| (at, &script[..at], &script[at + key.len()..]));
    let value = |after: &str| after.strip_prefix('=').map(|value| value.trim_start_matches(['"', '\'']).to_owned());
    if places().any(|(_, _, after)| value(after).is_some_and(|value| value.starts_with("$(") || value.starts_with('`'))) {
        return None;
    }
    let whole = |after: &str| !after.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    let expanded = |before: &str| before.ends_with(['$', '{', ':']);
    let assigned = |before: &str, after: &str| {
        !before.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_') && value(after).is_some_and(|value| value.starts_with('$'))
    };
    places().find(|(_, before, after)| whole(after) && (expanded(before) || assigned(before, after))).map(|(at, ..)| at)
}
