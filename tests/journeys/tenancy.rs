//! Who may call what: every route with every kind of wrong key, and with sessions that are none to the API.

use crate::routes::{Route, Takes, routes};
use serde_json::json;
use tests::book::Book;
use tests::desk::Desk;
use tests::dispute::sharer;
use tests::forge;
use tests::house::House;
use tests::http::{Answer, Request};
use tests::portal::entered;
use tests::program::Program;

/// A referrer's proof or identity beside a publishable key does as well.
fn takes_either(route: &Route) -> bool {
    let opens = route.path == "/v1/disputes" && route.method == "POST";
    opens
        || ["/trace", "/why"].iter().any(|part| route.path.contains(part))
        || route.path.starts_with("/v1/disputes/")
}

fn send(house: &House, route: &Route, more: impl FnOnce(Request) -> Request) -> Answer {
    let mut request = Request::new(route.method, &route.path);
    if let Some(body) = &route.body {
        request = request.header("content-type", "application/json").body(body.to_string());
    }
    house.call(&more(request))
}

/// The same key with one character changed.
fn misspelt(key: &str) -> String {
    let (head, last) = key.split_at(key.len() - 1);
    format!("{head}{}", if last == "0" { "1" } else { "0" })
}

/// A call with something wrong about its key: what, the headers, what is added to the path, status and code.
type Wrong = (&'static str, Vec<(&'static str, String)>, String, u16, &'static str);

/// Everything that can be wrong about the key of a call.
fn wrongs(
    house: &House,
    (program, other): (&Program, &Program),
    sessions: &[Desk<'_>],
    route: &Route,
) -> Vec<Wrong> {
    let (right, wrong) = match route.takes {
        Takes::Secret => ("secret_live", "publishable_live"),
        Takes::Publishable => ("publishable_live", "secret_live"),
    };
    let (right, wrong, secret) = (program.key(right), program.key(wrong), program.key("secret_live"));
    let bearer = |key: &str| ("authorization", format!("Bearer {key}"));
    let plain = |what, key: &str, status, code| (what, vec![bearer(key)], String::new(), status, code);
    let from = |what, origin: &str| {
        let headers = vec![bearer(secret), ("origin", origin.to_owned())];
        (what, headers, String::new(), 403, "secret_key_in_browser")
    };
    let basic = vec![("authorization", format!("Basic {right}"))];
    let typo = misspelt(secret);
    let mut wrongs = vec![
        ("no key", vec![], String::new(), 401, "key_missing"),
        ("another scheme", basic, String::new(), 401, "key_missing"),
        plain("an empty key", "", 401, "key_unknown"),
        plain("a misspelt key", &misspelt(right), 401, "key_unknown"),
        plain("the operator's key", &house.admin_key, 401, "key_unknown"),
        plain("the beginning of a key", &right[..30], 401, "key_unknown"),
        plain("two keys", &format!("{right} {right}"), 401, "key_unknown"),
        from("a secret key from a page", "https://shop.example"),
        from("a secret key from nowhere", "null"),
        (
            "an identity key from a page",
            vec![bearer(program.key("identity_live")), ("origin", "https://shop.example".to_owned())],
            String::new(),
            403,
            "secret_key_in_browser",
        ),
        ("a secret key in the address", vec![], format!("?key={secret}"), 403, "secret_key_in_url"),
        ("a misspelt one there", vec![bearer(right)], format!("?key={typo}"), 403, "secret_key_in_url"),
    ];
    for session in sessions {
        let cookie = vec![("cookie", session.cookie())];
        wrongs.push(("the cookie of a session", cookie, String::new(), 401, "key_missing"));
        for secret in session.cookies.values() {
            wrongs.push(plain("the secret of a session", secret, 401, "key_unknown"));
        }
    }
    if takes_either(route) {
        wrongs.push(plain("the wrong kind of key and no proof", wrong, 401, "proof_missing"));
    } else {
        wrongs.push(plain("the wrong kind of key", wrong, 403, "key_wrong_kind"));
    }
    wrongs.push(plain("the key that is never sent", program.key("identity_live"), 403, "key_wrong_kind"));
    if route.own {
        for foreign in [other.key("secret_live"), other.key("secret_test"), program.key("secret_test")] {
            wrongs.push(plain("somebody else's key", foreign, 404, "not_found"));
        }
    }
    wrongs
}

#[test]
fn every_route_refuses_every_wrong_key_in_the_same_way_and_changes_nothing() {
    let house = House::shared();
    let (program, other) = (Program::open(&house), Program::open(&house));
    let routes = routes(&program);
    // Her own merchant's, another's, and a referrer's.
    let merchants = [&program, &other].map(|program| Desk::open(&house, program.key("secret_live")));
    let mut sessions = Vec::from(merchants);
    sessions.push(entered(&program, &sharer(&program, 1)));
    let before = (Book::live(&program).dump(), Book::of(&program, "secret_test").dump());
    let mut cells = 0;
    for route in &routes {
        for (what, headers, suffix, status, code) in wrongs(&house, (&program, &other), &sessions, route) {
            let route = Route { path: format!("{}{suffix}", route.path), body: route.body.clone(), ..*route };
            let answer = send(&house, &route, |mut request| {
                request
                    .headers
                    .extend(headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
                request
            });
            let told = (answer.status, answer.json()["code"].as_str().map(str::to_owned));
            assert_eq!(told, (status, Some(code.to_owned())), "{} {} with {what}", route.method, route.path);
            assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{what}");
            cells += 1;
        }
    }
    let after = (Book::live(&program).dump(), Book::of(&program, "secret_test").dump());
    assert_eq!(after, before, "nothing was changed");
    println!("tenancy: {} routes, {cells} refusals", routes.len());
}

#[test]
fn another_programs_key_sees_only_its_own() {
    let house = House::shared();
    let (program, other) = (Program::open(&house), Program::open(&house));
    let before = {
        let routes = routes(&program);
        let before = Book::live(&program).dump();
        for route in routes.iter().filter(|route| !route.own && route.path != "/v1/keys") {
            let key = if route.takes == Takes::Secret { "secret_live" } else { "publishable_live" };
            let answer = send(&house, route, |request| request.key(other.key(key)));
            // What it writes, it writes to its own ledger, and what it reads is its own: nothing of the first shows.
            assert!(answer.status < 500, "{} {}", route.path, answer.text());
            let text = answer.text();
            for word in ["\"ada\"", "\"ext-ada\"", program.slug.as_str(), program.id.as_str()] {
                assert!(!text.contains(word) || route.method != "GET", "{} shows {word}: {text}", route.path);
            }
        }
        before
    };
    assert_eq!(Book::live(&program).dump(), before);
    assert_eq!(other.server().get("/v1/sales").expect(200)["data"].as_array().map(Vec::len), Some(1));
    // A click of the first program is nothing to the other.
    let claim = json!({"click_id": forge::click(&program, "ada", 60), "customer_id": "c"});
    assert_eq!(other.page().post("/v1/claims", &claim).problem(422), "validation_failed");
}

#[test]
fn only_the_operators_key_opens_programs() {
    let house = House::shared();
    let program = Program::open(&house);
    let body = tests::program::usual(&tests::program::fresh_slug());
    let keys = [
        program.key("secret_live"),
        program.key("publishable_live"),
        "ak_",
        "",
        "ak_0000",
        &house.admin_key[..20],
    ];
    for key in keys {
        assert_eq!(house.call(&Request::post("/v1/programs", &body).key(key)).status, 401, "{key}");
    }
    assert_eq!(house.call(&Request::post("/v1/programs", &body)).status, 401);
    assert_eq!(
        house.call(&Request::post("/v1/programs", &body).key(&format!("{}0", house.admin_key))).status,
        401
    );
    let from_page =
        Request::post("/v1/programs", &body).key(&house.admin_key).header("origin", "https://evil.example");
    assert!(
        matches!(house.call(&from_page).status, 401 | 403),
        "the operator's key has no business in a page"
    );
}

#[test]
fn pages_of_other_origins_may_read_what_a_publishable_key_answers_and_nothing_else() {
    let house = House::shared();
    let program = Program::open(&house);
    for route in routes(&program) {
        let name = format!("{} {}", route.method, route.path);
        let public = route.takes == Takes::Publishable;
        let key = program.key(if public { "publishable_live" } else { "secret_live" });
        let answer = if public {
            send(&house, &route, |request| request.key(key).header("origin", "https://shop.example"))
        } else {
            send(&house, &route, |request| request.key(key))
        };
        let open = public || takes_either(&route);
        assert_eq!(answer.header("access-control-allow-origin"), open.then_some("*"), "{name}");
        assert_eq!(answer.header("access-control-allow-credentials"), None, "{name}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{name}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{name}");
        assert!(answer.header("x-request-id").is_some_and(|id| id.starts_with("req_")), "{name}");
        let ask = Request::new("OPTIONS", &route.path)
            .header("origin", "https://shop.example")
            .header("access-control-request-method", route.method);
        let preflight = house.call(&ask);
        // One address may be open to pages in one method and closed in another.
        if public {
            assert_eq!(
                (preflight.status, preflight.header("access-control-allow-origin")),
                (204, Some("*")),
                "{name}"
            );
        }
    }
    for closed in ["/v1/sales", "/v1/refunds", "/v1/program", "/v1/keys", "/v1/referrers", "/v1/programs"] {
        let ask = Request::new("OPTIONS", closed)
            .header("origin", "https://shop.example")
            .header("access-control-request-method", "POST");
        let answer = house.call(&ask);
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (403, None), "{closed}");
    }
}
