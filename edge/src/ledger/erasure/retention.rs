//! Customers of whom nothing new came for as long as a merchant set are erased by the program itself: once a day, some at a
//! time, as by hand. What is looked at is who may name somebody still, so that a second time finds nobody; a look reads
//! every conversion once.

use super::overwrite;
use crate::alarm;
use crate::ledger::REMEMBERED_MS;
use crate::ledger::book::Book;
use crate::ledger::sighting;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::input;
use referral::retention::{Retention, next_look};
use serde::{Deserialize, Serialize};

/// How many one transaction erases; the next ones follow in an hour.
const AT_A_TIME: u32 = 500;
/// How many transactions a step of the test clock brings about at once.
const MOST_OF_A_STEP: u32 = 20;

/// Whom a setting concerns now.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Concerned {
    /// They are erased next.
    pub(crate) due: u64,
    /// They were quiet for as long, and something of theirs is open.
    pub(crate) waiting: u64,
}

/// Whom a setting concerns now, and the first of those who are due.
fn concerned(book: &Book, set: Retention, most: u32) -> Result<(Concerned, Vec<String>), Problem> {
    let window: Option<(u16,)> = book.database.row(sql!("ledger/retention_window"), &[(); 0])?;
    let Some(since) = set.quiet_since(book.now(), window.map_or(0, |(days,)| days)) else {
        return Ok((Concerned::default(), Vec::new()));
    };
    let row: Option<(u64, u64, String)> =
        book.database.row(sql!("ledger/retention_due"), &(since.ms(), most))?;
    let Some((due, waiting, ids)) = row else { return Ok((Concerned::default(), Vec::new())) };
    Ok((Concerned { due, waiting }, serde_json::from_str(&ids)?))
}

/// What a page shows before a setting is saved.
pub(crate) fn preview(book: &Book, body: &str) -> Result<Concerned, Problem> {
    let fields = input::object(body).map_err(Problem::invalid)?;
    let set = Retention::read("retention", &fields).map_err(Problem::invalid)?;
    Ok(concerned(book, set, 0)?.0)
}

/// Erases some of those who are due; whether there are more.
fn erase_some(book: &Book) -> Result<bool, Problem> {
    let Some(program) = book.stored()? else { return Ok(false) };
    if program.facts.retention.is_by_hand() {
        return Ok(false);
    }
    // What a hold has ended for waits no longer.
    book.approve_due()?;
    let (Concerned { due, .. }, ids) = concerned(book, program.facts.retention, AT_A_TIME)?;
    if ids.is_empty() {
        return Ok(false);
    }
    let people = serde_json::to_string(&ids)?;
    let claims: Vec<(String,)> =
        book.database.rows(sql!("ledger/claims_of"), &(None::<&str>, None::<&str>, &people))?;
    let claims: Vec<String> = claims.into_iter().map(|(id,)| id).collect();
    let mut writes = Writes::default();
    overwrite(&mut writes, &people, &claims)?;
    // Answers show notes, and are forgotten by the next call under a key: where nobody calls, here. Newer ones are about
    // somebody else, since what was decided about these people is months old.
    writes.add(sql!("ledger/idempotency_purge"), &[book.now().ms() - REMEMBERED_MS])?;
    // How many, and no id: the log is kept for good.
    let row = (book.now().ms(), "program", "person.expired", ids.len().to_string(), "");
    writes.add(sql!("ledger/audit_insert"), &row)?;
    book.commit(writes, None)?;
    Ok(due > u64::from(AT_A_TIME))
}

/// What the object is woken for: what was seen somewhere ends, and whoever is due is erased. An alarm that throws is
/// retried six times and then given up: this never throws, it asks for the next one instead.
pub(crate) async fn wake(book: &Book) {
    if look(book).await.is_err() {
        sighting::wake_soon(book);
    }
}

async fn look(book: &Book) -> Result<(), Problem> {
    book.open()?;
    sighting::sweep(book)?;
    if is_set(book)? {
        // Stored before the work that may be too much for the object: salts end on time, and the next alarm comes.
        sighting::wake_soon(book);
        alarm::stored(&book.database).await;
        book.open()?;
        let more = erase_some(book)?;
        book.retention_at.set((!more).then(|| next_look(book.now()).ms() - book.ahead_ms()));
    }
    // Anew: somebody may have called while this waited.
    sighting::note_end(book)?;
    if book.wake_at.get().is_none() {
        book.wake_at.set(next_at(book));
    }
    sighting::arm(book);
    Ok(())
}

/// Whether the program erases anybody itself.
fn is_set(book: &Book) -> Result<bool, Problem> {
    Ok(book.stored()?.is_some_and(|program| !program.facts.retention.is_by_hand()))
}

/// When the object must be woken for this, by the real clock: soon, where that is not known; never, where nothing is set.
pub(crate) fn next_at(book: &Book) -> Option<i64> {
    let program = book.stored().ok()??;
    (!program.facts.retention.is_by_hand()).then(|| book.retention_at.get().unwrap_or(0))
}

/// Sees to it that the object is woken once something is set. A wake that comes within the hour sees to the next itself.
pub(crate) fn expect(book: &Book) -> Result<(), Problem> {
    book.open()?;
    book.retention_at.set(None);
    let next = next_at(book);
    if next.is_some() && !sighting::ends_soon(book)? {
        book.wake_at.set(next);
        sighting::arm(book);
    }
    Ok(())
}

/// After a step of the test clock whoever is due by then is erased at once: no test waits for the real clock.
pub(crate) fn step(book: &Book) -> Result<(), Problem> {
    book.open()?;
    for _ in 0..MOST_OF_A_STEP {
        if !erase_some(book)? {
            return Ok(());
        }
    }
    Ok(())
}
