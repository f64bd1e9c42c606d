//! Lists of what is one referrer's, a page at a time: with those of whoever was joined to them, newest first.

use super::everyone;
use crate::ledger::book::Book;
use crate::ledger::desk::{ROWS, Rows, Wanted};
use crate::problem::Problem;
use crate::sql::sql;
use referral::money::LARGEST_AMOUNT;

/// Puts together what each of the ids has, and cuts it to a page. Each list was asked for with one row more than a page
/// holds.
fn merged(mut rows: Vec<(i64, bool, String)>) -> Result<Rows, Problem> {
    // Newest first; of two views of one thing the credited one.
    rows.sort_by_key(|(seq, credited, _)| (std::cmp::Reverse(*seq), !credited));
    rows.dedup_by_key(|(seq, ..)| *seq);
    let more = rows.len() > ROWS;
    rows.truncate(ROWS);
    let next = rows.last().map(|(seq, ..)| *seq).filter(|_| more);
    let rows = rows.iter().map(|(_, _, body)| serde_json::from_str(body)).collect::<Result<_, _>>()?;
    Ok(Rows { rows, next })
}

/// Conversions that are credited to them, and those their link had a part in.
pub(super) fn conversions(book: &Book, id: &str, wanted: &Wanted) -> Result<Rows, Problem> {
    let before = wanted.before.unwrap_or(LARGEST_AMOUNT);
    let is = wanted.is.map(u8::from);
    let mut found = Vec::new();
    for one in everyone(book, id)? {
        let bindings = (before, ROWS + 1, &wanted.kind, &one, is, id);
        let rows: Vec<(i64, u8, String)> =
            book.database.rows(sql!("ledger/portal_conversions"), &bindings)?;
        found.extend(rows.into_iter().map(|(seq, credited, body)| (seq, credited == 1, body)));
    }
    merged(found)
}

/// Their rewards, of one state or of all.
pub(super) fn rewards(book: &Book, id: &str, wanted: &Wanted) -> Result<Rows, Problem> {
    let before = wanted.before.unwrap_or(LARGEST_AMOUNT);
    let mut found = Vec::new();
    for one in everyone(book, id)? {
        let bindings = (before, ROWS + 1, &wanted.kind, &one);
        let rows: Vec<(i64, String, String)> =
            book.database.rows(sql!("ledger/portal_rewards"), &bindings)?;
        found.extend(rows.into_iter().map(|(seq, _, body)| (seq, true, body)));
    }
    merged(found)
}

/// Their disputes.
pub(super) fn disputes(book: &Book, id: &str, wanted: &Wanted) -> Result<Rows, Problem> {
    let before = wanted.before.unwrap_or(LARGEST_AMOUNT);
    let mut found = Vec::new();
    for one in everyone(book, id)? {
        let bindings = (before, ROWS + 1, &one);
        let rows: Vec<(i64, String, String)> =
            book.database.rows(sql!("ledger/portal_disputes"), &bindings)?;
        found.extend(rows.into_iter().map(|(seq, _, body)| (seq, true, body)));
    }
    merged(found)
}
