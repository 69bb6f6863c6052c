//! Reads one comment token.

use std::time::{SystemTime, UNIX_EPOCH};

/// A day, comparable.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Date {
    /// Year of the common era.
    pub year: i64,
    /// 1 to 12.
    pub month: u32,
    /// 1 to 31.
    pub day: u32,
}

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

/// Reads a comment, its opening mark included. A comment speaks to caulk when `caulk:` is its first word.
#[must_use]
pub(super) fn read(comment: &str, today: Date) -> Outcome {
    let text = comment.trim_start_matches(['#', '/', '*', ';', '-', '<', '!', ' ', '\t']);
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
    let mut rest = rest.trim_end_matches("*/").trim_end_matches("-->").trim();
    if let Some(dated) = rest.strip_prefix("until=") {
        let (date, after) = dated.split_once(char::is_whitespace).unwrap_or((dated, ""));
        let Some(date) = parse_date(date) else {
            return Outcome::Invalid("the date after `until=` is not of the form 2027-01-31");
        };
        if date < today {
            return Outcome::Expired;
        }
        rest = after.trim();
    }
    Outcome::Ignore { selectors, reason: rest.to_owned() }
}

fn parse_date(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let shaped = year.len() == 4 && month.len() == 2 && day.len() == 2 && parts.next().is_none();
    let date = Date { year: year.parse().ok()?, month: month.parse().ok()?, day: day.parse().ok()? };
    (shaped && (1..=12).contains(&date.month) && (1..=31).contains(&date.day)).then_some(date)
}

/// Today in UTC.
#[must_use]
pub fn today() -> Date {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    from_days(i64::try_from(seconds / 86_400).unwrap_or(0))
}

/// Days since 1970-01-01 → date of the Gregorian calendar, by counting in eras of 400 years that begin on 1 March.
fn from_days(days: i64) -> Date {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    Date { year, month: u32::try_from(month).unwrap_or(1), day: u32::try_from(day).unwrap_or(1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = Date { year: 2026, month: 11, day: 24 };

    #[test]
    fn days_become_dates() {
        let date = |days| {
            let date = from_days(days);
            (date.year, date.month, date.day)
        };
        assert_eq!([date(0), date(59), date(19_782), date(20_781)], [(1970, 1, 1), (1970, 3, 1), (2024, 2, 29), (2026, 11, 24)]);
    }

    #[test]
    fn a_suppression_names_checks_and_may_have_a_date_and_a_reason() {
        let read = |text| read(text, TODAY);
        assert_eq!(
            read("# caulk: ignore[a/b, c] until=2026-11-24 a reason"),
            Outcome::Ignore { selectors: vec!["a/b".into(), "c".into()], reason: "a reason".into() }
        );
        assert_eq!(read("/* caulk: ignore[a/b] why */"), Outcome::Ignore { selectors: vec!["a/b".into()], reason: "why".into() });
        assert_eq!(read("# caulk: ignore[a/b] until=2026-11-23"), Outcome::Expired);
        assert_eq!(read("# see caulk: ignore[a/b]"), Outcome::None);
        assert_eq!(read("# caulking"), Outcome::None);
        for wrong in ["# caulk: ignore", "# caulk: ignore[]", "# caulk: ignore[a", "# caulk: disable[a]", "# caulk: ignore[a] until=soon"] {
            assert!(matches!(read(wrong), Outcome::Invalid(_)), "{wrong}");
        }
    }
}
