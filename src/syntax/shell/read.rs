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
        match word.parts.as_slice() {
            [] => Some(Cow::Borrowed("")),
            [Part { kind: PartKind::Literal, span, .. }] => Some(Cow::Borrowed(self.slice(*span))),
            parts => {
                let mut value = String::with_capacity(word.span.len());
                for part in parts {
                    match part.kind {
                        PartKind::Literal => value.push_str(self.slice(part.span)),
                        PartKind::Escape(char) => value.push(char),
                        _ => return None,
                    }
                }
                Some(Cow::Owned(value))
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
        let end = word.parts.iter().position(|part| !matches!(part.kind, PartKind::Literal | PartKind::Escape(_)));
        let parts = word.parts.get(..end.unwrap_or(word.parts.len())).unwrap_or_default().to_vec();
        self.literal(&Word { span: word.span, parts }).unwrap_or_default()
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

fn base_name(path: Cow<'_, str>) -> Cow<'_, str> {
    match path {
        Cow::Borrowed(path) => Cow::Borrowed(path.rsplit('/').next().unwrap_or(path)),
        Cow::Owned(path) => Cow::Owned(path.rsplit('/').next().unwrap_or(&path).to_owned()),
    }
}

/// The words after a wrapping command and its own flags, or nothing if it wraps nothing.
fn skip_wrapper<'s>(script: &Script<'_>, name: &str, args: &'s [Word]) -> Option<&'s [Word]> {
    let takes_value: &[&str] = match name {
        "sudo" => &["-u", "-g", "-h", "-p", "-C", "-U"],
        "env" => &["-u", "-C", "-S"],
        "time" | "nohup" | "command" | "builtin" | "exec" | "eatmydata" => &["-a"],
        "nice" => &["-n"],
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
