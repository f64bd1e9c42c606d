//! Calls into the runtime that no crate offers, or that must cost one crossing.

use wasm_bindgen::prelude::*;
use worker::worker_sys::{DurableObjectStorage, SqlStorage};

#[wasm_bindgen(inline_js = r#"
const statements = [];
export function intern(sql) { return statements.push(sql) - 1; }

export function rows(sql, id, bindings) {
  const cursor = sql.exec(statements[id], ...JSON.parse(bindings));
  return JSON.stringify([...cursor.raw()]);
}

export function script(sql, text) { sql.exec(text); }

export function commit(storage, writes, failAfter, atomic) {
  const sql = storage.sql;
  const run = () => {
    let left = failAfter;
    for (const [id, bindings] of JSON.parse(writes)) {
      if (left-- === 0) throw new Error("failpoint");
      sql.exec(statements[id], ...bindings);
    }
    if (left === 0) throw new Error("failpoint");
  };
  if (atomic) storage.transactionSync(run); else run();
}

export function transact(storage, run) { storage.transactionSync(run); }

export function head(request, address) {
  const h = request.headers;
  return [request.method, request.url, h.get("authorization") ?? "", h.get("origin") ?? "",
    h.get("content-length") ?? "", h.get("content-type") ?? "", h.get("content-encoding") ?? "",
    h.get("idempotency-key") ?? "", h.get("goodword-proof") ?? "", h.get("goodword-identity") ?? "",
    h.get("goodword-fail-after") ?? "", h.get(address) ?? "", (h.get("accept-language") ?? "").slice(0, 200)].join("\n");
}

export function page_head(request, address) {
  const h = request.headers;
  const clipped = (name, most) => (h.get(name) ?? "").slice(0, most);
  return [request.method, request.url, clipped("cookie", 8192), h.get("sec-fetch-site") ?? "", h.get("origin") ?? "",
    clipped("user-agent", 400), clipped("accept-language", 200), h.get(address) ?? "", h.get("content-type") ?? ""].join("\n");
}

export function call(stub, method, url, meta, body) {
  return stub.fetch(url, { method, headers: { meta }, body });
}
export async function call_through(stub, method, url, meta, request, unavailable) {
  try {
    return await stub.fetch(url, { method, headers: { meta }, body: request.body, duplex: "half" });
  } catch (error) {
    console.error("object unavailable:", error);
    const headers = { "content-type": "application/problem+json", "cache-control": "no-store", "retry-after": "1",
      "access-control-allow-origin": "*", "x-content-type-options": "nosniff" };
    return new Response(unavailable, { status: 503, headers });
  }
}
export function meta(request) { return request.method + "\n" + request.url + "\n" + (request.headers.get("meta") ?? ""); }

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
async function measured(request, limit) {
  const reader = request.body.getReader();
  const chunks = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > limit) { await reader.cancel(); return null; }
    chunks.push(value);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) { bytes.set(chunk, at); at += chunk.byteLength; }
  return bytes;
}
export async function text_up_to(request, limit) {
  if (!request.body) return "";
  let bytes;
  try {
    const length = request.headers.get("content-length");
    if (length !== null && Number(length) > limit) return null;
    bytes = length === null ? await measured(request, limit) : await request.arrayBuffer();
  } catch { return false; }
  if (bytes === null) return null;
  try { return decoder.decode(bytes); } catch { return undefined; }
}
export function with_text(request, limit, run) { return text_up_to(request, limit).then(run); }

export function respond_json(status, media, id, open, left, body) {
  const headers = { "content-type": media, "cache-control": "no-store", "x-content-type-options": "nosniff",
    "x-request-id": id };
  if (open) {
    headers["access-control-allow-origin"] = "*";
    headers["access-control-expose-headers"] = "x-request-id,retry-after,ratelimit-limit,ratelimit-remaining,ratelimit-reset";
  }
  if (left !== "") {
    const [limit, remaining, reset] = left.split(" ");
    Object.assign(headers, { "ratelimit-limit": limit, "ratelimit-remaining": remaining, "ratelimit-reset": reset });
    if (status === 429) headers["retry-after"] = reset;
  }
  if (status >= 500) headers["retry-after"] = "1";
  return new Response(body, { status, headers });
}
export function respond(status, headers, body) {
  return new Response(body === undefined ? null : body, { status, headers: JSON.parse(headers) });
}
export function asset(assets, path) { return assets.fetch("https://assets" + path); }
export function served(response, headers, headOnly) {
  return new Response(headOnly ? null : response.body, { status: 200, headers: JSON.parse(headers) });
}
export function sleep(ms) { return new Promise((resolve) => setTimeout(resolve, ms)); }
"#)]
extern "C" {
    /// Keeps a statement's text on the host's side; what comes back names it in [`rows`] and [`commit`].
    pub(crate) fn intern(sql: &str) -> u32;

    /// Runs one query. Bindings and rows are JSON arrays.
    #[wasm_bindgen(catch)]
    pub(crate) fn rows(sql: &SqlStorage, statement: u32, bindings: &str) -> Result<String, JsValue>;

    /// Runs a text of several statements without bindings (the schema).
    #[wasm_bindgen(catch)]
    pub(crate) fn script(sql: &SqlStorage, text: &str) -> Result<(), JsValue>;

    /// Runs all writes, `[[statement, [bindings…]], …]`, in one `transactionSync`: all of them or none.
    /// `fail_after` ≥ 0 throws after that many statements; `atomic = false` leaves the transaction out. Both are for
    /// the tests' build, which proves with them that the transaction is what keeps the ledger whole.
    #[wasm_bindgen(catch)]
    pub(crate) fn commit(
        storage: &DurableObjectStorage,
        writes: &str,
        fail_after: i32,
        atomic: bool,
    ) -> Result<(), JsValue>;

    /// Runs a closure in `transactionSync`; what it throws rolls everything back.
    #[wasm_bindgen(catch)]
    pub(crate) fn transact(
        storage: &DurableObjectStorage,
        run: &mut dyn FnMut() -> Result<(), JsValue>,
    ) -> Result<(), JsValue>;

    /// Method, URL and the headers the API reads, one a line, in one crossing; among them the one that carries
    /// the address, and at most 200 characters of the languages a browser likes.
    pub(crate) fn head(request: &web_sys::Request, address_header: &str) -> String;

    /// Method, URL and the headers that pages read, one a line.
    pub(crate) fn page_head(request: &web_sys::Request, address_header: &str) -> String;

    /// A request to an object with a text body or none.
    #[wasm_bindgen(catch)]
    pub(crate) fn call(
        stub: &worker::worker_sys::DurableObject,
        method: &str,
        url: &str,
        meta: &str,
        body: Option<&str>,
    ) -> Result<js_sys::Promise, JsValue>;

    /// A request to an object that carries the caller's body on; the problem document `unavailable` is answered where the object breaks.
    #[wasm_bindgen(catch)]
    pub(crate) fn call_through(
        stub: &worker::worker_sys::DurableObject,
        method: &str,
        url: &str,
        meta: &str,
        request: &web_sys::Request,
        unavailable: &str,
    ) -> Result<js_sys::Promise, JsValue>;

    /// Method, URL and the meta line of a request to an object.
    pub(crate) fn meta(request: &web_sys::Request) -> String;

    /// The body as text: a string, `null` where it is longer than the limit in bytes, `undefined` where it is not
    /// UTF-8, `false` where it broke off. See [`crate::body`].
    pub(crate) async fn text_up_to(request: &web_sys::Request, limit: u32) -> JsValue;

    /// Reads the body as [`text_up_to`] does and gives it to `run`; the promise is of what `run` returns.
    pub(crate) fn with_text(request: &web_sys::Request, limit: u32, run: &JsValue) -> js_sys::Promise;

    /// An answer of the API: `open` to pages of any origin, or not; `left` is empty, or limit, rest and seconds of the
    /// caller's allowance.
    pub(crate) fn respond_json(
        status: u16,
        media: &str,
        id: &str,
        open: bool,
        left: &str,
        body: &str,
    ) -> web_sys::Response;

    /// A `Response`; headers are a JSON array of pairs.
    pub(crate) fn respond(status: u16, headers: &str, body: Option<&str>) -> web_sys::Response;

    /// Asks the host for a file of `www`.
    #[wasm_bindgen(catch)]
    pub(crate) fn asset(assets: &JsValue, path: &str) -> Result<js_sys::Promise, JsValue>;

    /// A file's body under our own headers.
    pub(crate) fn served(response: &web_sys::Response, headers: &str, head_only: bool) -> web_sys::Response;

    /// A promise that resolves after so many milliseconds.
    pub(crate) fn sleep(ms: u32) -> js_sys::Promise;
}
