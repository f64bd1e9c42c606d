//! The friend's side, and what referrers say of themselves.

use referral::input::LONGEST_NAME;
use serde_json::{Value, json};
use tests::book::Book;
use tests::house::House;
use tests::http::{Answer, Request};
use tests::program::Program;
use tests::token::{self, claims, secret};

fn welcome(program: &Program, code: &str) -> Answer {
    let request =
        Request::get(&format!("/v1/widget/welcome?code={code}")).header("origin", "https://shop.example");
    program.page().send(request)
}

fn change(program: &Program, proof: &str, body: &Value) -> Answer {
    let mut request = Request::post("/v1/widget/me", body);
    "PATCH".clone_into(&mut request.method);
    program.page().send(if proof.is_empty() { request } else { request.header("goodword-proof", proof) })
}

#[test]
fn a_friend_is_told_the_offer_and_the_first_name_of_whoever_allowed_it() {
    let house = House::shared();
    let program = Program::open(&house);
    let (proof, code) = secret(71);
    assert_eq!(welcome(&program, &code).problem(404), "code_unknown");
    program
        .page()
        .post(
            "/v1/widget/join",
            &json!({"proof": proof, "name": "Ada Lovelace", "email": "ada@mail.example"}),
        )
        .expect(201);
    let quiet = welcome(&program, &code);
    let shown = quiet.expect(200);
    assert_eq!((&shown["code"], &shown["from"]), (&json!(code), &Value::Null), "nobody asked her");
    assert_eq!(
        (&shown["program"]["name"], &shown["program"]["currency"]),
        (&json!("Fern & Field"), &json!("EUR"))
    );
    assert_eq!(shown["program"]["offer"]["friend"][0]["pay"], json!({"flat": 500}));
    assert_eq!(change(&program, &proof, &json!({"show_name": true})).expect(200)["show_name"], true);
    let told = welcome(&program, &code);
    assert_eq!(told.expect(200)["from"], "Ada");
    for private in ["Lovelace", "ada@", "rfr_"] {
        assert!(!told.text().contains(private), "{private}");
    }
    // Codes are read as forgivingly as in links, and shown in their one form.
    assert_eq!(welcome(&program, &code.to_uppercase()).expect(200)["code"], code);
    change(&program, &proof, &json!({"show_name": false})).expect(200);
    assert_eq!(welcome(&program, &code).expect(200)["from"], Value::Null);
}

#[test]
fn hostile_names_are_not_shown_and_break_nothing() {
    let house = House::shared();
    let program = Program::open(&house);
    let (proof, code) = secret(72);
    program.page().post("/v1/widget/join", &json!({"proof": proof, "show_name": true})).expect(201);
    for name in [
        "<img src=x onerror=alert(1)>",
        "<script>alert(1)</script>",
        "https://evil.example/prize",
        "evil.example",
        "javascript:alert(1)",
        "\"><svg/onload=alert(1)>",
        "{{constructor.constructor('alert(1)')()}}",
        "'; DROP TABLE person; --1",
        "\u{202e}elpmaxe.live",
        "\u{200b}\u{feff}",
        "0000",
        "Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ] {
        change(&program, &proof, &json!({"name": name})).expect(200);
        let told = welcome(&program, &code);
        assert_eq!(told.expect(200)["from"], Value::Null, "{name}");
        assert_eq!(told.header("content-type"), Some("application/json"));
        assert_eq!(told.header("x-content-type-options"), Some("nosniff"));
    }
    change(&program, &proof, &json!({"name": format!("Zoë {}", "م".repeat(LONGEST_NAME - 4))})).expect(200);
    assert_eq!(welcome(&program, &code).expect(200)["from"], "Zoë");
    change(&program, &proof, &json!({"name": "\u{202e}Zoë\u{202c} Müller"})).expect(200);
    assert_eq!(welcome(&program, &code).expect(200)["from"], "Zoë");
    for bad in ["", "a\nb", "a\u{0}b", &"x".repeat(LONGEST_NAME + 1)] {
        assert_eq!(
            change(&program, &proof, &json!({"name": bad})).problem(422),
            "validation_failed",
            "{bad:?}"
        );
    }
    assert_eq!(welcome(&program, &code).expect(200)["from"], "Zoë", "nothing half-written");
}

#[test]
fn a_welcome_asks_for_one_code_that_somebody_has() {
    let house = House::shared();
    let program = Program::open(&house);
    program.referrer("ada-recommends");
    welcome(&program, "ada-recommends").expect(200);
    for unknown in ["nobody", "8ety4n7fwzw", "%00", "..", "<script>", "ada%2drecommends", &"x".repeat(2_000)]
    {
        assert_eq!(welcome(&program, unknown).problem(404), "code_unknown", "{unknown}");
    }
    let page = program.page();
    for (query, field) in [
        ("", "code"),
        ("?", "code"),
        ("?code=a&code=b", "query"),
        ("?code=ada&x=1", "query"),
        ("?x", "query"),
    ] {
        let answer = page.get(&format!("/v1/widget/welcome{query}"));
        assert_eq!(answer.problem(422), "validation_failed", "{query}");
        assert_eq!(answer.json()["errors"][0]["field"], field, "{query}");
    }
    // Another program's code is nobody's.
    let other = Program::open(&house);
    assert_eq!(welcome(&other, "ada-recommends").problem(404), "code_unknown");
}

#[test]
fn what_is_named_changes_and_the_rest_stays() {
    let house = House::shared();
    let program = Program::open(&house);
    let (proof, code) = secret(73);
    assert_eq!(
        change(&program, &proof, &json!({"show_name": true})).problem(401),
        "proof_missing",
        "join first"
    );
    assert_eq!(change(&program, "", &json!({"show_name": true})).problem(401), "proof_missing");
    assert_eq!(change(&program, "gws_x", &json!({"show_name": true})).problem(401), "proof_missing");
    let id = program.page().post("/v1/widget/join", &json!({"proof": proof})).expect(201)["id"].clone();
    assert_eq!(
        change(&program, &proof, &json!({})).expect(200),
        json!({"id": id, "show_name": false, "terms_accepted": null})
    );
    let all = json!({"name": "Ada L", "email": "ada@mail.example", "show_name": true, "terms_version": 1});
    let told = change(&program, &proof, &all).expect(200);
    assert_eq!(told, json!({"id": id, "show_name": true, "terms_accepted": 1}));
    let rows = || {
        let book = Book::live(&program);
        book.check();
        (
            book.rows("SELECT name, email, show_name FROM person", &[]),
            book.number("SELECT count(*) FROM audit WHERE action = 'referrer.changed'"),
        )
    };
    let after = (vec![vec!["Ada L".to_owned(), "ada@mail.example".to_owned(), "1".to_owned()]], 1);
    assert_eq!(rows(), after);
    // The same again writes nothing, not even an audit row.
    assert_eq!(change(&program, &proof, &all).expect(200), told);
    assert_eq!(rows(), after);
    for (bad, field) in [
        (json!({"terms_version": 2}), "terms_version"),
        (json!({"terms_version": 0}), "terms_version"),
        (json!({"show_name": "yes"}), "show_name"),
        (json!({"email": "nobody"}), "email"),
        (json!({"proof": proof}), "proof"),
        (json!({"external_id": "ada"}), "external_id"),
        (json!({"name": "B", "nonsense": 1}), "nonsense"),
    ] {
        let answer = change(&program, &proof, &bad);
        assert_eq!(answer.problem(422), "validation_failed", "{bad}");
        assert_eq!(answer.json()["errors"][0]["field"], field, "{bad}");
    }
    assert_eq!(rows(), after);
    assert_eq!(welcome(&program, &code).expect(200)["from"], "Ada");
    // Anonymous, the proof shows no name, not even the own one: who has the secret is not known to be the person.
    let shown =
        program.page().send(Request::get("/v1/widget/me").header("goodword-proof", &proof)).expect(200);
    assert!(shown["referrer"].get("name").is_none() && shown["referrer"].get("email").is_none(), "{shown}");
    assert_eq!(
        (&shown["referrer"]["show_name"], &shown["referrer"]["terms_accepted"]),
        (&json!(true), &json!(1))
    );
}

#[test]
fn every_version_of_the_terms_that_was_accepted_is_kept_with_its_instant() {
    let house = House::shared();
    let program = Program::open(&house);
    let mut said = claims(&program, "ada");
    said["name"] = "Ada".into();
    let token = token::of(&program, &said);
    let send = |request: Request| program.page().send(request.header("goodword-identity", &token));
    send(Request::post("/v1/widget/join", &json!({"terms_version": 1, "show_name": true}))).expect(201);
    let mut terms = program.opened["terms"].clone();
    terms["hold_days"] = 14.into();
    program.server().patch("/v1/program", &json!({"terms": terms})).expect(200);
    let shown = send(Request::get("/v1/widget/me")).expect(200);
    assert_eq!(
        (&shown["program"]["terms_version"], &shown["referrer"]["terms_accepted"]),
        (&json!(2), &json!(1))
    );
    let mut patch = Request::post("/v1/widget/me", &json!({"terms_version": 2}));
    patch.method = "PATCH".to_owned();
    assert_eq!(send(patch.clone()).expect(200)["terms_accepted"], 2);
    assert_eq!(send(patch).expect(200)["terms_accepted"], 2);
    // Joining again with an older version takes nothing back.
    send(Request::post("/v1/widget/join", &json!({"terms_version": 1}))).expect(200);
    assert_eq!(send(Request::get("/v1/widget/me")).expect(200)["referrer"]["terms_accepted"], 2);
    let kept = Book::live(&program)
        .texts("SELECT version || ' ' || (accepted_at > 1600000000000) FROM terms_accepted ORDER BY 1", &[]);
    assert_eq!(kept, ["1 1", "2 1"]);
}
