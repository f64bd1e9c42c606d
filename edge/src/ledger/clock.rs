//! The clock of a ledger. The live one is the real clock; the test twin's can be moved forward, so that holds and
//! windows end in seconds.

use super::book::Book;
use super::decision::Decision;
use super::request::Request;
use super::sighting;
use crate::answer::Answer;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::input::{self, Input};
use referral::instant::{DAY_MS, Instant};
use serde_json::json;

/// Most days of one step: ten years.
const LONGEST_STEP_DAYS: i64 = 3_660;
/// No test goes beyond 2100-01-01T00:00:00Z: instants and their sums stay in range.
const LAST: Instant = Instant::from_seconds(4_102_444_800);

/// `POST /v1/test/clock {advance_days | now}` with a test key.
pub(crate) fn advance(book: &Book, request: &Request) -> Result<Decision, Problem> {
    if !request.meta.test {
        return Err(Problem::new(
            403,
            "test_mode_only",
            "Only the test ledger's clock can be moved",
            "This is a live key. Use a test key (sk_test_…).",
        ));
    }
    let fields = input::object(&request.body).map_err(Problem::invalid)?;
    let mut input = Input::new("", &fields);
    let days = input.integer("advance_days", 1..=LONGEST_STEP_DAYS);
    let until = input.instant("now");
    if fields.get("advance_days").is_some_and(|value| !value.is_null())
        == fields.get("now").is_some_and(|value| !value.is_null())
    {
        input.refuse("advance_days", "required", "exactly one of advance_days and now must be given");
    }
    let now = book.now();
    let then = until.unwrap_or_else(|| now.plus_ms(days.unwrap_or(0) * DAY_MS));
    if then > LAST {
        let field = if until.is_some() { "now" } else { "advance_days" };
        input.refuse(field, "out_of_range", "must not lead beyond the year 2099");
    }
    input.finish().map_err(Problem::invalid)?;
    if then <= now {
        return Err(Problem::conflict(
            "clock_runs_forward",
            format!("The test ledger's clock shows {now} already; it runs forward only."),
        ));
    }
    let ahead = book.ahead_ms() + then.since_ms(now);
    let mut writes = Writes::default();
    writes.add(sql!("ledger/clock_set"), &[ahead])?;
    sighting::step(book, &mut writes, then, ahead)?;
    let answer = Answer::json(200, &json!({ "now": then, "ahead_seconds": ahead.div_euclid(1000) }))?;
    Ok(Decision { answer, writes, audit: Some(("clock.moved", then.to_string())) })
}
