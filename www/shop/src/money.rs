//! Money in the shop's one currency, euro, as integer cents.

use std::fmt;
use std::iter::Sum;

/// ISO 4217 code of every price in the shop.
pub const CURRENCY: &str = "EUR";

/// An amount in euro cents, never a fraction of one. Prices, totals and refunds are never negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Cents(pub i64);

impl Cents {
    /// The price of `quantity` pieces at this price each.
    #[must_use]
    pub fn times(self, quantity: u32) -> Self {
        Self(self.0 * i64::from(quantity))
    }

    /// What a person types into an amount field: `12`, `12.5`, `12.50`, `12,50`, with or without `€`.
    /// Nothing else: no sign, no third decimal, no thousands separator. At most 999 999.99.
    #[must_use]
    pub fn typed(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix('€').or(text.strip_suffix('€')).unwrap_or(text).trim();
        let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, "0"));
        let digits =
            |s: &str, most: usize| (1..=most).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole, 6) || !digits(fraction, 2) {
            return None;
        }
        let cents = format!("{whole}{fraction:0<2}").parse().ok()?;
        Some(Self(cents))
    }

    /// The amount as a person types it, `12.50`, to fill a field with.
    #[must_use]
    pub fn plain(self) -> String {
        format!("{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "−" } else { "" };
        let cents = self.0.unsigned_abs();
        write!(f, "{sign}€{}.{:02}", cents / 100, cents % 100)
    }
}

impl Sum for Cents {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        Self(amounts.map(|a| a.0).sum())
    }
}

#[cfg(test)]
mod tests {
    use super::Cents;

    #[test]
    fn typed_amounts_are_read_to_the_cent_or_not_at_all() {
        let check = |text, cents: Option<i64>| assert_eq!(Cents::typed(text), cents.map(Cents), "{text:?}");
        check("12", Some(1200));
        check("12.5", Some(1250));
        check("12,50", Some(1250));
        check(" €0.07 ", Some(7));
        check("3.99 €", Some(399));
        check("999999.99", Some(99_999_999));
        for refused in
            ["", "-1", "+1", "1.234", "1.", ".5", "1e3", "1,000.00", "1000000", "NaN", "１２", "1 2", "0x10"]
        {
            check(refused, None);
        }
    }

    #[test]
    fn amounts_are_shown_with_two_decimals() {
        assert_eq!(Cents(2405).to_string(), "€24.05");
        assert_eq!(Cents(-7).to_string(), "−€0.07");
        assert_eq!(Cents(5).plain(), "0.05");
        assert_eq!([Cents(1999), Cents(1)].into_iter().sum::<Cents>(), Cents(2000));
        assert_eq!(Cents(1999).times(3), Cents(5997));
    }
}
