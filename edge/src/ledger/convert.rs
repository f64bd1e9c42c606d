//! What leads and sales share: who is credited, what is granted, how it is written.

use super::book::{Book, Loaded, new_id};
use super::flag;
use super::person::Person;
use super::refund::{self, Met, Standing};
use super::{Answer, Decision};
use crate::platform;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::attribution::{self, Attribution, Binding, Case, Owner, Touch, Trace};
use referral::code::Code;
use referral::fraud::{self, Rule};
use referral::input::Input;
use referral::instant::Instant;
use referral::money::{Currency, Money};
use referral::reward::{self, Skipped, State};
use referral::terms::Side;
use serde::Serialize;
use serde_json::json;

/// How far ahead of our clock a merchant's may run, in milliseconds.
const SKEW_MS: i64 = 300_000;

pub(crate) enum Kind {
    Lead { event: String },
    Sale { order_id: String, paid: Money },
}

/// What a caller said of a conversion, parsed.
pub(crate) struct Conversion {
    pub(crate) kind: Kind,
    pub(crate) customer_id: String,
    pub(crate) presented: Presented,
    pub(crate) person: Person,
    pub(crate) occurred_at: Instant,
    pub(crate) metadata: Option<String>,
}

/// The evidence that came with it.
pub(crate) struct Presented {
    pub(crate) click_id: Option<String>,
    pub(crate) code: Option<String>,
}

impl Presented {
    /// Reads `click_id` and `code`. What they hold is judged, not refused: a bad click id is an unattributed conversion.
    pub(crate) fn read(input: &mut Input<'_>) -> Self {
        Self {
            click_id: input.text("click_id", 0..=2000),
            code: input.text("code", 0..=200),
        }
    }
}

/// Reads `occurred_at`; now where it is left out.
pub(crate) fn occurred_at(input: &mut Input<'_>) -> Instant {
    let now = Instant::from_ms(platform::now_ms());
    let told = input.instant("occurred_at").unwrap_or(now);
    if told.since_ms(now) > SKEW_MS {
        input.refuse(
            "occurred_at",
            "out_of_range",
            "lies in the future; check the clock of your server",
        );
    }
    told
}

impl Kind {
    fn word(&self) -> &'static str {
        match self {
            Self::Lead { .. } => "lead",
            Self::Sale { .. } => "sale",
        }
    }

    fn natural_key(&self, customer_id: &str) -> String {
        match self {
            Self::Lead { event } => format!("{event} {customer_id}"),
            Self::Sale { order_id, .. } => order_id.clone(),
        }
    }

    fn paid(&self) -> Option<Money> {
        match self {
            Self::Lead { .. } => None,
            Self::Sale { paid, .. } => Some(*paid),
        }
    }
}

type FriendRow = (
    String,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<i64>,
);

/// A reward as an answer shows it.
#[derive(Serialize)]
struct RewardShown<'a> {
    id: String,
    rule: &'a str,
    to: Side,
    person_id: &'a str,
    amount: i64,
    currency: Currency,
    state: State,
    reason: Option<&'static str>,
    reversed_amount: i64,
    available_at: Instant,
}

pub(crate) fn record(book: &Book, conversion: Conversion) -> Result<Decision, Problem> {
    let natural_key = conversion.kind.natural_key(&conversion.customer_id);
    if let Some(answer) = recorded(book, &conversion, &natural_key)? {
        return Ok(Decision::answer(answer));
    }
    let program = book.program()?;
    let friend: Option<FriendRow> = book
        .database
        .row(sql!("ledger/friend_by_customer"), &[&conversion.customer_id])?;
    let trace = judge(book, &program, &conversion, friend.as_ref())?;
    let mut writes = Writes::default();
    let friend_id = write_friend(&mut writes, &conversion, &trace, friend)?;
    write_touch(&mut writes, &program, &conversion, &friend_id)?;
    let prefix = if conversion.kind.paid().is_some() {
        "sal"
    } else {
        "led"
    };
    let id = new_id(prefix)?;
    let now = Instant::from_ms(platform::now_ms());

    let credited = match &trace.attribution {
        Attribution::Attributed { referrer_id, .. } => Some(referrer_id.as_str()),
        Attribution::Unattributed { .. } => None,
    };
    let (grants, skipped) = match credited {
        Some(_) => reward::grant(
            &program.terms,
            program.currency,
            conversion.kind.paid(),
            conversion.occurred_at,
        ),
        None => (Vec::new(), Vec::new()),
    };
    let flags = match credited {
        Some(referrer_id) => flag::judge(book, referrer_id, &friend_id, conversion.person.email.as_deref())?,
        None => Vec::new(),
    };
    let weight = flags.iter().map(|rule| rule.weight()).sum();
    let mut rewards = Vec::with_capacity(grants.len());
    for grant in &grants {
        rewards.push(RewardShown {
            id: new_id("rwd")?,
            rule: &grant.rule,
            to: grant.to,
            person_id: match grant.to {
                Side::Referrer => credited.unwrap_or_default(),
                Side::Friend => &friend_id,
            },
            amount: grant.amount,
            currency: program.currency,
            state: if fraud::holds(weight, grant.to) {
                State::Held
            } else {
                State::Pending
            },
            reason: fraud::holds(weight, grant.to).then_some("flagged"),
            reversed_amount: 0,
            available_at: grant.available_at,
        });
        book.due_at(grant.available_at.ms());
    }
    // Refunds that came before their sale meet it now, before anything is written: the answer shows the outcome.
    let early = match &conversion.kind {
        Kind::Sale { order_id, paid } => meet_early_refunds(book, order_id, *paid, &mut rewards)?,
        Kind::Lead { .. } => Vec::new(),
    };
    let answer = answer_body(
        &conversion,
        &id,
        &trace,
        &rewards,
        early.iter().map(|met| met.applied).sum(),
    );
    let answer = serde_json::to_string(&answer)?;

    write_conversion(
        &mut writes,
        &conversion,
        &natural_key,
        &id,
        &friend_id,
        &trace,
        now,
        &answer,
    )?;
    write_trace(&mut writes, &id, &trace, &skipped, &flags)?;
    flag::write(&mut writes, &flags, &id, credited.unwrap_or_default(), now)?;
    write_rewards(&mut writes, &id, &rewards, now)?;
    for met in &early {
        met.write(&mut writes, &id, now)?;
    }
    let action = if conversion.kind.paid().is_some() {
        "sale.recorded"
    } else {
        "lead.recorded"
    };
    Ok(Decision {
        answer: Answer {
            status: 201,
            body: answer,
        },
        writes,
        audit: Some((action, id)),
    })
}

/// Lets refunds that wait for this sale take back what they must of rewards that are not written yet.
fn meet_early_refunds(
    book: &Book,
    order_id: &str,
    paid: Money,
    rewards: &mut [RewardShown<'_>],
) -> Result<Vec<Met>, Problem> {
    let mut standings: Vec<Standing> = rewards
        .iter()
        .map(|reward| Standing {
            reward_id: reward.id.clone(),
            to: reward.to,
            person_id: reward.person_id.to_owned(),
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
    let known: Option<(String, String, Option<i64>, Option<String>, String)> = book.database.row(
        sql!("ledger/conversion_by_natural_key"),
        &(conversion.kind.word(), natural_key),
    )?;
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

fn judge(
    book: &Book,
    program: &Loaded,
    conversion: &Conversion,
    friend: Option<&FriendRow>,
) -> Result<Trace, Problem> {
    let mut touches: Vec<(String, Option<String>, Instant)> = Vec::new();
    let friend_id = friend.map_or("", |friend| friend.0.as_str());
    let told: Vec<(String, String, i64)> = book
        .database
        .rows(sql!("ledger/touches"), &(friend_id, &conversion.customer_id))?;
    touches.extend(
        told.into_iter()
            .map(|(code, click_id, at)| (code, Some(click_id), Instant::from_ms(at))),
    );
    let mut invalid_click = false;
    if let Some(click_id) = &conversion.presented.click_id {
        match verify(program, click_id) {
            Some((code, at)) => {
                touches.retain(|(_, known, _)| known.as_ref() != Some(click_id));
                touches.push((code, Some(click_id.clone()), at));
            }
            None => invalid_click = true,
        }
    }
    if let Some(code) = &conversion.presented.code {
        let code = Code::parse(code).map_or_else(|_| code.clone(), |code| code.as_str().to_owned());
        touches.push((code, None, conversion.occurred_at));
    }
    let owners = owners(book, &touches)?;
    let touches: Vec<Touch> = touches
        .into_iter()
        .map(|(code, click_id, clicked_at)| {
            let owner = owners.iter().find(|(known, ..)| *known == code);
            let owner = owner.map(|(_, referrer_id, external_id)| Owner {
                referrer_id: referrer_id.clone(),
                external_id: external_id.clone(),
            });
            Touch {
                code,
                click_id,
                clicked_at,
                owner,
            }
        })
        .collect();
    let binding = friend.and_then(|(_, referrer_id, code, click_id, clicked_at)| {
        Some(Binding {
            referrer_id: referrer_id.clone()?,
            code: code.clone()?,
            click_id: click_id.clone(),
            clicked_at: Instant::from_ms((*clicked_at)?),
        })
    });
    Ok(attribution::decide(&Case {
        terms: &program.terms,
        terms_version: program.terms_version,
        occurred_at: conversion.occurred_at,
        customer_id: &conversion.customer_id,
        known_customer: friend.is_some() && binding.is_none(),
        binding: binding.as_ref(),
        invalid_click,
        touches: &touches,
    }))
}

/// The code and the time of a click id that proves itself.
pub(crate) fn verify(program: &Loaded, click_id: &str) -> Option<(String, Instant)> {
    let now = Instant::from_ms(platform::now_ms()).seconds();
    let click = program.click_keys.verify(click_id, now).ok()?;
    Some((
        click.code.as_str().to_owned(),
        Instant::from_seconds(click.clicked_at),
    ))
}

type OwnerRow = (String, String, Option<String>);

fn owners(book: &Book, touches: &[(String, Option<String>, Instant)]) -> Result<Vec<OwnerRow>, Problem> {
    if touches.is_empty() {
        return Ok(Vec::new());
    }
    let codes: Vec<&str> = touches.iter().map(|(code, ..)| code.as_str()).collect();
    Ok(book.database.rows(
        sql!("ledger/referrers_by_codes"),
        &[serde_json::to_string(&codes)?],
    )?)
}

/// Writes the friend, or binds them to the referrer who is credited. Gives the friend's id.
fn write_friend(
    writes: &mut Writes,
    conversion: &Conversion,
    trace: &Trace,
    friend: Option<FriendRow>,
) -> Result<String, Problem> {
    let binding = match &trace.attribution {
        Attribution::Attributed {
            referrer_id,
            code,
            click_id,
            clicked_at,
            ..
        } => Some((referrer_id, code, click_id, clicked_at.ms())),
        Attribution::Unattributed { .. } => None,
    };
    let id = match friend {
        Some((id, None, ..)) => {
            if let Some((referrer_id, code, click_id, clicked_at)) = binding {
                writes.add(
                    sql!("ledger/friend_bind"),
                    &(referrer_id, code, click_id, clicked_at, &id),
                )?;
            }
            id
        }
        Some((id, ..)) => id,
        None => {
            let id = new_id("frd")?;
            let (referrer_id, code, click_id, clicked_at) = match binding {
                Some((referrer_id, code, click_id, at)) => {
                    (Some(referrer_id), Some(code), click_id.as_ref(), Some(at))
                }
                None => (None, None, None, None),
            };
            let row = (
                &id,
                &conversion.customer_id,
                referrer_id,
                code,
                click_id,
                clicked_at,
                platform::now_ms(),
            );
            writes.add(sql!("ledger/friend_insert"), &row)?;
            id
        }
    };
    conversion.person.write(writes, &id)?;
    Ok(id)
}

fn write_touch(
    writes: &mut Writes,
    program: &Loaded,
    conversion: &Conversion,
    friend_id: &str,
) -> Result<(), Problem> {
    if let Some(click_id) = &conversion.presented.click_id
        && let Some((code, at)) = verify(program, click_id)
    {
        let row = (friend_id, click_id, code, at.ms(), platform::now_ms());
        writes.add(sql!("ledger/touch_insert"), &row)?;
    }
    Ok(())
}

#[expect(clippy::too_many_arguments, reason = "one row, column by column")]
fn write_conversion(
    writes: &mut Writes,
    conversion: &Conversion,
    natural_key: &str,
    id: &str,
    friend_id: &str,
    trace: &Trace,
    now: Instant,
    answer: &str,
) -> Result<(), Problem> {
    let paid = conversion.kind.paid();
    let (referrer_id, reason) = match &trace.attribution {
        Attribution::Attributed { referrer_id, .. } => (Some(referrer_id), None),
        Attribution::Unattributed { reason } => (None, Some(reason.word())),
    };
    let (amount, currency) = (
        paid.map(|paid| paid.amount),
        paid.map(|paid| paid.currency.code()),
    );
    let attribution = serde_json::to_string(&trace.attribution)?;
    let row = (
        id,
        conversion.kind.word(),
        natural_key,
        friend_id,
        &conversion.customer_id,
        amount,
        currency,
        conversion.occurred_at.ms(),
        now.ms(),
        referrer_id,
        reason,
        attribution,
        trace.terms_version,
        &conversion.metadata,
        answer,
    );
    Ok(writes.add(sql!("ledger/conversion_insert"), &row)?)
}

fn write_trace(
    writes: &mut Writes,
    id: &str,
    trace: &Trace,
    skipped: &[Skipped],
    flags: &[Rule],
) -> Result<(), Problem> {
    let mut body = serde_json::to_value(trace)?;
    if let Some(fields) = body.as_object_mut() {
        fields.insert("conversion_id".to_owned(), json!(id));
        fields.insert("rules_without_reward".to_owned(), json!(skipped));
        let flags = flags
            .iter()
            .map(|rule| json!({ "rule": rule, "weight": rule.weight(), "because": rule.sentence() }));
        fields.insert("flags".to_owned(), flags.collect());
    }
    Ok(writes.add(sql!("ledger/trace_insert"), &(id, body.to_string()))?)
}

fn write_rewards(
    writes: &mut Writes,
    conversion_id: &str,
    rewards: &[RewardShown<'_>],
    now: Instant,
) -> Result<(), Problem> {
    if rewards.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = rewards
        .iter()
        .map(|r| {
            let side = if r.to == Side::Referrer {
                "referrer"
            } else {
                "friend"
            };
            let (amount, currency, state) = (r.amount, r.currency.code(), r.state.word());
            (
                &r.id,
                conversion_id,
                r.rule,
                side,
                r.person_id,
                amount,
                currency,
                state,
                r.reason,
                r.available_at.ms(),
                now.ms(),
            )
        })
        .collect();
    writes.add(sql!("ledger/rewards_insert"), &[serde_json::to_string(&rows)?])?;
    let nothing: Option<&str> = None;
    let entries: Vec<_> = rewards
        .iter()
        .flat_map(|r| {
            let line = |account, amount| {
                (
                    &r.id,
                    account,
                    r.currency.code(),
                    amount,
                    &r.id,
                    nothing,
                    now.ms(),
                )
            };
            [line("program", -r.amount), line(r.person_id, r.amount)]
        })
        .collect();
    Ok(writes.add(sql!("ledger/entries_insert"), &[serde_json::to_string(&entries)?])?)
}

fn answer_body(
    conversion: &Conversion,
    id: &str,
    trace: &Trace,
    rewards: &[RewardShown<'_>],
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
