//! `CI_DEBUG_TRACE` writes every variable of a job into its log.

use std::collections::HashSet;

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::flow::gitlab_ci::with_secrets;
use crate::formats::gitlab_ci::{Pipeline, Set, Variable};
use crate::unit::Unit;

pub(super) static DEBUG_TRACE_ENABLED: Check = Check { page: page!("gitlab-ci/debug-trace-enabled"), runs: &[Run::Pipeline(check)] };

/// What the runner takes for true: <https://pkg.go.dev/strconv#ParseBool>.
const TRUE: [&str; 6] = ["1", "t", "T", "TRUE", "true", "True"];

fn check(pipeline: &Unit<Pipeline<'_>>, findings: &mut Findings) {
    let sets = pipeline.variables();
    let prefilled: HashSet<&str> = sets.iter().filter(|set| set.variable.is_prefilled).map(|set| &*set.variable.name).collect();
    let secrets = with_secrets(pipeline);
    for Set { variable, job } in &sets {
        let shows = match &*variable.name {
            "CI_DEBUG_TRACE" => "the log shows every variable of the job",
            "CI_DEBUG_SERVICES" => "the log shows all that the service containers write",
            _ => continue,
        };
        let has_secrets = job.map_or_else(|| secrets.contains(&true), |job| secrets.get(job) == Some(&true));
        let on = format!("`{}` is on: {shows}", variable.name);
        let state = state(variable, &prefilled);
        let finding = match state {
            State::Off => continue,
            State::On if has_secrets => findings.report(variable.place(), on),
            State::On => findings.report_case("no-secrets", variable.place(), on),
            State::Asked => {
                let message = format!("`{}` can be switched on by whoever starts the pipeline: {shows}", variable.name);
                findings.report_case("manual-input", variable.place(), message)
            }
        };
        finding.at(variable.path()).within(variable.key.node.span()).help(
            "delete the line; to debug once, set the variable when you run that one pipeline by hand, and erase the job's log afterwards",
        );
        if matches!(state, State::On) {
            finding.safe_fix(format!("delete `{}`", variable.name), variable.without());
        }
    }
}

/// Whether debug logging is on.
enum State {
    Off,
    On,
    /// Whoever starts the pipeline decides.
    Asked,
}

fn state(variable: &Variable<'_>, prefilled: &HashSet<&str>) -> State {
    let value = variable.raw();
    if TRUE.contains(&&*value) {
        return State::On;
    }
    let asked = value.contains("$[[") || variable.value().references().iter().any(|reference| prefilled.contains(&*reference.name));
    if asked { State::Asked } else { State::Off }
}
