//! Reports of a real run: one run of the leaky company, held against the published schemas, its own text, and itself.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use caulk::catalogue::Severity;
use caulk::config::Config;
use caulk::lint::lint_tree;
use caulk::report::{self, Output, Report, TerminalOptions};
use serde_json::Value;

#[test]
fn the_json_document_is_valid_and_its_places_are_true() {
    let report = leaky(0);
    let document: Value = serde_json::from_slice(&written(&report, Output::Json)).unwrap();
    validate(report::json::SCHEMA, &document);
    let findings = document["findings"].as_array().unwrap();
    assert!(!findings.is_empty());
    for finding in findings {
        let path = finding["path"].as_str().unwrap();
        let text = std::fs::read_to_string(root().join(path)).unwrap();
        let number = |end: &str, part: &str| usize::try_from(finding["range"][end][part].as_u64().unwrap()).unwrap();
        for end in ["start", "end"] {
            // A line and a column in code points name the very byte.
            let before = &text[..number(end, "byte")];
            assert_eq!(before.matches('\n').count() + 1, number(end, "line"), "{path}");
            assert_eq!(before.rsplit('\n').next().unwrap().chars().count() + 1, number(end, "column"), "{path}");
        }
    }
}

#[test]
fn the_sarif_document_is_valid_and_lists_every_check() {
    let document: Value = serde_json::from_slice(&written(&leaky(0), Output::Sarif)).unwrap();
    // A pattern that is no ECMAScript regular expression in Unicode mode; caulk writes no `language`.
    validate(&include_str!("../data/sarif-2.1.0.schema.json").replace("{2}]?$", "{2}$"), &document);
    let run = &document["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let ids: BTreeSet<&str> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), rules.len());
    for check in caulk::checks::all() {
        assert!(ids.contains(check.page.id), "{}", check.page.id);
    }
    for rule in rules {
        for part in [&rule["shortDescription"]["text"], &rule["fullDescription"]["text"]] {
            assert!((1..=1024).contains(&part.as_str().unwrap().chars().count()), "{}", rule["id"]);
        }
        let help = rule["help"]["markdown"].as_str().unwrap();
        assert!(help.contains("## Fix") && !help.contains("## Bad") && !help.contains(['«', '⟦']), "{}", rule["id"]);
        assert!(rule["properties"]["tags"].as_array().unwrap().contains(&"security".into()));
    }
    for result in run["results"].as_array().unwrap() {
        assert!(result["partialFingerprints"]["caulk/v1"].is_string());
        let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
        assert!(!uri.starts_with(['.', '/']) || uri.starts_with(".git"), "{uri}");
    }
}

/// Every report but the terminal's.
const OTHERS: [Output; 6] = [
    Output::Json,
    Output::Sarif,
    Output::Github,
    Output::Markdown,
    Output::GitlabCodeQuality,
    Output::GitlabSecretDetection(report::gitlab::Times { start: 0, end: 1 }),
];

/// The schema holds what GitLab's own, 15.0.7, asks of the parts that caulk writes.
#[test]
fn the_gitlab_reports_are_valid_and_their_identities_are_unique() {
    let report = leaky(0);
    let document: Value = serde_json::from_slice(&written(&report, OTHERS[5])).unwrap();
    validate(include_str!("../data/gitlab-secret-detection.schema.json"), &document);
    let ids: BTreeSet<&str> = document["vulnerabilities"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert_eq!((ids.len(), ids.is_empty()), (report.open().count(), false));
    let issues: Value = serde_json::from_slice(&written(&report, Output::GitlabCodeQuality)).unwrap();
    let fingerprints: BTreeSet<&str> = issues.as_array().unwrap().iter().map(|it| it["fingerprint"].as_str().unwrap()).collect();
    assert_eq!(fingerprints.len(), report.open().count());
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let terminal = Output::Terminal(TerminalOptions { verbose: true, ..TerminalOptions::default() });
    for output in OTHERS.into_iter().chain([terminal]) {
        assert!(written(&leaky(1), output) == written(&leaky(8), output), "{output:?}");
    }
}

#[test]
fn no_secret_of_the_leaky_company_is_in_any_report() {
    let report = leaky(0);
    let secrets: BTreeSet<&str> = report
        .findings
        .iter()
        .filter(|reported| reported.finding.secret.is_some())
        .map(|reported| report.sources[&reported.finding.place.source].slice(reported.finding.place.span))
        .collect();
    assert!(secrets.len() > 5, "{}", secrets.len());
    for output in OTHERS.into_iter().chain(terminals()) {
        let text = String::from_utf8(written(&report, output)).unwrap();
        for secret in &secrets {
            assert!(!text.contains(secret), "{output:?}");
        }
    }
}

#[test]
fn every_finding_is_at_most_twelve_lines_and_no_line_is_longer_than_the_terminal() {
    let report = leaky(0);
    for output in terminals() {
        let Output::Terminal(options) = output else { continue };
        let text = String::from_utf8(written(&report, output)).unwrap();
        for block in text.split("\n\n").filter(|block| block.contains("─[") || block.contains(",-[")) {
            assert!(block.lines().count() <= 12, "{block}");
        }
        for line in text.lines() {
            assert!(line.chars().count() <= options.width.unwrap(), "{line}");
        }
    }
}

fn terminals() -> impl Iterator<Item = Output> {
    [60, 100].into_iter().flat_map(|width| {
        [(false, true), (true, false), (false, false)].into_iter().map(move |(quiet, unicode)| {
            Output::Terminal(TerminalOptions { width: Some(width), quiet, unicode, verbose: !quiet, color: false })
        })
    })
}

/// One run over `fixtures/leaky`, with everything there is to see.
fn leaky(jobs: usize) -> Report {
    let mut files = Vec::new();
    let mut pending = vec![root()];
    while let Some(directory) = pending.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                pending.push(path);
            } else {
                let name = path.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/");
                files.push((name, std::fs::read(&path).unwrap()));
            }
        }
    }
    let files: Vec<(&str, Vec<u8>)> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
    lint_tree(&files, &Config { min_severity: Severity::Info, pedantic: true, jobs, ..Config::default() })
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/leaky")
}

fn written(report: &Report, output: Output) -> Vec<u8> {
    let mut out = Vec::new();
    report::write(report, output, &mut out).unwrap();
    out
}

fn validate(schema: &str, document: &Value) {
    let validator = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    let errors: Vec<String> = validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}
