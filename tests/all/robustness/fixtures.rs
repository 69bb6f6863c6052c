//! `fixtures/hostile`: what is found in each file, what is said of it, and that nothing fails.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};

use crate::ran::finish;

/// The files that hold the made-up password: each must have a finding on it.
const HOLD_A_PASSWORD: &[&str] = &[
    ".github/workflows/aliases.yml",
    ".github/workflows/cut-off.yml",
    "bom-and-crlf/docker-compose.yml",
    "broken/conflict.gitlab-ci.yml",
    "broken/main.tf",
    "broken/report.ipynb",
    "duplicate-keys/secret.yaml",
    "invalid-utf-8/secret.yaml",
    "nested/main.tf",
    "nested/manifest.yaml",
    "nested/terraform.tfstate",
    "one-line/terraform.tfstate",
    "utf-16/compose.yaml",
];

/// The files that were not read as a whole, or not as what their name says.
const SAID: &[&str] = &[
    ".github/workflows/cut-off.yml",
    ".github/workflows/no-workflow.yml",
    "broken/conflict.gitlab-ci.yml",
    "broken/main.tf",
    "broken/report.ipynb",
    "invalid-utf-8/secret.yaml",
    "nested/main.tf",
    "nested/manifest.yaml",
];

#[test]
fn hostile_fixtures_are_read_as_far_as_they_can_be() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/hostile");
    let mut command = Command::new(env!("CARGO_BIN_EXE_caulk"));
    command.args(["lint", "--format", "json", "--min-severity", "info", "."]).current_dir(root).env_clear();
    let ran = finish(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
    let json = ran.ends_with(1).json();
    let findings = json["findings"].as_array().unwrap();
    assert!(findings.iter().all(|finding| finding["check"] != "core/internal-error"), "{json:#}");
    let found: BTreeSet<&str> =
        findings.iter().filter(|finding| !finding["secret"].is_null()).map(|finding| finding["path"].as_str().unwrap()).collect();
    let silent: Vec<&&str> = HOLD_A_PASSWORD.iter().filter(|path| !found.contains(**path)).collect();
    assert!(silent.is_empty(), "nothing is found in {silent:?}");
    for path in SAID {
        assert!(!ran.passed_over(path).is_empty(), "nothing is said of {path}: {}", json["coverage"]);
    }
    assert_eq!(json["coverage"]["other"], 1, "the picture");
    assert!(!ran.text().contains("Tq8vN2xLr5wK") && !ran.text().contains("Zr4mK7wQx9Lp"));
}
