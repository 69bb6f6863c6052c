//! A secret is an argument of Terraform: other processes, error messages, its folder and its plans show it.

use super::story;
use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::flow::script::Reach;
use crate::formats::github_actions::Workflow;
use crate::unit::Unit;

pub(super) static TERRAFORM_SECRET_CLI_ARG: Check =
    Check { page: page!("github-actions/terraform-secret-cli-arg"), runs: &[Run::Workflow(check)] };

fn check(workflow: &Unit<Workflow<'_>>, findings: &mut Findings) {
    for leaked in story::leaked(workflow, &[Reach::TerraformVariable, Reach::TerraformBackend]) {
        let (what, program) = (leaked.leak.what(&leaked.origin), &leaked.leak.printer);
        let (message, help) = match leaked.leak.reach {
            Reach::TerraformBackend => (
                format!("{what} is an argument of `{program}`, which writes it to `.terraform` and into every plan"),
                "let the backend read its key from the environment: `AWS_SECRET_ACCESS_KEY`, `ARM_ACCESS_KEY`, `TF_HTTP_PASSWORD`",
            ),
            _ => (
                format!("{what} is an argument of `{program}`, which every process of the machine can read and error messages repeat"),
                "give the variable by the environment: `TF_VAR_db_password`",
            ),
        };
        // The token of the job ends with it.
        let is_short_lived = matches!(&*leaked.origin.name, "github.token" | "secrets.GITHUB_TOKEN");
        let finding = findings.report_case_if(is_short_lived.then_some("job-token"), leaked.leak.taint.at, message);
        finding.help(help);
        story::tell(finding, leaked, workflow, &format!("`{program}` is run here"));
    }
}
