//! Statements: what was granted, taken back and paid, to read, to print and as a file.

use serde_json::{Value, json};
use std::sync::Arc;
use std::thread;
use tests::house::House;
use tests::program::Program;

/// A program that nothing is a crowd to, and somebody who shares it.
fn program(house: &Arc<House>) -> (Program, Value) {
    let terms = json!({"hold_days": 0, "rewards": [
        {"id": "share", "on": "sale", "to": "referrer", "pay": {"share_bps": 1000}},
    ]});
    let fraud = json!({"off": ["velocity", "unusual_amount"]});
    let program = Program::open_with(house, &json!({ "terms": terms, "fraud": fraud }));
    let ada = program.server().post("/v1/referrers", &json!({"code": "ada"})).expect(201);
    (program, ada)
}

fn sell(program: &Program, order: &str, amount: i64) {
    let body =
        json!({"order_id": order, "customer_id": order, "amount": amount, "currency": "EUR", "code": "ada"});
    program.server().post("/v1/sales", &body).expect(201);
}

/// Sends all there is, and it arrives.
fn pay(program: &Program) {
    let batch = program.server().post("/v1/payouts", &json!({})).expect(201);
    let path = format!("/v1/payouts/{}/decision", batch["id"].as_str().expect("an id"));
    program.server().post(&path, &json!({"decision": "paid"})).expect(201);
}

#[test]
fn a_statement_of_more_rows_than_are_read_adds_up_and_its_file_has_them_all() {
    const SALES: usize = 2_002;
    let house = House::shared();
    let (program, ada) = program(&house);
    // A part of a cent of each is nobody's: 10 % of 10.07 is 1.00.
    thread::scope(|scope| {
        for part in 0..4 {
            let program = &program;
            scope.spawn(move || {
                for order in (part..SALES).step_by(4) {
                    sell(program, &format!("o{order}"), 1_007);
                }
            });
        }
    });
    let id = ada["id"].as_str().expect("an id");
    pay(&program);
    sell(&program, "last", 1_000);
    let statement = program.server().get(&format!("/v1/referrers/{id}/statement")).expect(200);
    assert_eq!(
        json!([statement["data"].as_array().map(Vec::len), statement["has_more"], statement["totals"]]),
        json!([2_000, true, [{
            "currency": "EUR", "granted": 200_300, "taken_back": 0, "paid": -200_200, "returned": 0, "open": 100,
        }]]),
    );
    let csv = program.server().get(&format!("/v1/referrers/{id}/statement.csv")).text();
    let amounts = csv.lines().skip(1).filter_map(|line| line.rsplit(',').nth(1)?.parse::<f64>().ok());
    assert_eq!(csv.lines().count(), 1 + SALES + 1 + 1, "head, sales, what was paid, the last one");
    assert_eq!(format!("{:.2}", amounts.sum::<f64>()), "1.00");
    let page = program.server().get(&format!("/v1/referrers/{id}/statement.html")).text();
    assert!(page.contains("The sums are of all rows.") && page.contains("<td>2003.00</td>"), "and says so");
}

#[test]
fn a_statement_is_printed_with_its_sums_and_runs_nothing() {
    let house = House::shared();
    let (program, ada) = program(&house);
    let id = ada["id"].as_str().expect("an id");
    let hostile = "<script>alert(1)</script>\"><img src=x onerror=alert(2)>";
    let person = json!({"external_id": "h", "code": "hostile", "name": hostile});
    let other = program.server().post("/v1/referrers", &person).expect(201);
    sell(&program, "1", 10_000);
    let refund = json!({"refund_id": "r1", "order_id": "1", "amount": 2_500});
    program.server().post("/v1/refunds", &refund).expect(201);
    pay(&program);
    let page = program.server().get(&format!("/v1/referrers/{id}/statement.html"));
    assert_eq!(page.status, 200);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    let policy = page.header("content-security-policy").expect("a policy");
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    let text = page.text();
    for part in [
        "<td>10.00</td><td>-2.50</td><td>-7.50</td><td>0.00</td><td>0.00</td>",
        "-7.50 EUR",
        "taken back",
        "@media print",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    // The one style that the policy lets through is the page's own.
    let style = text.split("<style>").nth(1).and_then(|rest| rest.split("</style>").next()).expect("a style");
    let sum = {
        use base64::Engine as _;
        use sha2::{Digest as _, Sha256};
        base64::engine::general_purpose::STANDARD.encode(Sha256::digest(style.as_bytes()))
    };
    assert!(policy.contains(&format!("style-src 'sha256-{sum}'")), "{policy} {sum}");
    let hostile = program
        .server()
        .get(&format!("/v1/referrers/{}/statement.html", other["id"].as_str().expect("an id")))
        .text();
    assert!(
        !hostile.contains("<script") && !hostile.contains("<img") && hostile.contains("&#60;script&#62;"),
        "{hostile}"
    );
    assert_eq!(
        program.server().get("/v1/referrers/rfr_0000000000000000/statement.html").problem(404),
        "not_found"
    );
    assert_eq!(
        program.page().get(&format!("/v1/referrers/{id}/statement.html")).problem(403),
        "key_wrong_kind"
    );
}
