//! Keys: two live during a rotation, ended when they are revoked, and two ledgers that never meet.

use serde_json::{Value, json};
use tests::house::House;
use tests::program::Program;

fn text<'a>(body: &'a Value, field: &str) -> &'a str {
    body[field].as_str().unwrap_or_else(|| panic!("no {field} in {body}"))
}

#[test]
fn a_rotated_key_and_its_successor_both_work_until_the_old_one_is_revoked() {
    // Its own, because it is started anew below.
    let house = House::start(|options| options);
    let program = Program::open(&house);
    let old = program.server();
    let listed = old.get("/v1/keys").expect(200);
    let old_id = listed["data"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|key| key["kind"] == "secret")
        .map(|key| text(key, "id").to_owned());
    let old_path = format!("/v1/keys/{}", old_id.expect("the key's id"));
    let rotated = old.post("/v1/keys", &json!({"kind": "secret"})).expect(201);
    assert!(text(&rotated, "key").starts_with("sk_live_") && !rotated["others_expire_at"].is_null());
    let new = program.with(text(&rotated, "key"));
    for caller in [old, new] {
        caller.get("/v1/program").expect(200);
        caller.post("/v1/leads", &json!({"customer_id": "c"}));
    }
    assert_eq!(old.post("/v1/keys", &json!({"kind": "secret"})).problem(409), "two_keys_live");
    assert_eq!(old.delete(&old_path).problem(409), "key_in_use", "nobody locks themselves out");
    new.delete(&old_path).expect(200);
    assert_eq!(old.get("/v1/program").problem(401), "key_unknown");
    new.get("/v1/program").expect(200);
    // A revoked key stays revoked, and is listed as it is; no list ever shows a key that is a secret.
    new.delete(&old_path).expect(200);
    let listed = new.get("/v1/keys").expect(200).to_string();
    assert!(!listed.contains("sk_live_") && !listed.contains("ik_live_"), "{listed}");
    assert!(listed.contains(program.key("publishable_live")), "the one that stands in every page: {listed}");
    house.restart();
    assert_eq!(old.get("/v1/program").problem(401), "key_unknown");
    new.get("/v1/program").expect(200);
}

#[test]
fn a_rotation_without_overlap_ends_the_old_key_at_once_and_leaves_the_other_kinds_alone() {
    let house = House::shared();
    let program = Program::open(&house);
    let rotated =
        program.server().post("/v1/keys", &json!({"kind": "publishable", "overlap_hours": 0})).expect(201);
    assert_eq!(program.page().get("/v1/widget/me").problem(401), "key_unknown");
    program.with(text(&rotated, "key")).get("/v1/widget/me").expect(200);
    let rotated =
        program.server().post("/v1/keys", &json!({"kind": "secret", "overlap_hours": 0})).expect(201);
    assert_eq!(program.server().get("/v1/program").problem(401), "key_unknown");
    program.with(text(&rotated, "key")).get("/v1/program").expect(200);
    program.test_server().get("/v1/program").expect(200);
    program.with(program.key("publishable_test")).get("/v1/widget/me").expect(200);
}

#[test]
fn the_test_ledger_and_the_live_one_never_meet() {
    let house = House::shared();
    let program = Program::open(&house);
    let (live, test) = (program.server(), program.test_server());
    let sale = |amount: i64| json!({"order_id": "o", "customer_id": "c", "amount": amount, "currency": "EUR", "code": "ada"});
    live.post("/v1/referrers", &json!({"external_id": "e", "code": "ada"})).expect(201);
    let lived = live.post("/v1/sales", &sale(1_000)).expect(201);
    // The same order is new there, with another amount, and nobody owns the code.
    let tested = test.post("/v1/sales", &sale(7)).expect(201);
    assert_eq!(tested["attribution"]["reason"], "unknown_code");
    test.post("/v1/referrers", &json!({"external_id": "e", "code": "ada"})).expect(201);
    assert_eq!(live.get("/v1/sales").expect(200)["data"].as_array().map(Vec::len), Some(1));
    for (caller, id) in [(test, &lived), (live, &tested)] {
        assert_eq!(caller.get(&format!("/v1/sales/{}", text(id, "id"))).problem(404), "not_found");
        assert_eq!(caller.get(&format!("/v1/sales/{}/trace", text(id, "id"))).problem(404), "not_found");
    }
    // A change of the program by a test key moves no link of the live one.
    let changed = test.patch("/v1/program", &json!({"destination": "https://elsewhere.example/"}));
    assert!(matches!(changed.status, 200 | 403), "{}", changed.text());
    let landing = tests::visitor::Visitor::new(&house, "192.0.2.30").follow(&program.link("ada"));
    assert_eq!(landing.address.host_str(), Some("shop.example"));
}

#[test]
fn root_keys_are_rotated_without_a_click_or_a_key_going_lost() {
    let house = House::start(|options| options);
    let program = Program::open(&house);
    program.referrer("ada");
    let visitor = tests::visitor::Visitor::new(&house, "192.0.2.31");
    let first = house.root_keys.clone();
    let second = format!("2:{}", "5a".repeat(32));
    let sale = |order: &str, click: &str| json!({"order_id": order, "customer_id": order, "amount": 100, "currency": "EUR", "click_id": click});
    let status = |order: &str, click: &str| {
        let body = program.server().post("/v1/sales", &sale(order, click)).expect(201);
        text(&body["attribution"], "status").to_owned()
    };
    let old = visitor.follow(&program.link("ada")).click();
    // The new key signs, the old one still verifies.
    house.reopen(|mut options| {
        options.root_keys = format!("{second},{first}");
        options
    });
    let new = visitor.follow(&program.link("ada")).click();
    assert_eq!((status("1", &old), status("2", &new)), ("attributed".into(), "attributed".into()));
    program.page().get("/v1/widget/me").expect(200);
    let fresh = Program::open(&house);
    // Gone: what the old one signed is worth nothing, what the new one signed is.
    house.reopen(|mut options| {
        options.root_keys = second;
        options
    });
    let body = fresh.server().post("/v1/sales", &sale("3", &new)).expect(201);
    assert_eq!(body["attribution"]["reason"], "invalid_click", "another program's click stays another's");
    fresh.server().get("/v1/program").expect(200);
}
