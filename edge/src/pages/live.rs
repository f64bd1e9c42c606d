//! `/dashboard/{mode}/live`: whether something changed. A socket that the ledger tells, or, where none can be had, a number
//! to compare: `123-456`, what happened in the ledger and the clicks that were counted.

use super::desk::Desk;
use super::reply::Reply;
use super::session;
use crate::click_shard;
use crate::ledger::client as ledger;
use crate::problem::Problem;
use wasm_bindgen::JsCast as _;
use wasm_bindgen_futures::JsFuture;

pub(super) async fn answer(desk: &Desk<'_>) -> Result<Reply, Problem> {
    // A page of a program that another tab has left for a second one.
    if desk.visit.asked("of").is_some_and(|uid| uid != desk.signed.uid) {
        return Err(session::nobody());
    }
    if desk.visit.upgrade.eq_ignore_ascii_case("websocket") {
        return listen(desk).await;
    }
    let changes: u64 = desk.inside("live/number", &()).await?;
    let clicks = click_shard::client::number(desk.isolate, &desk.signed.uid, desk.mode.word()).await?;
    Ok(Reply::text(format!("{changes}-{clicks}")))
}

/// No other site's page may listen with somebody's cookie, although it would hear next to nothing.
async fn listen(desk: &Desk<'_>) -> Result<Reply, Problem> {
    desk.visit.check_origin(desk.isolate)?;
    let handshake = JsFuture::from(ledger::listen(desk.isolate, &desk.meta())?).await?;
    let handshake: web_sys::Response = handshake.unchecked_into();
    if handshake.status() == 101 {
        return Ok(Reply::passed(handshake));
    }
    let detail = "The page asks from time to time whether something changed.";
    Err(Problem::new(503, "not_listening", "No connection that stays open", detail))
}
