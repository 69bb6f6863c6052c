//! Which room may know which: the table is here, and `src/` is held against it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Room → the rooms it may import. A room is a module directly below `src/`.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("source", &[]),
    ("literal", &["source"]),
    ("syntax", &["source"]),
    ("catalogue", &[]),
    ("secrets", &["source", "literal", "syntax", "catalogue"]),
    ("formats", &["source", "literal", "syntax"]),
    ("flow", &["source", "literal", "syntax", "formats", "secrets"]),
    ("unit", &["source", "literal", "syntax", "formats", "secrets", "flow", "catalogue"]),
    ("finding", &["source", "literal", "catalogue", "secrets"]),
    ("checks", &["source", "literal", "formats", "secrets", "flow", "unit", "finding", "catalogue"]),
    ("config", &["catalogue", "source", "secrets"]),
    ("discover", &["source", "config", "formats"]),
    ("suppress", &["source", "finding", "catalogue", "config"]),
    ("fix", &["source", "finding"]),
    ("report", &["source", "finding", "catalogue", "secrets", "literal", "config"]),
    (
        "lint",
        &[
            "source",
            "literal",
            "syntax",
            "catalogue",
            "secrets",
            "formats",
            "flow",
            "unit",
            "finding",
            "checks",
            "config",
            "discover",
            "suppress",
            "fix",
            "report",
        ],
    ),
    (
        "cli",
        &[
            "source",
            "literal",
            "syntax",
            "catalogue",
            "secrets",
            "formats",
            "flow",
            "unit",
            "finding",
            "checks",
            "config",
            "discover",
            "suppress",
            "fix",
            "report",
            "lint",
        ],
    ),
];

#[test]
fn every_room_imports_only_what_it_may() {
    let table: BTreeMap<&str, &[&str]> = MAY_IMPORT.iter().copied().collect();
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let room = room_of(&path);
        if room == "lib" || room == "main" {
            continue;
        }
        let Some(allowed) = table.get(room.as_str()) else {
            wrong.push(format!("{} is in no room of the table", path.display()));
            continue;
        };
        for imported in imports(without_tests(&text)) {
            if imported != room && !allowed.contains(&imported.as_str()) {
                wrong.push(format!("{} imports {imported}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// A check cannot fail, read, print or know another check.
#[test]
fn checks_are_total_and_know_nothing_of_the_outside() {
    let forbidden = ["std::fs", "std::io", "std::env", "std::process", "Result<", "println!", "crate::config"];
    let mut wrong = Vec::new();
    for (path, text) in sources().into_iter().filter(|(path, _)| room_of(path) == "checks") {
        for word in forbidden {
            if without_tests(&text).contains(word) {
                wrong.push(format!("{} holds `{word}`", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Only the terminal report knows miette.
#[test]
fn miette_lives_in_one_place() {
    for (path, text) in sources() {
        let at_home = path.starts_with("src/report/terminal") || path == Path::new("src/report/terminal.rs");
        assert!(at_home || !without_tests(&text).contains("miette::"), "{} uses miette", path.display());
    }
}

fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pending = vec![root.join("src")];
    let mut files = Vec::new();
    while let Some(directory) = pending.pop() {
        for entry in std::fs::read_dir(directory).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                pending.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                files.push((path.strip_prefix(root).unwrap().to_owned(), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

fn room_of(path: &Path) -> String {
    let first = path.components().nth(1).unwrap().as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// Unit tests may import anything; they stand at the end of a file or in files of their own.
fn without_tests(text: &str) -> &str {
    if text.starts_with("use super::*;") {
        return "";
    }
    text.find("#[cfg(test)]\nmod tests {").map_or(text, |at| &text[..at])
}

/// The rooms that a text names after `crate::`, comments left out.
fn imports(text: &str) -> Vec<String> {
    let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    code.match_indices("crate::")
        .map(|(at, word)| code[at + word.len()..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>())
        .filter(|name| !name.is_empty())
        .collect()
}
