//! Names that hold what must not be printed as it is: no output line may be a command of a CI runner, no byte may move a terminal.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use crate::ran::{Folder, Ran};
use crate::samples::token;

const FORMATS: &[&str] = &["terminal", "json", "sarif"];

const HOSTILE: &[&str] = &[
    "::error file=x,line=1::owned",
    "a\n::error::owned",
    "a\r::warning::owned",
    "a\n   ::add-mask::e",
    "##[add-mask]e",
    "a ##[stop-commands]x",
    "##[group]a",
    "##vso[task.setvariable variable=x]y",
    "##teamcity[buildStatus status='FAILURE']",
    "\u{1b}[2Jcleared",
    "\u{1b}]0;title\u{7}",
    "\u{9b}31mred",
    "\u{202e}lrt",
    "\u{2028}::error::x",
    "tab\there",
    "-rf",
    "--format=json",
    "a:b:c",
    "'quote\"d`",
    "<script>alert(1)</script>",
    "%0A::error::x",
    "ü𝄞🦀",
    " leading and trailing ",
];

/// What the GitHub runner takes for a command: `::` after blanks at the start of a line, and `##[` anywhere in it.
/// Lines end where .NET's reader ends them, and a carriage return is such an end.
fn is_command(line: &str) -> bool {
    let bracket = line.match_indices("##").any(|(at, _)| {
        let rest = line[at + 2..].trim_start_matches('#').trim_start_matches(|char: char| char.is_ascii_alphanumeric());
        rest.starts_with('[')
    });
    line.trim_start().starts_with("::") || bracket
}

#[track_caller]
fn is_harmless(ran: &Ran, what: &str) {
    let text = ran.text();
    for line in text.split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']) {
        assert!(!is_command(line), "{what}: a command: {line:?}");
    }
    let bad = |char: char| {
        (char.is_control() && char != '\n')
            || matches!(char, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    assert_eq!(text.chars().find(|char| bad(*char)), None, "{what}: {text:?}");
}

fn run(folder: &Folder, what: &str, arguments: &[&str]) {
    for format in FORMATS {
        for extra in [&["--verbose", "--pedantic"][..], &["--quiet"], &[]] {
            let all = [&["lint", "--format", format][..], extra, arguments].concat();
            let ran = folder.caulk(&all);
            assert!(matches!(ran.code, 0 | 1 | 3), "{what}: {}", ran.text());
            is_harmless(&ran, &format!("{what} as {format} {extra:?}"));
        }
    }
}

#[test]
fn the_test_knows_a_command_when_it_sees_one() {
    for line in ["::error::x", "  ::x::", "7 | ##[add-mask]x", "##vso[a]"] {
        assert!(is_command(line));
    }
    assert!(!is_command("a ::error::x") && !is_command("# #[x]") && !is_command("## [x]"));
}

#[test]
fn file_names_command_nobody() {
    for name in HOSTILE {
        let folder = Folder::new();
        for path in
            [format!("{name}.txt"), format!("{name}/main.tf"), format!(".github/workflows/{name}.yml"), format!("{name}/terraform.tfstate")]
        {
            folder.file(path, format!("x = \"{}\"\n", token("names")));
        }
        // Something to say of it besides findings.
        folder.file(format!("{name}/broken.tf"), "x = {");
        let _ = std::os::unix::fs::symlink("gone", folder.path().join(format!("{name}.tf")));
        run(&folder, name, &["."]);
    }
}

#[test]
fn keys_values_and_comments_command_nobody() {
    for name in HOSTILE {
        let folder = Folder::new();
        let (quoted, token) = (serde_json::Value::from(*name), token("keys"));
        let line = name.replace(['\n', '\r', '\u{2028}'], " ");
        folder.file(
            ".github/workflows/a.yml",
            format!("on: push\nenv: {{{quoted}: \"{token}\", {quoted}: {quoted}, password: {quoted}}}\njobs: {{{quoted}: {{steps: [{{name: {quoted}, run: \"echo ${{{{ secrets.X }}}} {token}\"}}]}}}}\n# {line} {token}\n# caulk: ignore[{line}] {line}\n"),
        );
        folder.file(
            "compose.yaml",
            format!("services: {{{quoted}: {{image: x, environment: {{{quoted}: {token}, A: {quoted}}}}}}}\n{quoted}: [\n"),
        );
        folder.file("pod.yaml", format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: {quoted}}}\nstringData: {{{quoted}: {token}}}\n"));
        folder.file(".gitlab-ci.yml", format!("{quoted}: {{script: [{quoted}, \"echo {token}\"], variables: {{{quoted}: {token}}}}}\n"));
        folder.file("main.tf", format!("resource {quoted} {quoted} {{\n  password = {quoted}\n  token = \"{token}\"\n}}\noutput {quoted} {{\n  value = var.password\n}}\n"));
        folder.file(
            "terraform.tfstate",
            format!("{{\"version\": 4, \"terraform_version\": \"1\", \"lineage\": \"\", \"outputs\": {{{quoted}: {{\"value\": \"{token}\"}}}}, \"resources\": [{{\"mode\": \"managed\", \"type\": {quoted}, \"name\": {quoted}, \"instances\": [{{\"index_key\": {quoted}, \"attributes\": {{{quoted}: \"{token}\", \"password\": {quoted}}}}}]}}]}}"),
        );
        folder.file(
            "a.ipynb",
            serde_json::json!({"nbformat": 4, "nbformat_minor": 5, "metadata": {*name: token}, "cells": [
                {"id": name, "cell_type": "code", "source": [format!("{name}\n"), format!("password = '{token}'\n")], "metadata": {},
                 "outputs": [{"output_type": "stream", "name": name, "text": [name, token]}]}]})
            .to_string(),
        );
        folder.file("notes.txt", format!("{name} {token} {name}\n{name}\n{token}\n{name}"));
        run(&folder, name, &["."]);
    }
}

#[test]
fn arguments_command_nobody() {
    let folder = Folder::new();
    for name in HOSTILE.iter().filter(|name| !name.starts_with('-')) {
        for arguments in [
            &["lint", "--", name][..],
            &["lint", "--only", name],
            &["lint", "--format", name],
            &["explain", name],
            &["lint", "--jobs", name],
            &[name],
        ] {
            let ran = folder.caulk(arguments);
            assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.text());
            is_harmless(&ran, &format!("{arguments:?}"));
        }
    }
}

#[test]
fn a_path_that_is_no_utf_8_is_linted_and_named() {
    let folder = Folder::new();
    folder.file(OsStr::from_bytes(b"bad\xff\xfe.txt"), token("not utf-8"));
    folder.file(OsStr::from_bytes(b"d\xe9/main.tf"), "x = {");
    let ran = folder.lint(&["."]);
    assert_eq!(ran.ends_with(1).places("core/plaintext-secret"), ["bad\u{fffd}\u{fffd}.txt:1"]);
    assert!(!ran.passed_over("d\u{fffd}/main.tf").is_empty());
    let named = folder.caulk(&[OsStr::new("lint"), OsStr::new("--format"), OsStr::new("json"), OsStr::from_bytes(b"bad\xff\xfe.txt")]);
    named.ends_with(1);
    folder.caulk(&[OsStr::new("lint"), OsStr::from_bytes(b"gone\xff")]).ends_with(2);
    run(&folder, "not utf-8", &["."]);
}

/// Two files whose names look the same when printed are still two.
#[test]
fn names_that_look_alike_stay_apart() {
    let folder = Folder::new();
    folder.file(OsStr::from_bytes(b"a\xff.txt"), token("one"));
    folder.file(OsStr::from_bytes(b"a\xfe.txt"), token("two"));
    assert_eq!(folder.lint(&["."]).json()["findings"].as_array().unwrap().len(), 2);
}
