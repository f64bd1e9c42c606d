//! The test twin's clock: a month in a moment, windows to the second, and nothing of it in the live ledger.

use referral::instant::Instant;
use serde_json::{Value, json};
use tests::book::Book;
use tests::chance::now_ms;
use tests::forge;
use tests::house::House;
use tests::program::Program;

const DAY_SECONDS: i64 = 86_400;

fn sale(order: &str) -> Value {
    json!({"order_id": order, "customer_id": format!("c-{order}"), "amount": 1_000, "currency": "EUR"})
}

fn with(mut body: Value, name: &str, value: &str) -> Value {
    body[name] = value.into();
    body
}

fn instant(body: &Value, name: &str) -> Instant {
    Instant::parse(body[name].as_str().unwrap_or_default()).expect("an instant")
}

#[test]
fn a_hold_of_thirty_days_ends_in_a_moment() {
    let house = House::shared();
    let program = Program::open(&house);
    let server = program.test_server();
    server.post("/v1/referrers", &json!({"external_id": "a", "code": "ada"})).expect(201);
    server.post("/v1/sales", &with(sale("o"), "code", "ada")).expect(201);
    let states = || -> Vec<Value> {
        let listed = server.get("/v1/rewards").expect(200);
        listed["data"].as_array().into_iter().flatten().map(|reward| reward["state"].clone()).collect()
    };
    let advance = |days: i64| server.post("/v1/test/clock", &json!({"advance_days": days})).expect(200);
    advance(29);
    assert_eq!(states(), ["pending", "pending"]);
    let moved = advance(1);
    assert_eq!(states(), ["approved", "approved"]);
    assert_eq!(moved["ahead_seconds"], 30 * DAY_SECONDS);
    let told = server.get("/v1/events?type=reward.approved").expect(200);
    assert_eq!(told["data"].as_array().map(Vec::len), Some(2), "{told}");
    assert!(instant(&told["data"][0], "at") >= instant(&moved, "now"), "in the ledger's time: {told}");
    let book = Book::of(&program, "secret_test");
    book.check();
    assert!(server.get("/v1/ledger/verify").expect(200)["ok"] == true);
}

#[test]
fn a_window_of_ninety_days_closes_to_the_second() {
    let house = House::shared();
    // What takes longer than the second that is looked at tells nothing, and is done again.
    let told_in_time = |seconds: i64| {
        let program = Program::open(&house);
        let server = program.test_server();
        server.post("/v1/referrers", &json!({"external_id": "a", "code": "ada"})).expect(201);
        let click = forge::click(&program, "ada", 0);
        let clicked_at = forge::keys(&house, program.uid())
            .verify(&click, now_ms().div_euclid(1000))
            .expect("a click of ours")
            .clicked_at;
        let edge = Instant::from_seconds(clicked_at + 90 * DAY_SECONDS + seconds);
        server.post("/v1/test/clock", &json!({"now": edge.to_string()})).expect(200);
        let sold = server.post("/v1/sales", &with(sale("o"), "click_id", &click)).expect(201);
        let recorded = instant(&server.get("/v1/sales").expect(200)["data"][0], "recorded_at");
        (recorded.since_ms(edge) < 900).then_some(sold)
    };
    for (seconds, credited) in [(-1, true), (1, false)] {
        let sold =
            (0..10).find_map(|_| told_in_time(seconds)).expect("a machine that is fast enough to tell");
        let expected = if credited { "attributed" } else { "unattributed" };
        assert_eq!(sold["attribution"]["status"], expected, "{seconds} s from the edge: {sold}");
        if !credited {
            assert_eq!(sold["attribution"]["reason"], "outside_window", "{sold}");
        }
    }
}

#[test]
fn the_clock_outlives_the_process_runs_forward_only_and_leaves_the_live_ledger_alone() {
    let house = House::start(|options| options);
    let program = Program::open(&house);
    let server = program.test_server();
    let moved = server.post_once("/v1/test/clock", "a", &json!({"advance_days": 400})).expect(200);
    assert_eq!(server.post_once("/v1/test/clock", "a", &json!({"advance_days": 400})).expect(200), moved);
    house.crash();
    house.restart();
    let joined = server.post("/v1/referrers", &json!({"external_id": "a"})).expect(201);
    assert!(instant(&joined, "created_at") >= instant(&moved, "now"), "{joined} after {moved}");
    assert!(instant(&joined, "created_at").ms() < now_ms() + 401 * DAY_SECONDS * 1000, "moved once");
    let past = Instant::from_ms(now_ms() + 399 * DAY_SECONDS * 1000).to_string();
    assert_eq!(server.post("/v1/test/clock", &json!({"now": past})).problem(409), "clock_runs_forward");
    for body in [
        json!({}),
        json!({"advance_days": 1, "now": "2090-01-01T00:00:00Z"}),
        json!({"advance_days": 0}),
        json!({"advance_days": -1}),
        json!({"advance_days": 3_661}),
        json!({"advance_days": 1.5}),
        json!({"now": "soon"}),
        json!({"now": "2100-01-01T00:00:01Z"}),
        json!({"days": 1}),
    ] {
        assert_eq!(server.post("/v1/test/clock", &body).problem(422), "validation_failed", "{body}");
    }
    for _ in 0..3 {
        server.post("/v1/test/clock", &json!({"advance_days": 3_660})).expect(200);
    }
    // A key lives by the same clock, and so does a rotation.
    server.get("/v1/program").expect(200);
    let live = program.server();
    assert_eq!(live.post("/v1/test/clock", &json!({"advance_days": 1})).problem(403), "test_mode_only");
    let joined = live.post("/v1/referrers", &json!({"external_id": "a"})).expect(201);
    assert!((instant(&joined, "created_at").ms() - now_ms()).abs() < 60_000, "{joined}");
    assert_eq!(Book::live(&program).number("SELECT count(*) FROM clock"), 0);
}
