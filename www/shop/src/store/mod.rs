//! The shop's database: one SQLite file, one connection, short transactions.

mod customers;
mod purchases;
mod sessions;
pub(crate) mod sql;

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use rusqlite::{Connection, Transaction, TransactionBehavior};

pub use customers::{Customer, NewCustomer};
pub use purchases::{NewPurchase, Purchase, PurchaseLine, Refund};
pub(crate) use sessions::LIFETIME;
pub use sessions::Session;

use crate::fault::Fault;

/// The open database. Cheap statements only: the connection is shared.
pub struct Store {
    connection: Mutex<Connection>,
}

impl Store {
    /// Opens `shop.sqlite` in a folder, making both when missing.
    pub fn open(folder: &Path) -> Result<Self, Fault> {
        Self::prepare(Connection::open(folder.join("shop.sqlite"))?)
    }

    /// A database that is gone with the process, for tests.
    pub fn in_memory() -> Result<Self, Fault> {
        Self::prepare(Connection::open_in_memory()?)
    }

    fn prepare(connection: Connection) -> Result<Self, Fault> {
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "full")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.execute_batch(sql::SCHEMA)?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(Self { connection: Mutex::new(connection) })
    }

    /// Runs one transaction: all of it is kept when `work` returns `Ok`, none of it otherwise.
    pub fn run<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, Fault>) -> Result<T, Fault> {
        // A panic while holding the lock rolled its transaction back; the connection is sound.
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = work(&transaction)?;
        transaction.commit()?;
        Ok(done)
    }
}
