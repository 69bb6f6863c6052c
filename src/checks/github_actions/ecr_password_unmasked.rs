//! The login of a registry does not tell the runner to mask its password.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::github_actions::{Job, Step, Workflow};
use crate::unit::Unit;

pub(super) static ECR_PASSWORD_UNMASKED: Check =
    Check { page: page!("github-actions/ecr-password-unmasked"), runs: &[Run::Workflow(check)] };

/// <https://github.com/aws-actions/amazon-ecr-login#inputs>
const ACTION: &str = "aws-actions/amazon-ecr-login";

fn check(workflow: &Unit<Workflow<'_>>, findings: &mut Findings) {
    if !workflow.mentions(&[ACTION]) {
        return;
    }
    for (job, step) in workflow.steps() {
        if step.action().as_deref() != Some(ACTION) || hands_password_on(&job, &step) {
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

/// Another job needs the password: the runner hands on no output that it would have to mask.
fn hands_password_on(job: &Job<'_>, step: &Step<'_>) -> bool {
    let Some(id) = step.id() else { return false };
    let of_step = |path: &[String]| matches!(path, [steps, own, _, name] if steps == "steps" && own.eq_ignore_ascii_case(&id) && name.starts_with("docker_password"));
    job.outputs().iter().any(|field| field.uses().iter().any(|found| of_step(&found.path)))
}
