//! Reads one comment token.

use crate::config::Date;

/// What a comment says to caulk.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Nothing.
    None,
    /// Something that does not count; why, in words.
    Invalid(&'static str),
    /// A suppression past its date.
    Expired,
    /// A suppression.
    Ignore {
        /// What it selects, as written.
        selectors: Vec<String>,
        /// The reason; empty where none was given.
        reason: String,
    },
}

/// What begins a comment of a batch file.
const REM: &str = "rem ";

/// What comments begin with in all the languages, and the blanks behind it.
fn is_mark(char: char) -> bool {
    matches!(char, '#' | '/' | '*' | ';' | '-' | '<' | '!' | '%' | '\'' | '"' | ':' | '{' | '@' | ' ' | '\t')
}

/// Reads a comment, its opening mark included. A comment speaks to caulk when `caulk:` is its first word.
#[must_use]
pub(super) fn read(comment: &str, today: Date) -> Outcome {
    let text = comment.trim_start_matches(is_mark);
    let text = match text.get(..REM.len()) {
        Some(word) if word.eq_ignore_ascii_case(REM) => text[REM.len()..].trim_start_matches(is_mark),
        _ => text,
    };
    let Some(rest) = text.strip_prefix("caulk:").map(str::trim_start) else { return Outcome::None };
    let Some(rest) = rest.strip_prefix("ignore") else {
        return Outcome::Invalid("`caulk:` is followed by something else than `ignore[…]`");
    };
    let Some(rest) = rest.trim_start().strip_prefix('[') else {
        return Outcome::Invalid("a bare `ignore` suppresses nothing: it must name its checks");
    };
    let Some((list, rest)) = rest.split_once(']') else {
        return Outcome::Invalid("the list of checks is not closed by `]`");
    };
    let selectors: Vec<String> = list.split(',').map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect();
    if selectors.is_empty() {
        return Outcome::Invalid("the list of checks is empty");
    }
    let mut rest = ["*/", "-->", "#}"].iter().fold(rest, |rest, end| rest.trim_end_matches(end)).trim();
    if let Some(dated) = rest.strip_prefix("until=") {
        let (date, after) = dated.split_once(char::is_whitespace).unwrap_or((dated, ""));
        let Some(date) = Date::parse(date) else {
            return Outcome::Invalid("the date after `until=` is not of the form 2027-01-31");
        };
        if date < today {
            return Outcome::Expired;
        }
        rest = after.trim();
    }
    Outcome::Ignore { selectors, reason: rest.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = Date { year: 2026, month: 11, day: 24 };

    #[test]
    fn a_suppression_names_checks_and_may_have_a_date_and_a_reason() {
        let read = |text| read(text, TODAY);
        assert_eq!(
            read("# caulk: ignore[a/b, c] until=2026-11-24 a reason"),
            Outcome::Ignore { selectors: vec!["a/b".into(), "c".into()], reason: "a reason".into() }
        );
        assert_eq!(read("/* caulk: ignore[a/b] why */"), Outcome::Ignore { selectors: vec!["a/b".into()], reason: "why".into() });
        for comment in
            ["rem caulk: ignore[a/b] why", "@REM caulk: ignore[a/b] why", ":: caulk: ignore[a/b] why", "{# caulk: ignore[a/b] why #}"]
        {
            assert_eq!(read(comment), Outcome::Ignore { selectors: vec!["a/b".into()], reason: "why".into() }, "{comment}");
        }
        assert_eq!(read("# caulk: ignore[a/b] until=2026-11-23"), Outcome::Expired);
        assert_eq!(read("# see caulk: ignore[a/b]"), Outcome::None);
        assert_eq!(read("# caulking"), Outcome::None);
        for wrong in ["# caulk: ignore", "# caulk: ignore[]", "# caulk: ignore[a", "# caulk: disable[a]", "# caulk: ignore[a] until=soon"] {
            assert!(matches!(read(wrong), Outcome::Invalid(_)), "{wrong}");
        }
    }
}
