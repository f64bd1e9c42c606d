//! How disputes end: upheld, with or without moving the credit, rejected, or taken back by whoever asked.

use super::book::Book;
use super::decision::Decision;
use super::dispute::Stored;
use super::event;
use super::reattribution::{self, Moved, Wanted};
use super::request::Request;
use super::trace::Reader;
use crate::answer::Answer;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::chain::{Field, Row};
use referral::code::Code;
use referral::event::Event;
use referral::input::{self, Input};
use referral::instant::Instant;
use serde_json::json;

/// What a caller decided.
struct Said {
    decision: &'static str,
    note: Option<String>,
    /// Whoever gets the credit, named by id or by code; neither leaves the credit where it is.
    referrer_id: Option<String>,
    code: Option<Code>,
    conversion_id: Option<String>,
}

impl Said {
    fn read(request: &Request, reader: &Reader) -> Result<Self, Problem> {
        let fields = input::object(&request.body).map_err(Problem::invalid)?;
        let mut input = Input::new("", &fields);
        input.require("decision");
        let withdrawn = ("withdrawn", "withdrawn");
        let decision = match reader {
            Reader::Merchant => input
                .choice("decision", &[("upheld", "upheld"), ("rejected", "rejected"), withdrawn])
                .unwrap_or_default(),
            Reader::Referrer(_) => input.choice("decision", &[withdrawn]).unwrap_or_default(),
        };
        let note = input.lines("note", 1..=2000);
        if decision != "withdrawn" {
            input.require("note");
        }
        let referrer_id = input.text("referrer_id", 1..=200);
        let written = input.text("code", 1..=40);
        let conversion_id = input.text("conversion_id", 1..=200);
        let code = written.as_deref().and_then(|code| Code::parse(code).ok());
        if written.is_some() && code.is_none() {
            input.refuse("code", "not_a_code", "is no code");
        }
        let moves = referrer_id.is_some() || written.is_some();
        if moves && decision != "upheld" {
            let name = if referrer_id.is_some() { "referrer_id" } else { "code" };
            input.refuse(name, "out_of_place", "stands beside upheld only");
        }
        if conversion_id.is_some() && !moves {
            input.refuse("conversion_id", "out_of_place", "stands beside referrer_id or code only");
        }
        input.finish().map_err(Problem::invalid)?;
        Ok(Self { decision, note, referrer_id, code, conversion_id })
    }

    const fn moves(&self) -> bool {
        self.referrer_id.is_some() || self.code.is_some()
    }
}

/// `POST /v1/disputes/{id}/decision {decision, note, referrer_id?, code?, conversion_id?}`.
pub(crate) fn decide(book: &Book, request: &Request, id: &str) -> Result<Decision, Problem> {
    let reader = Reader::of(book, request)?;
    let mut dispute = Stored::read(book, &reader, id)?;
    let said = Said::read(request, &reader)?;
    match dispute.decided.as_deref() {
        Some(decided) if decided == said.decision => {
            return Ok(Decision::answer(Answer::json(200, &dispute.shown(book, &reader, request)?)?));
        }
        Some(_) => {
            return Err(Problem::conflict(
                "dispute_decided.otherwise",
                "This dispute was decided the other way before.",
            ));
        }
        None => {}
    }
    let now = book.now();
    let mut writes = Writes::default();
    writes.add(sql!("ledger/dispute_decision_insert"), &(id, said.decision, &said.note, now.ms()))?;
    let moved =
        if said.moves() { Some(move_credit(book, &mut writes, &dispute, id, &said, now)?) } else { None };
    seal(&mut writes, id, said.decision, moved.as_ref(), now);
    let told = json!({
        "id": id,
        "referrer_id": dispute.referrer_id,
        "about": reattribution::conversion_named(book, &dispute.about)?,
        "decision": said.decision,
        "reattribution": moved.as_ref().map(Moved::shown),
    });
    event::emit(&mut writes, Event::DisputeDecided, id, now, &told)?;
    dispute.insert("status", json!(said.decision));
    dispute.insert("note", json!(said.note));
    dispute.insert("decided_at", json!(now));
    dispute.insert("reattribution", json!(moved.as_ref().map(Moved::shown)));
    let shown = dispute.shown(book, &reader, request)?;
    let action = if said.decision == "withdrawn" { "dispute.withdrawn" } else { "dispute.decided" };
    Ok(Decision { answer: Answer::json(201, &shown)?, writes, audit: Some((action, id.to_owned())) })
}

/// One link speaks for the decision and for what it moved.
fn seal(writes: &mut Writes, id: &str, decision: &str, moved: Option<&Moved>, now: Instant) {
    let mut fields: Vec<Field> = vec![decision.into(), now.ms().into()];
    if let Some(moved) = moved {
        fields.push(moved.conversion_id.as_str().into());
        fields.push(moved.lost_by.as_deref().into());
        fields.push(moved.referrer_id.as_str().into());
        fields.push(i64::from(moved.terms_version).into());
    }
    // Before the entries it causes.
    writes.sealed.push(Row::new("dispute_decision", id, fields));
}

/// Gives the credit to whoever asked.
fn move_credit(
    book: &Book,
    writes: &mut Writes,
    dispute: &Stored,
    id: &str,
    said: &Said,
    now: Instant,
) -> Result<Moved, Problem> {
    let asked = &dispute.referrer_id;
    let is_theirs = |field: &str, owner: Option<String>| {
        if owner.as_ref() == Some(asked) {
            return Ok(());
        }
        Err(Problem::field(field, "out_of_range.owner", "must be the referrer's whose dispute it is"))
    };
    if let Some(referrer_id) = &said.referrer_id {
        let now: Option<(String,)> = book.database.row(sql!("ledger/referrer_now"), &[referrer_id])?;
        is_theirs("referrer_id", now.map(|(id,)| id))?;
    }
    if let Some(code) = &said.code {
        let owner: Option<(String,)> = book.database.row(sql!("ledger/code_owner_now"), &[code.as_str()])?;
        is_theirs("code", owner.map(|(id,)| id))?;
    }
    let named = said.conversion_id.as_deref().unwrap_or(&dispute.about);
    let missing = || {
        Problem::field(
            "conversion_id",
            "required.conversion",
            "the dispute is about nothing that is in the ledger: name the lead or sale it turned out to be",
        )
    };
    let conversion = reattribution::conversion_named(book, named)?.ok_or_else(missing)?;
    let wanted = Wanted { dispute_id: id, conversion_id: &conversion, referrer_id: asked, code: said.code };
    reattribution::write(book, writes, &wanted, now)
}
