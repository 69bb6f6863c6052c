//! An output that holds a secret lacks the flag that keeps Terraform from printing it.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::tfstate::{OpenOutput, State};
use crate::literal::PathBuilder;
use crate::source::Span;
use crate::unit::Unit;

pub(super) static STATE_OUTPUT_NOT_SENSITIVE: Check =
    Check { page: page!("tfstate/state-output-not-sensitive"), runs: &[Run::State(check)] };

fn check(state: &Unit<State<'_>>, findings: &mut Findings) {
    for output in state.open_outputs().iter().filter(|output| holds_a_secret(state, output)) {
        // The name without its quotes.
        let name = Span { start: output.key.start + 1, end: output.key.end - 1 };
        findings
            .report(state.source().place(name), format!("output `{}` holds a secret and is not marked sensitive", output.name))
            .help("set `sensitive = true` on the output; without it every `terraform apply` and `terraform output` prints the value")
            .within(output.key)
            .at(PathBuilder::root("output").key(&output.name).build());
    }
}

/// The engine judged its value, or a part of it, secret.
fn holds_a_secret(state: &Unit<State<'_>>, output: &OpenOutput) -> bool {
    let verdicts = state.verdicts();
    let from = verdicts.partition_point(|verdict| verdict.place.span.start < output.value.start);
    verdicts.get(from).is_some_and(|verdict| output.value.contains(verdict.place.span))
}
