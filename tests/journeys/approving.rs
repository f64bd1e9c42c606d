//! Who lets rewards pass: nobody, a person, or a person above a limit; one at a time and many.

use serde_json::{Value, json};
use std::sync::Arc;
use tests::book::Book;
use tests::house::House;
use tests::program::Program;

fn program(house: &Arc<House>, approval: &Value, hold_days: i64) -> Program {
    let terms = json!({"approval": approval, "hold_days": hold_days, "rewards": [
        {"id": "share", "on": "sale", "to": "referrer", "pay": {"share_bps": 1000}},
    ]});
    let program = Program::open_with(house, &json!({ "terms": terms }));
    program.referrer("ada");
    program
}

fn sell(program: &Program, order: &str, amount: i64) -> Value {
    let body =
        json!({"order_id": order, "customer_id": order, "amount": amount, "currency": "EUR", "code": "ada"});
    program.server().post("/v1/sales", &body).expect(201)["rewards"][0].clone()
}

fn decide(program: &Program, reward: &Value, decision: &str) -> tests::http::Answer {
    let path = format!("/v1/rewards/{}/decision", reward["id"].as_str().expect("an id"));
    program.server().post(&path, &json!({"decision": decision, "note": "looked at it"}))
}

/// State and whether it waits for a person, newest first.
fn listed(program: &Program) -> Vec<(String, bool)> {
    let listed = program.server().get("/v1/rewards").expect(200);
    let data = listed["data"].as_array().cloned().unwrap_or_default();
    let facts = |reward: &Value| {
        (reward["state"].as_str().unwrap_or_default().to_owned(), reward["needs_approval"] == true)
    };
    data.iter().map(facts).collect()
}

#[test]
fn a_reward_above_the_limit_waits_for_a_person() {
    let house = House::shared();
    let program = program(&house, &json!({"automatic_up_to": 100}), 0);
    let large = sell(&program, "large", 1_010);
    let small = sell(&program, "small", 1_000);
    assert_eq!((&small["needs_approval"], &large["needs_approval"]), (&json!(false), &json!(true)));
    assert_eq!(
        listed(&program),
        [("approved".to_owned(), false), ("pending".to_owned(), true)],
        "due at once, let pass apart"
    );
    assert_eq!(decide(&program, &large, "approve").expect(201)["state"], "approved");
    assert_eq!(decide(&program, &large, "approve").expect(200)["state"], "approved");
    assert_eq!(decide(&program, &small, "approve").expect(200)["state"], "approved");
    assert_eq!(listed(&program), [("approved".to_owned(), false), ("approved".to_owned(), false)]);
    Book::live(&program).check();
}

#[test]
fn approved_before_its_hold_ends_a_reward_waits_for_the_end_alone() {
    let house = House::shared();
    let program = program(&house, &json!("manual"), 1);
    let reward = sell(&program, "o", 1_000);
    let decided = decide(&program, &reward, "approve").expect(201);
    assert_eq!((&decided["state"], &decided["needs_approval"]), (&json!("pending"), &json!(false)));
    assert_eq!(listed(&program), [("pending".to_owned(), false)]);
}

#[test]
fn a_voided_reward_is_taken_back_with_its_reason_and_stays_so() {
    let house = House::shared();
    let program = program(&house, &json!("automatic"), 0);
    let reward = sell(&program, "o", 1_000);
    let path = format!("/v1/rewards/{}/decision", reward["id"].as_str().expect("an id"));
    assert_eq!(program.server().post(&path, &json!({"decision": "void"})).problem(422), "validation_failed");
    let voided = decide(&program, &reward, "void").expect(201);
    assert_eq!(
        (&voided["state"], &voided["reason"], &voided["reversed_amount"]),
        (&json!("voided"), &json!("voided_by_merchant"), &json!(100))
    );
    assert_eq!(decide(&program, &reward, "void").expect(200)["reversed_amount"], 100);
    assert_eq!(decide(&program, &reward, "approve").problem(409), "reward_voided");
    assert_eq!(decide(&program, &reward, "fulfil").problem(409), "reward_not_a_perk");
    let unknown = json!({"id": "rwd_0000000000000000"});
    assert_eq!(decide(&program, &unknown, "approve").problem(404), "not_found");
    let book = Book::live(&program);
    book.check();
    assert_eq!(book.number("SELECT sum(amount) FROM entry WHERE account <> 'program'"), 0);
}

#[test]
fn many_are_decided_all_or_none() {
    let house = House::shared();
    let program = program(&house, &json!("manual"), 0);
    let rewards: Vec<Value> = (0..5).map(|at| sell(&program, &format!("o{at}"), 1_000)).collect();
    let ids: Vec<&Value> = rewards.iter().map(|reward| &reward["id"]).collect();
    let server = program.server();
    let many =
        |ids: &Value| server.post("/v1/rewards/decisions", &json!({"ids": ids, "decision": "approve"}));
    let unknown = many(&json!([ids[0], "rwd_0000000000000000"]));
    assert_eq!(unknown.json()["errors"][0]["field"], "ids[1]");
    assert_eq!(many(&json!([ids[0], ids[0]])).json()["errors"][0]["field"], "ids[1]");
    assert_eq!(many(&json!([])).problem(422), "validation_failed");
    decide(&program, &rewards[4], "void").expect(201);
    assert_eq!(many(&json!(ids)).problem(409), "reward_voided");
    assert_eq!(listed(&program).iter().filter(|(state, _)| state == "approved").count(), 0, "none was");
    let done = many(&json!(ids[..4])).expect(201);
    assert_eq!((&done["changed"], done["data"].as_array().map(Vec::len)), (&json!(4), Some(4)), "{done}");
    assert_eq!(many(&json!(ids[..4])).expect(200)["changed"], 0);
    let book = Book::live(&program);
    book.check();
    assert_eq!(
        book.number("SELECT count(*) FROM audit WHERE action = 'reward.approved'"),
        4,
        "each by itself in the audit log"
    );
}
