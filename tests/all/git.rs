//! `--staged`: what the next commit changes, read from the index of scratch repositories. What is compared with other commits
//! stands in the files below.

mod diff;
mod hostile;
mod trusted;

use std::path::Path;

use crate::ran::{Folder, finish, git};
use crate::samples::token;

const LEAK: &str = "core/plaintext-secret";

fn leak(seed: &str) -> String {
    format!("x = {}\n", token(seed))
}

fn repository() -> Folder {
    let folder = Folder::new();
    folder.git(&["init", "-q"]);
    folder
}

fn committed(files: &[(&str, &str)]) -> Folder {
    let folder = repository();
    for (path, text) in files {
        folder.file(path, text);
    }
    folder.git(&["add", "."]);
    folder.git(&["commit", "-q", "-m", "first"]);
    folder
}

/// caulk with the `PATH` in which git is found.
fn staged(folder: &Folder, arguments: &[&str]) -> crate::ran::Ran {
    let all: Vec<&str> = ["--staged"].into_iter().chain(arguments.iter().copied()).collect();
    lint(folder, &all)
}

fn lint(folder: &Folder, arguments: &[&str]) -> crate::ran::Ran {
    let all: Vec<&str> = ["lint", "--format", "json"].into_iter().chain(arguments.iter().copied()).collect();
    run(folder, &all, &[])
}

fn run(folder: &Folder, arguments: &[&str], environment: &[(&str, &str)]) -> crate::ran::Ran {
    run_in(folder, &folder.path(), arguments, environment)
}

fn run_in(folder: &Folder, directory: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> crate::ran::Ran {
    use std::process::Stdio;
    let mut command = folder.command(arguments);
    command.current_dir(directory);
    command.envs(std::env::var_os("PATH").map(|path| ("PATH", path))).envs(environment.iter().copied());
    finish(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
}

#[test]
fn the_index_is_linted_and_not_the_disk() {
    let old = leak("old");
    let folder = committed(&[("old.txt", &old), ("a.txt", "clean\n")]);
    staged(&folder, &[]).ends_with(0);
    // On disk only: nobody commits it.
    folder.file("a.txt", leak("disk"));
    staged(&folder, &[]).ends_with(0);
    // Staged, and then cleaned on disk: it would be committed.
    folder.git(&["add", "a.txt"]);
    folder.file("a.txt", "clean\n");
    let ran = staged(&folder, &[]);
    assert_eq!(ran.ends_with(1).places(LEAK), ["a.txt:1"], "{}", ran.text());
    std::fs::remove_file(folder.path().join("a.txt")).unwrap();
    assert_eq!(staged(&folder, &["a.txt"]).ends_with(1).places(LEAK), ["a.txt:1"]);
    staged(&folder, &["old.txt"]).ends_with(0);
    staged(&folder, &["gone.txt"]).ends_with(2);
}

#[test]
fn before_the_first_commit_everything_is_new() {
    let folder = repository();
    staged(&folder, &[]).ends_with(0);
    folder.file("sub/a.txt", leak("first"));
    folder.git(&["add", "."]);
    assert_eq!(staged(&folder, &[]).ends_with(1).places(LEAK), ["sub/a.txt:1"]);
    assert_eq!(staged(&folder, &["./sub/../sub"]).ends_with(1).places(LEAK), ["sub/a.txt:1"]);
}

#[test]
fn the_staged_configuration_and_baseline_count() {
    let folder = repository();
    folder.file("a.txt", leak("one"));
    folder.git(&["add", "."]);
    folder.file("caulk.toml", "[lint]\nexclude = [\"*.txt\"]\n");
    staged(&folder, &[]).ends_with(1);
    folder.git(&["add", "caulk.toml"]);
    folder.file("caulk.toml", "no configuration\n");
    staged(&folder, &[]).ends_with(0);
    staged(&folder, &["--no-config"]).ends_with(1);
    folder.git(&["rm", "-q", "-f", "caulk.toml"]);
    run(&folder, &["baseline"], &[]).ends_with(0);
    staged(&folder, &[]).ends_with(1);
    folder.git(&["add", "caulk.baseline"]);
    folder.file("caulk.baseline", "no baseline\n");
    staged(&folder, &[]).ends_with(0);
}

#[test]
fn the_rest_of_the_index_is_context() {
    let variable = "variable \"db_password\" {\n  type = string\n  sensitive = true\n}\n";
    let folder = committed(&[("m/variables.tf", variable), ("m/old.tf", "output \"old\" {\n  value = var.db_password\n}\n")]);
    folder.file("m/outputs.tf", "output \"new\" {\n  value = var.db_password\n}\n");
    folder.git(&["add", "m/outputs.tf"]);
    std::fs::remove_file(folder.path().join("m/variables.tf")).unwrap();
    let json = staged(&folder, &[]).json();
    let files: Vec<&str> = json["findings"].as_array().unwrap().iter().map(|it| it["path"].as_str().unwrap()).collect();
    assert!(!files.is_empty() && files.iter().all(|path| *path == "m/outputs.tf"), "{json}");
    assert_eq!(json["coverage"]["linted"], 1);
}

#[test]
fn worktrees_renames_submodules_links_binaries_and_hooks() {
    let old = leak("moved");
    let folder = committed(&[("old.txt", &old), ("b.txt", "clean\n")]);
    folder.git(&["mv", "old.txt", "new.txt"]);
    assert_eq!(staged(&folder, &[]).ends_with(1).places(LEAK), ["new.txt:1"]);
    folder.git(&["reset", "-q", "--hard"]);
    // A submodule is passed over, a binary is no text, a folder of the name is no file.
    let commit = String::from_utf8(folder.git(&["rev-parse", "HEAD"])).unwrap();
    folder.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{},sub", commit.trim())]);
    folder.file("c.bin", format!("\0\0{}", leak("binary")));
    folder.git(&["add", "c.bin"]);
    staged(&folder, &[]).ends_with(0);
    folder.git(&["worktree", "add", "-q", "inner"]);
    let inner = folder.path().join("inner");
    std::fs::write(inner.join("d.txt"), leak("worktree")).unwrap();
    git(&inner, &["add", "d.txt"]);
    staged(&folder, &[]).ends_with(0);
    run_in(&folder, &inner, &["lint", "--staged"], &[]).ends_with(1);
    // A commit of some files only has an index of its own.
    folder.git(&["reset", "-q", "--hard"]);
    std::fs::copy(folder.path().join(".git/index"), folder.path().join(".git/other")).unwrap();
    folder.file("b.txt", leak("stage"));
    folder.git(&["add", "b.txt"]);
    run(&folder, &["lint", "--staged"], &[("GIT_INDEX_FILE", ".git/other")]).ends_with(0);
    run(&folder, &["lint", "--staged"], &[]).ends_with(1);
    // Its path counts from the root, and in a hook of another repository it is not meant for this one.
    folder.file("folder/c.txt", "clean\n");
    let below = folder.path().join("folder");
    run_in(&folder, &below, &["lint", "--staged", ".."], &[("GIT_INDEX_FILE", ".git/other")]).ends_with(0);
    run(&folder, &["lint", "--staged"], &[("GIT_INDEX_FILE", ".git/other"), ("GIT_DIR", ".git")]).ends_with(0);
    let other = repository();
    let elsewhere = other.path().join(".git").to_string_lossy().into_owned();
    run(&folder, &["lint", "--staged"], &[("GIT_INDEX_FILE", ".git/other"), ("GIT_DIR", &elsewhere)]).ends_with(1);
    let variables = ["GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE", "GIT_CONFIG_COUNT"];
    let variables: Vec<(&str, &str)> = variables.iter().map(|name| (*name, elsewhere.as_str())).collect();
    run(&folder, &["lint", "--staged"], &variables).ends_with(1);
}

#[test]
fn clones_that_are_shallow_or_partial_and_long_hashes() {
    let origin = committed(&[("a.txt", &leak("one"))]);
    origin.file("b.txt", leak("two"));
    origin.git(&["add", "."]);
    origin.git(&["commit", "-q", "-m", "two"]);
    let folder = Folder::new();
    let url = format!("file://{}", origin.path().display());
    folder.git(&["clone", "-q", "--depth=1", &url, "."]);
    staged(&folder, &[]).ends_with(0);
    folder.file("c.txt", leak("three"));
    folder.git(&["add", "."]);
    assert_eq!(staged(&folder, &[]).ends_with(1).places(LEAK), ["c.txt:1"]);
    let folder = Folder::new();
    folder.git(&["init", "-q", "--object-format=sha256"]);
    folder.file("a.txt", leak("long"));
    folder.git(&["add", "."]);
    assert_eq!(staged(&folder, &[]).ends_with(1).places(LEAK), ["a.txt:1"]);
    folder.git(&["commit", "-q", "-m", "first"]);
    staged(&folder, &[]).ends_with(0);
    folder.file("b.txt", leak("longer"));
    folder.git(&["add", "."]);
    assert_eq!(staged(&folder, &[]).ends_with(1).places(LEAK), ["b.txt:1"]);
}

#[test]
fn large_and_binary_blobs_are_passed_over_and_the_next_one_is_read() {
    let folder = repository();
    folder.file("a.txt", leak("large") + &"x\n".repeat(600_000));
    folder.file("b.bin", format!("\0{}", leak("binary")));
    folder.file("c.txt", leak("small"));
    folder.git(&["add", "."]);
    let ran = staged(&folder, &[]);
    assert_eq!(ran.ends_with(1).places(LEAK), ["c.txt:1"]);
    assert_eq!(ran.json()["coverage"]["other"], 2);
    // Who is named is read.
    assert_eq!(staged(&folder, &["a.txt"]).ends_with(1).places(LEAK), ["a.txt:1"]);
}

#[test]
fn an_unresolved_conflict_is_no_clean_run() {
    let folder = committed(&[("a.txt", "one\n")]);
    folder.git(&["checkout", "-q", "-b", "other"]);
    folder.file("a.txt", "two\n");
    folder.git(&["commit", "-q", "-a", "-m", "two"]);
    folder.git(&["checkout", "-q", "-"]);
    folder.file("a.txt", "three\n");
    folder.git(&["commit", "-q", "-a", "-m", "three"]);
    let merge = std::process::Command::new("git").args(["merge", "-q", "other"]).current_dir(folder.path()).output().unwrap();
    assert!(!merge.status.success());
    assert!(staged(&folder, &[]).ends_with(3).passed_over("a.txt").contains("conflict"));
}

#[cfg(unix)]
#[test]
fn a_path_that_is_no_text_is_read() {
    use std::os::unix::ffi::OsStrExt;
    let folder = repository();
    folder.file(std::ffi::OsStr::from_bytes(b"odd\xff\n.txt"), leak("odd"));
    folder.git(&["add", "."]);
    assert_eq!(staged(&folder, &[]).ends_with(1).places(LEAK), ["odd\u{fffd}\n.txt:1"]);
}

#[test]
fn without_a_repository_or_without_git_that_is_said() {
    let folder = Folder::new();
    assert!(staged(&folder, &[]).ends_with(2).text().contains("no git repository"));
    let folder = repository();
    assert!(folder.lint(&["--staged"]).ends_with(2).text().contains("no `git` in `PATH`"));
    // Relative directories of PATH lie in the repository.
    assert!(run(&folder, &["lint", "--staged"], &[("PATH", ".:bin")]).ends_with(2).text().contains("no `git` in `PATH`"));
}
