//! Where in a notebook something stands, as whoever has it open counts: cells, the numbers of their runs, lines, outputs.

use super::Notebook;
use crate::source::Span;
use crate::syntax::json::Node;

/// Of a longer cell the line is not counted: many findings in it would each read it again.
const COUNTED: usize = 1 << 14;

/// A cell, for places in it.
pub(super) struct CellAt {
    span: Span,
    source: Option<Span>,
    /// Whether there is anything in its source.
    empty: bool,
    code: bool,
    /// The number that Jupyter shows beside it once it was run.
    run: Option<u32>,
    outputs: Vec<(Span, &'static str)>,
}

impl CellAt {
    pub(super) fn of(cell: Node<'_>, kind: &str, source: Option<Node<'_>>, code: &str) -> Self {
        let run = ["execution_count", "prompt_number"].into_iter().find_map(|key| cell.get(key)?.number()?.parse().ok());
        let outputs = cell.get("outputs").into_iter().flat_map(Node::items).map(|output| (output.span(), what(output)));
        Self {
            span: cell.span(),
            source: source.map(Node::span),
            empty: code.trim().is_empty(),
            code: kind == "code",
            run,
            outputs: outputs.collect(),
        }
    }
}

/// What an output is, in our words.
fn what(output: Node<'_>) -> &'static str {
    let said = |key: &str| output.get(key).and_then(Node::str);
    match said("output_type").as_deref() {
        Some("error" | "pyerr") => "an error",
        Some("execute_result" | "pyout") => "its result",
        Some("display_data") => "displayed",
        Some("stream") if said("name").or_else(|| said("stream")).as_deref() == Some("stderr") => "printed to `stderr`",
        Some("stream") => "printed",
        _ => "saved",
    }
}

impl Notebook<'_> {
    /// Where a place is: `cell 3, In [7], line 2`.
    #[must_use]
    pub fn spot(&self, place: Span) -> String {
        let cells = &self.survey().cells;
        let before = cells.partition_point(|cell| cell.span.start <= place.start);
        let cell = before.checked_sub(1).and_then(|index| cells.get(index)).filter(|cell| cell.span.contains(place));
        let Some(cell) = cell else { return "the notebook's metadata".to_owned() };
        let run = match (cell.run, cell.code) {
            (Some(run), _) => format!(", In [{run}]"),
            (None, true) => ", In [ ]".to_owned(),
            (None, false) => String::new(),
        };
        let at = format!("cell {before}{run}");
        if let Some(source) = cell.source.filter(|source| source.contains(place)) {
            return if source.len() > COUNTED { at } else { format!("{at}, line {}", self.line(source, place)) };
        }
        let output = cell.outputs.iter().position(|(span, _)| span.contains(place));
        let Some((number, (_, what))) = output.and_then(|index| Some((index + 1, cell.outputs.get(index)?))) else {
            return format!("{at}, its metadata");
        };
        let of = if cell.outputs.len() > 1 { format!("output {number}") } else { "its output".to_owned() };
        let gone = if cell.empty { "; the code was deleted, the output is still here" } else { "" };
        format!("{at}, {of}, {what}{gone}")
    }

    /// Counts the ends of lines, which are escapes in JSON.
    fn line(&self, source: Span, place: Span) -> usize {
        let before = self.source.slice(Span { start: source.start, end: place.start }).as_bytes();
        let (mut at, mut line) = (0, 1);
        while let Some(found) = before.get(at..).and_then(|rest| memchr::memchr(b'\\', rest)) {
            line += usize::from(before.get(at + found + 1) == Some(&b'n'));
            at += found + 2;
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    #[test]
    fn places_are_told_as_a_reader_counts() {
        let text = r#"{"metadata": {"a": "META"}, "cells": [
 {"cell_type": "markdown", "source": ["one\n", "PROSE"]},
 {"cell_type": "code", "execution_count": 7, "source": "a\\n\nb = 'CODE'", "metadata": {"b": "CELL"},
  "outputs": [{"output_type": "stream", "name": "stdout", "text": "OUT"}, {"output_type": "error", "traceback": ["ERR"]}]},
 {"cell_type": "code", "execution_count": null, "source": [], "outputs": [{"output_type": "stream", "name": "stderr", "text": "OLD"}]}
], "nbformat": 4}"#;
        let source = Source { text: text.to_owned(), ..Source::default() };
        let notebook = Notebook::new(&source).unwrap();
        let spot = |word: &str| {
            let at = text.find(word).unwrap();
            notebook.spot(Span::new(at, at + word.len()))
        };
        assert_eq!(spot("META"), "the notebook's metadata");
        assert_eq!(spot("PROSE"), "cell 1, line 2");
        assert_eq!(spot("CODE"), "cell 2, In [7], line 2");
        assert_eq!(spot("CELL"), "cell 2, In [7], its metadata");
        assert_eq!(spot("OUT"), "cell 2, In [7], output 1, printed");
        assert_eq!(spot("ERR"), "cell 2, In [7], output 2, an error");
        assert_eq!(spot("OLD"), "cell 3, In [ ], its output, printed to `stderr`; the code was deleted, the output is still here");
    }
}
