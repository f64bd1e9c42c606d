//! The two calls into the runtime that a follow costs: one to read the request, one to make the response.

use std::cell::RefCell;
use wasm_bindgen::prelude::*;

/// Longer than nearly every request; what is longer is handed over as a string.
const BUFFER: usize = 8 << 10;

thread_local! {
    static LINES: RefCell<Vec<u8>> = RefCell::new(vec![0; BUFFER]);
}

/// Method, URL and the headers a follow looks at, one a line; `None` where the path does not start with `/r/`.
pub(super) fn lines(request: &web_sys::Request) -> Option<String> {
    LINES.with_borrow_mut(|buffer| match usize::try_from(read(request, buffer)) {
        Ok(0) => None,
        Ok(written) => {
            buffer.get(..written).and_then(|text| std::str::from_utf8(text).ok()).map(ToOwned::to_owned)
        }
        Err(_) => Some(read_long(request)),
    })
}

#[wasm_bindgen(inline_js = r#"
let address = "cf-connecting-ip", country = "cf-ipcountry";
export function headers(address_header, country_header) { address = address_header; country = country_header; }

function lines(request, url) {
  const h = request.headers;
  const get = (name) => h.get(name) ?? "";
  return [request.method, url, get("user-agent"), get("sec-fetch-mode"), get("sec-fetch-dest"), get("sec-purpose"),
    h.get("purpose") ?? h.get("x-purpose") ?? h.get("x-moz") ?? "", get("sec-gpc"), get("cookie"),
    get("accept-language"), get("referer"), get(address), h.get(country) ?? request.cf?.country ?? ""].join("\n");
}

const encoder = new TextEncoder();
export function read(request, buffer) {
  const url = request.url;
  if (!url.startsWith("/r/", url.indexOf("/", 8))) return 0;
  const text = lines(request, url);
  const { read, written } = encoder.encodeInto(text, buffer);
  return read === text.length ? written : -1;
}
export function read_long(request) { return lines(request, request.url); }

export function redirect(text, length) {
  const location = text.slice(0, length), cookie = text.slice(length);
  const headers = cookie === ""
    ? { location, "cache-control": "no-store", "referrer-policy": "strict-origin-when-cross-origin" }
    : { location, "set-cookie": cookie, "cache-control": "no-store", "referrer-policy": "strict-origin-when-cross-origin" };
  return new Response(null, { status: 302, headers });
}
"#)]
extern "C" {
    /// Names the headers that carry the client's address and its country; `cf-connecting-ip` and `cf-ipcountry` until then.
    pub(super) fn headers(address: &str, country: &str);

    /// Writes method, URL and the headers a follow looks at, one a line, and says how many bytes that took: 0 where the
    /// path does not start with `/r/`, less than 0 where the buffer is too small. Into a buffer, because the encoder's
    /// copy takes a tenth of the time that handing over a string does.
    fn read(request: &web_sys::Request, buffer: &mut [u8]) -> i32;

    /// The same lines of a request whose path starts with `/r/`, however long they are.
    fn read_long(request: &web_sys::Request) -> String;

    /// The redirect: a location of so many characters and, behind it, a cookie or nothing. ASCII; one string, because
    /// each one that is handed over costs.
    #[wasm_bindgen(catch)]
    pub(super) fn redirect(text: &str, location: u32) -> Result<web_sys::Response, JsValue>;
}
