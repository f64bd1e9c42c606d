//! Terms: what is promised, in plain words; a draft with what it would promise and would have cost; what held before.

mod draft;

use self::draft::Draft;
use crate::ledger::desk::Version;
use crate::pages::desk::{Desk, Fault, Refusal};
use crate::pages::form::Form;
use crate::pages::frame::{Frame, Section};
use crate::pages::reply::Reply;
use crate::problem::Problem;
use askama::Template;
use referral::promise::{self, Promise};
use referral::terms::Terms;
use serde::Deserialize;
use serde_json::{Value, json};

/// What `GET /v1/terms` says.
#[derive(Deserialize)]
struct InForce {
    terms: Value,
}

struct Former {
    title: String,
    when: String,
    lines: Vec<String>,
}

/// What a draft would have granted.
struct Tried {
    over: String,
    draft: String,
    granted: String,
    difference: String,
}

#[derive(Template)]
#[template(path = "dashboard/terms.html")]
struct Page {
    version: u64,
    since: String,
    promise: Promise,
    draft: Draft,
    /// What the draft promises, and what it would have granted, once it was looked at.
    preview: Option<(Promise, Option<Tried>)>,
    former: Vec<Former>,
    frame: Frame,
}

async fn in_force(desk: &Desk<'_>) -> Result<Value, Problem> {
    let found: InForce = desk.get("/v1/terms").await?;
    Ok(found.terms)
}

pub(in crate::pages) async fn show(desk: &Desk<'_>) -> Result<Reply, Problem> {
    let frame = desk.frame(Section::Terms).await?;
    let terms = in_force(desk).await?;
    let draft = Draft::of(&frame, &terms);
    page(desk, frame, &terms, draft, None).await
}

async fn page(
    desk: &Desk<'_>,
    frame: Frame,
    terms: &Value,
    draft: Draft,
    preview: Option<(Promise, Option<Tried>)>,
) -> Result<Reply, Problem> {
    let versions: Vec<Version> = desk.inside("desk/terms", &()).await?;
    let number = terms.get("version").and_then(Value::as_u64).unwrap_or(0);
    let former = versions.iter().filter(|version| u64::from(version.number) != number).map(|version| {
        let promise = said(&frame, &version.terms);
        Former {
            title: frame.words.with("terms.version", &version.number.to_string()),
            when: frame.words.day(&version.created_at.to_string()),
            lines: promise.map(lines).unwrap_or_default(),
        }
    });
    let status = frame.refusal.as_ref().map_or(200, |refusal| refusal.status);
    let page = Page {
        version: number,
        since: frame.words.day(terms.get("created_at").and_then(Value::as_str).unwrap_or_default()),
        promise: said(&frame, terms).ok_or_else(|| Problem::internal("stored terms are not readable"))?,
        draft,
        preview,
        former: former.collect(),
        frame,
    };
    Reply::page(status, &page)
}

/// Terms in words. They are read as a merchant's are, so that a draft is said as it would be kept.
fn said(frame: &Frame, terms: &Value) -> Option<Promise> {
    let terms = Terms::read("terms", terms.as_object()?).ok()?;
    Some(promise::say(&terms, frame.program.currency, frame.words.locale))
}

fn lines(promise: Promise) -> Vec<String> {
    promise.referrer.into_iter().chain(promise.friend).chain(promise.conditions).collect()
}

/// Shows what a draft would promise and would have granted. Nothing is stored.
pub(in crate::pages) async fn preview(desk: &Desk<'_>, form: &Form) -> Result<Reply, Problem> {
    let frame = desk.frame(Section::Terms).await?;
    let terms = in_force(desk).await?;
    let draft = Draft::read(&frame, &terms, form);
    let wanted = match draft.terms(&frame, &terms) {
        Ok(wanted) => wanted,
        Err(faults) => return page(desk, frame.refused(refusal(faults)), &terms, draft, None).await,
    };
    let Some(promise) = said(&frame, &wanted) else {
        let faults = faults(&wanted);
        return page(desk, frame.refused(refusal(faults)), &terms, draft, None).await;
    };
    let body = json!({ "terms": wanted, "limit": 1000 });
    let tried = match desk.tell::<Value>("POST", "/v1/terms/simulate", None, &body).await? {
        Ok(answer) => tried(&frame, &answer),
        Err(refusal) => return page(desk, frame.refused(refusal), &terms, draft, None).await,
    };
    page(desk, frame, &terms, draft, Some((promise, tried))).await
}

fn refusal(errors: Vec<Fault>) -> Refusal {
    Refusal { status: 422, errors, ..Refusal::default() }
}

fn faults(terms: &Value) -> Vec<Fault> {
    let errors = terms.as_object().map(|fields| Terms::read("terms", fields));
    let Some(Err(errors)) = errors else { return Vec::new() };
    errors.into_iter().map(|error| Fault { field: error.field, detail: error.detail }).collect()
}

fn tried(frame: &Frame, answer: &Value) -> Option<Tried> {
    let conversions = answer.get("conversions").and_then(Value::as_u64).filter(|count| *count > 0)?;
    let sum = |name: &str| -> i64 {
        let of = |side: &str| {
            answer.pointer(&format!("/{name}/{side}/amount")).and_then(Value::as_i64).unwrap_or(0)
        };
        of("referrer") + of("friend")
    };
    let (draft, granted) = (sum("draft"), sum("granted"));
    Some(Tried {
        over: frame.words.counted("terms.tried", conversions),
        draft: frame.money(draft),
        granted: frame.money(granted),
        difference: if draft > granted {
            format!("+{}", frame.money(draft - granted))
        } else {
            frame.money(draft - granted)
        },
    })
}

/// Makes a draft the terms of what happens from now on.
pub(in crate::pages) async fn save(desk: &Desk<'_>, form: &Form) -> Result<Reply, Problem> {
    let frame = desk.frame(Section::Terms).await?;
    let terms = in_force(desk).await?;
    let draft = Draft::read(&frame, &terms, form);
    let known = terms.get("version").and_then(Value::as_u64).map(|version| version.to_string());
    let refusal = if form.text("version") == known.as_deref() {
        match draft.terms(&frame, &terms) {
            Ok(wanted) => {
                let body = json!({ "terms": wanted });
                match desk.tell::<Value>("PATCH", "/v1/program", None, &body).await? {
                    Ok(_) => {
                        crate::facts::forget(&desk.signed.uid);
                        return Ok(Reply::see(&frame.to("terms?done=terms")));
                    }
                    Err(refusal) => refusal,
                }
            }
            Err(faults) => refusal(faults),
        }
    } else {
        Refusal { status: 409, detail: frame.t("terms.meanwhile").to_owned(), ..Refusal::default() }
    };
    page(desk, frame.refused(refusal), &terms, draft, None).await
}
