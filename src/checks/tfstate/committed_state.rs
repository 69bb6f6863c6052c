//! State does not belong into a repository: it holds every value that Terraform knows, and every clone keeps it.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::tfstate::{Condition, State};
use crate::source::Standing;
use crate::unit::Unit;

pub(super) static COMMITTED_STATE: Check = Check { page: page!("tfstate/committed-state"), runs: &[Run::State(check)] };

fn check(state: &Unit<State<'_>>, findings: &mut Findings) {
    let source = state.source();
    if source.standing == Standing::Ignored {
        return;
    }
    let place = state.place();
    let finding = match state.condition() {
        Condition::Encrypted => findings.report_case("encrypted", place, "state is kept in the repository, encrypted"),
        Condition::Empty => findings.report_case("empty", place, "state is kept in the repository, empty for now"),
        Condition::Backend => findings.report_case(
            "backend",
            place,
            "the backend's settings are kept in the repository, with every credential that `init` was given",
        ),
        Condition::SavedPlan => {
            findings.report(place, "a saved plan is kept in the repository, with the state and every variable in plain text")
        }
        Condition::Plain if source.setting.throwaway || source.setting.example => {
            findings.report_case("fixture", place, "state is kept in the repository, as a test's or an example's")
        }
        Condition::Plain if state.is_plan() => {
            findings.report(place, "a plan is kept in the repository, with the state and every variable in plain text")
        }
        Condition::Plain => findings.report(place, "state is kept in the repository, with every value in plain text"),
    };
    finding.help(
        "take it out with `git rm --cached`, ignore `*.tfstate`, `*.tfstate.*` and `.terraform/`, and keep state in an encrypted backend",
    );
}
