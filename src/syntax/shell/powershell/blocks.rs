//! What stands before and behind a block: the name of a function, its parameters, `else`.

use super::PowerShell;
use crate::source::Span;
use crate::syntax::shell::tree::PartKind;

impl PowerShell<'_, '_> {
    /// The name of the function whose body opens here: `function Name {`, `function Name($x) {`, `filter Name {`.
    pub(super) fn function(&self) -> Option<Span> {
        let command = self.script.commands.get(self.levels.last()?.command?.0 as usize)?;
        let [keyword, name, ..] = command.words.as_slice() else { return None };
        let is_keyword = ["function", "filter"].iter().any(|word| self.script.slice(keyword.span).eq_ignore_ascii_case(word));
        let name = name.parts.first().filter(|part| is_keyword && part.kind == PartKind::Literal)?.span;
        // `function script:Name`: the scope is no part of the name.
        let scope = self.script.slice(name).rfind(':').map_or(0, |at| at + 1);
        Some(Span::new(name.start as usize + scope, name.end as usize))
    }

    /// Whether the statement is a `param( … )`: what follows on its line is another one.
    pub(super) fn is_parameters(&self) -> bool {
        let Some(level) = self.levels.last() else { return false };
        let command = level.command.and_then(|id| self.script.commands.get(id.0 as usize));
        let first = command.and_then(|command| command.words.first()).or(level.word.as_ref());
        let part = first.and_then(|word| word.parts.first()).filter(|part| part.kind == PartKind::Literal);
        part.is_some_and(|part| self.script.slice(part.span).eq_ignore_ascii_case("param"))
    }

    /// Whether another block of the same statement follows: `if (…) { … } else { … }`.
    pub(super) fn continues(&self) -> bool {
        let rest = self.text.get(self.at..).unwrap_or("").trim_start();
        ["else", "catch", "finally"].iter().any(|word| rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)))
    }
}
