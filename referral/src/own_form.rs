//! Whether a request that changes something was sent by a page of the same origin: what keeps other sites' pages from
//! acting with somebody's cookie.

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

#[cfg(test)]
mod tests {
    use super::*;

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
