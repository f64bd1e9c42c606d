//! Instants: milliseconds since 1970, written as RFC 3339 in UTC. No clock here: "now" is always an argument.

use alloc::string::{String, ToString};
use core::fmt;
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A point in time, to the millisecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

/// Milliseconds of one day of 24 hours; spans called `_days` count these, not calendar days.
pub const DAY_MS: i64 = 86_400_000;
/// A minute, in milliseconds.
pub const MINUTE_MS: i64 = 60_000;

/// The latest instant a caller may name: 9999-12-31T00:00:00Z, so that arithmetic on spans never overflows.
const LATEST_MS: i64 = 253_402_214_400_000;

impl Instant {
    /// From milliseconds since 1970-01-01T00:00:00Z.
    pub const fn from_ms(ms: i64) -> Self {
        Self(ms)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub const fn ms(self) -> i64 {
        self.0
    }

    /// From whole seconds, as click tokens carry them.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Whole seconds since 1970, rounded down.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// So many days later.
    #[must_use]
    pub const fn plus_days(self, days: u16) -> Self {
        Self(self.0.saturating_add(days as i64 * DAY_MS))
    }

    /// So many milliseconds later.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this; negative where this is before it.
    pub const fn since_ms(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Whole calendar months (UTC) from `earlier` to this, 0 where this is before it. From the 31st a month is over on
    /// the last day of a shorter one.
    pub fn months_since(self, earlier: Self) -> u32 {
        let civil = |instant: Self| {
            Timestamp::from_millisecond(instant.0).ok().map(|at| jiff::tz::Offset::UTC.to_datetime(at))
        };
        let (Some(from), Some(to)) = (civil(earlier), civil(self)) else { return 0 };
        let months = (i64::from(to.year()) - i64::from(from.year())) * 12
            + (i64::from(to.month()) - i64::from(from.month()));
        let over = |months: i64| from.checked_add(months.months()).is_ok_and(|end| end <= to);
        let months = if over(months) { months } else { months - 1 };
        u32::try_from(months).unwrap_or(0)
    }

    /// The beginning of the UTC day that lies so many calendar months before; in a month that has no such day, its last.
    /// None before 1970.
    pub fn day_months_before(self, months: u16) -> Option<Self> {
        let utc = jiff::tz::Offset::UTC;
        let today = utc.to_datetime(Timestamp::from_millisecond(self.0).ok()?).date();
        let day = today.checked_sub(i64::from(months).months()).ok()?;
        let start = utc.to_timestamp(day.at(0, 0, 0, 0)).ok()?.as_millisecond();
        (start >= 0).then_some(Self(start))
    }

    /// The UTC day, as `2026-11-21`.
    pub fn day(self) -> String {
        let mut text = self.to_string();
        text.truncate(10);
        text
    }

    /// Reads RFC 3339. `None` for anything else and for years before 1970 or after 9999.
    pub fn parse(text: &str) -> Option<Self> {
        let ms = text.parse::<Timestamp>().ok()?.as_millisecond();
        (0..=LATEST_MS).contains(&ms).then_some(Self(ms))
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Timestamp::from_millisecond(self.0) {
            Ok(instant) => write!(f, "{instant:.3}"),
            Err(_) => f.write_str("out of range"),
        }
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not an RFC 3339 instant"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_written_with_milliseconds_and_read_again() {
        let instant = Instant::from_ms(1_795_252_000_123);
        assert_eq!(instant.to_string(), "2026-11-21T09:06:40.123Z");
        assert_eq!(Instant::parse("2026-11-21T09:06:40.123Z"), Some(instant));
        assert_eq!(instant.day(), "2026-11-21");
    }

    #[test]
    fn an_offset_names_the_same_instant() {
        assert_eq!(
            Instant::parse("2026-11-21T10:06:40.123+01:00"),
            Instant::parse("2026-11-21T09:06:40.123Z")
        );
    }

    #[test]
    fn what_is_no_instant_is_refused() {
        for text in [
            "",
            "yesterday",
            "2026-11-21",
            "2026-13-01T00:00:00Z",
            "1969-12-31T23:59:59Z",
            "-000001-01-01T00:00:00Z",
            "2026-11-21T09:06:40",
        ] {
            assert_eq!(Instant::parse(text), None, "{text}");
        }
    }

    #[test]
    fn months_are_counted_by_the_calendar() {
        let check = |from: &str, to: &str, months: u32| {
            let at = |text: &str| Instant::parse(text).expect("an instant");
            assert_eq!(at(to).months_since(at(from)), months, "{from} {to}");
        };
        check("2026-01-15T10:00:00Z", "2026-02-15T09:59:59Z", 0);
        check("2026-01-15T10:00:00Z", "2026-02-15T10:00:00Z", 1);
        check("2026-01-31T00:00:00Z", "2026-02-27T23:59:59Z", 0);
        check("2026-01-31T00:00:00Z", "2026-02-28T00:00:00Z", 1);
        check("2024-02-29T00:00:00Z", "2025-02-28T00:00:00Z", 12);
        check("2025-12-31T23:00:00Z", "2027-01-01T00:00:00Z", 12);
        check("2026-05-01T00:00:00Z", "2026-01-01T00:00:00Z", 0);
        check("2026-05-01T00:00:00Z", "2026-05-01T00:00:00Z", 0);
    }
}
