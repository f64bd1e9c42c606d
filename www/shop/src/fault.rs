//! What can go wrong on our side. A customer sees one page for all of it; the log says which.

use std::fmt;

/// A fault of the shop itself, never of the customer or of Goodword.
#[derive(Debug)]
pub enum Fault {
    /// The database refused a statement.
    Database(rusqlite::Error),
    /// The system gave no random bytes.
    Entropy(String),
    /// A password could not be hashed, or a token not be signed.
    Hash(String),
    /// A page could not be rendered.
    Page(askama::Error),
    /// A value could not be written as JSON.
    Json(serde_json::Error),
    /// A worker thread ended early.
    Thread(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Database(e) => write!(f, "database: {e}"),
            Self::Entropy(e) => write!(f, "random bytes: {e}"),
            Self::Hash(e) => write!(f, "hash: {e}"),
            Self::Page(e) => write!(f, "page: {e}"),
            Self::Json(e) => write!(f, "json: {e}"),
            Self::Thread(e) => write!(f, "thread: {e}"),
        }
    }
}

impl std::error::Error for Fault {}

impl From<rusqlite::Error> for Fault {
    fn from(e: rusqlite::Error) -> Self {
        Self::Database(e)
    }
}

impl From<askama::Error> for Fault {
    fn from(e: askama::Error) -> Self {
        Self::Page(e)
    }
}

impl From<serde_json::Error> for Fault {
    fn from(e: serde_json::Error) -> Self {
        Self::Json(e)
    }
}
