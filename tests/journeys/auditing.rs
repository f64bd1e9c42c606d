//! The audit log: every call that changes something leaves one row, whoever made it, and a repeated one none.

use serde_json::{Value, json};
use std::collections::BTreeSet;
use tests::book::Book;
use tests::forge;
use tests::house::House;
use tests::http::Request;
use tests::program::Program;
use tests::source::file;

/// A call that changes something, as the description names it, and what the log calls it.
struct Change {
    route: (&'static str, &'static str),
    id: String,
    key: &'static str,
    body: Option<Value>,
    action: &'static str,
}

/// Calls that change nothing in the ledger, or not with a key of the program.
const OTHERS: &[(&str, &str)] = &[
    // Steps of the widget are counted, not audited: they are statistics, also the day on which somebody shared first.
    ("POST", "/v1/widget/events"),
    // Into an empty program only, with a log of its own; looked at in `exporting.rs`.
    ("POST", "/v1/import"),
    // A row for each referrer and one for the file; looked at in `desk/importing.rs`.
    ("POST", "/v1/referrers/import"),
    // Each call makes another way in, so a repeated one leaves a row too; looked at in `portal/entering.rs`.
    ("POST", "/v1/widget/portal"),
    // A question.
    ("POST", "/v1/terms/simulate"),
    // Another one.
    ("POST", "/v1/fraud/backtest"),
    // The operator's; looked at by itself below.
    ("POST", "/v1/programs"),
];

fn proof() -> String {
    format!("gws_{}A", "J".repeat(42))
}

fn first(program: &Program, list: &str) -> String {
    let listed = program.server().get(&format!("/v1/{list}")).expect(200);
    listed["data"][0]["id"].as_str().unwrap_or_default().to_owned()
}

fn change(
    route: (&'static str, &'static str),
    key: &'static str,
    body: Value,
    action: &'static str,
) -> Change {
    Change { route, id: String::new(), key, body: Some(body), action }
}

/// A call about the first of a list.
fn about(program: &Program, list: &str, route: &'static str, body: Value, action: &'static str) -> Change {
    Change { id: first(program, list), ..change(("POST", route), "secret_live", body, action) }
}

/// Calls about leads, rewards, groups and payouts.
fn changes_of_rewards() -> Vec<fn(&Program) -> Change> {
    vec![
        |program| {
            let body = json!({"decision": "qualify"});
            about(program, "leads", "/v1/leads/{id}/decision", body, "lead.qualified")
        },
        |program| {
            let body = json!({"decision": "void", "note": "Agreed."});
            about(program, "rewards", "/v1/rewards/{id}/decision", body, "reward.voided")
        },
        |program| {
            let sold =
                json!({"order_id": "v", "customer_id": "v", "amount": 900, "currency": "EUR", "code": "ada"});
            let sold = program.server().post("/v1/sales", &sold).expect(201);
            let body = json!({"ids": [sold["rewards"][0]["id"]], "decision": "void", "note": "Agreed."});
            change(("POST", "/v1/rewards/decisions"), "secret_live", body, "reward.voided")
        },
        |program| {
            let sold =
                json!({"order_id": "u", "customer_id": "u", "amount": 900, "currency": "USD", "code": "ada"});
            program.server().post("/v1/sales", &sold).expect(201);
            let body = json!({"exchange_rate": "0.9"});
            about(program, "sales", "/v1/sales/{id}/exchange_rate", body, "sale.rate_told")
        },
        |_| {
            let body = json!({"pool": "few", "codes": ["A", "B"]});
            change(("POST", "/v1/coupons"), "secret_live", body, "coupons.uploaded")
        },
        |_| {
            let body = json!({"name": "Partners", "terms": {"rewards": []}});
            change(("POST", "/v1/groups"), "secret_live", body, "group.created")
        },
        |program| {
            let body = json!({"terms": {"rewards": [], "hold_days": 1}});
            about(program, "groups", "/v1/groups/{id}/terms", body, "group.terms_changed")
        },
        |program| {
            let body = json!({"group_id": first(program, "groups")});
            about(program, "referrers", "/v1/referrers/{id}/group", body, "referrer.grouped")
        },
        |program| {
            let route = ("PATCH", "/v1/referrers/{id}");
            let called = change(route, "secret_live", json!({"name": "Ada Byron"}), "referrer.changed");
            Change { id: first(program, "referrers"), ..called }
        },
        |program| {
            let body = json!({"name": "Ada", "iban": "DE89370400440532013000"});
            about(program, "referrers", "/v1/referrers/{id}/payout_target", body, "referrer.target_changed")
        },
        |program| {
            let old = json!({"order_id": "old", "customer_id": "old", "amount": 900, "currency": "EUR", "code": "ada",
                "occurred_at": "2026-01-01T00:00:00Z"});
            program.server().post("/v1/sales", &old).expect(201);
            change(("POST", "/v1/payouts"), "secret_live", json!({}), "payout.created")
        },
        |_| {
            let body = json!({"every": "month", "day": 15, "minimum": 2_000});
            change(("POST", "/v1/payouts/schedule"), "secret_live", body, "payout.schedule_changed")
        },
        |program| {
            let body = json!({"decision": "paid"});
            about(program, "payouts", "/v1/payouts/{id}/decision", body, "payout.paid")
        },
    ]
}

/// Calls of people who review what is doubted.
fn changes_of_review() -> Vec<fn(&Program) -> Change> {
    vec![
        |program| {
            let body = json!({"note": "Asked the shop."});
            about(program, "flags", "/v1/flags/{id}/notes", body, "flag.noted")
        },
        |program| {
            let doubted = json!({"customer_id": "n", "code": "ada", "email": "ada@mail.example"});
            program.server().post("/v1/leads", &doubted).expect(201);
            let body = json!({"ids": [first(program, "flags")], "decision": "release"});
            change(("POST", "/v1/flags/decisions"), "secret_live", body, "flag.released")
        },
        |_| {
            let body = json!({"weights": {"paid_ad": 10}});
            change(("PATCH", "/v1/fraud"), "secret_live", body, "fraud.changed")
        },
        |program| {
            let route = "/v1/referrers/{id}/suspension";
            about(program, "referrers", route, json!({"decision": "suspend"}), "referrer.suspended")
        },
        |program| {
            let route = "/v1/referrers/{id}/suspension";
            about(program, "referrers", route, json!({"decision": "reinstate"}), "referrer.reinstated")
        },
    ]
}

/// Every other call, made possible one by one by those before it.
fn changes() -> Vec<fn(&Program) -> Change> {
    vec![
        |_| {
            let body = json!({"external_id": "a", "code": "ada", "email": "ada@mail.example"});
            change(("POST", "/v1/referrers"), "secret_live", body, "referrer.created")
        },
        |_| {
            let body = json!({"customer_id": "c", "code": "ada", "email": "ada@mail.example"});
            change(("POST", "/v1/leads"), "secret_live", body, "lead.recorded")
        },
        |_| {
            let body = json!({"order_id": "o", "customer_id": "c", "amount": 900, "currency": "EUR"});
            change(("POST", "/v1/sales"), "secret_live", body, "sale.recorded")
        },
        |_| {
            let body = json!({"refund_id": "r", "order_id": "o", "amount": 100});
            change(("POST", "/v1/refunds"), "secret_live", body, "refund.recorded")
        },
        |program| {
            let route = ("POST", "/v1/flags/{id}/decision");
            let change = change(route, "secret_live", json!({"decision": "release"}), "flag.released");
            Change { id: first(program, "flags"), ..change }
        },
        |_| {
            change(
                ("POST", "/v1/widget/join"),
                "publishable_live",
                json!({"proof": proof()}),
                "referrer.joined",
            )
        },
        |_| {
            let body = json!({"name": "J", "show_name": true});
            change(("PATCH", "/v1/widget/me"), "publishable_live", body, "referrer.changed")
        },
        |program| {
            let body = json!({"click_id": forge::click(program, "ada", 60), "customer_id": "d"});
            change(("POST", "/v1/claims"), "publishable_live", body, "claim.recorded")
        },
        |_| {
            let body = json!({"about": "sal_1", "message": "Mine."});
            change(("POST", "/v1/disputes"), "publishable_live", body, "dispute.opened")
        },
        |program| {
            let body = json!({"message": "Which one?"});
            about(program, "disputes", "/v1/disputes/{id}/messages", body, "dispute.message")
        },
        |program| {
            let route = ("POST", "/v1/disputes/{id}/decision");
            let body = json!({"decision": "upheld", "note": "Yours."});
            let change = change(route, "secret_live", body, "dispute.decided");
            Change { id: first(program, "disputes"), ..change }
        },
        |program| {
            let mut terms = program.opened["terms"].clone();
            terms["hold_days"] = 7.into();
            let body = json!({"terms": terms, "name": "Fern"});
            change(("PATCH", "/v1/program"), "secret_live", body, "terms.changed")
        },
        |_| change(("PATCH", "/v1/program"), "secret_live", json!({"name": "Field"}), "program.changed"),
        |_| change(("POST", "/v1/keys"), "secret_live", json!({"kind": "publishable"}), "key.rotated"),
        |program| {
            let listed = program.server().get("/v1/keys").expect(200);
            let keys = listed["data"].as_array().cloned().unwrap_or_default();
            let key = keys.iter().find(|key| key["kind"] == "publishable").expect("a publishable key");
            let id = key["id"].as_str().unwrap_or_default().to_owned();
            let route = ("DELETE", "/v1/keys/{id}");
            Change { route, id, key: "secret_live", body: None, action: "key.revoked" }
        },
        |_| {
            change(
                ("POST", "/v1/erasure"),
                "secret_live",
                json!({"email": "ada@mail.example"}),
                "person.erased",
            )
        },
        |_| {
            let body = json!({"point": "goals", "done": true, "note": "Fifty leads."});
            change(("POST", "/v1/readiness"), "secret_live", body, "readiness.said")
        },
        |_| {
            let body = json!({"texts": [{"text": "Have a look."}]});
            change(("PATCH", "/v1/look"), "secret_live", body, "look.changed")
        },
        |_| {
            let body = json!({"kind": "text", "title": "Post", "text": "Have a look."});
            change(("POST", "/v1/assets"), "secret_live", body, "asset.created")
        },
        |program| {
            let route = ("DELETE", "/v1/assets/{id}");
            let id = first(program, "assets");
            Change { route, id, key: "secret_live", body: None, action: "asset.retired" }
        },
        |_| change(("POST", "/v1/test/clock"), "secret_test", json!({"advance_days": 3}), "clock.moved"),
    ]
}

fn audit(program: &Program, key: &str) -> Vec<Value> {
    let reader = if key.ends_with("test") { program.test_server() } else { program.server() };
    let listed = reader.get("/v1/audit?limit=100").expect(200);
    listed["data"].as_array().cloned().unwrap_or_default()
}

/// The id of a key by its name, from the ledger's file: no call tells it.
fn key_id(program: &Program, key: &str) -> String {
    let hash = referral::api_key::sha256_hex(program.key(key).as_bytes());
    Book::of(program, key).texts("SELECT id FROM api_key WHERE hash = ?", &[&hash]).remove(0)
}

#[test]
fn every_call_that_changes_something_leaves_one_row_and_a_repeated_one_none() {
    let house = House::shared();
    let program = Program::open(&house);
    let mut seen = BTreeSet::new();
    // Those of rewards after the sale, before terms change and people go.
    let mut all = changes();
    all.splice(5..5, changes_of_review().into_iter().chain(changes_of_rewards()));
    for (number, change) in all.into_iter().enumerate() {
        let change = change(&program);
        let name = format!("{} {}", change.route.0, change.route.1);
        seen.insert((change.route.0.to_owned(), change.route.1.to_owned()));
        let before = audit(&program, change.key);
        let send = || {
            let path = change.route.1.replace("{id}", &change.id);
            let mut request = Request::new(change.route.0, &path)
                .key(program.key(change.key))
                .header("goodword-proof", &proof())
                .header("idempotency-key", &format!("change-{number}"));
            if let Some(body) = &change.body {
                request = request.header("content-type", "application/json").body(body.to_string());
            }
            house.call(&request)
        };
        let answer = send();
        assert!(answer.status < 300, "{name}: {}", answer.text());
        let after = audit(&program, change.key);
        assert_eq!(after.len(), before.len() + 1, "{name}: one row");
        assert_eq!(after[1..], before, "{name}: and nothing else");
        let row = &after[0];
        let actor = if change.key.starts_with("secret") { "server" } else { "page" };
        let expected =
            json!([change.action, actor, key_id(&program, change.key), answer.header("x-request-id")]);
        assert_eq!(
            json!([row["action"], row["actor"], row["key_id"], row["request_id"]]),
            expected,
            "{name}"
        );
        assert!(row["subject"].as_str().is_some_and(|subject| !subject.is_empty()) && row["at"].is_string());
        send();
        assert_eq!(audit(&program, change.key), after, "{name}: the same call again changes nothing");
    }
    let described = file("www/openapi.json").expect("the description").text;
    let described: Value = serde_json::from_str(&described).expect("JSON");
    let mut expected = BTreeSet::new();
    for (path, item) in described["paths"].as_object().into_iter().flatten() {
        for method in item.as_object().into_iter().flatten().map(|(method, _)| method.to_ascii_uppercase()) {
            let reads = !matches!(method.as_str(), "POST" | "PATCH" | "PUT" | "DELETE");
            if !reads && !OTHERS.contains(&(method.as_str(), path.as_str())) {
                expected.insert((method, path.clone()));
            }
        }
    }
    assert_eq!(seen, expected, "every call that is described and changes something is in this test");
}

#[test]
fn what_is_refused_or_only_read_leaves_no_row() {
    let house = House::shared();
    let program = Program::open(&house);
    let server = program.server();
    program.referrer("ada");
    let before = audit(&program, "secret_live");
    assert_eq!(before.len(), 2, "the opening and the referrer: {before:?}");
    assert_eq!(
        (&before[1]["action"], &before[1]["actor"], &before[1]["key_id"]),
        (&json!("program.created"), &json!("operator"), &Value::Null)
    );
    server.post("/v1/sales", &json!({"order_id": "o"})).problem(422);
    server.post("/v1/referrers", &json!({"code": "ada"})).problem(409);
    server.patch("/v1/program", &json!({"name": "Fern & Field"})).expect(200);
    program.with(program.key("publishable_live")).get("/v1/audit").problem(403);
    for list in ["sales", "events", "audit", "ledger/verify"] {
        server.get(&format!("/v1/{list}")).expect(200);
    }
    assert_eq!(audit(&program, "secret_live"), before);
    // Page by page, as every list.
    let page = server.get("/v1/audit?limit=1").expect(200);
    let next = page["next_cursor"].as_str().expect("there is one more");
    let rest = server.get(&format!("/v1/audit?starting_after={next}")).expect(200);
    assert_eq!((&page["data"][0], &rest["data"][0]), (&before[0], &before[1]));
    let back = server
        .get(&format!("/v1/audit?ending_before={}", before[1]["id"].as_str().expect("an id")))
        .expect(200);
    assert_eq!(back["data"][0], before[0]);
    for cursor in ["aud_0", "aud_99", "aud_1x", "x", "aud_01"] {
        server.get(&format!("/v1/audit?starting_after={cursor}")).problem(422);
    }
}
