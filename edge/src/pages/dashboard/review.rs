//! Review: what our rules doubt, and what a person decides about it.

use crate::ledger::desk::{Rows, Wanted};
use crate::pages::desk::Desk;
use crate::pages::form::Form;
use crate::pages::frame::{Frame, Section};
use crate::pages::reply::Reply;
use crate::problem::Problem;
use askama::Template;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Flag {
    id: String,
    conversion_id: String,
    referrer_id: String,
    rule: String,
    weight: u32,
    status: String,
    note: Option<String>,
    created_at: String,
    decided_at: Option<String>,
}

struct Doubt {
    id: String,
    rule: String,
    weight: String,
    is_open: bool,
    status: String,
    note: String,
    when: String,
    at: String,
    conversion: String,
    kind: &'static str,
    referrer: String,
    name: String,
}

#[derive(Template)]
#[template(path = "dashboard/review.html")]
struct Page {
    decided: bool,
    doubts: Vec<Doubt>,
    older: Option<String>,
    frame: Frame,
}

pub(in crate::pages) async fn list(desk: &Desk<'_>) -> Result<Reply, Problem> {
    let frame = desk.frame(Section::Review).await?;
    page(desk, frame).await
}

async fn page(desk: &Desk<'_>, frame: Frame) -> Result<Reply, Problem> {
    let decided = desk.visit.asked("show").as_deref() == Some("decided");
    let wanted = Wanted { before: desk.visit.before(), is: Some(decided), ..Wanted::default() };
    let found: Rows = desk.inside("desk/flags", &wanted).await?;
    let flags: Vec<Flag> = found.rows.into_iter().map(serde_json::from_value).collect::<Result<_, _>>()?;
    let names = desk.names(flags.iter().map(|flag| flag.referrer_id.clone())).await?;
    let doubt = |flag: Flag| Doubt {
        rule: frame.words.of("flag", &flag.rule),
        weight: flag.weight.to_string(),
        is_open: flag.status == "open",
        status: frame.words.of("flag.status", &flag.status),
        note: flag.note.unwrap_or_default(),
        when: frame.words.time(flag.decided_at.as_deref().unwrap_or(&flag.created_at)),
        at: flag.decided_at.unwrap_or(flag.created_at),
        conversion: frame.to(&format!("conversions/{}", flag.conversion_id)),
        kind: frame.t(if flag.conversion_id.starts_with("led_") { "review.a_lead" } else { "review.a_sale" }),
        referrer: frame.to(&format!("referrers/{}", flag.referrer_id)),
        name: names.of(&flag.referrer_id),
        id: flag.id,
    };
    let doubts = flags.into_iter().map(doubt).collect();
    let show = if decided { "decided" } else { "open" };
    let older = found.next.map(|seq| format!("?show={show}&before={seq}"));
    let status = frame.refusal.as_ref().map_or(200, |refusal| refusal.status);
    Reply::page(status, &Page { decided, doubts, older, frame })
}

/// Lets go of what a flag holds, or takes it back for good.
pub(in crate::pages) async fn decide(desk: &Desk<'_>, id: &str, form: &Form) -> Result<Reply, Problem> {
    let decision = form.text("decision").unwrap_or_default();
    let body = match form.text("note") {
        Some(note) => json!({ "decision": decision, "note": note }),
        None => json!({ "decision": decision }),
    };
    match desk
        .tell::<Value>("POST", &super::target("flags", id, "decision")?, form.text("once"), &body)
        .await?
    {
        Ok(_) => {
            let done = if decision == "confirm" { "confirmed" } else { "released" };
            Ok(Reply::see(&format!("/dashboard/{}/review?done={done}", desk.mode.word())))
        }
        Err(refusal) => {
            let frame = desk.frame(Section::Review).await?.refused(refusal);
            page(desk, frame).await
        }
    }
}
