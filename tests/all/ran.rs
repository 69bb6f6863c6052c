//! Runs the binary as a CI job would: nothing of the caller's environment, a time limit, every byte of its output kept.

use std::ffi::OsStr;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// Far more than anything here takes; what needs longer hangs.
pub(crate) const LIMIT: Duration = Duration::from_secs(30);

/// What a run left behind.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
}

/// A directory of files to run caulk in; gone at the end of the test.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let folder = Self::new();
        for (path, text) in files {
            folder.file(path, text);
        }
        folder
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.0.path().canonicalize().unwrap()
    }

    pub(crate) fn file(&self, path: impl AsRef<OsStr>, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(path.as_ref());
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Runs caulk here.
    pub(crate) fn caulk<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Ran {
        finish(self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    }

    /// `caulk lint --format json` here.
    pub(crate) fn lint<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Ran {
        let mut all: Vec<&OsStr> = ["lint", "--format", "json"].iter().map(OsStr::new).collect();
        all.extend(arguments.iter().map(AsRef::as_ref));
        self.caulk(&all)
    }

    pub(crate) fn command<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_caulk"));
        command.args(arguments).current_dir(self.path()).env_clear().stdin(Stdio::null());
        command
    }

    /// Runs git here, without hooks and without the user's configuration; its standard output.
    pub(crate) fn git(&self, arguments: &[&str]) -> Vec<u8> {
        git(&self.path(), arguments)
    }
}

pub(crate) fn git(directory: &Path, arguments: &[&str]) -> Vec<u8> {
    let settings = ["-c", "core.hooksPath=/dev/null", "-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgSign=false"];
    let output = Command::new("git")
        .args(settings)
        .args(arguments)
        .current_dir(directory)
        .env_clear()
        .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .output()
        .unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// Waits for the end, or kills and fails.
pub(crate) fn finish(mut child: Child) -> Ran {
    let drain = |pipe: Option<Box<dyn Read + Send>>| {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            pipe.map(|mut pipe| pipe.read_to_end(&mut bytes));
            bytes
        })
    };
    let stdout = drain(child.stdout.take().map(|pipe| Box::new(pipe) as _));
    let stderr = drain(child.stderr.take().map(|pipe| Box::new(pipe) as _));
    let started = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if started.elapsed() > LIMIT {
            child.kill().unwrap();
            panic!("caulk hangs");
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let code = status.code().unwrap_or_else(|| panic!("caulk died: {status}"));
    Ran { code, stdout: stdout.join().unwrap(), stderr: stderr.join().unwrap() }
}

impl Ran {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// Everything it said.
    pub(crate) fn text(&self) -> String {
        format!("{}\n{}", String::from_utf8_lossy(&self.stdout), String::from_utf8_lossy(&self.stderr))
    }

    /// Places of the findings of one check, as `path:line`.
    pub(crate) fn places(&self, check: &str) -> Vec<String> {
        let json = self.json();
        let findings = json["findings"].as_array().unwrap();
        let of_check = findings.iter().filter(|finding| finding["check"] == check && finding["suppressed"].is_null());
        of_check.map(|finding| format!("{}:{}", finding["path"].as_str().unwrap(), finding["range"]["start"]["line"])).collect()
    }

    /// Why a path was passed over; empty where it was not.
    pub(crate) fn passed_over(&self, path: &str) -> String {
        let json = self.json();
        let entries = json["coverage"]["passed_over"].as_array().unwrap();
        let reasons = entries.iter().filter(|entry| entry["path"] == path).map(|entry| entry["reason"].as_str().unwrap().to_owned());
        reasons.collect::<Vec<_>>().join("; ")
    }

    /// Fails unless the run ended with this code, and says what it printed.
    #[track_caller]
    pub(crate) fn ends_with(&self, code: i32) -> &Self {
        assert_eq!(self.code, code, "{}", self.text());
        self
    }
}
