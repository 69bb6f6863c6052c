//! A secret stands in state where neither the file nor the provider calls it sensitive.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::tfstate::State;
use crate::unit::Unit;

pub(super) static PLAINTEXT_SECRET_IN_STATE: Check = Check { page: page!("tfstate/plaintext-secret-in-state"), runs: &[Run::State(check)] };

fn check(state: &Unit<State<'_>>, findings: &mut Findings) {
    for leak in state.leaks(findings.page()) {
        findings
            .leak(leak)
            .help("revoke it; whoever could read this file has it. Let the resource fetch the new one instead of being given it");
    }
}
