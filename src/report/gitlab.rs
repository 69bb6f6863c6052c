//! The two reports that GitLab reads from a job: Code Quality, whose merge-request widget every tier has
//! (<https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>), and secret detection
//! (<https://gitlab.com/gitlab-org/security-products/security-report-schemas>).

use std::io::{self, Write};

use serde::Serialize;

use super::{Report, Reported, escape};
use crate::catalogue::Severity;
use crate::config::moment;
use crate::secrets::{hex, keyed_hash};

/// Version of the security schemas. Releases of GitLab that are still used refuse a newer minor one.
const SCHEMA: &str = "15.0.7";

/// What GitLab's own analyzer writes where no commit is meant: the location of a secret must name one.
const NO_COMMIT: &str = "0000000";

/// Characters of a solution.
const SOLUTION: usize = 7_000;

/// Domain of the identities that are made from fingerprints.
const DOMAIN: &[u8] = b"caulk/v1/gitlab";

/// When a run began and ended, in seconds since 1970.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Times {
    /// First.
    pub start: u64,
    /// Last.
    pub end: u64,
}

#[derive(Serialize)]
struct Issue<'r> {
    description: String,
    check_name: &'static str,
    fingerprint: &'r str,
    severity: &'static str,
    location: IssueLocation,
}

#[derive(Serialize)]
struct IssueLocation {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

/// Writes the Code Quality report.
///
/// # Errors
/// What the writer says.
pub fn write_code_quality(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let issue = |reported| Issue {
        description: sentences(reported),
        check_name: reported.finding.page.id,
        fingerprint: &reported.fingerprint,
        severity: match reported.finding.severity {
            Severity::Critical => "blocker",
            Severity::High => "critical",
            Severity::Medium => "major",
            Severity::Low => "minor",
            Severity::Info => "info",
        },
        location: IssueLocation { path: path(reported), lines: Lines { begin: first_line(reported), end: last_line(reported) } },
    };
    escape::json(&report.open().map(issue).collect::<Vec<Issue<'_>>>(), out)
}

#[derive(Serialize)]
struct SecurityReport {
    version: &'static str,
    scan: Scan,
    vulnerabilities: Vec<Vulnerability>,
}

#[derive(Serialize)]
struct Scan {
    analyzer: Program,
    scanner: Program,
    start_time: String,
    end_time: String,
    status: &'static str,
    r#type: &'static str,
    messages: Vec<ScanMessage>,
}

#[derive(Serialize)]
struct Program {
    id: &'static str,
    name: &'static str,
    version: &'static str,
    vendor: Vendor,
}

#[derive(Serialize)]
struct Vendor {
    name: &'static str,
}

#[derive(Serialize)]
struct ScanMessage {
    level: &'static str,
    value: String,
}

#[derive(Serialize)]
struct Vulnerability {
    id: String,
    name: &'static str,
    description: String,
    severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    solution: Option<String>,
    identifiers: Vec<Identifier>,
    links: Vec<Link>,
    location: SecretLocation,
}

#[derive(Serialize)]
struct Identifier {
    r#type: &'static str,
    name: String,
    value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Serialize)]
struct Link {
    url: &'static str,
}

#[derive(Serialize)]
struct SecretLocation {
    file: String,
    start_line: u32,
    end_line: u32,
    commit: Commit,
}

#[derive(Serialize)]
struct Commit {
    sha: &'static str,
}

/// Writes the secret detection report.
///
/// # Errors
/// What the writer says.
pub fn write_secret_detection(report: &Report, times: Times, out: &mut dyn Write) -> io::Result<()> {
    let program = || Program {
        id: env!("CARGO_PKG_NAME"),
        name: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
        vendor: Vendor { name: env!("CARGO_PKG_NAME") },
    };
    let missed = report.coverage.passed_over.iter().filter(|entry| entry.incomplete);
    let messages = missed.map(|entry| ScanMessage {
        level: "warn",
        value: escape::visible(&format!("{} was not linted, or only in part: {}", entry.path, entry.reason)).into_owned(),
    });
    let scan = Scan {
        analyzer: program(),
        scanner: program(),
        start_time: moment(times.start),
        end_time: moment(times.end),
        status: "success",
        r#type: "secret_detection",
        messages: messages.collect(),
    };
    escape::json(&SecurityReport { version: SCHEMA, scan, vulnerabilities: report.open().map(vulnerability).collect() }, out)
}

fn vulnerability(reported: &Reported) -> Vulnerability {
    let finding = &reported.finding;
    Vulnerability {
        id: uuid(&reported.fingerprint),
        name: finding.page.title(),
        description: sentence(&finding.message),
        severity: match finding.severity {
            Severity::Critical => "Critical",
            Severity::High => "High",
            Severity::Medium => "Medium",
            Severity::Low => "Low",
            Severity::Info => "Info",
        },
        solution: finding.help.as_deref().map(|help| sentence(help).chars().take(SOLUTION).collect()),
        identifiers: identifiers(reported),
        links: finding.page.header().into_iter().flat_map(|header| &header.references).map(|url| Link { url }).collect(),
        location: SecretLocation {
            file: path(reported),
            start_line: first_line(reported),
            end_line: last_line(reported),
            commit: Commit { sha: NO_COMMIT },
        },
    }
}

/// The check comes first: GitLab knows a vulnerability again by its first identifier and its location.
fn identifiers(reported: &Reported) -> Vec<Identifier> {
    let page = reported.finding.page;
    let of = |kind, name: String, value: &str| Identifier { r#type: kind, name, value: value.to_owned(), url: None };
    let mut identifiers = vec![of("caulk_check", format!("caulk {}", page.id), page.id)];
    identifiers.extend(reported.finding.detector.map(|id| of("caulk_detector", format!("caulk {id}"), id)));
    for cwe in page.header().into_iter().flat_map(|header| &header.cwe) {
        let number = cwe.trim_start_matches("CWE-");
        let url = Some(format!("https://cwe.mitre.org/data/definitions/{number}.html"));
        identifiers.push(Identifier { url, ..of("cwe", cwe.clone(), number) });
    }
    identifiers
}

/// A name-based identity of the version that is free for one's own hashes (RFC 9562, version 8).
fn uuid(fingerprint: &str) -> String {
    let mut bytes = keyed_hash(DOMAIN, &[fingerprint.as_bytes()]);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    [&bytes[..4], &bytes[4..6], &bytes[6..8], &bytes[8..10], &bytes[10..]].map(hex).join("-")
}

fn path(reported: &Reported) -> String {
    escape::visible(&reported.root_path).into_owned()
}

fn first_line(reported: &Reported) -> u32 {
    reported.range.start.line.max(1)
}

fn last_line(reported: &Reported) -> u32 {
    reported.range.end.line.max(first_line(reported))
}

/// What is wrong and what to write instead.
fn sentences(reported: &Reported) -> String {
    let help = reported.finding.help.as_deref().map(|help| format!(" {}", sentence(help)));
    format!("{}{}", sentence(&reported.finding.message), help.unwrap_or_default())
}

fn sentence(text: &str) -> String {
    let text = escape::visible(text);
    let mut chars = text.chars();
    let first = chars.next().map(|char| char.to_ascii_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}

#[cfg(test)]
mod tests;
