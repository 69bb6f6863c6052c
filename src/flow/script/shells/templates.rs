//! `envsubst < template`: which variables a template names, where it can be read.

use super::Walk;
use crate::syntax::shell::{Command, CommandId, RedirectOp, Target};

/// Of a template so many names are looked up.
const MAX_NAMES: usize = 256;

impl Walk<'_, '_> {
    /// The text that the command reads: of a here-document, of a file of the repository or one that the job wrote.
    pub(super) fn template_text(&mut self, id: CommandId, command: &Command) -> Option<String> {
        let script = self.script;
        for redirect in &command.redirects {
            let path = match redirect.op {
                RedirectOp::Heredoc => {
                    return redirect.body.and_then(|body| script.word(body)).map(|body| script.slice(body.span).to_owned());
                }
                RedirectOp::HereString => return script.literal(&redirect.target).map(std::borrow::Cow::into_owned),
                RedirectOp::Read => self.path(&redirect.target),
                _ => continue,
            };
            return self.text_of(&path);
        }
        // `cat template | envsubst`
        let Some(Target::Command(before)) = script.command(id)?.piped_from else { return None };
        let before = script.command(before).and_then(|command| script.invocation(command)).filter(|before| before.name == "cat")?;
        let path = self.path(self.plain_args(before.args).first()?);
        self.text_of(&path)
    }

    fn text_of(&mut self, path: &str) -> Option<String> {
        if let Some(pieces) = self.state.written.get(path).filter(|pieces| !pieces.is_empty()) {
            let texts: Vec<&str> = pieces.iter().map(|piece| piece.text()).collect();
            return Some(texts.join("\n"));
        }
        let folder = self.code.folder?;
        let source = folder.path_of(path).and_then(|path| folder.tree.read(&path))?;
        if self.state.fuel < source.text.len() {
            return None;
        }
        self.state.fuel -= source.text.len();
        Some(source.text.to_string())
    }
}

/// The variables that a template names: `$NAME`, `${NAME}`. Each once, in the order of the text.
pub(super) fn names(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for (at, _) in text.match_indices('$') {
        let rest = text.get(at + 1..).unwrap_or("");
        let (rest, closes) = rest.strip_prefix('{').map_or((rest, false), |rest| (rest, true));
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        let (name, behind) = rest.split_at(end);
        let is_name = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
        if is_name && (!closes || behind.starts_with('}')) && seen.insert(name) {
            names.push(name.to_owned());
        }
        if names.len() >= MAX_NAMES {
            break;
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn names_of_a_template() {
        assert_eq!(names("a: $A\nb: ${B}\nagain: $A ${C:-x} $1 $$ ä$Ä 日本$D_1 ${"), ["A", "B", "D_1"]);
        assert_eq!(names(""), [""; 0]);
        assert_eq!(names("x: ${A"), [""; 0]);
        assert_eq!(names("x: $A\r\ny: ${B}\r\n"), ["A", "B"]);
    }
}
