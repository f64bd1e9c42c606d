//! Settings: keys, where friends land, sessions; its other pages have files of their own.

pub(in crate::pages) mod audit;
pub(in crate::pages) mod calendar;
pub(in crate::pages) mod data;
pub(super) mod file;
pub(in crate::pages) mod fraud;
pub(in crate::pages) mod groups;
pub(in crate::pages) mod retention;

use super::file::Files;
use super::former::{self, Field};
use super::overview::snippets;
use super::short::Short;
use crate::directory;
use crate::ledger::file::{TABLES, Table};
use crate::ledger::session::{LISTED, List, Listed, Listing, Opener};
use crate::pages::desk::{Desk, Refusal};
use crate::pages::form::Form;
use crate::pages::frame::{Frame, Section};
use crate::pages::reply::Reply;
use crate::pages::session;
use crate::problem::Problem;
use askama::Template;
use referral::instant::Instant;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

#[derive(Serialize, Deserialize)]
struct Key {
    id: String,
    kind: String,
    created_at: String,
    expires_at: Option<String>,
    /// The whole key where it is no secret.
    #[serde(rename = "key")]
    text: Option<String>,
}

#[derive(Deserialize)]
struct Keys {
    data: Vec<Key>,
}

struct KeyRow {
    id: String,
    kind: String,
    /// The whole key where it is no secret.
    key: Option<String>,
    made: String,
    ends: String,
    is_own: bool,
}

struct SessionRow {
    id: String,
    browser: String,
    seen: String,
    by: String,
    is_own: bool,
}

/// A key that was just made.
struct Fresh {
    kind: String,
    key: String,
}

#[derive(Template)]
#[template(path = "dashboard/settings.html")]
struct Page {
    fresh: Option<Fresh>,
    snippet: String,
    keys: Vec<KeyRow>,
    sessions: Vec<SessionRow>,
    /// How many are listed, where there are more.
    listed: Option<String>,
    name: String,
    destination: String,
    hosts: String,
    /// Nothing is kept in a browser before its person agreed.
    asks_consent: bool,
    key_files: Files,
    session_files: Files,
    /// The files of every table.
    tables: Vec<Files>,
    frame: Frame,
}

impl Key {
    fn is_over(&self, now: Instant) -> bool {
        self.expires_at.as_deref().and_then(Instant::parse).is_some_and(|end| end <= now)
    }
}

/// The key the session was opened with, where it is one of this ledger.
fn own_key<'a>(desk: &Desk<'a>) -> Option<&'a str> {
    desk.signed.session.key_id.as_deref().filter(|_| desk.mode == desk.signed.mode)
}

async fn keys(desk: &Desk<'_>) -> Result<Vec<Key>, Problem> {
    let found: Keys = desk.get("/v1/keys").await?;
    Ok(found.data)
}

/// The sessions of this ledger that are good now, at most so many. Where nobody knows of the operator's, theirs are listed
/// rather than nothing: a list lets nobody in.
async fn sessions(desk: &Desk<'_>, most: usize) -> Result<List, Problem> {
    let isolate = desk.isolate;
    let operators = match directory::client::sessions(isolate, &isolate.operator_hash()).await {
        Ok(open) => Some(open.into_iter().map(|session| session.id).collect()),
        Err(problem) => {
            worker::console_error!("the operator's sessions are not known: {}", problem.detail);
            None
        }
    };
    desk.inside("session/list", &Listing { most, operators }).await
}

/// The newest key for pages that is known, else with room for it.
fn known_key(mode: &str, keys: &[Key]) -> String {
    let known = keys.iter().rev().find(|key| key.expires_at.is_none() && key.text.is_some());
    known.and_then(|key| key.text.clone()).unwrap_or_else(|| format!("pk_{mode}_…"))
}

/// The key for pages of the desk's program, as it is pasted.
pub(super) async fn page_key(desk: &Desk<'_>) -> Result<String, Problem> {
    Ok(known_key(desk.mode.word(), &keys(desk).await?))
}

pub(in crate::pages) async fn show(desk: &Desk<'_>) -> Result<Reply, Problem> {
    let frame = desk.frame(Section::Settings).await?;
    page(desk, frame, None, None).await
}

/// The page; `typed` is what somebody filled in for the program and was refused.
async fn page(
    desk: &Desk<'_>,
    frame: Frame,
    fresh: Option<Fresh>,
    typed: Option<&Form>,
) -> Result<Reply, Problem> {
    let keys = keys(desk).await?;
    let own_key = own_key(desk);
    let List { sessions, more } = sessions(desk, LISTED).await?;
    let key_row = |key: &Key| KeyRow {
        id: key.id.clone(),
        kind: frame.words.of("key", &key.kind),
        key: key.text.clone(),
        made: frame.words.day(&key.created_at),
        ends: key
            .expires_at
            .as_ref()
            .map(|at| frame.words.with("key.ends", &frame.words.time(at)))
            .unwrap_or_default(),
        is_own: own_key == Some(key.id.as_str()),
    };
    let now = sessions.iter().map(|session| session.seen_at).max().unwrap_or(frame.now);
    let session_row = |session: &Listed| SessionRow {
        id: session.id.clone(),
        browser: frame.words.browser(&session.browser),
        seen: frame.words.ago(session.seen_at, now.max(session.seen_at)),
        by: match (&session.key_id, &session.opener) {
            (Some(key_id), _) => key_id.clone(),
            (None, Some(Opener::Person(person))) => format!("{} · {person}", frame.t("actor.operator")),
            (None, _) => frame.t("actor.operator").to_owned(),
        },
        is_own: session.id == desk.signed.session.id,
    };
    let typed = |name: &str, stored: String| match typed {
        Some(form) => former::again(form, name, stored),
        None => stored,
    };
    let status = frame.refusal.as_ref().map_or(200, |refusal| refusal.status);
    let page = Page {
        fresh,
        snippet: snippets::html(
            &desk.isolate.public_origin,
            &known_key(desk.mode.word(), &keys),
            frame.program.consent == "required",
        ),
        keys: keys.iter().filter(|key| !key.is_over(frame.now)).map(key_row).collect(),
        sessions: sessions.iter().map(session_row).collect(),
        listed: more.then(|| frame.words.with("settings.sessions.more", &sessions.len().to_string())),
        name: typed("name", frame.program.name.clone()),
        destination: typed("destination", frame.program.destination.clone()),
        hosts: typed("hosts", frame.program.hosts.join("\n")),
        asks_consent: typed("consent", frame.program.consent.clone()) == "required",
        key_files: Files::new(&frame, Short::Keys.word(), ""),
        session_files: Files::new(&frame, Short::Sessions.word(), ""),
        tables: TABLES
            .iter()
            .map(|table| {
                // These pages show what waits; here is everything.
                let every = matches!(table, Table::Flags | Table::Disputes);
                Files::new(&frame, table.word(), if every { "?show=all" } else { "" })
            })
            .collect(),
        frame,
    };
    Reply::page(status, &page)
}

async fn again(desk: &Desk<'_>, refusal: Refusal, typed: Option<&Form>) -> Result<Reply, Problem> {
    let words = &desk.words;
    let refusal = refusal.called(&[
        ("name", words.t("settings.name")),
        ("destination", words.t("settings.destination")),
        ("hosts", words.t("settings.hosts")),
        ("consent", words.t("settings.consent")),
    ]);
    let frame = desk.frame(Section::Settings).await?.refused(refusal);
    page(desk, frame, None, typed).await
}

/// Makes a new key of a kind and shows it, this once.
pub(in crate::pages) async fn rotate(desk: &Desk<'_>, form: &Form) -> Result<Reply, Problem> {
    let kind = form.text("kind").unwrap_or_default();
    let mut body = json!({ "kind": kind });
    if form.has("at_once")
        && let Some(fields) = body.as_object_mut()
    {
        fields.insert("overlap_hours".to_owned(), json!(0));
    }
    let made = match desk.tell::<Value>("POST", "/v1/keys", form.text("once"), &body).await? {
        Ok(made) => made,
        Err(refusal) => return again(desk, refusal, None).await,
    };
    let text = |name: &str| made.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let fresh = Fresh { kind: desk.words.of("key", &text("kind")), key: text("key") };
    let frame = desk.frame(Section::Settings).await?;
    page(desk, frame, Some(fresh), None).await
}

pub(in crate::pages) async fn revoke(desk: &Desk<'_>, id: &str) -> Result<Reply, Problem> {
    match desk.tell::<Value>("DELETE", &super::target("keys", id, "")?, None, &Value::Null).await? {
        Ok(_) => Ok(Reply::see(&format!("/dashboard/{}/settings?done=revoked", desk.mode.word()))),
        Err(refusal) => again(desk, refusal, None).await,
    }
}

/// Changes the program's name, where its links lead, and the hosts they are served on: those of them that were touched.
pub(in crate::pages) async fn change(desk: &Desk<'_>, form: &Form) -> Result<Reply, Problem> {
    let (words, program) = (&desk.words, desk.frame(Section::Settings).await?.program);
    let field = |name, label, stored: String| Field { name, label, said: stored.clone(), stored };
    let consent = match program.consent.as_str() {
        "required" => words.t("settings.consent.required"),
        _ => words.t("settings.consent.implied"),
    };
    let fields = [
        field("name", words.t("settings.name"), program.name),
        field("destination", words.t("settings.destination"), program.destination),
        field("hosts", words.t("settings.hosts"), program.hosts.join(" ")),
        Field { said: consent.to_owned(), ..field("consent", words.t("settings.consent"), program.consent) },
    ];
    if let Some(refusal) = former::overtaken(words, form, &fields) {
        return again(desk, refusal, Some(form)).await;
    }
    let mut body = Map::new();
    body.insert("version".to_owned(), json!(program.version));
    for Field { name, .. } in fields.iter().filter(|field| former::is_changed(form, field.name)) {
        let value = match (*name, form.text(name)) {
            ("hosts", text) => json!(text.unwrap_or_default().split_whitespace().collect::<Vec<_>>()),
            ("consent", None) => continue,
            (_, text) => json!(text.unwrap_or_default()),
        };
        body.insert((*name).to_owned(), value);
    }
    match desk.tell::<Value>("PATCH", "/v1/program", None, &Value::Object(body)).await? {
        Ok(_) => {
            crate::facts::forget(&desk.signed.uid);
            Ok(Reply::see(&format!("/dashboard/{}/settings?done=changed", desk.mode.word())))
        }
        Err(refusal) => again(desk, refusal, Some(form)).await,
    }
}

/// Ends another session of this ledger.
pub(in crate::pages) async fn end_session(desk: &Desk<'_>, id: &str) -> Result<Reply, Problem> {
    let _: bool = desk.inside_text("session/end", id).await?;
    session::heard_no_more(desk.isolate, &desk.signed.uid, desk.mode).await?;
    Ok(Reply::see(&format!("/dashboard/{}/settings?done=session_ended", desk.mode.word())))
}
