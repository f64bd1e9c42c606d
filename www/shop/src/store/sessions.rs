//! Sessions: a visitor's cart, the click they came with, and who they are once logged in.

use rusqlite::{OptionalExtension, Transaction, params};

use super::{Customer, sql};
use crate::cart::{Cart, MOST};
use crate::clock::Seconds;
use crate::fault::Fault;
use crate::random;

/// How long a session and its cookie last, in seconds: 30 days.
pub(crate) const LIFETIME: Seconds = 30 * 86_400;

/// A visitor's stored session.
#[derive(Clone, Debug)]
pub struct Session {
    /// The digest of its secret, its key in the database.
    pub digest: String,
    /// Who is logged in.
    pub customer: Option<Customer>,
    /// The click this visitor came with, when it was seen.
    pub click_id: Option<String>,
}

impl Session {
    /// The session of a cookie, when it is known and not expired.
    pub fn find(tx: &Transaction<'_>, secret: &str, now: Seconds) -> Result<Option<Self>, Fault> {
        let digest = random::digest(secret);
        let found = tx.prepare_cached(sql::SESSION_FIND)?.query_row(params![digest, now], |r| {
            let customer = match r.get::<_, Option<String>>(1)? {
                Some(id) => Some(Customer { id, name: r.get(2)?, email: r.get(3)?, click_id: r.get(4)? }),
                None => None,
            };
            Ok((customer, r.get(0)?))
        });
        Ok(found.optional()?.map(|(customer, click_id)| Self { digest, customer, click_id }))
    }

    /// Begins a session; also forgets those that have expired. Returns the secret for the cookie, and the session.
    pub fn begin(
        tx: &Transaction<'_>,
        click_id: Option<&str>,
        now: Seconds,
    ) -> Result<(String, Self), Fault> {
        tx.prepare_cached(sql::SESSION_SWEEP)?.execute([now])?;
        let secret = random::secret()?;
        let digest = random::digest(&secret);
        tx.prepare_cached(sql::SESSION_INSERT)?.execute(params![digest, click_id, now + LIFETIME])?;
        Ok((secret, Self { digest, customer: None, click_id: click_id.map(str::to_owned) }))
    }

    /// Makes this session the customer's, under a new secret, which is returned for the cookie.
    pub fn log_in(&self, tx: &Transaction<'_>, customer_id: &str, now: Seconds) -> Result<String, Fault> {
        let secret = random::secret()?;
        let row = params![self.digest, random::digest(&secret), customer_id, now + LIFETIME];
        tx.prepare_cached(sql::SESSION_LOG_IN)?.execute(row)?;
        Ok(secret)
    }

    /// Ends the session, with its cart.
    pub fn end(&self, tx: &Transaction<'_>) -> Result<(), Fault> {
        tx.prepare_cached(sql::SESSION_DELETE)?.execute([&self.digest])?;
        Ok(())
    }

    /// Remembers the click this visitor came with.
    pub fn remember_click(&self, tx: &Transaction<'_>, click_id: &str) -> Result<(), Fault> {
        tx.prepare_cached(sql::SESSION_REMEMBER_CLICK)?.execute([&self.digest, click_id])?;
        Ok(())
    }

    /// What is in the cart.
    pub fn cart(&self, tx: &Transaction<'_>) -> Result<Cart, Fault> {
        let mut statement = tx.prepare_cached(sql::CART_LINES)?;
        let rows = statement.query_map([&self.digest], |r| Ok((r.get(0)?, r.get(1)?)))?;
        Ok(Cart::restore(&rows.collect::<Result<Vec<_>, _>>()?))
    }

    /// Adds pieces of a product; together at most [`MOST`].
    pub fn add(&self, tx: &Transaction<'_>, product: &str, quantity: u32) -> Result<(), Fault> {
        let row = params![self.digest, product, quantity.clamp(1, MOST)];
        tx.prepare_cached(sql::CART_ADD)?.execute(row)?;
        Ok(())
    }

    /// Sets how many pieces of a product there are; none removes it.
    pub fn set(&self, tx: &Transaction<'_>, product: &str, quantity: u32) -> Result<(), Fault> {
        if quantity == 0 {
            tx.prepare_cached(sql::CART_REMOVE)?.execute([self.digest.as_str(), product])?;
        } else {
            tx.prepare_cached(sql::CART_SET)?.execute(params![self.digest, product, quantity.min(MOST)])?;
        }
        Ok(())
    }

    /// Empties the cart.
    pub fn clear(&self, tx: &Transaction<'_>) -> Result<(), Fault> {
        tx.prepare_cached(sql::CART_CLEAR)?.execute([&self.digest])?;
        Ok(())
    }
}
