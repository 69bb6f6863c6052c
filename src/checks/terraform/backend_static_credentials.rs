//! A backend is configured with a credential that stands in the module; `init` copies it into `.terraform` and into plan files too.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::terraform::{Blocks, Module};
use crate::unit::Unit;

pub(super) static BACKEND_STATIC_CREDENTIALS: Check =
    Check { page: page!("terraform/backend-static-credentials"), runs: &[Run::Module(check)] };

fn check(module: &Unit<Module<'_>>, findings: &mut Findings) {
    // What encrypts the state has no default.
    let backends = Blocks::new(module.blocks_of("terraform").flat_map(|settings| settings.blocks_of("backend")));
    for leak in module.leaks(findings.page()) {
        let finding = findings.leak(leak).help("revoke it and delete the argument: backends read their credentials from the environment");
        finding.unsafe_fix("delete the argument", backends.around(leak.place).and_then(|block| block.without(leak.place)));
    }
}
