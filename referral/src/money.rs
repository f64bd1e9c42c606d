//! Money: whole minor units and an ISO 4217 currency. No float touches it.
//!
//! One rounding rule for everything: **what a person gets or keeps is rounded down** to a whole minor unit. So shares of
//! a sale never add up to more than the sale, and a full refund takes back all of a reward.

use alloc::string::String;
use core::fmt;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The largest amount the API takes: 2^53 − 1 minor units, what every JSON reader can hold exactly.
pub const LARGEST_AMOUNT: i64 = 9_007_199_254_740_991;

/// Ten thousand basis points are the whole.
pub const WHOLE_BPS: u16 = 10_000;

/// An ISO 4217 currency.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency(iso_currency::Currency);

impl Currency {
    /// From the three-letter code in capitals. `None` for anything ISO 4217 does not list as money people pay with:
    /// funds, metals and test codes have no minor unit.
    pub fn parse(code: &str) -> Option<Self> {
        let currency = iso_currency::Currency::from_code(code)?;
        currency.exponent()?;
        (!currency.is_fund() && !currency.is_special()).then_some(Self(currency))
    }

    /// The three-letter code.
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// Digits after the decimal point: 2 for EUR, 0 for JPY, 3 for KWD.
    pub fn exponent(self) -> u16 {
        self.0.exponent().unwrap_or(2)
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::parse(&code).ok_or_else(|| serde::de::Error::custom("not an ISO 4217 currency"))
    }
}

/// An amount of one currency, in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// Minor units; cents for EUR, yen for JPY.
    pub amount: i64,
    /// Of which currency.
    pub currency: Currency,
}

/// `amount × numerator ÷ denominator`, rounded down. 0 where the denominator is 0 or less or a factor is negative.
fn part(amount: i64, numerator: i64, denominator: i64) -> i64 {
    if denominator <= 0 || amount < 0 || numerator < 0 {
        return 0;
    }
    let exact = i128::from(amount) * i128::from(numerator) / i128::from(denominator);
    i64::try_from(exact).unwrap_or(i64::MAX)
}

/// A share of an amount in basis points, rounded down.
pub fn share(amount: i64, bps: u16) -> i64 {
    part(amount, i64::from(bps), i64::from(WHOLE_BPS))
}

/// What is kept of a reward when `refunded` of a `sale` was given back: `reward × (sale − refunded) ÷ sale`, rounded
/// down. A full refund leaves nothing; no refund leaves all.
pub fn kept(reward: i64, sale: i64, refunded: i64) -> i64 {
    let left = sale.saturating_sub(refunded.max(0)).max(0);
    if left >= sale { reward } else { part(reward, left, sale) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn currencies_have_their_own_minor_units() {
        let exponent = |code| Currency::parse(code).map(Currency::exponent);
        assert_eq!(exponent("EUR"), Some(2));
        assert_eq!(exponent("JPY"), Some(0));
        assert_eq!(exponent("KWD"), Some(3));
        for refused in ["eur", "EURO", "", "XXX", "XAU", "XTS", "ZZZ", "BOV"] {
            assert_eq!(exponent(refused), None, "{refused}");
        }
    }

    #[test]
    fn a_share_is_rounded_down() {
        assert_eq!(share(999, 1000), 99);
        assert_eq!(share(9, 1000), 0);
        assert_eq!(share(LARGEST_AMOUNT, WHOLE_BPS), LARGEST_AMOUNT);
        assert_eq!(share(-100, 1000), 0);
    }

    proptest! {
        #[test]
        fn shares_of_a_sale_never_exceed_it(amount in 0..=LARGEST_AMOUNT, cuts in proptest::collection::vec(0..=WHOLE_BPS, 0..8)) {
            let mut left = WHOLE_BPS;
            let mut sum: i128 = 0;
            for cut in cuts {
                let bps = cut.min(left);
                left -= bps;
                sum += i128::from(share(amount, bps));
            }
            prop_assert!(sum <= i128::from(amount));
        }

        #[test]
        fn refunds_in_any_pieces_end_at_the_same_reward(reward in 0..=LARGEST_AMOUNT, sale in 1..=LARGEST_AMOUNT, pieces in proptest::collection::vec(0..=LARGEST_AMOUNT / 8, 0..8)) {
            let mut refunded = 0;
            let mut reversed = 0;
            for piece in pieces {
                refunded = (refunded + piece).min(sale);
                let now = reward - kept(reward, sale, refunded);
                prop_assert!(now >= reversed, "a further refund never gives a reward back");
                reversed = now;
            }
            prop_assert_eq!(reward - reversed, kept(reward, sale, refunded));
            prop_assert_eq!(kept(reward, sale, sale), 0);
            prop_assert_eq!(kept(reward, sale, 0), reward);
            prop_assert!(reversed <= reward);
        }
    }
}
