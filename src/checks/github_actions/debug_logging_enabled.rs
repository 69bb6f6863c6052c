//! A tool is told to log everything it does, in a job that has secrets.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::github_actions::{Environment, Field, Workflow};
use crate::unit::Unit;

pub(super) static DEBUG_LOGGING_ENABLED: Check =
    Check { page: page!("github-actions/debug-logging-enabled"), runs: &[Run::Workflow(check)] };

/// Variables that make programs log all that they do: the name, the values, whether requests are logged with their headers.
const SWITCHES: [(&str, &[&str], bool); 9] = [
    ("TF_LOG", &["trace", "json"], true),
    ("TF_LOG", &["debug"], false),
    ("TF_LOG_PROVIDER", &["trace", "json"], true),
    ("GIT_CURL_VERBOSE", &["1", "true", "2"], true),
    ("GIT_TRACE_CURL", &["1", "true", "2"], true),
    ("RUNNER_DEBUG", &["1"], false),
    ("ANSIBLE_DEBUG", &["1", "true", "yes"], false),
    ("NPM_CONFIG_LOGLEVEL", &["silly"], false),
    ("AZURE_HTTP_LOGGING", &["1", "true"], false),
];

fn check(workflow: &Unit<Workflow<'_>>, findings: &mut Findings) {
    if !workflow.mentions(&["debug", "_log", "git_"]) {
        return;
    }
    for environment in workflow.environments() {
        for field in &environment.fields {
            let opener = environment.step.as_ref().map_or(field.key().span, |step| step.opener());
            let name = field.name();
            let value = field.literal().map(|value| value.trim().to_ascii_lowercase());
            let switch = |value: &str| SWITCHES.iter().find(|(known, values, _)| *known == name && values.contains(&value));
            let finding = match (&*name, value.as_deref()) {
                ("ACTIONS_STEP_DEBUG" | "ACTIONS_RUNNER_DEBUG", Some("true" | "1")) => findings.report_case(
                    "no-effect",
                    field.place(),
                    format!("`{name}` has no effect here: the runner reads it only from secrets and variables of the repository"),
                ),
                (_, Some(value)) => match switch(value).filter(|_| has_secrets(workflow, &environment)) {
                    Some((_, _, true)) => findings.report_case(
                        "trace",
                        field.place(),
                        format!("`{name}` logs requests with their headers, in a job that has secrets"),
                    ),
                    Some(_) => findings.report(field.place(), format!("`{name}` logs all that a program does, in a job that has secrets")),
                    None => continue,
                },
                (_, None) => continue,
            };
            let help = "delete the line; to look at one run, start it again with debug logging";
            finding.help(help).at(field.path()).within(opener).safe_fix(format!("delete `{name}`"), field.without());
        }
    }
}

/// Whether secrets are in reach of what an environment is for.
fn has_secrets(workflow: &Workflow<'_>, environment: &Environment<'_>) -> bool {
    let is_secret = |field: Field<'_>| field.uses().iter().any(|found| found.is_secret());
    let in_reach = workflow.steps().into_iter().filter(|(job, _)| environment.job.as_ref().is_none_or(|own| own.id() == job.id()));
    let steps: Vec<_> = in_reach.collect();
    let of_jobs = steps.iter().any(|(job, _)| job.env().chain(job.container_env()).any(is_secret));
    let of_steps = |(job, step): &(crate::formats::github_actions::Job<'_>, crate::formats::github_actions::Step<'_>)| {
        let in_script = step.script(job).is_some_and(|script| script.uses.iter().flatten().any(|found| found.is_secret()));
        in_script || step.env().chain(step.inputs()).any(is_secret)
    };
    workflow.env().any(is_secret) || of_jobs || steps.iter().any(of_steps)
}
