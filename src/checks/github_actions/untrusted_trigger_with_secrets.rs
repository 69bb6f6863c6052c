//! Code of a stranger is checked out in a job that has secrets.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::{Findings, LabelKind};
use crate::formats::github_actions::{Job, Step, Workflow};
use crate::literal::LogicalPath;
use crate::source::{Place, Span};
use crate::unit::Unit;

pub(super) static UNTRUSTED_TRIGGER_WITH_SECRETS: Check =
    Check { page: page!("github-actions/untrusted-trigger-with-secrets"), runs: &[Run::Workflow(check)] };

/// Events whose workflows run with the secrets of the repository, whoever caused them.
const EVENTS: [&str; 3] = ["pull_request_target", "workflow_run", "issue_comment"];

/// What names the code of whoever caused the event.
const HEADS: [&str; 9] = [
    "github.event.pull_request.head.",
    "github.head_ref",
    "refs/pull/",
    "github.event.workflow_run.head_",
    "github.event.workflow_run.pull_requests",
    "github.event.issue.number",
    "github.event.pull_request.merge_commit_sha",
    "steps.get-branch.outputs.branch",
    "github.event.number",
];

fn check(workflow: &Unit<Workflow<'_>>, findings: &mut Findings) {
    let events = workflow.events();
    let Some(event) = events.iter().find(|event| EVENTS.contains(&&***event)) else { return };
    for job in workflow.jobs() {
        let Some((place, path, opener)) = checkout(workflow, &job, events.iter().any(|event| event == "issue_comment")) else { continue };
        let Some((secret, name)) = secret(workflow, &job) else { continue };
        let labelled = workflow.types("pull_request_target").iter().any(|kind| kind == "labeled") || job.condition().contains("label");
        let message = format!("the code of whoever opens a pull request is checked out on `{event}`, in a job that has {name}");
        let finding = if labelled { findings.report_case("label-gated", place, message) } else { findings.report(place, message) };
        finding.help("build strangers' code on `pull_request`, which has no secrets, and do what needs them in another workflow");
        finding.at(path).within(opener);
        finding.label(LabelKind::Related, secret, "what such code can take");
    }
}

/// Where a job checks out the code of a pull request.
fn checkout(workflow: &Workflow<'_>, job: &Job<'_>, comment: bool) -> Option<(Place, LogicalPath, Span)> {
    job.steps().find_map(|step| {
        if step.action().as_deref() == Some("actions/checkout") {
            let field = step.input("ref")?;
            let text = field.text()?;
            let is_head = HEADS.iter().any(|head| text.as_str().contains(head));
            // From version 7 on the action refuses such code, on all but comments; what switches that off has a check of its own.
            let guarded = step.version().is_some_and(|version| version.major >= 7) && !comment;
            let allowed = step.literal_input("allow-unsafe-pr-checkout") == "true";
            return (is_head && !guarded && !allowed).then(|| (field.place(), field.path(), step.opener()));
        }
        by_command(workflow, job, &step)
    })
}

/// `gh pr checkout`, `git fetch origin pull/1/head`.
fn by_command(workflow: &Workflow<'_>, job: &Job<'_>, step: &Step<'_>) -> Option<(Place, LogicalPath, Span)> {
    let script = step.script(job)?;
    let fetches = |text: &str| text.contains("pull/") && (text.contains("/head") || text.contains("/merge"));
    let text = |span: Span| workflow.source().slice(span);
    let ran = script
        .commands()
        .into_iter()
        .find(|ran| ran.is("gh", &["pr", "checkout"]) || (ran.is("git", &["fetch"]) && fetches(text(ran.span))))?;
    Some((workflow.source().place(ran.span), script.path(), step.opener()))
}

/// A secret of the job, or a token that may write; and what to call it.
fn secret(workflow: &Workflow<'_>, job: &Job<'_>) -> Option<(Place, String)> {
    let steps = job.steps().flat_map(|step| step.env().chain(step.inputs()).collect::<Vec<_>>());
    let fields = workflow.env().chain(job.env()).chain(job.container_env()).chain(steps);
    let of_fields = fields.filter_map(|field| Some((field.place(), field.uses().into_iter().find(|found| is_own(&found.path))?.name())));
    let scripts = job.steps().filter_map(|step| step.script(job));
    let of_scripts = scripts.flat_map(|script| script.uses.into_iter().flatten()).filter(|found| is_own(&found.path));
    let of_scripts = of_scripts.map(|found| (workflow.source().place(found.span), found.name()));
    let named = of_fields.chain(of_scripts).next().map(|(place, name)| (place, format!("`{name}`")));
    named.or_else(|| {
        let permissions = job.permissions().filter(|permissions| permissions.writes_anything())?;
        let scope = ["contents", "packages", "id-token", "pull-requests", "actions", "deployments", "issues"];
        let place = scope.into_iter().filter(|scope| permissions.writes(scope)).find_map(|scope| permissions.place(scope));
        Some((place.unwrap_or_else(|| job.place()), "a token that may write".to_owned()))
    })
}

fn is_own(path: &[String]) -> bool {
    matches!(path, [context, name, ..] if context == "secrets" && name != "GITHUB_TOKEN")
}
