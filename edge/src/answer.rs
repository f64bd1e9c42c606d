//! Answers: status, JSON, the headers every answer carries.

use crate::js;
use crate::problem::Problem;
use referral::allowance::Left;

/// A JSON answer of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(status: u16, body: &impl serde::Serialize) -> Result<Self, Problem> {
        Ok(Self { status, body: serde_json::to_string(body)? })
    }
}

/// Who may read the answer in a browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Readers {
    /// Servers only.
    Servers,
    /// Any page: calls with a publishable key, without credentials.
    AnyPage,
    /// Pages of ours, which the Worker makes: they say a refusal in their own words.
    OurPages,
}

/// Turns the outcome of a call that is answered with a file of this media type into a `Response`.
pub(crate) fn respond_file(
    outcome: &Result<Answer, Problem>,
    media: &str,
    request_id: &str,
    left: Option<Left>,
) -> web_sys::Response {
    match outcome {
        Ok(answer) if media.starts_with("text/html") => respond_page(answer, media, request_id, left),
        Ok(answer) => {
            let left = said(left);
            js::respond_json(answer.status, media, request_id, false, &left, &answer.body)
        }
        Err(_) => respond(outcome, request_id, Readers::Servers, left),
    }
}

/// Nothing on a page loads or runs anything; its one style sheet stands in the page itself, and no other applies.
const POLICY: &str = "default-src 'none'; style-src 'sha256-LKUeedjFZtCrATeb5Uy+3Nr5z70+2F06X9fn33LL0Xw='; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

fn respond_page(answer: &Answer, media: &str, request_id: &str, left: Option<Left>) -> web_sys::Response {
    let number = |number: fn(Left) -> u32| left.map_or_else(String::new, |left| number(left).to_string());
    let headers = serde_json::json!([
        ["content-type", media],
        ["content-security-policy", POLICY],
        ["cache-control", "no-store"],
        ["referrer-policy", "no-referrer"],
        ["x-content-type-options", "nosniff"],
        ["x-request-id", request_id],
        ["ratelimit-limit", number(|left| left.limit)],
        ["ratelimit-remaining", number(|left| left.remaining)],
        ["ratelimit-reset", number(|left| left.reset)],
    ]);
    js::respond(answer.status, &headers.to_string(), Some(&answer.body))
}

/// An allowance as [`js::respond_json`] takes it.
fn said(left: Option<Left>) -> String {
    left.map_or_else(String::new, |left| format!("{} {} {}", left.limit, left.remaining, left.reset))
}

/// Turns a call's outcome into a `Response`; `left` is the caller's allowance, where one was counted.
pub(crate) fn respond(
    outcome: &Result<Answer, Problem>,
    request_id: &str,
    readers: Readers,
    left: Option<Left>,
) -> web_sys::Response {
    let open = readers == Readers::AnyPage;
    let left = said(left);
    match outcome {
        Ok(answer) => {
            js::respond_json(answer.status, "application/json", request_id, open, &left, &answer.body)
        }
        Err(problem) => {
            let body = match readers {
                Readers::OurPages => problem.for_page(),
                _ => problem.body(request_id),
            };
            js::respond_json(problem.status, "application/problem+json", request_id, open, &left, &body)
        }
    }
}
