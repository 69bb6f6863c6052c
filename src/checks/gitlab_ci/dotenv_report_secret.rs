//! A secret is handed on in a file of variables, which nothing masks.

use super::story;
use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::flow::script::Reach;
use crate::formats::gitlab_ci::Pipeline;
use crate::unit::Unit;

pub(super) static DOTENV_REPORT_SECRET: Check = Check { page: page!("gitlab-ci/dotenv-report-secret"), runs: &[Run::Pipeline(check)] };

fn check(pipeline: &Unit<Pipeline<'_>>, findings: &mut Findings) {
    for leaked in story::leaked(pipeline, &[Reach::Handed]) {
        let (what, file) = (leaked.leak.what(&leaked.origin), &leaked.leak.printer);
        let message = match file.starts_with('$') {
            true => format!("{what} is written to `{file}`: the variable that comes of it is not masked"),
            false => {
                format!("{what} is handed on in `{file}`: the variable that comes of it is not masked, and the file can be downloaded")
            }
        };
        let finding = findings.report(leaked.leak.taint.at, message);
        finding.help("hand on a name or an id, and let the job that needs the value take it from a masked variable or from `secrets:`");
        story::tell(finding, leaked, pipeline, "it is handed on here");
    }
}
