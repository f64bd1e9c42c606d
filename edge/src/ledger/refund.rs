//! `POST /v1/refunds`: money went back, and rewards with it, in proportion. A refund may come before its sale; it waits.

use super::book::{Book, new_id};
use super::conversion_rows::RewardShown;
use super::decision::Decision;
use super::entry::{self, Movement};
use super::event;
use super::request::Request;
use crate::answer::Answer;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::event::Event;
use referral::input::{self, Input};
use referral::instant::Instant;
use referral::money::Currency;
use referral::reattribution;
use referral::reward::{self, State};
use referral::terms::Side;
use serde::Serialize;
use serde_json::json;

/// A reward as a refund finds it.
pub(crate) struct Standing {
    pub(crate) reward_id: String,
    pub(crate) to: Side,
    pub(crate) person_id: String,
    pub(crate) amount: i64,
    pub(crate) currency: Currency,
    /// What it is where it is not money.
    pub(crate) perk: Option<String>,
    pub(crate) state: State,
    /// Taken back so far, in minor units.
    pub(crate) reversed: i64,
}

/// What one refund takes back of one reward.
#[derive(Clone, Debug, Serialize)]
struct Reversal {
    reward_id: String,
    to: Side,
    #[serde(skip)]
    person_id: String,
    amount: i64,
    currency: Currency,
    /// What is taken back where it is not money; the amount is 0 then.
    #[serde(skip_serializing_if = "Option::is_none")]
    perk: Option<String>,
    /// Nothing is left of the reward, and it was not paid out yet.
    #[serde(skip)]
    voids: bool,
}

impl Standing {
    /// Neither sent nor taken back whole.
    fn is_open(&self) -> bool {
        !matches!(self.state, State::Paid | State::Voided)
    }

    /// Takes back an amount, voiding the reward where nothing is left of it and it was not paid out.
    fn reverse(&mut self, amount: i64) -> Reversal {
        self.reversed += amount;
        let voids = self.reversed == self.amount && self.state != State::Paid;
        if voids {
            self.state = State::Voided;
        }
        Reversal {
            reward_id: self.reward_id.clone(),
            to: self.to,
            person_id: self.person_id.clone(),
            amount,
            currency: self.currency,
            perk: self.perk.clone(),
            voids,
        }
    }
}

impl Reversal {
    fn tell_voided(&self, writes: &mut Writes, reason: &str, now: Instant) -> Result<(), Problem> {
        let voided = json!({
            "id": self.reward_id,
            "person_id": self.person_id,
            "reason": reason,
            "amount": self.amount,
            "currency": self.currency,
        });
        event::emit(writes, Event::RewardVoided, &self.reward_id, now, &voided)
    }
}

/// A refund that has met its sale.
pub(crate) struct Met {
    refund_id: String,
    /// How much of the sale it gives back, in minor units.
    pub(crate) applied: i64,
    reversals: Vec<Reversal>,
}

/// Applies one refund to a sale of which `before` was given back already.
fn meet(refund_id: String, amount: i64, sale: i64, before: i64, standings: &mut [Standing]) -> Met {
    let applied = amount.min(sale - before).max(0);
    let refunded = before + applied;
    let mut reversals = Vec::new();
    for standing in standings {
        let amount = reward::reversal(standing.amount, sale, refunded, standing.reversed);
        // A perk cannot be halved: it goes with the last of the sale.
        let perk_goes = standing.perk.is_some() && refunded == sale && standing.is_open();
        if amount > 0 || perk_goes {
            reversals.push(standing.reverse(amount));
        }
    }
    Met { refund_id, applied, reversals }
}

/// Applies the refunds that wait for this order, in the order they came.
pub(crate) fn meet_waiting(
    book: &Book,
    order_id: &str,
    sale: i64,
    standings: &mut [Standing],
) -> Result<Vec<Met>, Problem> {
    let waiting: Vec<(String, i64)> = book.database.rows(sql!("ledger/refunds_waiting"), &[order_id])?;
    Ok(in_order(waiting, sale, standings))
}

/// Applies the refunds that have met this sale before, in the order they came, to rewards that are granted only now.
pub(crate) fn meet_again(
    book: &Book,
    sale_id: &str,
    sale: i64,
    standings: &mut [Standing],
) -> Result<Vec<Met>, Problem> {
    let applied: Vec<(String, i64)> = book.database.rows(sql!("ledger/refunds_applied"), &[sale_id])?;
    Ok(in_order(applied, sale, standings))
}

fn in_order(refunds: Vec<(String, i64)>, sale: i64, standings: &mut [Standing]) -> Vec<Met> {
    let mut before = 0;
    let met = refunds.into_iter().map(|(refund_id, amount)| {
        let met = meet(refund_id, amount, sale, before, standings);
        before += met.applied;
        met
    });
    met.collect()
}

/// Lets refunds take back what they must of rewards that are not written yet, and shows the outcome in them.
pub(crate) fn against(
    rewards: &mut [RewardShown],
    apply: impl FnOnce(&mut [Standing]) -> Result<Vec<Met>, Problem>,
) -> Result<Vec<Met>, Problem> {
    let standing = |reward: &RewardShown| Standing {
        reward_id: reward.id.clone(),
        to: reward.to,
        person_id: reward.person_id.clone(),
        amount: reward.amount,
        currency: reward.currency,
        perk: reward.perk.clone(),
        state: reward.state,
        reversed: 0,
    };
    let mut standings: Vec<Standing> = rewards.iter().map(standing).collect();
    let met = apply(&mut standings)?;
    for (reward, standing) in rewards.iter_mut().zip(standings) {
        reward.reversed_amount = standing.reversed;
        reward.state = standing.state;
        if standing.state == State::Voided {
            reward.reason = Some("refunded");
        }
    }
    Ok(met)
}

impl Met {
    pub(crate) fn write(&self, writes: &mut Writes, sale_id: &str, now: Instant) -> Result<(), Problem> {
        let row = (&self.refund_id, sale_id, self.applied, now.ms());
        writes.add(sql!("ledger/refund_applied_insert"), &row)?;
        let refunded = json!({
            "refund_id": self.refund_id,
            "sale_id": sale_id,
            "amount": self.applied,
            "reversals": self.reversals,
        });
        event::emit(writes, Event::SaleRefunded, &self.refund_id, now, &refunded)?;
        self.write_reversals(writes, now)
    }

    /// Takes back what it must; that the refund has met its sale is written elsewhere.
    pub(crate) fn write_reversals(&self, writes: &mut Writes, now: Instant) -> Result<(), Problem> {
        write_entries(writes, &self.reversals, &self.refund_id, now)?;
        for reversal in self.reversals.iter().filter(|reversal| reversal.voids) {
            writes.add(sql!("ledger/reward_void"), &[&reversal.reward_id])?;
            reversal.tell_voided(writes, "refunded", now)?;
        }
        Ok(())
    }
}

pub(crate) fn record(book: &Book, request: &Request) -> Result<Decision, Problem> {
    let fields = input::object(&request.body).map_err(Problem::invalid)?;
    let mut input = Input::new("", &fields);
    let refund_id = input.required_text("refund_id", 1..=200);
    let order_id = input.required_text("order_id", 1..=200);
    let amount = input.amount("amount", 1);
    input.require("amount");
    input.finish().map_err(Problem::invalid)?;
    let amount = amount.unwrap_or_default();
    if let Some(answer) = recorded(book, &refund_id, &order_id, amount)? {
        return Ok(Decision::answer(answer));
    }
    let sale: Option<(String, String, i64, String, String)> =
        book.database.row(sql!("ledger/conversion_by_natural_key"), &("sale", &order_id))?;
    let now = book.now();
    let id = new_id("ref")?;
    let met = match &sale {
        None => None,
        Some((sale_id, _, sale_amount, ..)) => {
            Some((sale_id, meet_recorded(book, &refund_id, amount, sale_id, *sale_amount)?))
        }
    };
    let answer = json!({
        "id": id,
        "refund_id": refund_id,
        "order_id": order_id,
        "amount": amount,
        "status": if met.is_some() { "applied" } else { "waiting" },
        "reversals": met.as_ref().map(|(_, met)| met.reversals.clone()).unwrap_or_default(),
    })
    .to_string();
    let mut writes = Writes::default();
    writes.add(sql!("ledger/refund_insert"), &(&id, &refund_id, &order_id, amount, now.ms(), &answer))?;
    if let Some((sale_id, met)) = &met {
        met.write(&mut writes, sale_id, now)?;
    }
    Ok(Decision {
        answer: Answer { status: 201, body: answer },
        writes,
        audit: Some(("refund.recorded", id)),
    })
}

/// The first answer, where this refund is in the ledger already.
fn recorded(book: &Book, refund_id: &str, order_id: &str, amount: i64) -> Result<Option<Answer>, Problem> {
    let known: Option<(String, i64, String)> =
        book.database.row(sql!("ledger/refund_by_refund_id"), &[refund_id])?;
    match known {
        None => Ok(None),
        Some((order, recorded, body)) if order == order_id && recorded == amount => {
            Ok(Some(Answer { status: 200, body }))
        }
        Some(_) => Err(Problem::conflict(
            "refund_conflict",
            "This refund is in the ledger with another order or amount. Use a new refund_id for another refund.",
        )),
    }
}

fn meet_recorded(
    book: &Book,
    refund_id: &str,
    amount: i64,
    sale_id: &str,
    sale: i64,
) -> Result<Met, Problem> {
    let before: Option<(i64,)> = book.database.row(sql!("ledger/refunded_amount"), &[sale_id])?;
    let before = before.map_or(0, |(before,)| before);
    if amount > sale - before {
        return Err(Problem::new(
            422,
            "refund_exceeds_sale",
            "The refund is larger than what is left of the sale",
            format!("Of {sale} minor units {before} were refunded before; at most {} can be.", sale - before),
        ));
    }
    let mut standings = standings(book, sale_id)?;
    Ok(meet(refund_id.to_owned(), amount, sale, before, &mut standings))
}

/// The rewards of a conversion as they stand.
pub(crate) fn standings(book: &Book, conversion_id: &str) -> Result<Vec<Standing>, Problem> {
    type Row = (String, Side, String, i64, Currency, Option<String>, State, i64);
    let rows: Vec<Row> = book.database.rows(sql!("ledger/rewards_of_conversion"), &[conversion_id])?;
    let standings =
        rows.into_iter().map(|(reward_id, to, person_id, amount, currency, perk, state, reversed)| {
            Standing { reward_id, to, person_id, amount, currency, perk, state, reversed }
        });
    Ok(standings.collect())
}

/// Takes back all that is left of rewards that were not paid out. `by` names the decision, `reason` is what the rewards
/// show.
pub(crate) fn take_all_back(
    writes: &mut Writes,
    by: &str,
    reason: &str,
    standings: &mut [Standing],
    now: Instant,
) -> Result<(), Problem> {
    let reversals: Vec<Reversal> = standings
        .iter_mut()
        .filter(|standing| standing.is_open())
        .map(|standing| standing.reverse(standing.amount - standing.reversed))
        .collect();
    write_entries(writes, &reversals, by, now)?;
    for reversal in &reversals {
        writes.add(sql!("ledger/reward_reject"), &(reason, &reversal.reward_id))?;
        reversal.tell_voided(writes, reason, now)?;
    }
    Ok(())
}

/// Takes back all that is left, also of what was paid out: the person owes that, and their next payout is so much less.
/// A perk that was given stays given.
pub(crate) fn claw_back(
    writes: &mut Writes,
    by: &str,
    reason: &str,
    standings: &mut [Standing],
    now: Instant,
) -> Result<(), Problem> {
    let paid = standings.iter_mut().filter(|standing| standing.state == State::Paid);
    let owed: Vec<Reversal> = paid
        .filter(|standing| standing.reversed < standing.amount)
        .map(|standing| standing.reverse(standing.amount - standing.reversed))
        .collect();
    write_entries(writes, &owed, by, now)?;
    take_all_back(writes, by, reason, standings, now)
}

/// Takes back what goes with the credit for a conversion, paid or not. Gives the minor units that are free again.
pub(crate) fn take_with_credit(
    writes: &mut Writes,
    by: &str,
    standings: &mut [Standing],
    now: Instant,
) -> Result<i64, Problem> {
    const REASON: &str = "reattributed";
    let mut reversals = Vec::new();
    for standing in standings {
        let (is_perk, left) = (standing.perk.is_some(), standing.amount - standing.reversed);
        if let Some(lost) = reattribution::loss(standing.to, standing.state, is_perk, left) {
            reversals.push(standing.reverse(lost));
        }
    }
    write_entries(writes, &reversals, by, now)?;
    for reversal in &reversals {
        if reversal.voids {
            writes.add(sql!("ledger/reward_reject"), &(REASON, &reversal.reward_id))?;
            reversal.tell_voided(writes, REASON, now)?;
        } else {
            writes.add(sql!("ledger/reward_lose"), &[&reversal.reward_id])?;
        }
    }
    Ok(reversals.iter().map(|reversal| reversal.amount).sum())
}

/// The lines of a movement that takes rewards back.
fn write_entries(
    writes: &mut Writes,
    reversals: &[Reversal],
    taken_back_by: &str,
    now: Instant,
) -> Result<(), Problem> {
    let movements: Vec<Movement<'_>> = reversals
        .iter()
        .filter(|reversal| reversal.amount > 0)
        .map(|r| Movement {
            id: taken_back_by,
            reward_id: &r.reward_id,
            person_id: &r.person_id,
            currency: r.currency,
            amount: -r.amount,
        })
        .collect();
    entry::write(writes, &movements, Some(taken_back_by), now)
}
