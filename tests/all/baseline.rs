//! `caulk baseline` and what it does to the runs after it.

use crate::ran::Folder;
use crate::samples::token;

const WORKFLOW: &str = ".github/workflows/a.yml";

fn workflow(secrets: &[&str]) -> String {
    let lines: Vec<String> = secrets.iter().map(|seed| format!("  {}: {}\n", seed.to_uppercase(), token(seed))).collect();
    format!("on: push\nenv:\n{}", lines.concat())
}

fn repository() -> Folder {
    let folder = Folder::new();
    folder.git(&["init", "-q"]);
    folder.file(WORKFLOW, workflow(&["one", "two"]));
    folder.file("b.txt", token("three"));
    folder
}

fn text(folder: &Folder) -> String {
    std::fs::read_to_string(folder.path().join("caulk.baseline")).unwrap()
}

#[test]
fn what_is_accepted_fails_no_run_and_what_is_new_does() {
    let folder = repository();
    folder.lint(&["."]).ends_with(1);
    let ran = folder.caulk(&["baseline"]);
    assert!(ran.ends_with(0).text().contains("caulk.baseline: 3 findings accepted, 3 new, 0 dropped"), "{}", ran.text());
    let json = folder.lint(&["."]).ends_with(0).json();
    assert_eq!(json["summary"]["suppressed"], 3);
    assert_eq!(json["findings"][0]["suppressed"]["by"], "baseline");
    assert!(folder.caulk(&["lint"]).text().contains("no findings, 3 in the baseline"));
    folder.lint(&[".", "--no-suppressions"]).ends_with(1);
    folder.lint(&[".", "--no-config"]).ends_with(1);
    // Moved by ten lines it is the same; another secret in its place is another.
    folder.file(WORKFLOW, workflow(&["one", "two"]).replace("env:", "\n\n\n\n\n\n\n\n\n\nenv:"));
    folder.lint(&["."]).ends_with(0);
    folder.file(WORKFLOW, workflow(&["one", "two", "four"]));
    folder.lint(&["."]).ends_with(1);
    folder.file(WORKFLOW, workflow(&["one", "two"]).replace(&token("two"), &token("five")));
    folder.lint(&["."]).ends_with(1);
}

#[test]
fn the_file_holds_no_lines_no_secrets_and_is_the_same_whatever_the_order() {
    let folder = repository();
    folder.caulk(&["baseline", "."]);
    let whole = text(&folder);
    for seed in ["one", "two", "three"] {
        assert!(!whole.contains(&token(seed)));
    }
    assert_eq!(whole.lines().count(), 4);
    std::fs::remove_file(folder.path().join("caulk.baseline")).unwrap();
    folder.caulk(&["baseline", "b.txt"]).ends_with(0);
    folder.caulk(&["baseline", ".github"]).ends_with(0);
    assert_eq!(text(&folder), whole);
    // From a folder below it is the same file.
    let mut command = folder.command(&["baseline"]);
    command.current_dir(folder.path().join(".github"));
    crate::ran::finish(command.spawn().unwrap()).ends_with(0);
    assert_eq!(text(&folder), whole);
}

#[test]
fn what_is_gone_is_told_and_dropped_and_other_paths_are_kept() {
    let folder = repository();
    folder.caulk(&["baseline"]);
    folder.file(WORKFLOW, workflow(&["one"]));
    let json = folder.lint(&["."]).ends_with(1).json();
    let stale = json["findings"].as_array().unwrap().iter().find(|it| it["path"] == "caulk.baseline").unwrap();
    assert_eq!((stale["check"].as_str().unwrap(), stale["severity"].as_str().unwrap()), ("core/unused-suppression", "low"));
    assert_eq!(stale["message"], "this accepted finding is not there any more");
    // Of files that are not linted nothing is said, nor where not every check runs.
    for arguments in [&["b.txt"][..], &[".", "--skip", "compose/*"], &[".", "--min-confidence", "certain"]] {
        assert!(folder.lint(arguments).json()["findings"].as_array().unwrap().iter().all(|it| it["path"] != "caulk.baseline"));
    }
    let ran = folder.caulk(&["baseline", "b.txt"]);
    assert!(ran.text().contains("3 findings accepted, 0 new, 0 dropped"), "{}", ran.text());
    std::fs::remove_file(folder.path().join("b.txt")).unwrap();
    // A file that is gone would be accepted if it came back; one that is tracked may only lie outside of a sparse checkout.
    let told = |arguments: &[&str]| folder.lint(arguments).text().contains("2 accepted findings are not there any more");
    assert!(told(&["."]) && !told(&[".github"]));
    folder.git(&["add", "--intent-to-add", "caulk.baseline"]);
    folder.git(&["update-index", "--add", "--cacheinfo", "100644,e69de29bb2d1d6434b8b29ae775ad8c2e48c5391,b.txt"]);
    assert!(!told(&["."]));
    folder.git(&["rm", "-q", "--cached", "b.txt"]);
    let ran = folder.caulk(&["baseline"]);
    assert!(ran.text().contains("1 finding accepted, 0 new, 2 dropped"), "{}", ran.text());
    folder.lint(&["."]).ends_with(0);
}

#[test]
fn what_cannot_be_linted_keeps_its_entries() {
    let folder = repository();
    folder.caulk(&["baseline"]);
    folder.file(WORKFLOW, "on: push\nenv: {a: [\n");
    let ran = folder.caulk(&["baseline"]);
    ran.ends_with(3);
    assert_eq!(text(&folder).lines().count(), 4, "{}", ran.text());
}

#[test]
fn a_baseline_can_be_named_and_a_bad_one_is_refused() {
    let folder = repository();
    folder.caulk(&["baseline", "--baseline", "ci/accepted"]).ends_with(4);
    folder.file("ci/x", "");
    folder.caulk(&["baseline", "--baseline", "ci/accepted"]).ends_with(0);
    folder.lint(&["."]).ends_with(1);
    folder.lint(&[".", "--baseline", "ci/accepted"]).ends_with(0);
    let ran = folder.lint(&[".", "--baseline", "ci/gone"]);
    assert!(ran.ends_with(2).text().contains("`ci/gone` cannot be read"), "{}", ran.text());
    folder.lint(&[".", "--baseline", "ci"]).ends_with(2);
    for bad in ["# caulk baseline, version 2: x\n", "# caulk baseline, version 1: x\n<<<<<<< HEAD\n", "hello\n"] {
        folder.file("caulk.baseline", bad);
        let ran = folder.lint(&["."]);
        assert!(ran.ends_with(2).text().contains("[caulk.baseline:"), "{}", ran.text());
        folder.caulk(&["baseline"]).ends_with(2);
        assert_eq!(text(&folder), bad, "the old one stays");
    }
}

/// An entry counts for the file and the check that it names.
#[test]
fn an_entry_that_lies_about_its_file_does_not_count() {
    let folder = repository();
    folder.caulk(&["baseline", "b.txt"]);
    folder.file("caulk.baseline", text(&folder).replace("b.txt", "c.txt"));
    assert_eq!(folder.lint(&["b.txt"]).ends_with(1).json()["summary"]["suppressed"], 0);
}
