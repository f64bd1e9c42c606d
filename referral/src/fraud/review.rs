//! Review: a flag waits for a person. It never decides itself; it reminds, and then it escalates.

use crate::instant::Instant;
use serde::Serialize;

/// Days after which an open flag reminds.
pub const REMINDER_DAYS: u16 = 7;
/// Days after which it escalates.
pub const ESCALATION_DAYS: u16 = 30;

/// How long an open flag has waited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Due {
    /// Less than [`REMINDER_DAYS`].
    Later,
    /// Less than [`ESCALATION_DAYS`].
    Reminder,
    /// Longer.
    Escalated,
}

/// How long a flag opened then has waited by now.
pub fn due(opened: Instant, now: Instant) -> Due {
    if now >= opened.plus_days(ESCALATION_DAYS) {
        Due::Escalated
    } else if now >= opened.plus_days(REMINDER_DAYS) {
        Due::Reminder
    } else {
        Due::Later
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_reminds_after_seven_days_and_escalates_after_thirty() {
        let opened = Instant::from_seconds(1_700_000_000);
        for (days, ms, expected) in [
            (0, 0, Due::Later),
            (7, -1, Due::Later),
            (7, 0, Due::Reminder),
            (30, -1, Due::Reminder),
            (30, 0, Due::Escalated),
            (3000, 0, Due::Escalated),
        ] {
            assert_eq!(due(opened, opened.plus_days(days).plus_ms(ms)), expected, "{days} days {ms} ms");
        }
        assert_eq!(due(opened, opened.plus_ms(-5)), Due::Later, "a clock that went back");
    }
}
