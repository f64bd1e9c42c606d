//! What people do about doubt: settings, tried on the past first; flags found, noted, due.

use crate::fraud::{doubting, flags_of, id, referrer};
use serde_json::json;
use tests::book::Book;
use tests::house::House;

#[test]
fn settings_have_versions_and_other_settings_are_tried_on_the_past_without_a_trace() {
    let house = House::shared();
    let program = doubting(&house, &[]);
    let server = program.server();
    let first = server.get("/v1/fraud").expect(200);
    assert_eq!((&first["version"], &first["weights"]["velocity"]), (&json!(1), &json!(50)));
    let ada = referrer(&program, "ada", &json!({"email": "ada@kontor-nord.de"}));
    for at in 0..3 {
        let lead = json!({"customer_id": format!("c-{at}"), "code": "ada", "email": "x@kontor-nord.de"});
        server.post("/v1/leads", &lead).expect(201);
    }
    let before = Book::live(&program).dump();
    let tried =
        json!({"settings": {"off": ["same_domain"], "velocity": {"in_30_minutes": 2}}, "newest": 100});
    let tried = server.post("/v1/fraud/backtest", &tried).expect(200);
    assert_eq!(
        (&tried["judged"], &tried["now"]["by_rule"]["same_domain"], &tried["then"]["by_rule"]["same_domain"]),
        (&json!(3), &json!(3), &json!(0)),
        "{tried}"
    );
    assert_eq!(tried["then"]["by_rule"]["velocity"], 1, "the third of three");
    assert_eq!(tried["differences"].as_array().map(Vec::len), Some(3));
    for wrong in [
        json!({}),
        json!({"settings": 1}),
        json!({"settings": {"off": ["x"]}}),
        json!({"settings": {}, "newest": 0}),
    ] {
        assert_eq!(server.post("/v1/fraud/backtest", &wrong).problem(422), "validation_failed", "{wrong}");
    }
    assert_eq!(Book::live(&program).dump(), before, "nothing is written");
    let changed = server
        .patch("/v1/fraud", &json!({"weights": {"same_domain": 10}, "banned_hosts": ["evil.example"]}))
        .expect(200);
    assert_eq!((&changed["version"], &changed["weights"]["same_domain"]), (&json!(2), &json!(10)));
    assert_eq!(server.patch("/v1/fraud", &json!({"weights": {"same_domain": 10}})).expect(200), changed);
    assert_eq!(server.get("/v1/fraud").expect(200), changed);
    for wrong in [
        json!({"off": ["browser_claim"]}),
        json!({"weights": {"browser_claim": 0}}),
        json!({"hold_both_from": 1}),
    ] {
        assert_eq!(server.patch("/v1/fraud", &wrong).problem(422), "validation_failed", "{wrong}");
    }
    assert_eq!(program.page().get("/v1/fraud").problem(403), "key_wrong_kind");
    let lead = json!({"customer_id": "later", "code": "ada", "email": "y@kontor-nord.de", "referring_host": "a.evil.example"});
    server.post("/v1/leads", &lead).expect(201);
    let flags = flags_of(&program, &ada);
    let newest = flags.iter().find(|flag| flag["rule"] == "same_domain").expect("a flag");
    assert_eq!((&newest["weight"], &newest["settings_version"]), (&json!(10), &json!(2)));
    assert!(
        flags
            .iter()
            .any(|flag| flag["rule"] == "banned_host" && flag["evidence"]["host"] == "a.evil.example")
    );
    assert!(flags.iter().any(|flag| flag["rule"] == "velocity"));
    let book = Book::live(&program);
    assert_eq!(book.number("SELECT count(*) FROM audit WHERE action = 'fraud.changed'"), 1);
    book.check();
}

#[test]
fn flags_are_found_by_status_rule_and_referrer_and_carry_notes_and_due_dates() {
    let house = House::shared();
    let program = doubting(&house, &["velocity"]);
    let server = program.server();
    let ada = referrer(&program, "ada", &json!({"email": "ada@kontor-nord.de"}));
    referrer(&program, "bob", &json!({}));
    for (customer, code, email) in
        [("a", "ada", "a@kontor-nord.de"), ("b", "ada", "b@mailinator.com"), ("c", "bob", "c@mailinator.com")]
    {
        server.post("/v1/leads", &json!({"customer_id": customer, "code": code, "email": email})).expect(201);
    }
    let count =
        |query: &str| server.get(&format!("/v1/flags{query}")).expect(200)["data"].as_array().map(Vec::len);
    assert_eq!(count(""), Some(3));
    assert_eq!(count("?rule=disposable_email"), Some(2));
    assert_eq!(count(&format!("?referrer_id={ada}&rule=disposable_email&status=open")), Some(1));
    assert_eq!(count("?status=released"), Some(0));
    let page = server.get("/v1/flags?rule=disposable_email&limit=1").expect(200);
    let next = page["next_cursor"].as_str().expect("a cursor");
    assert_eq!(count(&format!("?rule=disposable_email&limit=1&starting_after={next}")), Some(1));
    for wrong in ["?status=maybe", "?rule=magic", "?magic=1", "?status=open&starting_after=x"] {
        assert_eq!(server.get(&format!("/v1/flags{wrong}")).problem(422), "validation_failed", "{wrong}");
    }
    let flag = &page["data"][0];
    let day =
        |name: &str| flag[name].as_str().and_then(referral::instant::Instant::parse).expect("an instant");
    assert_eq!(day("reminder_at"), day("created_at").plus_days(7));
    assert_eq!(day("escalation_at"), day("created_at").plus_days(30));
    let path = format!("/v1/flags/{}/notes", id(flag));
    let noted = server.post(&path, &json!({"note": "Asked the shop."})).expect(201);
    assert_eq!(noted["notes"][0]["note"], "Asked the shop.");
    assert_eq!(server.post(&path, &json!({"note": "Asked the shop."})).expect(200), noted);
    assert_eq!(server.post(&path, &json!({"note": ""})).problem(422), "validation_failed");
    assert_eq!(server.post("/v1/flags/flg_0/notes", &json!({"note": "x"})).problem(404), "not_found");
    let listed = server.get("/v1/flags?rule=disposable_email&limit=1").expect(200);
    assert_eq!(listed["data"][0]["notes"], noted["notes"]);
}
