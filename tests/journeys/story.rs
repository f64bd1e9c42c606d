//! The main job, end to end: a link is shared, followed, somebody buys, and everybody gets what was promised.

use serde_json::{Value, json};
use tests::house::House;
use tests::program::Program;
use tests::visitor::Visitor;

fn reward<'a>(body: &'a Value, rule: &str) -> &'a Value {
    let rewards = body["rewards"].as_array().expect("rewards");
    rewards.iter().find(|reward| reward["rule"] == rule).unwrap_or_else(|| panic!("no {rule} in {body}"))
}

#[test]
fn a_shared_link_becomes_a_lead_a_sale_and_rewards_for_both_and_refunds_take_them_back() {
    let house = House::shared();
    let program = Program::open(&house);
    let server = program.server();

    // The merchant's server makes a referrer; the link is ready to be sent.
    let ada = json!({"external_id": "user-1", "email": "ada@mail.example", "name": "Ada"});
    let ada = server.post("/v1/referrers", &ada).expect(201);
    let (id, code, link) =
        (ada["id"].clone(), ada["code"].as_str().expect("a code"), ada["link"].as_str().expect("a link"));
    assert_eq!(link, program.link(code));

    // A friend follows it.
    let landing = Visitor::new(&house, "192.0.2.10").follow(&format!("{link}?utm_source=chat"));
    let click = landing.click();
    assert_eq!(
        landing.address.as_str(),
        format!("https://shop.example/welcome?utm_source=chat&via={code}&gw_click={click}")
    );
    assert!(landing.cookie().is_some_and(|cookie| cookie.starts_with(&format!("gw_click={click};"))));

    // They sign up; the shop tells us with the click id.
    let lead = json!({"customer_id": "c-1", "click_id": click, "email": "ben@mail.example"});
    let lead = server.post("/v1/leads", &lead).expect(201);
    let attribution = &lead["attribution"];
    assert_eq!((&attribution["status"], &attribution["referrer_id"]), (&json!("attributed"), &id));
    assert_eq!((&attribution["rule"], &attribution["code"]), (&json!("last_click"), &json!(code)));
    assert_eq!((&attribution["click_id"], &attribution["terms_version"]), (&json!(click), &json!(1)));
    assert_eq!(reward(&lead, "lead_fee")["amount"], 100);
    assert_eq!(reward(&lead, "lead_fee")["person_id"], id);

    // They buy; the shop knows only its customer by now.
    let sale = json!({"order_id": "o-1", "customer_id": "c-1", "amount": 9_900, "currency": "EUR"});
    let sale = server.post("/v1/sales", &sale).expect(201);
    assert_eq!(
        (&sale["attribution"]["rule"], &sale["attribution"]["referrer_id"]),
        (&json!("bound_customer"), &id)
    );
    let (share, gift) = (reward(&sale, "referrer_share"), reward(&sale, "friend_gift"));
    assert_eq!(
        (&share["amount"], &share["to"], &share["state"]),
        (&json!(990), &json!("referrer"), &json!("pending"))
    );
    assert_eq!(
        (&gift["amount"], &gift["to"], &gift["state"]),
        (&json!(500), &json!("friend"), &json!("pending"))
    );
    assert!(gift["person_id"].as_str().is_some_and(|person| person.starts_with("frd_")));

    // A third goes back, and a third of each reward with it.
    let refund = server
        .post("/v1/refunds", &json!({"refund_id": "r-1", "order_id": "o-1", "amount": 3_300}))
        .expect(201);
    assert_eq!(refund["status"], "applied");
    let taken = |body: &Value, to: &str| {
        let reversals = body["reversals"].as_array().into_iter().flatten();
        reversals
            .filter(|reversal| reversal["to"] == to)
            .filter_map(|reversal| reversal["amount"].as_i64())
            .sum::<i64>()
    };
    assert_eq!(taken(&refund, "referrer"), 330);
    assert!((166..=167).contains(&taken(&refund, "friend")), "{refund}");

    // The rest goes back, and nothing is left of the rewards: to the cent.
    let rest = server
        .post("/v1/refunds", &json!({"refund_id": "r-2", "order_id": "o-1", "amount": 6_600}))
        .expect(201);
    assert_eq!(taken(&refund, "referrer") + taken(&rest, "referrer"), 990);
    assert_eq!(taken(&refund, "friend") + taken(&rest, "friend"), 500);
    let sale_id = sale["id"].as_str().expect("an id");
    let sale = server.get(&format!("/v1/sales/{sale_id}")).expect(200);
    assert_eq!(sale["refunded_amount"], 9_900);
    for rule in ["referrer_share", "friend_gift"] {
        let reward = reward(&sale, rule);
        assert_eq!((&reward["state"], &reward["reversed_amount"]), (&json!("voided"), &reward["amount"]));
    }

    // What the referrer has: the fee for the lead, which no refund touches.
    let ada = server.get(&format!("/v1/referrers/{}", id.as_str().expect("an id"))).expect(200);
    assert_eq!((&ada["friends"], &ada["leads"], &ada["sales"]), (&json!(1), &json!(1), &json!(1)));
    let balance = &ada["balances"][0];
    assert_eq!(
        (&balance["currency"], &balance["pending"], &balance["approved"], &balance["paid"]),
        (&json!("EUR"), &json!(100), &json!(0), &json!(0))
    );

    // And why: merchant and referrer read the same trace.
    let trace = server.get(&format!("/v1/sales/{sale_id}/trace")).expect(200);
    assert_eq!(trace["attribution"], sale["attribution"]);
    assert!(
        trace["because"].as_str().is_some_and(|because| because.contains("earlier conversion")),
        "{trace}"
    );
    tests::book::Book::live(&program).check();
}

#[test]
fn the_edge_says_that_it_is_there_and_which_it_is() {
    let house = House::shared();
    let answer = house.call(&tests::http::Request::get("/healthz"));
    assert_eq!(answer.expect(200), json!({"status": "ok", "version": xtask::workspace::VERSION}));
}
