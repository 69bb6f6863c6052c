//! A secret's value stands in a pipeline file, where everybody who can read the repository can read it.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::gitlab_ci::Pipeline;
use crate::unit::Unit;

pub(super) static PLAINTEXT_SECRET: Check = Check { page: page!("gitlab-ci/plaintext-secret"), runs: &[Run::Pipeline(check)] };

fn check(pipeline: &Unit<Pipeline<'_>>, findings: &mut Findings) {
    for leak in pipeline.leaks(findings.page()) {
        let variable = leak.suggested_name();
        findings.leak(leak).help(format!(
            "revoke it, add the new one under Settings > CI/CD > Variables as `{variable}`, masked and hidden, and write `${variable}` here"
        ));
    }
}
