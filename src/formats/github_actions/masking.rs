//! `::add-mask::` for what a script makes of a secret
//! (<https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#masking-a-value-in-a-log>).
//!
//! The command masks one line. Of a value with more of them it would print the others, so it is written only where the value has
//! one: a field that `jq` gives out raw, or a piece of a secret that is itself one line.

use super::script::Script;
use crate::source::{Change, Edit, Place, Span};
use crate::syntax::shell::{self, Command, Dialect, PartKind, Word};
use crate::syntax::yaml::Style;

/// Fields whose values have several lines.
const LONG: [&str; 10] = ["key", "cert", "pem", "private", "json", "ca", "chain", "config", "kubeconfig", "credentials"];

impl Script<'_> {
    /// The script with a line that masks a variable, behind the line that assigns it and nothing else. `name` is where the
    /// assignment names it; `is_line` says that the secret it comes from has one line.
    #[must_use]
    pub fn masked(&self, name: Span, is_line: bool) -> Option<Change> {
        if self.dialect() != Some(Dialect::Posix) || self.trace.is_some() || self.node.style() != Some(Style::Literal) {
            return None;
        }
        let script = shell::parse(self.text.as_str(), Dialect::Posix, &self.opaque);
        let is_named = |command: &&Command| matches!(command.assignments.as_slice(), [it] if self.text.hull(it.name.range()) == name);
        let command = script.commands.iter().find(is_named)?;
        let [assignment] = command.assignments.as_slice() else { return None };
        let [value] = assignment.values.as_slice() else { return None };
        let plain = !assignment.append && !assignment.array && command.words.len() <= 1 && command.redirects.is_empty();
        if !plain
            || command.pipe.is_some()
            || script.commands.iter().any(|command| traces(&script, command))
            || !gives_a_line(&script, value, is_line)
        {
            return None;
        }
        let text = self.text.as_str();
        // The span of a bare assignment begins with its value.
        let start = command.span.start.min(assignment.name.start) as usize;
        let (before, behind) = (text.get(..start)?, text.get(value.span.end as usize..)?);
        let (indent, rest) = (before.rsplit('\n').next()?, behind.split('\n').next()?);
        let alone = indent.trim().is_empty() && (rest.trim().is_empty() || rest.trim_start().starts_with('#'));
        let end = value.span.end as usize + rest.trim_end_matches('\r').len();
        let at = self.text.hull(end.checked_sub(1)?..end).end;
        let start = self.text.hull(start..end).start;
        let line = self.source().text.get(..start as usize)?.rsplit('\n').next()?;
        let variable = script.slice(assignment.name);
        (alone && line.trim().is_empty()).then(|| Edit::insert(at, format!("\n{line}echo \"::add-mask::${variable}\"")).into())
    }
}

/// `set -x`, after which the command that masks would be printed itself.
fn traces(script: &shell::Script<'_>, command: &Command) -> bool {
    let Some(invocation) = script.invocation(command).filter(|it| it.name == "set") else { return false };
    invocation.args.iter().map(|arg| script.literal_prefix(arg)).any(|arg| arg == "xtrace" || arg.starts_with('-') && arg.contains('x'))
}

/// Whether a word is one line for sure.
fn gives_a_line(script: &shell::Script<'_>, value: &Word, is_line: bool) -> bool {
    match value.parts.as_slice() {
        [part] => match part.kind {
            PartKind::Substitution(scope) => {
                let last = script.commands.iter().filter(|command| command.scope == scope && command.pipe.is_none()).collect::<Vec<_>>();
                let [last] = last.as_slice() else { return false };
                let Some(program) = script.invocation(last) else { return false };
                let args: Vec<_> = program.args.iter().filter_map(|arg| script.literal(arg)).collect();
                match &*program.name {
                    "jq" if args.len() == program.args.len() => is_field(&args.iter().map(|arg| &**arg).collect::<Vec<_>>()),
                    "cut" => is_line,
                    _ => false,
                }
            }
            PartKind::Parameter { .. } => {
                is_line
                    && script.slice(part.span).split_once(':').is_some_and(|(_, rest)| rest.starts_with(|char: char| char.is_ascii_digit()))
            }
            _ => false,
        },
        _ => false,
    }
}

/// Whether a secret of this name may have several lines.
#[must_use]
pub fn may_be_long(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let mut words = name.split(|char: char| !char.is_ascii_alphanumeric());
    words.any(|word| LONG.contains(&word)) || ["privatekey", "certificate"].iter().any(|word| name.contains(word))
}

/// `-r .a.b` of `jq`.
fn is_field(args: &[&str]) -> bool {
    let raw = |arg: &&&str| **arg == "--raw-output" || arg.starts_with('-') && !arg.starts_with("--") && arg.contains('r');
    let mut others = args.iter().filter(|arg| !arg.starts_with('-'));
    let Some(filter) = others.next().filter(|_| args.iter().any(|arg| raw(&arg))) else { return false };
    let names: Vec<&str> = filter.split('.').collect();
    let is_name = |name: &&str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let is_long = names.last().is_none_or(|name| may_be_long(name));
    let is_path = matches!(names.as_slice(), ["", rest @ ..] if !rest.is_empty() && rest.iter().all(is_name));
    is_path && !is_long
}

/// The scripts of a workflow, to be asked which of them holds a place.
pub struct Scripts<'a>(Vec<Script<'a>>);

impl<'a> Scripts<'a> {
    /// In any order.
    #[must_use]
    pub fn new(mut scripts: Vec<Script<'a>>) -> Self {
        scripts.sort_by_key(|script| script.text.span());
        Self(scripts)
    }

    /// The script that holds a place.
    #[must_use]
    pub fn around(&self, place: Place) -> Option<&Script<'a>> {
        let before = self.0.partition_point(|script| script.text.span().start <= place.span.start);
        let script = self.0.get(before.checked_sub(1)?)?;
        (script.source().id == place.source && script.text.span().contains(place.span)).then_some(script)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_simple_fields_have_one_line() {
        assert!(is_field(&["-r", ".password"]) && is_field(&["--raw-output", ".db.password"]) && is_field(&["-er", ".token"]));
        for args in
            [&[".password"][..], &["-r", ".private_key"], &["-r", ".[]"], &["-r", ".a | .b"], &["-r"], &["-r", "."], &["-r", ".tls.cert"]]
        {
            assert!(!is_field(args), "{args:?}");
        }
    }

    #[test]
    fn a_traced_script_is_left_alone() {
        let traced = |text: &str| {
            let script = shell::parse(text, Dialect::Posix, &[]);
            script.commands.iter().any(|command| traces(&script, command))
        };
        assert!(["set -x", "set -eux", "set -o xtrace", "a; set -ex"].into_iter().all(traced));
        assert!(!["set -eu", "set +x", "echo set -x"].into_iter().any(traced));
    }
}
