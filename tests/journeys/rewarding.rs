//! Every kind of reward, as a merchant writes it and as people get it.

use serde_json::{Value, json};
use std::sync::Arc;
use tests::book::Book;
use tests::house::House;
use tests::program::Program;

fn program(house: &Arc<House>, terms: &Value) -> Program {
    let program = Program::open_with(house, &json!({ "terms": terms }));
    program.referrer("ada");
    program.referrer("eve");
    program
}

/// One rule for a sale of the referrer's; the fields of `changes` replace the usual ones.
fn rule(changes: &Value) -> Value {
    let mut rule = json!({"id": "rule", "on": "sale", "to": "referrer", "pay": {"share_bps": 1000}});
    for (name, value) in changes.as_object().into_iter().flatten() {
        rule[name] = value.clone();
    }
    rule
}

fn sale(order: &str, customer: &str, amount: i64) -> Value {
    json!({"order_id": order, "customer_id": customer, "amount": amount, "currency": "EUR", "code": "ada"})
}

fn on_day(mut body: Value, day: &str) -> Value {
    body["occurred_at"] = format!("{day}T12:00:00Z").into();
    body
}

fn amounts(body: &Value) -> Vec<i64> {
    body["rewards"].as_array().into_iter().flatten().filter_map(|reward| reward["amount"].as_i64()).collect()
}

/// The reasons for nothing in the trace of a sale.
fn reasons(program: &Program, sale: &Value) -> Vec<String> {
    let path = format!("/v1/sales/{}/trace", sale["id"].as_str().expect("an id"));
    let trace = program.server().get(&path).expect(200);
    let rules = trace["rules_without_reward"].as_array().cloned().unwrap_or_default();
    assert!(
        rules.iter().all(|rule| rule["because"].as_str().is_some_and(|text| text.ends_with('.'))),
        "{trace}"
    );
    rules.iter().filter_map(|rule| rule["reason"].as_str().map(str::to_owned)).collect()
}

/// Posts sales of one referrer, each of a new customer, and holds the rewards against what is expected.
fn check(rule: &Value, sales: &[(i64, &[i64])]) {
    let house = House::shared();
    let program = program(&house, &json!({ "rewards": [rule] }));
    for (at, (amount, expected)) in sales.iter().enumerate() {
        let body = sale(&format!("o{at}"), &format!("c{at}"), *amount);
        let sold = program.server().post("/v1/sales", &body).expect(201);
        assert_eq!(amounts(&sold), *expected, "sale {at} under {rule}: {sold}");
        assert_eq!(program.server().post("/v1/sales", &body).expect(200), sold, "and the same again");
    }
    Book::live(&program).check();
}

#[test]
fn tiers_by_number_pay_each_sale_by_its_own_step() {
    let steps = json!([{"from": 1, "flat": 100}, {"from": 3, "share_bps": 2000}]);
    let tiers = rule(&json!({"pay": {"tiers": {"by": "count", "steps": steps}}}));
    check(&tiers, &[(1_000, &[100]), (1_000, &[100]), (1_000, &[200]), (2_000, &[400])]);
}

#[test]
fn whole_and_marginal_tiers_differ_where_a_sale_crosses_a_step() {
    let steps = json!([{"from": 0, "share_bps": 500}, {"from": 1_000, "share_bps": 1_000}]);
    let whole = rule(&json!({"pay": {"tiers": {"by": "amount_whole", "steps": steps}}}));
    check(&whole, &[(900, &[45]), (200, &[20]), (100, &[10])]);
    let marginal = rule(&json!({"pay": {"tiers": {"by": "amount_marginal", "steps": steps}}}));
    check(&marginal, &[(900, &[45]), (200, &[15]), (100, &[10])]);
}

#[test]
fn a_milestone_pays_at_its_number_and_more_than_the_sale_if_it_says_so() {
    check(
        &rule(&json!({"when": {"every": 2}, "pay": {"flat": 5_000}})),
        &[(30, &[]), (30, &[5_000]), (30, &[]), (30, &[5_000])],
    );
    check(
        &rule(&json!({"when": {"at": 2}, "pay": {"flat": 5_000}})),
        &[(30, &[]), (30, &[5_000]), (30, &[]), (30, &[])],
    );
}

#[test]
fn a_customers_first_months_and_payments_end_by_the_calendar_and_the_count() {
    let house = House::shared();
    let terms = json!({"window_days": 400, "rewards": [
        rule(&json!({"id": "months", "when": {"first_months": 2}})),
        rule(&json!({"id": "payments", "when": {"first_payments": 2}})),
        rule(&json!({"id": "stays", "pay": {"retention": {"steps": [{"from": 0, "share_bps": 100}, {"from": 1, "share_bps": 200}]}}})),
    ]});
    let program = program(&house, &terms);
    let days = [
        ("2026-01-31", vec![100, 100, 10]),
        ("2026-02-27", vec![100, 100, 10]),
        ("2026-02-28", vec![100, 20]),
        ("2026-03-31", vec![20]),
    ];
    for (at, (day, expected)) in days.iter().enumerate() {
        let body = on_day(sale(&format!("o{at}"), "c", 1_000), day);
        let sold = program.server().post("/v1/sales", &body).expect(201);
        assert_eq!(amounts(&sold), *expected, "{day}: {sold}");
        if at == 3 {
            assert_eq!(reasons(&program, &sold), ["months_over", "payments_over"]);
        }
    }
    Book::live(&program).check();
}

#[test]
fn caps_cut_what_is_above_them_and_the_trace_says_so() {
    let house = House::shared();
    let terms = json!({
        "caps": [{"of": "conversion", "amount": 900}, {"of": "referrer", "per": "day", "amount": 1_000},
            {"of": "referrer", "per": "month", "amount": 1_500}, {"of": "program", "amount": 2_000}],
        "rewards": [rule(&json!({"pay": {"share_bps": 5000}}))],
    });
    let program = program(&house, &terms);
    let server = program.server();
    let post = |order: &str, code: &str, day: &str| {
        let mut body = on_day(sale(order, order, 10_000), day);
        body["code"] = code.into();
        server.post("/v1/sales", &body).expect(201)
    };
    let first = post("1", "ada", "2026-03-01");
    assert_eq!(amounts(&first), [900], "the cap of one conversion");
    let trace = server.get(&format!("/v1/sales/{}/trace", first["id"].as_str().expect("an id"))).expect(200);
    assert_eq!(
        trace["rules_cut"],
        json!([{"rule": "rule", "promised": 5_000, "granted": 900, "reason": "cap_reached"}])
    );
    assert_eq!(amounts(&post("2", "ada", "2026-03-01")), [100], "of the day");
    let none = post("3", "ada", "2026-03-01");
    assert_eq!((amounts(&none), reasons(&program, &none)), (vec![], vec!["cap_reached".to_owned()]));
    assert_eq!(amounts(&post("4", "ada", "2026-03-02")), [500], "of the month");
    assert_eq!(amounts(&post("5", "eve", "2026-03-02")), [500], "of the program");
    assert_eq!(amounts(&post("6", "eve", "2026-04-02")), [0; 0]);
    server.post("/v1/refunds", &json!({"refund_id": "r", "order_id": "1", "amount": 10_000})).expect(201);
    assert_eq!(amounts(&post("7", "eve", "2026-04-02")), [900], "what was taken back leaves room again");
    Book::live(&program).check();
}

#[test]
fn a_perk_is_a_reward_without_money_that_is_approved_given_and_taken_back() {
    let house = House::shared();
    let terms = json!({"hold_days": 0, "rewards": [
        rule(&json!({"id": "early", "to": "friend", "pay": {"perk": "Early access"}})), rule(&json!({}))]});
    let program = program(&house, &terms);
    let server = program.server();
    let sold = server.post("/v1/sales", &sale("o", "c", 1_000)).expect(201);
    assert_eq!(
        (&sold["rewards"][0]["perk"], &sold["rewards"][0]["amount"]),
        (&json!("Early access"), &json!(0)),
        "{sold}"
    );
    server.post("/v1/sales", &sale("p", "d", 1_000)).expect(201);
    let decide = |at: usize, decision: &str| {
        let listed = server.get("/v1/rewards").expect(200);
        let id = listed["data"][at]["id"].as_str().expect("an id").to_owned();
        server.post(&format!("/v1/rewards/{id}/decision"), &json!({"decision": decision, "note": "n"}))
    };
    // Newest first: money and perk of `p`, money and perk of `o`.
    assert_eq!(decide(0, "fulfil").problem(409), "reward_not_a_perk");
    assert_eq!(decide(1, "fulfil").expect(201)["state"], "fulfilled");
    assert_eq!(decide(1, "fulfil").expect(200)["state"], "fulfilled");
    assert_eq!(decide(1, "void").problem(409), "reward_paid");
    let half =
        server.post("/v1/refunds", &json!({"refund_id": "r1", "order_id": "o", "amount": 500})).expect(201);
    assert_eq!(half["reversals"].as_array().map(Vec::len), Some(1), "a perk cannot be halved: {half}");
    let rest =
        server.post("/v1/refunds", &json!({"refund_id": "r2", "order_id": "o", "amount": 500})).expect(201);
    assert_eq!(rest["reversals"][0]["perk"], "Early access", "{rest}");
    server.post("/v1/refunds", &json!({"refund_id": "r3", "order_id": "p", "amount": 1_000})).expect(201);
    let listed = server.get("/v1/rewards").expect(200);
    let states: Vec<&Value> =
        listed["data"].as_array().into_iter().flatten().map(|reward| &reward["state"]).collect();
    assert_eq!(states, ["voided", "fulfilled", "voided", "voided"], "what was given stays given");
    Book::live(&program).check();
}

#[test]
fn a_sale_in_another_currency_waits_for_its_rate_and_is_rewarded_exactly() {
    let house = House::shared();
    let terms = json!({"minimum_order": 500, "rewards": [rule(&json!({})), rule(&json!({"id": "gift", "to": "friend", "pay": {"flat": 50}}))]});
    let program = program(&house, &terms);
    let server = program.server();
    let foreign = |order: &str, amount: i64, currency: &str| {
        let mut body = sale(order, order, amount);
        body["currency"] = currency.into();
        body
    };
    let with = |mut body: Value, rate: &str| {
        body["exchange_rate"] = rate.into();
        body
    };
    let yen = with(foreign("yen", 10_007, "JPY"), "0.0061");
    let sold = server.post("/v1/sales", &yen).expect(201);
    assert_eq!(
        (amounts(&sold), &sold["exchange_rate"]),
        (vec![610, 50], &json!("0.0061")),
        "6104 cents: {sold}"
    );
    assert_eq!(server.post("/v1/sales", &yen).expect(200), sold);
    assert_eq!(
        server.post("/v1/sales", &with(foreign("yen", 10_007, "JPY"), "0.0062")).problem(409),
        "rate_conflict"
    );
    let dinar = server.post("/v1/sales", &with(foreign("dinar", 1_234, "KWD"), "3.02")).expect(201);
    assert_eq!(amounts(&dinar), [0; 0], "372 cents are below the minimum order: {dinar}");
    let dinar = server.post("/v1/sales", &with(foreign("dinars", 12_345, "KWD"), "3.02")).expect(201);
    assert_eq!(amounts(&dinar), [372, 50], "3728 cents: {dinar}");
    Book::live(&program).check();
}

#[test]
fn a_rate_told_later_grants_what_is_left_after_refunds() {
    let house = House::shared();
    let program = program(
        &house,
        &json!({"rewards": [rule(&json!({})), rule(&json!({"id": "second", "when": {"at": 1}, "pay": {"flat": 70}}))]}),
    );
    let server = program.server();
    let mut body = sale("o", "c", 10_000);
    body["currency"] = "USD".into();
    let sold = server.post("/v1/sales", &body).expect(201);
    assert_eq!((amounts(&sold), reasons(&program, &sold)), (vec![], vec!["other_currency".to_owned(); 2]));
    server.post("/v1/refunds", &json!({"refund_id": "r", "order_id": "o", "amount": 5_000})).expect(201);
    let path = format!("/v1/sales/{}/exchange_rate", sold["id"].as_str().expect("an id"));
    for wrong in ["0", "-1", "1e3", "1,5", "", "0.1234567890"] {
        assert_eq!(
            server.post(&path, &json!({"exchange_rate": wrong})).problem(422),
            "validation_failed",
            "{wrong}"
        );
    }
    let told = server.post(&path, &json!({"exchange_rate": "0.9"})).expect(201);
    assert_eq!(amounts(&told), [900, 70], "{told}");
    assert_eq!(
        (&told["rewards"][0]["reversed_amount"], &told["rewards"][1]["reversed_amount"]),
        (&json!(450), &json!(35))
    );
    let again = server.post(&path, &json!({"exchange_rate": "0.9"})).expect(200);
    assert_eq!(amounts(&again), [900, 70]);
    assert_eq!(server.post(&path, &json!({"exchange_rate": "0.91"})).problem(409), "rate_conflict");
    let own = server.post("/v1/sales", &sale("own", "d", 10_000)).expect(201);
    let path = format!("/v1/sales/{}/exchange_rate", own["id"].as_str().expect("an id"));
    assert_eq!(server.post(&path, &json!({"exchange_rate": "1"})).problem(422), "validation_failed");
    assert_eq!(
        server.post("/v1/sales/sal_0/exchange_rate", &json!({"exchange_rate": "1"})).problem(404),
        "not_found"
    );
    Book::live(&program).check();
}

#[test]
fn thirty_two_sales_at_once_never_exceed_a_cap() {
    let house = House::shared();
    let terms = json!({"caps": [{"of": "referrer", "amount": 1_050}], "rewards": [rule(&json!({"pay": {"flat": 100}}))]});
    let program = program(&house, &terms);
    std::thread::scope(|scope| {
        for at in 0..32 {
            let program = &program;
            scope.spawn(move || {
                program
                    .server()
                    .post("/v1/sales", &sale(&format!("o{at}"), &format!("c{at}"), 1_000))
                    .expect(201)
            });
        }
    });
    let book = Book::live(&program);
    book.check();
    assert_eq!(book.number("SELECT sum(amount) FROM reward"), 1_050);
    assert_eq!(book.number("SELECT count(*) FROM reward"), 11);
}
