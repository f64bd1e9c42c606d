//! Where a program's links lead: one origin, the merchant's own, and nothing in a link can change it.
//!
//! The destination is parsed once, by the WHATWG rules that browsers follow. After that a redirect is the origin, a
//! slash, and text: an origin ends at the first slash, so no path or query can reach back into it. The path of a deep
//! link is taken only when it is plain; otherwise the visitor lands on the program's landing page.

mod deep_link;

pub use deep_link::{DeepLinkError, link};

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use url::{Host, Url};

use crate::click_token::ClickId;
use crate::code::Code;
use crate::query;

/// Longest destination, in bytes.
pub const MAX_DESTINATION_LEN: usize = 2048;

/// Longest path of a deep link, in bytes; a longer one lands on the landing page.
pub const MAX_PATH_LEN: usize = 2048;

/// The verified place a program's links lead to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// `https://shop.example`, without a slash at the end.
    origin: String,
    /// The page visitors land on: `/` or a longer path.
    landing: String,
    /// The merchant's own parameters, sent along with every visitor; may be empty.
    query: String,
    /// Their decoded names: a visitor cannot set them.
    names: Vec<Vec<u8>>,
}

/// Why a destination, a link host or a cookie domain is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DestinationError {
    /// Longer than 2,048 bytes.
    TooLong,
    /// Not an absolute URL, or one that browsers would have to repair.
    Malformed,
    /// Neither https nor, on this machine, http.
    Scheme,
    /// Carries a user name or password.
    Credentials,
    /// Carries a fragment, which would swallow our parameters.
    Fragment,
    /// Not a public domain name.
    Host,
    /// Sets a parameter that the redirect itself sets.
    ReservedParameter,
}

impl Destination {
    /// Reads and checks a destination as a merchant enters it.
    ///
    /// `https` on a public domain name, or `http` and `https` on `localhost`, `127.0.0.1` and `[::1]`; no user name, no
    /// fragment, none of the parameters that redirects set. International names become punycode.
    pub fn parse(text: &str) -> Result<Self, DestinationError> {
        if text.len() > MAX_DESTINATION_LEN {
            return Err(DestinationError::TooLong);
        }
        // Browsers drop or turn these; whoever wrote them meant something else than what they would get.
        let odd = |c: char| c.is_control() || c.is_whitespace() || c == '\\' || is_direction_mark(c);
        if text.chars().any(odd) {
            return Err(DestinationError::Malformed);
        }
        let url = Url::parse(text).map_err(|_| DestinationError::Malformed)?;
        let local = check_host(&url)?;
        if !matches!((url.scheme(), local), ("https", _) | ("http", true)) {
            return Err(DestinationError::Scheme);
        }
        // `https:/shop.example` and `https:shop.example` parse, but are not what anybody means.
        if !text.get(url.scheme().len()..).is_some_and(|rest| rest.starts_with("://")) {
            return Err(DestinationError::Malformed);
        }
        if !url.username().is_empty() || url.password().is_some() || authority(text).contains('@') {
            return Err(DestinationError::Credentials);
        }
        // Look-alikes of slashes and dots make a host read like another; letters of any script are fine.
        if !authority(text).chars().all(|c| c.is_alphanumeric() || "-.:[]".contains(c)) {
            return Err(DestinationError::Host);
        }
        if url.fragment().is_some() {
            return Err(DestinationError::Fragment);
        }
        let query = url.query().unwrap_or_default();
        let names: Vec<Vec<u8>> = query::pieces(query).map(query::name).collect();
        if names.iter().any(|name| query::is_reserved(name)) {
            return Err(DestinationError::ReservedParameter);
        }
        Ok(Self {
            origin: url.origin().ascii_serialization(),
            landing: url.path().to_owned(),
            query: query.to_owned(),
            names,
        })
    }

    /// The origin: scheme, host and, where it is not the usual one, port.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Host and, where it is not the scheme's own, port.
    pub fn host(&self) -> &str {
        self.origin.split_once("://").map_or("", |(_, host)| host)
    }

    /// The path part of a redirect: the deep link's path where it is plain, otherwise the landing page.
    ///
    /// `path` is what follows the code in the link, with its slash, percent-encoded as it came; it may be empty.
    pub fn join<'a>(&'a self, path: &'a str) -> &'a str {
        if path.len() > 1 && is_plain(path) { path } else { &self.landing }
    }

    /// The whole address to redirect to: origin, path, the merchant's parameters, the visitor's as far as they may pass,
    /// and ours. `code` and `click_id` are absent where there is nothing to credit.
    pub fn location(
        &self,
        path: &str,
        visitor_query: &str,
        code: Option<&Code>,
        click_id: Option<&ClickId>,
    ) -> String {
        let path = self.join(path);
        let passing = visitor_query.len().min(query::MAX_PASSING_LEN);
        let mut location =
            String::with_capacity(self.origin.len() + path.len() + self.query.len() + passing + 160);
        location.push_str(&self.origin);
        location.push_str(path);
        let mut separator = '?';
        let mut add = |location: &mut String, name: &str, value: &str| {
            location.push(separator);
            location.push_str(name);
            location.push_str(value);
            separator = '&';
        };
        if !self.query.is_empty() {
            add(&mut location, "", &self.query);
        }
        if !visitor_query.is_empty() {
            let passed = query::pass(visitor_query, &self.names);
            if !passed.is_empty() {
                add(&mut location, "", &passed);
            }
        }
        if let Some(code) = code {
            add(&mut location, "via=", code.as_str());
        }
        if let Some(click_id) = click_id {
            add(&mut location, "gw_click=", click_id.as_str());
        }
        location
    }
}

/// The address as it is stored and shown.
impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let separator = if self.query.is_empty() { "" } else { "?" };
        write!(f, "{}{}{separator}{}", self.origin, self.landing, self.query)
    }
}

/// A host that a merchant serves links on, `go.shop.example`, in its one canonical form; a port may follow.
pub fn link_host(text: &str) -> Result<String, DestinationError> {
    if text.is_empty() || text.len() > 260 || text.contains(['/', '?', '#', '@', '\\']) {
        return Err(DestinationError::Host);
    }
    let url = Destination::parse(&format!("https://{text}/")).map_err(|_| DestinationError::Host)?;
    Ok(url.origin.trim_start_matches("https://").to_owned())
}

/// A domain that cookies may be set for, `shop.example`: a domain name of at least two labels.
pub fn cookie_domain(text: &str) -> Result<String, DestinationError> {
    let host = link_host(text.strip_prefix('.').unwrap_or(text))?;
    if host.contains([':', '[']) || !host.contains('.') || host.parse::<core::net::Ipv4Addr>().is_ok() {
        return Err(DestinationError::Host);
    }
    Ok(host)
}

/// Whether a host (a port may follow) is this domain or below it, so that a browser takes its cookies for it.
pub fn is_within(host: &str, domain: &str) -> bool {
    let host = host.split(':').next().unwrap_or_default();
    host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// `true` for this machine, `false` for a public name.
fn check_host(url: &Url) -> Result<bool, DestinationError> {
    match url.host() {
        Some(Host::Domain("localhost")) => Ok(true),
        Some(Host::Domain(name)) if is_public_name(name) => Ok(false),
        Some(Host::Ipv4(address)) if address == core::net::Ipv4Addr::LOCALHOST => Ok(true),
        Some(Host::Ipv6(address)) if address == core::net::Ipv6Addr::LOCALHOST => Ok(true),
        _ => Err(DestinationError::Host),
    }
}

/// At least two labels of letters, digits and inner hyphens, none of them ours to interpret.
fn is_public_name(name: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    let last = name.rsplit('.').next().unwrap_or_default();
    name.len() <= 253
        && name.contains('.')
        && name.split('.').all(label)
        && last.bytes().any(|byte| byte.is_ascii_lowercase())
        && !matches!(last, "localhost" | "local" | "internal" | "invalid" | "onion")
}

/// Marks that change the direction of text and let an address look like another.
fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}')
}

fn authority(text: &str) -> &str {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}

/// Whether a deep link's path may be passed on as it is: segments of URL characters, none of them empty (a slash at the
/// end is fine), none `.` or `..`, nothing encoded that a shop's server could take for a slash or a control character.
fn is_plain(path: &str) -> bool {
    let Some(rest) = path.strip_prefix('/') else {
        return false;
    };
    if path.len() > MAX_PATH_LEN {
        return false;
    }
    let mut segments = rest.split('/').peekable();
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        if (segment.is_empty() && !last) || !is_plain_segment(segment.as_bytes()) {
            return false;
        }
    }
    true
}

fn is_plain_segment(segment: &[u8]) -> bool {
    let mut at = 0;
    let mut dots_only = !segment.is_empty();
    while let Some(&byte) = segment.get(at) {
        let (decoded, len) = match byte {
            b'%' => match query::percent(segment.get(at + 1..at + 3)) {
                Some(decoded) => (decoded, 3),
                None => return false,
            },
            byte if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(&byte) => (byte, 1),
            _ => return false,
        };
        if decoded < 0x20 || matches!(decoded, 0x7F | b'/' | b'\\') {
            return false;
        }
        // `..;x` is `..` to servers that cut path parameters off.
        if decoded == b';' && dots_only && at > 0 {
            return false;
        }
        dots_only &= decoded == b'.';
        at += len;
    }
    !dots_only
}

impl DestinationError {
    /// Stable code, with the word for its sentence.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooLong => "not_a_destination.too_long",
            Self::Malformed => "not_a_destination.malformed",
            Self::Scheme => "not_a_destination.scheme",
            Self::Credentials => "not_a_destination.credentials",
            Self::Fragment => "not_a_destination.fragment",
            Self::Host => "not_a_destination.host",
            Self::ReservedParameter => "not_a_destination.reserved_parameter",
        }
    }
}

impl fmt::Display for DestinationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "has more than 2048 bytes",
            Self::Malformed => "is not a complete address like https://shop.example/",
            Self::Scheme => "starts with https:// (http:// only on localhost)",
            Self::Credentials => "carries a user name or password; take it out",
            Self::Fragment => "carries a fragment (#…), which would swallow the click id; take it out",
            Self::Host => "is not on a public domain name like shop.example",
            Self::ReservedParameter => {
                "sets via, gw_click or gwc, which the redirect sets itself; take it out"
            }
        })
    }
}

impl core::error::Error for DestinationError {}

impl From<DestinationError> for String {
    fn from(error: DestinationError) -> Self {
        error.to_string()
    }
}

#[cfg(test)]
mod tests;
