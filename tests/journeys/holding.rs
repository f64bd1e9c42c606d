//! Doubt that comes after money was put together or sent, and decisions that reach further than one conversion.

use crate::fraud::{doubting, flags_of, id, referrer};
use serde_json::{Value, json};
use tests::book::Book;
use tests::chance::{in_one_hour, now_ms};
use tests::forge;
use tests::house::House;
use tests::http::{Answer, Request};
use tests::program::Program;
use tests::token::{identity, secret};

/// A lead whose hold ended long ago; all of them at one moment, so that the fourth is a burst.
fn old_lead(program: &Program, customer: &str) -> Value {
    let lead = json!({"customer_id": customer, "code": "ada", "occurred_at": "2026-01-01T00:00:00Z"});
    program.server().post("/v1/leads", &lead).expect(201)
}

fn batch(program: &Program) -> String {
    id(&program.server().post("/v1/payouts", &json!({})).expect(201)).to_owned()
}

fn say(program: &Program, batch: &str, body: &Value) -> Answer {
    program.server().post(&format!("/v1/payouts/{batch}/decision"), body)
}

fn lines(program: &Program, batch: &str) -> Vec<Value> {
    let shown = program.server().get(&format!("/v1/payouts/{batch}")).expect(200);
    shown["lines"].as_array().cloned().unwrap_or_default()
}

fn decide(program: &Program, flags: &[Value], decision: &str) -> Value {
    let ids: Vec<&str> = flags.iter().map(id).collect();
    program.server().post("/v1/flags/decisions", &json!({"ids": ids, "decision": decision})).expect(201)
}

fn rewards(program: &Program) -> Vec<String> {
    let listed = program.server().get("/v1/rewards?limit=100").expect(200);
    let word = |reward: &Value| reward["state"].as_str().unwrap_or_default().to_owned();
    listed["data"].as_array().into_iter().flatten().map(word).collect()
}

/// Three rewards in a batch, then a burst that flags them.
fn burst(program: &Program) -> (String, String) {
    let ada = referrer(program, "ada", &json!({"email": "ada@kontor-nord.de", "name": "Ada"}));
    for at in 0..3 {
        old_lead(program, &format!("c-{at}"));
    }
    let batch = batch(program);
    assert_eq!(old_lead(program, "c-3")["rewards"][0]["state"], "held");
    assert_eq!(flags_of(program, &ada).len(), 4);
    (ada, batch)
}

#[test]
fn a_line_is_not_paid_while_a_flag_holds_a_part_of_it_and_is_once_it_is_released() {
    let house = House::shared();
    let program = doubting(&house, &[]);
    let (ada, batch) = burst(&program);
    assert_eq!(lines(&program, &batch)[0]["held"], true);
    let file = Request::get(&format!("/v1/payouts/{batch}/paypal.csv")).key(program.key("secret_live"));
    assert!(!house.call(&file).text().contains("ada@kontor-nord.de"), "no file sends what is held");
    let all = say(&program, &batch, &json!({"decision": "paid"})).expect(200);
    assert_eq!((&all["changed"], &all["held"]), (&json!(0), &json!(1)));
    let line = lines(&program, &batch)[0]["id"].clone();
    let named = json!({"decision": "paid", "line_ids": [line]});
    assert_eq!(say(&program, &batch, &named).problem(409), "payout_line_held");
    assert_eq!(rewards(&program), ["held"; 4]);
    decide(&program, &flags_of(&program, &ada), "release");
    assert!(house.call(&file).text().contains("ada@kontor-nord.de"));
    let paid = say(&program, &batch, &json!({"decision": "paid"})).expect(201);
    assert_eq!((&paid["changed"], &paid["held"]), (&json!(1), &json!(0)));
    assert_eq!(rewards(&program), ["approved", "paid", "paid", "paid"]);
    Book::live(&program).check();
}

#[test]
fn fraud_in_a_batch_is_not_sent_and_what_the_bank_sent_all_the_same_is_owed() {
    for sent in [false, true] {
        let house = House::shared();
        let program = doubting(&house, &[]);
        let (ada, first) = burst(&program);
        let flags = flags_of(&program, &ada);
        decide(&program, &flags[..1], "release");
        decide(&program, &flags[1..2], "confirm");
        decide(&program, &flags[2..], "release");
        let all = say(&program, &first, &json!({"decision": "paid"})).expect(200);
        assert_eq!((&all["changed"], &all["held"]), (&json!(0), &json!(0)), "fraud is in it");
        if sent {
            let named = json!({"decision": "paid", "line_ids": [lines(&program, &first)[0]["id"]]});
            say(&program, &first, &named).expect(201);
            assert_eq!(rewards(&program), ["approved", "paid", "voided", "paid"]);
            // 100 are approved and 100 are owed.
            assert_eq!(program.server().post("/v1/payouts", &json!({})).problem(409), "nothing_to_pay");
            old_lead(&program, "c-4");
            decide(&program, &flags_of(&program, &ada)[..1], "release");
        } else {
            say(&program, &first, &json!({"decision": "failed"})).expect(201);
        }
        let second = batch(&program);
        let line = &lines(&program, &second)[0];
        let expected = if sent { (json!(100), json!(-100)) } else { (json!(300), json!(0)) };
        assert_eq!((line["amount"].clone(), line["carried_amount"].clone()), expected, "sent: {sent}");
        Book::live(&program).check();
    }
}

#[test]
fn what_was_paid_before_it_was_found_to_be_fraud_is_taken_back_from_the_next_payout() {
    let house = House::shared();
    let program = doubting(&house, &[]);
    let ada = referrer(&program, "ada", &json!({}));
    for at in 0..3 {
        old_lead(&program, &format!("c-{at}"));
    }
    let first = batch(&program);
    say(&program, &first, &json!({"decision": "paid"})).expect(201);
    old_lead(&program, "c-3");
    let flags = flags_of(&program, &ada);
    assert_eq!(rewards(&program), ["held", "paid", "paid", "paid"], "what was paid is paid");
    // The oldest of the three is fraud, the others are not.
    let oldest = json!({"decision": "confirm"});
    let decided =
        program.server().post(&format!("/v1/flags/{}/decision", id(&flags[1])), &oldest).expect(201);
    assert_eq!(decided["status"], "confirmed");
    let of_flag = decided["conversion_id"].as_str().expect("an id");
    let taken = program.server().get(&format!("/v1/leads/{of_flag}")).expect(200)["rewards"][0].clone();
    assert_eq!((&taken["state"], &taken["reversed_amount"]), (&json!("paid"), &json!(100)), "{taken}");
    decide(&program, &[flags[0].clone(), flags[2].clone(), flags[3].clone()], "release");
    // One more than what is owed.
    old_lead(&program, "c-4");
    decide(&program, &flags_of(&program, &ada)[..1], "release");
    let second = batch(&program);
    let line = &lines(&program, &second)[0];
    assert_eq!((&line["amount"], &line["carried_amount"]), (&json!(100), &json!(-100)));
    let verified = program.server().get("/v1/ledger/verify").expect(200);
    assert_eq!(verified["ok"], true);
    Book::live(&program).check();
}

#[test]
fn a_customer_whom_only_a_browser_claimed_can_be_taken_away_and_is_judged_anew() {
    let house = House::shared();
    let program = Program::open(&house);
    let server = program.server();
    let eve = referrer(&program, "eve", &json!({}));
    referrer(&program, "ada", &json!({}));
    let claim = json!({"click_id": forge::click(&program, "eve", 600), "customer_id": "kim"});
    program.page().post("/v1/claims", &claim).expect(201);
    let sale = |order: &str, more: Value| {
        let mut sale = json!({"order_id": order, "customer_id": "kim", "amount": 9_000, "currency": "EUR"});
        for (name, value) in more.as_object().into_iter().flatten() {
            sale[name] = value.clone();
        }
        server.post("/v1/sales", &sale).expect(201)
    };
    let first = sale("first", json!({}));
    assert_eq!(first["attribution"]["referrer_id"], *eve);
    let flag = flags_of(&program, &eve).remove(0);
    let path = format!("/v1/flags/{}/decision", id(&flag));
    let wrong = json!({"decision": "release", "unbind": true});
    assert_eq!(server.post(&path, &wrong).problem(422), "validation_failed");
    // Confirmed at first without it: the customer stays.
    assert_eq!(server.post(&path, &json!({"decision": "confirm"})).expect(201)["unbound"], false);
    assert_eq!(sale("second", json!({}))["attribution"]["rule"], "bound_customer");
    let unbind = json!({"decision": "confirm", "unbind": true});
    assert_eq!(server.post(&path, &unbind).expect(201)["unbound"], true);
    assert_eq!(server.post(&path, &unbind).expect(200)["unbound"], true, "once");
    // The claim counts no more; nobody is credited, and not because the customer was known.
    let third = sale("third", json!({}));
    assert_eq!(third["attribution"]["reason"], "no_click", "{third}");
    let fourth = sale("fourth", json!({"click_id": forge::click(&program, "ada", 60)}));
    assert_eq!(fourth["attribution"]["code"], "ada", "{fourth}");
    assert_eq!(sale("fifth", json!({}))["attribution"]["code"], "ada", "bound anew");
    let book = Book::live(&program);
    assert_eq!(book.number("SELECT count(*) FROM audit WHERE action = 'friend.unbound'"), 1);
    assert_eq!(book.number("SELECT count(*) FROM link WHERE kind = 'rebinding'"), 2);
    assert_eq!(server.get("/v1/ledger/verify").expect(200)["ok"], true);
    book.check();
}

#[test]
fn two_referrers_whose_money_goes_to_one_account_are_both_doubted() {
    let house = House::shared();
    let program = doubting(&house, &["velocity"]);
    let server = program.server();
    let (ada, eve) = (referrer(&program, "ada", &json!({})), referrer(&program, "eve", &json!({})));
    let lead = |customer: &str, code: &str| {
        server.post("/v1/leads", &json!({"customer_id": customer, "code": code})).expect(201)
    };
    let target = |who: &str, iban: &str| {
        let body = json!({"name": "A", "iban": iban});
        server.post(&format!("/v1/referrers/{who}/payout_target"), &body).expect(201);
    };
    let rules = |who: &str| -> Vec<Value> {
        flags_of(&program, who).iter().map(|flag| flag["rule"].clone()).collect()
    };
    lead("a", "ada");
    lead("e", "eve");
    target(&ada, "DE89370400440532013000");
    // Another account that ends alike is another account.
    target(&eve, "GB82WEST12345698765432");
    assert!(rules(&ada).is_empty() && rules(&eve).is_empty());
    target(&eve, "DE89370400440532013000");
    assert_eq!((rules(&ada), rules(&eve)), (vec![json!("shared_target")], vec![json!("shared_target")]));
    assert_eq!(flags_of(&program, &ada)[0]["evidence"], json!({"with": eve}));
    assert_eq!(rewards(&program), ["held", "held"]);
    assert_eq!(lead("later", "ada")["rewards"][0]["state"], "held");
    Book::live(&program).check();
}

#[test]
fn a_click_that_the_referrers_own_browser_held_is_doubted_before_and_after() {
    let house = House::shared();
    let program = doubting(&house, &["velocity", "too_fast"]);
    let (proof, code) = secret(81);
    let join = |body: Value| program.page().post("/v1/widget/join", &body);
    let ada = join(json!({"proof": proof})).expect(201);
    let (own, other) = (forge::click(&program, &code, 900), forge::click(&program, &code, 800));
    let lead = |customer: &str, click: &str| {
        let lead = json!({"customer_id": customer, "click_id": click});
        program.server().post("/v1/leads", &lead).expect(201)["rewards"][0]["state"].clone()
    };
    assert_eq!([lead("before", &own), lead("elsewhere", &other)], ["pending", "pending"]);
    // Somebody who joins with a click on another's link is a friend who becomes a referrer.
    let (second, _) = secret(82);
    join(json!({"proof": second, "click_id": other})).expect(201);
    assert!(flags_of(&program, id(&ada)).is_empty());
    join(json!({"proof": proof, "click_id": own})).expect(200);
    join(json!({"proof": proof, "click_id": own})).expect(200);
    join(json!({"proof": proof, "click_id": "gwc_nonsense"})).expect(200);
    let flags = flags_of(&program, id(&ada));
    assert_eq!((flags.len(), &flags[0]["rule"]), (1, &json!("own_browser")), "{flags:?}");
    assert_eq!(lead("after", &own), "held");
    let book = Book::live(&program);
    assert_eq!(book.number("SELECT count(*) FROM audit WHERE action = 'referrer.browser_told'"), 1);
    book.check();
}

#[test]
fn rejected_leads_suspend_too_and_suspension_follows_a_person_to_their_account() {
    let house = House::shared();
    let fraud = json!({"off": ["velocity"], "suspension": {"rejected_of": 2}});
    let program = Program::open_with(&house, &json!({ "fraud": fraud }));
    let (proof, code) = secret(83);
    let anonymous = program.page().post("/v1/widget/join", &json!({"proof": proof})).expect(201);
    let lead = |customer: &str| {
        let lead = json!({"customer_id": customer, "code": code});
        program.server().post("/v1/leads", &lead).expect(201)
    };
    let reject = |lead: &Value| {
        let body = json!({"decision": "reject", "reason": "Nobody is there."});
        program.server().post(&format!("/v1/leads/{}/decision", id(lead)), &body).expect(201);
    };
    let (one, _) = (lead("one"), lead("two"));
    let of = |who: &str| program.server().get(&format!("/v1/referrers/{who}/suspension")).expect(200);
    reject(&one);
    let standing = of(id(&anonymous));
    assert_eq!(
        (&standing["suspended"], &standing["history"][0]["cause"]),
        (&json!(true), &json!("rejected_share"))
    );
    assert_eq!(lead("three")["rewards"][0]["reason"], "suspended");
    // They sign in as somebody who has an account: it is the same person.
    let sign_in = |body: &Value| {
        let request = Request::post("/v1/widget/join", body);
        program.page().send(request.header("goodword-identity", &identity(&program, "ada")))
    };
    let account = sign_in(&json!({})).expect(201);
    assert_eq!(of(id(&account))["suspended"], false);
    sign_in(&json!({"proof": proof})).expect(200);
    assert_eq!(of(id(&account))["suspended"], true);
    assert_eq!(lead("four")["rewards"][0]["reason"], "suspended");
    let path = format!("/v1/referrers/{}/suspension", id(&account));
    program.server().post(&path, &json!({"decision": "reinstate", "note": "We spoke."})).expect(201);
    assert_eq!(rewards(&program), ["pending", "pending", "pending", "voided"]);
    assert_eq!(of(id(&anonymous))["suspended"], false);
    Book::live(&program).check();
}

#[test]
fn the_test_clock_moves_reminders_and_ends_what_was_seen_and_no_flag_decides_itself() {
    in_one_hour(20);
    let house = House::shared();
    let program = doubting(&house, &["velocity"]);
    let server = program.test_server();
    let seen = json!({"client_ip": "203.0.113.7", "user_agent": "Firefox"});
    let mut person = json!({"external_id": "ada", "code": "ada", "email": "ada@kontor-nord.de"});
    let mut lead = json!({"customer_id": "ben", "code": "ada", "email": "ben@kontor-nord.de"});
    for (name, value) in seen.as_object().into_iter().flatten() {
        (person[name], lead[name]) = (value.clone(), value.clone());
    }
    server.post("/v1/referrers", &person).expect(201);
    server.post("/v1/leads", &lead).expect(201);
    let due = |word: &str| {
        let listed = server.get(&format!("/v1/flags?due={word}")).expect(200);
        listed["data"].as_array().map_or(0, Vec::len)
    };
    let counts = || ["later", "reminder", "escalated"].map(due);
    let book = || Book::of(&program, "secret_test");
    let kept = || {
        (book().number("SELECT count(*) FROM sighting"), book().number("SELECT count(*) FROM sighting_salt"))
    };
    assert_eq!((counts(), kept()), ([2, 0, 0], (2, 1)));
    let advance = |days: i64| server.post("/v1/test/clock", &json!({"advance_days": days})).expect(200);
    advance(1);
    assert_eq!(kept(), (2, 1), "yesterday's still counts");
    advance(1);
    assert_eq!(kept(), (0, 0), "48 hours after the day began nothing is left");
    advance(4);
    assert_eq!(counts(), [2, 0, 0]);
    advance(1);
    assert_eq!(counts(), [0, 2, 0]);
    advance(23);
    assert_eq!(counts(), [0, 0, 2]);
    advance(300);
    let flags = server.get("/v1/flags?status=open").expect(200);
    assert_eq!(flags["data"].as_array().map(Vec::len), Some(2), "it waits for a person");
    let rewards = server.get("/v1/rewards").expect(200);
    assert_eq!(rewards["data"][0]["state"], "held");
    assert_eq!(server.get("/v1/flags?due=now").problem(422), "validation_failed");
    book().check();
}

#[test]
fn the_object_is_woken_when_what_was_seen_must_end_by_whichever_clock() {
    const DAY_MS: i64 = 86_400_000;
    in_one_hour(20);
    let house = House::shared();
    let program = doubting(&house, &["velocity"]);
    // Where the runtime keeps when it will wake the object, in nanoseconds.
    let alarm = || {
        let book = Book::of(&program, "secret_test");
        book.number("SELECT coalesce(max(value), 0) FROM _cf_METADATA WHERE key = 1").div_euclid(1_000_000)
    };
    let server = program.test_server();
    let seen = json!({"code": "ada", "client_ip": "203.0.113.7"});
    let made = server.post("/v1/referrers", &seen).expect(201);
    let created =
        made["created_at"].as_str().and_then(referral::instant::Instant::parse).expect("an instant");
    let first = alarm();
    assert_eq!(first, (created.ms().div_euclid(DAY_MS) + 2) * DAY_MS, "48 hours after the day began");
    server.post("/v1/test/clock", &json!({"advance_days": 1})).expect(200);
    // It does not wake more often than once an hour, so that in the last one of a day it waits for longer than the day.
    let next = first - DAY_MS;
    let latest = next.max(now_ms() + 3_600_000);
    let woken = alarm();
    assert!((next..=latest).contains(&woken), "a day less to wait, and an hour at least: {woken}");
}

#[test]
fn erasure_takes_out_what_doubt_kept_of_a_person_and_the_export_shows_it_before() {
    let house = House::shared();
    let program = doubting(&house, &["velocity"]);
    let server = program.server();
    let ada = referrer(&program, "ada", &json!({"email": "ada@kontor-nord.de"}));
    let lead = json!({"customer_id": "ben", "code": "ada", "email": "ben@kontor-nord.de", "client_ip": "203.0.113.7",
        "referring_host": "ben-writes.example"});
    server.post("/v1/leads", &lead).expect(201);
    let flag = flags_of(&program, &ada).remove(0);
    let note = json!({"note": "Ben is a colleague of hers."});
    server.post_once(&format!("/v1/flags/{}/notes", id(&flag)), "once", &note).expect(201);
    let asked = json!({"decision": "suspend", "note": "Ada from Nordstrasse."});
    server.post_once(&format!("/v1/referrers/{ada}/suspension"), "twice", &asked).expect(201);
    let export = |query: &str| server.get(&format!("/v1/subject-export?{query}")).expect(200);
    let of_ben = export("customer_id=ben");
    assert_eq!(of_ben["observations"][0]["facts"]["source_host"], "ben-writes.example");
    assert_eq!(of_ben["sightings"].as_array().map(Vec::len), Some(1));
    assert_eq!(of_ben["flags"][0]["notes"][0]["note"], note["note"]);
    assert_eq!(export(&format!("referrer_id={ada}"))["suspensions"][0]["note"], asked["note"]);
    let gone = server.post("/v1/erasure", &json!({"customer_id": "ben"})).expect(200);
    assert_eq!(
        (&gone["observations"], &gone["notes"], &gone["sightings"]),
        (&json!(1), &json!(1), &json!(1))
    );
    let gone = server.post("/v1/erasure", &json!({"referrer_id": ada})).expect(200);
    assert_eq!(gone["notes"], 1);
    assert_eq!(export("customer_id=ben")["observations"], json!([]));
    let book = Book::live(&program);
    let kept = format!("{:?}", book.dump());
    for words in ["ben-writes.example", "Ben is a colleague", "Nordstrasse"] {
        assert!(!kept.contains(words), "{words} stands in the ledger");
    }
    book.check();
}
