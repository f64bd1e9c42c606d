//! A request as the ledger object sees it: the caller's call and what the Worker knows about the caller.

use super::portal::Entered;
use crate::js;
use crate::sql::Failpoint;
use referral::allowance::Left;
use referral::api_key::Mode;
use referral::identity::Identity;
use serde::{Deserialize, Serialize};

/// The origin in the URLs of requests between objects; it never leaves the machine.
pub(crate) const ORIGIN: &str = "https://ledger";

/// What the Worker tells the ledger about a caller.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own about the caller")]
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
    /// What is left of the caller's allowance, to be told with the answer.
    pub(crate) left: Option<Left>,
    /// `Goodword-Identity`, not yet verified.
    pub(crate) identity: Option<String>,
    /// Address and browser of whoever joins; hashed, never kept.
    pub(crate) joins_from: Option<(String, String)>,
    /// The origin of the page that asks what its panel shows.
    #[serde(default)]
    pub(crate) origin: Option<String>,
    /// Tests' build: fail after so many statements; negative numbers fail without a transaction.
    pub(crate) fail_after: Option<i32>,
    /// `Accept-Language`, at most 200 characters of it.
    pub(crate) accept_language: Option<String>,
    /// A page of ours asks, which says a refusal in its own words.
    #[serde(default)]
    pub(crate) page: bool,
    /// The session of the dashboard that asks, once its home has said that it is good.
    #[serde(default)]
    pub(crate) session: Option<String>,
    /// That session was opened with the operator's key.
    #[serde(default)]
    pub(crate) operator: bool,
    /// The referrer's session that asks, once the ledger has said that it is good.
    #[serde(default)]
    pub(crate) portal: Option<Entered>,
    /// Where an export goes on.
    #[serde(default)]
    pub(crate) cursor: Option<String>,
    /// Nobody reads the export any more.
    #[serde(default)]
    pub(crate) stop: bool,
    /// Which piece of a caller's body this is.
    #[serde(default)]
    pub(crate) piece: Option<Piece>,
}

/// A piece of a long body.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Piece {
    /// The first of its call.
    pub(crate) first: bool,
    /// The last of its call.
    pub(crate) last: bool,
    /// Another call brings more.
    pub(crate) more: bool,
}

impl Meta {
    pub(crate) fn mode(&self) -> &'static str {
        self.key_mode().word()
    }

    pub(crate) fn key_mode(&self) -> Mode {
        if self.test { Mode::Test } else { Mode::Live }
    }
}

pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) body: String,
    pub(crate) meta: Meta,
    /// Who is signed in, once the token has been verified.
    pub(crate) identity: Option<Identity>,
}

impl Request {
    /// Reads a request of [`super::client`], all but its body.
    pub(crate) fn read(request: &web_sys::Request) -> Self {
        let head = js::meta(request);
        let mut lines = head.splitn(3, '\n');
        let method = lines.next().unwrap_or_default().to_owned();
        let url = lines.next().unwrap_or_default();
        let target = url.strip_prefix(ORIGIN).unwrap_or(url);
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let (path, query) = (path.to_owned(), query.to_owned());
        let meta = lines.next().and_then(|meta| serde_json::from_str(meta).ok()).unwrap_or_default();
        Self { method, path, query, body: String::new(), meta, identity: None }
    }

    pub(crate) fn has_body(&self) -> bool {
        !matches!(self.method.as_str(), "GET" | "DELETE")
    }

    /// What must be the same for a repeated call to get the first answer: the body, and who says it.
    pub(super) fn fingerprint(&self) -> String {
        let proof = self.meta.proof.as_deref().unwrap_or_default();
        let sub = self.identity.as_ref().map_or("", |identity| identity.sub.as_str());
        let portal = self.meta.portal.as_ref().map_or("", |entered| entered.referrer_id.as_str());
        let said = match (proof, sub, portal) {
            ("", "", "") => self.body.clone(),
            (_, _, "") => format!("{}\n{proof}\n{sub}", self.body),
            _ => format!("{}\n{proof}\n{sub}\n{portal}", self.body),
        };
        referral::api_key::sha256_hex(said.as_bytes())
    }

    pub(crate) fn failpoint(&self) -> Option<Failpoint> {
        let after = self.meta.fail_after?;
        Some(Failpoint { after: after.abs(), atomic: after >= 0 })
    }
}

/// The longest body of a call, in bytes.
pub(crate) fn longest(path: &str) -> u32 {
    match path {
        "/v1/import" => super::archive::import::LONGEST,
        "/v1/referrers/import" => super::roster::LONGEST,
        "/v1/assets" => super::asset::LONGEST,
        _ => crate::body::LONGEST,
    }
}
