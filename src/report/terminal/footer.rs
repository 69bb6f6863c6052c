//! What comes after the findings: how many, what was read, what was not.

use std::collections::BTreeMap;

use super::super::{By, Report};
use super::spread::Spread;
use super::style::{Style, Tone, tone};
use crate::catalogue::Severity;

/// Entries of a list that are shown unless all are asked for.
const LISTED: usize = 20;

const SEVERITIES: [Severity; 5] = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info];

/// The lines.
pub(super) fn lines(report: &Report, spread: &Spread<'_>, verbose: bool, style: &Style) -> Vec<String> {
    let mut lines = Vec::new();
    if verbose {
        lines.extend(suppressed(report, style));
        lines.extend(files(report, style));
    }
    lines.extend(incomplete(report, verbose, style));
    lines.extend(read_otherwise(report, verbose, style));
    lines.extend(spread.lines(verbose, style));
    lines.extend(counts(report, style));
    lines.extend(coverage(report, style));
    lines.extend(newer(report, style));
    lines.extend(fixes(report, style));
    if report.open().next().is_some() {
        lines.push(style.paint(Tone::Faint, "`caulk explain ID` tells why it matters"));
    }
    lines
}

fn counts(report: &Report, style: &Style) -> Vec<String> {
    let coverage = &report.coverage;
    let nothing = coverage.linted + coverage.as_text == 0 && report.shown().next().is_none() && report.complete();
    let (suppressed, accepted) = (report.suppressed(), report.in_baseline());
    let said = |count: usize, how: &str| if count == 0 { String::new() } else { format!(", {count} {how}") };
    let suppressed = said(suppressed - accepted, "suppressed") + &said(accepted, "in the baseline");
    let suppressed = suppressed + &said(report.unchanged.unwrap_or(0), "in unchanged lines") + &said(report.mended.len(), "mended");
    if nothing {
        return vec!["nothing to lint".to_owned()];
    }
    let open = report.open().count();
    if open == 0 {
        let tone = if report.complete() { Tone::Good } else { Tone::Warning };
        return vec![format!("{}{suppressed}", style.paint(tone, "no findings"))];
    }
    let counts = SEVERITIES.iter().map(|severity| (*severity, report.count(*severity))).filter(|(_, count)| *count > 0);
    let counts: Vec<String> =
        counts.map(|(severity, count)| style.paint(tone(severity), &format!("{count} {}", severity.name()))).collect();
    vec![format!("{}: {}{suppressed}", number(open, "finding"), counts.join(", "))]
}

fn coverage(report: &Report, style: &Style) -> Vec<String> {
    let coverage = &report.coverage;
    let mut parts = vec![format!("{} linted", number(coverage.linted, "file"))];
    if coverage.as_text > 0 {
        parts.push(format!("{} read as text", coverage.as_text));
    }
    if coverage.other > 0 {
        parts.push(format!("{} passed over", coverage.other));
    }
    if coverage.excluded > 0 {
        parts.push(format!("{} excluded", number(coverage.excluded, "file")));
    }
    let mut lines = style.wrap("", &parts.join(", "));
    let unread = match coverage.ignored_telling {
        0 => None,
        1 => Some("1 file with a telling name was not read, because git ignores it".to_owned()),
        files => Some(format!("{files} files with telling names were not read, because git ignores them")),
    };
    let nested = match coverage.nested {
        0 => None,
        1 => Some("1 repository inside was not entered: name it to lint it".to_owned()),
        many => Some(format!("{many} repositories inside were not entered: name one to lint it")),
    };
    let unread = unread.map(|unread| format!("{unread} (`--include-ignored` reads such files)"));
    lines.extend(unread.into_iter().chain(nested).flat_map(|said| style.wrap("", &said)));
    lines
}

/// How many findings have a change that mends them.
fn fixes(report: &Report, style: &Style) -> Vec<String> {
    let fixes = report.open().filter_map(|reported| reported.finding.fix.as_ref());
    let (safe, others): (Vec<_>, Vec<_>) = fixes.partition(|fix| fix.safe);
    let said = match (safe.len(), others.len()) {
        (0, 0) => return Vec::new(),
        (1, 0) if report.open().nth(1).is_none() => "`caulk fix` mends it".to_owned(),
        (0, 1) if report.open().nth(1).is_none() => "`caulk fix --unsafe` mends it".to_owned(),
        (safe, 0) => format!("`caulk fix` mends {safe} of them"),
        (0, others) => format!("`caulk fix --unsafe` mends {others} of them"),
        (safe, others) => format!("`caulk fix` mends {safe} of them, and {others} more with `--unsafe`"),
    };
    style.wrap("", &said).into_iter().map(|line| style.paint(Tone::Faint, &line)).collect()
}

/// Suppressions that do not count yet. Who wrote them should know.
fn newer(report: &Report, style: &Style) -> Vec<String> {
    let said = match report.newer {
        0 => return Vec::new(),
        1 => "1 suppression is new and does not count yet".to_owned(),
        new => format!("{new} suppressions are new and do not count yet"),
    };
    let listed = report.min_severity == Some(Severity::Info);
    style.wrap("", &if listed { said } else { said + " (`--pedantic` lists them)" })
}

/// What should have been linted and was not, by reason. Never silent.
fn incomplete(report: &Report, verbose: bool, style: &Style) -> Vec<String> {
    let reasons = by_reason(report, true);
    let count: usize = reasons.values().map(Vec::len).sum();
    if count == 0 {
        return Vec::new();
    }
    let mut lines = vec![style.paint(Tone::Error, &format!("incomplete: {} not linted, or only in part", number(count, "file")))];
    let mut left = if verbose { count } else { LISTED };
    for (reason, paths) in reasons {
        let shown = &paths[..paths.len().min(left)];
        left -= shown.len();
        match shown {
            [] => {}
            [path] => lines.extend(style.wrap("  ", &style.show(&format!("{path}: {reason}")))),
            paths => {
                lines.extend(style.wrap("  ", &style.show(&format!("{reason}:"))));
                lines.extend(paths.iter().flat_map(|path| style.wrap("    ", &style.show(path))));
            }
        }
    }
    if !verbose && count > LISTED {
        lines.push(format!("  and {} more (`--verbose` lists them)", count - LISTED));
    }
    lines.push(String::new());
    lines
}

/// What was read, but not as its format: by reason, and by file where asked.
fn read_otherwise(report: &Report, verbose: bool, style: &Style) -> Vec<String> {
    let mut lines = Vec::new();
    for (reason, paths) in by_reason(report, false) {
        let who = if paths.len() == 1 { style.show(&paths[0]) } else { number(paths.len(), "file") };
        lines.extend(style.wrap("note: ", &format!("{who}: {}", style.show(reason))));
        if verbose && paths.len() > 1 {
            lines.extend(paths.iter().flat_map(|path| style.wrap("  ", &style.show(path))));
        }
    }
    if !lines.is_empty() {
        lines.push(String::new());
    }
    lines
}

/// The places of each reason.
fn by_reason(report: &Report, incomplete: bool) -> BTreeMap<&str, Vec<String>> {
    let mut reasons: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for entry in report.coverage.passed_over.iter().filter(|entry| entry.incomplete == incomplete) {
        reasons.entry(&entry.reason).or_default().push(entry.place());
    }
    reasons
}

fn suppressed(report: &Report, style: &Style) -> Vec<String> {
    let mut lines = Vec::new();
    for reported in report.shown() {
        let Some(suppressed) = &reported.suppressed else { continue };
        let finding = &reported.finding;
        let start = reported.range.start;
        let reason = match (suppressed.by, suppressed.reason.as_str()) {
            (By::Baseline, _) => "in the baseline",
            (_, "") => "no reason given",
            (_, reason) => reason,
        };
        let place = format!("{}:{}:{}", reported.file, start.line, start.column);
        let text = format!("{place} {}[{}] {}: {reason}", finding.severity.name(), finding.page.id, finding.message);
        lines.extend(style.wrap("  ", &style.show(&text)));
    }
    if !lines.is_empty() {
        lines.insert(0, "suppressed:".to_owned());
        lines.push(String::new());
    }
    lines
}

fn files(report: &Report, style: &Style) -> Vec<String> {
    if report.coverage.files.is_empty() {
        return Vec::new();
    }
    let mut lines = vec!["read:".to_owned()];
    for (path, format) in &report.coverage.files {
        let room = style.width.saturating_sub(format.len() + 4);
        let path = style.clip_start(&style.show(path), room);
        lines.push(format!("  {path} {}", style.paint(Tone::Faint, format)));
    }
    lines.push(String::new());
    lines
}

fn number(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
