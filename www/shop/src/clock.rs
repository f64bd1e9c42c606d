//! The shop's clock and its calendar words.

use jiff::{Timestamp, tz::TimeZone};

/// Seconds since 1970, UTC.
pub type Seconds = i64;

/// The current time. Only this function reads the clock; everything else is given the time.
#[must_use]
pub fn now() -> Seconds {
    Timestamp::now().as_second()
}

/// A day for a receipt: `20 December 2026`. Days are UTC, so that a page reads the same everywhere.
#[must_use]
pub fn day(at: Seconds) -> String {
    words(at, "%-d %B %Y")
}

/// A moment for a status line: `10:32:05 UTC`.
#[must_use]
pub fn time_of_day(at: Seconds) -> String {
    words(at, "%H:%M:%S UTC")
}

/// A moment as RFC 3339, for a message to Goodword.
#[must_use]
pub fn instant(at: Seconds) -> String {
    words(at, "%Y-%m-%dT%H:%M:%SZ")
}

/// The day of an RFC 3339 instant, when it is one.
#[must_use]
pub fn day_of_instant(instant: &str) -> Option<String> {
    instant.parse::<Timestamp>().ok().map(|at| day(at.as_second()))
}

fn words(at: Seconds, format: &str) -> String {
    Timestamp::from_second(at)
        .map(|t| t.to_zoned(TimeZone::UTC).strftime(format).to_string())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #[test]
    fn instants_become_days_in_words() {
        assert_eq!(super::day(0), "1 January 1970");
        assert_eq!(super::day_of_instant("2026-12-20T23:59:59.5Z").as_deref(), Some("20 December 2026"));
        assert_eq!(super::day_of_instant("soon"), None);
        assert_eq!(super::instant(1_795_256_083), "2026-11-21T10:14:43Z");
        assert_eq!(super::time_of_day(37_925), "10:32:05 UTC");
    }
}
