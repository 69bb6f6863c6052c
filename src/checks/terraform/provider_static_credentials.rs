//! A provider is configured with a credential that stands in the module.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::terraform::{Block, Blocks, Module};
use crate::unit::Unit;

pub(super) static PROVIDER_STATIC_CREDENTIALS: Check =
    Check { page: page!("terraform/provider-static-credentials"), runs: &[Run::Module(check)] };

fn check(module: &Unit<Module<'_>>, findings: &mut Findings) {
    let providers = Blocks::new(module.blocks_of("provider"));
    for leak in module.leaks(findings.page()) {
        let provider = providers.around(leak.place);
        let emulated = provider.is_some_and(is_emulator);
        let finding = findings.leak(leak).help("revoke it and delete the argument: providers read their credentials from the environment");
        if emulated && leak.detector.is_none() {
            finding.case = Some("localstack");
            finding.severity = finding.page.severity(finding.case);
        }
    }
}

/// LocalStack and its like take any credential: <https://docs.localstack.cloud/aws/integrations/infrastructure-as-code/terraform/>
fn is_emulator(provider: Block<'_>) -> bool {
    provider.flag("skip_credentials_validation") == Some(true) || provider.blocks_of("endpoints").next().is_some()
}
