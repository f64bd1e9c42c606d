//! The proof that a link is somebody's: its secret, which only their browser has.

use super::book::Book;
use super::request::Request;
use crate::problem::Problem;
use crate::sql::sql;
use referral::link_secret::LinkSecret;

/// A link that somebody has joined with.
pub(crate) struct Link {
    /// Who joined with it; where they were joined to another since, still they.
    pub(crate) joined_by: String,
    pub(crate) code: String,
    /// Who is credited by it now, and their first code.
    pub(crate) referrer_id: String,
    pub(crate) first_code: String,
    /// Whether that is somebody who signs in.
    pub(crate) identified: bool,
}

/// The link of a secret; none where nobody has joined with it.
pub(crate) fn link(book: &Book, secret: &LinkSecret) -> Result<Option<Link>, Problem> {
    type Row = (String, String, String, String, Option<String>);
    let row: Option<Row> = book.database.row(sql!("ledger/link_by_proof"), &[secret.hash()])?;
    Ok(row.map(|(joined_by, code, referrer_id, first_code, external_id)| Link {
        joined_by,
        code,
        referrer_id,
        first_code,
        identified: external_id.is_some(),
    }))
}

/// The secret in a request's `Goodword-Proof`; none where there is none that is well formed.
pub(crate) fn secret(request: &Request) -> Option<LinkSecret> {
    request.meta.proof.as_deref().and_then(LinkSecret::parse)
}
