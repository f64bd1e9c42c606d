//! The two calls into the runtime that a follow costs: one to read the request, one to make the response.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(inline_js = r#"
let address = "cf-connecting-ip";
export function client_ip_header(name) { address = name; }

export function read(request) {
  const url = request.url;
  if (!url.startsWith("/r/", url.indexOf("/", 8))) return "";
  const h = request.headers;
  const get = (name) => h.get(name) ?? "";
  return [request.method, url, get("user-agent"), get("sec-fetch-mode"), get("sec-fetch-dest"), get("sec-purpose"),
    h.get("purpose") ?? h.get("x-purpose") ?? h.get("x-moz") ?? "", get("sec-gpc"), get("cookie"),
    get("accept-language"), get("referer"), get(address), h.get("cf-ipcountry") ?? request.cf?.country ?? ""].join("\n");
}

export function redirect(location, cookie) {
  const headers = cookie === ""
    ? { location, "cache-control": "no-store", "referrer-policy": "strict-origin-when-cross-origin" }
    : { location, "set-cookie": cookie, "cache-control": "no-store", "referrer-policy": "strict-origin-when-cross-origin" };
  return new Response(null, { status: 302, headers });
}
"#)]
extern "C" {
    /// Names the header that carries the client's address; `cf-connecting-ip` until then.
    pub(super) fn client_ip_header(name: &str);

    /// Method, URL and the headers a follow looks at, one a line; empty where the path does not start with `/r/`.
    pub(super) fn read(request: &web_sys::Request) -> String;

    /// The redirect; without a cookie where that is empty.
    #[wasm_bindgen(catch)]
    pub(super) fn redirect(location: &str, cookie: &str) -> Result<web_sys::Response, JsValue>;
}
