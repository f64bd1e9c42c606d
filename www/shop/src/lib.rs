//! **Fern & Field**, the demo shop: a merchant's site on its own origin, with the small backend a merchant has.
//!
//! Where to look:
//! - [`goodword`] is all there is to the integration: the file to copy into your own shop;
//! - [`verdict`] puts Goodword's answers into words;
//! - [`store`] keeps customers, sessions, orders and the outbox in SQLite, statements in `sql/`;
//! - [`web`] has the pages, one file per task, templates in `templates/`;
//! - [`catalogue`], [`cart`] and [`money`] are the shop itself.
//!
//! What's out of scope: payments. The card field takes a test number only, and no money moves.

pub mod cart;
pub mod catalogue;
pub mod clock;
pub mod config;
pub mod fault;
pub mod goodword;
pub mod money;
pub mod random;
pub mod store;
pub mod verdict;
pub mod web;

use std::sync::Arc;
use std::time::Duration;

use rusqlite::Transaction;

use config::Config;
use fault::Fault;
use goodword::Goodword;
use store::Store;

/// The running shop: its settings, its database, its way to Goodword. Cheap to clone.
#[derive(Clone)]
pub struct Shop(Arc<Parts>);

struct Parts {
    config: Config,
    store: Store,
    goodword: Goodword,
}

impl Shop {
    /// A shop over an open database. Nothing runs yet.
    #[must_use]
    pub fn new(config: Config, store: Store) -> Self {
        let goodword = Goodword::new(config.edge.clone(), config.secret_key.clone());
        Self(Arc::new(Parts { config, store, goodword }))
    }

    /// The settings.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// Runs a database transaction away from the threads that serve.
    pub async fn db<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let shop = self.clone();
        blocking(move || shop.0.store.run(work)).await
    }

    /// Sends Goodword what is due of one customer, so that the page that follows can show the answer. Whatever happens,
    /// the customer goes on: what was not sent is sent later.
    pub async fn tell(&self, customer_id: &str) {
        self.deliver(Some(customer_id.to_owned())).await;
    }

    /// Sends what is due, second by second, until the process ends.
    pub async fn keep_telling(self) {
        loop {
            self.deliver(None).await;
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    async fn deliver(&self, customer_id: Option<String>) {
        let shop = self.clone();
        let done =
            blocking(move || shop.0.goodword.deliver(&shop.0.store, customer_id.as_deref(), clock::now()))
                .await;
        if let Err(fault) = done {
            eprintln!("shop: the outbox could not be read: {fault}");
        }
    }
}

/// Runs work that blocks (SQLite, a call to Goodword, a password hash) on a thread made for it.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|e| Err(Fault::Thread(e.to_string())))
}
