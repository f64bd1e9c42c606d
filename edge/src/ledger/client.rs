//! Calls to ledger objects from outside them.

use super::LISTEN;
use super::request::{Meta, ORIGIN};
use crate::isolate::Isolate;
use crate::js;
use crate::problem::Problem;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Sends a caller's request on to a program's ledger; the promise is the ledger's `Response`.
pub(crate) fn forward(
    isolate: &Isolate,
    method: &str,
    target: &str,
    meta: &Meta,
    request: &web_sys::Request,
) -> Result<js_sys::Promise, Problem> {
    let ledger = isolate.ledger(&object_name(&meta.uid, meta.mode()))?;
    let (meta, unavailable) = told(meta)?;
    Ok(js::call_through(&ledger, method, &format!("{ORIGIN}{target}"), &meta, request, &unavailable)?)
}

/// Asks a program's ledger for all pages of an answer, and strings them together; `torn` ends an answer that is not whole.
pub(crate) fn pages(
    isolate: &Isolate,
    target: &str,
    meta: &Meta,
    torn: &str,
) -> Result<js_sys::Promise, Problem> {
    let ledger = isolate.ledger(&object_name(&meta.uid, meta.mode()))?;
    let (meta, unavailable) = told(meta)?;
    Ok(js::pages_through(&ledger, &format!("{ORIGIN}{target}"), &meta, &unavailable, torn)?)
}

/// Asks a program's ledger for a file in the name of a session of the dashboard, piece by piece, as it is read.
pub(crate) async fn file(isolate: &Isolate, meta: &Meta, torn: &str) -> Result<web_sys::Response, Problem> {
    Ok(JsFuture::from(pages(isolate, "/internal/file", meta, torn)?).await?.unchecked_into())
}

/// Sends a long body on to a program's ledger, some lines at a time; with `more`, another call brings the rest.
pub(crate) fn lines(
    isolate: &Isolate,
    path: &str,
    more: bool,
    meta: &Meta,
    request: &web_sys::Request,
) -> Result<js_sys::Promise, Problem> {
    let ledger = isolate.ledger(&object_name(&meta.uid, meta.mode()))?;
    let (meta, unavailable) = told(meta)?;
    let url = format!("{ORIGIN}{path}");
    Ok(js::lines_through(&ledger, &url, &meta, request, &unavailable, super::PIECE, more)?)
}

/// Has a program's ledger take in a page's socket; the promise is the `Response` of the handshake.
pub(crate) fn listen(isolate: &Isolate, meta: &Meta) -> Result<js_sys::Promise, Problem> {
    let ledger = isolate.ledger(&object_name(&meta.uid, meta.mode()))?;
    let meta = serde_json::to_string(meta)?;
    Ok(js::shake_hands(&ledger, &format!("{ORIGIN}{LISTEN}"), &meta)?)
}

/// What the ledger is told about the caller, and what the caller is told where the ledger breaks.
fn told(meta: &Meta) -> Result<(String, String), Problem> {
    let busy = Problem::new(
        503,
        "unavailable",
        "The ledger did not answer",
        "Try again with the same Idempotency-Key.",
    );
    Ok((serde_json::to_string(meta)?, busy.body(&meta.request_id)))
}

/// The name of a ledger object.
fn object_name(uid: &str, mode: &str) -> String {
    format!("{mode}/{uid}")
}

/// Calls an internal path of a ledger and reads its answer: status and body.
pub(crate) async fn call(
    isolate: &Isolate,
    uid: &str,
    mode: &str,
    path: &str,
    body: &str,
) -> Result<(u16, String), Problem> {
    let ledger = isolate.ledger(&object_name(uid, mode))?;
    let meta = Meta { uid: uid.to_owned(), test: mode == "test", ..Meta::default() };
    let meta = serde_json::to_string(&meta)?;
    let url = format!("{ORIGIN}/internal/{path}");
    let response = JsFuture::from(js::call(&ledger, "POST", &url, &meta, Some(body))?).await?;
    let response: web_sys::Response = response.unchecked_into();
    let text = JsFuture::from(response.text()?).await.unwrap_or(JsValue::NULL);
    Ok((response.status(), text.as_string().unwrap_or_default()))
}

/// Asks a ledger in the name of a session of the dashboard, by a path of the API or an internal one: status and body.
pub(crate) async fn ask(
    isolate: &Isolate,
    method: &str,
    target: &str,
    meta: &Meta,
    body: Option<&str>,
) -> Result<(u16, String), Problem> {
    let ledger = isolate.ledger(&object_name(&meta.uid, meta.mode()))?;
    let meta = serde_json::to_string(meta)?;
    let response =
        JsFuture::from(js::call(&ledger, method, &format!("{ORIGIN}{target}"), &meta, body)?).await?;
    let response: web_sys::Response = response.unchecked_into();
    let text = JsFuture::from(response.text()?).await.unwrap_or(JsValue::NULL);
    Ok((response.status(), text.as_string().unwrap_or_default()))
}

/// Which of these codes somebody has joined with.
pub(crate) async fn known_codes(
    isolate: &Isolate,
    uid: &str,
    mode: &str,
    codes: &[String],
) -> Result<Vec<String>, Problem> {
    let (status, body) = call(isolate, uid, mode, "codes", &serde_json::to_string(codes)?).await?;
    if status != 200 {
        return Err(Problem::internal(&format!("the ledger answered {status} to codes")));
    }
    Ok(serde_json::from_str(&body)?)
}
