//! Secrets that containers print: their output is kept by whoever runs them, and nothing in it is masked.

use std::collections::HashSet;

use super::lines::first_of_each;
use super::script::{Code, Language, Leak, Nature, Origin, Reach, State, Taint, follow};
use crate::formats::container::{Container, Executed};
use crate::literal::LogicalPath;
use crate::secrets::is_secret_name;
use crate::source::{Place, SourceId, Span, Text, TextBuilder};
use crate::syntax::shell::{self, Dialect};

/// A secret that a container prints.
#[derive(Clone, Debug)]
pub struct Printed {
    /// The leak.
    pub leak: Leak,
    /// Where the secret comes from.
    pub origin: Origin,
    /// The command's logical path.
    pub path: LogicalPath,
    /// Where the command stands.
    pub opener: Span,
}

/// Every secret that the commands of containers print; one for each line of the file.
#[must_use]
pub fn printed(containers: &[Container<'_>], source: SourceId, text: &str) -> Vec<Printed> {
    let mut printed: Vec<Printed> = Vec::new();
    let mut seen = HashSet::new();
    for container in containers {
        for run in &container.runs {
            // What services share by an anchor is told once.
            if seen.insert(run.opener) {
                printed.extend(of(container, run, source));
            }
        }
    }
    first_of_each(printed, text, |printed| printed.leak.taint.at, |printed| printed.leak.reach.rank())
}

fn of(container: &Container<'_>, run: &Executed<'_>, source: SourceId) -> Vec<Printed> {
    let mut state = State::default();
    let script = run.script();
    let (text, holes) = match script {
        Some((index, text)) => (text.clone(), in_word(run, index)),
        None => joined(run),
    };
    for given in &container.secrets {
        // Of `envFrom` the names are not known; something is in the environment.
        let refers = given.refers.iter().any(|name| is_secret_name(name));
        let is_secret = is_secret_name(&given.name) || given.name == "*" || refers || from_store(container, &given.name);
        if is_secret {
            let taint = state.secret(given.name.replace('*', "envFrom"), given.place, Nature::Unmasked);
            state.bind(if given.name == "*" { "_ENV_FROM" } else { &given.name }, vec![taint]);
        }
    }
    for mount in &container.mounts {
        let taint = state.secret(&mount.name, mount.place, Nature::Unmasked);
        state.mount(&mount.name, taint);
    }
    if script.is_some() {
        of_the_environment(container, &text, source, &mut state);
    }
    let taints: Vec<Vec<Taint>> = holes.iter().map(|(span, name)| replaced(*span, name, &text, source, &mut state)).collect();
    let opaque: Vec<Span> = holes.iter().map(|(span, _)| *span).collect();
    let language = Language::Shell(Dialect::Posix);
    let code = Code { opaque: &opaque, holes: &taints, trace: traced(run, source), ..Code::plain(&text, source, language) };
    let leaks = follow(&code, &mut state).into_iter().filter(|leak| matches!(leak.reach, Reach::Log | Reach::Dump | Reach::Trace));
    let told = |leak: Leak| {
        let origin = state.origin(&leak.taint)?.clone();
        Some(Printed { leak, origin, path: run.path.clone(), opener: run.opener })
    };
    leaks.filter_map(told).collect()
}

/// A store gave it, whatever it is called: then it is among the variables that the file itself does not fill.
fn from_store(container: &Container<'_>, name: &str) -> bool {
    // In compose every variable is given by the file, and only its name tells.
    container.variables.contains(name) && container.stores
}

/// Variables that a script uses, that it does not set, and whose names say that they are secrets.
fn of_the_environment(container: &Container<'_>, text: &Text<'_>, source: SourceId, state: &mut State) {
    let script = shell::parse(text.as_str(), Dialect::Posix, &[]);
    let own: HashSet<&str> = script.commands.iter().flat_map(|command| &command.assignments).map(|it| script.slice(it.name)).collect();
    for (dollar, _) in text.as_str().match_indices('$') {
        let rest = &text.as_str()[dollar + 1..];
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        let name = &rest[..rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count()];
        let known = own.contains(name) || container.variables.contains(name);
        if !known && is_secret_name(name) && state.variable(name).is_empty() {
            let at = text.as_str().len() - rest.len();
            let place = Place { source, span: text.hull(at..at + name.len()) };
            let taint = state.secret(name, place, Nature::Unmasked);
            state.bind(name, vec![taint]);
        }
    }
}

/// `${NAME}` of compose, `$(NAME)` of Kubernetes: the value stands in the command itself.
fn replaced(span: Span, name: &str, text: &Text<'_>, source: SourceId, state: &mut State) -> Vec<Taint> {
    let place = Place { source, span: text.hull(span.range()) };
    if !state.variable(name).is_empty() {
        return state.variable(name).iter().map(|taint| taint.clone().at(place)).collect();
    }
    if is_secret_name(name) { vec![state.secret(name, place, Nature::Unmasked)] } else { Vec::new() }
}

fn in_word(run: &Executed<'_>, word: usize) -> Vec<(Span, String)> {
    let from = run.replaced.partition_point(|(index, ..)| *index < word);
    let of_word = run.replaced[from..].iter().take_while(|(index, ..)| *index == word);
    of_word.map(|(_, span, name)| (*span, name.clone())).collect()
}

/// Words that no shell sees, as one line: in quotes, for nothing but the platform replaces anything in them.
fn joined<'a>(run: &Executed<'a>) -> (Text<'a>, Vec<(Span, String)>) {
    let mut builder = TextBuilder::default();
    let mut holes = Vec::new();
    for (index, word) in run.words.iter().enumerate() {
        if index > 0 {
            let at = word.span().start;
            builder.atom(" ", Span { start: at, end: at });
        }
        let span = word.span();
        let edge = |at: u32| Span { start: at, end: at };
        let plain = !word.is_empty() && word.as_str().bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./=:,@+%".contains(&byte));
        if !plain {
            builder.atom("'", edge(span.start));
        }
        // Where each piece of the word begins, in the word and in the line.
        let mut pieces: Vec<(usize, usize)> = Vec::new();
        let mut at = 0;
        for piece in word.as_str().split('\'') {
            if at > 0 {
                builder.atom("'\\''", word.slice(at - 1..at).span());
            }
            pieces.push((at, builder.len()));
            builder.text(&word.slice(at..at + piece.len()));
            at += piece.len() + 1;
        }
        if !plain {
            builder.atom("'", edge(span.end));
        }
        let moved = |at: usize| {
            let behind = pieces.partition_point(|(start, _)| *start <= at);
            let (start, line) = behind.checked_sub(1).and_then(|last| pieces.get(last)).copied().unwrap_or_default();
            line + at - start
        };
        let of_line = |span: Span| Span::new(moved(span.start as usize), moved(span.end as usize));
        holes.extend(in_word(run, index).into_iter().map(|(span, name)| (of_line(span), name)));
    }
    (builder.finish(), holes)
}

/// `bash -xc …`.
fn traced(run: &Executed<'_>, source: SourceId) -> Option<Place> {
    let flags = run.words.iter().take(3).skip(1);
    let flag = flags.into_iter().find(|word| {
        let text = word.as_str();
        text.starts_with('-') && !text.starts_with("--") && text.ends_with('c') && text.contains('x')
    })?;
    run.script().filter(|(index, _)| *index > 0).map(|_| Place { source, span: flag.span() })
}
