//! Leaving: what names them is taken out, what was earned stays in the ledger without a name.

use super::frame::{Frame, Section};
use super::seat::Seat;
use crate::pages::form::Form;
use crate::pages::reply::Reply;
use crate::pages::session::portal;
use crate::problem::Problem;
use askama::Template;

#[derive(Template)]
#[template(path = "portal/leave.html")]
struct Page {
    /// What must be typed.
    word: &'static str,
    fault: Option<String>,
    frame: Frame,
}

pub(super) async fn show(seat: &Seat<'_>) -> Result<Reply, Problem> {
    page(seat, false).await
}

async fn page(seat: &Seat<'_>, mistyped: bool) -> Result<Reply, Problem> {
    let frame = seat.frame(Section::Profile).await?;
    let word = frame.t("portal.leave.word");
    let fault = mistyped.then(|| frame.words.with("portal.leave.mistyped", word));
    Reply::page(if mistyped { 422 } else { 200 }, &Page { word, fault, frame })
}

pub(super) async fn leave(seat: &Seat<'_>, form: &Form) -> Result<Reply, Problem> {
    let typed = form.text("word").unwrap_or_default().to_lowercase();
    if typed != seat.words.t("portal.leave.word").to_lowercase() {
        return page(seat, true).await;
    }
    let _: bool = seat.inside("portal/erase", &()).await?;
    let cookie = portal(&seat.program.facts.uid);
    Ok(Reply::see(&seat.to("goodbye")).with_cookie(cookie.line(seat.isolate, "")))
}
