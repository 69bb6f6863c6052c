//! Annotations of a pull request: one workflow command a line, within what a runner shows of a step, and the rest as plain
//! lines (<https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>).
//!
//! A command of ours must be the only kind there is: whatever came from a file is visible text before it is encoded, so
//! that it holds no line break and no `##[`, and no plain line begins with `::`.

use std::io::{self, BufWriter, Write};

use super::{Report, Reported, by_severity, counts, escape};
use crate::catalogue::Severity;

/// Annotations of each level that are shown of a step; more are only in the log.
const SHOWN: usize = 10;

/// Characters of a message that are shown, less what the mark of the cut takes.
const MESSAGE: usize = 4_000;

/// Files that the annotation about files that were not linted names.
const NAMED: usize = 3;

/// Writes the commands.
///
/// # Errors
/// What the writer says.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    let mut left = [("error", SHOWN), ("warning", SHOWN), ("notice", SHOWN)];
    if let Some(message) = not_linted(report) {
        left[1].1 -= 1;
        writeln!(out, "::warning title=caulk::{}", data(&message))?;
    }
    let mut rest = Vec::new();
    for reported in by_severity(report) {
        let level = level(reported.finding.severity);
        match left.iter_mut().find(|(name, count)| *name == level && *count > 0) {
            Some((_, count)) => {
                *count -= 1;
                writeln!(out, "{}", command(level, reported))?;
            }
            None => rest.push(reported),
        }
    }
    if !rest.is_empty() {
        writeln!(out, "{} more than a step can annotate:", rest.len())?;
        for reported in rest {
            writeln!(out, "{}", escape::guard_lines(&plain(reported)))?;
        }
    }
    let others = report.unchanged.filter(|others| *others > 0).map(|others| format!(", {others} in unchanged lines"));
    let mended = Some(report.mended.len()).filter(|mended| *mended > 0).map(|mended| format!(", {mended} mended"));
    writeln!(out, "{}{}{}", counts(report), others.unwrap_or_default(), mended.unwrap_or_default())?;
    out.flush()
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "notice",
    }
}

fn command(level: &str, reported: &Reported) -> String {
    let (finding, start, end) = (&reported.finding, reported.range.start, reported.range.end);
    // Columns are taken only where the first line is the last.
    let columns = if start.line == end.line { format!(",col={},endColumn={}", start.column, end.column) } else { String::new() };
    let title = format!("{} ({})", finding.page.id, finding.severity.name());
    let file = property(&reported.root_path);
    format!("::{level} file={file},line={0},endLine={0}{columns},title={1}::{2}", start.line, property(&title), data(&message(reported)))
}

/// What is wrong and what to write instead, on two lines; a line break is the only hidden character that is ours.
fn message(reported: &Reported) -> String {
    let help = reported.finding.help.as_ref().map(|help| format!("\n{}", escape::visible(help)));
    let spot = reported.finding.spot.as_ref().map(|spot| format!(" ({})", escape::visible(spot))).unwrap_or_default();
    format!("{}{spot}{}", escape::visible(&reported.finding.message), help.unwrap_or_default())
}

fn plain(reported: &Reported) -> String {
    let (finding, start) = (&reported.finding, reported.range.start);
    let place = format!("{}:{}:{}", reported.root_path, start.line, start.column);
    escape::visible(&format!("{place}: {}[{}] {}", finding.severity.name(), finding.page.id, finding.message)).into_owned()
}

fn not_linted(report: &Report) -> Option<String> {
    let missed: Vec<_> = report.coverage.passed_over.iter().filter(|entry| entry.incomplete).collect();
    let named: Vec<String> = missed.iter().take(NAMED).map(|entry| format!("{} ({})", entry.place(), entry.reason)).collect();
    let more = missed.len() - named.len();
    let others = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!missed.is_empty()).then(|| format!("not linted, or only in part: {}{others}", escape::visible(&named.join(", "))))
}

/// The text behind the second `::`.
fn data(text: &str) -> String {
    let mut shown: String = text.chars().take(MESSAGE).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property.
fn property(text: &str) -> String {
    data(&escape::visible(text)).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests;
