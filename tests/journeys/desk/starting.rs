//! First run and readiness: steps that are done by facts, a sale that is tried out, and what was said of each point.

use serde_json::{Value, json};
use tests::desk::Desk;
use tests::house::House;
use tests::http::Request;
use tests::program::Program;

/// The titles of the steps that are done.
fn done(page: &str) -> Vec<&str> {
    let steps = page.split("<li class=\"done\"><h3>").skip(1);
    steps.map(|rest| rest.split(" <span").next().unwrap_or_default()).collect()
}

/// A page of this origin shows the panel.
fn seen_on(program: &Program, key: &str, origin: &str) {
    let request = Request::get("/v1/widget/me").header("origin", origin);
    program.with(program.key(key)).send(request).expect(200);
}

fn pages(program: &Program) -> Value {
    program.server().get("/v1/readiness").expect(200)["known"]["pages"].take()
}

#[test]
fn steps_are_done_when_the_facts_say_so() {
    let house = House::shared();
    let program = Program::open(&house);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let page = desk.page("/dashboard/live");
    assert_eq!(done(&page), ["Set the offer", "Say where friends land"]);
    for part in [
        "The panel was not seen on any page",
        "https://shop.example/welcome?goodword_debug=1",
        "first referrals usually come after 4 to 6 weeks",
        "Shopify",
        program.key("publishable_live"),
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    seen_on(&program, "publishable_live", "https://shop.example");
    let page = desk.page("/dashboard/live");
    assert_eq!(done(&page), ["Set the offer", "Say where friends land", "Paste the snippet"]);
    assert!(page.contains("Seen on https://shop.example, just now"), "{page}");
    let tried = desk.post("/dashboard/test/trial", &[("once", "one")]);
    let story = tried.header("location").expect("a story").to_owned();
    assert!(story.starts_with("/dashboard/test/conversions/sal_"), "{story}");
    let told = desk.page(&story);
    for part in
        ["Credited to Trial referrer", "Followed the link of", "This was the last referral link that counted"]
    {
        assert!(told.contains(part), "{part}: {told}");
    }
    desk.post("/dashboard/test/trial", &[("once", "one")]);
    let sales = program.test_server().get("/v1/sales").expect(200);
    assert_eq!(
        sales["data"].as_array().map(Vec::len),
        Some(1),
        "a form that is sent twice is carried out once"
    );
    assert_eq!(program.server().get("/v1/sales").expect(200)["data"], json!([]), "nothing of it is live");
    assert_eq!(done(&desk.page("/dashboard/live")).len(), 4);
    assert_eq!(desk.post("/dashboard/live/trial", &[]).status, 404, "there are no trials in earnest");
    let sold = json!({"order_id": "o", "customer_id": "c", "amount": 9000, "currency": "EUR"});
    program.server().post("/v1/sales", &sold).expect(201);
    let page = desk.page("/dashboard/live");
    assert!(!page.contains("Go live in five steps"), "{page}");
    assert!(page.contains("Readiness checklist"), "which stays");
}

#[test]
fn a_program_that_rewards_nothing_has_no_offer_yet() {
    let house = House::shared();
    let program = Program::open_with(&house, &json!({"terms": {"rewards": []}}));
    let page = Desk::open(&house, program.key("secret_live")).page("/dashboard/live");
    assert_eq!(done(&page), ["Say where friends land"]);
}

#[test]
fn pages_are_remembered_by_origin_and_strangers_cannot_fill_the_list() {
    let house = House::shared();
    let program = Program::open(&house);
    for origin in [
        "null",
        "file://",
        "javascript:alert(1)",
        "https://<script>",
        "https://a b",
        &format!("https://{}", "a".repeat(290)),
    ] {
        seen_on(&program, "publishable_live", origin);
    }
    assert_eq!(pages(&program), json!([]), "what is no page of the web is not noted");
    seen_on(&program, "publishable_live", "https://shop.example");
    for number in 0..40 {
        seen_on(&program, "publishable_live", &format!("https://stranger-{number}.example"));
    }
    let pages = pages(&program);
    assert_eq!(pages.as_array().map(Vec::len), Some(20));
    assert!(
        pages
            .as_array()
            .is_some_and(|pages| pages.iter().any(|page| page["origin"] == "https://shop.example"))
    );
}

#[test]
fn what_is_said_of_a_point_stays_with_its_day_and_the_last_counts() {
    let house = House::shared();
    let program = Program::open(&house);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    assert!(desk.page("/dashboard/live/readiness").contains("0 of 7 are done."));
    let answer = desk.post(
        "/dashboard/live/readiness/goals",
        &[("once", "a"), ("note", "50 <leads>\r\nby May"), ("done", "on")],
    );
    assert_eq!(answer.header("location"), Some("/dashboard/live/readiness?done=said#goals"));
    let page = desk.page("/dashboard/live/readiness");
    for part in ["1 of 7 are done.", "value=\"50 &#60;leads&#62; by May\"", "ticked "] {
        assert!(page.contains(part), "{part}: {page}");
    }
    desk.post("/dashboard/live/readiness/goals", &[("once", "b"), ("note", "Not yet")]);
    assert!(desk.page("/dashboard/live/readiness").contains("0 of 7 are done."));
    // What is known by itself needs no tick.
    let asset = json!({"kind": "text", "title": "Post", "text": "Look"});
    program.server().post("/v1/assets", &asset).expect(201);
    let page = desk.page("/dashboard/live/readiness");
    assert!(page.contains("1 of 7 are done.") && page.contains("One asset in the library"), "{page}");
    assert_eq!(desk.post("/dashboard/live/readiness/nothing", &[]).status, 404);
    let long = "a".repeat(501);
    let answer = desk.post("/dashboard/live/readiness/legal", &[("once", "c"), ("note", &long)]);
    assert_eq!(answer.status, 422);
    assert!(answer.text().contains(&long), "what was typed stays");
    program
        .server()
        .post("/v1/readiness", &json!({"point": "goals", "done": true, "other_cost": 5}))
        .problem(422);
}

#[test]
fn the_incentive_is_held_against_what_a_customer_costs_elsewhere() {
    let house = House::shared();
    let program = Program::open(&house);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let cost = |desk: &mut Desk<'_>, once: &str, cost: &str| {
        desk.post(
            "/dashboard/live/readiness/incentive",
            &[("once", once), ("other_cost", cost), ("done", "on")],
        )
    };
    assert_eq!(cost(&mut desk, "a", "plenty").status, 422);
    assert_eq!(cost(&mut desk, "a", "0").status, 422);
    assert_eq!(cost(&mut desk, "b", "25").status, 303);
    // 5.00 to the friend and 1.00 for the lead; the share of a sale is not known yet.
    let page = desk.page("/dashboard/live/readiness");
    assert!(
        page.contains("a customer costs 6.00\u{a0}EUR in rewards. Shares of a sale are not in it"),
        "{page}"
    );
    let sold = json!({"order_id": "o", "customer_id": "c", "amount": 10_000, "currency": "EUR"});
    program.server().post("/v1/sales", &sold).expect(201);
    for (elsewhere, part, verdict) in [
        ("25", "64%", "That is healthy"),
        ("16.00", "100%", "That is no cheaper"),
        ("20", "80%", "less than 30% cheaper"),
        ("100", "16%", "more than 50% cheaper"),
    ] {
        assert_eq!(cost(&mut desk, elsewhere, elsewhere).status, 303);
        let page = desk.page("/dashboard/live/readiness");
        for said in
            ["a customer costs 16.00\u{a0}EUR in rewards, with the usual sale of 100.00", part, verdict]
        {
            assert!(page.contains(said), "{elsewhere} {said}: {page}");
        }
    }
}

#[test]
fn what_may_be_expected_is_said_until_it_is_put_away() {
    let house = House::shared();
    let program = Program::open(&house);
    let mut desk = Desk::open(&house, program.key("secret_test"));
    assert!(desk.page("/dashboard/test").contains("Give it time"));
    program.test_server().post("/v1/test/clock", &json!({"advance_days": 42})).expect(200);
    assert!(desk.page("/dashboard/test").contains("Six weeks have gone without a referral"));
    let answer = desk.post("/dashboard/test/readiness/expectations", &[("done", "on")]);
    assert_eq!(answer.header("location"), Some("/dashboard/test"));
    assert!(!desk.page("/dashboard/test").contains("Six weeks have gone"));
}
