//! The outbox against a listener that refuses, falls silent, then accepts. Time is an argument, so nothing sleeps.

use crate::double::{Double, Next, config, nobody};
use shop::goodword::{Goodword, Message};
use shop::store::{NewCustomer, Store};
use shop::verdict::Verdict;

const CREDITED: &str =
    r#"{"attribution":{"status":"attributed","code":"abc","rule":"last_click"},"rewards":[]}"#;

fn store_with(customers: &[&str]) -> Store {
    let store = Store::in_memory().expect("memory");
    for id in customers {
        let email = format!("{id}@example.org");
        let customer = NewCustomer { id, email: &email, name: "Ada", password_hash: "x", click_id: None };
        assert!(store.run(|tx| customer.insert(tx, 0)).expect("insert"));
    }
    store
}

fn sale(store: &Store, customer_id: &str, order_id: &str, now: i64) {
    let message = Message::Sale {
        order_id,
        customer_id,
        amount: 2400,
        currency: "EUR",
        occurred_at: "2026-11-21T10:14:43Z",
        click_id: None,
    };
    store.run(|tx| message.enqueue(tx, customer_id, now)).expect("enqueue");
}

fn lead(store: &Store, customer_id: &str, now: i64) {
    let message = Message::Lead {
        customer_id,
        click_id: None,
        email: "ada@example.org",
        name: "Ada",
        occurred_at: "2026-11-21T10:14:43Z",
    };
    store.run(|tx| message.enqueue(tx, customer_id, now)).expect("enqueue");
}

fn label(store: &Store, key: &str) -> &'static str {
    store.run(|tx| Verdict::find(tx, key)).expect("read").expect("a message").outcome.label()
}

fn to(edge: &str) -> Goodword {
    Goodword::new(edge.to_owned(), config(edge).secret_key)
}

#[test]
fn what_was_refused_is_sent_again_later_with_the_same_key_and_body_until_it_is_accepted() {
    let double = Double::listen(
        [
            Next::Answer(503, "busy"),
            Next::Answer(200, "<html>a page in between</html>"),
            Next::Answer(401, "{}"),
        ],
        CREDITED,
    );
    let (store, goodword) = (store_with(&["cus_1"]), to(&double.origin));
    sale(&store, "cus_1", "FF-1", 1000);
    let deliver = |now| goodword.deliver(&store, None, now).expect("deliver");

    // Left to the request that wrote it, then tried, then left alone for 4, 8 and 16 seconds.
    for (now, tries) in
        [(1000, 0), (1003, 0), (1004, 1), (1007, 1), (1008, 2), (1015, 2), (1016, 3), (1031, 3)]
    {
        deliver(now);
        assert_eq!(double.heard().len(), tries, "at {now}");
        assert_eq!(label(&store, "sale-FF-1"), "Not told yet");
    }
    deliver(1032);
    deliver(9999);
    assert_eq!(label(&store, "sale-FF-1"), "Credited");
    let heard = double.heard();
    assert_eq!(heard.len(), 4, "sent until accepted, and not once more");
    assert!(heard.iter().all(|h| *h == heard[0]), "{heard:?}");
    assert_eq!(heard[0].path, "/v1/sales");
    assert_eq!(heard[0].authorization, "Bearer sk_live_hidden");
    assert_eq!(heard[0].idempotency_key, "sale-FF-1");
}

#[test]
fn a_restart_between_attempts_loses_nothing() {
    let folder = std::env::temp_dir().join(format!("goodword-shop-outbox-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("folder");
    let key = "lead-cus_1";
    {
        let store = Store::open(&folder).expect("open");
        let customer = NewCustomer {
            id: "cus_1",
            email: "a@b.example",
            name: "Ada",
            password_hash: "x",
            click_id: None,
        };
        store.run(|tx| customer.insert(tx, 0)).expect("insert");
        lead(&store, "cus_1", 0);
        to(&nobody()).deliver(&store, Some("cus_1"), 0).expect("deliver");
        assert_eq!(label(&store, key), "Not told yet");
    }
    let double = Double::listen([], CREDITED);
    let store = Store::open(&folder).expect("open again");
    to(&double.origin).deliver(&store, None, 60).expect("deliver");
    assert_eq!(label(&store, key), "Credited");
    drop(store);
    std::fs::remove_dir_all(&folder).expect("clean");
}

#[test]
fn one_customers_messages_arrive_in_order_and_do_not_hold_up_another_customers() {
    let double = Double::listen([Next::Answer(500, "oh")], CREDITED);
    let (store, goodword) = (store_with(&["cus_1", "cus_2"]), to(&double.origin));
    lead(&store, "cus_1", 0);
    goodword.deliver(&store, Some("cus_1"), 0).expect("deliver"); // 500
    sale(&store, "cus_1", "FF-1", 1);
    goodword.deliver(&store, Some("cus_1"), 1).expect("deliver"); // waits behind the lead
    lead(&store, "cus_2", 1);
    goodword.deliver(&store, Some("cus_2"), 1).expect("deliver"); // goes at once
    goodword.deliver(&store, None, 60).expect("deliver"); // the rest
    let keys: Vec<_> = double.heard().into_iter().map(|h| h.idempotency_key).collect();
    assert_eq!(keys, ["lead-cus_1", "lead-cus_2", "lead-cus_1", "sale-FF-1"]);
}

#[test]
fn a_refusal_that_no_retry_changes_is_final_and_lets_the_next_message_pass() {
    let refusal = r#"{"status":422,"code":"validation_failed","detail":"email: too long"}"#;
    let double = Double::listen([Next::Answer(422, refusal)], CREDITED);
    let (store, goodword) = (store_with(&["cus_1"]), to(&double.origin));
    lead(&store, "cus_1", 0);
    sale(&store, "cus_1", "FF-1", 0);
    goodword.deliver(&store, None, 10).expect("deliver");
    goodword.deliver(&store, None, 9999).expect("deliver");
    assert_eq!(double.heard().len(), 2);
    assert_eq!(label(&store, "lead-cus_1"), "Refused");
    assert_eq!(label(&store, "sale-FF-1"), "Credited");
}

#[test]
fn silence_is_given_up_after_three_seconds() {
    let double = Double::listen([Next::Silence], CREDITED);
    let (store, goodword) = (store_with(&["cus_1"]), to(&double.origin));
    lead(&store, "cus_1", 0);
    let began = std::time::Instant::now();
    goodword.deliver(&store, Some("cus_1"), 0).expect("deliver");
    let waited = began.elapsed().as_millis();
    assert!((2900..3900).contains(&waited), "{waited} ms");
    let verdict = store.run(|tx| Verdict::find(tx, "lead-cus_1")).expect("read").expect("a message");
    assert!(verdict.sentence.contains("no answer within 3 seconds"), "{}", verdict.sentence);
}

#[test]
fn the_same_fact_is_never_two_messages() {
    let store = store_with(&["cus_1"]);
    sale(&store, "cus_1", "FF-1", 0);
    let again = Message::Sale {
        order_id: "FF-1",
        customer_id: "cus_1",
        amount: 1,
        currency: "EUR",
        occurred_at: "2026-11-21T10:14:43Z",
        click_id: None,
    };
    assert!(store.run(|tx| again.enqueue(tx, "cus_1", 0)).is_err());
}
