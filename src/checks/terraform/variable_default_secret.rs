//! The default of a variable is a secret; `sensitive = true` hides it on screens only.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::terraform::{Blocks, Module};
use crate::unit::Unit;

pub(super) static VARIABLE_DEFAULT_SECRET: Check = Check { page: page!("terraform/variable-default-secret"), runs: &[Run::Module(check)] };

fn check(module: &Unit<Module<'_>>, findings: &mut Findings) {
    let variables = Blocks::new(module.blocks_of("variable"));
    for leak in module.leaks(findings.page()) {
        let finding = findings.leak(leak);
        finding.help("revoke it and delete `default`: a variable without one must be given by whoever runs Terraform");
        finding.unsafe_fix("delete `default`", variables.around(leak.place).and_then(|variable| variable.without(leak.place)));
    }
}
