//! Sign-in: a key is exchanged for a session, whose secret stands in a cookie that no script reads.
//!
//! A secret is made here at every sign-in and never taken from a browser, so nobody can be made to use one that somebody
//! else knows; the one the browser held before ends. One that is used gets a next one from time to time, with whatever
//! answers. Which program a session is for stands in its secret, with a tag that
//! is checked before any storage is asked.

use super::dashboard::sign_in;
use super::form::Form;
use super::reply::Reply;
use super::visit::Visit;
use crate::access::{self, Person};
use crate::directory;
use crate::directory::session as operator_session;
use crate::isolate::Isolate;
use crate::ledger;
use crate::ledger::session::{Opener, Opening, Session, Used, Using};
use crate::limit;
use crate::platform;
use crate::problem::Problem;
use referral::api_key::{KeyKind, Mode, same_secret};
use referral::browser;
use referral::session::{Home, LONGEST_MS, Token};

/// A cookie's two names. `__Host-` binds it to this very host over https, which is why it cannot be had over plain http:
/// there, on a developer's machine, it goes without.
#[derive(Clone, Copy)]
pub(super) struct Cookie<'a> {
    secure: &'static str,
    plain: &'static str,
    /// What comes behind either, where a browser may hold several at once. `__Host-` forbids to tell them apart by path.
    end: &'a str,
}

/// The session of a program.
pub(super) const PROGRAM: Cookie<'static> =
    Cookie { secure: "__Host-goodword", plain: "goodword_dashboard", end: "" };
/// The operator's session.
pub(super) const OPERATOR: Cookie<'static> =
    Cookie { secure: "__Host-goodword-operator", plain: "goodword_operator", end: "" };
/// The language that was chosen in the dashboard.
pub(super) const LANGUAGE: Cookie<'static> =
    Cookie { secure: "__Host-goodword-language", plain: "goodword_language", end: "" };
/// The language that was chosen on a referrer's pages, for a visit: a choice for years stays beside it.
pub(super) const PORTAL_LANGUAGE: Cookie<'static> =
    Cookie { secure: "__Host-goodword-language-portal", plain: "goodword_language_portal", end: "" };

/// A referrer's session at their page of the program with this uid: somebody may be in several.
pub(super) const fn portal(uid: &str) -> Cookie<'_> {
    Cookie { secure: "__Host-goodword-portal-", plain: "goodword_portal_", end: uid }
}

impl Cookie<'_> {
    /// Its name on this deployment.
    pub(super) fn name(self, secure: bool) -> String {
        format!("{}{}", if secure { self.secure } else { self.plain }, self.end)
    }

    /// The line that sets it to a session's secret; an empty one takes it away.
    pub(super) fn line(self, isolate: &Isolate, secret: &str) -> String {
        self.lasting(isolate, secret, if secret.is_empty() { 0 } else { LONGEST_MS / 1000 })
    }

    /// The line that sets it for so many seconds.
    pub(super) fn lasting(self, isolate: &Isolate, value: &str, seconds: i64) -> String {
        format!("{}; Max-Age={seconds}", self.passing(isolate, value))
    }

    /// The line that sets it for as long as the browser is open.
    pub(super) fn passing(self, isolate: &Isolate, value: &str) -> String {
        let secure = isolate.is_secure();
        let line = format!("{}={value}; Path=/; HttpOnly; SameSite=Lax", self.name(secure));
        if secure { format!("{line}; Secure") } else { line }
    }
}

/// A browser that is signed in to a program.
pub(super) struct Signed {
    pub(super) uid: String,
    /// The ledger that keeps the session.
    pub(super) mode: Mode,
    pub(super) session: Session,
}

impl Signed {
    /// Asks the session's home whether it is good and, where the operator opened it, whether they still are who they were.
    ///
    /// # Errors
    /// 401 where there is none, or no longer.
    pub(super) async fn of(isolate: &Isolate, visit: &Visit) -> Result<Self, Problem> {
        let token = visit.cookie(PROGRAM).and_then(|text| isolate.sessions.parse(text)).ok_or_else(nobody)?;
        let Home::Program(mode, uid) = token.home.clone() else { return Err(nobody()) };
        let next = next(isolate, visit, &token)?;
        let using = Using { hash: token.hash(), next: next.as_ref().map(Token::hash) };
        let using = serde_json::to_string(&using)?;
        let (status, body) = ledger::client::call(isolate, &uid, mode.word(), "session/use", &using).await?;
        let used: Used = match status {
            200 => serde_json::from_str(&body)?,
            401 => return Err(nobody()),
            status => {
                return Err(Problem::internal(&format!("the ledger answered {status} to a session")));
            }
        };
        let Some(session) = used.session else {
            heard_no_more(isolate, &uid, mode).await?;
            return Err(nobody());
        };
        if let Some(opener) = &session.opener {
            Operator::by(isolate, visit, opener)
                .await?
                .filter(|operator| operator.opener(&uid) == *opener)
                .ok_or_else(nobody)?;
        }
        if let Some(next) = next.filter(|_| used.renewed) {
            visit.give(PROGRAM.line(isolate, next.text()));
        }
        Ok(Self { uid, mode, session })
    }

    /// Whether it may look at a ledger: a live session at both, a test session at the test twin.
    pub(super) fn may(&self, mode: Mode) -> bool {
        self.mode == Mode::Live || mode == Mode::Test
    }
}

/// The operator, signed in.
pub(super) enum Operator {
    /// By Cloudflare Access, which is asked with every request; no session is kept.
    Person(Person),
    /// With the operator's key: the session's id.
    Session(String),
}

impl Operator {
    /// Whom Access let in, or else whether the directory knows the operator's session to be good.
    ///
    /// # Errors
    /// 401 where there is none, or no longer.
    pub(super) async fn of(isolate: &Isolate, visit: &Visit) -> Result<Self, Problem> {
        match Self::let_in(isolate, visit).await? {
            Some(person) => Ok(person),
            None => Self::signed_in(isolate, visit).await?.ok_or_else(nobody),
        }
    }

    /// The operator as they opened a program: whoever came by one way is not asked for the other.
    async fn by(isolate: &Isolate, visit: &Visit, opener: &Opener) -> Result<Option<Self>, Problem> {
        match opener {
            Opener::Person(_) => Self::let_in(isolate, visit).await,
            Opener::Session(_) => Self::signed_in(isolate, visit).await,
        }
    }

    async fn let_in(isolate: &Isolate, visit: &Visit) -> Result<Option<Self>, Problem> {
        Ok(access::person(isolate, &visit.assertion).await?.map(Self::Person))
    }

    async fn signed_in(isolate: &Isolate, visit: &Visit) -> Result<Option<Self>, Problem> {
        let token = visit.cookie(OPERATOR).and_then(|text| isolate.sessions.parse(text));
        let Some(token) = token.filter(|token| token.home == Home::Operator) else { return Ok(None) };
        let next = next(isolate, visit, &token)?;
        let using = operator_session::Using {
            hash: token.hash(),
            key_hash: isolate.operator_hash(),
            next: next.as_ref().map(Token::hash),
        };
        let Some(used) = directory::client::use_session(isolate, using).await? else { return Ok(None) };
        if let Some(next) = next.filter(|_| used.renewed) {
            visit.give(OPERATOR.line(isolate, next.text()));
        }
        Ok(Some(Self::Session(used.id)))
    }

    /// The session's id, where there is one.
    pub(super) fn session(&self) -> Option<&str> {
        match self {
            Self::Session(id) => Some(id),
            Self::Person(_) => None,
        }
    }

    /// What stands behind the session of a program that they open.
    fn opener(&self, uid: &str) -> Opener {
        match self {
            Self::Session(id) => Opener::Session(id.clone()),
            Self::Person(person) => Opener::Person(person.name_at(uid)),
        }
    }
}

/// A secret that the session of this one could be given instead. The handshake of a socket carries none.
fn next(isolate: &Isolate, visit: &Visit, token: &Token) -> Result<Option<Token>, Problem> {
    if !visit.upgrade.is_empty() {
        return Ok(None);
    }
    Ok(isolate.sessions.mint(token.home.clone(), platform::random()?))
}

/// Whoever asks is not signed in, or not here.
pub(super) fn nobody() -> Problem {
    Problem::new(401, "session_missing", "Not signed in", "Sign in with a key of your program.")
}

/// `POST /dashboard/sign-in`: a secret key opens its program, the operator's key the list of them.
pub(super) async fn sign_in(isolate: &Isolate, visit: &Visit, form: &Form) -> Result<Reply, Problem> {
    if limit::spend_sign_in(&visit.address).exceeded {
        return sign_in::refused(visit, 429, "sign_in.too_many");
    }
    let text = form.text("key").unwrap_or_default();
    if same_secret(text, &isolate.admin_key) {
        return operator(isolate, visit).await;
    }
    let Ok(key) = isolate.api_keys.parse(text) else {
        let public = text.starts_with("pk_") || text.starts_with("ik_");
        return sign_in::refused(visit, 422, if public { "sign_in.wrong_kind" } else { "sign_in.unknown" });
    };
    if key.kind != KeyKind::Secret {
        return sign_in::refused(visit, 422, "sign_in.wrong_kind");
    }
    match open(isolate, visit, key.mode, &key.uid, (key.hash(), None)).await? {
        Some(token) => {
            let home = format!("/dashboard/{}", key.mode.word());
            Ok(Reply::see(&home).with_cookie(PROGRAM.line(isolate, token.text())))
        }
        None => sign_in::refused(visit, 422, "sign_in.unknown"),
    }
}

/// Opens a session in a ledger; none where the key is not, or no longer, one of its.
async fn open(
    isolate: &Isolate,
    visit: &Visit,
    mode: Mode,
    uid: &str,
    (key_hash, opener): (String, Option<Opener>),
) -> Result<Option<Token>, Problem> {
    let home = Home::Program(mode, uid.to_owned());
    let token = isolate.sessions.mint(home.clone(), platform::random()?).ok_or_else(Problem::not_found)?;
    let former = visit.cookie(PROGRAM).and_then(|text| isolate.sessions.parse(text));
    let (here, elsewhere) = match former {
        Some(former) if former.home == home => (Some(former.hash()), None),
        former => (None, former),
    };
    let opening = Opening {
        hash: token.hash(),
        key_hash,
        opener,
        browser: browser::name(&visit.user_agent),
        former: here,
    };
    let opening = serde_json::to_string(&opening)?;
    let (status, _) = ledger::client::call(isolate, uid, mode.word(), "session/open", &opening).await?;
    match status {
        201 => {
            if let Some(former) = elsewhere {
                leave(isolate, &former).await?;
            }
            Ok(Some(token))
        }
        401 => Ok(None),
        status => Err(Problem::internal(&format!("the ledger answered {status} to a sign-in"))),
    }
}

async fn operator(isolate: &Isolate, visit: &Visit) -> Result<Reply, Problem> {
    let token = isolate
        .sessions
        .mint(Home::Operator, platform::random()?)
        .ok_or_else(|| Problem::internal("the operator has no home"))?;
    for cookie in [OPERATOR, PROGRAM] {
        if let Some(former) = visit.cookie(cookie).and_then(|text| isolate.sessions.parse(text)) {
            leave(isolate, &former).await?;
        }
    }
    let opening = operator_session::Opening {
        hash: token.hash(),
        key_hash: isolate.operator_hash(),
        browser: browser::name(&visit.user_agent),
    };
    directory::client::open_session(isolate, opening).await?;
    Ok(Reply::see("/dashboard/programs")
        .with_cookie(OPERATOR.line(isolate, token.text()))
        .with_cookie(PROGRAM.line(isolate, "")))
}

/// `POST /dashboard/programs {uid}`: the operator opens one of the programs; a session of its own, in its ledger.
pub(super) async fn open_program(
    isolate: &Isolate,
    visit: &Visit,
    operator: &Operator,
    form: &Form,
) -> Result<Reply, Problem> {
    let uid = form.text("uid").unwrap_or_default();
    // Asked of the directory first: a program that is not there must leave no file.
    let name = crate::facts::Name::Link(uid);
    let facts = directory::client::find(isolate, name).await?.ok_or_else(Problem::not_found)?;
    let behind = (isolate.operator_hash(), Some(operator.opener(&facts.uid)));
    let token = open(isolate, visit, Mode::Live, &facts.uid, behind).await?.ok_or_else(nobody)?;
    Ok(Reply::see("/dashboard/live").with_cookie(PROGRAM.line(isolate, token.text())))
}

/// `POST /dashboard/sign-out`: the sessions of this browser end, here and where they are kept. The operator's first:
/// nothing that was opened by it is open then, whatever becomes of the rest.
pub(super) async fn sign_out(isolate: &Isolate, visit: &Visit) -> Result<Reply, Problem> {
    for cookie in [OPERATOR, PROGRAM] {
        if let Some(token) = visit.cookie(cookie).and_then(|text| isolate.sessions.parse(text)) {
            leave(isolate, &token).await?;
        }
    }
    Ok(Reply::see("/dashboard/sign-in?done=signed_out")
        .with_cookie(PROGRAM.line(isolate, ""))
        .with_cookie(OPERATOR.line(isolate, "")))
}

/// A session of the live ledger may listen to the test twin too, which has to hear that it ended. Whoever listens to the
/// live ledger is looked at by itself.
pub(super) async fn heard_no_more(isolate: &Isolate, uid: &str, mode: Mode) -> Result<(), Problem> {
    if mode == Mode::Live {
        ledger::client::call(isolate, uid, Mode::Test.word(), "live/look", "").await?;
    }
    Ok(())
}

/// Ends a session where it is kept.
pub(super) async fn leave(isolate: &Isolate, token: &Token) -> Result<(), Problem> {
    match &token.home {
        Home::Operator => directory::client::leave_session(isolate, &token.hash()).await,
        Home::Program(mode, uid) => {
            ledger::client::call(isolate, uid, mode.word(), "session/leave", &token.hash()).await?;
            heard_no_more(isolate, uid, *mode).await
        }
        Home::Referrer(mode, uid) => {
            ledger::client::call(isolate, uid, mode.word(), "portal/leave", &token.hash()).await.map(|_| ())
        }
        // Nothing is in yet.
        Home::WayIn(..) => Ok(()),
    }
}
