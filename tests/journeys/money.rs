//! Rewards to the minor unit: shares, flats, holds, refunds before and after, and what can never be exceeded.

use serde_json::{Value, json};
use std::sync::Arc;
use tests::book::Book;
use tests::house::House;
use tests::program::Program;

fn program(house: &Arc<House>, terms: &Value) -> Program {
    let program = Program::open_with(house, &json!({"terms": terms}));
    program.referrer("ada");
    program
}

fn sale(order: &str, amount: i64) -> Value {
    json!({"order_id": order, "customer_id": format!("c-{order}"), "amount": amount, "currency": "EUR", "code": "ada"})
}

fn rule(id: &str, to: &str, pay: Value) -> Value {
    let mut rule = json!({"id": id, "on": "sale", "to": to});
    rule["pay"] = pay;
    rule
}

fn amounts(body: &Value) -> Vec<i64> {
    body["rewards"].as_array().into_iter().flatten().filter_map(|reward| reward["amount"].as_i64()).collect()
}

#[test]
fn shares_and_flats_never_add_up_to_more_than_the_sale() {
    let house = House::shared();
    let terms = json!({"rewards": [
        rule("first", "referrer", json!({"flat": 700})),
        rule("second", "friend", json!({"flat": 700})),
        rule("third", "referrer", json!({"share_bps": 3333})),
        rule("fourth", "friend", json!({"share_bps": 6667})),
    ]});
    let program = program(&house, &terms);
    for amount in [0, 1, 2, 3, 699, 700, 701, 1_399, 1_400, 1_401, 9_999, 100_000, 9_007_199_254_740_991] {
        let body = program.server().post("/v1/sales", &sale(&amount.to_string(), amount)).expect(201);
        let sum: i64 = amounts(&body).iter().sum();
        assert!(sum <= amount, "{amount}: {body}");
        assert!(amounts(&body).iter().all(|reward| *reward > 0), "{body}");
    }
    Book::live(&program).check();
}

#[test]
fn below_the_minimum_order_and_in_another_currency_nothing_is_earned() {
    let house = House::shared();
    let terms =
        json!({"minimum_order": 2_000, "rewards": [rule("share", "referrer", json!({"share_bps": 1000}))]});
    let program = program(&house, &terms);
    let server = program.server();
    assert_eq!(amounts(&server.post("/v1/sales", &sale("1", 1_999)).expect(201)), [0; 0]);
    assert_eq!(amounts(&server.post("/v1/sales", &sale("2", 2_000)).expect(201)), [200]);
    let mut foreign = sale("3", 5_000);
    foreign["currency"] = "USD".into();
    let foreign = server.post("/v1/sales", &foreign).expect(201);
    assert_eq!(
        (amounts(&foreign), &foreign["attribution"]["status"]),
        (vec![], &json!("attributed")),
        "credited, not rewarded"
    );
    let trace =
        server.get(&format!("/v1/sales/{}/trace", foreign["id"].as_str().expect("an id"))).expect(200);
    assert_eq!(
        trace["rules_without_reward"].as_array().map(Vec::len),
        Some(1),
        "and the trace says why: {trace}"
    );
}

#[test]
fn a_refund_that_comes_before_its_sale_waits_for_it() {
    let house = House::shared();
    let program =
        program(&house, &json!({"rewards": [rule("share", "referrer", json!({"share_bps": 1000}))]}));
    let server = program.server();
    let refund = |id: &str, amount: i64| json!({"refund_id": id, "order_id": "o", "amount": amount});
    for (id, amount) in [("r1", 2_500), ("r2", 2_500)] {
        let body = server.post("/v1/refunds", &refund(id, amount)).expect(201);
        assert_eq!((&body["status"], &body["reversals"]), (&json!("waiting"), &json!([])));
    }
    let sold = server.post("/v1/sales", &sale("o", 10_000)).expect(201);
    let reward = &sold["rewards"][0];
    assert_eq!(
        (&sold["refunded_amount"], &reward["amount"], &reward["reversed_amount"]),
        (&json!(5_000), &json!(1_000), &json!(500)),
        "{sold}"
    );
    assert_eq!(server.post("/v1/sales", &sale("o", 10_000)).expect(200), sold, "and is told the same again");
    let listed = server.get("/v1/refunds").expect(200);
    assert!(
        listed["data"].as_array().into_iter().flatten().all(|refund| refund["status"] == "applied"),
        "{listed}"
    );
    let rest = server.post("/v1/refunds", &refund("r3", 5_000)).expect(201);
    assert_eq!(rest["reversals"][0]["amount"], 500);
    assert_eq!(server.post("/v1/refunds", &refund("r4", 1)).problem(422), "refund_exceeds_sale");
    Book::live(&program).check();
}

#[test]
fn early_refunds_of_more_than_the_sale_take_back_the_sale_and_no_more() {
    let house = House::shared();
    let program = program(&house, &json!({"rewards": [rule("gift", "friend", json!({"flat": 300}))]}));
    let server = program.server();
    for id in ["r1", "r2", "r3"] {
        server.post("/v1/refunds", &json!({"refund_id": id, "order_id": "o", "amount": 700})).expect(201);
    }
    let sold = server.post("/v1/sales", &sale("o", 1_000)).expect(201);
    let reward = &sold["rewards"][0];
    assert_eq!(
        (&sold["refunded_amount"], &reward["reversed_amount"], &reward["state"]),
        (&json!(1_000), &json!(300), &json!("voided")),
        "{sold}"
    );
    Book::live(&program).check();
}

#[test]
fn many_small_refunds_take_back_exactly_as_much_as_one_large_one() {
    let house = House::shared();
    let terms = json!({"rewards": [rule("share", "referrer", json!({"share_bps": 777})), rule("gift", "friend", json!({"flat": 101}))]});
    let program = program(&house, &terms);
    let server = program.server();
    server.post("/v1/sales", &sale("o", 1_009)).expect(201);
    let mut left = 1_009;
    for (number, amount) in [1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233].into_iter().enumerate() {
        server
            .post(
                "/v1/refunds",
                &json!({"refund_id": format!("r{number}"), "order_id": "o", "amount": amount}),
            )
            .expect(201);
        left -= amount;
        // After every step the share that is taken back is the refunded share, to the minor unit.
        Book::live(&program).check();
    }
    server.post("/v1/refunds", &json!({"refund_id": "last", "order_id": "o", "amount": left})).expect(201);
    let book = Book::live(&program);
    book.check();
    assert_eq!(book.number("SELECT coalesce(sum(amount), 0) FROM entry WHERE account <> 'program'"), 0);
    assert_eq!(book.texts("SELECT DISTINCT state FROM reward", &[]), ["voided"]);
}

#[test]
fn without_a_hold_a_reward_is_owed_at_once_and_with_one_on_its_day() {
    let house = House::shared();
    for (days, state) in [(0, "approved"), (1, "pending")] {
        let terms =
            json!({"hold_days": days, "rewards": [rule("share", "referrer", json!({"share_bps": 1000}))]});
        let program = program(&house, &terms);
        let server = program.server();
        server.post("/v1/sales", &sale("o", 1_000)).expect(201);
        let rewards = server.get("/v1/rewards").expect(200);
        assert_eq!(rewards["data"][0]["state"], state, "{rewards}");
        let referrers = server.get("/v1/referrers").expect(200);
        assert_eq!(referrers["data"][0]["balances"][0][state], 100, "{referrers}");
    }
}

#[test]
fn a_sale_that_lies_far_back_is_owed_when_its_hold_ended() {
    let house = House::shared();
    let terms = json!({"hold_days": 30, "rewards": [rule("share", "referrer", json!({"share_bps": 1000}))]});
    let program = program(&house, &terms);
    let mut old = sale("o", 1_000);
    old["occurred_at"] = "2026-01-01T00:00:00Z".into();
    let sold = program.server().post("/v1/sales", &old).expect(201);
    assert_eq!(sold["rewards"][0]["available_at"], "2026-01-31T00:00:00.000Z");
    assert_eq!(program.server().get("/v1/rewards").expect(200)["data"][0]["state"], "approved");
}

#[test]
fn the_same_order_with_other_facts_is_a_conflict_and_what_is_recorded_stays() {
    let house = House::shared();
    let program = program(&house, &json!({"rewards": []}));
    let server = program.server();
    let first = server.post("/v1/sales", &sale("o", 1_000)).expect(201);
    for (field, value) in
        [("amount", json!(1_001)), ("currency", json!("USD")), ("customer_id", json!("other"))]
    {
        let mut other = sale("o", 1_000);
        other[field] = value;
        assert_eq!(server.post("/v1/sales", &other).problem(409), "order_conflict", "{field}");
    }
    assert_eq!(server.post("/v1/sales", &sale("o", 1_000)).expect(200), first);
    let refund = json!({"refund_id": "r", "order_id": "o", "amount": 10});
    let refunded = server.post("/v1/refunds", &refund).expect(201);
    assert_eq!(server.post("/v1/refunds", &refund).expect(200), refunded);
    for (field, value) in [("amount", json!(11)), ("order_id", json!("p"))] {
        let mut other = refund.clone();
        other[field] = value;
        assert_eq!(server.post("/v1/refunds", &other).problem(409), "refund_conflict", "{field}");
    }
    assert_eq!(
        server.post("/v1/refunds", &json!({"refund_id": "s", "order_id": "o", "amount": 991})).problem(422),
        "refund_exceeds_sale"
    );
}
