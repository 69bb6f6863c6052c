//! Arguments in which secrets are seen by others: the process list, the history of an image, a comment, a program's own chatter.

use super::Reach;
use crate::secrets::is_secret_name;
use crate::source::Span;
use crate::syntax::shell::{Invocation, Named, Part, PartKind, Script, Word};

/// A part of a command line that must hold no secret.
pub(super) enum Risk {
    /// A word, or the end of one.
    Word(Word),
    /// The program takes the value of this variable.
    Variable(String, Span),
}

/// Programs whose arguments are looked at.
#[rustfmt::skip]
const PROGRAMS: [&str; 41] = [
    "docker", "podman", "buildah", "nerdctl", "kaniko", "executor", "docker-compose", "img", "skopeo", "crane", "oras",
    "gh", "glab", "hub",
    "curl",
    "mysql", "mysqldump", "mysqladmin", "mariadb", "psql", "pg_dump", "pg_restore", "mongo", "mongosh", "mongodump", "redis-cli", "sqlcmd",
    "sshpass", "az", "helm", "kubectl", "oc", "git", "svn", "openssl", "zip", "unzip", "gpg", "gpg2", "ldapsearch", "keytool",
];

pub(super) fn is_known(program: &str) -> bool {
    PROGRAMS.contains(&program)
}

/// The arguments at risk, and where they are seen.
pub(super) fn risks(script: &Script<'_>, invocation: &Invocation<'_>, named: &[Named<'_>]) -> Vec<(Reach, Risk)> {
    let looked = Looked { script, invocation };
    match &*invocation.name {
        "curl" => looked.verbose(),
        "gh" | "glab" | "hub" => looked.comment(),
        name if looked.builds(name) => looked.build_arguments(),
        _ => looked.on_the_command_line(named),
    }
}

struct Looked<'l, 'a> {
    script: &'l Script<'a>,
    invocation: &'l Invocation<'l>,
}

impl Looked<'_, '_> {
    fn text(&self, word: &Word) -> String {
        self.script.literal_prefix(word).into_owned()
    }

    fn has(&self, words: &[&str]) -> bool {
        self.invocation.args.iter().any(|arg| words.iter().any(|word| self.script.is(arg, word)))
    }

    fn builds(&self, name: &str) -> bool {
        let is_builder = matches!(name, "docker" | "podman" | "buildah" | "nerdctl" | "docker-compose" | "img");
        matches!(name, "kaniko" | "executor") || (is_builder && self.has(&["build", "bud", "bake", "buildx"]))
    }

    /// `--build-arg NAME=value`, `--build-arg NAME`, `--set *.args.NAME=value`.
    fn build_arguments(&self) -> Vec<(Reach, Risk)> {
        let mut risks = Vec::new();
        let args = self.invocation.args;
        for (index, arg) in args.iter().enumerate() {
            let text = self.text(arg);
            let value = match &*text {
                "--build-arg" => args.get(index + 1).cloned(),
                "--set" => args.get(index + 1).filter(|next| self.text(next).contains(".args.")).cloned(),
                _ if text.starts_with("--build-arg=") => Some(arg.after(arg.span.start + 12)),
                _ => None,
            };
            let Some(value) = value else { continue };
            let name = self.script.literal(&value).filter(|name| !name.is_empty() && !name.contains('='));
            let risk = match name {
                Some(name) => Risk::Variable(name.into_owned(), value.span),
                None => Risk::Word(value),
            };
            risks.push((Reach::BuildArgument, risk));
        }
        risks
    }

    /// `gh pr comment --body "…"`, `gh release create --notes "…"`.
    fn comment(&self) -> Vec<(Reach, Risk)> {
        let written = self.has(&["comment", "create", "edit", "review", "note"]) && self.has(&["pr", "issue", "release", "mr", "gist"]);
        let flags = ["-b", "--body", "-n", "--notes", "-t", "--title", "-m", "--message", "--description"];
        let args = self.invocation.args;
        let glued = |text: &str| flags.iter().any(|flag| flag.starts_with("--") && text.starts_with(&format!("{flag}=")));
        let mut risks = Vec::new();
        for (index, arg) in args.iter().enumerate().filter(|_| written) {
            let text = self.text(arg);
            let value = if flags.contains(&&*text) { args.get(index + 1) } else { Some(arg).filter(|_| glued(&text)) };
            risks.extend(value.map(|value| (Reach::Comment, Risk::Word(value.clone()))));
        }
        risks
    }

    /// `curl -v -H "Authorization: …"`: the headers are printed.
    fn verbose(&self) -> Vec<(Reach, Risk)> {
        let args = self.invocation.args;
        let short = |text: &str| {
            let is_short = text.starts_with('-') && !text.starts_with("--");
            // Letters behind one that takes a value are its value.
            is_short && text.chars().take_while(|letter| !"HudoXAebTFmw".contains(*letter)).any(|letter| letter == 'v')
        };
        let texts: Vec<String> = args.iter().map(|arg| self.text(arg)).collect();
        let to_log = |index: usize| texts.get(index + 1).is_some_and(|file| matches!(&**file, "-" | "/dev/stdout" | "/dev/stderr" | "%"));
        let says = texts
            .iter()
            .enumerate()
            .any(|(index, text)| short(text) || text == "--verbose" || (matches!(&**text, "--trace" | "--trace-ascii") && to_log(index)));
        let mut risks = Vec::new();
        for (index, text) in texts.iter().enumerate().filter(|_| says) {
            if matches!(&**text, "-H" | "--header" | "-u" | "--user" | "--oauth2-bearer" | "-d" | "--data") {
                risks.extend(args.get(index + 1).map(|value| (Reach::Verbose, Risk::Word(value.clone()))));
            }
        }
        risks
    }

    fn on_the_command_line(&self, named: &[Named<'_>]) -> Vec<(Reach, Risk)> {
        let args = self.invocation.args;
        let is_argument = |value: &&Named<'_>| args.iter().any(|arg| arg.span.contains(value.value.span));
        let secret = named.iter().filter(is_argument).filter(|value| self.is_secret(value));
        let mut risks: Vec<(Reach, Risk)> = secret.map(|value| (Reach::Argument, Risk::Word(value.value.clone()))).collect();
        risks.extend(args.iter().filter_map(|arg| self.userinfo(arg)).map(|word| (Reach::Argument, Risk::Word(word))));
        risks
    }

    /// `--password x`, `--set db.password=x`, `--from-literal=token=x`; not what only names a file or a secret.
    fn is_secret(&self, value: &Named<'_>) -> bool {
        let name = value.name.rsplit(['.', '/']).next().unwrap_or(&value.name);
        let flag = self.script.slice(value.name_span);
        is_secret_name(name) && !flag.contains("file") && !flag.contains("stdin")
    }

    /// `https://user:$TOKEN@host/`: the parts before the `@`.
    fn userinfo(&self, word: &Word) -> Option<Word> {
        if !self.text(word).contains("://") {
            return None;
        }
        let end =
            word.parts.iter().position(|part: &Part| part.kind == PartKind::Literal && self.script.slice(part.span).starts_with('@'))?;
        Some(Word { span: word.span, parts: word.parts.get(..end)?.to_vec() })
    }
}
