//! The state, with every secret in clear, is a file beside the module.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::sensitive::{Sensitivity, attributes};
use crate::formats::terraform::{Block, Module};
use crate::literal::LogicalPath;
use crate::unit::Unit;

pub(super) static BACKEND_LOCAL: Check = Check { page: page!("terraform/backend-local"), runs: &[Run::Module(check)] };

const HELP: &str = "keep the state in a backend that encrypts it and can be locked";

fn check(module: &Unit<Module<'_>>, findings: &mut Findings) {
    for backend in module.backends().filter(|backend| backend.kind == "local" && !backend.reads_only) {
        let finding = findings.report(backend.place, "the state is an unencrypted file on the disk of whoever runs Terraform");
        finding.help(HELP).at(LogicalPath::same("terraform.backend.local"));
        if backend.source.setting.example || backend.source.setting.throwaway {
            finding.lowered();
        }
    }
    if keeps_state_beside_itself(module)
        && let Some(resource) = module.blocks_of("resource").find(|resource| holds_a_secret(*resource))
    {
        let message = format!("the secrets of `{}` are kept in an unencrypted file, because the module has no backend", resource.address());
        findings.report(resource.header(), message).help(HELP).at(LogicalPath::same(resource.address()));
    }
}

/// A root module without a backend. What is an example, a test or a module of others gets its backend from somebody else, and
/// what Terragrunt runs gets it from Terragrunt.
fn keeps_state_beside_itself(module: &Module<'_>) -> bool {
    let settings = module.blocks_of("terraform").any(|block| block.blocks().any(|inner| matches!(inner.kind(), "backend" | "cloud")));
    let elsewhere = module.blocks().next().is_some_and(|block| block.source().setting.example || block.source().setting.throwaway);
    let called = module.directory().split('/').any(|folder| matches!(folder, "modules" | "module"));
    let run_here = module.blocks_of("provider").next().is_some();
    run_here && !settings && !elsewhere && !called && module.encryptions().next().is_none() && !module.is_terragrunt()
}

fn holds_a_secret(resource: Block<'_>) -> bool {
    attributes(resource.label(0)).any(|(_, sensitivity)| sensitivity == Sensitivity::Credential)
}
