//! The proof that a link is somebody's: its secret, which only their browser has.

use super::book::Book;
use super::request::Request;
use crate::problem::Problem;
use crate::sql::sql;
use referral::link_secret::LinkSecret;

/// The referrer, id and code, who joined with a secret.
pub(crate) fn by_secret(book: &Book, secret: &LinkSecret) -> Result<Option<(String, String)>, Problem> {
    Ok(book.database.row(sql!("ledger/referrer_by_proof"), &[secret.hash()])?)
}

/// The referrer, id and code, whose proof came with a request.
pub(crate) fn referrer(book: &Book, request: &Request) -> Result<Option<(String, String)>, Problem> {
    match request.meta.proof.as_deref().and_then(LinkSecret::parse) {
        Some(secret) => by_secret(book, &secret),
        None => Ok(None),
    }
}
