//! Sessions of the dashboard, as the program's ledger keeps them: opened with a key, used, ended. They are no part of what
//! the ledger proves, and are forgotten when they are over.
//!
//! Sessions live by the real clock, also in a test twin whose own has been moved.

use super::book::{Book, new_id};
use super::request::Request;
use crate::answer::Answer;
use crate::directory;
use crate::isolate::Isolate;
use crate::problem::Problem;
use crate::sql::{Writes, sql};
use referral::instant::Instant;
use referral::session::{IDLE_MS, LONGEST_MS, NOTED_EVERY_MS, Worth, is_live, worth};
use serde::{Deserialize, Serialize};

/// By what the operator has a program open. It is asked with every use, so that a session of the program ends with it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Opener {
    /// The operator's session with this id, which the directory keeps.
    Session(String),
    /// Whom Cloudflare Access let in, as the audit log names them.
    Person(String),
}

impl Opener {
    fn read(text: String) -> Self {
        if text.starts_with("acc_") { Self::Person(text) } else { Self::Session(text) }
    }

    fn text(&self) -> &str {
        let (Self::Session(text) | Self::Person(text)) = self;
        text
    }
}

/// Opens a session.
#[derive(Serialize, Deserialize)]
pub(crate) struct Opening {
    /// SHA-256 of the new session's secret.
    pub(crate) hash: String,
    /// SHA-256 of the key it is given for: a secret key of this ledger, or the operator's.
    pub(crate) key_hash: String,
    /// By what the operator opens it; none with a key of this ledger.
    pub(crate) opener: Option<Opener>,
    /// Which browser on which system.
    pub(crate) browser: String,
    /// SHA-256 of the secret the browser held before, which ends.
    pub(crate) former: Option<String>,
}

/// Uses a session.
#[derive(Serialize, Deserialize)]
pub(crate) struct Using {
    /// SHA-256 of the secret the browser holds.
    pub(crate) hash: String,
    /// SHA-256 of one that it can be given instead.
    pub(crate) next: Option<String>,
}

/// What became of it.
#[derive(Serialize, Deserialize)]
pub(crate) struct Used {
    /// None where the session has just ended: a secret was used that another had replaced.
    pub(crate) session: Option<Session>,
    /// Whether the browser shall be given the next secret.
    pub(crate) renewed: bool,
}

/// A session that is good now.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) id: String,
    pub(crate) key_hash: String,
    /// The key it was given for; none for the operator's.
    pub(crate) key_id: Option<String>,
    /// By what the operator opened it, which has yet to be asked.
    pub(crate) opener: Option<Opener>,
}

/// Sessions that Settings list at most.
pub(crate) const LISTED: usize = 100;
/// Those that their file has at most.
pub(crate) const EVERY: usize = 100_000;

/// Asks for the sessions that are good now.
#[derive(Serialize, Deserialize)]
pub(crate) struct Listing {
    /// How many at most, the last used first.
    pub(crate) most: usize,
    /// The operator's sessions that are open: those they opened with others are not listed. None where nobody knows.
    pub(crate) operators: Option<Vec<String>>,
}

/// What Settings list of the sessions that are good now.
#[derive(Serialize, Deserialize)]
pub(crate) struct List {
    pub(crate) sessions: Vec<Listed>,
    /// There are more than these.
    pub(crate) more: bool,
}

/// A session as Settings list it.
#[derive(Serialize, Deserialize)]
pub(crate) struct Listed {
    pub(crate) id: String,
    pub(crate) key_id: Option<String>,
    pub(crate) opener: Option<Opener>,
    pub(crate) browser: String,
    pub(crate) created_at: Instant,
    pub(crate) seen_at: Instant,
}

/// A session that its home holds to be good.
#[derive(Serialize, Deserialize)]
pub(crate) struct Good {
    pub(crate) id: String,
    pub(crate) opener: Option<Opener>,
}

/// Answers what the Worker asks of sessions; `verb` is the end of the internal path.
pub(crate) fn answer(book: &Book, request: &Request, verb: &str) -> Result<Answer, Problem> {
    match verb {
        "open" => Answer::json(201, &open(book, request, &serde_json::from_str(&request.body)?)?),
        "use" => Answer::json(200, &used(book, request, &serde_json::from_str(&request.body)?)?),
        "leave" => leave(book, &request.body),
        "list" => Answer::json(200, &list(book, &serde_json::from_str(&request.body)?)?),
        "good" => Answer::json(200, &good(book, &serde_json::from_str::<Vec<String>>(&request.body)?)?),
        "end" => end(book, request, &request.body),
        _ => Err(Problem::not_found()),
    }
}

fn unknown() -> Problem {
    Problem::new(
        401,
        "key_unknown",
        "Unknown key",
        "This key is not, or no longer, a key of a program. Check it, or rotate it.",
    )
}

/// The key behind a hash: the id of a secret key that is good now, none for the operator's; refused where it is neither.
fn key_of(book: &Book, key_hash: &str) -> Result<Option<String>, Problem> {
    // Not the program's own clock: a key ends by it, and a session must end with its key.
    let now = book.now().ms();
    let program = book.stored()?.ok_or_else(unknown)?;
    let key = program.keys.iter().find(|key| {
        key.hash == key_hash && key.kind == "secret" && key.expires_at.is_none_or(|end| now < end)
    });
    match key {
        Some(key) => Ok(Some(key.id.clone())),
        None if key_hash == book.isolate()?.operator_hash() => Ok(None),
        None => Err(unknown()),
    }
}

/// The same of a session; refused too where the operator's key names nothing that it was opened by.
fn key_behind(book: &Book, key_hash: &str, opener: Option<&Opener>) -> Result<Option<String>, Problem> {
    let key_id = key_of(book, key_hash)?;
    if key_id.is_none() && opener.is_none() {
        return Err(unknown());
    }
    Ok(key_id)
}

fn open(book: &Book, request: &Request, opening: &Opening) -> Result<Session, Problem> {
    let opener = opening.opener.as_ref();
    let key_id = key_behind(book, &opening.key_hash, opener)?;
    let now = book.real_now().ms();
    let id = new_id("ses")?;
    let mut writes = Writes::default();
    writes.add(sql!("ledger/sessions_forget"), &[now - LONGEST_MS])?;
    if let Some(former) = &opening.former {
        writes.add(sql!("ledger/session_end_by_secret"), &(now, former))?;
    }
    let row = (&id, &opening.hash, &opening.key_hash, opener.map(Opener::text), &opening.browser, now);
    writes.add(sql!("ledger/session_insert"), &row)?;
    writes.add(sql!("ledger/session_secret_insert"), &(&opening.hash, &id, now, now))?;
    let actor = match (&key_id, opener) {
        (Some(key_id), _) => key_id.clone(),
        (None, Some(Opener::Person(person))) => format!("operator/{person}"),
        (None, _) => "operator".to_owned(),
    };
    let row = (book.now().ms(), actor, "session.opened", &id, &request.meta.request_id);
    writes.add(sql!("ledger/audit_insert"), &row)?;
    book.commit(writes, request.failpoint())?;
    Ok(Session { id, key_hash: opening.key_hash.clone(), key_id, opener: opening.opener.clone() })
}

/// The session of this secret's hash, if it is good now; and whether it gets the next one.
fn used(book: &Book, request: &Request, using: &Using) -> Result<Used, Problem> {
    type Row = (String, String, Option<String>, i64, i64, Option<i64>, Option<i64>, i64);
    book.stored()?.ok_or_else(unknown)?;
    let row: Option<Row> = book.database.row(sql!("ledger/session_by_secret"), &[&using.hash])?;
    let (id, key_hash, opener, created_at, seen_at, taken_at, replaced_at, newest_at) =
        row.ok_or_else(unknown)?;
    let (now, at) = (book.real_now(), Instant::from_ms);
    if !is_live(at(created_at), at(seen_at), now) {
        return Err(unknown());
    }
    let opener = opener.map(Opener::read);
    let session = Session { id, key_id: key_behind(book, &key_hash, opener.as_ref())?, key_hash, opener };
    let worth = worth(taken_at.map(at), replaced_at.map(at), at(newest_at), now);
    if worth == Worth::Replayed {
        end_replayed(book, request, &session)?;
        return Ok(Used { session: None, renewed: false });
    }
    let next = using.next.as_ref().filter(|_| worth == Worth::Due);
    let is_noted = now.ms() - seen_at < NOTED_EVERY_MS;
    let mut writes = Writes::default();
    if worth == Worth::New {
        writes.add(sql!("ledger/session_secret_take"), &(now.ms(), &using.hash))?;
    }
    if let Some(next) = next {
        let row = (next, &session.id, now.ms(), None::<i64>);
        writes.add(sql!("ledger/session_secret_insert"), &row)?;
    }
    if !is_noted {
        writes.add(sql!("ledger/session_seen"), &(now.ms(), &session.id))?;
    }
    if !is_noted || worth == Worth::New || next.is_some() {
        book.commit(writes, None)?;
    }
    Ok(Used { session: Some(session), renewed: next.is_some() })
}

/// Ends a session two hold secrets of, of whom one should not: which of them, nobody can tell.
fn end_replayed(book: &Book, request: &Request, session: &Session) -> Result<(), Problem> {
    let mut writes = Writes::default();
    writes.add(sql!("ledger/session_end"), &(book.real_now().ms(), &session.id))?;
    let id = &session.id;
    let actor = if session.key_id.is_some() { id.clone() } else { format!("operator/{id}") };
    let row = (book.now().ms(), actor, "session.replayed", id, &request.meta.request_id);
    writes.add(sql!("ledger/audit_insert"), &row)?;
    book.commit(writes, None)
}

/// Ends the session of this secret's hash: somebody signs out.
fn leave(book: &Book, hash: &str) -> Result<Answer, Problem> {
    book.stored()?.ok_or_else(unknown)?;
    let mut writes = Writes::default();
    writes.add(sql!("ledger/session_end_by_secret"), &(book.real_now().ms(), hash))?;
    book.commit(writes, None)?;
    Answer::json(200, &true)
}

/// The sessions that are good now, and whether there are more than were asked for.
fn list(book: &Book, listing: &Listing) -> Result<List, Problem> {
    type Row = (String, String, Option<String>, String, i64, i64);
    let now = book.real_now();
    let since = (now.ms() - LONGEST_MS, now.ms() - IDLE_MS, EVERY);
    let rows: Vec<Row> = book.database.rows(sql!("ledger/sessions_newest"), &since)?;
    let is_open = |opener: &Option<Opener>| match (opener, &listing.operators) {
        (Some(Opener::Session(id)), Some(open)) => open.contains(id),
        _ => true,
    };
    let mut live = rows.into_iter().filter_map(|(id, key_hash, opener, browser, created_at, seen_at)| {
        let (created_at, seen_at) = (Instant::from_ms(created_at), Instant::from_ms(seen_at));
        let opener = opener.map(Opener::read);
        let key_id = key_behind(book, &key_hash, opener.as_ref()).ok()?;
        let is_good = is_live(created_at, seen_at, now) && is_open(&opener);
        is_good.then_some(Listed { id, key_id, opener, browser, created_at, seen_at })
    });
    let sessions = live.by_ref().take(listing.most).collect();
    Ok(List { sessions, more: live.next().is_some() })
}

/// The session with this id, where it is good now, and by what the operator opened it.
fn good_one(book: &Book, id: &str) -> Result<Option<Good>, Problem> {
    let row: Option<(String, Option<String>, i64, i64)> =
        book.database.row(sql!("ledger/session_by_id"), &[id])?;
    let now = book.real_now();
    Ok(row.and_then(|(key_hash, opener, created_at, seen_at)| {
        let opener = opener.map(Opener::read);
        let is_live = is_live(Instant::from_ms(created_at), Instant::from_ms(seen_at), now);
        let is_good = is_live && key_behind(book, &key_hash, opener.as_ref()).is_ok();
        is_good.then(|| Good { id: id.to_owned(), opener })
    }))
}

/// Which of these are good now.
pub(crate) fn good(book: &Book, ids: &[String]) -> Result<Vec<Good>, Problem> {
    let found: Result<Vec<_>, Problem> = ids.iter().map(|id| good_one(book, id)).collect();
    Ok(found?.into_iter().flatten().collect())
}

/// Keeps of these sessions those that the operator still has open, and all that were given for a key. Access says of nobody
/// that they are out before they ask again.
///
/// # Errors
/// The directory cannot be asked; then all of them are kept.
pub(crate) async fn keep_open(isolate: &Isolate, sessions: &mut Vec<Good>) -> Result<(), Problem> {
    if sessions.iter().any(|session| matches!(session.opener, Some(Opener::Session(_)))) {
        let open = directory::client::sessions(isolate, &isolate.operator_hash()).await?;
        sessions.retain(|session| match &session.opener {
            Some(Opener::Session(id)) => open.iter().any(|listed| listed.id == *id),
            Some(Opener::Person(_)) | None => true,
        });
    }
    Ok(())
}

/// Ends a session by its id: somebody else's, from Settings.
fn end(book: &Book, request: &Request, id: &str) -> Result<Answer, Problem> {
    if good_one(book, id)?.is_none() {
        return Err(Problem::not_found());
    }
    let mut writes = Writes::default();
    writes.add(sql!("ledger/session_end"), &(book.real_now().ms(), id))?;
    book.audit(&mut writes, request, "session.ended", id)?;
    book.commit(writes, request.failpoint())?;
    Answer::json(200, &true)
}
