//! Repositories whose configuration names programs.
#![cfg(unix)]

use super::{LEAK, committed, leak, run, staged};

/// Whatever the configuration of the repository names, none of it runs.
#[test]
fn no_program_of_the_repository_runs() {
    use std::os::unix::fs::PermissionsExt;
    let folder = committed(&[("a.txt", "clean\n"), ("old.txt", "moved\n"), (".gitattributes", "* filter=evil diff=evil merge=evil\n")]);
    let ran = folder.path().join("ran");
    let program = folder.file("evil", format!("#!/bin/sh\necho \"$0 $*\" >> '{}'\ncat\n", ran.display()));
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    folder.file("a.txt", leak("staged"));
    folder.git(&["add", "a.txt"]);
    folder.git(&["mv", "old.txt", "new.txt"]);
    for hook in ["post-index-change", "pre-commit", "fsmonitor-watchman"] {
        std::fs::create_dir_all(folder.path().join(".git/hooks")).unwrap();
        std::fs::copy(&program, folder.path().join(".git/hooks").join(hook)).unwrap();
    }
    let evil = program.to_string_lossy().into_owned();
    let tame = std::fs::read_to_string(folder.path().join(".git/config")).unwrap();
    let hostile = tame.clone()
        + &format!(
            "[core]\n fsmonitor = {evil}\n pager = {evil}\n editor = {evil}\n sshCommand = {evil}\n askPass = {evil}\n gitProxy = {evil}\n \
         hooksPath = {}\n[diff]\n external = {evil}\n[diff \"evil\"]\n command = {evil}\n textconv = {evil}\n[filter \"evil\"]\n clean = {evil}\n \
         smudge = {evil}\n process = {evil}\n required = true\n[pager]\n ls-files = {evil}\n diff-index = {evil}\n cat-file = {evil}\n \
         rev-parse = {evil}\n merge-base = {evil}\n ls-tree = {evil}\n[alias]\n merge-base = !{evil}\n ls-tree = !{evil}\n ls-files = !{evil}\n cat-file = !{evil}\n diff-index = !{evil}\n[credential]\n helper = !{evil}\n\
         [extensions]\n partialClone = origin\n[remote \"origin\"]\n promisor = true\n url = ext::{evil}\n uploadpack = {evil}\n\
         [protocol \"ext\"]\n allow = always\n[gpg]\n program = {evil}\n[trace2]\n eventTarget = {}\n",
            folder.path().join(".git/hooks").display(),
            ran.display(),
        );
    folder.file(".git/config", &hostile);
    let names = ["GIT_EXTERNAL_DIFF", "GIT_PAGER", "GIT_SSH_COMMAND", "GIT_ASKPASS", "GIT_EDITOR", "GIT_PROXY_COMMAND"];
    let hooks = folder.path().join(".git/hooks").to_string_lossy().into_owned();
    let log = ran.to_string_lossy().into_owned();
    let more = [("GIT_EXEC_PATH", &hooks), ("GIT_TRACE", &log), ("GIT_TRACE2", &log), ("GIT_CONFIG_PARAMETERS", &log)];
    let environment: Vec<(&str, &str)> =
        names.iter().map(|name| (*name, evil.as_str())).chain(more.map(|(name, value)| (name, value.as_str()))).collect();
    for arguments in [&["--staged"][..], &["--diff", "HEAD"], &["--staged", "--diff", "HEAD"], &["--diff", "HEAD", "--config-from", "HEAD"]]
    {
        let all: Vec<&str> = ["lint", "--format", "json"].into_iter().chain(arguments.iter().copied()).collect();
        let reported = run(&folder, &all, &environment);
        assert!(!ran.exists(), "{arguments:?}: {}", std::fs::read_to_string(&ran).unwrap());
        assert_eq!(reported.ends_with(1).places(LEAK), ["a.txt:1"], "{}", reported.text());
    }
    // A blob that is not here is not fetched, and what was not read is said.
    folder.file(".git/config", &tame);
    folder.git(&["update-index", "--add", "--cacheinfo", "100644,1111111111111111111111111111111111111111,b.txt"]);
    folder.file(".git/config", &hostile);
    let _ = std::fs::remove_file(&ran);
    let reported = staged(&folder, &["b.txt"]);
    assert!(!ran.exists(), "{}", std::fs::read_to_string(&ran).unwrap());
    assert!(reported.ends_with(3).passed_over("b.txt").contains("cannot be read"), "{}", reported.text());
}
