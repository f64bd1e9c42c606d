//! Groups of referrers with terms of their own, beside those of the program.

use serde_json::{Value, json};
use std::sync::Arc;
use tests::book::Book;
use tests::forge;
use tests::house::House;
use tests::http::Request;
use tests::program::Program;
use tests::token::{identity, secret};

fn share(bps: i64) -> Value {
    json!({"rewards": [{"id": "share", "on": "sale", "to": "referrer", "pay": {"share_bps": bps}}]})
}

fn program(house: &Arc<House>) -> (Program, Value, Value) {
    let program = Program::open_with(house, &json!({"terms": share(1000)}));
    let (ada, eve) = (program.referrer("ada"), program.referrer("eve"));
    (program, ada, eve)
}

fn put(program: &Program, referrer: &Value, group: &Value) -> tests::http::Answer {
    let path = format!("/v1/referrers/{}/group", referrer["id"].as_str().expect("an id"));
    program.server().post(&path, &json!({"group_id": group}))
}

/// The version that judged a sale by a bare code, and its reward.
fn sell(program: &Program, order: &str, code: &str) -> (Option<i64>, Option<i64>) {
    let body =
        json!({"order_id": order, "customer_id": order, "amount": 1_000, "currency": "EUR", "code": code});
    let sold = program.server().post("/v1/sales", &body).expect(201);
    (sold["attribution"]["terms_version"].as_i64(), sold["rewards"][0]["amount"].as_i64())
}

#[test]
fn a_referrer_is_promised_the_terms_of_their_group_from_when_they_joined_it() {
    let house = House::shared();
    let (program, ada, _) = program(&house);
    let server = program.server();
    let clicked_before = forge::click(&program, "ada", 60);
    let group = server.post("/v1/groups", &json!({"name": "Ambassadors", "terms": share(2000)})).expect(201);
    assert_eq!(group["terms"]["version"], 2, "{group}");
    assert_eq!(
        server.post("/v1/groups", &json!({"name": "Ambassadors", "terms": share(2000)})).expect(200),
        group
    );
    assert_eq!(
        server.post("/v1/groups", &json!({"name": "Ambassadors", "terms": share(1)})).problem(409),
        "group_conflict"
    );
    put(&program, &ada, &group["id"]).expect(201);
    put(&program, &ada, &group["id"]).expect(200);
    assert_eq!(sell(&program, "1", "ada"), (Some(2), Some(200)));
    assert_eq!(sell(&program, "2", "eve"), (Some(1), Some(100)), "everybody else keeps the program's");
    let body = json!({"order_id": "3", "customer_id": "3", "amount": 1_000, "currency": "EUR", "click_id": clicked_before});
    let sold = server.post("/v1/sales", &body).expect(201);
    assert_eq!(sold["attribution"]["terms_version"], 1, "the link was followed before they joined: {sold}");
    // Versions are counted together, so each names one text.
    let path = format!("/v1/groups/{}/terms", group["id"].as_str().expect("an id"));
    let changed = server.patch("/v1/program", &json!({"terms": share(1100)})).expect(200);
    assert_eq!(changed["terms"]["version"], 3);
    assert_eq!(server.post(&path, &json!({"terms": share(2100)})).expect(201)["terms"]["version"], 4);
    assert_eq!(server.post(&path, &json!({"terms": share(2100)})).expect(200)["terms"]["version"], 4);
    assert_eq!(
        (sell(&program, "4", "ada"), sell(&program, "5", "eve")),
        ((Some(4), Some(210)), (Some(3), Some(110)))
    );
    let shown = server.get(&format!("/v1/referrers/{}", ada["id"].as_str().expect("an id"))).expect(200);
    assert_eq!(shown["group_id"], group["id"], "{shown}");
    put(&program, &ada, &Value::Null).expect(201);
    assert_eq!(sell(&program, "6", "ada"), (Some(3), Some(110)), "and out again");
    assert_eq!(server.get("/v1/groups").expect(200)["data"][0]["terms"]["version"], 4);
    Book::live(&program).check();
}

#[test]
fn the_widget_shows_a_referrer_the_terms_of_their_group() {
    let house = House::shared();
    let (program, ..) = program(&house);
    let proof = format!("gws_{}A", "G".repeat(42));
    let joined = program.page().post("/v1/widget/join", &json!({"proof": proof})).expect(201);
    let group =
        program.server().post("/v1/groups", &json!({"name": "Partners", "terms": share(2500)})).expect(201);
    let me =
        || program.page().send(Request::get("/v1/widget/me").header("goodword-proof", &proof)).expect(200);
    assert_eq!(me()["program"]["terms_version"], 1);
    put(&program, &joined, &group["id"]).expect(201);
    let shown = me();
    assert_eq!(
        shown["program"]["promise"]["referrer"],
        json!(["You get 25% of what was paid when a friend buys."]),
        "{shown}"
    );
    assert_eq!(
        (&shown["program"]["terms_version"], &shown["program"]["offer"]["referrer"][0]["pay"]["share_bps"]),
        (&json!(2), &json!(2500))
    );
    assert_eq!(
        program.page().get("/v1/widget/me").expect(200)["program"]["terms_version"],
        1,
        "without a proof the program's"
    );
}

#[test]
fn a_link_joined_to_an_account_is_promised_the_terms_of_its_group_and_paid_with_it() {
    let house = House::shared();
    let mut plain = share(1000);
    plain["hold_days"] = 0.into();
    let program = Program::open_with(&house, &json!({ "terms": plain }));
    let server = program.server();
    let (proof, code) = secret(71);
    let join = |token: Option<&str>, body: Value| {
        let request = Request::post("/v1/widget/join", &body);
        program.page().send(match token {
            Some(token) => request.header("goodword-identity", token),
            None => request,
        })
    };
    let token = identity(&program, "ida");
    let ida = join(Some(&token), json!({})).expect(201);
    join(None, json!({ "proof": proof })).expect(201);
    let terms = json!({"hold_days": 0, "rewards": [{"id": "steps", "on": "sale", "to": "referrer", "pay": {
        "tiers": {"by": "count", "steps": [{"from": 1, "share_bps": 2000}, {"from": 2, "share_bps": 3000}]},
    }}]});
    let group = server.post("/v1/groups", &json!({"name": "Partners", "terms": terms})).expect(201);
    put(&program, &ida, &group["id"]).expect(201);
    assert_eq!(sell(&program, "1", &code), (Some(1), Some(100)), "nobody's but the browser's yet");
    let welcome = || program.page().get(&format!("/v1/widget/welcome?code={code}")).expect(200);
    assert_eq!(welcome()["program"]["offer"]["friend"], json!([]));
    join(Some(&token), json!({ "proof": proof })).expect(200);
    assert_eq!(
        sell(&program, "2", &code),
        (Some(2), Some(300)),
        "the second sale they brought, the one before they signed in counted with it"
    );
    let batch = server.post("/v1/payouts", &json!({})).expect(201);
    let path = format!("/v1/payouts/{}", batch["id"].as_str().expect("an id"));
    let lines = server.get(&path).expect(200)["lines"].clone();
    let told: Vec<_> =
        lines.as_array().expect("lines").iter().map(|l| (&l["person_id"], &l["amount"])).collect();
    assert_eq!(told, [(&ida["id"], &json!(400))], "one line to the account: {lines}");
    server.post(&format!("{path}/decision"), &json!({"decision": "paid"})).expect(201);
    let statement = format!("/v1/referrers/{}/statement", ida["id"].as_str().expect("an id"));
    assert_eq!(server.get(&statement).expect(200)["data"].as_array().map(Vec::len), Some(3));
    Book::live(&program).check();
}

#[test]
fn what_is_no_group_or_no_referrer_is_refused() {
    let house = House::shared();
    let (program, ada, _) = program(&house);
    let server = program.server();
    assert_eq!(put(&program, &ada, &json!("grp_0000000000000000")).json()["errors"][0]["field"], "group_id");
    let path = format!("/v1/referrers/{}/group", ada["id"].as_str().expect("an id"));
    assert_eq!(server.post(&path, &json!({})).json()["errors"][0]["code"], "required");
    assert_eq!(put(&program, &json!({"id": "rfr_0000000000000000"}), &Value::Null).problem(404), "not_found");
    assert_eq!(
        server.post("/v1/groups/grp_0000000000000000/terms", &json!({"terms": share(1)})).problem(404),
        "not_found"
    );
    for (body, field) in [
        (json!({"terms": share(1)}), "name"),
        (json!({"name": "x"}), "terms"),
        (json!({"name": "x", "terms": {"rewards": [{"id": "a"}]}}), "terms.rewards[0].on"),
    ] {
        assert_eq!(server.post("/v1/groups", &body).json()["errors"][0]["field"], field);
    }
    assert_eq!(Book::live(&program).number("SELECT count(*) FROM referrer_group"), 0);
}

#[test]
fn terms_of_the_program_and_of_groups_changed_at_once_are_versions_one_after_the_other() {
    let house = House::shared();
    let (program, _, _) = program(&house);
    let server = program.server();
    let group = server.post("/v1/groups", &json!({"name": "Busy", "terms": share(100)})).expect(201);
    let path = format!("/v1/groups/{}/terms", group["id"].as_str().expect("an id"));
    let made: Vec<u16> = std::thread::scope(|scope| {
        let mut threads = Vec::new();
        for worker in 0..16 {
            let (server, path) = (&server, &path);
            // The window also stands in the directory, which is asked in between.
            let mut own = share(1000 + worker);
            own["window_days"] = (30 + worker).into();
            threads.push(scope.spawn(move || server.patch("/v1/program", &json!({ "terms": own })).status));
            threads
                .push(scope.spawn(move || server.post(path, &json!({"terms": share(200 + worker)})).status));
        }
        threads.into_iter().map(|thread| thread.join().expect("an answer")).collect()
    });
    assert!(made.iter().all(|status| matches!(status, 200 | 201 | 409)), "{made:?}");
    let book = Book::live(&program);
    book.check();
    let versions = book.number("SELECT count(*) FROM terms");
    assert_eq!(book.number("SELECT max(version) FROM terms"), versions, "without gaps");
    assert_eq!(
        versions,
        2 + i64::try_from(made.iter().filter(|status| **status < 300).count()).expect("few")
    );
}
