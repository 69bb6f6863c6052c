//! A variable of the step in the place of a literal in its script, and the variable's value from the repository's secrets
//! (<https://docs.github.com/en/actions/how-tos/write-workflows/choose-what-workflows-do/use-secrets>).

use super::script::Script;
use crate::formats::yaml;
use crate::source::{Change, Edit, Span};
use crate::syntax::shell::{self, Dialect, PartKind, Quote, Word};
use crate::syntax::yaml::{Shape, Style};

impl Script<'_> {
    /// The step with `$variable` where a literal stands, and `env:` that gives it this value. Nothing where the shell would not
    /// fill it in, or where the step has no `env:` yet and `others` too would write one.
    #[must_use]
    pub fn hoisted(&self, place: Span, variable: &str, value: &str, others: bool) -> Option<Change> {
        if self.dialect() != Some(Dialect::Posix) || self.node.style() != Some(Style::Literal) || self.is_input() {
            return None;
        }
        let given = match self.step().node.get("env") {
            Some(env) if env.is_alias() || env.shape() != Shape::Mapping || env.get_merged(variable).is_some() => return None,
            Some(env) => yaml::with(self.source(), env, variable, value)?,
            None if others => return None,
            None => {
                let first = self.step().node.entries().next()?.key.span().start;
                let line = self.source().text.get(..first as usize)?.rsplit('\n').next()?;
                let indent = " ".repeat(line.chars().count() + 2);
                yaml::with(self.source(), self.step().node, "env", &format!("\n{indent}{variable}: {value}"))?
            }
        };
        let script = shell::parse(self.text.as_str(), Dialect::Posix, &self.opaque);
        let assigned = script.commands.iter().flat_map(|command| command.assignments.iter().flat_map(|assignment| &assignment.values));
        let words = script.commands.iter().flat_map(|command| &command.words).chain(assigned);
        let mut edits = words.filter_map(|word| self.filled(word, place, variable)).take(1).collect::<Vec<_>>();
        if edits.is_empty() {
            return None;
        }
        edits.extend(given.edits);
        edits.sort();
        Some(Change { edits, removals: given.removals })
    }

    /// The part of a word that is the literal, as the variable that the shell fills in there.
    fn filled(&self, word: &Word, place: Span, variable: &str) -> Option<Edit> {
        let at = |span: Span| match self.text.locate(span.range()).as_slice() {
            [span] => Some(*span),
            _ => None,
        };
        let part =
            word.parts.iter().find(|part| part.kind == PartKind::Literal && at(part.span).is_some_and(|span| span.contains(place)))?;
        match part.quote {
            Quote::None => Some(Edit::replace(place, format!("\"${{{variable}}}\""))),
            Quote::Double => Some(Edit::replace(place, format!("${{{variable}}}"))),
            // All that stands between the quotes.
            Quote::Single if at(part.span) == Some(place) => {
                let quoted = Span { start: place.start.checked_sub(1)?, end: place.end + 1 };
                let raw = self.source().slice(quoted);
                (raw.starts_with('\'') && raw.ends_with('\'')).then(|| Edit::replace(quoted, format!("\"${{{variable}}}\"")))
            }
            _ => None,
        }
    }
}
