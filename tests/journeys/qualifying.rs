//! Leads: new, qualified, rejected; by rule and by a person; what each earns.

use serde_json::{Value, json};
use std::sync::Arc;
use tests::book::Book;
use tests::house::House;
use tests::program::Program;

fn program(house: &Arc<House>) -> Program {
    let terms = json!({
        "hold_days": 0,
        "qualification": {"criteria": "A company that booked a demo.", "events": ["demo_booked"], "email_domains": ["firm.example"]},
        "rewards": [
            {"id": "lead", "on": "lead", "to": "referrer", "pay": {"flat": 100}},
            {"id": "qualified", "on": "qualified_lead", "to": "referrer", "pay": {"flat": 900}},
            {"id": "tenth", "on": "qualified_lead", "to": "referrer", "pay": {"flat": 5_000}, "when": {"every": 2}},
        ],
    });
    let program = Program::open_with(house, &json!({ "terms": terms }));
    program.referrer("ada");
    program
}

fn lead(customer: &str, changes: &Value) -> Value {
    let mut lead = json!({"customer_id": customer, "code": "ada"});
    for (name, value) in changes.as_object().into_iter().flatten() {
        lead[name] = value.clone();
    }
    lead
}

fn amounts(body: &Value) -> Vec<i64> {
    body["rewards"].as_array().into_iter().flatten().filter_map(|reward| reward["amount"].as_i64()).collect()
}

fn decide(program: &Program, lead: &Value, decision: &str, reason: Option<&str>) -> tests::http::Answer {
    let path = format!("/v1/leads/{}/decision", lead["id"].as_str().expect("an id"));
    program.server().post(&path, &json!({"decision": decision, "reason": reason}))
}

#[test]
fn a_named_event_or_a_verified_address_qualifies_as_it_is_recorded() {
    let house = House::shared();
    let program = program(&house);
    let server = program.server();
    let check = |body: &Value, stage: &str, expected: &[i64]| {
        let answer = server.post("/v1/leads", body).expect(201);
        assert_eq!((&answer["stage"], amounts(&answer)), (&json!(stage), expected.to_vec()), "{answer}");
        assert_eq!(server.post("/v1/leads", body).expect(200), answer);
    };
    check(&lead("a", &json!({})), "new", &[100]);
    check(&lead("b", &json!({"event": "demo_booked"})), "qualified", &[100, 900]);
    check(&lead("c", &json!({"email": "c@firm.example"})), "new", &[100]);
    check(
        &lead("d", &json!({"email": "d@Firm.example", "email_verified": true})),
        "qualified",
        &[100, 900, 5_000],
    );
    check(
        &lead("b", &json!({"event": "signup", "email": "b@firm.example", "email_verified": true})),
        "qualified",
        &[100],
    );
    let nothing = server.post("/v1/leads", &lead("e", &json!({"email_verified": true})));
    assert_eq!(nothing.problem(422), "validation_failed");
    let listed = server.get("/v1/leads").expect(200);
    assert_eq!(
        listed["data"][1]["stage_reason"], "The terms name verified addresses of firm.example as qualifying.",
        "{listed}"
    );
    Book::live(&program).check();
}

#[test]
fn a_person_qualifies_once_and_rejects_with_a_reason() {
    let house = House::shared();
    let program = program(&house);
    let server = program.server();
    let recorded = server.post("/v1/leads", &lead("a", &json!({}))).expect(201);
    assert_eq!(decide(&program, &recorded, "reject", None).problem(422), "validation_failed");
    let qualified = decide(&program, &recorded, "qualify", Some("They booked.")).expect(201);
    assert_eq!(
        (&qualified["stage"], &qualified["stage_reason"], amounts(&qualified)),
        (&json!("qualified"), &json!("They booked."), vec![100, 900])
    );
    let again = decide(&program, &recorded, "qualify", None).expect(200);
    assert_eq!((&again["stage_reason"], amounts(&again)), (&json!("They booked."), vec![100, 900]));
    assert_eq!(again["rewards"][1]["conversion_id"], recorded["id"], "{again}");
    let rejected = decide(&program, &recorded, "reject", Some("A student.")).expect(201);
    let states = |body: &Value| -> Vec<Value> {
        body["rewards"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|reward| json!([reward["state"], reward["reason"], reward["reversed_amount"]]))
            .collect()
    };
    assert_eq!(states(&rejected), [json!(["voided", "rejected", 100]), json!(["voided", "rejected", 900])]);
    let stored = server.get(&format!("/v1/leads/{}", recorded["id"].as_str().expect("an id"))).expect(200);
    assert_eq!((states(&stored), &stored["stage"]), (states(&rejected), &json!("rejected")));
    assert_eq!(decide(&program, &recorded, "reject", Some("A student.")).expect(200)["stage"], "rejected");
    assert_eq!(decide(&program, &recorded, "qualify", None).problem(409), "lead_decided");
    let unknown = json!({"id": "led_0000000000000000"});
    assert_eq!(decide(&program, &unknown, "qualify", None).problem(404), "not_found");
    let book = Book::live(&program);
    book.check();
    assert_eq!(
        book.texts("SELECT stage || decided_by FROM lead_stage ORDER BY seq", &[]),
        ["qualifiedperson", "rejectedperson"]
    );
}

#[test]
fn a_doubted_lead_earns_held_rewards_when_it_is_qualified_and_none_after_fraud() {
    let house = House::shared();
    let program = program(&house);
    let server = program.server();
    server
        .post("/v1/referrers", &json!({"external_id": "e", "code": "eve", "email": "eve@mail.example"}))
        .expect(201);
    let doubted = |customer: &str| {
        let body = lead(customer, &json!({"code": "eve", "email": "Eve@mail.example"}));
        server.post("/v1/leads", &body).expect(201)
    };
    let (one, other) = (doubted("x"), doubted("y"));
    let qualified = decide(&program, &one, "qualify", None).expect(201);
    assert_eq!(qualified["rewards"][1]["state"], "held", "{qualified}");
    let flags = server.get("/v1/flags").expect(200);
    for (at, decision) in [(0, "confirm"), (1, "release")] {
        let path = format!("/v1/flags/{}/decision", flags["data"][at]["id"].as_str().expect("an id"));
        server.post(&path, &json!({"decision": decision})).expect(201);
    }
    assert_eq!(decide(&program, &other, "qualify", None).problem(409), "flag_decided");
    let released = server.get(&format!("/v1/leads/{}", one["id"].as_str().expect("an id"))).expect(200);
    assert_eq!(released["rewards"][1]["state"], "approved", "{released}");
    Book::live(&program).check();
}

#[test]
fn a_lead_qualified_by_thirty_two_at_once_is_qualified_once() {
    let house = House::shared();
    let program = program(&house);
    let recorded = program.server().post("/v1/leads", &lead("a", &json!({}))).expect(201);
    std::thread::scope(|scope| {
        for _ in 0..32 {
            scope.spawn(|| assert!(matches!(decide(&program, &recorded, "qualify", None).status, 200 | 201)));
        }
    });
    let book = Book::live(&program);
    book.check();
    assert_eq!(book.number("SELECT count(*) FROM lead_stage"), 1);
    assert_eq!(book.number("SELECT count(*) FROM reward"), 2);
}
