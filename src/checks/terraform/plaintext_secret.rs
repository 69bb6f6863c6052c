//! A secret's value stands in a module, where everybody who can read the repository can read it.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::terraform::Module;
use crate::unit::Unit;

pub(super) static PLAINTEXT_SECRET: Check = Check { page: page!("terraform/plaintext-secret"), runs: &[Run::Module(check)] };

fn check(module: &Unit<Module<'_>>, findings: &mut Findings) {
    for leak in module.leaks(findings.page()) {
        let variable = leak.suggested_name().to_lowercase();
        findings
            .leak(leak)
            .help(format!("revoke it, declare `variable \"{variable}\" {{ sensitive = true }}` and write `var.{variable}` here"));
    }
}
