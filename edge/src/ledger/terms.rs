//! Which version of the terms counts. Versions begin when they are written and end when the next one begins; the time of
//! a click is known to the second, so one followed within the second of a change counts as before it. A referrer in a
//! group is promised the group's terms from the moment they joined it; which of several clicks wins is always said by the
//! program's own.

use super::book::{Book, Loaded};
use crate::problem::Problem;
use crate::sql::sql;
use referral::instant::Instant;
use referral::terms::Terms;
use std::borrow::Cow;

/// A version of the terms.
pub(crate) struct Version<'a> {
    pub(crate) number: u32,
    pub(crate) terms: Cow<'a, Terms>,
}

fn newest(program: &Loaded) -> Version<'_> {
    Version { number: program.terms_version, terms: Cow::Borrowed(&program.terms) }
}

fn stored<'a>(row: Option<(u32, String)>) -> Result<Option<Version<'a>>, Problem> {
    let Some((number, body)) = row else { return Ok(None) };
    Ok(Some(Version { number, terms: Cow::Owned(serde_json::from_str(&body)?) }))
}

/// The version in force for a referrer at an instant: their group's, else the program's.
pub(crate) fn of_referrer<'a>(
    book: &Book,
    program: &'a Loaded,
    referrer_id: &str,
    instant: Instant,
) -> Result<Version<'a>, Problem> {
    if program.has_groups {
        let row = book.database.row(sql!("ledger/terms_of_group_at"), &(referrer_id, instant.ms()))?;
        if let Some(version) = stored(row)? {
            return Ok(version);
        }
    }
    at(book, program, instant)
}

/// The program's version in force at an instant; the first one for what was before it.
pub(crate) fn at<'a>(book: &Book, program: &'a Loaded, at: Instant) -> Result<Version<'a>, Problem> {
    if program.terms_version == 1 || at >= program.terms_created_at {
        return Ok(newest(program));
    }
    match stored(book.database.row(sql!("ledger/terms_at"), &[at.ms()])?)? {
        Some(version) => Ok(version),
        None => of_number(book, program, 1),
    }
}

/// A version by its number.
pub(crate) fn of_number<'a>(book: &Book, program: &'a Loaded, number: u32) -> Result<Version<'a>, Problem> {
    if program.terms_version == number {
        return Ok(newest(program));
    }
    stored(book.database.row(sql!("ledger/terms_by_version"), &[number])?)?
        .ok_or_else(|| Problem::internal("a conversion names a version of the terms that is not there"))
}
