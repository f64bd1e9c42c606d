//! Signed identity: who may read what, and that every bad token is refused alike and changes nothing.

use serde_json::{Value, json};
use tests::book::Book;
use tests::chance::now_ms;
use tests::forge;
use tests::house::House;
use tests::http::{Answer, Request};
use tests::program::Program;
use tests::token::{self, HEADER, claims, identity, secret, sign};

fn send(program: &Program, request: Request, token: &str) -> Answer {
    program.page().send(request.header("goodword-identity", token).header("origin", "https://shop.example"))
}

fn me(program: &Program, token: &str) -> Answer {
    send(program, Request::get("/v1/widget/me"), token)
}

fn join(program: &Program, token: &str, body: &Value) -> Answer {
    send(program, Request::post("/v1/widget/join", body), token)
}

/// An answer without what is different in every answer.
fn bare(answer: &Answer) -> (u16, Value) {
    let mut body = answer.json();
    body.as_object_mut().map(|fields| fields.remove("request_id"));
    (answer.status, body)
}

#[test]
fn a_token_makes_the_referrer_of_that_customer_and_shows_them_what_is_theirs() {
    let house = House::shared();
    let program = Program::open(&house);
    let mut said = claims(&program, "cus_17");
    said["name"] = "Ada Lovelace".into();
    said["email"] = "ada@mail.example".into();
    let token = token::of(&program, &said);
    let before = me(&program, &token).expect(200);
    assert_eq!(
        (&before["referrer"], &before["link"], &before["needs_identity"]),
        (&Value::Null, &Value::Null, &json!(false))
    );
    let joined = join(&program, &token, &json!({"terms_version": 1})).expect(201);
    assert_eq!(join(&program, &identity(&program, "cus_17"), &json!({})).expect(200), joined);
    let shown = me(&program, &token).expect(200);
    assert_eq!(shown["link"], joined["link"]);
    let mine = &shown["referrer"];
    assert_eq!(
        (&mine["id"], &mine["name"], &mine["email"], &mine["show_name"], &mine["terms_accepted"]),
        (&joined["id"], &json!("Ada Lovelace"), &json!("ada@mail.example"), &json!(false), &json!(1))
    );
    // The merchant's server knows them by the same id, and a key of the program's own id as issuer is as good.
    let known = program.server().post("/v1/referrers", &json!({"external_id": "cus_17"})).expect(200);
    assert_eq!((&known["id"], &known["name"]), (&joined["id"], &json!("Ada Lovelace")));
    let mut by_id = claims(&program, "cus_17");
    by_id["iss"] = program.id.clone().into();
    assert_eq!(me(&program, &token::of(&program, &by_id)).expect(200)["referrer"]["id"], joined["id"]);
    // One referrer, whatever was sent twice.
    let book = Book::live(&program);
    assert_eq!(book.number("SELECT count(*) FROM referrer"), 1);
    assert_eq!(book.texts("SELECT version || ' ' || (accepted_at > 0) FROM terms_accepted", &[]), ["1 1"]);
    book.check();
}

#[test]
fn without_a_token_nothing_personal_is_readable() {
    let house = House::shared();
    let program = Program::open(&house);
    let (proof, code) = secret(31);
    let mut said = claims(&program, "cus_1");
    said["name"] = "Private Person".into();
    said["email"] = "private@mail.example".into();
    join(&program, &token::of(&program, &said), &json!({"proof": proof})).expect(201);
    let page = program.page();
    let with_proof = page.send(Request::get("/v1/widget/me").header("goodword-proof", &proof));
    let shown = with_proof.expect(200);
    assert_eq!(shown["link"], program.link(&code), "the link is the secret's, and its owner may share it");
    assert_eq!((&shown["referrer"], &shown["needs_identity"]), (&Value::Null, &json!(true)));
    for answer in [
        with_proof,
        page.get("/v1/widget/me"),
        page.post("/v1/widget/join", &json!({"proof": proof, "name": "Somebody Else"})),
        page.get(&format!("/v1/widget/welcome?code={code}")),
    ] {
        assert!(answer.status < 300, "{}", answer.text());
        for private in ["Private", "Person", "private@", "cus_1", "Somebody"] {
            assert!(!answer.text().contains(private), "{private}: {}", answer.text());
        }
    }
    let change = Request::post("/v1/disputes", &json!({"about": "sal_1", "message": "?"}));
    assert_eq!(page.send(change.header("goodword-proof", &proof)).problem(401), "identity_missing");
    let mut change = Request::post("/v1/widget/me", &json!({"name": "Taken Over"}));
    change.method = "PATCH".to_owned();
    assert_eq!(page.send(change.header("goodword-proof", &proof)).problem(401), "identity_missing");
    assert_eq!(Book::live(&program).texts("SELECT name FROM person", &[]), ["Private Person"]);
}

/// Tokens that prove nothing, each with what is wrong with it.
fn bad_tokens(program: &Program, other: &Program) -> Vec<(&'static str, String)> {
    let key = program.key("identity_live");
    let now = now_ms().div_euclid(1000);
    let good = identity(program, "cus_1");
    let usual = claims(program, "cus_1");
    let with = |claim: &str, value: Value| {
        let mut changed = usual.clone();
        changed[claim] = value;
        sign(key, HEADER, &changed.to_string())
    };
    let at = |iat: i64, exp: i64| {
        let mut changed = usual.clone();
        changed["iat"] = iat.into();
        changed["exp"] = exp.into();
        sign(key, HEADER, &changed.to_string())
    };
    let header = |header: &str| sign(key, header, &usual.to_string());
    let (head, signature) = good.rsplit_once('.').expect("three parts");
    let flipped = if signature.starts_with('A') {
        signature.replacen('A', "B", 1)
    } else {
        format!("A{}", &signature[1..])
    };
    vec![
        ("nothing but dots", "..".to_owned()),
        ("no token", "x".to_owned()),
        ("a changed signature", format!("{head}.{flipped}")),
        ("no signature", format!("{head}.")),
        ("padding", format!("{good}=")),
        ("another program's key", sign(other.key("identity_live"), HEADER, &usual.to_string())),
        ("another program's token", identity(other, "cus_1")),
        ("the test ledger's key", sign(program.key("identity_test"), HEADER, &usual.to_string())),
        ("the secret key", sign(program.key("secret_live"), HEADER, &usual.to_string())),
        ("the publishable key", sign(program.key("publishable_live"), HEADER, &usual.to_string())),
        ("an empty key", sign("", HEADER, &usual.to_string())),
        ("alg none", header(r#"{"alg":"none"}"#)),
        (
            "alg none, unsigned",
            format!("eyJhbGciOiJub25lIn0.{}.", good.split('.').nth(1).unwrap_or_default()),
        ),
        ("alg HS384", header(r#"{"alg":"HS384"}"#)),
        ("alg RS256", header(r#"{"alg":"RS256"}"#)),
        ("alg hs256", header(r#"{"alg":"hs256"}"#)),
        ("critical extensions", header(r#"{"alg":"HS256","crit":["exp"]}"#)),
        ("expired", at(now - 3600, now - 61)),
        ("from the future", at(now + 120, now + 600)),
        ("too long a life", at(now, now + 3601)),
        ("for another audience", with("aud", json!("other"))),
        ("for a list of audiences", with("aud", json!(["goodword"]))),
        ("of another issuer", with("iss", json!(other.slug))),
        ("of nobody", with("sub", json!(""))),
        ("of a number", with("sub", json!(17))),
        ("of 201 characters", with("sub", json!("x".repeat(201)))),
        ("of 10 KB", with("more", json!("x".repeat(10_000)))),
    ]
}

#[test]
fn every_bad_token_is_refused_alike_everywhere_and_changes_nothing() {
    let house = House::shared();
    let (program, other) = (Program::open(&house), Program::open(&house));
    let (proof, code) = secret(41);
    // Somebody whose proof alone would do: a bad token is no way to fall back on it.
    program.page().post("/v1/widget/join", &json!({"proof": proof})).expect(201);
    let sale = json!({"order_id": "o", "customer_id": "c", "amount": 900, "currency": "EUR", "code": code});
    let sale = program.server().post("/v1/sales", &sale).expect(201);
    let trace = format!("/v1/sales/{}/trace", sale["id"].as_str().expect("an id"));
    let calls = || {
        let mut change = Request::post("/v1/widget/me", &json!({"show_name": true}));
        change.method = "PATCH".to_owned();
        [
            Request::get("/v1/widget/me"),
            Request::post("/v1/widget/join", &json!({"proof": proof, "name": "Eve"})),
            change,
            Request::post("/v1/disputes", &json!({"about": "sal_1", "message": "?"})),
            Request::get(&trace),
        ]
    };
    let before = Book::live(&program).dump();
    let mut first = None;
    let bad = bad_tokens(&program, &other);
    for (what, token) in &bad {
        for call in calls() {
            let path = call.target.clone();
            let answer = send(&program, call.header("goodword-proof", &proof), token);
            assert_eq!(answer.problem(401), "identity_invalid", "{what} at {path}");
            assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "the page may read why");
            let told = bare(&answer);
            assert_eq!(&told, first.get_or_insert_with(|| told.clone()), "{what} at {path}");
        }
    }
    assert_eq!(Book::live(&program).dump(), before, "nothing was changed");
    // It names all that can be wrong, so that whoever signs finds their mistake.
    let (_, told) = first.expect("a refusal");
    let detail = told["detail"].as_str().expect("a detail");
    for cause in [
        "compact",
        "HS256",
        "live identity key",
        "ik_test_",
        "pk_test_",
        "iss",
        "slug or id",
        "aud",
        "not a list",
        "sub",
        "200",
        "whole seconds",
        "3600",
        "expired",
    ] {
        assert!(detail.contains(cause), "{cause}: {detail}");
    }
    println!("identity: {} bad tokens at 5 calls", bad.len());
    // And the good one is accepted by all of them.
    let token = identity(&program, "cus_1");
    let statuses: Vec<u16> = calls()
        .into_iter()
        .map(|call| send(&program, call.header("goodword-proof", &proof), &token).status)
        .collect();
    assert_eq!(statuses, [200, 200, 200, 201, 200]);
    assert_eq!(me(&program, &token).expect(200)["referrer"]["name"], "Eve");
}

#[test]
fn clocks_may_differ_by_a_minute_and_a_token_may_be_used_again_while_it_lives() {
    let house = House::shared();
    let program = Program::open(&house);
    let now = now_ms().div_euclid(1000);
    for (iat, exp) in [(now - 3600, now - 30), (now + 30, now + 60), (now, now + 3600)] {
        let mut said = claims(&program, "cus_1");
        said["iat"] = iat.into();
        said["exp"] = exp.into();
        let token = token::of(&program, &said);
        for _ in 0..2 {
            assert!(matches!(join(&program, &token, &json!({})).status, 200 | 201));
        }
    }
    assert_eq!(Book::live(&program).number("SELECT count(*) FROM referrer"), 1);
}

#[test]
fn an_identity_key_is_rotated_like_any_other_and_is_never_a_way_in() {
    // Its own, because its root keys are changed below.
    let house = House::start(|options| options);
    let program = Program::open(&house);
    let old = program.key("identity_live").to_owned();
    assert!(old.starts_with("ik_live_") && program.key("identity_test").starts_with("ik_test_"));
    let token = |key: &str| sign(key, HEADER, &claims(&program, "cus_1").to_string());
    join(&program, &token(&old), &json!({})).expect(201);
    let server = program.server();
    let rotated = server.post_once("/v1/keys", "once", &json!({"kind": "identity"})).expect(201);
    assert_eq!(server.post_once("/v1/keys", "once", &json!({"kind": "identity"})).expect(201), rotated);
    let new = rotated["key"].as_str().expect("the key").to_owned();
    assert!(new.starts_with("ik_live_") && new != old);
    for key in [&old, &new] {
        me(&program, &token(key)).expect(200);
        for call in [
            Request::get("/v1/program"),
            Request::get("/v1/widget/me"),
            Request::get("/v1/leads/led_1/trace"),
        ] {
            assert_eq!(program.with(key).send(call).problem(403), "key_wrong_kind");
        }
        assert_eq!(
            house
                .call(&Request::get(&format!("/v1/widget/me?key={key}")).key(program.key("publishable_live")))
                .problem(403),
            "secret_key_in_url"
        );
    }
    // A new root key signs, the one that made these keys is still there: nobody is signed out.
    let first = house.root_keys.clone();
    house.reopen(|mut options| {
        options.root_keys = format!("2:{},{first}", "5a".repeat(32));
        options
    });
    for key in [&old, &new] {
        me(&program, &token(key)).expect(200);
    }
    let listed = server.get("/v1/keys").expect(200);
    let ids: Vec<&Value> =
        listed["data"].as_array().into_iter().flatten().filter(|key| key["kind"] == "identity").collect();
    assert_eq!(ids.len(), 2, "{listed}");
    let old_id = ids
        .iter()
        .find(|key| key["id"] != rotated["id"])
        .and_then(|key| key["id"].as_str())
        .expect("the old one");
    server.delete(&format!("/v1/keys/{old_id}")).expect(200);
    assert_eq!(me(&program, &token(&old)).problem(401), "identity_invalid");
    me(&program, &token(&new)).expect(200);
    // And what is kept is no key.
    let book = Book::live(&program);
    for table in book.dump().into_values().flatten().flatten() {
        assert!(!table.contains("ik_live_") && !table.contains("ik_test_"), "{table}");
    }
}

#[test]
fn live_and_test_identities_never_meet() {
    let house = House::shared();
    let program = Program::open(&house);
    let test_token = sign(program.key("identity_test"), HEADER, &claims(&program, "cus_1").to_string());
    let call = |key: &str, token: &str| {
        let request = Request::post("/v1/widget/join", &json!({})).header("goodword-identity", token);
        program.with(program.key(key)).send(request)
    };
    call("publishable_test", &test_token).expect(201);
    assert_eq!(call("publishable_live", &test_token).problem(401), "identity_invalid");
    assert_eq!(call("publishable_test", &identity(&program, "cus_1")).problem(401), "identity_invalid");
    call("publishable_live", &identity(&program, "cus_1")).expect(201);
}

#[test]
fn a_signed_in_referrer_disputes_and_reads_their_own_trace() {
    let house = House::shared();
    let program = Program::open(&house);
    let (ada, eve) = (identity(&program, "ada"), identity(&program, "eve"));
    let joined = join(&program, &ada, &json!({})).expect(201);
    join(&program, &eve, &json!({})).expect(201);
    let click = forge::click(&program, joined["code"].as_str().expect("a code"), 60);
    let sale =
        json!({"order_id": "o", "customer_id": "c", "amount": 900, "currency": "EUR", "click_id": click});
    let sale = program.server().post("/v1/sales", &sale).expect(201);
    let id = sale["id"].as_str().expect("an id");
    let trace = format!("/v1/sales/{id}/trace");
    let (read, whole) =
        (send(&program, Request::get(&trace), &ada).expect(200), program.server().get(&trace).expect(200));
    for name in ["conversion_id", "because", "verdict", "touches", "losers", "terms_version"] {
        let mut expected = whole[name].clone();
        if name == "touches" {
            // The friend's signed click is the merchant's to know.
            expected[0]["click_id"] = Value::Null;
        }
        assert_eq!(read[name], expected, "{name}");
    }
    assert_eq!(send(&program, Request::get(&trace), &eve).problem(404), "not_found");
    for path in [trace.as_str(), "/v1/sales/sal_1/trace"] {
        assert_eq!(program.page().get(path).problem(401), "proof_missing", "{path}");
    }
    let dispute = json!({"about": id, "message": "Should be more."});
    let dispute = || Request::post("/v1/disputes", &dispute);
    let opened = send(&program, dispute(), &ada).expect(201);
    assert_eq!(send(&program, dispute(), &ada).expect(200), opened);
    assert_ne!(send(&program, dispute(), &eve).expect(201)["id"], opened["id"]);
    let decided = json!({"decision": "rejected", "note": "It is 10 %."});
    let path = format!("/v1/disputes/{}/decision", opened["id"].as_str().expect("an id"));
    assert_eq!(
        me(&program, &ada).expect(200)["referrer"]["recent"][0]["dispute"],
        json!({"id": opened["id"], "status": "open", "note": null})
    );
    program.server().post(&path, &decided).expect(201);
    assert_eq!(
        me(&program, &ada).expect(200)["referrer"]["recent"][0]["dispute"],
        json!({"id": opened["id"], "status": "rejected", "note": "It is 10 %."})
    );
    assert_eq!(
        program.page().post("/v1/disputes", &json!({"about": id, "message": "?"})).problem(401),
        "proof_missing"
    );
}

#[test]
fn pages_may_ask_for_all_of_it() {
    let house = House::shared();
    for (path, method) in [
        ("/v1/widget/me", "PATCH"),
        ("/v1/widget/me", "GET"),
        ("/v1/widget/disputes", "GET"),
        ("/v1/widget/welcome", "GET"),
        ("/v1/widget/join", "POST"),
    ] {
        let ask = Request::new("OPTIONS", path)
            .header("origin", "https://shop.example")
            .header("access-control-request-method", method)
            .header("access-control-request-headers", "authorization,goodword-identity,goodword-proof");
        let answer = house.call(&ask);
        assert_eq!(answer.status, 204, "{path}");
        let allowed = |name: &str| answer.header(name).unwrap_or_default().to_owned();
        assert!(allowed("access-control-allow-methods").contains(method), "{path}");
        for header in ["authorization", "goodword-identity", "goodword-proof"] {
            assert!(allowed("access-control-allow-headers").contains(header), "{path} {header}");
        }
    }
    let closed = Request::new("OPTIONS", "/v1/program").header("access-control-request-method", "PATCH");
    assert_eq!(house.call(&closed).status, 403);
}
