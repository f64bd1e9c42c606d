//! The Worker. A map:
//!
//! - [`route`]: raw paths become a closed enum, once.
//! - [`follow`]: `GET /r/…`, synchronous, no storage.
//! - [`facts`]: public facts of programs in isolate memory, fed by [`directory`].
//! - [`api`]: everything under `/v1`: which object answers, with which key.
//! - [`ledger`]: one SQLite object per program and mode; the exact, cold path.
//! - [`pages`]: the dashboard, as HTML.
//! - [`qr`]: links as pictures, for pages that may not draw them.
//! - [`click_shard`]: clicks, deduplicated and rolled up, away from the ledger.
//! - [`limit`]: how often a key may call.
//! - [`platform`]: the only file that reads the clock or draws entropy.
//! - [`js`]: calls into the runtime that no crate offers, or that must cost one crossing.
//!
//! Rules that a lawyer could read are in the `referral` crate. Only this crate names `worker`.

mod access;
mod admin;
mod alarm;
mod answer;
mod api;
mod assets;
mod body;
mod click_shard;
mod directory;
mod facts;
mod follow;
mod isolate;
mod js;
mod ledger;
mod limit;
mod pages;
mod paging;
mod picture;
mod platform;
mod problem;
mod qr;
mod route;
mod sql;

use wasm_bindgen::prelude::*;
#[expect(unused_imports, reason = "links the start-up symbol that worker-build's shim calls")]
pub use worker as _;

/// The Worker's `fetch` handler. Synchronous where it can be: a follow whose program is in memory returns a `Response`
/// without ever making a promise; everything else returns a promise of one.
#[wasm_bindgen]
#[expect(clippy::needless_pass_by_value, reason = "an exported function takes its JavaScript values owned")]
pub fn fetch(request: web_sys::Request, env: worker::Env, context: worker::worker_sys::Context) -> JsValue {
    match follow::answer(&request, &env, &context) {
        Some(answer) => answer,
        None => api::answer(&request, &env),
    }
}
