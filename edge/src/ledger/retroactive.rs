//! Doubt that comes later: about conversions that were recorded before. What was not paid out yet is held; what is in a
//! batch already waits there, since no line is paid while a flag holds a part of it.

use super::book::{Book, Loaded};
use super::doubt::Holds;
use super::event;
use super::flag::{self, About};
use super::refund;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::event::Event;
use referral::fraud::facts::{LONG_WINDOW_MS, SHORT_WINDOW_MS};
use referral::fraud::{Facts, Flag, Rule};
use referral::instant::Instant;
use referral::reward::State;
use serde_json::json;

/// A conversion and its friend.
type Recorded = (String, String);

/// Flags the conversions of the window whose count is too high; the longer one where both are.
pub(crate) fn burst(
    book: &Book,
    program: &Loaded,
    writes: &mut Writes,
    (flag, facts): (&Flag, &Facts),
    last: &About<'_>,
    at: Instant,
    now: Instant,
) -> Result<(), Problem> {
    let long = facts.in_24_hours > program.fraud.settings.velocity.in_24_hours;
    let window = if long { LONG_WINDOW_MS } else { SHORT_WINDOW_MS };
    let row = (last.referrer_id, at.ms() - window, at.ms());
    let earlier: Vec<Recorded> = book.database.rows(sql!("ledger/velocity_earlier"), &row)?;
    let mut flag = flag.clone();
    if let Some(fields) = flag.evidence.as_object_mut() {
        fields.insert("with".to_owned(), json!(last.conversion_id));
    }
    for (conversion_id, friend_id) in &earlier {
        let about = About { conversion_id, referrer_id: last.referrer_id, friend_id };
        doubt(book, program, writes, &about, &flag, now)?;
    }
    book.forget_due();
    Ok(())
}

/// Doubts what a referrer turns out to have bought over their own link: it was recorded before they signed in at the
/// browser the link was made in.
pub(crate) fn own(
    book: &Book,
    writes: &mut Writes,
    referrer_id: &str,
    customer_id: &str,
    now: Instant,
) -> Result<(), Problem> {
    let program = book.program()?;
    let Some(weight) = program.fraud.settings.weight(Rule::SelfReferral) else { return Ok(()) };
    let own: Vec<Recorded> =
        book.database.rows(sql!("ledger/own_conversions"), &(referrer_id, customer_id))?;
    let flag = Flag { rule: Rule::SelfReferral, weight, evidence: json!({}) };
    for (conversion_id, friend_id) in &own {
        let about = About { conversion_id, referrer_id, friend_id };
        doubt(book, &program, writes, &about, &flag, now)?;
    }
    book.forget_due();
    Ok(())
}

/// Flags one conversion, and holds what its flags together hold.
fn doubt(
    book: &Book,
    program: &Loaded,
    writes: &mut Writes,
    about: &About<'_>,
    flag: &Flag,
    now: Instant,
) -> Result<(), Problem> {
    flag::raise(writes, program, about, flag, now)?;
    let holds = Holds::of(book, about.conversion_id, about.referrer_id)?.and(flag);
    for standing in refund::standings(book, about.conversion_id)? {
        let open = matches!(standing.state, State::Pending | State::Approved);
        if !open || !holds.flagged(&program.fraud.settings, standing.to) {
            continue;
        }
        writes.add(sql!("ledger/reward_hold"), &[&standing.reward_id])?;
        let held = json!({
            "id": standing.reward_id,
            "conversion_id": about.conversion_id,
            "person_id": standing.person_id,
            "amount": standing.amount,
            "currency": standing.currency,
            "perk": standing.perk,
        });
        event::emit(writes, Event::RewardHeld, &standing.reward_id, now, &held)?;
    }
    Ok(())
}
