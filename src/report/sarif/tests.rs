use serde_json::Value;

use super::*;
use crate::literal::LogicalPath;
use crate::report::sample::{LEAK, STATE as STATE_PAGE, Sample};
use crate::source::Span;

fn limited(report: &Report, limit: usize) -> Value {
    let mut out = Vec::new();
    escape::json(&log(report, limit), &mut out).unwrap();
    let document: Value = serde_json::from_slice(&out).unwrap();
    validate(&document);
    document
}

fn written(report: &Report) -> Value {
    let mut out = Vec::new();
    write(report, &mut out).unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&out).unwrap(), limited(report, RESULTS));
    limited(report, RESULTS)
}

fn validate(document: &Value) {
    static SCHEMA: std::sync::LazyLock<jsonschema::Validator> = std::sync::LazyLock::new(|| {
        // A pattern that is no ECMAScript regular expression in Unicode mode; caulk writes no `language`.
        let schema = include_str!("../../../tests/data/sarif-2.1.0.schema.json").replace("{2}]?$", "{2}$");
        jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap()
    });
    let errors: Vec<String> = SCHEMA.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    for rule in document["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap() {
        for text in ["shortDescription", "fullDescription"] {
            let text = rule[text]["text"].as_str().unwrap();
            assert!(!text.is_empty() && text.chars().count() <= 1024);
        }
        assert!(!rule["help"]["text"].as_str().unwrap().is_empty());
    }
    for result in document["runs"][0]["results"].as_array().unwrap() {
        let rule = &document["runs"][0]["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], result["ruleId"]);
        assert_eq!(rule["defaultConfiguration"]["level"], result["level"]);
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
    }
}

#[test]
fn a_finding_becomes_a_result() {
    let sample = Sample::small();
    let document = written(&sample.report);
    let run = &document["runs"][0];
    assert_eq!((&run["columnKind"], &run["automationDetails"]["id"]), (&"unicodeCodePoints".into(), &"caulk/".into()));
    let fingerprint = sample.report.findings[0].fingerprint.clone();
    assert_eq!(
        run["results"][0],
        serde_json::json!({
            "ruleId": "github-actions/plaintext-secret",
            "ruleIndex": 1,
            "level": "error",
            "message": { "text": "a token stands in plain text in `TOKEN`. Write `${{ secrets.TOKEN }}` here." },
            "locations": [{
                "physicalLocation": {
                    "artifactLocation": { "uri": ".github/workflows/ci.yml" },
                    "region": { "startLine": 3, "startColumn": 10, "endLine": 3, "endColumn": 26 }
                },
                "logicalLocations": [{ "fullyQualifiedName": "env.TOKEN" }]
            }],
            "partialFingerprints": { "caulk/v1": fingerprint },
            "properties": { "severity": "high", "confidence": "high", "detector": "secrets/example/token" }
        })
    );
    assert_eq!(run["results"][1]["ruleId"], "github-actions/plaintext-secret/weak");
    assert_eq!(
        run["results"][1]["suppressions"],
        serde_json::json!([{ "kind": "inSource", "status": "accepted", "justification": "a throw-away database" }])
    );
    assert_eq!(run["results"].as_array().unwrap().len(), 2);
}

#[test]
fn what_was_not_read_is_a_notification() {
    let document = written(&Sample::small().report);
    let invocation = &document["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let notification = &invocation["toolExecutionNotifications"][0];
    assert_eq!(
        (&notification["level"], &notification["message"]["text"]),
        (&"error".into(), &"prod.tfstate: cannot be read: permission denied".into())
    );
    assert_eq!(written(&Report::default())["runs"][0]["invocations"][0]["executionSuccessful"], true);
}

#[test]
fn every_rule_is_listed_with_its_help_and_without_bad_examples() {
    let document = written(&Sample::small().report);
    let rules = document["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    let ids: Vec<&str> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    let leak = "github-actions/plaintext-secret";
    assert_eq!(ids, ["core/syntax-error", leak, &format!("{leak}/name"), &format!("{leak}/weak"), "tfstate/sensitive-value-in-state"]);
    let rule = &rules[1];
    assert_eq!(
        rule["properties"],
        serde_json::json!({
            "tags": ["security", "plaintext-secret", "external/cwe/cwe-798"], "precision": "high", "security-severity": "8.0",
            "problem.severity": "error", "since": "0.1.0"
        })
    );
    assert_eq!(rules[3]["properties"]["security-severity"], "2.5");
    let markdown = rule["help"]["markdown"].as_str().unwrap();
    assert!(markdown.contains("From the store") && markdown.contains("Store it as a secret."));
    assert!(!markdown.contains("BADEXAMPLE") && !markdown.contains('⟦'), "{markdown}");
}

#[test]
fn a_severity_that_is_no_cases_has_a_rule_of_its_own() {
    let mut sample = Sample::small();
    sample.report.findings[0].finding.severity = Severity::Critical;
    let document = written(&sample.report);
    assert_eq!(document["runs"][0]["results"][0]["ruleId"], "github-actions/plaintext-secret/critical");
}

#[test]
fn a_flow_is_related_places_and_a_code_flow() {
    let mut sample = Sample::new();
    let (variables, _) = sample.file("b c/variables.tf", "variable \"p\" {}\n");
    let (outputs, _) = sample.file("b c/out.tf", "output \"x\" {\n  value = var.p\n}\n");
    let (source, sink) = (sample.place(variables, "p"), sample.place(outputs, "var.p"));
    sample.find(&LEAK, sink, "said [x](http://evil) \u{202e}", |finding| {
        finding.label(LabelKind::Source, source, "from here");
        finding.label(LabelKind::Related, source, "see");
    });
    let result = written(&sample.report)["runs"][0]["results"][0].clone();
    assert_eq!(result["message"]["text"], "said [x] (http://evil) \\u{202e}");
    assert_eq!(result["relatedLocations"][0]["physicalLocation"]["artifactLocation"]["uri"], "b%20c/variables.tf");
    assert_eq!((&result["relatedLocations"][0]["id"], &result["relatedLocations"][1]["message"]["text"]), (&1.into(), &"see".into()));
    let steps = result["codeFlows"][0]["threadFlows"][0]["locations"].as_array().unwrap();
    assert_eq!(steps.len(), 2);
    assert_eq!(steps[1]["location"]["physicalLocation"]["region"]["startLine"], 2);
}

#[test]
fn a_region_is_one_line() {
    let mut sample = Sample::new();
    let (id, spans) = sample.file("a.yml", "k: |\n  «éé-BEGIN\r\n  AAAA»\n");
    sample.find(&LEAK, Place { source: id, span: spans[0] }, "said", |_| {});
    let result = written(&sample.report)["runs"][0]["results"][0].clone();
    let region = serde_json::json!({ "startLine": 2, "startColumn": 3, "endLine": 2, "endColumn": 11 });
    assert_eq!(result["locations"][0]["physicalLocation"]["region"], region);
}

#[test]
fn values_of_one_resource_are_one_result_with_an_identity_of_its_own() {
    let mut sample = Sample::new();
    let (id, spans) = sample.file("a.tfstate", "{\n«aaaaaaaa»\n«bbbbbbbb»\n«cccccccc»\n}");
    for (span, address) in spans.iter().zip(["aws_db.a.password", "aws_db.a.token", "aws_db.b.password"]) {
        sample.find(&STATE_PAGE, Place { source: id, span: *span }, "said", |finding| finding.path = LogicalPath::same(address));
    }
    let document = written(&sample.report);
    let results = document["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 2);
    assert_eq!(results[0]["message"]["text"], "said, and another value of this resource with it");
    assert_eq!(results[0]["relatedLocations"][0]["message"]["text"], "aws_db.a.token");
    let fingerprint = format!("{}:1", sample.report.findings[0].fingerprint);
    assert_eq!(results[0]["partialFingerprints"]["primaryLocationLineHash"], fingerprint);
}

#[test]
fn beyond_the_limit_the_most_severe_are_kept_and_the_rest_is_counted() {
    let mut sample = Sample::new();
    let (id, _) = sample.file("a.yml", "0123456789");
    for at in 0..10 {
        sample.find(&LEAK, Place { source: id, span: Span::new(at, at + 1) }, &format!("number {at}"), |finding| {
            finding.severity = if at == 7 { Severity::Critical } else { Severity::Low };
            finding.case = Some("weak").filter(|_| at != 7);
        });
    }
    assert_eq!(limited(&sample.report, 10)["runs"][0]["results"].as_array().unwrap().len(), 10);
    let document = limited(&sample.report, 4);
    let results = document["runs"][0]["results"].as_array().unwrap();
    let messages: Vec<&str> = results.iter().map(|result| result["message"]["text"].as_str().unwrap()).collect();
    assert_eq!(messages[..3], ["number 0", "number 1", "number 7"]);
    assert!(messages[3].starts_with("7 further results were not written"));
    assert_eq!(results.len(), 4);
}
