//! Traces in words and JSON, and why somebody is not credited: for the merchant whole, for a referrer what is theirs.

use serde_json::{Value, json};
use std::thread;
use std::time::Duration;
use tests::forge;
use tests::house::House;
use tests::http::{Answer, Request};
use tests::program::Program;
use tests::token::secret;
use tests::visitor::Visitor;

fn sharer(program: &Program, byte: u8) -> (String, String) {
    let (proof, code) = secret(byte);
    program.page().post("/v1/widget/join", &json!({ "proof": proof })).expect(201);
    (proof, code)
}

fn as_sharer(program: &Program, proof: &str, path: &str) -> Answer {
    program.page().send(Request::get(path).header("goodword-proof", proof))
}

fn sell(program: &Program, order: &str, customer: &str, more: &Value) -> Value {
    let mut body = json!({"order_id": order, "customer_id": customer, "amount": 10_000, "currency": "EUR"});
    for (name, value) in more.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    program.server().post("/v1/sales", &body).expect(201)
}

fn sentences(body: &Value) -> Vec<String> {
    let words = body["words"]["sentences"].as_array().cloned().unwrap_or_default();
    words.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect()
}

#[test]
fn a_trace_tells_the_winner_the_losers_and_what_became_of_the_rewards_in_words_and_json() {
    let house = House::shared();
    let mut terms = tests::program::usual("")["terms"].clone();
    terms["first_customer_only"] = false.into();
    let program = Program::open_with(&house, &json!({ "terms": terms }));
    let (ada, eve) = (sharer(&program, 41), sharer(&program, 42));
    let server = program.server();
    // Eve's click is told with something it came too late for; Ada's wins the sale.
    let early = json!({"customer_id": "c", "event": "early", "occurred_at": "2020-01-01T00:00:00Z", "click_id": forge::click(&program, &eve.1, 5_000)});
    server.post("/v1/leads", &early).expect(201);
    let sold = sell(&program, "secret-order", "c", &json!({"click_id": forge::click(&program, &ada.1, 0)}));
    server
        .post("/v1/refunds", &json!({"refund_id": "r", "order_id": "secret-order", "amount": 1_000}))
        .expect(201);
    let path = format!("/v1/sales/{}/trace", sold["id"].as_str().expect("an id"));
    let whole = server.get(&path).expect(200);
    assert_eq!(whole["verdict"], "credited", "{whole}");
    assert_eq!(whole["losers"][0]["code"], json!(eve.1));
    assert_eq!(whole["losers"][0]["reason"], "later_click_won");
    assert_eq!((&whole["order_id"], &whole["refunds"][0]["amount"]), (&json!("secret-order"), &json!(1_000)));
    let states: Vec<Value> = whole["rewards"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| json!([one["rule"], one["state"], one["reversed_amount"]]))
        .collect();
    assert_eq!(states, [json!(["referrer_share", "pending", 100]), json!(["friend_gift", "pending", 50])]);
    let said = sentences(&whole);
    for expected in [
        format!("Credited to the link {}", ada.1),
        format!("Link {}, followed on", eve.1),
        "Reward of 10.00\u{a0}EUR: it waits until".to_owned(),
        "Taken back of it: 1.00\u{a0}EUR.".to_owned(),
        "For the friend: Reward of 5.00\u{a0}EUR".to_owned(),
        "Given back of this purchase: 10.00\u{a0}EUR.".to_owned(),
    ] {
        assert!(said.iter().any(|one| one.contains(&expected)), "{expected}: {said:?}");
    }
    // The same for whoever is credited, less what is another's.
    let hers = as_sharer(&program, &ada.0, &path).expect(200);
    for (name, value) in whole.as_object().into_iter().flatten() {
        if ![
            "attribution",
            "touches",
            "losers",
            "rewards",
            "refunds",
            "words",
            "order_id",
            "customer_id",
            "amount",
            "currency",
        ]
        .contains(&name.as_str())
        {
            assert_eq!(hers[name], *value, "{name}");
        }
    }
    let text = hers.to_string();
    for private in [eve.1.as_str(), "secret-order", "gwc_", "\"c\"", "friend_gift", "frd_"] {
        assert!(!text.contains(private), "{private}: {text}");
    }
    assert!(
        sentences(&hers).iter().any(|one| one.starts_with("Another referrer’s link, followed on")),
        "{hers}"
    );
    // Whose link lost reads why, and not who won.
    let lost = as_sharer(&program, &eve.0, &path).expect(200);
    assert_eq!((&lost["verdict"], &lost["reason"]), (&json!("unattributed"), &json!("later_click_won")));
    assert!(!lost.to_string().contains(&ada.1) && lost["rewards"] == json!([]), "{lost}");
    assert_eq!(
        sentences(&lost)[1],
        "Not credited. Another link was followed later, and the last one counts."
    );
    // In the language asked for, else the one the browser likes.
    let in_german = server.get(&format!("{path}?locale=de")).expect(200);
    assert_eq!(in_german["words"]["locale"], "de");
    assert!(sentences(&in_german)[0].starts_with("Kauf vom "), "{in_german}");
    let liked =
        program.server().send(Request::get(&path).header("accept-language", "ja,en;q=0.5")).expect(200);
    assert_eq!(liked["words"]["locale"], "ja");
    for query in ["locale=xx", "lang=de"] {
        assert_eq!(server.get(&format!("{path}?{query}")).problem(422), "validation_failed");
    }
}

fn why(program: &Program, query: &str) -> Value {
    program.server().get(&format!("/v1/why?{query}")).expect(200)
}

#[test]
fn a_merchant_learns_why_an_order_a_customer_or_a_code_has_no_credit() {
    let house = House::shared();
    let program = Program::open(&house);
    let server = program.server();
    let mut terms = program.opened["terms"].clone();
    terms["minimum_order"] = 5_000.into();
    server.patch("/v1/program", &json!({ "terms": terms })).expect(200);
    program.referrer("ada");
    let mailed = json!({"external_id": "e", "code": "eve", "email": "eve@mail.example"});
    server.post("/v1/referrers", &mailed).expect(201);
    let old = forge::click(&program, "ada", 91 * 86_400);
    sell(&program, "alone", "c1", &json!({}));
    sell(&program, "late", "c2", &json!({ "click_id": old }));
    sell(&program, "forged", "c3", &json!({"click_id": "gwc_forged"}));
    sell(&program, "own", "ext-ada", &json!({"code": "ada"}));
    sell(&program, "again", "c1", &json!({"code": "ada"}));
    sell(&program, "nobody", "c4", &json!({"code": "zzz-nobody"}));
    sell(&program, "small", "c5", &json!({"code": "ada", "amount": 4_999}));
    sell(&program, "foreign", "c6", &json!({"code": "ada", "currency": "USD"}));
    let doubted = json!({"customer_id": "c7", "code": "eve", "email": "Eve@mail.example"});
    server.post("/v1/leads", &doubted).expect(201);
    sell(&program, "good", "c8", &json!({"code": "ada"}));
    let check = |query: &str, verdict: &str, reason: Value, said: &str| {
        let answer = why(&program, query);
        assert_eq!(answer["answer"], "told", "{answer}");
        let one = &answer["conversions"][0];
        assert_eq!((&one["verdict"], &one["reason"]), (&json!(verdict), &reason), "{query}: {one}");
        assert!(sentences(one).iter().any(|sentence| sentence.contains(said)), "{said}: {one}");
    };
    check("order_id=alone", "unattributed", json!("no_click"), "No referral link was followed before.");
    check("order_id=late", "unattributed", json!("outside_window"), "its days were over");
    check("order_id=forged", "unattributed", json!("invalid_click"), "could not be proven");
    check("order_id=own", "unattributed", json!("self_referral"), "customer themselves");
    check(
        "order_id=again",
        "unattributed",
        json!("existing_customer"),
        "The shop knew this customer before.",
    );
    check("order_id=nobody", "unattributed", json!("unknown_code"), "Nobody has joined with this code.");
    check("order_id=small", "no_reward", json!("below_minimum_order"), "below the smallest one that counts");
    check("order_id=foreign", "no_reward", json!("other_currency"), "waits for an exchange rate");
    check("customer_id=c7", "held", Value::Null, "a person will decide: same_email");
    check("order_id=good", "credited", Value::Null, "Credited to the code ada");
    check("customer_id=c2", "unattributed", json!("outside_window"), "its days were over");
    assert_eq!(
        why(&program, "customer_id=c1")["conversions"].as_array().map(Vec::len),
        Some(2),
        "newest first"
    );
    check("customer_id=c1", "unattributed", json!("existing_customer"), "The shop knew");
    check("code=ADA", "credited", Value::Null, "Credited to the code ada");
    // Where there is nothing to tell.
    let nothing = |query: &str, word: &str, said: &str| {
        let answer = why(&program, query);
        assert_eq!((&answer["answer"], &answer["conversions"]), (&json!(word), &json!([])), "{answer}");
        assert!(sentences(&answer)[0].contains(said), "{answer}");
        answer
    };
    nothing("order_id=never", "not_told", "has not sent it yet");
    nothing("customer_id=nobody", "not_told", "has not sent it yet");
    nothing("code=no%20code", "code_malformed", "how it is written");
    nothing("code=zzz-nobody", "code_unknown", "Nobody has joined with this code.");
    program.referrer("ida");
    assert_eq!(nothing("code=ida", "no_clicks", "Nobody has followed this link yet.")["clicks"], 0);
    Visitor::new(&house, "203.0.113.90").follow(&program.link("ida"));
    // Clicks are counted a moment after they are answered.
    for _ in 0..200 {
        if why(&program, "code=ida")["answer"] == "clicks_only" {
            break;
        }
        thread::sleep(Duration::from_millis(20));
    }
    nothing("code=ida", "clicks_only", "Times the link was followed: 1.");
    let claim = json!({"click_id": forge::click(&program, "ada", 60), "customer_id": "claimed"});
    program.page().post("/v1/claims", &claim).expect(201);
    nothing("customer_id=claimed", "claimed_only", "not confirmed it yet");
    assert_eq!(why(&program, "code=ida&locale=fr")["words"]["locale"], "fr");
    for query in
        ["", "order_id=", "order_id=a&code=b", "order_id=a&order_id=b", "email=a", "code=a&locale=xx"]
    {
        assert_eq!(server.get(&format!("/v1/why?{query}")).problem(422), "validation_failed", "{query}");
    }
}

#[test]
fn a_referrer_learns_why_about_their_own_and_nothing_about_anybody_else() {
    let house = House::shared();
    let program = Program::open(&house);
    let (ada, eve) = (sharer(&program, 43), sharer(&program, 44));
    sell(&program, "hers", "c", &json!({"code": ada.1}));
    sell(&program, "alone", "d", &json!({}));
    let ask = |proof: &str, query: &str| as_sharer(&program, proof, &format!("/v1/why?{query}")).expect(200);
    let told = ask(&ada.0, "order_id=hers");
    assert_eq!((&told["answer"], &told["conversions"][0]["verdict"]), (&json!("told"), &json!("credited")));
    assert!(
        !told["conversions"][0].to_string().contains("\"hers\""),
        "what she asked is all she is told of the order"
    );
    assert_eq!(ask(&ada.0, "customer_id=c")["answer"], "told");
    assert_eq!(ask(&ada.0, &format!("code={}", ada.1))["answer"], "told");
    assert_eq!(ask(&eve.0, &format!("code={}", eve.1))["answer"], "no_clicks");
    // Not theirs and not there look alike, but for what was asked.
    let alike = |field: &str, values: &[&str]| {
        let answers: Vec<Value> = values
            .iter()
            .map(|value| {
                let mut answer = ask(&eve.0, &format!("{field}={value}"));
                assert_eq!(answer["asked"][field], json!(value));
                answer["asked"] = Value::Null;
                answer
            })
            .collect();
        assert_eq!(answers[0]["answer"], "unknown");
        assert!(answers.iter().all(|one| *one == answers[0]), "{answers:?}");
    };
    alike("order_id", &["hers", "alone", "never"]);
    alike("customer_id", &["c", "d", "nobody"]);
    alike("code", &[ada.1.as_str(), "zzz-nobody"]);
    assert_eq!(ask(&eve.0, "code=no%20code")["answer"], "code_malformed");
    for path in ["/v1/why?order_id=hers", "/v1/why?order_id=never"] {
        assert_eq!(program.page().get(path).problem(401), "proof_missing");
    }
}

#[test]
fn the_criteria_of_a_good_lead_are_told_to_referrers_and_a_browsers_claim_waits_for_the_shop() {
    let house = House::shared();
    let terms = json!({
        "qualification": {"criteria": "A company that booked a demo.", "events": ["demo_booked"], "email_domains": ["firm.example"]},
        "rewards": [{"id": "good", "on": "qualified_lead", "to": "referrer", "pay": {"flat": 900}}],
    });
    let program = Program::open_with(&house, &json!({ "terms": terms }));
    let ada = sharer(&program, 45);
    // In the widget's data and in the terms.
    for answer in [program.server().get("/v1/terms").expect(200), {
        let me = as_sharer(&program, &ada.0, "/v1/widget/me").expect(200);
        json!({"promise": me["program"]["promise"]})
    }] {
        let said = answer["promise"]["conditions"].to_string();
        for expected in ["A company that booked a demo.", "demo_booked", "firm.example"] {
            assert!(said.contains(expected), "{expected}: {said}");
        }
    }
    // A claim earns nothing, however good it looks, until the shop's server says so; then its lead is held for a person.
    let click = forge::click(&program, &ada.1, 60);
    let claim = json!({"click_id": click, "customer_id": "c", "email": "c@firm.example"});
    let claimed = program.page().post("/v1/claims", &claim).expect(201);
    assert_eq!(claimed["status"], "unverified");
    assert_eq!(program.server().get("/v1/rewards").expect(200)["data"], json!([]));
    let lead = json!({"customer_id": "c", "email": "c@firm.example", "email_verified": true});
    let lead = program.server().post("/v1/leads", &lead).expect(201);
    assert_eq!(
        (&lead["stage"], &lead["rewards"][0]["state"]),
        (&json!("qualified"), &json!("held")),
        "{lead}"
    );
    assert_eq!(program.server().get("/v1/claims").expect(200)["data"][0]["status"], "confirmed");
    // Rejected with its reason, which the referrer reads in the trace.
    let id = lead["id"].as_str().expect("an id");
    let flags = program.server().get("/v1/flags").expect(200);
    let flag = flags["data"][0]["id"].as_str().expect("a flag");
    program.server().post(&format!("/v1/flags/{flag}/decision"), &json!({"decision": "release"})).expect(201);
    program
        .server()
        .post(&format!("/v1/leads/{id}/decision"), &json!({"decision": "reject", "reason": "A student."}))
        .expect(201);
    let read = as_sharer(&program, &ada.0, &format!("/v1/leads/{id}/trace")).expect(200);
    assert_eq!(read["verdict"], "rejected", "{read}");
    assert!(sentences(&read).iter().any(|one| one.contains("A student.")), "{read}");
    let stages: Vec<&Value> =
        read["stages"].as_array().into_iter().flatten().map(|step| &step["stage"]).collect();
    assert_eq!(stages, ["qualified", "rejected"]);
}
