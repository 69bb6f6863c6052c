//! Scripts without their trace.

use super::Workflow;
use crate::source::{Change, Edit, Span};

/// Behind these a shell wants a command.
const OPENERS: [&str; 9] = ["then", "do", "else", "{", "(", ")", "&&", "||", "\\"];

impl Workflow<'_> {
    /// The script without the command `set -x`, which stands at a place; of `set -eux` without its `x`.
    #[must_use]
    pub fn without_trace(&self, place: Span) -> Option<Change> {
        let (text, said) = (&self.source.text, self.source.slice(place));
        if matches!(said, "set -x" | "set -o xtrace") {
            return without_line(text, place).map(|line| Edit::replace(line, "").into());
        }
        let flags = said.strip_prefix("set -")?.split([' ', '\t']).next()?;
        let at = flags.find('x').filter(|_| flags.len() > 1 && flags.bytes().all(|byte| byte.is_ascii_alphabetic()))?;
        let at = place.start + u32::try_from("set -".len() + at).ok()?;
        Some(Edit::replace(Span { start: at, end: at + 1 }, "").into())
    }
}

/// The line of a command, where nothing else stands there and nothing waits for it.
fn without_line(text: &str, place: Span) -> Option<Span> {
    let (before, behind) = (text.get(..place.start as usize)?, text.get(place.end as usize..)?);
    let start = before.rfind('\n')? + 1;
    let end = place.end as usize + behind.find('\n')? + 1;
    let alone = before[start..].trim().is_empty() && behind[..end - place.end as usize].trim().is_empty();
    let above = before[..start].trim_end();
    let last = above.rsplit(['\n', ' ', '\t', ';']).next().unwrap_or(above);
    // The head of a block, `run: |`, and no pipe.
    let is_head = above.rsplit('\n').next().is_some_and(|line| line.rsplit(": ").next().is_some_and(|head| head.starts_with('|')));
    let waits = OPENERS.iter().any(|opener| last == *opener || (opener.len() == 1 && last.ends_with(opener))) || last.ends_with('|');
    (alone && (is_head || !waits)).then(|| Span::new(start, end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use crate::syntax::yaml::Tree;

    fn without(script: &str, command: &str) -> Option<String> {
        let lines: String = script.lines().map(|line| format!("          {line}\n")).collect();
        let text = format!("on: push\njobs:\n  a:\n    steps:\n      - run: |\n{lines}");
        let source = Source { text: text.clone(), ..Source::default() };
        let tree = Tree::parse(&text);
        let at = text.find(command).unwrap();
        let change = Workflow::new(&source, &tree).unwrap().without_trace(Span::new(at, at + command.len()))?;
        let edits = change.alone();
        let [edit] = edits.as_slice() else { panic!("one edit") };
        let new = format!("{}{}{}", &text[..edit.span.range().start], edit.text, &text[edit.span.range().end..]);
        Some(new.lines().skip(5).map(|line| line.trim_start().to_owned() + "\n").collect())
    }

    #[test]
    fn the_line_goes_or_the_letter() {
        assert_eq!(without("set -x\nmake é", "set -x").as_deref(), Some("make é\n"));
        assert_eq!(without("cd 日本\nset -o xtrace\nmake", "set -o xtrace").as_deref(), Some("cd 日本\nmake\n"));
        assert_eq!(without("set -euxo pipefail\nmake", "set -euxo pipefail").as_deref(), Some("set -euo pipefail\nmake\n"));
        assert_eq!(without("set -ex; make", "set -ex").as_deref(), Some("set -e; make\n"));
    }

    #[test]
    fn what_something_waits_for_stays() {
        for script in [
            "if $DEBUG; then\n  set -x\nfi\nmake",
            "f() {\n  set -x\n}",
            "a &&\nset -x",
            "a |\nset -x",
            "set -x; make",
            "case a in\n a)\n set -x\n ;;\nesac",
        ] {
            assert_eq!(without(script, "set -x"), None, "{script}");
        }
        assert_eq!(without("set -x -e\nmake", "set -x -e"), None);
        assert_eq!(without("bash -x a", "bash -x a"), None);
    }
}
