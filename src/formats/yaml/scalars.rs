//! Values in which a reference may take the place of a literal.

use crate::source::{Change, Edit, Source, Span};
use crate::syntax::yaml::{Node, Style};

use super::{Met, scalars};

/// Scalars of a file, to be asked which of them holds a place.
pub struct Scalars<'a> {
    source: &'a Source,
    /// Sorted; none holds another.
    found: Vec<Scalar>,
}

struct Scalar {
    span: Span,
    style: Style,
    /// Whether it stands in `{…}` or `[…]`, where a plain scalar may hold no bracket.
    in_flow: bool,
}

impl<'a> Scalars<'a> {
    /// The values below these roots that are wanted.
    #[must_use]
    pub fn new(source: &'a Source, roots: impl Iterator<Item = Node<'a>>, wanted: impl Fn(&Met<'a, '_>) -> bool) -> Self {
        let mut found = Vec::new();
        for root in roots {
            scalars(root, &mut |met| {
                if let Some(style) = met.node.style().filter(|_| !met.is_key && wanted(met)) {
                    let before = source.text.get(..met.opener() as usize).unwrap_or("");
                    found.push(Scalar { span: met.node.span(), style, in_flow: before.trim_end().ends_with(['{', '[', ',']) });
                }
            });
        }
        found.sort_by_key(|scalar| scalar.span);
        Self { source, found }
    }

    /// The file with a reference in the place of what stands there.
    #[must_use]
    pub fn replaced(&self, place: Span, reference: &str) -> Option<Change> {
        let scalar = self.at(place)?;
        let mut edits = vec![Edit::replace(place, reference)];
        if scalar.style == Style::Plain && scalar.in_flow && reference.contains(['{', '}', '[', ']', ',']) {
            if self.source.slice(scalar.span).contains(['"', '\\']) {
                return None;
            }
            edits.extend([Edit::insert(scalar.span.start, "\""), Edit::insert(scalar.span.end, "\"")]);
            if scalar.span == place {
                edits = vec![Edit::replace(place, format!("\"{reference}\""))];
            }
            edits.sort();
        }
        Some(Change { edits, ..Change::default() })
    }

    /// The whole URL that holds a place, if the value is one; behind `NAME=`, where it begins with that.
    #[must_use]
    pub fn url(&self, place: Span, name: &str) -> Option<Span> {
        let scalar = self.at(place)?;
        let quotes = u32::from(matches!(scalar.style, Style::Single | Style::Double));
        let inner = Span { start: scalar.span.start + quotes, end: scalar.span.end.checked_sub(quotes)? };
        let named = self.source.slice(inner).strip_prefix(name).is_some_and(|rest| !name.is_empty() && rest.starts_with('='));
        let skipped = if named { u32::try_from(name.len() + 1).ok()? } else { 0 };
        let is_line =
            matches!(scalar.style, Style::Plain | Style::Single | Style::Double) && !self.source.slice(inner).contains(['\n', ' ']);
        let whole = Span { start: inner.start + skipped, end: inner.end };
        (is_line && whole.contains(place) && self.source.slice(whole).contains("://")).then_some(whole)
    }

    fn at(&self, place: Span) -> Option<&Scalar> {
        let before = self.found.partition_point(|scalar| scalar.span.start <= place.start);
        self.found.get(before.checked_sub(1)?).filter(|scalar| scalar.span.contains(place) && !place.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::yaml::Tree;

    fn replaced(text: &str, from: &str) -> Option<String> {
        let source = Source { text: text.to_owned(), ..Source::default() };
        let tree = Tree::parse(text);
        let scalars = Scalars::new(&source, tree.documents(text), |_| true);
        let at = text.find(from).unwrap();
        let change = scalars.replaced(Span::new(at, at + from.len()), "${X}")?;
        let mut out = text.to_owned();
        change.edits.iter().rev().for_each(|edit| out.replace_range(edit.span.range(), &edit.text));
        Some(out)
    }

    #[test]
    fn a_reference_is_quoted_where_yaml_would_read_its_braces() {
        assert_eq!(replaced("a: hunter2\n", "hunter2").unwrap(), "a: ${X}\n");
        assert_eq!(replaced("a: {b: hunter2, c: d}\n", "hunter2").unwrap(), "a: {b: \"${X}\", c: d}\n");
        assert_eq!(replaced("a: [x, http://u:hunter2@h]\n", "hunter2").unwrap(), "a: [x, \"http://u:${X}@h\"]\n");
        assert_eq!(replaced("a: {b: \"hunter2\"}\n", "hunter2").unwrap(), "a: {b: \"${X}\"}\n");
        assert_eq!(replaced("a: |\n  hunter2\n", "hunter2").unwrap(), "a: |\n  ${X}\n");
        assert_eq!(replaced("hunter2: b\n", "hunter2"), None);
    }

    #[test]
    fn a_url_begins_behind_its_name() {
        let text = "- DB_URL=http://u:p@h\n- \"x y\"\n";
        let source = Source { text: text.to_owned(), ..Source::default() };
        let tree = Tree::parse(text);
        let scalars = Scalars::new(&source, tree.documents(text), |_| true);
        let whole = |part: &str| {
            let at = text.find(part).unwrap();
            scalars.url(Span::new(at, at + part.len()), "DB_URL").map(|span| source.slice(span))
        };
        assert_eq!(whole("p@"), Some("http://u:p@h"));
        assert_eq!(whole("DB"), None);
        assert_eq!(whole("x"), None);
    }
}
