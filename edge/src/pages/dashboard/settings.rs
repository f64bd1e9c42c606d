//! Settings: keys, where friends land, sessions, the audit log.

use crate::ledger::session::Listed;
use crate::pages::desk::{Desk, Refusal};
use crate::pages::form::Form;
use crate::pages::frame::{Frame, Section};
use crate::pages::reply::Reply;
use crate::problem::Problem;
use askama::Template;
use referral::instant::Instant;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
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
    name: String,
    destination: String,
    hosts: String,
    frame: Frame,
}

async fn keys(desk: &Desk<'_>) -> Result<Vec<Key>, Problem> {
    let found: Keys = desk.get("/v1/keys").await?;
    Ok(found.data)
}

/// What a merchant pastes: with the newest key for pages that is known, else with room for it.
fn pasted(origin: &str, mode: &str, keys: &[Key]) -> String {
    let known = keys.iter().rev().find(|key| key.expires_at.is_none() && key.text.is_some());
    let key = known.and_then(|key| key.text.clone()).unwrap_or_else(|| format!("pk_{mode}_…"));
    format!(
        "<script async src=\"{origin}/goodword.js\"\n        data-program=\"{key}\"></script>\n\n<goodword-widget></goodword-widget>"
    )
}

/// The snippet of the desk's program.
pub(super) async fn snippet(desk: &Desk<'_>) -> Result<String, Problem> {
    Ok(pasted(&desk.isolate.public_origin, desk.mode.word(), &keys(desk).await?))
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
    let own_key = desk.signed.session.key_id.as_deref().filter(|_| desk.mode == desk.signed.mode);
    let sessions: Vec<Listed> = desk.inside("session/list", &()).await?;
    let is_over =
        |key: &Key| key.expires_at.as_deref().and_then(Instant::parse).is_some_and(|end| end <= frame.now);
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
        browser: if session.browser.is_empty() {
            frame.t("session.unknown").to_owned()
        } else {
            session.browser.clone()
        },
        seen: frame.words.ago(session.seen_at, now.max(session.seen_at)),
        by: session.key_id.clone().unwrap_or_else(|| frame.t("actor.operator").to_owned()),
        is_own: session.id == desk.signed.session.id,
    };
    let typed = |name: &str, stored: String| {
        typed.map_or(stored, |form| form.text(name).unwrap_or_default().to_owned())
    };
    let status = frame.refusal.as_ref().map_or(200, |refusal| refusal.status);
    let page = Page {
        fresh,
        snippet: pasted(&desk.isolate.public_origin, desk.mode.word(), &keys),
        keys: keys.iter().filter(|key| !is_over(key)).map(key_row).collect(),
        sessions: sessions.iter().map(session_row).collect(),
        name: typed("name", frame.program.name.clone()),
        destination: typed("destination", frame.program.destination.clone()),
        hosts: typed("hosts", frame.program.hosts.join("\n")),
        frame,
    };
    Reply::page(status, &page)
}

async fn again(desk: &Desk<'_>, refusal: Refusal, typed: Option<&Form>) -> Result<Reply, Problem> {
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

/// Changes the program's name, where its links lead, and the hosts they are served on.
pub(in crate::pages) async fn change(desk: &Desk<'_>, form: &Form) -> Result<Reply, Problem> {
    let hosts: Vec<&str> = form.text("hosts").unwrap_or_default().split_whitespace().collect();
    let body = json!({
        "name": form.text("name").unwrap_or_default(),
        "destination": form.text("destination").unwrap_or_default(),
        "hosts": hosts,
    });
    match desk.tell::<Value>("PATCH", "/v1/program", None, &body).await? {
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
    Ok(Reply::see(&format!("/dashboard/{}/settings?done=session_ended", desk.mode.word())))
}

#[derive(Deserialize)]
struct Audited {
    at: String,
    actor: String,
    key_id: Option<String>,
    session_id: Option<String>,
    action: String,
    subject: String,
}

#[derive(Deserialize)]
struct Log {
    data: Vec<Audited>,
    next_cursor: Option<String>,
}

struct Line {
    at: String,
    when: String,
    who: String,
    by: String,
    what: String,
    subject: String,
}

#[derive(Template)]
#[template(path = "dashboard/audit.html")]
struct AuditPage {
    lines: Vec<Line>,
    older: Option<String>,
    is_first: bool,
    frame: Frame,
}

/// Who did what, newest first.
pub(in crate::pages) async fn audit(desk: &Desk<'_>) -> Result<Reply, Problem> {
    let frame = desk.frame(Section::Settings).await?;
    let after = desk.visit.asked("after").filter(|id| super::target("audit", id, "").is_ok());
    let cursor = after.as_ref().map(|id| format!("&starting_after={id}")).unwrap_or_default();
    let log: Log = desk.get(&format!("/v1/audit?limit=50{cursor}")).await?;
    let line = |row: Audited| Line {
        when: frame.words.time(&row.at),
        at: row.at,
        who: frame.words.of("actor", &row.actor),
        by: row.session_id.or(row.key_id).unwrap_or_default(),
        what: frame.words.of("action", &row.action),
        subject: row.subject,
    };
    let page = AuditPage {
        lines: log.data.into_iter().map(line).collect(),
        older: log.next_cursor.map(|id| format!("?after={id}")),
        is_first: after.is_none(),
        frame,
    };
    Reply::page(200, &page)
}
