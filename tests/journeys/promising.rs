//! What the terms promise in words, and what draft terms would have given.

use serde_json::{Value, json};
use tests::book::Book;
use tests::house::House;
use tests::http::Request;
use tests::program::Program;

fn terms() -> Value {
    json!({"minimum_order": 2_000, "rewards": [
        {"id": "share", "on": "sale", "to": "referrer", "pay": {"share_bps": 1250}, "when": {"first_months": 12}},
        {"id": "gift", "on": "sale", "to": "friend", "pay": {"flat": 500}},
    ]})
}

#[test]
fn the_promise_is_said_in_the_language_of_whoever_reads() {
    let house = House::shared();
    let program = Program::open_with(&house, &json!({ "terms": terms() }));
    let server = program.server();
    let english = server.get("/v1/terms").expect(200);
    assert_eq!(
        english["promise"]["friend"],
        json!(["Your friend gets 5.00\u{a0}EUR when they buy."]),
        "{english}"
    );
    assert_eq!(english["terms"]["version"], 1);
    let german = server.get("/v1/terms?locale=de-AT").expect(200);
    assert!(
        german["promise"]["referrer"][0]
            .as_str()
            .is_some_and(|text| text.contains("12,5 %") && text.contains("12.")),
        "{german}"
    );
    for locale in ["en", "de", "fr", "es", "pt", "it", "nl", "pl", "ja", "ar"] {
        let said = server.get(&format!("/v1/terms?locale={locale}")).expect(200);
        assert_eq!(said["promise"]["locale"], locale);
    }
    assert_eq!(server.get("/v1/terms?locale=tlh").problem(422), "validation_failed");
    assert_eq!(server.get("/v1/terms?language=de").problem(422), "validation_failed");
    let page = program.page();
    let me = |request: Request| page.send(request).expect(200)["program"]["promise"]["locale"].clone();
    assert_eq!(me(Request::get("/v1/widget/me")), "en");
    assert_eq!(me(Request::get("/v1/widget/me").header("accept-language", "sv, ja;q=0.5, fr;q=0.8")), "fr");
    assert_eq!(me(Request::get("/v1/widget/me?locale=ar").header("accept-language", "fr")), "ar");
    assert_eq!(page.get("/v1/terms").problem(403), "key_wrong_kind");
}

#[test]
fn an_offer_says_for_which_conversions_it_holds_and_a_friend_is_told_every_kind_of_it() {
    let house = House::shared();
    let program = Program::open_with(
        &house,
        &json!({"terms": {"rewards": [
            {"id": "year", "on": "sale", "to": "referrer", "pay": {"share_bps": 1000}, "when": {"first_months": 12}},
            {"id": "each", "on": "lead", "to": "referrer", "pay": {"flat": 100}},
            {"id": "ten", "on": "sale", "to": "referrer", "pay": {"flat": 9000}, "when": {"at": 10}},
            {"id": "code", "on": "lead", "to": "friend", "pay": {"coupon": "welcome"}},
            {"id": "early", "on": "sale", "to": "friend", "pay": {"perk": "Early access"}, "when": {"first_payments": 1}},
        ]}}),
    );
    program.referrer("ada");
    let shown = program.page().get("/v1/widget/me").expect(200)["program"].clone();
    let of = |side: &str| -> Vec<(String, Value)> {
        let rules = shown["offer"][side].as_array().into_iter().flatten();
        rules.map(|rule| (rule["rule"].as_str().unwrap_or("").to_owned(), rule["when"].clone())).collect()
    };
    let month = json!({"first_months": 12});
    assert_eq!(of("referrer"), [("year".to_owned(), month), ("each".to_owned(), Value::Null)]);
    assert_eq!(
        of("friend"),
        [("code".to_owned(), Value::Null), ("early".to_owned(), json!({"first_payments": 1}))]
    );
    assert_eq!(shown["promise"]["referrer"].as_array().map(Vec::len), Some(3), "the prize is promised, too");
    let welcome = |language: &str| {
        let request = Request::get("/v1/widget/welcome?code=ada").header("accept-language", language);
        program.page().send(request).expect(200)["program"]["promise"].clone()
    };
    assert_eq!(
        welcome("en"),
        json!(["You get a coupon code when you sign up.", "You get “Early access” when you buy."])
    );
    assert_eq!(
        welcome("de-AT"),
        json!([
            "Sie bekommen einen Gutscheincode bei der Anmeldung.",
            "Sie bekommen „Early access“ beim Kauf."
        ])
    );
    assert_eq!(welcome("tlh"), welcome("en"));
}

#[test]
fn the_terms_in_force_simulated_give_what_was_granted_and_drafts_what_they_would_have() {
    let house = House::shared();
    let program = Program::open_with(&house, &json!({ "terms": terms() }));
    program.referrer("ada");
    let server = program.server();
    let empty = server.post("/v1/terms/simulate", &json!({"terms": terms()})).expect(200);
    assert_eq!((&empty["conversions"], &empty["oldest_at"]), (&json!(0), &json!(null)), "{empty}");
    for at in 0..20 {
        let body = json!({"order_id": format!("o{at}"), "customer_id": format!("c{}", at % 7), "amount": 1_700 + at * 100, "currency": "EUR", "code": "ada"});
        server.post("/v1/sales", &body).expect(201);
    }
    let before = Book::live(&program).dump();
    let same = server.post("/v1/terms/simulate", &json!({"terms": terms()})).expect(200);
    assert_eq!(same["draft"], same["granted"], "{same}");
    assert_eq!(
        (&same["difference"], &same["conversions"]),
        (&json!({"referrer": 0, "friend": 0}), &json!(20))
    );
    let draft = json!({"caps": [{"of": "referrer", "amount": 100}], "rewards": [
        {"id": "tenth", "on": "sale", "to": "referrer", "pay": {"flat": 90}, "when": {"every": 10}},
        {"id": "early", "on": "sale", "to": "friend", "pay": {"perk": "Early access"}, "when": {"first_payments": 1}},
    ]});
    let drafted = server.post("/v1/terms/simulate", &json!({"terms": draft})).expect(200);
    assert_eq!(drafted["draft"]["referrer"], json!({"count": 2, "amount": 100, "perks": 0}), "{drafted}");
    assert_eq!(drafted["draft"]["friend"], json!({"count": 0, "amount": 0, "perks": 7}), "{drafted}");
    let few = server.post("/v1/terms/simulate", &json!({"terms": draft, "limit": 5})).expect(200);
    assert_eq!(few["conversions"], 5);
    for (body, field) in [
        (json!({}), "terms"),
        (json!({"terms": {"rewards": [{}]}}), "terms.rewards[0].id"),
        (json!({"terms": draft, "limit": 1001}), "limit"),
    ] {
        assert_eq!(server.post("/v1/terms/simulate", &body).json()["errors"][0]["field"], field);
    }
    assert_eq!(Book::live(&program).dump(), before, "nothing was written");
}
