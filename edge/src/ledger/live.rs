//! Telling open pages that something changed: a number, never what. A page that hears of a greater one asks for itself
//! again, in its session's name like any other time.
//!
//! The number is how many rows audit log and outbox have: whatever changes what a page shows leaves one, and nothing has
//! to be written for it. Before anything is said, the sessions behind the sockets are looked at, and sockets whose session
//! is over are closed.

use super::book::Book;
use super::client;
use super::request::Request;
use super::session::{self, Good};
use super::sockets;
use crate::answer::Answer;
use crate::js;
use crate::problem::Problem;
use crate::sql::sql;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use worker::worker_sys::DurableObjectState;

/// Where a page's socket is taken in.
pub(crate) const LISTEN: &str = "/internal/live/socket";

/// Sockets of one ledger at most; further pages ask from time to time instead.
const MOST_SOCKETS: u32 = 500;
/// What one transaction brings is told together. Milliseconds.
const GATHER_MS: u32 = 20;
/// Between two messages, so that a busy shop does not have its pages load all the time. Milliseconds.
const PAUSE_MS: u32 = 500;
/// The session is over: nobody should try again.
const OVER: u16 = 4001;
/// A page has nothing to say.
const UNEXPECTED: u16 = 1008;

/// Who listens to a ledger.
pub(crate) struct Audience {
    state: DurableObjectState,
    /// Whether somebody may be there; after waking that is not known.
    maybe: Cell<bool>,
    /// Something was stored since the last look.
    changed: Cell<bool>,
    /// Somebody is about to tell.
    telling: Cell<bool>,
    told: Cell<u64>,
}

impl Audience {
    pub(crate) fn new(state: DurableObjectState) -> Self {
        Self {
            state,
            maybe: Cell::new(true),
            changed: Cell::new(false),
            telling: Cell::new(false),
            told: Cell::new(0),
        }
    }

    /// Notes that something was stored, or that a session ended.
    pub(crate) fn note(&self) {
        self.changed.set(true);
    }

    /// Whether nobody listens.
    fn is_empty(&self) -> bool {
        if self.maybe.get() && sockets::count(&self.state) == 0 {
            self.maybe.set(false);
        }
        !self.maybe.get()
    }
}

/// How much has happened in this ledger.
pub(crate) fn number(book: &Book) -> Result<u64, Problem> {
    let number: Option<(u64,)> = book.database.row(sql!("ledger/changes"), &[(); 0])?;
    Ok(number.map_or(0, |(number,)| number))
}

/// What [`crate::pages`] asks: the number, or to look at the sessions of those who listen.
pub(crate) fn answer(book: &Book, verb: &str) -> Result<Answer, Problem> {
    book.program()?;
    match verb {
        "number" => {
            book.approve_due()?;
            Answer::json(200, &number(book)?)
        }
        "look" => {
            book.audience.note();
            Answer::json(200, &true)
        }
        _ => Err(Problem::not_found()),
    }
}

/// Takes a page's socket in. The Worker has asked its session's home, and where the page came from.
pub(crate) fn listen(book: &Book, request: &Request) -> Result<web_sys::Response, Problem> {
    book.open()?;
    book.program()?;
    let session = request.meta.session.as_deref().ok_or_else(Problem::not_found)?;
    let audience = &book.audience;
    if sockets::count(&audience.state) >= MOST_SOCKETS {
        let detail = "Too many pages listen to this program. This one asks from time to time.";
        return Err(Problem::new(503, "unavailable", "Too many listen", detail));
    }
    audience.maybe.set(true);
    Ok(sockets::accept(&audience.state, session, &number(book)?.to_string())?)
}

/// Closes a socket whose page says something.
pub(crate) fn refuse(socket: &wasm_bindgen::JsValue) {
    sockets::close_one(socket, UNEXPECTED, "");
}

/// Answers the end of a socket in kind.
pub(crate) fn ended(socket: &wasm_bindgen::JsValue) {
    sockets::close_one(socket, 1000, "");
}

/// After every request: where something was stored and somebody listens, they will be told.
pub(crate) fn after(book: &Rc<Book>) {
    let audience = &book.audience;
    if !audience.changed.get() || audience.telling.get() {
        return;
    }
    if audience.is_empty() {
        audience.changed.set(false);
        return;
    }
    audience.telling.set(true);
    let book = Rc::clone(book);
    spawn_local(async move {
        let mut pause = GATHER_MS;
        loop {
            let waited = JsFuture::from(js::sleep(pause)).await;
            if waited.is_err() || !book.audience.changed.replace(false) {
                break;
            }
            if let Err(problem) = tell(&book).await {
                worker::console_error!("open pages were not told: {}", problem.detail);
            }
            pause = PAUSE_MS;
        }
        book.audience.telling.set(false);
    });
}

async fn tell(book: &Book) -> Result<(), Problem> {
    let audience = &book.audience;
    let listening: Vec<String> = serde_json::from_str(&sockets::tags(&audience.state))?;
    let Standing { good, unsure } = standing(book, &listening).await?;
    for session in listening.iter().filter(|session| !good.contains(session) && !unsure.contains(session)) {
        sockets::close(&audience.state, session, OVER, "signed out");
    }
    let number = number(book)?;
    if audience.told.replace(number) != number {
        for session in &good {
            sockets::tell(&audience.state, session, &number.to_string());
        }
    }
    Ok(())
}

/// What is known of sessions that listen.
struct Standing {
    good: Vec<String>,
    /// Whoever keeps them cannot be asked now: they are told nothing, and may listen on.
    unsure: Vec<String>,
}

/// Which of these sessions are good now. Of the test twin's, the live ledger may be the home; of the operator's, the
/// directory knows more.
async fn standing(book: &Book, sessions: &[String]) -> Result<Standing, Problem> {
    let mut good = session::good(book, sessions)?;
    let mut unsure = Vec::new();
    let is_rest = |session: &&String| !good.iter().any(|known| known.id == **session);
    let rest: Vec<String> = sessions.iter().filter(is_rest).cloned().collect();
    let program = book.program()?;
    let isolate = book.isolate()?;
    if !rest.is_empty() && book.is_test.get() {
        let asked = serde_json::to_string(&rest)?;
        match client::call(&isolate, &program.facts.uid, "live", "session/good", &asked).await {
            Ok((200, body)) => good.extend(serde_json::from_str::<Vec<Good>>(&body)?),
            _ => unsure.extend(rest),
        }
    }
    if let Err(problem) = session::keep_open(&isolate, &mut good).await {
        worker::console_error!("the operator's sessions are not known: {}", problem.detail);
        let (operators, others): (Vec<Good>, Vec<Good>) =
            good.into_iter().partition(|known| known.opener.is_some());
        unsure.extend(operators.into_iter().map(|known| known.id));
        good = others;
    }
    Ok(Standing { good: good.into_iter().map(|known| known.id).collect(), unsure })
}
