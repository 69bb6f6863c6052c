//! A job that deploys reads secrets that every job of the repository could read.

use std::collections::HashMap;

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::{Findings, LabelKind};
use crate::formats::github_actions::{Field, Job, Ran, Step, Use, Workflow};
use crate::literal::LogicalPath;
use crate::source::{Place, Span};
use crate::unit::Unit;

pub(super) static SECRET_OUTSIDE_ENVIRONMENT: Check =
    Check { page: page!("github-actions/secret-outside-environment"), runs: &[Run::Workflow(check)] };

/// What is known of a job.
#[derive(Default)]
struct Seen {
    /// The first secret that it reads.
    secret: Option<(Place, LogicalPath, Span, String)>,
    /// The first step that deploys or publishes.
    deploys: Option<Place>,
}

fn check(workflow: &Unit<Workflow<'_>>, findings: &mut Findings) {
    // Whoever calls a workflow cannot be told where its jobs run.
    if workflow.is_started_by("workflow_call") || workflow.is_template() {
        return;
    }
    let may_deploy = |job: &Job<'_>| job.called().is_none() && job.field("environment").is_none();
    let jobs = workflow.jobs().into_iter().filter(may_deploy);
    let mut jobs: HashMap<String, Seen> = jobs.filter_map(|job| Some((job.id()?.to_owned(), Seen::default()))).collect();
    for environment in workflow.environments().into_iter().filter(|environment| environment.step.is_none()) {
        let Some(job) = environment.job else { continue };
        let Some(seen) = job.id().and_then(|id| jobs.get_mut(id)).filter(|seen| seen.secret.is_none()) else { continue };
        seen.secret = environment.fields.iter().find_map(|field| of_field(field, job.opener()));
    }
    for (job, step) in workflow.steps() {
        let Some(seen) = job.id().and_then(|id| jobs.get_mut(id)) else { continue };
        if seen.secret.is_none() {
            seen.secret = of_step(workflow, &job, &step);
        }
        if seen.deploys.is_none() && deploys(&job, &step) {
            seen.deploys = Some(workflow.source().place(step.opener()));
        }
    }
    for job in workflow.jobs() {
        let Some(Seen { secret: Some(secret), deploys: Some(deploys) }) = job.id().and_then(|id| jobs.remove(id)) else { continue };
        let (place, path, opener, name) = secret;
        let finding = findings.report(place, format!("a job that deploys reads `{name}`, which every job of the repository could read"));
        finding.help("keep the secret in an environment with a branch rule or reviewers, and give the job `environment: production`");
        finding.at(path).within(opener).label(LabelKind::Related, deploys, "the job deploys here");
    }
}

fn is_own(found: &Use) -> bool {
    found.path.first().is_some_and(|context| context == "secrets") && !found.name().eq_ignore_ascii_case("secrets.GITHUB_TOKEN")
}

fn of_field(field: &Field<'_>, opener: Span) -> Option<(Place, LogicalPath, Span, String)> {
    let found = field.uses().into_iter().find(is_own)?;
    let place = Place { span: found.span, ..field.place() };
    Some((place, field.path(), opener, found.name()))
}

fn of_step(workflow: &Workflow<'_>, job: &Job<'_>, step: &Step<'_>) -> Option<(Place, LogicalPath, Span, String)> {
    let fields = step.env().chain(step.inputs()).find_map(|field| of_field(&field, step.opener()));
    fields.or_else(|| {
        let script = step.script(job)?;
        let found = script.uses.iter().flatten().find(|found| is_own(found))?;
        Some((workflow.source().place(found.span), script.path(), step.opener(), found.name()))
    })
}

/// Actions that log in to a cloud, deploy or publish.
#[rustfmt::skip]
const ACTIONS: [&str; 16] = [
    "aws-actions/configure-aws-credentials", "google-github-actions/auth", "azure/login", "azure/webapps-deploy", "azure/k8s-deploy",
    "azure/functions-action", "google-github-actions/deploy-cloudrun", "google-github-actions/deploy-appengine",
    "aws-actions/amazon-ecs-deploy-task-definition", "cloudflare/wrangler-action", "amondnet/vercel-action", "nwtgck/actions-netlify",
    "superfly/flyctl-actions", "pypa/gh-action-pypi-publish", "js-devtools/npm-publish", "firebaseextended/action-hosting-deploy",
];
/// Commands that do.
#[rustfmt::skip]
const COMMANDS: [(&str, &[&str]); 27] = [
    ("terraform", &["apply"]), ("tofu", &["apply"]), ("terragrunt", &["apply"]), ("pulumi", &["up"]), ("cdk", &["deploy"]),
    ("kubectl", &["apply"]), ("kubectl", &["set", "image"]), ("kubectl", &["rollout"]), ("helm", &["upgrade"]), ("helm", &["install"]),
    ("aws", &["s3", "sync"]), ("aws", &["ecs", "update-service"]), ("aws", &["lambda", "update-function-code"]), ("sam", &["deploy"]),
    ("serverless", &["deploy"]), ("gcloud", &["run", "deploy"]), ("gcloud", &["app", "deploy"]), ("firebase", &["deploy"]),
    ("wrangler", &["deploy"]), ("flyctl", &["deploy"]), ("fly", &["deploy"]), ("vercel", &["--prod"]), ("netlify", &["deploy"]),
    ("npm", &["publish"]), ("cargo", &["publish"]), ("twine", &["upload"]), ("gem", &["push"]),
];

fn deploys(job: &Job<'_>, step: &Step<'_>) -> bool {
    let action = step.action();
    let is_known = |ran: &Ran| {
        COMMANDS.iter().any(|(program, words)| ran.is(program, words)) && !ran.words.iter().any(|word| word.starts_with("--dry-run"))
    };
    // A script is read only where it has one of the words at all.
    let by_command = || {
        let script = step.script(job)?;
        let text = script.text.as_str();
        let has = COMMANDS.iter().any(|(program, words)| text.contains(program) && text.contains(words[0]));
        has.then(|| script.commands().iter().any(is_known))
    };
    action.is_some_and(|action| ACTIONS.contains(&&*action)) || by_command().unwrap_or_default()
}
