//! A secret is an argument of Terraform: other processes, error messages, its folder and its plans show it.

use super::story;
use crate::catalogue::page;
use crate::checks::{Check, Run, terraform_arguments};
use crate::finding::Findings;
use crate::formats::gitlab_ci::Pipeline;
use crate::unit::Unit;

pub(super) static TERRAFORM_SECRET_CLI_ARG: Check =
    Check { page: page!("gitlab-ci/terraform-secret-cli-arg"), runs: &[Run::Pipeline(check)] };

fn check(pipeline: &Unit<Pipeline<'_>>, findings: &mut Findings) {
    for leaked in story::leaked(pipeline, &terraform_arguments::REACH) {
        let (message, help) = terraform_arguments::said(&leaked.leak, &leaked.origin);
        // The token of the job ends with it.
        let is_short_lived = leaked.is_predefined;
        let finding = findings.report_case_if(is_short_lived.then_some("job-token"), leaked.leak.taint.at, message);
        finding.help(help);
        story::tell(finding, leaked, pipeline, &format!("`{}` is run here", leaked.leak.printer));
    }
}
