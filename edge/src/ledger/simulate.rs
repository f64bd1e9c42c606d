//! `POST /v1/terms/simulate`: what draft terms would have granted for past conversions. Nothing is written.

use super::book::Book;
use super::group;
use super::request::Request;
use crate::admin;
use crate::answer::Answer;
use crate::problem::Problem;
use crate::sql::sql;
use referral::input::{self, Input};
use referral::instant::Instant;
use referral::simulation::{self, Past, Totals};
use referral::terms::Occasion;
use serde_json::json;

/// Most conversions of one run, and how many without a `limit`: one run is one read and stays far below a second.
const MOST: i64 = 1000;
const USUAL: i64 = 500;
/// Of how many of the newest conversions those of a group are looked for. `groups.nothing_to_try` says so.
const AMONG: i64 = 10_000;

/// Kind, qualified, referrer, friend, amount in the program's currency, when.
type Row = (String, u8, String, String, Option<i64>, i64);

pub(crate) fn run(book: &Book, request: &Request) -> Result<Answer, Problem> {
    let fields = input::object(&request.body).map_err(Problem::invalid)?;
    let mut input = Input::new("", &fields);
    input.require("terms");
    let terms = admin::read_terms(&mut input);
    let limit = input.integer("limit", 1..=MOST).unwrap_or(USUAL);
    let group = input.text("group_id", 1..=40);
    input.finish().map_err(Problem::invalid)?;
    if let Some(group) = &group
        && group::stored(book, group)?.is_none()
    {
        return Err(Problem::field("group_id", "out_of_range.group", "is no group of this program"));
    }
    let Some(terms) = terms else { return Err(Problem::invalid(Vec::new())) };
    let program = book.program()?;
    let newest = referral::money::LARGEST_AMOUNT;
    let wanted = (program.currency.code(), newest, limit, &group, AMONG);
    let mut rows: Vec<Row> = book.database.rows(sql!("ledger/simulated"), &wanted)?;
    rows.reverse();
    let history: Vec<Past<'_>> = rows
        .iter()
        .map(|(kind, qualified, referrer_id, friend_id, amount, occurred_at)| Past {
            occasion: if kind == "lead" { Occasion::Lead } else { Occasion::Sale },
            qualified: *qualified == 1,
            referrer_id,
            friend_id,
            amount: *amount,
            occurred_at: Instant::from_ms(*occurred_at),
        })
        .collect();
    let draft = simulation::run(&terms, &history);
    let granted = granted(book, limit, group.as_deref())?;
    Answer::json(
        200,
        &json!({
            "currency": program.currency,
            "conversions": history.len(),
            "oldest_at": history.iter().map(|past| past.occurred_at).min(),
            "newest_at": history.iter().map(|past| past.occurred_at).max(),
            "draft": draft,
            "granted": granted,
            "difference": {
                "referrer": draft.referrer.amount - granted.referrer.amount,
                "friend": draft.friend.amount - granted.friend.amount,
            },
        }),
    )
}

/// What was granted for the same conversions, before refunds.
fn granted(book: &Book, limit: i64, group: Option<&str>) -> Result<Totals, Problem> {
    let newest = referral::money::LARGEST_AMOUNT;
    let rows: Vec<(referral::terms::Side, i64, u8)> =
        book.database.rows(sql!("ledger/simulated_granted"), &(newest, limit, group, AMONG))?;
    let mut totals = Totals::default();
    for (side, amount, perk) in rows {
        totals.add(side, amount, perk == 1);
    }
    Ok(totals)
}
