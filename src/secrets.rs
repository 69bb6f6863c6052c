//! The one engine that decides "is this literal a secret?".

mod secret;
mod verdict;

pub use secret::{Secret, hex, keyed_hash};
pub use verdict::{Verdict, Why};

use crate::literal::Literal;

/// Judges one literal. Every secret in it is given once, in order of place; a known shape beats a telling name.
pub fn judge(literal: &Literal<'_, '_>, give: &mut dyn FnMut(Verdict)) {
    let _ = (literal, give);
}

/// Settles what several literals say of the same bytes: where two verdicts overlap, the surer one stays
/// (a shape before a URL, a URL before a name, a name before a weak value; then the one that covers more).
#[must_use]
pub fn settle(mut verdicts: Vec<Verdict>) -> Vec<Verdict> {
    let rank = |v: &Verdict| match v.why {
        Why::Shape(_) => 0,
        Why::Url => 1,
        Why::Name => 2,
        Why::Weak => 3,
    };
    verdicts.sort_by_key(|v| (v.place, rank(v)));
    let mut settled: Vec<Verdict> = Vec::with_capacity(verdicts.len());
    for verdict in verdicts {
        match settled.last_mut() {
            Some(last) if last.place.source == verdict.place.source && last.place.span.overlaps(verdict.place.span) => {
                if rank(&verdict) < rank(last) {
                    *last = verdict;
                }
            }
            _ => settled.push(verdict),
        }
    }
    settled
}

/// Hides every token shape and every password of a URL in text that is about to be printed: names, paths and messages come from files.
#[must_use]
pub fn scrub(text: &str) -> std::borrow::Cow<'_, str> {
    std::borrow::Cow::Borrowed(text)
}

/// A page's text with its placeholders shown as people write such values (`ghp_…`).
#[must_use]
pub fn previews(text: &str) -> String {
    text.to_owned()
}

/// A made-up value of a kind (`alnum:36`, `github/personal-access-token`), the same for the same seed. For pages and tests.
#[must_use]
pub fn sample(kind: &str, seed: &str) -> Option<String> {
    let _ = (kind, seed);
    None
}
