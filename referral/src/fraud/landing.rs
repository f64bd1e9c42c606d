//! Where a friend came from, as far as it is kept: the names of a landing address's parameters and the host before it.
//!
//! Visitors choose both, so they are judged and never refused, and nothing is kept that could name somebody: no path,
//! no value of a parameter.

use alloc::string::String;
use alloc::vec::Vec;

/// Most names that are kept of one address.
const MOST_NAMES: usize = 50;
/// Longest name that is kept, in bytes; names of advertising parameters are shorter.
const LONGEST_NAME: usize = 40;
/// Longest host name there is, in bytes (RFC 1035).
const LONGEST_HOST: usize = 253;

/// The names of an address's parameters in lower case, each once, sorted.
pub fn parameter_names(address: &str) -> Vec<String> {
    let query = address.split('#').next().unwrap_or_default().split_once('?').map_or("", |(_, query)| query);
    let plain = |name: &&str| {
        !name.is_empty()
            && name.len() <= LONGEST_NAME
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    };
    let names = query.split('&').filter_map(|pair| pair.split('=').next()).filter(plain);
    let mut names: Vec<String> = names.take(MOST_NAMES).map(str::to_ascii_lowercase).collect();
    names.sort();
    names.dedup();
    names
}

/// The host of an address, or of a bare host, in lower case and without `www.`; none where it is no public host name.
pub fn host(address: &str) -> Option<String> {
    let rest = address.trim().split_once("://").map_or(address.trim(), |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default().trim_end_matches('.').to_ascii_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    let plain = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    let named = host.contains('.') && !host.starts_with('.') && !host.contains("..");
    (plain && named && host.len() <= LONGEST_HOST).then(|| host.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_landing_address_only_the_names_of_parameters_are_kept() {
        for (address, names) in [
            ("https://shop.example/a?GCLID=secret&via=ada&gclid=2#x?y=1", &["gclid", "via"][..]),
            ("?a&b=&=c&d=e=f", &["a", "b", "d"]),
            ("https://shop.example/?ada@mail.example=1&n%61me=2&naïve=3", &[]),
            ("https://shop.example/#?gclid=1", &[]),
            ("", &[]),
        ] {
            assert_eq!(parameter_names(address), names, "{address}");
        }
        let many: Vec<String> = (0..500).map(|at| alloc::format!("p{at}=1")).collect();
        assert_eq!(parameter_names(&alloc::format!("x?{}", many.join("&"))).len(), MOST_NAMES);
    }

    #[test]
    fn of_the_page_before_only_the_host_is_kept() {
        for (address, expected) in [
            ("https://www.RetailMeNot.com/view/shop?x=1", Some("retailmenot.com")),
            ("de.coupert.com", Some("de.coupert.com")),
            ("https://user:pass@evil.example:8443/path", Some("evil.example")),
            ("android-app://com.google.android.gm/", Some("com.google.android.gm")),
            ("localhost", None),
            ("", None),
            ("https://[::1]/", None),
            ("..", None),
            ("https://müll.de/", None),
            ("javascript:alert(1)", None),
        ] {
            assert_eq!(host(address).as_deref(), expected, "{address}");
        }
    }
}
