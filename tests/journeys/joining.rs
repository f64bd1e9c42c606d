//! Links made before somebody signed in: joined to them once, by proof of their secret.

use serde_json::{Value, json};
use tests::book::Book;
use tests::forge;
use tests::house::House;
use tests::http::{Answer, Request};
use tests::program::Program;
use tests::token::{identity, secret};

/// Joins in a browser with this secret, signed in or not.
fn join(program: &Program, proof: &str, token: Option<&str>) -> Answer {
    let body = if proof.is_empty() { json!({}) } else { json!({"proof": proof}) };
    let request = Request::post("/v1/widget/join", &body);
    program.page().send(match token {
        Some(token) => request.header("goodword-identity", token),
        None => request,
    })
}

fn me(program: &Program, proof: &str, token: Option<&str>) -> Value {
    let mut request = Request::get("/v1/widget/me");
    for (name, value) in
        [("goodword-proof", (!proof.is_empty()).then_some(proof)), ("goodword-identity", token)]
    {
        if let Some(value) = value {
            request = request.header(name, value);
        }
    }
    program.page().send(request).expect(200)
}

fn sell(program: &Program, order: &str, customer: &str, code: &str) -> Value {
    let mut sale = json!({"order_id": order, "customer_id": customer, "amount": 1_000, "currency": "EUR"});
    if !code.is_empty() {
        sale["click_id"] = forge::click(program, code, 60).into();
    }
    program.server().post("/v1/sales", &sale).expect(201)
}

/// Id, code and link of an answer to joining.
fn account_of(joined: &Value) -> [&Value; 3] {
    [&joined["id"], &joined["code"], &joined["link"]]
}

fn referrer_of(conversion: &Value) -> &Value {
    &conversion["attribution"]["referrer_id"]
}

fn actions(program: &Program) -> Vec<String> {
    Book::live(program).texts("SELECT action FROM audit WHERE action LIKE 'referrer.%' ORDER BY seq", &[])
}

/// Joins three times and expects this status first, and that nothing happens after.
fn join_again_and_again(program: &Program, proof: &str, token: &str, status: u16) -> Value {
    let first = join(program, proof, Some(token)).expect(status);
    let after = Book::live(program).dump();
    for _ in 0..2 {
        assert_eq!(join(program, proof, Some(token)).expect(200), first);
    }
    let book = Book::live(program);
    assert_eq!(book.dump(), after, "joining again writes nothing");
    book.check();
    first
}

#[test]
fn somebody_new_takes_the_link_of_their_browser_along() {
    let house = House::shared();
    let program = Program::open(&house);
    let (proof, code) = secret(51);
    let before = me(&program, &proof, None);
    assert_eq!(
        (&before["link"], &before["referrer"]),
        (&json!(program.link(&code)), &Value::Null),
        "the link is there before anybody joins"
    );
    let token = identity(&program, "ada");
    let joined = join_again_and_again(&program, &proof, &token, 201);
    assert_eq!((&joined["code"], &joined["link_joined"]), (&json!(code), &json!(true)));
    assert_eq!(referrer_of(&sell(&program, "o", "c", &code)), &joined["id"]);
    assert_eq!(me(&program, "", Some(&token))["referrer"]["sales"], 1);
    assert_eq!(actions(&program), ["referrer.joined"]);
}

#[test]
fn an_anonymous_referrer_who_signs_in_stays_who_they_are() {
    let house = House::shared();
    let program = Program::open(&house);
    let (proof, code) = secret(52);
    let anonymous = join(&program, &proof, None).expect(201);
    sell(&program, "o1", "c", &code);
    let token = identity(&program, "ada");
    // Signed in and not joined yet: what the proof shows, it shows still.
    assert_eq!(me(&program, &proof, Some(&token))["referrer"]["sales"], 1);
    let joined = join_again_and_again(&program, &proof, &token, 200);
    assert_eq!(joined, anonymous);
    let mine = me(&program, "", Some(&token));
    assert_eq!((&mine["referrer"]["id"], &mine["referrer"]["sales"]), (&joined["id"], &json!(1)));
    assert_eq!(actions(&program), ["referrer.joined", "referrer.identified"]);
    let known = program.server().post("/v1/referrers", &json!({"external_id": "ada"})).expect(200);
    assert_eq!(known["id"], joined["id"]);
}

#[test]
fn a_second_browser_adds_its_link_to_whoever_signs_in() {
    let house = House::shared();
    let program = Program::open(&house);
    let token = identity(&program, "ada");
    let account = join(&program, "", Some(&token)).expect(201);
    let (proof, code) = secret(53);
    let joined = join_again_and_again(&program, &proof, &token, 200);
    assert_eq!((&account["link_joined"], &joined["link_joined"]), (&Value::Null, &json!(true)));
    assert_eq!(
        account_of(&joined),
        account_of(&account),
        "the link that is shown stays the same on every device"
    );
    assert_eq!(referrer_of(&sell(&program, "o", "c", &code)), &account["id"]);
    let shown = program
        .server()
        .get(&format!("/v1/referrers/{}", account["id"].as_str().expect("an id")))
        .expect(200);
    assert_eq!((&shown["further_codes"], &shown["sales"]), (&json!([code]), &json!(1)));
    assert_eq!(actions(&program), ["referrer.joined", "referrer.link_added"]);
    // Its code is taken now, for vanity codes and for other secrets alike.
    assert_eq!(join(&program, &proof, None).expect(200)["id"], account["id"]);
    assert_eq!(Book::live(&program).number("SELECT count(*) FROM referrer"), 1);
}

#[test]
fn an_anonymous_referrer_is_joined_to_the_account_and_nothing_is_lost_or_counted_twice() {
    let house = House::shared();
    let program = Program::open(&house);
    let token = identity(&program, "ada");
    let account = join(&program, "", Some(&token)).expect(201);
    let (proof, code) = secret(54);
    let anonymous = join(&program, &proof, None).expect(201);
    let first = account["code"].as_str().expect("a code");
    sell(&program, "o1", "c1", first);
    let before = sell(&program, "o2", "c2", &code);
    assert_eq!(referrer_of(&before), &anonymous["id"]);
    let entries = |program: &Program| Book::live(program).dump().remove("entry");
    let money = entries(&program);
    let joined = join_again_and_again(&program, &proof, &token, 200);
    assert_eq!(account_of(&joined), account_of(&account));
    assert_eq!(joined["link_joined"], true);
    assert_eq!(entries(&program), money, "what was granted stays as it was granted");
    let mine = me(&program, &proof, Some(&token))["referrer"].clone();
    assert_eq!((&mine["id"], &mine["friends"], &mine["sales"]), (&account["id"], &json!(2), &json!(2)));
    assert_eq!(mine["rewards"], json!([{"state": "pending", "currency": "EUR", "amount": 200, "count": 2}]));
    assert_eq!(mine["recent"].as_array().map(Vec::len), Some(2));
    // From now on the account is credited: for new customers of the old link, and for those it brought before.
    assert_eq!(referrer_of(&sell(&program, "o3", "c3", &code)), &account["id"]);
    let bound = sell(&program, "o4", "c2", "");
    assert_eq!(
        (referrer_of(&bound), &bound["attribution"]["rule"]),
        (&account["id"], &json!("bound_customer"))
    );
    let mine = me(&program, "", Some(&token))["referrer"].clone();
    assert_eq!((&mine["sales"], &mine["rewards"][0]["amount"]), (&json!(4), &json!(400)));
    // The merchant sees both, and a sum over all counts everything once.
    let all = program.server().get("/v1/referrers").expect(200)["data"].clone();
    let of = |id: &Value| {
        all.as_array().into_iter().flatten().find(|one| one["id"] == *id).cloned().unwrap_or_default()
    };
    let (a, b) = (of(&account["id"]), of(&anonymous["id"]));
    assert_eq!(
        (&a["sales"], &a["joined_to"], &a["further_codes"]),
        (&json!(4), &Value::Null, &json!([code]))
    );
    assert_eq!((&b["sales"], &b["balances"], &b["joined_to"]), (&json!(0), &json!([]), &account["id"]));
    assert_eq!(a["balances"][0]["pending"], 400);
    // Where new referrers are counted, a person with two browsers is one.
    assert_eq!(program.server().get("/v1/stats").expect(200)["totals"]["referrers"], 1);
    // The trace of what the anonymous one brought is the account's to read.
    let trace = format!("/v1/sales/{}/trace", before["id"].as_str().expect("an id"));
    program.page().send(Request::get(&trace).header("goodword-identity", &token)).expect(200);
    assert_eq!(
        program.page().send(Request::get(&trace).header("goodword-proof", &proof)).problem(401),
        "identity_missing"
    );
    assert_eq!(actions(&program), ["referrer.joined", "referrer.joined", "referrer.joined_to"]);
    Book::live(&program).check();
}

#[test]
fn on_a_shared_computer_the_token_wins_and_nothing_of_the_first_person_shows() {
    let house = House::shared();
    let program = Program::open(&house);
    let (proof, code) = secret(55);
    let (ada, ben) = (identity(&program, "ada"), identity(&program, "ben"));
    let hers = join(&program, &proof, Some(&ada)).expect(201);
    sell(&program, "o", "c", &code);
    // Ben signs in at Ada's browser, before and after he joins.
    let before = me(&program, &proof, Some(&ben));
    assert_eq!(
        (&before["link"], &before["referrer"], &before["needs_identity"]),
        (&Value::Null, &Value::Null, &json!(false))
    );
    let his = join(&program, &proof, Some(&ben)).expect(201);
    assert!(his["id"] != hers["id"] && his["code"] != hers["code"], "{his}");
    assert_eq!((&hers["link_joined"], &his["link_joined"]), (&json!(true), &json!(false)), "and it says so");
    let nobody = join(&program, &proof, None).expect(200);
    assert_eq!((&nobody["id"], &nobody["link_joined"]), (&hers["id"], &json!(false)));
    assert_eq!(join(&program, &proof, Some(&ben)).expect(200), his);
    let mine = me(&program, &proof, Some(&ben));
    assert_eq!((&mine["link"], &mine["referrer"]["sales"]), (&his["link"], &json!(0)));
    assert_eq!(me(&program, &proof, Some(&ada))["referrer"]["sales"], 1);
    // Nor does an Idempotency-Key that was used before tell one of the other.
    let once = |token: &str| {
        let request =
            Request::post("/v1/widget/join", &json!({"proof": proof})).header("idempotency-key", "same");
        program.page().send(request.header("goodword-identity", token))
    };
    assert_eq!(once(&ada).expect(200), hers);
    assert_eq!(once(&ben).problem(422), "idempotency_key_reused");
    assert_eq!(once(&ada).expect(200), hers);
    // A third person's anonymous link that was joined to Ada is Ada's too.
    let (other, _) = secret(56);
    join(&program, &other, None).expect(201);
    join(&program, &other, Some(&ada)).expect(200);
    let carl = identity(&program, "carl");
    let joined = join(&program, &other, Some(&carl)).expect(201);
    assert!(joined["id"] != hers["id"] && me(&program, &other, Some(&carl))["referrer"]["friends"] == 0);
    Book::live(&program).check();
}

#[test]
fn nobody_earns_by_their_own_purchases_through_a_link_made_before_they_signed_in() {
    let house = House::shared();
    let program = Program::open(&house);
    let token = identity(&program, "ada");
    let account = join(&program, "", Some(&token)).expect(201);
    let (proof, code) = secret(57);
    join(&program, &proof, None).expect(201);
    // Bought through the own link before it was known to be the own one: credited, and the customer is bound.
    let bought = sell(&program, "o1", "ada", &code);
    assert_eq!(bought["attribution"]["status"], "attributed");
    join(&program, &proof, Some(&token)).expect(200);
    assert_eq!(states(&program, &bought), ["held flagged", "held flagged"]);
    for (order, with) in
        [("o2", code.as_str()), ("o3", ""), ("o4", account["code"].as_str().expect("a code"))]
    {
        let sale = sell(&program, order, "ada", with);
        assert_eq!(
            sale["attribution"],
            json!({"status": "unattributed", "reason": "self_referral"}),
            "{order}"
        );
        assert_eq!(sale["rewards"], json!([]), "{order}");
    }
    // Nor by a further link of a second browser.
    let (second, further) = secret(58);
    join(&program, &second, Some(&identity(&program, "eve"))).expect(201);
    let sale = sell(&program, "o5", "eve", &further);
    assert_eq!(sale["attribution"]["reason"], "self_referral");
}

/// State and reason of the rewards of a sale, as they stand now.
fn states(program: &Program, sale: &Value) -> Vec<String> {
    let path = format!("/v1/sales/{}", sale["id"].as_str().expect("an id"));
    let rewards = program.server().get(&path).expect(200)["rewards"].clone();
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let rewards = rewards.as_array().into_iter().flatten();
    rewards.map(|reward| format!("{} {}", word(&reward["state"]), word(&reward["reason"]))).collect()
}

#[test]
fn what_was_bought_over_ones_own_link_before_signing_in_is_held_until_a_person_decides() {
    let house = House::shared();
    // Once for whoever is new by signing in, once for whoever had an account.
    for (byte, had_account) in [(59, false), (60, true)] {
        let mut terms = tests::program::usual("x")["terms"].clone();
        // What is approved already is not paid yet.
        terms["hold_days"] = 0.into();
        let program = Program::open_with(&house, &json!({"terms": terms}));
        let token = identity(&program, "ada");
        if had_account {
            join(&program, "", Some(&token)).expect(201);
        }
        let (proof, code) = secret(byte);
        let anonymous = join(&program, &proof, None).expect(201);
        let own = [sell(&program, "o1", "ada", &code), sell(&program, "o2", "ada", "")];
        let of_a_friend = sell(&program, "o3", "ben", &code);
        let lead = json!({"customer_id": "ada", "event": "trial"});
        let lead = program.server().post("/v1/leads", &lead).expect(201);
        assert_eq!(states(&program, &own[0]), ["approved -", "approved -"]);
        let before = Book::live(&program).dump().remove("entry");
        join_again_and_again(&program, &proof, &token, 200);
        for sale in &own {
            assert_eq!(states(&program, sale), ["held flagged", "held flagged"]);
        }
        assert_eq!(states(&program, &of_a_friend), ["approved -", "approved -"]);
        assert_eq!(Book::live(&program).dump().remove("entry"), before, "held is not taken back");
        let flags = program.server().get("/v1/flags").expect(200)["data"].clone();
        let flags = flags.as_array().expect("a list");
        let told: Vec<_> = flags
            .iter()
            .rev()
            .map(|flag| (&flag["conversion_id"], &flag["referrer_id"], &flag["weight"], &flag["status"]))
            .collect();
        let (hundred, word) = (json!(100), json!("open"));
        let expected: Vec<_> = [&own[0]["id"], &own[1]["id"], &lead["id"]]
            .into_iter()
            .map(|id| (id, &anonymous["id"], &hundred, &word))
            .collect();
        assert_eq!(told, expected);
        assert!(flags.iter().all(|flag| flag["rule"] == "self_referral"));
        // A person decides, one way and the other.
        let decide = |at: usize, decision: &str| {
            let id = flags[flags.len() - 1 - at]["id"].as_str().expect("an id");
            program
                .server()
                .post(&format!("/v1/flags/{id}/decision"), &json!({"decision": decision}))
                .expect(201)
        };
        decide(0, "release");
        assert_eq!(states(&program, &own[0]), ["approved -", "approved -"]);
        decide(1, "confirm");
        assert_eq!(states(&program, &own[1]), ["voided fraud", "voided fraud"]);
        Book::live(&program).check();
    }
}

#[test]
fn a_proof_in_the_header_joins_nothing() {
    let house = House::shared();
    let program = Program::open(&house);
    let token = identity(&program, "ada");
    let account = join(&program, "", Some(&token)).expect(201);
    let (proof, _) = secret(61);
    for header in [proof.as_str(), "no secret"] {
        let request = Request::post("/v1/widget/join", &json!({})).header("goodword-proof", header);
        let again = program.page().send(request.header("goodword-identity", &token)).expect(200);
        assert_eq!(again, account);
    }
    assert_eq!(Book::live(&program).number("SELECT count(*) FROM further_code"), 0);
}

#[test]
fn nobody_gathers_links_without_end() {
    let house = House::shared();
    let program = Program::open(&house);
    let token = identity(&program, "ada");
    let account = join(&program, "", Some(&token)).expect(201);
    for byte in 100..130 {
        let (proof, _) = secret(byte);
        if byte % 2 == 0 {
            join(&program, &proof, None).expect(201);
        }
        let joined = join(&program, &proof, Some(&token)).expect(200);
        assert_eq!(account_of(&joined), account_of(&account));
        assert_eq!(joined["link_joined"], byte < 120, "the twenty-first is not taken over, and it says so");
    }
    let book = Book::live(&program);
    let links = "SELECT (SELECT count(*) FROM further_code) + (SELECT count(*) FROM joined_to)";
    assert_eq!(book.number(links), 20);
    book.check();
    assert_eq!(me(&program, "", Some(&token))["referrer"]["id"], account["id"]);
}
