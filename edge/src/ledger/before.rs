//! What was before a conversion, for rules that count: volumes, payments, months, and what caps have left.

use super::book::Book;
use crate::problem::Problem;
use crate::sql::sql;
use referral::instant::Instant;
use referral::money::LARGEST_AMOUNT;
use referral::reward::{Facts, Granted, Volume};
use referral::terms::pay::Pay;
use referral::terms::{CapOf, Occasion, Terms};

/// Whose conversion it is, and when it happened.
pub(crate) struct Who<'a> {
    pub(crate) referrer_id: &'a str,
    pub(crate) friend_id: &'a str,
    pub(crate) occurred_at: Instant,
    /// Its number; none while it is being recorded.
    pub(crate) seq: Option<i64>,
}

/// Reads the facts that rules of this occasion ask for, and no others.
pub(crate) fn read(book: &Book, terms: &Terms, occasion: Occasion, who: &Who<'_>) -> Result<Facts, Problem> {
    let mut facts = Facts::default();
    let day = who.occurred_at.day();
    let rules = || terms.rewards.iter().filter(|rule| rule.on == occasion);
    let tiers = rules().any(|rule| matches!(rule.pay, Pay::Tiers(_)));
    if tiers || rules().any(|rule| rule.when.is_some_and(referral::terms::pay::When::is_milestone)) {
        (facts.volume, facts.volume_of_month) = volume(book, occasion, who.referrer_id, &day)?;
    }
    if rules().any(|rule| rule.when.is_some() || matches!(rule.pay, Pay::Retention { .. })) {
        let paid: Option<(i64, Option<i64>)> = book
            .database
            .row(sql!("ledger/payments"), &(who.friend_id, who.seq.unwrap_or(LARGEST_AMOUNT)))?;
        let (payments, first) = paid.unwrap_or_default();
        facts.payments = payments;
        facts.months = first.map_or(0, |first| who.occurred_at.months_since(Instant::from_ms(first)));
    }
    if occasion == Occasion::QualifiedLead {
        let before: Option<(u8,)> =
            book.database.row(sql!("ledger/friend_qualified"), &(who.friend_id, who.seq.unwrap_or(0)))?;
        facts.qualified_before = before == Some((1,));
    }
    if terms.caps.iter().any(|cap| cap.of == CapOf::Referrer) {
        facts.to_referrer = granted(book, who.referrer_id, &day)?;
    }
    if terms.caps.iter().any(|cap| cap.of == CapOf::Program) {
        facts.to_all = granted(book, "program", &day)?;
    }
    Ok(facts)
}

fn volume(
    book: &Book,
    occasion: Occasion,
    referrer_id: &str,
    day: &str,
) -> Result<(Volume, Volume), Problem> {
    type Row = (i64, i64, i64, i64, i64, i64, i64, i64);
    let month = day.get(..7).unwrap_or(day);
    let row: Option<Row> = book.database.row(sql!("ledger/volume"), &(referrer_id, month))?;
    let (leads, qualified, sales, sold, month_leads, month_qualified, month_sales, month_sold) =
        row.unwrap_or_default();
    let of = |count, amount| Volume { count, amount };
    Ok(match occasion {
        Occasion::Lead => (of(leads, 0), of(month_leads, 0)),
        Occasion::QualifiedLead => (of(qualified, 0), of(month_qualified, 0)),
        Occasion::Sale => (of(sales, sold), of(month_sales, month_sold)),
    })
}

fn granted(book: &Book, account: &str, day: &str) -> Result<Granted, Problem> {
    let row: Option<(i64, i64, i64)> = book.database.row(sql!("ledger/granted"), &(account, day))?;
    let (ever, day, month) = row.unwrap_or_default();
    Ok(Granted { ever, day, month })
}
