//! Terraform and OpenTofu: the `.tf`, `.tofu` and `.tf.json` files of one directory, which are one module.
//!
//! A `.tofu` file hides its `.tf` twin from OpenTofu (<https://opentofu.org/docs/language/files/>), so its blocks are the
//! module's; the twin's literals and comments are still visited, because they are in the repository. The same holds for tests
//! (`*.tftest.hcl`) and queries (`*.tfquery.hcl`), which are no part of the module. Override files are merged into the blocks
//! they name (<https://developer.hashicorp.com/terraform/language/files/override>).
//!
//! # Not covered
//!
//! - Modules from registries and other repositories: only local sources (`./x`, `../x`) are followed.

mod backend;
mod block;
mod extract;
mod files;
mod fold;
mod functions;
mod init;
mod lines;
mod literals;
mod lookups;
mod policy;
mod scripts;
mod shapes;
mod survey;
mod version;
mod walk;

pub use backend::Backend;
pub use block::{Argument, Block, Blocks};
pub use extract::Extraction;
pub use files::{ModuleFiles, ParsedFile};
pub use functions::Function;
pub use init::{Completion, Init, Setting, inits, is_script, tells};
pub use lookups::Lookup;
pub use policy::{Condition, Statement};
pub use survey::{STORES, Survey, survey};
pub use version::{Requirement, Version};

use std::borrow::Cow;
use std::sync::Arc;

use super::{Format, Holder, Tree, View};
use crate::literal::{Literal, LogicalPath, Reading, Role, Value};
use crate::source::{Place, Source, Span, Text};
use crate::syntax::SyntaxError;
use crate::syntax::hcl;

pub(super) use walk::{Frame, Walk};

/// The files of a directory as one module.
#[derive(Clone, Copy)]
pub struct Module<'a> {
    files: &'a ModuleFiles,
    tree: &'a dyn Tree,
}

impl<'a> Module<'a> {
    /// The module that these files of one directory are. `tree` is where local child modules are looked up.
    #[must_use]
    pub fn new(files: &'a ModuleFiles, tree: &'a dyn Tree) -> Self {
        Self { files, tree }
    }

    /// The files that findings may stand in.
    fn reported(self) -> impl Iterator<Item = &'a ParsedFile> {
        self.files.iter().filter(|file| !file.is_context)
    }

    /// Where local child modules are looked up.
    #[must_use]
    pub fn tree(self) -> &'a dyn Tree {
        self.tree
    }

    /// The top-level blocks, in the order of the files, each with what override files make of it. What is made no times
    /// (`count = 0`) is left out.
    pub fn blocks(self) -> impl Iterator<Item = Block<'a>> {
        let merged = self.files.own().flat_map(ParsedFile::blocks).map(move |block| self.merged(block)).filter(|block| !block.is_off());
        let extra = self.files.overrides().iter().flat_map(ParsedFile::blocks);
        merged.chain(extra.filter(move |block| !block.is_mergeable() || self.files.named(&block.key()).next().is_none()))
    }

    /// A block of its own files with what override files make of it.
    fn merged(self, block: Block<'a>) -> Block<'a> {
        // Most modules have no such files, and most blocks of the others are not named in them.
        let changes = !self.files.overrides().is_empty() && block.is_mergeable() && self.files.overriding(&block.key()).next().is_some();
        if changes { block.merged(self.files) } else { block }
    }

    /// The top-level blocks of a kind: `variable`, `output`, `resource` …
    pub fn blocks_of<'k>(self, kind: &'k str) -> impl Iterator<Item = Block<'a>> + use<'a, 'k> {
        self.blocks().filter(move |block| block.kind() == kind)
    }

    /// The variable of this name.
    #[must_use]
    pub fn variable(self, name: &str) -> Option<Block<'a>> {
        let key = block::key("variable", [name].into_iter());
        let own = self.files.named(&key).next().map(|block| self.merged(block));
        own.or_else(|| self.files.overriding(&key).next())
    }

    /// The value of `local.name`.
    #[must_use]
    pub fn local(self, name: &str) -> Option<Argument<'a>> {
        self.files.local(name)
    }

    /// The constant text of an argument, also where it is that of a local value or the default of a variable.
    #[must_use]
    pub fn constant(self, argument: &Argument<'a>) -> Option<String> {
        if let Some(text) = argument.text() {
            return Some(text.as_str().to_owned());
        }
        let (root, name) = argument.reference()?.split_once('.')?;
        let meant = match root {
            "var" => self.variable(name)?.argument("default"),
            "local" => self.local(name),
            _ => None,
        };
        Some(meant?.text()?.as_str().to_owned())
    }

    /// The directory of the child module behind a local source; None if the source is not local or leads out of the repository.
    #[must_use]
    pub fn child(self, source: &str) -> Option<String> {
        child_directory(self.directory(), source)
    }

    /// The files of a directory, parsed.
    #[must_use]
    pub fn files_of(self, directory: &str) -> ModuleFiles {
        files_of(self.tree, directory)
    }

    /// The module's directory, relative to the repository's root.
    #[must_use]
    pub fn directory(self) -> &'a str {
        self.files.iter().next().map_or(".", |file| directory_of(&file.source))
    }

    /// A file of the repository that holds a private key, by its path from the module's directory; None where git does not keep it.
    #[must_use]
    pub fn committed_key(self, path: &str) -> Option<Place> {
        let path = child_directory(self.directory(), &format!("./{path}"))?;
        let source = self.tree.read(&path).filter(|_| self.tree.is_committed(&path))?;
        let at = source.text.find("PRIVATE KEY-----").filter(|_| !source.text.contains("\"sops\""))?;
        Some(source.place(Span::new(at, at + "PRIVATE KEY".len())))
    }

    /// What completes its backend: each `terraform init` of the repository's workflows and pipelines that is about it; where there
    /// is none, each `*.tfbackend` file beside it.
    #[must_use]
    pub fn completions(self) -> Vec<Completion> {
        let told: Vec<Completion> = self.tree.inits().iter().filter_map(|init| init.completes(self.directory(), self.tree)).collect();
        if !told.is_empty() {
            return told;
        }
        let paths = self.tree.list(self.directory());
        let wanted = paths.iter().filter(|path| path.ends_with(".tfbackend"));
        wanted.filter_map(|path| self.tree.read(path)).map(|file| Completion::of(&ParsedFile::new(file))).collect()
    }

    /// Where its state is kept, and the other states it reads.
    pub fn backends(self) -> impl Iterator<Item = Backend<'a>> {
        // A backend in an override file takes the place of the module's own.
        let over = self.files.overrides().iter().rfind(|file| file.body().blocks_of("terraform").any(has_backend));
        let over = over.map(|file| file.source.id);
        self.blocks()
            .filter(move |block| over.is_none_or(|over| block.kind() != "terraform" || block.source().id == over))
            .flat_map(Backend::of)
    }

    /// The statements of its AWS policies.
    #[must_use]
    pub fn statements(self) -> Vec<Statement<'a>> {
        policy::statements(self)
    }

    /// Whether a module of the repository keeps its state in the bucket or account of this name.
    #[must_use]
    pub fn holds_state(self, store: &str) -> bool {
        self.tree.holds_state(store)
    }

    /// The versions it may be run with.
    #[must_use]
    pub fn required_version(self) -> Option<Requirement> {
        Requirement::of(self)
    }

    /// The versions of a provider that it may be run with, by the provider's name in the module.
    #[must_use]
    pub fn required_provider(self, name: &str) -> Option<Requirement> {
        Requirement::of_provider(self, name)
    }

    /// The `encryption` blocks of OpenTofu.
    pub fn encryptions(self) -> impl Iterator<Item = Block<'a>> {
        self.blocks_of("terraform").flat_map(|block| block.blocks_of("encryption"))
    }

    /// Whether Terragrunt writes the parts of it that are not in the repository.
    #[must_use]
    pub fn is_terragrunt(self) -> bool {
        let mut directory = self.directory();
        loop {
            if self
                .tree
                .list(directory)
                .iter()
                .any(|path| path.rsplit('/').next().is_some_and(|name| name.starts_with("terragrunt") || name == "root.hcl"))
            {
                return true;
            }
            match directory.rsplit_once('/') {
                Some((parent, _)) => directory = parent,
                None if directory == "." => return false,
                None => directory = ".",
            }
        }
    }

    /// Whether it is applied by itself, as far as the repository says: it configures a provider or a backend, and no module calls
    /// it.
    #[must_use]
    pub fn is_root(self) -> bool {
        let settings = |block: Block<'_>| block.blocks().any(|inner| matches!(inner.kind(), "backend" | "cloud"));
        let configured = self.blocks().any(|block| block.kind() == "provider" || block.kind() == "terraform" && settings(block));
        configured && !self.tree.is_called(self.directory())
    }
}

/// The directory behind a local source; None if the source is not local or leads out of the repository.
fn child_directory(directory: &str, source: &str) -> Option<String> {
    if !source.starts_with("./") && !source.starts_with("../") {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in directory.split('/').chain(source.split('/')).filter(|part| !matches!(*part, "" | ".")) {
        if part == ".." {
            parts.pop()?;
        } else {
            parts.push(part);
        }
    }
    Some(if parts.is_empty() { ".".to_owned() } else { parts.join("/") })
}

fn has_backend(block: hcl::Block<'_>) -> bool {
    block.body().blocks().any(|inner| matches!(inner.kind(), "backend" | "cloud"))
}

fn is_terraform(path: &str) -> bool {
    super::by_path(path) == Some(Format::Terraform)
}

fn directory_of(source: &Source) -> &str {
    source.root_path.rsplit_once('/').map_or(".", |(directory, _)| directory)
}

/// The Terraform files directly in a directory, parsed.
#[must_use]
pub fn files_of(tree: &dyn Tree, directory: &str) -> ModuleFiles {
    let paths = tree.list(directory);
    let ours = paths.iter().filter(|path| is_terraform(path));
    let sources: Vec<Arc<Source>> = ours.filter_map(|path| tree.read(path)).collect();
    ModuleFiles::all(&sources)
}

impl View for Module<'_> {
    fn format(&self) -> Format {
        Format::Terraform
    }

    fn sources(&self) -> Vec<&Source> {
        self.reported().map(|file| &*file.source).collect()
    }

    fn literals(&self, visit: &mut dyn FnMut(&Literal<'_, '_>)) {
        let uses = literals::uses(*self);
        for file in self.reported() {
            literals::file(file, &uses, visit);
            comments(file, Role::Terraform, visit);
        }
    }

    fn errors(&self) -> Vec<(&Source, &SyntaxError)> {
        self.reported().flat_map(|file| file.tree.errors().iter().map(|error| (&*file.source, error))).collect()
    }

    fn holders(&self) -> Vec<Holder> {
        let mut todo: Vec<Block<'_>> = self.reported().flat_map(|file| file.blocks()).collect();
        let mut found = Vec::new();
        while let Some(block) = todo.pop() {
            found.push(Holder { place: block.place(), opener: block.header().span.start, is_item: true });
            todo.extend(block.own_blocks());
        }
        found
    }

    fn comments(&self) -> Vec<Place> {
        let mut places: Vec<Place> = self.reported().flat_map(comment_places).collect();
        // Scripts are parsed again only where one of their comments may say something.
        for file in self.reported().filter(|file| file.source.text.contains("caulk:")) {
            literals::file(file, &literals::Uses::new(), &mut |literal| {
                let way = (literal.path)().shown;
                let runs = match &*literal.name {
                    "command" | "inline" => way.contains(".provisioner."),
                    "content" => way.contains("cloudinit_config."),
                    _ => false,
                };
                // A comment that is encoded is none that anybody reads.
                if matches!(scripts::script(&literal.name, runs, &literal.value), Some(Cow::Borrowed(_))) {
                    places.extend(scripts::comments(literal).into_iter().map(|span| file.source.place(span)));
                }
            });
        }
        places
    }
}

fn comment_places(file: &ParsedFile) -> impl Iterator<Item = Place> {
    file.tree.comments().iter().map(|span| file.source.place(*span))
}

/// Comments are prose: a token in one is as public as any other.
fn comments(file: &ParsedFile, role: Role, visit: &mut dyn FnMut(&Literal<'_, '_>)) {
    for span in file.tree.comments() {
        visit(&Literal {
            role,
            name: "".into(),
            value: Value::literal(Text::raw(&file.source.text, *span)),
            reading: Reading::Prose,
            source: file.source.id,
            setting: file.source.setting,
            opener: span.start,
            path: &LogicalPath::default,
        });
    }
}

#[cfg(test)]
mod tests;
