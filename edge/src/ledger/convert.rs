//! What leads and sales share: who is credited, what is granted, what is answered.

use super::book::{Book, Loaded, new_id};
use super::conversion::{Conversion, Kind};
use super::conversion_rows::{self as rows, RewardShown};
use super::decision::Decision;
use super::doubt::{self, Doubt};
use super::judge::{FriendRow, judge};
use super::refund::{self, Met, Standing};
use crate::answer::Answer;
use crate::platform;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::attribution::{Attribution, Trace};
use referral::instant::Instant;
use referral::money::Money;
use referral::reward::{self, Skipped, State};
use referral::terms::Side;
use serde_json::json;

/// Records a lead or a sale, once.
pub(crate) fn record(book: &Book, conversion: &Conversion) -> Result<Decision, Problem> {
    let natural_key = conversion.kind.natural_key(&conversion.customer_id);
    if let Some(answer) = recorded(book, conversion, &natural_key)? {
        return Ok(Decision::answer(answer));
    }
    let program = book.program()?;
    let friend: Option<FriendRow> =
        book.database.row(sql!("ledger/friend_by_customer"), &[&conversion.customer_id])?;
    let trace = judge(book, &program, conversion, friend.as_ref())?;
    let mut writes = Writes::default();
    let friend_id = rows::write_friend(&mut writes, conversion, &trace, friend)?;
    rows::write_touch(&mut writes, &program, conversion, &friend_id)?;
    let mut granted = grant(book, &program, &mut writes, conversion, &trace, &friend_id)?;
    // Refunds that came before their sale meet it now, before anything is written: the answer shows the outcome.
    let early = match &conversion.kind {
        Kind::Sale { order_id, paid } => meet_early_refunds(book, order_id, *paid, &mut granted.rewards)?,
        Kind::Lead { .. } => Vec::new(),
    };
    let (prefix, action) = match conversion.kind {
        Kind::Lead { .. } => ("led", "lead.recorded"),
        Kind::Sale { .. } => ("sal", "sale.recorded"),
    };
    let id = new_id(prefix)?;
    let refunded = early.iter().map(|met| met.applied).sum();
    let body = serde_json::to_string(&answer_body(conversion, &id, &trace, &granted.rewards, refunded))?;
    let now = Instant::from_ms(platform::now_ms());
    rows::write_conversion(&mut writes, conversion, &natural_key, &id, &friend_id, &trace, now, &body)?;
    rows::write_runners_up(&mut writes, &id, &trace)?;
    rows::write_trace(&mut writes, &id, &trace, &granted.skipped, &granted.doubt.flags)?;
    rows::write_rewards(&mut writes, &id, &granted.rewards, now)?;
    if let Some(referrer_id) = credited(&trace) {
        let (people, about) = ((referrer_id, friend_id.as_str()), (id.as_str(), conversion.occurred_at));
        doubt::write(book, &program, &mut writes, &granted.doubt, about, people, now)?;
    }
    for met in &early {
        met.write(&mut writes, &id, now)?;
    }
    Ok(Decision { answer: Answer { status: 201, body }, writes, audit: Some((action, id)) })
}

/// The referrer who is credited.
fn credited(trace: &Trace) -> Option<&str> {
    match &trace.attribution {
        Attribution::Attributed { referrer_id, .. } => Some(referrer_id),
        Attribution::Unattributed { .. } => None,
    }
}

/// What the terms give for a conversion, and what is doubted about it.
#[derive(Default)]
struct Granted {
    rewards: Vec<RewardShown>,
    skipped: Vec<Skipped>,
    doubt: Doubt,
}

fn grant(
    book: &Book,
    program: &Loaded,
    writes: &mut Writes,
    conversion: &Conversion,
    trace: &Trace,
    friend_id: &str,
) -> Result<Granted, Problem> {
    let Some(referrer_id) = credited(trace) else { return Ok(Granted::default()) };
    let paid = conversion.kind.paid();
    let (grants, skipped) = reward::grant(&program.terms, program.currency, paid, conversion.occurred_at);
    let doubt = doubt::judge(book, program, writes, conversion, &trace.attribution, friend_id)?;
    let mut rewards = Vec::with_capacity(grants.len());
    for grant in grants {
        let held = doubt.holds(program, grant.to);
        rewards.push(RewardShown {
            id: new_id("rwd")?,
            rule: grant.rule,
            to: grant.to,
            person_id: if grant.to == Side::Referrer { referrer_id } else { friend_id }.to_owned(),
            amount: grant.amount,
            currency: program.currency,
            state: if held.is_some() { State::Held } else { State::Pending },
            reason: held,
            reversed_amount: 0,
            available_at: grant.available_at,
        });
        book.due_at(grant.available_at.ms());
    }
    Ok(Granted { rewards, skipped, doubt })
}

/// Lets refunds that wait for this sale take back what they must of rewards that are not written yet.
fn meet_early_refunds(
    book: &Book,
    order_id: &str,
    paid: Money,
    rewards: &mut [RewardShown],
) -> Result<Vec<Met>, Problem> {
    let mut standings: Vec<Standing> = rewards
        .iter()
        .map(|reward| Standing {
            reward_id: reward.id.clone(),
            to: reward.to,
            person_id: reward.person_id.clone(),
            amount: reward.amount,
            currency: reward.currency,
            state: reward.state,
            reversed: 0,
        })
        .collect();
    let met = refund::meet_waiting(book, order_id, paid.amount, &mut standings)?;
    for (reward, standing) in rewards.iter_mut().zip(standings) {
        reward.reversed_amount = standing.reversed;
        reward.state = standing.state;
        if standing.state == State::Voided {
            reward.reason = Some("refunded");
        }
    }
    Ok(met)
}

/// The first answer, where this conversion is in the ledger already.
fn recorded(book: &Book, conversion: &Conversion, natural_key: &str) -> Result<Option<Answer>, Problem> {
    type Row = (String, String, Option<i64>, Option<String>, String);
    let known: Option<Row> = book
        .database
        .row(sql!("ledger/conversion_by_natural_key"), &(conversion.kind.word(), natural_key))?;
    let Some((_, customer_id, amount, currency, body)) = known else {
        return Ok(None);
    };
    if let Kind::Sale { paid, .. } = &conversion.kind {
        let same = amount == Some(paid.amount)
            && currency.as_deref() == Some(paid.currency.code())
            && customer_id == conversion.customer_id;
        if !same {
            return Err(Problem::conflict(
                "order_conflict",
                "This order is in the ledger with another amount, currency or customer. What is recorded stays; send a refund to correct it.",
            ));
        }
    }
    Ok(Some(Answer { status: 200, body }))
}

fn answer_body(
    conversion: &Conversion,
    id: &str,
    trace: &Trace,
    rewards: &[RewardShown],
    refunded: i64,
) -> serde_json::Value {
    match &conversion.kind {
        Kind::Lead { event } => json!({
            "id": id,
            "customer_id": conversion.customer_id,
            "event": event,
            "occurred_at": conversion.occurred_at,
            "attribution": trace.attribution,
            "rewards": rewards,
        }),
        Kind::Sale { order_id, paid } => json!({
            "id": id,
            "order_id": order_id,
            "customer_id": conversion.customer_id,
            "amount": paid.amount,
            "currency": paid.currency,
            "refunded_amount": refunded,
            "occurred_at": conversion.occurred_at,
            "attribution": trace.attribution,
            "rewards": rewards,
        }),
    }
}
