//! The files of one directory, parsed, and where in them a block stands that has a name.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::{Argument, Backend, Block, directory_of, is_terraform, shapes};
use crate::formats::Tree;
use crate::source::Source;
use crate::syntax::hcl::{self, File, Member};

/// What a file is to the module of its directory.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum FileStanding {
    /// A part of it.
    Own,
    /// No part of it: it has a `.tofu` twin, or is a test or a query.
    Beside,
    /// It changes blocks of the others.
    Override,
}

/// One file of a module, parsed.
pub struct ParsedFile {
    pub(super) source: Arc<Source>,
    pub(super) tree: File,
    standing: FileStanding,
    /// It is there to be looked into, not to be reported on.
    pub(super) is_context: bool,
}

impl ParsedFile {
    /// Reads a file in the spelling that its name says.
    #[must_use]
    pub fn new(source: Arc<Source>) -> Self {
        let json = source.file_name().to_ascii_lowercase().ends_with(".json");
        let tree = if json { File::parse_json(&source.text, shapes::TOP) } else { File::parse(&source.text) };
        Self { source, tree, standing: FileStanding::Own, is_context: false }
    }

    /// The backends that it configures.
    pub(in crate::formats) fn backends(&self) -> impl Iterator<Item = Backend<'_>> {
        self.blocks().flat_map(Backend::of)
    }

    /// Whether it is a part of the module by itself: no override, no test, no twin.
    pub(super) fn is_own(&self) -> bool {
        self.standing == FileStanding::Own
    }

    pub(super) fn body(&self) -> hcl::Body<'_> {
        self.tree.body(&self.source.text)
    }

    /// Its top-level blocks.
    pub(super) fn blocks(&self) -> impl Iterator<Item = Block<'_>> {
        self.body().blocks().map(|block| Block::new(&self.source, block))
    }
}

/// The files of one directory, those that override others last.
#[derive(Default)]
pub struct ModuleFiles {
    files: Vec<ParsedFile>,
    /// How many of them come before those that override.
    plain: usize,
    own: OnceCell<Named>,
    overriding: OnceCell<Named>,
    locals: OnceCell<HashMap<String, Place>>,
}

/// Where blocks of a name stand: the file, the member of its body.
type Named = HashMap<String, Vec<(usize, usize)>>;

/// Where a local stands: the file, the block, the member in it.
type Place = (usize, usize, usize);

impl From<Vec<ParsedFile>> for ModuleFiles {
    /// Files as they are, none of which overrides another.
    fn from(files: Vec<ParsedFile>) -> Self {
        Self { plain: files.len(), files, ..Self::default() }
    }
}

impl ModuleFiles {
    /// Reads the files of one directory.
    #[must_use]
    pub fn all(sources: &[Arc<Source>]) -> Self {
        let paths: HashSet<&str> = sources.iter().map(|source| source.root_path.as_str()).collect();
        let has_twin = |path: &str| {
            let twin = |ending: &str, by: &str| path.strip_suffix(ending).map(|stem| format!("{stem}{by}"));
            twin(".tf", ".tofu").or_else(|| twin(".tf.json", ".tofu.json")).is_some_and(|twin| paths.contains(twin.as_str()))
        };
        let standing = |source: &Source| {
            let name = source.file_name().to_ascii_lowercase();
            if has_twin(&source.root_path) || is_test(&name) {
                FileStanding::Beside
            } else if is_override(&name) {
                FileStanding::Override
            } else {
                FileStanding::Own
            }
        };
        let parsed = sources.iter().map(|source| ParsedFile { standing: standing(source), ..ParsedFile::new(Arc::clone(source)) });
        let mut files: Vec<ParsedFile> = parsed.collect();
        // Overrides come last, in the order of their names.
        files.sort_by(|a, b| match (a.standing, b.standing) {
            (FileStanding::Override, FileStanding::Override) => a.source.root_path.cmp(&b.source.root_path),
            (a, b) => (a == FileStanding::Override).cmp(&(b == FileStanding::Override)),
        });
        let plain = files.iter().position(|file| file.standing == FileStanding::Override).unwrap_or(files.len());
        Self { files, plain, ..Self::default() }
    }

    /// Reads files of one directory, and the rest of the directory beside them: one changed file is still a part of its module.
    #[must_use]
    pub fn with_siblings(sources: &[Arc<Source>], context: &dyn Tree) -> Self {
        let directory = sources.first().map_or(".", |source| directory_of(source));
        let given: HashSet<&str> = sources.iter().map(|source| source.root_path.as_str()).collect();
        let others = context.list(directory).into_iter().filter(|path| !given.contains(path.as_str()) && is_terraform(path));
        let all: Vec<Arc<Source>> = sources.iter().cloned().chain(others.filter_map(|path| context.read(&path))).collect();
        let mut files = Self::all(&all);
        files.files.iter_mut().for_each(|file| file.is_context = !given.contains(file.source.root_path.as_str()));
        files
    }

    /// All of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = &ParsedFile> {
        self.files.iter()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Those that are a part of the module by themselves.
    pub(super) fn own(&self) -> impl Iterator<Item = &ParsedFile> {
        self.files.iter().filter(|file| file.is_own())
    }

    /// Those that change blocks of the others.
    pub(super) fn overrides(&self) -> &[ParsedFile] {
        self.files.get(self.plain..).unwrap_or(&[])
    }

    /// The blocks of this key that are no overrides.
    pub(super) fn named(&self, key: &str) -> impl DoubleEndedIterator<Item = Block<'_>> {
        self.at(self.own.get_or_init(|| self.index(ParsedFile::is_own)).get(key))
    }

    /// The blocks of override files that change those of this key, the last one counting most.
    pub(super) fn overriding(&self, key: &str) -> impl DoubleEndedIterator<Item = Block<'_>> {
        self.at(self.overriding.get_or_init(|| self.index(|file| file.standing == FileStanding::Override)).get(key))
    }

    fn index(&self, is_wanted: impl Fn(&ParsedFile) -> bool) -> Named {
        let mut named = Named::new();
        for (at, file) in self.files.iter().enumerate().filter(|(_, file)| is_wanted(file)) {
            for (member, block) in file.body().members().enumerate() {
                if let Member::Block(block) = block {
                    named.entry(Block::new(&file.source, block).key()).or_default().push((at, member));
                }
            }
        }
        named
    }

    fn at<'f>(&'f self, places: Option<&'f Vec<(usize, usize)>>) -> impl DoubleEndedIterator<Item = Block<'f>> {
        places.into_iter().flatten().filter_map(|(file, member)| self.block(*file, *member))
    }

    fn block(&self, file: usize, member: usize) -> Option<Block<'_>> {
        let file = self.files.get(file)?;
        match file.body().member(member)? {
            Member::Block(block) => Some(Block::new(&file.source, block)),
            Member::Attribute(_) => None,
        }
    }

    /// The value of `local.name`; the last one where it is repeated, and that of an override file where there is one.
    pub(super) fn local(&self, name: &str) -> Option<Argument<'_>> {
        let (file, block, member) = *self.locals.get_or_init(|| self.all_locals()).get(name)?;
        let block = self.block(file, block)?;
        match block.hcl().body().member(member)? {
            Member::Attribute(attribute) => Some(Argument::of(block.source(), attribute)),
            Member::Block(_) => None,
        }
    }

    fn all_locals(&self) -> HashMap<String, Place> {
        let mut locals = HashMap::new();
        for (at, file) in self.files.iter().enumerate().filter(|(_, file)| file.standing != FileStanding::Beside) {
            for (index, block) in file.body().members().enumerate() {
                let Member::Block(block) = block else { continue };
                for (member, local) in block.body().members().enumerate().filter(|_| block.kind() == "locals") {
                    if let Member::Attribute(local) = local {
                        locals.insert(local.name().to_owned(), (at, index, member));
                    }
                }
            }
        }
        locals
    }
}

/// `main.tftest.hcl`, `list.tfquery.hcl`: <https://developer.hashicorp.com/terraform/language/tests>
fn is_test(name: &str) -> bool {
    [".tftest.hcl", ".tftest.json", ".tofutest.hcl", ".tofutest.json", ".tfquery.hcl"].iter().any(|end| name.ends_with(end))
}

/// `override.tf`, `x_override.tf.json` …: <https://developer.hashicorp.com/terraform/language/files/override>
fn is_override(name: &str) -> bool {
    let stem = [".tf", ".tofu", ".tf.json", ".tofu.json"].iter().find_map(|end| name.strip_suffix(end));
    stem.is_some_and(|stem| stem == "override" || stem.ends_with("_override"))
}
