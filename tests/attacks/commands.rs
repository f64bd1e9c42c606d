//! Every call that writes, and a program with something in its ledger for each of them to meet.

use serde_json::{Value, json};
use std::sync::Arc;
use tests::forge;
use tests::house::House;
use tests::http::Request;
use tests::program::{Program, usual};
use tests::token::{identity, secret};

/// The secret of somebody who joined in a widget.
pub(crate) fn proof() -> String {
    format!("gws_{}A", "F".repeat(42))
}

/// A program with something in its ledger for every command to meet.
pub(crate) fn program(house: &Arc<House>) -> Program {
    let mut terms = usual("")["terms"].clone();
    terms["approval"] = json!({"automatic_up_to": 200});
    terms["qualification"] = json!({"events": ["demo"]});
    for rule in [
        json!({"id": "qualified", "on": "qualified_lead", "to": "referrer", "pay": {"flat": 300}}),
        json!({"id": "code", "on": "lead", "to": "friend", "pay": {"coupon": "few"}}),
        json!({"id": "early", "on": "qualified_lead", "to": "friend", "pay": {"perk": "Early access"}}),
    ] {
        terms["rewards"].as_array_mut().expect("rules").push(rule);
    }
    let program = Program::open_with(house, &json!({ "terms": terms }));
    program.referrer("ada");
    let server = program.server();
    let refund = |id: &str, amount: i64| json!({"refund_id": id, "order_id": "awaited", "amount": amount});
    let doubted =
        |customer: &str| json!({"customer_id": customer, "code": "eve", "email": "Eve@mail.example"});
    let disputed = json!({"about": "sal_1", "message": "Where is it?"});
    let foreign = json!({"order_id": "foreign", "customer_id": "known", "amount": 8_000, "currency": "USD"});
    for (path, body) in [
        (
            "coupons",
            json!({"pool": "few", "codes": (0..9).map(|at| format!("FEW-{at}")).collect::<Vec<_>>()}),
        ),
        ("groups", json!({"name": "Ambassadors", "terms": {"rewards": []}})),
        ("referrers", json!({"external_id": "sam", "code": "sam"})),
        ("referrers", json!({"external_id": "eve", "code": "eve", "email": "eve@mail.example"})),
        ("leads", doubted("doubted-3")),
        ("leads", doubted("doubted-4")),
        ("leads", json!({"customer_id": "student", "code": "ada"})),
        ("leads", json!({"customer_id": "known", "code": "ada", "email": "k@mail.example"})),
        ("sales", sale("paid", "known", 9_000)),
        ("sales", sale("large", "known", 9_000)),
        ("sales", foreign),
        ("refunds", refund("early-1", 500)),
        ("refunds", refund("early-2", 8_500)),
        ("leads", doubted("doubted-1")),
        ("leads", doubted("doubted-2")),
    ] {
        server.post(&format!("/v1/{path}"), &body).expect(201);
        if body["code"] == "sam" {
            // Somebody who gains nothing for now, though a friend came.
            server
                .post(&suspension(&program, "sam"), &json!({"decision": "suspend", "note": "Asked."}))
                .expect(201);
            server.post("/v1/leads", &json!({"customer_id": "sams", "code": "sam"})).expect(201);
        }
    }
    // Anonymous referrers who buy over their own links and sign in below, and somebody one of them is joined to.
    for (byte, customer) in [(201, "buyer"), (202, "settled")] {
        let (proof, code) = secret(byte);
        program.page().post("/v1/widget/join", &json!({ "proof": proof })).expect(201);
        let mut own = sale(customer, customer, 3_000);
        own["click_id"] = forge::click(&program, &code, 60).into();
        server.post("/v1/sales", &own).expect(201);
    }
    for sub in ["known", "settled"] {
        let join = Request::post("/v1/widget/join", &json!({}));
        program.page().send(join.header("goodword-identity", &identity(&program, sub))).expect(201);
    }
    // Three batches of rewards whose hold ended long ago: one was paid, two wait for the bank.
    for order in ["old-1", "old-2", "old-3", "old-4"] {
        let mut old = sale(order, "known", 1_500);
        // Not by the click, which came later than this.
        old["occurred_at"] = "2026-01-01T00:00:00Z".into();
        server.post("/v1/sales", &old).expect(201);
        if order != "old-4" {
            let batch = server.post("/v1/payouts", &json!({})).expect(201);
            if order == "old-1" {
                let path = format!("/v1/payouts/{}/decision", batch["id"].as_str().unwrap_or_default());
                server.post(&path, &json!({"decision": "paid"})).expect(201);
            }
        }
    }
    server.post("/v1/assets", &picture("A fern", PNG)).expect(201);
    program.page().post("/v1/widget/join", &json!({"proof": proof()})).expect(201);
    let mut moving = sale("moving", "moving", 6_000);
    moving["code"] = "ada".into();
    server.post("/v1/sales", &moving).expect(201);
    server
        .post("/v1/refunds", &json!({"refund_id": "moving", "order_id": "moving", "amount": 1_000}))
        .expect(201);
    // Three matters, the newest first in the list: one to decide, one to take back, one that moves the credit.
    for about in ["moving", "sal_3", "sal_1"] {
        let mut disputed = disputed.clone();
        disputed["about"] = about.into();
        let request = Request::post("/v1/disputes", &disputed);
        program.page().send(request.header("goodword-proof", &proof())).expect(201);
    }
    program
}

/// Where the referrer with this code is suspended and reinstated.
fn suspension(program: &Program, code: &str) -> String {
    let listed = program.server().get("/v1/referrers").expect(200);
    let found = listed["data"].as_array().into_iter().flatten().find(|referrer| referrer["code"] == code);
    format!("/v1/referrers/{}/suspension", found.and_then(|one| one["id"].as_str()).unwrap_or_default())
}

pub(crate) fn sale(order: &str, customer: &str, amount: i64) -> Value {
    json!({"order_id": order, "customer_id": customer, "amount": amount, "currency": "EUR"})
}

/// A call that writes.
pub(crate) struct Command {
    pub(crate) name: &'static str,
    pub(crate) key: &'static str,
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) body: Value,
    /// Who is signed in.
    pub(crate) sub: Option<&'static str>,
}

pub(crate) fn call(name: &'static str, key: &'static str, path: &str, body: Value) -> Command {
    Command { name, key, method: "POST", path: path.to_owned(), body, sub: None }
}

/// By the merchant's server.
fn server(name: &'static str, path: &str, body: Value) -> Command {
    call(name, "secret_live", path, body)
}

/// By a page of the merchant.
fn page(name: &'static str, path: &str, body: Value) -> Command {
    call(name, "publishable_live", path, body)
}

/// Every call that writes and takes an `Idempotency-Key`.
pub(crate) fn commands(program: &Program) -> Vec<Command> {
    let with_click = |mut body: Value| {
        body["click_id"] = forge::click(program, "ada", 60).into();
        body
    };
    let first = |list: &str, at: usize| {
        let listed = program.server().get(&format!("/v1/{list}")).expect(200);
        let id = listed["data"][at]["id"].as_str().unwrap_or_default().to_owned();
        format!("/v1/{list}/{id}/decision")
    };
    let of_sale = |order: &str| {
        let listed = program.server().get("/v1/sales").expect(200);
        let sales = listed["data"].as_array().cloned().unwrap_or_default();
        sales.into_iter().find(|sale| sale["order_id"] == order).expect("a sale of this program")
    };
    let reward =
        |order: &str, at: usize| of_sale(order)["rewards"][at]["id"].as_str().unwrap_or_default().to_owned();
    let decision = |order: &str, at: usize| format!("/v1/rewards/{}/decision", reward(order, at));
    let rate = format!("/v1/sales/{}/exchange_rate", of_sale("foreign")["id"].as_str().unwrap_or_default());
    let with_rate = |mut body: Value| {
        body["currency"] = "USD".into();
        body["exchange_rate"] = "0.9".into();
        body
    };
    let id_of = |list: &str| {
        let listed = program.server().get(&format!("/v1/{list}")).expect(200);
        listed["data"][0]["id"].as_str().unwrap_or_default().to_owned()
    };
    let group_id = id_of("groups");
    let target = format!("/v1/referrers/{}/payout_target", id_of("referrers"));
    let batches = program.server().get("/v1/payouts").expect(200);
    let batch = |at: usize| {
        format!("/v1/payouts/{}/decision", batches["data"][at]["id"].as_str().unwrap_or_default())
    };
    let (returned, failed, paid) = (batch(2), batch(1), batch(0));
    let (group, member) =
        (format!("/v1/groups/{group_id}/terms"), format!("/v1/referrers/{}/group", id_of("referrers")));
    let refund =
        |id: &str, order: &str, amount: i64| json!({"refund_id": id, "order_id": order, "amount": amount});
    let person =
        |field: &str, name: &str| json!({field: name, "email": format!("{name}@mail.example"), "name": name});
    let mut commands = vec![
        server("a referrer", "/v1/referrers", person("external_id", "e")),
        server("a lead", "/v1/leads", with_click(person("customer_id", "new"))),
        server("a sale of a new customer", "/v1/sales", with_click(sale("first", "newer", 7_777))),
        server("a sale of a known customer", "/v1/sales", sale("second", "known", 4_200)),
        server("a sale that refunds wait for", "/v1/sales", sale("awaited", "known", 9_000)),
        server("an uncredited sale", "/v1/sales", sale("alone", "stranger", 100)),
        server("a doubted sale", "/v1/sales", sale("third", "doubted-1", 5_000)),
        server("a sale with a rate", "/v1/sales", with_rate(sale("abroad", "known", 6_000))),
        server("a rate told later", &rate, json!({"exchange_rate": "0.9"})),
        server(
            "a lead that a rule qualifies",
            "/v1/leads",
            with_click(json!({"customer_id": "demo", "event": "demo"})),
        ),
        server("a lead's qualification", &first("leads", 2), json!({"decision": "qualify"})),
        server(
            "a lead's rejection",
            &first("leads", 3),
            json!({"decision": "reject", "reason": "A student."}),
        ),
        server("codes for friends", "/v1/coupons", json!({"pool": "more", "codes": ["A", "B"]})),
        server(
            "a lead that earns a code",
            "/v1/leads",
            json!({"customer_id": "coupon", "code": "ada", "event": "trial"}),
        ),
        server("a group", "/v1/groups", json!({"name": "Partners", "terms": {"rewards": []}})),
        server("a group's terms", &group, json!({"terms": {"rewards": [], "hold_days": 1}})),
        server("a referrer's group", &member, json!({"group_id": group_id})),
        server("where money is sent", &target, json!({"name": "Ada", "iban": "DE89 3704 0044 0532 0130 00"})),
        server("a calendar of payouts", "/v1/payouts/schedule", json!({"every": "week", "day": 1})),
        server("a batch of payouts", "/v1/payouts", json!({})),
        server("lines that were paid", &paid, json!({"decision": "paid"})),
        server("lines that failed", &failed, json!({"decision": "failed", "note": "No such account."})),
        server("lines that came back", &returned, json!({"decision": "returned"})),
        server("a reward's approval", &decision("paid", 0), json!({"decision": "approve"})),
        server("a reward's voiding", &decision("paid", 1), json!({"decision": "void", "note": "Agreed."})),
        server(
            "many rewards' approval",
            "/v1/rewards/decisions",
            json!({"ids": [reward("large", 0), reward("large", 1)], "decision": "approve"}),
        ),
        server("a refund in part", "/v1/refunds", refund("r-1", "paid", 1_234)),
        server("a refund of the rest", "/v1/refunds", refund("r-2", "paid", 7_766)),
        server("a refund that waits", "/v1/refunds", refund("r-3", "later", 5)),
        server("a flag's release", &first("flags", 0), json!({"decision": "release", "note": "a family"})),
        server("a flag's confirmation", &first("flags", 1), json!({"decision": "confirm"})),
        server("a key's rotation", "/v1/keys", json!({"kind": "publishable"})),
        server("an identity key's rotation", "/v1/keys", json!({"kind": "identity"})),
    ];
    commands.extend(commands_of_review(program));
    commands.extend(commands_of_disputes(program));
    commands.extend(commands_of_setup(program));
    commands.extend(commands_of_pages(program));
    commands
}

/// Those with which a program is set up: people from elsewhere, looks, what referrers share, what was thought of.
fn commands_of_setup(program: &Program) -> Vec<Command> {
    let shown = program.server().get("/v1/assets").expect(200);
    let asset = format!("/v1/assets/{}", shown["data"][0]["id"].as_str().unwrap_or_default());
    let listed = program.server().get("/v1/referrers").expect(200);
    let referrer = format!("/v1/referrers/{}", listed["data"][0]["id"].as_str().unwrap_or_default());
    // Somebody new with two codes, and somebody the program knows who gets another one.
    let people = "code,external_id,email,name\nrow-1 row-2,row-1,row-1@mail.example,Row\nsammy,sam,,\n";
    let with = |method, command| Command { method, ..command };
    vec![
        server("people from a file", "/v1/referrers/import", json!({"csv": people, "format": "other"})),
        with("PATCH", server("a look", "/v1/look", json!({"theme": {"accent": "#aa0000"}}))),
        server("a picture to share", "/v1/assets", picture("Another", ANOTHER_PNG)),
        server(
            "a text to share",
            "/v1/assets",
            json!({"kind": "text", "title": "Words", "text": "Come by."}),
        ),
        with(
            "PATCH",
            server("how a referrer is called", &referrer, json!({"name": "Ada", "email": "ada@new.example"})),
        ),
        with("DELETE", server("a picture that is no longer shared", &asset, json!({}))),
        server(
            "what was thought of",
            "/v1/readiness",
            json!({"point": "incentive", "done": true, "other_cost": 2_000}),
        ),
    ]
}

/// Pictures of one pixel, in base64.
pub(crate) const PNG: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const ANOTHER_PNG: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP4z8DwHwAFAAH/VscvDQAAAABJRU5ErkJggg==";

pub(crate) fn picture(title: &str, data: &str) -> Value {
    json!({"kind": "picture", "title": title, "alt": "A fern", "data": data})
}

/// Those of people who review what is doubted, and conversions that are.
fn commands_of_review(program: &Program) -> Vec<Command> {
    let listed = program.server().get("/v1/flags?rule=same_email").expect(200);
    let flag = |at: usize| listed["data"][at]["id"].as_str().unwrap_or_default().to_owned();
    let seen = json!({"customer_id": "seen", "code": "ada", "email": "x@mailinator.com", "client_ip": "203.0.113.7",
        "user_agent": "Firefox", "landing_url": "?gclid=1", "referring_host": "coupons.com"});
    let reinstated = json!({"decision": "reinstate", "note": "We spoke."});
    vec![
        server("a note at a flag", &format!("/v1/flags/{}/notes", flag(0)), json!({"note": "Siblings?"})),
        // The second and the third fraud of one referrer, who is suspended for it and loses the customers.
        server(
            "many flags' confirmation",
            "/v1/flags/decisions",
            json!({"ids": [flag(2), flag(3)], "decision": "confirm", "unbind": true}),
        ),
        server("a reinstatement", &suspension(program, "sam"), reinstated),
        server("a suspension", &suspension(program, "ada"), json!({"decision": "suspend"})),
        server("a lead that much speaks against", "/v1/leads", seen),
        Command {
            method: "PATCH",
            ..server(
                "a change of what is doubted",
                "/v1/fraud",
                json!({"off": [], "velocity": {"in_24_hours": 1}}),
            )
        },
        server(
            "a lead that flags those before it",
            "/v1/leads",
            json!({"customer_id": "burst", "code": "sam"}),
        ),
    ]
}

/// Those about disputes.
fn commands_of_disputes(program: &Program) -> Vec<Command> {
    let disputes = program.server().get("/v1/disputes").expect(200);
    let asker = disputes["data"][0]["referrer_id"].clone();
    let messages =
        format!("/v1/disputes/{}/messages", disputes["data"][0]["id"].as_str().unwrap_or_default());
    let decision = |at: usize| {
        format!("/v1/disputes/{}/decision", disputes["data"][at]["id"].as_str().unwrap_or_default())
    };
    vec![
        server("a word in a dispute", &messages, json!({"message": "Which friend?"})),
        page("a referrer's word in a dispute", &messages, json!({"message": "Zoe."})),
        server("a dispute's decision", &decision(0), json!({"decision": "upheld", "note": "True."})),
        page("a dispute's end", &decision(1), json!({"decision": "withdrawn"})),
        server(
            "a decision that moves the credit",
            &decision(2),
            json!({"decision": "upheld", "note": "True.", "referrer_id": asker}),
        ),
    ]
}

/// Those that pages call.
fn commands_of_pages(program: &Program) -> Vec<Command> {
    let signed_in = |name, sub, body| Command { sub: Some(sub), ..page(name, "/v1/widget/join", body) };
    let with_secret =
        |byte: u8| json!({"proof": secret(byte).0, "name": "J", "show_name": true, "terms_version": 1});
    vec![
        page("joining", "/v1/widget/join", json!({"proof": format!("gws_{}", "A".repeat(43)), "name": "J"})),
        signed_in("joining as somebody new", "new", with_secret(200)),
        signed_in("signing in as an anonymous referrer", "buyer", with_secret(201)),
        signed_in("joining an anonymous referrer to an account", "settled", with_secret(202)),
        signed_in("adding a link to an account", "known", with_secret(203)),
        signed_in("joining without a link", "newest", json!({"terms_version": 1})),
        Command {
            method: "PATCH",
            sub: Some("known"),
            ..page("a change of what is said", "/v1/widget/me", json!({"name": "K", "show_name": false}))
        },
        page(
            "a claim",
            "/v1/claims",
            json!({"customer_id": "claimed", "email": "c@mail.example", "click_id": forge::click(program, "ada", 60)}),
        ),
        server("an erasure", "/v1/erasure", json!({"email": "eve@mail.example"})),
        page("a dispute", "/v1/disputes", json!({"about": "sal_2", "message": "And this?"})),
    ]
}
