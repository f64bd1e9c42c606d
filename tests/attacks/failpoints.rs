//! An error between any two statements of a command leaves the state before it. And the test would notice if it did
//! not: without the transaction the very same errors leave the ledger in between.

use crate::alone;
use serde_json::{Value, json};
use std::sync::Arc;
use tests::book::Book;
use tests::forge;
use tests::house::House;
use tests::http::{Answer, Request};
use tests::program::{Program, fresh_slug};
use xtask::workerd::EdgeOptions;

/// More statements than any command has.
const MANY: i32 = 40;

fn house() -> Arc<House> {
    xtask::build::edge(xtask::build::Flavour::Failpoints).expect("the tests' build of the edge");
    House::start(EdgeOptions::failpoints)
}

/// A program with something in its ledger for every command to meet.
fn program(house: &Arc<House>) -> Program {
    let program = Program::open(house);
    program.referrer("ada");
    let server = program.server();
    server.post("/v1/leads", &json!({"customer_id": "known", "code": "ada", "email": "k@mail.example"})).expect(201);
    server.post("/v1/sales", &sale("paid", "known", 9_000)).expect(201);
    server.post("/v1/refunds", &json!({"refund_id": "early-1", "order_id": "awaited", "amount": 500})).expect(201);
    server.post("/v1/refunds", &json!({"refund_id": "early-2", "order_id": "awaited", "amount": 8_500})).expect(201);
    program
}

fn sale(order: &str, customer: &str, amount: i64) -> Value {
    json!({"order_id": order, "customer_id": customer, "amount": amount, "currency": "EUR"})
}

/// Every call that writes: its name, key, path and body.
fn commands(program: &Program) -> Vec<(&'static str, &'static str, &'static str, Value)> {
    let with_click = |mut body: Value| {
        body["click_id"] = forge::click(program, "ada", 60).into();
        body
    };
    let click = forge::click(program, "ada", 90);
    vec![
        ("a referrer", "secret_live", "/v1/referrers", json!({"external_id": "e", "email": "e@mail.example", "name": "E"})),
        ("a lead", "secret_live", "/v1/leads", with_click(json!({"customer_id": "new", "email": "n@mail.example", "name": "N"}))),
        ("a sale of a new customer", "secret_live", "/v1/sales", with_click(sale("first", "newer", 7_777))),
        ("a sale of a known customer", "secret_live", "/v1/sales", sale("second", "known", 4_200)),
        ("a sale that refunds wait for", "secret_live", "/v1/sales", sale("awaited", "known", 9_000)),
        ("an uncredited sale", "secret_live", "/v1/sales", sale("alone", "stranger", 100)),
        ("a refund in part", "secret_live", "/v1/refunds", json!({"refund_id": "r-1", "order_id": "paid", "amount": 1_234})),
        ("a refund of the rest", "secret_live", "/v1/refunds", json!({"refund_id": "r-2", "order_id": "paid", "amount": 7_766})),
        ("a refund that waits", "secret_live", "/v1/refunds", json!({"refund_id": "r-3", "order_id": "later", "amount": 5})),
        ("joining", "publishable_live", "/v1/widget/join", json!({"proof": format!("gws_{}", "A".repeat(43)), "email": "j@mail.example"})),
        ("a claim", "publishable_live", "/v1/claims", json!({"click_id": click, "customer_id": "claimed", "email": "c@mail.example"})),
        ("a key's rotation", "secret_live", "/v1/keys", json!({"kind": "publishable"})),
    ]
}

fn post(program: &Program, key: &str, path: &str, body: &Value, after: i32, once: Option<&str>) -> Answer {
    let mut request = Request::post(path, body).key(program.key(key)).header("goodword-fail-after", &after.to_string());
    if let Some(once) = once {
        request = request.header("idempotency-key", once);
    }
    program.house.call(&request)
}

#[test]
fn an_error_after_any_statement_of_a_command_leaves_the_state_before_it() {
    let _alone = alone();
    let house = house();
    let mut failures = 0;
    for idempotent in [false, true] {
        let program = program(&house);
        for (name, key, path, body) in commands(&program) {
            let once = idempotent.then_some(name);
            let before = Book::live(&program).dump();
            let mut after = 0;
            let answer = loop {
                let answer = post(&program, key, path, &body, after, once);
                if answer.status < 500 {
                    break answer;
                }
                assert_eq!(answer.problem(500), "internal", "{name} after {after}");
                assert!(answer.header("retry-after").is_some());
                assert_eq!(Book::live(&program).dump(), before, "{name} failed after {after} statements and left something");
                assert_eq!(program.server().get("/v1/program").status, 200, "the next call is served");
                after += 1;
                assert!(after < MANY, "{name} never succeeds");
            };
            answer.expect(201);
            assert!(after >= 2, "{name} writes more than one statement");
            let book = Book::live(&program);
            book.check();
            assert_ne!(book.dump(), before, "{name} wrote something in the end");
            failures += after;
        }
        let changed = change_of_terms(&program);
        failures += changed;
    }
    println!("failpoints: {failures} errors in 13 commands, with and without Idempotency-Key");
}

/// `PATCH /v1/program` and `DELETE /v1/keys/{id}` write as well.
fn change_of_terms(program: &Program) -> i32 {
    let mut terms = program.opened["terms"].clone();
    terms["hold_days"] = 14.into();
    let keys = program.server().get("/v1/keys").expect(200);
    let old = keys["data"].as_array().into_iter().flatten().find(|key| key["kind"] == "publishable").expect("a publishable key");
    let path = format!("/v1/keys/{}", old["id"].as_str().unwrap_or_default());
    let change = json!({"terms": terms, "name": "Fern & Field & Friends"});
    let mut failures = 0;
    for (method, path, body) in [("PATCH", "/v1/program", Some(&change)), ("DELETE", path.as_str(), None)] {
        let before = Book::live(program).dump();
        let mut after = 0;
        loop {
            let mut request = Request::new(method, path).key(program.key("secret_live"));
            if let Some(body) = body {
                request = request.header("content-type", "application/json").body(body.to_string());
            }
            let answer = program.house.call(&request.header("goodword-fail-after", &after.to_string()));
            if answer.status == 200 {
                break;
            }
            assert_eq!(answer.problem(500), "internal");
            assert_eq!(Book::live(program).dump(), before, "{method} {path} after {after}");
            after += 1;
            assert!(after < MANY);
        }
        assert!(after >= 2, "{method} {path} writes more than one statement");
        failures += after;
    }
    failures
}

#[test]
fn without_the_transaction_the_same_errors_leave_the_ledger_in_between() {
    let _alone = alone();
    let house = house();
    let names: Vec<&str> = commands(&program(&house)).iter().map(|(name, ..)| *name).collect();
    let mut broken = 0;
    for (at, name) in names.into_iter().enumerate() {
        let program = program(&house);
        let (_, key, path, body) = commands(&program).swap_remove(at);
        let before = Book::live(&program).dump();
        assert_eq!(post(&program, key, path, &body, -1, None).status, 500, "{name}");
        let book = Book::live(&program);
        assert_ne!(book.dump(), before, "{name}: the first statement stayed, as it must without a transaction");
        broken += usize::from(!book.broken().is_empty());
    }
    assert!(broken > 0, "and the invariants notice");
    println!("failpoints: without the transaction every command stops in between; the invariants notice {broken} of them");
}

#[test]
fn the_header_that_makes_commands_fail_does_nothing_in_the_release() {
    let _alone = alone();
    let house = House::start(|options| options);
    let program = Program::open(&house);
    for after in ["0", "1", "-1"] {
        let body = json!({"external_id": fresh_slug()});
        let request = Request::post("/v1/referrers", &body).key(program.key("secret_live"));
        house.call(&request.header("goodword-fail-after", after)).expect(201);
    }
}
