//! A referrer's statement: what was granted, taken back and paid, newest first.

use super::book::Book;
use super::list::REFERRERS;
use crate::answer::Answer;
use crate::problem::Problem;
use crate::sql::{ALL, sql};
use askama::Template;
use referral::csv;
use referral::instant::Instant;
use referral::money::Currency;
use referral::payout::plain;
use referral::table::{Column, Format, Kind, column};
use serde_json::{Value, json};

/// Most rows of a statement that is read; the file has all of them.
const MOST: usize = 2000;

/// At, kind, reward or line, rule, conversion, amount, currency.
type Row = (i64, String, String, Option<String>, Option<String>, i64, Currency);

/// Currency, granted, taken back, paid, returned: of every row there is, read or not.
type SumRow = (Currency, i64, i64, i64, i64);

/// The newest rows, at most so many, and whether there are older ones.
fn newest(book: &Book, id: &str, most: usize) -> Result<(Vec<Row>, bool), Problem> {
    let mut rows: Vec<Row> = book.database.rows(sql!("ledger/statement"), &(id, most + 1))?;
    let more = rows.len() > most;
    rows.truncate(most);
    Ok((rows, more))
}

fn sums(book: &Book, id: &str) -> Result<Vec<SumRow>, Problem> {
    Ok(book.database.rows(sql!("ledger/statement_sums"), &[id])?)
}

fn check(book: &Book, id: &str) -> Result<(), Problem> {
    let referrer: Option<(i64, String)> = book.database.row(REFERRERS.by_id, &[id])?;
    referrer.map(|_| ()).ok_or_else(Problem::not_found)
}

/// A row as programs read it.
fn told((at, kind, subject, rule, conversion_id, amount, currency): Row) -> Value {
    json!({
        "at": Instant::from_ms(at),
        "kind": kind,
        "subject": subject,
        "rule": rule,
        "conversion_id": conversion_id,
        "amount": amount,
        "currency": currency,
    })
}

/// The columns of the file for programs; the one for people has titles of its own, which stay.
const COLUMNS: &[Column] = &[
    column("at", Kind::Text),
    column("kind", Kind::Text),
    column("subject", Kind::Text),
    column("rule", Kind::Text),
    column("conversion_id", Kind::Text),
    column("amount", Kind::Money("currency")),
    column("currency", Kind::Text),
];

/// `GET /v1/referrers/{id}/statement`.
pub(crate) fn show(book: &Book, id: &str) -> Result<Answer, Problem> {
    begin(book, id, MOST)
}

/// The same with at most so many rows.
pub(crate) fn begin(book: &Book, id: &str, most: usize) -> Result<Answer, Problem> {
    check(book, id)?;
    let (rows, has_more) = newest(book, id, most)?;
    let data: Vec<Value> = rows.into_iter().map(told).collect();
    let sum = |(currency, granted, taken_back, paid, returned): SumRow| {
        let open = granted + taken_back + paid + returned;
        json!({ "currency": currency, "granted": granted, "taken_back": taken_back, "paid": paid, "returned": returned, "open": open })
    };
    let totals: Vec<_> = sums(book, id)?.into_iter().map(sum).collect();
    Answer::json(200, &json!({ "referrer_id": id, "totals": totals, "data": data, "has_more": has_more }))
}

/// `GET /v1/referrers/{id}/statement.csv`: every row.
pub(crate) fn file(book: &Book, id: &str) -> Result<Answer, Problem> {
    check(book, id)?;
    let rows: Vec<Row> = book.database.rows(sql!("ledger/statement"), &(id, ALL))?;
    let mut body = String::new();
    csv::row(&mut body, &["At", "Kind", "Subject", "Rule", "Conversion", "Amount", "Currency"]);
    for (at, kind, subject, rule, conversion_id, amount, currency) in rows {
        let at = Instant::from_ms(at).to_string();
        let (rule, conversion_id) = (rule.unwrap_or_default(), conversion_id.unwrap_or_default());
        let amount = plain(amount, currency);
        csv::row(&mut body, &[&at, &kind, &subject, &rule, &conversion_id, &amount, currency.code()]);
    }
    Ok(Answer { status: 200, body })
}

/// Every row as JSON, for pages.
pub(crate) fn list(book: &Book, id: &str) -> Result<Answer, Problem> {
    check(book, id)?;
    let rows: Vec<Row> = book.database.rows(sql!("ledger/statement"), &(id, ALL))?;
    let mut body = String::new();
    Format::Json.begin(COLUMNS, &mut body);
    for (at, row) in rows.into_iter().enumerate() {
        Format::Json.row(COLUMNS, &told(row), at == 0, &mut body);
    }
    Format::Json.end(&mut body);
    Ok(Answer { status: 200, body })
}

/// The page for printing.
#[derive(Template)]
#[template(path = "ledger/statement.html")]
struct Paper<'a> {
    program: &'a str,
    name: &'a str,
    code: &'a str,
    at: String,
    more: bool,
    sums: Vec<Sum>,
    rows: Vec<Line>,
}

/// What was granted, taken back, paid and returned in one currency, and what is left.
struct Sum {
    currency: &'static str,
    granted: String,
    taken_back: String,
    paid: String,
    returned: String,
    open: String,
}

struct Line {
    at: String,
    kind: String,
    of: String,
    subject: String,
    amount: String,
}

/// An amount with its currency, as in the file.
fn priced(amount: i64, currency: Currency) -> String {
    format!("{} {}", plain(amount, currency), currency.code())
}

fn sum((currency, granted, taken_back, paid, returned): SumRow) -> Sum {
    let said = |amount: i64| plain(amount, currency);
    Sum {
        currency: currency.code(),
        granted: said(granted),
        taken_back: said(taken_back),
        paid: said(paid),
        returned: said(returned),
        open: said(granted + taken_back + paid + returned),
    }
}

/// `GET /v1/referrers/{id}/statement.html`: for printing and for keeping.
pub(crate) fn page(book: &Book, id: &str) -> Result<Answer, Problem> {
    let referrer: Option<(i64, String)> = book.database.row(REFERRERS.by_id, &[id])?;
    let (_, shown) = referrer.ok_or_else(Problem::not_found)?;
    let shown: serde_json::Value = serde_json::from_str(&shown)?;
    let text = |name: &str| shown.get(name).and_then(serde_json::Value::as_str);
    let (rows, more) = newest(book, id, MOST)?;
    let program = book.program()?;
    let minute = |at: Instant| at.to_string().get(..16).unwrap_or_default().replace('T', " ");
    let paper = Paper {
        program: &program.facts.name,
        name: text("name").or_else(|| text("external_id")).unwrap_or(id),
        code: text("code").unwrap_or_default(),
        at: minute(book.now()),
        more,
        sums: sums(book, id)?.into_iter().map(sum).collect(),
        rows: rows
            .into_iter()
            .map(|(at, kind, subject, rule, conversion_id, amount, currency)| Line {
                at: minute(Instant::from_ms(at)),
                kind: kind.replace('_', " "),
                of: [rule, conversion_id].into_iter().flatten().collect::<Vec<_>>().join(" of "),
                subject,
                amount: priced(amount, currency),
            })
            .collect(),
    };
    let body = paper.render().map_err(|error| Problem::internal(&error.to_string()))?;
    Ok(Answer { status: 200, body })
}
