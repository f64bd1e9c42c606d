//! Terms: what is promised, in plain words; a draft with what it would promise and would have cost; what held before.

mod caps;
mod changes;
pub(super) mod draft;
pub(super) mod faults;
pub(super) mod preview;
mod reward;

use self::changes::Change;
use self::draft::Draft;
use self::faults::named;
use self::preview::Preview;
use super::file::Files;
use crate::ledger::desk::{History, ROWS};
use crate::pages::desk::{Desk, Refusal};
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
    who: String,
    lines: Vec<String>,
    /// The page on which it is laid beside the version before it, where there is one.
    changes: Option<String>,
}

/// Two versions side by side.
struct Compared {
    old: u32,
    new: u32,
    versions: Vec<u32>,
    changes: Vec<Change>,
}

#[derive(Template)]
#[template(path = "dashboard/terms.html")]
struct Page {
    version: u64,
    since: String,
    promise: Promise,
    draft: Draft,
    preview: Option<Preview>,
    compared: Option<Compared>,
    former: Vec<Former>,
    /// The version this page of them begins before.
    before: Option<i64>,
    older: Option<String>,
    files: Files,
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
    preview: Option<Preview>,
) -> Result<Reply, Problem> {
    let before = desk.visit.before();
    let here = before.map(|version| format!("before={version}&")).unwrap_or_default();
    let History { versions, compared, numbers } = desk.inside("desk/terms", &(before, sides(desk))).await?;
    let number = terms.get("version").and_then(Value::as_u64).unwrap_or(0);
    let former = versions.iter().enumerate().take(ROWS).map(|(at, version)| {
        let promise = said(&frame, &version.terms);
        let before = versions.get(at + 1).map(|before| before.number);
        Former {
            title: frame.words.with("terms.version", &version.number.to_string()),
            when: frame.words.time(&version.created_at.to_string()),
            who: frame.words.of("actor", &version.actor),
            lines: promise.map(lines).unwrap_or_default(),
            changes: before.map(|before| format!("?{here}old={before}&new={}#compared", version.number)),
        }
    });
    let last = versions.get(ROWS - 1).filter(|_| versions.len() > ROWS);
    let compared = compared.map(|(old, new)| Compared {
        old: old.number,
        new: new.number,
        versions: numbers,
        changes: changes::between(&frame, &old.terms, &new.terms),
    });
    let status = frame.refusal.as_ref().map_or(200, |refusal| refusal.status);
    let page = Page {
        version: number,
        since: frame.words.day(terms.get("created_at").and_then(Value::as_str).unwrap_or_default()),
        promise: said(&frame, terms).ok_or_else(|| Problem::internal("stored terms are not readable"))?,
        draft,
        preview,
        former: former.collect(),
        before,
        older: last.map(|version| format!("?before={}#former", version.number)),
        compared,
        files: Files::new(&frame, "terms", ""),
        frame,
    };
    Reply::page(status, &page)
}

/// The two versions the page's address names.
fn sides(desk: &Desk<'_>) -> Option<(u32, u32)> {
    let number = |name: &str| desk.visit.asked(name)?.parse().ok();
    Some((number("old")?, number("new")?))
}

/// Terms in words. They are read as a merchant's are, so that a draft is said as it would be kept.
pub(super) fn said(frame: &Frame, terms: &Value) -> Option<Promise> {
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
    if form.text("version").is_some() && form.text("version") != number(&terms).as_deref() {
        let refusal = Refusal::own(409, frame.t("terms.meanwhile"));
        return page(desk, frame.refused(refusal), &terms, draft, None).await;
    }
    let wanted = match draft.terms(&frame, &terms) {
        Ok(wanted) => wanted,
        Err(faults) => return page(desk, frame.refused(Refusal::of(faults)), &terms, draft, None).await,
    };
    let Some(promise) = said(&frame, &wanted) else {
        let refusal = named(&frame, &draft, &wanted, faults::of(&wanted));
        return page(desk, frame.refused(refusal), &terms, draft, None).await;
    };
    match Preview::of(desk, &frame, (&terms, &wanted), promise, None).await? {
        Ok(preview) => page(desk, frame, &terms, draft, Some(preview)).await,
        Err(refusal) => {
            let refusal = named(&frame, &draft, &wanted, refusal);
            page(desk, frame.refused(refusal), &terms, draft, None).await
        }
    }
}

/// The number of a version, as a form says it.
fn number(terms: &Value) -> Option<String> {
    terms.get("version").and_then(Value::as_u64).map(|version| version.to_string())
}

/// Makes a draft the terms of what happens from now on. The ledger looks once more whether it is of the newest.
pub(in crate::pages) async fn save(desk: &Desk<'_>, form: &Form) -> Result<Reply, Problem> {
    let frame = desk.frame(Section::Terms).await?;
    let terms = in_force(desk).await?;
    let draft = Draft::read(&frame, &terms, form);
    let refusal = if form.text("version") == number(&terms).as_deref() {
        match draft.terms(&frame, &terms) {
            Ok(wanted) => {
                let body = json!({ "terms": wanted, "terms_version": terms.get("version") });
                match desk.tell::<Value>("PATCH", "/v1/program", None, &body).await? {
                    Ok(_) => {
                        crate::facts::forget(&desk.signed.uid);
                        return Ok(Reply::see(&frame.to("terms?done=terms")));
                    }
                    Err(refusal) => named(&frame, &draft, &wanted, refusal),
                }
            }
            Err(faults) => Refusal::of(faults),
        }
    } else {
        Refusal::own(409, frame.t("terms.meanwhile"))
    };
    // Read again: they may be others than a moment ago.
    let terms = in_force(desk).await?;
    let draft = Draft::read(&frame, &terms, form);
    page(desk, frame.refused(refusal), &terms, draft, None).await
}
