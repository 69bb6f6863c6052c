//! What belongs to a whole run: order, threads, what git says of a file, suppressions from end to end.

use std::collections::BTreeSet;

use caulk::config::Config;

use crate::ran::{Folder, git};
use crate::samples::{SAMPLES, token};

mod suppression;

/// Every sample in three directories.
fn tree() -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for copy in ["a", "b/c", "z"] {
        for sample in SAMPLES {
            files.push((format!("{copy}/{}", sample.path), sample.fill(copy).0.into_bytes()));
        }
        files.push((format!("{copy}/broken/main.tf"), b"resource \"x\" {\n  a = \n".to_vec()));
    }
    files
}

fn json(files: &[(String, Vec<u8>)], jobs: usize) -> String {
    let files: Vec<(&str, Vec<u8>)> = files.iter().map(|(path, bytes)| (path.as_str(), bytes.clone())).collect();
    let report = caulk::lint_tree(&files, &Config { jobs, pedantic: true, ..Config::default() });
    let mut out = Vec::new();
    caulk::report::write(&report, caulk::report::Output::Json, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn the_report_is_the_same_for_any_number_of_threads_and_any_order() {
    let mut files = tree();
    let one = json(&files, 1);
    assert!(one.contains("\"severity\""), "there is something to order");
    for jobs in [2, 8] {
        assert_eq!(json(&files, jobs), one);
    }
    files.reverse();
    assert_eq!(json(&files, 8), one);
    files.rotate_left(7);
    assert_eq!(json(&files, 3), one);
}

#[test]
fn every_report_of_the_binary_is_the_same_twice() {
    let folder = Folder::new();
    for (path, bytes) in tree() {
        folder.file(path, bytes);
    }
    for format in ["json", "sarif", "terminal"] {
        let runs: BTreeSet<Vec<u8>> = ["1", "8", "8", "2"]
            .iter()
            .map(|jobs| folder.caulk(&["lint", "--format", format, "--jobs", jobs, "z", "a", "b"]).stdout)
            .collect();
        assert_eq!(runs.len(), 1, "{format}");
    }
}

#[test]
fn overlapping_roots_and_two_spellings_count_once() {
    let folder = Folder::new();
    folder.file("a/b/notes.txt", token("overlap"));
    std::os::unix::fs::symlink("b/notes.txt", folder.path().join("a/link")).unwrap();
    let absolute = folder.path().join("a").into_os_string().into_string().unwrap();
    let spellings = [".", "a", "a/b", "./a//b/../b", "a/b/notes.txt", "a/b/../b/./notes.txt", "a/link", &absolute];
    let ran = folder.lint(&spellings);
    assert_eq!(ran.ends_with(1).places("core/plaintext-secret"), ["a/b/notes.txt:1"]);
    assert_eq!(ran.json()["coverage"]["as_text"], 1);
}

#[test]
fn paths_are_relative_to_where_caulk_was_started() {
    let folder = Folder::new();
    folder.file("a/x.txt", token("relative"));
    folder.file("b/y.txt", "nothing");
    let mut command = folder.command(&["lint", "--format", "json", "../a"]);
    command.current_dir(folder.path().join("b")).stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let ran = crate::ran::finish(command.spawn().unwrap());
    assert_eq!(ran.places("core/plaintext-secret"), ["../a/x.txt:1"]);
}

/// What a file refers to is found from the directory that was named, also where that is no repository and lies elsewhere.
#[test]
fn a_directory_elsewhere_is_a_root_of_its_own() {
    let folder = Folder::new();
    let workflow = "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: ./show.sh\n        env:\n          TOKEN: ${{ secrets.TOKEN }}\n";
    folder.file("a/.github/workflows/ci.yml", workflow);
    folder.file("a/show.sh", "#!/bin/sh\necho \"$TOKEN\"\n");
    folder.file("b/y.txt", "nothing");
    let mut command = folder.command(&["lint", "--format", "json", "../a"]);
    command.current_dir(folder.path().join("b")).stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let ran = crate::ran::finish(command.spawn().unwrap());
    assert_eq!(ran.places("github-actions/secret-in-log"), ["../a/.github/workflows/ci.yml:6"]);
    assert_eq!(folder.lint(&["a"]).places("github-actions/secret-in-log"), ["a/.github/workflows/ci.yml:6"]);
}

/// A repository with a file of each standing, each holding a token.
fn repository() -> Folder {
    let folder = Folder::new();
    folder.git(&["init", "-q"]);
    folder.file(".gitignore", "*.log\nout/\n");
    for path in ["tracked.txt", "tracked.log", "out/forced.txt", "untracked.txt", "ignored.log", "out/ignored.txt", "excluded.bin.txt"] {
        folder.file(path, token(path));
    }
    folder.git(&["add", "-f", "tracked.txt", "tracked.log", "out/forced.txt", ".gitignore"]);
    folder.file(".git/info/exclude", "excluded.*\n");
    folder
}

#[test]
fn tracked_files_are_read_even_where_they_are_ignored() {
    let folder = repository();
    let found = folder.lint(&["."]).places("core/plaintext-secret");
    assert_eq!(found, ["out/forced.txt:1", "tracked.log:1", "tracked.txt:1", "untracked.txt:1"]);
    let below = folder.lint(&["out"]).places("core/plaintext-secret");
    assert_eq!(below, ["out/forced.txt:1"]);
}

#[test]
fn ignored_files_are_read_when_asked_for() {
    let folder = repository();
    assert_eq!(folder.lint(&["--include-ignored", "."]).places("core/plaintext-secret").len(), 7);
    assert_eq!(folder.lint(&["--no-ignore"]).places("core/plaintext-secret").len(), 7);
    assert_eq!(folder.lint(&["ignored.log"]).places("core/plaintext-secret"), ["ignored.log:1"]);
}

/// `.ignore` files and the user's own excludes are not the repository's rules: they would hide what git commits.
#[test]
fn only_the_repositorys_own_rules_hide() {
    let folder = repository();
    folder.file(".ignore", "*\n");
    folder.file(".rgignore", "*\n");
    folder.file("home/.config/git/ignore", "*\n");
    folder.file("home/.gitconfig", "[core]\nexcludesFile = ~/.config/git/ignore\n");
    let mut command = folder.command(&["lint", "--format", "json", "tracked.txt", "."]);
    command.env("HOME", folder.path().join("home")).stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let ran = crate::ran::finish(command.spawn().unwrap());
    assert_eq!(ran.places("core/plaintext-secret").len(), 4, "{}", ran.text());
}

#[test]
fn outside_a_repository_nothing_is_ignored() {
    let folder = repository();
    std::fs::remove_dir_all(folder.path().join(".git")).unwrap();
    assert_eq!(folder.lint(&["."]).places("core/plaintext-secret").len(), 7);
}

#[test]
fn nested_repositories_and_git_directories_are_not_entered() {
    let folder = repository();
    folder.file(".git/notes.txt", token("inside git"));
    folder.file("vendor/lib/x.txt", token("nested"));
    folder.file("vendor/plain/x.txt", token("not nested"));
    git(&folder.path().join("vendor/lib"), &["init", "-q"]);
    let found = folder.lint(&["."]).places("core/plaintext-secret");
    assert!(found.contains(&"vendor/plain/x.txt:1".to_owned()), "{found:?}");
    assert!(!found.iter().any(|place| place.starts_with("vendor/lib") || place.starts_with(".git/")), "{found:?}");
    assert_eq!(folder.lint(&["vendor/lib"]).places("core/plaintext-secret"), ["vendor/lib/x.txt:1"]);
}

#[test]
fn a_worktree_knows_what_is_tracked() {
    let folder = repository();
    folder.git(&["commit", "-qm", "x"]);
    let beside = Folder::new();
    folder.git(&["worktree", "add", "-q", "-b", "side", beside.path().join("w").to_str().unwrap()]);
    beside.file("w/ignored.log", token("in the worktree"));
    let found = beside.lint(&["w"]).places("core/plaintext-secret");
    assert_eq!(found, ["w/out/forced.txt:1", "w/tracked.log:1", "w/tracked.txt:1"]);
}

/// The index as git writes it, in each version, is read as `git ls-files` reads it.
#[test]
fn the_index_is_read_as_git_reads_it() {
    for (version, hash) in [("2", "sha1"), ("3", "sha1"), ("4", "sha1"), ("2", "sha256"), ("4", "sha256")] {
        let folder = Folder::new();
        folder.git(&["init", "-q", "--object-format", hash]);
        folder.file(".gitignore", "*\n");
        let names = ["a.txt", "a/b.txt", "a/b/c.txt", "a/bb.txt", "a b.txt", "ä.txt", "a\nb.txt", "intent.txt", "skipped.txt", "long"];
        for name in names {
            let name = if name == "long" { format!("{}/x.txt", "long/".repeat(40)) } else { name.to_owned() };
            folder.file(name, token("index"));
        }
        folder.git(&["update-index", "--index-version", if version == "4" { "4" } else { "2" }]);
        folder.git(&["add", "-f", "."]);
        if version == "3" {
            folder.git(&["rm", "-q", "--cached", "intent.txt"]);
            folder.git(&["add", "-f", "-N", "intent.txt"]);
            folder.git(&["update-index", "--skip-worktree", "skipped.txt"]);
        }
        let written = std::fs::read(folder.path().join(".git/index")).unwrap();
        assert_eq!(&written[..8], [b"DIRC\0\0\0".as_slice(), &[version.parse().unwrap()]].concat(), "git writes the version of the test");
        let expected: BTreeSet<String> =
            String::from_utf8(folder.git(&["ls-files", "-z"])).unwrap().split_terminator('\0').map(str::to_owned).collect();
        let json = folder.lint(&["."]).json();
        let found = json["findings"].as_array().unwrap().iter().map(|finding| finding["path"].as_str().unwrap().to_owned());
        let mut found: BTreeSet<String> = found.collect();
        // Never ignored by this repository: `.gitignore` is tracked, and holds no token.
        found.insert(".gitignore".to_owned());
        assert_eq!(found, expected, "version {version}, {hash}");
    }
}

/// An index that cannot be read must not hide a file: everything then counts as tracked where it is met.
#[test]
fn a_broken_index_hides_nothing() {
    for index in [&b""[..], b"DIRC", b"DIRC\0\0\0\x02\xff\xff\xff\xff", b"garbage that is no index at all, but long enough for a hash"] {
        let folder = repository();
        folder.file(".git/index", index);
        let found = folder.lint(&["."]).places("core/plaintext-secret");
        assert!(found.contains(&"tracked.txt:1".to_owned()) && found.contains(&"untracked.txt:1".to_owned()), "{found:?}");
        let ran = folder.lint(&[".", "--fail-on", "never"]);
        assert!(ran.ends_with(3).passed_over(".git/index").contains("cannot be read"), "{}", ran.text());
    }
}
