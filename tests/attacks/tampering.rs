//! Ledgers broken on purpose: each rule that the other attacks look at is seen to fail.

use crate::{alone, commands};
use serde_json::{Value, json};
use tests::book::Book;
use tests::house::House;
use tests::program::Program;

#[test]
fn the_checks_after_a_crash_notice_what_is_broken() {
    let _alone = alone();
    let house = House::start(|options| options);
    let program = Program::open(&house);
    program.referrer("ada");
    let server = program.server();
    server
        .post(
            "/v1/sales",
            &json!({"order_id": "o", "customer_id": "c", "amount": 9000, "currency": "EUR", "code": "ada"}),
        )
        .expect(201);
    server.post("/v1/refunds", &json!({"refund_id": "r", "order_id": "o", "amount": 100})).expect(201);
    Book::live(&program).check();
    let off = "DROP TRIGGER entry_remain; DROP TRIGGER entry_stay; DROP TRIGGER conversion_remain; DROP TRIGGER conversion_stay;
        DROP TRIGGER reward_remain; DROP TRIGGER trace_remain; DROP TRIGGER refund_applied_remain; DROP TRIGGER audit_remain;
        DROP TRIGGER outbox_remain; DROP TRIGGER outbox_stay; DROP TRIGGER link_remain; DROP TRIGGER link_stay;";
    for damage in [
        "DELETE FROM entry WHERE seq = 1",
        "DELETE FROM entry WHERE taken_back_by IS NOT NULL",
        "UPDATE entry SET amount = amount + 1 WHERE seq = 2",
        "DELETE FROM reward WHERE seq = 1",
        "DELETE FROM conversion",
        "UPDATE conversion SET amount = 10",
        "DELETE FROM trace",
        "DELETE FROM friend",
        "DELETE FROM refund_applied",
        "DELETE FROM audit WHERE action = 'sale.recorded'",
        "DELETE FROM outbox WHERE type = 'sale.recorded'",
        "DELETE FROM outbox WHERE seq = (SELECT max(seq) FROM outbox)",
        "INSERT INTO outbox SELECT seq + 9, 'evt_x', type, subject, at, data FROM outbox WHERE type = 'reward.granted' LIMIT 1",
        "UPDATE outbox SET subject = 'sal_x' WHERE type = 'sale.recorded'",
        "UPDATE outbox SET type = 'sale.imagined' WHERE type = 'sale.recorded'",
        "DELETE FROM link WHERE seq = (SELECT max(seq) FROM link)",
        "DELETE FROM link WHERE seq = 2",
        "UPDATE link SET hash = (SELECT hash FROM link WHERE seq = 1) WHERE seq = 3",
        "UPDATE entry SET created_at = created_at + 1 WHERE seq = 4",
        "UPDATE entry SET movement = movement || ' '",
        "INSERT INTO audit SELECT seq + 10, at, actor, action, subject, request_id FROM audit WHERE action = 'sale.recorded'",
    ] {
        let book = Book::live(&program);
        book.tamper(off);
        book.tamper(damage);
        assert!(!book.broken().is_empty(), "nobody noticed {damage}");
    }
}

#[test]
fn the_checks_notice_what_is_broken_about_leads_rates_and_payouts() {
    let _alone = alone();
    let house = House::start(|options| options);
    let program = commands::program(&house);
    let server = program.server();
    let list = |name: &str| server.get(&format!("/v1/{name}?limit=100")).expect(200)["data"].clone();
    let id = |item: &Value| item["id"].as_str().expect("an id").to_owned();
    let sales = list("sales");
    let foreign = sales.as_array().into_iter().flatten().find(|sale| sale["order_id"] == "foreign");
    for (path, body) in [
        (format!("leads/{}/decision", id(&list("leads")[0])), json!({"decision": "qualify"})),
        (
            format!("rewards/{}/decision", id(&list("rewards")[0])),
            json!({"decision": "void", "note": "Agreed."}),
        ),
        (
            format!("sales/{}/exchange_rate", id(foreign.expect("a sale in dollars"))),
            json!({"exchange_rate": "0.9"}),
        ),
        (format!("flags/{}/decision", id(&list("flags")[1])), json!({"decision": "confirm", "unbind": true})),
    ] {
        server.post(&format!("/v1/{path}"), &body).expect(201);
    }
    Book::live(&program).check();
    for damage in [
        "UPDATE lead_stage SET decided_at = decided_at + 1",
        "DELETE FROM lead_stage",
        "UPDATE suspension SET state = 'reinstated'",
        "DELETE FROM suspension",
        "UPDATE rebinding SET cause = 'flg_x'",
        "DELETE FROM rebinding",
        "UPDATE exchange SET rate = '9'",
        "UPDATE exchange SET amount = amount + 1",
        "UPDATE reward_decision SET decision = 'approve'",
        "UPDATE payout_line SET amount = amount + 1",
        "UPDATE payout_line SET person_id = 'rfr_x'",
        "DELETE FROM payout_line WHERE state = 'created'",
        "UPDATE payout_item SET amount = amount - 1",
        "UPDATE payout_item SET freed_at = 1",
        "UPDATE reward SET state = 'paid' WHERE state = 'approved'",
        "UPDATE tally SET granted_amount = granted_amount + 1",
        "DELETE FROM outbox WHERE type = 'lead.qualified'",
        "DELETE FROM outbox WHERE type = 'reward.paid'",
        "DELETE FROM outbox WHERE type = 'payout.created'",
        "UPDATE outbox SET subject = 'pln_x' WHERE type = 'payout.paid'",
    ] {
        let book = Book::live(&program);
        for trigger in book.texts("SELECT name FROM sqlite_schema WHERE type = 'trigger'", &[]) {
            book.tamper(&format!("DROP TRIGGER {trigger}"));
        }
        book.tamper(damage);
        assert!(!book.broken().is_empty(), "nobody noticed {damage}");
    }
}
