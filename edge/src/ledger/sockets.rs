//! Pages that listen: `WebSocket`s that the runtime holds while the ledger sleeps.

use wasm_bindgen::prelude::*;
use worker::worker_sys::DurableObjectState;

#[wasm_bindgen(inline_js = r#"
export function accept(state, tag, greeting) {
  const { 0: theirs, 1: ours } = new WebSocketPair();
  state.acceptWebSocket(ours, [tag]);
  ours.send(greeting);
  return new Response(null, { status: 101, webSocket: theirs });
}
export function count(state) { return state.getWebSockets().length; }
export function tags(state) {
  return JSON.stringify([...new Set(state.getWebSockets().flatMap((socket) => state.getTags(socket)))]);
}
export function tell(state, tag, text) {
  for (const socket of state.getWebSockets(tag)) {
    try { socket.send(text); } catch { /* It has just gone. */ }
  }
}
export function close(state, tag, code, reason) {
  for (const socket of state.getWebSockets(tag)) {
    try { socket.close(code, reason); } catch { /* The same. */ }
  }
}
export function close_one(socket, code, reason) {
  try { socket.close(code, reason); } catch { /* The same. */ }
}
"#)]
extern "C" {
    /// Takes a page's WebSocket in under a tag and greets it; the `Response` of its handshake.
    #[wasm_bindgen(catch)]
    pub(super) fn accept(
        state: &DurableObjectState,
        tag: &str,
        greeting: &str,
    ) -> Result<web_sys::Response, JsValue>;

    /// How many there are.
    pub(super) fn count(state: &DurableObjectState) -> u32;

    /// The tags of all, each once, as a JSON array.
    pub(super) fn tags(state: &DurableObjectState) -> String;

    /// Says something to those under a tag.
    pub(super) fn tell(state: &DurableObjectState, tag: &str, text: &str);

    /// Closes those under a tag.
    pub(super) fn close(state: &DurableObjectState, tag: &str, code: u16, reason: &str);

    /// Closes one.
    pub(super) fn close_one(socket: &JsValue, code: u16, reason: &str);
}
