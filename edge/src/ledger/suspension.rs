//! Suspension: rewards of a referrer whose conversions were fraud again and again wait until a person lets them gain anew.
//! Only what is granted from then on waits; friends get theirs.

use super::book::Book;
use super::decision::Decision;
use super::request::Request;
use crate::answer::Answer;
use crate::platform;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::fraud::Rule;
use referral::fraud::suspension::{Record, suspends};
use referral::input::{self, Input};
use referral::instant::Instant;
use referral::terms::Side;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Suspends whose record has become too bad with these conversions. The record begins anew with a reinstatement.
pub(crate) fn after_fraud(
    book: &Book,
    writes: &mut Writes,
    request: &Request,
    referrer_id: &str,
    conversions: &BTreeSet<&str>,
    now: Instant,
) -> Result<(), Problem> {
    let row = (referrer_id, serde_json::to_string(conversions)?);
    let record: Option<(u32, u32, Option<String>)> =
        book.database.row(sql!("ledger/referrer_record"), &row)?;
    let (all, before, state) = record.unwrap_or_default();
    let confirmed = before + u32::try_from(conversions.len()).unwrap_or(u32::MAX);
    let record = Record { conversions: all, confirmed };
    let cause = suspends(&book.program()?.fraud.settings, record);
    let Some(cause) = cause.filter(|_| state.as_deref() != Some("suspended")) else { return Ok(()) };
    let nothing: Option<&str> = None;
    let row = (referrer_id, "suspended", cause.word(), nothing, now.ms());
    writes.add(sql!("ledger/suspension_insert"), &row)?;
    book.audit(writes, request, "referrer.suspended", referrer_id)
}

/// State, cause, note and when, newest first.
type Row = (String, String, Option<String>, i64);

fn history(book: &Book, referrer_id: &str) -> Result<Vec<Row>, Problem> {
    let known: Option<(i64, String)> = book.database.row(super::list::REFERRERS.by_id, &[referrer_id])?;
    known.ok_or_else(Problem::not_found)?;
    Ok(book.database.rows(sql!("ledger/suspensions"), &[referrer_id])?)
}

fn shown(referrer_id: &str, history: &[Row]) -> Value {
    let row = |(state, cause, note, at): &Row| json!({ "state": state, "cause": cause, "note": note, "at": Instant::from_ms(*at) });
    json!({
        "referrer_id": referrer_id,
        "suspended": history.first().is_some_and(|(state, ..)| state == "suspended"),
        "history": history.iter().map(row).collect::<Vec<Value>>(),
    })
}

/// `GET /v1/referrers/{id}/suspension`.
pub(crate) fn show(book: &Book, id: &str) -> Result<Answer, Problem> {
    Answer::json(200, &shown(id, &history(book, id)?))
}

/// `POST /v1/referrers/{id}/suspension {decision: "suspend" | "reinstate", note?}`.
pub(crate) fn decide(book: &Book, request: &Request, id: &str) -> Result<Decision, Problem> {
    let fields = input::object(&request.body).map_err(Problem::invalid)?;
    let mut input = Input::new("", &fields);
    input.require("decision");
    let suspend = input.choice("decision", &[("suspend", true), ("reinstate", false)]).unwrap_or(false);
    let note = input.text("note", 1..=1000);
    input.finish().map_err(Problem::invalid)?;
    let mut history = history(book, id)?;
    let suspended = history.first().is_some_and(|(state, ..)| state == "suspended");
    if suspend == suspended {
        return Ok(Decision::answer(Answer::json(200, &shown(id, &history))?));
    }
    let now = Instant::from_ms(platform::now_ms());
    let mut writes = Writes::default();
    let (state, action) =
        if suspend { ("suspended", "referrer.suspended") } else { ("reinstated", "referrer.reinstated") };
    writes.add(sql!("ledger/suspension_insert"), &(id, state, "by_hand", &note, now.ms()))?;
    if !suspend {
        let_go(book, &mut writes, id, now)?;
        book.forget_due();
    }
    history.insert(0, (state.to_owned(), "by_hand".to_owned(), note, now.ms()));
    let answer = Answer::json(201, &shown(id, &history))?;
    Ok(Decision { answer, writes, audit: Some((action, id.to_owned())) })
}

/// Lets go of what waited for the reinstatement alone. What open flags hold is held by them.
fn let_go(book: &Book, writes: &mut Writes, id: &str, now: Instant) -> Result<(), Problem> {
    let rows: Vec<(String, String)> = book.database.rows(sql!("ledger/suspended_and_flagged"), &[id])?;
    let settings = &book.program()?.fraud.settings;
    let mut held = Vec::new();
    for (conversion_id, open) in rows {
        let open: Vec<(Rule, u32)> = serde_json::from_str(&open)?;
        if settings.holds(&open, Side::Referrer) {
            held.push(conversion_id);
        }
    }
    if !held.is_empty() {
        writes.add(sql!("ledger/suspended_stay_held"), &(id, serde_json::to_string(&held)?))?;
    }
    Ok(writes.add(sql!("ledger/suspended_release"), &(id, now.ms()))?)
}
