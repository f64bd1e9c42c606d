//! The rows of a conversion that has been decided.

use super::book::{Loaded, new_id};
use super::conversion::Conversion;
use super::entry::{self, Movement};
use super::event;
use super::grant::Granted;
use super::judge::FriendRow;
use super::rebinding;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::attribution::{Attribution, Trace};
use referral::event::Event;
use referral::fraud::Flag;
use referral::instant::Instant;
use referral::money::Currency;
use referral::reward::State;
use referral::terms::Side;
use serde::Serialize;
use serde_json::{Value, json};

/// A reward as an answer shows it.
#[derive(Serialize)]
pub(crate) struct RewardShown {
    pub(crate) id: String,
    pub(crate) rule: String,
    pub(crate) to: Side,
    pub(crate) person_id: String,
    pub(crate) amount: i64,
    pub(crate) currency: Currency,
    pub(crate) perk: Option<String>,
    /// The code it is, where it is one of a pool.
    pub(crate) coupon: Option<String>,
    pub(crate) state: State,
    pub(crate) reason: Option<&'static str>,
    pub(crate) needs_approval: bool,
    pub(crate) reversed_amount: i64,
    pub(crate) available_at: Instant,
}

/// A reward that is written now, as lists will show it.
pub(crate) fn listed(reward: &RewardShown, conversion_id: &str, now: Instant) -> Result<Value, Problem> {
    let mut listed = serde_json::to_value(reward)?;
    if let Some(fields) = listed.as_object_mut() {
        fields.insert("conversion_id".to_owned(), json!(conversion_id));
        fields.insert("created_at".to_owned(), json!(now));
    }
    Ok(listed)
}

/// Writes the friend, or binds them to the referrer who is credited. Gives the friend's id.
pub(crate) fn write_friend(
    writes: &mut Writes,
    conversion: &Conversion,
    trace: &Trace,
    friend: Option<FriendRow>,
    conversion_id: &str,
    now: Instant,
) -> Result<String, Problem> {
    let binding = match &trace.attribution {
        Attribution::Attributed { referrer_id, code, click_id, clicked_at, .. } => {
            Some((referrer_id, code, click_id, clicked_at.ms()))
        }
        Attribution::Unattributed { .. } => None,
    };
    let id = match friend {
        Some((id, None, .., 1)) => {
            if let Some((referrer_id, code, click_id, clicked_at)) = binding {
                let to = (Some(&**referrer_id), Some(&**code), click_id.as_deref(), Some(clicked_at));
                rebinding::write(writes, &id, to, conversion_id, now)?;
            }
            id
        }
        Some((id, None, ..)) => {
            if let Some((referrer_id, code, click_id, clicked_at)) = binding {
                writes.add(sql!("ledger/friend_bind"), &(referrer_id, code, click_id, clicked_at, &id))?;
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
            let row = (&id, &conversion.customer_id, referrer_id, code, click_id, clicked_at, now.ms());
            writes.add(sql!("ledger/friend_insert"), &row)?;
            id
        }
    };
    conversion.person.write(writes, &id)?;
    Ok(id)
}

pub(crate) fn write_touch(
    writes: &mut Writes,
    program: &Loaded,
    conversion: &Conversion,
    friend_id: &str,
    now: Instant,
) -> Result<(), Problem> {
    if let Some(click_id) = &conversion.presented.click_id
        && let Some((code, at)) = program.verify(click_id, now)
    {
        let row = (friend_id, click_id, code, at.ms(), now.ms());
        writes.add(sql!("ledger/touch_insert"), &row)?;
    }
    Ok(())
}

#[expect(clippy::too_many_arguments, reason = "one row, column by column")]
pub(crate) fn write_conversion(
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
    let (amount, currency) = (paid.map(|paid| paid.amount), paid.map(|paid| paid.currency.code()));
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
        answer,
    );
    writes.add(sql!("ledger/conversion_insert"), &row)?;
    if let Some(metadata) = &conversion.metadata {
        writes.add(sql!("ledger/metadata_insert"), &(id, metadata))?;
    }
    Ok(())
}

/// Writes down whose links did not win, so that each of them can be told why. Where somebody's link was followed more
/// than once, the last time counts.
pub(crate) fn write_runners_up(writes: &mut Writes, id: &str, trace: &Trace) -> Result<(), Problem> {
    let mut told = Vec::new();
    if let Attribution::Attributed { referrer_id, .. } = &trace.attribution {
        told.push(referrer_id);
    }
    for touch in trace.touches.iter().rev() {
        if let Some(referrer_id) = &touch.referrer_id
            && !told.contains(&referrer_id)
        {
            told.push(referrer_id);
            writes.add(sql!("ledger/runner_up_insert"), &(referrer_id, touch.outcome, id))?;
        }
    }
    Ok(())
}

pub(crate) fn write_trace(
    writes: &mut Writes,
    id: &str,
    trace: &Trace,
    granted: &Granted,
    flags: &[Flag],
) -> Result<(), Problem> {
    let mut body = serde_json::to_value(trace)?;
    if let Some(fields) = body.as_object_mut() {
        fields.insert("conversion_id".to_owned(), json!(id));
        fields.extend(rules_without_effect(granted).as_object_mut().map(std::mem::take).unwrap_or_default());
        let flags = flags
            .iter()
            .map(|flag| json!({ "rule": flag.rule, "weight": flag.weight, "because": flag.rule.sentence() }));
        fields.insert("flags".to_owned(), flags.collect());
    }
    Ok(writes.add(sql!("ledger/trace_insert"), &(id, body.to_string()))?)
}

/// Which rules gave nothing or less than they say, as a trace shows it.
pub(crate) fn rules_without_effect(granted: &Granted) -> Value {
    let skipped = granted.skipped.iter();
    let skipped = skipped
        .map(|rule| json!({ "rule": rule.rule, "reason": rule.reason, "because": rule.reason.sentence() }));
    json!({ "rules_without_reward": skipped.collect::<Value>(), "rules_cut": granted.cut })
}

pub(crate) fn write_rewards(
    writes: &mut Writes,
    conversion_id: &str,
    rewards: &[RewardShown],
    now: Instant,
) -> Result<(), Problem> {
    if rewards.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = rewards
        .iter()
        .map(|r| {
            let side = if r.to == Side::Referrer { "referrer" } else { "friend" };
            let (amount, currency, state) = (r.amount, r.currency.code(), r.state.word());
            (
                &r.id,
                conversion_id,
                &r.rule,
                side,
                &r.person_id,
                amount,
                currency,
                &r.perk,
                state,
                r.reason,
                if r.needs_approval { "manual" } else { "automatic" },
                r.available_at.ms(),
                now.ms(),
            )
        })
        .collect();
    writes.add(sql!("ledger/rewards_insert"), &[serde_json::to_string(&rows)?])?;
    for reward in rewards {
        if let Some(code) = &reward.coupon {
            writes.add(sql!("ledger/coupon_give"), &(&reward.person_id, &reward.id, now.ms(), code))?;
        }
        let shown = serde_json::to_value(Told { conversion_id, reward })?;
        event::emit(writes, Event::RewardGranted, &reward.id, now, &shown)?;
        match reward.state {
            State::Held => event::emit(writes, Event::RewardHeld, &reward.id, now, &shown)?,
            State::Pending | State::Approved | State::Paid | State::Voided => {}
        }
    }
    let movements: Vec<Movement<'_>> = rewards
        .iter()
        .filter(|reward| reward.perk.is_none())
        .map(|r| Movement {
            id: &r.id,
            reward_id: &r.id,
            person_id: &r.person_id,
            currency: r.currency,
            amount: r.amount,
        })
        .collect();
    entry::write(writes, &movements, None, now)
}

/// A reward as its events show it.
#[derive(Serialize)]
struct Told<'a> {
    conversion_id: &'a str,
    #[serde(flatten)]
    reward: &'a RewardShown,
}
