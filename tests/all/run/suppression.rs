//! Suppressions from end to end, in each format: where a comment counts, and that nothing but a comment does.

use serde_json::Value;

use crate::ran::Folder;
use crate::samples::token;

/// Open and suppressed findings, and the checks of `core/…suppression` that spoke.
fn lint(path: &str, text: &str) -> (usize, usize, Vec<String>) {
    let folder = Folder::new();
    let parts: Vec<&str> = text.split("@@").collect();
    let mut filled = parts[0].to_owned();
    for (index, part) in parts.iter().enumerate().skip(1) {
        filled += &token(&format!("suppression {index}"));
        filled += part;
    }
    folder.file(path, filled);
    let json = folder.lint(&["."]).json();
    let findings = json["findings"].as_array().unwrap();
    let about = |finding: &&Value| finding["check"].as_str().unwrap().ends_with("-suppression");
    let leaks: Vec<&Value> = findings.iter().filter(|finding| !about(finding) && !finding["secret"].is_null()).collect();
    let suppressed = leaks.iter().filter(|finding| !finding["suppressed"].is_null()).count();
    assert_eq!(json["summary"]["suppressed"].as_u64().unwrap(), suppressed as u64, "every suppression is counted");
    let said = findings.iter().filter(about).map(|finding| finding["check"].as_str().unwrap().to_owned()).collect();
    (leaks.len() - suppressed, suppressed, said)
}

#[track_caller]
fn silenced(path: &str, text: &str) {
    let (open, suppressed, said) = lint(path, text);
    assert!(open == 0 && suppressed > 0 && said.is_empty(), "{open} open, {suppressed} suppressed, {said:?} in {path}:\n{text}");
}

/// Found all the same, and nothing is suppressed.
#[track_caller]
fn heard(path: &str, text: &str) {
    let (open, suppressed, _) = lint(path, text);
    assert!(open > 0 && suppressed == 0, "{open} open, {suppressed} suppressed in {path}:\n{text}");
}

const WORKFLOW: &str = ".github/workflows/a.yml";

#[test]
fn workflows() {
    let head = "on: push\nenv:\n";
    silenced(WORKFLOW, &format!("{head}  A: @@ # caulk: ignore[*] a test\n"));
    silenced(WORKFLOW, &format!("{head}  # caulk: ignore[plaintext-secret] a test\n  A: @@\n"));
    silenced(WORKFLOW, &format!("{head}  A: # caulk: ignore[github-actions/plaintext-secret] a test\n    @@\n"));
    silenced(WORKFLOW, &format!("{head}  # caulk: ignore[family:plaintext-secret] a test\n  A: >\n    one\n    two\n    @@\n"));
    silenced(WORKFLOW, &format!("{head}  A: | # caulk: ignore[*] a test\n    one\n    two\n    @@\n"));
    silenced(WORKFLOW, &format!("{head}  A: [{{b: \"@@\"}}] # caulk: ignore[*] a test\n"));
    let job = "on: push\njobs:\n  a:\n    steps:\n      - run: |";
    silenced(WORKFLOW, &format!("{job}\n          make\n          # caulk: ignore[*] a test\n          curl -H @@\n"));
    silenced(WORKFLOW, &format!("{job}\n          make\n          curl -H @@ # caulk: ignore[*] a test\n"));
    silenced(WORKFLOW, &format!("{job} # caulk: ignore[*] a test\n          make\n          make\n          curl -H @@\n"));

    heard(WORKFLOW, &format!("{head}  A: '@@ # caulk: ignore[*] no'\n"));
    heard(WORKFLOW, &format!("{head}  A: @@#caulk: ignore[*] no\n"));
    heard(WORKFLOW, &format!("{head}  A: |\n    # caulk: ignore[*] no\n    @@\n"));
    heard(WORKFLOW, &format!("{head}  B: '# caulk: ignore[*] no'\n  A: @@\n"));
    heard(WORKFLOW, &format!("# caulk: ignore[*] no\n\n{head}  A: @@\n"));
    heard(WORKFLOW, &format!("{head}  A: @@\n  # caulk: ignore[*] no\n"));
    heard(WORKFLOW, &format!("{job}\n          echo '# caulk: ignore[*] no'; curl -H @@\n"));
    heard(WORKFLOW, &format!("{job}\n          cat <<EOF\n          # caulk: ignore[*] no\n          @@\n          EOF\n"));
    heard(WORKFLOW, &format!("{job}\n          echo a#caulk: ignore[*]\n          curl -H @@\n"));
}

#[test]
fn gitlab_ci() {
    silenced(".gitlab-ci.yml", "variables:\n  A: @@ # caulk: ignore[*] a test\n");
    silenced(".gitlab-ci.yml", "variables:\n  # caulk: ignore[gitlab-ci/*] a test\n  A: {value: @@}\n");
    silenced(".gitlab-ci.yml", "job:\n  script:\n    - curl -H @@ # caulk: ignore[*] a test\n");
    silenced(".gitlab-ci.yml", "job:\n  script:\n    - |\n      make\n      # caulk: ignore[*] a test\n      curl -H @@\n");
    silenced(".gitlab-ci.yml", "job:\n  script:\n    # caulk: ignore[*] a test\n    - |\n      make\n      make\n      curl -H @@\n");
    heard(".gitlab-ci.yml", "job:\n  script:\n    - 'echo \"# caulk: ignore[*] no\"; curl -H @@'\n");
    heard(".gitlab-ci.yml", "variables: {A: @@, B: '# caulk: ignore[*] no'}\n");
}

#[test]
fn compose() {
    let head = "services:\n  web:\n    image: x\n    environment:\n";
    silenced("compose.yaml", &format!("{head}      A: @@ # caulk: ignore[*] a test\n"));
    silenced("compose.yaml", &format!("{head}      # caulk: ignore[compose/*] a test\n      - A=@@\n"));
    silenced("compose.yaml", &format!("{head}      A: ${{B:-@@}} # caulk: ignore[*] a test\n"));
    heard("compose.yaml", &format!("{head}      - 'A=@@ # caulk: ignore[*] no'\n"));
    heard("compose.yaml", &format!("{head}      A: \"# caulk: ignore[*] no\\n@@\"\n"));
}

#[test]
fn kubernetes() {
    let head = "apiVersion: v1\nkind: Secret\nmetadata: {name: x}\nstringData:\n";
    silenced("a.yaml", &format!("{head}  a: @@ # caulk: ignore[*] a test\n"));
    silenced("a.yaml", &format!("{head}  # caulk: ignore[secret-manifest-plaintext] a test\n  a: |\n    b\n    c: @@\n"));
    heard("a.yaml", &format!("{head}  a: |\n    # caulk: ignore[*] no\n    c: @@\n"));
    heard("a.yaml", &format!("# caulk: ignore[*] no\n---\n{head}  a: @@\n"));
    heard("a.json", "{\"apiVersion\": \"v1\", \"kind\": \"Secret\", \"stringData\": {\"#\": \"# caulk: ignore[*] no\", \"a\": \"@@\"}}");
}

#[test]
fn terraform() {
    for comment in ["# caulk: ignore[*] a test", "// caulk: ignore[*] a test", "/* caulk: ignore[*] a test */"] {
        silenced("main.tf", &format!("locals {{\n  a = \"@@\" {comment}\n}}\n"));
        silenced("main.tf", &format!("locals {{\n  {comment}\n  a = \"@@\"\n}}\n"));
        silenced("a.tfvars", &format!("{comment}\na = \"@@\"\n"));
    }
    silenced("main.tf", "locals {\n  # caulk: ignore[terraform/*] a test\n  a = <<-EOT\n    b\n    c\n    @@\n  EOT\n}\n");
    heard("main.tf", "locals {\n  a = <<-EOT\n    # caulk: ignore[*] no\n    @@\n  EOT\n}\n");
    heard("main.tf", "locals {\n  a = \"@@ # caulk: ignore[*] no\"\n}\n");
    heard("main.tf", "locals {\n  a = \"@@ /* caulk: ignore[*] no */\"\n}\n");
    heard("main.tf", "# caulk: ignore[*] no\n\nlocals {\n  a = \"@@\"\n}\n");
    heard("main.tf.json", "{\"//\": \"# caulk: ignore[*] no\", \"locals\": {\"a\": \"@@\"}}\n");
}

/// JSON has no comments: nothing in it silences anything.
#[test]
fn json_files() {
    let marks =
        ["# caulk: ignore[*] no", "// caulk: ignore[*] no", "/* caulk: ignore[*] no */", "gitleaks:allow", "pragma: allowlist secret"];
    for mark in marks {
        let state = format!(
            "{{\"version\": 4, \"terraform_version\": \"1\", \"lineage\": \"\", \"{mark}\": \"{mark}\", \"outputs\": {{\"a\": {{\"value\": \"@@ {mark}\"}}, \"b\": {{\"value\": \"{mark}\"}}}}}}"
        );
        heard("terraform.tfstate", &state);
        let cell = format!(
            "{{\"cell_type\": \"code\", \"metadata\": {{\"{mark}\": \"{mark}\"}}, \"source\": \"\", \"outputs\": [{{\"output_type\": \"stream\", \"name\": \"stdout\", \"text\": [\"{mark}\\n\", \"@@\\n\"]}}]}}"
        );
        heard("a.ipynb", &format!("{{\"nbformat\": 4, \"nbformat_minor\": 5, \"metadata\": {{}}, \"cells\": [{cell}]}}"));
    }
}

#[test]
fn notebooks() {
    let cell = |source: &str| {
        let cell = serde_json::json!({"cell_type": "code", "metadata": {}, "outputs": [], "source": source.split_inclusive('\n').collect::<Vec<_>>()});
        format!("{:#}", serde_json::json!({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}))
    };
    silenced("a.ipynb", &cell("x = 1\n# caulk: ignore[secret-in-source] a test\ntoken = '@@'\n"));
    silenced("a.ipynb", &cell("x = 1\ntoken = '@@'  # caulk: ignore[*] a test\n"));
    heard("a.ipynb", &cell("x = '# caulk: ignore[*] no'\ntoken = '@@'\n"));
    heard("a.ipynb", &cell("'''\n# caulk: ignore[*] no\n'''; token = '@@'\n"));
    heard("a.ipynb", &cell("# caulk: ignore[*] no\n\n\ntoken = '@@'\n"));
}

#[test]
fn text_has_no_comments() {
    heard("notes.md", "@@ # caulk: ignore[*] no\n");
    heard("notes.md", "<!-- caulk: ignore[*] no -->\n@@\n");
}

/// Another tool's mark silences that tool.
#[test]
fn other_tools_marks_silence_nothing() {
    for mark in [
        "gitleaks:allow",
        "pragma: allowlist secret",
        "trufflehog:ignore",
        "kingfisher:ignore",
        "nosec",
        "checkov:skip=CKV_SECRET_6",
        "zizmor: ignore[*]",
        "noqa",
    ] {
        heard(WORKFLOW, &format!("on: push\nenv:\n  A: @@ # {mark}\n"));
        heard("main.tf", &format!("locals {{\n  a = \"@@\" # {mark}\n}}\n"));
    }
}

#[test]
fn what_is_wrong_with_a_suppression_is_said() {
    let said = |comment: &str| lint(WORKFLOW, &format!("on: push\nenv:\n  A: @@ # {comment}\n"));
    let invalid = ["core/invalid-suppression".to_owned()];
    for comment in [
        "caulk: ignore",
        "caulk: ignore everything",
        "caulk: ignore[]",
        "caulk: ignore[*",
        "caulk: ignore[no-such-check] x",
        "caulk: ingore[*]",
        "caulk: ignore[*] until=soon x",
        "caulk:",
    ] {
        assert_eq!(said(comment), (1, 0, invalid.to_vec()), "{comment}");
    }
    assert_eq!(said("caulk: ignore[*] until=2020-01-31 x"), (1, 0, vec!["core/unused-suppression".to_owned()]));
    assert_eq!(said("caulk: ignore[secret-in-log] x"), (1, 0, vec!["core/unused-suppression".to_owned()]));
    assert_eq!(said("caulk: ignore[*] until=2999-12-31 x"), (0, 1, vec![]));
    assert_eq!(said("caulk: ignore[secret-in-log, plaintext-secret] x"), (0, 1, vec![]));
    assert_eq!(lint(WORKFLOW, "on: push\nenv:\n  A: b # caulk: ignore[*] x\n"), (0, 0, vec!["core/unused-suppression".to_owned()]));
}

/// Where not every check ran, a suppression that matched nothing proves nothing.
#[test]
fn a_selection_makes_no_suppression_unused() {
    let folder = Folder::new();
    folder.file(WORKFLOW, format!("on: push\nenv:\n  A: {} # caulk: ignore[plaintext-secret] x\n", token("selection")));
    for arguments in [&["--only", "secret-in-log"][..], &["--skip", "plaintext-secret"], &["--min-severity", "critical"]] {
        let ran = folder.lint(arguments);
        assert!(ran.ends_with(0).places("core/unused-suppression").is_empty(), "{}", ran.text());
    }
}

#[test]
fn where_the_block_or_the_item_around_opens() {
    silenced("a.tf", "# caulk: ignore[*] a test\nvariable \"x\" {\n  type = string\n\n  default = \"@@\"\n}\n");
    silenced("a.tf", "variable \"x\" { # caulk: ignore[plaintext-secret, variable-default-secret] a test\n\n  default = \"@@\"\n}\n");
    silenced("a.tf", "resource \"a\" \"b\" {\n  # caulk: ignore[*] a test\n  set {\n    name  = \"x\"\n    value = \"@@\"\n  }\n}\n");
    heard("a.tf", "# caulk: ignore[*] no\nresource \"a\" \"b\" {\n  set {\n    name  = \"x\"\n    value = \"@@\"\n  }\n}\n");
    heard("a.tf", "variable \"y\" { # caulk: ignore[*] no\n  type = string\n}\nvariable \"x\" {\n  default = \"@@\"\n}\n");
    let pod = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - name: a\n      env:\n";
    silenced("a.yaml", &format!("{pod}        # caulk: ignore[*] a test\n        - name: X\n          value: @@\n"));
    silenced("a.yaml", &format!("{pod}        - name: X # caulk: ignore[*] a test\n          value: @@\n"));
    heard(
        "a.yaml",
        &format!("{pod}        # caulk: ignore[*] no\n        - name: Y\n          value: y\n        - name: X\n          value: @@\n"),
    );
    let step = "on: push\njobs:\n  a:\n    steps:\n      # caulk: ignore[*] a test\n      - uses: a/b@v1\n        with:\n          x: y\n          A: @@\n";
    silenced(WORKFLOW, step);
    silenced(".gitlab-ci.yml", "variables:\n  # caulk: ignore[*] a test\n  A:\n    value: @@\n    description: x\n");
}

#[test]
fn scripts_in_their_own_languages() {
    let step = |more: &str| format!("on: push\njobs:\n  a:\n    steps:\n      - {more}\n");
    silenced(
        WORKFLOW,
        &step("shell: python\n        run: |\n          x()\n          # caulk: ignore[*] a test\n          y(token=\"@@\")"),
    );
    silenced(WORKFLOW, &step("shell: cmd\n        run: |\n          cd x\n          rem caulk: ignore[*] a test\n          y @@"));
    let script = "uses: actions/github-script@v7\n        with:\n          script: |\n            x()\n            y('@@')";
    silenced(WORKFLOW, &step(&(script.to_owned() + " // caulk: ignore[*] a test")));
    heard(WORKFLOW, &step(&script.replace("x()", "x('// caulk: ignore[*] no')")));
    // A comment at the top of a script does not speak of all of it.
    let made_up = "mysql --password=Xk29vQp7Lm31zT\n";
    let folder = Folder::with(&[
        ("a.sh", &format!("# caulk: ignore[*] a test\n{made_up}")),
        ("b.sh", &format!("# caulk: ignore[*] no\n\n\n{made_up}")),
    ]);
    assert_eq!(folder.lint(&["."]).places("core/plaintext-secret"), ["b.sh:4"]);
}
