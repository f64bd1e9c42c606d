//! How long sessions are good, and how many at once.

use rusqlite::Connection;
use serde_json::json;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;
use tests::book::Book;
use tests::desk::Desk;
use tests::house::House;
use tests::http::Request;
use tests::program::Program;

/// Whether a page leads whoever asks for it to the sign-in.
pub(super) fn is_led_out(desk: &mut Desk<'_>, path: &str) -> bool {
    desk.get(path).header("location") == Some("/dashboard/sign-in")
}

fn is_out(desk: &mut Desk<'_>) -> bool {
    is_led_out(desk, "/dashboard/live")
}

/// Changes the program's own file while its edge is down.
fn change(house: &House, program: &Program, statements: &str) {
    house.crash();
    let file = Connection::open(Book::file(program, "secret_live")).expect("its file");
    file.execute_batch(statements).expect("can be changed");
    house.restart();
}

/// Changes rows of the directory while its edge is down.
pub(super) fn change_directory(house: &House, statement: &str) {
    house.crash();
    let files = fs::read_dir(house.storage().join("goodword-directory")).expect("the directory");
    let paths = files.flatten().map(|entry| entry.path());
    let shelves = paths.filter(|path| path.extension().is_some_and(|end| end == "sqlite"));
    let changed: usize = shelves
        .map(|path| Connection::open(path).and_then(|file| file.execute(statement, [])).unwrap_or(0))
        .sum();
    assert!(changed > 0, "{statement}");
    house.restart();
}

/// The ids of sessions that a page can end.
pub(super) fn ends<'a>(page: &'a str, path: &str) -> Vec<&'a str> {
    page.split(&format!("{path}/")).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn a_merchant_s_session_ends_after_an_hour_without_use_and_after_a_day_of_it() {
    let house = House::start(|options| options);
    let program = Program::open(&house);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    change(&house, &program, "UPDATE session SET seen_at = seen_at - 3500000");
    assert!(!is_out(&mut desk), "less than an hour");
    change(&house, &program, "UPDATE session SET seen_at = seen_at - 3600000");
    assert!(is_out(&mut desk), "an hour");
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let settings = desk.page("/dashboard/live/settings");
    assert!(ends(&settings, "/settings/sessions").is_empty(), "what is over is not listed");
    change(
        &house,
        &program,
        "DROP TRIGGER session_stays; UPDATE session SET created_at = created_at - 86300000",
    );
    assert!(!is_out(&mut desk), "less than a day");
    change(&house, &program, "UPDATE session SET created_at = created_at - 100000");
    assert!(is_out(&mut desk), "a day, used all the time");
}

#[test]
fn the_operator_s_session_ends_after_an_hour_without_use_and_after_a_day_of_it() {
    let house = House::start(|options| options);
    // The directory opens with the first program.
    let _program = Program::open(&house);
    let mut operator = Desk::open(&house, &house.admin_key);
    let mut is_out = || is_led_out(&mut operator, "/dashboard/programs");
    change_directory(&house, "UPDATE operator_session SET seen_at = seen_at - 3500000");
    assert!(!is_out(), "less than an hour");
    change_directory(&house, "UPDATE operator_session SET created_at = created_at - 86300000");
    assert!(!is_out(), "less than a day");
    change_directory(&house, "UPDATE operator_session SET created_at = created_at - 100000");
    assert!(is_out(), "a day, used all the time");
    let mut operator = Desk::open(&house, &house.admin_key);
    change_directory(&house, "UPDATE operator_session SET seen_at = seen_at - 3600000");
    assert!(is_led_out(&mut operator, "/dashboard/programs"), "an hour");
}

/// A page's socket, after its greeting.
pub(super) fn listening(house: &House, desk: &Desk<'_>, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", house.port)).expect("the edge listens");
    stream.set_read_timeout(Some(Duration::from_mins(1))).expect("a patience");
    let request = Request::get(path)
        .header("cookie", &desk.cookie())
        .header("sec-fetch-site", "same-origin")
        .header("connection", "Upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
    stream.write_all(&request.bytes(house.port)).expect("sent");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).expect("a head");
        head.extend(byte);
    }
    assert!(head.starts_with(b"HTTP/1.1 101 "), "{}", String::from_utf8_lossy(&head));
    assert_eq!(heard(&mut stream).0, TEXT, "a greeting");
    stream
}

/// The first byte of a whole frame with a text, and of one that closes.
pub(super) const TEXT: u8 = 0x81;
pub(super) const CLOSE: u8 = 0x88;

/// The next frame of a socket: its first byte and what it holds.
pub(super) fn heard(stream: &mut TcpStream) -> (u8, Vec<u8>) {
    let mut start = [0; 2];
    stream.read_exact(&mut start).expect("a frame");
    let mut body = vec![0; usize::from(start[1])];
    stream.read_exact(&mut body).expect("all of it");
    (start[0], body)
}

#[test]
fn a_session_stays_listening_and_can_be_ended_however_many_were_opened_after_it() {
    let house = House::start(|options| options);
    let program = Program::open(&house);
    let key = program.key("secret_live");
    let (mut first, mut second) = (Desk::open(&house, key), Desk::open(&house, key));
    let settings = second.page("/dashboard/live/settings");
    let id = ends(&settings, "/settings/sessions")[0];
    assert!(!settings.contains("More sessions are open"));
    let (mut page, mut twin) = (
        listening(&house, &first, "/dashboard/live/live"),
        listening(&house, &first, "/dashboard/test/live"),
    );
    let many: Vec<Desk<'_>> = (0..101).map(|_| Desk::open(&house, key)).collect();
    // Each sign-in is heard of, gathered with those around it.
    program.server().post("/v1/leads", &json!({"customer_id": "c"})).expect(201);
    program.with(program.key("secret_test")).post("/v1/leads", &json!({"customer_id": "c"})).expect(201);
    assert_eq!(heard(&mut page).0, TEXT, "the page is told");
    assert_eq!(heard(&mut twin).0, TEXT, "and that of the test twin, by the same session");
    assert!(!is_out(&mut first));

    let settings = second.page("/dashboard/live/settings");
    assert!(settings.contains("More sessions are open: these are the 100 used last."));
    assert!(ends(&settings, "/settings/sessions").len() >= 99);
    let ending = format!("/dashboard/live/settings/sessions/{id}");
    assert_eq!(second.post(&ending, &[]).status, 303);
    assert!(is_out(&mut first) && !is_out(&mut second));
    for socket in [&mut page, &mut twin] {
        let last = loop {
            let (kind, body) = heard(socket);
            if kind != TEXT {
                break (kind, body);
            }
        };
        assert_eq!((last.0, &last.1[..2]), (CLOSE, &4001_u16.to_be_bytes()[..]), "it hears that it is over");
    }
    assert_eq!(second.post(&ending, &[]).status, 404, "a session ends once");
    drop(many);
}

pub(super) const NAME: &str = "goodword_dashboard";
pub(super) const OPERATOR: &str = "goodword_operator";

#[test]
fn a_session_that_is_used_gets_a_new_secret_and_the_former_is_worth_nothing_a_minute_later() {
    let house = House::start(|options| options);
    let program = Program::open(&house);
    let key = program.key("secret_live");
    let (mut desk, mut other) = (Desk::open(&house, key), Desk::open(&house, key));
    let settings = other.page("/dashboard/live/settings");
    let id = ends(&settings, "/settings/sessions")[0];
    let first = desk.cookies[NAME].clone();
    assert!(!is_out(&mut desk) && desk.cookies[NAME] == first, "a young one stays");
    change(&house, &program, "UPDATE session_secret SET made_at = made_at - 900000");

    // Of what is on its way at once, one is given the next secret, with whatever answers.
    let (mut tab, mut socket) = (desk.clone(), desk.clone());
    drop(listening(&house, &socket, "/dashboard/live/live"));
    let answer = desk.get("/dashboard/live/conversions/sal_0000000000000000");
    assert_eq!(answer.status, 404);
    let line = answer.header("set-cookie").expect("a cookie").to_owned();
    for word in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(line.contains(word), "{line}");
    }
    let second = desk.cookies[NAME].clone();
    assert!(second != first && second.starts_with("ses_live_"));
    for late in [&mut tab, &mut socket] {
        assert!(!is_out(late) && late.cookies[NAME] == first, "the first is good, and no third is given out");
    }
    // Its use replaces the first, which is still good for what is on its way.
    assert!(!is_out(&mut desk) && desk.cookies[NAME] == second);
    assert!(!is_out(&mut tab) && tab.cookies[NAME] == first);
    let settings = other.page("/dashboard/live/settings");
    assert_eq!(ends(&settings, "/settings/sessions"), [id], "it is the same session");

    change(&house, &program, "UPDATE session_secret SET taken_at = taken_at - 60000");
    assert!(!is_out(&mut desk), "time alone ends nothing");
    assert!(is_out(&mut tab), "the former is over");
    assert!(is_out(&mut desk), "and as somebody held it still, so is the session");
    assert!(!is_out(&mut other), "but no other");
    let audit = program.server().get("/v1/audit").expect(200);
    let newest = &audit["data"][0];
    assert_eq!(
        json!([newest["action"], newest["actor"], newest["subject"]]),
        json!(["session.replayed", "dashboard", id])
    );
    Book::live(&program).check();
}

#[test]
fn an_answer_that_was_lost_signs_nobody_out_and_signing_out_ends_a_session_by_any_of_its_secrets() {
    let house = House::start(|options| options);
    let program = Program::open(&house);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let first = desk.cookies[NAME].clone();
    let age = "UPDATE session_secret SET made_at = made_at - 900000, taken_at = taken_at - 900000";
    for _ in 0..2 {
        change(&house, &program, age);
        // Whoever asks is given the next secret, and never hears of it.
        let mut lost = desk.clone();
        assert!(!is_out(&mut lost) && lost.cookies[NAME] != first);
    }
    assert!(!is_out(&mut desk), "the first was never replaced");
    change(&house, &program, age);
    assert!(!is_out(&mut desk) && desk.cookies[NAME] != first);
    let mut kept = desk.clone();
    assert!(!is_out(&mut kept), "the next one is used");
    kept.cookies.insert(NAME.to_owned(), first);
    assert_eq!(kept.post("/dashboard/sign-out", &[]).status, 303);
    assert!(is_out(&mut desk));
}

#[test]
fn the_operator_s_session_gets_new_secrets_too() {
    let house = House::start(|options| options);
    let _program = Program::open(&house);
    let out = |desk: &mut Desk<'_>| is_led_out(desk, "/dashboard/programs");
    let mut operator = Desk::open(&house, &house.admin_key);
    let first = operator.cookies[OPERATOR].clone();
    assert!(!out(&mut operator) && operator.cookies[OPERATOR] == first, "a young one stays");
    change_directory(&house, "UPDATE operator_secret SET made_at = made_at - 900000");
    let mut tab = operator.clone();
    assert!(!out(&mut operator));
    let second = operator.cookies[OPERATOR].clone();
    assert!(second != first && second.starts_with("ses_operator_"));
    assert!(!out(&mut operator) && operator.cookies[OPERATOR] == second);
    assert!(!out(&mut tab) && tab.cookies[OPERATOR] == first, "good for what is on its way");
    change_directory(&house, "UPDATE operator_secret SET taken_at = taken_at - 60000");
    assert!(!out(&mut operator));
    assert!(out(&mut tab) && out(&mut operator), "a former one that is used ends the session");
}

#[test]
fn the_operator_sees_where_they_are_signed_in_and_ends_it() {
    let house = House::start(|options| options);
    let program = Program::open(&house);
    let out = |desk: &mut Desk<'_>| is_led_out(desk, "/dashboard/programs");
    let key = &house.admin_key;
    let (mut one, mut other) = (Desk::open(&house, key), Desk::open(&house, key));
    let page = one.page("/dashboard/programs");
    assert!(page.contains("Where the operator is signed in") && page.contains("this one"));
    assert!(page.contains("began just now · used just now"));
    let others = ends(&page, "/dashboard/programs/sessions");
    assert_eq!(others.len(), 1, "one's own has no button");
    let ending = format!("/dashboard/programs/sessions/{}", others[0]);
    let mut merchant = Desk::open(&house, program.key("secret_live"));
    for path in [ending.as_str(), "/dashboard/programs/sessions"] {
        let refused = merchant.post(path, &[]);
        assert_eq!(refused.header("location"), Some("/dashboard/sign-in"), "only the operator ends them");
    }
    assert!(!out(&mut other));
    let answer = one.post(&ending, &[]);
    assert_eq!(answer.header("location"), Some("/dashboard/programs?done=session_ended"));
    assert!(out(&mut other) && !out(&mut one));

    let (mut third, mut fourth) = (Desk::open(&house, key), Desk::open(&house, key));
    let answer = one.post("/dashboard/programs/sessions", &[]);
    assert_eq!(answer.header("location"), Some("/dashboard/programs?done=sessions_ended"));
    let page = one.page("/dashboard/programs?done=sessions_ended");
    assert!(page.contains("All other sessions have ended.") && !page.contains("End all other sessions"));
    assert!(out(&mut third) && out(&mut fourth) && !out(&mut one));
}
