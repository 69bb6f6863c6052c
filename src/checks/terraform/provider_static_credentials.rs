//! A provider is configured with a credential that stands in the module.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::{Findings, LabelKind};
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
        finding.unsafe_fix("delete the argument", provider.and_then(|provider| provider.without(leak.place)));
        if emulated && leak.detector.is_none() {
            finding.case = Some("localstack");
            finding.severity = finding.page.severity(finding.case);
        }
    }
    for provider in module.blocks_of("provider") {
        key_file(module, provider, findings);
    }
}

/// `credentials = file("key.json")` where the file is kept beside the module.
fn key_file(module: &Module<'_>, provider: Block<'_>, findings: &mut Findings) {
    for argument in provider.arguments().filter(|argument| matches!(argument.name(), "credentials" | "private_key" | "client_key")) {
        let Some(key) = argument.file_path().and_then(|path| module.committed_key(&path)) else { continue };
        let message = format!("provider `{}` is given a private key that is kept in the repository", provider.label(0));
        let finding = findings.report_case("key-file", argument.value_place(), message);
        finding.help("revoke the key, take its file out of the repository, and let the provider read its credentials from the environment");
        finding.label(LabelKind::Source, key, "the key stands here").within(argument.name_place().span);
        finding.at(crate::literal::LogicalPath::same(format!("provider.{}.{}", provider.label(0), argument.name())));
        if provider.is_lowered() {
            finding.lowered();
        }
    }
}

/// LocalStack and its like take any credential: <https://docs.localstack.cloud/aws/integrations/infrastructure-as-code/terraform/>
fn is_emulator(provider: Block<'_>) -> bool {
    provider.flag("skip_credentials_validation") == Some(true) || provider.blocks_of("endpoints").next().is_some()
}
