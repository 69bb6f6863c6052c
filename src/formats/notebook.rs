//! Jupyter notebooks, nbformat 4 and 3: what stands in cells, in their outputs, and in metadata.
//!
//! A notebook is read once, one cell at a time, so its size does not matter; images are passed over. Lines of a cell are one
//! text. Code is read as Python (`syntax/python.rs` says what that means for other languages), `!` lines and `%%bash` cells as
//! shell, HTML without its tags, tracebacks without their colours; every place is still a place in the file.
//!
//! # Not covered
//!
//! - A token that is split over two outputs.
//! - Text inside images.
//! - What a cell would print if it were run.

mod cells;
mod entries;
mod environment;
mod loose;
mod markup;
mod outputs;
mod spot;
mod tables;
mod values;

use std::cell::OnceCell;
use std::sync::Arc;

use super::{Format, Tag, View};
use crate::literal::Literal;
use crate::source::{Change, Group, Place, Removal, Source, Span};
use crate::syntax::SyntaxError;
use crate::syntax::json::{Scanner, Token, Tree, decode};

pub use entries::Entries;
pub use environment::Code;
use spot::CellAt;
use values::Sink;

/// A notebook.
pub struct Notebook<'a> {
    source: &'a Source,
    survey: OnceCell<Survey>,
}

/// An output of a cell that says more than its secrets do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Output {
    /// Where it stands.
    pub span: Span,
    /// Its first text, for findings about all of it.
    pub text: Span,
    /// What it is.
    pub kind: OutputKind,
}

/// What an output is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OutputKind {
    /// An error with its traceback.
    Traceback,
    /// The variables of the environment.
    Environment {
        /// Whether its own lines show it; else only the code does.
        listed: bool,
    },
}

/// What one reading notes for later.
#[derive(Default)]
struct Survey {
    errors: Vec<SyntaxError>,
    outputs: Vec<Output>,
    /// The outputs of each cell that has some.
    lists: Vec<Arc<Group>>,
    comments: Vec<Span>,
    /// Every cell, in order.
    cells: Vec<CellAt>,
    /// The source of each code cell.
    code: Vec<Span>,
    /// What the code is written in, where the notebook says so.
    language: Option<String>,
    tags: Vec<CellTag>,
}

/// A tag of a cell.
struct CellTag {
    span: Span,
    text: String,
    cell: Span,
}

impl<'a> Notebook<'a> {
    /// The view of a file that has the shape of a notebook; None for any other.
    #[must_use]
    pub fn new(source: &'a Source) -> Option<Self> {
        let text = source.text.trim_start_matches('\u{feff}').trim_start();
        let has = |key: &str| memchr::memmem::find(text.as_bytes(), key.as_bytes()).is_some();
        let notebook = text.starts_with('{') && (has("\"cells\"") || has("\"worksheets\""));
        notebook.then(|| Self { source, survey: OnceCell::new() })
    }

    /// The source it was read from.
    #[must_use]
    pub fn source(&self) -> &'a Source {
        self.source
    }

    /// The outputs that say more than their secrets do, in the order of the text.
    pub fn outputs(&self) -> &[Output] {
        &self.survey().outputs
    }

    /// What the output is that holds a place.
    #[must_use]
    pub fn output(&self, place: Span) -> Option<OutputKind> {
        let outputs = self.outputs();
        let index = outputs.partition_point(|output| output.span.start <= place.start).checked_sub(1)?;
        outputs[index].span.contains(place).then_some(outputs[index].kind)
    }

    /// The output that holds a place goes: it alone, and the cell's number with its last output.
    #[must_use]
    pub fn without_output(&self, place: Span) -> Option<Change> {
        let lists = &self.survey().lists;
        let starts_before = |span: &Span| span.start <= place.start;
        let of_list = |group: &Arc<Group>| group.members.first().is_some_and(starts_before);
        let group = lists.get(lists.partition_point(of_list).checked_sub(1)?)?;
        let member = group.members.partition_point(starts_before).checked_sub(1)?;
        let holds = group.members.get(member)?.contains(place);
        holds.then(|| Removal { group: Arc::clone(group), member }.into())
    }

    /// What its metadata is made of.
    #[must_use]
    pub fn metadata(&self) -> Entries {
        Entries::of(self.source)
    }

    fn survey(&self) -> &Survey {
        self.survey.get_or_init(|| self.read(&mut |_| {}))
    }

    fn read(&self, visit: &mut dyn FnMut(&Literal<'_, '_>)) -> Survey {
        let mut survey = Survey::default();
        let mut reader = Reader { text: &self.source.text, sink: Sink { source: self.source, visit }, survey: &mut survey, cells: 0 };
        reader.document();
        survey
    }
}

/// Where in the document the stream is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Within {
    Document,
    Worksheets,
    Worksheet,
    Cells,
}

struct Reader<'a, 'v> {
    text: &'a str,
    sink: Sink<'v>,
    survey: &'v mut Survey,
    cells: usize,
}

impl Reader<'_, '_> {
    fn document(&mut self) {
        let mut scanner = Scanner::new(self.text, 0);
        let mut open: Vec<Within> = Vec::new();
        let mut key: Option<Span> = None;
        while let Some(event) = scanner.next() {
            let event = match event {
                Ok(event) => event,
                Err(error) => return self.survey.errors.push(error),
            };
            match event.token {
                Token::Key => {
                    key = Some(event.span);
                    continue;
                }
                Token::ObjectEnd | Token::ArrayEnd => {
                    open.pop();
                    continue;
                }
                _ => {}
            }
            let name = key.take().map(|span| decode(self.text, span));
            let name = name.as_ref().map_or("", |name| name.as_str());
            let enter = match (open.last(), name) {
                (None, _) => Some(Within::Document),
                (Some(Within::Document), "worksheets") => Some(Within::Worksheets),
                (Some(Within::Document | Within::Worksheet), "cells") => Some(Within::Cells),
                (Some(Within::Worksheets), _) => Some(Within::Worksheet),
                _ => None,
            };
            match enter {
                Some(within) if matches!(event.token, Token::ObjectStart | Token::ArrayStart) => open.push(within),
                _ => {
                    let tree = Tree::read(&mut scanner, event);
                    self.survey.errors.extend_from_slice(tree.errors());
                    self.part(open.last().copied(), name, &tree);
                }
            }
        }
    }

    fn part(&mut self, within: Option<Within>, name: &str, tree: &Tree) {
        let Some(node) = tree.root(self.text) else { return };
        match (within, name) {
            (Some(Within::Cells), _) => {
                cells::cell(node, self.cells, &mut self.sink, self.survey);
                self.cells += 1;
            }
            (Some(Within::Document | Within::Worksheet), "metadata") => {
                let said = |part: &str, key: &str| node.get(part)?.get(key)?.str();
                let language = said("kernelspec", "language").or_else(|| said("language_info", "name"));
                self.survey.language = language.map(Into::into).or(self.survey.language.take());
                self.sink.metadata(node, "metadata");
            }
            _ => {}
        }
    }
}

impl View for Notebook<'_> {
    fn format(&self) -> Format {
        Format::Notebook
    }

    fn sources(&self) -> Vec<&Source> {
        vec![self.source]
    }

    fn literals(&self, visit: &mut dyn FnMut(&Literal<'_, '_>)) {
        let survey = self.read(visit);
        // Whoever asks later needs no second reading.
        let _ = self.survey.set(survey);
    }

    fn errors(&self) -> Vec<(&Source, &SyntaxError)> {
        self.survey().errors.iter().map(|error| (self.source, error)).collect()
    }

    fn comments(&self) -> Vec<Place> {
        self.survey().comments.iter().map(|span| self.source.place(*span)).collect()
    }

    fn tags(&self) -> Vec<Tag> {
        let tag = |tag: &CellTag| Tag { place: self.source.place(tag.span), text: tag.text.clone(), covers: tag.cell };
        self.survey().tags.iter().map(tag).collect()
    }
}

#[cfg(test)]
mod tests;
