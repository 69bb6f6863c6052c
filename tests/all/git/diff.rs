//! `--diff`: what a change brings.

use super::{LEAK, committed, leak, lint, repository, run};
use crate::ran::{Folder, Ran, git};

fn diff(folder: &Folder, name: &str) -> Ran {
    lint(folder, &["--diff", name])
}

fn commit(folder: &Folder, message: &str) {
    folder.git(&["add", "-A"]);
    folder.git(&["commit", "-q", "-m", message]);
}

/// How many findings stand in unchanged lines.
fn others(ran: &Ran) -> u64 {
    ran.json()["summary"]["in_unchanged_lines"].as_u64().unwrap()
}

#[test]
fn only_changed_lines_count() {
    let folder = committed(&[("a.txt", &(leak("one") + "text\n" + &leak("two"))), ("b.txt", &leak("three"))]);
    let ran = diff(&folder, "HEAD");
    assert_eq!((ran.ends_with(0).places(LEAK), others(&ran)), (vec![], 3));
    // On disk, staged or not, and in a file that git does not know yet.
    folder.file("a.txt", leak("one") + "text\n" + &leak("other") + "text\n" + &leak("two"));
    folder.file("c.txt", leak("four"));
    let ran = diff(&folder, "HEAD");
    assert_eq!((ran.ends_with(1).places(LEAK), others(&ran)), (vec!["a.txt:3".to_owned(), "c.txt:1".to_owned()], 3));
    let text = String::from_utf8(run(&folder, &["lint", "--diff", "HEAD"], &[]).stdout).unwrap();
    assert!(text.contains("2 findings: 2 critical, 3 in unchanged lines"), "{text}");
    for (format, said) in [("markdown", "3 older findings in unchanged lines"), ("github", "2 findings: 2 critical, 3 in unchanged lines")]
    {
        assert!(run(&folder, &["lint", "--diff", "HEAD", "--format", format], &[]).text().contains(said), "{format}");
    }
    let sarif = run(&folder, &["lint", "--diff", "HEAD", "--format", "sarif"], &[]);
    let sarif: serde_json::Value = serde_json::from_slice(&sarif.stdout).unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 2);
    assert!(lint(&folder, &[]).json()["summary"].get("in_unchanged_lines").is_none());
    assert_eq!(lint(&folder, &["--diff", "HEAD", "b.txt", "c.txt"]).places(LEAK), ["c.txt:1"]);
}

#[test]
fn what_others_did_since_is_theirs() {
    let folder = committed(&[("a.txt", "one\n")]);
    folder.git(&["branch", "-M", "main"]);
    folder.git(&["checkout", "-q", "-b", "feature"]);
    folder.file("a.txt", "one\n".to_owned() + &leak("feature"));
    commit(&folder, "feature");
    folder.git(&["checkout", "-q", "main"]);
    folder.file("b.txt", leak("main"));
    commit(&folder, "main");
    folder.git(&["checkout", "-q", "feature"]);
    assert_eq!(diff(&folder, "main").ends_with(1).places(LEAK), ["a.txt:2"]);
    // What was merged from there is not what the branch brings.
    folder.git(&["merge", "-q", "--no-edit", "main"]);
    assert_eq!(diff(&folder, "main").ends_with(1).places(LEAK), ["a.txt:2"]);
    // As a pull request is checked out: a merge whose first parent is the base.
    folder.git(&["checkout", "-q", "main"]);
    folder.git(&["merge", "-q", "--no-ff", "--no-edit", "feature"]);
    assert_eq!(diff(&folder, "HEAD^1").ends_with(1).places(LEAK), ["a.txt:2"]);
    folder.git(&["tag", "v1"]);
    diff(&folder, "v1").ends_with(0);
}

#[test]
fn a_file_that_moved_is_compared_with_its_old_self() {
    let text = "a line\n".repeat(20) + &leak("old");
    let folder = committed(&[("old.txt", &text), ("same.txt", &leak("same"))]);
    folder.git(&["mv", "old.txt", "new.txt"]);
    folder.git(&["mv", "same.txt", "moved.txt"]);
    folder.file("new.txt", text + &leak("new"));
    folder.git(&["add", "-A"]);
    let ran = diff(&folder, "HEAD");
    assert_eq!((ran.ends_with(1).places(LEAK), others(&ran)), (vec!["new.txt:22".to_owned()], 2));
}

#[test]
fn what_is_taken_away_counts_too() {
    let terraform = "variable \"db_password\" {\n  type      = string\n  sensitive = true\n}\n\noutput \"url\" {\n  value = \"x\"\n}\n";
    let old = "variable \"admin_password\" {\n  type = string\n}\n";
    let folder = committed(&[("main.tf", terraform), ("old.tf", old)]);
    diff(&folder, "HEAD").ends_with(0);
    folder.file("main.tf", terraform.replace("  sensitive = true\n", ""));
    let ran = diff(&folder, "HEAD");
    assert_eq!(ran.ends_with(1).places("terraform/variable-missing-sensitive"), ["main.tf:1"]);
    assert_eq!(others(&ran), 1);
    // Removing a suppression brings back what it hid.
    let folder = committed(&[(
        "a.yml",
        &format!("on: push\njobs: {{}}\nenv:\n  # caulk: ignore[*] a test\n  A: {}", leak("b").replace("x = ", "")),
    )]);
    folder.git(&["mv", "a.yml", "b.yml"]);
    folder.git(&["reset", "-q", "--hard"]);
    diff(&folder, "HEAD").ends_with(0);
    let text = std::fs::read_to_string(folder.path().join("a.yml")).unwrap();
    folder.file("a.yml", text.replace("  # caulk: ignore[*] a test\n", ""));
    assert_eq!(diff(&folder, "HEAD").ends_with(1).json()["findings"].as_array().unwrap().len(), 1);
}

#[test]
fn what_only_moves_is_not_new() {
    let workflow = |more: &str| {
        format!(
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n{more}      - run: echo ${{{{ secrets.TOKEN }}}}\n      - run: make\n"
        )
    };
    let folder = committed(&[(".github/workflows/a.yml", &workflow(""))]);
    folder.file(".github/workflows/a.yml", workflow("      - run: make before\n"));
    let ran = diff(&folder, "HEAD");
    assert_eq!(ran.ends_with(0).places("github-actions/secret-in-log"), [""; 0]);
    assert!(others(&ran) > 0);
    // How lines end is no change.
    folder.file(".github/workflows/a.yml", workflow("").replace('\n', "\r\n"));
    diff(&folder, "HEAD").ends_with(0);
}

#[test]
fn a_finding_about_a_whole_file_counts_once() {
    let state = |serial: u32| {
        format!(
            "{{\n  \"version\": 4,\n  \"terraform_version\": \"1.9.0\",\n  \"serial\": {serial},\n  \"lineage\": \"x\",\n  \"outputs\": {{}},\n  \"resources\": []\n}}\n"
        )
    };
    let folder = committed(&[("a.tfstate", &state(1))]);
    folder.file("a.tfstate", state(2));
    folder.file("b.tfstate", state(1));
    let ran = lint(&folder, &["--diff", "HEAD", "--min-severity", "info"]);
    assert_eq!(ran.places("tfstate/committed-state"), ["b.tfstate:1"], "{}", ran.text());
}

#[test]
fn suppressions_and_baselines_are_judged_by_all_that_is_there() {
    let text = format!("on: push\njobs: {{}}\nenv:\n  A: {} # caulk: ignore[*] a test\n", leak("b").trim_start_matches("x = ").trim());
    let folder = committed(&[(".github/workflows/a.yml", &text), ("b.txt", &leak("known"))]);
    run(&folder, &["baseline"], &[]).ends_with(0);
    commit(&folder, "baseline");
    folder.file("c.txt", "text\n");
    folder.file("b.txt", leak("known") + "text\n");
    folder.file(".github/workflows/a.yml", text.clone() + "# a comment\n");
    let ran = diff(&folder, "HEAD");
    assert_eq!((ran.ends_with(0).json()["findings"].as_array().unwrap().len(), others(&ran)), (0, 0));
    // The secret is gone and its comment is not.
    let gone = text.replace(leak("b").trim_start_matches("x = ").trim(), "plain");
    folder.file(".github/workflows/a.yml", gone);
    assert_eq!(diff(&folder, "HEAD").ends_with(1).places("core/unused-suppression"), [".github/workflows/a.yml:4"]);
}

#[test]
fn a_file_that_could_not_be_read_before_either_is_no_gap() {
    let broken = "on: push\njobs:\n  a: {b: [}\n";
    let folder = committed(&[(".github/workflows/a.yml", broken), ("b.txt", "x\n")]);
    lint(&folder, &[]).ends_with(3);
    let ran = diff(&folder, "HEAD");
    assert!(ran.ends_with(0).passed_over(".github/workflows/a.yml").contains("does not parse"), "{}", ran.text());
    assert_eq!(ran.json()["complete"], true);
    folder.file(".github/workflows/b.yml", broken);
    diff(&folder, "HEAD").ends_with(3);
    std::fs::remove_file(folder.path().join(".github/workflows/b.yml")).unwrap();
    folder.file(".github/workflows/a.yml", broken.replace("on: push\n", ""));
    diff(&folder, "HEAD").ends_with(3);
}

#[test]
fn what_is_staged_can_be_compared() {
    let folder = committed(&[("a.txt", &leak("one"))]);
    folder.file("a.txt", leak("one") + &leak("two"));
    folder.git(&["add", "."]);
    folder.file("a.txt", "clean\n");
    assert_eq!(lint(&folder, &["--staged"]).places(LEAK), ["a.txt:1", "a.txt:2"]);
    assert_eq!(lint(&folder, &["--staged", "--diff", "HEAD"]).ends_with(1).places(LEAK), ["a.txt:2"]);
    diff(&folder, "HEAD").ends_with(0);
}

#[test]
fn a_name_that_is_no_commit_is_refused() {
    let folder = committed(&[("a.txt", "x\n")]);
    assert!(diff(&folder, "origin/main").ends_with(2).text().contains("git fetch origin main"));
    assert!(diff(&folder, "0123456789012345678901234567890123456789").ends_with(2).text().contains("fetch"));
    assert!(diff(&folder, "HEAD:a.txt").ends_with(2).text().contains("no commit"));
    for odd in ["--diff=-x", "--diff=--upload-pack=x", "--diff=", "--diff=a b"] {
        lint(&folder, &[odd]).ends_with(2);
    }
    assert!(diff(&Folder::with(&[("a.txt", "x\n")]), "main").ends_with(2).text().contains("no git repository"));
    assert!(diff(&repository(), "HEAD").ends_with(2).text().contains("no commit"));
    lint(&folder, &["--diff", "HEAD", "--why", "a.txt:1"]).ends_with(2);
}

#[test]
fn clones_that_are_shallow_worktrees_and_long_hashes() {
    let origin = committed(&[("a.txt", &leak("one"))]);
    origin.git(&["branch", "-M", "main"]);
    origin.git(&["checkout", "-q", "-b", "feature"]);
    origin.file("b.txt", leak("two"));
    commit(&origin, "two");
    let folder = Folder::new();
    let url = format!("file://{}", origin.path().display());
    folder.git(&["clone", "-q", "--depth=1", "--branch=feature", &url, "."]);
    diff(&folder, "origin/main").ends_with(2);
    folder.git(&["fetch", "-q", "--depth=1", "origin", "+main:refs/remotes/origin/main"]);
    let ran = diff(&folder, "origin/main");
    assert_eq!(ran.ends_with(1).places(LEAK), ["b.txt:1"]);
    assert!(ran.text().contains("compared with `origin/main` itself"), "{}", ran.text());
    origin.git(&["worktree", "add", "-q", "inner", "main"]);
    let inner = origin.path().join("inner");
    std::fs::write(inner.join("c.txt"), leak("three")).unwrap();
    git(&inner, &["add", "c.txt"]);
    let ran = super::run_in(&origin, &inner, &["lint", "--format", "json", "--diff", "main"], &[]);
    assert_eq!(ran.ends_with(1).places(LEAK), ["c.txt:1"]);
    let folder = Folder::new();
    folder.git(&["init", "-q", "--object-format=sha256"]);
    folder.file("a.txt", leak("long"));
    commit(&folder, "one");
    folder.file("a.txt", leak("long") + &leak("longer"));
    assert_eq!(diff(&folder, "HEAD").ends_with(1).places(LEAK), ["a.txt:2"]);
}

#[test]
fn what_cannot_be_compared_is_new() {
    let folder =
        committed(&[("a.txt", "\0\u{1}\0"), ("link.txt", "x\n"), ("large.txt", &"x\n".repeat(600_000)), ("sub/a.txt", &leak("sub"))]);
    folder.file("a.txt", leak("binary before"));
    folder.file("large.txt", leak("large before"));
    let ran = diff(&folder, "HEAD");
    assert_eq!(ran.ends_with(1).places(LEAK), ["a.txt:1", "large.txt:1"]);
    // From below the root, and a repository inside.
    let inner = folder.path().join("inner");
    std::fs::create_dir_all(&inner).unwrap();
    git(&inner, &["init", "-q"]);
    std::fs::write(inner.join("a.txt"), leak("sub")).unwrap();
    let below = folder.path().join("sub");
    let ran = super::run_in(&folder, &below, &["lint", "--format", "json", "--diff", "HEAD", "..", "../inner"], &[]);
    assert_eq!(ran.ends_with(1).places(LEAK), ["../a.txt:1", "../inner/a.txt:1", "../large.txt:1"]);
    // A clone without the contents of old commits fetches nothing: the file counts as new.
    folder.git(&["reset", "-q", "--hard"]);
    folder.file("sub/a.txt", leak("sub") + "text\n");
    folder.git(&["commit", "-q", "-a", "-m", "more"]);
    folder.git(&["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", folder.path().display());
    let partial = Folder::new();
    partial.git(&["clone", "-q", "--filter=blob:none", &url, "."]);
    diff(&folder, "HEAD~1").ends_with(0);
    assert_eq!(diff(&partial, "HEAD~1").ends_with(1).places(LEAK), ["sub/a.txt:1"]);
}

/// How many findings the change takes away, of what is committed or staged.
fn mended(folder: &Folder) -> u64 {
    folder.git(&["add", "-A"]);
    diff(folder, "HEAD").json()["summary"]["mended"].as_u64().unwrap()
}

#[test]
fn what_a_change_mends_is_told() {
    let output = "output \"password\" {\n  value = random_password.db.result\n}\n";
    let files = [
        ("a.txt", leak("one") + "text\n" + &leak("two")),
        ("b.txt", leak("three")),
        ("infra/main.tf", "resource \"random_password\" \"db\" {\n  length = 20\n}\n".to_owned()),
        ("infra/outputs.tf", output.to_owned()),
        ("vendor/c.txt", leak("four")),
        ("caulk.toml", "[lint]\nexclude = \"vendor\"\n".to_owned()),
    ];
    let folder = committed(&files.each_ref().map(|(path, text)| (*path, text.as_str())));
    assert_eq!(mended(&folder), 0);
    assert!(lint(&folder, &[]).json()["summary"].get("mended").is_none());
    folder.file("a.txt", "text\n".to_owned() + &leak("two"));
    assert_eq!(mended(&folder), 1);
    // What goes with its file or stays in another name, what nobody looked at, and what another file makes good.
    std::fs::remove_file(folder.path().join("b.txt")).unwrap();
    std::fs::remove_file(folder.path().join("vendor/c.txt")).unwrap();
    assert_eq!(mended(&folder), 2);
    folder.file("infra/outputs.tf", output.replace("  value", "  sensitive = true\n  value"));
    folder.git(&["mv", "a.txt", "moved.txt"]);
    assert_eq!(mended(&folder), 3);
    let text = run(&folder, &["lint", "--diff", "HEAD"], &[]).text();
    assert!(text.contains("3 mended"), "{text}");
    let github = run(&folder, &["lint", "--diff", "HEAD", "--format", "github"], &[]).text();
    assert!(github.contains("3 mended"), "{github}");
    let summary = run(&folder, &["lint", "--diff", "HEAD", "--format", "markdown"], &[]).text();
    assert!(
        summary.contains("3 mended\n") && summary.contains("### Mended by this change\n\n- 🟢 critical <code>a\\.txt\\:1</code>"),
        "{summary}"
    );
    assert!(summary.contains("b\\.txt\\:1") && summary.contains("infra/outputs\\.tf\\:1") && !summary.contains("vendor"), "{summary}");
    // Below another folder it is not what was asked for.
    assert_eq!(lint(&folder, &["--diff", "HEAD", "infra"]).json()["summary"]["mended"], 1);
}

#[test]
fn what_moves_or_is_hidden_or_replaced_is_not_mended() {
    let folder = committed(&[("a.txt", &leak("one")), ("b.env", &("A=1\n".to_owned() + &leak("two")))]);
    folder.file("c.txt", "more\n".to_owned() + &leak("one"));
    std::fs::remove_file(folder.path().join("a.txt")).unwrap();
    assert_eq!(mended(&folder), 0);
    folder.file("b.env", "A=1\n# caulk: ignore[*] a test\n".to_owned() + &leak("two"));
    assert_eq!(mended(&folder), 0);
    folder.file("b.env", "A=1\n".to_owned() + &leak("other"));
    assert_eq!(mended(&folder), 0);
    // Where the file cannot be read any more nobody knows.
    let workflow = |end: &str| format!("on: push\njobs: {{}}\nenv:\n  A: {}{end}", leak("three").trim_start_matches("x = "));
    folder.file(".github/workflows/a.yml", workflow(""));
    commit(&folder, "workflow");
    folder.file(".github/workflows/a.yml", workflow("").replace("  A: ", "  A: [\0"));
    assert_eq!(mended(&folder), 0);
    // What was accepted and is gone is mended all the same.
    folder.git(&["reset", "-q", "--hard"]);
    run(&folder, &["baseline"], &[]).ends_with(0);
    commit(&folder, "baseline");
    folder.file("b.env", "A=1\n");
    assert_eq!(mended(&folder), 1);
}
