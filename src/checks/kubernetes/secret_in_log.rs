//! A container prints a secret: whoever keeps its output keeps the secret, and nothing is masked.

use crate::catalogue::page;
use crate::checks::{Check, Run, containers};
use crate::finding::Findings;
use crate::formats::kubernetes::Manifests;
use crate::unit::Unit;

pub(super) static SECRET_IN_LOG: Check = Check { page: page!("kubernetes/secret-in-log"), runs: &[Run::Manifests(check)] };

const HELP: &str = "let the program read the variable or the file itself, and print whether it is set: `[ -n \"$PASSWORD\" ] && echo set`";

fn check(unit: &Unit<Manifests<'_>>, findings: &mut Findings) {
    containers::report(unit.flow(), HELP, findings);
}
