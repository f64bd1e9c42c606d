//! Disputes: what referrers doubt, and the merchant's answer.

use crate::ledger::desk::{Rows, Wanted};
use crate::pages::desk::Desk;
use crate::pages::form::Form;
use crate::pages::frame::{Frame, Section};
use crate::pages::reply::Reply;
use crate::problem::Problem;
use askama::Template;
use referral::instant::Instant;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Dispute {
    id: String,
    referrer_id: String,
    about: String,
    message: Option<String>,
    #[serde(default)]
    messages: Vec<Message>,
    status: String,
    note: Option<String>,
    trace: Option<Value>,
    created_at: String,
}

/// A word of either side, after the first.
#[derive(Deserialize)]
struct Message {
    by: String,
    message: Option<String>,
}

struct Matter {
    id: String,
    referrer: String,
    referrer_id: String,
    name: String,
    about: String,
    /// The conversion it is about, where it is about one.
    conversion: Option<String>,
    message: Option<String>,
    /// Who wrote, and what.
    messages: Vec<(String, Option<String>)>,
    /// What the trace says, in one sentence.
    because: String,
    is_open: bool,
    status: String,
    note: String,
    at: String,
    since: String,
}

#[derive(Template)]
#[template(path = "dashboard/disputes.html")]
struct Page {
    decided: bool,
    matters: Vec<Matter>,
    older: Option<String>,
    frame: Frame,
}

pub(in crate::pages) async fn list(desk: &Desk<'_>) -> Result<Reply, Problem> {
    let frame = desk.frame(Section::Disputes).await?;
    page(desk, frame).await
}

async fn page(desk: &Desk<'_>, frame: Frame) -> Result<Reply, Problem> {
    let decided = desk.visit.asked("show").as_deref() == Some("decided");
    let wanted = Wanted { before: desk.visit.before(), is: Some(decided), ..Wanted::default() };
    let found: Rows = desk.inside("desk/disputes", &wanted).await?;
    let disputes: Vec<Dispute> =
        found.rows.into_iter().map(serde_json::from_value).collect::<Result<_, _>>()?;
    let names = desk.names(disputes.iter().map(|dispute| dispute.referrer_id.clone())).await?;
    let matter = |dispute: Dispute| {
        let is_known = dispute.about.starts_with("led_") || dispute.about.starts_with("sal_");
        let attribution = dispute.trace.as_ref().and_then(|trace| trace.get("attribution"));
        let word = |name: &str| attribution.and_then(|one| one.get(name)).and_then(Value::as_str);
        let because = match (word("rule"), word("reason")) {
            (Some(rule), _) => frame.words.of("rule", rule),
            (_, Some(reason)) => frame.words.of("reason", reason),
            _ => String::new(),
        };
        let created = Instant::parse(&dispute.created_at).unwrap_or(frame.now);
        Matter {
            referrer: frame.to(&format!("referrers/{}", dispute.referrer_id)),
            name: names.of(&dispute.referrer_id),
            conversion: (is_known && dispute.trace.is_some())
                .then(|| frame.to(&format!("conversions/{}", dispute.about))),
            about: dispute.about,
            message: dispute.message,
            messages: dispute
                .messages
                .into_iter()
                .map(|one| (frame.words.of("disputes.by", &one.by), one.message))
                .collect(),
            because,
            is_open: !decided,
            status: frame.words.of("dispute", &dispute.status),
            note: dispute.note.unwrap_or_default(),
            since: frame.words.ago(created, frame.now),
            at: dispute.created_at,
            id: dispute.id,
            referrer_id: dispute.referrer_id,
        }
    };
    let matters = disputes.into_iter().map(matter).collect();
    let show = if decided { "decided" } else { "open" };
    let older = found.next.map(|seq| format!("?show={show}&before={seq}"));
    let status = frame.refusal.as_ref().map_or(200, |refusal| refusal.status);
    Reply::page(status, &Page { decided, matters, older, frame })
}

/// Answers a referrer.
pub(in crate::pages) async fn decide(desk: &Desk<'_>, id: &str, form: &Form) -> Result<Reply, Problem> {
    let decision = form.text("decision").unwrap_or_default();
    let credit = form.text("credit").filter(|_| decision == "upheld");
    let body = json!({
        "decision": decision,
        "note": form.text("note").unwrap_or_default(),
        "referrer_id": credit,
    });
    match desk
        .tell::<Value>("POST", &super::target("disputes", id, "decision")?, form.text("once"), &body)
        .await?
    {
        Ok(_) => Ok(Reply::see(&format!("/dashboard/{}/disputes?done=answered", desk.mode.word()))),
        Err(refusal) => {
            let frame = desk.frame(Section::Disputes).await?.refused(refusal);
            page(desk, frame).await
        }
    }
}
