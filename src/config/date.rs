//! Days, for suppressions that end.

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

impl Date {
    /// Reads `2027-01-31`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        let shaped = year.len() == 4 && month.len() == 2 && day.len() == 2 && parts.next().is_none();
        let date = Self { year: year.parse().ok()?, month: month.parse().ok()?, day: day.parse().ok()? };
        (shaped && (1..=12).contains(&date.month) && (1..=31).contains(&date.day)).then_some(date)
    }
}

/// Today in UTC.
#[must_use]
pub fn today() -> Date {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    from_days(i64::try_from(seconds / 86_400).unwrap_or(0))
}

/// Seconds since 1970 → `2026-11-24T17:00:00`, in UTC.
#[must_use]
pub fn moment(seconds: u64) -> String {
    let (date, second) = (from_days(i64::try_from(seconds / 86_400).unwrap_or(0)), seconds % 86_400);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{:04}-{:02}-{:02}T{hour:02}:{minute:02}:{second:02}", date.year, date.month, date.day)
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

    #[test]
    fn seconds_become_moments() {
        assert_eq!([moment(0), moment(1_795_539_661)], ["1970-01-01T00:00:00", "2026-11-24T17:01:01"]);
    }

    #[test]
    fn days_become_dates() {
        let date = |days| {
            let date = from_days(days);
            (date.year, date.month, date.day)
        };
        assert_eq!([date(0), date(59), date(19_782), date(20_781)], [(1970, 1, 1), (1970, 3, 1), (2024, 2, 29), (2026, 11, 24)]);
    }
}
