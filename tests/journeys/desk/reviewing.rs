//! Review at the dashboard: filters, evidence in words, notes, and many flags decided at once.

use serde_json::{Value, json};
use tests::desk::Desk;
use tests::house::House;
use tests::program::Program;

/// A program in which three leads of ada's have their own mailbox, and one of eve's a throw-away address.
fn doubted(house: &std::sync::Arc<House>) -> (Program, Vec<String>) {
    let rewards = json!([
        {"id": "lead", "on": "lead", "to": "referrer", "pay": {"flat": 500}},
        {"id": "gift", "on": "lead", "to": "friend", "pay": {"flat": 100}},
    ]);
    let program = Program::open_with(house, &json!({ "terms": { "hold_days": 0, "rewards": rewards } }));
    let server = program.server();
    server.post("/v1/referrers", &json!({"code": "ada", "email": "ada@shop.example"})).expect(201);
    server.post("/v1/referrers", &json!({"code": "eve", "email": "eve@other.example"})).expect(201);
    for at in 0..3 {
        let email = format!("ada+{at}@shop.example");
        let lead = json!({"customer_id": format!("c{at}"), "code": "ada", "email": email});
        server.post("/v1/leads", &lead).expect(201);
    }
    let lead = json!({"customer_id": "d", "code": "eve", "email": "x@mailinator.com"});
    server.post("/v1/leads", &lead).expect(201);
    let flags = server.get("/v1/flags?status=open").expect(200);
    let ids = flags["data"].as_array().into_iter().flatten();
    let ids: Vec<String> = ids.map(|flag| flag["id"].as_str().unwrap_or_default().to_owned()).collect();
    assert_eq!(ids.len(), 4, "{flags}");
    (program, ids)
}

fn states(program: &Program) -> Vec<Value> {
    let flags = program.server().get("/v1/flags").expect(200);
    flags["data"].as_array().into_iter().flatten().map(|flag| flag["status"].clone()).collect()
}

#[test]
fn flags_are_found_by_rule_weight_age_and_referrer_and_say_what_speaks_for_them_and_what_they_hold() {
    let house = House::shared();
    let (program, ids) = doubted(&house);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let shown = |desk: &mut Desk<'_>, query: &str| {
        let page = desk.page(&format!("/dashboard/live/review?{query}"));
        ids.iter().map(|id| page.contains(&format!("id=\"t-{id}\""))).collect::<Vec<bool>>()
    };
    // The newest is eve's.
    for (query, wanted) in [
        ("", [true, true, true, true]),
        ("rule=same_email", [false, true, true, true]),
        ("weight=100", [false, true, true, true]),
        ("weight=50", [true, true, true, true]),
        ("referrer=EVE", [true, false, false, false]),
        ("referrer=nobody", [false; 4]),
        ("due=later", [true; 4]),
        ("due=reminder", [false; 4]),
        ("show=decided", [false; 4]),
        ("rule=none&weight=x&due=ever&show=no", [true; 4]),
    ] {
        assert_eq!(shown(&mut desk, query), wanted, "{query}");
    }
    let page = desk.page("/dashboard/live/review");
    for text in
        ["Only case, dots or a tag may differ.", "6.00\u{a0}EUR held.", "whose addresses are thrown away"]
    {
        assert!(page.contains(text), "{text}: {page}");
    }
    let path = format!("/dashboard/live/review/{}/notes", ids[1]);
    let fields = [("note", "Ask <b>her</b> first"), ("filter", "show=open&rule=same_email")];
    let answer = desk.post(&path, &fields);
    let back = "/dashboard/live/review?show=open&rule=same_email&done=noted";
    assert_eq!(answer.header("location"), Some(back), "{}", answer.text());
    assert!(desk.page(back).contains("Ask &#60;b&#62;her&#60;/b&#62; first"));
    assert_eq!(desk.post(&path, &[("note", "")]).status, 422);
    assert_eq!(states(&program), [json!("open"), json!("open"), json!("open"), json!("open")]);
}

#[test]
fn many_flags_are_released_or_confirmed_at_once_once_it_was_seen_what_that_touches() {
    let house = House::shared();
    let (program, ids) = doubted(&house);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let preview = "/dashboard/live/review/preview";
    assert_eq!(desk.post(preview, &[("decision", "release")]).status, 422, "nothing is ticked");
    assert!(
        desk.page("/dashboard/live/review?all=1").matches(" checked>").count() > 4,
        "ticked without script"
    );

    // All on the page but eve's: three rewards of each side.
    let shown: Vec<(&str, &str)> = ids.iter().map(|id| ("shown", id.as_str())).collect();
    let except =
        [&[("scope", "except"), ("decision", "confirm"), ("id", ids[0].as_str())], &shown[..]].concat();
    let page = desk.post(preview, &except);
    assert_eq!(page.status, 200);
    let text = page.text();
    for part in ["Confirm 3 flags as fraud?", "6 rewards, 18.00\u{a0}EUR", "This cannot be taken back."] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains(&ids[0]), "{text}");
    assert_eq!(
        states(&program),
        [json!("open"), json!("open"), json!("open"), json!("open")],
        "looking changes nothing"
    );

    // One is released by somebody else meanwhile.
    let server = program.server();
    server.post(&format!("/v1/flags/{}/decision", ids[3]), &json!({"decision": "release"})).expect(201);
    let text = desk.post(preview, &except).text();
    assert!(
        text.contains("Confirm 2 flags as fraud?") && text.contains("One flag was decided meanwhile"),
        "{text}"
    );

    let decisions = "/dashboard/live/review/decisions";
    let all: Vec<(&str, &str)> = ids[1..].iter().map(|id| ("id", id.as_str())).collect();
    let wrong = [&[("decision", "confirm")], &all[..]].concat();
    assert_eq!(desk.post(decisions, &wrong).status, 409, "all of them or none");
    assert_eq!(states(&program)[1], json!("open"));
    let fields =
        [("decision", "confirm"), ("note", "A ring"), ("once", "b1"), ("id", &ids[1]), ("id", &ids[2])];
    for _ in 0..2 {
        let answer = desk.post(decisions, &fields);
        let back = "/dashboard/live/review?show=open&done=all_confirmed";
        assert_eq!(answer.header("location"), Some(back), "{}", answer.text());
    }
    assert_eq!(states(&program), [json!("open"), json!("confirmed"), json!("confirmed"), json!("released")]);
    let rewards = server.get("/v1/rewards").expect(200);
    let voided =
        rewards["data"].as_array().into_iter().flatten().filter(|reward| reward["state"] == "voided");
    assert_eq!(voided.count(), 4);
    let decided = desk.page("/dashboard/live/review?show=confirmed");
    assert_eq!(decided.matches("A ring").count(), 2, "{decided}");

    let text = desk.post(preview, &[("decision", "release"), ("id", &ids[0])]).text();
    assert!(text.contains("Release one flag?") && text.contains("one reward, 5.00\u{a0}EUR"), "{text}");
    let answer = desk.post(decisions, &[("decision", "release"), ("id", &ids[0])]);
    assert_eq!(answer.status, 303);
    assert_eq!(desk.post(preview, &[("decision", "release"), ("id", &ids[0])]).status, 409);
    let audit = server.get("/v1/audit").expect(200);
    let confirmed =
        audit["data"].as_array().into_iter().flatten().filter(|row| row["action"] == "flag.confirmed");
    assert_eq!(confirmed.count(), 2, "a form that is sent twice is carried out once");
}

#[test]
fn what_two_flags_of_one_conversion_hold_is_said_and_counted_once() {
    let house = House::shared();
    let rewards = json!([{"id": "lead", "on": "lead", "to": "referrer", "pay": {"flat": 500}}]);
    let program = Program::open_with(&house, &json!({ "terms": { "hold_days": 0, "rewards": rewards } }));
    let server = program.server();
    server.post("/v1/referrers", &json!({"code": "ada", "email": "ada@mailinator.com"})).expect(201);
    let lead = json!({"customer_id": "c", "code": "ada", "email": "ada+1@mailinator.com"});
    server.post("/v1/leads", &lead).expect(201);
    let flags = server.get("/v1/flags").expect(200);
    let ids: Vec<&str> =
        flags["data"].as_array().into_iter().flatten().filter_map(|flag| flag["id"].as_str()).collect();
    assert_eq!(ids.len(), 2, "{flags}");
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let page = desk.page("/dashboard/live/review");
    assert_eq!(page.matches("5.00\u{a0}EUR held.").count(), 2, "{page}");
    // Each alone leaves the money to the other; both let it go.
    let preview = "/dashboard/live/review/preview";
    let one = desk.post(preview, &[("decision", "release"), ("id", ids[0])]).text();
    assert!(one.contains("Held on for another reason") && one.contains("one reward, 5.00\u{a0}EUR"), "{one}");
    let both = desk.post(preview, &[("decision", "release"), ("id", ids[0]), ("id", ids[1])]).text();
    assert!(
        !both.contains("Held on for another reason") && both.contains("one reward, 5.00\u{a0}EUR"),
        "{both}"
    );
}
