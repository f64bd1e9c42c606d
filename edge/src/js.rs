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

export function rows_of(sql, text, bindings) {
  return JSON.stringify([...sql.exec(text, ...JSON.parse(bindings)).raw()]);
}
export function objects(sql, text, bindings) {
  const lines = [];
  for (const { was, ...row } of sql.exec(text, ...JSON.parse(bindings))) lines.push(was ?? JSON.stringify(row));
  return lines.join("\n");
}
export function columns(sql, text) { return JSON.stringify(sql.exec(text).columnNames); }

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
    h.get("goodword-fail-after") ?? "", h.get(address) ?? "", (h.get("accept-language") ?? "").slice(0, 200),
    h.get("sec-gpc") === "1" ? "" : (h.get("user-agent") ?? "").slice(0, 1000)].join("\n");
}

export function page_head(request, address) {
  const h = request.headers;
  const clipped = (name, most) => (h.get(name) ?? "").slice(0, most);
  return [request.method, request.url, clipped("cookie", 8192), h.get("sec-fetch-site") ?? "", h.get("origin") ?? "",
    clipped("user-agent", 400), clipped("accept-language", 200), h.get(address) ?? "", h.get("content-type") ?? "",
    h.get("upgrade") ?? "", clipped("cf-access-jwt-assertion", 16385), clipped("referer", 2048),
    h.get("goodword-fail-after") ?? ""].join("\n");
}

export function call(stub, method, url, meta, body) {
  return stub.fetch(url, { method, headers: { meta }, body });
}
export function shake_hands(stub, url, meta) { return stub.fetch(url, { headers: { meta, upgrade: "websocket" } }); }
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
const broken = (error, unavailable) => {
  console.error("object unavailable:", error);
  const headers = { "content-type": "application/problem+json", "cache-control": "no-store", "retry-after": "1",
    "x-content-type-options": "nosniff" };
  return new Response(unavailable, { status: 503, headers });
};
export async function pages_through(stub, url, meta, unavailable, torn) {
  const ask = (more) => stub.fetch(url, { headers: { meta: JSON.stringify({ ...JSON.parse(meta), ...more }) } });
  let response;
  try { response = await ask({}); } catch (error) { return broken(error, unavailable); }
  if (response.status !== 200) return response;
  const headers = new Headers(response.headers);
  headers.delete("content-length");
  const encoder = new TextEncoder();
  let cursor = null, broken = null;
  const next = async (controller) => {
    if (cursor !== null) response = await ask({ cursor });
    if (response.status !== 200) throw new Error("a page of an export was answered with " + response.status);
    const text = await response.text();
    const at = text.indexOf("\n");
    cursor = text.slice(0, at);
    controller.enqueue(encoder.encode(text.slice(at + 1)));
    if (cursor === "") controller.close();
  };
  const body = new ReadableStream({
    // Plain workerd ends the answer as if it were whole when this throws, so what was written must say that it is not.
    async pull(controller) {
      if (broken) throw broken;
      try { await next(controller); } catch (error) {
        if (torn === "") throw error;
        broken = error;
        controller.enqueue(encoder.encode(torn));
      }
    },
    async cancel() { if (cursor) await ask({ cursor, stop: true }); },
  });
  return new Response(body, { headers });
}

// Whole lines, some MB at a time.
export async function lines_through(stub, url, meta, request, unavailable, longest, more) {
  let first = true;
  const send = async (chunks, last) => {
    const piece = { first, last, more };
    first = false;
    const body = new Blob(chunks);
    const headers = { meta: JSON.stringify({ ...JSON.parse(meta), piece }) };
    return await stub.fetch(url, { method: "POST", headers, body: await body.arrayBuffer() });
  };
  try {
    let chunks = [], size = 0;
    if (request.body) for await (const chunk of request.body) {
      chunks.push(chunk);
      size += chunk.byteLength;
      const end = chunk.lastIndexOf(10);
      if (size < longest || end < 0) continue;
      chunks[chunks.length - 1] = chunk.subarray(0, end + 1);
      const response = await send(chunks, false);
      if (response.status >= 300) return response;
      await response.body?.cancel();
      chunks = [chunk.slice(end + 1)];
      size = chunks[0].byteLength;
    }
    return await send(chunks, true);
  } catch (error) { return broken(error, unavailable); }
}
export function meta(request) { return request.method + "\n" + request.url + "\n" + (request.headers.get("meta") ?? ""); }

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const tolerant = new TextDecoder("utf-8", { ignoreBOM: true });
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
export async function text_up_to(request, limit, any) {
  if (!request.body) return "";
  let bytes;
  try {
    const length = request.headers.get("content-length");
    if (length !== null && Number(length) > limit) return null;
    bytes = length === null ? await measured(request, limit) : await request.arrayBuffer();
  } catch { return false; }
  if (bytes === null) return null;
  if (any) return tolerant.decode(bytes);
  try { return decoder.decode(bytes); } catch { return undefined; }
}
// A browser sends a file that was not chosen as an empty one.
export async function form_with_file(request, limit, binary) {
  try {
    const bytes = request.body ? await measured(request, limit) : null;
    if (bytes === null) return request.body ? null : undefined;
    const headers = { "content-type": request.headers.get("content-type") };
    const form = await new Response(bytes, { headers }).formData();
    const field = async ([name, value]) => {
      if (typeof value === "string") return [name, value];
      const bytes = new Uint8Array(await value.arrayBuffer());
      if (binary) {
        let text = "";
        for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
        return [name, btoa(text)];
      }
      try { return [name, decoder.decode(bytes)]; } catch { return [name + "?", ""]; }
    };
    return JSON.stringify(await Promise.all([...form].map(field)));
  } catch { return undefined; }
}
export function with_text(request, limit, any, run) { return text_up_to(request, limit, any).then(run); }

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
export function respond_bytes(headers, base64) {
  const bytes = Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0));
  return new Response(base64 === "" ? null : bytes, { status: 200, headers: JSON.parse(headers) });
}

export function asset(assets, path) { return assets.fetch("https://assets" + path); }
export function served(response, headers, headOnly) {
  return new Response(headOnly ? null : response.body, { status: 200, headers: JSON.parse(headers) });
}
// The text behind an address, or nothing: not there, too long, too slow, somewhere else.
export async function text_of(url, limit) {
  try {
    const answer = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(5000) });
    if (answer.status !== 200) return null;
    const bytes = await measured(answer, limit);
    return bytes === null ? null : decoder.decode(bytes);
  } catch (error) {
    console.error("not reached:", url, String(error));
    return null;
  }
}
export async function verified(jwk, signed, signature) {
  try {
    const rsa = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
    const key = await crypto.subtle.importKey("jwk", JSON.parse(jwk), rsa, false, ["verify"]);
    return await crypto.subtle.verify(rsa, key, signature, new TextEncoder().encode(signed));
  } catch { return false; }
}
export function sleep(ms) { return new Promise((resolve) => setTimeout(resolve, ms)); }
"#)]
extern "C" {
    /// Keeps a statement's text on the host's side; what comes back names it in [`rows`] and [`commit`].
    pub(crate) fn intern(sql: &str) -> u32;

    /// Runs one query. Bindings and rows are JSON arrays.
    #[wasm_bindgen(catch)]
    pub(crate) fn rows(sql: &SqlStorage, statement: u32, bindings: &str) -> Result<String, JsValue>;

    /// As [`rows`], for a statement that is not kept.
    #[wasm_bindgen(catch)]
    pub(crate) fn rows_of(sql: &SqlStorage, text: &str, bindings: &str) -> Result<String, JsValue>;

    /// Rows as JSON objects, one a line; the column `was`, where it is not null, stands for the whole row.
    #[wasm_bindgen(catch)]
    pub(crate) fn objects(sql: &SqlStorage, text: &str, bindings: &str) -> Result<String, JsValue>;

    /// The names of the columns that a query gives, as a JSON array.
    #[wasm_bindgen(catch)]
    pub(crate) fn columns(sql: &SqlStorage, text: &str) -> Result<String, JsValue>;

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
    /// the address, at most 200 characters of the languages a browser likes, and the browser's name where it does not
    /// ask to be left alone.
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

    /// A request to an object that asks for a WebSocket.
    #[wasm_bindgen(catch)]
    pub(crate) fn shake_hands(
        stub: &worker::worker_sys::DurableObject,
        url: &str,
        meta: &str,
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

    /// Asks an object for page after page and answers with all of them, as they are read. A page begins with a line that
    /// is the next page's `cursor` in the meta, empty at the end; who stops reading is told to the object with `stop`.
    /// Where a page cannot be had, `torn` is the last that is written.
    #[wasm_bindgen(catch)]
    pub(crate) fn pages_through(
        stub: &worker::worker_sys::DurableObject,
        url: &str,
        meta: &str,
        unavailable: &str,
        torn: &str,
    ) -> Result<js_sys::Promise, JsValue>;

    /// Posts a caller's body to an object in pieces of whole lines, of about `longest` bytes, until one is refused; the
    /// answer to the last one is the answer. The meta's `piece` says which they are.
    #[wasm_bindgen(catch)]
    pub(crate) fn lines_through(
        stub: &worker::worker_sys::DurableObject,
        url: &str,
        meta: &str,
        request: &web_sys::Request,
        unavailable: &str,
        longest: u32,
        more: bool,
    ) -> Result<js_sys::Promise, JsValue>;

    /// Method, URL and the meta line of a request to an object.
    pub(crate) fn meta(request: &web_sys::Request) -> String;

    /// The body as text: a string, `null` where it is longer than the limit in bytes, `undefined` where it is not
    /// UTF-8, `false` where it broke off. With `any`, what is not UTF-8 is replaced. See [`crate::body`].
    pub(crate) async fn text_up_to(request: &web_sys::Request, limit: u32, any: bool) -> JsValue;

    /// The fields of a `multipart/form-data` body as JSON pairs, files as their text or, `binary`, in base64;
    /// `null` where it is longer than the limit in bytes, `undefined` where it is no form. See [`crate::pages`].
    pub(crate) async fn form_with_file(request: &web_sys::Request, limit: u32, binary: bool) -> JsValue;

    /// Reads the body as [`text_up_to`] does and gives it to `run`; the promise is of what `run` returns.
    pub(crate) fn with_text(
        request: &web_sys::Request,
        limit: u32,
        any: bool,
        run: &JsValue,
    ) -> js_sys::Promise;

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

    /// A `Response` of bytes that are given in base64; headers as in [`respond`].
    pub(crate) fn respond_bytes(headers: &str, base64: &str) -> web_sys::Response;

    /// Asks the host for a file of `www`.
    #[wasm_bindgen(catch)]
    pub(crate) fn asset(assets: &JsValue, path: &str) -> Result<js_sys::Promise, JsValue>;

    /// A file's body under our own headers.
    pub(crate) fn served(response: &web_sys::Response, headers: &str, head_only: bool) -> web_sys::Response;

    /// A promise of the text behind an address; of `null` where there is none, it is longer than the limit in bytes, or
    /// leads elsewhere.
    pub(crate) fn text_of(url: &str, limit: u32) -> js_sys::Promise;

    /// A promise of whether an RSA key, a JWK, has signed this with PKCS #1 v1.5 and SHA-256.
    pub(crate) fn verified(jwk: &str, signed: &str, signature: &[u8]) -> js_sys::Promise;

    /// A promise that resolves after so many milliseconds.
    pub(crate) fn sleep(ms: u32) -> js_sys::Promise;
}
