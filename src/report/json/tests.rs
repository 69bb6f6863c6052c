use serde_json::Value;

use super::*;
use crate::finding::LabelKind;
use crate::report::sample::{LEAK, Sample};

fn written(report: &Report) -> String {
    let mut out = Vec::new();
    write(report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn validate(text: &str) {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let document: Value = serde_json::from_str(text).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn the_document_is_the_contracts() {
    let mut sample = Sample::small();
    sample.report.findings.truncate(1);
    let text = written(&sample.report);
    validate(&text);
    let fingerprint = &sample.report.findings[0].fingerprint;
    let secret = sample.report.findings[0].finding.secret.as_ref().unwrap().fingerprint().unwrap();
    let version = env!("CARGO_PKG_VERSION");
    let expected = format!(
        r#"{{
  "schema_version": 1,
  "tool": {{
    "name": "caulk",
    "version": "{version}"
  }},
  "complete": false,
  "findings": [
    {{
      "check": "github-actions/plaintext-secret",
      "case": null,
      "family": "plaintext-secret",
      "severity": "high",
      "confidence": "high",
      "persona": "regular",
      "format": "github-actions",
      "path": ".github/workflows/ci.yml",
      "logical_path": "env.TOKEN",
      "range": {{
        "start": {{
          "line": 3,
          "column": 10,
          "byte": 23
        }},
        "end": {{
          "line": 3,
          "column": 26,
          "byte": 39
        }}
      }},
      "message": "a token stands in plain text in `TOKEN`",
      "help": "write `${{{{ secrets.TOKEN }}}}` here",
      "labels": [],
      "detector": "secrets/example/token",
      "secret": {{
        "preview": "",
        "length": 16,
        "fingerprint": "{secret}",
        "group": 1
      }},
      "fingerprint": "{fingerprint}",
      "suppressed": null,
      "fix": null
    }}
  ],
  "coverage": {{
    "linted": 2,
    "as_text": 3,
    "other": 40,
    "excluded": 0,
    "passed_over": [
      {{
        "path": "prod.tfstate",
        "line": null,
        "reason": "cannot be read: permission denied"
      }}
    ]
  }},
  "summary": {{
    "critical": 0,
    "high": 1,
    "medium": 0,
    "low": 0,
    "info": 0,
    "suppressed": 0
  }}
}}
"#
    );
    assert_eq!(text, expected);
}

#[test]
fn suppressed_findings_are_listed_and_hidden_ones_are_not() {
    let mut sample = Sample::small();
    let text = written(&sample.report);
    validate(&text);
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(document["findings"].as_array().unwrap().len(), 2);
    assert_eq!(document["findings"][1]["suppressed"]["reason"], "a throw-away database");
    assert_eq!(document["findings"][1]["secret"]["fingerprint"], Value::Null);
    assert_eq!(document["summary"]["suppressed"], 1);
    sample.report.min_severity = Some(Severity::Info);
    let document: Value = serde_json::from_str(&written(&sample.report)).unwrap();
    assert_eq!((document["findings"].as_array().unwrap().len(), &document["summary"]["info"]), (3, &Value::from(1)));
}

#[test]
fn labels_keep_their_order_and_places() {
    let mut sample = Sample::new();
    let (id, spans) = sample.file("a.yml", "from: «0123456789abcdef»\nto: x\n");
    let (sink, secret) = (sample.place(id, "x"), spans[0]);
    sample.find(&LEAK, sink, "said", |finding| {
        finding.label(LabelKind::Source, crate::source::Place { source: id, span: secret }, "from here");
        finding.label(LabelKind::Sink, sink, "to here");
    });
    let text = written(&sample.report);
    validate(&text);
    let document: Value = serde_json::from_str(&text).unwrap();
    let labels = &document["findings"][0]["labels"];
    assert_eq!((&labels[0]["kind"], &labels[0]["range"]["start"]["line"]), (&Value::from("source"), &Value::from(1)));
    assert_eq!((&labels[1]["kind"], &labels[1]["range"]["start"]["column"]), (&Value::from("sink"), &Value::from(5)));
}

#[test]
fn an_empty_run_is_a_document_too() {
    validate(&written(&Report::default()));
}
