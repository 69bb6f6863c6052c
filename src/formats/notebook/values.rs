//! How the parts of a notebook reach the engine.

use std::borrow::Cow;

use crate::literal::{Literal, LogicalPath, Part, PathBuilder, Reading, Reference, Role, Value};
use crate::source::{Source, Span, Text};
use crate::syntax::json::{Entries, Items, Kind, Node};
use crate::syntax::python;

use super::markup;

/// Of deeper nesting a path tells the beginning, so that many findings there do not cost its square.
const MAX_PATH: usize = 64;

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
        let mut walk = Walk { steps: Vec::new(), open: Vec::new() };
        let mut next = Some(Found { node, opener: node.span(), key: None, widget: None });
        while let Some(found) = next.take() {
            if let Some(scalar) = walk.enter(found)
                && let Some(text) = scalar.node.text().filter(|text| !text.is_empty())
            {
                let key = scalar.key.and_then(|at| walk.steps.get(at));
                let name = match (&scalar.widget, key) {
                    (Some(widget), _) => widget.as_ref(),
                    (None, Some(Step::Key(key))) => key.as_ref(),
                    _ => "",
                };
                let path = || path(root, &walk.steps);
                self.give(At { role, opener: scalar.opener, path: &path }, name, Value::literal(markup::without_data(&text)), reading);
            }
            next = walk.next();
        }
    }
}

/// A way through a value, without recursion.
struct Walk<'t> {
    steps: Vec<Step<'t>>,
    open: Vec<Open<'t>>,
}

enum Step<'t> {
    Key(Cow<'t, str>),
    Index(usize),
}

/// A container that is being read.
struct Open<'t> {
    children: Children<'t>,
    /// How many steps lead to it.
    depth: usize,
    /// Which of the steps is the nearest key.
    key: Option<usize>,
    /// What a `value` inside is called.
    widget: Option<Cow<'t, str>>,
}

enum Children<'t> {
    Entries(Entries<'t>),
    Items(Items<'t>, usize),
}

/// A value on the way.
struct Found<'t> {
    node: Node<'t>,
    opener: Span,
    key: Option<usize>,
    widget: Option<Cow<'t, str>>,
}

impl<'t> Walk<'t> {
    /// Opens a container; gives any other value back.
    fn enter(&mut self, found: Found<'t>) -> Option<Found<'t>> {
        let (children, widget) = match found.node.kind() {
            Kind::Object => (Children::Entries(found.node.entries()), widget(found.node)),
            Kind::Array => (Children::Items(found.node.items(), 0), found.widget),
            _ => return Some(found),
        };
        self.open.push(Open { children, depth: self.steps.len(), key: found.key, widget });
        None
    }

    /// The next value.
    fn next(&mut self) -> Option<Found<'t>> {
        while let Some(top) = self.open.last_mut() {
            self.steps.truncate(top.depth);
            match &mut top.children {
                Children::Entries(entries) => {
                    let mut telling = entries.by_ref().map(|(key, value)| (key.str().unwrap_or_default(), key.span(), value));
                    // Some is written by tools, about tools.
                    if let Some((name, opener, node)) = telling.find(|(name, _, _)| !is_dull(name)) {
                        let widget = top.widget.clone().filter(|_| name == "value");
                        self.steps.push(Step::Key(name));
                        return Some(Found { node, opener, key: Some(top.depth), widget });
                    }
                }
                Children::Items(items, index) => {
                    if let Some(node) = items.next() {
                        self.steps.push(Step::Index(*index));
                        *index += 1;
                        return Some(Found { node, opener: node.span(), key: top.key, widget: top.widget.clone() });
                    }
                }
            }
            self.open.pop();
        }
        None
    }
}

/// Hashes, signatures, and descriptions of kernels and editors: random strings that nobody can log in with.
fn is_dull(key: &str) -> bool {
    matches!(key, "signature" | "language_info" | "interpreter" | "varInspector" | "model_id" | "layout" | "style")
}

fn path(root: &str, steps: &[Step<'_>]) -> LogicalPath {
    let path = steps.iter().take(MAX_PATH).fold(PathBuilder::root(root), |path, step| match step {
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
