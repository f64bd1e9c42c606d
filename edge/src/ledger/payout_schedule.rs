//! The calendar of payouts: when a batch is due, and whether it was made.

use super::book::Book;
use super::decision::Decision;
use super::expected;
use super::request::Request;
use crate::answer::Answer;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::input::{self, Input, Put};
use referral::instant::Instant;
use referral::payout::{Every, Schedule};
use serde_json::{Value, json};

const WORDS: [(&str, Every); 2] = [("week", Every::Week), ("month", Every::Month)];

/// A calendar as it is stored: version, word, day, minimum, since when.
type Row = (u32, Option<String>, Option<i64>, i64, i64);

/// A calendar that is in force.
struct Current {
    version: u32,
    schedule: Schedule,
    every: String,
    day: i64,
    minimum: i64,
    since: Instant,
}

/// The newest calendar, also one without a day.
fn newest(book: &Book) -> Result<Option<Row>, Problem> {
    Ok(book.database.row(sql!("ledger/payout_schedule"), &[(); 0])?)
}

fn current(row: Option<Row>) -> Result<Option<Current>, Problem> {
    let Some((version, Some(every), Some(day), minimum, since)) = row else { return Ok(None) };
    let word = WORDS.iter().find(|(word, _)| *word == every).map(|(_, every)| *every);
    let schedule = word.and_then(|every| Schedule::new(every, day));
    let schedule = schedule.ok_or_else(|| Problem::internal("the stored calendar has no such day"))?;
    Ok(Some(Current { version, schedule, every, day, minimum, since: Instant::from_ms(since) }))
}

impl Current {
    /// The time a batch is due for and was not made for yet. What was due before there was this calendar is not.
    fn due(&self, book: &Book) -> Result<Option<Instant>, Problem> {
        let last = self.schedule.last(book.now());
        if last < self.since {
            return Ok(None);
        }
        let made: Option<(String,)> = book.database.row(sql!("ledger/payout_due"), &[last.ms()])?;
        Ok(made.is_none().then_some(last))
    }

    fn shown(&self, book: &Book) -> Result<Value, Problem> {
        Ok(json!({
            "every": self.every,
            "day": self.day,
            "minimum_amount": self.minimum,
            "due_at": self.due(book)?,
            "next_payout_at": self.schedule.next(book.now()),
            "version": self.version,
        }))
    }
}

/// `GET /v1/payouts/schedule`: the calendar, since when a batch is due, and when the next one will be.
pub(crate) fn show(book: &Book) -> Result<Answer, Problem> {
    let row = newest(book)?;
    let version = row.as_ref().map_or(0, |(version, ..)| *version);
    let shown = match current(row)? {
        Some(current) => current.shown(book)?,
        None => json!({
            "every": null, "day": null, "minimum_amount": 0, "due_at": null, "next_payout_at": null, "version": version,
        }),
    };
    Answer::json(200, &shown)
}

/// `POST /v1/payouts/schedule {every, day, minimum?, version?}`; `every: null` ends it. A `version` that is not the newest
/// is refused.
pub(crate) fn change(book: &Book, request: &Request) -> Result<Decision, Problem> {
    let mut fields = input::object(&request.body).map_err(Problem::invalid)?;
    let known = newest(book)?;
    let version = known.as_ref().map_or(0, |(version, ..)| *version);
    expected::take(&mut fields, "version", version, "calendar")?;
    let mut input = Input::new("", &fields);
    let every = input.choice("every", &WORDS);
    let day = input.integer("day", 1..=28);
    let minimum = input.amount("minimum", 0).unwrap_or(0);
    if !fields.contains_key("every") {
        input.refuse("every", "required", "must be week, month or null");
    }
    let schedule = every.and_then(|every| Schedule::new(every, day.unwrap_or(0)));
    if every.is_some() && schedule.is_none() && day.is_none_or(|day| day > 7) {
        input.refuse("day", "out_of_range.day", "must be 1 (Monday) to 7 for a week, 1 to 28 for a month");
    }
    input.finish().map_err(Problem::invalid)?;
    let now = book.now();
    let word = fields.get("every").and_then(Value::as_str);
    let day = day.filter(|_| word.is_some());
    let next = schedule.map(|schedule| schedule.next(now));
    let same = match &known {
        None => word.is_none(),
        Some((_, every, known_day, known_minimum, _)) => {
            (every.as_deref(), *known_day, *known_minimum) == (word, day, minimum)
        }
    };
    let version = if same { version } else { version + 1 };
    let answer = json!({
        "every": word, "day": day, "minimum_amount": minimum, "next_payout_at": next, "version": version,
    });
    if same {
        return Ok(Decision::answer(Answer::json(200, &answer)?));
    }
    let mut writes = Writes::default();
    writes.add(sql!("ledger/payout_schedule_insert"), &(word, day, minimum, now.ms()))?;
    Ok(Decision {
        answer: Answer::json(201, &answer)?,
        writes,
        audit: Some(("payout.schedule_changed", word.unwrap_or("none").to_owned())),
    })
}

/// The time a batch is due for, and its minimum.
///
/// # Errors
/// 409 `payout_not_due`.
pub(crate) fn demand(book: &Book) -> Result<(Instant, i64), Problem> {
    let Some(current) = current(newest(book)?)? else {
        return Err(Problem::conflict(
            "payout_not_due",
            "There is no calendar of payouts. See POST /v1/payouts/schedule.",
        ));
    };
    if let Some(due) = current.due(book)? {
        return Ok((due, current.minimum));
    }
    let next = current.schedule.next(book.now());
    let problem = Problem::conflict("payout_not_due.before", format!("The next batch is due at {next}."));
    Err(problem.put(vec![Put::Day(next)]))
}
