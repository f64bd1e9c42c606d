//! Figures as people read and write them: counts, money, per cent and days in a language. No float.

use crate::money::{Currency, LARGEST_AMOUNT};
use crate::promise::Locale;
use alloc::format;
use alloc::string::{String, ToString};

impl Locale {
    /// A whole number, grouped as the language does: `12,345`.
    pub fn whole(self, number: i64) -> String {
        signed(number, &self.number(number, 0))
    }

    /// An amount of minor units that may be below 0: `−5.00 EUR`.
    pub fn balance(self, amount: i64, currency: Currency) -> String {
        signed(amount, &self.money(amount, currency))
    }

    /// A part of a whole in per cent, to a tenth, rounded half up: `38.2%`. Empty where the whole is nothing.
    pub fn part(self, part: u64, whole: u64) -> String {
        if whole == 0 {
            return String::new();
        }
        let tenths = (u128::from(part) * 2000 + u128::from(whole)) / (u128::from(whole) * 2);
        self.percent_of_tenths(i64::try_from(tenths).unwrap_or(i64::MAX))
    }

    /// How much more or less than before, in whole per cent: `+12%`, `−30%`, `0%`. None where there was nothing before.
    pub fn change(self, now: i64, before: i64) -> Option<String> {
        if before <= 0 {
            return None;
        }
        let (now, before) = (i128::from(now), i128::from(before));
        let percent = ((now - before) * 200 + before * (now - before).signum()) / (before * 2);
        let percent = i64::try_from(percent).unwrap_or(i64::MAX);
        let digits =
            self.percent_of_tenths(percent.unsigned_abs().saturating_mul(10).min(1 << 60).cast_signed());
        Some(match percent {
            0 => digits,
            1.. => format!("+{digits}"),
            _ => format!("−{digits}"),
        })
    }

    fn percent_of_tenths(self, tenths: i64) -> String {
        let digits = if tenths % 10 == 0 { self.number(tenths / 10, 0) } else { self.number(tenths, 1) };
        self.say("percent", &digits)
    }

    /// Tenths as a number: 34 as `3.4`, 30 as `3`.
    pub fn tenths(self, tenths: u64) -> String {
        let tenths = i64::try_from(tenths).unwrap_or(i64::MAX);
        if tenths % 10 == 0 { self.number(tenths / 10, 0) } else { self.number(tenths, 1) }
    }

    /// An amount on an axis: without the digits behind the point where they say nothing.
    pub fn axis_money(self, amount: i64, currency: Currency) -> String {
        let unit = 10_i64.checked_pow(u32::from(currency.exponent())).unwrap_or(1);
        if amount % unit == 0 {
            self.number(amount / unit, 0)
        } else {
            self.number(amount, usize::from(currency.exponent()))
        }
    }
}

fn signed(number: i64, digits: &str) -> String {
    if number < 0 { format!("−{digits}") } else { digits.to_string() }
}

/// An amount as it stands in a field of a form: `5.00`, with a point in every language, and readable by [`read_money`].
pub fn plain_money(amount: i64, currency: Currency) -> String {
    plain(amount, usize::from(currency.exponent()))
}

/// Basis points as they stand in a field of a form: `12.5`.
pub fn plain_percent(bps: u16) -> String {
    let text = plain(i64::from(bps), 2);
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

fn plain(value: i64, decimals: usize) -> String {
    let digits = format!("{:0>width$}", value.unsigned_abs(), width = decimals + 1);
    let (whole, fraction) = digits.split_at(digits.len() - decimals);
    let text = if decimals == 0 { whole.to_string() } else { format!("{whole}.{fraction}") };
    signed(value, &text)
}

/// Reads an amount as people write it, `5`, `5.00` or `5,00`, into minor units. None where it is below 0, has more digits
/// than the currency, marks for thousands, or is larger than [`LARGEST_AMOUNT`].
pub fn read_money(text: &str, currency: Currency) -> Option<i64> {
    read(text, usize::from(currency.exponent())).filter(|amount| *amount <= LARGEST_AMOUNT)
}

/// Reads per cent, `10` or `12.5`, into basis points; at most two digits behind the point, at most 100.
pub fn read_percent(text: &str) -> Option<u16> {
    let bps = read(text.trim().trim_end_matches('%'), 2)?;
    u16::try_from(bps).ok().filter(|bps| *bps <= crate::money::WHOLE_BPS)
}

/// Reads a whole number, in digits alone.
pub fn read_whole(text: &str) -> Option<i64> {
    read(text, 0)
}

fn read(text: &str, decimals: usize) -> Option<i64> {
    let text = text.trim();
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let cut = text.len() > whole.len() && fraction.is_empty();
    if whole.is_empty() || !digits(whole) || !digits(fraction) || cut || fraction.len() > decimals {
        return None;
    }
    format!("{whole}{fraction:0<decimals$}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::promise::LOCALES;
    use proptest::prelude::*;

    const EN: Locale = LOCALES[0];

    fn currency(code: &str) -> Currency {
        Currency::parse(code).expect("a currency")
    }

    #[test]
    fn amounts_below_nothing_have_a_minus() {
        assert_eq!(EN.balance(-500, currency("EUR")), "−5.00\u{a0}EUR");
        assert_eq!(EN.balance(1_234_500, currency("JPY")), "1,234,500\u{a0}JPY");
        assert_eq!(EN.whole(-1200), "−1,200");
    }

    #[test]
    fn parts_are_rounded_half_up_to_a_tenth() {
        let check =
            |part, whole, expected: &str| assert_eq!(EN.part(part, whole), expected, "{part} {whole}");
        check(1, 3, "33.3%");
        check(2, 3, "66.7%");
        check(1, 2, "50%");
        check(1, 2000, "0.1%");
        check(0, 5, "0%");
        check(5, 0, "");
        check(u64::MAX, u64::MAX, "100%");
    }

    #[test]
    fn a_change_has_its_sign_and_none_without_a_before() {
        let check = |now, before, expected: Option<&str>| {
            assert_eq!(EN.change(now, before).as_deref(), expected, "{now} {before}");
        };
        check(112, 100, Some("+12%"));
        check(70, 100, Some("−30%"));
        check(100, 100, Some("0%"));
        check(5, 0, None);
        check(2, 3, Some("−33%"));
        check(0, 3, Some("−100%"));
    }

    #[test]
    fn money_is_read_as_people_write_it_and_nothing_is_guessed() {
        let check =
            |text, code, expected| assert_eq!(read_money(text, currency(code)), expected, "{text:?} {code}");
        check("5", "EUR", Some(500));
        check(" 5,5 ", "EUR", Some(550));
        check("5.00", "EUR", Some(500));
        check("0", "EUR", Some(0));
        check("500", "JPY", Some(500));
        check("1.234", "KWD", Some(1234));
        for refused in
            ["", "-5", "5.001", "1,234.00", "1 000", "5 EUR", "५", "5.", ".5", "1e3", "99999999999999999999"]
        {
            check(refused, "EUR", None);
        }
        check("5.0", "JPY", None);
        assert_eq!(read_percent("12.5"), Some(1250));
        assert_eq!(read_percent("10 %"), Some(1000));
        assert_eq!(read_percent("100.01"), None);
        assert_eq!(read_whole(" 12 "), Some(12));
        assert_eq!((read_whole("1.0"), read_whole("-1"), read_whole("")), (None, None, None));
        assert_eq!(plain_percent(1250), "12.5");
        assert_eq!(plain_percent(1000), "10");
        assert_eq!(plain_percent(0), "0");
    }

    proptest! {
        #[test]
        fn what_stands_in_a_field_is_read_as_it_was(amount in 0..=LARGEST_AMOUNT, bps in 0..=10_000_u16) {
            for code in ["EUR", "JPY", "KWD"] {
                prop_assert_eq!(read_money(&plain_money(amount, currency(code)), currency(code)), Some(amount));
            }
            prop_assert_eq!(read_percent(&plain_percent(bps)), Some(bps));
        }

        #[test]
        fn nothing_makes_reading_panic(text in ".{0,40}", now in any::<i64>(), before in any::<i64>()) {
            let _ = read_money(&text, currency("EUR"));
            let _ = read_percent(&text);
            let _ = EN.change(now, before);
        }
    }
}
