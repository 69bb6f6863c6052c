//! Secrets printed by Python and JavaScript: `print(os.environ["X"])`, `console.log(process.env.X)`, `core.info(…)`.
//!
//! No grammar: tokens, brackets, and the calls that print. A secret inside such a call is printed unless something stands around
//! it that says otherwise: a test, a length, a function that is not known to keep its argument.

mod assigned;
mod lexer;
mod members;
mod processes;
mod sinks;

use std::collections::HashMap;

use assigned::Assigned;
use lexer::{Kind, Token, tokens};
use sinks::End;

use super::{Code, Leak, Reach, State, Taint};
use crate::source::Span;

/// `depth` counts scripts inside scripts.
pub(super) fn follow(code: &Code<'_>, state: &mut State, depth: usize) -> Vec<Leak> {
    let tokens = tokens(code);
    let text = code.text.as_str();
    let by_name = text.contains("(process.env)") || text.contains("in process.env");
    let mut walk = Walk {
        code,
        tokens: &tokens,
        state,
        leaks: Vec::new(),
        calls: Vec::new(),
        assigned: None,
        locals: Vec::new(),
        depth,
        names_all: by_name,
        fields: HashMap::new(),
    };
    walk.comprehensions();
    let mut at = 0;
    while at < tokens.len() {
        at = walk.step(at);
    }
    walk.ends();
    walk.leaks
}

/// Functions whose value shows their argument, and methods whose value shows what they are called on.
const KEEPS: [&str; 18] = [
    "sorted",
    "read",
    "readline",
    "str",
    "dict",
    "repr",
    "format",
    "JSON.stringify",
    "String",
    "json.dumps",
    "toString",
    "join",
    "strip",
    "trim",
    "encode",
    "decode",
    "rstrip",
    "trimEnd",
];
/// Functions that change their argument in a way no platform masks.
const CHANGES: [&str; 9] =
    ["btoa", "atob", "base64.b64encode", "base64.b64decode", "b64encode", "Buffer.from", "b64decode", "reversed", "list"];
/// Methods that change what they are called on. `text.replace(secret, '***')` shows nothing of its argument.
const METHODS: [&str; 12] =
    ["slice", "substring", "substr", "split", "reverse", "upper", "lower", "toUpperCase", "toLowerCase", "replace", "replaceAll", "charAt"];

/// Functions whose value is an object with fields that their argument holds.
const PARSERS: [&str; 9] =
    ["JSON.parse", "json.loads", "json.load", "yaml.safe_load", "yaml.load", "URL", "urlparse", "urllib.parse.urlparse", "urlsplit"];

/// Whether what changed a value made an object of it.
fn is_parser(function: &str) -> bool {
    PARSERS.contains(&function)
}

/// Calls around a value are looked at to this depth.
const MAX_CALLS: usize = 64;

/// A value met in the code.
struct Found<'a> {
    taints: Vec<Taint>,
    /// The token behind it.
    next: usize,
    /// `.slice` of `x.slice`.
    method: Option<&'a str>,
}

/// An open bracket.
#[derive(Clone, Copy)]
struct Call {
    /// Its token.
    at: usize,
    /// The name before a parenthesis.
    function: Option<Span>,
}

/// A call that takes a value somewhere: where, its name, its bracket.
type Taken = (End, String, Call);

struct Walk<'w, 'c> {
    code: &'w Code<'c>,
    tokens: &'w [Token],
    state: &'w mut State,
    leaks: Vec<Leak>,
    /// The open brackets.
    calls: Vec<Call>,
    /// The assignment whose value is being read.
    assigned: Option<Assigned>,
    /// What blocks declared that hold secrets: how many brackets were open, and the variable.
    locals: Vec<(usize, String)>,
    /// How many scripts this one stands in.
    depth: usize,
    /// Whether the script goes through the names of the environment.
    names_all: bool,
    /// What fields of objects are told apart by: the object, the name of the field.
    fields: HashMap<(u32, String), u32>,
}

impl Walk<'_, '_> {
    fn text(&self, span: Span) -> &str {
        self.code.text.as_str().get(span.range()).unwrap_or("")
    }

    fn mark(&self, at: usize) -> Option<u8> {
        match self.tokens.get(at)?.kind {
            Kind::Mark(mark) => Some(mark),
            _ => None,
        }
    }

    fn name(&self, at: usize) -> Option<&str> {
        let token = self.tokens.get(at)?;
        (token.kind == Kind::Name).then(|| self.text(token.span))
    }

    /// Looks at one token; returns where to go on.
    fn step(&mut self, at: usize) -> usize {
        let token = self.tokens[at];
        self.ends_at(at);
        self.starts(at);
        match token.kind {
            Kind::Mark(open @ (b'(' | b'[' | b'{')) => {
                let before = at.checked_sub(1).map(|before| self.tokens[before]).filter(|before| before.kind == Kind::Name);
                self.calls.push(Call { at, function: before.map(|before| before.span).filter(|_| open == b'(') });
            }
            Kind::Mark(b')' | b']' | b'}') => {
                self.calls.pop();
                self.ends_at(at);
                self.leaves();
            }
            Kind::Name if self.is_environment(at) => {
                self.unpacked(at);
                self.looped(at);
                let place = self.code.place(token.span);
                let taints = self.state.environment("", place);
                let worst = taints.iter().find(|taint| !self.state.is_hidden(taint)).or(taints.first()).cloned();
                // `process.env[name]` ends behind its bracket.
                let close = (at + 1..self.tokens.len()).take(8).find(|at| self.mark(*at) == Some(b']'));
                let next = close.filter(|_| self.mark(at + 1) == Some(b'[')).unwrap_or(at);
                self.used(worst.into_iter().collect(), at, next + 1, None);
            }
            _ => {
                self.looped(at);
                if let Some(next) = self.assigns(at) {
                    return next;
                }
                let Found { taints, next, method } = self.value(at);
                if !taints.is_empty() {
                    let method = method.map(str::to_owned);
                    self.used(taints, at, next, method.as_deref());
                    // The brackets behind it are looked at as others are.
                    return next;
                }
            }
        }
        at + 1
    }

    /// The secrets that stand here by themselves, and the token after them. A variable's own method is a name behind it.
    fn value(&self, at: usize) -> Found<'_> {
        let nothing = Found { taints: Vec::new(), next: at + 1, method: None };
        let Some(token) = self.tokens.get(at) else { return nothing };
        if let Kind::Opaque(index) = token.kind {
            let place = self.code.place(token.span);
            let hole = self.code.holes.get(index as usize);
            let taints = hole.into_iter().flatten().map(|taint| taint.clone().at(place)).collect();
            return Found { taints, ..nothing };
        }
        let Some((name, next, method)) = self.variable(at) else { return nothing };
        let last = self.tokens.get(next - 1).map_or(token.span, |last| last.span);
        let span = Span { start: token.span.start, end: last.end - method.map_or(0, |method| method.len() as u32) };
        let place = self.code.place(span);
        Found { taints: self.state.variable(&name).iter().map(|taint| taint.clone().at(place)).collect(), next, method }
    }

    /// `os.environ`, `process.env` as a whole.
    fn is_environment(&self, at: usize) -> bool {
        // `process.env[name]` for each name.
        let is_named = || !self.names_all || matches!(self.tokens.get(at + 2).map(|token| token.kind), Some(Kind::String(_)));
        let is_whole = match self.name(at) {
            Some("process.env") => self.mark(at + 1) != Some(b'[') || !is_named(),
            Some("os.environ") => self.mark(at + 1) != Some(b'['),
            Some("Deno.env.toObject" | "os.environ.items" | "os.environ.values" | "os.environ.copy") => true,
            _ => false,
        };
        // `sorted(os.environ)`: the names.
        let around = at.checked_sub(2).and_then(|function| self.name(function)).filter(|_| self.mark(at - 1) == Some(b'('));
        if matches!(around, Some("sorted" | "list" | "set" | "len" | "Object.keys")) && self.mark(at + 1) == Some(b')') {
            return false;
        }
        // `'X' in os.environ`, `for name in process.env`: whether it is there, and names.
        is_whole && !at.checked_sub(1).is_some_and(|before| matches!(self.name(before), Some("in" | "of")))
    }

    /// `process.env.X`, `process.env['X']`, `os.environ["X"]`, `os.environ.get("X")`, `os.getenv("X")`; a variable of the script.
    fn variable(&self, at: usize) -> Option<(String, usize, Option<&str>)> {
        let name = self.name(at)?;
        let cut = |name: &str| name.find('.').unwrap_or(name.len());
        if let Some(variable) = name.strip_prefix("process.env.").or_else(|| name.strip_prefix("Bun.env.")) {
            let (plain, method) = variable.split_at(cut(variable));
            return Some((plain.to_owned(), at + 1, Some(method).filter(|method| !method.is_empty())));
        }
        let opens = match name {
            "process.env" | "os.environ" => b'[',
            "os.environ.get" | "os.getenv" | "environ.get" | "getenv" | "Deno.env.get" => b'(',
            // What the command was given.
            "sys.argv" if self.mark(at + 1) == Some(b'[') && self.mark(at + 3) == Some(b']') => {
                return Some((self.name(at + 2)?.to_owned(), at + 4, None));
            }
            // What the command reads.
            _ if name.starts_with("sys.stdin") && (name.len() == 9 || name.as_bytes()[9] == b'.') => {
                let method = &name[9..];
                return Some(("$sys.stdin".to_owned(), at + 1, Some(method).filter(|method| !method.is_empty())));
            }
            _ => {
                let (plain, method) = name.split_at(cut(name));
                return Some((format!("${plain}"), at + 1, Some(method).filter(|method| !method.is_empty())));
            }
        };
        let key = self.tokens.get(at + 2).filter(|token| self.mark(at + 1) == Some(opens) && matches!(token.kind, Kind::String(_)))?;
        let close = (at + 3..self.tokens.len()).take(16).find(|at| matches!(self.mark(*at), Some(b')' | b']')))?;
        Some((self.text(key.span).to_owned(), close + 1, None))
    }

    /// A secret is used between `at` and `next`: printed, if it stands inside a call that prints.
    fn used(&mut self, taints: Vec<Taint>, at: usize, next: usize, method: Option<&str>) {
        // One variable of an environment that is kept as a whole: `env["PATH"]`.
        let is_one = self.mark(next) == Some(b'[') && taints.iter().any(|taint| taint.listed.is_some());
        if is_one || self.is_tested(at, next) || self.is_asked(at, next) {
            return;
        }
        let is_object = taints.first().and_then(|taint| taint.changed_by.as_deref()).is_some_and(is_parser);
        let Some(by) = self.method(next, method, is_object) else { return };
        let field = self.field(next, method).filter(|_| is_object);
        let Some((by, end)) = self.around(by) else { return };
        let taints = taints.into_iter().map(|taint| self.of_field(taint, field.as_deref())).collect::<Vec<_>>();
        let taints: Vec<Taint> =
            taints.into_iter().map(|taint| by.as_ref().map_or(taint.clone(), |by| self.state.changed(&taint, by))).collect();
        match end {
            Some((end, function, call)) if !self.writes_to_a_file(call) => self.reaches(end, &function, call, taints),
            Some(_) => {}
            None => self.adds(taints),
        }
    }

    /// The calls around a value: what they make of it, and the one that takes it somewhere. Nothing where one is not known.
    fn around(&self, mut by: Option<String>) -> Option<(Option<String>, Option<Taken>)> {
        // What stands around an assignment does not get its value.
        let inner = self.assigned.as_ref().map_or(0, |assigned| assigned.depth);
        for call in self.calls.iter().skip(inner).rev().take(MAX_CALLS) {
            let Some(function) = call.function.map(|span| self.text(span)) else { continue };
            if let Some(known) = self.end(function) {
                return Some((by, Some((known, function.to_owned(), *call))));
            }
            if is_parser(function) {
                by = Some(function.to_owned());
            } else if effect(function, &CHANGES)? {
                by = Some(last_name(function).to_owned());
            }
        }
        Some((by, None))
    }

    fn reaches(&mut self, end: End, function: &str, call: Call, taints: Vec<Taint>) {
        // `print("::add-mask::" + x)` is read by the runner.
        let first = self.tokens.get(call.at + 1).filter(|token| matches!(token.kind, Kind::String(_)));
        let masks = first.is_some_and(|token| self.text(token.span).trim_start_matches(['\'', '"', '`']).starts_with("::add-mask::"));
        let reach = match end {
            End::Seen(Reach::Log) if masks => return self.mask(taints),
            End::Handed => return self.hand_on(function, call.at, taints),
            End::Masked => return self.mask(taints),
            End::Seen(reach) => reach,
        };
        let sink = self.code.place(self.tokens[call.at].span.hull(call.function.unwrap_or(self.tokens[call.at].span)));
        for taint in taints.into_iter().filter(|taint| !self.state.is_masked(taint)).collect::<Vec<_>>() {
            let reach = if taint.listed.is_some() && reach == Reach::Log { Reach::Dump } else { reach };
            self.state.shown(&taint);
            self.leaks.push(Leak { taint, reach, sink, printer: function.to_owned() });
        }
    }

    /// Whether a value is compared or only asked for: `X ? a : b`, `X == y`, `!X`.
    fn is_tested(&self, at: usize, next: usize) -> bool {
        let mark = |back: usize| at.checked_sub(back).and_then(|before| self.mark(before));
        let is_default = self.mark(next) == Some(b'?') && self.mark(next + 1) == Some(b'?');
        let tested = matches!(self.mark(next), Some(b'?' | b'!' | b'=' | b'&' | b'<' | b'>')) && !is_default;
        // `x = <secret>` is no test.
        let is_set = self.assigned.is_some() && mark(1) == Some(b'=') && !matches!(mark(2), Some(b'=' | b'!' | b'<' | b'>'));
        tested || (!is_set && matches!(mark(1), Some(b'!' | b'=' | b'&' | b'<' | b'>')))
    }

    /// `print(…, file=f)`.
    fn writes_to_a_file(&self, call: Call) -> bool {
        let arguments =
            (call.at..self.tokens.len()).take(64).take_while(|at| *at == call.at || !matches!(self.tokens[*at].kind, Kind::Newline));
        let file = arguments.into_iter().find(|at| self.name(*at) == Some("file") && self.mark(at + 1) == Some(b'='));
        file.is_some_and(|at| !matches!(self.name(at + 2), Some("sys.stderr" | "sys.stdout")))
    }
}

fn last_name(function: &str) -> &str {
    function.rsplit('.').next().unwrap_or(function)
}

/// Whether a function is one of those that change a value; nothing where its value does not show it.
fn effect(function: &str, changes: &[&str]) -> Option<bool> {
    let known = |list: &[&str]| list.contains(&function) || list.contains(&last_name(function));
    match (known(changes), known(&KEEPS)) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    }
}
