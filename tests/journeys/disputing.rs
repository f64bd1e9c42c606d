//! Disputes: asked, talked about, due, decided.

use serde_json::{Value, json};
use tests::book::Book;
use tests::dispute::{as_sharer, balance, decide, give, id, open, refund, sell, sharer};
use tests::forge;
use tests::house::House;
use tests::http::Request;
use tests::program::Program;
use tests::token::identity;

#[test]
fn a_decision_that_cannot_stand_is_refused_whole() {
    let house = House::shared();
    let program = Program::open(&house);
    let server = program.server();
    let (ada, eve) = (sharer(&program, 20), sharer(&program, 21));
    let own = program.referrer("ida");
    let sold = sell(&program, "o", "ext-ida", 10_000, &json!({"code": ada.code}));
    let flagged = json!({"external_id": "f", "code": "fay", "email": "fay@mail.example"});
    server.post("/v1/referrers", &flagged).expect(201);
    let doubted = json!({"customer_id": "x", "code": "fay", "email": "Fay@mail.example"});
    let doubted = server.post("/v1/leads", &doubted).expect(201);
    let dispute = open(&program, &eve, id(&sold));
    let about_doubted = open(&program, &eve, id(&doubted));
    let about_nothing = open(&program, &eve, "nothing that is known");
    let body = json!({"about": id(&sold), "message": "Mine.", "referrer_id": own["id"]});
    let of_own = server.post("/v1/disputes", &body).expect(201);
    let before = Book::live(&program).dump();
    let upheld = |changes: Value| {
        let mut body = json!({"decision": "upheld", "note": "You did."});
        for (name, value) in changes.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        body
    };
    let check = |dispute: &Value, body: Value, status: u16, code: &str| {
        assert_eq!(decide(&program, dispute, &body).problem(status), code, "{body}");
    };
    check(&dispute, upheld(json!({"referrer_id": ada.id})), 422, "validation_failed");
    check(&dispute, upheld(json!({"code": ada.code})), 422, "validation_failed");
    check(&dispute, upheld(json!({"code": "no code at all"})), 422, "validation_failed");
    check(&dispute, upheld(json!({"referrer_id": "rfr_0000000000000000"})), 422, "validation_failed");
    check(&dispute, upheld(json!({"conversion_id": sold["id"]})), 422, "validation_failed");
    check(
        &dispute,
        json!({"decision": "rejected", "note": "No.", "referrer_id": eve.id}),
        422,
        "validation_failed",
    );
    check(
        &dispute,
        upheld(json!({"referrer_id": eve.id, "conversion_id": "sal_0"})),
        422,
        "validation_failed",
    );
    check(&about_nothing, upheld(json!({"referrer_id": eve.id})), 422, "validation_failed");
    check(&about_doubted, upheld(json!({"referrer_id": eve.id})), 409, "flag_open");
    check(&of_own, upheld(json!({"referrer_id": own["id"]})), 409, "self_referral");
    assert_eq!(Book::live(&program).dump(), before, "nothing was written");
    // Once the doubt is settled, the credit may go.
    let flags = server.get("/v1/flags").expect(200);
    server
        .post(&format!("/v1/flags/{}/decision", id(&flags["data"][0])), &json!({"decision": "confirm"}))
        .expect(201);
    give(&program, &about_doubted, &eve).expect(201);
    assert_eq!(balance(&program, &eve.id), 100, "what was confirmed was about somebody else");
    // Theirs already.
    let again = open(&program, &eve, "the same once more");
    check(
        &again,
        upheld(json!({"referrer_id": eve.id, "conversion_id": doubted["id"]})),
        409,
        "already_credited",
    );
    decide(&program, &again, &json!({"decision": "upheld", "note": "It is yours."})).expect(201);
    Book::live(&program).check();
}

#[test]
fn both_sides_talk_until_it_is_decided_or_taken_back() {
    let house = House::shared();
    let program = Program::open(&house);
    let server = program.server();
    let (ada, eve) = (sharer(&program, 22), sharer(&program, 23));
    let sold = sell(&program, "o", "c", 10_000, &json!({"click_id": forge::click(&program, &ada.code, 60)}));
    let dispute = open(&program, &ada, id(&sold));
    let path = format!("/v1/disputes/{}", id(&dispute));
    let messages = format!("{path}/messages");
    let word = |text: &str| json!({ "message": text });
    let asked = server.post(&messages, &word("Which friend?")).expect(201);
    assert_eq!(
        (&asked["status"], &asked["messages"][0]["by"]),
        (&json!("waiting_for_referrer"), &json!("merchant"))
    );
    let told = as_sharer(&program, &ada, Request::post(&messages, &word("Zoe."))).expect(201);
    assert_eq!(
        (&told["status"], told["messages"].as_array().map(Vec::len)),
        (&json!("waiting_for_merchant"), Some(2))
    );
    // Said twice it stands twice, under one key once.
    let once = Request::post(&messages, &word("Hello?"))
        .header("idempotency-key", "k")
        .header("goodword-proof", &ada.proof);
    assert_eq!(program.page().send(once.clone()).expect(201), program.page().send(once).expect(201));
    let read = as_sharer(&program, &ada, Request::get(&path)).expect(200);
    let said: Vec<&Value> =
        read["messages"].as_array().into_iter().flatten().map(|one| &one["message"]).collect();
    assert_eq!(said, ["Which friend?", "Zoe.", "Hello?"]);
    assert_eq!((&read["message"], &read["overdue"]), (&json!("I sent this friend."), &json!(false)));
    // The trace as it was comes with it, for each what is theirs to know.
    assert_eq!(read["trace"]["conversion_id"], sold["id"]);
    assert!(read["trace"]["words"]["sentences"].as_array().is_some_and(|words| words.len() > 2), "{read}");
    for private in ["\"c\"", "gwc_", "\"o\"", "10000"] {
        assert!(!read.to_string().contains(private), "{private}: {read}");
    }
    assert_eq!(server.get(&path).expect(200)["trace"]["order_id"], "o");
    // Nobody else reads it or adds to it.
    for request in [
        Request::get(&path),
        Request::post(&messages, &word("Mine!")),
        Request::post(&format!("{path}/decision"), &json!({"decision": "withdrawn"})),
    ] {
        assert_eq!(as_sharer(&program, &eve, request.clone()).problem(404), "not_found");
        assert_eq!(program.page().send(request).problem(401), "proof_missing");
    }
    assert_eq!(
        as_sharer(
            &program,
            &ada,
            Request::post(&format!("{path}/decision"), &json!({"decision": "upheld", "note": "Yes!"}))
        )
        .problem(422),
        "validation_failed",
        "a referrer decides nothing"
    );
    let back = || Request::post(&format!("{path}/decision"), &json!({"decision": "withdrawn"}));
    assert_eq!(as_sharer(&program, &ada, back()).expect(201)["status"], "withdrawn");
    assert_eq!(as_sharer(&program, &ada, back()).expect(200)["status"], "withdrawn");
    assert_eq!(server.post(&messages, &word("Fine.")).problem(409), "dispute_decided");
    assert_eq!(
        decide(&program, &dispute, &json!({"decision": "rejected", "note": "No."})).problem(409),
        "dispute_decided"
    );
    for (body, code) in [(json!({}), 422), (json!({"message": ""}), 422), (word(&"x".repeat(2_001)), 422)] {
        assert_eq!(server.post(&messages, &body).status, code);
    }
    // A shop may talk much; there is an end.
    let other = open(&program, &eve, "something else");
    let messages = format!("/v1/disputes/{}/messages", id(&other));
    for _ in 0..50 {
        server.post(&messages, &word("And?")).expect(201);
    }
    assert_eq!(server.post(&messages, &word("And?")).problem(409), "dispute_full");
    Book::live(&program).check();
}

#[test]
fn a_dispute_is_due_and_how_long_they_take_is_told() {
    let house = House::shared();
    let mut terms = tests::program::usual("")["terms"].clone();
    terms["dispute_days"] = 3.into();
    let program = Program::open_with(&house, &json!({ "terms": terms }));
    assert_eq!(program.opened["terms"]["dispute_days"], 3);
    let server = program.test_server();
    let ada = server.post("/v1/referrers", &json!({"external_id": "a", "code": "ada"})).expect(201);
    let open = |about: &str| {
        let body = json!({"about": about, "message": "By phone.", "referrer_id": ada["id"]});
        assert_eq!(
            server.post("/v1/disputes", &body).expect(201),
            server.post("/v1/disputes", &body).expect(200)
        );
        server.post("/v1/disputes", &body).expect(200)
    };
    let pass = |days: i64| server.post("/v1/test/clock", &json!({ "advance_days": days })).expect(200);
    let decide = |dispute: &Value, decision: &str| {
        let path = format!("/v1/disputes/{}/decision", id(dispute));
        server.post(&path, &json!({"decision": decision, "note": "So."})).expect(201);
    };
    let listed = |status: &str| -> Vec<String> {
        let list = server.get(&format!("/v1/disputes?status={status}")).expect(200);
        list["data"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|one| one["about"].as_str().unwrap_or("").to_owned())
            .collect()
    };
    let (one, two) = (open("one"), open("two"));
    decide(&one, "rejected");
    pass(2);
    let three = open("three");
    assert_eq!((listed("open"), listed("overdue")), (vec!["three".to_owned(), "two".to_owned()], vec![]));
    pass(2);
    assert_eq!(listed("overdue"), ["two"], "due after three days");
    let shown = server.get(&format!("/v1/disputes/{}", id(&two))).expect(200);
    assert_eq!((&shown["overdue"], &shown["opened_by"]), (&json!(true), &json!("merchant")));
    decide(&two, "upheld");
    let stats = server.get("/v1/stats").expect(200)["disputes"].clone();
    assert_eq!(
        json!([stats["upheld"], stats["rejected"], stats["open"], stats["overdue"], stats["reattributed"]]),
        json!([1, 1, 1, 0, 0]),
        "{stats}"
    );
    let (median, p90) =
        (stats["resolution"]["median_seconds"].as_i64(), stats["resolution"]["p90_seconds"].as_i64());
    assert!(
        median.is_some_and(|seconds| seconds < 60)
            && p90.is_some_and(|seconds| (4 * 86_400..4 * 86_400 + 60).contains(&seconds)),
        "{stats}"
    );
    decide(&three, "withdrawn");
    let after = server.get("/v1/stats").expect(200)["disputes"].clone();
    assert_eq!(json!([after["withdrawn"], after["open"]]), json!([1, 0]));
    assert_eq!(after["resolution"], stats["resolution"], "what was taken back was resolved by nobody");
    for query in ["status=decided", "status=open&status=open", "state=open"] {
        assert_eq!(server.get(&format!("/v1/disputes?{query}")).problem(422), "validation_failed", "{query}");
    }
    assert_eq!(
        server
            .post("/v1/disputes", &json!({"about": "x", "message": "m", "referrer_id": "rfr_0"}))
            .problem(422),
        "validation_failed"
    );
    assert_eq!(
        server.post("/v1/disputes", &json!({"about": "x", "message": "m"})).problem(422),
        "validation_failed"
    );
    let page = sharer(&program, 33);
    let for_another = json!({"about": "x", "message": "m", "referrer_id": page.id});
    assert_eq!(
        as_sharer(&program, &page, Request::post("/v1/disputes", &for_another)).problem(422),
        "validation_failed",
        "a page speaks for its own referrer only"
    );
}

#[test]
fn the_trace_kept_with_a_dispute_is_the_one_it_was_opened_over() {
    let house = House::shared();
    let program = Program::open(&house);
    let (ada, eve) = (sharer(&program, 24), sharer(&program, 25));
    let sold = sell(&program, "o", "c", 10_000, &json!({"click_id": forge::click(&program, &ada.code, 60)}));
    let dispute = open(&program, &eve, id(&sold));
    refund(&program, "r", "o", 10_000);
    give(&program, &dispute, &eve).expect(201);
    let path = format!("/v1/disputes/{}", id(&dispute));
    let kept = program.server().get(&path).expect(200)["trace"].clone();
    assert_eq!((&kept["attribution"]["referrer_id"], &kept["refunds"]), (&json!(ada.id), &json!([])));
    let now = program.server().get(&format!("/v1/sales/{}/trace", id(&sold))).expect(200);
    assert_eq!(now["attribution"]["referrer_id"], json!(eve.id));
    // Her link was never followed by this customer when she asked: what she did not concern then she is not shown.
    assert_eq!(as_sharer(&program, &eve, Request::get(&path)).expect(200)["trace"], Value::Null);
}

#[test]
fn a_signed_in_referrer_and_whoever_was_joined_to_them_are_one_in_a_dispute() {
    let house = House::shared();
    let program = Program::open(&house);
    let eve = sharer(&program, 26);
    program.referrer("ada");
    let sold = sell(&program, "o", "c", 10_000, &json!({"code": "ada"}));
    let dispute = open(&program, &eve, id(&sold));
    let token = identity(&program, "eve");
    let join = |body: &Value| {
        program.page().send(Request::post("/v1/widget/join", body).header("goodword-identity", &token))
    };
    let account = join(&json!({})).expect(201);
    join(&json!({"proof": eve.proof})).expect(200);
    let path = format!("/v1/disputes/{}", id(&dispute));
    assert_eq!(
        program.page().send(Request::get(&path).header("goodword-identity", &token)).expect(200)["id"],
        dispute["id"]
    );
    let decided = give(&program, &dispute, &eve).expect(201);
    assert_eq!(decided["reattribution"]["referrer_id"], account["id"], "the credit is the account's");
    assert_eq!(balance(&program, id(&account)), 1_000);
    Book::live(&program).check();
}

#[test]
fn a_referrer_reads_their_own_disputes_page_by_page_and_nobody_elses() {
    let house = House::shared();
    let program = Program::open(&house);
    let server = program.server();
    let (ada, eve) = (sharer(&program, 40), sharer(&program, 41));
    let sold = sell(&program, "o", "c", 10_000, &json!({"code": ada.code}));
    let mine: Vec<Value> =
        ["the first", "the second", id(&sold)].into_iter().map(|about| open(&program, &eve, about)).collect();
    let hers = open(&program, &ada, "hers alone");
    let messages = format!("/v1/disputes/{}/messages", id(&mine[2]));
    server.post(&messages, &json!({"message": "Which order?"})).expect(201);
    decide(&program, &mine[0], &json!({"decision": "rejected", "note": "Nobody came."})).expect(201);
    give(&program, &mine[2], &eve).expect(201);
    let list = |who: &tests::dispute::Sharer, query: &str| {
        as_sharer(&program, who, Request::get(&format!("/v1/widget/disputes{query}")))
    };
    let all = list(&eve, "").expect(200);
    let ids = |listed: &Value| -> Vec<Value> {
        listed["data"].as_array().into_iter().flatten().map(|one| one["id"].clone()).collect()
    };
    let id_of = |at: usize| mine[at]["id"].clone();
    assert_eq!(ids(&all), [id_of(2), id_of(1), id_of(0)], "newest first");
    let shown: Vec<(&Value, &Value)> =
        all["data"].as_array().into_iter().flatten().map(|one| (&one["status"], &one["note"])).collect();
    assert_eq!(
        shown,
        [
            (&json!("upheld"), &json!("You did.")),
            (&json!("open"), &Value::Null),
            (&json!("rejected"), &json!("Nobody came."))
        ]
    );
    assert_eq!(all["data"][0]["messages"][0]["message"], "Which order?");
    assert_eq!(
        (&all["data"][1]["message"], &all["data"][1]["overdue"]),
        (&json!("I sent this friend."), &json!(false))
    );
    assert!(all["data"][1]["due_at"].is_string());
    let text = all.to_string();
    for private in [ada.id.as_str(), &ada.code, "hers alone", "lost_by", "click"] {
        assert!(!text.contains(private), "{private}: {text}");
    }
    // Page by page, there and back.
    let first = list(&eve, "?limit=2").expect(200);
    assert_eq!((ids(&first), &first["has_more"]), (vec![id_of(2), id_of(1)], &json!(true)));
    let cursor = first["next_cursor"].as_str().expect("an id").to_owned();
    let second = list(&eve, &format!("?limit=2&starting_after={cursor}")).expect(200);
    assert_eq!((ids(&second), &second["has_more"]), (vec![id_of(0)], &json!(false)));
    let back = list(&eve, &format!("?limit=2&ending_before={}", id(&mine[0]))).expect(200);
    assert_eq!(ids(&back), [id_of(2), id_of(1)]);
    // Another's id is no place in it.
    assert_eq!(list(&eve, &format!("?starting_after={}", id(&hers))).problem(422), "validation_failed");
    assert_eq!(list(&eve, "?status=open").problem(422), "validation_failed");
    assert_eq!(ids(&list(&ada, "").expect(200)), [hers["id"].clone()]);
    assert_eq!(program.page().get("/v1/widget/disputes").problem(401), "proof_missing");
    assert_eq!(program.server().get("/v1/widget/disputes").status, 403);
    Book::live(&program).check();
}

#[test]
fn whoever_signs_in_reads_the_disputes_of_the_links_that_became_theirs() {
    let house = House::shared();
    let program = Program::open(&house);
    let eve = sharer(&program, 42);
    let asked = open(&program, &eve, "before they signed in");
    let signed = |request: Request| {
        program.page().send(request.header("goodword-identity", &identity(&program, "eve")))
    };
    signed(Request::post("/v1/widget/join", &json!({"proof": eve.proof}))).expect(200);
    let listed = signed(Request::get("/v1/widget/disputes")).expect(200);
    assert_eq!(listed["data"][0]["id"], asked["id"], "{listed}");
    let path = format!("/v1/disputes/{}/decision", id(&asked));
    signed(Request::post(&path, &json!({"decision": "withdrawn"}))).expect(201);
    assert_eq!(signed(Request::get("/v1/widget/disputes")).expect(200)["data"][0]["status"], "withdrawn");
}
