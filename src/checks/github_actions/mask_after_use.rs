//! A value is masked after it was shown.

use super::story;
use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::flow::script::Reach;
use crate::formats::github_actions::Workflow;
use crate::unit::Unit;

pub(super) static MASK_AFTER_USE: Check = Check { page: page!("github-actions/mask-after-use"), runs: &[Run::Workflow(check)] };

fn check(workflow: &Unit<Workflow<'_>>, findings: &mut Findings) {
    for leaked in story::leaked(workflow, &[Reach::LateMask]) {
        let what = leaked.leak.what(&leaked.origin);
        let finding = findings.report(leaked.leak.taint.at, format!("{what} is shown or handed on before it is masked"));
        finding.help("move the line with `::add-mask::` to right behind the assignment");
        story::tell(finding, leaked, workflow, "it is masked only here");
    }
}
