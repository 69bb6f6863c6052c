//! An output hands out a secret, and Terraform prints it.

use crate::catalogue::{Confidence, page};
use crate::checks::{Check, Run};
use crate::finding::{Finding, Findings, LabelKind};
use crate::flow::terraform::{OpenOutput, Taint, TaintKind};
use crate::formats::terraform::Module;
use crate::literal::LogicalPath;
use crate::source::Place;
use crate::unit::Unit;

pub(super) static OUTPUT_MISSING_SENSITIVE: Check =
    Check { page: page!("terraform/output-missing-sensitive"), runs: &[Run::Module(check)] };

const TITLE: &str = "write `sensitive = true` into the output";

/// Modules on the way that are shown.
const MAX_WAY: usize = 3;

/// Results of data sources and generators that no provider marks, because they may be anything.
const MAY_BE_ANYTHING: &[&str] = &["random_string.", "random_id.", "data.http.", "data.external.", "data.terraform_remote_state."];

fn check(module: &Unit<Module<'_>>, findings: &mut Findings) {
    let is_root = module.is_root();
    for output in &module.flow().outputs {
        let name = &output.name;
        let finding = match &output.taint {
            Some(taint) => handed_out(name, output.place, taint, is_root, findings),
            None if is_named_like_one(module, output) => {
                let message = format!("output `{name}` is named like a secret and is not marked sensitive");
                findings.report(output.place, message).confidence(Confidence::Medium).help("add `sensitive = true` to the output")
            }
            None => continue,
        };
        finding.at(LogicalPath::same(format!("output.{name}")));
        // What is marked in a child module is marked wherever it is used, and `ephemeral` outputs are another matter.
        match output.taint.as_ref().map(|taint| taint.kind) {
            Some(TaintKind::Ephemeral) => {}
            _ if is_root => _ = finding.safe_fix(TITLE, output.marking.clone()),
            _ => _ = finding.unsafe_fix(TITLE, output.marking.clone()),
        }
        if output.lowered {
            finding.lowered();
        }
    }
}

/// The output's value is made of something sensitive: what, and by which way it comes here.
fn handed_out<'f>(name: &str, place: Place, taint: &Taint, is_root: bool, findings: &'f mut Findings) -> &'f mut Finding {
    let mark = if taint.kind == TaintKind::Ephemeral { "ephemeral" } else { "sensitive" };
    let then = match taint.kind {
        TaintKind::Unmarked => ", so Terraform prints it",
        // <https://developer.hashicorp.com/terraform/language/values/outputs#ephemeral>
        TaintKind::Ephemeral => ", so Terraform refuses to plan",
        _ if is_root => ", so Terraform refuses to plan",
        _ => "",
    };
    let message = format!("output `{name}` hands out `{}` and is not marked {mark}{then}", taint.name);
    let case = match taint.kind {
        TaintKind::Credential | TaintKind::Unmarked => Some("credential"),
        // It opens nothing, and the provider's mark goes with it to the root module, which has to say what becomes of it.
        TaintKind::Marked if !is_root => Some("marked"),
        _ => None,
    };
    let finding = findings.report_case_if(case, place, message);
    // The story begins in the module that has the secret.
    let way: Vec<_> = std::iter::successors(taint.from.as_deref(), |taint| taint.from.as_deref()).take(MAX_WAY).collect();
    for from in way.into_iter().rev() {
        finding.label(LabelKind::Source, from.place, format!("`{}` is sensitive", from.name));
    }
    let kind = if taint.from.is_some() { LabelKind::Hop } else { LabelKind::Source };
    finding.label(kind, taint.place, format!("`{}` is sensitive", taint.name)).help(help(taint.kind, is_root))
}

fn help(kind: TaintKind, is_root: bool) -> &'static str {
    match (kind, is_root) {
        (TaintKind::Ephemeral, true) => "outputs of a root module cannot be ephemeral; hand the value to a write-only argument instead",
        (TaintKind::Ephemeral, false) => "add `ephemeral = true` to the output",
        (TaintKind::Unmarked, _) => "add `sensitive = true` to the output; the provider does not mark the value, so Terraform prints it",
        (_, true) => "add `sensitive = true` to the output; it hides the value on screens, not in the state",
        (_, false) => "add `sensitive = true` to the output; of a child module Terraform does not ask for it",
    }
}

/// The name says that it is a secret, and nothing in the value says that it is only about one.
fn is_named_like_one(module: &Unit<Module<'_>>, output: &OpenOutput) -> bool {
    let may_be = |leaf: &String| {
        let last = leaf.rsplit('.').next().unwrap_or(leaf);
        module.is_secret_name(last) || MAY_BE_ANYTHING.iter().any(|start| leaf.starts_with(start))
    };
    module.is_secret_name(&output.name) && output.leaves.iter().any(may_be)
}
