//! Customers: who they are and what brought them.

use rusqlite::{OptionalExtension, Transaction, params};

use super::sql;
use crate::clock::Seconds;
use crate::fault::Fault;

/// A customer who is logged in.
#[derive(Clone, Debug)]
pub struct Customer {
    /// `cus_…`, the name Goodword knows them by.
    pub id: String,
    /// As they typed it: untrusted text.
    pub name: String,
    /// Where receipts would go.
    pub email: String,
    /// The click remembered when they signed up, when there was one.
    pub click_id: Option<String>,
}

/// Somebody signing up.
pub struct NewCustomer<'a> {
    /// A fresh `cus_…`.
    pub id: &'a str,
    /// Unique, whatever the case of its letters.
    pub email: &'a str,
    /// As typed.
    pub name: &'a str,
    /// A PHC string, never the password.
    pub password_hash: &'a str,
    /// What brought them.
    pub click_id: Option<&'a str>,
}

impl NewCustomer<'_> {
    /// Writes the customer. False: the e-mail address has an account already, nothing was written.
    pub fn insert(&self, tx: &Transaction<'_>, now: Seconds) -> Result<bool, Fault> {
        let row = params![self.id, self.email, self.name, self.password_hash, self.click_id, now];
        Ok(tx.prepare_cached(sql::CUSTOMER_INSERT)?.execute(row)? == 1)
    }
}

impl Customer {
    /// The id and password hash behind an e-mail address.
    pub fn credentials(tx: &Transaction<'_>, email: &str) -> Result<Option<(String, String)>, Fault> {
        let row =
            tx.prepare_cached(sql::CUSTOMER_BY_EMAIL)?.query_row([email], |r| Ok((r.get(0)?, r.get(1)?)));
        Ok(row.optional()?)
    }
}
