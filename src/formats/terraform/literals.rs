//! Every literal of a module, once, under the name that says what it is for.

use std::borrow::Cow;
use std::collections::HashMap;

use super::walk::{Frame, Siblings, Walk};
use super::{Block, Function, Module, ParsedFile};
use crate::formats::sensitive::{Sensitivity, sensitivity};
use crate::literal::{Literal, Reading, Role};
use crate::syntax::hcl::{self, Body, Expr, ExprKind, Part, Step};

/// Blocks inside each other are visited to this depth; the parser stops there too.
const DEPTH: usize = hcl::MAX_NESTING;

/// Where `local.x` and `var.x` are used as they are, by reference: the names they are used under.
pub(super) type Uses<'a> = HashMap<(&'static str, &'a str), Vec<(&'a str, Reading)>>;

/// A value that is used under more names than these is no password.
const MAX_USES: usize = 4;

/// Visits all literals of a file.
pub(super) fn file(file: &ParsedFile, uses: &Uses<'_>, visit: &mut dyn FnMut(&Literal<'_, '_>)) {
    for block in file.body().blocks() {
        let address = Block::new(&file.source, block).address();
        let of_type = match (block.kind(), block.label(0)) {
            ("resource", kind) => Some(Cow::Borrowed(kind)),
            (prefix @ ("data" | "ephemeral" | "provider"), kind) => Some(Cow::Owned(format!("{prefix}.{kind}"))),
            _ => None,
        };
        let role = match block.kind() {
            "provider" => Role::TerraformProvider,
            "data" if block.label(0) == "terraform_remote_state" => Role::TerraformBackend,
            _ => Role::Terraform,
        };
        let frame = Frame { source: &file.source, role, address: &address, of_type: of_type.as_deref() };
        body(block.body(), frame, Spot { kind: block.kind(), label: block.label(0), uses }, visit);
    }
    let frame = Frame { source: &file.source, role: Role::Terraform, address: "", of_type: None };
    for attribute in file.body().attributes() {
        Walk::new(frame).argument(attribute, &[], visit);
    }
}

/// The top-level block around an argument.
#[derive(Clone, Copy)]
struct Spot<'p, 'u> {
    kind: &'p str,
    label: &'p str,
    uses: &'p Uses<'u>,
}

fn body<'a>(top: Body<'a>, frame: Frame<'a>, spot: Spot<'_, '_>, visit: &mut dyn FnMut(&Literal<'_, '_>)) {
    let mut open: Vec<(Body<'a>, Frame<'a>, Vec<&'a str>)> = vec![(top, frame, Vec::new())];
    while let Some((body, frame, way)) = open.pop() {
        let (siblings, parameter) = (Siblings::of_body(body), is_plain_parameter(body));
        for attribute in body.attributes() {
            let name = attribute.name();
            let is_default = spot.kind == "variable" && name == "default" && way.is_empty();
            // `object({ password = optional(string, "default") })`
            let is_type = spot.kind == "variable" && name == "type" && way.is_empty();
            let role = match spot.kind {
                "variable" if is_default || is_type => Role::TerraformVariableDefault,
                "resource" if way.is_empty() && is_stored(spot.label, name) => Role::TerraformStored,
                _ => frame.role,
            };
            let mut walk = Walk::new(Frame { role, ..frame });
            walk.runs = runs_as_script(frame.of_type, &way, name);
            walk.is_type = is_type;
            match spot.kind {
                "variable" if is_default => walk.used_as(spot.label, spot.uses.get(&("var", spot.label))),
                "locals" if way.is_empty() => walk.used_as(name, spot.uses.get(&("local", name))),
                "output" if name == "value" && way.is_empty() => walk.used_as(spot.label, None),
                _ => walk.name = siblings.name_of(name),
            }
            let reading = |of_type| reading_of(of_type, &path_of(&way, name), name, parameter);
            walk.marked = frame.of_type.map(reading) == Some(Reading::Marked)
                || is_stored_whole(role, name, attribute.expr())
                || (frame.of_type == Some("helm_release") && way == ["set_sensitive"] && name == "value");
            walk.argument(attribute, &way, visit);
        }
        for block in body.blocks().filter(|_| way.len() < DEPTH) {
            let role = match (spot.kind, block.kind()) {
                ("terraform", "backend" | "cloud" | "encryption") if way.is_empty() => Role::TerraformBackend,
                _ => frame.role,
            };
            let mut way = way.clone();
            match block.kind() {
                // `dynamic "user" { content { … } }` makes blocks `user`.
                "dynamic" => way.push(block.label(0)),
                "content" => {}
                kind => way.push(kind),
            }
            if spot.kind == "terraform" {
                way.extend(block.labels().map(|label| label.text));
            }
            open.push((block.body(), Frame { role, ..frame }, way));
        }
    }
}

/// Whether the argument of this name holds commands, as the blocks around it say.
fn runs_as_script(of_type: Option<&str>, way: &[&str], name: &str) -> bool {
    match name {
        "command" | "inline" => way.contains(&"provisioner"),
        "content" => way == ["part"] && matches!(of_type, Some("data.cloudinit_config" | "data.template_cloudinit_config")),
        _ => false,
    }
}

/// The argument of a resource that becomes the content of a secret store.
fn is_stored(of_type: &str, argument: &str) -> bool {
    matches!(
        (of_type, argument),
        ("aws_secretsmanager_secret_version", "secret_string" | "secret_binary" | "secret_string_wo")
            | ("aws_ssm_parameter", "value" | "insecure_value" | "value_wo")
            | ("azurerm_key_vault_secret", "value" | "value_wo")
            | ("google_secret_manager_secret_version" | "google_secret_manager_regional_secret_version", "secret_data" | "secret_data_wo")
            | ("vault_kv_secret" | "vault_kv_secret_v2" | "vault_generic_secret", "data_json" | "data_json_wo")
            | ("kubernetes_secret" | "kubernetes_secret_v1", "data" | "binary_data" | "data_wo")
            | ("github_actions_secret" | "github_actions_organization_secret" | "github_actions_environment_secret", "plaintext_value")
            | ("github_dependabot_secret" | "github_dependabot_organization_secret", "plaintext_value")
            | ("gitlab_project_variable" | "gitlab_group_variable" | "gitlab_instance_variable", "value")
            | ("doppler_secret" | "infisical_secret", "value")
    )
}

/// Whether what a store is given is a secret whatever it is called there: all of it, and no document of names and values.
fn is_stored_whole(role: Role, argument: &str, value: Expr<'_>) -> bool {
    let is_text = || value.literal().is_some_and(|text| !text.as_str().trim_start().starts_with(['{', '[']));
    role == Role::TerraformStored
        && (argument == "plaintext_value" || (matches!(argument, "secret_string" | "secret_string_wo" | "secret_data") && is_text()))
}

fn path_of(way: &[&str], name: &str) -> String {
    way.iter().copied().chain([name]).collect::<Vec<_>>().join(".")
}

/// Where values of locals and variables are used as they are.
pub(super) fn uses<'a>(module: Module<'a>) -> Uses<'a> {
    let mut uses = Uses::new();
    for block in module.blocks() {
        if matches!(block.kind(), "variable" | "output" | "locals" | "terraform" | "check") {
            continue;
        }
        let of_type = match block.kind() {
            "resource" => Some(block.label(0)),
            _ => None,
        };
        let mut open: Vec<(Body<'a>, Vec<&'a str>)> = vec![(block.hcl().body(), Vec::new())];
        while let Some((body, way)) = open.pop() {
            let parameter = is_plain_parameter(body);
            for attribute in body.attributes() {
                let Some(target) = used(attribute.expr()) else { continue };
                let path = path_of(&way, attribute.name());
                let reading = of_type.map_or(Reading::Value, |kind| reading_of(kind, &path, attribute.name(), parameter));
                let names = uses.entry(target).or_default();
                if names.len() < MAX_USES && names.iter().all(|(name, _)| *name != attribute.name()) {
                    names.push((attribute.name(), reading));
                }
            }
            if way.len() < DEPTH {
                open.extend(body.blocks().map(|block| (block.body(), [way.as_slice(), &[block.kind()]].concat())));
            }
        }
    }
    uses
}

/// The local or variable that an expression is, and nothing else.
fn used(mut expr: Expr<'_>) -> Option<(&'static str, &str)> {
    // `"${var.x}"` is how it was written before Terraform 0.12.
    for _ in 0..4 {
        match expr.kind() {
            ExprKind::Parens(inner) => expr = inner,
            ExprKind::Template(template) if template.parts().len() == 1 => match template.parts().next() {
                Some(Part::Interpolation(inner, _)) => expr = inner,
                _ => return None,
            },
            // `sensitive(local.x)`, `base64encode(local.x)`: its text is used as it is.
            ExprKind::Call(call) if Function::named(call.name().text) == Function::Text => expr = call.arguments().iter().next()?,
            _ => break,
        }
    }
    let ExprKind::Traversal(traversal) = expr.kind() else { return None };
    let root = match traversal.root().kind() {
        ExprKind::Variable("local") => "local",
        ExprKind::Variable("var") => "var",
        _ => return None,
    };
    let mut steps = traversal.steps();
    match (steps.next(), steps.next()) {
        (Some(Step::Attr(name)), None) => Some((root, name.text)),
        _ => None,
    }
}

/// How a literal argument of a resource is read: the providers' table may call it a credential where its name says nothing.
fn reading_of(of_type: &str, path: &str, name: &str, plain_parameter: bool) -> Reading {
    let telling = ["password", "secret", "token", "private_key", "access_key", "api_key", "shared_key", "connection_string", "passphrase"];
    // Whole documents: their own keys say which of their values are secret.
    let document = ["data", "json", "settings", "variables", "config_raw"].iter().any(|end| name.ends_with(end));
    // A connection string that holds a secret shows it; others log in without one.
    let connects = path.split('.').any(|block| block == "connection_string");
    let bland = !document && !connects && telling.iter().all(|word| !name.contains(word));
    let configuration = of_type == "aws_ssm_parameter" && plain_parameter;
    if bland && !configuration && sensitivity(of_type, path) == Some(Sensitivity::Credential) { Reading::Marked } else { Reading::Value }
}

/// Of an `aws_ssm_parameter`: one that is no SecureString is configuration, and its own name decides.
fn is_plain_parameter(body: Body<'_>) -> bool {
    body.attribute("type").and_then(|kind| kind.expr().literal()).is_none_or(|kind| kind.as_str() != "SecureString")
}
