//! A secret's value stands in a pipeline file, where everybody who can read the repository can read it.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::gitlab_ci::{Pipeline, Variable};
use crate::unit::Unit;

pub(super) static PLAINTEXT_SECRET: Check = Check { page: page!("gitlab-ci/plaintext-secret"), runs: &[Run::Pipeline(check)] };

fn check(pipeline: &Unit<Pipeline<'_>>, findings: &mut Findings) {
    let mut sets = None;
    for leak in pipeline.leaks(findings.page()) {
        let variable = leak.suggested_name();
        let finding = findings.leak(leak).help(format!(
            "revoke it, add the new one under Settings > CI/CD > Variables as `{variable}`, masked and hidden, and write `${variable}` here"
        ));
        // A variable of the project is there without a word in the file; one in the file would hide it.
        let sets: &Vec<Variable<'_>> = sets.get_or_insert_with(|| sorted(pipeline));
        let before = sets.partition_point(|set| set.place() <= leak.place);
        let set = before.checked_sub(1).and_then(|index| sets.get(index));
        if let Some(set) = set.filter(|set| set.place().source == leak.place.source && set.place().span.contains(leak.place.span)) {
            let title = format!("delete `{}`, once it is a masked variable of the project", set.name);
            finding.unsafe_fix(title, set.without());
        }
    }
}

fn sorted<'a>(pipeline: &Pipeline<'a>) -> Vec<Variable<'a>> {
    let mut sets: Vec<Variable<'a>> = pipeline.variables().into_iter().map(|set| set.variable).collect();
    sets.sort_by_key(Variable::place);
    sets
}
