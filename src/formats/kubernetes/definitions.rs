//! Definitions of resources: they describe what other manifests may hold and hold nothing themselves, but are the longest
//! documents that clusters are made of, so they are told apart before anything is parsed.

use crate::source::Span;

/// Shorter ones are parsed like anything else.
const MIN_LENGTH: usize = 2_048;

/// The root keys of a definition: <https://kubernetes.io/docs/reference/kubernetes-api/extend-resources/custom-resource-definition-v1/>.
const KEYS: [&str; 5] = ["apiVersion", "kind", "metadata", "spec", "status"];

/// The documents of a file of manifests that are surely definitions of custom resources.
///
/// Surely: every line that begins at the margin is one of their root keys, each of which stands there once, so that no other
/// `kind` can be in the document whatever a parser makes of the rest of it. A document that speaks of caulk is none.
#[must_use]
pub fn definitions(text: &str) -> Vec<Span> {
    if !text.contains("CustomResourceDefinition") {
        return Vec::new();
    }
    let (mut found, mut start, mut at) = (Vec::new(), 0, 0);
    let mut end_of = |start: usize, end: usize| {
        let document = &text[start..end];
        if document.len() >= MIN_LENGTH && is_definition(document) {
            found.push(Span::new(start, start + document.trim_end().len()));
        }
    };
    for line in text.split_inclusive('\n') {
        if line.starts_with("---") && line[3..].trim_end().is_empty() {
            end_of(start, at);
            start = at + line.len();
        }
        at += line.len();
    }
    end_of(start, at);
    found
}

fn is_definition(document: &str) -> bool {
    let mut seen = [false; KEYS.len()];
    for line in document.lines().filter(|line| !line.is_empty() && !line.starts_with([' ', '#'])) {
        let Some((key, value)) = line.split_once(':') else { return false };
        let Some(index) = KEYS.iter().position(|known| *known == key) else { return false };
        let expected = match key {
            "apiVersion" => value.trim().starts_with("apiextensions.k8s.io/"),
            "kind" => value.trim() == "CustomResourceDefinition",
            _ => value.trim().is_empty(),
        };
        if seen[index] || !expected {
            return false;
        }
        seen[index] = true;
    }
    let [version, kind, ..] = seen;
    version && kind && !document.contains("caulk:") && !document.contains(['\t', '\r'])
}

/// The text with other texts blanked out; every other byte stays where it is.
pub(super) fn blanked(text: &str, spans: &[Span]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for span in spans {
        out.push_str(&text[at..span.start as usize]);
        out.extend(std::iter::repeat_n(' ', span.range().len()));
        at = span.end as usize;
    }
    out.push_str(&text[at..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn definition(rest: &str) -> String {
        let head = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: x\nspec:\n";
        format!("{head}{}{rest}", "  description: a long text about a property\n".repeat(60))
    }

    fn found(text: &str) -> Vec<String> {
        definitions(text).into_iter().map(|span| text[span.range()].to_owned()).collect()
    }

    #[test]
    fn definitions_are_told_from_their_neighbours() {
        let secret = "apiVersion: v1\nkind: Secret\nstringData:\n  a: b\n";
        let text = format!("# generated\n---\n{}---\n{secret}---\n{}", definition(""), definition("status:\n  a: b\n"));
        let expected = [definition("").trim_end().to_owned(), definition("status:\n  a: b\n").trim_end().to_owned()];
        assert_eq!(found(&text), expected);
        assert!(blanked(&text, &definitions(&text)).replace(' ', "").len() < 400);
        assert_eq!(blanked(&text, &definitions(&text)).len(), text.len());
    }

    #[test]
    fn what_might_be_something_else_is_none() {
        for rest in [
            "kind: Secret\n",
            "\"kind\": Secret\n",
            "<<: *x\n",
            "stringData:\n  a: b\n",
            "...\nkind: Secret\n",
            "? kind\n: Secret\n",
            "  # caulk: ignore[x]\n",
            "\tx\n",
            "spec: {}\n",
            "x\n",
        ] {
            assert!(found(&definition(rest)).is_empty(), "{rest}");
        }
        let quoted = definition("").replace("metadata:\n", "metadata: \"\n");
        assert!(found(&quoted).is_empty());
        assert!(found("apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n").is_empty());
    }
}
