//! What a link may answer instead of its plain redirect: a preview, an unknown program, a passing fault, and answers to
//! browsers that fetch ahead.

use super::request::Request;
use crate::facts::Program;
use crate::js;
use crate::pages::Words;
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
    /// Of the language.
    tag: &'a str,
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

/// What the visitor's browser likes to read. Only for a page is it asked: a link that is followed has no time for it.
pub(super) fn language(request: &web_sys::Request) -> String {
    request.headers().get("accept-language").ok().flatten().unwrap_or_default()
}

/// To whoever follows a link of no program.
pub(super) fn unknown_program(language: &str) -> web_sys::Response {
    let words = Words::preferred(language);
    notice(404, &words, words.t("follow.nobody"), words.t("follow.nobody.detail"))
}

pub(super) fn unavailable(language: &str) -> web_sys::Response {
    let words = Words::preferred(language);
    notice(503, &words, words.t("follow.later"), words.t("follow.later.detail"))
}

fn notice(status: u16, words: &Words, title: &str, text: &str) -> web_sys::Response {
    html(status, Notice { tag: words.tag(), title, text }.render())
}

/// The redirect of a link that a page has fetched ahead. Chromium keeps no redirect to another site whose policy is
/// laxer than its default, and follows the link anew when the person does.
pub(super) fn redirect_unkept(location: &str) -> web_sys::Response {
    let headers = serde_json::json!([
        ["location", location],
        ["cache-control", "no-store"],
        ["referrer-policy", "no-referrer-when-downgrade"],
    ]);
    js::respond(302, &headers.to_string(), None)
}

/// To a browser that fetches a link ahead whose destination may be of the link's own site: a redirect would be kept
/// whatever its policy. It throws this away and follows the link when the person does.
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
