//! A request for a page: what its headers say, and whether a page of ours sent it.

use super::session;
use super::words::{self, Words};
use crate::isolate::Isolate;
use crate::js;
use crate::problem::Problem;
use form_urlencoded::parse;
use referral::own_form::{is_led_by, is_own_form};
use std::cell::RefCell;

/// The parameter that says the language of a page.
const LANGUAGE: &str = "lang";

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
    /// What the address says, else what was chosen on a page, else what the browser likes.
    pub(super) language: String,
    pub(super) address: String,
    pub(super) content_type: String,
    /// What the connection should become.
    pub(super) upgrade: String,
    /// What Cloudflare Access says of whoever asks, not yet verified.
    pub(super) assertion: String,
    referer: String,
    /// The language that the address says, where it would be another one without.
    chosen: Option<&'static str>,
    /// Cookies that go with whatever answers.
    given: RefCell<Vec<String>>,
    /// Tests' build: where the ledger's transaction fails.
    pub(super) fail_after: Option<i32>,
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
        let mut visit = Self {
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
            upgrade: next(),
            assertion: next(),
            referer: next(),
            fail_after: fail_after(&next()),
            chosen: None,
            given: RefCell::default(),
        };
        visit.settle_language(isolate);
        visit
    }

    fn settle_language(&mut self, isolate: &Isolate) {
        let said = self.said(isolate);
        if let Some(kept) = self.kept() {
            kept.clone_into(&mut self.language);
        }
        self.chosen = said.filter(|tag| Words::preferred(&self.language).tag() != *tag);
        if let Some(said) = said {
            said.clone_into(&mut self.language);
        }
    }

    /// The language that was chosen before: on a referrer's pages what was chosen there, else what was in the dashboard.
    fn kept(&self) -> Option<&'static str> {
        let named = |cookie| self.cookie(cookie).and_then(words::spoken);
        let on_own_pages = self.path.starts_with("/p/").then(|| named(session::PORTAL_LANGUAGE)).flatten();
        on_own_pages.or_else(|| named(session::LANGUAGE))
    }

    /// The language that the address says: this one's, or that of the public page that led to the way in.
    fn said(&self, isolate: &Isolate) -> Option<&'static str> {
        if !self.path.starts_with("/join/") && !self.path.starts_with("/p/") {
            return None;
        }
        let led = || {
            let (path, query) = self.came_from(isolate).filter(|_| self.path.ends_with("/enter"))?;
            path.starts_with("/join/").then(|| asked_in(query, LANGUAGE))?
        };
        words::spoken(&self.asked(LANGUAGE).or_else(led)?)
    }

    /// The language that the address says, where pages would be in another one without.
    pub(super) fn chosen(&self) -> Option<&'static str> {
        self.chosen
    }

    /// How an address of this very page in another language begins: with all it was asked for but the language.
    pub(super) fn asked_besides(&self) -> String {
        let query = without_language(&self.query);
        if query.is_empty() { "?".to_owned() } else { format!("?{query}&") }
    }

    /// Path and query of the page of ours that sent this, without what was just done there.
    pub(super) fn came_from(&self, isolate: &Isolate) -> Option<(&str, &str)> {
        let of = |origin: &str| self.referer.strip_prefix(origin).filter(|rest| rest.starts_with('/'));
        let target = of(&isolate.public_origin).or_else(|| of(&self.origin_here))?;
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Some((path, if query.contains("done=") { "" } else { query }))
    }

    /// Whether a page of this origin's host, or of one within it, led here.
    pub(super) fn is_led_by(&self, origin: &str) -> bool {
        is_led_by(&self.referer, origin)
    }

    /// A parameter of the query, decoded; the first of its name, none where it is empty.
    pub(super) fn asked(&self, name: &str) -> Option<String> {
        asked_in(&self.query, name)
    }

    /// Another page, asked for what this one was asked for.
    pub(super) fn at_page(&self, page: &str) -> String {
        if self.query.is_empty() { page.to_owned() } else { format!("{page}?{}", self.query) }
    }

    /// The row a list goes on from.
    pub(super) fn before(&self) -> Option<i64> {
        self.asked("before")?.parse().ok()
    }

    /// The value of a cookie of ours, under the name it has on this deployment and no other.
    pub(super) fn cookie(&self, cookie: session::Cookie<'_>) -> Option<&str> {
        let name = cookie.name(self.secure);
        self.cookie.split(';').find_map(|pair| {
            let (found, value) = pair.trim().split_once('=')?;
            (found == name).then_some(value)
        })
    }

    /// Sends a cookie's line with whatever answers.
    pub(super) fn give(&self, line: String) {
        self.given.borrow_mut().push(line);
    }

    /// The cookies that go with whatever answers.
    pub(super) fn given(&self) -> Vec<String> {
        self.given.take()
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

/// A parameter of a query, decoded; the first of its name, none where it is empty.
fn asked_in(query: &str, name: &str) -> Option<String> {
    let pair = parse(query.as_bytes()).find(|(known, _)| known == name);
    pair.map(|(_, value)| value.trim().to_owned()).filter(|value| !value.is_empty())
}

/// A query without the language it asks for; the rest is as it was written.
pub(super) fn without_language(query: &str) -> String {
    let stays = |pair: &&str| !pair.is_empty() && parse(pair.as_bytes()).all(|(name, _)| name != LANGUAGE);
    query.split('&').filter(stays).collect::<Vec<_>>().join("&")
}

#[cfg(feature = "failpoints")]
fn fail_after(header: &str) -> Option<i32> {
    header.parse().ok()
}

#[cfg(not(feature = "failpoints"))]
fn fail_after(_: &str) -> Option<i32> {
    None
}
