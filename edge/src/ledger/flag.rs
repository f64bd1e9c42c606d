//! Flags: our doubt about a conversion, held until a person decides.

use super::book::{Book, new_id};
use super::conversion::Conversion;
use super::decision::Decision;
use super::event;
use super::list::FLAGS;
use super::refund::{self, Standing};
use super::request::Request;
use crate::answer::Answer;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::attribution::Attribution;
use referral::chain::Row;
use referral::event::Event;
use referral::fraud::{self, Evidence, Rule};
use referral::input::{self, Input};
use referral::instant::Instant;
use referral::reward::State;
use serde_json::{Value, json};

/// The rules that a credited conversion trips. The friend's e-mail is the one told with it, or the one told before.
pub(crate) fn judge(
    book: &Book,
    conversion: &Conversion,
    attribution: &Attribution,
    friend_id: &str,
) -> Result<Vec<Rule>, Problem> {
    let Attribution::Attributed { referrer_id, click_id, .. } = attribution else { return Ok(Vec::new()) };
    // The referrer's are all that is known of them: with their account, with those who were joined to it, and with what
    // they bought themselves.
    let stored: Vec<(u8, String)> = book.database.rows(sql!("ledger/emails"), &(referrer_id, friend_id))?;
    let of = |side: u8| stored.iter().filter(move |(of, _)| *of == side).map(|(_, email)| email.as_str());
    let referrer: Vec<&str> = of(0).collect();
    let told_now = click_id.is_none() || *click_id == conversion.presented.click_id;
    let browser_claim = !told_now && claimed(book, click_id.as_deref(), friend_id)?;
    Ok(fraud::judge(&Evidence {
        referrer_emails: &referrer,
        friend_email: conversion.person.email.as_deref().or_else(|| of(1).next()),
        browser_claim,
    }))
}

/// Whether only a browser told of a click, and no person has let that pass for this friend.
fn claimed(book: &Book, click_id: Option<&str>, friend_id: &str) -> Result<bool, Problem> {
    let standing: Option<(u8, u8)> =
        book.database.row(sql!("ledger/claim_standing"), &(click_id, friend_id))?;
    Ok(standing.is_some_and(|(claimed, released)| claimed == 1 && released == 0))
}

pub(crate) fn write(
    writes: &mut Writes,
    rules: &[Rule],
    conversion_id: &str,
    (referrer_id, friend_id): (&str, &str),
    now: Instant,
) -> Result<(), Problem> {
    for rule in rules {
        let id = new_id("flg")?;
        let row = (&id, conversion_id, referrer_id, friend_id, rule.word(), rule.weight(), now.ms());
        writes.add(sql!("ledger/flag_insert"), &row)?;
        let opened = json!({
            "id": id,
            "conversion_id": conversion_id,
            "referrer_id": referrer_id,
            "rule": rule.word(),
            "weight": rule.weight(),
        });
        event::emit(writes, Event::FlagOpened, &id, now, &opened)?;
    }
    Ok(())
}

/// Doubts what a referrer turns out to have bought over their own link: it was recorded before they signed in at the
/// browser the link was made in. What was not paid out yet is held.
pub(crate) fn doubt_own(
    book: &Book,
    writes: &mut Writes,
    referrer_id: &str,
    customer_id: &str,
    now: Instant,
) -> Result<(), Problem> {
    let own: Vec<(String, String)> =
        book.database.rows(sql!("ledger/own_conversions"), &(referrer_id, customer_id))?;
    let rule = Rule::SelfReferral;
    for (conversion_id, friend_id) in own {
        write(writes, &[rule], &conversion_id, (referrer_id, &friend_id), now)?;
        for standing in refund::standings(book, &conversion_id)? {
            if fraud::holds(rule.weight(), standing.to) {
                writes.add(sql!("ledger/reward_hold"), &[&standing.reward_id])?;
                if matches!(standing.state, State::Pending | State::Approved) {
                    let held = json!({
                        "id": standing.reward_id,
                        "conversion_id": conversion_id,
                        "person_id": standing.person_id,
                        "amount": standing.amount,
                        "currency": standing.currency,
                        "perk": standing.perk,
                    });
                    event::emit(writes, Event::RewardHeld, &standing.reward_id, now, &held)?;
                }
            }
        }
    }
    book.forget_due();
    Ok(())
}

/// What a person decides about a flag.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Released,
    Confirmed,
}

impl Verdict {
    const fn word(self) -> &'static str {
        match self {
            Self::Released => "released",
            Self::Confirmed => "confirmed",
        }
    }
}

/// `POST /v1/flags/{id}/decision {decision: "release" | "confirm", note?}`.
pub(crate) fn decide(book: &Book, request: &Request, id: &str) -> Result<Decision, Problem> {
    let fields = input::object(&request.body).map_err(Problem::invalid)?;
    let mut input = Input::new("", &fields);
    input.require("decision");
    let words = [("release", Verdict::Released), ("confirm", Verdict::Confirmed)];
    let verdict = input.choice("decision", &words).unwrap_or(Verdict::Released);
    let note = input.text("note", 1..=1000);
    input.finish().map_err(Problem::invalid)?;
    let flag: Option<(String, Option<String>)> = book.database.row(sql!("ledger/flag_standing"), &[id])?;
    let (conversion_id, decided) = flag.ok_or_else(Problem::not_found)?;
    let shown: Option<(i64, String)> = book.database.row(FLAGS.by_id, &[id])?;
    let mut shown: Value = serde_json::from_str(&shown.map(|(_, body)| body).unwrap_or_default())?;
    match decided {
        Some(decided) if decided == verdict.word() => {
            return Ok(Decision::answer(Answer::json(200, &shown)?));
        }
        Some(_) => {
            return Err(Problem::conflict("flag_decided", "This flag was decided the other way before."));
        }
        None => {}
    }
    let now = book.now();
    let mut writes = Writes::default();
    writes.add(sql!("ledger/flag_decision_insert"), &(id, verdict.word(), &note, now.ms()))?;
    writes.sealed.push(Row::new("flag_decision", id, vec![verdict.word().into(), now.ms().into()]));
    let told = json!({ "id": id, "conversion_id": conversion_id, "decision": verdict.word() });
    event::emit(&mut writes, Event::FlagDecided, id, now, &told)?;
    let mut standings = refund::standings(book, &conversion_id)?;
    match verdict {
        Verdict::Released => release(book, &mut writes, &standings, &conversion_id, id)?,
        Verdict::Confirmed => refund::take_all_back(&mut writes, id, "fraud", &mut standings, now)?,
    }
    book.forget_due();
    if let Some(fields) = shown.as_object_mut() {
        fields.insert("status".to_owned(), json!(verdict.word()));
        fields.insert("note".to_owned(), json!(note));
        fields.insert("decided_at".to_owned(), json!(now));
    }
    let action = if verdict == Verdict::Released { "flag.released" } else { "flag.confirmed" };
    Ok(Decision { answer: Answer::json(201, &shown)?, writes, audit: Some((action, id.to_owned())) })
}

/// Lets go of what no other open flag holds: it waits for the end of its hold again, or is approved with the next call.
fn release(
    book: &Book,
    writes: &mut Writes,
    standings: &[Standing],
    conversion_id: &str,
    id: &str,
) -> Result<(), Problem> {
    let left: Option<(u32,)> = book.database.row(sql!("ledger/flags_left"), &(conversion_id, id))?;
    let left = left.map_or(0, |(weight,)| weight);
    for standing in standings.iter().filter(|standing| !fraud::holds(left, standing.to)) {
        writes.add(sql!("ledger/reward_release"), &[&standing.reward_id])?;
    }
    Ok(())
}
