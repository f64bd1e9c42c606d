//! Years of a program that `cargo xtask seed` writes: a ledger like any other, in which every rule holds.

use serde_json::json;
use tests::book::Book;
use tests::desk::Desk;
use tests::house::House;
use tests::program::Program;
use xtask::history::{self, Counts};

#[test]
fn a_history_that_was_written_is_a_ledger_in_which_every_rule_holds_and_goes_on() {
    let house = House::start(|options| options);
    let program = Program::open_with(&house, &json!({ "terms": history::program("x")["terms"] }));
    let counts = Counts { clicks: 3_000, conversions: 700, referrers: 80 };
    house.write_history(program.key("secret_live"), counts);
    house.write_doubts(program.key("secret_live"), counts);
    let server = program.server();
    let stats = server.get("/v1/stats?interval=month").expect(200);
    assert!(
        stats["totals"]["clicks"].as_u64() > Some(900),
        "a third of them in the last thirty days: {stats}"
    );
    assert_eq!(server.get("/v1/ledger/verify").expect(200)["ok"], true);
    // What people look at, in full pages: sixty open, as many decided.
    let many = |path: &str| server.get(path).expect(200)["data"].as_array().map_or(0, Vec::len);
    assert_eq!(many("/v1/flags?status=open&limit=100"), 60);
    assert_eq!(many("/v1/flags?status=confirmed&limit=100"), 12);
    assert_eq!(many("/v1/flags?status=released&limit=100"), 48);
    assert_eq!(many("/v1/refunds?limit=100"), 60);
    let disputes = Book::of(&program, "secret_live").texts(
        "SELECT count(*) || ' ' || count(d.dispute_id) FROM dispute o LEFT JOIN dispute_decision d ON d.dispute_id = o.id",
        &[],
    );
    assert_eq!(disputes, ["120 60"]);
    let payouts = server.get("/v1/payouts").expect(200);
    assert!(payouts["data"][0]["amount"].as_i64() > Some(0), "{payouts}");
    // It goes on: a sale, a refund of an old one, another payout.
    let sale = json!({"order_id": "new", "customer_id": "customer-2", "amount": 9000, "currency": "EUR"});
    let sale = server.post("/v1/sales", &sale).expect(201);
    assert_eq!(sale["attribution"]["status"], "attributed", "whoever came then is bound: {sale}");
    let refund = json!({"refund_id": "r", "order_id": "S-100002", "amount": 10});
    server.post("/v1/refunds", &refund).expect(201);
    let trace = server.get("/v1/sales/sal_0000000000000002/trace").expect(200);
    assert_eq!(trace["touches"].as_array().map(Vec::len), Some(1), "{trace}");
    let mut desk = Desk::open(&house, program.key("secret_live"));
    for page in [
        "",
        "/conversions/sal_0000000000000002",
        "/conversions/led_0000000000000010",
        "/referrers",
        "/referrers?sort=granted",
        "/review?show=decided",
        "/disputes?show=decided",
        "/rewards?state=held",
    ] {
        assert_eq!(desk.get(&format!("/dashboard/live{page}")).status, 200, "{page}");
    }
    let book = Book::of(&program, "secret_live");
    book.check();
    // That the rule sees what a trigger that forgot something would leave.
    for (forgotten, rule) in [
        (
            "UPDATE payable SET ready_amount = ready_amount + 1 WHERE person_id = (SELECT min(person_id) FROM payable)",
            "what is owed is what is there",
        ),
        ("UPDATE owed SET people = people + 1", "what is owed is what is there"),
        (
            "UPDATE balance SET amount = amount + 1 WHERE state = 'approved'",
            "a balance is what its rewards come to",
        ),
        (
            "UPDATE balance SET rewards = rewards - 1 WHERE state = 'pending'",
            "a balance is what its rewards come to",
        ),
    ] {
        let book = Book::of(&program, "secret_live");
        book.tamper(forgotten);
        let broken: Vec<&str> = book.broken().iter().map(|(rule, _)| *rule).collect();
        assert!(broken.contains(&rule), "{forgotten}: {broken:?}");
    }
}
