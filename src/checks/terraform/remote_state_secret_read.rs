//! A secret is read from another module's state, for which the reader must be able to read all of it.

use std::collections::HashSet;

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::terraform::{Argument, Module};
use crate::literal::LogicalPath;
use crate::secrets;
use crate::source::Place;
use crate::unit::Unit;

pub(super) static REMOTE_STATE_SECRET_READ: Check =
    Check { page: page!("terraform/remote-state-secret-read"), runs: &[Run::Module(check)] };

fn check(module: &Unit<Module<'_>>, findings: &mut Findings) {
    let mut known = HashSet::new();
    for block in module.blocks() {
        for (_, argument) in block.all_arguments() {
            for (state, output, place) in reads(&argument) {
                if !secrets::is_secret_name(&output) || !known.insert((state.clone(), output.clone())) {
                    continue;
                }
                let message = format!("`{output}` is read from the state `{state}`, which shows whoever reads it everything it holds");
                let finding = findings.report(place, message).within(argument.name_place().span);
                finding.help("let the other module put it into a secret store, and read it there by a right of its own");
                finding.at(LogicalPath::same(format!("data.terraform_remote_state.{state}.outputs.{output}")));
                if block.is_lowered() {
                    finding.lowered();
                }
            }
        }
    }
}

/// `data.terraform_remote_state.x.outputs.y` as `(x, y, place)`.
fn reads(argument: &Argument<'_>) -> Vec<(String, String, Place)> {
    let mut found = Vec::new();
    for lookup in argument.lookups().into_iter().filter(|lookup| lookup.root == "data") {
        let at = lookup.names.iter().position(|name| name == "outputs").filter(|at| *at >= 2);
        let output = at.and_then(|at| lookup.names.get(at + 1));
        if let ([kind, state, ..], Some(output)) = (lookup.names.as_slice(), output)
            && kind == "terraform_remote_state"
        {
            found.push((state.clone(), output.clone(), lookup.place));
        }
    }
    found
}
