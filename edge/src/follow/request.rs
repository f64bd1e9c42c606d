//! A request to a link, read from the lines of [`super::crossing::lines`].

use referral::visit;

/// What a follow looks at. Headers that are absent are empty.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Request<'a> {
    pub(super) visit: visit::Request<'a>,
    /// Scheme and host.
    pub(super) origin: &'a str,
    /// With its port, where it has one.
    pub(super) host: &'a str,
    /// The path after `/r/`.
    pub(super) rest: &'a str,
    /// Without its question mark.
    pub(super) query: &'a str,
    pub(super) privacy_control: bool,
    pub(super) cookie: &'a str,
    pub(super) language: &'a str,
    pub(super) referer: &'a str,
    pub(super) client_ip: &'a str,
    pub(super) country: &'a str,
}

impl<'a> Request<'a> {
    pub(super) fn read(text: &'a str) -> Self {
        let mut lines = text.split('\n');
        let mut next = || lines.next().unwrap_or_default();
        let method = next();
        let url = next();
        let (origin, host, target) = split(url);
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self {
            visit: visit::Request {
                method,
                user_agent: next(),
                fetch_mode: next(),
                fetch_dest: next(),
                sec_purpose: next(),
                purpose: next(),
            },
            origin,
            host,
            rest: path.strip_prefix("/r/").unwrap_or_default(),
            query,
            privacy_control: next().trim() == "1",
            cookie: next(),
            language: next(),
            referer: next(),
            client_ip: next(),
            country: next(),
        }
    }

    /// The value of a cookie.
    pub(super) fn cookie(&self, name: &str) -> Option<&'a str> {
        self.cookie.split(';').find_map(|pair| {
            let (found, value) = pair.trim().split_once('=')?;
            (found == name).then_some(value)
        })
    }
}

/// Origin, host and target of an absolute URL.
fn split(url: &str) -> (&str, &str, &str) {
    let host_at = url.find("://").map_or(0, |at| at + 3);
    let rest = url.get(host_at..).unwrap_or_default();
    let host_len = rest.find('/').unwrap_or(rest.len());
    let (host, target) = rest.split_at(host_len);
    (url.get(..host_at + host_len).unwrap_or_default(), host, target)
}

/// The host of a `Referer`, lower case; empty where it has none that can be shown.
pub(super) fn referring_host(referer: &str) -> &str {
    let host = split(referer).1;
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.:".contains(&byte);
    if host.len() <= 100 && referer.contains("://") && host.bytes().all(plain) { host } else { "" }
}

/// The beginning of a text, cut at a character, at most so many bytes long.
pub(super) fn head(text: &str, most: usize) -> &str {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}
