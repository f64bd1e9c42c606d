//! A request as the ledger object sees it: the caller's call and what the Worker knows about the caller.

use crate::answer::{self, Readers};
use crate::js;
use crate::problem::Problem;
use crate::sql::Failpoint;
use serde::{Deserialize, Serialize};

/// The longest body a call may have, in bytes.
const LONGEST_BODY: u32 = 65_536;

/// The origin in the URLs of requests between objects; it never leaves the machine.
pub(crate) const ORIGIN: &str = "https://ledger";

/// What the Worker tells the ledger about a caller.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Meta {
    /// Names the request in answers, logs and the audit log.
    pub(crate) request_id: String,
    /// The program's uid.
    pub(crate) uid: String,
    /// The test twin?
    pub(crate) test: bool,
    /// SHA-256 of the caller's key.
    pub(crate) key_hash: String,
    /// `Idempotency-Key`.
    pub(crate) idempotency_key: Option<String>,
    /// `Goodword-Proof`.
    pub(crate) proof: Option<String>,
    /// Tests' build: fail after so many statements; negative numbers fail without a transaction.
    pub(crate) fail_after: Option<i32>,
}

impl Meta {
    pub(crate) fn mode(&self) -> &'static str {
        if self.test { "test" } else { "live" }
    }
}

pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) body: String,
    pub(crate) meta: Meta,
}

impl Request {
    /// Reads a request of [`super::client`].
    ///
    /// # Errors
    /// The answer to give: the body is too long or not UTF-8.
    pub(crate) async fn read(request: &web_sys::Request) -> Result<Self, web_sys::Response> {
        let head = js::meta(request);
        let mut lines = head.splitn(3, '\n');
        let method = lines.next().unwrap_or_default().to_owned();
        let url = lines.next().unwrap_or_default();
        let target = url.strip_prefix(ORIGIN).unwrap_or(url);
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let (path, query) = (path.to_owned(), query.to_owned());
        let meta: Meta = lines.next().and_then(|meta| serde_json::from_str(meta).ok()).unwrap_or_default();
        let refuse = |problem: Problem| answer::respond(&Err(problem), &meta.request_id, Readers::AnyPage);
        let body = if matches!(method.as_str(), "GET" | "DELETE") {
            String::new()
        } else {
            let read = js::text_up_to(request, LONGEST_BODY).await.map_err(|error| refuse(error.into()))?;
            match read.as_string() {
                Some(text) => text,
                None if read.is_null() => {
                    return Err(refuse(Problem::new(
                        413,
                        "body_too_long",
                        "The body is too long",
                        "A body may have at most 65,536 bytes.",
                    )));
                }
                None => {
                    return Err(refuse(Problem::new(
                        400,
                        "not_utf8",
                        "The body is not text",
                        "Send JSON in UTF-8.",
                    )));
                }
            }
        };
        Ok(Self { method, path, query, body, meta })
    }

    pub(crate) fn failpoint(&self) -> Option<Failpoint> {
        let after = self.meta.fail_after?;
        Some(Failpoint { after: after.abs(), atomic: after >= 0 })
    }
}
