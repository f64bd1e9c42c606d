//! Who has most of late. Table `ranking` has a row for each referrer who brought or got anything since a day, which moves once
//! a day and is then counted anew; in between its triggers keep it. So nobody's days have to be added up for a list that
//! begins with who has most.

use super::book::Book;
use super::desk::Leader;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::instant::DAY_MS;

/// How many days back "lately" reaches.
const LATELY_DAYS: i64 = 90;

/// Of so many who have most of late the leaders of a part of that time are sought first.
const NEAR: usize = 100;

/// Leaders that are named.
const LEADERS: usize = 5;

/// Sees that the ranking counts from the day it should; which one that is.
pub(crate) fn keep(book: &Book) -> Result<String, Problem> {
    let since = book.now().plus_ms(-LATELY_DAYS * DAY_MS).day();
    let known: Option<(String,)> = book.database.row(sql!("ledger/ranking_since"), &[(); 0])?;
    if known.is_none_or(|(known,)| known != since) {
        let mut writes = Writes::default();
        writes.add(sql!("ledger/ranking_empty"), &[(); 0])?;
        writes.add(sql!("ledger/ranking_fill"), &[&since])?;
        writes.add(sql!("ledger/ranking_since_put"), &[&since])?;
        book.commit(writes, None)?;
    }
    Ok(since)
}

/// Who brought most in some days (`YYYY-MM-DD`, both in it): by what was sold, then by sales, then by leads.
///
/// Nobody has more in a part of a time than in all of it. So where the last of those who are near the top of the whole has
/// more in the part than the first who is not near has in the whole, nobody else has to be looked at.
pub(crate) fn leaders(book: &Book, (from, to): (&str, &str)) -> Result<Vec<Leader>, Problem> {
    if keep(book)?.as_str() <= from {
        let near: Vec<Leader> =
            book.database.rows(sql!("ledger/ranking_leaders"), &(from, to, NEAR, LEADERS))?;
        let next: Option<(i64, u64, u64)> = book.database.row(sql!("ledger/ranking_after"), &[NEAR])?;
        let last = near.get(LEADERS - 1).map(|(_, leads, sales, sold)| (*sold, *sales, *leads));
        if next.is_none_or(|next| last.is_some_and(|last| last > next)) {
            return Ok(near);
        }
    }
    Ok(book.database.rows(sql!("ledger/desk_leaders"), &(from, to, LEADERS))?)
}
