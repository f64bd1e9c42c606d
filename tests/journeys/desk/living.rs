//! What an open page asks from time to time: whether something changed.

use serde_json::json;
use tests::desk::Desk;
use tests::house::House;
use tests::program::Program;

#[test]
fn the_number_grows_with_what_happens_and_with_nothing_else() {
    let house = House::shared();
    let (program, other) = (Program::open(&house), Program::open(&house));
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let mut number = || {
        let answer = desk.get("/dashboard/live/live");
        assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
        answer.text()
    };
    let before = number();
    assert_eq!(number(), before, "asking changes nothing");
    other.referrer("eve");
    assert_eq!(number(), before, "what happens elsewhere changes nothing");
    program.referrer("ada");
    let joined = number();
    assert_ne!(joined, before);
    let sale = json!({"order_id": "o", "customer_id": "c", "amount": 9000, "currency": "EUR", "code": "ada"});
    program.server().post("/v1/sales", &sale).expect(201);
    let sold = number();
    assert_ne!(sold, joined);
    program.server().post("/v1/sales", &sale).expect(200);
    assert_eq!(number(), sold, "the same sale again is no news");
    let page = desk.get("/dashboard/live/conversions");
    let seen = sold.split('-').next().unwrap_or_default();
    assert!(page.text().contains(&format!("data-seen=\"{seen}\"")), "the page says how new it is");
}

#[test]
fn without_a_choice_the_chart_shows_the_first_measure_that_has_a_number() {
    let house = House::shared();
    let program = Program::open(&house);
    program.referrer("ada");
    let lead = json!({"customer_id": "c", "code": "ada"});
    program.server().post("/v1/leads", &lead).expect(201);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let chart = |page: &str| {
        page.split("<figcaption><strong>").nth(1).and_then(|rest| rest.split('<').next()).map(str::to_owned)
    };
    assert_eq!(chart(&desk.get("/dashboard/live").text()).as_deref(), Some("Leads"));
    assert_eq!(chart(&desk.get("/dashboard/live?of=clicks").text()).as_deref(), Some("Clicks"));
}
