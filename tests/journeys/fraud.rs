//! What the ledger doubts: each rule with what trips it over HTTP, bursts, suspension.

use serde_json::{Value, json};
use std::sync::Arc;
use tests::book::Book;
use tests::chance::in_one_hour;
use tests::forge;
use tests::house::{CLIENT_IP, House};
use tests::http::Request;
use tests::program::Program;
use tests::token::secret;

/// A program that doubts as programs usually do, but for these rules.
pub(crate) fn doubting(house: &Arc<House>, off: &[&str]) -> Program {
    Program::open_with(house, &json!({"fraud": {"off": off}}))
}

/// A referrer with what is told of them; gives the id.
pub(crate) fn referrer(program: &Program, code: &str, told: &Value) -> String {
    let mut body = json!({"code": code, "external_id": format!("ext-{code}")});
    for (name, value) in told.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    let made = program.server().post("/v1/referrers", &body).expect(201);
    made["id"].as_str().expect("an id").to_owned()
}

/// The flags at conversions of a referrer, newest first.
pub(crate) fn flags_of(program: &Program, referrer_id: &str) -> Vec<Value> {
    let listed = program.server().get(&format!("/v1/flags?limit=100&referrer_id={referrer_id}")).expect(200);
    listed["data"].as_array().expect("a list").clone()
}

pub(crate) fn id(value: &Value) -> &str {
    value["id"].as_str().expect("an id")
}

/// A lead of a new referrer and a new friend: the rules it trips, and what becomes of the referrer's reward.
#[track_caller]
fn check(program: &Program, code: &str, of_referrer: &Value, of_friend: &Value, rules: &[&str], state: &str) {
    let referrer_id = referrer(program, code, of_referrer);
    let mut lead = json!({"customer_id": format!("friend-{code}"), "code": code});
    for (name, value) in of_friend.as_object().into_iter().flatten() {
        lead[name] = value.clone();
    }
    let lead = program.server().post("/v1/leads", &lead).expect(201);
    assert_eq!(lead["rewards"][0]["state"], state, "{code}: {lead}");
    let flags = flags_of(program, &referrer_id);
    let tripped: Vec<&str> = flags.iter().rev().filter_map(|flag| flag["rule"].as_str()).collect();
    assert_eq!(tripped, rules, "{code}: {flags:?}");
    for flag in flags {
        assert_eq!(
            (&flag["status"], &flag["due"], &flag["conversion_id"]),
            (&json!("open"), &json!("later"), &lead["id"])
        );
        assert!(flag["because"].as_str().is_some_and(|sentence| sentence.ends_with('.')), "{flag}");
        let private = ["@", "203.0.113", "Firefox", "secret"];
        assert!(private.iter().all(|word| !flag["evidence"].to_string().contains(word)), "{flag}");
    }
}

#[test]
fn every_rule_that_one_conversion_can_trip_holds_as_it_weighs_and_explains_itself() {
    let house = House::shared();
    let program = doubting(&house, &[]);
    let click = |code: &str, ago: i64| forge::click(&program, code, ago);
    let firm = json!({"email": "ada@kontor-nord.de", "name": "Ada Byron"});
    let nobody = json!({});
    for (code, of_referrer, of_friend, rules, state) in [
        // First, because a few seconds later it would no longer be too fast.
        ("robot", &nobody, json!({"click_id": click("robot", 0), "code": null}), &["too_fast"][..], "held"),
        ("plain", &firm, json!({"email": "ben@gmail.com", "name": "Ben Byron"}), &[], "pending"),
        ("same", &firm, json!({"email": "ADA+x@kontor-nord.de"}), &["same_email"], "held"),
        ("firm", &firm, json!({"email": "ben@kontor-nord.de"}), &["same_domain"], "held"),
        ("turned", &firm, json!({"name": "Byron, Ada"}), &["similar_person"], "pending"),
        ("thrown", &firm, json!({"email": "x@mailinator.com"}), &["disposable_email"], "held"),
        (
            "advert",
            &nobody,
            json!({"landing_url": "https://shop.example/?gclid=secret"}),
            &["paid_ad"],
            "held",
        ),
        ("facebook", &nobody, json!({"landing_url": "https://shop.example/?fbclid=1"}), &[], "pending"),
        (
            "coupon",
            &nobody,
            json!({"referring_host": "https://www.retailmenot.com/secret"}),
            &["banned_host"],
            "held",
        ),
        ("blog", &nobody, json!({"referring_host": "blog.example"}), &[], "pending"),
        ("person", &nobody, json!({"click_id": click("person", 60), "code": null}), &[], "pending"),
        (
            "garbage",
            &nobody,
            json!({"landing_url": "?\u{0}gclid", "referring_host": "", "client_ip": "1.2.3", "user_agent": "\u{7}"}),
            &[],
            "pending",
        ),
    ] {
        check(&program, code, of_referrer, &of_friend, rules, state);
    }
    Book::live(&program).check();
}

#[test]
fn who_comes_from_the_referrers_browser_is_noted_and_nothing_of_it_is_kept_but_salted_hashes() {
    in_one_hour(20);
    let house = House::shared();
    let program = doubting(&house, &[]);
    let at =
        |last: &str, browser: &str| json!({"client_ip": format!("203.0.113.{last}"), "user_agent": browser});
    let firefox = "Mozilla/5.0 Firefox/140.0";
    check(&program, "home", &at("7", firefox), &at("9", firefox), &["same_browser"], "pending");
    check(
        &program,
        "family",
        &at("7", firefox),
        &at("9", "Mozilla/5.0 Safari"),
        &["same_network"],
        "pending",
    );
    let elsewhere = json!({"client_ip": "198.51.100.1", "user_agent": firefox});
    check(&program, "travel", &at("7", firefox), &elsewhere, &[], "pending");
    let proxy = json!({"client_ip": "10.0.0.1", "user_agent": firefox});
    check(&program, "proxy", &proxy, &proxy, &[], "pending");
    // Two friends of one referrer in one browser, and a referrer who joined in a page.
    let circle = referrer(&program, "circle", &json!({}));
    for (customer, flagged) in [("one", 0), ("two", 1)] {
        let mut lead = at("33", firefox);
        lead["customer_id"] = customer.into();
        lead["code"] = "circle".into();
        program.server().post("/v1/leads", &lead).expect(201);
        assert_eq!(flags_of(&program, &circle).len(), flagged, "{customer}");
    }
    let (proof, code) = secret(77);
    let join = Request::post("/v1/widget/join", &json!({"proof": proof}));
    let joined =
        program.page().send(join.header(CLIENT_IP, "203.0.113.40").header("user-agent", firefox)).expect(201);
    let mut lead = at("41", firefox);
    lead["customer_id"] = "three".into();
    lead["code"] = code.into();
    program.server().post("/v1/leads", &lead).expect(201);
    assert_eq!(flags_of(&program, id(&joined))[0]["rule"], "same_browser");
    let book = Book::live(&program);
    assert!(book.number("SELECT count(*) FROM sighting") >= 9);
    assert_eq!(book.number("SELECT count(*) FROM sighting_salt"), 1);
    let kept = format!("{:?}", book.dump());
    for raw in ["203.0.113", "198.51.100", "Firefox", "Mozilla"] {
        assert!(!kept.contains(raw), "{raw} stands in the ledger");
    }
}

#[test]
fn whoever_asks_not_to_be_recognised_is_not() {
    let house = House::shared();
    let program = doubting(&house, &[]);
    let join = Request::post("/v1/widget/join", &json!({"proof": secret(78).0}))
        .header(CLIENT_IP, "203.0.113.50")
        .header("user-agent", "Mozilla/5.0 Firefox/140.0")
        .header("sec-gpc", "1");
    program.page().send(join).expect(201);
    assert_eq!(Book::live(&program).number("SELECT count(*) FROM sighting"), 0);
}

#[test]
fn the_fourth_of_a_burst_flags_the_first_three_too_and_a_bulk_release_frees_them_all() {
    let house = House::shared();
    let program = doubting(&house, &[]);
    let ada = referrer(&program, "ada", &json!({}));
    let server = program.server();
    let lead = |at: u32| {
        let body = json!({"customer_id": format!("c-{at}"), "code": "ada"});
        server.post("/v1/leads", &body).expect(201)["rewards"][0]["state"].clone()
    };
    assert_eq!([lead(1), lead(2), lead(3)], ["pending", "pending", "pending"]);
    assert!(flags_of(&program, &ada).is_empty());
    assert_eq!(lead(4), "held");
    let flags = flags_of(&program, &ada);
    assert_eq!(flags.len(), 4, "{flags:?}");
    assert!(flags.iter().all(|flag| flag["rule"] == "velocity" && flag["evidence"]["in_30_minutes"] == 4));
    let states = || {
        let rewards = server.get("/v1/rewards").expect(200);
        let rewards = rewards["data"].as_array().expect("a list").clone();
        rewards.iter().map(|reward| reward["state"].as_str().expect("a state").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(states(), ["held"; 4]);
    assert_eq!(lead(5), "held");
    assert_eq!(flags_of(&program, &ada).len(), 5, "the earlier ones are flagged once");
    let ids: Vec<Value> = flags_of(&program, &ada).iter().map(|flag| flag["id"].clone()).collect();
    // All of them or none.
    let before = Book::live(&program).dump();
    let decide = |ids: &Value, decision: &str| {
        server.post("/v1/flags/decisions", &json!({"ids": ids, "decision": decision, "note": "a fair"}))
    };
    let mut unknown = ids.clone();
    unknown.push("flg_0000000000000000".into());
    assert_eq!(decide(&json!(unknown), "release").problem(422), "validation_failed");
    for wrong in [json!([]), json!("flg"), json!([1]), json!(vec!["flg_1"; 101])] {
        assert_eq!(decide(&wrong, "release").problem(422), "validation_failed", "{wrong}");
    }
    assert_eq!(Book::live(&program).dump(), before);
    let released = decide(&json!(ids), "release").expect(201);
    assert_eq!(released["data"].as_array().map(Vec::len), Some(5));
    assert!(
        released["data"]
            .as_array()
            .into_iter()
            .flatten()
            .all(|flag| flag["status"] == "released" && flag["due"].is_null() && flag["note"] == "a fair")
    );
    assert_eq!(states(), ["pending"; 5]);
    decide(&json!(ids), "release").expect(200);
    assert_eq!(decide(&json!(ids), "confirm").problem(409), "flag_decided");
    let book = Book::live(&program);
    assert_eq!(book.number("SELECT count(*) FROM audit WHERE action = 'flag.released'"), 5);
    book.check();
}

#[test]
fn a_sale_far_above_those_before_it_is_looked_at() {
    let house = House::shared();
    let program = doubting(&house, &["velocity"]);
    let ada = referrer(&program, "ada", &json!({}));
    let sale = |at: u32, amount: i64| {
        let body = json!({"order_id": format!("o-{at}"), "customer_id": format!("c-{at}"), "code": "ada", "amount": amount, "currency": "EUR"});
        program.server().post("/v1/sales", &body).expect(201);
        flags_of(&program, &ada).len()
    };
    assert_eq!(sale(0, 90_000), 0, "of few sales nothing is said");
    for at in 1..10 {
        assert_eq!(sale(at, 10_000), 0);
    }
    assert_eq!(sale(10, 50_000), 0);
    assert_eq!(sale(11, 50_001), 1);
    assert_eq!(
        flags_of(&program, &ada)[0]["evidence"],
        json!({"amount": 50_001, "median": 10_000, "of": 11})
    );
}

#[test]
fn friends_who_mostly_come_a_day_after_the_click_are_looked_at_and_nothing_is_held() {
    let house = House::shared();
    let program = doubting(&house, &["velocity"]);
    let ada = referrer(&program, "ada", &json!({}));
    for at in 0..10 {
        let click = forge::click(&program, "ada", 2 * 86_400 + at);
        let lead = json!({"customer_id": format!("c-{at}"), "click_id": click});
        assert_eq!(program.server().post("/v1/leads", &lead).expect(201)["rewards"][0]["state"], "pending");
        assert_eq!(flags_of(&program, &ada).len(), usize::from(at == 9), "{at}");
    }
    let flag = &flags_of(&program, &ada)[0];
    assert_eq!((&flag["rule"], &flag["weight"]), (&json!("late_conversions"), &json!(0)));
}

#[test]
fn three_confirmed_frauds_suspend_and_a_person_reinstates() {
    let house = House::shared();
    let program = doubting(&house, &["velocity"]);
    let eve = referrer(&program, "eve", &json!({"email": "eve@kontor-nord.de"}));
    let server = program.server();
    let path = format!("/v1/referrers/{eve}/suspension");
    for at in 0..3 {
        assert_eq!(server.get(&path).expect(200)["suspended"], false);
        let lead = json!({"customer_id": format!("c-{at}"), "code": "eve", "email": format!("f{at}@kontor-nord.de")});
        server.post("/v1/leads", &lead).expect(201);
        let flag = format!("/v1/flags/{}/decision", id(&flags_of(&program, &eve)[0]));
        server.post(&flag, &json!({"decision": "confirm"})).expect(201);
    }
    let standing = server.get(&path).expect(200);
    assert_eq!(
        (&standing["suspended"], &standing["history"][0]["cause"]),
        (&json!(true), &json!("confirmed_frauds"))
    );
    let sale = |order: &str, email: &str| {
        let lead = json!({"customer_id": format!("c-{order}"), "code": "eve", "email": email});
        server.post("/v1/leads", &lead).expect(201);
        let sale = json!({"order_id": order, "customer_id": format!("c-{order}"), "amount": 10_000, "currency": "EUR"});
        let sale = server.post("/v1/sales", &sale).expect(201);
        format!("/v1/sales/{}", id(&sale))
    };
    let rewards = |sale: &str| {
        let sale = server.get(sale).expect(200);
        let of = |to: &str| {
            let rewards = sale["rewards"].as_array().into_iter().flatten();
            let one = rewards.clone().find(|reward| reward["to"] == to).expect("a reward");
            format!("{} {}", one["state"].as_str().unwrap_or(""), one["reason"].as_str().unwrap_or(""))
        };
        (of("referrer"), of("friend"))
    };
    let (honest, doubted) = (sale("honest", "ann@gmail.com"), sale("doubted", "ben@kontor-nord.de"));
    for sale in [&honest, &doubted] {
        assert_eq!(rewards(sale), ("held suspended".to_owned(), "pending ".to_owned()), "friends get theirs");
    }
    let decide = |decision: &str| server.post(&path, &json!({"decision": decision, "note": "we spoke"}));
    decide("suspend").expect(200);
    assert_eq!(decide("reinstate").expect(201)["suspended"], false);
    decide("reinstate").expect(200);
    assert_eq!(rewards(&honest).0, "pending ");
    assert_eq!(rewards(&doubted).0, "held flagged", "the flag holds on");
    // The record begins anew.
    let open = server.get("/v1/flags?status=open").expect(200);
    let flag = format!("/v1/flags/{}/decision", id(&open["data"][0]));
    server.post(&flag, &json!({"decision": "confirm"})).expect(201);
    assert_eq!(server.get(&path).expect(200)["suspended"], false);
    assert_eq!(decide("suspend").expect(201)["history"][0]["cause"], "by_hand");
    assert_eq!(server.get("/v1/referrers/rfr_0000000000000000/suspension").problem(404), "not_found");
    let book = Book::live(&program);
    let audited = "SELECT count(*) FROM audit WHERE action IN ('referrer.suspended', 'referrer.reinstated')";
    assert_eq!(book.number(audited), 3);
    book.check();
}
