//! Checks of Terraform and OpenTofu modules.

mod backend_local;
mod backend_public_acl;
mod backend_public_or_unprotected;
mod backend_static_credentials;
mod backend_unencrypted;
mod const_secret_variable;
mod extraction;
mod hardcoded_secret_resource;
mod iam_wildcard_secrets;
mod local_file_world_readable;
mod nonsensitive_on_secret;
mod output_missing_sensitive;
mod plaintext_secret;
mod private_key_generated_in_state;
mod provider_long_lived_credentials;
mod provider_static_credentials;
mod remote_state_secret_read;
mod required_version_too_old;
mod secret_in_log;
mod secret_persisted_in_state;
mod secret_rotation_missing;
mod secret_store_weak_encryption;
mod secret_to_http;
mod ssm_parameter_plaintext;
mod tls_verification_disabled;
mod variable_default_secret;
mod variable_missing_sensitive;

use super::Check;
use crate::finding::{Finding, Findings, LabelKind};
use crate::flow::terraform::Spill;
use crate::formats::terraform::{Argument, Block};
use crate::literal::LogicalPath;

/// The checks of this folder.
pub static CHECKS: &[&Check] = &[
    &backend_local::BACKEND_LOCAL,
    &backend_public_acl::BACKEND_PUBLIC_ACL,
    &backend_public_or_unprotected::BACKEND_PUBLIC_OR_UNPROTECTED,
    &backend_static_credentials::BACKEND_STATIC_CREDENTIALS,
    &backend_unencrypted::BACKEND_UNENCRYPTED,
    &const_secret_variable::CONST_SECRET_VARIABLE,
    &hardcoded_secret_resource::HARDCODED_SECRET_RESOURCE,
    &iam_wildcard_secrets::IAM_WILDCARD_SECRETS,
    &local_file_world_readable::LOCAL_FILE_WORLD_READABLE,
    &nonsensitive_on_secret::NONSENSITIVE_ON_SECRET,
    &output_missing_sensitive::OUTPUT_MISSING_SENSITIVE,
    &plaintext_secret::PLAINTEXT_SECRET,
    &private_key_generated_in_state::PRIVATE_KEY_GENERATED_IN_STATE,
    &provider_long_lived_credentials::PROVIDER_LONG_LIVED_CREDENTIALS,
    &provider_static_credentials::PROVIDER_STATIC_CREDENTIALS,
    &remote_state_secret_read::REMOTE_STATE_SECRET_READ,
    &required_version_too_old::REQUIRED_VERSION_TOO_OLD,
    &secret_in_log::SECRET_IN_LOG,
    &secret_persisted_in_state::SECRET_PERSISTED_IN_STATE,
    &secret_rotation_missing::SECRET_ROTATION_MISSING,
    &secret_store_weak_encryption::SECRET_STORE_WEAK_ENCRYPTION,
    &secret_to_http::SECRET_TO_HTTP,
    &ssm_parameter_plaintext::SSM_PARAMETER_PLAINTEXT,
    &tls_verification_disabled::TLS_VERIFICATION_DISABLED,
    &variable_default_secret::VARIABLE_DEFAULT_SECRET,
    &variable_missing_sensitive::VARIABLE_MISSING_SENSITIVE,
];

/// A finding about an argument of a block, or about the block; lowered where the block is an example or is thrown away.
fn about<'f>(
    findings: &'f mut Findings,
    case: Option<&'static str>,
    (block, argument): (Block<'_>, Option<&Argument<'_>>),
    message: impl Into<String>,
) -> &'f mut Finding {
    let place = argument.map_or_else(|| block.header(), Argument::value_place);
    let opener = argument.map_or(place, Argument::name_place);
    let path = argument.map_or_else(|| block.address(), |argument| format!("{}.{}", block.address(), argument.name()));
    let finding = match case {
        Some(case) => findings.report_case(case, place, message),
        None => findings.report(place, message),
    };
    finding.within(opener.span).at(LogicalPath::same(path));
    if block.is_lowered() {
        finding.lowered();
    }
    finding
}

/// A finding about a secret that reaches a place where people see it, with the way it took.
fn spilled<'f>(findings: &'f mut Findings, case: Option<&'static str>, spill: &Spill, message: String) -> &'f mut Finding {
    let finding = match case {
        Some(case) => findings.report_case(case, spill.place, message),
        None => findings.report(spill.place, message),
    };
    for (name, place) in spill.from.iter().rev() {
        finding.label(LabelKind::Source, *place, format!("`{name}` is the secret"));
    }
    if let Some((address, place)) = &spill.beyond {
        finding.label(LabelKind::Sink, *place, format!("it becomes a part of `{address}` here"));
    }
    finding.within(spill.opener.span).at(LogicalPath::same(spill.address.clone()));
    if spill.lowered {
        finding.lowered();
    }
    finding
}
