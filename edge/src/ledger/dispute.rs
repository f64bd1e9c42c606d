//! Disputes: a referrer's doubt about a conversion, or about one that is missing.

use super::book::{Book, new_id};
use super::decision::Decision;
use super::event;
use super::list::DISPUTES;
use super::request::Request;
use super::who;
use crate::answer::Answer;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::chain::Row;
use referral::event::Event;
use referral::input::{self, Input};
use serde_json::{Value, json};

/// `POST /v1/disputes {about, message}` with the referrer's proof or identity: once per matter.
pub(crate) fn open(book: &Book, request: &Request) -> Result<Decision, Problem> {
    let fields = input::object(&request.body).map_err(Problem::invalid)?;
    let mut input = Input::new("", &fields);
    let about = input.required_text("about", 1..=200);
    let message = input.required_text("message", 1..=2000);
    input.finish().map_err(Problem::invalid)?;
    let referrer_id = who::account(book, request)?.id;
    let shown = |id: &str, status: &str| json!({ "id": id, "about": about, "status": status });
    let known: Option<(String, String)> =
        book.database.row(sql!("ledger/dispute_by_about"), &(&referrer_id, &about))?;
    if let Some((id, status)) = known {
        return Ok(Decision::answer(Answer::json(200, &shown(&id, &status))?));
    }
    let id = new_id("dsp")?;
    let mut writes = Writes::default();
    let now = book.now();
    writes.add(sql!("ledger/dispute_insert"), &(&id, &referrer_id, &about, now.ms()))?;
    writes.add(sql!("ledger/message_insert"), &(&id, &message))?;
    let opened = json!({ "id": id, "referrer_id": referrer_id, "about": about });
    event::emit(&mut writes, Event::DisputeOpened, &id, now, &opened)?;
    Ok(Decision {
        answer: Answer::json(201, &shown(&id, "open"))?,
        writes,
        audit: Some(("dispute.opened", id)),
    })
}

/// `POST /v1/disputes/{id}/decision {decision: "upheld" | "rejected", note}`: the merchant's answer, told to the referrer.
pub(crate) fn decide(book: &Book, request: &Request, id: &str) -> Result<Decision, Problem> {
    let fields = input::object(&request.body).map_err(Problem::invalid)?;
    let mut input = Input::new("", &fields);
    input.require("decision");
    let decision =
        input.choice("decision", &[("upheld", "upheld"), ("rejected", "rejected")]).unwrap_or_default();
    let note = input.required_text("note", 1..=2000);
    input.finish().map_err(Problem::invalid)?;
    let standing: Option<(String, Option<String>)> =
        book.database.row(sql!("ledger/dispute_standing"), &[id])?;
    let (referrer_id, decided) = standing.ok_or_else(Problem::not_found)?;
    let shown: Option<(i64, String)> = book.database.row(DISPUTES.by_id, &[id])?;
    let mut shown: Value = serde_json::from_str(&shown.map(|(_, body)| body).unwrap_or_default())?;
    match decided {
        Some(decided) if decided == decision => return Ok(Decision::answer(Answer::json(200, &shown)?)),
        Some(_) => {
            return Err(Problem::conflict(
                "dispute_decided",
                "This dispute was decided the other way before.",
            ));
        }
        None => {}
    }
    let now = book.now();
    let mut writes = Writes::default();
    writes.add(sql!("ledger/dispute_decision_insert"), &(id, decision, &note, now.ms()))?;
    writes.sealed.push(Row::new("dispute_decision", id, vec![decision.into(), now.ms().into()]));
    let told =
        json!({ "id": id, "referrer_id": referrer_id, "about": shown.get("about"), "decision": decision });
    event::emit(&mut writes, Event::DisputeDecided, id, now, &told)?;
    if let Some(fields) = shown.as_object_mut() {
        fields.insert("status".to_owned(), json!(decision));
        fields.insert("note".to_owned(), json!(note));
        fields.insert("decided_at".to_owned(), json!(now));
    }
    Ok(Decision {
        answer: Answer::json(201, &shown)?,
        writes,
        audit: Some(("dispute.decided", id.to_owned())),
    })
}
