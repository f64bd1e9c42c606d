//! The three pages a link may show instead of redirecting: a preview, an unknown program, a passing fault.

use super::request::Request;
use crate::facts::Program;
use crate::js;
use askama::Template;

/// Nothing on these pages loads or runs anything but their own style.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

#[derive(Template)]
#[template(path = "follow/preview.html")]
struct Preview<'a> {
    title: &'a str,
    text: &'a str,
    image: &'a str,
    name: &'a str,
    address: &'a str,
}

#[derive(Template)]
#[template(path = "follow/notice.html")]
struct Notice<'a> {
    title: &'a str,
    text: &'a str,
}

/// Title, text and picture for whoever previews a link. It leads nowhere: a preview is not a follow.
pub(super) fn preview(program: &Program, request: &Request<'_>) -> web_sys::Response {
    let share = &program.facts.share;
    let address = format!("{}/r/{}", request.origin, request.rest);
    let page = Preview {
        title: share.title.as_deref().unwrap_or(&program.facts.name),
        text: share.text.as_deref().unwrap_or_default(),
        image: share.image.as_deref().unwrap_or_default(),
        name: &program.facts.name,
        address: &address,
    };
    html(200, page.render())
}

pub(super) fn unknown_program() -> web_sys::Response {
    let text = "Nobody shares anything under this address. It may have been mistyped, or the program has ended. \
        Ask whoever sent it to you for a new link.";
    html(404, Notice { title: "This link leads nowhere", text }.render())
}

pub(super) fn unavailable() -> web_sys::Response {
    let text = "We could not look this link up just now. Please try it again in a moment.";
    html(503, Notice { title: "One moment", text }.render())
}

/// To a browser that fetches a link ahead: it throws this away and follows the link when the person does.
pub(super) fn ask_again() -> web_sys::Response {
    js::respond(503, r#"[["cache-control","no-store"]]"#, None)
}

/// Links answer `GET` and `HEAD`.
pub(super) fn wrong_method() -> web_sys::Response {
    js::respond(405, r#"[["allow","GET, HEAD"],["cache-control","no-store"]]"#, None)
}

fn html(status: u16, page: askama::Result<String>) -> web_sys::Response {
    let headers = serde_json::json!([
        ["content-type", "text/html; charset=utf-8"],
        ["cache-control", "no-store"],
        ["content-security-policy", POLICY],
        ["x-content-type-options", "nosniff"],
        ["x-robots-tag", "noindex"],
        ["referrer-policy", "no-referrer"],
    ]);
    js::respond(status, &headers.to_string(), Some(&page.unwrap_or_default()))
}
