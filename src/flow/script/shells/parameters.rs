//! Parameters of PowerShell's functions: `function F($a) { … }`, `function F { param([string]$a, $b = 1) … }`.

use super::Walk;
use crate::flow::script::Taint;
use crate::source::Span;
use crate::syntax::shell::{Command, CommandId, PartKind, ScopeId, Script, Word};

/// More parameters than any function has.
const MAX_PARAMETERS: usize = 64;

/// Whether a command is the `param( … )` of a function or script.
pub(super) fn declares(script: &Script<'_>, command: &Command) -> bool {
    let first = command.words.first().and_then(|word| word.parts.first());
    first.is_some_and(|part| part.kind == PartKind::Literal && script.slice(part.span).eq_ignore_ascii_case("param"))
}

/// The names of a function's parameters, in order and in lower case.
pub(super) fn of(script: &Script<'_>, scope: ScopeId, name: Span, body: &[CommandId]) -> Vec<String> {
    let opens = script.scope(scope).map_or(name.end, |scope| scope.span.start);
    let head = script.text.get(name.end as usize..opens as usize).unwrap_or("");
    if let Some(list) = head.trim_start().strip_prefix('(') {
        return names(list);
    }
    let own = body.iter().filter_map(|id| script.command(*id)).find(|command| declares(script, command));
    let parts = own.iter().flat_map(|command| &command.words).flat_map(|word| &word.parts);
    let list = parts.into_iter().find(|part| matches!(part.kind, PartKind::Substitution(_)));
    list.map(|list| names(script.slice(list.span).trim_start_matches('('))).unwrap_or_default()
}

/// The first variable of each item of a list, up to the bracket that closes it. Attributes and defaults hold others.
fn names(list: &str) -> Vec<String> {
    let mut names = Vec::new();
    let (mut depth, mut quote, mut found) = (0_u32, None, false);
    for (at, byte) in list.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), _) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, b'\'' | b'"') => quote = Some(byte),
            (None, b'(' | b'[' | b'{') => depth += 1,
            (None, b')') if depth == 0 => break,
            (None, b')' | b']' | b'}') => depth = depth.saturating_sub(1),
            (None, b',') if depth == 0 => found = false,
            (None, b'$') if depth == 0 && !found => {
                found = true;
                let rest = list.get(at + 1..).unwrap_or("");
                let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
                names.extend(rest.get(..end).map(str::to_ascii_lowercase));
            }
            (None, _) => {}
        }
        if names.len() >= MAX_PARAMETERS {
            break;
        }
    }
    names
}

impl Walk<'_, '_> {
    /// Binds what a function is given, by name (`-Token $x`) or by place; returns what these variables held.
    pub(super) fn given_by_name(&mut self, parameters: &[String], args: &[Word]) -> Vec<(String, Vec<Taint>)> {
        let mut given: Vec<(String, Vec<Taint>)> = Vec::new();
        let (mut all, mut by_place) = (Vec::new(), Vec::new());
        let mut at = 0;
        while let Some(arg) = args.get(at) {
            at += 1;
            let text = self.script.literal_prefix(arg).to_ascii_lowercase();
            let name =
                text.strip_prefix('-').and_then(|name| parameters.iter().find(|known| known.starts_with(name.trim_end_matches(':'))));
            match (name, args.get(at)) {
                (Some(name), Some(value)) if text.len() > 1 => {
                    given.push((name.clone(), self.word(value)));
                    at += 1;
                }
                _ => {
                    let taints = self.word(arg);
                    all.extend(taints.iter().cloned());
                    by_place.push(taints);
                }
            }
        }
        let mut rest = by_place.into_iter();
        for name in parameters {
            if !given.iter().any(|(known, _)| known == name) {
                given.push((name.clone(), rest.next().unwrap_or_default()));
            }
        }
        given.push(("args".to_owned(), all));
        let mut before = Vec::with_capacity(given.len());
        for (name, taints) in given {
            let key = format!("${name}");
            before.push((key.clone(), self.state.variable(&key).to_vec()));
            self.state.bind(&key, taints);
        }
        before
    }
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn names_of_parameters() {
        assert_eq!(names("$A, [string]$b_2)"), ["a", "b_2"]);
        assert_eq!(names("[Parameter(Mandatory = $true)] [ValidateSet('x', '$y')] [string] $Token = $env:T, $Next)"), ["token", "next"]);
        assert_eq!(names(")"), [""; 0]);
    }
}
