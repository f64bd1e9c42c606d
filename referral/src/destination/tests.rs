//! Attacks on where a redirect leads.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use proptest::prelude::*;
use url::Url;

use super::*;
use crate::channel::Channel;
use crate::click_token::ClickKeys;
use crate::root_keys::RootKeys;

const CORPUS: &str = include_str!("../../../tests/corpora/redirects.txt");

/// The forms of one kind, escapes resolved.
fn forms(kind: &str) -> Vec<String> {
    let prefix = format!("{kind} ");
    CORPUS.lines().filter_map(|line| line.strip_prefix(&prefix)).map(unescape).collect()
}

fn unescape(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let escaped = if c == '\\' {
            rest.next()
        } else {
            plain.push(c);
            continue;
        };
        plain.push(match escaped {
            Some('r') => '\r',
            Some('n') => '\n',
            Some('t') => '\t',
            Some('0') => '\0',
            Some('x') => {
                let digits: String = rest.by_ref().take(2).collect();
                char::from(u8::from_str_radix(&digits, 16).unwrap())
            }
            Some('u') => {
                let digits: String = rest.by_ref().skip(1).take_while(|c| *c != '}').collect();
                char::from_u32(u32::from_str_radix(&digits, 16).unwrap()).unwrap()
            }
            Some('\\') => '\\',
            other => panic!("unknown escape {other:?} in {text}"),
        });
    }
    plain
}

fn shop() -> Destination {
    Destination::parse("https://shop.example/welcome").unwrap()
}

fn click_id(code: &Code) -> ClickId {
    let root = RootKeys::parse(&format!("1:{}", "a1".repeat(32))).unwrap();
    ClickKeys::derive(&root, b"0123456789abcdef").mint(code, 1_800_000_000, [1; 6], Channel::Direct)
}

/// What must hold for any path and query: same origin, one `via`, one `gw_click`, both ours, nothing that ends a header.
fn holds(destination: &Destination, path: &str, query: &str) {
    let code = Code::parse("ada").unwrap();
    let click = click_id(&code);
    let location = destination.location(path, query, Some(&code), Some(&click));
    assert!(location.bytes().all(|byte| (0x21..=0x7E).contains(&byte)), "{location:?}");
    assert!(location.len() < 2 * MAX_PATH_LEN + MAX_DESTINATION_LEN + query::MAX_PASSING_LEN + 200);
    let url = Url::parse(&location).unwrap();
    assert_eq!(url.origin().ascii_serialization(), destination.origin(), "{location}");
    assert_eq!((url.username(), url.password(), url.fragment()), ("", None, None), "{location}");
    let values = |wanted: &str| -> Vec<String> {
        url.query_pairs().filter(|(name, _)| name == wanted).map(|(_, value)| value.into_owned()).collect()
    };
    assert_eq!(values("via"), ["ada"], "{location}");
    assert_eq!(values("gw_click"), [click.as_str()], "{location}");
    assert_eq!(values("gwc").len(), 0, "{location}");
    // What a browser follows is, byte for byte, what we wrote: nothing was left to repair.
    assert_eq!(url.as_str(), location);
    // Without a credit, there is none.
    let url = Url::parse(&destination.location(path, query, None, None)).unwrap();
    assert!(url.query_pairs().all(|(name, _)| name != "via" && name != "gw_click"));
    assert_eq!(url.origin().ascii_serialization(), destination.origin());
}

#[test]
fn the_corpus_is_as_large_as_it_claims() {
    let count = CORPUS.lines().filter(|line| !line.starts_with('#')).count();
    let known: usize =
        ["destination", "path", "query", "code", "host"].map(|kind| forms(kind).len()).iter().sum();
    assert_eq!(count, known);
    assert!(count >= 150, "{count}");
}

#[test]
fn no_hostile_destination_is_accepted() {
    for form in forms("destination") {
        assert!(Destination::parse(&form).is_err(), "{form:?} became {:?}", Destination::parse(&form));
    }
}

#[test]
fn no_hostile_path_or_query_leaves_the_shop() {
    let queries = forms("query");
    let destinations = [
        "https://shop.example/welcome",
        "https://shop.example/?lang=de",
        "http://localhost:8788",
        "https://[::1]:9/",
    ]
    .map(|text| Destination::parse(text).unwrap());
    for destination in &destinations {
        for path in forms("path") {
            holds(destination, &path, "");
            holds(destination, &path, "utm_source=news&via=evil");
        }
        for query in &queries {
            holds(destination, "", query);
            holds(destination, "/shoes", query);
        }
        holds(destination, "/shoes", &queries.join("&"));
        holds(destination, "/shoes", &queries.join(";"));
    }
}

#[test]
fn hostile_codes_are_no_codes_unless_they_are_harmless() {
    for form in forms("code") {
        if let Ok(code) = Code::parse(&form) {
            assert!(
                code.as_str().bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
                "{form}"
            );
        }
    }
}

#[test]
fn hostile_hosts_are_only_taken_in_their_canonical_form() {
    for form in forms("host") {
        if let Ok(host) = link_host(&form) {
            assert_eq!(link_host(&host), Ok(host.clone()), "{form}");
            assert!(
                host.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.:[]".contains(&b)),
                "{form}"
            );
        }
    }
}

#[test]
fn good_destinations_are_kept_in_canonical_form() {
    let check = |text: &str, expected: &str| {
        let destination = Destination::parse(text).unwrap();
        assert_eq!(destination.to_string(), expected);
        assert_eq!(Destination::parse(expected).as_ref(), Ok(&destination));
    };
    check("https://shop.example", "https://shop.example/");
    check("HTTPS://Shop.Example:443/A?b=C", "https://shop.example/A?b=C");
    check("https://shop.example:8443/", "https://shop.example:8443/");
    check("https://b\u{fc}cher.example/caf\u{e9}", "https://xn--bcher-kva.example/caf%C3%A9");
    check("https://shop.example/a/../b", "https://shop.example/b");
    check("http://localhost:8788/", "http://localhost:8788/");
    check("http://127.0.0.1/", "http://127.0.0.1/");
    check("https://[::1]:9/", "https://[::1]:9/");
    assert_eq!(
        Destination::parse(&format!("https://shop.example/{}", "a".repeat(2100))),
        Err(DestinationError::TooLong)
    );
}

#[test]
fn deep_links_land_below_the_origin_and_crooked_ones_on_the_landing_page() {
    let shop = shop();
    let check = |path: &str, expected: &str| assert_eq!(shop.join(path), expected, "{path}");
    check("", "/welcome");
    check("/", "/welcome");
    for plain in [
        "/shoes",
        "/shoes/",
        "/shoes/red-42.html",
        "/a/b/c",
        "/caf%C3%A9",
        "/@ada",
        "/a:b",
        "/p;v=1",
        "/..a",
        "/a..",
        "/...a",
        "/100%25",
    ] {
        check(plain, plain);
    }
    for crooked in [
        "//evil.example",
        "/a//b",
        "/..",
        "/a/../b",
        "/%2e%2e/b",
        "/%2f",
        "/%5C",
        "/%00",
        "/%0a",
        "/%zz",
        "/\u{fc}",
        "/a b",
        "x",
        "/..;/a",
        "/...",
    ] {
        check(crooked, "/welcome");
    }
    check(&format!("/{}", "a".repeat(MAX_PATH_LEN)), "/welcome");
}

#[test]
fn a_location_is_composed_in_one_order() {
    let shop = Destination::parse("https://shop.example/welcome?lang=de").unwrap();
    let code = Code::parse("ada").unwrap();
    let click = click_id(&code);
    assert_eq!(
        shop.location("/shoes", "utm_source=x&lang=fr&gwc=sms", Some(&code), Some(&click)),
        format!("https://shop.example/shoes?lang=de&utm_source=x&via=ada&gw_click={click}")
    );
    assert_eq!(shop.location("", "", None, None), "https://shop.example/welcome?lang=de");
    assert_eq!(
        super::tests::shop().location("", "", Some(&code), None),
        "https://shop.example/welcome?via=ada"
    );
    assert_eq!(super::tests::shop().location("", "via=evil", None, None), "https://shop.example/welcome");
}

#[test]
fn link_hosts_and_cookie_domains_are_names() {
    assert_eq!(link_host("Go.Shop.Example"), Ok("go.shop.example".to_owned()));
    assert_eq!(link_host("go.shop.example:8787"), Ok("go.shop.example:8787".to_owned()));
    assert_eq!(link_host("localhost:8787"), Ok("localhost:8787".to_owned()));
    for wrong in [
        "",
        "shop",
        "https://go.shop.example",
        "go.shop.example/x",
        "a@go.shop.example",
        "go.shop.example?",
        "10.0.0.1",
    ] {
        assert_eq!(link_host(wrong), Err(DestinationError::Host), "{wrong}");
    }
    assert_eq!(cookie_domain(".Shop.Example"), Ok("shop.example".to_owned()));
    for wrong in ["", "example", "localhost", "127.0.0.1", "[::1]", "shop.example:80"] {
        assert_eq!(cookie_domain(wrong), Err(DestinationError::Host), "{wrong}");
    }
    assert!(is_within("go.shop.example", "shop.example"));
    assert!(is_within("shop.example:8787", "shop.example"));
    assert!(!is_within("evilshop.example", "shop.example"));
    assert!(!is_within("shop.example.evil.example", "shop.example"));
}

fn paths() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,60}",
        "/[\\x00-\\x7f]{0,60}",
        "(/|//|\\\\|%2f|%5c|%2e|\\.|\\.\\.|;|@|:|\\?|#|%0d%0a|\r|\n|a|evil\\.example){0,12}",
    ]
}

fn queries() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,80}",
        "[\\x00-\\x7f]{0,80}",
        "(via|VIA|%76|%69|ia|gw|_|%5f|click|gwc|=|&|;|\\+|%20|\\[|\\]|%00|%0d%0a|#|\\?|x){0,24}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn nothing_in_a_link_changes_where_it_leads(path in paths(), query in queries()) {
        holds(&shop(), &path, &query);
        holds(&Destination::parse("http://localhost:8788/?a=b").unwrap(), &path, &query);
    }

    #[test]
    fn what_is_accepted_as_a_destination_is_an_origin_of_ours_to_trust(text in "(https?://|//|https:|)?[a-z@:.\\\\/#?%0-9-]{0,24}|\\PC{0,40}") {
        if let Ok(destination) = Destination::parse(&text) {
            let url = Url::parse(destination.origin()).unwrap();
            prop_assert_eq!(url.origin().ascii_serialization(), destination.origin());
            prop_assert!(check_host(&url).is_ok());
            prop_assert_eq!(Destination::parse(&destination.to_string()), Ok(destination));
        }
    }
}
