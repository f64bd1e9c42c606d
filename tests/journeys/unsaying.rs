//! What people typed beside their decisions goes with an erased person; what was decided stays.

use crate::erasing::{anywhere, erase, referrer};
use crate::exporting::{export, import};
use rusqlite::Connection;
use serde_json::{Value, json};
use std::fs;
use std::sync::Arc;
use tests::book::Book;
use tests::house::House;
use tests::program::Program;

/// Words that people typed with decisions, each where no other stands.
const WORDS: [&str; 9] = [
    "the flag says Eve Wordname",
    "noted of Eve Wordname",
    "voided since Eve Wordname",
    "rejected since Eve Wordname",
    "the bank knows no Eve Wordname",
    "the friend of Eve Wordname",
    "Eve Wordname asks why",
    "answered to Eve Wordname",
    "suspended is Eve Wordname",
];

/// A referrer about whom people typed wherever people can type; gives the program and the referrer's id.
fn typed(house: &Arc<House>) -> (Program, String) {
    let terms = json!({"hold_days": 0, "rewards": [{"id": "lead", "on": "lead", "to": "referrer", "pay": {"flat": 100}}]});
    let program = Program::open_with(house, &json!({ "terms": terms }));
    let server = program.server();
    let id = |body: &Value| body["id"].as_str().expect("an id").to_owned();
    let eve = json!({"external_id": "e", "code": "eve", "email": "eve@mail.example"});
    let eve = id(&server.post("/v1/referrers", &eve).expect(201));
    let lead = |customer: &str| {
        let email = format!("{customer}@mail.example");
        server.post("/v1/leads", &json!({"customer_id": customer, "code": "eve", "email": email})).expect(201)
    };
    let say = |path: &str, body: &Value| server.post_once(path, path, body).expect(201);
    let paid = lead("paid");
    let batch = id(&server.post("/v1/payouts", &json!({})).expect(201));
    say(&format!("/v1/payouts/{batch}/decision"), &json!({"decision": "failed", "note": WORDS[4]}));
    let (voided, rejected) = (lead("voided"), lead("rejected"));
    say(
        &format!("/v1/rewards/{}/decision", id(&voided["rewards"][0])),
        &json!({"decision": "void", "note": WORDS[2]}),
    );
    say(&format!("/v1/leads/{}/decision", id(&rejected)), &json!({"decision": "reject", "reason": WORDS[3]}));
    server
        .post("/v1/leads", &json!({"customer_id": "f", "code": "eve", "email": "eve+f@mail.example"}))
        .expect(201);
    let flags = server.get("/v1/flags").expect(200)["data"].as_array().cloned().unwrap_or_default();
    let flag = flags.iter().find(|flag| flag["rule"] == "same_email").expect("the same mailbox");
    say(&format!("/v1/flags/{}/notes", id(flag)), &json!({"note": WORDS[1]}));
    say(&format!("/v1/flags/{}/decision", id(flag)), &json!({"decision": "confirm", "note": WORDS[0]}));
    let dispute = json!({"referrer_id": eve, "about": WORDS[5], "message": WORDS[6]});
    let dispute = id(&say("/v1/disputes", &dispute));
    say(&format!("/v1/disputes/{dispute}/messages"), &json!({"message": WORDS[6]}));
    say(&format!("/v1/disputes/{dispute}/decision"), &json!({"decision": "rejected", "note": WORDS[7]}));
    // And one about something that is there, which stays what it is about.
    let known = json!({"referrer_id": eve, "about": id(&paid), "message": WORDS[6]});
    server.post("/v1/disputes", &known).expect(201);
    let suspension = json!({"decision": "suspend", "note": WORDS[8]});
    say(&format!("/v1/referrers/{eve}/suspension"), &suspension);
    (program, eve)
}

#[test]
fn what_people_typed_about_an_erased_person_is_gone_and_what_they_decided_stays() {
    let house = House::shared();
    let (program, eve) = typed(&house);
    let server = program.server();
    let told = server.get(&format!("/v1/subject-export?referrer_id={eve}")).expect(200).to_string();
    for word in WORDS {
        assert!(!anywhere(&program, word).is_empty(), "{word} is known");
        // What is noted of a lead and its flag is the friend's to be handed.
        let of_friends = [WORDS[0], WORDS[1], WORDS[3]].contains(&word);
        assert_eq!(told.contains(word), !of_friends, "{word}: {told}");
    }
    for friend in ["f", "rejected"] {
        let told = server.get(&format!("/v1/subject-export?customer_id={friend}")).expect(200).to_string();
        assert!(told.contains("Wordname"), "{told}");
    }
    let told = server.get("/v1/events?limit=100").expect(200).to_string();
    assert!(!told.contains("Wordname"), "the world was told nothing: {told}");
    let bare = export(&program, "?personal=false");
    assert!(!bare.contains("Wordname"), "{bare}");
    let before = server.get("/v1/ledger/verify").expect(200);
    let erased = erase(&program, "referrer_id", &eve);
    assert_eq!((&erased["messages"], &erased["notes"]), (&json!(3), &json!(8)), "{erased}");
    for word in WORDS {
        assert_eq!(anywhere(&program, word), [""; 0], "{word}");
    }
    assert_eq!(erase(&program, "referrer_id", &eve)["notes"], 0, "again");
    let book = Book::live(&program);
    book.check();
    assert_eq!(server.get("/v1/ledger/verify").expect(200), before, "the chain is the same");
    let told = server.get(&format!("/v1/subject-export?referrer_id={eve}")).expect(200);
    assert!(!told.to_string().contains("Wordname"), "{told}");
    let disputes = told["disputes"].as_array().expect("a list");
    assert_eq!(
        (&disputes[0]["about"], &disputes[0]["note"], &disputes[0]["status"]),
        (&disputes[0]["id"], &Value::Null, &json!("rejected"))
    );
    assert!(disputes[1]["about"].as_str().is_some_and(|about| about.starts_with("led_")), "{}", disputes[1]);
    let count = |query: &str| book.number(query);
    assert_eq!(count("SELECT count(*) FROM flag_decision WHERE decision = 'confirmed'"), 1);
    assert_eq!(count("SELECT count(*) FROM reward_decision WHERE decision = 'void'"), 1);
    assert_eq!(count("SELECT count(*) FROM lead_stage WHERE stage = 'rejected'"), 1);
    assert_eq!(count("SELECT count(*) FROM payout_line WHERE state = 'failed'"), 1);
    let rejected = server.get("/v1/leads").expect(200);
    let rejected = rejected["data"].as_array().into_iter().flatten().find(|lead| lead["stage"] == "rejected");
    assert_eq!(rejected.expect("it stays")["stage_reason"], Value::Null);
    // A file of it comes to the same root, and so does one without personal data from before.
    for file in [export(&program, ""), bare] {
        assert!(!file.contains("Wordname"));
        let copy = Program::open(&house);
        let taken = import(&copy, "", file.as_bytes()).expect(201);
        assert_eq!(taken["root"], before["root"], "{taken}");
        Book::live(&copy).check();
    }
}

#[test]
fn an_export_under_way_keeps_no_words_that_are_taken_out_meanwhile() {
    let house = House::start(|options| options);
    let terms = json!({"hold_days": 0, "rewards": [{"id": "lead", "on": "lead", "to": "referrer", "pay": {"flat": 100}}]});
    let program = Program::open_with(&house, &json!({ "terms": terms }));
    let server = program.server();
    program.referrer("eve");
    server.post("/v1/leads", &json!({"customer_id": "f", "code": "eve"})).expect(201);
    let batch = server.post("/v1/payouts", &json!({})).expect(201)["id"].clone();
    let say = |decision: &str, note: &str| {
        let path = format!("/v1/payouts/{}/decision", batch.as_str().expect("an id"));
        server.post(&path, &json!({"decision": decision, "note": note})).expect(201);
    };
    say("paid", WORDS[4]);
    house.crash();
    let database = Connection::open(Book::file(&program, "secret_live")).expect("the ledger's file");
    let reading = "INSERT INTO reading VALUES ('exp', 0, '{}', 1, (SELECT max(at) FROM audit))";
    database.execute_batch(reading).expect("an export under way");
    drop(database);
    house.restart();
    say("returned", "Eve Wordname after all");
    assert_eq!(anywhere(&program, WORDS[4]), ["was"], "what the line was is kept for the export");
    let eve = referrer(&program, 0)["id"].as_str().expect("an id").to_owned();
    assert_eq!(erase(&program, "referrer_id", &eve)["notes"], 1);
    assert_eq!(anywhere(&program, "Wordname"), [""; 0]);
    assert_eq!(
        Book::live(&program).number("SELECT count(*) FROM was WHERE source = 'payout_line'"),
        1,
        "and nothing else is"
    );
}

#[test]
fn nothing_that_was_typed_about_an_erased_person_is_in_the_file_once_it_is_vacuumed() {
    let house = House::start(|options| options);
    let (program, eve) = typed(&house);
    erase(&program, "referrer_id", &eve);
    house.crash();
    let path = Book::file(&program, "secret_live");
    let database = Connection::open(&path).expect("the ledger's file");
    database.execute_batch("VACUUM").expect("a tidy file");
    database.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).expect("the log is folded in");
    drop(database);
    let content = fs::read(&path).expect("the ledger's file");
    assert!(content.windows(3).any(|window| window == b"eve"), "it is the ledger");
    assert!(!content.windows(8).any(|window| window == b"Wordname"), "a word is still in the file");
    house.restart();
    assert_eq!(program.server().get("/v1/ledger/verify").expect(200)["ok"], true);
}
