//! Files that parse and are not what they seem, and files that do not parse: what is said, where, and what is still linted.

use crate::ran::{Folder, Ran};
use crate::samples::{SAMPLES, token};

/// Places of the syntax errors, which are shown only when asked for.
fn syntax_errors(ran: &Ran) -> Vec<String> {
    ran.places("core/syntax-error")
}

#[test]
fn a_yaml_among_workflows_that_is_no_workflow_is_text() {
    let folder = Folder::new();
    for (name, text) in [("list", "- a\n- b: @@\n"), ("scalar", "just @@ words\n"), ("other", "version: 2\nupdates:\n  - token: @@\n")] {
        folder.file(format!(".github/workflows/{name}.yml"), text.replace("@@", &token(name)));
    }
    let ran = folder.lint(&["."]);
    let mut found = ran.ends_with(1).places("core/plaintext-secret");
    found.sort();
    assert_eq!(found, [".github/workflows/list.yml:2", ".github/workflows/other.yml:3", ".github/workflows/scalar.yml:1"]);
    assert_eq!(ran.json()["complete"], true, "a file that is something else is no failure");
    assert!(ran.passed_over(".github/workflows/list.yml").contains("not by its content"), "{}", ran.text());
}

#[test]
fn a_file_that_is_no_workflow_because_it_is_broken_is_incomplete() {
    let folder = Folder::new();
    folder.file(".github/workflows/a.yml", "{[}\n");
    folder.file("terraform.tfstate", "not json at all");
    folder.file("a.ipynb", "<<<<<<< HEAD\n{}\n");
    let ran = folder.lint(&["."]);
    for path in [".github/workflows/a.yml", "terraform.tfstate", "a.ipynb"] {
        assert!(!ran.ends_with(3).passed_over(path).is_empty(), "{path}: {}", ran.text());
    }
}

#[test]
fn what_is_both_compose_and_kubernetes_is_linted_once() {
    let (one, two) = (token("pod"), token("web"));
    let text = format!(
        "apiVersion: v1\nkind: Secret\nmetadata: {{name: x}}\nstringData:\n  token: {one}\nservices:\n  web:\n    image: nginx\n    environment: {{TOKEN: {two}}}\n"
    );
    let folder = Folder::new();
    folder.file("both.yaml", &text);
    folder.file("compose.yaml", &text);
    let ran = folder.lint(&["."]);
    let json = ran.ends_with(1).json();
    let mut places: Vec<(String, u64)> = json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| (finding["path"].as_str().unwrap().to_owned(), finding["range"]["start"]["line"].as_u64().unwrap()))
        .collect();
    places.sort();
    let expected = [("both.yaml", 5), ("both.yaml", 9), ("compose.yaml", 5), ("compose.yaml", 9)];
    assert_eq!(places, expected.map(|(path, line)| (path.to_owned(), line)));
    let read = |how: &str| json["coverage"][how].as_u64().unwrap();
    assert_eq!(read("linted") + read("as_text"), 2);
}

/// The platform may take the first or the last; both are in the repository.
#[test]
fn every_one_of_duplicate_keys_is_linted() {
    let folder = Folder::new();
    let cases = [
        (".github/workflows/a.yml", "on: push\njobs: {}\nenv:\n  A: @@\n  A: @@\nenv:\n  A: @@\n"),
        (".gitlab-ci.yml", "variables:\n  A: @@\n  A: @@\nvariables:\n  A: @@\n"),
        ("compose.yaml", "services:\n  web:\n    environment:\n      A: @@\n      A: @@\n  web:\n    environment: [A=@@]\n"),
        ("pod.yaml", "apiVersion: v1\nkind: Secret\nstringData:\n  a: @@\n  a: @@\nstringData:\n  a: @@\n"),
        ("infra/main.tf", "provider \"github\" {\n  token = \"@@\"\n  token = \"@@\"\n}\nprovider \"github\" {\n  token = \"@@\"\n}\n"),
        ("a.tfvars", "a = \"@@\"\na = \"@@\"\na = \"@@\"\n"),
        (
            "terraform.tfstate",
            "{\"version\": 4, \"terraform_version\": \"1\", \"lineage\": \"\", \"outputs\": {\n\"a\": {\"value\": \"@@\"},\n\"a\": {\"value\": \"@@\",\n \"value\": \"@@\"}}}",
        ),
        (
            "a.ipynb",
            "{\"nbformat\": 4, \"nbformat_minor\": 5, \"metadata\": {}, \"cells\": [{\"cell_type\": \"code\", \"outputs\": [],\n\"source\": \"@@\",\n\"source\": \"@@\"}], \"cells\": [{\"cell_type\": \"code\", \"outputs\": [],\n\"source\": \"@@\"}]}",
        ),
    ];
    for (path, text) in cases {
        let (mut filled, mut places) = (String::new(), Vec::new());
        for (index, part) in text.split("@@").enumerate() {
            if index > 0 {
                places.push(filled.len() as u64);
                filled += &token(&format!("{path} {index}"));
            }
            filled += part;
        }
        folder.file(path, filled);
        let json = folder.lint(&[path]).json();
        for place in places {
            let holds = |finding: &serde_json::Value| {
                let byte = |side: &str| finding["range"][side]["byte"].as_u64().unwrap();
                byte("start") <= place && place < byte("end")
            };
            assert!(json["findings"].as_array().unwrap().iter().any(holds), "{path}: byte {place} is in no finding: {json:#}");
        }
    }
}

#[test]
fn what_does_not_parse_is_said_with_its_place_and_the_rest_is_linted() {
    let folder = Folder::new();
    let made = token("broken");
    let cases = [
        (".github/workflows/a.yml", format!("on: push\nenv:\n  A: {made}\njobs:\n  a: [\n  b: }}\n"), 3),
        (".gitlab-ci.yml", format!("variables:\n  A: {made}\njob: 'open\n"), 2),
        ("compose.yaml", format!("services:\n  web:\n    image: x\n    environment:\n      A: {made}\n\tb: c\n"), 5),
        ("pod.yaml", format!("apiVersion: v1\nkind: Secret\nstringData:\n  a: {made}\n b: c\n"), 4),
        ("main.tf", format!("resource \"a\" \"b\" {{\n  c = \n}}\nprovider \"x\" {{\n  token = \"{made}\"\n}}\n"), 5),
        ("a.tfvars", format!("a = [1,\nb = \"{made}\"\n"), 2),
        (
            "terraform.tfstate",
            format!(
                "{{\"version\": 4, \"terraform_version\": \"1\", \"lineage\": \"\",\n\"outputs\": {{\"a\": {{\"value\": \"{made}\"}},\n}}"
            ),
            2,
        ),
        (
            "a.ipynb",
            format!(
                "{{\"nbformat\": 4, \"nbformat_minor\": 5, \"cells\": [\n{{\"cell_type\": \"code\", \"source\": [\"{made}\"], \"outputs\": []}},\n]"
            ),
            2,
        ),
        ("main.tf.json", format!("{{\"provider\": {{\"x\": {{\n\"token\": \"{made}\"}}\n"), 2),
    ];
    for (path, text, line) in &cases {
        folder.file(path, text);
        let ran = folder.lint(&[path, "--pedantic"]);
        let json = ran.ends_with(1).json();
        let found = json["findings"].as_array().unwrap().iter().filter(|finding| !finding["secret"].is_null());
        let lines: Vec<&serde_json::Value> = found.map(|finding| &finding["range"]["start"]["line"]).collect();
        assert_eq!(lines, [&serde_json::Value::from(*line)], "{path}: {json:#}");
        assert_eq!(json["complete"], false, "{path}");
        assert!(!ran.passed_over(path).is_empty(), "{path} is not named in the coverage");
        assert!(!syntax_errors(&ran).is_empty(), "{path}: {json:#}");
        assert!(!ran.text().contains(&made), "{path} prints what it found");
    }
    // All of them together, and a whole one between: nobody's errors are another's.
    folder.file("z.txt", &made);
    let ran = folder.lint(&["."]);
    assert_eq!(ran.ends_with(1).places("core/plaintext-secret").iter().filter(|place| *place == "z.txt:1").count(), 1);
    for (path, ..) in &cases {
        assert!(!ran.passed_over(path).is_empty(), "{path}");
    }
}

/// Syntax errors are in our own words: they quote nothing of the file.
#[test]
fn syntax_errors_quote_nothing() {
    let folder = Folder::new();
    for (index, sample) in SAMPLES.iter().enumerate() {
        let word = "quuxwordnobodysays";
        folder.file(
            format!("{index}/{}", sample.path),
            format!("{word}: [{word}, {{{word}\n{word} = {{ \"{word}\" \n<{word}> '{word} ${{{word}\n"),
        );
    }
    for format in ["json", "terminal", "sarif"] {
        let ran = folder.caulk(&["lint", "--format", format, "--min-severity", "info", "."]);
        let json = folder.lint(&["--min-severity", "info", "."]).json();
        let messages: Vec<&str> = json["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|f| f["check"] == "core/syntax-error")
            .map(|f| f["message"].as_str().unwrap())
            .collect();
        assert!(messages.len() >= 8, "{messages:?}");
        assert!(messages.iter().all(|message| !message.contains("quux")), "{messages:?}");
        assert_eq!(ran.code, 3, "{}", ran.text());
    }
}
