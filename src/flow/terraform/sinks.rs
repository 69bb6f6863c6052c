//! Where a value becomes a secret: credentials of resources, of providers, and secret variables of child modules.

use super::reach::Reader;
use crate::formats::sensitive::{Sensitivity, sensitivity};
use crate::formats::terraform::{Argument, Block, Module};
use crate::secrets;

/// An argument whose value is a secret.
pub(super) struct Sink<'a> {
    /// Its address.
    pub(super) name: String,
    /// The argument.
    pub(super) value: Argument<'a>,
    /// Only its name says that it is a secret.
    by_name: bool,
}

impl Sink<'_> {
    /// Whether a variable that becomes this is a secret. Where only names say so, the variable must be a string, and its own
    /// name must not say that it is something about a secret (`secret_name`).
    pub(super) fn takes(&self, reader: &Reader<'_, '_>, variable: &str) -> bool {
        let lower = variable.to_lowercase();
        let about = ["secret", "password", "token", "key", "credential"].iter().any(|word| lower.contains(word));
        let plain = || !about || secrets::is_secret_name(variable);
        !self.by_name || plain() && reader.is_string(variable)
    }
}

/// Gives every sink of a module.
pub(super) fn each<'a>(module: Module<'a>, reader: &Reader<'_, 'a>, give: &mut dyn FnMut(Sink<'a>)) {
    for block in module.blocks() {
        match block.kind() {
            "resource" => resource(block, give),
            "provider" => named(block, give),
            "module" => call(block, reader, give),
            _ => {}
        }
    }
}

/// Arguments that the providers' table calls credentials, and arguments that are named like one.
fn resource<'a>(resource: Block<'a>, give: &mut dyn FnMut(Sink<'a>)) {
    let kind = resource.label(0);
    // A parameter that is no SecureString is configuration.
    let plain = kind == "aws_ssm_parameter" && resource.text("type").is_none_or(|text| text.as_str() != "SecureString");
    if plain {
        return;
    }
    let credential =
        |path: &str| sensitivity(kind, path) == Some(Sensitivity::Credential) || (kind, path) == ("helm_release", "set_sensitive.value");
    each_argument(resource, &mut |path, value| {
        let name = format!("{}.{path}", resource.address());
        let known = credential(path);
        if known {
            for item in value.items().into_iter().filter(|item| secrets::is_secret_name(item.name())) {
                give(Sink { name: format!("{name}.{}", item.name()), value: item, by_name: false });
            }
        }
        if known || secrets::is_secret_name(value.name()) {
            give(Sink { name, value, by_name: !known });
        }
    });
}

/// Arguments of a provider that are named like a secret.
fn named<'a>(provider: Block<'a>, give: &mut dyn FnMut(Sink<'a>)) {
    each_argument(provider, &mut |path, value| {
        if secrets::is_secret_name(value.name()) {
            give(Sink { name: format!("{}.{path}", provider.address()), value, by_name: true });
        }
    });
}

/// Secret variables of a child module; of a module from elsewhere, arguments that are named like a secret.
fn call<'a>(call: Block<'a>, reader: &Reader<'_, 'a>, give: &mut dyn FnMut(Sink<'a>)) {
    let child = reader.child_of(call);
    for value in call.arguments() {
        let known = child.as_ref().map(|child| child.secret_variables.contains_key(value.name()));
        if known.unwrap_or_else(|| secrets::is_secret_name(value.name())) {
            give(Sink { name: format!("{}.{}", call.address(), value.name()), value, by_name: known.is_none() });
        }
    }
}

/// Every argument of a block and of the blocks in it, with its path.
fn each_argument<'a>(block: Block<'a>, give: &mut dyn FnMut(&str, Argument<'a>)) {
    let mut open = vec![(block, String::new())];
    while let Some((block, way)) = open.pop() {
        for argument in block.arguments() {
            give(&format!("{way}{}", argument.name()), argument);
        }
        for inner in block.blocks() {
            let step = match inner.kind() {
                "dynamic" => format!("{}.", inner.label(0)),
                "content" => String::new(),
                kind => format!("{kind}."),
            };
            open.push((inner, format!("{way}{step}")));
        }
    }
}
