//! The scripts of steps, and the shell that runs them
//! (<https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell>).

use super::expression::{self, Use};
use super::job::{Job, Step};
use crate::formats::text::comments;
use crate::literal::LogicalPath;
use crate::source::{Place, Span, Text};
use crate::syntax::expression as syntax;
use crate::syntax::shell::{self, Dialect};
use crate::syntax::yaml::Node;

/// What runs a script.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shell {
    /// bash, sh and their kin.
    Posix,
    /// pwsh, Windows PowerShell.
    PowerShell,
    /// cmd.exe.
    Cmd,
    /// Python.
    Python,
    /// `actions/github-script`, node.
    JavaScript,
    /// Something that is not read.
    Other,
}

/// A script of a step.
pub struct Script<'a> {
    pub(super) node: Node<'a>,
    /// Its text.
    pub text: Text<'a>,
    /// What runs it.
    pub shell: Shell,
    /// The `${{ … }}` in it, in its decoded text.
    pub opaque: Vec<Span>,
    /// What each of them can come from.
    pub uses: Vec<Vec<Use>>,
    /// The step that runs it.
    step: Step<'a>,
    /// The input of its action that it is; nothing for `run`.
    input: Option<&'static str>,
    /// Where it says that the shell prints each command: `shell: bash -x {0}`.
    pub trace: Option<Place>,
    pub(super) template: syntax::Template,
}

/// Actions that run an input as a script, and in what.
const SCRIPT_INPUTS: [(&str, &str, Shell); 7] = [
    ("actions/github-script", "script", Shell::JavaScript),
    ("appleboy/ssh-action", "script", Shell::Posix),
    ("azure/cli", "inlinescript", Shell::Posix),
    ("azure/powershell", "inlinescript", Shell::PowerShell),
    ("nick-fields/retry", "command", Shell::Posix),
    ("nick-invision/retry", "command", Shell::Posix),
    ("addnab/docker-run-action", "run", Shell::Posix),
];

pub(super) fn of<'a>(step: &Step<'a>, job: &Job<'a>) -> Option<Script<'a>> {
    if let Some(run) = step.node.get("run") {
        let text = run.text()?;
        let shell = shell_of(step, job, text.as_str());
        return Some(Script { trace: traced(step, job), ..build(run, text, shell, step, None) });
    }
    let action = step.action()?;
    let (_, input, shell) = SCRIPT_INPUTS.iter().find(|(known, ..)| *known == action)?;
    let with = step.node.get("with")?;
    let entry = with.entries().find(|entry| entry.key.str().is_some_and(|key| key.eq_ignore_ascii_case(input)))?;
    let node = entry.value.resolve();
    Some(build(node, node.text()?, *shell, step, Some(input)))
}

fn build<'a>(node: Node<'a>, text: Text<'a>, shell: Shell, step: &Step<'a>, input: Option<&'static str>) -> Script<'a> {
    let template = syntax::split(text.as_str());
    let (opaque, uses) =
        expression::expressions(&template).map(|(outer, expression)| (outer, expression::uses_of(&text, outer, expression))).unzip();
    Script { node, text, shell, opaque, uses, step: step.clone(), input, template, trace: None }
}

/// `shell: bash -x {0}`, of the step or by default.
fn traced(step: &Step<'_>, job: &Job<'_>) -> Option<Place> {
    let is_on = |shell: &str| {
        let mut words = shell.split_ascii_whitespace();
        let posix = words.next().is_some_and(|program| program.ends_with("sh") && !program.ends_with("pwsh"));
        posix && words.any(|word| word == "xtrace" || (word.starts_with('-') && !word.starts_with("--") && word.contains('x')))
    };
    let own = step.node.get("shell").or_else(|| job.default_shell_node())?;
    own.str().filter(|shell| is_on(shell)).map(|_| step.source.place(own.text().map_or(own.span(), |text| text.span())))
}

/// `shell:` of the step, the job's or workflow's default, else what the runner's system has.
fn shell_of(step: &Step<'_>, job: &Job<'_>, script: &str) -> Shell {
    if let Some(shell) = step.node.get("shell").and_then(Node::str).or_else(|| job.default_shell()) {
        return by_name(&shell, script);
    }
    let labels = job.runs_on();
    if labels.iter().any(|label| label.to_ascii_lowercase().starts_with("windows")) {
        return Shell::PowerShell;
    }
    if labels.iter().any(|label| label.contains("${{")) { by_content(script) } else { Shell::Posix }
}

fn by_name(shell: &str, script: &str) -> Shell {
    let program = shell.split_ascii_whitespace().next().unwrap_or("");
    let program = program.rsplit(['/', '\\']).next().unwrap_or(program);
    match program.trim_end_matches(".exe") {
        "bash" | "sh" | "dash" | "zsh" | "ash" | "ksh" | "msys2" => Shell::Posix,
        "pwsh" | "powershell" => Shell::PowerShell,
        "cmd" => Shell::Cmd,
        "node" => Shell::JavaScript,
        program if program.starts_with("python") => Shell::Python,
        _ if shell.contains("${{") && is_cmd(script) => Shell::Cmd,
        _ if shell.contains("${{") => by_content(script),
        _ if shell.contains("bash") || shell.contains("sh ") => Shell::Posix,
        _ => Shell::Other,
    }
}

/// A matrix of systems: words that only one of the shells has.
fn by_content(script: &str) -> Shell {
    let lower = script.to_ascii_lowercase();
    let is_powershell = ["$env:", "write-host", "write-output", "get-childitem", "new-item"].iter().any(|word| lower.contains(word));
    if is_powershell { Shell::PowerShell } else { Shell::Posix }
}

/// A matrix of shells: `%NAME%` or `%NAME:~1%`, and nothing that another shell would replace.
fn is_cmd(script: &str) -> bool {
    let is_name = |name: &str| name.len() > 2 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let parts: Vec<&str> = script.split('%').collect();
    let closed = parts.get(1..parts.len() - 1).unwrap_or_default();
    !script.contains('$') && closed.iter().any(|part| is_name(part.split_once(":~").map_or(part, |(name, _)| name)))
}

impl Script<'_> {
    /// The step that runs it.
    pub(super) fn step(&self) -> &Step<'_> {
        &self.step
    }

    /// Whether it is the input of an action.
    pub(super) fn is_input(&self) -> bool {
        self.input.is_some()
    }

    /// The file it stands in.
    pub(super) fn source(&self) -> &crate::source::Source {
        self.step.source
    }

    /// Its logical path.
    #[must_use]
    pub fn path(&self) -> LogicalPath {
        match self.input {
            Some(input) => self.step.path(&["with", input]),
            None => self.step.path(&["run"]),
        }
    }

    /// The shell grammar it is written in, if it is a shell's.
    #[must_use]
    pub fn dialect(&self) -> Option<Dialect> {
        match self.shell {
            Shell::Posix => Some(Dialect::Posix),
            Shell::PowerShell => Some(Dialect::PowerShell),
            Shell::Cmd => Some(Dialect::Cmd),
            Shell::Python | Shell::JavaScript | Shell::Other => None,
        }
    }

    /// The comments in it, as places of the file.
    #[must_use]
    pub fn comments(&self) -> Vec<Span> {
        let text = self.text.as_str();
        let comments = match (self.dialect(), self.shell) {
            (Some(dialect), _) => shell::parse(text, dialect, &self.opaque).comments,
            (None, Shell::Python) => comments::of("script.py", text),
            (None, Shell::JavaScript) => comments::of("script.js", text),
            (None, _) => Vec::new(),
        };
        comments.iter().map(|span| self.text.hull(span.range())).collect()
    }

    /// The commands it runs, in order, seen through `sudo` and the like.
    #[must_use]
    pub fn commands(&self) -> Vec<Ran> {
        let Some(dialect) = self.dialect() else { return Vec::new() };
        let script = shell::parse(self.text.as_str(), dialect, &self.opaque);
        let ran = script.commands.iter().filter_map(|command| {
            let invocation = script.invocation(command)?;
            let words = invocation.args.iter().map(|arg| script.literal_prefix(arg).into_owned());
            let words = std::iter::once(invocation.name.into_owned()).chain(words).collect();
            Some(Ran { words, span: self.text.hull(command.span.range()), inner: command.span })
        });
        ran.collect()
    }

    /// What follows a command on its line, or on the line that a backslash continues: `|| true`.
    #[must_use]
    pub fn behind(&self, ran: &Ran) -> &str {
        let mut rest = self.text.as_str().get(ran.inner.end as usize..).unwrap_or("").trim_start_matches([' ', '\t']);
        while let Some(next) = rest.strip_prefix("\\\n") {
            rest = next.trim_start_matches([' ', '\t']);
        }
        rest.lines().next().unwrap_or(rest)
    }

    /// The secrets that its expressions name, each with the text before it on its line.
    pub fn secrets(&self) -> impl Iterator<Item = (&Use, &str)> {
        let found = self.uses.iter().flatten().filter(|found| found.is_secret());
        found.map(|found| {
            let before = self.text.as_str().get(..found.inner.start as usize).unwrap_or("");
            (found, before.rsplit('\n').next().unwrap_or(before))
        })
    }
}

/// A command of a script.
#[derive(Debug)]
pub struct Ran {
    /// The program and its arguments; of each argument the literal text it begins with.
    pub words: Vec<String>,
    /// Where it stands in the file.
    pub span: Span,
    /// Where it stands in the script's decoded text.
    inner: Span,
}

impl Ran {
    /// Whether it is this program with these words among its arguments, by itself or by way of a tool that runs others.
    #[must_use]
    pub fn is(&self, program: &str, words: &[&str]) -> bool {
        let own = self.run_by_others();
        own.first().is_some_and(|name| plain(name) == program) && words.iter().all(|wanted| own.iter().any(|word| word == wanted))
    }

    /// The command behind `python -m`, `npx`, `poetry run` and their kin.
    fn run_by_others(&self) -> &[String] {
        let same = |(word, known): (&String, &&str)| word == known || (*known == "python" && is_python(word));
        let begins = |before: &&&[&str]| self.words.len() > before.len() && self.words.iter().zip(**before).all(same);
        let skipped = RUNNERS.iter().find(begins).map_or(0, |before| before.len());
        self.words.get(skipped..).unwrap_or_default()
    }
}

/// Tools that run another program, and the words before its name.
#[rustfmt::skip]
const RUNNERS: [&[&str]; 13] = [
    &["python", "-m"], &["py", "-m"], &["uvx"], &["uv", "run"], &["uv", "tool", "run"], &["pipx", "run"],
    &["poetry", "run"], &["pdm", "run"], &["hatch", "run"], &["npx"], &["pnpm", "exec"], &["yarn", "run"], &["bundle", "exec"],
];

/// `python3`, `python3.12`.
fn is_python(word: &str) -> bool {
    word.strip_prefix("python").is_some_and(|version| version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'))
}

/// A program without what its system or its version adds: `nuget.exe`, `twine==6.1.0`.
fn plain(program: &str) -> &str {
    let program = program.split_once("==").map_or(program, |(name, _)| name);
    program.strip_suffix(".exe").unwrap_or(program)
}
