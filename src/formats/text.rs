//! Text that no format reads: token shapes anywhere; names too in dotenv files and where lines are `key: value`.

use super::{Format, View};
use crate::literal::{Literal, LogicalPath, Reading, Role, Value};
use crate::source::{Place, Source, Span, Text};
use crate::syntax::SyntaxError;

/// A text file, or the part of a file that its format could not read.
pub struct TextFile<'a> {
    source: &'a Source,
    spans: Vec<Span>,
}

impl<'a> TextFile<'a> {
    /// All of a file.
    #[must_use]
    pub fn new(source: &'a Source) -> Self {
        Self { source, spans: vec![Span::new(0, source.text.len())] }
    }

    /// The parts of a file that its format could not read.
    #[must_use]
    pub fn unread(source: &'a Source, spans: Vec<Span>) -> Self {
        Self { source, spans }
    }

    /// How the file's lines are read.
    fn reading(&self) -> Reading {
        let name = self.source.file_name();
        let lower = name.to_ascii_lowercase();
        let config = lower == ".env"
            || lower.starts_with(".env.")
            || lower.ends_with(".env")
            || [".yml", ".yaml", ".json", ".toml", ".ini", ".cfg", ".conf", ".properties"].iter().any(|end| lower.ends_with(end));
        if config { Reading::Config } else { Reading::Prose }
    }
}

impl View for TextFile<'_> {
    fn format(&self) -> Format {
        Format::Text
    }

    fn sources(&self) -> Vec<&Source> {
        vec![self.source]
    }

    fn literals(&self, visit: &mut dyn FnMut(&Literal<'_, '_>)) {
        for span in &self.spans {
            visit(&Literal {
                role: Role::Text,
                name: "".into(),
                value: Value::literal(Text::raw(&self.source.text, *span)),
                reading: self.reading(),
                source: self.source.id,
                setting: self.source.setting,
                opener: span.start,
                path: &LogicalPath::default,
            });
        }
    }

    fn errors(&self) -> Vec<(&Source, &SyntaxError)> {
        Vec::new()
    }

    fn comments(&self) -> Vec<Place> {
        Vec::new()
    }
}
