//! What people have to look at: doubted leads, disputes, half of each decided, and orders that were sent back. The edge
//! records all of it itself, as it would have been told.

use super::{post, read};
use crate::history::Counts;
use crate::progress::{say, seconds};
use crate::workerd::Edge;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::time::Instant;

/// Conversions for each open flag, open dispute and refund.
const CONVERSIONS_OF_A_DOUBT: u64 = 100;
/// At least a full page of each, so that pages of few rows can be compared.
const FEWEST: u64 = 60;
/// Flags that one call decides.
const AT_ONCE: u64 = 100;

/// Doubts, disputes and refunds, in proportion to the conversions.
pub(super) fn write(agent: &ureq::Agent, edge: &Edge, bearer: &str, counts: Counts) -> Result<()> {
    let started = Instant::now();
    let open = (counts.conversions / CONVERSIONS_OF_A_DOUBT).max(FEWEST);
    let tell = |path: &str, body: Value| -> Result<Value> {
        let mut answer = post(agent, edge, bearer, path, &body)?;
        let text = answer.body_mut().read_to_string()?;
        if answer.status().as_u16() != 201 {
            bail!("POST {path} answered {}: {text}", answer.status());
        }
        Ok(serde_json::from_str(&text)?)
    };
    flags(&tell, &|path| read(agent, edge, bearer, path), 2 * open, counts)?;
    disputes(&tell, 2 * open, counts)?;
    let refunds = refunds(&tell, open, counts)?;
    say(&format!("  {open} flags and disputes open, {refunds} refunds ({})", seconds(started.elapsed())));
    Ok(())
}

/// Leads with addresses of disposable mail; the older half of each hundred is decided.
fn flags(
    tell: &impl Fn(&str, Value) -> Result<Value>,
    list: &impl Fn(&str) -> Result<Value>,
    count: u64,
    counts: Counts,
) -> Result<()> {
    let mut told = 0;
    while told < count {
        let now = AT_ONCE.min(count - told);
        for at in told..told + now {
            // Those who joined last bring least, so that nothing else is doubted of it.
            let code = format!("s-{:07}", counts.referrers - at % counts.referrers);
            let email = format!("doubted-{at}@mailinator.com");
            tell("/v1/leads", json!({"customer_id": format!("doubted-{at}"), "code": code, "email": email}))?;
        }
        told += now;
        let newest = list(&format!("/v1/flags?status=open&limit={now}"))?;
        let newest = newest["data"].as_array().context("a list of flags")?;
        let half = newest.len() / 2;
        let ids: Vec<&Value> = newest.iter().skip(half).map(|flag| &flag["id"]).collect();
        let (fraud, fine) = ids.split_at(ids.len() / 5);
        for (decision, ids) in [("confirm", fraud), ("release", fine)] {
            if !ids.is_empty() {
                tell("/v1/flags/decisions", json!({"ids": ids, "decision": decision}))?;
            }
        }
    }
    Ok(())
}

/// Every second is the first referrer's; every second of those, and of the others, is decided.
fn disputes(tell: &impl Fn(&str, Value) -> Result<Value>, count: u64, counts: Counts) -> Result<()> {
    for at in 0..count {
        let referrer = if at.is_multiple_of(2) { 1 } else { 1 + at % counts.referrers };
        let opened = json!({
            "referrer_id": format!("rfr_{referrer:016}"),
            "about": format!("ORDER-{at}"),
            "message": "My neighbour ordered this, and said that my link was the one.",
        });
        let opened = tell("/v1/disputes", opened)?;
        let id = opened["id"].as_str().context("a dispute without an id")?;
        if at % 4 < 2 {
            let decided = json!({"decision": "rejected", "note": "There is no such order."});
            tell(&format!("/v1/disputes/{id}/decision"), decided)?;
        }
    }
    Ok(())
}

/// A part of some sales, from the first days to the last. Every tenth conversion is a lead.
fn refunds(tell: &impl Fn(&str, Value) -> Result<Value>, most: u64, counts: Counts) -> Result<u64> {
    let sales = (3..=counts.conversions).filter(|number| !number.is_multiple_of(10));
    let step = usize::try_from(counts.conversions / (most + most / 2))?.max(1);
    let mut refunds = 0;
    for number in sales.step_by(step).take(usize::try_from(most)?) {
        let order = format!("S-{}", 100_000 + number);
        tell("/v1/refunds", json!({"refund_id": format!("R-{number}"), "order_id": order, "amount": 500}))?;
        refunds += 1;
    }
    Ok(refunds)
}
