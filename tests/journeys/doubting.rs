//! Flags and disputes: a rule holds, a person decides; a referrer asks, the merchant answers.

use serde_json::{Value, json};
use std::sync::Arc;
use tests::book::Book;
use tests::house::House;
use tests::http::Request;
use tests::program::Program;

/// A sale whose friend has the referrer's own address; gives sale and flag.
fn doubted(house: &Arc<House>) -> (Program, Value, Value) {
    let program = Program::open(house);
    let server = program.server();
    server
        .post("/v1/referrers", &json!({"external_id": "e", "code": "ada", "email": "Ada.Byron@gmail.com"}))
        .expect(201);
    server
        .post("/v1/leads", &json!({"customer_id": "c", "email": "adabyron+shop@googlemail.com"}))
        .expect(201);
    let other =
        json!({"customer_id": "d", "code": "ada", "email": "adabyron+shop@googlemail.com", "event": "trial"});
    let lead = server.post("/v1/leads", &other).expect(201);
    assert_eq!(
        (&lead["rewards"][0]["state"], &lead["rewards"][0]["reason"]),
        (&json!("held"), &json!("flagged")),
        "{lead}"
    );
    let flags = server.get("/v1/flags").expect(200);
    assert_eq!(flags["data"].as_array().map(Vec::len), Some(1), "an uncredited lead is not doubted: {flags}");
    (program, lead, flags["data"][0].clone())
}

fn decide(program: &Program, flag: &Value, decision: &str) -> tests::http::Answer {
    let path = format!("/v1/flags/{}/decision", flag["id"].as_str().expect("an id"));
    program.server().post(&path, &json!({"decision": decision, "note": "looked at it"}))
}

#[test]
fn the_same_mailbox_on_both_sides_holds_the_rewards_until_a_person_releases_them() {
    let house = House::shared();
    let (program, lead, flag) = doubted(&house);
    assert_eq!(flag["rule"], "same_email");
    let first = decide(&program, &flag, "release").expect(201);
    assert_eq!(first["status"], "released");
    assert_eq!(
        decide(&program, &flag, "release").expect(200)["status"],
        "released",
        "the same decision again changes nothing"
    );
    assert_eq!(decide(&program, &flag, "confirm").problem(409), "flag_decided");
    let lead =
        program.server().get(&format!("/v1/leads/{}", lead["id"].as_str().expect("an id"))).expect(200);
    assert_eq!(lead["rewards"][0]["state"], "pending", "{lead}");
    Book::live(&program).check();
}

#[test]
fn a_confirmed_flag_takes_the_rewards_back_and_keeps_them_in_the_book() {
    let house = House::shared();
    let (program, lead, flag) = doubted(&house);
    decide(&program, &flag, "confirm").expect(201);
    assert_eq!(decide(&program, &flag, "release").problem(409), "flag_decided");
    let lead =
        program.server().get(&format!("/v1/leads/{}", lead["id"].as_str().expect("an id"))).expect(200);
    let reward = &lead["rewards"][0];
    assert_eq!(
        (&reward["state"], &reward["reversed_amount"]),
        (&json!("voided"), &reward["amount"]),
        "{lead}"
    );
    let book = Book::live(&program);
    book.check();
    assert_eq!(book.number("SELECT count(*) FROM entry"), 4, "granted and taken back, two lines each");
}

#[test]
fn a_referrer_disputes_with_their_proof_and_the_merchant_answers_once() {
    let house = House::shared();
    let program = Program::open(&house);
    let proof = format!("gws_{}A", "E".repeat(42));
    let open = |proof: &str, about: &str| {
        let request =
            Request::post("/v1/disputes", &json!({"about": about, "message": "I sent this friend."}));
        program.page().send(if proof.is_empty() { request } else { request.header("goodword-proof", proof) })
    };
    assert_eq!(open("", "sal_1").problem(401), "proof_missing");
    assert_eq!(
        open(&proof, "sal_1").problem(401),
        "proof_missing",
        "a secret nobody joined with proves nothing"
    );
    program.page().post("/v1/widget/join", &json!({"proof": proof})).expect(201);
    let dispute = open(&proof, "sal_1").expect(201);
    assert_eq!(dispute["status"], "open");
    assert_eq!(open(&proof, "sal_1").expect(200), dispute);
    open(&proof, "the order of my friend").expect(201);
    let path = format!("/v1/disputes/{}/decision", dispute["id"].as_str().expect("an id"));
    let server = program.server();
    assert_eq!(
        server.post(&path, &json!({"decision": "upheld"})).problem(422),
        "validation_failed",
        "an answer needs its reason"
    );
    assert_eq!(
        server.post(&path, &json!({"decision": "upheld", "note": "You did."})).expect(201)["status"],
        "upheld"
    );
    assert_eq!(
        server.post(&path, &json!({"decision": "upheld", "note": "You did."})).expect(200)["note"],
        "You did."
    );
    assert_eq!(
        server.post(&path, &json!({"decision": "rejected", "note": "No."})).problem(409),
        "dispute_decided"
    );
    let listed = server.get("/v1/disputes").expect(200);
    let statuses: Vec<&Value> =
        listed["data"].as_array().into_iter().flatten().map(|dispute| &dispute["status"]).collect();
    assert_eq!(statuses, [&json!("open"), &json!("upheld")]);
}
