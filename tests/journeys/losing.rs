//! Links that were followed and did not win: their referrers are told why.

use serde_json::{Value, json};
use tests::forge;
use tests::house::House;
use tests::http::Request;
use tests::program::Program;
use tests::token::{identity, secret};

fn recent(program: &Program, proof: &str) -> Value {
    let request = Request::get("/v1/widget/me").header("goodword-proof", proof);
    program.page().send(request).expect(200)["referrer"]["recent"].clone()
}

/// A referrer with a secret of this byte: their proof and code.
fn referrer(program: &Program, byte: u8) -> (String, String) {
    let (proof, code) = secret(byte);
    program.page().post("/v1/widget/join", &json!({"proof": proof})).expect(201);
    (proof, code)
}

#[test]
fn whose_link_was_followed_and_did_not_win_sees_why() {
    let house = House::shared();
    let program = Program::open(&house);
    let (ada, eve) = (referrer(&program, 61), referrer(&program, 62));
    let server = program.server();
    // Eve's click is the last; Ada's came before it.
    let told = |code: &str, ago: i64| json!({"customer_id": "c", "event": format!("e{ago}"), "click_id": forge::click(&program, code, ago)});
    server.post("/v1/leads", &told(&ada.1, 7_000)).expect(201);
    let sale = json!({"order_id": "o", "customer_id": "new", "amount": 900, "currency": "EUR", "click_id": forge::click(&program, &eve.1, 50)});
    let mut first = sale.clone();
    first["order_id"] = "o0".into();
    // The same customer met both links before the first conversion: a claim stands for the earlier click.
    first["customer_id"] = "both".into();
    server
        .post(
            "/v1/leads",
            &json!({"customer_id": "both", "click_id": forge::click(&program, &ada.1, 400 * 86_400)}),
        )
        .expect(201);
    server.post("/v1/sales", &first).expect(201);
    // Bound to Ada since the lead: Eve's later click does not win.
    let bound = server.post("/v1/leads", &told(&eve.1, 60)).expect(201);
    assert_eq!(bound["attribution"]["rule"], "bound_customer");
    let hers = recent(&program, &eve.0);
    let of_bound =
        hers.as_array().into_iter().flatten().find(|one| one["id"] == bound["id"]).cloned().expect("told");
    assert_eq!(of_bound["attribution"], json!({"status": "unattributed", "reason": "customer_bound"}));
    assert_eq!(
        (&of_bound["rewards"], &of_bound["dispute"], &of_bound["kind"]),
        (&json!([]), &Value::Null, &json!("lead"))
    );
    // Nothing of whoever won shows.
    assert!(!of_bound.to_string().contains(&ada.1), "{of_bound}");
    // A click too old to win is told to its referrer as well.
    let his = recent(&program, &ada.0);
    assert!(
        his.as_array().into_iter().flatten().any(|one| one["attribution"]["reason"] == "outside_window"),
        "{his}"
    );
    // A dispute about it shows with it, and its decision.
    let dispute = Request::post("/v1/disputes", &json!({"about": bound["id"], "message": "It was mine."}));
    let opened = program.page().send(dispute.header("goodword-proof", &eve.0)).expect(201);
    let path = format!("/v1/disputes/{}/decision", opened["id"].as_str().expect("an id"));
    server.post(&path, &json!({"decision": "rejected", "note": "Ada was first."})).expect(201);
    let hers = recent(&program, &eve.0);
    let shown =
        hers.as_array().into_iter().flatten().find(|one| one["id"] == bound["id"]).cloned().expect("told");
    assert_eq!(shown["dispute"], json!({"id": opened["id"], "status": "rejected", "note": "Ada was first."}));
    let his = recent(&program, &ada.0);
    assert!(
        his.as_array().into_iter().flatten().all(|one| one["dispute"].is_null()),
        "somebody else's dispute: {his}"
    );
}

#[test]
fn an_earlier_click_is_told_that_a_later_one_won_and_the_other_way_round() {
    let house = House::shared();
    for (model, before, loser, reason) in [
        ("last_click", 8_000, 0, "later_click_won"),
        ("last_click", 500, 1, "stood_down"),
        ("first_click", 500, 1, "earlier_click_won"),
    ] {
        let mut terms = tests::program::usual("x")["terms"].clone();
        terms["attribution"] = model.into();
        terms["first_customer_only"] = false.into();
        let program = Program::open_with(&house, &json!({"terms": terms}));
        let both = [referrer(&program, 63), referrer(&program, 64)];
        // The first click is told with a conversion that it cannot win, because it came after it.
        let early = json!({"customer_id": "c", "event": "early", "occurred_at": "2020-01-01T00:00:00Z", "click_id": forge::click(&program, &both[0].1, before)});
        program.server().post("/v1/leads", &early).expect(201);
        let sale = json!({"order_id": "o", "customer_id": "c", "amount": 900, "currency": "EUR", "click_id": forge::click(&program, &both[1].1, 50)});
        let sale = program.server().post("/v1/sales", &sale).expect(201);
        assert_eq!(sale["attribution"]["code"], both[1 - loser].1, "{model}");
        let told = recent(&program, &both[loser].0);
        assert_eq!(told[0]["attribution"], json!({"status": "unattributed", "reason": reason}), "{told}");
        let won = recent(&program, &both[1 - loser].0);
        assert_eq!((&won[0]["id"], &won[0]["attribution"]["status"]), (&sale["id"], &json!("attributed")));
    }
}

#[test]
fn ten_are_shown_newest_first_and_a_conversion_met_by_two_links_of_one_person_once() {
    let house = House::shared();
    let program = Program::open(&house);
    let token = identity(&program, "ada");
    let join = |body: Value, token: Option<&str>| {
        let request = Request::post("/v1/widget/join", &body);
        program.page().send(token.map_or(request.clone(), |token| request.header("goodword-identity", token)))
    };
    let account = join(json!({}), Some(&token)).expect(201);
    let (proof, code) = referrer(&program, 65);
    let first = account["code"].as_str().expect("a code");
    for number in 0..8 {
        let customer = format!("c{number}");
        let lead = |event: &str, code: &str, ago: i64| json!({"customer_id": customer, "event": event, "click_id": forge::click(&program, code, ago)});
        program.server().post("/v1/leads", &lead("one", first, 90)).expect(201);
        // Met by both links, credited to the first.
        program.server().post("/v1/leads", &lead("two", &code, 60)).expect(201);
    }
    join(json!({"proof": proof}), Some(&token)).expect(200);
    let shown =
        program.page().send(Request::get("/v1/widget/me").header("goodword-identity", &token)).expect(200);
    let recent = shown["referrer"]["recent"].as_array().expect("a list").clone();
    let ids: std::collections::BTreeSet<&str> = recent.iter().filter_map(|one| one["id"].as_str()).collect();
    assert_eq!((recent.len(), ids.len()), (10, 10));
    assert!(recent.iter().all(|one| one["attribution"]["status"] == "attributed"), "{recent:?}");
    let listed = program.server().get("/v1/leads?limit=10").expect(200);
    let newest: Vec<&Value> = listed["data"].as_array().into_iter().flatten().map(|one| &one["id"]).collect();
    assert_eq!(recent.iter().map(|one| &one["id"]).collect::<Vec<_>>(), newest);
}
