//! How long it is known who a customer is: until somebody erases them, or until nothing new came of them for so many
//! months. Then the program erases them itself, as a person would by hand.

use crate::input::{FieldError, Input};
use crate::instant::{DAY_MS, Instant};
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::RangeInclusive;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// How many months a merchant may set.
pub const MONTHS: RangeInclusive<u16> = 6..=120;

/// What a merchant set. Referrers stay in any case: they have balances.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// After how many months without anything new a customer is erased; none: by hand only.
    #[serde(default)]
    pub customers_months: Option<u16>,
}

impl Retention {
    /// Reads the fields of `path`.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn read(path: &str, fields: &Map<String, Value>) -> Result<Self, Vec<FieldError>> {
        let mut input = Input::new(path, fields);
        let months = input.integer("customers_months", i64::from(*MONTHS.start())..=i64::from(*MONTHS.end()));
        input.finish()?;
        Ok(Self { customers_months: months.and_then(|months| u16::try_from(months).ok()) })
    }

    /// Whether nobody is erased but by hand.
    pub const fn is_by_hand(&self) -> bool {
        self.customers_months.is_none()
    }

    /// Whether a merchant may set this: a file may say anything.
    pub fn is_sound(self) -> bool {
        self.customers_months.is_none_or(|months| MONTHS.contains(&months))
    }

    /// Whoever had something new since then stays; none: everybody does. Months are counted by the calendar and from the
    /// beginning of the day, so that it never goes back while the clock goes on; a click that may still count keeps its
    /// customer, however few months are set.
    pub fn quiet_since(self, now: Instant, window_days: u16) -> Option<Instant> {
        let since = now.day_months_before(self.customers_months?)?;
        Some(since.min(now.plus_ms(-i64::from(window_days) * DAY_MS)))
    }
}

/// When it is looked for again who is due: at the beginning of the next day, UTC.
pub const fn next_look(now: Instant) -> Instant {
    Instant::from_ms((now.ms().div_euclid(DAY_MS) + 1) * DAY_MS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use proptest::prelude::*;
    use serde_json::json;

    fn at(text: &str) -> Instant {
        Instant::parse(text).expect("an instant")
    }

    fn months(months: u16) -> Retention {
        Retention { customers_months: Some(months) }
    }

    #[test]
    fn months_go_back_by_the_calendar_to_the_beginning_of_a_day() {
        for (now, after, since) in [
            ("2026-11-27T10:00:00Z", 6, "2026-05-27T00:00:00.000Z"),
            ("2026-11-27T00:00:00Z", 12, "2025-11-27T00:00:00.000Z"),
            ("2026-11-27T23:59:59.999Z", 12, "2025-11-27T00:00:00.000Z"),
            // To the end of a month that has no such day.
            ("2026-08-29T00:00:00Z", 6, "2026-02-28T00:00:00.000Z"),
            ("2026-08-31T23:00:00Z", 6, "2026-02-28T00:00:00.000Z"),
            ("2026-09-01T00:00:00Z", 6, "2026-03-01T00:00:00.000Z"),
            ("2024-08-31T00:00:00Z", 6, "2024-02-29T00:00:00.000Z"),
            // From the end of one, as far as its day.
            ("2026-02-28T00:00:00Z", 6, "2025-08-28T00:00:00.000Z"),
            ("2024-02-29T12:00:00Z", 12, "2023-02-28T00:00:00.000Z"),
            ("2024-02-29T12:00:00Z", 48, "2020-02-29T00:00:00.000Z"),
            ("2026-12-31T00:00:00Z", 6, "2026-06-30T00:00:00.000Z"),
            ("2026-01-01T00:00:00Z", 120, "2016-01-01T00:00:00.000Z"),
        ] {
            let found = months(after).quiet_since(at(now), 30).map(|since| since.to_string());
            assert_eq!(found.as_deref(), Some(since), "{now} {after}");
        }
    }

    #[test]
    fn nobody_is_due_where_nothing_is_set_or_the_clock_stands_too_early() {
        assert_eq!(Retention::default().quiet_since(at("2026-11-27T10:00:00Z"), 30), None);
        assert_eq!(months(120).quiet_since(at("1975-01-01T00:00:00Z"), 30), None, "before 1970");
        assert_eq!(months(6).quiet_since(Instant::from_ms(0), 30), None);
        assert_eq!(months(6).quiet_since(Instant::from_ms(i64::MIN), 30), None);
        assert_eq!(months(6).quiet_since(Instant::from_ms(i64::MAX), 30), None);
    }

    #[test]
    fn a_click_that_may_still_count_keeps_its_customer() {
        let now = at("2026-11-27T10:00:00Z");
        assert_eq!(months(6).quiet_since(now, 365), Some(at("2025-11-27T10:00:00Z")));
        assert_eq!(months(24).quiet_since(now, 365), Some(at("2024-11-27T00:00:00Z")));
    }

    #[test]
    fn it_is_looked_for_once_a_day() {
        assert_eq!(next_look(at("2026-11-27T10:00:00Z")), at("2026-11-28T00:00:00Z"));
        assert_eq!(next_look(at("2026-12-31T00:00:00Z")), at("2027-01-01T00:00:00Z"));
    }

    #[test]
    fn what_is_no_number_of_months_is_refused() {
        let read = |value: Value| {
            let fields = value.as_object().cloned().unwrap_or_default();
            Retention::read("retention", &fields).map_err(|errors| {
                errors
                    .iter()
                    .map(|error| (error.field.clone(), crate::input::told(error.code)))
                    .collect::<Vec<_>>()
            })
        };
        assert_eq!(read(json!({"customers_months": 6})), Ok(months(6)));
        assert_eq!(read(json!({"customers_months": 120})), Ok(months(120)));
        assert_eq!(read(json!({"customers_months": null})), Ok(Retention::default()));
        assert_eq!(read(json!({})), Ok(Retention::default()));
        for (value, code) in [
            (json!(5), "out_of_range"),
            (json!(121), "out_of_range"),
            (json!(0), "out_of_range"),
            (json!(-6), "out_of_range"),
            (json!(6.5), "wrong_type"),
            (json!("12"), "wrong_type"),
            (json!(true), "wrong_type"),
        ] {
            let refused = read(json!({ "customers_months": value }));
            assert_eq!(
                refused,
                Err(alloc::vec![("retention.customers_months".to_string(), code)]),
                "{value}"
            );
        }
        let refused = read(json!({"referrers_months": 12}));
        assert_eq!(refused, Err(alloc::vec![("retention.referrers_months".to_string(), "unknown_field")]));
    }

    #[test]
    fn a_file_that_says_what_nobody_may_set_is_told() {
        assert!(Retention::default().is_sound() && months(6).is_sound() && months(120).is_sound());
        assert!(!months(0).is_sound() && !months(5).is_sound() && !months(121).is_sound());
    }

    proptest! {
        #[test]
        fn whoever_is_due_was_quiet_for_all_of_the_months(now in 0_i64..=4_102_444_800_000, after in MONTHS, back in 1_i64..=10_000) {
            if let Some(since) = months(after).quiet_since(Instant::from_ms(now), 30) {
                let last = since.plus_ms(-back);
                prop_assert!(Instant::from_ms(now).months_since(last) >= u32::from(after), "{} {last}", Instant::from_ms(now));
            }
        }

        #[test]
        fn it_goes_on_with_the_clock(now in 0_i64..=4_102_444_800_000, later in 0_i64..=400 * DAY_MS, after in MONTHS, window in 0_u16..=400) {
            let (before, then) = (Instant::from_ms(now), Instant::from_ms(now + later));
            prop_assert!(months(after).quiet_since(before, window) <= months(after).quiet_since(then, window));
        }
    }
}
