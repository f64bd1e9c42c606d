//! Where leads stand: new, qualified, rejected. By rules of the terms as they are recorded, or by a person.

use super::before::Who;
use super::book::{Book, new_id};
use super::conversion_rows as rows;
use super::decision::Decision;
use super::doubt::Holds;
use super::event;
use super::grant::{Earning, Granted};
use super::list::LEADS;
use super::refund;
use super::request::Request;
use super::suspension::{self, Became};
use super::terms;
use crate::answer::Answer;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::chain::Row;
use referral::event::Event;
use referral::input::{self, Input};
use referral::instant::Instant;
use referral::terms::Occasion;
use referral::terms::qualification::Stage;
use serde_json::{Value, json};

/// What is stored of a lead that a person qualified without a word.
pub(crate) const UNSAID: &str = "A person found that it meets the criteria.";

/// A step of a lead, and who took it.
pub(crate) struct By<'a> {
    pub(crate) stage: Stage,
    pub(crate) reason: &'a str,
    /// `rule` or `person`.
    pub(crate) who: &'a str,
}

pub(crate) fn write(
    writes: &mut Writes,
    lead_id: &str,
    friend_id: &str,
    referrer_id: Option<&str>,
    by: &By<'_>,
    now: Instant,
) -> Result<(), Problem> {
    let row = (lead_id, friend_id, referrer_id, by.stage.word(), by.reason, by.who, now.ms());
    writes.add(sql!("ledger/lead_stage_insert"), &row)?;
    let key = format!("{lead_id} {}", by.stage.word());
    writes.sealed.push(Row::new("lead_stage", &key, vec![by.who.into(), now.ms().into()]));
    if by.stage == Stage::Qualified {
        // Without the reason: it is free text, and may name somebody.
        let qualified = json!({ "id": lead_id, "referrer_id": referrer_id, "decided_by": by.who });
        event::emit(writes, Event::LeadQualified, lead_id, now, &qualified)?;
    }
    Ok(())
}

/// A lead as a decision finds it.
struct Standing {
    friend_id: String,
    referrer_id: Option<String>,
    occurred_at: Instant,
    terms_version: u32,
    stage: Stage,
    reason: Option<String>,
    granted_before: i64,
    fraud: bool,
    seq: i64,
}

impl Standing {
    fn read(book: &Book, id: &str) -> Result<Self, Problem> {
        type Row = (String, Option<String>, i64, u32, Stage, Option<String>, i64, u8, i64);
        let row: Option<Row> = book.database.row(sql!("ledger/lead_standing"), &[id])?;
        let (friend_id, referrer_id, occurred_at, terms_version, stage, reason, granted_before, fraud, seq) =
            row.ok_or_else(Problem::not_found)?;
        let (occurred_at, fraud) = (Instant::from_ms(occurred_at), fraud == 1);
        Ok(Self {
            friend_id,
            referrer_id,
            occurred_at,
            terms_version,
            stage,
            reason,
            granted_before,
            fraud,
            seq,
        })
    }
}

/// `POST /v1/leads/{id}/decision {decision: "qualify" | "reject", reason}`: forward only. Qualifying grants what the terms
/// in force at the click give for a qualified lead; rejecting takes back what the lead earned and was not paid.
pub(crate) fn decide(book: &Book, request: &Request, id: &str) -> Result<Decision, Problem> {
    let fields = input::object(&request.body).map_err(Problem::invalid)?;
    let mut input = Input::new("", &fields);
    input.require("decision");
    let words = [("qualify", Stage::Qualified), ("reject", Stage::Rejected)];
    let next = input.choice("decision", &words).unwrap_or(Stage::Qualified);
    let reason = input.text("reason", 1..=1000);
    if next == Stage::Rejected {
        input.require("reason");
    }
    input.finish().map_err(Problem::invalid)?;
    let lead = Standing::read(book, id)?;
    let shown: Option<(i64, String)> = book.database.row(LEADS.by_id, &[id])?;
    let mut shown: Value = serde_json::from_str(&shown.map(|(_, body)| body).unwrap_or_default())?;
    if lead.stage == next {
        return Ok(Decision::answer(Answer::json(200, &shown)?));
    }
    if !lead.stage.may_become(next) {
        let why = lead.reason.filter(|why| !why.is_empty()).map(|why| format!(": {why}"));
        let why = why.unwrap_or_else(|| ".".to_owned());
        return Err(Problem::conflict("lead_decided", format!("This lead was rejected before{why}")));
    }
    if next == Stage::Qualified && lead.fraud {
        return Err(Problem::conflict(
            "flag_decided",
            "A flag on this lead was confirmed before. Reject it.",
        ));
    }
    let now = book.now();
    let mut writes = Writes::default();
    let reason = reason.unwrap_or_else(|| UNSAID.to_owned());
    let by = By { stage: next, reason: &reason, who: "person" };
    let decision_id = new_id("dec")?;
    if next == Stage::Qualified {
        let granted = grant(book, id, &lead, now)?;
        rows::write_rewards(&mut writes, id, &granted.rewards, now)?;
        if let Some(rewards) = shown.get_mut("rewards").and_then(Value::as_array_mut) {
            for reward in &granted.rewards {
                rewards.push(rows::listed(reward, id, now)?);
            }
        }
    } else {
        let mut standings = refund::standings(book, id)?;
        refund::take_all_back(&mut writes, &decision_id, "rejected", &mut standings, now)?;
        show_taken_back(&mut shown, &standings);
        if let Some(referrer_id) = &lead.referrer_id {
            let these = (Became::Rejected, &[id].into());
            suspension::review(book, &mut writes, request, referrer_id, these, now)?;
        }
    }
    // After what it grants: the trigger that counts qualified leads looks at what was there before.
    write(&mut writes, id, &lead.friend_id, lead.referrer_id.as_deref(), &by, now)?;
    book.forget_due();
    if let Some(fields) = shown.as_object_mut() {
        fields.insert("stage".to_owned(), json!(next));
        fields.insert("stage_reason".to_owned(), json!(reason));
    }
    let action = if next == Stage::Qualified { "lead.qualified" } else { "lead.rejected" };
    Ok(Decision { answer: Answer::json(201, &shown)?, writes, audit: Some((action, id.to_owned())) })
}

fn grant(book: &Book, id: &str, lead: &Standing, now: Instant) -> Result<Granted, Problem> {
    let mut granted = Granted::default();
    let Some(referrer_id) = &lead.referrer_id else { return Ok(granted) };
    let program = book.program()?;
    let version = terms::of_number(book, &program, lead.terms_version)?;
    let earning = Earning {
        terms: &version.terms,
        who: Who {
            referrer_id,
            friend_id: &lead.friend_id,
            occurred_at: lead.occurred_at,
            seq: Some(lead.seq),
        },
        amount: None,
        hold_from: now,
        holds: Holds::of(book, id, referrer_id)?,
        granted_before: lead.granted_before,
        freed: 0,
        counted: false,
    };
    granted.add(book, &program, &earning, Occasion::QualifiedLead)?;
    Ok(granted)
}

/// Shows in a body's rewards what was just taken back.
fn show_taken_back(shown: &mut Value, standings: &[refund::Standing]) {
    let rewards = shown.get_mut("rewards").and_then(Value::as_array_mut).into_iter().flatten();
    for (reward, standing) in rewards.zip(standings) {
        if let Some(fields) = reward.as_object_mut()
            && standing.state == referral::reward::State::Voided
            && fields.get("state") != Some(&json!("voided"))
        {
            fields.insert("state".to_owned(), json!("voided"));
            fields.insert("reason".to_owned(), json!("rejected"));
            fields.insert("reversed_amount".to_owned(), json!(standing.reversed));
        }
    }
}
