//! A secret is a build argument, and what records the build is pushed with the image.

use super::story;
use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::flow::script::Reach;
use crate::formats::github_actions::Workflow;
use crate::unit::Unit;

pub(super) static BUILD_ARG_IN_ATTESTATION: Check =
    Check { page: page!("github-actions/build-arg-in-attestation"), runs: &[Run::Workflow(check)] };

fn check(workflow: &Unit<Workflow<'_>>, findings: &mut Findings) {
    let attested = story::attested(workflow);
    for leaked in story::leaked(workflow, &[Reach::BuildArgument]).filter(|leaked| attested.contains(&leaked.opener)) {
        let what = leaked.leak.what(&leaked.origin);
        let message =
            format!("if the repository is public, {what} stands in the attestation that is pushed with the image, beside its history");
        let finding = findings.report(leaked.leak.taint.at, message);
        finding.help("hand it over with `secrets:` and read it with `RUN --mount=type=secret,id=token`");
        story::tell(finding, leaked, workflow, "the image is built and pushed here");
    }
}
