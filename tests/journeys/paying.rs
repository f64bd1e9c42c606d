//! Payouts: batches, what the bank says, files, statements; never a reward twice, never a cent lost.

use serde_json::{Value, json};
use std::sync::Arc;
use tests::book::Book;
use tests::chance::in_one_hour;
use tests::house::House;
use tests::http::Answer;
use tests::program::Program;

fn program(house: &Arc<House>) -> (Program, Value) {
    let terms = json!({"hold_days": 0, "rewards": [
        {"id": "share", "on": "sale", "to": "referrer", "pay": {"share_bps": 1000}},
        {"id": "early", "on": "sale", "to": "referrer", "pay": {"perk": "Early access"}},
    ]});
    let program = Program::open_with(house, &json!({ "terms": terms, "name": "=Fern" }));
    let person =
        json!({"external_id": "a", "code": "ada", "email": "ada@mail.example", "name": "Ada, \"A\""});
    let ada = program.server().post("/v1/referrers", &person).expect(201);
    program.referrer("eve");
    (program, ada)
}

fn sell(program: &Program, order: &str, code: &str, amount: i64) {
    let body =
        json!({"order_id": order, "customer_id": order, "amount": amount, "currency": "EUR", "code": code});
    program.server().post("/v1/sales", &body).expect(201);
}

fn refund(program: &Program, id: &str, order: &str, amount: i64) {
    program
        .server()
        .post("/v1/refunds", &json!({"refund_id": id, "order_id": order, "amount": amount}))
        .expect(201);
}

fn batch(program: &Program, minimum: i64) -> Answer {
    program.server().post("/v1/payouts", &json!({ "minimum": minimum }))
}

fn decide(program: &Program, batch: &Value, decision: &str) -> Answer {
    let path = format!("/v1/payouts/{}/decision", batch["id"].as_str().expect("an id"));
    program.server().post(&path, &json!({ "decision": decision }))
}

/// Person, amount, carried and state of the lines of a batch.
fn lines(program: &Program, batch: &Value) -> Vec<Value> {
    let path = format!("/v1/payouts/{}", batch["id"].as_str().expect("an id"));
    let shown = program.server().get(&path).expect(200);
    let lines = shown["lines"].as_array().cloned().unwrap_or_default();
    lines.iter().map(|line| json!([line["amount"], line["carried_amount"], line["state"]])).collect()
}

#[test]
fn approved_rewards_are_sent_once_and_marked_paid() {
    let house = House::shared();
    let (program, ada) = program(&house);
    let server = program.server();
    assert_eq!(batch(&program, 0).problem(409), "nothing_to_pay");
    for (order, code, amount) in [("1", "ada", 10_000), ("2", "ada", 5_000), ("3", "eve", 1_000)] {
        sell(&program, order, code, amount);
    }
    let first = batch(&program, 500).expect(201);
    assert_eq!(
        (&first["lines"], &first["amount"], &first["below_minimum"]),
        (&json!(1), &json!(1_500), &json!(1)),
        "{first}"
    );
    assert_eq!(batch(&program, 500).problem(409), "nothing_to_pay", "all of it is in a batch");
    let rest = batch(&program, 0).expect(201);
    assert_eq!(rest["amount"], 100);
    let path = format!("/v1/payouts/{}", first["id"].as_str().expect("an id"));
    assert_eq!(server.get(&format!("{path}/paypal.csv")).status, 200);
    let paypal = server.get(&format!("{path}/paypal.csv"));
    assert_eq!(paypal.header("content-type"), Some("text/csv; charset=utf-8"));
    let line = server.get(&path).expect(200)["lines"][0]["id"].as_str().expect("an id").to_owned();
    assert_eq!(paypal.text(), format!("ada@mail.example,15.00,EUR,{line},\"'=Fern\",PAYPAL\r\n"));
    assert!(server.get(&format!("{path}/wise.csv")).text().contains("\"Ada, \"\"A\"\"\",ada@mail.example,"));
    assert_eq!(server.get(&format!("{path}/sepa.csv")).text().lines().count(), 1, "no account is known");
    let target = format!("/v1/referrers/{}/payout_target", ada["id"].as_str().expect("an id"));
    let told = json!({"name": "Ada Byron", "iban": "DE89 3704 0044 0532 0130 00"});
    assert_eq!(server.post(&target, &told).expect(201)["iban"], "DE89370400440532013000");
    server.post(&target, &told).expect(200);
    assert_eq!(
        server.post(&target, &json!({"name": "Ada", "iban": "DE88370400440532013000"})).json()["errors"][0]["code"],
        "not_an_iban"
    );
    assert!(
        server
            .get(&format!("{path}/sepa.csv"))
            .text()
            .contains("Ada Byron,DE89370400440532013000,15.00,EUR,")
    );
    assert_eq!(server.get(&format!("{path}/other.csv")).problem(404), "not_found");
    assert_eq!(decide(&program, &first, "returned").expect(200)["changed"], 0, "nothing was sent yet");
    assert_eq!(decide(&program, &first, "paid").expect(201)["amount"], 1_500);
    assert_eq!(decide(&program, &first, "paid").expect(200)["changed"], 0);
    let rewards = server.get("/v1/rewards").expect(200);
    let states: Vec<&Value> = rewards["data"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|reward| reward["perk"].is_null())
        .map(|reward| &reward["state"])
        .collect();
    assert_eq!(states, ["approved", "paid", "paid"]);
    let balance = server.get(&format!("/v1/referrers/{}", ada["id"].as_str().expect("an id"))).expect(200);
    assert_eq!(
        (&balance["balances"][0]["paid"], &balance["balances"][0]["approved"]),
        (&json!(1_500), &json!(0))
    );
    Book::live(&program).check();
}

#[test]
fn what_is_refunded_after_payment_is_deducted_and_what_came_back_is_sent_again() {
    let house = House::shared();
    let (program, ada) = program(&house);
    sell(&program, "1", "ada", 10_000);
    let first = batch(&program, 0).expect(201);
    refund(&program, "r1", "1", 2_000);
    decide(&program, &first, "paid").expect(201);
    refund(&program, "r2", "1", 3_000);
    assert_eq!(batch(&program, 0).problem(409), "nothing_to_pay", "500 too much were sent");
    sell(&program, "2", "ada", 12_000);
    let second = batch(&program, 0).expect(201);
    assert_eq!(lines(&program, &second), [json!([700, -500, "created"])]);
    decide(&program, &second, "failed").expect(201);
    let third = batch(&program, 0).expect(201);
    assert_eq!(lines(&program, &third), [json!([700, -500, "created"])], "what failed is sent again");
    decide(&program, &third, "paid").expect(201);
    decide(&program, &third, "returned").expect(201);
    assert_eq!(decide(&program, &third, "paid").expect(200)["changed"], 0);
    let fourth = batch(&program, 0).expect(201);
    assert_eq!(lines(&program, &fourth), [json!([700, 700, "created"])], "nothing but what came back");
    decide(&program, &fourth, "paid").expect(201);
    assert_eq!(batch(&program, 0).problem(409), "nothing_to_pay");
    let path = format!("/v1/referrers/{}/statement", ada["id"].as_str().expect("an id"));
    let statement = program.server().get(&path).expect(200);
    let rows = statement["data"].as_array().cloned().unwrap_or_default();
    let sum: i64 = rows.iter().filter_map(|row| row["amount"].as_i64()).sum();
    assert_eq!(sum, 0, "granted, taken back, paid and returned add up: {statement}");
    assert_eq!(
        statement["totals"],
        json!([{"currency": "EUR", "granted": 2200, "taken_back": -500, "paid": -2400, "returned": 700, "open": 0}]),
        "and so do the totals"
    );
    let csv = program.server().get(&format!("{path}.csv")).text();
    assert_eq!(csv.lines().count(), rows.len() + 1);
    assert!(csv.contains(",-3.00,EUR") && csv.starts_with("At,Kind,"), "{csv}");
    let book = Book::live(&program);
    book.check();
    assert_eq!(
        book.number("SELECT sum(iif(state = 'paid', amount, 0)) FROM payout_line"),
        1_700,
        "10 % of 17000 - 0"
    );
}

#[test]
fn a_line_is_decided_by_itself_and_only_forward() {
    let house = House::shared();
    let (program, _) = program(&house);
    sell(&program, "1", "ada", 10_000);
    sell(&program, "2", "eve", 10_000);
    let made = batch(&program, 0).expect(201);
    let path = format!("/v1/payouts/{}", made["id"].as_str().expect("an id"));
    let server = program.server();
    let ids: Vec<Value> = server.get(&path).expect(200)["lines"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|line| line["id"].clone())
        .collect();
    let decide = |ids: Value, decision: &str| {
        server.post(&format!("{path}/decision"), &json!({"decision": decision, "line_ids": ids, "note": "n"}))
    };
    assert_eq!(decide(json!([ids[0]]), "paid").expect(201)["amount"], 1_000);
    assert_eq!(decide(json!([ids[0]]), "paid").expect(200)["changed"], 0);
    assert_eq!(decide(json!([ids[0]]), "failed").problem(409), "payout_line_decided");
    assert_eq!(decide(json!([ids[1], "pln_0000000000000000"]), "paid").problem(422), "validation_failed");
    assert_eq!(decide(json!([]), "paid").problem(422), "validation_failed");
    assert_eq!(decide(json!([ids[1]]), "failed").expect(201)["changed"], 1);
    assert_eq!(server.get("/v1/payouts/pay_0000000000000000").problem(404), "not_found");
    let listed = server.get("/v1/payouts").expect(200);
    assert_eq!(
        (&listed["data"][0]["paid_amount"], &listed["data"][0]["failed_amount"]),
        (&json!(1_000), &json!(1_000))
    );
    Book::live(&program).check();
}

#[test]
fn thirty_two_who_ask_at_once_get_no_reward_twice() {
    let house = House::shared();
    let (program, _) = program(&house);
    for at in 0..20 {
        sell(&program, &format!("o{at}"), if at % 2 == 0 { "ada" } else { "eve" }, 1_000);
    }
    let made: Vec<u16> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..32).map(|_| scope.spawn(|| batch(&program, 0).status)).collect();
        threads.into_iter().map(|thread| thread.join().expect("an answer")).collect()
    });
    assert_eq!(made.iter().filter(|status| **status == 201).count(), 1, "{made:?}");
    assert_eq!(made.iter().filter(|status| **status == 409).count(), 31, "{made:?}");
    let book = Book::live(&program);
    book.check();
    assert_eq!(book.number("SELECT sum(amount) FROM payout_line"), 2_000);
    assert_eq!(book.number("SELECT count(DISTINCT reward_id) FROM payout_item"), 20);
}

#[test]
fn a_batch_is_made_once_for_each_day_of_the_calendar() {
    in_one_hour(20);
    let house = House::shared();
    let (program, _) = program(&house);
    let server = program.test_server();
    let schedule = |body: Value| server.post("/v1/payouts/schedule", &body);
    let due = || server.post("/v1/payouts", &json!({"due": true}));
    let step = |days: u16| server.post("/v1/test/clock", &json!({ "advance_days": days })).expect(200);
    server.post("/v1/referrers", &json!({"external_id": "a", "code": "ada"})).expect(201);
    let sell = |order: &str, amount: i64| {
        let body = json!({"order_id": order, "customer_id": order, "amount": amount, "currency": "EUR", "code": "ada"});
        server.post("/v1/sales", &body).expect(201);
    };
    assert_eq!(due().problem(409), "payout_not_due", "there is no calendar");
    assert_eq!(server.get("/v1/payouts/schedule").expect(200)["every"], Value::Null);
    for wrong in [
        json!({}),
        json!({"every": "day", "day": 1}),
        json!({"every": "week"}),
        json!({"every": "week", "day": 8}),
        json!({"every": "month", "day": 29}),
        json!({"every": "month", "day": 0}),
        json!({"every": "month", "day": 1, "minimum": -1}),
        json!({"every": "month", "day": 1, "at": "noon"}),
    ] {
        assert_eq!(schedule(wrong.clone()).problem(422), "validation_failed", "{wrong}");
    }
    let told = json!({"every": "week", "day": 1, "minimum": 500});
    assert!(
        schedule(told.clone()).expect(201)["next_payout_at"]
            .as_str()
            .is_some_and(|at| at.ends_with("T00:00:00.000Z"))
    );
    schedule(told).expect(200);
    sell("1", 4_000);
    assert_eq!(due().problem(409), "payout_not_due", "what was due before the calendar is not");
    step(7);
    assert!(server.get("/v1/payouts/schedule").expect(200)["due_at"].is_string());
    assert_eq!(due().problem(409), "nothing_to_pay", "400 are owed, and the minimum is 500");
    sell("2", 4_000);
    assert_eq!(
        server.post("/v1/payouts", &json!({"due": true, "minimum": 1})).problem(422),
        "validation_failed"
    );
    // Whoever asks at once: one batch.
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..32).map(|_| scope.spawn(|| due().status)).collect();
        threads.into_iter().map(|thread| thread.join().expect("an answer")).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| matches!(status, 201 | 409)), "{statuses:?}");
    sell("3", 9_000);
    assert_eq!(due().problem(409), "payout_not_due", "not before next Monday");
    assert_eq!(server.get("/v1/payouts/schedule").expect(200)["due_at"], Value::Null);
    step(7);
    let second = due().expect(201);
    assert_eq!((&second["amount"], &second["minimum_amount"]), (&json!(900), &json!(500)));
    assert!(second["due_at"].is_string());
    // By hand at any time, and the calendar can be ended.
    sell("4", 100);
    assert_eq!(server.post("/v1/payouts", &json!({})).expect(201)["due_at"], Value::Null);
    assert_eq!(schedule(json!({"every": null})).expect(201)["next_payout_at"], Value::Null);
    schedule(json!({"every": null})).expect(200);
    step(31);
    sell("5", 9_000);
    assert_eq!(due().problem(409), "payout_not_due");
    Book::of(&program, "secret_test").check();
}

#[test]
fn thirty_two_who_sell_at_once_exceed_no_cap_and_give_no_coupon_twice() {
    in_one_hour(20);
    let house = House::shared();
    let terms = json!({"hold_days": 0, "rewards": [
        {"id": "fee", "on": "sale", "to": "referrer", "pay": {"flat": 100}},
        {"id": "code", "on": "sale", "to": "friend", "pay": {"coupon": "few"}},
    ], "caps": [{"of": "program", "per": "day", "amount": 1_000}]});
    let program = Program::open_with(&house, &json!({ "terms": terms }));
    program.referrer("ada");
    let codes: Vec<String> = (0..20).map(|at| format!("FEW-{at}")).collect();
    program.server().post("/v1/coupons", &json!({"pool": "few", "codes": codes})).expect(201);
    std::thread::scope(|scope| {
        for worker in 0..32 {
            let program = &program;
            scope.spawn(move || {
                for at in 0..4 {
                    // Two friends of each pair of workers buy at once, and buy again.
                    let body = json!({"order_id": format!("o-{worker}-{at}"), "customer_id": format!("c-{}", worker / 2),
                        "amount": 5_000, "currency": "EUR", "code": "ada"});
                    program.server().post("/v1/sales", &body).expect(201);
                }
            });
        }
    });
    let book = Book::live(&program);
    book.check();
    assert_eq!(book.number("SELECT count(*) FROM conversion"), 128);
    assert_eq!(
        book.number("SELECT sum(amount) FROM reward WHERE rule = 'fee' AND state <> 'voided'"),
        1_000,
        "the cap, and all of it"
    );
    assert_eq!(
        book.number("SELECT count(*) FROM coupon WHERE friend_id IS NOT NULL"),
        16,
        "one for each friend"
    );
    assert_eq!(book.number("SELECT count(DISTINCT friend_id) FROM coupon WHERE friend_id IS NOT NULL"), 16);
}
