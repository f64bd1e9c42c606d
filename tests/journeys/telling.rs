//! Events: what happened, once each, in order, without anybody's name.

use serde_json::{Value, json};
use std::sync::Arc;
use tests::book::Book;
use tests::house::House;
use tests::http::Request;
use tests::program::Program;

/// A day in the life of a program; gives the names of what should be told, oldest first.
fn day(house: &Arc<House>) -> (Program, Vec<&'static str>) {
    let program = Program::open(house);
    let server = program.server();
    let person = |field: &str, id: &str| json!({field: id, "email": "Eve.Person@mail.example", "name": "Eve Person", "code": "eve"});
    server.post("/v1/referrers", &person("external_id", "e")).expect(201);
    let proof = format!("gws_{}A", "H".repeat(42));
    let page = |path: &str, body: &Value| {
        program.page().send(Request::post(path, body).header("goodword-proof", &proof)).expect(201)
    };
    page("/v1/widget/join", &json!({"proof": proof, "name": "Eve Person"}));
    let early = json!({"refund_id": "r-0", "order_id": "o-1", "amount": 1_000});
    server.post("/v1/refunds", &early).expect(201);
    let sold = json!({"order_id": "o-1", "customer_id": "c-1", "amount": 1_000, "currency": "EUR", "code": "eve",
        "metadata": {"note": "Eve Person"}});
    server.post("/v1/sales", &sold).expect(201);
    let mut doubted = person("customer_id", "c-2");
    doubted["metadata"] = json!({"note": "Eve Person"});
    server.post("/v1/leads", &doubted).expect(201);
    let flags = server.get("/v1/flags").expect(200);
    let flag = format!("/v1/flags/{}/decision", flags["data"][0]["id"].as_str().expect("a flag"));
    server.post(&flag, &json!({"decision": "confirm", "note": "It is Eve Person"})).expect(201);
    let dispute = page("/v1/disputes", &json!({"about": "sal_1", "message": "I am Eve Person"}));
    let dispute = format!("/v1/disputes/{}/decision", dispute["id"].as_str().expect("a dispute"));
    server.post(&dispute, &json!({"decision": "rejected", "note": "No, Eve Person"})).expect(201);
    let mut terms = program.opened["terms"].clone();
    terms["hold_days"] = 0.into();
    server.patch("/v1/program", &json!({"terms": terms})).expect(200);
    let owed =
        json!({"order_id": "o-2", "customer_id": "c-3", "amount": 1_000, "currency": "EUR", "code": "eve"});
    server.post("/v1/sales", &owed).expect(201);
    server.patch("/v1/program", &json!({"name": "Other"})).expect(200);
    let told = vec![
        "referrer.joined",
        "referrer.joined",
        "sale.recorded",
        "reward.granted",
        "reward.granted",
        "sale.refunded",
        "reward.voided",
        "reward.voided",
        "lead.recorded",
        "flag.opened",
        "reward.granted",
        "reward.held",
        "flag.decided",
        "reward.voided",
        "dispute.opened",
        "dispute.decided",
        "terms.changed",
        "sale.recorded",
        "reward.granted",
        "reward.granted",
        "reward.approved",
        "reward.approved",
    ];
    (program, told)
}

fn events(program: &Program, query: &str) -> Vec<Value> {
    let listed = program.server().get(&format!("/v1/events?limit=100{query}")).expect(200);
    let mut events = listed["data"].as_array().cloned().expect("a list");
    events.reverse();
    events
}

#[test]
fn everything_that_happens_is_told_once_in_order_and_names_nobody() {
    let house = House::shared();
    let (program, expected) = day(&house);
    let told = events(&program, "");
    let names: Vec<&str> = told.iter().filter_map(|event| event["type"].as_str()).collect();
    assert_eq!(names, expected);
    for event in &told {
        let text = event.to_string();
        assert!(event["id"].as_str().is_some_and(|id| id.starts_with("evt_") && id.len() == 20), "{text}");
        assert!(
            event["at"].is_string() && event["subject"].is_string() && event["data"].is_object(),
            "{text}"
        );
        assert!(!text.contains("Person") && !text.contains("mail.example"), "names somebody: {text}");
    }
    let sold = &told[2]["data"];
    assert_eq!(
        (&sold["order_id"], &sold["rewards"][0]["state"]),
        (&json!("o-1"), &json!("voided")),
        "{sold}"
    );
    Book::live(&program).check();
}

#[test]
fn qualifying_approving_giving_and_paying_are_told_once_each_and_chained() {
    let house = House::shared();
    let terms = json!({"hold_days": 0, "approval": {"automatic_up_to": 100}, "rewards": [
        {"id": "good", "on": "qualified_lead", "to": "referrer", "pay": {"flat": 300}},
        {"id": "sold", "on": "sale", "to": "referrer", "pay": {"flat": 90}},
        {"id": "early", "on": "sale", "to": "friend", "pay": {"perk": "Early access"}},
    ]});
    let program = Program::open_with(&house, &json!({ "terms": terms }));
    program.referrer("ada");
    let server = program.server();
    let decide = |list: &str, id: &Value, decision: &str| {
        let path = format!("/v1/{list}/{}/decision", id.as_str().expect("an id"));
        for status in [201, 200] {
            server.post(&path, &json!({ "decision": decision })).expect(status);
        }
    };
    let lead = server.post("/v1/leads", &json!({"customer_id": "c", "code": "ada"})).expect(201);
    decide("leads", &lead["id"], "qualify");
    decide("rewards", &server.get("/v1/rewards").expect(200)["data"][0]["id"], "approve");
    let sold = json!({"order_id": "o", "customer_id": "c", "amount": 1_000, "currency": "EUR"});
    let sold = server.post("/v1/sales", &sold).expect(201);
    decide("rewards", &sold["rewards"][1]["id"], "fulfil");
    let batch = server.post("/v1/payouts", &json!({})).expect(201);
    decide("payouts", &batch["id"], "paid");
    server.post("/v1/groups", &json!({"name": "Partners", "terms": {"rewards": []}})).expect(201);
    let told = events(&program, "");
    let names: Vec<&str> = told.iter().filter_map(|event| event["type"].as_str()).collect();
    let expected = [
        "referrer.joined",
        "lead.recorded",
        "reward.granted",
        "lead.qualified",
        "reward.approved",
        "sale.recorded",
        "reward.granted",
        "reward.granted",
        "reward.approved",
        "reward.approved",
        "reward.paid",
        "payout.created",
        "payout.paid",
        "reward.paid",
        "reward.paid",
        "terms.changed",
    ];
    assert_eq!(names, expected);
    assert_eq!(
        (&told[10]["data"]["perk"], &told[12]["data"]["amount"], &told[15]["subject"]),
        (&json!("Early access"), &json!(390), &json!("2"))
    );
    Book::live(&program).check();
    let found = server.get("/v1/ledger/verify").expect(200);
    assert_eq!(
        (&found["ok"], &found["decisions"]),
        (&json!(true), &json!(4)),
        "a lead's, two about rewards, a line: {found}"
    );
}

#[test]
fn a_call_made_again_tells_nothing_new() {
    let house = House::shared();
    let program = Program::open(&house);
    program.referrer("ada");
    let server = program.server();
    let body =
        json!({"order_id": "o", "customer_id": "c", "amount": 1_000, "currency": "EUR", "code": "ada"});
    for (once, status) in [("k", 201), ("k", 201), ("l", 200), ("", 200)] {
        if once.is_empty() {
            server.post("/v1/sales", &body).expect(status);
        } else {
            server.post_once("/v1/sales", once, &body).expect(status);
        }
    }
    let told = events(&program, "");
    assert_eq!(told.len(), 4, "a referrer, a sale, two rewards: {told:?}");
    assert_eq!(events(&program, ""), told, "reading changes nothing");
}

#[test]
fn events_of_one_type_are_found_page_by_page_in_both_directions() {
    let house = House::shared();
    let (program, expected) = day(&house);
    for name in ["reward.granted", "referrer.joined", "terms.changed", "lead.recorded", "reward.approved"] {
        let all = events(&program, &format!("&type={name}"));
        assert_eq!(all.len(), expected.iter().filter(|told| **told == name).count(), "{name}");
        let mut pages = Vec::new();
        let mut cursor = String::new();
        loop {
            let path = format!("/v1/events?limit=2&type={name}{cursor}");
            let page = program.server().get(&path).expect(200);
            pages.extend(page["data"].as_array().cloned().unwrap_or_default());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&starting_after={next}"),
                None => break,
            }
        }
        pages.reverse();
        assert_eq!(pages, all);
        let oldest = all[0]["id"].as_str().expect("an id");
        let newer = events(&program, &format!("&type={name}&ending_before={oldest}"));
        assert_eq!(newer, all[1..]);
    }
    for query in
        ["type=", "type=reward", "type=reward.granted&type=lead.recorded", "kind=x", "starting_after=evt_1"]
    {
        let answer = program.server().get(&format!("/v1/events?{query}"));
        assert_eq!(answer.problem(422), "validation_failed", "{query}");
    }
}
