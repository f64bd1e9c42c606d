//! What the widget and the loader call: joining, what is shown, events, claims.

use referral::code::Code;
use serde_json::{Value, json};
use tests::forge;
use tests::house::House;
use tests::http::{Answer, Request};
use tests::program::Program;

/// The proof of a link secret that is this byte over and over, and the code that belongs to it.
fn secret(byte: u8) -> (String, String) {
    let bytes = [byte; 32];
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let bits: Vec<u8> = bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect();
    let digit = |bits: &[u8]| {
        (0..6).fold(0, |digit, at| digit << 1 | usize::from(bits.get(at).copied().unwrap_or(0)))
    };
    let text: String = bits.chunks(6).map(|bits| char::from(digits[digit(bits)])).collect();
    (format!("gws_{text}"), Code::from_secret(&bytes).as_str().to_owned())
}

fn me(program: &Program, proof: &str) -> Answer {
    let request = Request::get("/v1/widget/me").header("origin", "https://shop.example");
    program.page().send(if proof.is_empty() { request } else { request.header("goodword-proof", proof) })
}

#[test]
fn joining_with_a_secret_makes_the_referrer_behind_its_code_once() {
    let house = House::shared();
    let program = Program::open(&house);
    let (proof, code) = secret(1);
    let body = json!({"proof": proof, "name": "Ada", "email": "ada@mail.example", "terms_version": 1});
    let joined = program.page().post("/v1/widget/join", &body).expect(201);
    assert_eq!((&joined["code"], &joined["link"]), (&json!(code), &json!(program.link(&code))));
    assert_eq!(program.page().post("/v1/widget/join", &json!({"proof": proof})).expect(200), joined);
    let (_, other) = secret(2);
    assert_ne!(other, code);
    for bad in [
        "",
        "gws_",
        "gws_short",
        &proof[..46],
        &format!("{proof}A"),
        &proof.replace("gws_", "gwx_"),
        &format!("{}+", &proof[..46]),
        &format!("{}=", &proof[..46]),
    ] {
        assert_eq!(
            program.page().post("/v1/widget/join", &json!({"proof": bad})).problem(422),
            "validation_failed",
            "{bad}"
        );
    }
    let future = json!({"proof": secret(3).0, "terms_version": 2});
    assert_eq!(program.page().post("/v1/widget/join", &future).json()["errors"][0]["field"], "terms_version");
}

#[test]
fn the_widget_shows_the_offer_to_everybody_and_the_numbers_to_their_owner() {
    let house = House::shared();
    let program = Program::open(&house);
    let ((ada, code), (eve, _)) = (secret(11), secret(12));
    let nobody = me(&program, "").expect(200);
    assert_eq!(nobody["referrer"], Value::Null);
    let shown = &nobody["program"];
    assert_eq!(
        (&shown["name"], &shown["kind"], &shown["currency"], &shown["slug"]),
        (&json!("Fern & Field"), &json!("referral"), &json!("EUR"), &json!(program.slug))
    );
    assert_eq!(
        (&shown["terms_version"], &shown["hold_days"], &shown["window_days"]),
        (&json!(1), &json!(30), &json!(90))
    );
    assert_eq!(shown["link_base"], format!("{}/r/{}/", house.origin(), program.slug));
    let rules = |side: &str| {
        shown["offer"][side]
            .as_array()
            .map(|rules| rules.iter().map(|rule| rule["rule"].clone()).collect::<Vec<_>>())
    };
    assert_eq!(rules("referrer"), Some(vec![json!("referrer_share"), json!("lead_fee")]));
    assert_eq!(rules("friend"), Some(vec![json!("friend_gift")]));
    // A secret that has not joined yet is nobody's, and that is no error.
    assert_eq!(me(&program, &ada).expect(200)["referrer"], Value::Null);
    for proof in [&ada, &eve] {
        program.page().post("/v1/widget/join", &json!({"proof": proof})).expect(201);
    }
    let server = program.server();
    server
        .post(
            "/v1/leads",
            &json!({"customer_id": "c", "code": code, "email": "friend@mail.example", "name": "A Friend"}),
        )
        .expect(201);
    let sale = server
        .post(
            "/v1/sales",
            &json!({"order_id": "secret-order", "customer_id": "c", "amount": 9_000, "currency": "EUR"}),
        )
        .expect(201);
    let answer = me(&program, &ada);
    let mine = answer.expect(200)["referrer"].clone();
    assert_eq!(
        (&mine["code"], &mine["friends"], &mine["leads"], &mine["sales"]),
        (&json!(code), &json!(1), &json!(1), &json!(1))
    );
    assert_eq!(
        mine["rewards"],
        json!([{"state": "pending", "currency": "EUR", "amount": 1_000, "count": 2}])
    );
    let recent = mine["recent"].as_array().expect("what happened");
    assert_eq!((recent.len(), &recent[0]["kind"], &recent[1]["kind"]), (2, &json!("sale"), &json!("lead")));
    // What the referrer sees names neither the friend nor the order.
    for private in ["friend@mail.example", "A Friend", "secret-order", "\"c\"", "customer_id"] {
        assert!(!answer.text().contains(private), "{private}: {}", answer.text());
    }
    let hers = me(&program, &eve).expect(200)["referrer"].clone();
    assert_eq!((&hers["friends"], &hers["rewards"], &hers["recent"]), (&json!(0), &json!([]), &json!([])));
    // The trace is for the merchant and for the one who is credited.
    let path = format!("/v1/sales/{}/trace", sale["id"].as_str().expect("an id"));
    let with_proof = |proof: &str| program.page().send(Request::get(&path).header("goodword-proof", proof));
    let (read, whole) = (with_proof(&ada).expect(200), server.get(&path).expect(200));
    assert_eq!((&read["verdict"], &read["because"]), (&json!("credited"), &whole["because"]));
    assert_eq!(with_proof(&eve).problem(404), "not_found");
    assert_eq!(with_proof("gws_x").problem(401), "proof_missing");
}

#[test]
fn a_refund_shows_in_the_widget() {
    let house = House::shared();
    let program = Program::open(&house);
    let (proof, code) = secret(21);
    program.page().post("/v1/widget/join", &json!({"proof": proof})).expect(201);
    let server = program.server();
    server
        .post(
            "/v1/sales",
            &json!({"order_id": "o", "customer_id": "c", "amount": 9_000, "currency": "EUR", "code": code}),
        )
        .expect(201);
    assert_eq!(me(&program, &proof).expect(200)["referrer"]["rewards"][0]["amount"], 900);
    server.post("/v1/refunds", &json!({"refund_id": "r", "order_id": "o", "amount": 3_000})).expect(201);
    assert_eq!(me(&program, &proof).expect(200)["referrer"]["rewards"][0]["amount"], 600);
}

#[test]
fn a_claim_earns_nothing_until_the_merchant_confirms_its_customer() {
    let house = House::shared();
    let program = Program::open(&house);
    program.referrer("ada");
    let click = forge::click(&program, "ada", 300);
    let claim = json!({"click_id": click, "customer_id": "c", "email": "c@mail.example"});
    let claimed = program.page().post("/v1/claims", &claim).expect(201);
    assert_eq!(claimed["status"], "unverified");
    assert_eq!(program.page().post("/v1/claims", &claim).expect(200), claimed);
    let mut other = claim.clone();
    other["customer_id"] = "d".into();
    assert_eq!(program.page().post("/v1/claims", &other).problem(409), "claim_conflict");
    let server = program.server();
    assert_eq!(server.get("/v1/rewards").expect(200)["data"], json!([]));
    assert_eq!(server.get("/v1/leads").expect(200)["data"], json!([]));
    // The merchant's own call makes it a lead; that it is the browser's word alone is left to a person.
    let lead = server.post("/v1/leads", &json!({"customer_id": "c"})).expect(201);
    assert_eq!(
        (&lead["attribution"]["code"], &lead["attribution"]["click_id"]),
        (&json!("ada"), &json!(click)),
        "{lead}"
    );
    assert_eq!((&lead["rewards"][0]["amount"], &lead["rewards"][0]["state"]), (&json!(100), &json!("held")));
    let flag = server.get("/v1/flags").expect(200)["data"][0].clone();
    assert_eq!(flag["rule"], "browser_claim");
    let decision = format!("/v1/flags/{}/decision", flag["id"].as_str().expect("an id"));
    let sale =
        |order: &str| json!({"order_id": order, "customer_id": "c", "amount": 5_000, "currency": "EUR"});
    assert_eq!(server.post("/v1/sales", &sale("o1")).expect(201)["rewards"][0]["state"], "held");
    server.post(&decision, &json!({"decision": "release"})).expect(201);
    assert_eq!(server.get("/v1/rewards?limit=100").expect(200)["data"][2]["state"], "pending");
    assert_eq!(server.post("/v1/sales", &sale("o2")).expect(201)["rewards"][0]["state"], "pending");
    assert_eq!(server.get("/v1/claims").expect(200)["data"][0]["status"], "confirmed");
    // Somebody else's customer is not confirmed by it.
    let lead = server.post("/v1/leads", &json!({"customer_id": "d"})).expect(201);
    assert_eq!(lead["attribution"]["reason"], "no_click");
}

#[test]
fn a_strangers_claim_never_takes_a_customer_from_whoever_sent_them() {
    let house = House::shared();
    let program = Program::open(&house);
    program.referrer("ada");
    program.referrer("eve");
    let claim = json!({"click_id": forge::click(&program, "eve", 10), "customer_id": "c"});
    program.page().post("/v1/claims", &claim).expect(201);
    let told = json!({"customer_id": "c", "click_id": forge::click(&program, "ada", 300)});
    let lead = program.server().post("/v1/leads", &told).expect(201);
    assert_eq!(lead["attribution"]["code"], "ada", "{lead}");
    assert_eq!(lead["rewards"][0]["state"], "pending");
    assert_eq!(program.server().get("/v1/flags").expect(200)["data"], json!([]));
}

#[test]
fn events_are_counted_and_what_is_none_is_refused() {
    let house = House::shared();
    let program = Program::open(&house);
    let page = program.page();
    let all = json!({"events": [{"type": "seen"}, {"type": "joined"}, {"type": "shared", "channel": "whatsapp"}, {"type": "copied"}, {"type": "opened", "channel": "made-up"}]});
    assert_eq!(page.post("/v1/widget/events", &all).expect(202), json!({"accepted": 5}));
    assert_eq!(page.post("/v1/widget/events", &json!({"events": []})).expect(202), json!({"accepted": 0}));
    let many: Vec<Value> = (0..51).map(|_| json!({"type": "seen"})).collect();
    for bad in [
        json!({}),
        json!({"events": null}),
        json!({"events": {}}),
        json!({"events": [{}]}),
        json!({"events": [1]}),
        json!({"events": [{"type": "bought"}]}),
        json!({"events": [{"type": "seen", "who": "x"}]}),
        json!({"events": many}),
    ] {
        assert_eq!(page.post("/v1/widget/events", &bad).problem(422), "validation_failed", "{bad}");
    }
    let totals = program.server().get("/v1/stats").expect(200)["totals"].clone();
    assert_eq!((&totals["seen"], &totals["joined"], &totals["shared"]), (&json!(1), &json!(1), &json!(1)));
}
