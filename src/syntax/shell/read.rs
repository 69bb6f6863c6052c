//! Questions to a parsed script: the value of a word, the program a command runs.

use std::borrow::Cow;

use super::tree::*;
use crate::source::{Span, Text, TextBuilder};

/// A word as a value: literal text or something that is replaced when the script runs.
#[derive(Debug)]
pub enum Piece<'a> {
    /// Text, with its map to the script.
    Literal(Text<'a>),
    /// An expansion, substitution or opaque part.
    Reference(Part),
}

/// A command seen through `sudo`, `env`, `command` and the like.
#[derive(Debug)]
pub struct Invocation<'s> {
    /// The program's name without its directory, if it is literal.
    pub name: Cow<'s, str>,
    /// The word that holds the name.
    pub word: &'s Word,
    /// What follows it.
    pub args: &'s [Word],
}

impl<'a> Script<'a> {
    /// The text under a span; empty where it does not fit.
    #[must_use]
    pub fn slice(&self, span: Span) -> &'a str {
        self.text.get(span.range()).unwrap_or("")
    }

    /// The command with this index.
    #[must_use]
    pub fn command(&self, id: CommandId) -> Option<&Command> {
        self.commands.get(id.0 as usize)
    }

    /// The scope with this index.
    #[must_use]
    pub fn scope(&self, id: ScopeId) -> Option<&Scope> {
        self.scopes.get(id.0 as usize)
    }

    /// The inner word with this index.
    #[must_use]
    pub fn word(&self, id: WordId) -> Option<&Word> {
        self.words.get(id.0 as usize)
    }

    /// Commands with their indices, in source order.
    pub fn iter(&self) -> impl Iterator<Item = (CommandId, &Command)> {
        self.commands.iter().enumerate().map(|(index, command)| (CommandId(index as u32), command))
    }

    /// The redirections of a command or scope.
    #[must_use]
    pub fn redirects(&self, owner: Target) -> &[Redirect] {
        match owner {
            Target::Command(id) => self.command(id).map_or(&[], |command| &command.redirects),
            Target::Scope(id) => self.scope(id).map_or(&[], |scope| &scope.redirects),
        }
    }

    /// A word's value, if it holds no expansion.
    #[must_use]
    pub fn literal(&self, word: &Word) -> Option<Cow<'a, str>> {
        let known = known(&word.parts);
        (known.len() == word.parts.len()).then(|| self.joined(known))
    }

    /// What literals and escapes say together.
    fn joined(&self, known: &[Part]) -> Cow<'a, str> {
        match known {
            [] => Cow::Borrowed(""),
            [Part { kind: PartKind::Literal, span, .. }] => Cow::Borrowed(self.slice(*span)),
            parts => {
                let mut value = String::with_capacity(parts.iter().map(|part| part.span.len()).sum());
                for part in parts {
                    match part.kind {
                        PartKind::Escape(char) => value.push(char),
                        _ => value.push_str(self.slice(part.span)),
                    }
                }
                Cow::Owned(value)
            }
        }
    }

    /// Whether the word is exactly this text.
    #[must_use]
    pub fn is(&self, word: &Word, text: &str) -> bool {
        self.literal(word).is_some_and(|value| value == text)
    }

    /// The literal text a word begins with.
    #[must_use]
    pub fn literal_prefix(&self, word: &Word) -> Cow<'a, str> {
        self.joined(known(&word.parts))
    }

    /// A word as literal text and references, neighbouring literals joined.
    #[must_use]
    pub fn pieces(&self, word: &Word) -> Vec<Piece<'a>> {
        let mut pieces = Vec::new();
        let mut builder = TextBuilder::default();
        for part in &word.parts {
            match part.kind {
                PartKind::Literal => builder.copy(self.slice(part.span), part.span.start as usize),
                PartKind::Escape(char) => builder.atom(char.encode_utf8(&mut [0; 4]), part.span),
                _ => {
                    if !builder.is_empty() {
                        pieces.push(Piece::Literal(std::mem::take(&mut builder).finish()));
                    }
                    pieces.push(Piece::Reference(*part));
                }
            }
        }
        if !builder.is_empty() {
            pieces.push(Piece::Literal(builder.finish()));
        }
        pieces
    }

    /// What the command really runs: `sudo -E env X=1 /usr/bin/curl …` is `curl`. Nothing for bare assignments and loop heads.
    #[must_use]
    pub fn invocation<'s>(&'s self, command: &'s Command) -> Option<Invocation<'s>> {
        if command.kind != CommandKind::Simple {
            return None;
        }
        let mut words = command.words.as_slice();
        loop {
            let (word, args) = words.split_first()?;
            let full = self.literal(word).unwrap_or_default();
            match skip_wrapper(self, &full, args) {
                Some(rest) if !rest.is_empty() => words = rest,
                _ => return Some(Invocation { name: base_name(full), word, args }),
            }
        }
    }
}

impl Script<'_> {
    /// The program that `docker exec container` or `kubectl exec pod --` runs.
    pub(super) fn handed<'s>(&self, invocation: &Invocation<'s>) -> Option<Invocation<'s>> {
        const VALUES: [&str; 10] = ["-e", "--env", "-u", "--user", "-w", "--workdir", "--env-file", "--index", "--detach-keys", "-n"];
        let is_container = matches!(&*invocation.name, "docker" | "podman" | "nerdctl" | "docker-compose" | "kubectl" | "oc");
        let exec = invocation.args.iter().take(4).position(|arg| self.is(arg, "exec")).filter(|_| is_container)?;
        let behind = &invocation.args[exec + 1..];
        let rest = match behind.iter().position(|arg| self.is(arg, "--")) {
            Some(dashes) => &behind[dashes + 1..],
            None => {
                let mut at = 0;
                while let Some(flag) = behind.get(at).map(|arg| self.literal_prefix(arg)).filter(|text| text.starts_with('-')) {
                    at += if VALUES.contains(&&*flag) { 2 } else { 1 };
                }
                behind.get(at + 1..)?
            }
        };
        let (word, args) = rest.split_first()?;
        Some(Invocation { name: base_name(self.literal(word)?).into_owned().into(), word, args })
    }
}

/// The scripts that commands hand to other shells (`sh -c '…'`, `docker exec c sh -c '…'`, `ssh host '…'`, `su -c '…'`), without
/// their quotes. They do not overlap.
#[must_use]
pub fn handed_on(script: &Script<'_>) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for invocation in script.commands.iter().filter_map(|command| script.invocation(command)) {
        let words = || std::iter::once(invocation.word).chain(invocation.args);
        let shell = words().position(|word| is_shell(&base_name(script.literal_prefix(word))));
        let flagged = shell.and_then(|shell| {
            let flag = words().skip(shell).position(|word| is_script_flag(&script.literal_prefix(word)))?;
            words().nth(shell + flag + 1)
        });
        let inner = match &*invocation.name {
            "ssh" => invocation.args.last().filter(|word| script.slice(word.span).contains(' ')),
            "eval" => invocation.args.first().filter(|_| invocation.args.len() == 1),
            _ => flagged,
        };
        let span = inner.map(|word| unquoted(script.text, word.span)).or_else(|| health_check(script, words()));
        spans.extend(span.filter(|span| spans.last().is_none_or(|last| last.end <= span.start)));
    }
    spans
}

/// `docker run --health-cmd "…"`; in a workflow options of `docker create` stand alone.
fn health_check<'s>(script: &Script<'_>, mut words: impl Iterator<Item = &'s Word>) -> Option<Span> {
    let flag = words.find(|word| script.literal_prefix(word).starts_with("--health-cmd"))?;
    let (flag, span) = (script.slice(flag.span), flag.span);
    match flag.find('=').and_then(|at| u32::try_from(at).ok()) {
        Some(at) => Some(unquoted(script.text, Span { start: span.start + at + 1, end: span.end })),
        None => words.next().map(|word| unquoted(script.text, word.span)),
    }
}

fn is_shell(program: &str) -> bool {
    matches!(program, "sh" | "bash" | "ash" | "dash" | "zsh" | "ksh" | "su" | "runuser")
}

/// `-c`, alone or behind other letters: `-ec`.
fn is_script_flag(flag: &str) -> bool {
    flag.strip_prefix('-').is_some_and(|letters| letters.ends_with('c') && letters.bytes().all(|byte| byte.is_ascii_alphabetic()))
}

/// A word's span without the quotes around all of it.
fn unquoted(text: &str, span: Span) -> Span {
    let word = text.get(span.range()).unwrap_or("");
    let quoted = word.len() >= 2 && ['"', '\''].iter().any(|quote| word.starts_with(*quote) && word.ends_with(*quote));
    if quoted { Span { start: span.start + 1, end: span.end - 1 } } else { span }
}

/// The parts before the first expansion.
fn known(parts: &[Part]) -> &[Part] {
    let end = parts.iter().position(|part| !matches!(part.kind, PartKind::Literal | PartKind::Escape(_)));
    parts.get(..end.unwrap_or(parts.len())).unwrap_or_default()
}

fn base_name(path: Cow<'_, str>) -> Cow<'_, str> {
    match path {
        Cow::Borrowed(path) => Cow::Borrowed(path.rsplit('/').next().unwrap_or(path)),
        Cow::Owned(path) => Cow::Owned(path.rsplit('/').next().unwrap_or(&path).to_owned()),
    }
}

/// The words after a wrapping command and its own flags, or nothing if it wraps nothing.
fn skip_wrapper<'s>(script: &Script<'_>, name: &str, args: &'s [Word]) -> Option<&'s [Word]> {
    let takes_value: &[&str] = match name {
        "sudo" | "doas" => &["-u", "-g", "-h", "-p", "-C", "-U"],
        "env" => &["-u", "-C", "-S"],
        "time" | "nohup" | "command" | "builtin" | "exec" | "eatmydata" | "busybox" | "setsid" | "unbuffer" | "chronic" => &["-a"],
        "nice" | "ionice" => &["-n", "-c"],
        "stdbuf" => &["-i", "-o", "-e"],
        "xvfb-run" => &["-s", "-n", "-e", "-f"],
        "timeout" => &["-k", "-s"],
        _ => return None,
    };
    let mut index = 0;
    while let Some(word) = args.get(index) {
        let text = script.literal_prefix(word);
        if takes_value.contains(&&*text) {
            index += 2;
        } else if text.starts_with('-') || (matches!(name, "env" | "sudo") && text.contains('=')) {
            index += 1;
        } else {
            break;
        }
    }
    // `timeout 5m cmd`: the first plain argument is the duration.
    args.get(if name == "timeout" { index + 1 } else { index }..)
}

impl Word {
    /// What the word holds up to a script offset; a literal part that straddles it is cut.
    #[must_use]
    pub fn before(&self, at: u32) -> Word {
        let parts = self.parts.iter().filter(|part| part.span.start < at);
        let parts = parts.filter_map(|part| match part.kind {
            PartKind::Literal => Some(Part { span: Span { start: part.span.start, end: part.span.end.min(at) }, ..*part }),
            _ => (part.span.end <= at).then_some(*part),
        });
        Word { span: Span { start: self.span.start.min(at), end: self.span.end.min(at) }, parts: parts.collect() }
    }

    /// What the word holds from script offset `at` on; a literal part that straddles it is cut.
    #[must_use]
    pub fn after(&self, at: u32) -> Word {
        let parts = self.parts.iter().filter(|part| part.span.end > at);
        let parts = parts.filter_map(|part| match part.kind {
            PartKind::Literal => Some(Part { span: Span { start: part.span.start.max(at), end: part.span.end }, ..*part }),
            _ => (part.span.start >= at).then_some(*part),
        });
        Word { span: Span { start: self.span.start.max(at), end: self.span.end.max(at) }, parts: parts.collect() }
    }
}
