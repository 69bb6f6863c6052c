//! A guard against strangers' code is switched off, where their code would have secrets.

use std::cell::OnceCell;

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::github_actions::{Job, Step, Workflow};
use crate::unit::Unit;

pub(super) static ALLOW_UNSAFE_PR_CHECKOUT: Check =
    Check { page: page!("github-actions/allow-unsafe-pr-checkout"), runs: &[Run::Workflow(check)] };

/// <https://github.com/actions/checkout#usage>
const INPUT: &str = "allow-unsafe-pr-checkout";

/// Events on which the action refuses such code.
const EVENTS: [&str; 2] = ["pull_request_target", "workflow_run"];

fn check(workflow: &Unit<Workflow<'_>>, findings: &mut Findings) {
    if !workflow.mentions(&[INPUT]) {
        return;
    }
    let events = workflow.events();
    let Some(event) = events.iter().find(|event| EVENTS.contains(&&***event)) else { return };
    for job in workflow.jobs() {
        let last_run = OnceCell::new();
        for (index, step) in job.steps().enumerate().filter(|(_, step)| step.action().as_deref() == Some("actions/checkout")) {
            let field = step.input(INPUT).filter(|_| step.literal_input(INPUT) == "true");
            let is_harmless = || last_run.get_or_init(|| harmless_behind(workflow, &job)).is_some_and(|last| index >= last);
            let Some(field) = field.filter(|_| !is_harmless()) else { continue };
            findings
                .report(
                    field.place(),
                    format!("the code of whoever opens a pull request is let in on `{event}`, with what the job may do and read"),
                )
                .help("delete the line, build strangers' code on `pull_request`, and do what needs secrets in another workflow")
                .at(field.path())
                .within(step.opener());
        }
    }
}

/// The step behind which a checkout does no harm, because nothing runs that it brought: none where the job has a secret or a token that
/// may write.
fn harmless_behind(workflow: &Workflow<'_>, job: &Job<'_>) -> Option<usize> {
    let fields = job.steps().flat_map(|step| step.env().chain(step.inputs()).collect::<Vec<_>>());
    let mut fields = workflow.env().chain(job.env()).chain(job.container_env()).chain(fields);
    let has_secret = fields.any(|field| field.uses().iter().any(|found| found.is_secret()));
    let permissions = job.permissions().or(workflow.permissions());
    let only_reads = permissions.is_some_and(|permissions| !permissions.writes_anything());
    let runs = |step: &Step<'_>| step.script(job).is_some() || step.used_folder().is_some();
    let last = job.steps().enumerate().filter(|(_, step)| runs(step)).last().map_or(0, |(index, _)| index);
    (!has_secret && only_reads).then_some(last)
}
