//! Referrers, as the dashboard's pages ask for them: the list with its filter, and what is known of one of them beside
//! what the API's own answers say. Reads only, but for the ranking's day.

use super::book::Book;
use super::desk::{self, ROWS, Row, Rows};
use super::list::REFERRERS;
use super::{flag, ranking, suspension};
use crate::answer::Answer;
use crate::problem::Problem;
use crate::sql::{ALL, sql};
use referral::instant::Instant;
use referral::money::LARGEST_AMOUNT;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Rows of a short list, as in its statements.
const SHORT: i64 = 20;

/// Which referrers a page shows. A list has one such filter, and everything that shows or hands out the list reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Fits {
    /// A part of name or e-mail, or a whole code or id.
    pub(crate) q: Option<String>,
    /// The group they are in now.
    pub(crate) group: Option<String>,
    /// `unshared` (no link of theirs is known to have left), `suspended`, `nothing` (brought nothing yet), `anonymous`
    /// (never signed in).
    pub(crate) state: Option<String>,
    /// `sold` or `granted`: the most of it lately; else the newest first.
    pub(crate) sort: Option<String>,
    pub(crate) before: Option<i64>,
    /// What the row `before` had of what the list is sorted by: where the list goes on does not move with that row.
    pub(crate) at: Option<i64>,
}

/// At most so many of the referrers that fit, in the order that is asked for.
pub(crate) fn rows(book: &Book, fits: &Fits, most: usize) -> Result<Vec<Row>, Problem> {
    let before = fits.before.unwrap_or(LARGEST_AMOUNT);
    if let Some(sort) = &fits.sort {
        ranking::keep(book)?;
        let row = (most, &fits.q, &fits.group, &fits.state, sort, fits.at, before);
        return Ok(book.database.rows(sql!("ledger/desk_referrers_ranked"), &row)?);
    }
    if fits.state.as_deref() == Some("unshared") {
        let row = (before, most, &fits.q, &fits.group);
        return Ok(book.database.rows(sql!("ledger/desk_referrers_unshared"), &row)?);
    }
    let row = (before, most, &fits.q, &fits.group, &fits.state);
    Ok(book.database.rows(sql!("ledger/desk_referrers"), &row)?)
}

/// A page of the referrers that fit.
pub(crate) fn list(book: &Book, fits: &Fits) -> Result<Rows, Problem> {
    desk::cut(rows(book, fits, ROWS + 1)?)
}

/// How much a referrer of a sorted list had of what it is sorted by.
pub(crate) fn ranked(row: &Value) -> Option<i64> {
    row.get("ranked").and_then(Value::as_i64)
}

/// An account as it may be shown: enough to know it again, too little to use it.
fn masked(iban: &str) -> String {
    let (start, end) = (iban.get(..4).unwrap_or_default(), iban.len().saturating_sub(4));
    format!("{start} … {}", iban.get(end.max(4)..).unwrap_or_default())
}

/// The lines of payouts that are one referrer's, newest first, at most so many.
fn payouts(book: &Book, id: &str, most: i64) -> Result<Vec<Value>, Problem> {
    type Line = (String, i64, String, String, i64);
    let lines: Vec<Line> = book.database.rows(sql!("ledger/dossier_payouts"), &(id, most))?;
    let line = |(payout_id, amount, currency, state, at): Line| {
        json!({
            "payout_id": payout_id,
            "amount": amount,
            "currency": currency,
            "state": state,
            "at": Instant::from_ms(at),
        })
    };
    Ok(lines.into_iter().map(line).collect())
}

/// Every such line, for a file.
pub(crate) fn paid(book: &Book, id: &str) -> Result<Answer, Problem> {
    let known: Option<(i64, String)> = book.database.row(REFERRERS.by_id, &[id])?;
    known.ok_or_else(Problem::not_found)?;
    Answer::json(200, &payouts(book, id, ALL)?)
}

/// Everything of one referrer that stands in lists of its own.
pub(crate) fn answer(book: &Book, id: &str) -> Result<Answer, Problem> {
    let bodies = |statement| -> Result<Vec<Value>, Problem> {
        let rows: Vec<(String,)> = book.database.rows(statement, &[id])?;
        Ok(rows.iter().map(|(body,)| serde_json::from_str(body)).collect::<Result<_, _>>()?)
    };
    let suspended = suspension::show(book, id)?;
    let now = book.now();
    let flags: Vec<(String,)> = book.database.rows(sql!("ledger/dossier_flags"), &[id])?;
    let flags: Vec<Value> = flags.iter().map(|(body,)| flag::shown(body, now)).collect::<Result<_, _>>()?;
    let target: Option<(String, String)> = book.database.row(sql!("ledger/payout_target"), &[id])?;
    let joined: Vec<(String, String)> = book.database.rows(sql!("ledger/dossier_joined"), &[id])?;
    Answer::json(
        200,
        &json!({
            "suspension": serde_json::from_str::<Value>(&suspended.body)?,
            "flags": flags,
            "disputes": bodies(sql!("ledger/dossier_disputes"))?,
            "rewards": bodies(sql!("ledger/dossier_rewards"))?,
            "payouts": payouts(book, id, SHORT)?,
            "target": target.map(|(name, iban)| json!({ "name": name, "iban": masked(&iban) })),
            "joined": joined,
        }),
    )
}
