//! A secret is an argument of a program: other processes and the program itself show it.

use super::story;
use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::flow::github_actions::Leaked;
use crate::flow::script::Reach;
use crate::formats::github_actions::Workflow;
use crate::unit::Unit;

pub(super) static SECRET_ON_COMMAND_LINE: Check =
    Check { page: page!("github-actions/secret-on-command-line"), runs: &[Run::Workflow(check)] };

fn check(workflow: &Unit<Workflow<'_>>, findings: &mut Findings) {
    let mut logins = None;
    for leaked in story::leaked(workflow, &[Reach::Argument, Reach::Verbose, Reach::Interpolation]) {
        let (what, place, program) = (leaked.leak.what(&leaked.origin), leaked.leak.taint.at, &leaked.leak.printer);
        let finding = match leaked.leak.reach {
            Reach::Verbose => findings
                .report_case("verbose", place, format!("`{program}` is told to print its requests, {what} with them"))
                .help("leave `-v` and `--trace` away, or read the header from a file: `-H @header.txt`"),
            Reach::Interpolation => findings
                .report_case("interpolation", place, format!("{what} is put into the text of the script, before any shell reads it"))
                .help("give it to the step by `env:` and write `\"$NAME\"` in the script"),
            // It opens little and ends with the job, which has the machine for itself more often than not.
            _ if is_short_lived(&leaked.origin.name) => findings
                .report_case(
                    "job-token",
                    place,
                    format!("{what} is an argument of `{program}`, which every process of the machine can read"),
                )
                .help("let `actions/checkout` or `gh auth setup-git` hand the token to git"),
            _ => findings
                .report_case_if(
                    is_on_hosted_machine(workflow, leaked).then_some("hosted"),
                    place,
                    format!("{what} is an argument of `{program}`, which every process of the machine can read"),
                )
                .help("hand it over on standard input or in a file: `echo \"$TOKEN\" | docker login -u me --password-stdin`"),
        };
        if leaked.leak.reach == Reach::Argument {
            let change = logins.get_or_insert_with(|| workflow.logins()).on_standard_input(place);
            finding.safe_fix("hand the password over on standard input", change);
        }
        story::tell(finding, leaked, workflow, &format!("`{program}` is run here"));
    }
}

/// A machine that nobody else is on: what remains are error messages and the configuration that a program writes.
fn is_on_hosted_machine(workflow: &Workflow<'_>, leaked: &Leaked) -> bool {
    workflow.jobs().iter().any(|job| job.span().contains(leaked.opener) && job.is_hosted())
}

/// The token of the job, and those that an app makes for an hour.
fn is_short_lived(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    matches!(&*name, "github.token" | "secrets.github_token") || (name.starts_with("steps.") && name.ends_with(".outputs.token"))
}
