//! Where state is kept: `terraform { backend "x" { … } }`, Terragrunt's `remote_state`, and `data "terraform_remote_state"`,
//! which reads one.

use super::lines::Lines;
use super::{Argument, Block};
use crate::source::{Change, Place, Source, Span};

/// A place where state is kept.
pub struct Backend<'a> {
    /// `s3`, `http` …
    pub kind: String,
    /// The place of that word.
    pub place: Place,
    /// Whether state is only read from it.
    pub reads_only: bool,
    /// The file it stands in.
    pub source: &'a Source,
    arguments: Vec<Argument<'a>>,
    /// Where its arguments stand together, with their braces.
    braces: Option<Span>,
}

impl<'a> Backend<'a> {
    /// The backends that a top-level block configures.
    pub(super) fn of(block: Block<'a>) -> Vec<Self> {
        match (block.kind(), block.label(0)) {
            ("terraform", _) => block.blocks_of("backend").map(Self::kept).collect(),
            ("data", "terraform_remote_state") => Self::read(block).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    fn kept(block: Block<'a>) -> Self {
        let arguments = block.arguments().collect();
        let (kind, place, source) = (block.label(0).to_owned(), block.label_place(0), block.source());
        Self { kind, place, reads_only: false, source, arguments, braces: block.braces() }
    }

    fn read(block: Block<'a>) -> Option<Self> {
        Self::configured(block).map(|backend| Self { reads_only: true, ..backend })
    }

    /// `backend = "s3"` and `config = { … }`: <https://terragrunt.gruntwork.io/docs/reference/hcl/blocks/#remote_state>
    pub(in crate::formats) fn configured(block: Block<'a>) -> Option<Self> {
        let backend = block.argument("backend")?;
        let kind = backend.text()?.as_str().to_owned();
        let config = block.argument("config");
        let (arguments, braces) = (config.as_ref().map(Argument::items).unwrap_or_default(), config.map(|config| config.expr().span()));
        Some(Self { kind, place: backend.value_place(), reads_only: false, source: block.source(), arguments, braces })
    }

    /// The argument of this name.
    #[must_use]
    pub fn argument(&self, name: &str) -> Option<&Argument<'a>> {
        self.arguments.iter().rfind(|argument| argument.name() == name && !argument.is_null())
    }

    /// Whether it has all of these arguments.
    #[must_use]
    pub fn has(&self, names: &[&str]) -> bool {
        names.iter().all(|name| self.argument(name).is_some())
    }

    /// The constant text of an argument.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<String> {
        Some(self.argument(name)?.text()?.as_str().to_owned())
    }

    /// The backend with one argument more.
    #[must_use]
    pub fn with(&self, name: &str, value: &str) -> Option<Change> {
        let braces = self.braces?;
        let own = self.arguments.iter().filter(|argument| argument.source().id == self.source.id);
        let spans = own.map(|argument| (argument.name_place().span, argument.expr().span()));
        let inside: Vec<(Span, Span)> = spans.filter(|(name, value)| braces.contains(name.hull(*value))).collect();
        let last = inside.len().checked_sub(1);
        Lines::new(self.source, braces, inside)?.with(name, value, last)
    }
}
