//! The login of a registry does not tell the runner to mask its password.

use std::collections::{HashMap, HashSet};

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::github_actions::{Job, Workflow};
use crate::unit::Unit;

pub(super) static ECR_PASSWORD_UNMASKED: Check =
    Check { page: page!("github-actions/ecr-password-unmasked"), runs: &[Run::Workflow(check)] };

/// <https://github.com/aws-actions/amazon-ecr-login#inputs>
const ACTION: &str = "aws-actions/amazon-ecr-login";

fn check(workflow: &Unit<Workflow<'_>>, findings: &mut Findings) {
    if !workflow.mentions(&[ACTION]) {
        return;
    }
    let mut handed_on: HashMap<Option<String>, HashSet<String>> = HashMap::new();
    for (job, step) in workflow.steps() {
        if step.action().as_deref() != Some(ACTION) {
            continue;
        }
        let handed_on = handed_on.entry(job.id().map(str::to_owned)).or_insert_with(|| handing_on(&job));
        if step.id().is_some_and(|id| handed_on.contains(&id.to_ascii_lowercase())) {
            continue;
        }
        let asked = step.input("mask-password");
        let finding = match (&asked, step.version()) {
            (Some(field), _) if step.literal_input("mask-password") == "false" => findings
                .report(field.place(), "the password of the registry is not masked: debug logging prints it")
                .help("delete the line: the action masks the password by itself")
                .at(field.path()),
            (None, Some(version)) if version.major == 1 => findings
                .report_case(
                    "by-default",
                    step.uses().unwrap_or_else(|| job.place()),
                    "version 1 does not mask the password of the registry by itself: debug logging prints it",
                )
                .help("use `aws-actions/amazon-ecr-login@v2`, or write `mask-password: true`")
                .at(step.path(&["uses"])),
            _ => continue,
        };
        finding.within(step.opener());
    }
}

/// The ids, in lower case, of steps whose password another job needs: the runner hands on no output that it would have to mask.
fn handing_on(job: &Job<'_>) -> HashSet<String> {
    let of_step = |path: &[String]| match path {
        [steps, id, _, name] if steps == "steps" && name.starts_with("docker_password") => Some(id.to_ascii_lowercase()),
        _ => None,
    };
    job.outputs().iter().flat_map(|field| field.uses().iter().filter_map(|found| of_step(&found.path)).collect::<Vec<_>>()).collect()
}
