//! What a person decides about rewards: let them pass, take them back, note that a perk was given. One at a time or many.

use super::book::{Book, new_id};
use super::decision::Decision;
use super::event;
use super::list::REWARDS;
use super::refund::{self, Standing};
use super::request::Request;
use crate::answer::Answer;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::chain::Row;
use referral::event::Event;
use referral::input::{self, Input};
use referral::instant::Instant;
use referral::money::Currency;
use referral::reward::State;
use referral::terms::Side;
use serde_json::{Value, json};

/// Most rewards of one call.
const MOST_AT_ONCE: usize = 100;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Approve,
    Void,
    Fulfil,
}

impl Verdict {
    const fn word(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Void => "void",
            Self::Fulfil => "fulfil",
        }
    }

    /// The word in the audit log.
    const fn action(self) -> &'static str {
        match self {
            Self::Approve => "reward.approved",
            Self::Void => "reward.voided",
            Self::Fulfil => "reward.fulfilled",
        }
    }
}

/// Reads `decision` and `note`; taking something back needs its reason.
fn read(input: &mut Input<'_>) -> (Verdict, Option<String>) {
    input.require("decision");
    let words = [("approve", Verdict::Approve), ("void", Verdict::Void), ("fulfil", Verdict::Fulfil)];
    let verdict = input.choice("decision", &words).unwrap_or(Verdict::Approve);
    let note = input.text("note", 1..=1000);
    if verdict == Verdict::Void {
        input.require("note");
    }
    (verdict, note)
}

/// `POST /v1/rewards/{id}/decision {decision: "approve" | "void" | "fulfil", note}`.
pub(crate) fn decide(book: &Book, request: &Request, id: &str) -> Result<Decision, Problem> {
    let fields = input::object(&request.body).map_err(Problem::invalid)?;
    let mut input = Input::new("", &fields);
    let (verdict, note) = read(&mut input);
    input.finish().map_err(Problem::invalid)?;
    let now = book.now();
    let mut writes = Writes::default();
    let stored = Stored::read(book, id)?.ok_or_else(Problem::not_found)?;
    let shown = shown(book, id)?;
    let Some(shown) = stored.decide(&mut writes, verdict, note.as_deref(), shown, now)? else {
        return Ok(Decision::answer(Answer::json(200, &self::shown(book, id)?)?));
    };
    book.forget_due();
    let audit = Some((verdict.action(), id.to_owned()));
    Ok(Decision { answer: Answer::json(201, &shown)?, writes, audit })
}

/// `POST /v1/rewards/decisions {ids, decision, note}`: the same for many, all or none of them.
pub(crate) fn decide_many(book: &Book, request: &Request) -> Result<Decision, Problem> {
    let fields = input::object(&request.body).map_err(Problem::invalid)?;
    let mut input = Input::new("", &fields);
    let (verdict, note) = read(&mut input);
    let ids = ids(&mut input);
    input.finish().map_err(Problem::invalid)?;
    let now = book.now();
    let mut writes = Writes::default();
    let mut data = Vec::with_capacity(ids.len());
    let mut changed = 0_u32;
    for (at, id) in ids.iter().enumerate() {
        let unknown =
            || Problem::field(&format!("ids[{at}]"), "out_of_range.reward", "is no reward of this program");
        let stored = Stored::read(book, id)?.ok_or_else(unknown)?;
        let before = shown(book, id)?;
        let decided = stored.decide(&mut writes, verdict, note.as_deref(), before, now);
        let decided = decided.map_err(|problem| Problem {
            detail: format!("ids[{at}]: {}", problem.detail).into(),
            ..problem
        })?;
        changed += u32::from(decided.is_some());
        data.push(match decided {
            Some(shown) => shown,
            None => shown(book, id)?,
        });
    }
    let answer = json!({ "decision": verdict.word(), "changed": changed, "data": data });
    if changed == 0 {
        return Ok(Decision::answer(Answer::json(200, &answer)?));
    }
    book.forget_due();
    // The last one's audit row is written with the command, like every other command's.
    let (last, others) = ids.split_last().ok_or_else(|| Problem::invalid(Vec::new()))?;
    for id in others {
        book.audit(&mut writes, request, verdict.action(), id)?;
    }
    let audit = Some((verdict.action(), last.clone()));
    Ok(Decision { answer: Answer::json(201, &answer)?, writes, audit })
}

fn ids(input: &mut Input<'_>) -> Vec<String> {
    input.require("ids");
    let Some(value) = input.value("ids") else { return Vec::new() };
    let Some(list) = value.as_array().filter(|list| (1..=MOST_AT_ONCE).contains(&list.len())) else {
        input.refuse("ids", "out_of_range.list", format!("must be a list of 1 to {MOST_AT_ONCE} ids"));
        return Vec::new();
    };
    let mut ids: Vec<String> = Vec::new();
    for (at, id) in list.iter().enumerate() {
        match id.as_str() {
            None => input.refuse(&format!("ids[{at}]"), "wrong_type", "must be a text"),
            Some(id) if ids.iter().any(|known| known == id) => {
                input.refuse(&format!("ids[{at}]"), "not_unique", "is named twice");
            }
            Some(id) => ids.push(id.to_owned()),
        }
    }
    ids
}

fn shown(book: &Book, id: &str) -> Result<Value, Problem> {
    let row: Option<(i64, String)> = book.database.row(REWARDS.by_id, &[id])?;
    Ok(serde_json::from_str(&row.map(|(_, body)| body).unwrap_or_default())?)
}

/// A reward as a decision finds it.
struct Stored {
    standing: Standing,
    /// `automatic`, `manual` or `given`.
    approval: String,
    available_at: Instant,
}

impl Stored {
    fn read(book: &Book, id: &str) -> Result<Option<Self>, Problem> {
        type Row = (Side, String, i64, Currency, Option<String>, State, String, i64, i64);
        let row: Option<Row> = book.database.row(sql!("ledger/reward_standing"), &[id])?;
        Ok(row.map(|(to, person_id, amount, currency, perk, state, approval, available_at, reversed)| Self {
            standing: Standing {
                reward_id: id.to_owned(),
                to,
                person_id,
                amount,
                currency,
                perk,
                state,
                reversed,
            },
            approval,
            available_at: Instant::from_ms(available_at),
        }))
    }

    /// Writes a decision and gives the reward as it will be shown; none where it was decided the same way before.
    fn decide(
        mut self,
        writes: &mut Writes,
        verdict: Verdict,
        note: Option<&str>,
        mut shown: Value,
        now: Instant,
    ) -> Result<Option<Value>, Problem> {
        let id = self.standing.reward_id.clone();
        let decision = new_id("dec")?;
        let state = self.standing.state;
        let next = match (verdict, state) {
            (Verdict::Fulfil, _) if self.standing.perk.is_none() => {
                return Err(conflict("reward_not_a_perk", "This reward is money: it is paid by a payout."));
            }
            (Verdict::Approve | Verdict::Fulfil, State::Held) => {
                return Err(conflict("reward_held", "A flag holds this reward. Decide the flag."));
            }
            (Verdict::Approve, State::Pending) if self.approval == "manual" => {
                writes.add(sql!("ledger/reward_let_pass"), &[&id])?;
                if self.available_at <= now {
                    writes.add(sql!("ledger/reward_approve"), &[&id])?;
                    event::emit(writes, Event::RewardApproved, &id, now, &told(&shown))?;
                    State::Approved.word()
                } else {
                    State::Pending.word()
                }
            }
            (Verdict::Approve, State::Pending | State::Approved | State::Paid)
            | (Verdict::Void, State::Voided)
            | (Verdict::Fulfil, State::Paid) => return Ok(None),
            (Verdict::Approve, State::Voided) => {
                return Err(conflict("reward_voided", "This reward was taken back."));
            }
            (Verdict::Void, State::Paid) => {
                return Err(conflict(
                    "reward_paid",
                    "This reward was paid or given. Send a refund to take it back.",
                ));
            }
            (Verdict::Void, _) => {
                refund::take_all_back(
                    writes,
                    &decision,
                    "voided_by_merchant",
                    core::slice::from_mut(&mut self.standing),
                    now,
                )?;
                "voided"
            }
            (Verdict::Fulfil, State::Approved) => {
                writes.add(sql!("ledger/reward_fulfil"), &[&id])?;
                event::emit(writes, Event::RewardPaid, &id, now, &told(&shown))?;
                "fulfilled"
            }
            (Verdict::Fulfil, _) => {
                return Err(conflict("reward_not_approved", "This perk is not approved, or was taken back."));
            }
        };
        let row = (&decision, &id, verdict.word(), note, now.ms());
        writes.add(sql!("ledger/reward_decision_insert"), &row)?;
        let fields = vec![id.as_str().into(), verdict.word().into(), now.ms().into()];
        writes.sealed.push(Row::new("reward_decision", &decision, fields));
        if let Some(fields) = shown.as_object_mut() {
            fields.insert("state".to_owned(), json!(next));
            fields.insert("needs_approval".to_owned(), json!(false));
            if verdict == Verdict::Void {
                fields.insert("reason".to_owned(), json!("voided_by_merchant"));
                fields.insert("reversed_amount".to_owned(), json!(self.standing.reversed));
            }
        }
        Ok(Some(shown))
    }
}

/// A reward as an event tells of it.
fn told(shown: &Value) -> Value {
    let fields = ["id", "conversion_id", "person_id", "amount", "currency", "perk"];
    fields.into_iter().map(|name| (name.to_owned(), shown.get(name).cloned().unwrap_or_default())).collect()
}

fn conflict(code: &'static str, detail: &'static str) -> Problem {
    Problem::conflict(code, detail)
}
