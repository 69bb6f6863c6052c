//! A mistake in a file that steers caulk, shown like a finding: the words, the place in its box, what to write instead.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::masks::Masks;
use super::super::{Range, Report, escape};
use super::TerminalOptions;
use super::diagnostic::{extent, paragraph, render};
use super::excerpt::{Cut, Excerpt};
use super::style::{Style, Tone};
use crate::catalogue::Severity;
use crate::source::{Places, Source, Span};

/// A mistake, and what of its file must not be shown.
#[derive(Debug)]
pub struct Complaint<'c> {
    /// The file, under the path that it is called by.
    pub source: Source,
    /// Where the mistake is.
    pub span: Span,
    /// What is wrong.
    pub message: &'c str,
    /// What to write instead.
    pub help: Option<&'c str>,
    /// What the excerpt must hide.
    pub masks: Vec<Span>,
}

/// The lines of a complaint.
#[must_use]
pub fn complain(complaint: Complaint<'_>, options: &TerminalOptions) -> String {
    let style = Style::new(options);
    let icon = format!("  {} ", style.theme().characters.error);
    let mut lines = vec![style.paint(Tone::Error, "error")];
    lines.extend(paragraph(&icon, Tone::Error, &style.show(complaint.message), &style));
    let (id, span) = (complaint.source.id, complaint.span);
    let places = Places::new(&complaint.source, [span.start, span.end]);
    let range = Range { start: places.get(span.start), end: places.get(span.end) };
    let name = style.clip_start(&style.show(&complaint.source.path), style.width.saturating_sub(24));
    let report = Report {
        sources: BTreeMap::from([(id, Arc::new(complaint.source))]),
        masks: BTreeMap::from([(id, complaint.masks)]),
        ..Report::default()
    };
    let (position, caption) = (range.start, extent(range));
    let cut = Cut { source: id, name, primary: span, position, caption, others: Vec::new(), context: 1, reach: (0, 0), wary: true };
    lines.extend(render(Severity::High, Excerpt::new(&cut, &Masks::new(&report), &style), &style));
    if let Some(help) = complaint.help {
        lines.extend(paragraph("  help: ", Tone::Help, &style.show(help), &style));
    }
    let mut text = lines.join("\n");
    text.push('\n');
    escape::guard_lines(&text).into_owned()
}
