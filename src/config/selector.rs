//! `SEL`: how checks are named on the command line, in comments and in `caulk.toml`.

use crate::catalogue::{Family, Page};

/// `SEL`: an id, a glob over ids, a bare check name (in every format), or `family:NAME`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Selector {
    /// A whole id, or an id with `*`.
    Id(String),
    /// A check's name in every format.
    Name(String),
    /// A family.
    Family(String),
}

/// A selector that selects nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownSelector {
    /// What was asked for.
    pub given: String,
    /// The nearest that exists.
    pub nearest: Option<String>,
}

impl Selector {
    /// Reads a selector and makes sure that it selects one of `pages`.
    ///
    /// # Errors
    /// Names the nearest id, name or family where it selects none.
    pub fn parse<'p>(text: &str, pages: impl Iterator<Item = &'p Page> + Clone) -> Result<Self, UnknownSelector> {
        let text = text.trim();
        let selector = match text.strip_prefix("family:") {
            Some(family) => Self::Family(family.to_owned()),
            None if text.contains('/') || text.contains('*') => Self::Id(text.to_owned()),
            None => Self::Name(text.to_owned()),
        };
        if pages.clone().any(|page| selector.matches(page)) {
            return Ok(selector);
        }
        // A token format is none; what it finds is a plaintext secret.
        if text.starts_with("secrets/") {
            return Err(UnknownSelector { given: text.to_owned(), nearest: Some("plaintext-secret".to_owned()) });
        }
        let families = FAMILIES.iter().map(|family| format!("family:{}", family.name()));
        let globs = |page: &Page| text.contains('*').then(|| format!("{}/*", page.folder()));
        let known = pages.flat_map(|page| [page.id.to_owned(), page.name().to_owned()].into_iter().chain(globs(page))).chain(families);
        Err(UnknownSelector { given: text.to_owned(), nearest: nearest(text, known) })
    }

    /// Whether it selects a check.
    #[must_use]
    pub fn matches(&self, page: &Page) -> bool {
        match self {
            Self::Id(pattern) => glob(pattern, page.id),
            Self::Name(name) => page.name() == name,
            Self::Family(family) => page.header().is_some_and(|header| header.family.name() == family),
        }
    }
}

const FAMILIES: &[Family] = &[
    Family::PlaintextSecret,
    Family::SecretInLog,
    Family::MissingOidc,
    Family::UnencryptedState,
    Family::MissingSensitive,
    Family::Hygiene,
];

/// `*` stands for any run of characters. Linear: after a mismatch only the last star is tried again.
pub(super) fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        if pattern.get(p) == Some(&b'*') {
            star = Some((p, t));
            p += 1;
        } else if pattern.get(p) == Some(&text[t]) {
            p += 1;
            t += 1;
        } else if let Some((at, from)) = star {
            star = Some((at, from + 1));
            p = at + 1;
            t = from + 1;
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}

/// The candidate with the least edits, if they are few enough to be a typing mistake.
#[must_use]
pub fn nearest(given: &str, candidates: impl Iterator<Item = String>) -> Option<String> {
    let given: String = given.chars().take(80).collect();
    candidates
        .map(|candidate| (edits(&given, &candidate), candidate))
        .min()
        .filter(|(distance, candidate)| *distance <= (candidate.len() / 3).max(2))
        .map(|(_, candidate)| candidate)
}

/// Levenshtein distance.
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let best = (diagonal + usize::from(x != *y)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = row[j + 1];
            row[j + 1] = best;
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    static PAGES: [Page; 2] = [
        Page::new(
            "kubernetes/plaintext-secret",
            "```toml\nseverity = \"high\"\nconfidence = \"high\"\nfamily = \"plaintext-secret\"\nsince = \"0.1.0\"\n```\n",
        ),
        Page::new(
            "gitlab-ci/secret-in-log",
            "```toml\nseverity = \"high\"\nconfidence = \"high\"\nfamily = \"secret-in-log\"\nsince = \"0.1.0\"\n```\n",
        ),
    ];

    fn selected(text: &str) -> Vec<&'static str> {
        let selector = Selector::parse(text, PAGES.iter()).unwrap();
        PAGES.iter().filter(|page| selector.matches(page)).map(|page| page.id).collect()
    }

    #[test]
    fn ids_globs_names_and_families_select() {
        assert_eq!(selected("kubernetes/plaintext-secret"), ["kubernetes/plaintext-secret"]);
        assert_eq!(selected("*/secret-*"), ["gitlab-ci/secret-in-log"]);
        assert_eq!(selected("secret-in-log"), ["gitlab-ci/secret-in-log"]);
        assert_eq!(selected("family:plaintext-secret"), ["kubernetes/plaintext-secret"]);
        assert_eq!(selected("*").len(), 2);
    }

    #[test]
    fn a_typing_mistake_names_the_nearest() {
        let error = Selector::parse("secret-in-logs", PAGES.iter()).unwrap_err();
        assert_eq!(error.nearest.as_deref(), Some("secret-in-log"));
        assert_eq!(Selector::parse("familly:hygiene", PAGES.iter()).unwrap_err().nearest.as_deref(), Some("family:hygiene"));
        assert_eq!(Selector::parse("xyzzy", PAGES.iter()).unwrap_err().nearest, None);
    }
}
