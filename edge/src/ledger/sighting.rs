//! Where people were seen, for two days: whoever comes from the referrer's own network and browser is looked at.
//!
//! Addresses and browsers are hashed here and kept nowhere. Salts are made anew every day, one program each, and end with
//! their hashes within 48 hours of their day's beginning, also where nobody calls any more: an alarm sees to it.

use super::book::Book;
use super::erasure::retention;
use crate::alarm;
use crate::platform;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::fraud::sighting::{Meeting, Sighting, see};
use referral::input::Input;
use referral::instant::{DAY_MS, Instant};

fn day_of(at: Instant) -> i64 {
    at.ms().div_euclid(DAY_MS)
}

/// An address and a browser, as a caller tells them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told {
    pub(crate) client_ip: Option<String>,
    pub(crate) user_agent: Option<String>,
}

impl Told {
    /// Reads `client_ip` and `user_agent`. What is no address says nothing; it is never refused.
    pub(crate) fn read(input: &mut Input<'_>) -> Self {
        Self {
            client_ip: super::conversion::evidence(input, "client_ip", 64),
            user_agent: super::conversion::evidence(input, "user_agent", 1000),
        }
    }
}

/// Where somebody is, under the salts of today and, where it has one, of yesterday.
pub(crate) struct Seen {
    today: i64,
    /// The first is today's.
    hashes: Vec<Sighting>,
}

/// Hashes what was told. A day's first sighting makes its salt and ends those before yesterday's.
pub(crate) fn seen(book: &Book, writes: &mut Writes, told: &Told) -> Result<Option<Seen>, Problem> {
    let Some(address) = told.client_ip.as_deref() else { return Ok(None) };
    let browser = told.user_agent.as_deref();
    // Whoever sends what is no address makes no salt.
    if see(&[0; 32], address, browser).is_none() {
        return Ok(None);
    }
    let today = day_of(book.now());
    let stored: Vec<(i64, String)> = book.database.rows(sql!("ledger/sighting_salts"), &[today - 1])?;
    let mut salts: Vec<[u8; 32]> = Vec::with_capacity(2);
    if let Some((_, salt)) = stored.iter().find(|(day, _)| *day == today) {
        salts.push(serde_json::from_str(salt)?);
    } else {
        let salt: [u8; 32] = platform::random()?;
        perish(writes, today)?;
        writes.add(sql!("ledger/sighting_salt_insert"), &(today, serde_json::to_string(&salt)?))?;
        book.wake_at
            .set(Some(end_of(stored.iter().map(|(day, _)| *day).fold(today, i64::min)) - book.ahead_ms()));
        salts.push(salt);
    }
    if let Some((_, salt)) = stored.iter().find(|(day, _)| *day == today - 1) {
        salts.push(serde_json::from_str(salt)?);
    }
    let hashes = salts.iter().filter_map(|salt| see(salt, address, browser)).collect();
    Ok(Some(Seen { today, hashes }))
}

impl Seen {
    /// How closely somebody else of a referrer's circle, or the referrer, was met here.
    pub(crate) fn meets(
        &self,
        book: &Book,
        referrer_id: &str,
        person_id: &str,
    ) -> Result<Option<Meeting>, Problem> {
        let networks: Vec<&str> = self.hashes.iter().map(|hash| hash.network.as_str()).collect();
        let row = (referrer_id, serde_json::to_string(&networks)?, person_id);
        let others: Vec<(String, String)> = book.database.rows(sql!("ledger/sightings"), &row)?;
        let others = others.into_iter().map(|(network, browser)| Sighting {
            network,
            browser: Some(browser).filter(|browser| !browser.is_empty()),
        });
        Ok(others.filter_map(|other| self.hashes.iter().filter_map(|hash| hash.meets(&other)).max()).max())
    }

    /// Keeps that somebody of a referrer's circle, or the referrer, was here.
    pub(crate) fn write(
        &self,
        writes: &mut Writes,
        referrer_id: &str,
        person_id: &str,
    ) -> Result<(), Problem> {
        let Some(hash) = self.hashes.first() else { return Ok(()) };
        let browser = hash.browser.as_deref().unwrap_or_default();
        let row = (referrer_id, &hash.network, browser, person_id, self.today);
        Ok(writes.add(sql!("ledger/sighting_insert"), &row)?)
    }
}

/// Keeps that a referrer was here.
pub(crate) fn write(book: &Book, writes: &mut Writes, told: &Told, referrer_id: &str) -> Result<(), Problem> {
    match seen(book, writes, told)? {
        Some(seen) => seen.write(writes, referrer_id, referrer_id),
        None => Ok(()),
    }
}

/// Ends the salts and hashes of the days before yesterday.
fn perish(writes: &mut Writes, today: i64) -> Result<(), Problem> {
    // Deleting frees a page but leaves its bytes; overwriting does not.
    writes.add(sql!("ledger/sighting_salt_overwrite"), &[today - 1])?;
    writes.add(sql!("ledger/sighting_salt_delete"), &[today - 1])?;
    Ok(writes.add(sql!("ledger/sighting_delete"), &[today - 1])?)
}

/// Ends what has perished, and notes when the next will.
pub(crate) fn sweep(book: &Book) -> Result<(), Problem> {
    let today = day_of(book.now());
    let mut writes = Writes::default();
    perish(&mut writes, today)?;
    book.commit(writes, None)?;
    note_end(book)
}

/// Notes when the next salt ends.
pub(crate) fn note_end(book: &Book) -> Result<(), Problem> {
    book.wake_at.set(next_end(book, day_of(book.now()))?.map(|end| end - book.ahead_ms()));
    Ok(())
}

/// A step of the clock ends what perishes on the way, and brings the next end nearer.
pub(crate) fn step(book: &Book, writes: &mut Writes, then: Instant, ahead_ms: i64) -> Result<(), Problem> {
    perish(writes, day_of(then))?;
    book.wake_at.set(next_end(book, day_of(then))?.map(|end| end - ahead_ms));
    Ok(())
}

/// When the oldest salt ends that is left on a day, by the book's clock.
fn next_end(book: &Book, today: i64) -> Result<Option<i64>, Problem> {
    let oldest: Option<(Option<i64>,)> = book.database.row(sql!("ledger/sighting_oldest"), &[today - 1])?;
    Ok(oldest.and_then(|(day,)| day).map(end_of))
}

/// Whether something ends within the hour, which the object is woken for already.
pub(crate) fn ends_soon(book: &Book) -> Result<bool, Problem> {
    let end = next_end(book, day_of(book.now()))?;
    Ok(end.is_some_and(|end| end - book.ahead_ms() <= in_an_hour(book)))
}

/// How long after a day began what was seen on it is forgotten.
pub(crate) const SIGHTED_MS: i64 = 2 * DAY_MS;

/// When the salt of a day ends.
fn end_of(day: i64) -> i64 {
    day * DAY_MS + SIGHTED_MS
}

/// Asks to be woken for what a command has stored: not before, since an alarm is no part of its transaction. Alarms go by
/// the real clock.
pub(crate) fn arm(book: &Book) {
    if let Some(at) = book.wake_at.take() {
        let at = retention::next_at(book).map_or(at, |next| at.min(next));
        alarm::wake_at(&book.database, at.max(in_an_hour(book)));
    }
}

/// Asks to be woken in an hour: this time it did not work.
pub(crate) fn wake_soon(book: &Book) {
    alarm::wake_at(&book.database, in_an_hour(book));
}

fn in_an_hour(book: &Book) -> i64 {
    book.real_now().ms() + 3_600_000
}
