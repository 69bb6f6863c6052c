//! Resources, outputs and changes: whose values they are, and what the file says of them.

use std::borrow::Cow;

use super::OpenOutput;
use super::leaves::{Leaf, Owner, leaves, push_step};
use crate::source::Span;
use crate::syntax::json::{Kind, Node};

type Give<'g, 't> = &'g mut dyn FnMut(Leaf<'t, '_>);

/// A resource of version 4, with all its instances, the deposed ones too.
pub(super) fn resource<'t>(node: Node<'t>, give: Give<'_, 't>) {
    let [mode, kind, module, name, instances] = node.fields(["mode", "type", "module", "name", "instances"]);
    let text = |field: Option<Node<'t>>| field.and_then(Node::str).unwrap_or_default();
    let (kind, module, name) = (self::kind(&text(mode), text(kind)), text(module), text(name));
    for instance in instances.into_iter().flat_map(Node::items) {
        let [index, sensitive] = instance.fields(["index_key", "sensitive_attributes"]);
        let dot = if module.is_empty() { "" } else { "." };
        let address = || format!("{module}{dot}{kind}.{name}{}", index.map_or_else(String::new, index_key));
        let mut owner = Owner::new(&address, &kind);
        for path in sensitive.into_iter().flat_map(Node::items) {
            owner.marks.extend(marked_path(path));
        }
        for (key, value) in instance.entries() {
            match key.str().as_deref() {
                Some("attributes" | "attributes_flat") => leaves(value, &owner, Cow::Borrowed(""), key.span(), give),
                Some("private") => leaves(value, &Owner::new(&address, ""), Cow::Borrowed("private"), key.span(), give),
                Some("identity") => leaves(value, &Owner::new(&address, ""), Cow::Borrowed("identity"), key.span(), give),
                _ => {}
            }
        }
    }
}

/// A module of version 3.
pub(super) fn old_module<'t>(node: Node<'t>, open: &mut Vec<OpenOutput>, give: Give<'_, 't>) {
    let names = node.get("path").into_iter().flat_map(Node::items).filter_map(Node::str).skip(1);
    let module: String = names.map(|name| format!("module.{name}.")).collect();
    if let Some(list) = node.get("outputs") {
        outputs(list, &module, open, give);
    }
    for (key, resource) in node.get("resources").into_iter().flat_map(Node::entries) {
        let address = format!("{module}{}", key.str().unwrap_or_default());
        let name = resource.get("type").and_then(Node::str).unwrap_or_default();
        let mode = if key.str().is_some_and(|key| key.starts_with("data.")) { "data" } else { "managed" };
        let kind = kind(mode, name);
        let address = || address.clone();
        let owner = Owner::new(&address, &kind);
        let deposed = resource.get("deposed").into_iter().flat_map(Node::items);
        for instance in resource.get("primary").into_iter().chain(deposed) {
            for (key, value) in instance.entries().filter(|(key, _)| key.raw() == "\"attributes\"") {
                leaves(value, &owner, Cow::Borrowed(""), key.span(), give);
            }
        }
    }
}

/// A resource as `terraform show -json` prints it.
pub(super) fn shown<'t>(node: Node<'t>, give: Give<'_, 't>) {
    let (address, kind) = identity(node);
    let address = || address.to_string();
    let owner = owner(&address, &kind, node.get("sensitive_values"));
    for (key, value) in node.entries().filter(|(key, _)| key.raw() == "\"values\"") {
        leaves(value, &owner, Cow::Borrowed(""), key.span(), give);
    }
}

/// A change of a plan: what was, and what will be.
pub(super) fn change<'t>(node: Node<'t>, give: Give<'_, 't>) {
    let (address, kind) = identity(node);
    let address = || address.to_string();
    let Some(change) = node.get("change") else { return };
    for (key, value) in change.entries() {
        let marks = match key.raw() {
            "\"before\"" => "before_sensitive",
            "\"after\"" => "after_sensitive",
            _ => continue,
        };
        leaves(value, &owner(&address, &kind, change.get(marks)), Cow::Borrowed(""), key.span(), give);
    }
}

/// Outputs with their values.
pub(super) fn outputs<'t>(node: Node<'t>, module: &str, open: &mut Vec<OpenOutput>, give: Give<'_, 't>) {
    for (key, output) in node.entries() {
        let name = key.str().unwrap_or_default();
        // Before version 0.8 an output was its value.
        let old = (output.kind() != Kind::Object).then_some(output);
        let sensitive = output.get("sensitive").and_then(Node::as_bool).unwrap_or(false);
        // A key may stand there twice.
        let values = output.entries().filter(|(key, _)| key.str().is_some_and(|key| key == "value")).map(|(_, value)| value);
        for value in old.into_iter().chain(values) {
            if !sensitive {
                open.push(OpenOutput { name: name.clone().into_owned(), key: key.span(), value: value.span() });
            }
            output_value(value, &format!("{module}output"), name.clone(), sensitive, key.span(), give);
        }
    }
}

/// Changes of outputs in a plan.
pub(super) fn output_changes<'t>(node: Node<'t>, give: Give<'_, 't>) {
    for (key, change) in node.entries() {
        let name = key.str().unwrap_or_default();
        for (side, marks) in [("before", "before_sensitive"), ("after", "after_sensitive")] {
            if let Some(value) = change.get(side) {
                let sensitive = change.get(marks).is_some_and(|marks| marks.as_bool() == Some(true));
                output_value(value, "output", name.clone(), sensitive, key.span(), give);
            }
        }
    }
}

fn output_value<'t>(value: Node<'t>, address: &str, name: Cow<'t, str>, sensitive: bool, key: Span, give: Give<'_, 't>) {
    let address = || address.to_owned();
    let mut owner = Owner::new(&address, "");
    if sensitive {
        owner.marks.insert(String::new());
    }
    leaves(value, &owner, name, key, give);
}

fn identity(node: Node<'_>) -> (Cow<'_, str>, Cow<'_, str>) {
    let field = |key| node.get(key).and_then(Node::str).unwrap_or_default();
    (field("address"), kind(&field("mode"), field("type")))
}

fn kind<'t>(mode: &str, name: Cow<'t, str>) -> Cow<'t, str> {
    if mode == "data" { Cow::Owned(format!("data.{name}")) } else { name }
}

/// `[0]`, `["name"]`.
fn index_key(node: Node<'_>) -> String {
    match node.str() {
        Some(key) => format!("[\"{key}\"]"),
        None => format!("[{}]", node.raw()),
    }
}

/// A path of `sensitive_attributes`: steps `{"type": "get_attr", "value": "name"}` and
/// `{"type": "index", "value": {"value": 0, "type": "number"}}`.
fn marked_path(path: Node<'_>) -> Option<String> {
    let mut marked = String::new();
    for step in path.items() {
        let value = step.get("value")?;
        let value = value.get("value").unwrap_or(value);
        push_step(&mut marked, &value.str().or_else(|| value.number().map(Cow::Borrowed))?);
    }
    Some(marked)
}

/// An owner whose marks are a tree of `true` beside the values.
fn owner<'o>(address: &'o dyn Fn() -> String, kind: &'o str, marks: Option<Node<'_>>) -> Owner<'o> {
    let mut owner = Owner::new(address, kind);
    // Paths share their beginnings, so they are built while walking: (node, length of the path around it, step).
    let mut pending: Vec<(Node<'_>, usize, Cow<'_, str>)> = marks.map(|node| (node, 0, Cow::Borrowed(""))).into_iter().collect();
    let mut path = String::new();
    while let Some((node, around, step)) = pending.pop() {
        path.truncate(around);
        if node.span() != marks.map_or(Span::default(), Node::span) {
            push_step(&mut path, &step);
        }
        match node.kind() {
            Kind::True => {
                owner.marks.insert(path.clone());
            }
            Kind::Object => pending.extend(node.entries().map(|(key, value)| (value, path.len(), key.str().unwrap_or_default()))),
            Kind::Array => pending.extend(node.items().enumerate().map(|(index, item)| (item, path.len(), Cow::Owned(index.to_string())))),
            _ => {}
        }
    }
    owner
}
