//! Values of variables: `.tfvars`, `.tfvars.json`, Terragrunt's `inputs`, and backend settings in `.tfbackend` files.
//!
//! <https://developer.hashicorp.com/terraform/language/values/variables#variable-definitions-tfvars-files>,
//! <https://terragrunt.gruntwork.io/docs/features/inputs/>

use std::collections::HashSet;
use std::sync::Arc;

use super::terraform::{Argument, Backend, Block, Frame, Module, ParsedFile, Walk, files_of};
use super::{Format, Tree, View};
use crate::literal::{Literal, LogicalPath, Reading, Role, Value};
use crate::source::{Place, Source, Text};
use crate::syntax::SyntaxError;
use crate::syntax::hcl::File;

/// A file of values.
pub struct Tfvars {
    source: Arc<Source>,
    tree: File,
    sensitive: Arc<HashSet<String>>,
    /// What Terragrunt's `generate` blocks write into the module.
    generated: Vec<ParsedFile>,
}

impl Tfvars {
    /// The view. `context` is where the module beside the file says which of its variables are sensitive.
    #[must_use]
    pub fn new(source: Arc<Source>, context: &dyn Tree) -> Self {
        let json = source.file_name().to_ascii_lowercase().ends_with(".json");
        let tree = if json { File::parse_json(&source.text, &[]) } else { File::parse(&source.text) };
        let sensitive = declared_sensitive(&source, context);
        let generated = generated(&source, &tree);
        Self { source, tree, sensitive, generated }
    }

    /// Where Terragrunt keeps the state.
    pub fn backends(&self) -> impl Iterator<Item = Backend<'_>> {
        let states = self.tree.body(&self.source.text).blocks_of("remote_state");
        let states = states.map(|block| Block::new(&self.source, block));
        // OpenTofu's own encryption covers whatever the backend does with it.
        let states = states.filter(|block| block.argument("encryption").is_none()).filter_map(Backend::configured);
        states.chain(self.generated.iter().flat_map(ParsedFile::backends))
    }

    /// The settings of a backend that a `*.tfbackend` file completes: <https://developer.hashicorp.com/terraform/language/backend#file>
    pub fn backend_settings(&self) -> Vec<Argument<'_>> {
        if !self.source.file_name().ends_with(".tfbackend") {
            return Vec::new();
        }
        self.tree.body(&self.source.text).attributes().map(|attribute| Argument::of(&self.source, attribute)).collect()
    }

    /// Whether git will never commit the file.
    #[must_use]
    pub fn is_ignored(&self) -> bool {
        self.source.standing == crate::source::Standing::Ignored
    }
}

/// The modules that `generate` blocks write out: <https://terragrunt.gruntwork.io/docs/reference/hcl/blocks/#generate>. A heredoc is
/// read where it stands: everything around it becomes blanks.
fn generated(source: &Source, tree: &File) -> Vec<ParsedFile> {
    let mut files = Vec::new();
    for block in tree.body(&source.text).blocks_of("generate").take(MAX_GENERATED) {
        let Some(contents) = block.body().attribute("contents") else { continue };
        let span = contents.expr().span();
        let written = source.slice(span);
        if !written.starts_with("<<") {
            continue;
        }
        let inside = written.find('\n').map_or(written.len(), |at| at + 1)..written.rfind('\n').unwrap_or(0);
        let Some(inside) = written.get(inside) else { continue };
        let before = span.range().start + written.find('\n').map_or(0, |at| at + 1);
        let blanks = source.text.bytes().take(before).map(|byte| if byte == b'\n' { '\n' } else { ' ' });
        let text: String = blanks.chain(inside.chars()).collect();
        files.push(ParsedFile::new(Arc::new(Source {
            id: source.id,
            text,
            path: source.path.clone(),
            setting: source.setting,
            ..Source::default()
        })));
    }
    files
}

/// A file has a handful of them.
const MAX_GENERATED: usize = 16;

/// The variables with `sensitive = true` or `ephemeral = true` in the directory of the file.
fn declared_sensitive(source: &Source, context: &dyn Tree) -> Arc<HashSet<String>> {
    if source.file_name().ends_with(".tfbackend") {
        return Arc::default();
    }
    let directory = source.root_path.rsplit_once('/').map_or(".", |(directory, _)| directory);
    context.secret_variables(directory, &|| {
        let files = files_of(context, directory);
        let module = Module::new(&files, context);
        let secret =
            module.blocks_of("variable").filter(|variable| [variable.flag("sensitive"), variable.flag("ephemeral")].contains(&Some(true)));
        secret.map(|variable| variable.label(0).to_owned()).collect()
    })
}

impl View for Tfvars {
    fn format(&self) -> Format {
        Format::Tfvars
    }

    fn sources(&self) -> Vec<&Source> {
        vec![&self.source]
    }

    fn literals(&self, visit: &mut dyn FnMut(&Literal<'_, '_>)) {
        let frame = Frame { source: &self.source, role: Role::Tfvars, address: "", of_type: None };
        for attribute in self.tree.body(&self.source.text).attributes() {
            let mut walk = Walk::new(frame);
            walk.marked = self.sensitive.contains(attribute.name());
            walk.argument(attribute, &[], visit);
        }
        // Terragrunt's `remote_state`, `locals` and `generate`.
        let mut open: Vec<_> = self.tree.body(&self.source.text).blocks().map(|block| (block, vec![block.kind()])).collect();
        while let Some((block, way)) = open.pop() {
            for attribute in block.body().attributes() {
                Walk::new(frame).argument(attribute, &way, visit);
            }
            open.extend(block.body().blocks().map(|inner| (inner, [way.as_slice(), &[inner.kind()]].concat())));
        }
        for span in self.tree.comments() {
            visit(&Literal {
                role: Role::Tfvars,
                name: "".into(),
                value: Value::literal(Text::raw(&self.source.text, *span)),
                reading: Reading::Prose,
                source: self.source.id,
                setting: self.source.setting,
                opener: span.start,
                path: &LogicalPath::default,
            });
        }
    }

    fn errors(&self) -> Vec<(&Source, &SyntaxError)> {
        self.tree.errors().iter().map(|error| (&*self.source, error)).collect()
    }

    fn comments(&self) -> Vec<Place> {
        self.tree.comments().iter().map(|span| self.source.place(*span)).collect()
    }
}
