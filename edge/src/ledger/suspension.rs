//! Suspension: rewards of a referrer whose conversions were fraud again and again wait until a person lets them gain anew.
//! Only what is granted from then on waits; friends get theirs. It follows a person through all links joined to them.

use super::book::{Book, new_id};
use super::decision::Decision;
use super::doubt::Holds;
use super::request::Request;
use crate::answer::Answer;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::chain::Row as Link;
use referral::fraud::suspension::{Record, suspends};
use referral::input::{self, Input};
use referral::instant::Instant;
use referral::terms::Side;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What became of conversions that a person just decided about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Became {
    /// Confirmed to be fraud.
    Fraud,
    /// Leads that were rejected.
    Rejected,
}

/// Suspends whose record has become too bad with these conversions. The record begins anew with a reinstatement.
pub(crate) fn review(
    book: &Book,
    writes: &mut Writes,
    request: &Request,
    referrer_id: &str,
    (became, conversions): (Became, &BTreeSet<&str>),
    now: Instant,
) -> Result<(), Problem> {
    let row = (referrer_id, serde_json::to_string(conversions)?);
    let record: Option<(u32, u32, u32, Option<String>)> =
        book.database.row(sql!("ledger/referrer_record"), &row)?;
    let (all, confirmed, rejected, state) = record.unwrap_or_default();
    let more = u32::try_from(conversions.len()).unwrap_or(u32::MAX);
    let record = match became {
        Became::Fraud => Record { conversions: all, confirmed: confirmed + more, rejected },
        Became::Rejected => Record { conversions: all, confirmed, rejected: rejected + more },
    };
    let cause = suspends(&book.program()?.fraud.settings, record);
    let Some(cause) = cause.filter(|_| state.as_deref() != Some("suspended")) else { return Ok(()) };
    write(writes, referrer_id, "suspended", cause.word(), None, now)?;
    book.audit(writes, request, "referrer.suspended", referrer_id)
}

fn write(
    writes: &mut Writes,
    referrer_id: &str,
    state: &str,
    cause: &str,
    note: Option<&str>,
    now: Instant,
) -> Result<(), Problem> {
    let id = new_id("sus")?;
    writes.add(sql!("ledger/suspension_insert"), &(&id, referrer_id, state, cause, now.ms()))?;
    if let Some(note) = note {
        writes.add(sql!("ledger/suspension_note_insert"), &(&id, note))?;
    }
    let fields = vec![referrer_id.into(), state.into(), cause.into(), now.ms().into()];
    writes.sealed.push(Link::new("suspension", &id, fields));
    Ok(())
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
    let now = book.now();
    let mut writes = Writes::default();
    let (state, action) =
        if suspend { ("suspended", "referrer.suspended") } else { ("reinstated", "referrer.reinstated") };
    write(&mut writes, id, state, "by_hand", note.as_deref(), now)?;
    if !suspend {
        let_go(book, &mut writes, id)?;
        book.forget_due();
    }
    history.insert(0, (state.to_owned(), "by_hand".to_owned(), note, now.ms()));
    let answer = Answer::json(201, &shown(id, &history))?;
    Ok(Decision { answer, writes, audit: Some((action, id.to_owned())) })
}

/// Lets go of what waited for the reinstatement alone. What open flags hold is held by them.
fn let_go(book: &Book, writes: &mut Writes, id: &str) -> Result<(), Problem> {
    let rewards: Vec<(String, String)> = book.database.rows(sql!("ledger/suspended_rewards"), &[id])?;
    let settings = &book.program()?.fraud.settings;
    let (mut flagged, mut free) = (Vec::new(), Vec::new());
    for (reward_id, conversion_id) in rewards {
        let held = Holds::of(book, &conversion_id, id)?.flagged(settings, Side::Referrer);
        if held { flagged.push(reward_id) } else { free.push(reward_id) }
    }
    if !flagged.is_empty() {
        writes.add(sql!("ledger/suspended_stay_held"), &[serde_json::to_string(&flagged)?])?;
    }
    if !free.is_empty() {
        writes.add(sql!("ledger/suspended_release"), &[serde_json::to_string(&free)?])?;
    }
    Ok(())
}
