//! Files the edge serves itself: pages, the loader, the widget; and the paths that are none.

use serde_json::Value;
use tests::house::House;
use tests::http::Request;
use xtask::workspace;

#[test]
fn every_file_is_served_as_what_it_is_and_may_be_kept_as_long_as_it_holds() {
    let house = House::shared();
    let widget = format!("/w/{}", workspace::VERSION);
    let (short, for_good) = ("public, max-age=300", "public, max-age=31536000, immutable");
    for (path, media, cache, open) in [
        ("/", "text/html; charset=utf-8", short, false),
        ("/guide/", "text/html; charset=utf-8", short, false),
        ("/openapi.json", "application/json", short, false),
        ("/favicon.svg", "image/svg+xml", short, false),
        ("/goodword.js", "text/javascript; charset=utf-8", short, true),
        (&format!("{widget}/goodword.js"), "text/javascript; charset=utf-8", for_good, true),
        (&format!("{widget}/widget.js"), "text/javascript; charset=utf-8", for_good, true),
        (&format!("{widget}/widget_bg.wasm"), "application/wasm", for_good, true),
    ] {
        let answer = house.call(&Request::get(path));
        assert_eq!((answer.status, answer.header("content-type")), (200, Some(media)), "{path}");
        assert_eq!(answer.header("cache-control"), Some(cache), "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), open.then_some("*"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("set-cookie"), None, "{path}");
        if media.starts_with("text/html") {
            let policy = answer.header("content-security-policy").expect("a page says what it may do");
            for word in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"] {
                assert!(policy.contains(word), "{path}: {policy}");
            }
            assert!(!policy.contains("unsafe"), "{path}: {policy}");
        }
        assert!(!answer.body.is_empty(), "{path}");
        let head = house.call(&Request::new("HEAD", path));
        assert_eq!((head.status, head.header("content-type")), (200, Some(media)), "{path}");
        assert_eq!(house.call(&Request::new("POST", path).body("x")).status, 405, "{path}");
    }
}

#[test]
fn what_is_no_file_of_ours_is_not_there_however_it_is_written() {
    let house = House::shared();
    for path in [
        "/nothing",
        "/index",
        "/shop/Cargo.toml",
        "/shop/src/main.rs",
        "/w",
        "/w/",
        "/w/0.1.0",
        "/w/9.9.9/widget.js",
        "/w/../shop/Cargo.toml",
        "/w/%2e%2e/shop/Cargo.toml",
        "/w/..%2f..%2fCargo.toml",
        "/w//widget.js",
        "/guide/../../Cargo.toml",
        "/guide/%2e%2e/%2e%2e/etc/passwd",
        "/.git/config",
        "/.goodword/dev.json",
        "/edge.capnp",
        "//etc/passwd",
        "/\\..\\etc\\passwd",
        "/guide/index.html%00.js",
        "/openapi.json/",
        "/healthz/",
        "/internal/create",
        "/admin",
    ] {
        let answer = house.call(&Request::get(path));
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.problem(404), "not_found", "{path}");
        assert!(!answer.text().contains("root:") && !answer.text().contains("[package]"), "{path}");
    }
}

#[test]
fn the_description_of_the_api_is_valid_and_names_this_version() {
    let house = House::shared();
    let document = house.call(&Request::get("/openapi.json")).expect(200);
    assert!(
        document["openapi"].as_str().is_some_and(|version| version.starts_with("3.")),
        "{}",
        document["openapi"]
    );
    assert_eq!(document["info"]["version"], workspace::VERSION);
    // Every reference leads somewhere.
    let mut waiting = vec![&document];
    while let Some(value) = waiting.pop() {
        match value {
            Value::Object(fields) => {
                if let Some(Value::String(reference)) = fields.get("$ref") {
                    let pointer = reference.trim_start_matches('#');
                    assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
                }
                waiting.extend(fields.values());
            }
            Value::Array(items) => waiting.extend(items),
            _ => {}
        }
    }
}
