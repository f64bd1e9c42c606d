//! Bodies of requests: UTF-8 of a limited length, or a refusal.

use crate::js;
use crate::problem::Problem;
use wasm_bindgen::JsValue;

/// The longest body a call may have, in bytes.
pub(crate) const LONGEST: u32 = 65_536;

/// Reads a caller's body.
///
/// # Errors
/// It is too long, not UTF-8, or broke off.
pub(crate) async fn read(request: &web_sys::Request) -> Result<String, Problem> {
    text(&js::text_up_to(request, LONGEST, false).await)
}

/// What [`js::text_up_to`] gave.
///
/// # Errors
/// As [`read`].
pub(crate) fn text(read: &JsValue) -> Result<String, Problem> {
    if let Some(text) = read.as_string() {
        return Ok(text);
    }
    Err(if read.is_null() {
        Problem::body_too_long()
    } else if read.is_undefined() {
        Problem::new(400, "not_utf8", "The body is not text", "Send JSON in UTF-8.")
    } else {
        Problem::new(
            400,
            "body_incomplete",
            "The body broke off",
            "It ended before its announced end. Send it again.",
        )
    })
}
