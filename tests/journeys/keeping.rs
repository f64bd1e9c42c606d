//! How long customers are known: the program erases them itself after the time a merchant set, those and nobody else, and
//! the money stays.

use crate::exporting::{export, import};
use serde_json::{Value, json};
use tests::book::Book;
use tests::chance::now_ms;
use tests::house::House;
use tests::program::{Caller, Program};

/// A program whose test ledger holds customers of every kind: quiet ones, and some that something is open of.
fn peopled(house: &std::sync::Arc<House>) -> Program {
    let terms = json!({"qualification": {"events": ["demo"]}, "rewards": [
        {"id": "share", "on": "sale", "to": "referrer", "pay": {"share_bps": 1000}},
        {"id": "gift", "on": "qualified_lead", "to": "friend", "pay": {"flat": 500}},
    ]});
    let program = Program::open_with(house, &json!({ "terms": terms }));
    let server = program.test_server();
    let ada = json!({"external_id": "a", "code": "ada", "email": "ada@kontor-nord.de", "name": "Ada Byron"});
    server.post("/v1/referrers", &ada).expect(201);
    for (customer, email, event, code) in [
        ("quiet", "quiet@quiet.example", "signup", Some("ada")),
        ("plain", "plain@plain.example", "signup", None),
        ("back", "back@back.example", "signup", Some("ada")),
        ("refunded", "refunded@refunded.example", "signup", Some("ada")),
        ("disputed", "disputed@disputed.example", "signup", Some("ada")),
        ("owed", "owed@owed.example", "demo", Some("ada")),
        ("doubted", "Ada+x@kontor-nord.de", "signup", Some("ada")),
    ] {
        let lead = json!({"customer_id": customer, "email": email, "event": event, "code": code, "metadata": {"note": email}});
        server.post("/v1/leads", &lead).expect(201);
        if customer != "plain" {
            sale(server, &format!("o-{customer}"), customer);
        }
    }
    program
}

fn sale(server: Caller<'_>, order: &str, customer: &str) {
    let sale = json!({"order_id": order, "customer_id": customer, "amount": 10_000, "currency": "EUR"});
    server.post("/v1/sales", &sale).expect(201);
}

pub(crate) fn advance(server: Caller<'_>, days: i64) {
    server.post("/v1/test/clock", &json!({ "advance_days": days })).expect(200);
}

pub(crate) fn keep(server: Caller<'_>, months: &Value) -> Value {
    server.patch("/v1/program", &json!({"retention": {"customers_months": months}})).expect(200)
}

/// Which customers are known by their address, in the order of their names.
pub(crate) fn known(program: &Program) -> Vec<String> {
    let book = Book::of(program, "secret_test");
    book.texts("SELECT f.customer_id FROM friend f JOIN person p ON p.id = f.id WHERE p.email IS NOT NULL ORDER BY 1", &[])
}

fn first(server: Caller<'_>, list: &str) -> Value {
    server.get(&format!("/v1/{list}")).expect(200)["data"][0].clone()
}

/// How many customers each row of the log says.
pub(crate) fn logged(server: Caller<'_>) -> Vec<Value> {
    let listed = server.get("/v1/audit?limit=100").expect(200);
    let rows = listed["data"].as_array().cloned().unwrap_or_default();
    let rows = rows.into_iter().filter(|row| row["action"] == "person.expired");
    rows.map(|row| {
        let by = (&row["actor"], &row["key_id"], &row["session_id"], &row["request_id"]);
        assert_eq!(by, (&json!("program"), &Value::Null, &Value::Null, &json!("")), "{row}");
        row["subject"].clone()
    })
    .collect()
}

#[test]
fn exactly_those_are_erased_of_whom_nothing_is_new_and_nothing_open() {
    let house = House::shared();
    let program = peopled(&house);
    let server = program.test_server();
    let flags = server.get("/v1/flags?status=open").expect(200)["data"].clone();
    assert!(flags.as_array().is_some_and(|flags| !flags.is_empty()), "one is doubted");
    advance(server, 100);
    sale(server, "o-again", "back");
    let refund = json!({"refund_id": "r", "order_id": "o-refunded", "amount": 10_000});
    server.post("/v1/refunds", &refund).expect(201);
    let ada = first(server, "referrers");
    let dispute = json!({"referrer_id": ada["id"], "about": "o-disputed", "message": "More than that."});
    let dispute = server.post("/v1/disputes", &dispute).expect(201)["id"].clone();

    // Nothing is set, and nobody goes. What is set concerns who is due, not who will be.
    let all = ["back", "disputed", "doubted", "owed", "plain", "quiet", "refunded"];
    assert_eq!(known(&program), all);
    assert_eq!(keep(server, &json!(6))["retention"], json!({"customers_months": 6}));
    advance(server, 70);
    assert_eq!((known(&program), logged(server)), (all.map(str::to_owned).to_vec(), Vec::new()));

    let before = server.get("/v1/ledger/verify").expect(200);
    let balances = first(server, "referrers")["balances"].clone();
    let days =
        || Book::of(&program, "secret_test").rows("SELECT * FROM day_total ORDER BY day, currency", &[]);
    let reported = days();
    advance(server, 20);
    assert_eq!(known(&program), ["back", "disputed", "doubted", "owed", "refunded"]);
    assert_eq!(logged(server), ["2"], "it says how many");
    for words in ["quiet@quiet.example", "plain@plain.example"] {
        let kept = format!("{:?}", Book::of(&program, "secret_test").dump());
        assert!(!kept.contains(words), "{words} stands in the ledger");
    }
    assert_eq!(server.get("/v1/ledger/verify").expect(200), before, "the chain is the same");
    let after = first(server, "referrers");
    assert_eq!((&after["balances"], &after["email"]), (&balances, &json!("ada@kontor-nord.de")));
    assert_eq!(days(), reported, "and so are the reports");
    Book::of(&program, "secret_test").check();

    // A second time finds nobody.
    let person = || Book::of(&program, "secret_test").rows("SELECT * FROM person ORDER BY id", &[]);
    let then = person();
    advance(server, 1);
    assert_eq!((person(), logged(server)), (then, vec![json!("2")]));

    // Once nothing is open any more, and a hold has ended, they follow.
    for flag in flags.as_array().into_iter().flatten() {
        let path = format!("/v1/flags/{}/decision", flag["id"].as_str().expect("an id"));
        server.post(&path, &json!({"decision": "release"})).expect(201);
    }
    let path = format!("/v1/disputes/{}/decision", dispute.as_str().expect("an id"));
    server.post(&path, &json!({"decision": "rejected", "note": "It was paid."})).expect(201);
    advance(server, 32);
    assert_eq!(
        known(&program),
        ["back", "disputed", "doubted", "owed", "refunded"],
        "what was decided is new"
    );
    advance(server, 70);
    assert_eq!(known(&program), ["disputed", "doubted", "owed"]);
    advance(server, 90);
    assert_eq!(known(&program), ["owed"]);
    // And once they were paid, and that is as long ago.
    server.post("/v1/payouts", &json!({})).expect(201);
    let path = format!("/v1/payouts/{}/decision", first(server, "payouts")["id"].as_str().expect("an id"));
    server.post(&path, &json!({"decision": "paid"})).expect(201);
    advance(server, 32);
    assert_eq!(known(&program), ["owed"]);
    advance(server, 160);
    assert_eq!(known(&program), [""; 0]);
    assert_eq!(logged(server), ["1", "2", "2", "2"]);
    // Whoever buys again is known again, and theirs is who brought them.
    let lead = json!({"customer_id": "quiet", "email": "quiet@quiet.example", "event": "again"});
    let again = server.post("/v1/leads", &lead).expect(201);
    assert_eq!(known(&program), ["quiet"], "{again}");
    Book::of(&program, "secret_test").check();

    // Nothing set, and the years go by.
    assert_eq!(keep(server, &Value::Null)["retention"], json!({"customers_months": null}));
    advance(server, 3_000);
    assert_eq!(known(&program), ["quiet"]);
}

#[test]
fn a_click_that_may_still_count_keeps_its_customer_and_the_live_ledger_has_its_own_clock() {
    let house = House::shared();
    let terms = json!({"window_days": 365, "rewards": []});
    let program = Program::open_with(&house, &json!({ "terms": terms }));
    let lead = json!({"customer_id": "c", "email": "c@mail.example"});
    for server in [program.server(), program.test_server()] {
        server.post("/v1/leads", &lead).expect(201);
        keep(server, &json!(6));
    }
    let server = program.test_server();
    advance(server, 300);
    assert_eq!(known(&program), ["c"]);
    // A former window counts as well: somebody was promised it.
    server.patch("/v1/program", &json!({"terms": {"window_days": 30, "rewards": []}})).expect(200);
    advance(server, 60);
    assert_eq!(known(&program), ["c"]);
    advance(server, 10);
    assert_eq!(known(&program), [""; 0]);
    assert_eq!(Book::live(&program).number("SELECT count(*) FROM person"), 1);
}

#[test]
fn what_cannot_be_set_is_refused_and_changes_nothing() {
    let house = House::shared();
    let program = Program::open(&house);
    let server = program.server();
    keep(server, &json!(12));
    let before = server.get("/v1/program").expect(200);
    for (value, field, code) in [
        (json!({"customers_months": 5}), "retention.customers_months", "out_of_range"),
        (json!({"customers_months": 121}), "retention.customers_months", "out_of_range"),
        (json!({"customers_months": "12"}), "retention.customers_months", "wrong_type"),
        (json!({"customers_months": 12.5}), "retention.customers_months", "wrong_type"),
        (json!({"referrers_months": 12}), "retention.referrers_months", "unknown_field"),
        (json!(12), "retention", "wrong_type"),
    ] {
        let answer = server.patch("/v1/program", &json!({ "retention": value }));
        assert_eq!(answer.problem(422), "validation_failed", "{value}");
        let error = answer.json()["errors"][0].clone();
        assert_eq!((&error["field"], &error["code"]), (&json!(field), &json!(code)), "{value}");
    }
    let stale = json!({"retention": {"customers_months": 24}, "version": 1});
    assert_eq!(server.patch("/v1/program", &stale).problem(409), "changed_meanwhile");
    assert_eq!(server.get("/v1/program").expect(200), before);
    // What is not named stays.
    server.patch("/v1/program", &json!({"name": "Moss"})).expect(200);
    assert_eq!(server.get("/v1/program").expect(200)["retention"], before["retention"]);
}

/// When the runtime will wake the object: it keeps that in nanoseconds.
fn alarm(program: &Program) -> i64 {
    let wanted = "SELECT coalesce(max(value), 0) FROM _cf_METADATA WHERE key = 1";
    Book::live(program).number(wanted).div_euclid(1_000_000)
}

fn in_an_hour(at: i64) -> bool {
    const MINUTE_MS: i64 = 60_000;
    (at - now_ms() - 60 * MINUTE_MS).abs() < 5 * MINUTE_MS
}

#[test]
fn a_program_that_is_opened_with_a_time_is_woken_for_it() {
    let house = House::shared();
    let program = Program::open_with(&house, &json!({"retention": {"customers_months": 24}}));
    let stored = program.server().get("/v1/program").expect(200)["retention"].clone();
    assert_eq!(stored, json!({"customers_months": 24}));
    assert!(in_an_hour(alarm(&program)), "{}", alarm(&program));
}

#[test]
fn the_object_is_woken_in_an_hour_and_the_setting_goes_along_with_the_ledger() {
    let house = House::shared();
    let program = Program::open(&house);
    let server = program.server();
    keep(server, &json!(24));
    assert!(in_an_hour(alarm(&program)), "{}", alarm(&program));
    // Whoever is seen somewhere puts it off no longer than that.
    server.post("/v1/referrers", &json!({"code": "ada", "client_ip": "203.0.113.7"})).expect(201);
    assert!(in_an_hour(alarm(&program)), "{}", alarm(&program));

    let file = export(&program, "");
    assert!(
        file.lines().next().is_some_and(|line| line.contains(r#""retention":{"customers_months":24}"#)),
        "{file}"
    );
    let other = Program::open(&house);
    import(&other, "", file.as_bytes()).expect(201);
    assert_eq!(other.server().get("/v1/program").expect(200)["retention"], json!({"customers_months": 24}));
    assert!(in_an_hour(alarm(&other)), "{}", alarm(&other));

    // A file in which nothing is set sets nothing, also where something was.
    keep(server, &Value::Null);
    let file = export(&program, "");
    let strict = Program::open(&house);
    keep(strict.server(), &json!(6));
    import(&strict, "", file.as_bytes()).expect(201);
    let stored = strict.server().get("/v1/program").expect(200)["retention"].clone();
    assert_eq!(stored, json!({"customers_months": null}));
}
