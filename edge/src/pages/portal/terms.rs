//! The terms in plain words, which version they accepted, and a way to accept the one in force.

use super::frame::{Frame, Section};
use super::seat::Seat;
use crate::ledger::portal::own::Agreed;
use crate::pages::form::Form;
use crate::pages::reply::Reply;
use crate::problem::Problem;
use askama::Template;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Promise {
    referrer: Vec<String>,
    friend: Vec<String>,
    conditions: Vec<String>,
}

#[derive(Template)]
#[template(path = "portal/terms.html")]
struct Page {
    promise: Promise,
    version: u32,
    /// Which version they accepted last, in words.
    accepted: String,
    is_accepted: bool,
    frame: Frame,
}

pub(super) async fn show(seat: &Seat<'_>) -> Result<Reply, Problem> {
    page(seat, seat.frame(Section::Terms).await?).await
}

async fn page(seat: &Seat<'_>, frame: Frame) -> Result<Reply, Problem> {
    let agreed: Agreed = seat.inside("portal/terms", &()).await?;
    let version = agreed.version;
    let page = Page {
        promise: serde_json::from_value(agreed.promise)?,
        version,
        accepted: match agreed.accepted {
            Some(version) => frame.words.with("portal.terms.accepted", &version.to_string()),
            None => frame.t("portal.terms.none").to_owned(),
        },
        is_accepted: agreed.accepted.is_some_and(|accepted| accepted >= i64::from(version)),
        frame,
    };
    Reply::page(page.frame.status(), &page)
}

/// They accept the version they read; a newer one that came meanwhile is still to be read.
pub(super) async fn accept(seat: &Seat<'_>, form: &Form) -> Result<Reply, Problem> {
    let version = form.text("version").and_then(|version| version.parse::<u32>().ok()).unwrap_or(0);
    let body = json!({ "terms_version": version });
    match seat.tell::<Value>("PATCH", "/v1/widget/me", form.text("once"), &body).await? {
        Ok(_) => Ok(Reply::see(&format!("{}?done=accepted", seat.to("terms")))),
        Err(refusal) => page(seat, seat.frame(Section::Terms).await?.refused(refusal)).await,
    }
}
