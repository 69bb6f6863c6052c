//! Asks git what only git knows: what is in the index, what a commit holds. The repository is not trusted, so git runs with the
//! plumbing commands alone and with everything switched off by which a repository's configuration could name a program.

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::ReadFailure;
use super::repository::git_directory;

/// Why git did not answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum GitFailure {
    /// There is no repository around the directory.
    NoRepository,
    /// There is no program `git` in an absolute directory of `PATH`.
    NoGit,
    /// The name is no commit that is here.
    NoCommit(String),
    /// Git ended with an error. What it said may quote the repository and is not passed on.
    Failed(&'static str),
}

impl GitFailure {
    /// The reason in words, with what to do about it. It holds text that was typed; print it only through an escaper.
    #[must_use]
    pub fn reason(&self) -> String {
        match self {
            Self::NoRepository => {
                "there is no git repository here, or a bare one, and only git knows what was changed and what was committed".to_owned()
            }
            Self::NoGit => "there is no `git` in `PATH`".to_owned(),
            Self::NoCommit(name) if name == "HEAD" => {
                "`HEAD` is no commit yet: nothing was committed here that could be compared with".to_owned()
            }
            Self::NoCommit(name) if name.starts_with("HEAD") && is_plain(name) => {
                format!("`{name}` is no commit of this clone, which may be a shallow one: `git fetch --deepen=10` brings more")
            }
            Self::NoCommit(name) if is_plain(name) => {
                let branch = name.strip_prefix("origin/").unwrap_or(name);
                format!(
                    "`{name}` is no commit of this clone; fetch it first, with `git fetch origin {branch}`, and name it `origin/{branch}` or \
                     `FETCH_HEAD` (a job of GitHub Actions: `fetch-depth: 0` for the checkout)"
                )
            }
            Self::NoCommit(name) => format!("`{name}` is no name of a commit"),
            Self::Failed(command) => format!("`git {command}` failed; is the repository whole, and does git work in it?"),
        }
    }
}

/// What may be the name of a branch, a tag or a commit, and no option.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && !name.starts_with('-') && !name.chars().any(|char| char.is_control() || char.is_whitespace())
}

/// What a repository's configuration could run, and the setting that stops it. The rest of it is stopped by the environment.
/// <https://git-scm.com/docs/git-config>
const OFF: &[&str] = &[
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.pager=cat",
    "core.attributesFile=/dev/null",
    "core.untrackedCache=false",
    "diff.external=",
    "credential.helper=",
    "protocol.allow=never",
    "gc.auto=0",
    "maintenance.auto=false",
    // In a container the checkout often belongs to somebody else. Git refuses it because of what a configuration could run.
    "safe.directory=*",
];

/// The variables of ours that reach git: where its own programs are. No other can lead it elsewhere.
const KEPT: &[&str] = &["PATH", "SYSTEMROOT"];

/// A file that has another path now.
#[derive(Debug)]
pub(super) struct Renamed {
    pub(super) old: Vec<u8>,
    pub(super) new: Vec<u8>,
}

/// Git in one repository.
#[derive(Debug)]
pub(super) struct Git {
    program: PathBuf,
    root: PathBuf,
}

impl Git {
    /// Git for the repository with this root.
    pub(super) fn at(root: &Path) -> Result<Self, GitFailure> {
        let name = if cfg!(windows) { "git.exe" } else { "git" };
        let path = std::env::var_os("PATH").unwrap_or_default();
        // A relative directory in PATH would be looked for in the repository.
        let folders = std::env::split_paths(&path).filter(|folder| folder.is_absolute());
        let program = folders.map(|folder| folder.join(name)).find(|file| file.is_file()).ok_or(GitFailure::NoGit)?;
        Ok(Self { program, root: root.to_owned() })
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(["--no-pager", "--no-optional-locks", "--no-replace-objects", "--literal-pathspecs"]);
        command.args(OFF.iter().flat_map(|setting| ["-c", setting])).args(arguments);
        command.current_dir(&self.root).env_clear().envs(KEPT.iter().filter_map(|name| Some((*name, std::env::var_os(name)?))));
        command.envs(self.index().map(|path| ("GIT_INDEX_FILE", path)));
        let nothing = if cfg!(windows) { "NUL" } else { "/dev/null" };
        command.envs([("GIT_CONFIG_NOSYSTEM", "1"), ("GIT_CONFIG_SYSTEM", nothing), ("GIT_CONFIG_GLOBAL", nothing)]);
        // A partial clone would fetch what it lacks, through programs that its configuration names.
        command.envs([("GIT_NO_LAZY_FETCH", "1"), ("GIT_ALLOW_PROTOCOL", "none"), ("GIT_TERMINAL_PROMPT", "0")]);
        command.envs([("GIT_ATTR_NOSYSTEM", "1"), ("GIT_FLUSH", "1"), ("LC_ALL", "C")]);
        command.env("GIT_CEILING_DIRECTORIES", self.root.parent().unwrap_or(&self.root));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        command
    }

    /// The index that a commit in progress uses, as a hook is told; git counts from the root. In a hook of another repository the
    /// variables speak of that one.
    fn index(&self) -> Option<OsString> {
        let path = std::env::var_os("GIT_INDEX_FILE")?;
        let of_hook = std::env::var_os("GIT_DIR").map(|directory| self.root.join(directory).canonicalize().ok());
        let own = || git_directory(&self.root).and_then(|directory| directory.canonicalize().ok());
        of_hook.is_none_or(|directory| directory.is_some() && directory == own()).then_some(path)
    }

    /// What a command writes.
    pub(super) fn ask(&self, arguments: &[&str]) -> Result<Vec<u8>, GitFailure> {
        let failed = || GitFailure::Failed(COMMANDS.iter().find(|name| arguments.contains(*name)).copied().unwrap_or("…"));
        let output = self.command(arguments).output().map_err(|_| failed())?;
        if output.status.success() { Ok(output.stdout) } else { Err(failed()) }
    }

    /// The commit that a name stands for.
    pub(super) fn commit(&self, name: &str) -> Result<String, GitFailure> {
        let unknown = || GitFailure::NoCommit(name.to_owned());
        if !is_plain(name) {
            return Err(unknown());
        }
        let commit = format!("{name}^{{commit}}");
        let said = self.ask(&["rev-parse", "--verify", "--quiet", "--end-of-options", &commit]).map_err(|_| unknown())?;
        hash(&said).ok_or_else(unknown)
    }

    /// The commit that is checked out; None before the first one.
    pub(super) fn head(&self) -> Option<String> {
        self.commit("HEAD").ok()
    }

    /// Where the history of a commit and of what is checked out part; None where this clone does not reach back so far.
    pub(super) fn merge_base(&self, commit: &str) -> Option<String> {
        hash(&self.ask(&["merge-base", "--end-of-options", commit, "HEAD"]).ok()?)
    }

    /// Files of a commit that the index has under another name. Git compares the contents as they are stored.
    pub(super) fn renames(&self, commit: &str) -> Result<Vec<Renamed>, GitFailure> {
        let how = ["diff-index", "--cached", "--name-status", "-z", "-M", "-l1000", "--diff-filter=R", "--ignore-submodules=all"];
        let arguments: Vec<&str> = how.into_iter().chain(["--no-ext-diff", "--no-textconv", commit, "--"]).collect();
        let said = self.ask(&arguments)?;
        let mut fields = said.split(|byte| *byte == 0);
        let mut renames = Vec::new();
        while let (Some(_), Some(old), Some(new)) = (fields.next(), fields.next(), fields.next()) {
            renames.push(Renamed { old: old.to_vec(), new: new.to_vec() });
        }
        Ok(renames)
    }

    /// The paths of files that the index has otherwise than a commit, or not at all, or that are new. Files on disk are not looked
    /// at: git would run the filters that the repository's configuration names.
    pub(super) fn changed(&self, commit: &str) -> Result<Vec<Vec<u8>>, GitFailure> {
        let how = ["diff-index", "--cached", "--name-only", "-z", "--no-renames", "--ignore-submodules=all", "--no-ext-diff"];
        let arguments: Vec<&str> = how.into_iter().chain(["--no-textconv", commit, "--"]).collect();
        let said = self.ask(&arguments)?;
        Ok(said.split(|byte| *byte == 0).filter(|path| !path.is_empty()).map(<[u8]>::to_vec).collect())
    }

    /// The tree without files, which every repository knows.
    pub(super) fn empty_tree(&self) -> Result<String, GitFailure> {
        let failed = GitFailure::Failed("hash-object");
        hash(&self.ask(&["hash-object", "-t", "tree", "--stdin"])?).ok_or(failed)
    }

    /// A process that hands out blobs.
    pub(super) fn blobs(&self) -> Result<Blobs, GitFailure> {
        let failed = |_| GitFailure::Failed("cat-file");
        let mut child = self.command(&["cat-file", "--batch"]).stdin(Stdio::piped()).spawn().map_err(failed)?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(asked), Some(answers)) => Ok(Blobs { child, asked: Some(asked), answers: BufReader::new(answers) }),
            _ => Err(GitFailure::Failed("cat-file")),
        }
    }
}

/// The commands that are asked, for messages.
const COMMANDS: &[&str] = &["rev-parse", "merge-base", "hash-object", "ls-files", "ls-tree", "diff-index"];

/// One hash on one line.
fn hash(line: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(line).ok()?.lines().next()?.trim();
    let is_hash = text.len() >= 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hash.then(|| text.to_owned())
}

/// `git cat-file --batch`: <https://git-scm.com/docs/git-cat-file#_batch_output>.
#[derive(Debug)]
pub(super) struct Blobs {
    child: Child,
    asked: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Blobs {
    /// The bytes of a blob.
    pub(super) fn read(&mut self, id: &str, limit: u64) -> Result<Vec<u8>, ReadFailure> {
        self.answer(id, limit).map_err(|error| ReadFailure::Io(error.kind())).and_then(|bytes| bytes.ok_or(ReadFailure::TooLarge))
    }

    fn answer(&mut self, id: &str, limit: u64) -> io::Result<Option<Vec<u8>>> {
        let asked = self.asked.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        asked.write_all(format!("{id}\n").as_bytes())?;
        asked.flush()?;
        let mut head = String::new();
        self.answers.read_line(&mut head)?;
        // A blob that is not in this clone: `<id> missing`.
        let size = head.trim_end().split_once(" blob ").and_then(|(_, size)| size.parse::<u64>().ok()).ok_or(io::ErrorKind::NotFound)?;
        let mut body = self.answers.by_ref().take(size + 1);
        if size > limit {
            io::copy(&mut body, &mut io::sink())?;
            return Ok(None);
        }
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0) + 1);
        body.read_to_end(&mut bytes)?;
        if bytes.len() as u64 != size + 1 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        bytes.pop();
        Ok(Some(bytes))
    }
}

impl Drop for Blobs {
    fn drop(&mut self) {
        self.asked = None;
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
