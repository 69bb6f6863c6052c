//! A secret stands where others read it: a summary, an output, a comment, an artifact, the key of a cache.

use super::story;
use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::flow::github_actions::Leaked;
use crate::flow::script::Reach;
use crate::formats::github_actions::Workflow;
use crate::unit::Unit;

pub(super) static SECRET_IN_SUMMARY_OR_OUTPUT: Check =
    Check { page: page!("github-actions/secret-in-summary-or-output"), runs: &[Run::Workflow(check)] };

const REACHES: [Reach; 5] = [Reach::Summary, Reach::Output, Reach::Comment, Reach::CacheKey, Reach::Artifact];

fn check(workflow: &Unit<Workflow<'_>>, findings: &mut Findings) {
    for leaked in story::leaked(workflow, &REACHES) {
        let (what, place) = (leaked.leak.what(&leaked.origin), leaked.leak.taint.at);
        let (message, help) = words(leaked, &what);
        let masked = !leaked.is_readable() && matches!(leaked.leak.reach, Reach::Summary | Reach::Output);
        let finding = if masked { findings.report_case("summary-direct", place, message) } else { findings.report(place, message) };
        finding.help(help);
        story::tell(finding, leaked, workflow, "it goes there");
    }
}

/// What is wrong, and what to write instead.
fn words(leaked: &Leaked, what: &str) -> (String, &'static str) {
    match leaked.leak.reach {
        Reach::Output if !leaked.is_readable() => (
            format!("{what} is an output of the job: the runner leaves it out, with a warning"),
            "let the job that needs it read the secret itself, by its own `env:`",
        ),
        Reach::Output => (
            format!("{what} is an output of the job: it stands in clear with the run, and other jobs do not mask it"),
            "hand on a name or an id, and let the job that needs the value fetch it itself",
        ),
        Reach::Summary => {
            (format!("{what} is written to the summary of the run"), "write whether it is set, or the name of the secret, not its value")
        }
        Reach::CacheKey => (
            format!("{what} is part of the key of a cache, which everybody sees who may list caches"),
            "make the key of something public: `${{ hashFiles('**/package-lock.json') }}`",
        ),
        Reach::Artifact if leaked.leak.printer.starts_with("actions/cache") => (
            format!("{what} stands in a file that is kept in a cache, which later runs restore, those of pull requests too"),
            "leave the file out with `!path`, or write it where the cache does not reach",
        ),
        Reach::Artifact => (
            format!("{what} stands in a file that is uploaded as an artifact, which nothing masks"),
            "leave the file out with `!path`, or delete it before the upload",
        ),
        _ => (format!("{what} is written where everybody reads it: `{}`", leaked.leak.printer), "say what was done, not with which secret"),
    }
}
