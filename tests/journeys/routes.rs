//! Every route of the API with a call of it that nothing is wrong with, of a program that has one of everything.

use serde_json::{Value, json};
use tests::forge;
use tests::program::Program;

/// Which key a route takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Takes {
    Secret,
    Publishable,
}

/// A call that nothing is wrong with but, later, its key.
pub(crate) struct Route {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) takes: Takes,
    pub(crate) body: Option<Value>,
    /// Names a row of the program: nobody else's key finds it.
    pub(crate) own: bool,
}

fn id(body: &Value) -> String {
    body["id"].as_str().unwrap_or_default().to_owned()
}

/// A route that takes a secret key.
fn plain(method: &'static str, path: &str, body: Option<Value>) -> Route {
    Route { method, path: path.to_owned(), takes: Takes::Secret, body, own: false }
}

/// One that names a row.
fn own(method: &'static str, path: String, body: Option<Value>) -> Route {
    Route { method, path, takes: Takes::Secret, body, own: true }
}

/// Every route. `tests/tidy/guards.rs` wants each of the edge's here and in [`desk_routes`].
pub(crate) fn routes(program: &Program) -> Vec<Route> {
    let server = program.server();
    let ada = json!({"code": "ada", "external_id": "ext-ada", "email": "ada@mail.example"});
    let ada = server.post("/v1/referrers", &ada).expect(201);
    let lead = server.post("/v1/leads", &json!({"customer_id": "c", "code": "ada"})).expect(201);
    let sale = server
        .post("/v1/sales", &json!({"order_id": "o", "customer_id": "c", "amount": 900, "currency": "EUR"}))
        .expect(201);
    let dispute = json!({"about": "theirs", "message": "mine", "referrer_id": id(&ada)});
    let dispute = server.post("/v1/disputes", &dispute).expect(201);
    let keys = server.get("/v1/keys").expect(200);
    let key = keys["data"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|key| key["kind"] == "publishable")
        .map(id)
        .unwrap_or_default();
    let click = forge::click(program, "ada", 60);
    let route =
        |method, path: &str, takes, body| Route { method, path: path.to_owned(), takes, body, own: false };
    let (secret, public) = (Takes::Secret, Takes::Publishable);
    let mut routes = vec![
        route("GET", "/v1/program", secret, None),
        route("PATCH", "/v1/program", secret, Some(json!({"name": "Taken over"}))),
        route("GET", "/v1/keys", secret, None),
        route("POST", "/v1/keys", secret, Some(json!({"kind": "secret"}))),
        own("DELETE", format!("/v1/keys/{key}"), None),
        route("POST", "/v1/referrers", secret, Some(json!({"external_id": "new"}))),
        route("GET", "/v1/referrers", secret, None),
        own("GET", format!("/v1/referrers/{}", id(&ada)), None),
        own("PATCH", format!("/v1/referrers/{}", id(&ada)), Some(json!({"name": "Taken over"}))),
        route("POST", "/v1/leads", secret, Some(json!({"customer_id": "d"}))),
        route("GET", "/v1/leads", secret, None),
        own("GET", format!("/v1/leads/{}", id(&lead)), None),
        own("GET", format!("/v1/leads/{}/trace", id(&lead)), None),
        route(
            "POST",
            "/v1/sales",
            secret,
            Some(json!({"order_id": "p", "customer_id": "d", "amount": 1, "currency": "EUR"})),
        ),
        route("GET", "/v1/sales", secret, None),
        own("GET", format!("/v1/sales/{}", id(&sale)), None),
        own("GET", format!("/v1/sales/{}/trace", id(&sale)), None),
        route("POST", "/v1/refunds", secret, Some(json!({"refund_id": "r", "order_id": "o", "amount": 1}))),
        route("GET", "/v1/refunds", secret, None),
        route("GET", "/v1/rewards", secret, None),
        route("GET", "/v1/clicks", secret, None),
        route("GET", "/v1/claims", secret, None),
        route("GET", "/v1/flags", secret, None),
        route("GET", "/v1/disputes", secret, None),
        own(
            "POST",
            "/v1/disputes/dsp_0000000000000000/decision".to_owned(),
            Some(json!({"decision": "upheld", "note": "x"})),
        ),
        own("GET", format!("/v1/disputes/{}", id(&dispute)), None),
        own("POST", format!("/v1/disputes/{}/messages", id(&dispute)), Some(json!({"message": "x"}))),
        route("GET", "/v1/why?order_id=o", secret, None),
        route("GET", "/v1/stats", secret, None),
        route("GET", "/v1/events", secret, None),
        route("GET", "/v1/audit", secret, None),
        route("GET", "/v1/ledger/verify", secret, None),
        route("GET", "/v1/export", secret, None),
        route("GET", "/v1/payouts/schedule", secret, None),
        route("POST", "/v1/payouts/schedule", secret, Some(json!({"every": "week", "day": 1}))),
        route("POST", "/v1/erasure", secret, Some(json!({"customer_id": "nobody"}))),
        own("GET", "/v1/subject-export?customer_id=c".to_owned(), None),
        route("POST", "/v1/test/clock", secret, Some(json!({"advance_days": 1}))),
        route(
            "POST",
            "/v1/widget/join",
            public,
            Some(json!({"proof": format!("gws_{}", "D".repeat(42) + "A")})),
        ),
        route("GET", "/v1/widget/me", public, None),
        route("PATCH", "/v1/widget/me", public, Some(json!({"show_name": true}))),
        route("GET", "/v1/widget/disputes", public, None),
        route("GET", "/v1/widget/welcome?code=ada", public, None),
        route("POST", "/v1/widget/events", public, Some(json!({"events": []}))),
        route("POST", "/v1/claims", public, Some(json!({"click_id": click, "customer_id": "c"}))),
        route(
            "POST",
            "/v1/disputes",
            secret,
            Some(json!({"about": id(&sale), "message": "mine", "referrer_id": id(&ada)})),
        ),
        route("POST", "/v1/widget/portal", public, Some(json!({}))),
    ];
    routes.extend(desk_routes(program, [&id(&ada), &id(&lead), &id(&sale)]));
    routes
}

/// What a merchant sets, decides and pays out.
fn desk_routes(program: &Program, [referrer, lead, sale]: [&str; 3]) -> Vec<Route> {
    let server = program.server();
    let made = |path: &str, body: Value| server.post(path, &body).expect(201);
    let old = json!({"order_id": "old", "customer_id": "old", "amount": 900, "currency": "EUR", "code": "ada",
        "occurred_at": "2026-01-01T00:00:00Z"});
    let reward = id(&made("/v1/sales", old)["rewards"][0]);
    let payout = id(&made("/v1/payouts", json!({})));
    made("/v1/leads", json!({"customer_id": "own", "code": "ada", "email": "ada@mail.example"}));
    let flag = id(&server.get("/v1/flags").expect(200)["data"][0]);
    let terms = json!({"rewards": []});
    let group = id(&made("/v1/groups", json!({"name": "few", "terms": terms})));
    let text = json!({"kind": "text", "title": "Post", "text": "Have a look."});
    let asset = id(&made("/v1/assets", text.clone()));
    let release = json!({"decision": "release"});
    let void = json!({"decision": "void", "note": "x"});
    let all = |ids: &str, body: &Value| {
        let mut body = body.clone();
        body["ids"] = json!([ids]);
        Some(body)
    };
    vec![
        plain("GET", "/v1/terms", None),
        plain("POST", "/v1/terms/simulate", Some(json!({ "terms": terms }))),
        plain("POST", "/v1/referrers/import", Some(json!({"csv": "code\nbea", "format": "csv"}))),
        own("POST", format!("/v1/leads/{lead}/decision"), Some(json!({"decision": "qualify"}))),
        own("POST", format!("/v1/sales/{sale}/exchange_rate"), Some(json!({"exchange_rate": "0.9"}))),
        own("POST", format!("/v1/rewards/{reward}/decision"), Some(void.clone())),
        plain("POST", "/v1/rewards/decisions", all(&reward, &void)),
        plain("POST", "/v1/groups", Some(json!({"name": "more", "terms": terms}))),
        plain("GET", "/v1/groups", None),
        own(
            "POST",
            format!("/v1/groups/{group}/terms"),
            Some(json!({"terms": {"rewards": [], "hold_days": 1}})),
        ),
        own("POST", format!("/v1/referrers/{referrer}/group"), Some(json!({ "group_id": null }))),
        plain("POST", "/v1/payouts", Some(json!({}))),
        plain("GET", "/v1/payouts", None),
        own("GET", format!("/v1/payouts/{payout}"), None),
        own("GET", format!("/v1/payouts/{payout}/wise.csv"), None),
        own("POST", format!("/v1/payouts/{payout}/decision"), Some(json!({"decision": "paid"}))),
        own(
            "POST",
            format!("/v1/referrers/{referrer}/payout_target"),
            Some(json!({"name": "Eve", "iban": "DE89370400440532013000"})),
        ),
        own("GET", format!("/v1/referrers/{referrer}/statement"), None),
        own("GET", format!("/v1/referrers/{referrer}/statement.html"), None),
        own("GET", format!("/v1/referrers/{referrer}/statement.csv"), None),
        plain("POST", "/v1/coupons", Some(json!({"pool": "few", "codes": ["A"]}))),
        plain("GET", "/v1/coupons", None),
        own("POST", format!("/v1/flags/{flag}/decision"), Some(release.clone())),
        own("POST", format!("/v1/flags/{flag}/notes"), Some(json!({"note": "x"}))),
        plain("POST", "/v1/flags/decisions", all(&flag, &release)),
        plain("GET", "/v1/fraud", None),
        plain("PATCH", "/v1/fraud", Some(json!({"weights": {"paid_ad": 10}}))),
        plain("POST", "/v1/fraud/backtest", Some(json!({"settings": {"weights": {"paid_ad": 10}}}))),
        own("GET", format!("/v1/referrers/{referrer}/suspension"), None),
        own("POST", format!("/v1/referrers/{referrer}/suspension"), Some(json!({"decision": "suspend"}))),
        plain("GET", "/v1/look", None),
        plain("PATCH", "/v1/look", Some(json!({"texts": [{"text": "Taken over"}]}))),
        plain("GET", "/v1/readiness", None),
        plain("POST", "/v1/readiness", Some(json!({"point": "goals", "done": true}))),
        plain("GET", "/v1/assets", None),
        plain("POST", "/v1/assets", Some(text)),
        own("DELETE", format!("/v1/assets/{asset}"), None),
        plain("POST", "/v1/import", Some(json!({}))),
    ]
}
