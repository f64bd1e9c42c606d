//! Who has most of late. Table `ranking` has a row for each referrer who brought or got anything since a day that moves on
//! once a day; in between its triggers keep it. So nobody's days have to be added up for a list that begins with who has most.

use super::book::Book;
use super::desk::Leader;
use crate::problem::Problem;
use crate::sql::{ALL, Writes, sql};
use referral::instant::DAY_MS;

/// How many days back "lately" reaches.
const LATELY_DAYS: i64 = 90;

/// Of so many who have most of late the leaders of a part of that time are sought first.
const NEAR: i64 = 100;

/// Leaders that are named.
const LEADERS: usize = 5;

/// Sees that the ranking counts from the day it should; which one that is.
pub(crate) fn keep(book: &Book) -> Result<String, Problem> {
    let since = book.now().plus_ms(-LATELY_DAYS * DAY_MS).day();
    let known: Option<(String,)> = book.database.row(sql!("ledger/ranking_since"), &[(); 0])?;
    let (known,) = known.ok_or_else(|| Problem::internal("the ranking counts from no day"))?;
    if known == since {
        return Ok(since);
    }
    let mut writes = Writes::default();
    if known < since {
        writes.add(sql!("ledger/ranking_move"), &(known, &since))?;
        writes.add(sql!("ledger/ranking_drop"), &[(); 0])?;
    } else {
        // The clock was set back.
        writes.add(sql!("ledger/ranking_empty"), &[(); 0])?;
        writes.add(sql!("ledger/ranking_fill"), &[&since])?;
    }
    writes.add(sql!("ledger/ranking_since_set"), &[&since])?;
    book.commit(writes, None)?;
    Ok(since)
}

/// Who brought most in some days of the last ninety (`YYYY-MM-DD`, both in it): by what was sold, then by sales, then by
/// leads.
///
/// Nobody has more in a part of a time than in all of it. So only those have to be looked at who have as much in all of it as
/// the last leader among the first hundred has in the part; mostly these are few.
///
/// # Errors
/// The days begin before the ranking does.
pub(crate) fn leaders(book: &Book, (from, to): (&str, &str)) -> Result<Vec<Leader>, Problem> {
    if keep(book)?.as_str() > from {
        return Err(Problem::internal("leaders of days before the ranking begins"));
    }
    let of = |(sold, sales, leads): (i64, u64, u64), most: i64| -> Result<Vec<Leader>, Problem> {
        let row = (from, to, sold, sales, leads, most, LEADERS);
        Ok(book.database.rows(sql!("ledger/ranking_leaders"), &row)?)
    };
    let near = of((0, 0, 0), NEAR)?;
    let last = near.get(LEADERS - 1).map_or((0, 0, 0), |(_, leads, sales, sold)| (*sold, *sales, *leads));
    of(last, ALL)
}
