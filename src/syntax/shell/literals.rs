//! Values in a script together with the names they go by: assignments, flags, headers, `name=value` arguments.
//!
//! Whether a value is literal and whether its name says "secret" is for others; this says only what belongs together.

use std::borrow::Cow;
use std::collections::HashSet;

use super::clients;
use super::read::Invocation;
use super::tree::*;
use crate::source::Span;

/// A value under a name.
#[derive(Debug)]
pub struct Named<'a> {
    /// The variable, the flag without its dashes, the header, or `password` where a tool's short flag means that.
    pub name: Cow<'a, str>,
    /// Where the name stands: the variable, or the whole flag.
    pub name_span: Span,
    /// The value, without the name before it.
    pub value: Word,
    /// The command it belongs to.
    pub command: CommandId,
}

/// Every value that has a name, in source order of their commands.
#[must_use]
pub fn literals<'a>(script: &Script<'a>) -> Vec<Named<'a>> {
    let mut found = Finder { script, command: CommandId(0), named: Vec::new() };
    for (id, command) in script.iter() {
        found.command = id;
        found.assignments(command);
        if let Some(invocation) = script.invocation(command) {
            found.arguments(&invocation);
            if let Some(inner) = script.handed(&invocation) {
                found.known(&inner);
            }
        }
        found.stdin(command);
        found.file(command);
    }
    found.named
}

pub(super) struct Finder<'s, 'a> {
    pub(super) script: &'s Script<'a>,
    command: CommandId,
    named: Vec<Named<'a>>,
}

impl<'a> Finder<'_, 'a> {
    pub(super) fn add(&mut self, name: impl Into<Cow<'a, str>>, name_span: Span, value: Word) {
        if !value.parts.is_empty() {
            self.named.push(Named { name: name.into(), name_span, value, command: self.command });
        }
    }

    fn assignments(&mut self, command: &Command) {
        for assignment in &command.assignments {
            let name = self.script.slice(assignment.name);
            let name = name.strip_prefix("env:").unwrap_or(name);
            for value in &assignment.values {
                self.add(name, assignment.name, value.clone());
            }
        }
    }

    fn arguments(&mut self, invocation: &Invocation<'_>) {
        let known = self.known(invocation);
        for (index, arg) in invocation.args.iter().enumerate() {
            let text = self.script.literal_prefix(arg);
            let next = invocation.args.get(index + 1);
            if known.contains(&arg.span) {
                continue;
            }
            if text.starts_with('-') && text.len() > 1 {
                self.flag(arg, &text, next);
            } else {
                self.pair(arg, arg.span.start);
            }
        }
        self.setting(invocation);
    }

    /// What the table of tools says, and the arguments that told it.
    fn known(&mut self, invocation: &Invocation<'_>) -> HashSet<Span> {
        let given = clients::arguments(self.script, invocation);
        let told = given.iter().map(|given| given.told_by.span).collect();
        given.into_iter().for_each(|given| self.add(given.row.name, given.told_by.span, given.value));
        told
    }

    fn flag(&mut self, arg: &Word, text: &str, next: Option<&Word>) {
        let next = next.filter(|next| !self.script.literal_prefix(next).starts_with('-'));
        match (text, next) {
            ("-H" | "--header", Some(header)) => self.header(header),
            ("-passin" | "-passout" | "-pass", Some(source)) => self.openssl(source),
            _ if text.contains('=') => self.pair(arg, arg.span.start),
            // What is read from standard input stands somewhere else; behind the flag stands the registry.
            _ if text.ends_with("-stdin") || text == "--with-token" => {}
            // `-v x`: what a single letter means is the tool's secret.
            (_, Some(value)) if text.len() > 2 && self.script.literal(arg).is_some() => {
                let name = text.trim_start_matches('-').to_owned();
                self.add(name, arg.span, value.clone());
            }
            _ => {}
        }
    }

    /// `name=value`, `--name=value`; in `--set=name=value` the inner name counts.
    pub(super) fn pair(&mut self, arg: &Word, from: u32) {
        let Some(first) = arg.parts.first().filter(|part| part.kind == PartKind::Literal) else { return };
        let start = first.span.start.max(from);
        let text = self.script.slice(Span { start, end: first.span.end });
        let Some((name, rest)) = text.split_once('=') else { return };
        let plain = name.trim_start_matches('-');
        let named = !plain.is_empty() && plain.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.[]".contains(&byte));
        if !named || rest.starts_with('=') {
            return;
        }
        let at = start + u32::try_from(name.len() + 1).unwrap_or(0);
        let before = self.named.len();
        if plain.len() < name.len() {
            self.pair(arg, at);
        }
        if self.named.len() == before {
            // `-Dname=value` sets a property of a JVM.
            let plain = name.strip_prefix("-D").filter(|property| property.contains('.')).unwrap_or(plain);
            self.add(plain, Span { start, end: at - 1 }, arg.after(at));
        }
    }

    /// `Name: value`, an authorization scheme before the value left out.
    fn header(&mut self, word: &Word) {
        let Some(first) = word.parts.first().filter(|part| part.kind == PartKind::Literal) else { return };
        let text = self.script.slice(first.span);
        let Some((name, rest)) = text.split_once(':') else { return };
        let value = rest.trim_start();
        let scheme = ["bearer ", "basic ", "token ", "apikey "];
        let scheme = scheme.iter().find(|scheme| value.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme)));
        let skipped = text.len() - value.len() + scheme.map_or(0, |scheme| scheme.len());
        let at = first.span.start + u32::try_from(skipped).unwrap_or(0);
        self.add(name, Span { start: first.span.start, end: first.span.start + name.len() as u32 }, word.after(at));
    }

    /// `pass:password`; other sources (`env:`, `file:`) name no value.
    fn openssl(&mut self, word: &Word) {
        if let Some(first) = word.parts.first().filter(|part| self.script.slice(part.span).starts_with("pass:")) {
            let at = first.span.start + 5;
            self.add("password", Span { start: first.span.start, end: at }, word.after(at));
        }
    }

    /// `aws configure set NAME VALUE`, `git config NAME VALUE`, `setx NAME VALUE`.
    fn setting(&mut self, invocation: &Invocation<'_>) {
        let plain: Vec<&Word> = invocation.args.iter().filter(|arg| !self.script.literal_prefix(arg).starts_with('-')).collect();
        let is = |word: &&Word, text: &str| self.script.is(word, text);
        let after = match &*invocation.name {
            "setx" => Some(0),
            "git" | "poetry" | "bundle" => plain.iter().take(2).position(|word| is(word, "config")).map(|at| at + 1),
            "aws" | "npm" | "pnpm" | "yarn" | "pip" | "dotnet" | "gcloud" | "pulumi" => {
                plain.iter().take(3).position(|word| is(word, "set")).map(|at| at + 1)
            }
            _ => None,
        };
        if invocation.name.eq_ignore_ascii_case("ConvertTo-SecureString")
            && let Some(value) = plain.first()
        {
            self.add("password", invocation.word.span, (*value).clone());
        }
        match &*invocation.name {
            "jq" => self.jq(invocation),
            "sed" | "gsed" => self.substitution(invocation),
            "net" | "net.exe" => self.share(invocation),
            _ => {}
        }
        let Some([name, value]) = after.and_then(|at| plain.get(at..at + 2)) else { return };
        if let Some(text) = self.script.literal(name) {
            self.add(text, name.span, (*value).clone());
        }
    }

    /// `echo value | tool --password-stdin`, `tool --password-stdin <<< value`, and tools that read nothing else.
    fn stdin(&mut self, command: &Command) {
        let Some((holder, text)) = clients::stdin(self.script, self.command, command) else { return };
        self.command = holder;
        let asks = |arg: &Word| matches!(&*self.script.literal_prefix(arg), "--password-stdin" | "--with-token");
        if let Some(row) = clients::reader(self.script, command) {
            let value = row.cut(self.script, text);
            value.into_iter().for_each(|value| self.add(row.name, text.span, value));
        } else if command.words.iter().any(asks) {
            self.add("password", text.span, text.clone());
        }
    }
}
