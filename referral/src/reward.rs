//! Rewards: what the terms promise for one conversion, and what a refund takes back.
//!
//! What is promised where:
//!
//! - **Σ shares ≤ sale.** Rules share what is left of a sale in the order of the terms, each from what the rules before it left. Flat
//!   milestones stand beside it: they are a prize for a number of conversions, not a part of one.
//! - **Caps are never exceeded.** Each reward is cut to the room that the tightest of its caps leaves.
//! - **Order of arrival does not matter** to what a referrer gets in all for flat pay, plain shares, marginal tiers,
//!   tiers by count, milestones with a flat prize and `first_payments` of a flat amount, also under a cap of that referrer
//!   `ever`, as long as nothing is refunded meanwhile and every sale is large enough for its rewards. It matters for
//!   whole tiers, for shares of a first month or payment and under caps that several people share: there who comes first
//!   is served first.
//! - **Replay changes nothing**: the same facts give the same grants.

use crate::instant::Instant;
use crate::money;
use crate::terms::pay::{self, Measure, Pay, Span, Tiers, When};
use crate::terms::{CapOf, CapPer, Occasion, RewardRule, Side, Terms};
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// States of a reward: pending → approved → paid; held; voided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Waits for the end of its hold, or for a person.
    Pending,
    /// Owed.
    Approved,
    /// Sent; a perk: given.
    Paid,
    /// Waits for a person's decision about a flag.
    Held,
    /// Taken back whole.
    Voided,
}

impl State {
    /// The word in JSON and SQL.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Paid => "paid",
            Self::Held => "held",
            Self::Voided => "voided",
        }
    }
}

/// How many conversions of one occasion, and of what amount.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Volume {
    /// Their number.
    pub count: i64,
    /// The sum of the sales among them, in minor units of the program's currency.
    pub amount: i64,
}

/// What was granted and not taken back, in minor units of the program's currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Granted {
    /// From the first day on.
    pub ever: i64,
    /// For conversions of this one's UTC day.
    pub day: i64,
    /// For conversions of this one's calendar month (UTC).
    pub month: i64,
}

/// What was before this conversion.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The referrer's credited conversions of the same occasion.
    pub volume: Volume,
    /// Those of this conversion's calendar month (UTC).
    pub volume_of_month: Volume,
    /// Credited sales of the same customer.
    pub payments: i64,
    /// Whole months since the customer's first credited sale.
    pub months: u32,
    /// Whether a lead of the same customer was qualified.
    pub qualified_before: bool,
    /// What this referrer got.
    pub to_referrer: Granted,
    /// What the program granted to anybody.
    pub to_all: Granted,
    /// What this conversion was granted before, in minor units: a lead is recorded first and qualified later, and a friend
    /// keeps theirs where the credit goes to another referrer.
    pub of_conversion: i64,
}

/// A credited conversion whose rewards are to be granted.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The terms in force at its click.
    pub terms: &'a Terms,
    /// For what.
    pub occasion: Occasion,
    /// A sale's amount in the program's currency; none for a lead, and for a sale in another currency without a rate.
    pub amount: Option<i64>,
    /// From when the hold counts.
    pub at: Instant,
    /// What was before.
    pub facts: Facts,
}

/// One reward to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The rule's id.
    pub rule: String,
    /// Who gets it.
    pub to: Side,
    /// Minor units of the program's currency, above 0; 0 for a perk.
    pub amount: i64,
    /// What it is where it is not money.
    pub perk: Option<String>,
    /// The pool that a code must be taken from.
    pub coupon: Option<String>,
    /// Whether a person must let it pass.
    pub needs_approval: bool,
    /// When its hold ends.
    pub available_at: Instant,
}

/// Why a rule of the terms granted nothing, or less than it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoReward {
    /// The sale is below the terms' minimum order.
    BelowMinimumOrder,
    /// The sale is in another currency than the program's, and waits for an exchange rate.
    OtherCurrency,
    /// The share rounds down to nothing.
    RoundsToNothing,
    /// Earlier rules took all of the sale.
    SaleUsedUp,
    /// A cap of the terms leaves no room.
    CapReached,
    /// The referrer's volume is below the first step.
    BelowFirstStep,
    /// The customer's first months are over.
    MonthsOver,
    /// The customer's first payments are over.
    PaymentsOver,
    /// The milestone is another conversion.
    NoMilestone,
    /// A lead of this customer was qualified before: a friend is one qualified lead.
    QualifiedBefore,
    /// The friend has a code of this pool already.
    CouponBefore,
    /// No code of this pool is left.
    NoCouponLeft,
}

impl NoReward {
    /// One sentence for the merchant and the referrer.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::BelowMinimumOrder => "The sale is below the minimum order.",
            Self::OtherCurrency => "The sale is in another currency and waits for an exchange rate.",
            Self::RoundsToNothing => "The share is less than the smallest unit of the currency.",
            Self::SaleUsedUp => "Earlier rules took what there was of the sale.",
            Self::CapReached => "A cap of the terms is reached.",
            Self::BelowFirstStep => "The first step is not reached yet.",
            Self::MonthsOver => "The months in which this customer's sales earn are over.",
            Self::PaymentsOver => "The payments of this customer that earn were made before.",
            Self::NoMilestone => "This is not the one the milestone counts.",
            Self::QualifiedBefore => "A lead of this customer was qualified before.",
            Self::CouponBefore => "The friend has a code of this kind already.",
            Self::NoCouponLeft => "No code of this kind is left.",
        }
    }
}

/// A rule that granted nothing, for the trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// The rule's id.
    pub rule: String,
    /// Why.
    pub reason: NoReward,
}

/// A rule that granted less than it says, for the trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cut {
    /// The rule's id.
    pub rule: String,
    /// What it says, in minor units.
    pub promised: i64,
    /// What it granted.
    pub granted: i64,
    /// Why.
    pub reason: NoReward,
}

/// What a conversion comes to: every rule of its occasion is in `grants` or in `skipped`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// What is granted.
    pub grants: Vec<Grant>,
    /// Which rules granted nothing.
    pub skipped: Vec<Skipped>,
    /// Which rules granted less than they say.
    pub cut: Vec<Cut>,
}

/// What a credited conversion grants.
pub fn grant(case: &Case<'_>) -> Outcome {
    let mut room = Room::of(case);
    let mut outcome = Outcome::default();
    for rule in case.terms.rewards.iter().filter(|rule| rule.on == case.occasion) {
        let id = || rule.id.clone();
        match promised(case, rule).and_then(|promised| room.take(rule, promised).map(|got| (promised, got))) {
            Err(reason) => outcome.skipped.push(Skipped { rule: id(), reason }),
            Ok((promised, (amount, limit))) => {
                if let (Some(reason), true) = (limit, amount < promised) {
                    outcome.cut.push(Cut { rule: id(), promised, granted: amount, reason });
                }
                outcome.grants.push(Grant {
                    rule: id(),
                    to: rule.to,
                    amount,
                    perk: match &rule.pay {
                        Pay::Perk(perk) => Some(perk.clone()),
                        Pay::Coupon(pool) => Some(alloc::format!("Coupon code ({pool})")),
                        _ => None,
                    },
                    coupon: if let Pay::Coupon(pool) = &rule.pay { Some(pool.clone()) } else { None },
                    needs_approval: case.terms.approval.needs_a_person(amount),
                    available_at: case.at.plus_days(case.terms.hold_days),
                });
            }
        }
    }
    outcome
}

/// What a rule says for this conversion, above 0; 0 for a perk.
fn promised(case: &Case<'_>, rule: &RewardRule) -> Result<i64, NoReward> {
    if case.occasion == Occasion::Sale {
        match case.amount {
            None => return Err(NoReward::OtherCurrency),
            Some(amount) if amount < case.terms.minimum_order => return Err(NoReward::BelowMinimumOrder),
            Some(_) => {}
        }
    }
    if case.occasion == Occasion::QualifiedLead && case.facts.qualified_before {
        return Err(NoReward::QualifiedBefore);
    }
    if let Some(when) = rule.when {
        is_meant(when, &case.facts)?;
    }
    let amount = match &rule.pay {
        Pay::Perk(_) | Pay::Coupon(_) => return Ok(0),
        Pay::Flat(amount) => *amount,
        Pay::ShareBps(bps) => case.amount.map_or(0, |sale| money::share(sale, *bps)),
        Pay::Retention { steps } => {
            let step = pay::reached(steps, i64::from(case.facts.months)).ok_or(NoReward::BelowFirstStep)?;
            step.gives.of(case.amount)
        }
        Pay::Tiers(tiers) => of_tiers(tiers, case)?,
    };
    if amount > 0 { Ok(amount) } else { Err(NoReward::RoundsToNothing) }
}

fn is_meant(when: When, facts: &Facts) -> Result<(), NoReward> {
    let number = facts.volume.count.saturating_add(1);
    let (meant, otherwise) = match when {
        When::FirstMonths(months) => (facts.months < months, NoReward::MonthsOver),
        When::FirstPayments(payments) => (facts.payments < i64::from(payments), NoReward::PaymentsOver),
        When::Every(every) => (number.checked_rem(i64::from(every)) == Some(0), NoReward::NoMilestone),
        When::At(at) => (number == i64::from(at), NoReward::NoMilestone),
    };
    if meant { Ok(()) } else { Err(otherwise) }
}

fn of_tiers(tiers: &Tiers, case: &Case<'_>) -> Result<i64, NoReward> {
    let before = match tiers.per {
        Span::Ever => case.facts.volume,
        Span::Month => case.facts.volume_of_month,
    };
    let sale = case.amount.unwrap_or(0);
    let reached = match tiers.by {
        Measure::Count => before.count.saturating_add(1),
        Measure::AmountWhole | Measure::AmountMarginal => before.amount.saturating_add(sale),
    };
    let step = pay::reached(&tiers.steps, reached).ok_or(NoReward::BelowFirstStep)?;
    Ok(match tiers.by {
        Measure::AmountMarginal => pay::marginal(&tiers.steps, before.amount, sale),
        Measure::Count | Measure::AmountWhole => step.gives.of(case.amount),
    })
}

/// What is left to be granted.
struct Room {
    /// Of the sale; none for a lead.
    sale: Option<i64>,
    /// Under each cap of the terms.
    caps: Vec<(CapOf, i64)>,
}

impl Room {
    fn of(case: &Case<'_>) -> Self {
        let before = |of, per| {
            let granted = match of {
                CapOf::Conversion => return case.facts.of_conversion,
                CapOf::Referrer => case.facts.to_referrer,
                CapOf::Program => case.facts.to_all,
            };
            match per {
                CapPer::Ever => granted.ever,
                CapPer::Day => granted.day,
                CapPer::Month => granted.month,
            }
        };
        let caps = case.terms.caps.iter();
        let left = caps.map(|cap| (cap.of, cap.amount.saturating_sub(before(cap.of, cap.per)).max(0)));
        let sale = case.amount.map(|sale| sale.saturating_sub(case.facts.of_conversion).max(0));
        Self { sale, caps: left.collect() }
    }

    /// Takes what there is of what a rule says, and what stood in its way.
    fn take(&mut self, rule: &RewardRule, promised: i64) -> Result<(i64, Option<NoReward>), NoReward> {
        if matches!(rule.pay, Pay::Perk(_) | Pay::Coupon(_)) {
            return Ok((0, None));
        }
        let counts = |of: CapOf| of != CapOf::Referrer || rule.to == Side::Referrer;
        let beside = rule.when.is_some_and(When::is_milestone) && matches!(rule.pay, Pay::Flat(_));
        let sale = self.sale.filter(|_| !beside);
        let of_sale = sale.map_or(promised, |left| promised.min(left));
        let under_caps =
            self.caps.iter().filter(|(of, _)| counts(*of)).fold(of_sale, |least, (_, left)| least.min(*left));
        let limit = if under_caps < of_sale {
            Some(NoReward::CapReached)
        } else {
            (of_sale < promised).then_some(NoReward::SaleUsedUp)
        };
        if under_caps <= 0 {
            return Err(limit.unwrap_or(NoReward::RoundsToNothing));
        }
        if !beside {
            self.sale = self.sale.map(|left| left - under_caps);
        }
        for (_, left) in self.caps.iter_mut().filter(|(of, _)| counts(*of)) {
            *left -= under_caps;
        }
        Ok((under_caps, limit))
    }
}

/// Which code a friend gets: the next free one of the pool, unless they have one of it already.
///
/// # Errors
/// They have, or none is left.
pub fn coupon<T>(has_one: bool, next_free: Option<T>) -> Result<T, NoReward> {
    if has_one { Err(NoReward::CouponBefore) } else { next_free.ok_or(NoReward::NoCouponLeft) }
}

/// What is still to be taken back of a reward, in minor units, when `refunded` of its sale was given back in all and
/// `reversed` was taken back before. Never negative.
pub fn reversal(reward: i64, sale: i64, refunded: i64, reversed: i64) -> i64 {
    (reward - money::kept(reward, sale, refunded) - reversed).max(0)
}

#[cfg(test)]
mod tests;
