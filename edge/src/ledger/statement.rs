//! A referrer's statement: what was granted, taken back and paid, newest first.

use super::book::Book;
use super::list::REFERRERS;
use crate::answer::Answer;
use crate::problem::Problem;
use crate::sql::sql;
use referral::csv;
use referral::instant::Instant;
use referral::money::Currency;
use referral::payout::plain;
use serde_json::json;

/// Most rows of a statement.
const MOST: usize = 2000;

/// At, kind, reward or line, rule, conversion, amount, currency.
type Row = (i64, String, String, Option<String>, Option<String>, i64, Currency);

/// The rows, newest first, and whether there are older ones.
fn rows(book: &Book, id: &str) -> Result<(Vec<Row>, bool), Problem> {
    let referrer: Option<(i64, String)> = book.database.row(REFERRERS.by_id, &[id])?;
    referrer.ok_or_else(Problem::not_found)?;
    let mut rows: Vec<Row> = book.database.rows(sql!("ledger/statement"), &(id, MOST + 1))?;
    let more = rows.len() > MOST;
    rows.truncate(MOST);
    Ok((rows, more))
}

/// `GET /v1/referrers/{id}/statement`.
pub(crate) fn show(book: &Book, id: &str) -> Result<Answer, Problem> {
    let (rows, has_more) = rows(book, id)?;
    let data: Vec<_> = rows
        .into_iter()
        .map(|(at, kind, subject, rule, conversion_id, amount, currency)| {
            json!({
                "at": Instant::from_ms(at),
                "kind": kind,
                "subject": subject,
                "rule": rule,
                "conversion_id": conversion_id,
                "amount": amount,
                "currency": currency,
            })
        })
        .collect();
    Answer::json(200, &json!({ "referrer_id": id, "data": data, "has_more": has_more }))
}

/// `GET /v1/referrers/{id}/statement.csv`.
pub(crate) fn file(book: &Book, id: &str) -> Result<Answer, Problem> {
    let mut body = String::new();
    csv::row(&mut body, &["At", "Kind", "Subject", "Rule", "Conversion", "Amount", "Currency"]);
    for (at, kind, subject, rule, conversion_id, amount, currency) in rows(book, id)?.0 {
        let at = Instant::from_ms(at).to_string();
        let (rule, conversion_id) = (rule.unwrap_or_default(), conversion_id.unwrap_or_default());
        let amount = plain(amount, currency);
        csv::row(&mut body, &[&at, &kind, &subject, &rule, &conversion_id, &amount, currency.code()]);
    }
    Ok(Answer { status: 200, body })
}
