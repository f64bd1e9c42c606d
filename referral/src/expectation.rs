//! What may be expected of a new program, so that nobody gives up too early: first referrals after four to six weeks,
//! revenue after three to six months.

/// Days of the times above: the end of six weeks, and of six months.
const WEEKS_DAYS: i64 = 42;
const MONTHS_DAYS: i64 = 183;

/// What is said to a merchant who waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expectation {
    /// The first referral is still to come, and not late.
    FirstReferral,
    /// Six weeks have gone without one.
    Late,
    /// There were referrals; the first sale is still to come, and not late.
    FirstSale,
}

impl Expectation {
    /// The word of it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::FirstReferral => "first_referral",
            Self::Late => "late",
            Self::FirstSale => "first_sale",
        }
    }
}

/// What to say of a program of this age with so many credited leads and sales, and so many credited sales; nothing once
/// it sells, or is no longer new.
pub const fn expectation(age_days: i64, credited: u64, sold: u64) -> Option<Expectation> {
    match (age_days, credited, sold) {
        (_, _, 1..) | (MONTHS_DAYS.., _, _) => None,
        (_, 1.., _) => Some(Expectation::FirstSale),
        (WEEKS_DAYS.., 0, _) => Some(Expectation::Late),
        _ => Some(Expectation::FirstReferral),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_follows_from_age_and_facts() {
        for (age_days, credited, sold, said) in [
            (-1, 0, 0, Some(Expectation::FirstReferral)),
            (0, 0, 0, Some(Expectation::FirstReferral)),
            (41, 0, 0, Some(Expectation::FirstReferral)),
            (42, 0, 0, Some(Expectation::Late)),
            (182, 0, 0, Some(Expectation::Late)),
            (183, 0, 0, None),
            (5, 1, 0, Some(Expectation::FirstSale)),
            (182, 9, 0, Some(Expectation::FirstSale)),
            (183, 9, 0, None),
            (5, 1, 1, None),
        ] {
            assert_eq!(expectation(age_days, credited, sold), said, "{age_days} days, {credited}, {sold}");
        }
    }
}
