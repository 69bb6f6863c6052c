//! OpenTofu's `encryption` block: <https://opentofu.org/docs/language/state/encryption/>. Its absence says nothing: the
//! configuration may come from `TF_ENCRYPTION`.

use crate::finding::Findings;
use crate::formats::terraform::{Argument, Block, Lookup};
use crate::literal::LogicalPath;

/// Whether the state is encrypted by it.
pub(super) fn encrypts(encryption: Block<'_>) -> bool {
    encryption.blocks_of("state").filter_map(|state| state.argument("method")).any(|method| !is_unencrypted(&method))
}

/// In JSON it is a string: `"${method.unencrypted.x}"`, or the address alone.
fn is_unencrypted(method: &Argument<'_>) -> bool {
    let named = method.text().is_some_and(|text| text.as_str().starts_with("method.unencrypted."));
    let refers = |lookup: Lookup<'_>| lookup.root == "method" && lookup.names.first().is_some_and(|name| name == "unencrypted");
    named || method.lookups().into_iter().any(refers)
}

pub(super) fn check(encryption: Block<'_>, findings: &mut Findings) {
    for state in encryption.blocks_of("state") {
        check_state(encryption, state, findings);
    }
    let plan = encryption.blocks_of("plan").any(|plan| plan.argument("method").is_some_and(|method| !is_unencrypted(&method)));
    if encrypts(encryption) && !plan {
        let message = "plans are saved unencrypted, with the same secrets as the state";
        let finding = findings.report_case("tofu-plan", encryption.header(), message);
        finish(finding, encryption, "add a `plan` block with the method of the state");
    }
    for provider in encryption.blocks_of("key_provider").filter(|provider| provider.label(0) == "pbkdf2") {
        if let Some(iterations) = provider.argument("iterations").filter(|iterations| iterations.number().is_some_and(|n| n < 600_000.0)) {
            let finding =
                findings.report_case("tofu-iterations", iterations.value_place(), "the passphrase is stretched less than by default");
            finish(finding, encryption, "delete `iterations`: the default is 600,000");
        }
    }
}

fn check_state(encryption: Block<'_>, state: Block<'_>, findings: &mut Findings) {
    let Some(method) = state.argument("method") else { return };
    let fallback = state.blocks_of("fallback").next();
    let back = fallback.and_then(|fallback| fallback.argument("method"));
    if is_unencrypted(&method) {
        // Writing in clear while old, encrypted state can still be read is the documented way back.
        let rollback = back.is_some_and(|back| !is_unencrypted(&back));
        let case = if rollback { "tofu-rollback" } else { "tofu-unencrypted" };
        let finding = findings.report_case(case, method.value_place(), "the state is written unencrypted");
        return finish(finding, encryption, "name an encrypting method, such as `method.aes_gcm`");
    }
    if let Some(fallback) = fallback {
        let finding =
            findings.report_case("tofu-fallback", fallback.header(), "state that is encrypted otherwise, or not at all, is still accepted");
        finish(finding, encryption, "delete `fallback` once the state was migrated");
    }
    let unencrypted = encryption.blocks_of("method").any(|method| method.label(0) == "unencrypted");
    if unencrypted && state.flag("enforced") != Some(true) {
        let finding = findings.report_case("tofu-enforced", state.header(), "nothing prevents a change back to unencrypted state");
        finish(finding, encryption, "write `enforced = true`");
    }
}

fn finish(finding: &mut crate::finding::Finding, encryption: Block<'_>, help: &'static str) {
    finding.help(help).at(LogicalPath::same("terraform.encryption"));
    let setting = encryption.source().setting;
    if setting.example || setting.throwaway {
        finding.lowered();
    }
}
