//! What goes back to a browser: a page, a way to another one, a file. Every one carries the same guards.

use super::refusal;
use super::words::Words;
use crate::js;
use crate::problem::Problem;
use askama::Template;
use wasm_bindgen::JsValue;

/// What a page may do: show itself with its own style and script, and send its forms home. Nothing is inline, nothing is
/// loaded from elsewhere, nothing frames it.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// What a page with our own panel on it may do besides: run its wasm, and show the QR code it draws.
pub(super) const WITH_PANEL: &str = "default-src 'none'; style-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data: blob:; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// What a page may do that shows another one of ours in a frame.
pub(super) const WITH_FRAME: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// What the page in that frame may do: show the panel, to pages of ours only, and send nothing.
pub(super) const FRAMED: &str = "default-src 'none'; style-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data: blob:; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; require-trusted-types-for 'script'; trusted-types 'none'";

/// An answer to a browser.
pub(super) struct Reply {
    status: u16,
    policy: &'static str,
    media: &'static str,
    location: Option<String>,
    /// File name of a download.
    file_name: Option<String>,
    cookies: Vec<String>,
    body: String,
    /// A body that is passed on as it comes, in the place of the other.
    stream: Option<web_sys::Response>,
    /// Somebody else's answer, which goes on as it is.
    passed: Option<web_sys::Response>,
}

impl Reply {
    /// A page.
    pub(super) fn page(status: u16, page: &impl Template) -> Result<Self, Problem> {
        let body = page.render().map_err(|error| Problem::internal(&error.to_string()))?;
        Ok(Self::whole(status, "text/html; charset=utf-8", body))
    }

    fn whole(status: u16, media: &'static str, body: String) -> Self {
        Self {
            status,
            policy: POLICY,
            media,
            location: None,
            file_name: None,
            cookies: Vec::new(),
            body,
            stream: None,
            passed: None,
        }
    }

    /// A part of a page: a style sheet, a picture.
    pub(super) fn part(media: &'static str, body: String) -> Self {
        Self::whole(200, media, body)
    }

    /// A table to keep.
    pub(super) fn file(name: String, body: String) -> Self {
        Self::download(name, "text/csv; charset=utf-8", body)
    }

    /// A file to keep.
    pub(super) fn download(name: String, media: &'static str, body: String) -> Self {
        Self { file_name: Some(name), ..Self::whole(200, media, body) }
    }

    /// A file to keep that is passed on as another object writes it.
    pub(super) fn streamed(name: String, media: &'static str, response: web_sys::Response) -> Self {
        let reply = Self::whole(200, media, String::new());
        Self { file_name: Some(name), stream: Some(response), ..reply }
    }

    /// A few words for a script.
    pub(super) fn text(body: String) -> Self {
        Self::whole(200, "text/plain; charset=utf-8", body)
    }

    /// An answer that goes on as it is: the handshake of a socket.
    pub(super) fn passed(response: web_sys::Response) -> Self {
        Self { passed: Some(response), ..Self::text(String::new()) }
    }

    /// Leads to another page, which is asked for anew: a form that was sent is not sent again by reloading.
    pub(super) fn see(path: &str) -> Self {
        Self {
            location: Some(path.to_owned()),
            ..Self::whole(303, "text/plain; charset=utf-8", String::new())
        }
    }

    /// Lets a page do what this policy says.
    pub(super) fn under(self, policy: &'static str) -> Self {
        Self { policy, ..self }
    }

    /// Sets a cookie with it.
    pub(super) fn with_cookie(mut self, cookie: String) -> Self {
        self.cookies.push(cookie);
        self
    }

    /// The `Response`.
    pub(super) fn respond(&self, head_only: bool, request_id: &str, secure: bool, language: &str) -> JsValue {
        if let Some(response) = &self.passed {
            return response.into();
        }
        let mut headers = vec![
            ("content-type", self.media),
            ("cache-control", "no-store"),
            ("content-security-policy", self.policy),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", if self.policy == FRAMED { "SAMEORIGIN" } else { "DENY" }),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=()"),
            ("x-robots-tag", "noindex"),
            ("x-request-id", request_id),
            // Nobody keeps a page; that its words are chosen by these two headers, unless the address says the language, is
            // said all the same.
            ("vary", "accept-language, cookie"),
        ];
        if self.media.starts_with("text/html") {
            headers.push(("content-language", language));
        }
        if secure {
            // Two years, as browsers ask of a site that is always https.
            headers.push(("strict-transport-security", "max-age=63072000"));
        }
        if let Some(location) = &self.location {
            headers.push(("location", location));
        }
        let disposition = self.file_name.as_ref().map(|name| format!("attachment; filename=\"{name}\""));
        if let Some(disposition) = &disposition {
            headers.push(("content-disposition", disposition));
        }
        headers.extend(self.cookies.iter().map(|cookie| ("set-cookie", cookie.as_str())));
        let headers = serde_json::to_string(&headers).unwrap_or_default();
        if let Some(stream) = &self.stream {
            return js::served(stream, &headers, head_only).into();
        }
        let body = (!head_only && self.location.is_none()).then_some(self.body.as_str());
        js::respond(self.status, &headers, body).into()
    }
}

/// A page that says what went wrong, around nothing.
#[derive(Template)]
#[template(path = "dashboard/failed.html")]
struct Failed<'a> {
    words: &'a Words,
    assets: super::frame::Assets,
    title: &'a str,
    detail: &'a str,
    /// Where it goes on: path and label.
    back: Option<(String, &'static str)>,
    /// Where a language is chosen; by links to this very page where there is no such place.
    chooser: Option<String>,
    /// How those links begin.
    asked: &'a str,
}

/// A refusal as a page of its own. `asked` is what links to the same page begin with.
pub(super) fn failed(problem: &Problem, words: &Words, path: &str, asked: &str) -> Reply {
    let said = refusal::said(words, problem);
    let (title, detail) = match problem.status {
        404 => (words.t("failed.not_found"), words.t("failed.not_found.detail")),
        405 => (words.t("failed.method"), words.t("failed.method.detail")),
        429 => (words.t("failed.too_many"), words.t("failed.too_many.detail")),
        500.. => (words.t("failed.ours"), words.t("failed.ours.detail")),
        _ => (words.t("failed.refused"), said.as_str()),
    };
    let back = match path.split('/').nth(1) {
        Some("p") => {
            let program =
                path.split('/').nth(2).filter(|_| problem.status != 404 || path.split('/').count() > 3);
            program.map(|program| (format!("/p/{program}"), words.t("portal.back")))
        }
        Some("join") => None,
        _ => Some(("/dashboard".to_owned(), words.t("failed.back"))),
    };
    // What is not there may be of a program that is not there, and then nothing takes its form.
    let takes_form = !(path.starts_with("/p/") && matches!(problem.status, 404 | 405));
    let chooser = back.as_ref().filter(|_| takes_form).map(|(path, _)| format!("{path}/language"));
    let page = Failed { words, assets: super::frame::Assets, title, detail, back, chooser, asked };
    let body = page.render().unwrap_or_default();
    Reply::whole(problem.status, "text/html; charset=utf-8", body)
}
