//! Secrets printed by Python and JavaScript: `print(os.environ["X"])`, `console.log(process.env.X)`, `core.info(…)`.
//!
//! No grammar: tokens, brackets, and the calls that print. A secret inside such a call is printed unless something stands around
//! it that says otherwise: a test, a length, a function that is not known to keep its argument.

mod lexer;
mod sinks;

use lexer::{Kind, Token, tokens};
use sinks::End;

use super::{Code, Leak, MAX_TAINTS, Reach, State, Taint};
use crate::source::Span;

pub(super) fn follow(code: &Code<'_>, state: &mut State) -> Vec<Leak> {
    let tokens = tokens(code);
    let mut walk = Walk { code, tokens: &tokens, state, leaks: Vec::new(), calls: Vec::new() };
    let mut at = 0;
    while at < tokens.len() {
        at = walk.step(at);
    }
    walk.leaks
}

/// Functions whose value shows their argument, and methods whose value shows what they are called on.
const KEEPS: [&str; 17] = [
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
const CHANGES: [&str; 11] = [
    "json.load",
    "btoa",
    "atob",
    "base64.b64encode",
    "base64.b64decode",
    "b64encode",
    "Buffer.from",
    "JSON.parse",
    "json.loads",
    "reversed",
    "list",
];
/// Methods that change what they are called on. `text.replace(secret, '***')` shows nothing of its argument.
const METHODS: [&str; 12] =
    ["slice", "substring", "substr", "split", "reverse", "upper", "lower", "toUpperCase", "toLowerCase", "replace", "replaceAll", "charAt"];

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

struct Walk<'w, 'c> {
    code: &'w Code<'c>,
    tokens: &'w [Token],
    state: &'w mut State,
    leaks: Vec<Leak>,
    /// The open brackets.
    calls: Vec<Call>,
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
        match token.kind {
            Kind::Mark(open @ (b'(' | b'[' | b'{')) => {
                let before = at.checked_sub(1).map(|before| self.tokens[before]).filter(|before| before.kind == Kind::Name);
                self.calls.push(Call { at, function: before.map(|before| before.span).filter(|_| open == b'(') });
            }
            Kind::Mark(b')' | b']' | b'}') => {
                self.calls.pop();
            }
            Kind::Name if self.is_environment(at) => {
                self.unpacked(at);
                self.looped(at);
                let place = self.code.place(token.span);
                let taints = self.state.environment("", place);
                let worst = taints.iter().find(|taint| !self.state.is_hidden(taint)).or(taints.first()).cloned();
                self.used(worst.into_iter().collect(), at, at + 1, None);
            }
            _ => {
                self.looped(at);
                if let Some(next) = self.assignment(at) {
                    return next;
                }
                let Found { taints, next, method } = self.value(at);
                if !taints.is_empty() {
                    let method = method.map(str::to_owned);
                    self.used(taints, at, next, method.as_deref());
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
        let is_whole = matches!(self.name(at), Some("os.environ" | "process.env")) && self.mark(at + 1) != Some(b'[');
        // `'X' in os.environ`, `for name in process.env`: whether it is there, and names.
        is_whole && !at.checked_sub(1).is_some_and(|before| matches!(self.name(before), Some("in" | "of")))
    }

    /// `process.env.X`, `process.env['X']`, `os.environ["X"]`, `os.environ.get("X")`, `os.getenv("X")`; a variable of the script.
    fn variable(&self, at: usize) -> Option<(String, usize, Option<&str>)> {
        let name = self.name(at)?;
        let cut = |name: &str| name.find('.').unwrap_or(name.len());
        if let Some(variable) = name.strip_prefix("process.env.") {
            let (plain, method) = variable.split_at(cut(variable));
            return Some((plain.to_owned(), at + 1, Some(method).filter(|method| !method.is_empty())));
        }
        let opens = match name {
            "process.env" | "os.environ" => b'[',
            "os.environ.get" | "os.getenv" | "environ.get" | "getenv" => b'(',
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

    /// `x = <secret>`, or a sum with strings: a variable of the script holds it now.
    fn assignment(&mut self, at: usize) -> Option<usize> {
        let name = self.name(at)?.to_owned();
        let is_assignment = self.mark(at + 1) == Some(b'=') && self.mark(at + 2) != Some(b'=') && self.calls.is_empty();
        if !is_assignment || name.contains('.') {
            return None;
        }
        let place = self.code.place(self.tokens[at].span);
        let mut taints: Vec<Taint> = Vec::new();
        let mut next = at + 2;
        // `process.env.X || ''` and `?? ''` hold the secret too.
        while let Some(token) = self.tokens.get(next).filter(|token| !matches!(token.kind, Kind::Newline | Kind::Mark(b';' | b'|' | b'?')))
        {
            let found = self.value(next);
            let plain = matches!(token.kind, Kind::String(_) | Kind::Mark(b'+'));
            if !plain && (found.taints.is_empty() || found.method.is_some()) {
                taints.clear();
                next = at + 2;
                break;
            }
            next = found.next;
            taints.extend(found.taints);
        }
        self.state.bind(&format!("${name}"), taints.into_iter().take(MAX_TAINTS).map(|taint| taint.through(place)).collect());
        Some(next)
    }

    /// A secret is used between `at` and `next`: printed, if it stands inside a call that prints.
    fn used(&mut self, taints: Vec<Taint>, at: usize, next: usize, method: Option<&str>) {
        let before = at.checked_sub(1).and_then(|before| self.mark(before));
        let default = self.mark(next) == Some(b'?') && self.mark(next + 1) == Some(b'?');
        let tested = matches!(self.mark(next), Some(b'?' | b'!' | b'=' | b'&' | b'<' | b'>')) && !default;
        if tested || matches!(before, Some(b'!' | b'=' | b'&' | b'<' | b'>')) {
            return;
        }
        let Some(mut by) = self.method(next, method) else { return };
        let mut end = None;
        for call in self.calls.iter().rev().take(MAX_CALLS) {
            let Some(function) = call.function.map(|span| self.text(span)) else { continue };
            if let Some(known) = self.end(function) {
                end = Some((known, function.to_owned(), *call));
                break;
            }
            match effect(function, &CHANGES) {
                Some(true) => by = Some(last_name(function).to_owned()),
                Some(false) => {}
                None => return,
            }
        }
        let Some((end, function, call)) = end.filter(|(.., call)| !self.writes_to_a_file(*call)) else { return };
        let taints: Vec<Taint> =
            taints.into_iter().map(|taint| by.as_ref().map_or(taint.clone(), |by| self.state.changed(&taint, by))).collect();
        let reach = match end {
            End::Handed => return self.hand_on(&function, call.at, taints),
            End::Masked => return self.mask(taints),
            End::Seen(reach) => reach,
        };
        let sink = self.code.place(self.tokens[call.at].span.hull(call.function.unwrap_or(self.tokens[call.at].span)));
        for taint in taints.into_iter().filter(|taint| !self.state.is_masked(taint)).collect::<Vec<_>>() {
            let reach = if taint.listed.is_some() && reach == Reach::Log { Reach::Dump } else { reach };
            self.state.shown(&taint);
            self.leaks.push(Leak { taint, reach, sink, printer: function.clone() });
        }
    }

    /// What is done with the value that ends before `next`: `X[:4]`, `X.slice(0, 4)`. Nothing where its value does not show it.
    fn method(&self, next: usize, method: Option<&str>) -> Option<Option<String>> {
        if self.mark(next) == Some(b'[') {
            return Some(Some("a slice".to_owned()));
        }
        let method = method.or_else(|| self.name(next)).and_then(|name| name.strip_prefix('.'));
        let Some(method) = method else { return Some(None) };
        effect(method, &METHODS).map(|changes| changes.then(|| last_name(method).to_owned()))
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
