//! The page of a program that everybody may read.

use serde_json::json;
use tests::house::{CLIENT_IP, House, extent};
use tests::http::Request;
use tests::program::Program;

#[test]
fn a_programs_page_says_what_it_promises_and_holds_the_panel() {
    let house = House::shared();
    let program = Program::open_with(&house, &json!({"name": "<b>Fern</b>"}));
    let path = format!("/join/{}", program.slug);
    let answer = house.call(&Request::get(&path).header("accept-language", "en"));
    assert_eq!((answer.status, answer.header("set-cookie")), (200, None));
    let text = answer.text();
    for part in [
        "You get 10% of what was paid",
        "Your friend gets 5.00\u{a0}EUR",
        "shop.example",
        "<goodword-widget>",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(text.contains(program.key("publishable_live")) && !text.contains("<b>Fern"), "{text}");
    assert!(!text.contains(program.key("secret_live")) && !text.contains("ext-"), "{text}");
    let policy = answer.header("content-security-policy").unwrap_or_default();
    for part in ["default-src 'none'", "frame-ancestors 'none'", "form-action 'none'"] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
    let terms = json!({"terms": {"rewards": [{"id": "perk", "on": "sale", "to": "friend", "pay": {"perk": "A cutting"}}]}});
    program.server().patch("/v1/program", &terms).expect(200);
    assert!(house.call(&Request::get(&path)).text().contains("A cutting"), "what holds now");
}

#[test]
fn names_nobody_has_are_answered_alike_and_cost_nothing() {
    let house = House::start(|options| options);
    let program = Program::open(&house);
    let before = extent(&house.storage()).0;
    for name in ["nobody", "", "a/b", "%2e%2e", "x".repeat(300).as_str(), "NOBODY", "0000000000000000"] {
        let answer = house.call(&Request::get(&format!("/join/{name}")));
        assert_eq!(answer.status, 404, "{name}");
        assert!(answer.text().contains("Not here"), "{name}");
    }
    assert_eq!(extent(&house.storage()).0, before, "no object was opened");
    assert_eq!(house.call(&Request::new("POST", &format!("/join/{}", program.slug)).body("x")).status, 405);
}

#[test]
fn who_reads_too_often_must_wait_and_others_need_not() {
    let house = House::start(|options| options.var("PAGE_CALLS_PER_MINUTE", "5"));
    let program = Program::open(&house);
    let from = |address: &str| {
        house.call(&Request::get(&format!("/join/{}", program.slug)).header(CLIENT_IP, address)).status
    };
    let statuses: Vec<u16> = (0..12).map(|_| from("198.51.100.8")).collect();
    assert!(statuses[0] == 200 && statuses.contains(&429), "{statuses:?}");
    assert_eq!(from("203.0.113.8"), 200);
}
