//! What every request passes: forms only from our own pages, and headers that keep a page to itself.

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, ORIGIN, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::page::Failure;
use crate::Shop;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses a form that another site's page sent with our visitor's cookies.
pub(super) async fn same_site(State(shop): State<Shop>, request: Request, next: Next) -> Response {
    if request.method().is_safe() || is_ours(request.headers(), &shop.config().origin) {
        return next.run(request).await;
    }
    Failure::Refused(
        StatusCode::FORBIDDEN,
        "That form came from another site",
        "To keep your account yours, this shop takes forms only from its own pages. Open the page here and send it again.",
    )
    .into_response()
}

/// Browsers say where a form comes from in `Sec-Fetch-Site`, older ones in `Origin`. A program that sends neither is not
/// a browser and has nobody's cookies but its own.
fn is_ours(headers: &HeaderMap, origin: &str) -> bool {
    let header = |name| headers.get(name).map(HeaderValue::as_bytes);
    match (header(SEC_FETCH_SITE), header(ORIGIN)) {
        (Some(site), _) => site == b"same-origin" || site == b"none",
        (None, Some(from)) => from == origin.as_bytes(),
        (None, None) => true,
    }
}

/// Sets the security headers. The policy is also what a merchant needs for Goodword: its origin for script and calls,
/// and `'wasm-unsafe-eval'` for the widget. Our own script asks us for a token.
pub(super) async fn headers(State(shop): State<Shop>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let edge = &shop.config().edge;
    let policy = format!(
        "default-src 'none'; script-src 'self' {edge} 'wasm-unsafe-eval'; connect-src 'self' {edge}; style-src 'self'; \
         img-src 'self' data: blob:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("strict-origin-when-cross-origin"));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue};

    #[test]
    fn only_our_own_pages_and_programs_may_post() {
        let check = |site: Option<&'static str>, origin: Option<&'static str>, expected| {
            let mut headers = HeaderMap::new();
            if let Some(site) = site {
                headers.insert(super::SEC_FETCH_SITE, HeaderValue::from_static(site));
            }
            if let Some(origin) = origin {
                headers.insert(super::ORIGIN, HeaderValue::from_static(origin));
            }
            assert_eq!(super::is_ours(&headers, "http://shop.example"), expected, "{site:?} {origin:?}");
        };
        check(Some("same-origin"), Some("http://shop.example"), true);
        check(Some("none"), None, true);
        check(Some("same-site"), None, false);
        check(Some("cross-site"), Some("http://shop.example"), false);
        check(None, Some("http://shop.example"), true);
        check(None, Some("http://shop.example.evil"), false);
        check(None, Some("null"), false);
        check(None, None, true);
    }
}
