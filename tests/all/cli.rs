//! Arguments in, exit code and streams out.

use std::fs::File;
use std::process::Stdio;

use crate::ran::{Folder, Ran, finish};
use crate::samples;

/// A clean file, a file with a finding, a file that does not parse.
fn folder() -> Folder {
    let folder = Folder::with(&[("clean/.github/workflows/a.yml", "on: push\njobs: {}\n")]);
    folder.file("leaky/notes.txt", format!("{}\n", samples::token("cli")));
    folder.file("broken/.github/workflows/a.yml", "on: push\njobs: {a: [\n");
    folder
}

#[test]
fn each_exit_code_has_its_cause() {
    let folder = folder();
    folder.lint(&["clean"]).ends_with(0);
    folder.lint(&["leaky"]).ends_with(1);
    folder.lint(&["gone"]).ends_with(2);
    folder.lint(&["broken"]).ends_with(3);
}

#[test]
fn findings_come_before_incompleteness_and_usage_before_everything() {
    let folder = folder();
    folder.lint(&["leaky", "broken", "clean"]).ends_with(1);
    folder.lint(&["leaky", "broken", "gone"]).ends_with(2);
    folder.lint(&["leaky", "--only", "no-such-check"]).ends_with(2);
}

#[test]
fn fail_on_and_allow_incomplete_move_the_code_and_nothing_else() {
    let folder = folder();
    folder.lint(&["leaky", "broken", "--fail-on", "never"]).ends_with(3);
    folder.lint(&["leaky", "broken", "--fail-on", "never", "--allow-incomplete"]).ends_with(0);
    folder.lint(&["broken", "--allow-incomplete"]).ends_with(0);
    folder.lint(&["leaky", "--allow-incomplete"]).ends_with(1);
    let open = folder.lint(&["leaky", "broken"]);
    let lenient = folder.lint(&["leaky", "broken", "--fail-on", "never", "--allow-incomplete"]);
    assert_eq!(open.stdout, lenient.stdout);
    assert_eq!(open.json()["complete"], false);
}

#[test]
fn fail_on_a_severity_counts_from_there() {
    let folder = folder();
    let report = folder.lint(&["leaky"]).json();
    let severity = report["findings"][0]["severity"].as_str().unwrap().to_owned();
    folder.lint(&["leaky", "--fail-on", &severity]).ends_with(1);
    folder.lint(&["leaky", "--min-severity", "critical", "--fail-on", "low"]).ends_with(i32::from(severity == "critical"));
}

/// A broken file must not fail a build by its syntax error, at any severity.
#[test]
fn syntax_errors_never_make_it_one() {
    folder().lint(&["broken", "--pedantic", "--fail-on", "info"]).ends_with(3);
}

#[test]
fn an_unknown_selector_names_the_nearest() {
    let ran = folder().lint(&["clean", "--only", "github-actions/plaintext-secrets"]);
    ran.ends_with(2);
    assert!(ran.text().contains("did you mean `github-actions/plaintext-secret`?"), "{}", ran.text());
    assert!(ran.stdout.is_empty());
}

#[test]
fn mistakes_on_the_command_line_are_usage() {
    let folder = folder();
    let cases: [&[&str]; 6] = [
        &[],
        &["lnit"],
        &["lint", "--format", "xml"],
        &["lint", "--jobs", "-1"],
        &["lint", "--no-such-flag"],
        &["explain", "nothing-at-all"],
    ];
    for arguments in cases {
        let ran = folder.caulk(arguments);
        ran.ends_with(2);
        assert!(ran.stdout.is_empty() && !ran.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn help_and_version_go_to_standard_output() {
    let folder = folder();
    for arguments in [&["--help"][..], &["--version"], &["lint", "--help"]] {
        let ran = folder.caulk(arguments);
        ran.ends_with(0);
        assert!(!ran.stdout.is_empty() && ran.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn help_teaches_by_examples_that_are_right() {
    let folder = folder();
    for command in [&["--help"][..], &["lint", "--help"], &["fix", "--help"], &["baseline", "--help"], &["explain", "--help"]] {
        let help = String::from_utf8(folder.caulk(command).stdout).unwrap();
        let examples = help.lines().filter_map(|line| line.strip_prefix("  caulk "));
        let typed: Vec<Vec<&str>> = examples
            .map(|line| {
                line.split("  ").next().unwrap().split(" > ").next().unwrap().split(' ').map(|word| word.trim_matches('\'')).collect()
            })
            .collect();
        assert!(typed.len() >= 3, "{help}");
        for words in typed.iter().filter(|words| !words.contains(&"baseline")) {
            // There is nothing of what they name; what they say is understood all the same.
            let said = folder.caulk(words).text();
            let understood = !said.contains("Usage:") && !said.contains("selects no check") && !said.contains("did you mean");
            assert!(understood, "{words:?}: {said}");
        }
    }
}

#[test]
fn every_shell_gets_its_completions() {
    let folder = Folder::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = folder.caulk(&["completions", shell]);
        ran.ends_with(0);
        let script = String::from_utf8(ran.stdout.clone()).unwrap();
        assert!(script.contains("caulk") && script.contains("fail-on") && script.contains("explain"), "{shell}");
    }
    folder.caulk(&["completions", "tcsh"]).ends_with(2);
}

#[test]
fn absurd_numbers_of_threads_are_served() {
    let folder = folder();
    let one = folder.lint(&["leaky", "--jobs", "1"]);
    for jobs in ["0", "3", "100000", "18446744073709551615"] {
        assert_eq!(folder.lint(&["leaky", "--jobs", jobs]).stdout, one.stdout);
    }
}

#[test]
fn a_full_disk_is_four() {
    let folder = folder();
    for format in ["json", "terminal", "sarif", "github", "markdown", "gitlab-codequality", "gitlab-secret-detection"] {
        let Ok(full) = File::options().write(true).open("/dev/full") else { return };
        let mut command = folder.command(&["lint", "--format", format, "leaky"]);
        let ran = finish(command.stdout(full).stderr(Stdio::piped()).spawn().unwrap());
        ran.ends_with(4);
        assert!(ran.text().contains("standard output cannot be written"), "{}", ran.text());
    }
}

#[test]
fn a_closed_pipe_is_quiet_and_keeps_the_code() {
    let folder = folder();
    let closed = |arguments: &[&str]| -> Ran {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = folder.command(arguments);
        finish(command.stdout(writer).stderr(Stdio::piped()).spawn().unwrap())
    };
    for (path, code) in [("leaky", 1), ("clean", 0), ("broken", 3)] {
        let ran = closed(&["lint", "--format", "json", path]);
        ran.ends_with(code);
        assert!(ran.stderr.is_empty(), "{}", ran.text());
    }
    closed(&["checks"]).ends_with(0);
}

#[test]
fn nothing_to_lint_is_said_and_no_failure() {
    let folder = Folder::new();
    let ran = folder.caulk(&["lint"]);
    ran.ends_with(0);
    assert!(ran.text().contains("nothing to lint"), "{}", ran.text());
}

#[test]
fn the_environment_changes_no_report() {
    let folder = folder();
    let plain = folder.lint(&["."]);
    for (name, value) in
        [("RAYON_NUM_THREADS", "7"), ("GIT_DIR", "/nowhere"), ("RUST_BACKTRACE", "1"), ("CI", "true"), ("TZ", "Asia/Tokyo")]
    {
        let mut command = folder.command(&["lint", "--format", "json", "."]);
        let ran = finish(command.env(name, value).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
        assert_eq!((ran.code, &ran.stdout), (plain.code, &plain.stdout), "{name}");
    }
}

#[test]
fn several_reports_come_from_one_run() {
    let folder = folder();
    let reports = ["json=a.json", "markdown=out.md", "gitlab-codequality=q.json"];
    let arguments = ["leaky", "--report", reports[0], "--report", reports[1], "--report", reports[2]];
    let ran = folder.lint(&arguments);
    ran.ends_with(1);
    let read = |name| std::fs::read(folder.path().join(name)).unwrap();
    assert_eq!(read("a.json"), ran.stdout);
    assert!(read("out.md").starts_with(b"## caulk: 1 finding"));
    assert!(read("q.json").starts_with(b"["));
    // A second run replaces them, and leaves nothing beside them.
    folder.lint(&["clean", "--report", "markdown=out.md"]).ends_with(0);
    assert!(read("out.md").starts_with(b"## caulk: nothing found"));
    let names =
        std::fs::read_dir(folder.path()).unwrap().filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with('.'));
    assert_eq!(names.count(), 0);
}

#[test]
fn a_file_is_written_once_and_never_over_what_is_linted() {
    let folder = Folder::with(&[("a.yml", "a: b\n"), ("sub/b.yml", "a: b\n")]);
    for second in ["sarif=out", "sarif=./out", "sarif=sub/../out"] {
        assert!(folder.lint(&["--report", "json=out", "--report", second]).ends_with(2).text().contains("another `--report`"));
        assert!(!folder.path().join("out").exists());
    }
    folder.file("out", "old");
    folder.lint(&["--report", "json=out", "--report", "sarif=./out"]).ends_with(2);
    assert!(folder.lint(&["a.yml", "--report", "json=sub/../a.yml"]).ends_with(2).text().contains("is linted"));
    assert_eq!(std::fs::read_to_string(folder.path().join("a.yml")).unwrap(), "a: b\n");
    folder.lint(&["--report", "json=out", "--report", "sarif=sub/out"]).ends_with(0);
}

#[test]
fn a_report_that_cannot_be_written_is_four_and_harms_nothing() {
    let folder = folder();
    folder.file("taken/x", "old");
    for path in ["gone/a.json", "taken"] {
        let ran = folder.lint(&["leaky", "--report", &format!("json={path}"), "--report", "sarif=b.sarif"]);
        ran.ends_with(4);
        assert!(ran.text().contains(&format!("`{path}` could not be written")), "{}", ran.text());
        // What can be written is.
        assert_eq!(ran.json()["findings"].as_array().unwrap().len(), 1);
        assert!(folder.path().join("b.sarif").exists());
    }
    assert_eq!(std::fs::read(folder.path().join("taken/x")).unwrap(), b"old");
    for report in ["json", "json=", "xml=a", "=a"] {
        folder.lint(&["clean", "--report", report]).ends_with(2);
    }
}

/// Runs caulk with this on standard input.
fn fed(folder: &Folder, arguments: &[&str], text: &str) -> Ran {
    use std::io::Write;
    let mut child = folder.command(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    finish(child)
}

#[test]
fn standard_input_is_read_as_the_file_of_its_name() {
    let output = "output \"password\" {\n  value = var.x\n}\n";
    let folder = Folder::with(&[("m/variables.tf", "variable \"x\" {\n  sensitive = true\n}\n"), ("m/main.tf", "# old\n")]);
    folder.git(&["init", "-q"]);
    // What the editor holds, in the place of what is on disk, beside the rest of its module; also where the file is new.
    for name in ["m/main.tf", "m/new.tf"] {
        let ran = fed(&folder, &["lint", "--format", "json", "--stdin-path", name, "-"], output);
        ran.ends_with(1);
        assert_eq!(ran.places("terraform/output-missing-sensitive"), [format!("{name}:1")]);
    }
    let ran = fed(&folder, &["lint", "-"], &format!("x: {}\n", samples::token("standard input")));
    ran.ends_with(1);
    assert!(ran.text().contains("╭─[-:1:4]"), "{}", ran.text());
    fed(&folder, &["lint", "-"], "").ends_with(0);
    for mistake in [&["lint", "--stdin-path", "a.tf"][..], &["lint", "--staged", "-"]] {
        let ran = fed(&folder, mistake, "");
        ran.ends_with(2);
        assert!(ran.text().contains("standard input"), "{}", ran.text());
    }
}
