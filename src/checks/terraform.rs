//! Checks of Terraform and OpenTofu modules.

mod backend_local;
mod backend_static_credentials;
mod backend_unencrypted;
mod hardcoded_secret_resource;
mod nonsensitive_on_secret;
mod output_missing_sensitive;
mod plaintext_secret;
mod provider_static_credentials;
mod secret_in_log;
mod secret_to_http;
mod ssm_parameter_plaintext;
mod variable_default_secret;
mod variable_missing_sensitive;

use super::Check;
use crate::finding::{Finding, Findings, LabelKind};
use crate::flow::terraform::Spill;
use crate::literal::LogicalPath;

/// The checks of this folder.
pub static CHECKS: &[&Check] = &[
    &backend_local::BACKEND_LOCAL,
    &backend_static_credentials::BACKEND_STATIC_CREDENTIALS,
    &backend_unencrypted::BACKEND_UNENCRYPTED,
    &hardcoded_secret_resource::HARDCODED_SECRET_RESOURCE,
    &nonsensitive_on_secret::NONSENSITIVE_ON_SECRET,
    &output_missing_sensitive::OUTPUT_MISSING_SENSITIVE,
    &plaintext_secret::PLAINTEXT_SECRET,
    &provider_static_credentials::PROVIDER_STATIC_CREDENTIALS,
    &secret_in_log::SECRET_IN_LOG,
    &secret_to_http::SECRET_TO_HTTP,
    &ssm_parameter_plaintext::SSM_PARAMETER_PLAINTEXT,
    &variable_default_secret::VARIABLE_DEFAULT_SECRET,
    &variable_missing_sensitive::VARIABLE_MISSING_SENSITIVE,
];

/// A finding about a secret that reaches a place where people see it, with the way it took.
fn spilled<'f>(findings: &'f mut Findings, case: Option<&'static str>, spill: &Spill, message: String) -> &'f mut Finding {
    let finding = match case {
        Some(case) => findings.report_case(case, spill.place, message),
        None => findings.report(spill.place, message),
    };
    for (name, place) in spill.from.iter().rev() {
        finding.label(LabelKind::Source, *place, format!("`{name}` is the secret"));
    }
    finding.within(spill.opener.span).at(LogicalPath::same(spill.address.clone()));
    if spill.lowered {
        finding.lowered();
    }
    finding
}
