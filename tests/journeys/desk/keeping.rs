//! How long customers are known, on the page: whom it concerns is said before it is set.

use super::settling::{fields, with};
use serde_json::{Value, json};
use tests::desk::Desk;
use tests::house::House;
use tests::program::Program;

const PAGE: &str = "/dashboard/test/settings/data";
const FORM: &str = "/dashboard/test/settings/data/retention";

#[test]
fn whom_a_time_concerns_is_said_before_it_is_set() {
    let house = House::shared();
    let program = Program::open(&house);
    let server = program.test_server();
    server.post("/v1/referrers", &json!({"code": "ada", "email": "ada@kontor-nord.de"})).expect(201);
    for (customer, email) in [("old", "old@mail.example"), ("doubted", "ben@kontor-nord.de")] {
        let code = (customer == "doubted").then_some("ada");
        server.post("/v1/leads", &json!({"customer_id": customer, "email": email, "code": code})).expect(201);
    }
    server.post("/v1/test/clock", &json!({"advance_days": 200})).expect(200);
    server.post("/v1/leads", &json!({"customer_id": "new", "email": "new@mail.example"})).expect(201);
    let stored = || server.get("/v1/program").expect(200)["retention"]["customers_months"].clone();
    let known = |customer: &str| {
        let export = server.get(&format!("/v1/subject-export?customer_id={customer}")).expect(200);
        export["people"].as_array().map_or(0, Vec::len)
    };

    let mut desk = Desk::open(&house, program.key("secret_test"));
    let page = desk.page(PAGE);
    assert!(page.contains("Until you erase the person"), "{page}");
    assert!(!page.contains("aria-invalid"), "{page}");
    let form = fields(&page, "retention");
    let seen = desk.post(FORM, &with(&form, &[("months", "6")]));
    assert_eq!(seen.status, 200);
    for text in [
        "After 6 months without anything new",
        "1 customer is due now.",
        "1 more was quiet for as long, and waits",
        "name=\"sure\"",
    ] {
        assert!(seen.text().contains(text), "{text}: {}", seen.text());
    }
    assert_eq!(stored(), Value::Null, "only shown");
    let none = desk.post(FORM, &with(&form, &[("months", "12")]));
    assert!(none.text().contains("0 customers are due now."), "{}", none.text());

    let sure = fields(&seen.text(), "retention");
    let saved = desk.post(FORM, &with(&sure, &[]));
    assert_eq!((saved.status, stored()), (303, json!(6)), "{}", saved.text());
    let page = desk.page(PAGE);
    assert!(page.contains("Of customers: 6 months after the last thing new, at the earliest."), "{page}");
    assert_eq!((known("old"), known("doubted"), known("new")), (1, 1, 1), "nobody goes at once");
    server.post("/v1/test/clock", &json!({"advance_days": 1})).expect(200);
    assert_eq!((known("old"), known("doubted"), known("new")), (0, 1, 1));
    let log = desk.page("/dashboard/test/settings/audit?actor=program");
    assert!(log.contains("Customers erased after their time") && log.contains("The program itself"), "{log}");

    // What is no time is refused, with what was typed.
    let form = fields(&page, "retention");
    for (typed, said) in [("5", "takes a number from 6 to 120"), ("soon", "is not filled in as it should be")]
    {
        for form in [with(&form, &[("months", typed)]), with(&form, &[("months", typed), ("sure", "1")])] {
            let refused = desk.post(FORM, &form);
            assert_eq!(refused.status, 422, "{typed}");
            for part in [
                "Months without anything new",
                said,
                &format!("name=\"months\" inputmode=\"numeric\" value=\"{typed}\""),
                "aria-invalid=\"true\" aria-describedby=\"refusal months-detail\"",
            ] {
                assert!(refused.text().contains(part), "{part}: {}", refused.text());
            }
        }
    }
    assert_eq!(stored(), json!(6));
    let never = desk.post(FORM, &with(&form, &[("months", "")]));
    assert!(never.text().contains("From now on the program erases nobody."), "{}", never.text());
    let sure = fields(&never.text(), "retention");
    assert_eq!((desk.post(FORM, &with(&sure, &[])).status, stored()), (303, Value::Null));
}

#[test]
fn a_time_that_somebody_else_set_is_not_set_back() {
    let house = House::shared();
    let program = Program::open(&house);
    let key = program.key("secret_test");
    let (mut ada, mut ben) = (Desk::open(&house, key), Desk::open(&house, key));
    let hers = fields(&ada.page(PAGE), "retention");
    let his = fields(&ben.page(PAGE), "retention");
    assert_eq!(ada.post(FORM, &with(&hers, &[("months", "24"), ("sure", "1")])).status, 303);
    for sure in [&[("months", "12")][..], &[("months", "12"), ("sure", "1")]] {
        let refused = ben.post(FORM, &with(&his, sure));
        assert_eq!(refused.status, 409);
        for part in ["was changed meanwhile and is now “24”", "inputmode=\"numeric\" value=\"12\""] {
            assert!(refused.text().contains(part), "{part}: {}", refused.text());
        }
    }
    let stored =
        || program.test_server().get("/v1/program").expect(200)["retention"]["customers_months"].clone();
    assert_eq!(stored(), json!(24));
    // Told so, he means it.
    let refused = ben.post(FORM, &with(&his, &[("months", "12")]));
    let again = fields(&refused.text(), "retention");
    assert_eq!(ben.post(FORM, &with(&again, &[("sure", "1")])).status, 303);
    assert_eq!(stored(), json!(12));
}
