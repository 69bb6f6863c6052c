//! How the parts of a notebook reach the engine.

use std::borrow::Cow;

use crate::literal::{Literal, LogicalPath, Part, PathBuilder, Reading, Reference, Role, Value};
use crate::source::{Source, Span, Text};
use crate::syntax::json::{Entries, Items, Kind, Node};
use crate::syntax::python;

use super::markup;

/// Where literals go.
pub(super) struct Sink<'v> {
    pub(super) source: &'v Source,
    pub(super) visit: &'v mut dyn FnMut(&Literal<'_, '_>),
}

/// Which part of the notebook a text is.
#[derive(Clone, Copy)]
pub(super) struct At<'p> {
    pub(super) role: Role,
    /// Where the key stands that opens it.
    pub(super) opener: Span,
    pub(super) path: &'p dyn Fn() -> LogicalPath,
}

impl Sink<'_> {
    pub(super) fn give(&mut self, at: At<'_>, name: &str, value: Value<'_>, reading: Reading) {
        if value.parts.is_empty() {
            return;
        }
        (self.visit)(&Literal {
            role: at.role,
            name: Cow::Borrowed(name),
            value,
            reading,
            source: self.source.id,
            setting: self.source.setting,
            opener: at.opener.start,
            path: at.path,
        });
    }

    /// A text as a whole, data URIs left out.
    pub(super) fn text(&mut self, at: At<'_>, text: &Text<'_>, reading: Reading) {
        if !text.is_empty() {
            self.give(at, "", Value::literal(text.clone()), reading);
        }
    }

    /// The strings of metadata.
    pub(super) fn metadata(&mut self, node: Node<'_>, root: &str) {
        self.strings(node, root, Role::NotebookMetadata, Reading::Value);
    }

    /// The strings inside a value, each under its key.
    pub(super) fn strings(&mut self, node: Node<'_>, root: &str, role: Role, reading: Reading) {
        let mut steps: Vec<Step<'_>> = Vec::new();
        let mut open: Vec<(Children<'_>, Option<Cow<'_, str>>)> = Vec::new();
        let mut next = Some((node, node.span(), None));
        loop {
            if let Some((node, opener, name)) = next.take() {
                match node.kind() {
                    Kind::Object => open.push((Children::Entries(node.entries()), widget(node))),
                    Kind::Array => open.push((Children::Items(node.items(), 0), name)),
                    _ => {
                        if let Some(text) = node.text().filter(|text| !text.is_empty()) {
                            let name = name.or_else(|| last_key(&steps)).unwrap_or_default();
                            let path = || path(root, &steps);
                            let text = markup::without_data(&text);
                            self.give(At { role, opener, path: &path }, &name, Value::literal(text), reading);
                        }
                        steps.pop();
                    }
                }
            }
            let Some((children, widget)) = open.last_mut() else { return };
            next = match children {
                Children::Entries(entries) => entries.next().map(|(key, value)| {
                    let name = key.str().unwrap_or_default();
                    let widget = widget.clone().filter(|_| name == "value");
                    steps.push(Step::Key(name));
                    (value, key.span(), widget)
                }),
                Children::Items(items, index) => items.next().map(|item| {
                    steps.push(Step::Index(*index));
                    *index += 1;
                    (item, item.span(), widget.clone())
                }),
            };
            match &next {
                Some(_) if matches!(steps.last(), Some(Step::Key(key)) if is_dull(key)) => {
                    // Written by tools, about tools.
                    next = None;
                    steps.pop();
                }
                Some(_) => {}
                None => {
                    open.pop();
                    steps.pop();
                }
            }
        }
    }
}

enum Step<'t> {
    Key(Cow<'t, str>),
    Index(usize),
}

enum Children<'t> {
    Entries(Entries<'t>),
    Items(Items<'t>, usize),
}

/// Hashes, signatures, and descriptions of kernels and editors: random strings that nobody can log in with.
fn is_dull(key: &str) -> bool {
    matches!(key, "signature" | "language_info" | "interpreter" | "varInspector" | "model_id" | "layout" | "style")
}

fn last_key<'t>(steps: &[Step<'t>]) -> Option<Cow<'t, str>> {
    steps.iter().rev().find_map(|step| match step {
        Step::Key(key) => Some(key.clone()),
        Step::Index(_) => None,
    })
}

fn path(root: &str, steps: &[Step<'_>]) -> LogicalPath {
    let path = steps.iter().fold(PathBuilder::root(root), |path, step| match step {
        Step::Key(key) => path.key(key),
        Step::Index(index) => path.index(*index),
    });
    path.build()
}

/// What the `value` of a saved widget is called: a password field says so, a text field by its description.
fn widget<'t>(node: Node<'t>) -> Option<Cow<'t, str>> {
    let model = node.get("_model_name")?.str()?;
    match model.as_ref() {
        "PasswordModel" => Some(Cow::Borrowed("password")),
        "TextModel" | "TextareaModel" | "ComboboxModel" => node.get("description")?.str(),
        _ => None,
    }
}

/// A string expression of Python as a value of a literal, its places those of the file. Neighbouring literals are one.
pub(super) fn value<'t>(expression: python::Value<'t>, outer: &Text<'_>) -> Value<'t> {
    let mut value = Value::default();
    let mut texts: Vec<Text<'t>> = Vec::new();
    for part in expression.parts {
        match part {
            python::Part::Literal(text) => texts.push(text.then(outer)),
            python::Part::Reference(span) => {
                join(&mut value, &mut texts);
                let name = outer.as_str().get(span.range()).unwrap_or("").to_owned();
                value.parts.push(Part::Reference(Reference { span: outer.hull(span.range()), name: name.into(), fallback: None }));
            }
        }
    }
    join(&mut value, &mut texts);
    value
}

fn join<'t>(value: &mut Value<'t>, texts: &mut Vec<Text<'t>>) {
    let text = match texts.len() {
        0 => return,
        1 => texts.pop(),
        _ => Some(Text::join(texts.iter())),
    };
    texts.clear();
    value.parts.extend(text.filter(|text| !text.is_empty()).map(Part::Literal));
}
