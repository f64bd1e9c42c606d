//! Where people were seen, for two days: whoever comes from the referrer's own network and browser is looked at.
//!
//! Addresses and browsers are hashed here and kept nowhere. Salts are made anew every day, one program each, and end with
//! their hashes within 48 hours of their day's beginning, also where nobody calls any more: an alarm sees to it.

use super::book::Book;
use crate::alarm;
use crate::platform;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::fraud::sighting::{Meeting, Sighting, see};
use referral::input::Input;

/// A day in milliseconds.
const DAY_MS: i64 = 86_400_000;

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
    let today = platform::now_ms().div_euclid(DAY_MS);
    let stored: Vec<(i64, String)> = book.database.rows(sql!("ledger/sighting_salts"), &[today - 1])?;
    let mut salts: Vec<[u8; 32]> = Vec::with_capacity(2);
    if let Some((_, salt)) = stored.iter().find(|(day, _)| *day == today) {
        salts.push(serde_json::from_str(salt)?);
    } else {
        let salt: [u8; 32] = platform::random()?;
        perish(writes, today)?;
        writes.add(sql!("ledger/sighting_salt_insert"), &(today, serde_json::to_string(&salt)?))?;
        book.wake_on.set(Some(stored.first().map_or(today, |(day, _)| *day) + 2));
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

/// Ends what has perished, and asks to be woken when the next will.
pub(crate) fn sweep(book: &Book) -> Result<(), Problem> {
    let mut writes = Writes::default();
    perish(&mut writes, platform::now_ms().div_euclid(DAY_MS))?;
    book.commit(writes, None)?;
    let oldest: Option<(Option<i64>,)> = book.database.row(sql!("ledger/sighting_oldest"), &[(); 0])?;
    if let Some((Some(day),)) = oldest {
        wake_at(book, day + 2);
    }
    Ok(())
}

/// Asks to be woken for what a command has stored: not before, since an alarm is no part of its transaction.
pub(crate) fn arm(book: &Book) {
    if let Some(day) = book.wake_on.take() {
        wake_at(book, day);
    }
}

/// Asks to be woken at the beginning of a day, or in an hour where that is over.
fn wake_at(book: &Book, day: i64) {
    alarm::wake_at(&book.database, (day * DAY_MS).max(platform::now_ms() + 3_600_000));
}

/// Asks to be woken in an hour: this time it did not work.
pub(crate) fn wake_soon(book: &Book) {
    wake_at(book, 0);
}
