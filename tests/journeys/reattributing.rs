//! An upheld dispute gives the credit to whoever asked: the rewards, the customer and the volumes go with it.

use crate::fraud::{doubting, flags_of};
use serde_json::{Value, json};
use tests::book::Book;
use tests::dispute::{
    Sharer, as_sharer, balance, decide, friend_balance, give, id, open, refund, sell, sharer,
};
use tests::forge;
use tests::house::House;
use tests::http::Request;
use tests::program::Program;

#[test]
fn an_upheld_dispute_gives_the_credit_the_rewards_and_the_customer_to_whoever_asked() {
    let house = House::shared();
    let program = Program::open(&house);
    let server = program.server();
    let (ada, eve) = (sharer(&program, 11), sharer(&program, 12));
    let sold = sell(&program, "o", "c", 10_000, &json!({"click_id": forge::click(&program, &ada.code, 60)}));
    assert_eq!((balance(&program, &ada.id), friend_balance(&program, "c")), (1_000, 500));
    let dispute = open(&program, &eve, id(&sold));
    let decided = give(&program, &dispute, &eve).expect(201);
    let moved = json!({"conversion_id": sold["id"], "lost_by": ada.id, "referrer_id": eve.id});
    assert_eq!((&decided["status"], &decided["reattribution"]), (&json!("upheld"), &moved), "{decided}");
    assert_eq!(give(&program, &dispute, &eve).expect(200)["reattribution"], moved, "twice is once");
    assert_eq!(
        (balance(&program, &ada.id), balance(&program, &eve.id), friend_balance(&program, "c")),
        (0, 1_000, 500),
        "the friend keeps what they got"
    );
    let listed = server.get(&format!("/v1/sales/{}", id(&sold))).expect(200);
    let expected = json!({"status": "attributed", "referrer_id": eve.id, "code": eve.code, "click_id": null,
        "clicked_at": listed["occurred_at"], "rule": "dispute", "terms_version": 1});
    assert_eq!(listed["attribution"], expected);
    let states: Vec<Value> = listed["rewards"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|reward| json!([reward["person_id"] == eve.id, reward["state"], reward["reason"]]))
        .collect();
    assert_eq!(
        states,
        [
            json!([false, "voided", "reattributed"]),
            json!([false, "pending", null]),
            json!([true, "pending", null])
        ]
    );
    // The customer goes with it, for what they buy from then on; the merchant tells nothing new.
    let next = sell(&program, "p", "c", 2_000, &json!({}));
    assert_eq!(
        (&next["attribution"]["referrer_id"], &next["attribution"]["rule"]),
        (&json!(eve.id), &json!("bound_customer"))
    );
    let counts = |sharer: &Sharer| {
        let shown = server.get(&format!("/v1/referrers/{}", sharer.id)).expect(200);
        let me = as_sharer(&program, sharer, Request::get("/v1/widget/me")).expect(200)["referrer"].clone();
        assert_eq!(json!([shown["friends"], shown["sales"]]), json!([me["friends"], me["sales"]]));
        (shown["friends"].as_u64(), shown["sales"].as_u64(), me["recent"].clone())
    };
    let (ada_counts, eve_counts) = (counts(&ada), counts(&eve));
    assert_eq!((ada_counts.0, ada_counts.1), (Some(0), Some(0)));
    assert_eq!((eve_counts.0, eve_counts.1), (Some(1), Some(2)));
    let not_hers: Vec<&Value> =
        ada_counts.2.as_array().into_iter().flatten().map(|one| &one["attribution"]["reason"]).collect();
    assert_eq!(not_hers, ["customer_bound", "reattributed"], "newest first");
    assert_eq!(eve_counts.2[1]["attribution"]["rule"], "dispute");
    let text = ada_counts.2.to_string();
    assert!(!text.contains(&eve.id) && !text.contains(&eve.code), "{text}");
    let book = Book::live(&program);
    book.check();
    assert_eq!(server.get("/v1/ledger/verify").expect(200)["ok"], true);
    book.tamper("DROP TRIGGER reattribution_stay; UPDATE reattribution SET referrer_id = 'rfr_x'");
    assert!(
        book.broken().iter().any(|(rule, _)| *rule == "every link of the chain holds"),
        "the chain speaks for it"
    );
}

#[test]
fn to_and_fro_before_and_after_refunds_the_sums_are_the_same() {
    let house = House::shared();
    // What is left does not depend on when the money went back.
    let mut left = Vec::new();
    for refunds_after in 0..4 {
        let program = Program::open(&house);
        let (ada, eve) = (sharer(&program, 13), sharer(&program, 14));
        let sold = sell(&program, "o", "c", 9_999, &json!({"code": ada.code}));
        for step in 0..4 {
            if step == refunds_after {
                refund(&program, "r1", "o", 3_333);
                refund(&program, "r2", "o", 1);
            }
            let winner = if step % 2 == 0 { &eve } else { &ada };
            // One matter is one dispute: each goes by another name of the same sale.
            let about = [id(&sold).to_owned(), "o".to_owned()][step / 2].clone();
            let dispute = open(&program, winner, &about);
            if step == 3 {
                break;
            }
            give(&program, &dispute, winner).expect(201);
        }
        if refunds_after == 3 {
            assert_eq!(balance(&program, &eve.id), 999 - 334 + 1 - 1, "of 9,999 there is 6,665 left");
        }
        let book = Book::live(&program);
        book.check();
        assert_eq!(book.number("SELECT count(*) FROM reattribution"), 3);
        left.push((balance(&program, &ada.id), balance(&program, &eve.id), friend_balance(&program, "c")));
        let verified = program.server().get("/v1/ledger/verify").expect(200);
        assert_eq!(
            (&verified["ok"], &verified["sums"]["EUR"]["people"]),
            (&json!(true), &json!(left[refunds_after].1 + left[refunds_after].2))
        );
    }
    assert!(left.iter().all(|one| *one == left[0]), "{left:?}");
    assert_eq!(left[0].0, 0);
}

#[test]
fn what_was_paid_is_deducted_and_a_reward_at_the_bank_waits_for_its_answer() {
    let house = House::shared();
    let terms = json!({"hold_days": 0, "rewards": [{"id": "share", "on": "sale", "to": "referrer", "pay": {"share_bps": 1000}}]});
    let program = Program::open_with(&house, &json!({ "terms": terms }));
    let server = program.server();
    let (ada, eve) = (sharer(&program, 15), sharer(&program, 16));
    let sold = sell(&program, "o", "c", 10_000, &json!({"code": ada.code}));
    let batch = server.post("/v1/payouts", &json!({})).expect(201);
    let dispute = open(&program, &eve, id(&sold));
    assert_eq!(give(&program, &dispute, &eve).problem(409), "reward_in_payout");
    server.post(&format!("/v1/payouts/{}/decision", id(&batch)), &json!({"decision": "paid"})).expect(201);
    give(&program, &dispute, &eve).expect(201);
    assert_eq!((balance(&program, &ada.id), balance(&program, &eve.id)), (0, 1_000));
    let rewards = server.get("/v1/rewards").expect(200);
    let of_ada = rewards["data"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|one| one["person_id"] == ada.id)
        .expect("hers");
    assert_eq!(
        (&of_ada["state"], &of_ada["reason"], &of_ada["reversed_amount"]),
        (&json!("paid"), &json!("reattributed"), &json!(1_000)),
        "what was sent was sent"
    );
    // Eve is paid; Ada's next reward is cut by what she was paid too much.
    sell(&program, "p", "d", 15_000, &json!({"code": ada.code}));
    let batch = server.post("/v1/payouts", &json!({})).expect(201);
    let shown = server.get(&format!("/v1/payouts/{}", id(&batch))).expect(200);
    let mut lines: Vec<(Value, i64, i64)> = shown["lines"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|line| {
            (
                line["person_id"].clone(),
                line["amount"].as_i64().unwrap_or(0),
                line["carried_amount"].as_i64().unwrap_or(0),
            )
        })
        .collect();
    lines.sort_by_key(|line| line.1);
    assert_eq!(lines, [(json!(ada.id), 500, -1_000), (json!(eve.id), 1_000, 0)]);
    Book::live(&program).check();
}

#[test]
fn the_new_rewards_are_those_of_the_winners_own_click_and_no_one_elses_terms() {
    let house = House::shared();
    let program = Program::open(&house);
    let server = program.server();
    let (ada, eve) = (sharer(&program, 17), sharer(&program, 18));
    let early = forge::click(&program, &eve.code, 3_600);
    let rich = json!({"hold_days": 30, "rewards": [
        {"id": "rich", "on": "sale", "to": "referrer", "pay": {"share_bps": 9_000}},
        {"id": "gift", "on": "sale", "to": "friend", "pay": {"flat": 300}},
    ]});
    // Eve's group is promised more from now on; her click was before it.
    let group = server.post("/v1/groups", &json!({"name": "Rich", "terms": rich})).expect(201);
    server
        .post(
            "/v1/leads",
            &json!({"customer_id": "c", "click_id": early, "occurred_at": "2026-01-01T00:00:00Z"}),
        )
        .expect(201);
    let sold = sell(&program, "o", "c2", 10_000, &json!({"click_id": forge::click(&program, &ada.code, 60)}));
    let (one, other) = (open(&program, &eve, id(&sold)), open(&program, &eve, "a sale that never was"));
    server.post(&format!("/v1/referrers/{}/group", eve.id), &json!({"group_id": group["id"]})).expect(201);
    // No click of hers on this sale: what she was promised when it happened counts, which was before she joined the group.
    give(&program, &one, &eve).expect(201);
    assert_eq!((balance(&program, &eve.id), friend_balance(&program, "c2")), (1_000, 500));
    // A sale after it: the group's terms. The friend keeps the 5.00 they got, so that 95.00 are left to share.
    let next = sell(&program, "p", "c3", 10_000, &json!({"code": ada.code}));
    let linked =
        json!({"decision": "upheld", "note": "Found it.", "code": eve.code, "conversion_id": next["id"]});
    let decided = decide(&program, &other, &linked).expect(201);
    assert_eq!(
        decided["reattribution"]["conversion_id"], next["id"],
        "a missing one is linked when it is decided"
    );
    assert_eq!((balance(&program, &eve.id), friend_balance(&program, "c3")), (1_000 + 9_000, 500));
    let trace = server.get(&format!("/v1/sales/{}/trace", id(&next))).expect(200);
    assert_eq!(trace["attribution"]["terms_version"], 2, "{trace}");
    Book::live(&program).check();
}

#[test]
fn what_nobody_was_credited_for_can_be_given_and_both_sides_are_rewarded() {
    let house = House::shared();
    let program = Program::open(&house);
    let eve = sharer(&program, 19);
    let sold = sell(&program, "o", "c", 10_000, &json!({}));
    let lead = program.server().post("/v1/leads", &json!({"customer_id": "l"})).expect(201);
    refund(&program, "r", "o", 5_000);
    let dispute = open(&program, &eve, "o");
    give(&program, &dispute, &eve).expect(201);
    assert_eq!(
        (balance(&program, &eve.id), friend_balance(&program, "c")),
        (500, 250),
        "less what went back before"
    );
    refund(&program, "r2", "o", 5_000);
    assert_eq!((balance(&program, &eve.id), friend_balance(&program, "c")), (0, 0));
    let dispute = open(&program, &eve, id(&lead));
    give(&program, &dispute, &eve).expect(201);
    assert_eq!(balance(&program, &eve.id), 100);
    let stats = program.server().get("/v1/stats").expect(200);
    let totals = &stats["totals"];
    assert_eq!(json!([totals["sales_attributed"], totals["leads_attributed"]]), json!([1, 1]), "{totals}");
    assert_eq!(totals["revenue"]["EUR"]["attributed_amount"], 10_000);
    assert_eq!(sell(&program, "q", "c", 1_000, &json!({}))["attribution"]["referrer_id"], json!(eve.id));
    let _ = sold;
    Book::live(&program).check();
}

#[test]
fn thirty_two_who_decide_at_once_move_it_once() {
    let house = House::shared();
    let program = Program::open(&house);
    let (ada, eve) = (sharer(&program, 27), sharer(&program, 28));
    let sold = sell(&program, "o", "c", 10_000, &json!({"code": ada.code}));
    let dispute = open(&program, &eve, id(&sold));
    std::thread::scope(|scope| {
        for _ in 0..32 {
            scope.spawn(|| assert!(matches!(give(&program, &dispute, &eve).status, 200 | 201)));
        }
    });
    let book = Book::live(&program);
    book.check();
    assert_eq!(book.number("SELECT count(*) FROM reattribution"), 1);
    assert_eq!(balance(&program, &eve.id), 1_000);
}

#[test]
fn volumes_payments_and_qualified_leads_go_with_the_credit() {
    let house = House::shared();
    let terms = json!({"hold_days": 0, "first_customer_only": false, "qualification": {"events": ["demo"]}, "rewards": [
        {"id": "first", "on": "sale", "to": "referrer", "pay": {"flat": 700}, "when": {"first_payments": 1}},
        {"id": "tier", "on": "sale", "to": "referrer", "pay": {"tiers": {"by": "count", "steps": [
            {"from": 1, "flat": 10}, {"from": 2, "flat": 20}]}}},
        {"id": "good", "on": "qualified_lead", "to": "referrer", "pay": {"flat": 300}},
    ]});
    let program = Program::open_with(&house, &json!({ "terms": terms }));
    let server = program.server();
    let (ada, eve) = (sharer(&program, 29), sharer(&program, 30));
    let one = sell(&program, "1", "c", 5_000, &json!({"code": ada.code}));
    sell(&program, "2", "c", 5_000, &json!({}));
    assert_eq!(balance(&program, &ada.id), 700 + 10 + 20);
    let demo =
        server.post("/v1/leads", &json!({"customer_id": "d", "event": "demo", "code": ada.code})).expect(201);
    assert_eq!(balance(&program, &ada.id), 730 + 300);
    // The first payment of the customer stays the first, however late the credit for it goes to somebody else.
    let dispute = open(&program, &eve, id(&one));
    give(&program, &dispute, &eve).expect(201);
    assert_eq!(balance(&program, &eve.id), 700 + 10);
    let dispute = open(&program, &eve, id(&demo));
    give(&program, &dispute, &eve).expect(201);
    assert_eq!((balance(&program, &eve.id), balance(&program, &ada.id)), (1_010, 20));
    // Eve's second sale now, and Ada's second.
    sell(&program, "3", "e", 5_000, &json!({"code": ada.code}));
    assert_eq!(balance(&program, &ada.id), 20 + 700 + 20, "one of hers is left, this is the second");
    sell(&program, "4", "c", 5_000, &json!({}));
    assert_eq!(balance(&program, &eve.id), 1_010 + 20);
    Book::live(&program).check();
}

#[test]
fn a_sale_that_waits_for_its_rate_and_a_lead_that_waits_for_a_person_pay_whoever_has_the_credit_by_then() {
    let house = House::shared();
    let terms = json!({"hold_days": 0, "rewards": [
        {"id": "share", "on": "sale", "to": "referrer", "pay": {"share_bps": 1000}},
        {"id": "good", "on": "qualified_lead", "to": "referrer", "pay": {"flat": 300}},
    ]});
    let program = Program::open_with(&house, &json!({ "terms": terms }));
    let server = program.server();
    let (ada, eve) = (sharer(&program, 31), sharer(&program, 32));
    let foreign = sell(&program, "o", "c", 10_000, &json!({"code": ada.code, "currency": "USD"}));
    let lead = server.post("/v1/leads", &json!({"customer_id": "l", "code": ada.code})).expect(201);
    for conversion in [&foreign, &lead] {
        let dispute = open(&program, &eve, id(conversion));
        give(&program, &dispute, &eve).expect(201);
    }
    server
        .post(&format!("/v1/sales/{}/exchange_rate", id(&foreign)), &json!({"exchange_rate": "0.5"}))
        .expect(201);
    server.post(&format!("/v1/leads/{}/decision", id(&lead)), &json!({"decision": "qualify"})).expect(201);
    assert_eq!((balance(&program, &ada.id), balance(&program, &eve.id)), (0, 500 + 300));
    Book::live(&program).check();
}

#[test]
fn what_is_doubted_of_a_referrer_is_counted_from_what_they_have_now() {
    let house = House::shared();
    let program = doubting(&house, &["too_fast"]);
    let (ada, eve) = (sharer(&program, 33), sharer(&program, 34));
    let sold = |order: &str, to: &Sharer| sell(&program, order, order, 1_000, &json!({"code": to.code}));
    let first = sold("1", &ada);
    sold("2", &ada);
    sold("3", &ada);
    let dispute = open(&program, &eve, id(&first));
    give(&program, &dispute, &eve).expect(201);
    // Two are left of Ada's: this is her third in half an hour, not the fourth.
    sold("4", &ada);
    assert!(flags_of(&program, &ada.id).is_empty());
    sold("5", &eve);
    sold("6", &eve);
    assert!(flags_of(&program, &eve.id).is_empty());
    // With the one she was given, this is Eve's fourth.
    sold("7", &eve);
    let flags = flags_of(&program, &eve.id);
    assert_eq!(flags.len(), 4, "the one she was given is one of the burst: {flags:?}");
    assert!(flags.iter().all(|flag| flag["rule"] == "velocity" && flag["evidence"]["in_30_minutes"] == 4));
    assert!(flags.iter().any(|flag| flag["conversion_id"] == first["id"]));
    assert!(flags_of(&program, &ada.id).is_empty());
    Book::live(&program).check();
}

#[test]
fn a_click_in_the_referrers_own_browser_says_nothing_of_what_went_to_somebody_else() {
    let house = House::shared();
    let program = doubting(&house, &["velocity"]);
    let eve = sharer(&program, 35);
    let (proof, code) = tests::token::secret(36);
    let click = forge::click(&program, &code, 3_600);
    // Two sales over one click; one of them goes to Eve before it turns out whose browser held it.
    let join = |click_id: Option<&str>| {
        let body = json!({"proof": proof, "click_id": click_id});
        program.page().post("/v1/widget/join", &body)
    };
    let ada = join(None).expect(201);
    let one = sell(&program, "1", "c", 1_000, &json!({"click_id": click}));
    let two = sell(&program, "2", "d", 1_000, &json!({"click_id": click}));
    let dispute = open(&program, &eve, id(&one));
    give(&program, &dispute, &eve).expect(201);
    join(Some(&click)).expect(200);
    let flags = flags_of(&program, id(&ada));
    let doubted: Vec<&Value> = flags.iter().map(|flag| &flag["conversion_id"]).collect();
    assert_eq!(doubted, [&two["id"]], "{flags:?}");
    assert_eq!(flags[0]["rule"], "own_browser");
    assert!(flags_of(&program, &eve.id).is_empty());
    Book::live(&program).check();
}

#[test]
fn a_record_is_of_what_a_referrer_has_now() {
    let house = House::shared();
    let fraud = json!({"off": ["velocity"], "suspension": {"rejected_of": 2}});
    let program = Program::open_with(&house, &json!({ "fraud": fraud }));
    let (ada, eve) = (sharer(&program, 37), sharer(&program, 38));
    let server = program.server();
    let lead = |customer: &str, to: &Sharer| {
        server.post("/v1/leads", &json!({"customer_id": customer, "code": to.code})).expect(201)
    };
    let reject = |lead: &Value| {
        let body = json!({"decision": "reject", "reason": "Nobody is there."});
        server.post(&format!("/v1/leads/{}/decision", id(lead)), &body).expect(201);
    };
    let suspended = |sharer: &Sharer| {
        server.get(&format!("/v1/referrers/{}/suspension", sharer.id)).expect(200)["suspended"].clone()
    };
    let (one, two) = (lead("one", &ada), lead("two", &ada));
    let dispute = open(&program, &eve, id(&two));
    give(&program, &dispute, &eve).expect(201);
    reject(&one);
    assert_eq!(suspended(&ada), false, "one of one is not one of the two that must be there");
    let three = lead("three", &eve);
    reject(&three);
    assert_eq!(suspended(&eve), true, "one of the two she has now");
    Book::live(&program).check();
}
