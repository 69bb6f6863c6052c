//! Other scanners' comments: each as its own tool reads it, for plaintext secrets only.

use std::collections::HashMap;

use super::{Lines, Mark};
use crate::catalogue::Family;
use crate::config::Compat;
use crate::finding::Finding;

/// Where other scanners' comments stand.
pub(super) struct Foreign {
    /// Offset, how many lines below it the secret stands, and the words.
    marks: Vec<(u32, usize, &'static str)>,
}

impl Foreign {
    pub(super) fn new(marks: &[Mark<'_>], compat: Compat) -> Self {
        // <https://github.com/gitleaks/gitleaks#gitleaksallow>, <https://github.com/Yelp/detect-secrets#inline-allowlisting>,
        // <https://github.com/trufflesecurity/trufflehog#how-do-i-ignore-certain-secrets>, <https://github.com/mongodb/kingfisher>
        let words: [(bool, &'static str, usize); 5] = [
            (compat.gitleaks, "gitleaks:allow", 0),
            (compat.detect_secrets, "pragma: allowlist secret", 0),
            (compat.detect_secrets, "pragma: allowlist nextline secret", 1),
            (compat.trufflehog, "trufflehog:ignore", 0),
            (compat.kingfisher, "kingfisher:ignore", 0),
        ];
        let on: Vec<(&'static str, usize)> = words.into_iter().filter(|(on, _, _)| *on).map(|(_, words, below)| (words, below)).collect();
        let comments = marks.iter().filter(|mark| mark.covers.is_none() && !on.is_empty());
        let found = comments.flat_map(|mark| {
            on.iter().filter(|(words, _)| mark.text.contains(words)).map(|(words, below)| (mark.span.start, *below, *words))
        });
        Self { marks: found.collect() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// The lines whose secrets are allowed, with the words that allow them.
    pub(super) fn lines(&self, lines: &Lines<'_>) -> HashMap<usize, &'static str> {
        self.marks.iter().map(|(start, below, words)| (lines.of(*start) + below, *words)).collect()
    }
}

/// Whether the finding is one that other scanners could have meant.
pub(super) fn is_concerned(finding: &Finding) -> bool {
    finding.secret.is_some() && finding.page.header().is_some_and(|header| header.family == Family::PlaintextSecret)
}
