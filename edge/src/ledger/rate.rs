//! Exchange rates: told with a sale, or later for a sale that waits for one.

use super::before::Who;
use super::book::{Book, Loaded};
use super::conversion_rows as rows;
use super::decision::Decision;
use super::doubt::Holds;
use super::grant::{Earning, Granted};
use super::list::SALES;
use super::refund;
use super::request::Request;
use super::terms;
use crate::answer::Answer;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::chain::Row;
use referral::exchange::Rate;
use referral::input::{self, Input};
use referral::instant::Instant;
use referral::money::{Currency, Money};
use referral::terms::Occasion;
use serde_json::{Value, json};

/// Reads a rate for a sale in `from`; it has no place where that is the program's own currency.
pub(crate) fn read(
    input: &mut Input<'_>,
    name: &'static str,
    from: Option<Currency>,
    to: Currency,
) -> Option<Rate> {
    let text = input.text(name, 1..=20)?;
    let rate = Rate::parse(&text);
    if rate.is_none() {
        let detail = "must be a decimal number above 0 in a text, such as \"0.9215\", with at most nine digits on either side";
        input.refuse(name, "not_a_rate", detail);
    }
    if from == Some(to) {
        input.refuse(name, "out_of_place", "the sale is in the program's currency");
    }
    rate
}

/// What a sale is worth in the program's currency; none where nobody told a rate.
///
/// # Errors
/// More than the largest amount.
pub(crate) fn worth(program: &Loaded, paid: Money, rate: Option<&Rate>) -> Result<Option<i64>, Problem> {
    if paid.currency == program.currency {
        return Ok(Some(paid.amount));
    }
    let Some(rate) = rate else { return Ok(None) };
    let worth = rate.convert(paid, program.currency);
    worth.map(Some).ok_or_else(|| {
        Problem::field("exchange_rate", "out_of_range", "makes the sale worth more than the largest amount")
    })
}

/// A sale that is in the ledger with another rate, or without one, is not the same sale.
pub(crate) fn check_told(book: &Book, sale_id: &str, rate: &Rate) -> Result<(), Problem> {
    let told: Option<(String,)> = book.database.row(sql!("ledger/exchange_rate"), &[sale_id])?;
    if told.is_some_and(|(told,)| told == rate.text()) {
        return Ok(());
    }
    Err(Problem::conflict(
        "rate_conflict",
        "This order is in the ledger with another exchange rate or none. Where it waits for one, send it to POST /v1/sales/{id}/exchange_rate.",
    ))
}

pub(crate) fn write(
    writes: &mut Writes,
    sale_id: &str,
    rate: &Rate,
    worth: i64,
    now: Instant,
) -> Result<(), Problem> {
    writes.add(sql!("ledger/exchange_insert"), &(sale_id, rate.text(), worth, now.ms()))?;
    writes.sealed.push(Row::new(
        "exchange",
        sale_id,
        vec![rate.text().into(), worth.into(), now.ms().into()],
    ));
    Ok(())
}

/// `POST /v1/sales/{id}/exchange_rate {exchange_rate}`: the rewards of a sale that waited are granted now, by the terms in
/// force at its click, less what was refunded meanwhile.
pub(crate) fn tell(book: &Book, request: &Request, id: &str) -> Result<Decision, Problem> {
    type Row = (String, i64, Currency, i64, Option<String>, u32, Option<String>, u8, i64);
    let program = book.program()?;
    let sale: Option<Row> = book.database.row(sql!("ledger/sale_standing"), &[id])?;
    let (friend_id, amount, currency, occurred_at, referrer_id, version, told, fraud, seq) =
        sale.ok_or_else(Problem::not_found)?;
    let fields = input::object(&request.body).map_err(Problem::invalid)?;
    let mut input = Input::new("", &fields);
    let rate = read(&mut input, "exchange_rate", Some(currency), program.currency);
    input.require("exchange_rate");
    input.finish().map_err(Problem::invalid)?;
    let rate = rate.ok_or_else(|| Problem::invalid(Vec::new()))?;
    let shown = shown(book, id)?;
    match told {
        Some(told) if told == rate.text() => return Ok(Decision::answer(Answer::json(200, &shown)?)),
        Some(_) => {
            return Err(Problem::conflict(
                "rate_conflict",
                "Another rate was told for this sale. What is recorded stays.",
            ));
        }
        None => {}
    }
    let paid = Money { amount, currency };
    let worth = worth(&program, paid, Some(&rate))?.unwrap_or_default();
    let now = book.now();
    let mut writes = Writes::default();
    let mut granted = Granted::default();
    let mut reversed = Vec::new();
    if let (Some(referrer_id), 0) = (&referrer_id, fraud) {
        let version = terms::of_number(book, &program, version)?;
        let occurred_at = Instant::from_ms(occurred_at);
        let who = Who { referrer_id, friend_id: &friend_id, occurred_at, seq: Some(seq) };
        let earning = Earning {
            terms: &version.terms,
            who,
            amount: Some(worth),
            hold_from: occurred_at,
            holds: Holds::of(book, id, referrer_id)?,
            granted_before: 0,
            freed: 0,
            counted: true,
        };
        granted.add(book, &program, &earning, Occasion::Sale)?;
        reversed = refund::against(&mut granted.rewards, |standings| {
            refund::meet_again(book, id, amount, standings)
        })?;
    }
    write(&mut writes, id, &rate, worth, now)?;
    rows::write_rewards(&mut writes, id, &granted.rewards, now)?;
    for met in &reversed {
        met.write_reversals(&mut writes, now)?;
    }
    let mut shown = shown;
    if let Some(fields) = shown.as_object_mut() {
        fields.insert("exchange_rate".to_owned(), json!(rate.text()));
        let listed = granted.rewards.iter().map(|reward| rows::listed(reward, id, now));
        fields.insert("rewards".to_owned(), listed.collect::<Result<Value, _>>()?);
    }
    Ok(Decision {
        answer: Answer::json(201, &shown)?,
        writes,
        audit: Some(("sale.rate_told", id.to_owned())),
    })
}

fn shown(book: &Book, id: &str) -> Result<Value, Problem> {
    let row: Option<(i64, String)> = book.database.row(SALES.by_id, &[id])?;
    Ok(serde_json::from_str(&row.map(|(_, body)| body).unwrap_or_default())?)
}
