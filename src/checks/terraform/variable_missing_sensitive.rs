//! A variable takes a secret, and Terraform prints it.

use std::collections::HashSet;

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::{Finding, Findings, LabelKind};
use crate::flow::terraform::{is_secret, marking};
use crate::formats::terraform::{Block, Module};
use crate::literal::LogicalPath;
use crate::unit::Unit;

pub(super) static VARIABLE_MISSING_SENSITIVE: Check =
    Check { page: page!("terraform/variable-missing-sensitive"), runs: &[Run::Module(check)] };

/// Outputs that refer to the variable have to be marked then too, and a loop over it fails.
const TITLE: &str = "write `sensitive = true` into the variable";

fn check(module: &Unit<Module<'_>>, findings: &mut Findings) {
    let mut flowing = HashSet::new();
    // Constants cannot be marked.
    let constant = module.blocks_of("variable").filter(|variable| variable.flag("const") == Some(true));
    let constant: HashSet<&str> = constant.map(|variable| variable.label(0)).collect();
    for open in module.flow().variables.iter().filter(|open| !constant.contains(open.name.as_str())) {
        flowing.insert(open.place);
        let message = format!("variable `{}` becomes `{}` and is not marked sensitive", open.name, open.sink);
        let finding = findings.report_case("flow", open.place, message);
        let kind = if open.beyond.is_empty() { LabelKind::Sink } else { LabelKind::Hop };
        finding.label(kind, open.sink_place, format!("it becomes `{}` here", open.sink));
        for (name, place) in &open.beyond {
            finding.label(LabelKind::Sink, *place, format!("which becomes `{name}`"));
        }
        finding.unsafe_fix(TITLE, open.marking.clone());
        finish(finding, &open.name, open.lowered);
    }
    for variable in module.blocks_of("variable").filter(|variable| module.is_secret_name(variable.label(0)) && takes_a_secret(*variable)) {
        let (name, place) = (variable.label(0), variable.label_place(0));
        if flowing.contains(&place) {
            continue;
        }
        let setting = variable.source().setting;
        let finding = findings.report(place, format!("variable `{name}` is named like a secret and is not marked sensitive"));
        finding.unsafe_fix(TITLE, marking(variable, "type"));
        finish(finding, name, setting.example || setting.throwaway);
    }
}

fn finish(finding: &mut Finding, name: &str, lowered: bool) {
    finding
        .help("add `sensitive = true` to the variable: without it Terraform shows the value in plans and errors")
        .at(LogicalPath::same(format!("var.{name}")));
    if lowered {
        finding.lowered();
    }
}

/// A string as far as it says, and not described as something about a secret.
fn takes_a_secret(variable: Block<'_>) -> bool {
    // A constant variable cannot be sensitive: https://developer.hashicorp.com/terraform/language/values/variables
    !is_secret(variable)
        && variable.flag("const") != Some(true)
        && variable.is_string()
        && !variable.text("description").is_some_and(|text| is_about_a_secret(text.as_str()))
}

/// "The name of the secret …", "Path to the key", "Whether to create a password".
fn is_about_a_secret(description: &str) -> bool {
    let lower = description.to_lowercase();
    [
        "name of",
        "names of",
        "arn of",
        "arns of",
        "id of",
        "ids of",
        "path to",
        "path of",
        "reference to",
        "whether",
        "if true",
        "location of",
    ]
    .iter()
    .any(|words| lower.contains(words))
}
