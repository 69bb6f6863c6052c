//! A secret's value stands in a module, where everybody who can read the repository can read it.

use super::extraction::Variables;
use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::terraform::{Blocks, Module};
use crate::unit::Unit;

pub(super) static PLAINTEXT_SECRET: Check = Check { page: page!("terraform/plaintext-secret"), runs: &[Run::Module(check)] };

fn check(module: &Unit<Module<'_>>, findings: &mut Findings) {
    let variables = Variables::new(module);
    let resources = Blocks::new(module.blocks_of("resource"));
    for leak in module.leaks(findings.page()) {
        // A placeholder that Terraform writes once and somebody replaces by hand.
        let weak = leak.detector.is_none() && !leak.secret.strong;
        if weak && resources.around(leak.place).is_some_and(|resource| resource.ignores_changes(leak.place)) {
            continue;
        }
        let variable = variables.name(leak);
        let finding = findings.leak(leak);
        finding.help(format!("revoke it, declare `variable \"{variable}\" {{ sensitive = true }}` and write `var.{variable}` here"));
        variables.propose(leak, finding);
    }
}
