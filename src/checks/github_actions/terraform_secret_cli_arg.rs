//! A secret is an argument of Terraform: other processes, error messages, its folder and its plans show it.

use super::story;
use crate::catalogue::page;
use crate::checks::{Check, Run, terraform_arguments};
use crate::finding::Findings;
use crate::formats::github_actions::Workflow;
use crate::unit::Unit;

pub(super) static TERRAFORM_SECRET_CLI_ARG: Check =
    Check { page: page!("github-actions/terraform-secret-cli-arg"), runs: &[Run::Workflow(check)] };

fn check(workflow: &Unit<Workflow<'_>>, findings: &mut Findings) {
    for leaked in story::leaked(workflow, &terraform_arguments::REACH) {
        let (message, help) = terraform_arguments::said(&leaked.leak, &leaked.origin);
        // The token of the job ends with it.
        let is_short_lived = matches!(&*leaked.origin.name, "github.token" | "secrets.GITHUB_TOKEN");
        let finding = findings.report_case_if(is_short_lived.then_some("job-token"), leaked.leak.taint.at, message);
        finding.help(help);
        story::tell(finding, leaked, workflow, &format!("`{}` is run here", leaked.leak.printer));
    }
}
