//! A container prints a secret: whoever keeps its output keeps the secret, and nothing is masked.

use crate::catalogue::page;
use crate::checks::{Check, Run, containers};
use crate::finding::Findings;
use crate::formats::compose::Compose;
use crate::unit::Unit;

pub(super) static SECRET_IN_LOG: Check = Check { page: page!("compose/secret-in-log"), runs: &[Run::Compose(check)] };

const HELP: &str =
    "let the program read the variable or `/run/secrets/NAME` itself, and print whether it is set: `[ -n \"$$PASSWORD\" ] && echo set`";

fn check(unit: &Unit<Compose<'_>>, findings: &mut Findings) {
    containers::report(unit.flow(), HELP, findings);
}
