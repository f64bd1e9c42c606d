//! Calls that are made twice.

use serde_json::{Value, json};
use tests::book::Book;
use tests::forge;
use tests::house::House;
use tests::http::Request;
use tests::program::{Program, fresh_slug, usual};

/// Every call that writes: whose key, path, body.
fn writes(program: &Program) -> Vec<(&'static str, &'static str, Value)> {
    let click = forge::click(program, "ada", 60);
    vec![
        ("secret_live", "/v1/referrers", json!({"external_id": "e", "name": "E"})),
        (
            "secret_live",
            "/v1/leads",
            json!({"customer_id": "l", "click_id": click, "email": "l@mail.example"}),
        ),
        (
            "secret_live",
            "/v1/sales",
            json!({"order_id": "o", "customer_id": "s", "amount": 5_000, "currency": "EUR", "code": "ada"}),
        ),
        ("secret_live", "/v1/refunds", json!({"refund_id": "r", "order_id": "o", "amount": 500})),
        ("secret_live", "/v1/refunds", json!({"refund_id": "w", "order_id": "later", "amount": 500})),
        (
            "publishable_live",
            "/v1/widget/join",
            json!({"proof": format!("gws_{}", "C".repeat(42) + "A"), "name": "J"}),
        ),
        ("publishable_live", "/v1/claims", json!({"click_id": click, "customer_id": "l"})),
    ]
}

#[test]
fn a_call_made_twice_is_answered_alike_and_done_once() {
    let house = House::shared();
    let program = Program::open(&house);
    program.referrer("ada");
    for (key, path, body) in writes(&program) {
        let caller = program.with(program.key(key));
        let first = caller.post(path, &body).expect(201);
        let rows = Book::live(&program).dump();
        for _ in 0..3 {
            assert_eq!(caller.post(path, &body).expect(200), first, "{path}");
        }
        assert_eq!(Book::live(&program).dump(), rows, "{path} was done again");
    }
}

#[test]
fn under_an_idempotency_key_the_first_answer_comes_back_to_the_letter() {
    let house = House::shared();
    let program = Program::open(&house);
    program.referrer("ada");
    let mut all = writes(&program);
    all.push(("secret_live", "/v1/referrers", json!({"name": "Nobody in particular"})));
    all.push(("secret_live", "/v1/keys", json!({"kind": "publishable", "overlap_hours": 1})));
    for (number, (key, path, body)) in all.into_iter().enumerate() {
        let caller = program.with(program.key(key));
        let name = format!("call-{number}");
        let first = caller.post_once(path, &name, &body);
        first.expect(201);
        let rows = Book::live(&program).dump();
        for _ in 0..2 {
            let again = caller.post_once(path, &name, &body);
            assert_eq!((again.status, &again.body), (first.status, &first.body), "{path}");
        }
        // The same key with another body is a mistake; at another address it is another key.
        let mut other = body.clone();
        other["metadata"] = json!({"other": true});
        assert_eq!(caller.post_once(path, &name, &other).problem(422), "idempotency_key_reused", "{path}");
        assert_eq!(Book::live(&program).dump(), rows, "{path} was done again");
    }
    let sale = json!({"order_id": "x", "customer_id": "x", "amount": 1, "currency": "EUR"});
    program.server().post_once("/v1/sales", "one", &sale).expect(201);
    program.server().post_once("/v1/leads", "one", &json!({"customer_id": "x"})).expect(201);
    program
        .test_server()
        .post_once(
            "/v1/sales",
            "one",
            &json!({"order_id": "y", "customer_id": "x", "amount": 2, "currency": "EUR"}),
        )
        .expect(201);
}

#[test]
fn a_refused_call_does_not_use_its_idempotency_key_up() {
    let house = House::shared();
    let program = Program::open(&house);
    let server = program.server();
    server.post_once("/v1/leads", "k", &json!({"customer_id": ""})).problem(422);
    server.post_once("/v1/leads", "k", &json!({"customer_id": "c"})).expect(201);
    for bad in ["\u{fc}", "tab\there", &"k".repeat(256)] {
        assert_eq!(
            server.post_once("/v1/leads", bad, &json!({"customer_id": "c"})).problem(422),
            "idempotency_key_malformed",
            "{bad}"
        );
    }
}

#[test]
fn a_program_opened_twice_under_one_idempotency_key_is_one_program_with_the_same_keys() {
    let house = House::shared();
    let (slug, name) = (fresh_slug(), fresh_slug());
    let open = |body: &Value, key: &str| {
        house.call(&Request::post("/v1/programs", body).key(&house.admin_key).header("idempotency-key", key))
    };
    let first = open(&usual(&slug), &name).expect(201);
    let again = open(&usual(&slug), &name).expect(201);
    assert_eq!((&first["id"], &first["keys"]), (&again["id"], &again["keys"]));
    let mut other = usual(&slug);
    other["name"] = "Other".into();
    assert_eq!(open(&other, &name).problem(422), "idempotency_key_reused");
    assert_eq!(open(&usual(&slug), "another").problem(409), "slug_taken");
    assert_eq!(
        house.call(&Request::post("/v1/programs", &usual(&slug)).key(&house.admin_key)).problem(409),
        "slug_taken"
    );
}

#[test]
fn one_external_id_is_one_referrer_and_one_code_has_one_owner() {
    let house = House::shared();
    let program = Program::open(&house);
    let server = program.server();
    let first = server.post("/v1/referrers", &json!({"external_id": "e", "code": "ada"})).expect(201);
    let again = server
        .post("/v1/referrers", &json!({"external_id": "e", "code": "other", "name": "Other"}))
        .expect(200);
    assert_eq!((&again["id"], &again["code"]), (&first["id"], &json!("ada")));
    assert_eq!(
        server.post("/v1/referrers", &json!({"external_id": "f", "code": "ADA"})).problem(409),
        "code_taken"
    );
    // A lead is once per customer and event.
    let lead = server.post("/v1/leads", &json!({"customer_id": "c"})).expect(201);
    assert_eq!(server.post("/v1/leads", &json!({"customer_id": "c", "event": "signup"})).expect(200), lead);
    server.post("/v1/leads", &json!({"customer_id": "c", "event": "trial"})).expect(201);
}

#[test]
fn thirty_two_who_say_the_same_at_once_say_it_once() {
    let house = House::shared();
    for idempotent in [false, true] {
        let program = Program::open(&house);
        program.referrer("ada");
        for (number, (key, path, body)) in writes(&program).into_iter().enumerate() {
            let name = format!("at-once-{number}");
            let answers: Vec<(u16, Value)> = std::thread::scope(|scope| {
                let say = || {
                    let request = Request::post(path, &body).key(program.key(key));
                    let request = if idempotent { request.header("idempotency-key", &name) } else { request };
                    let answer = house.call(&request);
                    (answer.status, answer.json())
                };
                let threads: Vec<_> = (0..32).map(|_| scope.spawn(say)).collect();
                threads.into_iter().map(|thread| thread.join().expect("an answer")).collect()
            });
            let new = answers.iter().filter(|(status, _)| *status == 201).count();
            assert_eq!(new, if idempotent { 32 } else { 1 }, "{path}: {answers:?}");
            assert!(answers.iter().all(|(_, body)| *body == answers[0].1), "{path}: {answers:?}");
        }
        let book = Book::live(&program);
        book.check();
        assert_eq!(book.number("SELECT count(*) FROM conversion"), 2);
        assert_eq!(book.number("SELECT count(*) FROM refund"), 2);
        assert_eq!(book.number("SELECT count(*) FROM referrer"), 3);
    }
}

#[test]
fn refunds_that_race_for_the_last_of_a_sale_never_take_more_than_it() {
    let house = House::shared();
    let program = Program::open(&house);
    program.referrer("ada");
    let sale =
        json!({"order_id": "o", "customer_id": "c", "amount": 1_000, "currency": "EUR", "code": "ada"});
    program.server().post("/v1/sales", &sale).expect(201);
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let refund = |number: u32| {
            let body = json!({"refund_id": format!("r{number}"), "order_id": "o", "amount": 100});
            program.server().post("/v1/refunds", &body).status
        };
        let threads: Vec<_> = (0..24).map(|number| scope.spawn(move || refund(number))).collect();
        threads.into_iter().map(|thread| thread.join().expect("an answer")).collect()
    });
    let of = |wanted: u16| statuses.iter().filter(|status| **status == wanted).count();
    assert_eq!((of(201), of(422)), (10, 14), "{statuses:?}");
    Book::live(&program).check();
}
