//! Review, as the dashboard's page asks for it: flags that fit a filter, and what a decision about some of them would
//! touch. Reads only; deciding is [`super::verdict`].

use super::book::Book;
use super::desk::Row;
use super::referrer;
use super::refund;
use crate::answer::Answer;
use crate::problem::Problem;
use crate::sql::sql;
use referral::fraud::Rule;
use referral::fraud::review::{ESCALATION_DAYS, REMINDER_DAYS};
use referral::instant::DAY_MS;
use referral::money::LARGEST_AMOUNT;
use referral::reward::State;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Which flags a page shows. A list has one such filter, and everything that shows or hands out the list reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Fits {
    /// `open`, `released`, `confirmed`, `decided`: either of the two, or `all`.
    pub(crate) status: String,
    pub(crate) rule: Option<String>,
    /// Weighs at least so much.
    pub(crate) weight: Option<u32>,
    /// A referrer's id or one of their codes.
    pub(crate) referrer: Option<String>,
    /// How long it has waited: `later`, `reminder`, `escalated`.
    pub(crate) due: Option<String>,
    /// Older than this row.
    pub(crate) before: Option<i64>,
}

/// Flags about to be decided.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Chosen {
    pub(crate) ids: Vec<String>,
    /// They would be confirmed; else released.
    pub(crate) confirm: bool,
}

/// A sum of one currency.
pub(crate) type Sums = BTreeMap<String, i64>;

/// What a decision about flags would touch, as the ledger stands now.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Weighed {
    /// The flags that are still open; the others were decided meanwhile and are left out.
    pub(crate) open: Vec<String>,
    pub(crate) conversions: u64,
    /// Rewards that would be let go, or taken back.
    pub(crate) rewards: u64,
    pub(crate) sums: Sums,
    /// Of them perks, which have no sum.
    pub(crate) perks: u64,
    /// Released: rewards that wait on for another reason. Confirmed: rewards that were paid already and would be owed back.
    pub(crate) others: u64,
    pub(crate) other_sums: Sums,
}

/// At most so many of the flags that fit, newest first.
pub(crate) fn rows(book: &Book, fits: &Fits, most: usize) -> Result<Vec<Row>, Problem> {
    let referrer_id = match fits.referrer.as_deref() {
        None => None,
        Some(name) => match referrer::named(book, name)? {
            None => return Ok(Vec::new()),
            known => known,
        },
    };
    let days = match fits.due.as_deref() {
        Some("later") => Some((0, REMINDER_DAYS)),
        Some("reminder") => Some((REMINDER_DAYS, ESCALATION_DAYS)),
        Some("escalated") => Some((ESCALATION_DAYS, u16::MAX)),
        _ => None,
    };
    let now = book.now().ms();
    let ago = |days: u16| now - i64::from(days) * DAY_MS;
    let (until, after) = days.map(|(from, to)| (ago(from), ago(to))).unzip();
    let row = (
        fits.before.unwrap_or(LARGEST_AMOUNT),
        most,
        &fits.status,
        &fits.rule,
        fits.weight,
        referrer_id,
        until,
        after,
    );
    Ok(book.database.rows(sql!("ledger/desk_flags"), &row)?)
}

/// What the rewards of these conversions, a JSON list, come to that wait for a person: conversion, currency, sum.
pub(crate) fn held(book: &Book, conversions: &str) -> Result<Answer, Problem> {
    let rows: Vec<(String, String, i64)> = book.database.rows(sql!("ledger/desk_held"), &[conversions])?;
    Answer::json(200, &rows)
}

/// What a decision would touch.
pub(crate) fn weigh(book: &Book, chosen: &Chosen) -> Result<Weighed, Problem> {
    type Row = (String, String, String, String, Option<String>);
    let wanted: BTreeSet<&String> = chosen.ids.iter().collect();
    let ids = serde_json::to_string(&wanted)?;
    let rows: Vec<Row> = book.database.rows(sql!("ledger/flags_standing"), &[&ids])?;
    if rows.len() != wanted.len() {
        return Err(Problem::not_found());
    }
    let mut conversions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut weighed = Weighed::default();
    for (id, conversion_id, .., decided) in &rows {
        if decided.is_none() {
            weighed.open.push(id.clone());
            conversions.entry(conversion_id).or_default().push(id);
        }
    }
    weighed.conversions = u64::try_from(conversions.len()).unwrap_or(u64::MAX);
    let settings = &book.program()?.fraud.settings;
    for (conversion_id, ids) in &conversions {
        let row = (conversion_id, serde_json::to_string(ids)?);
        let left: Vec<(Rule, u32)> = book.database.rows(sql!("ledger/flags_open"), &row)?;
        for standing in refund::standings(book, conversion_id)? {
            let other = match (chosen.confirm, standing.state) {
                (_, State::Voided) | (false, State::Pending | State::Approved | State::Paid) => continue,
                // A perk that was given stays given.
                (true, State::Paid) if standing.perk.is_some() => continue,
                (true, state) => state == State::Paid,
                (false, State::Held) => {
                    let held: Option<(String,)> =
                        book.database.row(sql!("ledger/reward_held_by"), &[&standing.reward_id])?;
                    let by_flag = held.is_some_and(|(reason,)| reason == "flagged");
                    !by_flag || settings.holds(&left, standing.to)
                }
            };
            let amount = standing.amount - standing.reversed;
            if chosen.confirm && amount == 0 && standing.perk.is_none() {
                continue;
            }
            let (count, sums) = if other {
                (&mut weighed.others, &mut weighed.other_sums)
            } else {
                (&mut weighed.rewards, &mut weighed.sums)
            };
            *count += 1;
            if standing.perk.is_some() {
                weighed.perks += u64::from(!other);
            } else {
                *sums.entry(standing.currency.code().to_owned()).or_default() += amount;
            }
        }
    }
    Ok(weighed)
}
