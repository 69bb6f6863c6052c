//! A variable in the place of a constant: `var.name` or `${var.name}` where the constant stands, and the variable's block at the
//! end of the file.

use std::collections::{HashMap, HashSet};

use super::{Block, Module, ParsedFile};
use crate::source::{Change, Edit, Place, Source, SourceId, Span};
use crate::syntax::hcl::{self, Expr, ExprKind, Part};

/// The strings of a module in which a variable may stand, and the names that are taken.
pub struct Extraction<'a> {
    strings: HashMap<SourceId, (&'a Source, Vec<Template>)>,
    taken: HashSet<String>,
}

/// A string's place, and that of a constant part of it.
struct Template {
    outer: Span,
    part: Span,
    /// Whether the part is all of it.
    whole: bool,
}

impl<'a> Extraction<'a> {
    /// Looks at the files that are part of the module; JSON has other rules, and override files bring no blocks of their own.
    #[must_use]
    pub fn new(module: Module<'a>) -> Self {
        let taken = module.blocks_of("variable").map(|variable| variable.label(0).to_owned()).collect();
        let files = module.reported().filter(|file| file.is_own());
        let files = files.filter(|file| !file.source.file_name().to_ascii_lowercase().ends_with(".json"));
        Self { strings: files.map(|file| (file.source.id, (&*file.source, strings(file)))).collect(), taken }
    }

    /// Takes the first of these names that no variable has.
    pub fn name(&mut self, wanted: &[String]) -> Option<String> {
        let reserved = ["source", "version", "providers", "count", "for_each", "lifecycle", "depends_on", "locals"];
        let fits = |name: &&String| {
            let mut chars = name.chars();
            let begins = chars.next().is_some_and(|char| char.is_ascii_alphabetic() || char == '_');
            begins
                && name.len() <= 60
                && chars.all(|char| char.is_ascii_alphanumeric() || char == '_')
                && !reserved.contains(&name.as_str())
        };
        let name = wanted.iter().filter(fits).find(|name| !self.taken.contains(*name))?;
        self.taken.insert(name.clone());
        Some(name.clone())
    }

    /// The file with this variable where the constant stands. Nothing where a variable may not stand.
    #[must_use]
    pub fn extracted(&self, place: Place, variable: &str) -> Option<Change> {
        let (source, strings) = self.strings.get(&place.source)?;
        let before = strings.partition_point(|template| template.part.start <= place.span.start);
        let template = strings.get(before.checked_sub(1)?).filter(|template| template.part.contains(place.span))?;
        // `$${` is how a brace is written that begins nothing.
        let escapes = source.text.get(..place.span.start as usize)?.ends_with(['$', '%']);
        let reference = match (template.whole && template.part == place.span, escapes) {
            (true, _) => Edit::replace(template.outer, format!("var.{variable}")),
            (false, false) => Edit::replace(place.span, format!("${{var.{variable}}}")),
            (false, true) => return None,
        };
        let block = format!("variable \"{variable}\" {{\n  type      = string\n  sensitive = true\n}}");
        let declared = if source.text.ends_with('\n') { format!("\n{block}\n") } else { format!("\n\n{block}") };
        let end = u32::try_from(source.text.len()).ok()?;
        Some(Change { edits: vec![reference, Edit::insert(end, declared)], ..Change::default() })
    }
}

/// The constant parts of the strings that may hold a variable; sorted, none in another.
fn strings(file: &ParsedFile) -> Vec<Template> {
    let mut found = Vec::new();
    let top = |kind: &str| matches!(kind, "resource" | "data" | "ephemeral" | "locals" | "module" | "output" | "provider" | "check");
    let mut open: Vec<hcl::Block<'_>> = file.body().blocks().filter(|block| top(block.kind())).collect();
    while let Some(block) = open.pop() {
        if !takes_variables(Block::new(&file.source, block)) {
            continue;
        }
        for attribute in block.body().attributes() {
            // A module is fetched, and instances are counted, before a sensitive value is known.
            let fixed = matches!(attribute.name(), "count" | "for_each" | "depends_on" | "provider" | "providers")
                || block.kind() == "module" && matches!(attribute.name(), "source" | "version");
            if !fixed {
                parts(attribute.expr(), &mut found);
            }
        }
        open.extend(block.body().blocks());
    }
    found.sort_by_key(|template| template.part);
    found
}

/// What runs when a resource goes may name nothing but the resource
/// (<https://developer.hashicorp.com/terraform/language/provisioners#destroy-time-provisioners>).
fn takes_variables(block: Block<'_>) -> bool {
    let when = || block.argument("when").and_then(|when| when.words().pop());
    block.kind() != "lifecycle" && (block.kind() != "provisioner" || when().is_none_or(|when| when != "destroy"))
}

fn parts(expr: Expr<'_>, found: &mut Vec<Template>) {
    let mut keys: HashSet<Span> = HashSet::new();
    for inner in expr.descendants() {
        match inner.kind() {
            ExprKind::Object(object) => keys.extend(object.items().map(|item| item.key.span())),
            ExprKind::Template(template) if !keys.contains(&inner.span()) => {
                let whole = template.parts().len() == 1;
                found.extend(template.parts().filter_map(|part| match part {
                    Part::Literal(text) if !text.is_empty() => Some(Template { outer: inner.span(), part: text.span(), whole }),
                    _ => None,
                }));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::ModuleFiles;
    use super::*;
    use crate::formats::terraform::tests::Files;

    fn extracted(text: &str, secret: &str) -> Option<String> {
        let source = Arc::new(Source { text: text.to_owned(), path: "main.tf".to_owned(), ..Source::default() });
        let files = ModuleFiles::all(&[Arc::clone(&source)]);
        let tree = Files(Vec::new());
        let extraction = Extraction::new(Module::new(&files, &tree));
        let at = text.find(secret).unwrap();
        let change = extraction.extracted(source.place(Span::new(at, at + secret.len())), "x")?;
        let mut out = text.to_owned();
        change.edits.iter().rev().for_each(|edit| out.replace_range(edit.span.range(), &edit.text));
        Some(out.strip_suffix("variable \"x\" {\n  type      = string\n  sensitive = true\n}\n")?.to_owned())
    }

    #[test]
    fn a_variable_takes_the_place_of_a_string_or_of_a_part_of_one() {
        let of = |value: &str| extracted(&format!("resource \"a\" \"b\" {{\n  v = {value}\n}}\n"), "hunter2");
        let wanted = |value: &str| Some(format!("resource \"a\" \"b\" {{\n  v = {value}\n}}\n\n"));
        for (before, after) in [
            ("\"hunter2\"", "var.x"),
            ("\"u:hunter2@${local.h}\"", "\"u:${var.x}@${local.h}\""),
            ("\"${f(\"hunter2\")}\"", "\"${f(var.x)}\""),
            ("coalesce(var.y, \"hunter2\")", "coalesce(var.y, var.x)"),
            ("[{ k = \"hunter2\" }]", "[{ k = var.x }]"),
            ("{ (\"hunter2\") = 1 }", "{ (var.x) = 1 }"),
            ("{ \"q\" = \"hunter2\" }", "{ \"q\" = var.x }"),
            ("<<-E\n    p: \"hunter2\"\n  E", "<<-E\n    p: \"${var.x}\"\n  E"),
        ] {
            assert_eq!(of(before), wanted(after), "{before}");
        }
        for refused in ["\"$hunter2\"", "\"%hunter2\"", "{ \"hunter2\" = 1 }"] {
            assert_eq!(of(refused), None, "{refused}");
        }
    }

    #[test]
    fn some_arguments_take_no_variable() {
        for text in [
            "module \"m\" {\n  source = \"git::https://u:hunter2@h\"\n}\n",
            "variable \"v\" {\n  default = \"hunter2\"\n}\n",
            "terraform {\n  backend \"pg\" {\n    conn_str = \"hunter2\"\n  }\n}\n",
            "resource \"a\" \"b\" {\n  for_each = toset([\"hunter2\"])\n}\n",
            "resource \"a\" \"b\" {\n  provisioner \"local-exec\" {\n    when    = destroy\n    command = \"x hunter2\"\n  }\n}\n",
        ] {
            assert_eq!(extracted(text, "hunter2"), None, "{text}");
        }
        let text = "resource \"a\" \"b\" {\n  provisioner \"local-exec\" {\n    command = \"x hunter2\"\n  }\n}\n";
        assert_eq!(extracted(text, "hunter2").unwrap(), text.replace("hunter2", "${var.x}") + "\n");
    }

    #[test]
    fn names_are_taken_once() {
        let text = "variable \"a\" {}\n";
        let files = ModuleFiles::all(&[Arc::new(Source { text: text.to_owned(), path: "main.tf".to_owned(), ..Source::default() })]);
        let tree = Files(Vec::new());
        let mut extraction = Extraction::new(Module::new(&files, &tree));
        let mut name = |wanted: &[&str]| extraction.name(&wanted.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(name(&["a", "count", "1b", "b", "c"]).as_deref(), Some("b"));
        assert_eq!(name(&["a", "b", "c"]).as_deref(), Some("c"));
        assert_eq!(name(&["a", "b"]), None);
    }
}
