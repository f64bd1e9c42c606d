//! Lists: newest first, page by page, in both directions.

use serde_json::{Value, json};
use tests::forge;
use tests::house::House;
use tests::program::{Caller, Program};

fn ids(body: &Value) -> Vec<String> {
    body["data"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|item| item["id"].as_str().map(str::to_owned))
        .collect()
}

/// Walks a list to its end and back, and compares it with what one large page shows.
#[track_caller]
fn walk(server: Caller<'_>, list: &str, count: usize) {
    let whole = server.get(&format!("/v1/{list}?limit=100")).expect(200);
    let all = ids(&whole);
    assert_eq!(
        (all.len(), &whole["has_more"], &whole["next_cursor"]),
        (count, &json!(false), &Value::Null),
        "{list}"
    );
    for limit in [1, 2, 3, count - 1, count] {
        let mut there: Vec<String> = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = server.get(&format!("/v1/{list}?limit={limit}{cursor}")).expect(200);
            there.extend(ids(&page));
            if page["has_more"] == false {
                assert_eq!(page["next_cursor"], Value::Null);
                break;
            }
            let next = page["next_cursor"].as_str().expect("a cursor");
            assert_eq!(Some(next), there.last().map(String::as_str), "{list}");
            cursor = format!("&starting_after={next}");
        }
        assert_eq!(there, all, "{list} by {limit}");
        let mut back: Vec<String> = Vec::new();
        let mut cursor = all.last().cloned().expect("an item");
        loop {
            let page = server.get(&format!("/v1/{list}?limit={limit}&ending_before={cursor}")).expect(200);
            let newer = ids(&page);
            back.splice(0..0, newer.clone());
            if page["has_more"] == false {
                break;
            }
            cursor.clone_from(newer.first().expect("an item"));
        }
        assert_eq!(back, all[..count - 1], "{list} back by {limit}");
    }
    for bad in [
        "limit=0",
        "limit=101",
        "limit=-1",
        "limit=ten",
        "limit=",
        "starting_after=",
        "starting_after=nothing",
        "ending_before=sal_0000000000000000",
        "page=2",
        "limit=1&starting_after=a&ending_before=b",
        "limit=99999999999999999999",
    ] {
        let answer = server.get(&format!("/v1/{list}?{bad}"));
        assert_eq!(answer.problem(422), "validation_failed", "{list}?{bad}: {}", answer.text());
    }
}

#[test]
fn every_list_can_be_walked_from_end_to_end_and_back() {
    let house = House::shared();
    let program = Program::open(&house);
    let server = program.server();
    program.referrer("ada");
    for number in 0..7 {
        server.post("/v1/referrers", &json!({"external_id": format!("e{number}")})).expect(201);
        server.post("/v1/leads", &json!({"customer_id": format!("l{number}"), "code": "ada"})).expect(201);
        let order = format!("o{number}");
        server.post("/v1/sales", &json!({"order_id": order, "customer_id": format!("l{number}"), "amount": 9_000, "currency": "EUR"})).expect(201);
        server.post("/v1/refunds", &json!({"refund_id": order, "order_id": order, "amount": 10})).expect(201);
        let click = forge::click(&program, "ada", 60 + number);
        program
            .page()
            .post("/v1/claims", &json!({"click_id": click, "customer_id": format!("k{number}")}))
            .expect(201);
    }
    for (list, count) in
        [("referrers", 8), ("leads", 7), ("sales", 7), ("refunds", 7), ("rewards", 21), ("claims", 7)]
    {
        walk(server, list, count);
    }
    let rewards = server.get("/v1/rewards?limit=100").expect(200);
    let first = &rewards["data"][0];
    for field in
        ["id", "rule", "to", "person_id", "amount", "currency", "state", "reversed_amount", "available_at"]
    {
        assert!(!first[field].is_null(), "{field} in {first}");
    }
}

#[test]
fn an_empty_list_is_an_empty_list() {
    let house = House::shared();
    let program = Program::open(&house);
    for list in ["referrers", "leads", "sales", "refunds", "rewards", "claims", "clicks", "flags", "disputes"]
    {
        let body = program.server().get(&format!("/v1/{list}")).expect(200);
        assert_eq!(body, json!({"data": [], "has_more": false, "next_cursor": null}), "{list}");
    }
}

#[test]
fn a_row_in_a_list_is_the_row_by_its_id() {
    let house = House::shared();
    let program = Program::open(&house);
    let server = program.server();
    program.referrer("ada");
    server
        .post(
            "/v1/leads",
            &json!({"customer_id": "c", "code": "ada", "metadata": {"plan": "gold", "seats": 3}}),
        )
        .expect(201);
    server.post("/v1/sales", &json!({"order_id": "o", "customer_id": "c", "amount": 5, "currency": "EUR", "metadata": {"a": true}})).expect(201);
    for list in ["leads", "sales", "referrers"] {
        let row = server.get(&format!("/v1/{list}")).expect(200)["data"][0].clone();
        let one = server.get(&format!("/v1/{list}/{}", row["id"].as_str().expect("an id"))).expect(200);
        assert_eq!(one, row);
    }
    let lead = server.get("/v1/leads").expect(200);
    assert_eq!(lead["data"][0]["metadata"], json!({"plan": "gold", "seats": 3}));
    assert_eq!(lead["data"][0]["event"], "signup");
}
