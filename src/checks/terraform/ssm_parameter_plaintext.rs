//! A secret is stored as a parameter that everybody who may read parameters can read.

use super::spilled;
use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::flow::terraform::SpillKind;
use crate::formats::terraform::{Block, Blocks, Module};
use crate::literal::LogicalPath;
use crate::secrets;
use crate::source::Edit;
use crate::unit::Unit;

pub(super) static SSM_PARAMETER_PLAINTEXT: Check = Check { page: page!("terraform/ssm-parameter-plaintext"), runs: &[Run::Module(check)] };

fn check(module: &Unit<Module<'_>>, findings: &mut Findings) {
    for task in module.blocks_of("resource").filter(|resource| resource.label(0) == "aws_ecs_task_definition") {
        container(task, findings);
    }
    let parameters = || module.blocks_of("resource").filter(|resource| resource.label(0) == "aws_ssm_parameter");
    by_value(module, &Blocks::new(parameters()), findings);
    for parameter in parameters().filter(|parameter| holds_a_secret(*parameter)) {
        let insecure = parameter.argument("insecure_value");
        let kind = parameter.argument("type");
        let plain = kind.as_ref().and_then(|kind| kind.text()).is_some_and(|text| matches!(text.as_str(), "String" | "StringList"));
        let (place, opener) = match (&insecure, &kind) {
            (Some(value), _) => (value.name_place(), value.name_place()),
            (None, Some(kind)) if plain => (kind.value_place(), kind.name_place()),
            _ => continue,
        };
        // Providers mark `value`, and `insecure_value` is there to be seen in plans.
        let then = if insecure.is_some() { "and Terraform prints it" } else { "which shows it to whoever may read parameters" };
        let message = format!("`{}` stores a secret unencrypted, {then}", parameter.address());
        let finding = findings.report(place, message);
        finding.within(opener.span).at(LogicalPath::same(parameter.address()));
        finding.help("write `type = \"SecureString\"` and `value`; readers then need `ssm:GetParameter` with decryption");
        if insecure.is_none() {
            finding.unsafe_fix("write `type = \"SecureString\"`", Some(Edit::replace(place.span, "SecureString").into()));
        }
        if parameter.is_lowered() {
            finding.lowered();
        }
    }
}

/// Parameters whose names say nothing, and whose values are secrets.
fn by_value(module: &Unit<Module<'_>>, parameters: &Blocks<'_>, findings: &mut Findings) {
    for spill in module.flow().spills.iter().filter(|spill| spill.kind == SpillKind::Parameter) {
        if !parameters.around(spill.place).is_some_and(holds_a_secret) {
            let message = format!("`{}` is stored unencrypted as a parameter, which shows it to whoever may read parameters", spill.secret);
            spilled(findings, None, spill, message)
                .help("write `type = \"SecureString\"`; readers then need `ssm:GetParameter` with decryption");
        }
    }
}

/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html>: `secrets` are fetched when the container
/// starts, `environment` stands in the task definition.
fn container(task: Block<'_>, findings: &mut Findings) {
    let Some(definitions) = task.argument("container_definitions") else { return };
    for (name, value) in definitions.named_values() {
        let lookups = value.lookups();
        let last = lookups.last().and_then(|lookup| lookup.names.last());
        let about_one =
            last.is_none_or(|last| matches!(last.as_str(), "arn" | "id" | "name") || last.ends_with("_arn") || last.ends_with("_name"));
        if about_one || !secrets::is_secret_name(&name) {
            continue;
        }
        let message = format!("`{name}` is given to the container in its environment, where the task definition shows it");
        let finding = findings.report_case("environment", value.value_place(), message);
        finding.within(definitions.name_place().span).at(LogicalPath::same(format!("{}.container_definitions", task.address())));
        finding.help(format!("write it under `secrets`: `{{ name = \"{name}\", valueFrom = <ARN of the secret> }}`"));
        if task.is_lowered() {
            finding.lowered();
        }
    }
}

/// The last part of its name says so (`/prod/db/password`), or its own label where the name is put together elsewhere.
fn holds_a_secret(parameter: Block<'_>) -> bool {
    let Some(name) = parameter.argument("name") else { return secrets::is_secret_name(parameter.label(1)) };
    let written = name.source().slice(name.expr().span()).trim_matches('"');
    let last = written.rsplit('/').next().unwrap_or(written);
    let constant = name.text().is_some() || last.len() < written.len() && !last.contains("${");
    secrets::is_secret_name(if constant { last } else { parameter.label(1) })
}
