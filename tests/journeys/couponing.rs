//! Codes for friends: uploaded by the merchant, one for each friend, never one twice.

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use tests::book::Book;
use tests::house::House;
use tests::program::Program;

fn program(house: &Arc<House>) -> Program {
    let terms = json!({"hold_days": 0, "rewards": [
        {"id": "welcome", "on": "lead", "to": "friend", "pay": {"coupon": "welcome"}},
        {"id": "twice", "on": "lead", "to": "friend", "pay": {"coupon": "welcome"}},
    ]});
    let program = Program::open_with(house, &json!({ "terms": terms }));
    program.referrer("ada");
    program
}

fn upload(program: &Program, codes: &[String]) -> tests::http::Answer {
    program.server().post("/v1/coupons", &json!({"pool": "welcome", "codes": codes}))
}

fn numbered(from: usize, to: usize) -> Vec<String> {
    (from..to).map(|at| format!("WELCOME-{at}")).collect()
}

fn lead(program: &Program, customer: &str, event: &str) -> Value {
    let body = json!({"customer_id": customer, "code": "ada", "event": event});
    program.server().post("/v1/leads", &body).expect(201)
}

#[test]
fn a_friend_gets_one_code_and_a_pool_that_is_empty_says_so() {
    let house = House::shared();
    let program = program(&house);
    let server = program.server();
    assert_eq!(
        upload(&program, &numbered(0, 2)).expect(201),
        json!({"pool": "welcome", "added": 2, "known": 0, "left": 2})
    );
    assert_eq!(upload(&program, &numbered(0, 2)).expect(200)["known"], 2);
    let first = lead(&program, "a", "signup");
    assert_eq!(
        (&first["rewards"][0]["coupon"], first["rewards"].as_array().map(Vec::len)),
        (&json!("WELCOME-0"), Some(1)),
        "{first}"
    );
    assert_eq!(lead(&program, "a", "trial")["rewards"], json!([]), "the same friend");
    assert_eq!(lead(&program, "b", "signup")["rewards"][0]["coupon"], "WELCOME-1");
    let none = lead(&program, "c", "signup");
    let path = format!("/v1/leads/{}/trace", none["id"].as_str().expect("an id"));
    let trace = server.get(&path).expect(200);
    assert_eq!(trace["rules_without_reward"][0]["reason"], "no_coupon_left", "{trace}");
    let listed = server.get("/v1/coupons").expect(200);
    assert_eq!(
        (&listed["data"][1]["code"], &listed["data"][1]["reward_id"]),
        (&json!("WELCOME-0"), &first["rewards"][0]["id"])
    );
    let rewards = server.get("/v1/rewards").expect(200);
    assert_eq!(rewards["data"][1]["coupon"], "WELCOME-0", "{rewards}");
    Book::live(&program).check();
}

#[test]
fn codes_that_are_none_or_stand_elsewhere_are_refused_and_nothing_is_added() {
    let house = House::shared();
    let program = program(&house);
    upload(&program, &numbered(0, 1)).expect(201);
    let server = program.server();
    let refused =
        |pool: &str, codes: Value| server.post("/v1/coupons", &json!({"pool": pool, "codes": codes}));
    assert_eq!(refused("other", json!(["NEW", "WELCOME-0"])).problem(409), "coupon_conflict");
    for (codes, field) in [
        (json!([]), "codes"),
        (json!("A"), "codes"),
        (json!(["A", "A"]), "codes[1]"),
        (json!(["A", "a b"]), "codes[1]"),
        (json!(["=1+1"]), "codes[0]"),
        (json!([7]), "codes[0]"),
        (json!(vec!["A"; 501]), "codes"),
    ] {
        assert_eq!(refused("welcome", codes).json()["errors"][0]["field"], field);
    }
    assert_eq!(refused("Wel come", json!(["A"])).problem(422), "validation_failed");
    assert_eq!(Book::live(&program).number("SELECT count(*) FROM coupon"), 1);
}

#[test]
fn thirty_two_at_once_get_thirty_two_different_codes_or_none() {
    let house = House::shared();
    let program = program(&house);
    upload(&program, &numbered(0, 40)).expect(201);
    let given: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..32)
            .map(|at| {
                let program = &program;
                // Each friend is told twice, by two callers.
                scope.spawn(move || {
                    let body = json!({"customer_id": format!("c{}", at / 2 * 2 + at % 2), "code": "ada", "event": format!("e{}", at % 4)});
                    let one = program.server().post("/v1/leads", &body).json();
                    let two = program.server().post("/v1/leads", &json!({"customer_id": format!("d{}", at % 20), "code": "ada", "event": format!("e{at}")})).json();
                    [one, two].map(|body| body["rewards"][0]["coupon"].as_str().map(str::to_owned))
                })
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("answers")).flatten().collect()
    });
    let different: BTreeSet<&String> = given.iter().collect();
    assert_eq!(different.len(), given.len(), "no code twice: {given:?}");
    assert_eq!(given.len(), 40, "52 friends, 40 codes");
    let book = Book::live(&program);
    book.check();
    assert_eq!(book.number("SELECT count(*) FROM coupon WHERE friend_id IS NOT NULL"), 40);
    assert_eq!(book.number("SELECT count(DISTINCT friend_id) FROM coupon WHERE friend_id IS NOT NULL"), 40);
}
