//! The resource that puts a secret into a secret store holds the secret itself.

use super::extraction::Variables;
use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::terraform::{Blocks, Module};
use crate::unit::Unit;

pub(super) static HARDCODED_SECRET_RESOURCE: Check =
    Check { page: page!("terraform/hardcoded-secret-resource"), runs: &[Run::Module(check)] };

fn check(module: &Unit<Module<'_>>, findings: &mut Findings) {
    let variables = Variables::new(module);
    let resources = Blocks::new(module.blocks_of("resource"));
    for leak in module.leaks(findings.page()) {
        let resource = resources.around(leak.place);
        // A placeholder that Terraform writes once and somebody replaces by hand.
        let weak = leak.detector.is_none() && !leak.secret.strong;
        if weak && resource.is_some_and(|resource| resource.ignores_changes(leak.place)) {
            continue;
        }
        let finding = findings.leak(leak).help(
            "revoke it and put the new one into the store by hand or from a `sensitive` variable; the resource needs no value of its own",
        );
        variables.propose(leak, finding);
        if let Some(resource) = resource {
            finding.message(format!("`{}` puts a secret into its store that stands here in plain text", resource.address()));
        }
    }
}
