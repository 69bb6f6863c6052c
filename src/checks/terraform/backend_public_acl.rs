//! A backend writes the state so that everybody can read it.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::terraform::{Backend, Module};
use crate::formats::tfvars::Tfvars;
use crate::literal::LogicalPath;
use crate::source::Edit;
use crate::unit::Unit;

pub(super) static BACKEND_PUBLIC_ACL: Check =
    Check { page: page!("terraform/backend-public-acl"), runs: &[Run::Module(check), Run::Tfvars(terragrunt)] };

fn check(module: &Unit<Module<'_>>, findings: &mut Findings) {
    module.backends().for_each(|backend| one(&backend, findings));
}

fn terragrunt(values: &Unit<Tfvars>, findings: &mut Findings) {
    values.backends().for_each(|backend| one(&backend, findings));
}

/// <https://developer.hashicorp.com/terraform/language/backend/s3>, and `oss` and `cos` beside it.
fn one(backend: &Backend<'_>, findings: &mut Findings) {
    if backend.reads_only || !matches!(backend.kind.as_str(), "s3" | "oss" | "cos") {
        return;
    }
    let Some(acl) = backend.argument("acl") else { return };
    if !acl.text().is_some_and(|text| text.as_str().starts_with("public-read")) {
        return;
    }
    let finding = findings.report(acl.value_place(), format!("backend `{}` writes the state so that everybody can read it", backend.kind));
    finding.within(acl.name_place().span).help("write `acl = \"private\"`, and replace every secret that the state holds");
    finding.unsafe_fix("write `acl = \"private\"`", Some(Edit::replace(acl.value_place().span, "private").into()));
    finding.at(LogicalPath::same(format!("terraform.backend.{}.acl", backend.kind)));
    if backend.source.setting.example || backend.source.setting.throwaway {
        finding.lowered();
    }
}
