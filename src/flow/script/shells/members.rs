//! Values of PowerShell that stand before a dot or behind `::`: `(Get-Item env:X).Value`, `[Environment]::GetEnvironmentVariable('X')`.

use crate::source::Span;
use crate::syntax::shell::{Expansion, Part, PartKind, Script, Word};

/// Members that show the value they are taken of, or a part of it.
const SHOWN: [&str; 14] = [
    "value",
    "tostring",
    "trim",
    "trimend",
    "trimstart",
    "substring",
    "toupper",
    "tolower",
    "split",
    "replace",
    "tochararray",
    "insert",
    "remove",
    "padleft",
];

/// Whether a word that is a statement by itself prints a value with what is done with it.
pub(super) fn shows(script: &Script<'_>, word: &Word) -> bool {
    match word.parts.as_slice() {
        [Part { kind: PartKind::Substitution(_), .. }] => true,
        [Part { kind: PartKind::Substitution(_), .. }, member] | [Part { kind: PartKind::Substitution(_), .. }, member, _] => {
            is_shown(script, member)
        }
        [Part { kind: PartKind::Parameter { op: Expansion::Changed, .. }, .. }, member]
        | [Part { kind: PartKind::Parameter { op: Expansion::Changed, .. }, .. }, member, _] => is_shown(script, member),
        _ => variable(script, word).is_some(),
    }
}

fn is_shown(script: &Script<'_>, member: &Part) -> bool {
    let text = if member.kind == PartKind::Literal { script.slice(member.span).to_ascii_lowercase() } else { String::new() };
    text.starts_with('[') || text.strip_prefix('.').is_some_and(|name| SHOWN.contains(&name))
}

/// The variable that `[Environment]::GetEnvironmentVariable('NAME')` reads, with the place of the call
/// (<https://learn.microsoft.com/dotnet/api/system.environment.getenvironmentvariable>).
pub(super) fn variable<'s>(script: &Script<'s>, word: &Word) -> Option<(&'s str, Span)> {
    let [function @ Part { kind: PartKind::Literal, .. }, arguments @ Part { kind: PartKind::Substitution(_), .. }, ..] =
        word.parts.as_slice()
    else {
        return None;
    };
    let called = script.slice(function.span).to_ascii_lowercase();
    let called = called.strip_prefix("[system.").or_else(|| called.strip_prefix('['))?;
    if called != "environment]::getenvironmentvariable" {
        return None;
    }
    let given = script.slice(arguments.span).trim_start_matches(['(', ' ']);
    let quote = given.chars().next().filter(|first| matches!(first, '\'' | '"'))?;
    let name = given.get(1..)?.split(quote).next()?;
    Some((name, function.span.hull(arguments.span)))
}
