//! A script makes a value of a secret that GitLab cannot mask, and hands it to programs.

use super::story;
use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::flow::script::Reach;
use crate::formats::gitlab_ci::Pipeline;
use crate::unit::Unit;

pub(super) static UNMASKABLE_SECRET: Check = Check { page: page!("gitlab-ci/unmaskable-secret"), runs: &[Run::Pipeline(check)] };

fn check(pipeline: &Unit<Pipeline<'_>>, findings: &mut Findings) {
    for leaked in story::leaked(pipeline, &[Reach::Field]) {
        let what = leaked.leak.what(&leaked.origin);
        let message = format!("{what} is kept in a variable that GitLab cannot mask, and programs are given it");
        let finding = findings.report(leaked.leak.taint.at, message);
        finding.help("make the field a variable of its own, masked and hidden, or let the job fetch it with `secrets:`");
        story::tell(finding, leaked, pipeline, "it is kept here");
    }
}
