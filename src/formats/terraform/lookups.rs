//! What an argument's expression looks up, calls and reads.

use super::{Argument, scripts};
use crate::source::{Place, Span, Text};
use crate::syntax::hcl::{Expr, ExprKind, Part, Step};

/// `root.name["key"]` in an expression.
pub struct Lookup<'a> {
    /// `var`, `data`, a resource's type …
    pub root: &'a str,
    /// The names and constant keys after it, computed ones left out.
    pub names: Vec<String>,
    /// All of it.
    pub place: Place,
}

impl Lookup<'_> {
    /// The address of the block that it looks into: `aws_s3_bucket.state`, `data.aws_x.y`, `var.z`.
    #[must_use]
    pub fn address(&self) -> String {
        let labels = if matches!(self.root, "data" | "ephemeral") { 2 } else { 1 };
        let mut address = self.root.to_owned();
        for name in self.names.iter().take(labels) {
            address.push('.');
            address.push_str(name);
        }
        address
    }
}

impl<'a> Argument<'a> {
    /// Everything it looks up.
    #[must_use]
    pub fn lookups(&self) -> Vec<Lookup<'a>> {
        let mut found = Vec::new();
        for expr in self.expr.descendants() {
            let ExprKind::Traversal(traversal) = expr.kind() else { continue };
            let ExprKind::Variable(root) = traversal.root().kind() else { continue };
            let names = traversal.steps().filter_map(|step| match step {
                Step::Attr(name) => Some(name.text.to_owned()),
                Step::Index(key) => key.literal().map(|key| key.as_str().to_owned()),
                Step::Splat => None,
            });
            found.push(Lookup { root, names: names.collect(), place: self.source.place(expr.span()) });
        }
        found
    }

    /// Whether it looks something up in the block of this address.
    #[must_use]
    pub fn refers_to(&self, address: &str) -> bool {
        self.lookups().iter().any(|lookup| lookup.address() == address)
    }

    /// The functions called in it, and where.
    #[must_use]
    pub fn calls(&self) -> Vec<(&'a str, Place)> {
        let calls = self.expr.descendants().filter_map(|expr| match expr.kind() {
            ExprKind::Call(call) => Some((call.name().text, self.source.place(expr.span()))),
            _ => None,
        });
        calls.collect()
    }

    /// The values of objects `{ name = "X", value = … }` anywhere in it, with their names.
    #[must_use]
    pub fn named_values(&self) -> Vec<(String, Argument<'a>)> {
        let objects = self.expr.descendants().filter_map(|expr| match expr.kind() {
            ExprKind::Object(_) => Some(Self { expr, ..self.clone() }.items()),
            _ => None,
        });
        let pair = |items: Vec<Argument<'a>>| {
            let name = items.iter().find(|item| item.name() == "name")?.text()?.as_str().to_owned();
            Some((name, items.into_iter().find(|item| item.name() == "value")?))
        };
        objects.filter_map(pair).collect()
    }

    /// Its text as a shell script, with a filler for each reference, and the ranges of the fillers.
    #[must_use]
    pub fn script(&self) -> (Text<'a>, Vec<Span>) {
        scripts::of_argument(self)
    }

    /// The items of an object, also of one that is encoded: `jsonencode({ … })`.
    #[must_use]
    pub fn inner_items(&self) -> Vec<Argument<'a>> {
        match self.expr.kind() {
            ExprKind::Call(call) if matches!(call.name().text, "jsonencode" | "yamlencode") => {
                let object = call.arguments().iter().next();
                object.map(|expr| Self { expr, ..self.clone() }.items()).unwrap_or_default()
            }
            _ => self.items(),
        }
    }

    /// Whether all of it is the content of a file.
    #[must_use]
    pub fn is_file(&self) -> bool {
        matches!(self.expr.kind(), ExprKind::Call(call) if call.name().text == "file")
    }

    /// The path that `file("…")` reads, from the module's directory; also the text itself, where it may be a path.
    #[must_use]
    pub fn file_path(&self) -> Option<String> {
        match self.expr.kind() {
            ExprKind::Call(call) if call.name().text == "file" => self.path_in(call.arguments().iter().next()?),
            _ => self.path_in(self.expr).filter(|path| path.len() < 256 && path.contains('.') && !path.contains(['{', '\n', ' '])),
        }
    }

    fn path_in(&self, expr: Expr<'a>) -> Option<String> {
        let ExprKind::Template(template) = expr.kind() else { return None };
        let mut path = String::new();
        for part in template.parts() {
            match part {
                Part::Literal(text) => path.push_str(text.as_str()),
                Part::Interpolation(inner, _) if self.source.slice(inner.span()) == "path.module" => path.push('.'),
                Part::Interpolation(..) | Part::Directive(..) => return None,
            }
        }
        Some(path)
    }
}
