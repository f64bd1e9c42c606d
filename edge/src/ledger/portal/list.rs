//! Lists of what is one referrer's, pages' and files' alike: with those of whoever was joined to them, newest first.

use super::everyone;
use crate::ledger::book::Book;
use crate::ledger::desk::{ROWS, Rows, Wanted};
use crate::problem::Problem;
use crate::sql::sql;
use referral::money::LARGEST_AMOUNT;
use serde_json::Value;

/// A row with its place in the list.
pub(super) type Placed = (i64, Value);

/// Puts together what each of the ids has, at most so many. Each list was asked for with as many.
fn merged(mut rows: Vec<(i64, bool, String)>, most: usize) -> Result<Vec<Placed>, Problem> {
    // Newest first; of two views of one thing the credited one.
    rows.sort_by_key(|(seq, credited, _)| (std::cmp::Reverse(*seq), !credited));
    rows.dedup_by_key(|(seq, ..)| *seq);
    rows.truncate(most);
    rows.iter().map(|(seq, _, body)| Ok((*seq, serde_json::from_str(body)?))).collect()
}

/// Cuts a list to a page that was asked for with one row more than a page holds.
pub(super) fn cut(mut rows: Vec<Placed>) -> Rows {
    let more = rows.len() > ROWS;
    rows.truncate(ROWS);
    let next = rows.last().map(|(seq, _)| *seq).filter(|_| more);
    Rows { rows: rows.into_iter().map(|(_, row)| row).collect(), next }
}

/// Conversions that are credited to them, and those their link had a part in.
pub(super) fn conversions(
    book: &Book,
    id: &str,
    wanted: &Wanted,
    most: usize,
) -> Result<Vec<Placed>, Problem> {
    let before = wanted.before.unwrap_or(LARGEST_AMOUNT);
    let is = wanted.is.map(u8::from);
    let mut found = Vec::new();
    for one in everyone(book, id)? {
        let bindings = (before, most, &wanted.kind, &one, is, id);
        let rows: Vec<(i64, u8, String)> =
            book.database.rows(sql!("ledger/portal_conversions"), &bindings)?;
        found.extend(rows.into_iter().map(|(seq, credited, body)| (seq, credited == 1, body)));
    }
    merged(found, most)
}

/// Their rewards, of one state or of all.
pub(super) fn rewards(book: &Book, id: &str, wanted: &Wanted, most: usize) -> Result<Vec<Placed>, Problem> {
    let before = wanted.before.unwrap_or(LARGEST_AMOUNT);
    let mut found = Vec::new();
    for one in everyone(book, id)? {
        let bindings = (before, most, &wanted.kind, &one);
        let rows: Vec<(i64, String, String)> =
            book.database.rows(sql!("ledger/portal_rewards"), &bindings)?;
        found.extend(rows.into_iter().map(|(seq, _, body)| (seq, true, body)));
    }
    merged(found, most)
}

/// Their disputes.
pub(super) fn disputes(book: &Book, id: &str, wanted: &Wanted, most: usize) -> Result<Vec<Placed>, Problem> {
    let before = wanted.before.unwrap_or(LARGEST_AMOUNT);
    let mut found = Vec::new();
    for one in everyone(book, id)? {
        let bindings = (before, most, &one);
        let rows: Vec<(i64, String, String)> =
            book.database.rows(sql!("ledger/portal_disputes"), &bindings)?;
        found.extend(rows.into_iter().map(|(seq, _, body)| (seq, true, body)));
    }
    merged(found, most)
}
