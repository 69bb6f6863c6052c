//! What is no plain readable file: links, loops, FIFOs, sockets, devices, directories, files that fail while they are read.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Command;

use crate::ran::Folder;
use crate::samples::token;

/// A folder with a secret beside whatever the test adds: it must always be found.
fn folder() -> Folder {
    let folder = Folder::new();
    folder.file("notes.txt", token("beside"));
    folder
}

#[track_caller]
fn finds_the_rest(folder: &Folder, arguments: &[&str]) -> crate::ran::Ran {
    let ran = folder.lint(arguments);
    assert_eq!(ran.ends_with(1).places("core/plaintext-secret"), ["notes.txt:1"]);
    ran
}

fn fifo(folder: &Folder, name: &str) {
    let path = folder.path().join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[test]
fn a_fifo_never_blocks() {
    let folder = folder();
    fifo(&folder, "main.tf");
    fifo(&folder, "plain");
    let ran = finds_the_rest(&folder, &["."]);
    assert!(ran.passed_over("main.tf").contains("not a regular file"));
    assert_eq!(ran.json()["complete"], false);
    let named = finds_the_rest(&folder, &["plain", "notes.txt"]);
    assert!(named.passed_over("plain").contains("not a regular file"));
    folder.lint(&["main.tf"]).ends_with(3);
}

#[test]
fn a_link_to_a_fifo_or_a_device_never_blocks() {
    let folder = folder();
    fifo(&folder, "pipe");
    symlink("pipe", folder.path().join("a.tf")).unwrap();
    symlink("/dev/zero", folder.path().join("zero.tf")).unwrap();
    let ran = finds_the_rest(&folder, &[".", "a.tf", "zero.tf", "/dev/zero", "/dev/tty"]);
    assert_eq!(ran.json()["complete"], false);
}

#[test]
fn a_socket_is_not_opened() {
    let folder = folder();
    let _listener = std::os::unix::net::UnixListener::bind(folder.path().join("compose.yaml")).unwrap();
    let ran = finds_the_rest(&folder, &["."]);
    assert!(ran.passed_over("compose.yaml").contains("not a regular file"));
}

#[test]
fn loops_of_links_end() {
    let folder = folder();
    symlink(".", folder.path().join("here")).unwrap();
    symlink("..", folder.path().join("up")).unwrap();
    symlink("b", folder.path().join("a")).unwrap();
    symlink("a", folder.path().join("b")).unwrap();
    let ran = finds_the_rest(&folder, &["."]);
    assert_eq!(ran.json()["complete"], true, "links met in a walk are not followed, and nothing is missed by that");
    let named = finds_the_rest(&folder, &[".", "here", "here/here/notes.txt", "a"]);
    assert!(named.passed_over("a").contains("cannot be read"), "{}", named.text());
    folder.lint(&["a"]).ends_with(3);
}

#[test]
fn a_dangling_link_is_said() {
    let folder = folder();
    symlink("gone", folder.path().join("main.tf")).unwrap();
    let ran = finds_the_rest(&folder, &[".", "main.tf"]);
    assert!(ran.passed_over("main.tf").contains("cannot be read"), "{}", ran.text());
    folder.lint(&["main.tf"]).ends_with(3);
}

#[test]
fn a_link_named_as_an_argument_is_resolved_once() {
    let folder = folder();
    let outside = Folder::new();
    outside.file("secret.txt", token("outside"));
    symlink(outside.path().join("secret.txt"), folder.path().join("link.txt")).unwrap();
    symlink(outside.path(), folder.path().join("linked")).unwrap();
    finds_the_rest(&folder, &["."]);
    assert_eq!(folder.lint(&["link.txt"]).ends_with(1).places("core/plaintext-secret").len(), 1);
    assert_eq!(folder.lint(&["linked"]).ends_with(1).places("core/plaintext-secret").len(), 1);
}

#[test]
fn a_directory_where_a_file_is_expected_is_walked() {
    let folder = folder();
    folder.file("main.tf/.gitlab-ci.yml/terraform.tfstate/x.txt", "nothing");
    folder.file("docker-compose.yml/.keep", "");
    finds_the_rest(&folder, &["."]);
    let below = folder.lint(&["notes.txt/x"]);
    assert!(below.code == 2 || below.code == 3, "{}", below.text());
}

/// A regular file whose read fails: `/proc/self/mem` opens, has no size, and its first page is not mapped.
#[test]
fn a_read_error_is_said_and_harms_nothing() {
    if !std::fs::metadata("/proc/self/mem").is_ok_and(|meta| meta.is_file()) {
        return;
    }
    let folder = folder();
    let ran = finds_the_rest(&folder, &["/proc/self/mem", "."]);
    assert_eq!(ran.json()["complete"], false);
    assert!(ran.text().contains("cannot be read"), "{}", ran.text());
    folder.lint(&["/proc/self/mem"]).ends_with(3);
}

/// Files of `/proc` say that they are empty and are not.
#[test]
fn a_file_without_a_size_is_read_to_its_end() {
    if std::fs::metadata("/proc/version").is_ok_and(|meta| meta.len() == 0) {
        let ran = folder().lint(&["/proc/version"]);
        assert_eq!(ran.ends_with(0).json()["coverage"]["as_text"], 1);
    }
}

#[test]
fn an_unreadable_file_is_said() {
    let folder = folder();
    let path = folder.file("main.tf", "x = 1");
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o000)).unwrap();
    if std::fs::read(&path).is_ok() {
        return; // The superuser reads everything; the tests around this one do not depend on who runs them.
    }
    let ran = finds_the_rest(&folder, &["."]);
    assert!(ran.passed_over("main.tf").contains("permission denied"), "{}", ran.text());
    assert_eq!(ran.json()["complete"], false);
}

#[test]
fn an_unreadable_directory_is_said() {
    let folder = folder();
    folder.file("closed/main.tf", "x = 1");
    let path = folder.path().join("closed");
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o000)).unwrap();
    let readable = std::fs::read_dir(&path).is_ok();
    let ran = finds_the_rest(&folder, &["."]);
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o700)).unwrap();
    assert!(readable || ran.passed_over("closed").contains("permission denied"), "{}", ran.text());
}

/// Files that disappear, shrink and turn into links while they are read.
#[test]
fn a_tree_that_changes_during_the_run_is_survived() {
    let folder = Folder::new();
    for index in 0..300 {
        folder.file(format!("d{index}/main.tf"), "x = 1\n".repeat(200));
    }
    let root = folder.path();
    let changes = std::thread::spawn(move || {
        for index in 0..300 {
            let path = root.join(format!("d{index}/main.tf"));
            match index % 3 {
                0 => std::fs::remove_file(path).unwrap(),
                1 => std::fs::write(path, "x = {").unwrap(),
                _ => {
                    std::fs::remove_file(&path).unwrap();
                    symlink("/dev/zero", path).unwrap();
                }
            }
        }
    });
    let ran = folder.lint(&["."]);
    changes.join().unwrap();
    assert!(matches!(ran.code, 0 | 3), "{}", ran.text());
}

/// A sparse file of many gigabytes is said, not read.
#[test]
fn a_file_over_the_budget_is_said() {
    let folder = folder();
    let file = std::fs::File::create(folder.path().join("terraform.tfstate")).unwrap();
    file.set_len(600 << 20).unwrap();
    std::fs::File::create(folder.path().join("huge.bin")).unwrap().set_len(40 << 30).unwrap();
    let ran = finds_the_rest(&folder, &["."]);
    assert!(!ran.passed_over("terraform.tfstate").is_empty());
    assert_eq!(ran.json()["complete"], false);
    assert_eq!(ran.json()["coverage"]["other"], 1, "what no format claims is only counted");
}
