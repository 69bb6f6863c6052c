//! A hundred made-up tokens of every format, in documents of each syntax: found where they stand, to the byte.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use caulk::catalogue::{Confidence, Severity};
use caulk::config::Config;
use caulk::report::Report;
use caulk::secrets::{Check, TokenFormat, formats, has_checksum, sample};

use crate::ran::Folder;
use crate::samples::token;

/// So many of each format in each of the six syntaxes, in one document.
const TOKENS: usize = 100;

/// How a document of a syntax begins, how a value stands in it under a name, what parts two of them, and how it ends.
struct Syntax {
    path: &'static str,
    head: &'static str,
    line: fn(name: &str, token: &str) -> (String, &'static str),
    between: &'static str,
    tail: &'static str,
    /// Whether the tokens stand inside a longer text, where beginnings of one letter and names say nothing.
    prose: bool,
}

const SYNTAXES: [Syntax; 6] = [
    Syntax { path: "deploy.yaml", head: "", line: |name, _| (format!("{name}: \""), "\"\n"), between: "", tail: "", prose: false },
    Syntax {
        path: "settings.json",
        head: "{\n",
        line: |name, _| (format!("\"{name}\": \""), "\""),
        between: ",\n",
        tail: "\n}\n",
        prose: false,
    },
    Syntax {
        path: "main.tf",
        head: "locals {\n",
        line: |name, _| (format!("  {name} = \""), "\"\n"),
        between: "",
        tail: "}\n",
        prose: false,
    },
    Syntax { path: ".env", head: "", line: |name, _| (format!("{name}='"), "'\n"), between: "", tail: "", prose: false },
    Syntax {
        path: "model.ipynb",
        head: "{\"cells\": [{\"cell_type\": \"code\", \"metadata\": {}, \"outputs\": [], \"execution_count\": null, \"id\": \"a1\", \"source\": [\n",
        line: |_, _| ("\"é.get('".to_owned(), "')\\n\""),
        between: ",\n",
        tail: "]}], \"metadata\": {}, \"nbformat\": 4, \"nbformat_minor\": 5}\n",
        prose: true,
    },
    Syntax {
        path: ".github/workflows/ship.yml",
        head: "on: push\njobs:\n  ship:\n    runs-on: ubuntu-latest\n    steps:\n      - run: |\n",
        line: |_, _| ("          curl -d '".to_owned(), "' https://internal.example.org/\n"),
        between: "",
        tail: "",
        prose: true,
    },
];

/// The document, and where its tokens stand.
fn document(syntax: &Syntax, format: &TokenFormat, tokens: &[String]) -> (String, BTreeSet<(usize, usize)>) {
    let name = format.names.first().map_or_else(|| "x".to_owned(), |words| words.replace(' ', "_"));
    let (mut text, mut places) = (syntax.head.to_owned(), BTreeSet::new());
    for (index, token) in tokens.iter().enumerate() {
        let (before, behind) = (syntax.line)(&format!("{name}_{index}"), token);
        if index > 0 {
            text.push_str(syntax.between);
        }
        text.push_str(&before);
        let start = text.len();
        // Every one of these syntaxes writes a line break in a string so, or leaves it as it is.
        text.push_str(&token.replace('\n', "\\n"));
        places.insert((start, text.len()));
        text.push_str(behind);
    }
    text.push_str(syntax.tail);
    (text, places)
}

fn linted(files: &[(String, Vec<u8>)]) -> Report {
    let files: Vec<(&str, Vec<u8>)> = files.iter().map(|(path, bytes)| (path.as_str(), bytes.clone())).collect();
    let config = Config { min_severity: Severity::Info, pedantic: true, ..Config::default() };
    caulk::lint_tree(&files, &config)
}

/// Formats that can be found by their own shape and, outside of prose, by their name.
fn reachable(syntax: &Syntax) -> impl Iterator<Item = &'static TokenFormat> {
    let prose = syntax.prose;
    formats().iter().filter(move |format| format.check != Check::Member && !(prose && (format.whole || !format.names.is_empty())))
}

/// Looks for a hundred tokens of every format in documents of this syntax.
fn found_in(syntax: &Syntax) {
    let mut expected = BTreeMap::new();
    let files: Vec<(String, Vec<u8>)> = reachable(syntax)
        .map(|format| {
            let path = format!("{}/{}", format.id.replace("secrets/", ""), syntax.path);
            let tokens: Vec<String> = (0..TOKENS).map(|seed| sample(&format.id, &format!("{} {seed}", syntax.path)).unwrap()).collect();
            let (text, places) = document(syntax, format, &tokens);
            expected.insert(path.clone(), places);
            (path, text.into_bytes())
        })
        .collect();
    let report = linted(&files);
    let mut found: BTreeMap<&str, BTreeSet<(usize, usize)>> = BTreeMap::new();
    for reported in report.open() {
        let Range { start, end } = reported.finding.place.span.range();
        found.entry(&reported.file).or_default().insert((start, end));
    }
    for (path, places) in &expected {
        let found = found.get(path.as_str()).cloned().unwrap_or_default();
        let missed: Vec<_> = places.difference(&found).take(2).collect();
        let text = |(start, end): &(usize, usize)| {
            let (_, bytes) = files.iter().find(|(other, _)| other == path).unwrap();
            String::from_utf8_lossy(&bytes[start.saturating_sub(30)..(end + 20).min(bytes.len())]).into_owned()
        };
        assert!(missed.is_empty(), "{path}: {} of {TOKENS} are missed:\n{}", places.difference(&found).count(), text(missed[0]));
    }
}

// One test each, so that they run beside each other.

#[test]
fn a_hundred_tokens_of_every_format_are_found_in_yaml() {
    found_in(&SYNTAXES[0]);
}

#[test]
fn a_hundred_tokens_of_every_format_are_found_in_json() {
    found_in(&SYNTAXES[1]);
}

#[test]
fn a_hundred_tokens_of_every_format_are_found_in_hcl() {
    found_in(&SYNTAXES[2]);
}

#[test]
fn a_hundred_tokens_of_every_format_are_found_in_dotenv() {
    found_in(&SYNTAXES[3]);
}

#[test]
fn a_hundred_tokens_of_every_format_are_found_in_a_notebook() {
    found_in(&SYNTAXES[4]);
}

#[test]
fn a_hundred_tokens_of_every_format_are_found_in_a_script() {
    found_in(&SYNTAXES[5]);
}

/// One wrong character, anywhere in the token, and nothing is certain any more.
#[test]
fn a_changed_character_ends_certainty() {
    let syntax = &SYNTAXES[0];
    let formats = || reachable(syntax).filter(|format| has_checksum(format));
    let changed = |token: &str, seed: usize| {
        // A letter of the body that is neither part of a fixed mark nor of what only fills up the last byte.
        let places: Vec<usize> = (token.len() / 3..token.len() - 4).filter(|at| token.as_bytes()[*at].is_ascii_alphanumeric()).collect();
        let at = places[seed * 7 % places.len()];
        let other = match token.as_bytes()[at] {
            b'2' => "3",
            _ => "2",
        };
        format!("{}{other}{}", &token[..at], &token[at + 1..])
    };
    let file = |format: &'static TokenFormat, change: bool| {
        let tokens = (0..TOKENS).map(|seed| (seed, sample(&format.id, &seed.to_string()).unwrap()));
        let tokens: Vec<String> = tokens.map(|(seed, token)| if change { changed(&token, seed) } else { token }).collect();
        let path = format!("{}/{}/{}", if change { "changed" } else { "right" }, format.id, syntax.path);
        (path, document(syntax, format, &tokens).0.into_bytes())
    };
    let files: Vec<_> = formats().flat_map(|format| [file(format, false), file(format, true)]).collect();
    let report = linted(&files);
    let mut certain: BTreeMap<&str, usize> = BTreeMap::new();
    for reported in report.open().filter(|reported| reported.finding.confidence == Confidence::Certain) {
        *certain.entry(&reported.file).or_default() += 1;
    }
    for (path, _) in &files {
        let count = certain.get(path.as_str()).copied().unwrap_or(0);
        // Of some formats only a newer form has a checksum.
        assert!(if path.starts_with("right/") { count > 0 } else { count == 0 }, "{path}: {count} of {TOKENS} are certain");
    }
}

#[test]
fn in_an_example_a_token_is_less_severe_and_still_shown() {
    let key = sample("stripe/test-key", "example").unwrap();
    let token = token("example");
    let folder = Folder::with(&[(".env.example", &format!("STRIPE={key}\nGITHUB={token}\nDB_PASSWORD=changeme\n"))]);
    let report = folder.lint(&["."]).json();
    let found = report["findings"].as_array().unwrap().iter();
    let found: Vec<_> = found.map(|it| (it["range"]["start"]["line"].as_u64().unwrap(), it["severity"].as_str().unwrap())).collect();
    assert_eq!(found, [(1, "low"), (2, "high")]);
}
