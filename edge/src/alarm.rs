//! An object's alarm: the runtime wakes it at a time, also where nobody calls.

use crate::sql::Database;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// Asks for an object to be woken, in milliseconds since 1970. It has one alarm: the last one asked for counts.
pub(crate) fn wake_at(database: &Database, at_ms: i64) {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are far below 2^53")]
    let at = js_sys::Date::new(&JsValue::from_f64(at_ms as f64));
    // Stored with everything else this event writes; nothing waits for the promise.
    let _ = database.storage().set_alarm(at, js_sys::Object::new());
}

/// Waits until everything that was written so far is stored, alarms too: whatever comes next cannot take it back.
pub(crate) async fn stored(database: &Database) {
    if let Ok(promise) = database.storage().sync() {
        let _ = JsFuture::from(promise).await;
    }
}
