//! Whether a request that changes something was sent by a page of the same origin: what keeps other sites' pages from
//! acting with somebody's cookie.

use crate::destination::is_within;
use url::Url;

/// Whether a browser says that a form or a script of the origin `own` sent this.
///
/// `site` is `Sec-Fetch-Site`, which no page can forge; where a browser does not send it, `origin` decides. Where it sends
/// neither, nothing shows that it is not another site's, so the answer is no. `own` may be several: an edge behind a proxy
/// has the origin that stands in links and the one it sees itself.
pub fn is_own_form(site: &str, origin: &str, own: &[&str]) -> bool {
    match site {
        "" => !origin.is_empty() && own.contains(&origin),
        site => site == "same-origin",
    }
}

/// Whether a browser says that a page of the host of `origin`, or of a host within it, led here.
///
/// `referer` is what browsers send by their default policy; a page can send less, never another page's. A `www.` in front
/// of the host counts for nothing.
pub fn is_led_by(referer: &str, origin: &str) -> bool {
    let (Ok(page), Ok(own)) = (Url::parse(referer), Url::parse(origin)) else { return false };
    let (Some(from), Some(host)) = (page.host_str(), own.host_str()) else { return false };
    is_within(from, host.strip_prefix("www.").unwrap_or(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_shop_leads_here_for_the_shop() {
        for (referer, expected) in [
            ("https://shop.example/", true),
            ("https://shop.example", true),
            ("https://shop.example:8443/account?x=1", true),
            ("https://www.shop.example/account", true),
            ("https://account.shop.example/", true),
            ("", false),
            ("shop.example", false),
            ("https://evil.example/?https://shop.example/", false),
            ("https://shop.example.evil.example/", false),
            ("https://notshop.example/", false),
            ("https://example/", false),
            ("https://shop.example@evil.example/", false),
            ("https://evil.example#shop.example", false),
        ] {
            assert_eq!(is_led_by(referer, "https://www.shop.example"), expected, "{referer:?}");
            assert_eq!(is_led_by(referer, "https://shop.example:8443"), expected, "{referer:?}");
        }
        assert!(is_led_by("http://localhost:8788/", "http://localhost:8788"));
    }

    #[test]
    fn only_pages_of_the_same_origin_may_change_anything() {
        let own = ["https://go.example", "http://127.0.0.1:8787"];
        let check = |site, origin, expected| {
            assert_eq!(is_own_form(site, origin, &own), expected, "{site:?} {origin:?}");
        };
        check("same-origin", "https://go.example", true);
        check("same-origin", "", true);
        check("", "https://go.example", true);
        check("", "http://127.0.0.1:8787", true);
        for (site, origin) in [
            ("cross-site", "https://go.example"),
            ("same-site", "https://go.example"),
            ("none", ""),
            ("none", "https://go.example"),
            ("Same-Origin", "https://go.example"),
            ("", ""),
            ("", "null"),
            ("", "https://evil.example"),
            ("", "https://go.example.evil.example"),
            ("", "http://go.example"),
            ("", "https://go.example/"),
        ] {
            check(site, origin, false);
        }
    }
}
