//! Where a value becomes a secret: credentials of resources, of providers, and secret variables of child modules.

use super::reach::Reader;
use super::scope::{Bound, Scope};
use crate::formats::sensitive::{Sensitivity, sensitivity};
use crate::formats::terraform::{Argument, Block, Module};
use crate::secrets;
use crate::source::Place;

/// An argument whose value is a secret.
pub(super) struct Sink<'a> {
    /// Its address.
    pub(super) name: String,
    /// The argument.
    pub(super) value: Argument<'a>,
    /// The names that mean something in it.
    pub(super) scope: Scope<'a>,
    /// What becomes of it in the child module that it is given to.
    pub(super) beyond: Vec<(String, Place)>,
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
    each_argument(resource, &mut |path, value, scope| {
        let name = format!("{}.{path}", resource.address());
        let known = credential(path);
        if known {
            for item in value.inner_items().into_iter().filter(|item| secrets::is_secret_name(item.name())) {
                give(Sink {
                    name: format!("{name}.{}", item.name()),
                    value: item,
                    scope: scope.clone(),
                    beyond: Vec::new(),
                    by_name: false,
                });
            }
        }
        if known || secrets::is_secret_name(value.name()) {
            give(Sink { name, value, scope: scope.clone(), beyond: Vec::new(), by_name: !known });
        }
    });
}

/// Arguments of a provider that are named like a secret.
fn named<'a>(provider: Block<'a>, give: &mut dyn FnMut(Sink<'a>)) {
    // Beside a `secret_key`, the access key only says whose it is.
    let has_secret_key = provider.argument("secret_key").is_some();
    each_argument(provider, &mut |path, value, scope| {
        let is_id = has_secret_key && value.name() == "access_key";
        if !is_id && secrets::is_secret_name(value.name()) {
            let name = format!("{}.{path}", provider.address());
            give(Sink { name, value, scope: scope.clone(), beyond: Vec::new(), by_name: true });
        }
    });
}

/// Secret variables of a child module; of a module from elsewhere, arguments that are named like a secret.
fn call<'a>(call: Block<'a>, reader: &Reader<'_, 'a>, give: &mut dyn FnMut(Sink<'a>)) {
    let (child, scope) = (reader.child_of(call), Bound::scope(call, None));
    for value in call.arguments() {
        let (name, scope) = (format!("{}.{}", call.address(), value.name()), scope.clone());
        match &child {
            Some(child) => {
                if let Some(beyond) = child.secret_variables.get(value.name()) {
                    give(Sink { name, value, scope, beyond: beyond.clone(), by_name: false });
                }
            }
            None if secrets::is_secret_name(value.name()) => give(Sink { name, value, scope, beyond: Vec::new(), by_name: true }),
            None => {}
        }
    }
}

/// Every argument of a block and of the blocks in it, with its path and the names that mean something in it.
pub(super) fn each_argument<'a>(block: Block<'a>, give: &mut dyn FnMut(&str, Argument<'a>, &Scope<'a>)) {
    let mut open = vec![(block, String::new(), Bound::scope(block, None))];
    while let Some((block, way, scope)) = open.pop() {
        for argument in block.arguments() {
            give(&format!("{way}{}", argument.name()), argument, &scope);
        }
        for inner in block.blocks() {
            let step = match inner.kind() {
                "dynamic" => format!("{}.", inner.label(0)),
                "content" => String::new(),
                kind => format!("{kind}."),
            };
            let scope = if inner.kind() == "dynamic" { Bound::scope(inner, scope.clone()) } else { scope.clone() };
            open.push((inner, format!("{way}{step}"), scope));
        }
    }
}
