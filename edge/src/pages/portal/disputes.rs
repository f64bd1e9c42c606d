//! A referrer's own disputes: all of them, one with everything that was said, a way to open one and to take it back.

use super::conversions;
use super::file::Files;
use super::frame::{Frame, Section};
use super::seat::Seat;
use crate::ledger::desk::{Rows, Wanted};
use crate::ledger::portal::file::Own;
use crate::pages::form::Form;
use crate::pages::refusal::Refusal;
use crate::pages::reply::Reply;
use crate::problem::Problem;
use askama::Template;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Said {
    by: String,
    message: Option<String>,
    created_at: String,
}

#[derive(Deserialize)]
struct Dispute {
    id: String,
    about: String,
    opened_by: Option<String>,
    message: Option<String>,
    #[serde(default)]
    messages: Vec<Said>,
    status: String,
    note: Option<String>,
    due_at: String,
    created_at: String,
    decided_at: Option<String>,
    #[serde(default)]
    trace: Option<Value>,
}

struct Row {
    path: String,
    about: String,
    status: String,
    waits: bool,
    at: String,
    when: String,
}

#[derive(Template)]
#[template(path = "portal/disputes.html")]
struct List {
    rows: Vec<Row>,
    older: Option<String>,
    is_first: bool,
    files: Files,
    about: String,
    message: String,
    frame: Frame,
}

/// What a dispute is about, in words: a conversion by what it is, anything else as it was written.
fn about(frame: &Frame, about: &str) -> String {
    match about.get(..4) {
        Some("led_") => frame.t("portal.lead").to_owned(),
        Some("sal_") => frame.t("portal.sale").to_owned(),
        _ => about.to_owned(),
    }
}

pub(super) async fn list(seat: &Seat<'_>) -> Result<Reply, Problem> {
    let about = seat.visit.asked("about").unwrap_or_default();
    page(seat, None, &about, "").await
}

async fn page(
    seat: &Seat<'_>,
    refusal: Option<Refusal>,
    typed: &str,
    message: &str,
) -> Result<Reply, Problem> {
    let frame = seat.frame(Section::Disputes).await?.refused(refusal);
    let before = seat.visit.before();
    let found: Rows = seat.inside("portal/disputes", &Wanted { before, ..Wanted::default() }).await?;
    let disputes: Vec<Dispute> =
        found.rows.into_iter().map(serde_json::from_value).collect::<Result<_, _>>()?;
    let row = |dispute: Dispute| Row {
        path: frame.to(&format!("disputes/{}", dispute.id)),
        about: about(&frame, &dispute.about),
        status: frame.words.of("portal.dispute", &dispute.status),
        waits: dispute.status == "waiting_for_referrer",
        when: frame.words.time(&dispute.created_at),
        at: dispute.created_at,
    };
    let page = List {
        rows: disputes.into_iter().map(row).collect(),
        older: found.next.map(|seq| format!("?before={seq}")),
        is_first: before.is_none(),
        files: Files::new(&frame, Own::Disputes, ""),
        about: typed.to_owned(),
        message: message.to_owned(),
        frame,
    };
    Reply::page(page.frame.status(), &page)
}

/// Opens one: about a conversion of theirs, or about what they miss.
pub(super) async fn open(seat: &Seat<'_>, form: &Form) -> Result<Reply, Problem> {
    let about = form.text("about").unwrap_or_default();
    let message = form.text("message").unwrap_or_default();
    let body = json!({ "about": about, "message": message });
    match seat.tell::<Value>("POST", "/v1/disputes", form.text("once"), &body).await? {
        Ok(opened) => {
            let id = opened.get("id").and_then(Value::as_str).unwrap_or_default();
            Ok(Reply::see(&format!("{}?done=asked", seat.to(&format!("disputes/{id}")))))
        }
        Err(refusal) if about.starts_with("led_") || about.starts_with("sal_") => {
            conversions::page(seat, about, Some(refusal), message).await
        }
        Err(refusal) => page(seat, Some(refusal), about, message).await,
    }
}

/// Something that was said.
struct Word {
    by: String,
    is_own: bool,
    message: Option<String>,
    at: String,
    when: String,
}

#[derive(Template)]
#[template(path = "portal/dispute.html")]
struct One {
    id: String,
    about: String,
    /// The conversion it is about, where it is theirs to see.
    conversion: Option<String>,
    status: String,
    is_open: bool,
    due: String,
    words_said: Vec<Word>,
    /// What the shop decided, and when.
    decided: Option<(String, String)>,
    message: String,
    frame: Frame,
}

/// One, with everything that was said.
pub(super) async fn show(seat: &Seat<'_>, id: &str) -> Result<Reply, Problem> {
    one(seat, id, None, "").await
}

async fn one(seat: &Seat<'_>, id: &str, refusal: Option<Refusal>, typed: &str) -> Result<Reply, Problem> {
    let dispute: Dispute = seat.get(&super::target("disputes", id, "")?).await?;
    let frame = seat.frame(Section::Disputes).await?.refused(refusal);
    let word = |by: &str, message: Option<String>, at: &str| Word {
        by: frame.words.of("portal.by", by),
        is_own: by == "referrer",
        message,
        at: at.to_owned(),
        when: frame.words.time(at),
    };
    let first =
        word(dispute.opened_by.as_deref().unwrap_or("referrer"), dispute.message, &dispute.created_at);
    let rest = dispute.messages.into_iter().map(|said| word(&said.by, said.message, &said.created_at));
    let words_said = std::iter::once(first).chain(rest).collect();
    let page = One {
        about: about(&frame, &dispute.about),
        conversion: dispute.trace.map(|_| frame.to(&format!("conversions/{}", dispute.about))),
        status: frame.words.of("portal.dispute", &dispute.status),
        is_open: dispute.decided_at.is_none(),
        due: frame.words.day(&dispute.due_at),
        words_said,
        decided: dispute.decided_at.map(|at| (frame.words.time(&at), dispute.note.unwrap_or_default())),
        message: typed.to_owned(),
        id: dispute.id,
        frame,
    };
    Reply::page(page.frame.status(), &page)
}

/// Another word of theirs.
pub(super) async fn say(seat: &Seat<'_>, id: &str, form: &Form) -> Result<Reply, Problem> {
    let message = form.text("message").unwrap_or_default();
    let body = json!({ "message": message });
    let target = super::target("disputes", id, "messages")?;
    match seat.tell::<Value>("POST", &target, form.text("once"), &body).await? {
        Ok(_) => Ok(Reply::see(&format!("{}?done=said", seat.to(&format!("disputes/{id}"))))),
        Err(refusal) => one(seat, id, Some(refusal), message).await,
    }
}

/// They take it back.
pub(super) async fn withdraw(seat: &Seat<'_>, id: &str, form: &Form) -> Result<Reply, Problem> {
    let body = json!({ "decision": "withdrawn" });
    let target = super::target("disputes", id, "decision")?;
    match seat.tell::<Value>("POST", &target, form.text("once"), &body).await? {
        Ok(_) => Ok(Reply::see(&format!("{}?done=withdrawn", seat.to(&format!("disputes/{id}"))))),
        Err(refusal) => one(seat, id, Some(refusal), "").await,
    }
}
