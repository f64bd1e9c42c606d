//! Flags and disputes: a rule holds, a person decides; a referrer asks, the merchant answers.

use serde_json::{Value, json};
use std::sync::Arc;
use tests::book::Book;
use tests::forge;
use tests::house::House;
use tests::http::Request;
use tests::program::Program;
use tests::token::{self, claims, identity, secret};

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

/// Whether a lead of somebody with this address, over this code, is doubted for it.
fn is_doubted(program: &Program, customer: &str, code: &Value, email: &str) -> bool {
    let click = forge::click(program, code.as_str().expect("a code"), 60);
    let lead = json!({"customer_id": customer, "event": "trial", "click_id": click, "email": email});
    let lead = program.server().post("/v1/leads", &lead).expect(201);
    assert_eq!(lead["attribution"]["status"], "attributed", "{lead}");
    lead["rewards"][0]["state"] == "held"
}

/// Sends a change of what somebody says of themselves, and gives the address that is shown to them then.
fn change(program: &Program, token: &str, body: &Value) -> Value {
    let mut request = Request::post("/v1/widget/me", body).header("goodword-identity", token);
    "PATCH".clone_into(&mut request.method);
    program.page().send(request).expect(200);
    let me = Request::get("/v1/widget/me").header("goodword-identity", token);
    program.page().send(me).expect(200)["referrer"]["email"].clone()
}

#[test]
fn nobody_leaves_the_address_behind_that_the_merchant_knows_them_by() {
    let house = House::shared();
    let program = Program::open(&house);
    let bare = identity(&program, "ada");
    let mut said = claims(&program, "ada");
    said["email"] = "ada@mail.example".into();
    let token = token::of(&program, &said);
    let join = Request::post("/v1/widget/join", &json!({})).header("goodword-identity", &token);
    let ada = program.page().send(join).expect(201);
    let elsewhere = json!({"email": "zz@elsewhere.example"});
    for token in [&token, &bare] {
        assert_eq!(change(&program, token, &elsewhere), "ada@mail.example");
    }
    let again = Request::post("/v1/widget/join", &elsewhere).header("goodword-identity", &bare);
    program.page().send(again).expect(200);
    assert!(is_doubted(&program, "c1", &ada["code"], "ada+1@mail.example"));
    assert!(!is_doubted(&program, "c2", &ada["code"], "ben@mail.example"));
    // Told by the merchant's server; and where nobody told any, one's own word is kept.
    let eve = json!({"external_id": "eve", "email": "eve@mail.example"});
    program.server().post("/v1/referrers", &eve).expect(201);
    assert_eq!(change(&program, &identity(&program, "eve"), &elsewhere), "eve@mail.example");
    program.server().post("/v1/referrers", &json!({"external_id": "ida"})).expect(201);
    assert_eq!(change(&program, &identity(&program, "ida"), &elsewhere), "zz@elsewhere.example");
    // The merchant's newer word replaces any.
    let mut said = claims(&program, "ida");
    said["email"] = "ida@mail.example".into();
    assert_eq!(change(&program, &token::of(&program, &said), &json!({})), "ida@mail.example");
}

#[test]
fn every_address_of_a_referrer_counts_those_of_joined_links_and_of_own_purchases_too() {
    let house = House::shared();
    let program = Program::open(&house);
    let mut said = claims(&program, "ada");
    said["email"] = "ada@mail.example".into();
    let token = token::of(&program, &said);
    let join = |body: &Value, token: Option<&str>| {
        let request = Request::post("/v1/widget/join", body);
        program.page().send(token.map_or(request.clone(), |token| request.header("goodword-identity", token)))
    };
    let ada = join(&json!({}), Some(&token)).expect(201);
    let (proof, code) = secret(66);
    join(&json!({"proof": proof, "email": "home@mail.example"}), None).expect(201);
    join(&json!({"proof": proof}), Some(&token)).expect(200);
    let own = json!({"customer_id": "ada", "email": "work@mail.example"});
    program.server().post("/v1/leads", &own).expect(201);
    for (at, (email, doubted)) in [
        ("ada+1@mail.example", true),
        ("Home@mail.example", true),
        ("work+shop@mail.example", true),
        ("ben@mail.example", false),
    ]
    .into_iter()
    .enumerate()
    {
        for (kind, code) in [("first", &ada["code"]), ("joined", &json!(code))] {
            assert_eq!(is_doubted(&program, &format!("{kind}{at}"), code, email), doubted, "{kind} {email}");
        }
    }
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
