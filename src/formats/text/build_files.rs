//! What files hold that build and deploy: the commands and variables of a Makefile, the commands of a Jenkinsfile.

use crate::source::Span;

/// The steps of a Jenkinsfile that run commands: <https://www.jenkins.io/doc/pipeline/steps/workflow-durable-task-step/>.
const STEPS: [&str; 3] = ["sh", "bash", "bat"];
/// Longer commands are not looked for the end of.
const MAX_COMMAND: usize = 16 << 10;

/// So far before its command a step begins.
const MAX_STEP: usize = 60;

/// The commands of a Makefile's recipes, continued lines included, and its variables with the places of their values.
///
/// <https://www.gnu.org/software/make/manual/html_node/Recipe-Syntax.html>
pub(super) fn of_makefile(text: &str, within: Span) -> (Vec<Span>, Vec<(&str, Span)>) {
    let (mut recipes, mut variables) = (Vec::<Span>::new(), Vec::new());
    let (mut at, mut goes_on) = (within.start as usize, false);
    for line in text.get(within.range()).unwrap_or("").split_inclusive('\n') {
        let start = at;
        at += line.len();
        match (line.strip_prefix('\t'), recipes.last_mut()) {
            (Some(_), Some(last)) if goes_on => *last = Span::new(last.start as usize, at),
            // `@` keeps a command out of the log, `-` and `+` say what happens when it fails.
            (Some(recipe), _) => recipes.push(Span::new(at - recipe.trim_start_matches(['@', '-', '+', ' ', '\t']).len(), at)),
            _ => variables.extend(variable(line).map(|(name, value)| (name, Span::new(start + value.start, start + value.end)))),
        }
        goes_on = line.starts_with('\t') && line.trim_end().ends_with('\\');
    }
    (recipes, variables)
}

/// `NAME = value`, `NAME := value`, `export NAME ?= value`.
fn variable(line: &str) -> Option<(&str, std::ops::Range<usize>)> {
    let mut rest = line;
    for word in ["override ", "export "] {
        rest = rest.strip_prefix(word).map_or(rest, str::trim_start);
    }
    let length = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')).count();
    let (name, behind) = rest.split_at(length);
    let value = behind.trim_start_matches([' ', '\t', ':', '?', '+']).strip_prefix('=')?.trim_start_matches([' ', '\t']);
    let start = line.len() - value.len();
    let value = value.split(" #").next().unwrap_or("").trim_end();
    let quoted = value.strip_prefix(['"', '\'']).and_then(|inner| inner.strip_suffix(['"', '\'']));
    let range = quoted.map_or(start..start + value.len(), |inner| start + 1..start + 1 + inner.len());
    (!name.is_empty() && !range.is_empty()).then_some((name, range))
}

/// The commands that the steps of a Jenkinsfile run: `sh "…"`, `sh(script: '…')`, `sh '''…'''`.
pub(super) fn of_jenkinsfile(text: &str, within: Span) -> Vec<Span> {
    let mut commands = Vec::new();
    let inside = text.get(within.range()).unwrap_or("");
    let mut from = 0;
    for quote in memchr::memchr2_iter(b'"', b'\'', inside.as_bytes()) {
        if quote < from {
            continue;
        }
        let line = inside[inside.floor_char_boundary(quote.saturating_sub(MAX_STEP))..quote].rsplit('\n').next().unwrap_or("");
        let before = line.trim_end_matches(|c: char| c.is_whitespace() || c == '(');
        let before = before.strip_suffix("script:").unwrap_or(before).trim_end_matches(|c: char| c.is_whitespace() || c == '(');
        let word = before.rsplit(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).next().unwrap_or("");
        let mark = &inside[quote..quote + 1];
        let opener = if inside[quote..].starts_with(&mark.repeat(3)) { mark.repeat(3) } else { mark.to_owned() };
        let start = quote + opener.len();
        let limit = inside.floor_char_boundary((start + MAX_COMMAND).min(inside.len()));
        if !STEPS.contains(&word) {
            // What stands between quotes is not looked into for others.
            let length = inside[start..limit].find(|c: char| mark.starts_with(c) || c == '\n');
            from = length.filter(|at| inside[start + at..].starts_with(mark)).map_or(quote + 1, |at| start + at + 1);
            continue;
        }
        let Some(length) = end_of(&inside[start..limit], &opener) else { continue };
        commands.push(Span::new(within.start as usize + start, within.start as usize + start + length));
        from = start + length + opener.len();
    }
    commands
}

/// Where a string ends, its escapes passed over.
fn end_of(text: &str, closer: &str) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + text[from..].find(closer)?;
        let escapes = text.as_bytes()[..at].iter().rev().take_while(|byte| **byte == b'\\').count();
        if escapes % 2 == 0 {
            return Some(at);
        }
        from = at + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Span {
        Span::new(0, text.len())
    }

    #[test]
    fn a_makefile_has_commands_and_variables() {
        let text = "# é\nA := b c # d\nexport B ?= \"e\"\nC=\nx: A=1\r\n\t@echo $(A) \\\n\t  f\n\t-g\nifeq ($(A),b)\nD=日本\r\n";
        let (recipes, variables) = of_makefile(text, all(text));
        assert_eq!(recipes.iter().map(|span| &text[span.range()]).collect::<Vec<_>>(), ["echo $(A) \\\n\t  f\n", "g\n"]);
        let variables: Vec<_> = variables.into_iter().map(|(name, span)| (name, &text[span.range()])).collect();
        assert_eq!(variables, [("A", "b c"), ("B", "e"), ("D", "日本")]);
        assert!(of_makefile("", all("")).0.is_empty() && of_makefile("\t", all("\t")).1.is_empty());
    }

    #[test]
    fn a_jenkinsfile_has_commands() {
        let text = "a = 'sh \"x\"'\nsh 'b \\'c\\' é'\r\nsh \"d 'e'\"; sh(script: \"f\", returnStdout: true)\nsh '''\n g\n'''\nbat \"\"\"h\"\"\"\npush 'i'\nit's\nsh 'j'\nsh 'k";
        let found: Vec<_> = of_jenkinsfile(text, all(text)).into_iter().map(|span| &text[span.range()]).collect();
        assert_eq!(found, ["b \\'c\\' é", "d 'e'", "f", "\n g\n", "h", "j"]);
        let hostile = "sh '".repeat(50_000);
        assert!(of_jenkinsfile(&hostile, all(&hostile)).len() < 50_000);
    }
}
