//! A secret is an argument of a program: other processes, the program and images show it.

use super::story;
use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::flow::script::Reach;
use crate::formats::gitlab_ci::Pipeline;
use crate::unit::Unit;

pub(super) static SECRET_ON_COMMAND_LINE: Check = Check { page: page!("gitlab-ci/secret-on-command-line"), runs: &[Run::Pipeline(check)] };

fn check(pipeline: &Unit<Pipeline<'_>>, findings: &mut Findings) {
    let mut logins = None;
    for leaked in story::leaked(pipeline, &[Reach::Argument, Reach::Verbose, Reach::BuildArgument]) {
        let (what, program) = (leaked.leak.what(&leaked.origin), &leaked.leak.printer);
        let (message, help) = match leaked.leak.reach {
            Reach::Verbose => (
                format!("`{program}` is told to print its requests, {what} with them"),
                "leave `-v` and `--trace` away, or read the header from a file: `-H @header.txt`",
            ),
            Reach::BuildArgument => (
                format!("{what} is a build argument: whoever has the image can read it"),
                "hand it over with `--secret id=token,env=TOKEN` and read it with `RUN --mount=type=secret,id=token`",
            ),
            _ => (
                format!("{what} is an argument of `{program}`, which every process of the machine can read"),
                "hand it over on standard input or in a file: `echo \"$CI_REGISTRY_PASSWORD\" | docker login -u \"$CI_REGISTRY_USER\" --password-stdin \"$CI_REGISTRY\"`",
            ),
        };
        let finding = findings.report(leaked.leak.taint.at, message);
        finding.help(help);
        if leaked.leak.reach == Reach::Argument {
            let change = logins.get_or_insert_with(|| pipeline.logins()).on_standard_input(leaked.leak.taint.at);
            finding.safe_fix("hand the password over on standard input", change);
        }
        story::tell(finding, leaked, pipeline, &format!("`{program}` is run here"));
    }
}
