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
}

/// Gives every sink of a module.
pub(super) fn each<'a>(module: Module<'a>, reader: &Reader<'_, 'a>, give: &mut dyn FnMut(Sink<'a>)) {
    for block in module.blocks() {
        match block.kind() {
            "resource" => resource(block, give),
            "provider" => provider(block, give),
            "module" => call(block, reader, give),
            _ => {}
        }
    }
}

/// Arguments that the providers' table calls credentials, and secret-named values of its maps.
fn resource<'a>(resource: Block<'a>, give: &mut dyn FnMut(Sink<'a>)) {
    let kind = resource.label(0);
    let plain_parameter = kind == "aws_ssm_parameter" && resource.text("type").is_none_or(|text| text.as_str() != "SecureString");
    if plain_parameter || !crate::formats::sensitive::attributes(kind).any(|(_, row)| row == Sensitivity::Credential) {
        return;
    }
    let mut open = vec![(resource, String::new())];
    while let Some((block, way)) = open.pop() {
        for argument in block.arguments() {
            let path = format!("{way}{}", argument.name());
            if sensitivity(kind, &path) != Some(Sensitivity::Credential) {
                continue;
            }
            let name = format!("{}.{path}", resource.address());
            for item in argument.items().into_iter().filter(|item| secrets::is_secret_name(item.name())) {
                give(Sink { name: format!("{name}.{}", item.name()), value: item });
            }
            give(Sink { name, value: argument });
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

fn provider<'a>(provider: Block<'a>, give: &mut dyn FnMut(Sink<'a>)) {
    let mut open = vec![provider];
    while let Some(block) = open.pop() {
        for argument in block.arguments().filter(|argument| secrets::is_secret_name(argument.name())) {
            give(Sink { name: format!("{}.{}", provider.address(), argument.name()), value: argument });
        }
        open.extend(block.blocks());
    }
}

fn call<'a>(call: Block<'a>, reader: &Reader<'_, 'a>, give: &mut dyn FnMut(Sink<'a>)) {
    let Some(child) = reader.child_of(call) else { return };
    for argument in call.arguments().filter(|argument| child.secret_variables.contains_key(argument.name())) {
        give(Sink { name: format!("{}.{}", call.address(), argument.name()), value: argument });
    }
}
