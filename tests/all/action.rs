//! What the Action runs, called as a runner would: per event, on clones as `actions/checkout` leaves them.
#![cfg(unix)]

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::ran::{Folder, Ran, finish, git};
use crate::samples::token;

const ZEROS: &str = "0000000000000000000000000000000000000000";

/// A repository on a server, and what a runner has of it.
struct Runner {
    origin: Folder,
    work: Folder,
    temp: Folder,
}

fn leak(seed: &str) -> String {
    format!("x = {}\n", token(seed))
}

/// A workflow with a secret in each line, and what stands behind it.
fn workflow(comments: &[&str]) -> String {
    let line = |(at, comment): (usize, &&str)| {
        format!("  B{at}: plain\n  A{at}: {} {comment}\n", leak(&format!("workflow {at}")).trim_start_matches("x = ").trim())
    };
    format!("on: push\njobs: {{}}\nenv:\n{}", comments.iter().enumerate().map(line).collect::<String>())
}

impl Runner {
    /// `main` has an old leak, which its `caulk.toml` says nothing of, and an accepted one; `feature` parts from it and brings two
    /// leaks, of which it would silence one. `main` goes on with a leak of its own.
    fn new() -> Self {
        let (origin, work, temp) = (Folder::new(), Folder::new(), Folder::new());
        origin.git(&["init", "-q", "-b", "main"]);
        origin.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
        let runner = Self { origin, work, temp };
        runner.commit(&[("old.txt", &leak("old")), (".github/workflows/a.yml", &workflow(&["# caulk: ignore[*] known"]))]);
        runner.origin.git(&["checkout", "-q", "-b", "feature"]);
        let more = workflow(&["# caulk: ignore[*] known", "# caulk: ignore[*] silenced"]);
        runner.commit(&[("new.txt", &leak("new")), (".github/workflows/a.yml", &more)]);
        runner.origin.git(&["checkout", "-q", "main"]);
        runner.commit(&[("main.txt", &leak("main"))]);
        runner
    }

    fn commit(&self, files: &[(&str, &str)]) {
        for (path, text) in files {
            self.origin.file(path, text);
        }
        self.origin.git(&["add", "-A"]);
        self.origin.git(&["commit", "-q", "-m", "a commit"]);
    }

    fn sha(&self, name: &str) -> String {
        String::from_utf8(self.origin.git(&["rev-parse", name])).unwrap().trim().to_owned()
    }

    /// Merges `feature` into `main`, as GitHub does for a pull request and a queue; the merge's hash.
    fn merged(&self) -> String {
        self.origin.git(&["checkout", "-q", "-B", "merge", "main"]);
        self.origin.git(&["merge", "-q", "--no-ff", "--no-edit", "feature"]);
        self.origin.git(&["checkout", "-q", "main"]);
        self.sha("merge")
    }

    /// A checkout of one commit, without a history.
    fn check_out(&self, sha: &str, below: &str) -> PathBuf {
        let folder = self.work.path().join(below);
        std::fs::create_dir_all(&folder).unwrap();
        git(&folder, &["init", "-q", "-b", "main"]);
        git(&folder, &["remote", "add", "origin", &format!("file://{}", self.origin.path().display())]);
        git(&folder, &["fetch", "-q", "--depth=1", "origin", sha]);
        git(&folder, &["checkout", "-q", "--detach", "FETCH_HEAD"]);
        folder
    }

    fn run(&self, sha: &str, event: &str, more: &[(&str, &str)]) -> Ran {
        let base = if event == "push" { ZEROS.to_owned() } else { String::new() };
        let mut command = Command::new("bash");
        command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/.github/action/lint")).current_dir(self.work.path()).env_clear();
        command.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        command.envs([("HOME", self.temp.path()), ("RUNNER_TEMP", self.temp.path())]);
        command.envs([("GITHUB_STEP_SUMMARY", self.temp.path().join("summary")), ("GITHUB_OUTPUT", self.temp.file("output", ""))]);
        command.envs([("CAULK", env!("CARGO_BIN_EXE_caulk")), ("CAULK_PATH", "."), ("CAULK_FAIL_ON", "low")]);
        command.envs([("CAULK_DIFF", "auto"), ("CAULK_CONFIG_FROM", "auto"), ("CAULK_TOKEN", ""), ("CAULK_BASE", &base)]);
        command.envs([("CAULK_DEFAULT_BRANCH", "main"), ("GITHUB_EVENT_NAME", event), ("GITHUB_SHA", sha)]);
        command.envs(more.iter().copied());
        finish(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    }

    /// The places that the report names, and whether the outputs say how many.
    #[track_caller]
    fn places(&self, ran: &Ran) -> Vec<String> {
        let json = std::fs::read(self.temp.path().join("caulk.json")).unwrap_or_else(|error| panic!("{error}: {}", ran.text()));
        let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
        let findings = json["findings"].as_array().unwrap().iter().filter(|it| it["suppressed"].is_null());
        let place = |it: &serde_json::Value| format!("{}:{}", it["path"].as_str().unwrap(), it["range"]["start"]["line"]);
        let places: Vec<String> = findings.map(place).collect();
        let output = std::fs::read_to_string(self.temp.path().join("output")).unwrap();
        assert!(output.contains(&format!("findings={}\n", places.len())), "{output}\n{}", ran.text());
        assert!(self.temp.path().join("summary").exists());
        assert_eq!(ran.code, i32::from(!places.is_empty()), "{}", ran.text());
        assert!(self.for_code_scanning() >= places.len());
        places
    }

    /// How many results code scanning gets.
    fn for_code_scanning(&self) -> usize {
        let sarif: serde_json::Value = serde_json::from_slice(&std::fs::read(self.temp.path().join("caulk.sarif")).unwrap()).unwrap();
        let results = sarif["runs"][0]["results"].as_array().unwrap();
        results.iter().filter(|it| it["suppressions"].as_array().is_none_or(Vec::is_empty)).count()
    }
}

const PROPOSED: [&str; 2] = [".github/workflows/a.yml:7", "new.txt:1"];

#[test]
fn a_pull_request_is_judged_by_its_own_lines_and_the_base() {
    let runner = Runner::new();
    let sha = runner.merged();
    runner.check_out(&sha, ".");
    // The event may name an older base than the one that was merged into.
    let base = runner.sha("main~1");
    let ran = runner.run(&sha, "pull_request", &[("CAULK_BASE", &base)]);
    assert_eq!(runner.places(&ran), PROPOSED, "{}", ran.text());
    assert!(!ran.text().contains("warning title=caulk::the base"), "{}", ran.text());
    assert!(!ran.text().contains("does not reach back"), "{}", ran.text());
    // Again, now that the base is here.
    let ran = runner.run(&sha, "pull_request", &[("CAULK_BASE", &base)]);
    assert_eq!(runner.places(&ran), PROPOSED);
    let ran = runner.run(&sha, "pull_request", &[("CAULK_BASE", &base), ("CAULK_CONFIG_FROM", "off")]);
    assert_eq!(runner.places(&ran), ["new.txt:1"]);
    let ran = runner.run(&sha, "pull_request", &[("CAULK_BASE", &base), ("CAULK_DIFF", "off")]);
    assert_eq!(runner.places(&ran), [PROPOSED[0], "main.txt:1", PROPOSED[1], "old.txt:1"]);
}

#[test]
fn a_pull_request_may_be_checked_out_as_its_own_head() {
    let runner = Runner::new();
    let (sha, merge) = (runner.sha("feature"), runner.merged());
    runner.check_out(&sha, ".");
    let base = runner.sha("main");
    let ran = runner.run(&merge, "pull_request", &[("CAULK_BASE", &base)]);
    assert_eq!(runner.places(&ran), PROPOSED, "{}", ran.text());
    // The history was fetched as far as needed: what `main` did since is not taken for a change.
    assert!(!ran.text().contains("does not reach back"), "{}", ran.text());
}

#[test]
fn where_the_base_cannot_be_fetched_nothing_is_silenced() {
    let runner = Runner::new();
    let (sha, base) = (runner.merged(), runner.sha("main"));
    let folder = runner.check_out(&sha, ".");
    git(&folder, &["remote", "set-url", "origin", "file:///nowhere"]);
    std::fs::write(folder.join("caulk.toml"), "[lint]\nexclude = [\"*.txt\"]\n").unwrap();
    for event in ["pull_request", "merge_group", "pull_request_target"] {
        let ran = runner.run(&sha, event, &[("CAULK_BASE", &base)]);
        let all = [".github/workflows/a.yml:5", ".github/workflows/a.yml:7", "main.txt:1", "new.txt:1", "old.txt:1"];
        assert_eq!(runner.places(&ran), all, "{}", ran.text());
        assert!(ran.text().contains("::warning title=caulk::the base of this change could not be fetched"), "{}", ran.text());
    }
}

#[test]
fn a_queue_is_judged_as_a_pull_request_is() {
    let runner = Runner::new();
    let (sha, base) = (runner.merged(), runner.sha("main"));
    runner.check_out(&sha, ".");
    let ran = runner.run(&sha, "merge_group", &[("CAULK_BASE", &base)]);
    assert_eq!(runner.places(&ran), PROPOSED, "{}", ran.text());
}

#[test]
fn a_push_is_judged_by_what_it_pushes_and_its_own_configuration() {
    let runner = Runner::new();
    let (sha, before) = (runner.merged(), runner.sha("main"));
    runner.check_out(&sha, ".");
    let main = ("GITHUB_REF", "refs/heads/main");
    let ran = runner.run(&sha, "push", &[("CAULK_BASE", &before), main]);
    assert_eq!(runner.places(&ran), ["new.txt:1"], "{}", ran.text());
    // It would close the alerts of what it does not get.
    assert_eq!(runner.for_code_scanning(), 3);
    // The first push of all, a tag, and a run without a base: everything.
    let all = ["main.txt:1", "new.txt:1", "old.txt:1"];
    assert_eq!(runner.places(&runner.run(&sha, "push", &[main])), all);
    assert_eq!(runner.places(&runner.run(&sha, "push", &[("GITHUB_REF", "refs/tags/v1")])), all);
    assert_eq!(runner.places(&runner.run(&sha, "schedule", &[main])), all);
    assert_eq!(runner.places(&runner.run(&sha, "workflow_dispatch", &[main])), all);
    // What was there before is gone: everything.
    let gone = "1".repeat(40);
    assert_eq!(runner.places(&runner.run(&sha, "push", &[("CAULK_BASE", &gone), main])), all);
}

#[test]
fn a_new_branch_is_compared_with_the_default_one() {
    let runner = Runner::new();
    let sha = runner.sha("feature");
    runner.check_out(&sha, ".");
    let ran = runner.run(&sha, "push", &[("GITHUB_REF", "refs/heads/feature")]);
    assert_eq!(runner.places(&ran), ["new.txt:1"], "{}", ran.text());
}

#[test]
fn a_commit_may_be_named_and_a_whole_clone_stays_whole() {
    let runner = Runner::new();
    let sha = runner.merged();
    let folder = runner.check_out(&sha, ".");
    git(&folder, &["fetch", "-q", "--unshallow", "origin", "+refs/heads/*:refs/remotes/origin/*"]);
    let named = |diff: &str, config: &str| runner.run(&sha, "schedule", &[("CAULK_DIFF", diff), ("CAULK_CONFIG_FROM", config)]);
    assert_eq!(runner.places(&named("origin/main", "auto")), ["new.txt:1"]);
    assert_eq!(runner.places(&named("main", "main")), PROPOSED);
    assert_eq!(runner.places(&named("HEAD^1", "HEAD^1")), PROPOSED);
    assert_eq!(git(&folder, &["rev-parse", "--is-shallow-repository"]), b"false\n");
    for odd in ["gone", "--upload-pack=touch x", "a b", "$(touch x)"] {
        let ran = named(odd, "off");
        assert!(ran.code == 2 && ran.text().contains("could not be fetched"), "{}", ran.text());
        assert!(!folder.join("x").exists());
    }
    assert!(named("off", "gone").text().contains("::warning title=caulk::the base of this change could not be fetched"));
}

#[test]
fn a_path_a_file_and_a_checkout_in_a_folder() {
    let runner = Runner::new();
    let (sha, base) = (runner.merged(), runner.sha("main"));
    runner.check_out(&sha, "source");
    let lint = |path| runner.run(&sha, "pull_request", &[("CAULK_BASE", &base), ("CAULK_PATH", path)]);
    assert_eq!(runner.places(&lint("source")), PROPOSED);
    assert_eq!(runner.places(&lint("./source/.github")), [PROPOSED[0]]);
    assert_eq!(runner.places(&lint("source/new.txt")), [PROPOSED[1]]);
    assert_eq!(lint("source/gone").code, 2);
    // Without a repository there is nothing to compare with, and nobody whose configuration counts.
    std::fs::remove_dir_all(runner.work.path().join("source/.git")).unwrap();
    let ran = lint("source");
    assert!(ran.code == 1 && ran.text().contains("could not be fetched"), "{}", ran.text());
}

#[test]
fn the_token_is_used_only_where_the_checkout_left_none() {
    use std::os::unix::fs::PermissionsExt;
    let runner = Runner::new();
    let (sha, base) = (runner.merged(), runner.sha("main"));
    runner.check_out(&sha, ".");
    // A git that lets nobody fetch who does not show a token.
    let path = std::env::var("PATH").unwrap();
    let asked = runner.temp.path().join("asked");
    let script = format!(
        "#!/bin/sh\ncase \" $* \" in *\" fetch \"*) echo \"$GIT_CONFIG_KEY_0 $GIT_CONFIG_VALUE_0\" >> '{}'; [ -n \"$GIT_CONFIG_COUNT\" ] || exit 1;; \
         esac\nPATH='{path}' exec git \"$@\"\n",
        asked.display()
    );
    let wrapper = runner.temp.file("bin/git", script);
    std::fs::set_permissions(&wrapper, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{path}", wrapper.parent().unwrap().display());
    let ran = runner.run(&sha, "pull_request", &[("CAULK_BASE", &base), ("CAULK_TOKEN", "tide"), ("PATH", &path)]);
    assert_eq!(runner.places(&ran), PROPOSED, "{}", ran.text());
    // `x-access-token:tide`
    let expected = " \nhttp.https://github.com/.extraheader AUTHORIZATION: basic eC1hY2Nlc3MtdG9rZW46dGlkZQ==\n";
    assert_eq!(std::fs::read_to_string(asked).unwrap(), expected);
    assert!(!ran.text().contains("eC1hY2Nlc3MtdG9rZW46dGlkZQ"));
}
