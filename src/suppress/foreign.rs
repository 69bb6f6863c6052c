//! Other scanners' comments: each as its own tool reads it, for plaintext secrets only.

use std::collections::HashMap;

use super::{Lines, Mark};
use crate::catalogue::Family;
use crate::config::Compat;
use crate::finding::Finding;
use crate::source::Span;

/// Words of other scanners, and how many lines below them the secret stands.
/// <https://github.com/gitleaks/gitleaks#gitleaksallow>, <https://github.com/Yelp/detect-secrets#inline-allowlisting>,
/// <https://github.com/trufflesecurity/trufflehog#how-do-i-ignore-certain-secrets>, <https://github.com/mongodb/kingfisher>
fn known(compat: Compat) -> impl Iterator<Item = (&'static str, usize)> {
    let words: [(bool, &'static str, usize); 5] = [
        (compat.gitleaks, "gitleaks:allow", 0),
        (compat.detect_secrets, "pragma: allowlist secret", 0),
        (compat.detect_secrets, "pragma: allowlist nextline secret", 1),
        (compat.trufflehog, "trufflehog:ignore", 0),
        (compat.kingfisher, "kingfisher:ignore", 0),
    ];
    words.into_iter().filter(|(counts, _, _)| *counts).map(|(_, words, below)| (words, below))
}

/// The words that count.
pub(super) fn words(compat: Compat) -> impl Iterator<Item = &'static str> {
    known(compat).map(|(words, _)| words)
}

/// A comment of another scanner.
#[derive(Clone, Copy)]
pub(super) struct Allowed {
    span: Span,
    below: usize,
    pub(super) words: &'static str,
    pub(super) is_new: bool,
}

/// Where other scanners' comments stand.
pub(super) struct Foreign {
    marks: Vec<Allowed>,
}

impl Foreign {
    pub(super) fn new(marks: &[Mark<'_>], compat: Compat) -> Self {
        let on: Vec<(&'static str, usize)> = known(compat).collect();
        let comments = marks.iter().filter(|mark| mark.covers.is_none() && !on.is_empty());
        let found = comments.flat_map(|mark| {
            let said = on.iter().filter(|(words, _)| mark.text.contains(words));
            said.map(|(words, below)| Allowed { span: mark.span, below: *below, words, is_new: mark.is_new })
        });
        Self { marks: found.collect() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// Those that do not count yet.
    pub(super) fn newer(&self) -> impl Iterator<Item = Span> + '_ {
        self.marks.iter().filter(|mark| mark.is_new).map(|mark| mark.span)
    }

    /// The lines whose secrets are allowed, with what allows them.
    pub(super) fn lines(&self, lines: &Lines<'_>) -> HashMap<usize, Allowed> {
        self.marks.iter().map(|mark| (lines.of(mark.span.start) + mark.below, *mark)).collect()
    }
}

/// Whether the finding is one that other scanners could have meant.
pub(super) fn is_concerned(finding: &Finding) -> bool {
    finding.secret.is_some() && finding.page.header().is_some_and(|header| header.family == Family::PlaintextSecret)
}
