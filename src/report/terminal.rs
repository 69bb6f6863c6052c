//! Findings for people: miette's boxes around masked excerpts, then what was read and what was not.
//!
//! miette lives here and only here. `--quiet` is one line a finding, `path:line:column: severity[id] message`, and one for
//! each file that should have been linted and was not; nothing else. `--verbose` adds what was suppressed and how each file
//! was read.

mod complaint;
mod diagnostic;
mod excerpt;
mod footer;
mod spread;
mod style;

use std::collections::HashMap;
use std::io::{self, BufWriter, Write};

pub use complaint::{Complaint, complain};
use diagnostic::Block;
use spread::Spread;
use style::Style;

use super::masks::Masks;
use super::{Report, escape, state};
use crate::source::SourceId;

/// Columns where nobody knows how wide the terminal is.
const WIDTH: usize = 100;

/// How to write for people.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TerminalOptions {
    /// Columns of the terminal. Without one, boxes are 100 wide and the lines of `--quiet` as long as they are.
    pub width: Option<usize>,
    /// Whether to colour.
    pub color: bool,
    /// Whether the terminal shows more than ASCII.
    pub unicode: bool,
    /// One line a finding, nothing else.
    pub quiet: bool,
    /// Suppressed findings and each file too.
    pub verbose: bool,
}

impl Default for TerminalOptions {
    fn default() -> Self {
        Self { width: None, color: false, unicode: true, quiet: false, verbose: false }
    }
}

/// Writes the report.
///
/// # Errors
/// What the writer says.
pub fn write(report: &Report, options: &TerminalOptions, out: &mut dyn Write) -> io::Result<()> {
    let style = Style::new(options);
    let mut out = BufWriter::new(out);
    if options.quiet {
        quiet(report, options.width.map_or(usize::MAX, |_| style.width), &style, &mut out)?;
    } else {
        let masks = Masks::new(report);
        let spread = Spread::new(report);
        for block in blocks(report) {
            put(&mut out, &diagnostic::lines(&block, &masks, &spread, &style))?;
            out.write_all(b"\n")?;
        }
        put(&mut out, &footer::lines(report, &spread, options.verbose, &style))?;
    }
    out.flush()
}

fn put(out: &mut impl Write, lines: &[String]) -> io::Result<()> {
    let mut text = lines.join("\n");
    text.push('\n');
    out.write_all(escape::guard_lines(&text).as_bytes())
}

/// The open findings in their order; those of one check on one type of resource in one state file together, at the place
/// of the first, spoken for by the most severe.
fn blocks(report: &Report) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    let mut groups: HashMap<(SourceId, &str, &str), usize> = HashMap::new();
    for reported in report.open() {
        let finding = &reported.finding;
        let kind = (reported.format == super::STATE).then(|| state::resource_type(&finding.path.shown)).flatten();
        let group = kind.map(|kind| (finding.place.source, finding.page.id, kind));
        match group.and_then(|group| groups.get(&group)).and_then(|index| blocks.get_mut(*index)) {
            Some(block) if finding.severity > block.first.finding.severity => {
                block.more.insert(0, std::mem::replace(&mut block.first, reported));
            }
            Some(block) => block.more.push(reported),
            None => {
                groups.extend(group.map(|group| (group, blocks.len())));
                blocks.push(Block { first: reported, more: Vec::new(), kind: kind.map(str::to_owned) });
            }
        }
    }
    blocks
}

fn quiet(report: &Report, width: usize, style: &Style, out: &mut impl Write) -> io::Result<()> {
    for reported in report.open() {
        let (finding, start) = (&reported.finding, reported.range.start);
        let at = format!(":{}:{}: ", start.line, start.column);
        // Where there is little room, the path gets half of it, then the id, then the message.
        let file = style.clip_start(&style.show(&reported.file), (width / 2).saturating_sub(at.len()));
        let rest = width.saturating_sub(style.measure(&file) + at.len());
        let code = style.clip(&format!("{}[{}]", finding.severity.name(), finding.page.id), rest);
        let rest = rest.saturating_sub(style.measure(&code) + 1);
        let spot = finding.spot.as_ref().map(|spot| format!(" ({spot})")).unwrap_or_default();
        let message = style.clip(&style.show(&format!("{}{spot}", finding.message)), rest);
        let message = if rest > style.ellipsis().len() { format!(" {message}") } else { String::new() };
        put(out, &[format!("{file}{at}{}{message}", style.paint(style::tone(finding.severity), &code))])?;
    }
    for entry in report.coverage.passed_over.iter().filter(|entry| entry.incomplete) {
        put(out, &[style.clip(&format!("{}: {}", style.show(&entry.place()), style.show(&entry.reason)), width)])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
