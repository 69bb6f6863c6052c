//! State keeps sensitive values in plain text: the mark only hides them on screen.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::sensitive::Sensitivity;
use crate::formats::tfstate::State;
use crate::secrets::Why;
use crate::unit::Unit;

pub(super) static SENSITIVE_VALUE_IN_STATE: Check = Check { page: page!("tfstate/sensitive-value-in-state"), runs: &[Run::State(check)] };

fn check(state: &Unit<State<'_>>, findings: &mut Findings) {
    // `terraform show -json` prints every value in clear and only says which are sensitive.
    let wherein = if state.is_plan() { "the plan" } else { "state" };
    for leak in state.leaks(findings.page()) {
        let case = match (&leak.why, state.sensitivity(leak.place.span)) {
            (Why::Shape(_) | Why::Unissued(_) | Why::Inside(_), _) | (_, Some(Sensitivity::Credential)) => Some("credential"),
            (_, Some(Sensitivity::Marked)) => Some("marked-only"),
            (_, None) => None,
        };
        findings
            .leak_case(case, leak)
            .message(format!("`{}` is a sensitive value and stands in {wherein} in plain text", leak.path.shown))
            .help("revoke it if this file was shared; write-only and ephemeral arguments (Terraform 1.11) keep values out of state");
    }
}
