//! A browser at the dashboard, without the browser: cookies kept, forms sent as a page of ours sends them.

use crate::house::{CLIENT_IP, House};
use crate::http::{Answer, Request};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

/// Cookies and where they are sent.
#[derive(Clone, Debug)]
pub struct Desk<'a> {
    house: &'a House,
    /// What the browser keeps.
    pub cookies: BTreeMap<String, String>,
    /// Tries to sign in are counted by address: every desk has its own.
    address: String,
}

/// A form's fields as a browser sends them.
fn encoded(fields: &[(&str, &str)]) -> String {
    let byte = |byte: u8| {
        if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    let text = |text: &str| text.bytes().map(byte).collect::<String>();
    let pairs: Vec<String> =
        fields.iter().map(|(name, value)| format!("{}={}", text(name), text(value))).collect();
    pairs.join("&")
}

impl<'a> Desk<'a> {
    /// A browser that was never here.
    pub fn new(house: &'a House) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(1);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let address = format!("10.{}.{}.{}", number >> 16 & 255, number >> 8 & 255, number & 255);
        Self { house, cookies: BTreeMap::new(), address }
    }

    /// A browser that signed in with this key.
    ///
    /// # Panics
    /// The key does not open anything.
    #[track_caller]
    pub fn open(house: &'a House, key: &str) -> Self {
        let mut desk = Self::new(house);
        let answer = desk.sign_in(key);
        assert_eq!(answer.status, 303, "{}", answer.text());
        desk
    }

    /// Sends the sign-in form.
    #[track_caller]
    pub fn sign_in(&mut self, key: &str) -> Answer {
        self.post("/dashboard/sign-in", &[("key", key)])
    }

    /// The header of all cookies.
    pub fn cookie(&self) -> String {
        let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }

    fn dressed(&self, request: Request) -> Request {
        let request = request.header(CLIENT_IP, &self.address).header("accept-language", "en");
        if self.cookies.is_empty() { request } else { request.header("cookie", &self.cookie()) }
    }

    /// Sends a request with the cookies and nothing else that a browser adds; keeps the cookies it is given.
    #[track_caller]
    pub fn send(&mut self, request: Request) -> Answer {
        let answer = self.house.call(&self.dressed(request));
        for line in answer.all("set-cookie") {
            let (pair, rest) = line.split_once(';').unwrap_or((line, ""));
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            if rest.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    /// Opens a page.
    #[track_caller]
    pub fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path))
    }

    /// Opens a page that must be there, and gives its text.
    #[track_caller]
    pub fn page(&mut self, path: &str) -> String {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{path}: {} {:?}", answer.text(), answer.header("location"));
        answer.text()
    }

    /// Sends a form as a page of ours does.
    #[track_caller]
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(Self::form(path, fields).header("sec-fetch-site", "same-origin"))
    }

    /// A form, as nobody in particular sends it.
    pub fn form(path: &str, fields: &[(&str, &str)]) -> Request {
        Request::new("POST", path)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(encoded(fields))
    }
}

/// Holds a page against the headers that every page of ours carries.
///
/// # Panics
/// One is missing, or says something else.
#[track_caller]
pub fn is_guarded(answer: &Answer, path: &str) {
    let policy = answer.header("content-security-policy").unwrap_or_default().to_owned();
    for part in [
        "default-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "trusted-types 'none'",
    ] {
        assert!(policy.contains(part), "{path}: {policy}");
    }
    assert!(!policy.contains("unsafe"), "{path}: {policy}");
    for (name, value) in [
        ("x-frame-options", "DENY"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("x-robots-tag", "noindex"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{path} {name}");
    }
    assert_eq!(answer.header("access-control-allow-origin"), None, "{path}");
}
