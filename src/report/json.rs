//! The JSON document, version 1. `schema.json` beside this file describes it; fields may be added within the version.

use std::io;

use serde::Serialize;

use super::{Coverage, Range, Report, Reported, escape};
use crate::catalogue::Severity;
use crate::source::Position;

/// The JSON Schema of the document.
pub const SCHEMA: &str = include_str!("schema.json");

/// Writes the document.
///
/// # Errors
/// What the writer says.
pub fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    escape::json(&Document::new(report), out)
}

#[derive(Serialize)]
struct Document<'r> {
    schema_version: u32,
    tool: Tool,
    complete: bool,
    findings: Vec<FindingOut<'r>>,
    coverage: CoverageOut<'r>,
    summary: Summary,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct FindingOut<'r> {
    check: &'static str,
    case: Option<&'static str>,
    family: Option<&'static str>,
    severity: &'static str,
    confidence: &'static str,
    persona: &'static str,
    format: &'static str,
    path: &'r str,
    logical_path: &'r str,
    range: RangeOut,
    message: &'r str,
    help: Option<&'r str>,
    labels: Vec<LabelOut<'r>>,
    detector: Option<&'static str>,
    secret: Option<SecretOut>,
    fingerprint: &'r str,
    suppressed: Option<SuppressedOut<'r>>,
    fix: Option<FixOut<'r>>,
}

#[derive(Serialize)]
struct RangeOut {
    start: PositionOut,
    end: PositionOut,
}

#[derive(Serialize)]
struct PositionOut {
    line: u32,
    column: u32,
    byte: u64,
}

#[derive(Serialize)]
struct LabelOut<'r> {
    kind: &'static str,
    path: &'r str,
    range: RangeOut,
    message: &'r str,
}

#[derive(Serialize)]
struct SecretOut {
    preview: &'static str,
    length: Option<u32>,
    fingerprint: Option<String>,
    group: Option<u32>,
}

#[derive(Serialize)]
struct SuppressedOut<'r> {
    by: &'static str,
    reason: &'r str,
}

/// A change that `caulk fix` would make.
#[derive(Serialize)]
struct FixOut<'r> {
    safe: bool,
    title: &'r str,
}

#[derive(Serialize)]
struct CoverageOut<'r> {
    linted: usize,
    as_text: usize,
    other: usize,
    excluded: usize,
    passed_over: Vec<PassedOverOut<'r>>,
}

#[derive(Serialize)]
struct PassedOverOut<'r> {
    path: &'r str,
    line: Option<u32>,
    reason: &'r str,
}

#[derive(Serialize)]
struct Summary {
    critical: usize,
    high: usize,
    medium: usize,
    low: usize,
    info: usize,
    suppressed: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    in_unchanged_lines: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mended: Option<usize>,
}

impl<'r> Document<'r> {
    fn new(report: &'r Report) -> Self {
        Self {
            schema_version: 1,
            tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
            complete: report.complete(),
            findings: report.shown().map(FindingOut::new).collect(),
            coverage: CoverageOut::new(&report.coverage),
            summary: Summary {
                critical: report.count(Severity::Critical),
                high: report.count(Severity::High),
                medium: report.count(Severity::Medium),
                low: report.count(Severity::Low),
                info: report.count(Severity::Info),
                suppressed: report.suppressed(),
                in_unchanged_lines: report.unchanged,
                mended: report.unchanged.map(|_| report.mended.len()),
            },
        }
    }
}

impl<'r> FindingOut<'r> {
    fn new(reported: &'r Reported) -> Self {
        let finding = &reported.finding;
        let labels = reported.labels().map(|(label, place)| LabelOut {
            kind: label.kind.name(),
            path: &place.file,
            range: place.range.into(),
            message: &label.message,
        });
        let secret = finding.secret.as_ref().map(|secret| SecretOut {
            preview: secret.preview,
            length: secret.length,
            fingerprint: secret.fingerprint(),
            group: reported.group,
        });
        Self {
            check: finding.page.id,
            case: finding.case,
            family: finding.page.header().map(|header| header.family.name()),
            severity: finding.severity.name(),
            confidence: finding.confidence.name(),
            persona: finding.persona().name(),
            format: reported.format,
            path: &reported.file,
            logical_path: &finding.path.shown,
            range: reported.range.into(),
            message: &finding.message,
            help: finding.help.as_deref(),
            labels: labels.collect(),
            detector: finding.detector,
            secret,
            fingerprint: &reported.fingerprint,
            suppressed: reported
                .suppressed
                .as_ref()
                .map(|suppressed| SuppressedOut { by: suppressed.by.name(), reason: &suppressed.reason }),
            fix: finding.fix.as_ref().map(|fix| FixOut { safe: fix.safe, title: &fix.title }),
        }
    }
}

impl<'r> CoverageOut<'r> {
    fn new(coverage: &'r Coverage) -> Self {
        let passed_over =
            coverage.passed_over.iter().map(|entry| PassedOverOut { path: &entry.path, line: entry.line, reason: &entry.reason });
        Self {
            linted: coverage.linted,
            as_text: coverage.as_text,
            other: coverage.other,
            excluded: coverage.excluded,
            passed_over: passed_over.collect(),
        }
    }
}

impl From<Range> for RangeOut {
    fn from(range: Range) -> Self {
        let position = |at: Position| PositionOut { line: at.line, column: at.column, byte: at.byte };
        Self { start: position(range.start), end: position(range.end) }
    }
}

#[cfg(test)]
mod tests;
