//! What a workflow that is called asks of its caller:
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#onworkflow_callsecrets>.

use super::Workflow;
use super::job::Job;
use crate::source::{Change, Edit, Span};
use crate::syntax::yaml::{Node, Shape, Tree};

/// The secrets that a called workflow is to be handed by name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Asked {
    /// Their names, as it declares them.
    pub names: Vec<String>,
    /// Whether a job of it belongs to an environment, whose secrets have the same names.
    pub in_environment: bool,
}

impl Workflow<'_> {
    /// The secrets that a workflow of its repository reads or requires. None where that reads one that it does not declare, which a
    /// caller cannot hand over by name, or all of them at once.
    #[must_use]
    pub fn asked_by(&self, called: &str) -> Option<Asked> {
        let source = self.local(called)?;
        let tree = Tree::parse(&source.text);
        Workflow::new(&source, &tree)?.asks()
    }

    fn asks(&self) -> Option<Asked> {
        let declared = self.root()?.get("on")?.get("workflow_call")?.get("secrets")?;
        let read = read(&self.source.text)?;
        let declares = |name: &str| declared.entries().any(|entry| entry.key.str().is_some_and(|key| key.eq_ignore_ascii_case(name)));
        let jobs = self.jobs();
        if jobs.iter().any(|job| job.inherits_secrets().is_some()) || !read.iter().all(|name| declares(name)) {
            return None;
        }
        let is_asked = |name: &str, node: Node<'_>| {
            node.get("required").and_then(Node::as_bool) == Some(true) || read.iter().any(|read| read.eq_ignore_ascii_case(name))
        };
        let names = declared.entries().filter_map(|entry| entry.key.str().filter(|name| is_asked(name, entry.value)));
        let names: Vec<String> = names.map(std::borrow::Cow::into_owned).collect();
        let in_environment = jobs.iter().any(|job| job.node.get("environment").is_some());
        (!names.is_empty()).then_some(Asked { names, in_environment })
    }
}

/// The names behind `secrets.` in a text, the job's own token left out. None where one is read in a way that tells no name.
fn read(text: &str) -> Option<Vec<&str>> {
    const WORD: &str = "secrets";
    let lower = text.to_ascii_lowercase();
    let mut names = Vec::new();
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    // The end of the last expression that was looked at, so that no part is looked at twice.
    let (mut open, mut seen) = (false, 0);
    for at in memchr::memmem::find_iter(lower.as_bytes(), WORD) {
        let between = &text[seen..at];
        open = between.rfind("${{").map_or(open && !between.contains("}}"), |begin| !between[begin..].contains("}}"));
        seen = at;
        if at > 0 && (is_part(lower.as_bytes()[at - 1]) || lower.as_bytes()[at - 1] == b'.') {
            continue;
        }
        let rest = &text[at + WORD.len()..];
        let name = rest.strip_prefix('.').map(|name| &name[..name.bytes().take_while(|byte| is_part(*byte)).count()]);
        match (name, rest.bytes().next()) {
            (Some(""), _) => {}
            (Some(name), _) if name.eq_ignore_ascii_case("GITHUB_TOKEN") => {}
            (Some(name), _) => names.push(name),
            (None, Some(b'[')) => return None,
            (None, Some(next)) if is_part(next) => {}
            (None, _) if open => return None,
            (None, _) => {}
        }
    }
    Some(names)
}

impl Job<'_> {
    /// `secrets: inherit` with these secrets by name instead.
    #[must_use]
    pub fn with_secrets(&self, names: &[String]) -> Option<Change> {
        let entry = self.node.entries().find(|entry| entry.key.is_str("secrets"))?;
        let (key, value, text) = (entry.key.span(), entry.value.span(), &self.source.text);
        let between = text.get(key.end as usize..value.start as usize)?;
        let before = text.get(..key.start as usize)?;
        let indent = &before[before.rfind('\n').map_or(0, |at| at + 1)..];
        let is_plain = entry.value.shape() == Shape::Scalar && between.trim_end_matches([' ', '\t']) == ":";
        let lines: String = names.iter().map(|name| format!("\n{indent}  {name}: ${{{{ secrets.{name} }}}}")).collect();
        let edit = || Edit::replace(Span { start: key.end + 1, end: value.end }, lines);
        (is_plain && indent.bytes().all(|byte| byte == b' ')).then(|| edit().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_expressions_read() {
        let names = |text: &'static str| read(text);
        assert_eq!(names("a: ${{ secrets.A }} ${{ secrets.github_token }}\nb: ${{ Secrets.B_2 || 'x' }}"), Some(vec!["A", "B_2"]));
        assert_eq!(names("on: {workflow_call: {secrets: {A: }}}\n# its secrets, and my-secrets.x\nx: ${{ needs.secrets }}"), Some(vec![]));
        assert_eq!(names("# all secrets. Ä日本 secrets"), Some(vec![]));
        for text in ["${{ secrets[matrix.name] }}", "${{ toJSON(secrets) }}", "${{ secrets }}", "${{ 'a' && format('{0}', secrets ) }}"] {
            assert_eq!(names(text), None, "{text}");
        }
    }

    #[test]
    fn many_words_stay_linear() {
        assert_eq!(read(&"${{ secrets.A }} secrets ".repeat(20_000)).map(|names| names.len()), Some(20_000));
    }
}
