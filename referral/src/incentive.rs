//! What a sale costs in rewards, beside what a customer costs elsewhere.

use crate::money::share;
use crate::terms::pay::{Amount, Pay, When};
use crate::terms::{Occasion, Terms};

/// What the terms grant for one more customer: one lead that qualifies, and its first sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Minor units, for both sides together. What grows with volume or time counts with its first step.
    pub amount: i64,
    /// The terms give something besides that has no amount here: a perk, a coupon, a prize, or a share while no sale is
    /// known.
    pub has_more: bool,
}

/// How that compares with what a customer costs elsewhere. Healthy is 30 to 50 per cent less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// As much as elsewhere, or more.
    Dearer,
    /// Less, but by less than 30 per cent.
    Close,
    /// 30 to 50 per cent less.
    Healthy,
    /// More than 50 per cent less: there is room to give more.
    Low,
}

impl Standing {
    /// The word of it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Dearer => "dearer",
            Self::Close => "close",
            Self::Healthy => "healthy",
            Self::Low => "low",
        }
    }
}

/// What a customer costs by these terms, where the usual sale is of so many minor units; none is known where there was
/// no sale.
pub fn cost(terms: &Terms, usual_sale: Option<i64>) -> Cost {
    let mut cost = Cost { amount: 0, has_more: false };
    for rule in &terms.rewards {
        if rule.when.is_some_and(When::is_milestone) {
            cost.has_more = true;
            continue;
        }
        let gives = match &rule.pay {
            Pay::Flat(amount) => Some(Amount::Flat(*amount)),
            Pay::ShareBps(bps) => Some(Amount::ShareBps(*bps)),
            Pay::Tiers(tiers) => tiers.steps.first().map(|step| step.gives),
            Pay::Retention { steps } => steps.first().map(|step| step.gives),
            Pay::Perk(_) | Pay::Coupon(_) => None,
        };
        // A share of nothing is nothing: of a lead, or while no sale is known.
        let amount = match (gives, usual_sale.filter(|_| rule.on == Occasion::Sale)) {
            (Some(Amount::Flat(amount)), _) => Some(amount),
            (Some(Amount::ShareBps(bps)), Some(sale)) => Some(share(sale, bps)),
            (Some(Amount::ShareBps(_)) | None, _) => None,
        };
        match amount {
            Some(amount) => cost.amount = cost.amount.saturating_add(amount),
            None => cost.has_more = true,
        }
    }
    cost
}

/// A cost in tenths of a per cent of what a customer costs elsewhere, rounded to the nearest; none where that is nothing.
pub fn tenths_of(cost: i64, elsewhere: i64) -> Option<u64> {
    if elsewhere <= 0 {
        return None;
    }
    let (cost, elsewhere) = (i128::from(cost.max(0)), i128::from(elsewhere));
    u64::try_from((cost * 1000 + elsewhere / 2) / elsewhere).ok()
}

/// How a cost compares with what a customer costs elsewhere, exactly; none where that is nothing.
pub fn standing(cost: i64, elsewhere: i64) -> Option<Standing> {
    if elsewhere <= 0 {
        return None;
    }
    let (cost, elsewhere) = (i128::from(cost.max(0)) * 100, i128::from(elsewhere));
    Some(match cost {
        _ if cost >= elsewhere * 100 => Standing::Dearer,
        _ if cost > elsewhere * 70 => Standing::Close,
        _ if cost >= elsewhere * 50 => Standing::Healthy,
        _ => Standing::Low,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn terms(rewards: &serde_json::Value) -> Terms {
        let body = json!({ "rewards": rewards });
        Terms::read("terms", body.as_object().unwrap()).unwrap()
    }

    #[test]
    fn every_kind_of_reward_counts_once() {
        for (rewards, usual_sale, amount, has_more) in [
            (json!([]), Some(10_000), 0, false),
            (
                json!([{"id": "a", "on": "sale", "to": "referrer", "pay": {"share_bps": 1000}}]),
                Some(10_000),
                1000,
                false,
            ),
            (json!([{"id": "a", "on": "sale", "to": "referrer", "pay": {"share_bps": 1000}}]), None, 0, true),
            (
                json!([{"id": "a", "on": "sale", "to": "referrer", "pay": {"share_bps": 1000}},
                    {"id": "b", "on": "sale", "to": "friend", "pay": {"flat": 500}},
                    {"id": "c", "on": "lead", "to": "referrer", "pay": {"flat": 100}}]),
                Some(10_000),
                1600,
                false,
            ),
            (
                json!([{"id": "a", "on": "sale", "to": "referrer", "pay": {"perk": "A cutting"}}]),
                Some(10_000),
                0,
                true,
            ),
        ] {
            assert_eq!(cost(&terms(&rewards), usual_sale), Cost { amount, has_more }, "{rewards}");
        }
    }

    #[test]
    fn healthy_is_thirty_to_fifty_per_cent_less() {
        for (cost, elsewhere, found) in [
            (100, 100, Some(Standing::Dearer)),
            (99, 100, Some(Standing::Close)),
            (71, 100, Some(Standing::Close)),
            (70, 100, Some(Standing::Healthy)),
            (50, 100, Some(Standing::Healthy)),
            (49, 100, Some(Standing::Low)),
            (0, 100, Some(Standing::Low)),
            (10, 0, None),
            (i64::MAX, i64::MAX, Some(Standing::Dearer)),
        ] {
            assert_eq!(standing(cost, elsewhere), found, "{cost} of {elsewhere}");
        }
        assert_eq!(tenths_of(1, 3), Some(333));
        assert_eq!(tenths_of(2, 3), Some(667));
        assert_eq!(tenths_of(1, 0), None);
    }

    proptest! {
        #[test]
        fn what_costs_more_is_never_called_cheaper(cost in 0..i64::MAX, more in 0..i64::MAX, elsewhere in 1..i64::MAX) {
            let rank = |cost| match standing(cost, elsewhere) {
                Some(Standing::Low) => 0,
                Some(Standing::Healthy) => 1,
                Some(Standing::Close) => 2,
                Some(Standing::Dearer) => 3,
                None => 4,
            };
            prop_assert!(rank(cost.saturating_add(more)) >= rank(cost));
        }
    }
}
