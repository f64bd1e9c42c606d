//! A dry run: what draft terms would have granted for conversions that are known.
//!
//! Who was credited stays as it was. Volumes, payments and caps are counted from the oldest conversion given, as if there
//! had been none before; refunds are left out.

use crate::instant::Instant;
use crate::reward::{self, Case, Facts, Granted, Volume};
use crate::terms::{Occasion, Side, Terms};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use serde::Serialize;

/// A credited conversion as it was recorded.
#[derive(Clone, Copy, Debug)]
pub struct Past<'a> {
    /// A lead or a sale.
    pub occasion: Occasion,
    /// A lead that was qualified.
    pub qualified: bool,
    /// Who was credited.
    pub referrer_id: &'a str,
    /// Whose conversion it was.
    pub friend_id: &'a str,
    /// A sale's amount in the program's currency; none where that is unknown.
    pub amount: Option<i64>,
    /// When it happened.
    pub occurred_at: Instant,
}

/// What one side would have got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Sum {
    /// Rewards in money.
    pub count: u64,
    /// Their sum, in minor units of the program's currency.
    pub amount: i64,
    /// Perks.
    pub perks: u64,
}

/// What both sides would have got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Who shared.
    pub referrer: Sum,
    /// Who was referred.
    pub friend: Sum,
}

impl Totals {
    /// Adds one reward.
    pub fn add(&mut self, to: Side, amount: i64, perk: bool) {
        let sum = if to == Side::Referrer { &mut self.referrer } else { &mut self.friend };
        if perk {
            sum.perks += 1;
        } else {
            sum.count += 1;
            sum.amount = sum.amount.saturating_add(amount);
        }
    }
}

/// What the run has counted so far.
#[derive(Default)]
struct Counted<'a> {
    /// By referrer, occasion (its number) and span: `ever` or a month.
    volumes: BTreeMap<(&'a str, u8, String), Volume>,
    /// By account and span: `ever`, a month or a day; the empty account is the program.
    granted: BTreeMap<(&'a str, String), i64>,
    /// By friend: credited sales, and the first one's time.
    paid: BTreeMap<&'a str, (i64, Instant)>,
    qualified: BTreeSet<&'a str>,
}

const EVER: &str = "ever";

impl<'a> Counted<'a> {
    fn facts(&self, past: &Past<'a>, occasion: Occasion, of_conversion: i64) -> Facts {
        let day = past.occurred_at.day();
        let month = String::from(day.get(..7).unwrap_or_default());
        let volume = |span: &str| {
            let key = (past.referrer_id, occasion as u8, String::from(span));
            self.volumes.get(&key).copied().unwrap_or_default()
        };
        let granted = |account: &'a str| {
            let of = |span: &str| self.granted.get(&(account, String::from(span))).copied().unwrap_or(0);
            Granted { ever: of(EVER), day: of(&day), month: of(&month) }
        };
        let (payments, first) = self.paid.get(past.friend_id).copied().unwrap_or((0, past.occurred_at));
        Facts {
            volume: volume(EVER),
            volume_of_month: volume(&month),
            payments,
            months: past.occurred_at.months_since(first),
            qualified_before: self.qualified.contains(past.friend_id),
            to_referrer: granted(past.referrer_id),
            to_all: granted(""),
            of_conversion,
        }
    }

    fn count(&mut self, past: &Past<'a>, occasion: Occasion) {
        if occasion == Occasion::QualifiedLead && !self.qualified.insert(past.friend_id) {
            return;
        }
        let day = past.occurred_at.day();
        for span in [EVER, day.get(..7).unwrap_or_default()] {
            let volume =
                self.volumes.entry((past.referrer_id, occasion as u8, String::from(span))).or_default();
            volume.count += 1;
            volume.amount = volume.amount.saturating_add(past.amount.unwrap_or(0));
        }
        if occasion == Occasion::Sale {
            let paid = self.paid.entry(past.friend_id).or_insert((0, past.occurred_at));
            paid.0 += 1;
            paid.1 = paid.1.min(past.occurred_at);
        }
    }

    fn pay(&mut self, past: &Past<'a>, to: Side, amount: i64) {
        let day = past.occurred_at.day();
        let accounts =
            if to == Side::Referrer { [Some(""), Some(past.referrer_id)] } else { [Some(""), None] };
        for account in accounts.into_iter().flatten() {
            for span in [EVER, day.get(..7).unwrap_or_default(), day.as_str()] {
                let sum = self.granted.entry((account, String::from(span))).or_default();
                *sum = sum.saturating_add(amount);
            }
        }
    }
}

/// Runs draft terms over conversions, in the order in which they were recorded.
pub fn run(terms: &Terms, history: &[Past<'_>]) -> Totals {
    let mut counted = Counted::default();
    let mut totals = Totals::default();
    for past in history {
        let mut of_conversion = 0;
        let qualified = past.qualified.then_some(Occasion::QualifiedLead);
        for occasion in core::iter::once(past.occasion).chain(qualified) {
            let facts = counted.facts(past, occasion, of_conversion);
            let case = Case { terms, occasion, amount: past.amount, at: past.occurred_at, facts };
            for grant in reward::grant(&case).grants {
                totals.add(grant.to, grant.amount, grant.perk.is_some());
                counted.pay(past, grant.to, grant.amount);
                of_conversion += grant.amount;
            }
            counted.count(past, occasion);
        }
    }
    totals
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use serde_json::{Value, json};

    const AT: Instant = Instant::from_ms(1_795_262_400_000);

    fn past(occasion: Occasion, friend_id: &str, amount: Option<i64>) -> Past<'_> {
        Past { occasion, qualified: false, referrer_id: "ada", friend_id, amount, occurred_at: AT }
    }

    fn check(terms: &Value, history: &[Past<'_>], referrer: (u64, i64, u64), friend: (u64, i64, u64)) {
        let terms = Terms::read("terms", terms.as_object().expect("an object")).expect("valid");
        let totals = run(&terms, history);
        let facts = |sum: Sum| (sum.count, sum.amount, sum.perks);
        assert_eq!((facts(totals.referrer), facts(totals.friend)), (referrer, friend));
        assert_eq!(run(&terms, history), totals, "the same again");
    }

    #[test]
    fn a_dry_run_counts_as_the_ledger_does() {
        let terms = json!({
            "caps": [{"of": "referrer", "per": "day", "amount": 1_000}],
            "rewards": [
                {"id": "lead", "on": "lead", "to": "referrer", "pay": {"flat": 100}},
                {"id": "good", "on": "qualified_lead", "to": "referrer", "pay": {"flat": 200}},
                {"id": "share", "on": "sale", "to": "referrer", "pay": {"share_bps": 1000}},
                {"id": "first", "on": "sale", "to": "friend", "pay": {"flat": 50}, "when": {"first_payments": 1}},
                {"id": "third", "on": "sale", "to": "referrer", "pay": {"perk": "A plant"}, "when": {"at": 3}},
            ],
        });
        let lead = Past { qualified: true, ..past(Occasion::Lead, "f", None) };
        let history: Vec<Past<'_>> = [lead, lead]
            .into_iter()
            .chain([
                past(Occasion::Sale, "f", Some(3_000)),
                past(Occasion::Sale, "f", Some(3_000)),
                past(Occasion::Sale, "g", Some(9_000)),
                past(Occasion::Sale, "g", None),
            ])
            .collect();
        // 100 + 200, 100 and no second qualified lead, 300, 300, and nothing of 900 under the cap of the day.
        check(&terms, &history, (5, 1_000, 1), (2, 100, 0));
        check(&json!({"rewards": []}), &history, (0, 0, 0), (0, 0, 0));
        check(&terms, &[], (0, 0, 0), (0, 0, 0));
    }
}
