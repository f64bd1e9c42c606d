//! Orders and their refunds.

use rusqlite::{OptionalExtension, Transaction, params};

use super::sql;
use crate::cart::Cart;
use crate::clock::{self, Seconds};
use crate::fault::Fault;
use crate::money::Cents;

/// An order that was placed, with what has been refunded of it.
#[derive(Clone, Debug)]
pub struct Purchase {
    /// `FF-XXXX-XXXX`.
    pub id: String,
    /// The name on the parcel: untrusted text.
    pub recipient: String,
    /// Where it goes: untrusted text.
    pub address: String,
    /// What was paid.
    pub amount: Cents,
    /// When.
    pub placed_at: Seconds,
    /// The sum of its refunds.
    pub refunded: Cents,
    /// How many refunds there are.
    pub refund_count: u32,
}

/// A line of an order, as it was sold.
#[derive(Clone, Debug)]
pub struct PurchaseLine {
    /// The product's name on the day.
    pub name: String,
    /// How many.
    pub quantity: u32,
    /// What they cost together.
    pub total: Cents,
}

/// Money given back.
#[derive(Clone, Debug)]
pub struct Refund {
    /// `{order}-R{n}`.
    pub id: String,
    /// How much.
    pub amount: Cents,
    /// When it was asked for, which in this shop is when it was granted.
    pub requested_at: Seconds,
}

/// An order being placed.
pub struct NewPurchase<'a> {
    /// A fresh order number.
    pub id: &'a str,
    /// The checkout form's own number: the same form sent twice is the same order.
    pub checkout: &'a str,
    /// Who buys.
    pub customer_id: &'a str,
    /// The name on the parcel.
    pub recipient: &'a str,
    /// Where it goes.
    pub address: &'a str,
    /// What is bought.
    pub cart: &'a Cart,
}

impl Refund {
    /// The day it was granted, in words.
    #[must_use]
    pub fn day(&self) -> String {
        clock::day(self.requested_at)
    }
}

impl NewPurchase<'_> {
    /// Writes the order and its lines.
    pub fn insert(&self, tx: &Transaction<'_>, now: Seconds) -> Result<(), Fault> {
        let total = self.cart.total().0;
        let row = params![self.id, self.checkout, self.customer_id, self.recipient, self.address, total, now];
        tx.prepare_cached(sql::PURCHASE_INSERT)?.execute(row)?;
        let mut line = tx.prepare_cached(sql::PURCHASE_LINE_INSERT)?;
        for l in &self.cart.lines {
            line.execute(params![self.id, l.product.name, l.product.price.0, l.quantity])?;
        }
        Ok(())
    }
}

impl Purchase {
    /// A customer's own order; somebody else's is as unknown as one that never was.
    pub fn find(tx: &Transaction<'_>, id: &str, customer_id: &str) -> Result<Option<Self>, Fault> {
        let row = tx.prepare_cached(sql::PURCHASE_FIND)?.query_row([id, customer_id], |r| {
            Ok(Self {
                id: r.get(0)?,
                recipient: r.get(1)?,
                address: r.get(2)?,
                amount: Cents(r.get(3)?),
                placed_at: r.get(4)?,
                refunded: Cents(r.get(5)?),
                refund_count: r.get(6)?,
            })
        });
        Ok(row.optional()?)
    }

    /// The order this checkout form already became.
    pub fn of_checkout(
        tx: &Transaction<'_>,
        checkout: &str,
        customer_id: &str,
    ) -> Result<Option<String>, Fault> {
        let row =
            tx.prepare_cached(sql::PURCHASE_BY_CHECKOUT)?.query_row([checkout, customer_id], |r| r.get(0));
        Ok(row.optional()?)
    }

    /// A customer's 50 newest orders.
    pub fn all(tx: &Transaction<'_>, customer_id: &str) -> Result<Vec<Self>, Fault> {
        let ids: Vec<String> = {
            let mut statement = tx.prepare_cached(sql::PURCHASES_OF_CUSTOMER)?;
            let rows = statement.query_map([customer_id], |r| r.get(0))?;
            rows.collect::<Result<_, _>>()?
        };
        let found = ids.iter().map(|id| Self::find(tx, id, customer_id));
        found.filter_map(Result::transpose).collect()
    }

    /// What it was made of.
    pub fn lines(&self, tx: &Transaction<'_>) -> Result<Vec<PurchaseLine>, Fault> {
        let mut statement = tx.prepare_cached(sql::PURCHASE_LINES)?;
        let rows = statement.query_map([&self.id], |r| {
            let quantity = r.get(2)?;
            Ok(PurchaseLine { name: r.get(0)?, quantity, total: Cents(r.get(1)?).times(quantity) })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Its refunds, oldest first.
    pub fn refunds(&self, tx: &Transaction<'_>) -> Result<Vec<Refund>, Fault> {
        let mut statement = tx.prepare_cached(sql::REFUNDS_OF_PURCHASE)?;
        let rows = statement.query_map([&self.id], |r| {
            Ok(Refund { id: r.get(0)?, amount: Cents(r.get(1)?), requested_at: r.get(2)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The day it was placed, in words.
    #[must_use]
    pub fn day(&self) -> String {
        clock::day(self.placed_at)
    }

    /// What can still be given back.
    #[must_use]
    pub fn remaining(&self) -> Cents {
        Cents(self.amount.0 - self.refunded.0)
    }

    /// The id the next refund of this order gets. A form carries it, so sending the form twice is one refund.
    #[must_use]
    pub fn next_refund_id(&self) -> String {
        format!("{}-R{}", self.id, self.refund_count + 1)
    }

    /// Writes a refund under [`Self::next_refund_id`].
    pub fn refund(&self, tx: &Transaction<'_>, amount: Cents, now: Seconds) -> Result<String, Fault> {
        let id = self.next_refund_id();
        tx.prepare_cached(sql::REFUND_INSERT)?.execute(params![id, self.id, amount.0, now])?;
        Ok(id)
    }
}
