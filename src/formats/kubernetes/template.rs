//! What stands inside `{{ … }}` of Helm charts and Jinja templates: what it names, and the literals it falls back to.

use crate::literal::{Part, Reference, Value};
use crate::source::{Span, Text};

/// Functions whose string arguments are what the action yields when there is nothing better.
const FALLBACKS: [&str; 5] = ["default", "d", "coalesce", "ternary", "or"];

/// Functions that yield their string argument, or an encoding of it.
const WRAPPERS: [&str; 10] = ["quote", "squote", "b64enc", "print", "trim", "trimSuffix", "toString", "upper", "lower", "nospace"];

/// Whether the comment of a masked text is one in the template's own text: `# …` or `{{/* … */}}`.
pub(super) fn is_comment(text: &str) -> bool {
    text.starts_with('#') || inside(text).starts_with("/*")
}

/// An action's text without its braces and trim markers.
fn inside(action: &str) -> &str {
    let inside = action.strip_prefix("{{").unwrap_or(action);
    inside.strip_prefix('-').unwrap_or(inside).trim_start()
}

/// The variable that an action sets: `{{- $password := … }}`.
pub(super) fn assigned(action: &str) -> Option<&str> {
    let (name, _) = inside(action).strip_prefix('$')?.split_once([':', '='])?;
    Some(name.trim())
}

/// The parts of a value that the action under `hole` of `text` stands for: a literal if it is nothing but a string,
/// else a reference for each literal that it may fall back to, at least one.
pub(super) fn parts<'a>(text: &Text<'a>, hole: Span) -> Vec<Part<'a>> {
    let action = text.as_str()[hole.range()].to_owned();
    let at = hole.start as usize;
    let tokens = tokens(&action);
    let span = text.hull(hole.range());
    let words = || tokens.iter().filter(|token| token.kind == Kind::Word).map(|token| &action[token.span.range()]);
    let name = words().find(|word| word.len() > 1 && word.contains('.')).or_else(|| words().next()).unwrap_or_default();
    let mut parts = Vec::new();
    for (string, is_all) in strings(&action, &tokens) {
        let literal = text.slice(at + string.start as usize..at + string.end as usize);
        parts.push(if is_all {
            Part::Literal(literal)
        } else {
            let fallback = Some(Box::new(Value::literal(literal)));
            Part::Reference(Reference { span, name: name.to_owned().into(), fallback })
        });
    }
    if parts.is_empty() {
        parts.push(Part::Reference(Reference { span, name: name.to_owned().into(), fallback: None }));
    }
    parts
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Word,
    /// The span is what stands between the quotes.
    String,
    /// `(`, `)`, `|`, `,`, `=` …
    Sign,
}

struct Token {
    kind: Kind,
    span: Span,
}

/// The strings that an action may yield, and whether it yields nothing else.
fn strings(action: &str, tokens: &[Token]) -> Vec<(Span, bool)> {
    let word = |token: &Token| &action[token.span.range()];
    let is_sign = |token: &Token, sign: &str| token.kind == Kind::Sign && word(token) == sign;
    // What is set to the variable of `$name := …`.
    let first = tokens.iter().position(|token| is_sign(token, "=")).map_or(0, |equals| equals + 1);
    let first = if assigned(action).is_some() { first } else { 0 };
    let tokens = &tokens[first..];
    let only = !tokens.iter().any(|token| token.kind == Kind::Word && word(token).contains(['.', '$']));
    // The function whose arguments are read; a command that begins with a string yields it.
    let (mut function, mut starts) = ("quote", true);
    let mut found = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Word if starts || tokens.get(index + 1).is_some_and(|next| is_sign(next, "(")) => function = word(token),
            Kind::String if token.span.is_empty() => {}
            Kind::String if FALLBACKS.contains(&function) => found.push((token.span, false)),
            Kind::String if only && WRAPPERS.contains(&function) => found.push((token.span, true)),
            _ => {}
        }
        starts = is_sign(token, "|") || is_sign(token, "(");
    }
    found
}

fn tokens(action: &str) -> Vec<Token> {
    let bytes = action.as_bytes();
    let end = action.strip_suffix("-}}").or_else(|| action.strip_suffix("}}")).map_or(action.len(), str::len);
    let mut tokens = Vec::new();
    let mut at = if action.starts_with("{{-") { 3 } else { 2 };
    while at < end {
        let start = at;
        let kind = match bytes[at] {
            b' ' | b'\t' | b'\r' | b'\n' => {
                at += 1;
                continue;
            }
            quote @ (b'"' | b'\'' | b'`') => {
                let close = close(&bytes[..end], at + 1, quote).unwrap_or(end);
                tokens.push(Token { kind: Kind::String, span: Span::new(at + 1, close) });
                at = close + 1;
                continue;
            }
            byte if is_word(byte) => {
                at += bytes[at..end].iter().take_while(|byte| is_word(**byte)).count();
                Kind::Word
            }
            _ => {
                at += action[at..].chars().next().map_or(1, char::len_utf8);
                Kind::Sign
            }
        };
        tokens.push(Token { kind, span: Span::new(start, at) });
    }
    tokens
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'$' | b'-' | b'/')
}

fn close(bytes: &[u8], from: usize, quote: u8) -> Option<usize> {
    let mut at = from;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if quote != b'`' => at += 2,
            byte if byte == quote => return Some(at),
            _ => at += 1,
        }
    }
    None
}
