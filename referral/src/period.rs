//! Spans of days for reports: from one UTC day to another, both included, cut into days, weeks or months.

use crate::instant::{DAY_MS, Instant};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use jiff::ToSpan as _;
use jiff::civil::Date;

/// How a report is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interval {
    /// UTC days.
    Day,
    /// Weeks that start on Monday (ISO 8601).
    Week,
    /// Calendar months.
    Month,
}

/// Longest span, in days.
pub const MOST_DAYS: i64 = 400;

/// Days from one to another, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    first: Date,
    last: Date,
}

/// Why two days make no period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeriodError {
    /// Not a day as `2026-11-21`.
    NotADay,
    /// The last day is before the first.
    Backwards,
    /// More than [`MOST_DAYS`] days.
    TooLong,
}

impl PeriodError {
    /// What to do.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NotADay => "must be a day, such as 2026-11-21",
            Self::Backwards => "must not lie before from",
            Self::TooLong => "must end a period of at most 400 days",
        }
    }
}

fn day(text: &str) -> Result<Date, PeriodError> {
    let date: Date = text.get(..10).unwrap_or(text).parse().map_err(|_| PeriodError::NotADay)?;
    // An instant is taken by its day; anything else behind the day is a mistake.
    let fits = text.len() == 10 || Instant::parse(text).is_some();
    if fits && date.year() >= 1970 { Ok(date) } else { Err(PeriodError::NotADay) }
}

impl Period {
    /// From `from` to `to`; the thirty days that end today for what is left out.
    ///
    /// # Errors
    /// See [`PeriodError`].
    pub fn read(from: Option<&str>, to: Option<&str>, now: Instant) -> Result<Self, PeriodError> {
        let last = match to {
            Some(text) => day(text)?,
            None => day(&now.day())?,
        };
        let first = match from {
            Some(text) => day(text)?,
            None => last.saturating_sub(29.days()),
        };
        let days = Self::days_between(first, last);
        match days {
            ..0 => Err(PeriodError::Backwards),
            MOST_DAYS.. => Err(PeriodError::TooLong),
            _ => Ok(Self { first, last }),
        }
    }

    fn days_between(first: Date, last: Date) -> i64 {
        first.until(last).map_or(-1, |span| i64::from(span.get_days()))
    }

    /// The first day.
    pub fn from(&self) -> String {
        self.first.to_string()
    }

    /// The last day.
    pub fn to(&self) -> String {
        self.last.to_string()
    }

    /// The first instant, and the first one after the last day.
    pub fn instants(&self) -> (Instant, Instant) {
        let start = |date: Date| {
            let days = Self::days_between(Date::constant(1970, 1, 1), date);
            Instant::from_ms(days * DAY_MS)
        };
        (start(self.first), start(self.last).plus_days(1))
    }

    /// The first days of the pieces, in order. The first piece may begin before the period.
    pub fn starts(&self, interval: Interval) -> Vec<String> {
        let mut starts: Vec<String> = Vec::new();
        let mut day = self.first;
        while day <= self.last {
            let start = start(day, interval).to_string();
            if starts.last() != Some(&start) {
                starts.push(start);
            }
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
        starts
    }
}

fn start(day: Date, interval: Interval) -> Date {
    match interval {
        Interval::Day => day,
        Interval::Week => day.saturating_sub(i64::from(day.weekday().to_monday_zero_offset()).days()),
        Interval::Month => day.first_of_month(),
    }
}

/// Days in pieces of so many, oldest first, counted from the last day, so that only the oldest piece may be shorter.
/// Periods of equally many days have equally many pieces, each as long as its counterpart, whatever weekday it is.
pub fn pieces<T>(days: &[T], length: usize) -> impl Iterator<Item = &[T]> {
    days.rchunks(length.max(1)).rev()
}

/// The first day of the piece that a day, as `2026-11-21`, belongs to. A text that is no day is its own piece.
pub fn start_of(text: &str, interval: Interval) -> String {
    text.parse::<Date>().map_or_else(|_| text.to_string(), |day| start(day, interval).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: Instant = Instant::from_ms(1_795_262_400_000);

    fn check(from: &str, to: &str, interval: Interval, starts: &[&str]) {
        let period = Period::read(Some(from), Some(to), NOW).expect("a period");
        assert_eq!(period.starts(interval), starts);
        for start in starts {
            assert_eq!(&start_of(start, interval), start, "a start is its own start");
        }
    }

    #[test]
    fn a_period_is_cut_into_days_weeks_and_months() {
        check("2026-11-20", "2026-11-22", Interval::Day, &["2026-11-20", "2026-11-21", "2026-11-22"]);
        check("2026-11-20", "2026-11-23", Interval::Week, &["2026-11-16", "2026-11-23"]);
        check("2026-11-20", "2027-01-02", Interval::Month, &["2026-11-01", "2026-12-01", "2027-01-01"]);
        check("2024-02-28", "2024-03-01", Interval::Day, &["2024-02-28", "2024-02-29", "2024-03-01"]);
    }

    #[test]
    fn without_days_it_is_the_last_thirty() {
        let period = Period::read(None, None, NOW).expect("a period");
        assert_eq!((period.from().as_str(), period.to().as_str()), ("2026-10-23", "2026-11-21"));
        let (start, end) = period.instants();
        assert_eq!(
            (start.to_string().as_str(), end.to_string().as_str()),
            ("2026-10-23T00:00:00.000Z", "2026-11-22T00:00:00.000Z")
        );
    }

    #[test]
    fn an_instant_counts_as_its_day() {
        let period = Period::read(Some("2026-11-20T23:00:00Z"), Some("2026-11-21"), NOW).expect("a period");
        assert_eq!(period.from(), "2026-11-20");
    }

    #[test]
    fn what_is_no_period_is_refused() {
        let check = |from, to, expected| {
            assert_eq!(Period::read(Some(from), Some(to), NOW), Err(expected), "{from} {to}");
        };
        check("2026-11-22", "2026-11-21", PeriodError::Backwards);
        check("2025-01-01", "2026-11-21", PeriodError::TooLong);
        check("yesterday", "2026-11-21", PeriodError::NotADay);
        check("2026-02-30", "2026-11-21", PeriodError::NotADay);
        check("2026-11-20x", "2026-11-21", PeriodError::NotADay);
        check("0001-01-01", "2026-11-21", PeriodError::NotADay);
        check("", "", PeriodError::NotADay);
    }

    #[test]
    fn pieces_are_counted_from_the_last_day() {
        let pieces: Vec<&[i32]> = pieces(&[1, 2, 3, 4, 5, 6, 7, 8], 3).collect();
        assert_eq!(pieces, [&[1, 2][..], &[3, 4, 5], &[6, 7, 8]]);
    }

    proptest! {
        #[test]
        fn a_period_and_the_one_before_have_the_same_pieces_and_lose_nothing(
            weekday in 0..7_i64,
            days in 1..=MOST_DAYS,
            length in 1..40_usize,
        ) {
            let ends = NOW.plus_ms(weekday * DAY_MS);
            let cut = |last: Instant| {
                let first = last.plus_ms((1 - days) * DAY_MS).day();
                let period = Period::read(Some(&first), Some(&last.day()), last).expect("a period");
                let starts = period.starts(Interval::Day);
                let sizes: Vec<usize> = pieces(&starts, length).map(<[String]>::len).collect();
                (starts.len(), sizes)
            };
            let (counted, now) = cut(ends);
            let (_, before) = cut(ends.plus_ms(-days * DAY_MS));
            prop_assert_eq!(&now, &before);
            prop_assert_eq!(i64::try_from(counted), Ok(days));
            prop_assert_eq!(now.iter().sum::<usize>(), counted);
            prop_assert!(now.iter().skip(1).all(|size| *size == length));
        }
    }
}
