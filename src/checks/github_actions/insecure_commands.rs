//! `ACTIONS_ALLOW_UNSECURE_COMMANDS` lets everything that a step prints set variables and the path of later steps.

use std::collections::HashSet;

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::github_actions::{Field, Workflow};
use crate::unit::Unit;

pub(super) static INSECURE_COMMANDS: Check = Check { page: page!("github-actions/insecure-commands"), runs: &[Run::Workflow(check)] };

const VARIABLE: &str = "ACTIONS_ALLOW_UNSECURE_COMMANDS";
const MESSAGE: &str = "`ACTIONS_ALLOW_UNSECURE_COMMANDS` lets whatever a step prints set variables and `PATH` of later steps";
const HELP: &str = "remove it, and write to `$GITHUB_ENV` and `$GITHUB_PATH` instead of printing `::set-env` and `::add-path`";

fn check(workflow: &Unit<Workflow<'_>>, findings: &mut Findings) {
    // The runner asks for a boolean in any case: https://github.com/actions/runner/blob/main/src/Runner.Worker/ActionCommandManager.cs
    let mut known = HashSet::new();
    let on = |field: &&Field<'_>| field.literal().is_some_and(|text| text.trim().eq_ignore_ascii_case("true"));
    for field in workflow.settings(VARIABLE).iter().filter(on) {
        known.insert(field.key());
        let (title, without) = (format!("delete `{VARIABLE}`"), field.without());
        let finding = findings.report(field.key(), MESSAGE).help(HELP).at(field.path());
        // A script that prints such a command fails without it.
        if workflow.mentions(&["::set-env", "::add-path"]) {
            finding.unsafe_fix(title, without)
        } else {
            finding.safe_fix(title, without)
        };
    }
    // A matrix may hold whole environments.
    let everywhere = if workflow.mentions(&["actions_allow_unsecure_commands"]) { workflow.named(VARIABLE) } else { Vec::new() };
    for (place, path, value) in everywhere {
        if value.trim().eq_ignore_ascii_case("true") && known.insert(place) {
            findings.report(place, MESSAGE).help(HELP).at(path);
        }
    }
}
