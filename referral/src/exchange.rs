//! Exchange rates, told by the merchant with a sale: exact decimal numbers, never floats.
//!
//! A rate says how many whole units of the program's currency one whole unit of the sale's currency is worth, as
//! `"0.9215"`. The product is computed exactly and rounded down once, to a whole minor unit of the program's currency.

use crate::money::{Currency, LARGEST_AMOUNT, Money};
use alloc::borrow::ToOwned;
use alloc::string::String;

/// Most digits on either side of the point: enough for any two currencies, and products fit 128 bits.
const MOST_DIGITS: usize = 9;

/// A decimal number above 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rate {
    text: String,
    digits: u64,
    decimals: u32,
}

impl Rate {
    /// Reads a plain decimal number above 0 with at most nine digits on either side of the point: no sign, no exponent,
    /// no thousands separators.
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let plain = |part: &str| part.len() <= MOST_DIGITS && part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !plain(whole) || !plain(fraction) || text.ends_with('.') {
            return None;
        }
        let digits = [whole, fraction].concat().parse().ok().filter(|digits| *digits > 0)?;
        Some(Self { text: text.to_owned(), digits, decimals: u32::try_from(fraction.len()).ok()? })
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What an amount is worth in another currency, rounded down. `None` where that is more than the largest amount.
    pub fn convert(&self, money: Money, to: Currency) -> Option<i64> {
        let power = |exponent: u32| 10_i128.checked_pow(exponent);
        let above = i128::from(money.amount)
            .checked_mul(i128::from(self.digits))?
            .checked_mul(power(u32::from(to.exponent()))?)?;
        let below = power(self.decimals + u32::from(money.currency.exponent()))?;
        i64::try_from(above / below).ok().filter(|amount| (0..=LARGEST_AMOUNT).contains(amount))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use proptest::prelude::*;

    fn currency(code: &str) -> Currency {
        Currency::parse(code).expect("listed")
    }

    fn check(amount: i64, from: &str, rate: &str, to: &str, worth: Option<i64>) {
        let rate = Rate::parse(rate).expect("a rate");
        assert_eq!(rate.convert(Money { amount, currency: currency(from) }, currency(to)), worth);
    }

    #[test]
    fn amounts_are_converted_exactly_and_rounded_down_once() {
        check(10_000, "USD", "0.9215", "EUR", Some(9_215));
        check(1, "USD", "0.9215", "EUR", Some(0));
        check(9_999, "USD", "0.9215", "EUR", Some(9_214));
        check(10_000, "JPY", "0.0061", "EUR", Some(6_100));
        check(6_100, "EUR", "163.93", "JPY", Some(9_999));
        check(1_000, "KWD", "3.02", "EUR", Some(302));
        check(302, "EUR", "0.331", "KWD", Some(999));
        check(0, "USD", "0.9215", "EUR", Some(0));
        check(LARGEST_AMOUNT, "USD", "1", "EUR", Some(LARGEST_AMOUNT));
        check(LARGEST_AMOUNT, "USD", "1.000000001", "EUR", None);
        check(LARGEST_AMOUNT, "JPY", "999999999.999999999", "KWD", None);
    }

    #[test]
    fn what_is_no_plain_decimal_number_above_zero_is_no_rate() {
        for text in [
            "",
            ".",
            "1.",
            ".5",
            "-1",
            "+1",
            "1e3",
            "0",
            "0.000",
            "1,5",
            "1_0",
            " 1",
            "NaN",
            "٣",
            "1234567890",
            "0.1234567890",
        ] {
            assert!(Rate::parse(text).is_none(), "{text}");
        }
        assert_eq!(Rate::parse("000.10").map(|rate| rate.text().to_owned()), Some("000.10".to_owned()));
    }

    proptest! {
        #[test]
        fn what_is_converted_is_the_exact_product_less_than_one_unit_rounded(amount in 0..=LARGEST_AMOUNT, whole in 0_u32..1000, decimals in 1_u32..1_000_000) {
            let text = format!("{whole}.{decimals:06}");
            let rate = Rate::parse(&text).expect("a rate");
            let exact = i128::from(amount) * (i128::from(whole) * 1_000_000 + i128::from(decimals));
            match rate.convert(Money { amount, currency: currency("USD") }, currency("EUR")) {
                Some(worth) => {
                    let shown = i128::from(worth) * 1_000_000;
                    prop_assert!(shown <= exact && exact - shown < 1_000_000);
                }
                None => prop_assert!(exact / 1_000_000 > i128::from(LARGEST_AMOUNT)),
            }
        }
    }
}
