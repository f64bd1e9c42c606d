//! A request for a page: what its headers say, and whether a page of ours sent it.

use crate::isolate::Isolate;
use crate::js;
use crate::problem::Problem;
use form_urlencoded::parse;
use referral::own_form::is_own_form;

/// What pages look at. Headers that are absent are empty.
pub(super) struct Visit {
    pub(super) request_id: String,
    /// Whether this deployment is reached over https.
    secure: bool,
    pub(super) method: String,
    pub(super) path: String,
    query: String,
    /// Scheme and host as this edge sees them.
    origin_here: String,
    cookie: String,
    fetch_site: String,
    origin: String,
    pub(super) user_agent: String,
    pub(super) language: String,
    pub(super) address: String,
    pub(super) content_type: String,
}

impl Visit {
    pub(super) fn read(request: &web_sys::Request, isolate: &Isolate, request_id: String) -> Self {
        let text = js::page_head(request, &isolate.client_ip_header);
        let mut lines = text.split('\n');
        let mut next = || lines.next().unwrap_or_default().to_owned();
        let method = next();
        let url = next();
        let host_at = url.find("://").map_or(0, |at| at + 3);
        let target_at =
            url.get(host_at..).and_then(|rest| rest.find('/')).map_or(url.len(), |at| host_at + at);
        let (origin_here, target) = url.split_at(target_at);
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self {
            request_id,
            secure: isolate.is_secure(),
            method,
            path: path.to_owned(),
            query: query.to_owned(),
            origin_here: origin_here.to_owned(),
            cookie: next(),
            fetch_site: next(),
            origin: next(),
            user_agent: next(),
            language: next(),
            address: next(),
            content_type: next(),
        }
    }

    /// A parameter of the query, decoded; the first of its name, none where it is empty.
    pub(super) fn asked(&self, name: &str) -> Option<String> {
        let pair = parse(self.query.as_bytes()).find(|(known, _)| known == name);
        pair.map(|(_, value)| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    /// The row a list goes on from.
    pub(super) fn before(&self) -> Option<i64> {
        self.asked("before")?.parse().ok()
    }

    /// The value of a cookie of ours, under the name it has on this deployment and no other.
    pub(super) fn cookie(&self, cookie: super::session::Cookie) -> Option<&str> {
        let name = if self.secure { cookie.secure } else { cookie.plain };
        self.cookie.split(';').find_map(|pair| {
            let (found, value) = pair.trim().split_once('=')?;
            (found == name).then_some(value)
        })
    }

    /// Refuses what another site's page sent with our cookie.
    pub(super) fn check_origin(&self, isolate: &Isolate) -> Result<(), Problem> {
        if is_own_form(&self.fetch_site, &self.origin, &[&isolate.public_origin, &self.origin_here]) {
            return Ok(());
        }
        Err(Problem::new(
            403,
            "not_our_form",
            "Not sent by a page of ours",
            "Only pages of this dashboard can change anything here. Open the page itself and try again.",
        ))
    }
}
