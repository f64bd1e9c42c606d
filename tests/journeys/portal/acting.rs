//! What a referrer does on their pages.

use serde_json::{Value, json};
use tests::book::Book;
use tests::desk::Desk;
use tests::dispute::{decide, sell, sharer};
use tests::house::House;
use tests::http::Request;
use tests::portal::{entered, is_out};
use tests::program::Program;
use tests::token;

/// The id at the end of where a form led.
fn led_to(answer: &tests::http::Answer) -> String {
    let location = answer.header("location").unwrap_or_default();
    location.split('?').next().and_then(|path| path.rsplit('/').next()).unwrap_or_default().to_owned()
}

#[test]
fn a_question_is_asked_answered_and_taken_back() {
    let house = House::shared();
    let program = Program::open(&house);
    let ada = sharer(&program, 1);
    let sale = sell(&program, "o1", "c", 9000, &json!({ "code": ada.code }));
    let sale = sale["id"].as_str().unwrap_or_default();
    let at = format!("/p/{}/disputes", program.slug);
    let mut browser = entered(&program, &ada);
    assert!(browser.page(&at).contains("No questions"));
    let asked = browser.post(&at, &[("about", sale), ("message", "It was two of them."), ("once", "a1")]);
    let id = led_to(&asked);
    assert!(id.starts_with("dsp_"), "{asked:?}");
    let again = browser.post(&at, &[("about", sale), ("message", "It was two of them."), ("once", "a1")]);
    assert_eq!(led_to(&again), id, "sent twice, asked once");
    let one = format!("{at}/{id}");
    assert!(browser.page(&one).contains("It was two of them."));
    assert!(browser.page(&format!("/p/{}/conversions/{sale}", program.slug)).contains(&id));

    program
        .server()
        .post(&format!("/v1/disputes/{id}/messages"), &json!({"message": "Which two?"}))
        .expect(201);
    assert!(browser.page(&one).contains("Which two?"));
    assert!(browser.page(&at).contains("waits for you"));
    assert!(browser.page(&format!("/p/{}", program.slug)).contains("class=\"badge\">1"));
    assert_eq!(browser.post(&format!("{one}/messages"), &[("message", "Red ones.")]).status, 303);
    let told = program.server().get(&format!("/v1/disputes/{id}")).expect(200);
    assert_eq!(told["messages"][1]["message"], "Red ones.");
    assert_eq!(browser.post(&format!("{one}/messages"), &[("message", "")]).status, 422);

    assert_eq!(browser.post(&format!("{one}/withdraw"), &[]).status, 303);
    assert!(browser.page(&one).contains("taken back"));
    assert_eq!(browser.post(&format!("{one}/messages"), &[("message", "Wait.")]).status, 409);

    // About what is missing, and the shop's decision stands there.
    let asked = browser.post(&at, &[("about", "ORDER 5"), ("message", "Mine.")]);
    let id = led_to(&asked);
    decide(&program, &json!({ "id": id }), &json!({"decision": "rejected", "note": "It was cancelled."}))
        .expect(201);
    let page = browser.page(&format!("{at}/{id}"));
    assert!(page.contains("It was cancelled.") && page.contains("kept as it was"));
    let refused = browser.post(&at, &[("about", ""), ("message", "x")]);
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("What it is about"));
}

#[test]
fn a_form_that_one_sends_under_anothers_name_is_not_answered_with_theirs() {
    let house = House::shared();
    let program = Program::open(&house);
    let mut ada = entered(&program, &sharer(&program, 1));
    let mut eve = entered(&program, &sharer(&program, 2));
    let at = format!("/p/{}/disputes", program.slug);
    let fields = [("about", "x"), ("message", "Mine."), ("once", "same")];
    let hers = led_to(&ada.post(&at, &fields));
    let answer = eve.post(&at, &fields);
    assert_eq!(answer.status, 422, "the same name for another's form");
    assert!(!answer.text().contains(&hers));
}

#[test]
fn the_terms_in_force_are_read_and_accepted() {
    let house = House::shared();
    let program = Program::open(&house);
    let ada = sharer(&program, 1);
    let mut browser = entered(&program, &ada);
    let at = format!("/p/{}/terms", program.slug);
    let page = browser.page(&at);
    assert!(page.contains("version 1") && page.contains("You have not accepted any version yet."));
    assert!(page.contains("You get 10% of what was paid"), "{page}");
    assert_eq!(browser.post(&at, &[("version", "1")]).status, 303);
    assert!(browser.page(&at).contains("You accepted version 1."));
    let mut terms = program.opened["terms"].clone();
    terms["hold_days"] = 7.into();
    program.server().patch("/v1/program", &json!({ "terms": terms })).expect(200);
    let page = browser.page(&at);
    assert!(page.contains("Accept version 2") && page.contains("You accepted version 1."));
    for version in ["3", "0", "x", "99999999999"] {
        assert_eq!(browser.post(&at, &[("version", version)]).status, 422, "{version}");
    }
}

#[test]
fn a_profile_says_who_they_are_and_where_their_money_goes_without_showing_the_account() {
    let house = House::shared();
    let program = Program::open(&house);
    let ada = sharer(&program, 1);
    let mut browser = entered(&program, &ada);
    let at = format!("/p/{}/profile", program.slug);
    let fields = [("name", "Ada \u{202e}<b>"), ("email", "ada@mail.example"), ("show_name", "on")];
    assert_eq!(browser.post(&at, &fields).status, 303);
    let page = browser.page(&at);
    assert!(page.contains("ada@mail.example") && page.contains("checked") && !page.contains("<b>"));
    let told = program.server().get(&format!("/v1/referrers/{}", ada.id)).expect(200);
    assert_eq!(told["email"], "ada@mail.example");
    let refused = browser.post(&at, &[("name", "Ada"), ("email", "no address")]);
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("no address") && refused.text().contains("E-mail:"));

    let target = format!("{at}/target");
    let refused = browser.post(&target, &[("holder", "Ada Byron"), ("iban", "DE00370400440532013000")]);
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("Account number (IBAN):") && refused.text().contains("Ada Byron"));
    assert!(!refused.text().contains("DE0037"), "an account number is not sent back");
    assert_eq!(
        browser.post(&target, &[("holder", "Ada Byron"), ("iban", "DE89 3704 0044 0532 0130 00")]).status,
        303
    );
    let page = browser.page(&at);
    assert!(page.contains("DE \u{2026} 3000") && !page.contains("370400440532"));
    let audit = program.server().get("/v1/audit?limit=1").expect(200);
    assert_eq!(
        json!([audit["data"][0]["action"], audit["data"][0]["actor"], audit["data"][0]["subject"]]),
        json!(["referrer.target_changed", "referrer", ada.id])
    );
}

#[test]
fn whoever_the_shop_knows_leaves_its_address_for_them_behind() {
    let house = House::shared();
    let program = Program::open(&house);
    let mut said = token::claims(&program, "cus_1");
    said["email"] = "ada@mail.example".into();
    let with =
        |path: &str| Request::post(path, &json!({})).header("goodword-identity", &token::of(&program, &said));
    program.page().send(with("/v1/widget/join")).expect(201);
    let answer = program.page().send(with("/v1/widget/portal")).expect(201);
    let mut browser = Desk::new(&house);
    tests::portal::enter(&mut browser, &program, &tests::portal::address(&house, &answer).1);
    let at = format!("/p/{}/profile", program.slug);
    assert!(browser.page(&at).contains("The shop knows you by this address."));
    assert_eq!(browser.post(&at, &[("name", "Ada"), ("email", "other@mail.example")]).status, 303);
    let page = browser.page(&at);
    assert!(page.contains("ada@mail.example") && !page.contains("other@mail.example"));
}

#[test]
fn their_data_is_theirs_to_keep_and_going_takes_out_what_names_them_and_leaves_every_balance() {
    let house = House::shared();
    let program = Program::open(&house);
    let ada = sharer(&program, 1);
    sell(&program, "o1", "c", 9000, &json!({ "code": ada.code }));
    let mut browser = entered(&program, &ada);
    let mut elsewhere = entered(&program, &ada);
    let at = format!("/p/{}", program.slug);
    browser
        .post(&format!("{at}/profile"), &[("name", "Ada Secretname"), ("email", "ada.secret@mail.example")]);
    let file = browser.get(&format!("{at}/data.json"));
    assert_eq!((file.status, file.header("content-type")), (200, Some("application/json")));
    let kept: Value = serde_json::from_str(&file.text()).expect("JSON");
    let told = program.server().get(&format!("/v1/subject-export?referrer_id={}", ada.id)).expect(200);
    assert_eq!(kept, told, "the shop would hand out the same");
    assert_eq!(kept["people"][0]["name"], "Ada Secretname");
    assert_eq!(kept["portal_sessions"].as_array().map(Vec::len), Some(2));

    let leave = format!("{at}/leave");
    assert!(browser.page(&leave).contains("This cannot be undone."));
    let before = tests::dispute::balance(&program, &ada.id);
    for word in ["", "stay", "leave it"] {
        let answer = browser.post(&leave, &[("word", word)]);
        assert_eq!(answer.status, 422, "{word}");
        assert!(answer.text().contains("Nothing has happened."));
    }
    let answer = browser.post(&leave, &[("word", " Leave ")]);
    assert_eq!((answer.status, answer.header("location")), (303, Some(format!("{at}/goodbye").as_str())));
    assert!(browser.cookies.is_empty());
    assert!(browser.page(&format!("{at}/goodbye")).contains("Goodbye, and thank you"));
    assert!(is_out(&mut elsewhere, &program), "out everywhere");
    assert_eq!(tests::dispute::balance(&program, &ada.id), before);
    let book = Book::live(&program);
    book.check();
    assert!(book.chain().bad().is_none());
    assert_eq!(book.number("SELECT count(*) FROM portal_session"), 0);
    assert_eq!(book.number("SELECT count(*) FROM person"), 0);
    let audit = program.server().get("/v1/audit?limit=1").expect(200);
    assert_eq!(
        json!([audit["data"][0]["action"], audit["data"][0]["actor"]]),
        json!(["person.erased", "referrer"])
    );
}

#[test]
fn whoever_the_shop_takes_out_is_out_of_their_page() {
    let house = House::shared();
    let program = Program::open(&house);
    let ada = sharer(&program, 1);
    let mut browser = entered(&program, &ada);
    let (_, key) = tests::portal::way_in(&program, &ada);
    // Nothing else is known of her.
    program.server().post("/v1/erasure", &json!({ "referrer_id": ada.id })).expect(200);
    assert!(is_out(&mut browser, &program));
    assert_eq!(tests::portal::enter(&mut Desk::new(&house), &program, &key).status, 410);
}
