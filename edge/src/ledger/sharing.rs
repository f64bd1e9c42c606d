//! When a link of a referrer's was first known to have left their browser, so that a merchant finds those who joined and never
//! shared. It is for statistics and for help: nobody is paid for it, and nothing else follows from it.
//!
//! It is known from what happens anyway. The panel joins when its link leaves the browser, so [`super::join`] writes it down.
//! Whoever was a referrer before they saw a panel (made by the API, out of a file) says so with the steps that the panel
//! reports for the funnel, which come with their token. Their own pages say it once. And a customer who comes by a link
//! shows that it was out, wherever it was shared: that is a trigger on `friend`. A click is no sign, for it may be their own.
//!
//! All of it takes a proof of who it is: whoever knows only a code changes nothing here. What was forgotten with an erasure
//! stays forgotten.

use super::book::Book;
use super::request::Request;
use super::who;
use crate::answer::Answer;
use crate::click_shard::client;
use crate::click_shard::steps::Steps;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::instant::Instant;

/// Whether no link of theirs is known to have left yet.
pub(crate) fn is_yet_to_come(book: &Book, id: &str) -> Result<bool, Problem> {
    let row: Option<(u8,)> = book.database.row(sql!("ledger/referrer_to_share"), &[id])?;
    Ok(row.is_some_and(|(yet,)| yet == 1))
}

/// A link of theirs has left; only the first time is kept.
pub(crate) fn note(writes: &mut Writes, id: &str, now: Instant) -> Result<(), Problem> {
    Ok(writes.add(sql!("ledger/referrer_share"), &(now.ms(), id))?)
}

/// The same by itself: nothing is written but for the first time.
pub(crate) fn note_once(book: &Book, request: &Request, id: &str) -> Result<(), Problem> {
    if is_yet_to_come(book, id)? {
        let mut writes = Writes::default();
        note(&mut writes, id, book.now())?;
        book.commit(writes, request.failpoint())?;
    }
    Ok(())
}

/// `POST /v1/widget/events`: what happened in widgets, for the funnel. Counted, never payable.
pub(crate) async fn events(book: &Book, request: &Request) -> Result<Answer, Problem> {
    let steps = Steps::read(&request.body)?;
    if steps.have_shared()
        && let Some(account) = who::who(book, request)?.account
    {
        note_once(book, request, &account.id)?;
    }
    let isolate = book.isolate()?;
    client::count(&isolate, &request.meta.uid, request.meta.mode(), &steps).await
}
