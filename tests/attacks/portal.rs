//! A referrer's page under the same errors as the API: a way in, coming in, what they change of their own, and leaving for
//! good. Whatever breaks in between, the state before it is there, and the next try does it.

use crate::alone;
use crate::failpoints::{MANY, house};
use serde_json::json;
use tests::book::Book;
use tests::desk::Desk;
use tests::dispute::{Sharer, sell, sharer};
use tests::http::{Answer, Request};
use tests::portal::{address, entered, is_out, way_in};
use tests::program::Program;

/// Sends something until nothing breaks any more; whatever broke left nothing. How often it broke.
fn until_whole(program: &Program, what: &str, mut send: impl FnMut(&str) -> Answer) -> (i32, Answer) {
    let before = Book::live(program).dump();
    for after in 0..MANY {
        let answer = send(&after.to_string());
        if answer.status < 500 {
            assert!(matches!(answer.status, 201 | 303), "{what}: {} {}", answer.status, answer.text());
            assert!(after >= 2, "{what} writes more than one statement");
            let book = Book::live(program);
            book.check();
            assert_ne!(book.dump(), before, "{what} wrote something in the end");
            return (after, answer);
        }
        assert_eq!(answer.status, 500, "{what} after {after}: {}", answer.text());
        assert_eq!(Book::live(program).dump(), before, "{what} after {after} statements left something");
    }
    panic!("{what} never succeeds");
}

/// A form of a page that breaks.
fn form(path: &str, fields: &[(&str, &str)], after: &str) -> Request {
    Desk::form(path, fields).header("sec-fetch-site", "same-origin").header("goodword-fail-after", after)
}

/// The panel's call for a way in, that breaks.
fn ask(program: &Program, sharer: &Sharer, after: &str) -> Answer {
    let request = Request::post("/v1/widget/portal", &json!({})).header("goodword-proof", &sharer.proof);
    program.page().send(request.header("goodword-fail-after", after))
}

/// Sessions that are good, all but one.
const SESSIONS: &str = "SELECT id FROM portal_session WHERE ended_at IS NULL AND id <> ?";

#[test]
fn an_error_on_the_way_in_or_out_of_a_referrers_page_leaves_the_state_before_it() {
    let _alone = alone();
    let house = house();
    let program = Program::open(&house);
    let ada = sharer(&program, 1);
    sell(&program, "o1", "c", 9_000, &json!({ "code": ada.code }));
    let at = |page: &str| format!("/p/{}/{page}", program.slug);
    let mut failures = 0;
    let mut browser = Desk::new(&house);
    // Twice: the second time the session before ends as well.
    for _ in 0..2 {
        let (broke, answer) = until_whole(&program, "a way in", |after| ask(&program, &ada, after));
        let (_, key) = address(&house, &answer.json());
        let enter = |after: &str| browser.send(form(&at("enter"), &[("key", &key)], after));
        failures += broke + until_whole(&program, "coming in", enter).0;
        assert!(!is_out(&mut browser, &program), "the way in was not used up by what broke");
    }
    let here = Book::live(&program).texts(SESSIONS, &[""]).remove(0);
    let mut elsewhere = entered(&program, &ada);
    let other = Book::live(&program).texts(SESSIONS, &[&here]).remove(0);
    let target = [("holder", "Ada Byron"), ("iban", "DE89 3704 0044 0532 0130 00")];
    let profile = [("name", "Ada"), ("email", "ada@mail.example")];
    let session = format!("profile/sessions/{other}");
    for (what, page, fields) in [
        ("a profile", "profile", &profile[..]),
        ("where their money is sent", "profile/target", &target),
        ("a session's end", &session, &[]),
        ("leaving for good", "leave", &[("word", "leave")]),
    ] {
        let send = |after: &str| browser.send(form(&at(page), fields, after));
        failures += until_whole(&program, what, send).0;
        if what == "a session's end" {
            assert!(is_out(&mut elsewhere, &program) && !is_out(&mut browser, &program));
        }
    }
    assert!(is_out(&mut browser, &program));
    let book = Book::live(&program);
    assert_eq!(book.number("SELECT count(*) FROM portal_session"), 0);
    assert_eq!(book.number("SELECT count(*) FROM person WHERE name IS NOT NULL"), 0);
    assert!(book.chain().bad().is_none());
    println!("failpoints: {failures} errors in what a referrer does on their page");
}

#[test]
fn without_the_transaction_a_way_in_is_used_up_and_nobody_is_in() {
    let _alone = alone();
    let house = house();
    let program = Program::open(&house);
    let ada = sharer(&program, 1);
    let mut browser = Desk::new(&house);
    let (_, key) = way_in(&program, &ada);
    let at = format!("/p/{}/enter", program.slug);
    assert_eq!(browser.send(form(&at, &[("key", &key)], "-1")).status, 500);
    assert!(is_out(&mut browser, &program));
    assert_eq!(tests::portal::enter(&mut browser, &program, &key).status, 410, "and it cannot be used again");
}
