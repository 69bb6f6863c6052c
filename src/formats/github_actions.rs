//! GitHub Actions: workflows and composite `action.yml`.

use super::{Format, View};
use crate::literal::Literal;
use crate::source::{Place, Source};
use crate::syntax::SyntaxError;

/// A workflow or a composite action.
pub struct Workflow<'a> {
    source: &'a Source,
}

impl View for Workflow<'_> {
    fn format(&self) -> Format {
        Format::GithubActions
    }

    fn sources(&self) -> Vec<&Source> {
        vec![self.source]
    }

    fn literals(&self, visit: &mut dyn FnMut(&Literal<'_, '_>)) {
        let _ = visit;
    }

    fn errors(&self) -> Vec<(&Source, &SyntaxError)> {
        Vec::new()
    }

    fn comments(&self) -> Vec<Place> {
        Vec::new()
    }
}
