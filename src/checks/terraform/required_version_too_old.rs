//! The module hides secrets by means that the oldest Terraform it allows does not know.

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::{Findings, LabelKind};
use crate::formats::terraform::{Block, Module, Version};
use crate::literal::LogicalPath;
use crate::source::Place;
use crate::unit::Unit;

pub(super) static REQUIRED_VERSION_TOO_OLD: Check =
    Check { page: page!("terraform/required-version-too-old"), runs: &[Run::Module(check)] };

fn check(module: &Unit<Module<'_>>, findings: &mut Findings) {
    let Some(requirement) = module.required_version() else { return };
    let used = module.blocks().flat_map(features).filter(|used| requirement.from < used.since);
    let Some(used) = used.max_by_key(|used| (used.since, std::cmp::Reverse(used.place))) else { return };
    let (major, minor) = used.since;
    let message = format!("`required_version` allows versions before {major}.{minor}, which do not know {}", used.what);
    let finding = findings.report(requirement.place, message);
    finding.label(LabelKind::Related, used.place, "it is used here");
    finding.help(format!("write `required_version = \">= {major}.{minor}\"`")).at(LogicalPath::same("terraform.required_version"));
}

/// A means to hide secrets.
struct Feature {
    what: &'static str,
    since: Version,
    place: Place,
}

/// <https://developer.hashicorp.com/terraform/language/resources/ephemeral>,
/// <https://developer.hashicorp.com/terraform/language/v1.1.x/upgrade-guides/0-15>
fn features(block: Block<'_>) -> Vec<Feature> {
    let mut used = Vec::new();
    let mut add = |what, since, place| used.push(Feature { what, since, place });
    if block.kind() == "ephemeral" {
        add("ephemeral resources", (1, 10), block.header());
    }
    for (_, argument) in block.all_arguments() {
        match (block.kind(), argument.name()) {
            ("variable", "sensitive") => add("`sensitive` variables", (0, 14), argument.name_place()),
            ("variable" | "output", "ephemeral") => add("`ephemeral` values", (1, 10), argument.name_place()),
            ("resource", name) if name.ends_with("_wo") => add("write-only arguments", (1, 11), argument.name_place()),
            _ => {}
        }
        for (_, place) in argument.calls().into_iter().filter(|(name, _)| matches!(*name, "sensitive" | "nonsensitive")) {
            add("the functions `sensitive` and `nonsensitive`", (0, 15), place);
        }
    }
    used
}
