//! A scalar → a value: what of it stands in the file, and what is put in later.

use crate::literal::{Part, Reference, Value};
use crate::source::{Span, Text};
use crate::syntax::yaml::template_actions;

use super::template;

/// How deep `${A:-${B:-…}}` is followed.
const DEPTH: usize = 8;

/// A scalar's value: `{{ … }}` of templates, `$(NAME)` of containers and `${NAME}` of Flux and envsubst are references.
///
/// <https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/>,
/// <https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution>
pub(super) fn value<'a>(text: &Text<'a>) -> Value<'a> {
    parts(text, DEPTH)
}

fn parts<'a>(text: &Text<'a>, depth: usize) -> Value<'a> {
    let mut value = Value::default();
    let mut from = 0;
    for hole in holes(text.as_str()) {
        literal(&mut value, text, from, hole.start as usize);
        match text.as_str().as_bytes()[hole.start as usize] {
            b'{' => value.parts.extend(template::parts(text, hole)),
            _ => value.parts.push(Part::Reference(variable(text, hole, depth))),
        }
        from = hole.end as usize;
    }
    literal(&mut value, text, from, text.len());
    if value.parts.is_empty() {
        value.parts.push(Part::Literal(text.clone()));
    }
    value
}

fn literal<'a>(value: &mut Value<'a>, text: &Text<'a>, from: usize, to: usize) {
    if from < to {
        value.parts.push(Part::Literal(text.slice(from..to)));
    }
}

/// What is put in later, in order.
fn holes(text: &str) -> Vec<Span> {
    let actions = template_actions(text);
    let mut holes = Vec::with_capacity(actions.len());
    let mut from = 0;
    for action in actions {
        variables(text, from, action.start as usize, &mut holes);
        from = action.end as usize;
        holes.push(action);
    }
    variables(text, from, text.len(), &mut holes);
    holes
}

fn variables(text: &str, from: usize, to: usize, holes: &mut Vec<Span>) {
    let mut at = from;
    while let Some(found) = memchr::memchr(b'$', &text.as_bytes()[at..to]) {
        let start = at + found;
        at = match end_of_variable(&text.as_bytes()[..to], start) {
            Some(end) => {
                holes.push(Span::new(start, end));
                end
            }
            // `$$` stands for a dollar sign.
            None if text.as_bytes()[..to].get(start + 1) == Some(&b'$') => start + 2,
            None => start + 1,
        };
    }
}

/// Where the variable that starts at `start` ends. `$(…)` holds a name and nothing else, or it is text.
fn end_of_variable(text: &[u8], start: usize) -> Option<usize> {
    let name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let from = start + 2;
    let named = text.get(from..)?.iter().take_while(|byte| name(byte)).count();
    match (text.get(start + 1)?, text.get(from + named)?) {
        (b'(', b')') if named > 0 => Some(from + named + 1),
        (b'{', b'}' | b':' | b'=' | b'?' | b'+' | b'/' | b'%' | b'#' | b',' | b'^') if named > 0 => closing_brace(text, from + named),
        _ => None,
    }
}

fn closing_brace(text: &[u8], from: usize) -> Option<usize> {
    let mut depth = 1;
    for (at, byte) in text.iter().enumerate().skip(from) {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            b'\n' => return None,
            _ => {}
        }
        if depth == 0 {
            return Some(at + 1);
        }
    }
    None
}

fn variable<'a>(text: &Text<'a>, hole: Span, depth: usize) -> Reference<'a> {
    let inside = text.as_str()[hole.range()].get(2..hole.len() - 1).unwrap_or("");
    let start = hole.start as usize + 2;
    let name_end = inside.find([':', '=', '?', '+', '/', '%', '#', ',', '^']).unwrap_or(inside.len());
    // `:-` and `:=` give the value that is used when there is none; a `-` alone is part of a name here.
    let fallback = [":-", ":=", "="].iter().find(|sign| inside[name_end..].starts_with(**sign)).map(|sign| name_end + sign.len());
    let fallback = fallback.filter(|at| *at < inside.len() && depth > 0).map(|at| {
        let text = text.slice(start + at..start + inside.len());
        Box::new(parts(&text, depth - 1))
    });
    Reference { span: text.hull(hole.range()), name: inside[..name_end].to_owned().into(), fallback }
}
