//! A summary that is read in a browser: what was found, the most severe first, and how each kind is mended. Made for the
//! summary of a step, which may have 1 MiB, and as good in a comment.

use std::io::{self, Write};

use super::{Report, Reported, by_severity, counts, escape};
use crate::catalogue::{Page, Severity};
use crate::secrets;

/// Bytes of the table and of what follows it. A summary beyond 1 MiB is not shown at all
/// (<https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits>).
const TABLE: usize = 700_000;

/// Kinds of findings that are explained.
const EXPLAINED: usize = 12;

/// Files that were not linted, and findings that are mended, that are named.
const NAMED: usize = 20;

/// Characters of a cell that may come from a file.
const CELL: usize = 600;

/// Writes the summary.
///
/// # Errors
/// What the writer says.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(escape::guard_lines(&text(report, TABLE)).as_bytes())?;
    out.flush()
}

fn text(report: &Report, limit: usize) -> String {
    let findings = by_severity(report);
    let mut out = format!("## caulk: {}\n\n{}\n", title(report), read(report));
    let mut pages: Vec<&'static Page> = Vec::new();
    if !findings.is_empty() {
        out.push_str("\n| severity | where | what is wrong, and what to write instead |\n|---|---|---|\n");
    }
    for (index, reported) in findings.iter().enumerate() {
        let row = row(reported);
        if out.len() + row.len() > limit {
            out.push_str(&format!("\n{} less severe ones are not shown.\n", findings.len() - index));
            break;
        }
        out.push_str(&row);
        if !pages.iter().any(|page| page.id == reported.finding.page.id) {
            pages.push(reported.finding.page);
        }
    }
    out.push_str(&mended(report));
    out.push_str(&not_linted(report));
    for page in pages.iter().take(EXPLAINED) {
        out.push_str(&explained(page));
    }
    if let Some(page) = pages.first() {
        out.push_str(&format!(
            "\n<sub>What is accepted gets a comment on its line or before it: <code># caulk: ignore[{}] why</code>. \
             <code>caulk explain ID</code> tells more of a check.</sub>\n",
            escape::markdown(page.id)
        ));
    }
    out
}

fn title(report: &Report) -> String {
    let found = match report.open().next() {
        None => "nothing found".to_owned(),
        Some(_) => counts(report).replacen(": ", " (", 1) + ")",
    };
    if report.mended.is_empty() { found } else { format!("{found}, {} mended", report.mended.len()) }
}

/// What the change takes away: whoever did that should see it.
fn mended(report: &Report) -> String {
    if report.mended.is_empty() {
        return String::new();
    }
    let mut out = "\n### Mended by this change\n\n".to_owned();
    for reported in report.mended.iter().take(NAMED) {
        let place = escape::markdown(&cut(&format!("{}:{}", reported.root_path, reported.range.start.line)));
        let (severity, check) = (reported.finding.severity.name(), escape::markdown(reported.finding.page.id));
        out.push_str(&format!("- 🟢 {severity} <code>{place}</code>: {} <sub>{check}</sub>\n", prose(&reported.finding.message)));
    }
    if report.mended.len() > NAMED {
        out.push_str(&format!("- and {} more\n", report.mended.len() - NAMED));
    }
    if report.mended.iter().any(|reported| reported.finding.secret.is_some()) {
        out.push_str("\nA secret that stood in a commit stays in the history: revoke it as well.\n");
    }
    out
}

/// What was read, and what was found and is not shown.
fn read(report: &Report) -> String {
    let files = |count| if count == 1 { "1 file".to_owned() } else { format!("{count} files") };
    let mut parts = vec![format!("{} linted", files(report.coverage.linted))];
    if report.coverage.as_text > 0 {
        parts.push(format!("{} read as text", report.coverage.as_text));
    }
    match (report.suppressed(), report.in_baseline()) {
        (0, _) => {}
        (all, 0) => parts.push(format!("{all} suppressed")),
        (all, old) => parts.push(format!("{all} suppressed ({old} by the baseline)")),
    }
    match report.unchanged {
        None | Some(0) => {}
        Some(1) => parts.push("1 older finding in unchanged lines".to_owned()),
        Some(others) => parts.push(format!("{others} older findings in unchanged lines")),
    }
    match report.newer {
        0 => {}
        1 => parts.push("1 suppression is new and does not count yet".to_owned()),
        new => parts.push(format!("{new} suppressions are new and do not count yet")),
    }
    parts.join(", ")
}

fn row(reported: &Reported) -> String {
    let finding = &reported.finding;
    let icon = match finding.severity {
        Severity::Critical | Severity::High => "🔴",
        Severity::Medium => "🟠",
        Severity::Low => "🟡",
        Severity::Info => "⚪",
    };
    let place = escape::markdown(&cut(&format!("{}:{}", reported.root_path, reported.range.start.line)));
    let help = finding.help.as_deref().map(|help| format!("<br>→ {}", prose(help))).unwrap_or_default();
    let spot = finding.spot.as_ref().map(|spot| format!("<br>{}", prose(spot))).unwrap_or_default();
    let fix = match &finding.fix {
        Some(fix) if fix.safe => " · <code>caulk fix</code> does it",
        Some(_) => " · <code>caulk fix \\-\\-unsafe</code> writes it",
        None => "",
    };
    let (check, severity) = (escape::markdown(finding.page.id), finding.severity.name());
    format!("| {icon} {severity} | <code>{place}</code>{spot} | {}{help}<br><sub>{check}{fix}</sub> |\n", prose(&finding.message))
}

/// A message: what stands in backticks is code, and nothing else of it means anything.
fn prose(text: &str) -> String {
    let text = cut(text);
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return escape::markdown(&text);
    }
    let part = |(index, part): (usize, &&str)| match index % 2 {
        0 => escape::markdown(part),
        _ => format!("<code>{}</code>", escape::markdown(part)),
    };
    parts.iter().enumerate().map(part).collect()
}

fn cut(text: &str) -> String {
    let mut shown: String = text.chars().take(CELL).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

fn not_linted(report: &Report) -> String {
    let missed: Vec<_> = report.coverage.passed_over.iter().filter(|entry| entry.incomplete).collect();
    if missed.is_empty() {
        return String::new();
    }
    let mut out = "\n### Not linted, or only in part\n\n".to_owned();
    for entry in missed.iter().take(NAMED) {
        out.push_str(&format!("- <code>{}</code>: {}\n", escape::markdown(&cut(&entry.place())), escape::markdown(&cut(&entry.reason))));
    }
    if missed.len() > NAMED {
        out.push_str(&format!("- and {} more\n", missed.len() - NAMED));
    }
    out
}

/// A check's own words, folded.
fn explained(page: &Page) -> String {
    let fix = page.section("Fix").map(|fix| secrets::previews(fix.trim())).unwrap_or_default();
    let why = secrets::previews(page.why().trim());
    format!("\n<details><summary>{}</summary>\n\n{why}\n\n**Fix.** {fix}\n\n</details>\n", escape::markdown(page.title()))
}

#[cfg(test)]
mod tests;
