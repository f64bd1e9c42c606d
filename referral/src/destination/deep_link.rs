//! Links to any page of the shop: what somebody pasted, held against the same rules as a redirect, before it is handed out.

use super::{Destination, MAX_PATH_LEN, is_direction_mark, is_plain};
use crate::channel::Channel;
use crate::query;
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use url::Url;

/// Why a page cannot be linked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeepLinkError {
    /// Longer than 2,048 bytes.
    TooLong,
    /// No address, nor a path.
    Malformed,
    /// On another site than the shop.
    OtherSite,
    /// A redirect would lead to the landing page instead.
    NotPlain,
    /// Ends in a fragment.
    Fragment,
    /// Sets a parameter that the redirect or the merchant sets.
    ReservedParameter,
}

impl DeepLinkError {
    /// Its stable name.
    pub const fn word(self) -> &'static str {
        match self {
            Self::TooLong => "too_long",
            Self::Malformed => "malformed",
            Self::OtherSite => "other_site",
            Self::NotPlain => "not_plain",
            Self::Fragment => "fragment",
            Self::ReservedParameter => "reserved_parameter",
        }
    }
}

impl Destination {
    /// What follows the code in a link to this page of the shop: path and query; empty for the landing page.
    ///
    /// `page` is a whole address on the shop's site or a path on it, as people copy it.
    ///
    /// # Errors
    /// What a redirect would not lead to as it is.
    pub fn deep_link(&self, page: &str) -> Result<String, DeepLinkError> {
        let page = page.trim();
        if page.is_empty() {
            return Ok(String::new());
        }
        if page.len() > MAX_PATH_LEN {
            return Err(DeepLinkError::TooLong);
        }
        let odd = |c: char| c.is_control() || c.is_whitespace() || c == '\\' || is_direction_mark(c);
        if page.chars().any(odd) {
            return Err(DeepLinkError::Malformed);
        }
        let scheme = self.origin.split("://").next().unwrap_or_default();
        let address = match page.strip_prefix('/') {
            Some(rest) if !rest.starts_with('/') => format!("{}{page}", self.origin),
            _ if page.contains("://") => page.to_owned(),
            // People leave the scheme out.
            _ => format!("{scheme}://{}", page.trim_start_matches('/')),
        };
        let url = Url::parse(&address).map_err(|_| DeepLinkError::Malformed)?;
        let foreign = url.origin().ascii_serialization() != self.origin;
        if foreign || !url.username().is_empty() || url.password().is_some() {
            return Err(DeepLinkError::OtherSite);
        }
        if url.fragment().is_some() {
            return Err(DeepLinkError::Fragment);
        }
        let asked = url.query().unwrap_or_default();
        let taken = |piece: &str| {
            let name = query::name(piece);
            piece.split(';').any(|part| query::is_reserved(&query::name(part))) || self.names.contains(&name)
        };
        if query::pieces(asked).any(taken) {
            return Err(DeepLinkError::ReservedParameter);
        }
        let path = url.path();
        let path = if path == "/" || path == self.landing { "" } else { path };
        if !path.is_empty() && !is_plain(path) {
            return Err(DeepLinkError::NotPlain);
        }
        let end = if asked.is_empty() { String::new() } else { format!("?{}", query::pass(asked, &[])) };
        let link = format!("{path}{end}");
        if link.len() > MAX_PATH_LEN { Err(DeepLinkError::TooLong) } else { Ok(link) }
    }
}

/// A link: what comes before its code, the code, what [`Destination::deep_link`] gave, and how it is passed on.
pub fn link(base: &str, code: &str, page: &str, channel: Channel) -> String {
    let link = format!("{base}{code}{page}");
    match channel {
        Channel::Direct => link,
        channel => {
            let separator = if page.contains('?') { '&' } else { '?' };
            format!("{link}{separator}gwc={}", channel.as_str())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shop() -> Destination {
        Destination::parse("https://shop.example/welcome?season=spring").expect("a destination")
    }

    #[test]
    fn pages_of_the_shop_can_be_linked_to_however_they_are_written() {
        let check = |page: &str, expected: Result<&str, DeepLinkError>| {
            assert_eq!(shop().deep_link(page).as_deref(), expected.as_ref().copied(), "{page}");
        };
        check("", Ok(""));
        check("https://shop.example/", Ok(""));
        check("https://shop.example/welcome", Ok(""));
        check("https://shop.example/pots/red", Ok("/pots/red"));
        check("  https://SHOP.example/pots/red?size=2  ", Ok("/pots/red?size=2"));
        check("shop.example/pots", Ok("/pots"));
        check("/pots/é", Ok("/pots/%C3%A9"));
        check("/pots/../cups", Ok("/cups"));
        check("//shop.example/pots", Ok("/pots"));
        check("https://shop.example:443/pots", Ok("/pots"));
        check("/?size=2", Ok("?size=2"));
    }

    #[test]
    fn what_a_redirect_would_not_lead_to_is_refused_with_its_reason() {
        let check = |page: &str, expected: DeepLinkError| {
            assert_eq!(shop().deep_link(page), Err(expected), "{page}");
        };
        for page in [
            "https://evil.example/pots",
            "http://shop.example/pots",
            "https://shop.example.evil.example/",
            "https://shop.example@evil.example/",
            "https://me@shop.example/pots",
            "//evil.example/pots",
            "https://shop.example:8443/pots",
            "javascript://shop.example/%0aalert(1)",
            "pots/red",
        ] {
            check(page, DeepLinkError::OtherSite);
        }
        check("https://", DeepLinkError::Malformed);
        check("/pots red", DeepLinkError::Malformed);
        check("/\\evil.example", DeepLinkError::Malformed);
        check("/pots#red", DeepLinkError::Fragment);
        check("/pots//red", DeepLinkError::NotPlain);
        check("/pots/%2e%2e%2fadmin", DeepLinkError::NotPlain);
        check("/pots/%00", DeepLinkError::NotPlain);
        check("/pots?via=other", DeepLinkError::ReservedParameter);
        check("/pots?GWC[]=x", DeepLinkError::ReservedParameter);
        check("/pots?season=winter", DeepLinkError::ReservedParameter);
        check(&format!("/{}", "x".repeat(2048)), DeepLinkError::TooLong);
    }

    #[test]
    fn a_channel_is_named_behind_whatever_is_there() {
        let check = |page, channel, expected| {
            assert_eq!(link("https://go.example/r/", "ada", page, channel), expected);
        };
        check("", Channel::Direct, "https://go.example/r/ada");
        check("", Channel::Email, "https://go.example/r/ada?gwc=email");
        check("/pots?size=2", Channel::Qr, "https://go.example/r/ada/pots?size=2&gwc=qr");
    }

    proptest! {
        #[test]
        fn a_link_that_is_handed_out_leads_to_the_page_it_was_made_for(page in "(https://shop[.]example|https://[a-z.]{1,12}|)/?[a-z./?&=%;#é-]{0,40}") {
            if let Ok(link) = shop().deep_link(&page) {
                let (path, asked) = link.split_once('?').unwrap_or((&link, ""));
                let location = shop().location(path, asked, None, None);
                let there = if path.is_empty() { "/welcome" } else { path };
                let query = if asked.is_empty() { String::new() } else { format!("&{asked}") };
                prop_assert_eq!(location, format!("https://shop.example{there}?season=spring{query}"));
            }
        }

        #[test]
        fn nothing_makes_reading_a_page_panic(page in ".{0,80}") {
            let _ = shop().deep_link(&page);
        }
    }
}
