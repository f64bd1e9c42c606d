//! Who follows a link: a person, or something that only looks at it.
//!
//! Only a person's navigation earns a click id. Everything else is sent to the shop as well, without one, so that nobody
//! can stuff cookies through an image, a hidden frame or a prefetch, and no robot makes statistics.

use crate::bots::Robot;

/// What a request to a link says about itself. Empty means the header is absent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Request<'a> {
    /// As sent, upper case.
    pub method: &'a str,
    /// `User-Agent`.
    pub user_agent: &'a str,
    /// `Sec-Fetch-Mode`; absent in browsers before 2020 (Safari: 2023).
    pub fetch_mode: &'a str,
    /// `Sec-Fetch-Dest`.
    pub fetch_dest: &'a str,
    /// `Sec-Purpose`: `prefetch`, or `prefetch;prerender`.
    pub sec_purpose: &'a str,
    /// `Purpose` (Chromium), `X-Purpose` (Safari) and `X-Moz` (Firefox), the elders of `Sec-Purpose`: any of them.
    pub purpose: &'a str,
}

/// What a request to a link is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// A person follows the link: counted, and given a click id.
    Human,
    /// A crawler, or something that does not say what it is.
    Bot,
    /// A preview of the link is being made for a conversation: shown title and picture.
    Preview,
    /// A browser fetches ahead; nobody has clicked, and perhaps nobody will.
    Prefetch,
    /// A browser fetches the page ahead that a speculation rule names. Chromium would keep a redirect and use it when the
    /// person clicks, and the click would be lost: it must be made to ask again.
    Speculation,
    /// An image, a frame, a script, a fetch: part of another page.
    SubResource,
    /// `HEAD`: a look at the headers.
    Head,
    /// Neither `GET` nor `HEAD`: links do nothing else.
    WrongMethod,
}

impl Request<'_> {
    /// Decides, cheapest question first. `robot` says what is known about a user agent: [`crate::bots::Crawlers`] does,
    /// and whoever asks often may remember what it said.
    pub fn verdict(&self, robot: impl FnOnce(&str) -> Option<Robot>) -> Verdict {
        match self.method {
            "GET" => {}
            "HEAD" => return Verdict::Head,
            _ => return Verdict::WrongMethod,
        }
        if is_ahead(self.sec_purpose) && self.fetch_mode == "navigate" && self.fetch_dest == "document" {
            return Verdict::Speculation;
        }
        if is_ahead(self.sec_purpose) || is_ahead(self.purpose) {
            return Verdict::Prefetch;
        }
        let unlike = |value: &str, expected| !value.is_empty() && !value.eq_ignore_ascii_case(expected);
        if unlike(self.fetch_mode, "navigate") || unlike(self.fetch_dest, "document") {
            return Verdict::SubResource;
        }
        match robot(self.user_agent) {
            Some(Robot::Preview) => Verdict::Preview,
            Some(Robot::Crawler) => Verdict::Bot,
            None if self.user_agent.trim().is_empty() => Verdict::Bot,
            None => Verdict::Human,
        }
    }
}

fn is_ahead(purpose: &str) -> bool {
    const WORDS: [&str; 3] = ["prefetch", "prerender", "preview"];
    !purpose.is_empty()
        && purpose
            .split([';', ',', ' '])
            .any(|word| WORDS.iter().any(|ahead| word.eq_ignore_ascii_case(ahead)))
}

/// Whether two hosts, with or without a port, may belong to one site as browsers see it: they share their last two labels.
/// Under a suffix of two labels (`co.uk`) that says yes once too often, which is the careful answer.
pub fn may_share_site(one: &str, other: &str) -> bool {
    site(one).eq_ignore_ascii_case(site(other))
}

fn site(host: &str) -> &str {
    let name = if host.starts_with('[') { host } else { host.split(':').next().unwrap_or_default() };
    let name = name.trim_end_matches('.');
    if name.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return name;
    }
    let start = name.rmatch_indices('.').nth(1).map_or(0, |(at, _)| at + 1);
    name.get(start..).unwrap_or_default()
}

/// The class of a visitor's device, as far as the user agent tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Device {
    /// A computer.
    Desktop,
    /// A phone.
    Mobile,
    /// A tablet; iPads that call themselves a Mac count as desktop.
    Tablet,
    /// A television, a console, a watch, or nothing recognisable.
    Other,
}

impl Device {
    /// Reads a user agent.
    pub fn of(user_agent: &str) -> Self {
        let says = |word: &str| user_agent.contains(word);
        if says("TV") || says("PlayStation") || says("Xbox") || says("Nintendo") {
            return Self::Other;
        }
        if says("iPad") || says("Tablet") || says("Silk/") {
            return Self::Tablet;
        }
        if says("Mobi") || says("iPhone") || says("iPod") || says("Opera Mini") {
            return Self::Mobile;
        }
        if says("Android") {
            // Android browsers leave "Mobile" out on tablets.
            return Self::Tablet;
        }
        if says("Windows") || says("Macintosh") || says("X11") {
            return Self::Desktop;
        }
        Self::Other
    }

    /// The word in rollups and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Desktop => "desktop",
            Self::Mobile => "mobile",
            Self::Tablet => "tablet",
            Self::Other => "other",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bots::Crawlers;
    use proptest::prelude::*;

    const FIREFOX: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0";

    fn person() -> Request<'static> {
        Request {
            method: "GET",
            user_agent: FIREFOX,
            fetch_mode: "navigate",
            fetch_dest: "document",
            ..Request::default()
        }
    }

    #[test]
    fn a_navigation_of_a_browser_is_a_person() {
        let crawlers = Crawlers::new();
        let check = |request: Request<'_>| {
            assert_eq!(request.verdict(|agent| crawlers.classify(agent)), Verdict::Human, "{request:?}");
        };
        check(person());
        check(Request { fetch_mode: "", fetch_dest: "", ..person() });
        check(Request { fetch_dest: "", ..person() });
        check(Request { purpose: "navigation", ..person() });
        for agent in
            include_str!("../../tests/corpora/browsers.txt").lines().filter(|line| !line.starts_with('#'))
        {
            check(Request { user_agent: agent, ..person() });
        }
    }

    #[test]
    fn everything_else_is_not() {
        let crawlers = Crawlers::new();
        let check = |request: Request<'_>, expected| {
            assert_eq!(request.verdict(|agent| crawlers.classify(agent)), expected, "{request:?}");
        };
        check(Request { method: "HEAD", ..person() }, Verdict::Head);
        for method in ["POST", "PUT", "OPTIONS", "TRACE", "get", "", "GET "] {
            check(Request { method, ..person() }, Verdict::WrongMethod);
        }
        for purpose in [
            "prefetch",
            "prefetch;prerender",
            "prefetch;anonymous-client-ip",
            "Prefetch",
            "preview",
            "prerender",
        ] {
            check(Request { sec_purpose: purpose, ..person() }, Verdict::Speculation);
            check(Request { sec_purpose: purpose, fetch_mode: "", ..person() }, Verdict::Prefetch);
            check(Request { sec_purpose: purpose, fetch_dest: "empty", ..person() }, Verdict::Prefetch);
            check(Request { purpose, ..person() }, Verdict::Prefetch);
        }
        for mode in ["no-cors", "cors", "same-origin", "websocket", "nonsense"] {
            check(Request { fetch_mode: mode, ..person() }, Verdict::SubResource);
        }
        for dest in [
            "image",
            "iframe",
            "frame",
            "embed",
            "object",
            "script",
            "style",
            "empty",
            "video",
            "fencedframe",
        ] {
            check(Request { fetch_dest: dest, ..person() }, Verdict::SubResource);
        }
        check(Request { user_agent: "", ..person() }, Verdict::Bot);
        check(Request { user_agent: "  ", ..person() }, Verdict::Bot);
        check(Request { user_agent: "curl/8.5.0", ..person() }, Verdict::Bot);
        check(
            Request { user_agent: "WhatsApp/2.23.20.0 A", fetch_mode: "", fetch_dest: "", ..person() },
            Verdict::Preview,
        );
        for agent in include_str!("../../tests/corpora/crawlers-seen.txt")
            .lines()
            .filter(|line| !line.starts_with('#'))
        {
            assert_ne!(
                Request { user_agent: agent, ..person() }.verdict(|agent| crawlers.classify(agent)),
                Verdict::Human,
                "{agent}"
            );
        }
    }

    #[test]
    fn hosts_under_one_name_may_be_one_site() {
        let check = |one, other, same| assert_eq!(may_share_site(one, other), same, "{one} {other}");
        check("go.shop.example", "shop.example", true);
        check("GO.shop.example:443", "www.shop.example.", true);
        check("localhost:8787", "localhost:8788", true);
        check("127.0.0.1:8787", "127.0.0.1:8788", true);
        check("a.shop.co.uk", "b.other.co.uk", true);
        check("go.links.example", "shop.example", false);
        check("10.1.0.1", "10.2.0.1", false);
        check("127.0.0.1", "localhost", false);
        check("[::1]:80", "[::2]:80", false);
        check("", "shop.example", false);
    }

    #[test]
    fn devices_are_told_apart() {
        let check = |agent: &str, expected| assert_eq!(Device::of(agent), expected, "{agent}");
        check(FIREFOX, Device::Desktop);
        check("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15", Device::Desktop);
        check("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36", Device::Desktop);
        check("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X)", Device::Mobile);
        check(
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/127.0.0.0 Mobile Safari/537.36",
            Device::Mobile,
        );
        check(
            "Mozilla/5.0 (Linux; Android 9; SM-T590) AppleWebKit/537.36 Chrome/109.0.0.0 Safari/537.36",
            Device::Tablet,
        );
        check("Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X)", Device::Tablet);
        check("Mozilla/5.0 (SMART-TV; LINUX; Tizen 6.0) AppleWebKit/537.36", Device::Other);
        check("", Device::Other);
    }

    proptest! {
        #[test]
        fn no_headers_make_deciding_panic(agent in ".{0,200}", mode in ".{0,20}", dest in ".{0,20}", purpose in ".{0,20}") {
            // One list for all cases: preparing it is the slow part.
            static CRAWLERS: std::sync::OnceLock<Crawlers> = std::sync::OnceLock::new();
            let crawlers = CRAWLERS.get_or_init(Crawlers::new);
            let request = Request { method: "GET", user_agent: &agent, fetch_mode: &mode, fetch_dest: &dest, sec_purpose: &purpose, ..Request::default() };
            let _ = (request.verdict(|agent| crawlers.classify(agent)), Device::of(&agent));
        }
    }
}
