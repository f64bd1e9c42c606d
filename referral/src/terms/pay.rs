//! How much a rule gives, and for which conversions.

use crate::money::{self, WHOLE_BPS};
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// How much.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pay {
    /// Minor units of the program's currency.
    Flat(i64),
    /// Basis points of the sale.
    ShareBps(u16),
    /// More for those who bring more.
    Tiers(Tiers),
    /// More the longer the customer stays: steps by whole months since their first credited sale.
    Retention {
        /// Ascending and growing.
        steps: Vec<Step>,
    },
    /// Something that is not money, in the merchant's words.
    Perk(String),
    /// A code of the merchant's from the pool of this name, one for each friend.
    Coupon(String),
}

/// What one step gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Amount {
    /// Minor units of the program's currency.
    Flat(i64),
    /// Basis points of the sale.
    ShareBps(u16),
}

/// One step of tiers or of retention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The number, the minor units or the month from which it holds, itself included.
    pub from: i64,
    /// What it gives.
    #[serde(flatten)]
    pub gives: Amount,
}

/// What a volume is measured by, and what a new step changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// The number of the referrer's conversions of this occasion: each is paid by the step its own number falls in.
    Count,
    /// The amount of the referrer's sales. A sale is paid whole by the step that the sum, this sale included, reaches;
    /// sales before it stay as they were.
    AmountWhole,
    /// The amount of the referrer's sales. A sale that crosses a step is cut there, each piece paid by its own step.
    AmountMarginal,
}

/// The time a volume is counted over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// From the first conversion on.
    Ever,
    /// The calendar month (UTC) in which the conversion happened.
    Month,
}

/// Steps by volume.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tiers {
    /// What counts.
    pub by: Measure,
    /// Over which time.
    pub per: Span,
    /// Ascending; below the first nothing is given.
    pub steps: Vec<Step>,
}

/// For which conversions a rule gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// Sales within so many calendar months of the customer's first credited sale.
    FirstMonths(u32),
    /// The first so many credited sales of a customer.
    FirstPayments(u32),
    /// Every so-many-th of the referrer's.
    Every(u32),
    /// The so-many-th of the referrer's, once.
    At(u32),
}

impl When {
    /// A prize for a number of conversions rather than a part of one.
    pub const fn is_milestone(self) -> bool {
        matches!(self, Self::Every(_) | Self::At(_))
    }
}

impl Pay {
    /// The largest share of a sale it can take, in basis points.
    pub fn largest_share(&self) -> u16 {
        let of = |steps: &[Step]| {
            let share = |step: &Step| match step.gives {
                Amount::ShareBps(bps) => bps,
                Amount::Flat(_) => 0,
            };
            steps.iter().map(share).max().unwrap_or(0)
        };
        match self {
            Self::ShareBps(bps) => *bps,
            Self::Tiers(tiers) => of(&tiers.steps),
            Self::Retention { steps } => of(steps),
            Self::Flat(_) | Self::Perk(_) | Self::Coupon(_) => 0,
        }
    }
}

impl Amount {
    /// Of a sale, or of a conversion without an amount, whose share is nothing.
    pub fn of(self, sale: Option<i64>) -> i64 {
        match self {
            Self::Flat(amount) => amount,
            Self::ShareBps(bps) => sale.map_or(0, |sale| money::share(sale, bps)),
        }
    }
}

/// The step that a number, an amount or a month has reached.
pub fn reached(steps: &[Step], value: i64) -> Option<&Step> {
    steps.iter().rev().find(|step| step.from <= value)
}

/// What marginal steps give for a sale on top of what was sold `before`: the sum of its pieces.
///
/// The running total is what is rounded down, not each sale: whatever the pieces a volume comes in, and in whatever
/// order, they add up to the same.
pub fn marginal(steps: &[Step], before: i64, sale: i64) -> i64 {
    let until = before.saturating_add(sale);
    total(steps, until).saturating_sub(total(steps, before))
}

/// What marginal steps give for a whole volume, rounded down once.
fn total(steps: &[Step], volume: i64) -> i64 {
    let mut ten_thousandths: i128 = 0;
    for (at, step) in steps.iter().enumerate() {
        let end = steps.get(at + 1).map_or(volume, |next| next.from.min(volume));
        let Amount::ShareBps(bps) = step.gives else { continue };
        ten_thousandths += i128::from((end.saturating_sub(step.from)).max(0)) * i128::from(bps);
    }
    i64::try_from(ten_thousandths / i128::from(WHOLE_BPS)).unwrap_or(i64::MAX)
}
