//! The rows of a conversion that has been decided.

use super::book::{Loaded, new_id};
use super::conversion::Conversion;
use super::judge::FriendRow;
use crate::platform;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::attribution::{Attribution, Trace};
use referral::fraud::Flag;
use referral::instant::Instant;
use referral::money::Currency;
use referral::reward::{Skipped, State};
use referral::terms::Side;
use serde::Serialize;
use serde_json::json;

/// A reward as an answer shows it.
#[derive(Serialize)]
pub(crate) struct RewardShown {
    pub(crate) id: String,
    pub(crate) rule: String,
    pub(crate) to: Side,
    pub(crate) person_id: String,
    pub(crate) amount: i64,
    pub(crate) currency: Currency,
    pub(crate) state: State,
    pub(crate) reason: Option<&'static str>,
    pub(crate) reversed_amount: i64,
    pub(crate) available_at: Instant,
}

/// Writes the friend, or binds them to the referrer who is credited. Gives the friend's id.
pub(crate) fn write_friend(
    writes: &mut Writes,
    conversion: &Conversion,
    trace: &Trace,
    friend: Option<FriendRow>,
) -> Result<String, Problem> {
    let binding = match &trace.attribution {
        Attribution::Attributed { referrer_id, code, click_id, clicked_at, .. } => {
            Some((referrer_id, code, click_id, clicked_at.ms()))
        }
        Attribution::Unattributed { .. } => None,
    };
    let id = match friend {
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
            let row =
                (&id, &conversion.customer_id, referrer_id, code, click_id, clicked_at, platform::now_ms());
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
) -> Result<(), Problem> {
    if let Some(click_id) = &conversion.presented.click_id
        && let Some((code, at)) = program.verify(click_id)
    {
        let row = (friend_id, click_id, code, at.ms(), platform::now_ms());
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
        &conversion.metadata,
        answer,
    );
    Ok(writes.add(sql!("ledger/conversion_insert"), &row)?)
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
    skipped: &[Skipped],
    flags: &[Flag],
) -> Result<(), Problem> {
    let mut body = serde_json::to_value(trace)?;
    if let Some(fields) = body.as_object_mut() {
        fields.insert("conversion_id".to_owned(), json!(id));
        fields.insert("rules_without_reward".to_owned(), json!(skipped));
        let flags = flags
            .iter()
            .map(|flag| json!({ "rule": flag.rule, "weight": flag.weight, "because": flag.rule.sentence() }));
        fields.insert("flags".to_owned(), flags.collect());
    }
    Ok(writes.add(sql!("ledger/trace_insert"), &(id, body.to_string()))?)
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
            let line =
                |account, amount| (&r.id, account, r.currency.code(), amount, &r.id, nothing, now.ms());
            [line("program", -r.amount), line(r.person_id.as_str(), r.amount)]
        })
        .collect();
    Ok(writes.add(sql!("ledger/entries_insert"), &[serde_json::to_string(&entries)?])?)
}
