//! Depth and expansion: 100,000 levels of every syntax, and aliases that stand for billions of nodes, through the whole
//! pipeline on threads of 256 KB, trees dropped. What lies beside the depth is still found. Where references are followed the
//! depth is fixed and small, but each step is wide: those run on 1 MB, an eighth of what a run gives its threads.

use std::time::Instant;

use caulk::catalogue::Severity;
use caulk::config::Config;
use caulk::report::Report;

use crate::ran::LIMIT;
use crate::samples::token;

const DEPTH: usize = 100_000;
const SMALL_STACK: usize = 256 * 1024;
const FOLLOWING_STACK: usize = 1024 * 1024;

fn lint(path: &str, text: String, stack: usize) -> Report {
    let started = Instant::now();
    let config = Config { min_severity: Severity::Info, stack, jobs: 1, ..Config::default() };
    let report = caulk::lint_tree(&[(path, text.into_bytes())], &config);
    assert!(started.elapsed() < LIMIT, "{path} takes {:?}", started.elapsed());
    report
}

/// Lints a file with `@@` for a token: each must be found, and the file must be linted or said to be read in part.
#[track_caller]
fn survives(path: &str, pattern: &str) {
    survives_on(SMALL_STACK, path, pattern);
}

#[track_caller]
fn survives_on(stack: usize, path: &str, pattern: &str) {
    let (mut text, mut tokens) = (String::new(), Vec::new());
    for (index, part) in pattern.split("@@").enumerate() {
        if index > 0 {
            tokens.push(token(&format!("{path} {index}")));
            text += tokens.last().unwrap();
        }
        text += part;
    }
    let places: Vec<usize> = tokens.iter().map(|token| text.find(token.as_str()).unwrap()).collect();
    let report = lint(path, text, stack);
    let failed: Vec<&str> =
        report.findings.iter().filter(|r| r.finding.page.id == "core/internal-error").map(|r| r.finding.message.as_str()).collect();
    assert!(failed.is_empty(), "{failed:?}");
    for place in places {
        let found = report.findings.iter().any(|reported| reported.finding.place.span.range().contains(&place));
        assert!(found, "{path}: the token at {place} is not found; coverage: {:?}", report.coverage.passed_over);
    }
    let coverage = &report.coverage;
    assert!(coverage.files.iter().any(|(file, _)| file == path) || coverage.passed_over.iter().any(|entry| entry.path == path));
}

/// As many opening as closing marks, and opening ones alone.
#[track_caller]
fn nested(path: &str, before: &str, open: &str, inner: &str, close: &str, after: &str) {
    survives(path, &format!("{before}{}{inner}{}{after}", open.repeat(DEPTH), close.repeat(DEPTH)));
    survives(path, &format!("{before}{}{inner}", open.repeat(DEPTH)));
}

const WORKFLOW: &str = ".github/workflows/a.yml";
const WORKFLOW_HEAD: &str = "on: push\nenv: {A: \"@@\"}\nx: ";

#[test]
fn yaml_flow() {
    for (path, head) in [
        (WORKFLOW, WORKFLOW_HEAD),
        (".gitlab-ci.yml", "variables: {A: \"@@\"}\nx: "),
        ("compose.yaml", "services: {web: {image: x, environment: {A: \"@@\"}}}\nx: "),
        ("pod.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: x, annotations: {a: \"@@\"}}\nx: "),
    ] {
        nested(path, head, "[", "\"@@\"", "]", "\ny: \"@@\"\n");
        nested(path, head, "{a: ", "\"@@\"", "}", "\ny: \"@@\"\n");
        nested(path, head, "[{a: ", "\"@@\"", "}]", "\ny: \"@@\"\n");
        nested(path, head, "{? ", "\"@@\"", "}", "\n");
    }
}

/// Block nesting needs indentation, so a file of any depth is quadratic in size: 2,000 levels are 4 MB.
#[test]
fn yaml_block() {
    let levels: String = (0..2_000).map(|level| format!("{}a:\n", " ".repeat(level))).collect();
    survives(WORKFLOW, &format!("{WORKFLOW_HEAD}\n{}{}b: \"@@\"\ny: \"@@\"\n", levels.replace("a:", " a:"), " ".repeat(2_001)));
    let dashes = "- ".repeat(DEPTH);
    survives(WORKFLOW, &format!("{WORKFLOW_HEAD}\n  {dashes}\"@@\"\ny: \"@@\"\n"));
    survives(".gitlab-ci.yml", &format!("v: @@\nx:\n  {dashes}@@\n"));
    survives(WORKFLOW, &format!("{WORKFLOW_HEAD}\n  {}@@\n", "? ".repeat(DEPTH)));
    survives(WORKFLOW, &format!("{WORKFLOW_HEAD}\n  {}@@\n", "- ? ".repeat(DEPTH)));
}

#[test]
fn yaml_anchors_and_tags() {
    survives(WORKFLOW, &format!("{WORKFLOW_HEAD}[{}]\ny: @@\n", "&a ".repeat(DEPTH)));
    survives(WORKFLOW, &format!("{WORKFLOW_HEAD}[{}]\ny: @@\n", "!t ".repeat(DEPTH)));
    survives(WORKFLOW, &format!("{WORKFLOW_HEAD}&a [*a, *a, &b {{<<: *b, c: *a}}]\ny: @@\n"));
    let merges: String = (1..5_000).map(|index| format!("x{index}: &x{index} {{<<: *x{}}}\n", index - 1)).collect();
    survives(WORKFLOW, &format!("on: push\nx0: &x0 {{A: @@}}\n{merges}env: {{<<: *x4999, B: @@}}\n"));
}

/// Nine levels of nine aliases are 387 million nodes; a long anchor under 20,000 aliases is gigabytes of text.
#[test]
fn alias_bombs() {
    for path in [WORKFLOW, ".gitlab-ci.yml", "compose.yaml", "pod.yaml"] {
        let head = "apiVersion: v1\nkind: Pod\non: push\njobs: {}\nservices: {}\n";
        let mut laughs = "l0: &l0 [\"@@\", lol, lol]\n".to_owned();
        for level in 1..10 {
            let aliases = vec![format!("*l{}", level - 1); 9].join(", ");
            laughs += &format!("l{level}: &l{level} [{aliases}]\n");
        }
        survives(path, &format!("{head}{laughs}env: {{A: *l9, B: \"@@\"}}\n"));
        let maps: String =
            (1..30).map(|level| format!("m{level}: &m{level} {{a: *m{0}, b: *m{0}, <<: [*m{0}, *m{0}]}}\n", level - 1)).collect();
        survives(path, &format!("{head}m0: &m0 {{t: \"@@\"}}\n{maps}env: *m29\nz: \"@@\"\n"));
        let list = format!("env: [{}]\n", "*big, ".repeat(20_000));
        survives(path, &format!("{head}big: &big {{text: \"{}\", token: \"@@\"}}\n{list}z: \"@@\"\n", "x".repeat(100_000)));
        let merged = format!("jobs2: [{}]\n", "{<<: *big}, ".repeat(5_000));
        let keys: String = (0..1_000).map(|index| format!("k{index}: v, ")).collect();
        survives(path, &format!("{head}big: &big {{{keys} token: \"@@\"}}\n{merged}z: \"@@\"\n"));
    }
}

#[test]
fn gitlab_references_and_extends() {
    let chain: String = (1..2_000).map(|index| format!(".j{index}: {{extends: .j{}, script: [\"x\"]}}\n", index - 1)).collect();
    survives(".gitlab-ci.yml", &format!(".j0: {{script: [\"curl @@\"]}}\n{chain}job: {{extends: .j1999, variables: {{A: \"@@\"}}}}\n"));
    let references: String = (1..30)
        .map(|index| format!(".r{index}: {{script: [!reference [.r{0}, script], !reference [.r{0}, script]]}}\n", index - 1))
        .collect();
    survives(
        ".gitlab-ci.yml",
        &format!(".r0: {{script: [\"echo @@\"]}}\n{references}job: {{script: [!reference [.r29, script], \"@@\"]}}\n"),
    );
    survives(".gitlab-ci.yml", "a: {extends: b, script: [\"@@\"]}\nb: {extends: a, script: [!reference [b, script], \"@@\"]}\n");
}

#[test]
fn json() {
    let state = "{\"version\": 4, \"terraform_version\": \"1\", \"lineage\": \"\", \"outputs\": {\"o\": {\"value\": \"@@\"}}, \"x\": ";
    let notebook =
        "{\"nbformat\": 4, \"nbformat_minor\": 5, \"cells\": [{\"cell_type\": \"code\", \"source\": \"@@\", \"outputs\": []}], \"x\": ";
    let manifest = "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"annotations\": {\"a\": \"@@\"}}, \"x\": ";
    for (path, head) in [
        ("terraform.tfstate", state),
        ("a.ipynb", notebook),
        ("main.tf.json", "{\"locals\": {\"a\": \"@@\"}, \"x\": "),
        ("a.tfvars.json", "{\"a\": \"@@\", \"x\": "),
        ("pod.json", manifest),
        ("plain.json", "{\"a\": \"@@\", \"x\": "),
    ] {
        nested(path, head, "[", "\"@@\"", "]", ", \"y\": \"@@\"}\n");
        nested(path, head, "{\"a\": ", "\"@@\"", "}", ", \"y\": \"@@\"}\n");
    }
}

/// A string that holds JSON that holds a string that holds JSON …: decoding has a budget, and what is left is still searched.
#[test]
fn json_in_json_in_json() {
    let mut text = "{\"token\": \"@@\"}".to_owned();
    for _ in 0..12 {
        text = format!("{{\"a\": {}}}", serde_json::Value::from(text));
    }
    let state = format!(
        "{{\"version\": 4, \"terraform_version\": \"1\", \"lineage\": \"\", \"outputs\": {{\"o\": {{\"value\": {}}}}}}}",
        serde_json::Value::from(text)
    );
    survives("terraform.tfstate", &state);
}

#[test]
fn hcl() {
    for path in ["main.tf", "a.tfvars"] {
        let head = "a = \"@@\"\nx = ";
        for (open, close) in
            [("[", "]"), ("{a = ", "}"), ("(", ")"), ("f(", ")"), ("!", ""), ("-", ""), ("[for x in ", " : x]"), ("true ? 1 : ", "")]
        {
            nested(path, head, open, "\"@@\"", close, "\ny = \"@@\"\n");
        }
        nested(path, head, "\"${", "\"@@\"", "}\"", "\ny = \"@@\"\n");
        nested(path, head, "\"%{ if true }", "@@", "%{ endif }\"", "\ny = \"@@\"\n");
        survives(path, &format!("{head}a{}\ny = \"@@\"\n", ".b".repeat(DEPTH)));
        survives(path, &format!("{head}a{}\ny = \"@@\"\n", "[0]".repeat(DEPTH)));
        survives(path, &format!("{head}1{}\ny = \"@@\"\n", " + 1".repeat(DEPTH)));
        survives(path, &format!("{head}1{}\ny = \"@@\"\n", " ? 1".repeat(DEPTH)));
    }
    nested("main.tf", "a = \"@@\"\n", "b {\n", "c = \"@@\"\n", "}\n", "y = \"@@\"\n");
    nested("main.tf", "a = \"@@\"\n", "b \"x\" \"y\" {\n", "c = \"@@\"\n", "}\n", "y = \"@@\"\n");
    let heredocs: String = (0..2_000).map(|index| format!("<<E{index}\n${{")).collect();
    survives("main.tf", &format!("a = \"@@\"\nx = {heredocs}\n"));
}

/// Constants that stand for constants, and locals that stand for themselves.
#[test]
fn terraform_references() {
    let chain: String = (1..20_000).map(|index| format!("l{index} = local.l{}\n", index - 1)).collect();
    survives_on(
        FOLLOWING_STACK,
        "main.tf",
        &format!("locals {{\nl0 = \"@@\"\n{chain}}}\noutput \"o\" {{ value = local.l19999 }}\nz = \"@@\"\n"),
    );
    let double: String = (1..40).map(|index| format!("d{index} = \"${{local.d{0}}}${{local.d{0}}}\"\n", index - 1)).collect();
    survives_on(
        FOLLOWING_STACK,
        "main.tf",
        &format!("locals {{\nd0 = \"x\"\n{double}}}\noutput \"o\" {{ value = local.d39 }}\nz = \"@@\"\n"),
    );
    survives_on(
        FOLLOWING_STACK,
        "main.tf",
        "locals {\na = local.b\nb = local.a\nc = local.c\nd = \"@@${local.d}\"\n}\nmodule \"m\" { source = \"./\" }\nz = \"@@\"\n",
    );
}

/// Very many blocks of every kind that checks look others up for: what one costs does not depend on how many there are.
#[test]
fn wide_modules() {
    let one = |n: usize| {
        format!(
            "variable \"v{n}\" {{}}\noutput \"o{n}\" {{\n  value = random_password.p{n}.result\n}}\n\
             resource \"aws_db_instance\" \"d{n}\" {{\n  password = var.v{n}\n}}\n\
             resource \"aws_secretsmanager_secret\" \"s{n}\" {{}}\nresource \"aws_s3_bucket\" \"b{n}\" {{\n  bucket = \"b{n}\"\n}}\n\
             data \"aws_ssm_parameter\" \"q{n}\" {{}}\noutput \"q{n}\" {{\n  value = data.aws_ssm_parameter.q{n}.value\n}}\n\
             provider \"aws\" {{\n  alias = \"a{n}\"\n  secret_key = var.v{n}\n}}\n"
        )
    };
    let blocks: String = (0..2_000).map(one).collect();
    let handed: String = (0..5_000).map(|n| format!("  a{n} = var.v{n}\n")).collect();
    survives(
        "main.tf",
        &format!(
            "terraform {{\n  backend \"s3\" {{\n    bucket = \"b1\"\n  }}\n}}\n{blocks}module \"m\" {{\n  source = \"x/y/z\"\n{handed}}}\nz = \"@@\"\n"
        ),
    );
}

#[test]
fn shell() {
    let scripts = |script: &str| {
        let indented: String = script.lines().map(|line| format!("          {line}\n")).collect();
        let workflow = format!("on: push\njobs: {{a: {{}}}}\nsteps2:\n  - run: |\n{indented}");
        let workflow = workflow.replace("jobs: {a: {}}\nsteps2:\n  - run: |\n", "jobs:\n  a:\n    steps:\n      - run: |\n");
        survives(WORKFLOW, &workflow);
        let indented: String = script.lines().map(|line| format!("      {line}\n")).collect();
        survives(".gitlab-ci.yml", &format!("job:\n  script:\n    - |\n{indented}"));
        let lines: Vec<String> = script.lines().map(|line| format!("{line}\n")).collect();
        let source = [vec!["%%bash\n".to_owned()], lines].concat();
        let cell = serde_json::json!({"cell_type": "code", "metadata": {}, "outputs": [], "source": source});
        survives("a.ipynb", &serde_json::json!({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}).to_string());
    };
    for (open, close) in [
        ("$(", ")"),
        ("`", "`"),
        ("(", ")"),
        ("{ ", ";}"),
        ("${a:-", "}"),
        ("\"$(", ")\""),
        ("$((", "))"),
        ("if true; then ", "; fi"),
        ("while x; do ", "; done"),
        ("case x in x) ", ";; esac"),
        ("<(", ")"),
        ("f() ", ""),
        ("! ", ""),
        ("x | ", ""),
        ("x && ", ""),
        ("eval ", ""),
        ("bash -c '", "'"),
    ] {
        scripts(&format!("echo @@\n{}echo @@{}\necho @@\n", open.repeat(DEPTH / 4), close.repeat(DEPTH / 4)));
        scripts(&format!("echo @@\n{}echo @@\n", open.repeat(DEPTH / 4)));
    }
    let heredocs: String = (0..20_000).map(|index| format!("cat <<E{index}\n")).collect();
    scripts(&format!("echo @@\n{}echo @@{}\n", "$(".repeat(DEPTH), ")".repeat(DEPTH)));
    scripts(&format!("echo @@\n{heredocs}echo @@\n"));
    scripts(&format!("echo @@\ncat{}\necho @@\n", " <<E".repeat(20_000)));
    let assigned: String = (1..10_000).map(|index| format!("v{index}=\"$v{}\"\n", index - 1)).collect();
    scripts(&format!("v0=@@\n{assigned}echo $v9999 @@\n"));
    let doubled: String = (1..40).map(|index| format!("v{index}=\"$v{0}$v{0}\"\n", index - 1)).collect();
    scripts(&format!("v0=@@\n{doubled}echo $v39 @@\n"));
}

#[test]
fn expressions() {
    for (open, close) in
        [("(", ")"), ("!", ""), ("f(", ")"), ("a[", "]"), ("a.", "b"), ("a && ", "b"), ("a == ", "b"), ("'", "'"), ("${{ ", " }}")]
    {
        for text in [format!("${{{{ {}x{} }}}}", open.repeat(DEPTH), close.repeat(DEPTH)), format!("${{{{ {}x", open.repeat(DEPTH))] {
            let quoted = serde_json::Value::from(text);
            survives(
                WORKFLOW,
                &format!(
                    "on: push\nenv: {{A: \"@@\", B: {quoted}, C: \"@@\"}}\njobs: {{a: {{if: {quoted}, steps: [{{run: {quoted}}}]}}}}\n"
                ),
            );
        }
    }
}

#[test]
fn compose_interpolation() {
    for (open, close) in [("${A:-", "}"), ("${A:+", "}"), ("${A:-${B:?", "}}"), ("$", ""), ("${", "")] {
        let value = format!("{}@@{}", open.repeat(DEPTH), close.repeat(DEPTH));
        survives("compose.yaml", &format!("services: {{web: {{image: x, environment: {{A: \"@@\", B: \"{value}\", C: \"@@\"}}}}}}\n"));
    }
}

/// Charts: templates inside templates, and a file that is nothing else.
#[test]
fn commands_of_containers() {
    let head = "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec:\n  containers:\n    - name: a\n      image: x\n      env: [{name: API_TOKEN, value: \"@@\"}]\n";
    let words = "\"--x=$(X)\", ".repeat(20_000);
    survives("pod.yaml", &format!("{head}      command: [{words}]\n"));
    survives("pod.yaml", &format!("{head}      command: [\"{}\"]\n", "$(".repeat(200_000)));
}

#[test]
fn helm_templates() {
    for (open, close) in [("{{ if x }}\n", "{{ end }}\n"), ("{{ ", " }}"), ("{{", ""), ("{{/* ", " */}}"), ("{{ (", ") }}")] {
        let text = format!(
            "apiVersion: v1\nkind: Secret\nstringData:\n  a: \"@@\"\n{}{}\n  b: \"@@\"\n",
            open.repeat(20_000),
            close.repeat(20_000)
        );
        survives("chart/templates/secret.yaml", &text);
    }
}

#[test]
fn notebooks() {
    let magics = "%%time\n".repeat(DEPTH);
    let source = format!("{magics}token = \"@@\"\n{}\n{}\n# @@\n", "(".repeat(DEPTH), "f\"{".repeat(20_000));
    let cell = serde_json::json!({"cell_type": "code", "metadata": {}, "outputs": [], "source": source});
    survives("a.ipynb", &serde_json::json!({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}).to_string());
    let escapes = "\u{1b}[".repeat(DEPTH);
    let output = serde_json::json!({"output_type": "stream", "name": "stdout", "text": format!("{escapes}\n@@\n")});
    let cell = serde_json::json!({"cell_type": "code", "metadata": {}, "outputs": [output], "source": []});
    survives("a.ipynb", &serde_json::json!({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}).to_string());
}

/// Base64 of base64 of …, and one long run of characters that looks like a token from every place.
#[test]
fn decoders() {
    let mut nested = format!("token={}", token("nested base64"));
    for _ in 0..12 {
        nested = caulk::secrets::sample(&format!("base64:{nested}"), "").unwrap();
    }
    survives("pod.yaml", &format!("apiVersion: v1\nkind: Secret\ndata: {{a: \"{nested}\"}}\nstringData: {{b: \"@@\"}}\n"));
    for run in ["ghp_", "AKIA", "eyJ", "-----BEGIN ", "https://", "a:b@", "%25", "\\\\u0041", "sk-", "xox", "=", "A", "0"] {
        let long = run.repeat(50_000 / run.len());
        survives("notes.txt", &format!("@@\n{long}\n@@\n"));
        survives("app.env", &format!("A=@@\nPASSWORD={long}\nB=@@\n"));
        survives(
            "pod.yaml",
            &format!("apiVersion: v1\nkind: Secret\nstringData: {{password: \"{long}\", b: \"@@\"}}\ndata: {{password: \"{long}\"}}\n"),
        );
        survives(
            "terraform.tfstate",
            &format!(
                "{{\"version\": 4, \"terraform_version\": \"1\", \"lineage\": \"\", \"outputs\": {{\"password\": {{\"value\": \"{long}\"}}, \"o\": {{\"value\": \"@@\"}}}}}}"
            ),
        );
    }
}
