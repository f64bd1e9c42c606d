//! An error between any two statements of a command leaves the state before it. And the test would notice if it did
//! not: without the transaction the very same errors leave the ledger in between.

use crate::alone;
use crate::commands::{Command, call, commands, program, proof, sale};
use serde_json::json;
use std::sync::Arc;
use tests::book::Book;
use tests::house::House;
use tests::http::{Answer, Request};
use tests::program::{Program, fresh_slug};
use tests::token::identity;
use xtask::workerd::EdgeOptions;

/// More statements than any command has; an erasure has the most.
pub(crate) const MANY: i32 = 80;

pub(crate) fn house() -> Arc<House> {
    let flavour = xtask::build::Flavour::Failpoints;
    // `cargo xtask test` has just built it; whoever runs this alone for the first time waits here.
    if !flavour.output().join("index.js").is_file() {
        xtask::build::edge(flavour).expect("the tests' build of the edge");
    }
    House::start(EdgeOptions::failpoints)
}

fn post(program: &Program, command: &Command, after: i32, once: Option<&str>) -> Answer {
    let request = match command.method {
        "DELETE" => Request::new("DELETE", &command.path),
        _ => Request::post(&command.path, &command.body),
    };
    let mut request = request.key(program.key(command.key)).header("goodword-fail-after", &after.to_string());
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
    let (mut failures, mut count) = (0, 0);
    for idempotent in [false, true] {
        let program = program(&house);
        let commands = commands(&program);
        // With the change of the program, the end of a key, the test clock and the two steps of a file taken in.
        count = commands.len() + 5;
        for command in commands {
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
        failures += change_of_terms(&program);
        failures += step_of_the_clock(&program, idempotent);
        failures += file_taken_in(&program);
    }
    println!("failpoints: {failures} errors in {count} commands, with and without Idempotency-Key");
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

/// `POST /v1/test/clock` writes to the test twin.
fn step_of_the_clock(program: &Program, idempotent: bool) -> i32 {
    let book = || Book::of(program, "secret_test");
    let step = call("the test clock", "secret_test", "/v1/test/clock", json!({"advance_days": 40}));
    let sold = sale("held", "somebody", 1_000);
    program.test_server().post("/v1/referrers", &json!({"external_id": "t", "code": "ada"})).expect(201);
    program
        .test_server()
        .post("/v1/sales", &{
            let mut sold = sold;
            sold["code"] = "ada".into();
            sold
        })
        .expect(201);
    let before = book().dump();
    let mut after = 0;
    loop {
        let answer = post(program, &step, after, idempotent.then_some("clock"));
        if answer.status == 200 {
            break;
        }
        assert_eq!(answer.problem(500), "internal");
        assert_eq!(book().dump(), before, "the test clock failed after {after} statements");
        after += 1;
        assert!(after < MANY);
    }
    assert!(after >= 2, "the step and its audit row");
    let rewards = program.test_server().get("/v1/rewards").expect(200);
    let states = [&rewards["data"][0]["state"], &rewards["data"][1]["state"]];
    assert_eq!(states, ["pending", "approved"], "one waits for a person: {rewards}");
    book().check();
    after
}

/// `POST /v1/import` stages what it reads, and stores it after the last line.
fn file_taken_in(program: &Program) -> i32 {
    let file = program.server().get("/v1/export").text();
    let lines: Vec<&str> = file.split_inclusive('\n').collect();
    let empty = Program::open(&program.house);
    let take = |part: &[&str], query: &str, after: Option<i32>| {
        let mut request = Request::new("POST", &format!("/v1/import{query}")).key(empty.key("secret_live"));
        if let Some(after) = after {
            request = request.header("goodword-fail-after", &after.to_string());
        }
        program.house.call(&request.header("content-type", "application/x-ndjson").body(part.concat()))
    };
    let before = Book::live(&empty).dump();
    let mut failures = 0;
    // All but the last line is staged, then all is stored.
    for (part, query) in [(&lines[..lines.len() - 1], "?more=true"), (&lines[..], "")] {
        let mut after = 0;
        let answer = loop {
            let answer = take(part, query, Some(after));
            if answer.status < 500 {
                break answer;
            }
            assert_eq!(answer.problem(500), "internal");
            assert_eq!(
                Book::live(&empty).dump(),
                before,
                "a file taken in failed after {after} steps and left something"
            );
            assert_eq!(empty.server().get("/v1/program").status, 200, "the next call is served");
            after += 1;
            assert!(after < 2 * MANY, "a file is never taken in");
        };
        assert!(matches!(answer.status, 201 | 202), "{}", answer.text());
        assert!(after >= 2, "more than one step");
        failures += after;
        if answer.status == 202 {
            // Something else comes instead of the rest: all is forgotten.
            assert_eq!(take(&lines[2..3], "", None).problem(422), "import_refused");
            assert_eq!(Book::live(&empty).dump(), before);
        }
    }
    Book::live(&empty).check();
    let root = |program: &Program| program.server().get("/v1/ledger/verify").expect(200)["root"].clone();
    assert_eq!(root(&empty), root(program));
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
