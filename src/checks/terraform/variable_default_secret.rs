//! The default of a variable is a secret; `sensitive = true` hides it on screens only.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::terraform::Module;
use crate::unit::Unit;

pub(super) static VARIABLE_DEFAULT_SECRET: Check = Check { page: page!("terraform/variable-default-secret"), runs: &[Run::Module(check)] };

fn check(module: &Unit<Module<'_>>, findings: &mut Findings) {
    for leak in module.leaks(findings.page()) {
        findings.leak(leak).help("revoke it and delete `default`: a variable without one must be given by whoever runs Terraform");
    }
}
