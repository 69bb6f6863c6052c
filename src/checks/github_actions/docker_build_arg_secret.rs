//! A secret is a build argument, which stays in the history of the image.

use super::story;
use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::flow::script::Reach;
use crate::formats::github_actions::Workflow;
use crate::unit::Unit;

pub(super) static DOCKER_BUILD_ARG_SECRET: Check =
    Check { page: page!("github-actions/docker-build-arg-secret"), runs: &[Run::Workflow(check)] };

fn check(workflow: &Unit<Workflow<'_>>, findings: &mut Findings) {
    // One that is pushed with its record is the business of `build-arg-in-attestation`, which says more.
    let attested = story::attested(workflow);
    for leaked in story::leaked(workflow, &[Reach::BuildArgument]).filter(|leaked| !attested.contains(&leaked.opener)) {
        let what = leaked.leak.what(&leaked.origin);
        let finding = findings.report(leaked.leak.taint.at, format!("{what} is a build argument: whoever has the image can read it"));
        finding.help("hand it over with `secrets:` (`--secret id=token,env=TOKEN`) and read it with `RUN --mount=type=secret,id=token`");
        story::tell(finding, leaked, workflow, "the image is built here");
    }
}
