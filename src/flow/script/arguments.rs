//! Arguments in which secrets are seen by others: the process list, the history of an image, a comment, a program's own chatter.

use super::Reach;
use super::shells::is_terraform;
use crate::secrets::is_secret_name;
use crate::source::Span;
use crate::syntax::shell::{Invocation, Named, Part, PartKind, Script, Word};

/// A part of a command line that must hold no secret.
pub(super) enum Risk {
    /// A word, or the end of one.
    Word(Word),
    /// What stands in the file that it names.
    File(Word),
    /// The program takes the value of this variable.
    Variable(String, Span),
}

/// Programs whose arguments are looked at.
#[rustfmt::skip]
const PROGRAMS: [&str; 47] = [
    "docker", "podman", "buildah", "nerdctl", "kaniko", "executor", "docker-compose", "img", "skopeo", "crane", "oras",
    "gh", "glab", "hub",
    "curl", "wget", "http", "xh", "terraform", "tofu", "terragrunt",
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
        "curl" | "wget" | "http" | "xh" => looked.verbose(),
        name if is_terraform(name) => looked.of_terraform(),
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
        // Variables are shown to everybody who may see the settings, and in logs as they are.
        let written = written || (self.has(&["variable"]) && self.has(&["set"]));
        let flags = ["-b", "--body", "-n", "--notes", "-t", "--title", "-m", "--message", "--description"];
        let files = ["-F", "--body-file", "--notes-file"];
        let args = self.invocation.args;
        let glued = |text: &str| flags.iter().any(|flag| flag.starts_with("--") && text.starts_with(&format!("{flag}=")));
        let mut risks = Vec::new();
        for (index, arg) in args.iter().enumerate().filter(|_| written) {
            let text = self.text(arg);
            let value = if flags.contains(&&*text) { args.get(index + 1) } else { Some(arg).filter(|_| glued(&text)) };
            risks.extend(value.map(|value| (Reach::Comment, Risk::Word(value.clone()))));
            let file = args.get(index + 1).filter(|_| files.contains(&&*text));
            risks.extend(file.map(|file| (Reach::Comment, Risk::File(file.clone()))));
        }
        risks
    }

    /// `terraform apply -var "password=$X"`, `terraform init -backend-config="secret_key=$X"`.
    fn of_terraform(&self) -> Vec<(Reach, Risk)> {
        let args = self.invocation.args;
        let mut risks = Vec::new();
        for (index, arg) in args.iter().enumerate() {
            let text = self.text(arg);
            let text = text.strip_prefix('-').map_or("", |rest| rest.strip_prefix('-').unwrap_or(rest));
            let (flag, glued) = text.split_once('=').map_or((text, false), |(flag, _)| (flag, true));
            let reach = match flag {
                "var" => Reach::TerraformVariable,
                "backend-config" => Reach::TerraformBackend,
                _ => continue,
            };
            let value = if glued { Some(arg) } else { args.get(index + 1) };
            // `-backend-config=$FILE` names a file.
            let is_setting = |value: &&Word| self.text(value).trim_start_matches("-").matches('=').count() > usize::from(glued);
            risks.extend(value.filter(is_setting).map(|value| (reach, Risk::Word(value.clone()))));
        }
        risks
    }

    /// `curl -v -H "Authorization: …"`: the headers are printed.
    fn verbose(&self) -> Vec<(Reach, Risk)> {
        let args = self.invocation.args;
        let program = &*self.invocation.name;
        if program != "curl" {
            let says = if program == "wget" { &["-d", "--debug"][..] } else { &["-v", "--verbose", "-p=H", "--print=H", "-p=HB"][..] };
            return args.iter().filter(|_| self.has(says)).map(|arg| (Reach::Verbose, Risk::Word(arg.clone()))).collect();
        }
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
            if matches!(
                &**text,
                "-H" | "--header" | "-u" | "--user" | "--oauth2-bearer" | "-d" | "--data" | "-b" | "--cookie" | "--url-query" | "--url"
            ) {
                risks.extend(args.get(index + 1).map(|value| (Reach::Verbose, Risk::Word(value.clone()))));
            }
        }
        // The path of the URL is printed, too: that of a webhook is its secret. Other words are values of the flag before them.
        const ALONE: [&str; 7] = ["--verbose", "--silent", "--fail", "--location", "--show-error", "--insecure", "--compressed"];
        let takes_next = |flag: &str| match flag.strip_prefix("--") {
            Some(_) => !ALONE.contains(&flag),
            None => flag.starts_with('-') && flag.ends_with(|letter| "HudoXAebTFmwxcDKEyYzrQtPCU".contains(letter)),
        };
        let urls = args.iter().zip(&texts).enumerate().filter(|(index, (_, text))| {
            let before = index.checked_sub(1).and_then(|before| texts.get(before)).map_or("", String::as_str);
            says && !takes_next(before) && !text.starts_with('-')
        });
        risks.extend(urls.map(|(_, (url, _))| (Reach::Verbose, Risk::Word(url.clone()))));
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
