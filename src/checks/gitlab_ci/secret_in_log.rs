//! A script prints a secret: the log keeps it for everybody who can see the job.

use super::story;
use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::flow::gitlab_ci::Leaked;
use crate::flow::script::{Form, Nature, Reach};
use crate::formats::gitlab_ci::Pipeline;
use crate::unit::Unit;

pub(super) static SECRET_IN_LOG: Check = Check { page: page!("gitlab-ci/secret-in-log"), runs: &[Run::Pipeline(check)] };

fn check(pipeline: &Unit<Pipeline<'_>>, findings: &mut Findings) {
    for leaked in story::leaked(pipeline, &[Reach::Log, Reach::Trace]) {
        let case = case(leaked);
        let finding = findings.report_case(case, leaked.leak.taint.at, message(leaked));
        finding.help(help(case));
        story::tell(finding, leaked, pipeline, &format!("`{}` prints it", leaked.leak.printer));
    }
}

/// What is readable in the log is worst.
fn case(leaked: &Leaked) -> &'static str {
    match (leaked.origin.nature, leaked.leak.taint.form) {
        (Nature::Fetched | Nature::Unmasked, _) => "runtime-fetched-unmasked",
        (_, Form::Derived) => "derived",
        (_, Form::Whole) if leaked.is_predefined => "predefined",
        (_, Form::Whole) => "direct",
    }
}

fn message(leaked: &Leaked) -> String {
    let name = &leaked.origin.name;
    match case(leaked) {
        _ if leaked.leak.reach == Reach::Trace => format!("tracing prints the commands that `{name}` stands in to the job log"),
        _ if leaked.origin.nature == Nature::Unmasked && name.starts_with('$') => {
            format!("the file that `{name}` names is printed to the job log, and GitLab does not mask what files hold")
        }
        "runtime-fetched-unmasked" => format!("what `{name}` fetches is printed to the job log, and GitLab does not know to mask it"),
        "derived" => format!("{} is printed to the job log, where GitLab does not mask it", leaked.leak.what(&leaked.origin)),
        _ => format!("`{name}` is printed to the job log"),
    }
}

fn help(case: &str) -> &'static str {
    match case {
        "predefined" => "delete the line; print whether it is set instead: `[ -n \"$CI_JOB_TOKEN\" ] && echo set`",
        "direct" => "delete the line; GitLab hides the value only if the variable is flagged Masked and fits the rules for masking",
        "derived" => "do not print it: GitLab masks exact values only; hand it to the program that needs it, or write it to a file",
        _ => "do not print it: assign it and hand it on, or let GitLab fetch and mask it with the job's `secrets:`",
    }
}
