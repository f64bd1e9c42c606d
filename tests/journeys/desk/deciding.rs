//! What merchants do at the dashboard, and that it is the same ledger the API shows.

use serde_json::{Value, json};
use tests::desk::Desk;
use tests::house::House;
use tests::program::Program;

/// A program without a hold, whose rewards are approved at once.
fn quick(house: &std::sync::Arc<House>) -> Program {
    let rewards = json!([{"id": "share", "on": "sale", "to": "referrer", "pay": {"share_bps": 1000}}]);
    Program::open_with(house, &json!({ "terms": { "hold_days": 0, "rewards": rewards } }))
}

fn sell(program: &Program, order: &str, customer: &str, amount: i64) -> Value {
    let sale = json!({"order_id": order, "customer_id": customer, "amount": amount, "currency": "EUR", "code": "ada"});
    program.server().post("/v1/sales", &sale).expect(201)
}

#[test]
fn a_sale_is_listed_and_explained() {
    let house = House::shared();
    let program = Program::open(&house);
    program.referrer("ada");
    let sale = sell(&program, "FF-1001", "cus_42", 5999);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let list = desk.page("/dashboard/live/conversions");
    assert!(
        list.contains("Sale FF-1001") && list.contains("59.99\u{a0}EUR") && list.contains("ext-ada"),
        "{list}"
    );
    let page = desk.page(&format!("/dashboard/live/conversions/{}", sale["id"].as_str().unwrap_or_default()));
    for text in ["Credited to ext-ada", "5.99\u{a0}EUR", "waits until", "The referrer’s code came with it."]
    {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(desk.page("/dashboard/live/conversions?show=leads").contains("Nothing here fits."));
    assert!(desk.page("/dashboard/live/conversions?show=uncredited").contains("Nothing here fits."));
    let overview = desk.page("/dashboard/live");
    assert!(overview.contains("59.99\u{a0}EUR"), "{overview}");
    assert!(
        !desk.page("/dashboard/test/conversions").contains("FF-1001"),
        "the test twin knows nothing of it"
    );
    let found = desk.page("/dashboard/live/referrers?q=EXT-");
    assert!(
        found.contains("list.none") || found.contains("Nothing here fits.") || found.contains("ext-ada"),
        "{found}"
    );
    assert!(desk.page("/dashboard/live/referrers?q=ada").contains("ext-ada"));
    assert!(desk.page("/dashboard/live/referrers?q=nobody").contains("Nothing here fits."));
}

#[test]
fn a_flag_is_released_once_with_its_note_and_a_session_in_the_audit_log() {
    let house = House::shared();
    let program = Program::open(&house);
    let server = program.server();
    server.post("/v1/referrers", &json!({"code": "ada", "email": "ada@shop.example"})).expect(201);
    let lead = json!({"customer_id": "c", "code": "ada", "email": "Ada+x@shop.example"});
    server.post("/v1/leads", &lead).expect(201);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    assert!(desk.page("/dashboard/live").contains("One flag to review"));
    let review = desk.page("/dashboard/live/review");
    assert!(review.contains("Friend and referrer have the same e-mail address"), "{review}");
    let id = review.split("/review/flg_").nth(1).and_then(|rest| rest.split('"').next()).expect("a flag");
    let path = format!("/dashboard/live/review/flg_{id}");
    assert_eq!(desk.post(&path, &[("decision", "maybe")]).status, 422, "and the page says so");
    let fields = [("decision", "release"), ("note", "Same household"), ("once", "n1")];
    assert_eq!(desk.post(&path, &fields).header("location"), Some("/dashboard/live/review?done=released"));
    assert_eq!(desk.post(&path, &fields).status, 303, "sent twice, done once");
    assert_eq!(desk.post(&path, &[("decision", "confirm")]).status, 409);
    let flags = server.get("/v1/flags").expect(200);
    assert_eq!(
        (&flags["data"][0]["status"], &flags["data"][0]["note"]),
        (&json!("released"), &json!("Same household"))
    );
    let audit = server.get("/v1/audit").expect(200);
    let rows: Vec<&Value> = audit["data"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|row| row["action"] == "flag.released")
        .collect();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["actor"], "dashboard");
    assert!(rows[0]["session_id"].as_str().is_some_and(|id| id.starts_with("ses_")), "{}", rows[0]);
    assert!(desk.page("/dashboard/live/review?show=decided").contains("Same household"));
}

#[test]
fn a_dispute_is_answered_and_the_credit_goes_where_the_merchant_says() {
    let house = House::shared();
    let program = Program::open(&house);
    program.referrer("ada");
    let eve = program.referrer("eve");
    let server = program.server();
    let sales = [sell(&program, "o1", "c1", 5000), sell(&program, "o2", "c2", 5000)];
    for sale in &sales {
        let asked =
            json!({"referrer_id": eve["id"], "about": sale["id"], "message": "It was my <b>friend</b>."});
        let dispute = server.post("/v1/disputes", &asked).expect(201);
        let path = format!("/v1/disputes/{}/messages", dispute["id"].as_str().expect("an id"));
        server.post(&path, &json!({"message": "Which one?"})).expect(201);
    }
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let page = desk.page("/dashboard/live/disputes");
    for text in ["It was my &#60;b&#62;friend", "Which one?", "You wrote", "The ledger says:"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let listed = server.get("/v1/disputes").expect(200);
    let answer = |desk: &mut Desk<'_>, at: usize, credit: &[(&str, &str)]| {
        let path = format!("/dashboard/live/disputes/{}", listed["data"][at]["id"].as_str().expect("an id"));
        let fields = [&[("decision", "upheld"), ("note", "True.\r\nShe said so.")], credit].concat();
        assert_eq!(
            desk.post(&path, &fields).header("location"),
            Some("/dashboard/live/disputes?show=open&done=answered")
        );
    };
    // A word without a decision: it waits for them then, and stays among the open ones.
    let first = format!("/dashboard/live/disputes/{}", listed["data"][0]["id"].as_str().expect("an id"));
    let word = [("decision", "message"), ("note", "When was <i>that</i>?"), ("once", "w1")];
    for _ in 0..2 {
        assert_eq!(
            desk.post(&first, &word).header("location"),
            Some("/dashboard/live/disputes?show=open&done=dispute_message"),
            "sent twice, said once"
        );
    }
    let page = desk.page("/dashboard/live/disputes?done=dispute_message");
    assert_eq!(page.matches("When was &#60;i&#62;that&#60;/i&#62;?").count(), 1, "{page}");
    assert!(page.contains("waits for the referrer") && page.contains("Sent. The dispute waits"), "{page}");
    assert_eq!(desk.post(&first, &[("decision", "message"), ("note", "")]).status, 422);
    answer(&mut desk, 0, &[("credit", eve["id"].as_str().expect("an id"))]);
    answer(&mut desk, 1, &[]);
    let credited = |sale: &Value| {
        let path = format!("/v1/sales/{}", sale["id"].as_str().expect("an id"));
        server.get(&path).expect(200)["attribution"]["code"].clone()
    };
    assert_eq!((credited(&sales[1]), credited(&sales[0])), (json!("eve"), json!("ada")));
    assert!(
        desk.page("/dashboard/live/disputes?show=decided").contains("True.\nShe said so."),
        "an answer of two lines"
    );
    assert_eq!(desk.post(&first, &[("decision", "message"), ("note", "Late.")]).status, 409);
    let trace = format!("/dashboard/live/conversions/{}", sales[1]["id"].as_str().expect("an id"));
    assert!(desk.page(&trace).contains("Credited to ext-eve"), "the trace says who has it now");
}

#[test]
fn money_is_paid_out_in_one_batch_however_often_the_form_is_sent() {
    let house = House::shared();
    let program = quick(&house);
    program.referrer("ada");
    sell(&program, "o1", "c1", 10_000);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let page = desk.page("/dashboard/live/payouts");
    assert!(page.contains("10.00\u{a0}EUR") && page.contains("one person"), "{page}");
    assert_eq!(desk.post("/dashboard/live/payouts", &[("minimum", "ten")]).status, 422);
    assert_eq!(
        desk.post("/dashboard/live/payouts", &[("minimum", "10.01")]).status,
        409,
        "nobody is owed that"
    );
    let fields = [("minimum", ""), ("once", "batch-1")];
    let first = desk.post("/dashboard/live/payouts", &fields);
    let again = desk.post("/dashboard/live/payouts", &fields);
    assert_eq!((first.status, first.header("location")), (303, again.header("location")));
    let batches = program.server().get("/v1/payouts").expect(200);
    assert_eq!(batches["data"].as_array().map(Vec::len), Some(1));
    let id = batches["data"][0]["id"].as_str().unwrap_or_default().to_owned();
    let path = format!("/dashboard/live/payouts/{id}");
    assert!(desk.page(&path).contains("to be sent"));
    let file = desk.get(&format!("{path}/wise.csv"));
    assert_eq!(file.header("content-type"), Some("text/csv; charset=utf-8"));
    assert_eq!(
        file.header("content-disposition"),
        Some(format!("attachment; filename=\"{id}-wise.csv\"").as_str())
    );
    assert_eq!(file.text(), program.server().get(&format!("/v1/payouts/{id}/wise.csv")).text());
    assert_eq!(desk.post(&path, &[("decision", "paid")]).status, 422, "nothing is ticked");
    assert_eq!(desk.post(&path, &[("decision", "paid"), ("everybody", "1")]).status, 303);
    let batch = program.server().get(&format!("/v1/payouts/{id}")).expect(200);
    assert_eq!(batch["lines"][0]["state"], "paid");
    assert!(desk.page("/dashboard/live/payouts").contains("Nothing is due."));
}

#[test]
fn terms_are_looked_at_before_they_are_saved_and_what_the_form_cannot_hold_stays() {
    let house = House::shared();
    let rewards = json!([
        {"id": "share", "on": "sale", "to": "referrer", "pay": {"share_bps": 1000}},
        {"id": "perk", "on": "lead", "to": "friend", "pay": {"perk": "Early access"}},
    ]);
    let terms = json!({"caps": [{"of": "referrer", "per": "month", "amount": 50_000}], "rewards": rewards});
    let program = Program::open_with(&house, &json!({ "terms": terms }));
    program.referrer("ada");
    sell(&program, "o1", "c1", 10_000);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    assert!(desk.page("/dashboard/live/terms").contains("10% of what was paid"));
    let draft = [
        ("version", "1"),
        ("attribution", "first_click"),
        ("window_days", "60"),
        ("hold_days", "14"),
        ("minimum_order", "20"),
        ("new_only", "on"),
        ("approval", "up_to"),
        ("up_to", "50"),
        ("rule.share", "12.5"),
        ("new.to", "friend"),
        ("new.on", "sale"),
        ("new.value", "5"),
        ("new.unit", "flat"),
    ];
    let preview = desk.post("/dashboard/live/terms/preview", &draft);
    assert_eq!(preview.status, 200);
    for text in [
        "12.5% of what was paid",
        "Your friend gets 5.00\u{a0}EUR",
        "over one conversion",
        "+7.50\u{a0}EUR",
        "Early access",
    ] {
        assert!(preview.text().contains(text), "{text}: {}", preview.text());
    }
    assert_eq!(
        program.server().get("/v1/program").expect(200)["terms"]["version"],
        1,
        "looking changes nothing"
    );
    let wrong: Vec<(&str, &str)> = draft
        .iter()
        .map(|(name, value)| (*name, if *name == "rule.share" { "a lot" } else { value }))
        .collect();
    let refused = desk.post("/dashboard/live/terms", &wrong);
    assert_eq!(refused.status, 422);
    assert!(
        refused.text().contains("takes a share from 0 to 100") && refused.text().contains("a lot"),
        "what was typed is still there"
    );
    assert_eq!(
        desk.post(
            "/dashboard/live/terms",
            &[("version", "1"), ("window_days", "5"), ("hold_days", "0"), ("rule.share", "1")]
        )
        .status,
        422
    );
    assert_eq!(desk.post("/dashboard/live/terms", &draft).status, 303);
    let saved = program.server().get("/v1/program").expect(200)["terms"].clone();
    assert_eq!(saved["version"], 2);
    assert_eq!(saved["rewards"][0]["pay"], json!({"share_bps": 1250}));
    assert_eq!(
        saved["rewards"][1]["pay"],
        json!({"perk": "Early access"}),
        "the form does not say it, and it stays"
    );
    assert_eq!(saved["rewards"][2]["pay"], json!({"flat": 500}));
    assert_eq!(
        (&saved["approval"], &saved["caps"][0]["amount"]),
        (&json!({"automatic_up_to": 5000}), &json!(50_000))
    );
    assert_eq!(desk.post("/dashboard/live/terms", &draft).status, 409, "an old form overwrites nothing");
    assert!(desk.page("/dashboard/live/terms").contains("version 1"));
}

#[test]
fn a_new_key_is_shown_once_and_the_snippet_has_the_key_for_pages() {
    let house = House::shared();
    let program = Program::open(&house);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let settings = desk.page("/dashboard/live/settings");
    assert!(settings.contains(program.key("publishable_live")), "{settings}");
    assert!(
        !settings.contains(program.key("secret_live")) && !settings.contains(program.key("identity_live"))
    );
    let made = desk.post("/dashboard/live/settings/keys", &[("kind", "secret"), ("once", "k1")]);
    let key = made
        .text()
        .split("sk_live_")
        .nth(1)
        .and_then(|rest| rest.get(..50))
        .map(|rest| format!("sk_live_{rest}"));
    let key = key.expect("the new key");
    assert_eq!(program.with(&key).get("/v1/program").status, 200);
    assert!(!desk.page("/dashboard/live/settings").contains(&key));
    let refused = desk.post(
        "/dashboard/live/settings/program",
        &[("name", "Fern"), ("destination", "http://shop.example/")],
    );
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("http://shop.example/"), "what was typed is still there");
    let hosts = [
        ("name", "Fern"),
        ("destination", "https://shop.example/new"),
        ("hosts", "go.fern.example\nlinks.fern.example"),
    ];
    assert_eq!(desk.post("/dashboard/live/settings/program", &hosts).status, 303);
    let saved = program.server().get("/v1/program").expect(200);
    assert_eq!(
        (&saved["name"], &saved["hosts"]),
        (&json!("Fern"), &json!(["go.fern.example", "links.fern.example"]))
    );
    assert!(desk.page("/dashboard/live/settings/audit").contains("Program changed"));
}
