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

/// Doubts what somebody brought by a click on their own link that their browser turns out to hold as they join. Whether it
/// was news.
pub(crate) fn own_browser(
    book: &Book,
    writes: &mut Writes,
    (referrer_id, link): (&str, &str),
    click_id: &str,
    now: Instant,
) -> Result<bool, Problem> {
    let program = book.program()?;
    let Some((code, _)) = program.verify(click_id, now) else { return Ok(false) };
    let owner: Option<(String, u8)> = book.database.row(sql!("ledger/code_owner"), &(&code, click_id))?;
    let (owner, known) = owner.unwrap_or_default();
    if known == 1 || (code != link && owner != referrer_id) {
        return Ok(false);
    }
    writes.add(sql!("ledger/own_click_insert"), &(click_id, referrer_id))?;
    let Some(weight) = program.fraud.settings.weight(Rule::OwnBrowser) else { return Ok(true) };
    let brought: Vec<Recorded> =
        book.database.rows(sql!("ledger/conversions_of_click"), &(referrer_id, click_id))?;
    let flag = Flag { rule: Rule::OwnBrowser, weight, evidence: json!({}) };
    for (conversion_id, friend_id) in &brought {
        let about = About { conversion_id, referrer_id, friend_id };
        doubt(book, &program, writes, &about, &flag, now)?;
    }
    book.forget_due();
    Ok(true)
}

/// Doubts what was not paid yet of referrers whose money is to be sent to one account: all of them.
pub(crate) fn shared_target(
    book: &Book,
    writes: &mut Writes,
    referrer_id: &str,
    iban: &str,
    now: Instant,
) -> Result<(), Problem> {
    let program = book.program()?;
    let Some(weight) = program.fraud.settings.weight(Rule::SharedTarget) else { return Ok(()) };
    let others: Vec<(String,)> = book.database.rows(sql!("ledger/targets_shared"), &(referrer_id, iban))?;
    let Some((first,)) = others.first() else { return Ok(()) };
    let all = others.iter().map(|(other,)| (other.as_str(), referrer_id));
    for (whose, with) in all.chain([(referrer_id, first.as_str())]) {
        let unpaid: Vec<Recorded> = book.database.rows(sql!("ledger/conversions_unpaid"), &[whose])?;
        let flag = Flag { rule: Rule::SharedTarget, weight, evidence: json!({ "with": with }) };
        for (conversion_id, friend_id) in &unpaid {
            let about = About { conversion_id, referrer_id: whose, friend_id };
            doubt(book, &program, writes, &about, &flag, now)?;
        }
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
