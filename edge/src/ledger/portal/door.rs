//! The way into the referrer's page: a link that is good once and for minutes, exchanged for a session.
//!
//! Whoever shows the proof of a link, or a token of the merchant's, gets one. A session that a proof opened ends when the
//! link turns out to be somebody's who signs in: whoever had the secret before reads nothing of theirs. Ways in and
//! sessions live by the real clock, also in a test twin whose own has been moved.

use super::Entered;
use crate::answer::Answer;
use crate::ledger::book::{Book, new_id};
use crate::ledger::request::Request;
use crate::ledger::who;
use crate::platform;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::input::{self, Input};
use referral::instant::Instant;
use referral::session::{Home, LONGEST_MS, NOTED_EVERY_MS, WAY_IN_MS, is_live};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Exchanges a way in for a session.
#[derive(Serialize, Deserialize)]
pub(crate) struct Entry {
    /// SHA-256 of the way in's secret, which is worth nothing from then on.
    pub(crate) way_in: String,
    /// SHA-256 of the new session's secret.
    pub(crate) hash: String,
    /// Which browser on which system.
    pub(crate) browser: String,
    /// SHA-256 of the secret the browser held before, which ends.
    pub(crate) former: Option<String>,
}

/// A session as its referrer's profile lists it.
#[derive(Serialize, Deserialize)]
pub(crate) struct Listed {
    pub(crate) id: String,
    pub(crate) browser: String,
    pub(crate) created_at: Instant,
    pub(crate) seen_at: Instant,
}

/// Where there is no session, or no longer.
pub(crate) fn nobody() -> Problem {
    Problem::new(401, "proof_missing", "Not in", "Open your page from the panel on the shop's site.")
}

/// `POST /v1/widget/portal`: a way into the page of whoever calls. Each call makes another one: what was answered before
/// may have been used, so no answer is remembered.
pub(crate) fn link(book: &Book, request: &Request) -> Result<Answer, Problem> {
    let fields = input::object(&request.body).map_err(Problem::invalid)?;
    Input::new("", &fields).finish().map_err(Problem::invalid)?;
    let who = who::who(book, request)?;
    let identified = who.identified;
    let account = who::account(book, request)?;
    let program = book.program()?;
    let isolate = book.isolate()?;
    let home = Home::WayIn(request.meta.key_mode(), request.meta.uid.clone());
    let token = isolate.sessions.mint(home, platform::random()?).ok_or_else(Problem::not_found)?;
    let now = book.real_now();
    let mut writes = Writes::default();
    writes.add(sql!("ledger/portal_links_forget"), &[now.ms() - WAY_IN_MS])?;
    let row = (token.hash(), &account.id, u8::from(identified), now.ms());
    writes.add(sql!("ledger/portal_link_insert"), &row)?;
    book.audit(&mut writes, request, "portal.link_made", &account.id)?;
    book.commit(writes, request.failpoint())?;
    let (origin, slug) = (&isolate.public_origin, &program.facts.slug);
    let url = format!("{origin}/p/{slug}/enter?key={}", token.text());
    Answer::json(201, &json!({ "url": url, "expires_at": now.plus_ms(WAY_IN_MS) }))
}

/// Whose way in this is, where it is good now: the referrer, and whether a token said so.
fn owner(book: &Book, hash: &str) -> Result<Option<(String, bool)>, Problem> {
    let since = book.real_now().ms() - WAY_IN_MS;
    let row: Option<(String, u8)> = book.database.row(sql!("ledger/portal_link_good"), &(hash, since))?;
    Ok(row.map(|(id, identified)| (id, identified == 1)))
}

/// Whether the way in of this hash is good now. Looking burns nothing.
pub(super) fn is_way_in(book: &Book, hash: &str) -> Result<bool, Problem> {
    Ok(owner(book, hash)?.is_some())
}

/// Burns a way in and opens a session, in one transaction.
pub(super) fn enter(book: &Book, request: &Request, entry: &Entry) -> Result<Entered, Problem> {
    let (referrer_id, identified) = owner(book, &entry.way_in)?.ok_or_else(nobody)?;
    let now = book.real_now().ms();
    let id = new_id("prs")?;
    let mut writes = Writes::default();
    writes.add(sql!("ledger/portal_link_burn"), &[&entry.way_in])?;
    writes.add(sql!("ledger/portal_sessions_forget"), &[now - LONGEST_MS])?;
    if let Some(former) = &entry.former {
        writes.add(sql!("ledger/portal_session_end_by_hash"), &(now, former))?;
    }
    let row = (&id, &entry.hash, &referrer_id, u8::from(identified), &entry.browser, now);
    writes.add(sql!("ledger/portal_session_insert"), &row)?;
    let row = (book.now().ms(), &id, "portal.entered", &referrer_id, &request.meta.request_id);
    writes.add(sql!("ledger/audit_insert"), &row)?;
    book.commit(writes, request.failpoint())?;
    Ok(Entered { id, referrer_id, identified })
}

/// The session of this secret's hash, if it is good now.
pub(super) fn used(book: &Book, hash: &str) -> Result<Entered, Problem> {
    type Row = (String, String, u8, i64, i64);
    let row: Option<Row> = book.database.row(sql!("ledger/portal_session_good"), &[hash])?;
    let (id, referrer_id, identified, created_at, seen_at) = row.ok_or_else(nobody)?;
    let now = book.real_now();
    if !is_live(Instant::from_ms(created_at), Instant::from_ms(seen_at), now) {
        return Err(nobody());
    }
    if now.ms() - seen_at >= NOTED_EVERY_MS {
        let mut writes = Writes::default();
        writes.add(sql!("ledger/portal_session_seen"), &(now.ms(), &id))?;
        book.commit(writes, None)?;
    }
    Ok(Entered { id, referrer_id, identified: identified == 1 })
}

/// Ends the session of this secret's hash: somebody closes their page.
pub(super) fn leave(book: &Book, hash: &str) -> Result<Answer, Problem> {
    let mut writes = Writes::default();
    writes.add(sql!("ledger/portal_session_end_by_hash"), &(book.real_now().ms(), hash))?;
    book.commit(writes, None)?;
    Answer::json(200, &true)
}

/// A referrer's sessions that are good now, newest first.
pub(super) fn list(book: &Book, referrer_id: &str) -> Result<Vec<Listed>, Problem> {
    type Row = (String, String, i64, i64);
    let rows: Vec<Row> = book.database.rows(sql!("ledger/portal_sessions_of"), &[referrer_id])?;
    let now = book.real_now();
    let live = rows.into_iter().filter_map(|(id, browser, created_at, seen_at)| {
        let (created_at, seen_at) = (Instant::from_ms(created_at), Instant::from_ms(seen_at));
        is_live(created_at, seen_at, now).then_some(Listed { id, browser, created_at, seen_at })
    });
    Ok(live.collect())
}

/// Ends one of a referrer's own sessions, by its id.
pub(super) fn end(book: &Book, request: &Request, referrer_id: &str) -> Result<Answer, Problem> {
    let id = request.body.as_str();
    if !list(book, referrer_id)?.iter().any(|session| session.id == id) {
        return Err(Problem::not_found());
    }
    let mut writes = Writes::default();
    writes.add(sql!("ledger/portal_session_end"), &(book.real_now().ms(), id))?;
    book.audit(&mut writes, request, "portal.session_ended", id)?;
    book.commit(writes, request.failpoint())?;
    Answer::json(200, &true)
}
