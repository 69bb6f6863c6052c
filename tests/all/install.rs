//! What the Action runs: a released binary that is the one its commit names, or one built from its own source.
#![cfg(unix)]

use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use crate::ran::{Folder, Ran, finish};

/// A runner with a `curl` that “downloads” an archive with a caulk in it, and a `cargo` that “builds” one.
struct Runner {
    temp: Folder,
    action: Folder,
    sum: String,
}

const ARCHIVE: &str = "caulk-1.2.3-x86_64-unknown-linux-gnu.tar.gz";

impl Runner {
    fn new() -> Self {
        let (temp, action) = (Folder::new(), Folder::new());
        temp.file("released/caulk", "a released binary");
        let archive = temp.path().join("archive");
        let tar = Command::new("tar").arg("-czf").arg(&archive).arg("-C").arg(temp.path().join("released")).arg("caulk").status();
        assert!(tar.unwrap().success());
        let program = |name: &str, script: String| {
            let path = temp.file(format!("bin/{name}"), format!("#!/bin/sh\n{script}"));
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
        };
        let asked = temp.path().join("asked");
        program("curl", format!("for last; do :; done\necho \"$last\" >> '{}'\ncp '{}' '{ARCHIVE}'\n", asked.display(), archive.display()));
        program("cargo", format!("echo \"built $*\" >> '{}'\n", asked.display()));
        let sum =
            Command::new("sha256sum").arg(&archive).output().or_else(|_| Command::new("shasum").args(["-a", "256"]).arg(&archive).output());
        let sum = String::from_utf8(sum.unwrap().stdout).unwrap().split_whitespace().next().unwrap().to_owned();
        Self { temp, action, sum }
    }

    fn install(&self, sums: &str, repository: &str, system: [&str; 2]) -> Ran {
        self.action.file(".github/action/SHA256SUMS", format!("# none yet\n{sums}"));
        let mut command = Command::new("bash");
        command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/.github/action/install")).env_clear();
        command.env("PATH", format!("{}:{}", self.temp.path().join("bin").display(), std::env::var("PATH").unwrap()));
        command.envs([("CAULK_ACTION", self.action.path()), ("RUNNER_TEMP", self.temp.path())]);
        command.envs([("CAULK_REPOSITORY", repository), ("RUNNER_OS", system[0]), ("RUNNER_ARCH", system[1])]);
        finish(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    }

    /// What was asked of the programs.
    fn asked(&self) -> String {
        let path = self.temp.path().join("asked");
        let asked = std::fs::read_to_string(&path).unwrap_or_default();
        _ = std::fs::remove_file(path);
        asked
    }
}

/// The path that was printed.
fn out(ran: &Ran) -> &str {
    std::str::from_utf8(&ran.stdout).unwrap().trim()
}

#[test]
fn a_released_binary_is_run_only_if_it_is_the_one_that_the_commit_names() {
    let runner = Runner::new();
    let linux = ["Linux", "X64"];
    let ran = runner.install(&format!("{}  {ARCHIVE}\n", runner.sum), "owner/caulk", linux);
    assert_eq!(ran.code, 0, "{}", ran.text());
    assert_eq!(std::fs::read_to_string(out(&ran)).unwrap(), "a released binary");
    assert_eq!(runner.asked(), format!("https://github.com/owner/caulk/releases/download/v1.2.3/{ARCHIVE}\n"));

    // Another one is not run, and nothing is built in its place: somebody changed a release.
    let ran = runner.install(&format!("{}  {ARCHIVE}\n", "0".repeat(64)), "owner/caulk", linux);
    assert!(ran.code == 1 && out(&ran).is_empty() && ran.text().contains("is not the one"), "{}", ran.text());
    assert!(!runner.asked().contains("built"));
}

#[test]
fn without_a_released_binary_one_is_built() {
    let runner = Runner::new();
    let row = format!("{}  {ARCHIVE}\n", runner.sum);
    for (sums, repository, system) in [
        (row.as_str(), "", ["Linux", "X64"]),
        (row.as_str(), "owner/caulk", ["macOS", "ARM64"]),
        (row.as_str(), "owner/caulk", ["Linux", "RISCV64"]),
        ("", "owner/caulk", ["Linux", "X64"]),
        ("0000  caulk-1.2.3-x86_64-unknown-linux-gnu.tar.gz\n", "owner/caulk", ["Linux", "X64"]),
    ] {
        let ran = runner.install(sums, repository, system);
        assert_eq!(ran.code, 0, "{}", ran.text());
        assert!(out(&ran).ends_with("/caulk-target/release/caulk"), "{}", ran.text());
        assert!(runner.asked().starts_with("built build --quiet --release --locked"));
    }
}
