//! Who is credited, and why not.

use serde_json::{Value, json};
use std::sync::Arc;
use tests::chance::now_ms;
use tests::forge;
use tests::house::House;
use tests::program::Program;

const DAY: i64 = 86_400;

/// A program with two referrers.
fn program(house: &Arc<House>, terms: &Value) -> Program {
    let mut all =
        json!({"rewards": [{"id": "share", "on": "sale", "to": "referrer", "pay": {"share_bps": 1000}}]});
    for (name, value) in terms.as_object().into_iter().flatten() {
        all[name] = value.clone();
    }
    let program = Program::open_with(house, &json!({"terms": all}));
    program.referrer("ada");
    program.referrer("eve");
    program
}

fn sale(order: &str, customer: &str) -> Value {
    json!({"order_id": order, "customer_id": customer, "amount": 1_000, "currency": "EUR"})
}

fn with(mut body: Value, name: &str, value: &str) -> Value {
    body[name] = value.into();
    body
}

/// RFC 3339, so many seconds ago.
fn ago(seconds: i64) -> String {
    referral::instant::Instant::from_ms(now_ms() - seconds * 1000).to_string()
}

#[track_caller]
fn reason(body: &Value) -> &str {
    assert_eq!(body["attribution"]["status"], "unattributed", "{body}");
    assert_eq!(body["rewards"], json!([]));
    body["attribution"]["reason"].as_str().unwrap_or_default()
}

#[test]
fn the_last_click_wins_or_the_first_as_the_terms_say() {
    let house = House::shared();
    for (model, winner) in [("last_click", "eve"), ("first_click", "ada")] {
        let program = program(&house, &json!({"attribution": model}));
        let (older, newer) = (forge::click(&program, "ada", 10 * DAY), forge::click(&program, "eve", DAY));
        // Told in either order: the lead with one click, the sale of another customer's device with the other.
        for (customer, first, second) in [("c1", &older, &newer), ("c2", &newer, &older)] {
            let lead = json!({"customer_id": customer, "click_id": first, "event": "visit"});
            program.server().post("/v1/leads", &lead).expect(201);
            let trace = program
                .server()
                .post("/v1/leads", &json!({"customer_id": customer, "click_id": second}))
                .expect(201);
            assert_eq!(
                trace["attribution"]["rule"], "bound_customer",
                "the first conversion binds the customer"
            );
        }
        // Both told before anything is credited: the model decides.
        program
            .page()
            .post(
                "/v1/claims",
                &json!({"click_id": forge::click(&program, "ada", 9 * DAY), "customer_id": "c3"}),
            )
            .expect(201);
        program
            .page()
            .post(
                "/v1/claims",
                &json!({"click_id": forge::click(&program, "eve", 2 * DAY), "customer_id": "c3"}),
            )
            .expect(201);
        let sold = program.server().post("/v1/sales", &sale("o-3", "c3")).expect(201);
        assert_eq!(
            (&sold["attribution"]["code"], &sold["attribution"]["rule"]),
            (&json!(winner), &json!(model)),
            "{sold}"
        );
        let path = format!("/v1/sales/{}/trace", sold["id"].as_str().expect("an id"));
        let trace = program.server().get(&path).expect(200);
        let outcomes: Vec<&Value> =
            trace["touches"].as_array().into_iter().flatten().map(|touch| &touch["outcome"]).collect();
        let lost = if winner == "eve" { "later_click_won" } else { "earlier_click_won" };
        assert!(outcomes.contains(&&json!("won")) && outcomes.contains(&&json!(lost)), "{trace}");
    }
}

#[test]
fn a_click_within_the_hour_of_somebody_elses_stands_down() {
    let house = House::shared();
    let minutes = |minutes: i64| minutes * 60;
    let told = |program: &Program, code: &str, ago: i64| {
        let claim = json!({"click_id": forge::click(program, code, ago), "customer_id": "c"});
        program.page().post("/v1/claims", &claim).expect(201);
    };
    for (terms, between, winner, became) in [
        (json!({}), 59, "ada", ["won", "stood_down"]),
        (json!({}), 61, "eve", ["later_click_won", "won"]),
        (json!({"stand_down_minutes": 0}), 1, "eve", ["later_click_won", "won"]),
        (json!({"stand_down_minutes": 1_440}), 1_439, "ada", ["won", "stood_down"]),
        (json!({"attribution": "first_click"}), 59, "ada", ["won", "earlier_click_won"]),
    ] {
        let program = program(&house, &terms);
        told(&program, "ada", minutes(2_000));
        told(&program, "eve", minutes(2_000 - between));
        let sold = program.server().post("/v1/sales", &sale("o", "c")).expect(201);
        assert_eq!(sold["attribution"]["code"], winner, "{terms} {between}: {sold}");
        let path = format!("/v1/sales/{}/trace", sold["id"].as_str().expect("an id"));
        let trace = program.server().get(&path).expect(200);
        let outcomes: Vec<&Value> =
            trace["touches"].as_array().into_iter().flatten().map(|touch| &touch["outcome"]).collect();
        assert_eq!(outcomes, became, "{trace}");
        let lost = trace["losers"][0]["because"].as_str().is_some_and(|because| because.contains("too soon"));
        assert_eq!(lost, became.contains(&"stood_down"), "{trace}");
    }
    let program = program(&house, &json!({}));
    let long = json!({"terms": {"stand_down_minutes": 1_441, "rewards": []}});
    assert_eq!(
        program.server().patch("/v1/program", &long).expect(422)["errors"][0]["field"],
        "terms.stand_down_minutes"
    );
}

#[test]
fn a_click_counts_to_the_end_of_its_window_and_not_a_second_longer() {
    let house = House::shared();
    let program = program(&house, &json!({"window_days": 30}));
    let server = program.server();
    let click = forge::click(&program, "ada", 40 * DAY);
    // The click happened at a whole second; the windows ends thirty days later, that instant included.
    let clicked_at = server
        .post("/v1/sales", &with(with(sale("probe", "p"), "click_id", &click), "occurred_at", &ago(39 * DAY)))
        .expect(201);
    let clicked_at =
        referral::instant::Instant::parse(clicked_at["attribution"]["clicked_at"].as_str().expect("when"))
            .expect("an instant");
    for (after_ms, credited) in [(30 * DAY * 1000, true), (30 * DAY * 1000 + 1, false), (0, true)] {
        let at = clicked_at.plus_ms(after_ms).to_string();
        let customer = format!("c-{after_ms}");
        let click = forge_at(&program, "ada", clicked_at.ms() / 1000);
        let body = server
            .post(
                "/v1/sales",
                &with(with(sale(&customer, &customer), "click_id", &click), "occurred_at", &at),
            )
            .expect(201);
        assert_eq!(body["attribution"]["status"] == "attributed", credited, "{body}");
        if !credited {
            assert_eq!(reason(&body), "outside_window");
        }
    }
    let before = clicked_at.plus_ms(-1).to_string();
    let body = server
        .post("/v1/sales", &with(with(sale("before", "b"), "click_id", &click), "occurred_at", &before))
        .expect(201);
    assert_eq!(reason(&body), "click_after_conversion");
}

fn forge_at(program: &Program, code: &str, second: i64) -> String {
    forge::click(program, code, now_ms().div_euclid(1000) - second)
}

#[test]
fn every_reason_for_no_credit_has_its_name() {
    let house = House::shared();
    let program = program(&house, &json!({}));
    let server = program.server();
    let sold = |body: Value| server.post("/v1/sales", &body).expect(201);
    assert_eq!(reason(&sold(sale("1", "a"))), "no_click");
    assert_eq!(reason(&sold(with(sale("2", "b"), "click_id", "gwc_forged"))), "invalid_click");
    assert_eq!(reason(&sold(with(sale("3", "c"), "code", "nobody"))), "unknown_code");
    assert_eq!(
        reason(&sold(with(sale("4", "d"), "click_id", &forge::click(&program, "nobody", 60)))),
        "unknown_code"
    );
    assert_eq!(
        reason(&sold(with(sale("5", "e"), "click_id", &forge::click(&program, "ada", 91 * DAY)))),
        "outside_window"
    );
    // "a" bought before without a link.
    assert_eq!(
        reason(&sold(with(sale("6", "a"), "click_id", &forge::click(&program, "ada", 60)))),
        "existing_customer"
    );
    assert_eq!(
        reason(&sold(with(sale("7", "ext-ada"), "click_id", &forge::click(&program, "ada", 60)))),
        "self_referral"
    );
    let late =
        with(with(sale("8", "h"), "click_id", &forge::click(&program, "ada", 60)), "occurred_at", &ago(3600));
    assert_eq!(reason(&sold(late)), "click_after_conversion");
    // Each has its trace, which says it in a sentence.
    for row in server.get("/v1/sales?limit=100").expect(200)["data"].as_array().into_iter().flatten() {
        let trace =
            server.get(&format!("/v1/sales/{}/trace", row["id"].as_str().expect("an id"))).expect(200);
        assert_eq!(trace["attribution"], row["attribution"]);
        assert!(trace["because"].as_str().is_some_and(|because| because.ends_with('.')), "{trace}");
    }
}

#[test]
fn a_code_told_at_the_till_is_as_good_as_a_click() {
    let house = House::shared();
    let program = program(&house, &json!({}));
    for (order, code) in [("1", "ada"), ("2", "ADA"), ("3", "Ada")] {
        let body = program
            .server()
            .post("/v1/sales", &with(sale(order, &format!("c{order}")), "code", code))
            .expect(201);
        let attribution = &body["attribution"];
        assert_eq!(
            (&attribution["rule"], &attribution["code"], &attribution["click_id"]),
            (&json!("code"), &json!("ada"), &Value::Null),
            "{body}"
        );
    }
}

#[test]
fn where_the_terms_allow_it_a_known_customer_can_still_be_won() {
    let house = House::shared();
    let program = program(&house, &json!({"first_customer_only": false}));
    let server = program.server();
    server.post("/v1/sales", &sale("1", "a")).expect(201);
    let second = server.post("/v1/sales", &with(sale("2", "a"), "code", "ada")).expect(201);
    assert_eq!(second["attribution"]["status"], "attributed");
    let third = server.post("/v1/sales", &with(sale("3", "a"), "code", "eve")).expect(201);
    assert_eq!(
        (&third["attribution"]["rule"], &third["attribution"]["code"]),
        (&json!("bound_customer"), &json!("ada"))
    );
}

#[test]
fn a_customer_stays_with_the_referrer_who_brought_them() {
    let house = House::shared();
    let program = program(&house, &json!({}));
    let server = program.server();
    server
        .post("/v1/leads", &json!({"customer_id": "c", "click_id": forge::click(&program, "ada", 60)}))
        .expect(201);
    for order in 0..3 {
        let body = with(sale(&format!("o{order}"), "c"), "click_id", &forge::click(&program, "eve", 30));
        let body = server.post("/v1/sales", &body).expect(201);
        assert_eq!(
            (&body["attribution"]["code"], &body["attribution"]["rule"]),
            (&json!("ada"), &json!("bound_customer"))
        );
    }
}

#[test]
fn a_conversion_keeps_the_terms_it_was_judged_by() {
    let house = House::shared();
    let program = program(&house, &json!({}));
    let server = program.server();
    let before = server.post("/v1/sales", &with(sale("1", "a"), "code", "ada")).expect(201);
    let terms =
        json!({"rewards": [{"id": "share", "on": "sale", "to": "referrer", "pay": {"share_bps": 5000}}]});
    let changed = server.patch("/v1/program", &json!({"terms": terms})).expect(200);
    assert_eq!(changed["terms"]["version"], 2);
    assert_eq!(
        server.patch("/v1/program", &json!({"terms": terms})).expect(200)["terms"]["version"],
        2,
        "no change, no version"
    );
    let after = server.post("/v1/sales", &with(sale("2", "b"), "code", "ada")).expect(201);
    let facts =
        |body: &Value| (body["attribution"]["terms_version"].as_i64(), body["rewards"][0]["amount"].as_i64());
    assert_eq!((facts(&before), facts(&after)), ((Some(1), Some(100)), (Some(2), Some(500))));
    let kept = server.get(&format!("/v1/sales/{}", before["id"].as_str().expect("an id"))).expect(200);
    assert_eq!(facts(&kept), (Some(1), Some(100)));
    // What counts is when the link was followed, not when the conversion is recorded.
    let clicked = forge::click(&program, "ada", 60);
    let old_click = server.post("/v1/sales", &with(sale("3", "c"), "click_id", &clicked)).expect(201);
    assert_eq!(facts(&old_click), (Some(1), Some(100)), "{old_click}");
    let later = server.post("/v1/sales", &sale("4", "c")).expect(201);
    assert_eq!(facts(&later), (Some(1), Some(100)), "a bound customer keeps the terms of the click: {later}");
    let mut long_ago = with(sale("5", "d"), "code", "ada");
    long_ago["occurred_at"] = "2026-01-01T00:00:00Z".into();
    let long_ago = server.post("/v1/sales", &long_ago).expect(201);
    assert_eq!(facts(&long_ago), (Some(1), Some(100)), "a code is judged when it happened: {long_ago}");
    let id = old_click["id"].as_str().expect("an id");
    let trace = server.get(&format!("/v1/sales/{id}/trace")).expect(200);
    assert_eq!(
        (&trace["terms_version"], &trace["touches"][0]["terms_version"]),
        (&json!(1), &json!(1)),
        "{trace}"
    );
}
