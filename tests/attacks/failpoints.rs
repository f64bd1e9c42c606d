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
use tests::token::{identity, secret};
use xtask::workerd::EdgeOptions;

/// More statements than any command has.
const MANY: i32 = 40;

fn house() -> Arc<House> {
    let flavour = xtask::build::Flavour::Failpoints;
    // `cargo xtask test` has just built it; whoever runs this alone for the first time waits here.
    if !flavour.output().join("index.js").is_file() {
        xtask::build::edge(flavour).expect("the tests' build of the edge");
    }
    House::start(EdgeOptions::failpoints)
}

/// The secret of somebody who joined in a widget.
fn proof() -> String {
    format!("gws_{}A", "F".repeat(42))
}

/// A program with something in its ledger for every command to meet.
fn program(house: &Arc<House>) -> Program {
    let program = Program::open(house);
    program.referrer("ada");
    let server = program.server();
    let refund = |id: &str, amount: i64| json!({"refund_id": id, "order_id": "awaited", "amount": amount});
    let doubted =
        |customer: &str| json!({"customer_id": customer, "code": "eve", "email": "Eve@mail.example"});
    let disputed = json!({"about": "sal_1", "message": "Where is it?"});
    for (path, body) in [
        ("leads", json!({"customer_id": "known", "code": "ada", "email": "k@mail.example"})),
        ("sales", sale("paid", "known", 9_000)),
        ("refunds", refund("early-1", 500)),
        ("refunds", refund("early-2", 8_500)),
        ("referrers", json!({"external_id": "eve", "code": "eve", "email": "eve@mail.example"})),
        ("leads", doubted("doubted-1")),
        ("leads", doubted("doubted-2")),
        ("leads", doubted("doubted-3")),
        ("leads", doubted("doubted-4")),
        ("referrers", json!({"external_id": "sam", "code": "sam"})),
    ] {
        server.post(&format!("/v1/{path}"), &body).expect(201);
    }
    // Somebody who gains nothing for now, though a friend came.
    server.post(&suspension(&program), &json!({"decision": "suspend"})).expect(201);
    server.post("/v1/leads", &json!({"customer_id": "sams", "code": "sam"})).expect(201);
    // Anonymous referrers who sign in below, and somebody they are joined to.
    for byte in [201, 202] {
        program.page().post("/v1/widget/join", &json!({"proof": secret(byte).0})).expect(201);
    }
    let known = Request::post("/v1/widget/join", &json!({}));
    program.page().send(known.header("goodword-identity", &identity(&program, "known"))).expect(201);
    program.page().post("/v1/widget/join", &json!({"proof": proof()})).expect(201);
    program
        .page()
        .send(Request::post("/v1/disputes", &disputed).header("goodword-proof", &proof()))
        .expect(201);
    program
}

/// Where the referrer with the code `sam` is suspended and reinstated.
fn suspension(program: &Program) -> String {
    let listed = program.server().get("/v1/referrers").expect(200);
    let sam = listed["data"].as_array().into_iter().flatten().find(|referrer| referrer["code"] == "sam");
    format!("/v1/referrers/{}/suspension", sam.and_then(|sam| sam["id"].as_str()).unwrap_or_default())
}

fn sale(order: &str, customer: &str, amount: i64) -> Value {
    json!({"order_id": order, "customer_id": customer, "amount": amount, "currency": "EUR"})
}

/// A call that writes.
struct Command {
    name: &'static str,
    key: &'static str,
    method: &'static str,
    path: String,
    body: Value,
    /// Who is signed in.
    sub: Option<&'static str>,
}

/// Every call that writes and takes an `Idempotency-Key`.
fn commands(program: &Program) -> Vec<Command> {
    let with_click = |mut body: Value| {
        body["click_id"] = forge::click(program, "ada", 60).into();
        body
    };
    let first = |list: &str, at: usize| {
        let listed = program.server().get(&format!("/v1/{list}")).expect(200);
        let id = listed["data"][at]["id"].as_str().unwrap_or_default().to_owned();
        format!("/v1/{list}/{id}/decision")
    };
    let flags: Vec<Value> =
        [2, 3].map(|at| first("flags", at).split('/').nth(3).unwrap_or_default().into()).into();
    let seen = json!({"customer_id": "seen", "code": "ada", "email": "x@mailinator.com", "client_ip": "203.0.113.7",
        "user_agent": "Firefox", "landing_url": "?gclid=1", "referring_host": "coupons.com"});
    let call = |name, key, path: &str, body| Command {
        name,
        key,
        method: "POST",
        path: path.to_owned(),
        body,
        sub: None,
    };
    let server = |name, path: &str, body| call(name, "secret_live", path, body);
    let page = |name, path: &str, body| call(name, "publishable_live", path, body);
    let signed_in = |name, sub, body| Command { sub: Some(sub), ..page(name, "/v1/widget/join", body) };
    let with_secret =
        |byte: u8| json!({"proof": secret(byte).0, "name": "J", "show_name": true, "terms_version": 1});
    let refund =
        |id: &str, order: &str, amount: i64| json!({"refund_id": id, "order_id": order, "amount": amount});
    let person =
        |field: &str, name: &str| json!({field: name, "email": format!("{name}@mail.example"), "name": name});
    vec![
        server("a referrer", "/v1/referrers", person("external_id", "e")),
        server("a lead", "/v1/leads", with_click(person("customer_id", "new"))),
        server("a sale of a new customer", "/v1/sales", with_click(sale("first", "newer", 7_777))),
        server("a sale of a known customer", "/v1/sales", sale("second", "known", 4_200)),
        server("a sale that refunds wait for", "/v1/sales", sale("awaited", "known", 9_000)),
        server("an uncredited sale", "/v1/sales", sale("alone", "stranger", 100)),
        server("a doubted sale", "/v1/sales", sale("third", "doubted-1", 5_000)),
        server("a refund in part", "/v1/refunds", refund("r-1", "paid", 1_234)),
        server("a refund of the rest", "/v1/refunds", refund("r-2", "paid", 7_766)),
        server("a refund that waits", "/v1/refunds", refund("r-3", "later", 5)),
        server("a flag's release", &first("flags", 0), json!({"decision": "release", "note": "a family"})),
        server("a flag's confirmation", &first("flags", 1), json!({"decision": "confirm"})),
        server("a dispute's decision", &first("disputes", 0), json!({"decision": "upheld", "note": "True."})),
        page("joining", "/v1/widget/join", json!({"proof": format!("gws_{}", "A".repeat(43)), "name": "J"})),
        signed_in("joining as somebody new", "new", with_secret(200)),
        signed_in("signing in as an anonymous referrer", "newer", with_secret(201)),
        signed_in("joining an anonymous referrer to an account", "known", with_secret(202)),
        signed_in("adding a link to an account", "known", with_secret(203)),
        signed_in("joining without a link", "newest", json!({"terms_version": 1})),
        Command {
            method: "PATCH",
            sub: Some("known"),
            ..page("a change of what is said", "/v1/widget/me", json!({"name": "K", "show_name": false}))
        },
        page(
            "a claim",
            "/v1/claims",
            with_click(json!({"customer_id": "claimed", "email": "c@mail.example"})),
        ),
        page("a dispute", "/v1/disputes", json!({"about": "sal_2", "message": "And this?"})),
        server("a key's rotation", "/v1/keys", json!({"kind": "publishable"})),
        server("an identity key's rotation", "/v1/keys", json!({"kind": "identity"})),
        server(
            "a note at a flag",
            &first("flags", 0).replace("decision", "notes"),
            json!({"note": "Siblings?"}),
        ),
        // The second and the third fraud of one referrer, who is suspended for it.
        server(
            "many flags' confirmation",
            "/v1/flags/decisions",
            json!({"ids": flags, "decision": "confirm"}),
        ),
        server("a reinstatement", &suspension(program), json!({"decision": "reinstate", "note": "we spoke"})),
        server("a lead that much speaks against", "/v1/leads", seen),
        Command {
            method: "PATCH",
            ..server(
                "a change of what is doubted",
                "/v1/fraud",
                json!({"off": [], "velocity": {"in_24_hours": 1}}),
            )
        },
        server(
            "a lead that flags those before it",
            "/v1/leads",
            json!({"customer_id": "burst", "code": "ada"}),
        ),
    ]
}

fn post(program: &Program, command: &Command, after: i32, once: Option<&str>) -> Answer {
    let mut request = Request::post(&command.path, &command.body)
        .key(program.key(command.key))
        .header("goodword-fail-after", &after.to_string());
    command.method.clone_into(&mut request.method);
    request = match command.sub {
        Some(sub) => request.header("goodword-identity", &identity(program, sub)),
        None => request.header("goodword-proof", &proof()),
    };
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
        for command in commands(&program) {
            let name = command.name;
            let once = idempotent.then_some(name);
            let before = Book::live(&program).dump();
            let mut after = 0;
            let answer = loop {
                let answer = post(&program, &command, after, once);
                if answer.status < 500 {
                    break answer;
                }
                assert_eq!(answer.problem(500), "internal", "{name} after {after}");
                assert!(answer.header("retry-after").is_some());
                assert_eq!(
                    Book::live(&program).dump(),
                    before,
                    "{name} failed after {after} statements and left something"
                );
                assert_eq!(program.server().get("/v1/program").status, 200, "the next call is served");
                after += 1;
                assert!(after < MANY, "{name} never succeeds");
            };
            assert!(matches!(answer.status, 200 | 201), "{name}: {}", answer.text());
            assert!(after >= 2, "{name} writes more than one statement");
            let book = Book::live(&program);
            book.check();
            assert_ne!(book.dump(), before, "{name} wrote something in the end");
            failures += after;
        }
        let changed = change_of_terms(&program);
        failures += changed;
    }
    println!("failpoints: {failures} errors in 32 commands, with and without Idempotency-Key");
}

/// `PATCH /v1/program` and `DELETE /v1/keys/{id}` write as well.
fn change_of_terms(program: &Program) -> i32 {
    let mut terms = program.opened["terms"].clone();
    terms["hold_days"] = 14.into();
    let keys = program.server().get("/v1/keys").expect(200);
    let old = keys["data"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|key| key["kind"] == "publishable")
        .expect("a publishable key");
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
    let names: Vec<&str> = commands(&program(&house)).iter().map(|command| command.name).collect();
    let mut broken = 0;
    for (at, name) in names.into_iter().enumerate() {
        let program = program(&house);
        let command = commands(&program).swap_remove(at);
        let before = Book::live(&program).dump();
        assert_eq!(post(&program, &command, -1, None).status, 500, "{name}");
        let book = Book::live(&program);
        assert_ne!(
            book.dump(),
            before,
            "{name}: the first statement stayed, as it must without a transaction"
        );
        broken += usize::from(!book.broken().is_empty());
    }
    assert!(broken > 0, "and the invariants notice");
    println!(
        "failpoints: without the transaction every command stops in between; the invariants notice {broken} of them"
    );
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
