//! `caulk lint --why PATH:LINE`.

use crate::ran::Folder;
use crate::samples::token;

const COMPOSE: &str = "\
services:
  a:
    image: x
    environment:
      GREETING: hello
      DB_PASSWORD: q3Zk9LxW1vTb7Nf0
      OTHER_PASSWORD: /run/secrets/other
      THIRD_PASSWORD: ${THIRD}
      DATABASE_URL: postgres://app:s3cr3t-x9@db/shop
      AWS_ACCESS_KEY_ID: AKIAIOSFODNN7EXAMPLE
      API_TOKEN: k3v9Qw7zTt2b8LxW # caulk: ignore[plaintext-secret] a test
";

fn why(folder: &Folder, place: &str, more: &[&str]) -> String {
    let ran = folder.caulk(&[&["lint", "--why", place], more].concat());
    ran.ends_with(0);
    assert!(ran.stderr.is_empty(), "{}", ran.text());
    String::from_utf8(ran.stdout.clone()).unwrap()
}

#[test]
fn each_literal_of_a_line_is_accounted_for() {
    let folder = Folder::with(&[("compose.yaml", COMPOSE)]);
    let table = [
        (5, "its name says nothing of a secret\n  it has the shape of no token that caulk knows\n  no secret"),
        (
            6,
            "column 20, under `DB_PASSWORD`\n  its name is one for passwords, which people choose\n  it looks random\n  a secret, which is compose/plaintext-secret's to report",
        ),
        (6, "medium[compose/plaintext-secret] at column 20"),
        (7, "it is the path of a file\n  no secret"),
        (8, "it is a reference: what it names stands elsewhere\n  no secret"),
        (9, "it stands where a password stands, and is made of known words\n  a secret"),
        (10, "it is known from its vendor's documentation\n  no secret"),
        (11, "\n  suppressed (file): a test"),
        (1, "under no name\n  it is free text"),
    ];
    for (line, expected) in table {
        let said = why(&folder, &format!("compose.yaml:{line}"), &[]);
        assert!(said.starts_with(&format!("compose.yaml:{line}\n  read as compose\n")), "{said}");
        assert!(said.contains(expected), "{line}: {said}");
    }
}

#[test]
fn what_the_settings_hide_is_told() {
    let folder = Folder::with(&[("compose.yaml", COMPOSE)]);
    for (arguments, expected) in [
        (&["--skip", "compose/*"][..], "not shown: the check is not selected"),
        (&["--min-severity", "critical"], "not shown: below `--min-severity critical`"),
        (&["--min-confidence", "certain"], "not shown: below `--min-confidence certain`"),
        (&[], "\n  reported"),
    ] {
        let said = why(&folder, "compose.yaml:6", arguments);
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn no_value_is_shown() {
    let folder = Folder::with(&[("compose.yaml", COMPOSE)]);
    folder.file("notes.md", format!("see {} here\n", token("why")));
    for line in 0..12 {
        let ran = folder.caulk(&["lint", "--why", &format!("compose.yaml:{line}")]);
        for value in ["q3Zk9", "s3cr3t", "AKIAIOS", "k3v9Q", "hello"] {
            assert!(!ran.text().contains(value), "{}", ran.text());
        }
    }
    let said = why(&folder, "notes.md:1", &[]);
    assert!(said.contains("it has the shape of a GitHub personal access token, and its checksum is right"), "{said}");
    assert!(!said.contains(&token("why")));
}

#[test]
fn a_module_is_read_as_a_whole() {
    let folder = Folder::with(&[
        ("main.tf", "resource \"x\" \"y\" {\n  password = var.db\n}\n"),
        ("variables.tf", "variable \"db\" {\n  default = \"hunter2-hunter3\"\n}\n"),
    ]);
    let said = why(&folder, "main.tf:2", &[]);
    assert!(said.contains("read as terraform") && !said.contains("hunter2"), "{said}");
}

#[test]
fn what_names_no_place_is_refused() {
    let folder = Folder::with(&[("compose.yaml", COMPOSE), ("x/a.txt", "")]);
    for place in ["compose.yaml", "compose.yaml:0", "compose.yaml:x", ":3", "gone.yaml:3", "x:1"] {
        let ran = folder.caulk(&["lint", "--why", place]);
        ran.ends_with(2);
        assert!(ran.stdout.is_empty() && !ran.stderr.is_empty(), "{place}");
    }
    assert!(why(&folder, "compose.yaml:999", &[]).contains("no literal stands on this line"));
}
