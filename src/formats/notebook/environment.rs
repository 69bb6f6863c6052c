//! A variable of the environment in the place of a string in a cell: `os.environ["NAME"]`, and `import os` where no cell has it.

use super::{Notebook, markup};
use crate::source::{Change, Edit, Source, Span};
use crate::syntax::json::{Kind, Node, Scanner, Tree};
use crate::syntax::python;

/// The strings of the Python in a notebook that a variable may take the place of.
pub struct Code<'a> {
    source: &'a Source,
    /// Sorted; none holds another.
    strings: Vec<Quoted>,
}

struct Quoted {
    /// With its quotes.
    outer: Span,
    body: Span,
    /// The quote as it is written in JSON.
    quote: &'static str,
    /// What imports `os`, where nothing does; None where there is no room for it.
    import: Import,
}

#[derive(Clone)]
enum Import {
    IsThere,
    Missing(Edit),
    Impossible,
}

impl<'a> Notebook<'a> {
    /// What of its code can be read from the environment.
    #[must_use]
    pub fn code(&self) -> Code<'a> {
        let survey = self.survey();
        let mut code = Code { source: self.source, strings: Vec::new() };
        let is_python = survey.language.as_ref().is_none_or(|language| language.to_ascii_lowercase().contains("python"));
        let mut imported = false;
        for span in survey.code.iter().filter(|_| is_python) {
            let mut scanner = Scanner::new(&self.source.text, span.range().start);
            let Some(Ok(event)) = scanner.next() else { continue };
            let tree = Tree::read(&mut scanner, event);
            if let Some(node) = tree.root(&self.source.text) {
                imported = code.cell(node, imported);
            }
        }
        code
    }
}

impl Code<'_> {
    /// Reads a cell; `imported` says whether one before it imports `os`. Whether it is imported behind it.
    fn cell(&mut self, node: Node<'_>, imported: bool) -> bool {
        let Some(text) = node.joined() else { return imported };
        let text = markup::without_data(&text);
        let imported = imported || text.as_str().lines().any(imports_os);
        let import = match (imported, text.as_str().trim_start().starts_with("%%")) {
            (true, _) => Import::IsThere,
            (false, true) => Import::Impossible,
            (false, false) => import(self.source, node).map_or(Import::Impossible, Import::Missing),
        };
        let (mut seen, mut sets) = (0, false);
        for plain in python::plain(text.as_str()) {
            // What puts a value into the environment, before it on its line, does not take it from there.
            let before = &text.as_str()[seen..plain.span.range().start];
            let line = before.rfind('\n').map_or(before, |end| &before[end..]);
            sets = line.contains("environ") || sets && line.len() == before.len();
            seen = plain.span.range().start;
            if let ([outer], false) = (text.locate(plain.span.range()).as_slice(), sets) {
                let quote = if text.as_str()[plain.span.range()].ends_with('"') { "\\\"" } else { "'" };
                self.strings.push(Quoted { outer: *outer, body: text.hull(plain.body.range()), quote, import: import.clone() });
            }
        }
        imported
    }

    /// The cell with a variable of the environment in the place of the string that is this, or of the URL that holds it.
    #[must_use]
    pub fn from_environment(&self, place: Span, variable: &str) -> Option<Change> {
        let before = self.strings.partition_point(|string| string.outer.start <= place.start);
        let string = self.strings.get(before.checked_sub(1)?)?;
        let is_url = || string.body.contains(place) && self.source.slice(string.body).contains("://");
        if string.body != place && !is_url() {
            return None;
        }
        let quote = string.quote;
        let mut edits = vec![Edit::replace(string.outer, format!("os.environ[{quote}{variable}{quote}]"))];
        match &string.import {
            Import::IsThere => {}
            Import::Missing(import) => edits.insert(0, import.clone()),
            Import::Impossible => return None,
        }
        Some(Change { edits, ..Change::default() })
    }
}

/// `import os` as the first line of a cell.
fn import(source: &Source, node: Node<'_>) -> Option<Edit> {
    match node.kind() {
        Kind::String => Some(Edit::insert(node.span().start + 1, "import os\\n")),
        Kind::Array => {
            let mut items = node.items().map(|item| item.span());
            let (first, second) = (items.next()?, items.next());
            let lead = source.slice(Span { start: node.span().start + 1, end: first.start });
            let gap = second.map(|second| source.slice(Span { start: first.end, end: second.start }).trim_start().trim_start_matches(','));
            let gap = if lead.contains('\n') { lead } else { gap.unwrap_or(" ") };
            Some(Edit::insert(first.start, format!("\"import os\\n\",{}", gap.replace('\r', ""))))
        }
        _ => None,
    }
}

fn imports_os(line: &str) -> bool {
    line.trim_start().strip_prefix("import ").is_some_and(|modules| modules.split(',').any(|module| module.trim() == "os"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mended(cells: &str, secret: &str) -> Option<String> {
        let text = format!("{{\"cells\": [{cells}], \"nbformat\": 4}}");
        let source = Source { text: text.clone(), ..Source::default() };
        let notebook = Notebook::new(&source).unwrap();
        let at = text.find(secret).unwrap();
        let change = notebook.code().from_environment(Span::new(at, at + secret.len()), "X")?;
        let mut out = text;
        change.edits.iter().rev().for_each(|edit| out.replace_range(edit.span.range(), &edit.text));
        Some(out.strip_prefix("{\"cells\": [")?.strip_suffix("], \"nbformat\": 4}")?.to_owned())
    }

    fn cell(source: &str) -> String {
        format!("{{\"cell_type\": \"code\", \"source\": {source}}}")
    }

    #[test]
    fn a_string_becomes_a_variable_in_the_cells_own_quotes() {
        let of = |before: &str, after: &str| assert_eq!(mended(&cell(before), "hunter2"), Some(cell(after)));
        of(r#"["import os\n", "p = 'hunter2'"]"#, r#"["import os\n", "p = os.environ['X']"]"#);
        of(r#""import os\np = \"hunter2\"""#, r#""import os\np = os.environ[\"X\"]""#);
        of(r#""import os\nu = 'db://me:hunter2@h'""#, r#""import os\nu = os.environ['X']""#);
    }

    #[test]
    fn the_import_comes_along_in_the_style_of_the_list() {
        let of = |before: &str, after: &str| assert_eq!(mended(&cell(before), "hunter2"), Some(cell(after)));
        of(r#"["p = 'hunter2'"]"#, r#"["import os\n", "p = os.environ['X']"]"#);
        of(r#"["a\n","p = 'hunter2'"]"#, r#"["import os\n","a\n","p = os.environ['X']"]"#);
        of("[\n   \"p = 'hunter2'\"\n  ]", "[\n   \"import os\\n\",\n   \"p = os.environ['X']\"\n  ]");
        of(r#""p = 'hunter2'""#, r#""import os\np = os.environ['X']""#);
        let (first, second) = (cell("\"import sys, os\""), cell("\"p = 'hunter2'\""));
        assert_eq!(mended(&format!("{first}, {second}"), "hunter2"), Some(format!("{first}, {}", cell("\"p = os.environ['X']\""))));
    }

    #[test]
    fn a_line_of_many_strings_costs_no_square() {
        let text =
            format!("{{\"cells\": [{}]}}", cell(&format!("\"os.environ['A'] = 'x'; a = [{}]\\nb = ['y']\"", "'b', ".repeat(100_000))));
        let source = Source { text, ..Source::default() };
        assert_eq!(Notebook::new(&source).unwrap().code().strings.len(), 1);
    }

    #[test]
    fn what_no_variable_fits_into_is_left_alone() {
        for source in [
            r#""p = 'a hunter2'""#,
            r#""p = f'hunter2'""#,
            r#""os.environ['P'] = 'hunter2'""#,
            r##""# p = 'hunter2'""##,
            r#""%%time\np = 'hunter2'""#,
            r#""%%bash\np='hunter2'""#,
            r#"["p = 'hun", "ter2'"]"#,
        ] {
            let secret = if source.contains("ter2'\"]") { "hun" } else { "hunter2" };
            assert_eq!(mended(&cell(source), secret), None, "{source}");
        }
        assert_eq!(mended(&cell("\"p = 'hunter2'\"").replace("code", "markdown"), "hunter2"), None);
        let r = format!("{}], \"metadata\": {{\"kernelspec\": {{\"language\": \"R\"}}}}, \"x\": [1", cell("\"p <- 'hunter2'\""));
        assert_eq!(mended(&r, "hunter2"), None);
    }
}
