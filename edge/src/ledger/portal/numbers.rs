//! What came of a referrer's links, day by day.

use crate::ledger::book::Book;
use crate::problem::Problem;
use crate::sql::sql;
use serde::{Deserialize, Serialize};

/// A span of instants, in milliseconds: first included, last not.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Span {
    pub(crate) from: i64,
    pub(crate) to: i64,
}

/// What the ledger counts. Clicks are counted elsewhere: of these codes.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Numbers {
    pub(crate) codes: Vec<String>,
    /// Day, `lead`, `sale` or `friend`, how many.
    pub(crate) happened: Vec<(String, String, u64)>,
    /// Day, currency, granted less taken back.
    pub(crate) rewards: Vec<(String, String, i64)>,
}

pub(super) fn of(book: &Book, id: &str, span: Span) -> Result<Numbers, Problem> {
    let codes: Vec<(String,)> = book.database.rows(sql!("ledger/me_codes"), &[id])?;
    let bindings = (id, span.from, span.to);
    Ok(Numbers {
        codes: codes.into_iter().map(|(code,)| code).collect(),
        happened: book.database.rows(sql!("ledger/portal_days"), &bindings)?,
        rewards: book.database.rows(sql!("ledger/portal_day_rewards"), &bindings)?,
    })
}
