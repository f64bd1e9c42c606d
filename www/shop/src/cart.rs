//! The cart: products and how many of each.

use crate::catalogue::{self, Product};
use crate::money::Cents;

/// The most pieces of one product in one order.
pub const MOST: u32 = 20;

/// One product in the cart.
#[derive(Clone, Debug)]
pub struct Line {
    /// What.
    pub product: &'static Product,
    /// How many, 1 to [`MOST`].
    pub quantity: u32,
}

impl Line {
    /// What this line costs.
    #[must_use]
    pub fn total(&self) -> Cents {
        self.product.price.times(self.quantity)
    }
}

/// What a visitor has picked so far.
#[derive(Clone, Debug, Default)]
pub struct Cart {
    /// One line per product.
    pub lines: Vec<Line>,
}

impl Cart {
    /// The cart that was stored as product names and quantities. A product that is no longer sold is left out.
    #[must_use]
    pub fn restore(stored: &[(String, u32)]) -> Self {
        let lines = stored.iter().filter_map(|(slug, quantity)| {
            let product = catalogue::find(slug)?;
            Some(Line { product, quantity: (*quantity).clamp(1, MOST) })
        });
        Self { lines: lines.collect() }
    }

    /// What the order costs: the sum of the lines, in cents. Delivery is free.
    #[must_use]
    pub fn total(&self) -> Cents {
        self.lines.iter().map(Line::total).sum()
    }

    /// How many pieces are in it.
    #[must_use]
    pub fn pieces(&self) -> u32 {
        self.lines.iter().map(|line| line.quantity).sum()
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::{Cart, MOST};
    use crate::catalogue::PRODUCTS;
    use crate::money::Cents;

    fn cart(lines: &[(&str, u32)]) -> Cart {
        Cart::restore(&lines.iter().map(|(s, q)| ((*s).to_owned(), *q)).collect::<Vec<_>>())
    }

    #[test]
    fn the_total_is_the_sum_of_quantity_times_price() {
        let check = |lines: &[(&str, u32)], pieces, total| {
            let cart = cart(lines);
            assert_eq!((cart.pieces(), cart.total()), (pieces, Cents(total)), "{lines:?}");
        };
        check(&[], 0, 0);
        check(&[("monstera", 1)], 1, 3900);
        check(&[("monstera", 2), ("pilea", 3)], 5, 13_500);
        check(&[("not-sold-any-more", 4), ("pothos", 1)], 1, 2200);
        check(&[("pilea", 4_000_000_000)], MOST, 38_000);
    }

    #[test]
    fn the_largest_possible_cart_does_not_overflow() {
        let all: Vec<_> = PRODUCTS.iter().map(|p| (p.slug, u32::MAX)).collect();
        let expected: i64 = PRODUCTS.iter().map(|p| p.price.0 * i64::from(MOST)).sum();
        assert_eq!(cart(&all).total(), Cents(expected));
    }
}
