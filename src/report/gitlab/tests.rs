use serde_json::{Value, json};

use super::super::sample::Sample;
use super::*;

#[test]
fn code_quality_issues_have_what_gitlab_reads() {
    let mut out = Vec::new();
    write_code_quality(&Sample::small().report, &mut out).unwrap();
    let document: Value = serde_json::from_slice(&out).unwrap();
    let fingerprint = &document[0]["fingerprint"];
    assert!(fingerprint.as_str().is_some_and(|it| it.len() == 32));
    let issue = json!({
        "description": "A token stands in plain text in `TOKEN`. Write `${{ secrets.TOKEN }}` here.",
        "check_name": "github-actions/plaintext-secret",
        "fingerprint": fingerprint,
        "severity": "critical",
        "location": { "path": ".github/workflows/ci.yml", "lines": { "begin": 3, "end": 3 } },
    });
    assert_eq!(document, json!([issue]));
}

#[test]
fn vulnerabilities_are_known_again() {
    let written = |start| {
        let mut out = Vec::new();
        write_secret_detection(&Sample::small().report, Times { start, end: start + 1 }, &mut out).unwrap();
        serde_json::from_slice::<Value>(&out).unwrap()
    };
    let (one, two) = (written(0), written(86_400));
    assert_eq!(one["vulnerabilities"], two["vulnerabilities"]);
    assert_eq!((&one["scan"]["start_time"], &two["scan"]["end_time"]), (&json!("1970-01-01T00:00:00"), &json!("1970-01-02T00:00:01")));
    let found = &one["vulnerabilities"][0];
    assert_eq!(
        found["location"],
        json!({ "file": ".github/workflows/ci.yml", "start_line": 3, "end_line": 3, "commit": { "sha": "0000000" } })
    );
    let identifiers: Vec<&str> = found["identifiers"].as_array().unwrap().iter().filter_map(|it| it["value"].as_str()).collect();
    assert_eq!(identifiers, ["github-actions/plaintext-secret", "secrets/example/token", "798"]);
    let id = found["id"].as_str().unwrap();
    assert_eq!((id.len(), &id[14..15]), (36, "8"));
    assert_eq!(one["scan"]["messages"][0]["value"], "prod.tfstate was not linted, or only in part: cannot be read: permission denied");
}
