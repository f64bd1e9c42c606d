//! Suspension: whose conversions turn out to be fraud again and again gains nothing more until a person says so.

use super::settings::Settings;

/// What became of a referrer's conversions since they joined, or since they were last reinstated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// Conversions credited to them.
    pub conversions: u32,
    /// Of these, how many a person confirmed to be fraud.
    pub confirmed: u32,
    /// How many of the others were leads that a person rejected.
    pub rejected: u32,
}

/// Why a referrer is suspended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// So many conversions were confirmed to be fraud.
    Confirmed,
    /// So large a share of them was fraud or rejected.
    Share,
}

impl Cause {
    /// The word in JSON and SQL.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed_frauds",
            Self::Share => "rejected_share",
        }
    }
}

/// Whether a record suspends, and why.
pub fn suspends(settings: &Settings, record: Record) -> Option<Cause> {
    let limits = &settings.suspension;
    let bad = u64::from(record.confirmed) + u64::from(record.rejected);
    let share = bad * 100 >= u64::from(record.conversions) * u64::from(limits.rejected_percent);
    if record.confirmed >= limits.confirmed {
        Some(Cause::Confirmed)
    } else if record.conversions >= limits.rejected_of && share && bad > 0 {
        Some(Cause::Share)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(confirmed: u32, conversions: u32, limit: u32, cause: Option<Cause>) {
        check_with(confirmed, 0, conversions, limit, cause);
        if limit > confirmed {
            // A rejected lead counts in the share as a fraud does.
            check_with(0, confirmed, conversions, limit, cause);
        }
    }

    fn check_with(confirmed: u32, rejected: u32, conversions: u32, limit: u32, cause: Option<Cause>) {
        let mut settings = Settings::default();
        settings.suspension.confirmed = limit;
        let record = Record { conversions, confirmed, rejected };
        assert_eq!(suspends(&settings, record), cause, "{confirmed} of {conversions}, from {limit}");
    }

    #[test]
    fn three_frauds_or_half_of_twenty_suspend_and_less_does_not() {
        check(0, 0, 3, None);
        check(2, 2, 3, None);
        check(3, 3, 3, Some(Cause::Confirmed));
        check(3, 3000, 3, Some(Cause::Confirmed));
        check(9, 20, 100, None);
        check(10, 20, 100, Some(Cause::Share));
        check(10, 19, 100, None);
        check(19, 40, 100, None);
        check(20, 40, 100, Some(Cause::Share));
        check_with(5, 5, 20, 100, Some(Cause::Share));
        check_with(5, 4, 20, 100, None);
        check_with(0, 3000, 6001, 3, None);
    }
}
