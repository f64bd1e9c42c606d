//! What came of a referrer's links, day by day, and what they have.

use crate::ledger::book::Book;
use crate::problem::Problem;
use crate::sql::sql;
use serde::{Deserialize, Serialize};

/// Days of UTC (`YYYY-MM-DD`), both in it.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Span {
    pub(crate) first: String,
    pub(crate) last: String,
}

/// What the ledger counts. Clicks are counted elsewhere: of these codes.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Numbers {
    pub(crate) codes: Vec<String>,
    /// Day, friends, leads, sales.
    pub(crate) happened: Vec<(String, i64, i64, i64)>,
    /// Day, currency, granted less taken back.
    pub(crate) rewards: Vec<(String, String, i64)>,
    /// What there is now of each state: state, currency, amount, rewards.
    pub(crate) balances: Vec<(String, String, i64, u64)>,
}

pub(super) fn of(book: &Book, id: &str, span: &Span) -> Result<Numbers, Problem> {
    let codes: Vec<(String,)> = book.database.rows(sql!("ledger/me_codes"), &[id])?;
    let bindings = (id, &span.first, &span.last);
    Ok(Numbers {
        codes: codes.into_iter().map(|(code,)| code).collect(),
        happened: book.database.rows(sql!("ledger/portal_days"), &bindings)?,
        rewards: book.database.rows(sql!("ledger/portal_day_rewards"), &bindings)?,
        balances: book.database.rows(sql!("ledger/me_rewards"), &[id])?,
    })
}
