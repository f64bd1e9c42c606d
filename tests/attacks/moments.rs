//! Exports while a ledger is written: each shows one moment. And without what keeps rows as they were, they would not.

use crate::alone;
use rusqlite::Connection;
use serde_json::{Value, json};
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use tests::book::Book;
use tests::house::House;
use tests::http::Request;
use tests::program::Program;
use xtask::workerd::EdgeOptions;

const EXPORTS: usize = 6;

fn house() -> Arc<House> {
    let flavour = xtask::build::Flavour::Failpoints;
    if !flavour.output().join("index.js").is_file() {
        xtask::build::edge(flavour).expect("the tests' build of the edge");
    }
    House::start(EdgeOptions::failpoints)
}

fn program(house: &Arc<House>) -> Program {
    let program = Program::open_with(
        house,
        &json!({"terms": {"hold_days": 0, "rewards": [
            {"id": "share", "on": "sale", "to": "referrer", "pay": {"share_bps": 1000}},
            {"id": "code", "on": "sale", "to": "friend", "pay": {"coupon": "few"}},
        ]}}),
    );
    program.referrer("ada");
    let codes: Vec<String> = (0..500).map(|at| format!("FEW-{at}")).collect();
    program.server().post("/v1/coupons", &json!({"pool": "few", "codes": codes})).expect(201);
    (0..60).for_each(|at| sell(&program, &format!("before-{at}")));
    program
}

fn sell(program: &Program, order: &str) {
    let body =
        json!({"order_id": order, "customer_id": order, "amount": 1_000, "currency": "EUR", "code": "ada"});
    program.server().post("/v1/sales", &body).expect(201);
}

/// Sales, refunds, batches and what the bank says, until it is told to stop.
fn write(program: &Program, stop: &AtomicBool, round: u32) {
    for at in 0_u32.. {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let order = format!("meanwhile-{round}-{at}");
        sell(program, &order);
        let refund = json!({"refund_id": order, "order_id": order, "amount": 300});
        program.server().post("/v1/refunds", &refund).expect(201);
        let batch = program.server().post("/v1/payouts", &json!({})).expect(201);
        let path = format!("/v1/payouts/{}/decision", batch["id"].as_str().unwrap_or_default());
        let decision = if at % 2 == 0 { "paid" } else { "failed" };
        program.server().post(&path, &json!({ "decision": decision })).expect(201);
    }
}

/// Takes files while the ledger is written; gives which of them do not go into an empty program, or break a rule there.
fn broken(house: &Arc<House>, program: &Program, round: u32) -> Vec<Value> {
    let stop = AtomicBool::new(false);
    let files: Vec<Vec<u8>> = thread::scope(|scope| {
        scope.spawn(|| write(program, &stop, round));
        let files = (0..EXPORTS / 2).flat_map(|_| {
            // Two at a time: each has a moment of its own.
            let two = [(); 2].map(|()| scope.spawn(|| program.server().get("/v1/export").body));
            two.map(|reader| reader.join().expect("a file"))
        });
        let files = files.collect();
        stop.store(true, Ordering::Relaxed);
        files
    });
    let mut broken = Vec::new();
    for file in files {
        let other = Program::open(house);
        let request = Request::new("POST", "/v1/import").header("content-type", "application/x-ndjson");
        let answer = other.server().send(request.body(file));
        if answer.status != 201 {
            broken.push(answer.json());
            continue;
        }
        let rules = Book::live(&other).broken();
        if !rules.is_empty() {
            broken.push(json!(rules.into_iter().map(|(rule, _)| rule).collect::<Vec<_>>()));
        }
    }
    broken
}

#[test]
fn an_export_shows_one_moment_whatever_is_written_meanwhile() {
    let _alone = alone();
    let house = house();
    let program = program(&house);
    let broken = broken(&house, &program, 0);
    assert!(broken.is_empty(), "{broken:#?}");
    let book = Book::live(&program);
    book.check();
    assert_eq!(
        book.number("SELECT (SELECT count(*) FROM reading) + (SELECT count(*) FROM was)"),
        0,
        "nothing is kept"
    );
}

#[test]
fn without_what_keeps_rows_as_they_were_a_file_shows_several_moments() {
    let _alone = alone();
    let house = house();
    let program = program(&house);
    house.crash();
    let kinds = fs::read_dir(house.storage()).into_iter().flatten().flatten();
    for file in kinds.flat_map(|kind| fs::read_dir(kind.path()).into_iter().flatten().flatten()) {
        if file.path().extension().is_none_or(|ending| ending != "sqlite") {
            continue;
        }
        let database = Connection::open(file.path()).expect("a database of the edge");
        let names = "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND (name LIKE '%_was' OR name LIKE '%_was_not')";
        let mut statement = database.prepare(names).expect("a query of the tests");
        let names: Vec<String> =
            statement.query_map([], |row| row.get(0)).expect("triggers").flatten().collect();
        for name in names {
            database.execute_batch(&format!("DROP TRIGGER {name}")).expect("it was there");
        }
    }
    house.restart();
    // Whether a write falls between two pages of a file is chance; with every try the files are longer.
    let mut broken = Vec::new();
    for round in 0..20 {
        broken = self::broken(&house, &program, round);
        if !broken.is_empty() {
            break;
        }
    }
    assert!(!broken.is_empty(), "nobody would notice");
    println!("exports: without what keeps rows as they were, {} of {EXPORTS} files are broken", broken.len());
}
