//! Takes secrets out of text that is about to be printed.

use std::borrow::Cow;
use std::ops::Range;

use super::connection::{self, Kind};
use super::{Custom, marks, tokens};

/// The text with every token of a known shape, the team's own among them, and every password in a URL, replaced by its public
/// beginning and `…`. For names, paths and messages, which come from files too.
#[must_use]
pub fn scrub<'t>(text: &'t str, custom: &Custom) -> Cow<'t, str> {
    let marks = marks::look(text);
    let mut parts: Vec<(Range<usize>, &'static str)> = tokens::find(text, &marks).into_iter().map(|hit| (hit.range, hit.preview)).collect();
    parts.extend(tokens::whole(text, "").map(|hit| (hit.range, hit.preview)));
    parts.extend(custom.find(text, "").into_iter().map(|hit| (hit.range, "")));
    parts.extend(
        connection::find(text, &marks)
            .into_iter()
            .filter(|part| matches!(part.kind, Kind::Password | Kind::Basic))
            .map(|part| (part.range, "")),
    );
    if parts.is_empty() {
        return Cow::Borrowed(text);
    }
    parts.sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for (range, preview) in parts.into_iter() {
        if range.start >= from {
            out.push_str(&text[from..range.start]);
            out.push_str(preview);
            out.push('…');
            from = range.end;
        } else if range.end > from {
            // Overlapping ones: the rest of the second goes too.
            from = range.end;
        }
    }
    out.push_str(&text[from..]);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Severity;
    use crate::secrets::{Detector, sample};

    #[test]
    fn nothing_secret_is_left() {
        let token = sample("github/personal-access-token", "scrub").unwrap();
        let custom = Custom::default();
        assert_eq!(scrub(&format!("name-{token}: x"), &custom), "name-ghp_…: x");
        assert_eq!(scrub("postgres://app:s3cr3tx@db/x", &custom), "postgres://app:…@db/x");
        assert!(matches!(scrub("jobs.build.steps[2]", &custom), Cow::Borrowed(_)));
    }

    #[test]
    fn what_a_team_looks_for_is_not_said_either() {
        let detector = Detector::new("acme/key", "an Acme key", "acme_[a-z0-9]{8}", &[], Severity::High).unwrap();
        let custom = Custom::new(&[], &[], vec![detector]);
        assert_eq!(scrub("data['acme_k3v9qw7z'].x", &custom), "data['…'].x");
    }
}
