//! A browser as far as following links goes: its headers, its address, the cookie it was given.

use crate::house::{CLIENT_IP, House};
use crate::http::{Answer, Request};
use std::sync::Arc;
use url::Url;

/// A browser of our day.
pub const FIREFOX: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// Somebody who follows links.
#[derive(Clone, Debug)]
pub struct Visitor {
    house: Arc<House>,
    /// Sent with every request.
    pub headers: Vec<(String, String)>,
}

/// Where a visitor was sent.
#[derive(Clone, Debug)]
pub struct Landing {
    /// The redirect itself.
    pub answer: Answer,
    /// `Location`, as a browser reads it.
    pub address: Url,
}

impl Visitor {
    /// A person with an address of their own.
    pub fn new(house: &Arc<House>, address: &str) -> Self {
        let visitor = Self { house: Arc::clone(house), headers: Vec::new() };
        visitor
            .with("user-agent", FIREFOX)
            .with("accept-language", "en")
            .with("sec-fetch-mode", "navigate")
            .with("sec-fetch-dest", "document")
            .with(CLIENT_IP, address)
    }

    /// The same visitor with this header in place of the one they had; empty removes it.
    #[must_use]
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut other = self.clone();
        other.headers.retain(|(known, _)| known != name);
        if !value.is_empty() {
            other.headers.push((name.to_owned(), value.to_owned()));
        }
        other
    }

    /// Sends a request for a link; a host in the link that is not the edge's becomes the `Host` header.
    #[track_caller]
    pub fn request(&self, method: &str, link: &str) -> Answer {
        let url = Url::parse(link).expect("a link is a URL");
        let mut request = Request::new(method, &url[url::Position::BeforePath..]);
        let host = &url[url::Position::BeforeHost..url::Position::AfterPort];
        request = request.header("host", host);
        request.headers.extend(self.headers.iter().cloned());
        self.house.call(&request)
    }

    /// Follows a link to where it leads.
    #[track_caller]
    pub fn follow(&self, link: &str) -> Landing {
        Landing::read(self.request("GET", link))
    }
}

impl Landing {
    /// Reads a redirect.
    #[track_caller]
    pub fn read(answer: Answer) -> Self {
        assert_eq!(answer.status, 302, "{}", answer.text());
        let location = answer.header("location").expect("a redirect says where to");
        let address = Url::parse(location).expect("and that is a URL");
        Self { answer, address }
    }

    /// A parameter of the address; panics where it stands there twice.
    #[track_caller]
    pub fn parameter(&self, name: &str) -> Option<String> {
        let mut found = self
            .address
            .query_pairs()
            .filter(|(known, _)| known == name)
            .map(|(_, value)| value.into_owned());
        let first = found.next();
        assert_eq!(found.next(), None, "{name} stands twice in {}", self.address);
        first
    }

    /// The click id that was minted, where one was.
    #[track_caller]
    pub fn click_id(&self) -> Option<String> {
        self.parameter("gw_click")
    }

    /// The click id of a person's click.
    #[track_caller]
    pub fn click(&self) -> String {
        self.click_id().expect("a person's click has an id")
    }

    /// `Set-Cookie`, where one was sent.
    pub fn cookie(&self) -> Option<&str> {
        self.answer.header("set-cookie")
    }
}
