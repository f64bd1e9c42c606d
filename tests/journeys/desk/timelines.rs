//! What a conversion's page says happened, in order: the same story to the merchant and to every referrer it concerns.

use serde_json::{Value, json};
use tests::desk::Desk;
use tests::dispute::{Sharer, give, id, open, sell, sharer};
use tests::forge;
use tests::house::House;
use tests::portal::entered;
use tests::program::Program;

/// What stands between two pieces of a text.
fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    text.split_once(start).and_then(|(_, rest)| rest.split_once(end)).map_or("", |(found, _)| found)
}

/// The moments of a page: title and detail.
fn moments(page: &str) -> Vec<String> {
    let list = between(page, "<ol class=\"timeline\">", "</ol>");
    let moment = |item: &str| {
        let title = between(item, "<strong dir=\"auto\">", "</strong>");
        format!("{title} | {}", between(item, "<span dir=\"auto\">", "</span>"))
    };
    list.split("<li ").skip(1).map(moment).collect()
}

#[test]
fn a_credit_that_moved_is_told_to_the_merchant_and_to_every_referrer() {
    let house = House::shared();
    let mut terms = tests::program::usual("")["terms"].clone();
    terms["first_customer_only"] = false.into();
    let program = Program::open_with(&house, &json!({ "terms": terms }));
    let server = program.server();
    let (ada, bob, ida) = (sharer(&program, 51), sharer(&program, 52), sharer(&program, 53));
    // Ida's click is told with something it came too late for; Bob's wins the sale.
    let early = json!({"customer_id": "c", "event": "early", "occurred_at": "2020-01-01T00:00:00Z",
        "click_id": forge::click(&program, &ida.code, 5_000)});
    server.post("/v1/leads", &early).expect(201);
    let sold = sell(&program, "o", "c", 10_000, &json!({"click_id": forge::click(&program, &bob.code, 60)}));
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let path = format!("/dashboard/live/conversions/{}", id(&sold));
    let bought = "Bought | 100.00\u{a0}EUR".to_owned();
    let lost = format!("Followed the link of {} | A later click won.", ida.code);
    let won = format!("Followed the link of {} | It won.", bob.code);
    assert_eq!(moments(&desk.page(&path)), [lost.clone(), won, bought.clone()]);
    give(&program, &open(&program, &ada, id(&sold)), &ada).expect(201);
    let page = desk.page(&path);
    assert!(page.contains(&format!("Credited to {}", ada.code)), "{page}");
    let moved = [
        lost,
        format!("Followed the link of {} | It won, until the credit was moved.", bob.code),
        bought,
        format!("Credit moved from {} to {} | A dispute was upheld.", bob.code, ada.code),
    ];
    assert_eq!(moments(&page), moved);
    let trace = server.get(&format!("/v1/sales/{}/trace", id(&sold))).expect(200);
    let outcomes: Vec<&Value> =
        trace["touches"].as_array().into_iter().flatten().map(|touch| &touch["outcome"]).collect();
    assert_eq!(outcomes, ["later_click_won", "reattributed"], "{trace}");
    let read = |sharer: &Sharer| {
        let path = format!("/p/{}/conversions/{}", program.slug, id(&sold));
        moments(&entered(&program, sharer).page(&path))
    };
    let own = "They followed your link";
    let other = "They followed somebody else’s link";
    let later = "They followed somebody else’s link later.";
    let until = "It won, until the credit was moved.";
    for (sharer, ida_s, bob_s, end) in [
        (&ada, other, other, "The credit came to you"),
        (&bob, other, own, "The credit went to somebody else"),
        (&ida, own, other, "The credit went to somebody else"),
    ] {
        let expected = [
            format!("{ida_s} | {later}"),
            format!("{bob_s} | {until}"),
            "They ordered | ".to_owned(),
            format!("{end} | "),
        ];
        assert_eq!(read(sharer), expected);
    }
}

#[test]
fn a_credit_that_nobody_had_is_told_as_given() {
    let house = House::shared();
    let program = Program::open(&house);
    let ada = sharer(&program, 54);
    let sold = sell(&program, "o", "c", 10_000, &json!({}));
    give(&program, &open(&program, &ada, id(&sold)), &ada).expect(201);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let page = desk.page(&format!("/dashboard/live/conversions/{}", id(&sold)));
    let given = format!("Credit went to {} | A dispute was upheld.", ada.code);
    assert_eq!(moments(&page), ["Bought | 100.00\u{a0}EUR".to_owned(), given]);
}

#[test]
fn the_steps_of_a_lead_and_decisions_about_its_reward_are_told_with_what_was_said() {
    let house = House::shared();
    let terms = json!({"hold_days": 0, "approval": "manual", "qualification": {"events": ["demo"]}, "rewards": [
        {"id": "good", "on": "qualified_lead", "to": "referrer", "pay": {"flat": 300}},
    ]});
    let program = Program::open_with(&house, &json!({ "terms": terms }));
    program.referrer("ada");
    let server = program.server();
    let lead = |customer: &str, event: &str| {
        let lead = json!({"customer_id": customer, "event": event, "code": "ada"});
        server.post("/v1/leads", &lead).expect(201)
    };
    let decide = |lead: &Value, decision: &str, reason: Option<&str>| {
        let body = json!({"decision": decision, "reason": reason});
        server.post(&format!("/v1/leads/{}/decision", id(lead)), &body).expect(201)
    };
    let (named, looked_at, unsaid) = (lead("a", "demo"), lead("b", "sign_up"), lead("c", "sign_up"));
    let qualified = decide(&looked_at, "qualify", Some("They booked <b>."));
    let reward = format!("/v1/rewards/{}/decision", id(&qualified["rewards"][0]));
    server.post(&reward, &json!({"decision": "approve"})).expect(201);
    decide(&looked_at, "reject", Some("A student."));
    decide(&unsaid, "qualify", None);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    for (lead, expected) in [
        (&named, ["Found to qualify | By a rule of the terms."].as_slice()),
        (
            &looked_at,
            &[
                "Found to qualify | They booked &#60;b&#62;.",
                "Reward approved | ext-ada: 3.00\u{a0}EUR, now voided",
                "Found not to qualify | A student.",
            ],
        ),
        (&unsaid, &["Found to qualify | "]),
    ] {
        let page = desk.page(&format!("/dashboard/live/conversions/{}", id(lead)));
        let expected = [&["Came with the code of ext-ada | It won.", "Signed up | "], expected].concat();
        assert_eq!(moments(&page), expected);
    }
}
