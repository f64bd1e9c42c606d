//! Whom a customer belongs to is said once, by their first credited conversion, unless a person takes them away again.
//! Then their next one is judged as if it were the first, and binds them anew.

use super::book::{Book, new_id};
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::chain::Row as Link;
use referral::instant::Instant;

/// Takes the customer of a flag from its referrer; false where they do not belong to them. The click that bound them counts
/// no more, unless the merchant's server tells it with another conversion.
pub(crate) fn take_away(
    book: &Book,
    writes: &mut Writes,
    flag_id: &str,
    now: Instant,
) -> Result<bool, Problem> {
    let bound: Option<(String, Option<String>)> = book.database.row(sql!("ledger/bound_by"), &[flag_id])?;
    let Some((friend_id, click_id)) = bound else { return Ok(false) };
    let to: To<'_> = (None, None, click_id.as_deref(), None);
    write(writes, &friend_id, to, flag_id, now)?;
    Ok(true)
}

/// Referrer, code, click, and when it was.
pub(crate) type To<'a> = (Option<&'a str>, Option<&'a str>, Option<&'a str>, Option<i64>);

/// Writes that a customer belongs to somebody, or to nobody.
pub(crate) fn write(
    writes: &mut Writes,
    friend_id: &str,
    (referrer_id, code, click_id, clicked_at): To<'_>,
    cause: &str,
    now: Instant,
) -> Result<(), Problem> {
    let id = new_id("bnd")?;
    let row = (&id, friend_id, referrer_id, code, click_id, clicked_at, cause, now.ms());
    writes.add(sql!("ledger/rebinding_insert"), &row)?;
    let fields = vec![friend_id.into(), referrer_id.into(), cause.into(), now.ms().into()];
    writes.sealed.push(Link::new("rebinding", &id, fields));
    Ok(())
}
