//! Answers: status, JSON, the headers every answer carries.

use crate::js;
use crate::problem::Problem;

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
}

/// Turns a call's outcome into a `Response`.
pub(crate) fn respond(
    outcome: &Result<Answer, Problem>,
    request_id: &str,
    readers: Readers,
) -> web_sys::Response {
    let (status, media, body) = match outcome {
        Ok(answer) => (answer.status, "application/json", answer.body.clone()),
        Err(problem) => (problem.status, "application/problem+json", problem.body(request_id)),
    };
    let cors = match readers {
        Readers::Servers => "",
        Readers::AnyPage => {
            r#",["access-control-allow-origin","*"],["access-control-expose-headers","x-request-id,retry-after"]"#
        }
    };
    let retry = if status >= 500 { r#",["retry-after","1"]"# } else { "" };
    let headers = format!(
        r#"[["content-type","{media}"],["cache-control","no-store"],["x-content-type-options","nosniff"],["x-request-id","{request_id}"]{cors}{retry}]"#
    );
    js::respond(status, &headers, Some(&body))
}
