//! What somebody meets who has never used caulk: odd places to run it in, and what it says there.

use std::io::Write;
use std::process::Stdio;

use crate::ran::{Folder, finish};
use crate::samples::token;

fn leak(seed: &str) -> String {
    format!("x = {}\n", token(seed))
}

#[test]
fn a_bare_repository_is_not_called_clean() {
    let folder = Folder::new();
    folder.git(&["init", "-q", "--bare", "a.git"]);
    folder.git(&["init", "-q", "b"]);
    for command in [&["lint", "a.git"][..], &["lint", "b/.git"], &["baseline", "a.git"], &["fix", "a.git"]] {
        let ran = folder.caulk(command);
        assert!(ran.ends_with(2).text().contains("is a bare repository: it holds no files to lint"), "{}", ran.text());
    }
    folder.caulk(&["lint", "b"]).ends_with(0);
}

#[test]
fn repositories_inside_are_counted_and_read_when_named() {
    let folder = Folder::with(&[("a/x.txt", &leak("nested a")), ("b/c/y.txt", &leak("nested c"))]);
    folder.git(&["init", "-q", "a"]);
    folder.git(&["init", "-q", "b/c"]);
    let all = folder.caulk(&["lint"]);
    assert!(all.ends_with(0).text().contains("2 repositories inside were not entered: name one to lint it"), "{}", all.text());
    let one = folder.caulk(&["lint", ".", "a"]);
    assert!(one.ends_with(1).text().contains("1 repository inside was not entered: name it to lint it"), "{}", one.text());
    assert!(!folder.caulk(&["lint", "a", "b/c"]).ends_with(1).text().contains("entered"));
}

#[test]
fn what_an_editor_holds_has_its_place_before_its_folder_is_there() {
    let folder = Folder::with(&[("there/x.txt", "")]);
    for (name, place) in [("new/deep/x.env", "new/deep/x.env"), ("there/../new/./x.env", "new/x.env"), ("new/../x.env", "x.env")] {
        let mut child =
            folder.command(&["lint", "-q", "--stdin-path", name, "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(leak("stdin").as_bytes()).unwrap();
        let ran = finish(child);
        assert!(ran.ends_with(1).text().starts_with(&format!("{place}:1:")), "{}", ran.text());
    }
}

#[test]
fn what_is_accepted_everywhere_is_no_news() {
    let folder = Folder::with(&[("a.txt", &leak("spread")), ("b.txt", &leak("spread"))]);
    assert!(folder.caulk(&["lint"]).ends_with(1).text().contains("spread:\n  2 places in 2 files"));
    folder.caulk(&["baseline"]).ends_with(0);
    assert_eq!(String::from_utf8(folder.caulk(&["lint"]).ends_with(0).stdout.clone()).unwrap().lines().count(), 2);
    assert!(folder.caulk(&["lint", "--verbose"]).ends_with(0).text().contains("spread:\n  2 places in 2 files"));
    folder.file("c.txt", leak("spread"));
    assert!(folder.caulk(&["lint"]).ends_with(1).text().contains("3 places in 3 files"));
}

#[test]
fn a_file_that_does_not_parse_is_named_with_the_line() {
    let folder = Folder::with(&[(".github/workflows/a.yml", "on: push\njobs:\n  a: b: c\n")]);
    assert!(folder.caulk(&["lint"]).ends_with(3).text().contains("\n  .github/workflows/a.yml:3: does not parse as a whole"));
    let github = folder.caulk(&["lint", "--format", "github"]);
    assert!(github.ends_with(3).text().starts_with("::warning title=caulk::not linted, or only in part: .github/workflows/a.yml:3 (does"));
    assert_eq!(folder.lint(&["."]).json()["coverage"]["passed_over"][0]["line"], 3);
    assert!(folder.caulk(&["lint", "-q"]).ends_with(3).text().starts_with(".github/workflows/a.yml:3: does not parse"));
}

#[test]
fn comments_of_every_language_are_heard() {
    let token = token("comments");
    let hash = format!("# caulk: ignore[plaintext-secret] known\nx = \"{token}\"\n");
    let curly = format!("x = \"{token}\" // caulk: ignore[plaintext-secret] known\n");
    let markup = format!("<!-- caulk: ignore[plaintext-secret] known -->\n<x>{token}</x>\n");
    let files = ["a.py", "a.sh", "a.rb", "a.toml", "Dockerfile", "a.conf", ".env"].map(|name| (name, hash.as_str()));
    let folder = Folder::with(&[&files[..], &[("a.ts", &curly), ("A.java", &curly), ("a.xml", &markup), ("a.html", &markup)]].concat());
    let ran = folder.caulk(&["lint"]);
    assert!(ran.ends_with(0).text().contains("no findings, 11 suppressed"), "{}", ran.text());
    // A string is no comment.
    folder.file("b.py", format!("x = \"# caulk: ignore[plaintext-secret]\", \"{token}\"\n"));
    folder.caulk(&["lint"]).ends_with(1);
}
