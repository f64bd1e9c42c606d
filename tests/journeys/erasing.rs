//! Erasure and subject export: everything that is known of a person can be handed to them and taken out, and every
//! balance stays.

use rusqlite::Connection;
use serde_json::{Value, json};
use std::fs;
use std::sync::Arc;
use std::thread;
use tests::book::Book;
use tests::forge;
use tests::house::House;
use tests::http::Request;
use tests::program::Program;

/// Words that only one person's data hold.
const SECRETS: [&str; 9] = [
    "eve.secret@mail.example",
    "Eve Secretname",
    "friend.secret@mail.example",
    "Friend Secretname",
    "secret-note-of-the-shop",
    "secret words of the referrer",
    "claimed.secret@mail.example",
    "DE89370400440532013000",
    "Secret Accountholder",
];

fn proof() -> String {
    format!("gws_{}A", "K".repeat(42))
}

/// A referrer and a friend who are known in every way there is.
fn known(house: &Arc<House>) -> Program {
    let program = Program::open(house);
    let server = program.server();
    let eve = json!({"external_id": "e", "code": "eve", "email": SECRETS[0], "name": SECRETS[1]});
    server.post_once("/v1/referrers", "eve", &eve).expect(201);
    let target =
        format!("/v1/referrers/{}/payout_target", referrer(&program, 0)["id"].as_str().expect("an id"));
    server.post_once(&target, "target", &json!({"name": SECRETS[8], "iban": SECRETS[7]})).expect(201);
    let claim =
        json!({"click_id": forge::click(&program, "eve", 60), "customer_id": "friend", "email": SECRETS[6]});
    program.page().post("/v1/claims", &claim).expect(201);
    let lead = json!({"customer_id": "friend", "code": "eve", "email": SECRETS[2], "name": SECRETS[3],
        "metadata": {"note": SECRETS[4]}});
    server.post("/v1/leads", &lead).expect(201);
    let sale = json!({"order_id": "o", "customer_id": "friend", "amount": 10_000, "currency": "EUR",
        "metadata": {"note": SECRETS[4]}});
    server.post("/v1/sales", &sale).expect(201);
    let joined = json!({"proof": proof(), "email": SECRETS[0], "name": SECRETS[1]});
    program.page().post("/v1/widget/join", &joined).expect(201);
    let dispute = json!({"about": "the order of my friend", "message": SECRETS[5]});
    let opened = program
        .page()
        .send(Request::post("/v1/disputes", &dispute).header("goodword-proof", &proof()))
        .expect(201);
    // And another word, under a key, so that the answer is remembered.
    let path = format!("/v1/disputes/{}/messages", opened["id"].as_str().expect("an id"));
    let word = Request::post(&path, &json!({"message": SECRETS[5]})).header("idempotency-key", "word");
    program.page().send(word.header("goodword-proof", &proof())).expect(201);
    // Others, who stay.
    for number in 0..20 {
        let other = json!({"customer_id": format!("c-{number}"), "code": "eve", "email": format!("c-{number}@stays.example")});
        server.post("/v1/leads", &other).expect(201);
    }
    program
}

pub(crate) fn referrer(program: &Program, at: usize) -> Value {
    let listed = program.server().get("/v1/referrers").expect(200);
    listed["data"][at].clone()
}

pub(crate) fn erase(program: &Program, field: &str, value: &str) -> Value {
    program.server().post("/v1/erasure", &json!({ field: value })).expect(200)
}

pub(crate) fn anywhere(program: &Program, secret: &str) -> Vec<String> {
    let dump = Book::live(program).dump();
    let found = dump.into_iter().filter(|(_, rows)| rows.iter().flatten().any(|cell| cell.contains(secret)));
    found.map(|(table, _)| table).collect()
}

#[test]
fn an_erased_person_is_gone_from_every_row_and_every_answer_and_the_balances_stay() {
    let house = House::shared();
    let program = known(&house);
    let server = program.server();
    for secret in SECRETS {
        assert!(!anywhere(&program, secret).is_empty(), "{secret} is known");
    }
    let before = server.get("/v1/ledger/verify").expect(200);
    let balances = referrer(&program, 1)["balances"].clone();
    assert_eq!(
        erase(&program, "customer_id", "friend"),
        json!({"people": 1, "claims": 1, "metadata": 2, "messages": 0, "observations": 2, "notes": 0, "sightings": 0})
    );
    for secret in [SECRETS[2], SECRETS[3], SECRETS[4], SECRETS[6]] {
        assert_eq!(anywhere(&program, secret), [""; 0], "{secret}");
    }
    let eve = referrer(&program, 1)["id"].as_str().expect("an id").to_owned();
    assert_eq!(
        erase(&program, "referrer_id", &eve),
        json!({"people": 1, "claims": 0, "metadata": 0, "messages": 0, "observations": 0, "notes": 0, "sightings": 0})
    );
    // Whoever joined in a widget as well is found by the address.
    assert_eq!(
        erase(&program, "email", "EVE.Secret@mail.example"),
        json!({"people": 1, "claims": 0, "metadata": 0, "messages": 2, "observations": 0, "notes": 1, "sightings": 0}),
        "what the dispute was about was in their words, too"
    );
    for secret in SECRETS {
        assert_eq!(anywhere(&program, secret), [""; 0], "{secret}");
    }
    let nothing = json!({"people": 0, "claims": 0, "metadata": 0, "messages": 0, "observations": 0, "notes": 0, "sightings": 0});
    let rows = Book::live(&program).number("SELECT count(*) FROM audit");
    for (field, value) in
        [("customer_id", "friend"), ("referrer_id", &eve), ("email", SECRETS[0]), ("email", "who@is.it")]
    {
        assert_eq!(erase(&program, field, value), nothing, "again: {field}");
    }
    let book = Book::live(&program);
    assert_eq!(book.number("SELECT count(*) FROM audit"), rows, "and nothing is noted down");
    book.check();
    assert_eq!(server.get("/v1/ledger/verify").expect(200), before, "the chain is the same");
    assert_eq!(referrer(&program, 1)["balances"], balances);
    assert_eq!(
        (&referrer(&program, 1)["email"], &referrer(&program, 1)["code"]),
        (&Value::Null, &json!("eve"))
    );
    for list in ["leads", "sales", "referrers", "claims", "disputes", "events", "audit"] {
        let text = server.get(&format!("/v1/{list}?limit=100")).expect(200).to_string();
        assert!(!SECRETS.iter().any(|secret| text.contains(secret)), "{list}: {text}");
    }
    // The same calls again meet what stayed: nobody is made twice, and nothing comes back.
    let eve = json!({"external_id": "e", "code": "eve", "email": SECRETS[0], "name": SECRETS[1]});
    assert_eq!(server.post_once("/v1/referrers", "eve", &eve).expect(200)["email"], Value::Null);
    let sale = json!({"order_id": "o", "customer_id": "friend", "amount": 10_000, "currency": "EUR"});
    server.post("/v1/sales", &sale).expect(200);
    assert_eq!(anywhere(&program, "c-7@stays.example"), ["person"], "others stay");
}

#[test]
fn what_is_known_of_a_person_is_exported_whole_until_they_are_erased() {
    let house = House::shared();
    let program = known(&house);
    let server = program.server();
    let friend = server.get("/v1/subject-export?customer_id=friend").expect(200);
    let eve = referrer(&program, 1)["id"].as_str().expect("an id").to_owned();
    let joined = referrer(&program, 0)["id"].as_str().expect("an id").to_owned();
    let eves = server.get(&format!("/v1/subject-export?referrer_id={eve}")).expect(200);
    let joineds = server.get(&format!("/v1/subject-export?referrer_id={joined}")).expect(200);
    let text = format!("{friend} {eves} {joineds}");
    for secret in SECRETS {
        assert!(text.contains(secret), "{secret} is not in {text}");
    }
    let count = |body: &Value, list: &str| body[list].as_array().map(Vec::len);
    let lists = ["people", "friends", "leads", "sales", "claims", "rewards", "referrers"];
    assert_eq!(lists.map(|list| count(&friend, list)), [1, 1, 1, 1, 1, 1, 0].map(Some), "{friend}");
    assert_eq!(count(&eves, "rewards"), Some(22), "a sale and 21 leads");
    assert_eq!(count(&joineds, "disputes"), Some(1));
    assert!(!friend.to_string().contains("stays.example"), "and nobody else is in it: {friend}");
    erase(&program, "customer_id", "friend");
    let left = server.get("/v1/subject-export?customer_id=friend").expect(200);
    assert_eq!((&left["people"], count(&left, "sales")), (&json!([]), Some(1)), "what is owed stays");
    assert!(!SECRETS.iter().any(|secret| left.to_string().contains(secret)), "{left}");
    assert_eq!(server.get("/v1/subject-export?customer_id=who").problem(404), "not_found");
    for query in ["", "?email=a@b.example", "?customer_id=a&referrer_id=b", "?customer_id=a&customer_id=a"] {
        assert_eq!(
            server.get(&format!("/v1/subject-export{query}")).problem(422),
            "validation_failed",
            "{query}"
        );
    }
    for body in [
        json!({}),
        json!({"customer_id": "a", "email": "a@b.example"}),
        json!({"email": "nobody"}),
        json!({"customer_id": ""}),
        json!({"name": "Eve"}),
        json!({"customer_id": null}),
    ] {
        assert_eq!(server.post("/v1/erasure", &body).problem(422), "validation_failed", "{body}");
    }
}

#[test]
fn a_customer_id_of_any_text_is_found_in_a_query() {
    let house = House::shared();
    let program = Program::open(&house);
    let server = program.server();
    server.post("/v1/leads", &json!({"customer_id": "a b&c=d%é+", "email": "odd@mail.example"})).expect(201);
    let found = server.get("/v1/subject-export?customer_id=a+b%26c%3Dd%25%C3%A9%2B").expect(200);
    assert_eq!(found["people"][0]["email"], "odd@mail.example");
}

#[test]
fn erasing_while_conversions_come_in_loses_none_of_them() {
    let house = House::shared();
    let program = Program::open(&house);
    program.referrer("ada");
    thread::scope(|scope| {
        for writer in 0..4 {
            let program = &program;
            scope.spawn(move || {
                for number in 0..15 {
                    let order = format!("o-{writer}-{number}");
                    let lead = json!({"customer_id": "c", "event": format!("e-{order}"), "code": "ada", "email": "c@mail.example",
                        "metadata": {"note": "noted"}});
                    program.server().post("/v1/leads", &lead).expect(201);
                    let sale = json!({"order_id": order, "customer_id": "c", "amount": 1_000, "currency": "EUR"});
                    program.server().post("/v1/sales", &sale).expect(201);
                    erase(program, "customer_id", "c");
                }
            });
        }
    });
    erase(&program, "customer_id", "c");
    let book = Book::live(&program);
    book.check();
    assert_eq!(book.number("SELECT count(*) FROM conversion"), 120);
    assert_eq!(book.number("SELECT count(*) FROM person") + book.number("SELECT count(*) FROM metadata"), 0);
}

#[test]
fn nothing_of_an_erased_person_is_in_the_file_once_it_is_vacuumed() {
    let house = House::start(|options| options);
    let program = known(&house);
    house.crash();
    let path = Book::file(&program, "secret_live");
    let vacuum = || {
        let database = Connection::open(&path).expect("the ledger's file");
        database.execute_batch("VACUUM").expect("a tidy file");
        database.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).expect("the log is folded in");
    };
    let holds = |secret: &str| {
        let content = fs::read(&path).expect("the ledger's file");
        content.windows(secret.len()).any(|window| window == secret.as_bytes())
    };
    vacuum();
    for secret in SECRETS {
        assert!(holds(secret), "{secret} is in the file");
    }
    house.restart();
    erase(&program, "customer_id", "friend");
    erase(&program, "email", SECRETS[0]);
    house.crash();
    vacuum();
    for secret in SECRETS {
        assert!(!holds(secret), "{secret} is still in the file");
    }
    house.restart();
    assert_eq!(program.server().get("/v1/ledger/verify").expect(200)["ok"], true);
}
