//! Events: what the world may be told, written in the transaction of what they tell of, without anything that names a
//! person.

use super::book::{Book, new_id};
use super::list::{self, Source};
use super::request::Request;
use crate::answer::Answer;
use crate::paging::Page;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::event::Event;
use referral::instant::Instant;
use serde_json::Value;

const ALL: Source = Source {
    older: sql!("ledger/events_older"),
    newer: sql!("ledger/events_newer"),
    by_id: sql!("ledger/event_by_id"),
};
const OF_TYPE: Source = Source {
    older: sql!("ledger/events_older_of_type"),
    newer: sql!("ledger/events_newer_of_type"),
    by_id: sql!("ledger/event_by_id"),
};

/// Adds one event to what a command writes. `subject` is the id of the row it tells of, `data` a snapshot.
pub(crate) fn emit(
    writes: &mut Writes,
    event: Event,
    subject: &str,
    at: Instant,
    data: &Value,
) -> Result<(), Problem> {
    let row = (new_id("evt")?, event.word(), subject, at.ms(), data);
    Ok(writes.gather(sql!("ledger/outbox_insert"), &row)?)
}

/// `GET /v1/events?type=`: newest first, of one type or of all.
pub(crate) fn page(book: &Book, request: &Request) -> Result<Answer, Problem> {
    let (of_type, rest): (Vec<&str>, Vec<&str>) =
        request.query.split('&').partition(|pair| pair.starts_with("type="));
    let page = Page::read(&rest.join("&"))?;
    let unknown = || Problem::field("type", "unknown_word", "is not the name of an event");
    match of_type.as_slice() {
        [] => list::shown(list::rows(book, &ALL, &page)?),
        [pair] => {
            let event = Event::named(pair.trim_start_matches("type=")).ok_or_else(unknown)?;
            list::shown(list::rows_of(book, &OF_TYPE, &page, Some(event.word()))?)
        }
        _ => Err(Problem::field("type", "out_of_range", "can be given once")),
    }
}
