//! The naive model: all facts that were taken, looked at from the beginning each time, without increments, without
//! entries, with the rules written down once more in the plainest way.

use crate::facts::{ADA, Click, DAY_MS, EVE, Fact, NOBODY, Verdict};
use crate::ledger::{customer_id, referrer};
use referral::terms::pay::Pay;
use referral::terms::{Model, Occasion, Side, Terms};
use std::collections::BTreeMap;

/// What is left of a reward and how it stands, by rule and person.
pub(crate) type Outcome = BTreeMap<(String, String), (i64, &'static str)>;

/// A conversion as the model sees it.
struct Seen<'a> {
    key: String,
    /// Who is credited, from which place among the facts on: as it was recorded, then after each move.
    credits: Vec<(usize, &'a str)>,
    /// It was credited when it was recorded.
    at_once: bool,
    customer: u8,
    amount: Option<i64>,
    currency: &'a str,
    at: i64,
    flagged: bool,
}

/// Every conversion, in the order in which they were taken.
fn seen<'a>(terms: &Terms, taken: &'a [(Fact, i64)]) -> Vec<Seen<'a>> {
    let mut found: Vec<Seen<'a>> = Vec::new();
    let mut told: Vec<(u8, &Click)> = Vec::new();
    let mut met: Vec<u8> = Vec::new();
    let mut mailed: Vec<u8> = Vec::new();
    let mut bound: BTreeMap<u8, &'a str> = BTreeMap::new();
    for (place, (fact, _)) in taken.iter().enumerate() {
        let (customer, at, click, amount, currency) = match fact {
            Fact::Lead { customer, at, click, .. } => (*customer, *at, click, None, "EUR"),
            Fact::Sale { customer, at, click, amount, currency, .. } => {
                (*customer, *at, click, Some(*amount), *currency)
            }
            Fact::Move { conversion, to, .. } => {
                let moved = found.iter_mut().find(|seen| seen.key == *conversion).expect("it was taken");
                moved.credits.push((place, to));
                // The customer goes with it.
                bound.insert(moved.customer, to);
                continue;
            }
            Fact::Refund { .. } | Fact::Decide { .. } | Fact::Tick => continue,
        };
        told.extend(click.iter().map(|click| (customer, click)));
        if amount.is_none() {
            mailed.push(customer);
        }
        let stranger = !met.contains(&customer) || !terms.first_customer_only;
        met.push(customer);
        let able = told.iter().filter(|(of, click)| {
            let age = at - click.at;
            *of == customer
                && click.code != NOBODY
                && !(click.code == "ada" && customer == ADA)
                && (0..=i64::from(terms.window_days) * DAY_MS).contains(&age)
        });
        let winner = match terms.attribution {
            Model::LastClick => last_that_takes_over(able.collect(), terms.stand_down_minutes),
            Model::FirstClick => able.min_by_key(|(_, click)| click.at),
        };
        let winner = winner.filter(|_| stranger).map(|(_, click)| click.code);
        let credited = bound.get(&customer).copied().or(winner);
        if let Some(referrer) = credited {
            bound.entry(customer).or_insert(referrer);
        }
        let flagged = credited == Some("eve") && customer == EVE && mailed.contains(&EVE);
        let credits = credited.into_iter().map(|referrer| (place, referrer)).collect();
        let at_once = credited.is_some();
        found.push(Seen { key: fact.key(), credits, at_once, customer, amount, currency, at, flagged });
    }
    found
}

/// The last click, but for those that follow somebody else's within the minutes.
fn last_that_takes_over<'a>(mut able: Vec<&'a (u8, &'a Click)>, minutes: u16) -> Option<&'a (u8, &'a Click)> {
    able.sort_by_key(|(_, click)| click.at);
    able.into_iter().reduce(|held, next| {
        let soon = next.1.at < held.1.at + i64::from(minutes) * 60_000;
        if soon && next.1.code != held.1.code { held } else { next }
    })
}

/// What was refunded of a sale in the end.
fn refunded(taken: &[(Fact, i64)], order_key: &str, sale: i64) -> i128 {
    let sum: i128 = taken
        .iter()
        .filter_map(|(fact, _)| match fact {
            Fact::Refund { order, amount, .. } if format!("sale {order}") == order_key => {
                Some(i128::from(*amount))
            }
            _ => None,
        })
        .sum();
    sum.min(i128::from(sale))
}

fn decision(taken: &[(Fact, i64)], key: &str) -> Option<bool> {
    taken.iter().find_map(|(fact, _)| match fact {
        Fact::Decide { conversion, confirm } if conversion == key => Some(*confirm),
        _ => None,
    })
}

/// What a fact would come to.
pub(crate) fn verdict(terms: &Terms, taken: &[(Fact, i64)], fact: &Fact) -> Verdict {
    let told = taken.iter().any(|(known, _)| known.key() == fact.key() && !fact.key().is_empty());
    match fact {
        Fact::Refund { order, amount, .. } if !told => {
            let key = format!("sale {order}");
            let sale = taken.iter().find_map(|(known, _)| match known {
                Fact::Sale { amount, .. } if known.key() == key => Some(*amount),
                _ => None,
            });
            let fits = |sale: i64| i128::from(*amount) <= i128::from(sale) - refunded(taken, &key, sale);
            if sale.is_none_or(fits) { Verdict::Taken } else { Verdict::ExceedsSale }
        }
        Fact::Decide { conversion, confirm } => {
            let flagged = seen(terms, taken).iter().any(|seen| seen.key == *conversion && seen.flagged);
            match decision(taken, conversion) {
                Some(decided) if decided != *confirm => Verdict::Decided,
                None if !flagged => Verdict::Unknown,
                _ => Verdict::Taken,
            }
        }
        Fact::Move { conversion, to, .. } if !told => {
            let seen = seen(terms, taken);
            match seen.iter().find(|seen| seen.key == *conversion) {
                None => Verdict::Unknown,
                Some(one) if one.flagged && decision(taken, conversion).is_none() => Verdict::Doubted,
                Some(one) if one.credits.last().is_some_and(|(_, referrer)| referrer == to) => {
                    Verdict::Theirs
                }
                Some(one) if *to == "ada" && one.customer == ADA => Verdict::Own,
                Some(_) => Verdict::Taken,
            }
        }
        _ => Verdict::Taken,
    }
}

/// Whether a hold ended: somebody looked after its end, from a place among the facts on.
fn approved(taken: &[(Fact, i64)], since: usize, available_at: i64) -> bool {
    taken.iter().skip(since).any(|(fact, now)| *fact == Fact::Tick && *now >= available_at)
}

/// What is left of every reward and how it stands.
pub(crate) fn outcome(terms: &Terms, taken: &[(Fact, i64)]) -> Outcome {
    let mut outcome = Outcome::new();
    for seen in seen(terms, taken) {
        let occasion = if seen.amount.is_some() { Occasion::Sale } else { Occasion::Lead };
        if seen.amount.is_some_and(|amount| amount < terms.minimum_order) || seen.currency != "EUR" {
            continue;
        }
        let decided = decision(taken, &seen.key);
        let decided_at = taken
            .iter()
            .position(|(fact, _)| matches!(fact, Fact::Decide { conversion, .. } if *conversion == seen.key));
        // What the friend got of it, once they got something.
        let mut friends: Option<i128> = None;
        for (time, (place, credited)) in seen.credits.iter().enumerate() {
            let number = if seen.at_once { time } else { time + 1 };
            let is_last = time + 1 == seen.credits.len();
            let doubted = number == 0 && seen.flagged;
            let friend_has = friends.is_some();
            let mut left_of_sale = seen.amount.map_or(i128::MAX, i128::from) - friends.unwrap_or(0);
            for rule in terms.rewards.iter().filter(|rule| rule.on == occasion) {
                if rule.to == Side::Friend && friend_has {
                    continue;
                }
                let promised = match rule.pay {
                    Pay::Flat(amount) => i128::from(amount),
                    Pay::ShareBps(bps) => i128::from(seen.amount.unwrap_or(0)) * i128::from(bps) / 10_000,
                    _ => unreachable!("histories have no other kind of reward"),
                };
                let amount = promised.min(left_of_sale);
                left_of_sale -= amount;
                if amount == 0 {
                    continue;
                }
                if rule.to == Side::Friend {
                    friends = Some(friends.unwrap_or(0) + amount);
                }
                let kept = match seen.amount {
                    Some(sale) => {
                        amount * (i128::from(sale) - refunded(taken, &seen.key, sale)) / i128::from(sale)
                    }
                    None => amount,
                };
                let gone = rule.to == Side::Referrer && !is_last || doubted && decided == Some(true);
                let kept = if gone { 0 } else { kept };
                let available_at = seen.at + i64::from(terms.hold_days) * DAY_MS;
                let since = if doubted { decided_at.unwrap_or(taken.len()) } else { *place };
                let state = if kept == 0 {
                    "voided"
                } else if doubted && decided.is_none() {
                    "held"
                } else if approved(taken, since, available_at) {
                    "approved"
                } else {
                    "pending"
                };
                let person =
                    if rule.to == Side::Referrer { referrer(credited) } else { customer_id(seen.customer) };
                let name = match number {
                    0 => format!("{} {}", seen.key, rule.id),
                    _ => format!("{} {} #{number}", seen.key, rule.id),
                };
                let kept = i64::try_from(kept).expect("at most the sale");
                outcome.insert((name, person), (kept, state));
            }
        }
    }
    outcome
}
