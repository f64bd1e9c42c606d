//! Rewards: what the terms promise for one conversion, and what a refund takes back.

use crate::instant::Instant;
use crate::money::{self, Currency, Money};
use crate::terms::{Occasion, Pay, Side, Terms};
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// States of a reward: pending → approved → paid; held; voided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Waits for the end of its hold.
    Pending,
    /// Owed.
    Approved,
    /// Sent.
    Paid,
    /// Waits for a person's decision.
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

/// One reward to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The rule's id.
    pub rule: String,
    /// Who gets it.
    pub to: Side,
    /// Minor units of the program's currency, above 0.
    pub amount: i64,
    /// When its hold ends.
    pub available_at: Instant,
}

/// Why a rule of the terms granted nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoReward {
    /// The sale is below the terms' minimum order.
    BelowMinimumOrder,
    /// The sale is in another currency than the program's.
    OtherCurrency,
    /// The share rounds down to nothing.
    RoundsToNothing,
    /// Earlier rules took all of the sale.
    SaleUsedUp,
}

/// A rule that granted nothing, for the trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// The rule's id.
    pub rule: String,
    /// Why.
    pub reason: NoReward,
}

/// What a credited conversion grants.
///
/// A sale's rewards never add up to more than the sale: rules are served in the order of the terms, each from what the
/// rules before it left.
pub fn grant(
    terms: &Terms,
    program_currency: Currency,
    sale: Option<Money>,
    occurred_at: Instant,
) -> (Vec<Grant>, Vec<Skipped>) {
    let occasion = if sale.is_some() { Occasion::Sale } else { Occasion::Lead };
    let available_at = occurred_at.plus_days(terms.hold_days);
    let mut left = sale.map(|sale| sale.amount);
    let mut grants = Vec::new();
    let mut skipped = Vec::new();
    for rule in terms.rewards.iter().filter(|rule| rule.on == occasion) {
        match amount(terms, program_currency, sale, left, rule.pay) {
            Ok(amount) => {
                left = left.map(|left| left - amount);
                grants.push(Grant { rule: rule.id.clone(), to: rule.to, amount, available_at });
            }
            Err(reason) => skipped.push(Skipped { rule: rule.id.clone(), reason }),
        }
    }
    (grants, skipped)
}

fn amount(
    terms: &Terms,
    currency: Currency,
    sale: Option<Money>,
    left: Option<i64>,
    pay: Pay,
) -> Result<i64, NoReward> {
    let promised = match (pay, sale) {
        (_, Some(sale)) if sale.currency != currency => return Err(NoReward::OtherCurrency),
        (_, Some(sale)) if sale.amount < terms.minimum_order => {
            return Err(NoReward::BelowMinimumOrder);
        }
        (Pay::Flat(amount), _) => amount,
        (Pay::ShareBps(bps), Some(sale)) => money::share(sale.amount, bps),
        (Pay::ShareBps(_), None) => 0,
    };
    let amount = left.map_or(promised, |left| promised.min(left));
    match amount {
        1.. => Ok(amount),
        _ if promised > 0 => Err(NoReward::SaleUsedUp),
        _ => Err(NoReward::RoundsToNothing),
    }
}

/// What is still to be taken back of a reward, in minor units, when `refunded` of its sale was given back in all and
/// `reversed` was taken back before. Never negative.
pub fn reversal(reward: i64, sale: i64, refunded: i64, reversed: i64) -> i64 {
    (reward - money::kept(reward, sale, refunded) - reversed).max(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::LARGEST_AMOUNT;
    use crate::terms::{Model, RewardRule};
    use alloc::format;
    use alloc::vec;
    use proptest::prelude::*;

    const AT: Instant = Instant::from_ms(1_795_262_400_000);

    fn euro() -> Currency {
        Currency::parse("EUR").expect("listed")
    }

    fn terms(pays: &[Pay], minimum_order: i64) -> Terms {
        let rule = |(at, pay): (usize, &Pay)| RewardRule {
            id: format!("r{at}"),
            on: Occasion::Sale,
            to: if at % 2 == 0 { Side::Referrer } else { Side::Friend },
            pay: *pay,
        };
        Terms {
            attribution: Model::LastClick,
            window_days: 90,
            hold_days: 30,
            minimum_order,
            first_customer_only: true,
            rewards: pays.iter().enumerate().map(rule).collect(),
        }
    }

    fn check(terms: &Terms, amount: i64, granted: &[i64], refused: &[NoReward]) {
        let (grants, skipped) = grant(terms, euro(), Some(Money { amount, currency: euro() }), AT);
        assert_eq!(grants.iter().map(|grant| grant.amount).collect::<Vec<_>>(), granted);
        assert_eq!(skipped.iter().map(|skipped| skipped.reason).collect::<Vec<_>>(), refused);
    }

    #[test]
    fn both_sides_get_what_the_terms_promise() {
        let terms = terms(&[Pay::ShareBps(1000), Pay::Flat(500)], 0);
        check(&terms, 9900, &[990, 500], &[]);
        let (grants, _) = grant(&terms, euro(), Some(Money { amount: 9900, currency: euro() }), AT);
        assert!(grants.iter().all(|grant| grant.available_at == AT.plus_days(30)));
    }

    #[test]
    fn below_the_minimum_order_nothing_is_granted_and_at_it_everything() {
        let terms = terms(&[Pay::Flat(500)], 2000);
        check(&terms, 1999, &[], &[NoReward::BelowMinimumOrder]);
        check(&terms, 2000, &[500], &[]);
    }

    #[test]
    fn rules_share_a_small_sale_in_order() {
        check(
            &terms(&[Pay::Flat(500), Pay::Flat(500), Pay::Flat(1)], 0),
            700,
            &[500, 200],
            &[NoReward::SaleUsedUp],
        );
        check(&terms(&[Pay::ShareBps(1)], 0), 9, &[], &[NoReward::RoundsToNothing]);
        check(&terms(&[Pay::Flat(5)], 0), 0, &[], &[NoReward::SaleUsedUp]);
    }

    #[test]
    fn a_sale_in_another_currency_grants_nothing() {
        let yen = Currency::parse("JPY").expect("listed");
        let (grants, skipped) =
            grant(&terms(&[Pay::Flat(5)], 0), euro(), Some(Money { amount: 100, currency: yen }), AT);
        assert!(grants.is_empty());
        assert_eq!(skipped.first().map(|skipped| skipped.reason), Some(NoReward::OtherCurrency));
    }

    proptest! {
        #[test]
        fn rewards_never_exceed_the_sale(
            amount in 0..=LARGEST_AMOUNT,
            pays in proptest::collection::vec(prop_oneof![(1..=LARGEST_AMOUNT).prop_map(Pay::Flat), (1_u16..=10_000).prop_map(Pay::ShareBps)], 0..8),
        ) {
            let (grants, skipped) = grant(&terms(&pays, 0), euro(), Some(Money { amount, currency: euro() }), AT);
            let sum: i128 = grants.iter().map(|grant| i128::from(grant.amount)).sum();
            prop_assert!(sum <= i128::from(amount));
            prop_assert!(grants.iter().all(|grant| grant.amount > 0));
            prop_assert_eq!(grants.len() + skipped.len(), pays.len(), "no rule is dropped in silence");
        }

        #[test]
        fn reversals_never_exceed_the_reward(reward in 1..=LARGEST_AMOUNT, sale in 1..=LARGEST_AMOUNT, refunds in proptest::collection::vec(1..=LARGEST_AMOUNT, 1..6)) {
            let mut refunded = 0_i64;
            let mut reversed = 0_i64;
            for refund in refunds {
                refunded = refunded.saturating_add(refund).min(sale);
                reversed += reversal(reward, sale, refunded, reversed);
                prop_assert!(reversed <= reward);
            }
            prop_assert_eq!(reversed == reward, refunded == sale || money::kept(reward, sale, refunded) == 0);
        }
    }

    #[test]
    fn a_refund_in_two_halves_takes_back_what_one_would() {
        assert_eq!(reversal(990, 9900, 9900, 0), 990);
        let half = reversal(990, 9900, 4950, 0);
        assert_eq!(half, 495);
        assert_eq!(half + reversal(990, 9900, 9900, half), 990);
        assert_eq!(vec![reversal(1, 3, 1, 0)], [1], "rounding goes against what is kept");
    }
}
