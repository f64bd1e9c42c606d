//! How often a key may call, what a caller is told about it, and what is never refused.

use serde_json::json;
use std::thread;
use std::time::Duration;
use tests::house::{CLIENT_IP, House};
use tests::http::{Answer, Request};
use tests::program::Program;
use tests::visitor::Visitor;

/// Calls a minute in these tests.
const SERVER: u32 = 12;
const PAGE: u32 = 5;

/// An edge whose limits a test can reach.
fn strict() -> Program {
    let house = House::start(|options| {
        options
            .var("SERVER_CALLS_PER_MINUTE", &SERVER.to_string())
            .var("PAGE_CALLS_PER_MINUTE", &PAGE.to_string())
    });
    Program::open(&house)
}

fn number(answer: &Answer, header: &str) -> u32 {
    let value = answer.header(header).unwrap_or_else(|| panic!("no {header}: {answer:?}"));
    value.parse().unwrap_or_else(|_| panic!("{header} is {value}"))
}

/// Waits for a minute with enough of it left for a test; all windows turn together. Asks with a key that no test counts.
fn minute(program: &Program) {
    let test = program.key("secret_test");
    while number(&program.with(test).get("/v1/keys"), "ratelimit-reset") < 20 {
        thread::sleep(Duration::from_millis(250));
    }
}

/// Calls until one is refused; how many passed, and the refusal.
fn until_refused(limit: u32, call: impl Fn() -> Answer) -> (u32, Answer) {
    for passed in 0..=limit {
        let answer = call();
        if answer.status == 429 {
            return (passed, answer);
        }
        let told = (number(&answer, "ratelimit-limit"), number(&answer, "ratelimit-remaining"));
        assert_eq!(told, (limit, limit - passed - 1));
        assert!((1..=60).contains(&number(&answer, "ratelimit-reset")));
    }
    panic!("no call was refused");
}

#[test]
fn a_server_that_calls_too_often_is_told_when_to_come_back_and_nothing_is_stored() {
    let program = strict();
    let server = program.server();
    minute(&program);
    let (passed, refused) = until_refused(SERVER, || server.get("/v1/program"));
    assert_eq!(passed, SERVER);
    assert_eq!(refused.problem(429), "rate_limited");
    assert_eq!(number(&refused, "retry-after"), number(&refused, "ratelimit-reset"));
    assert_eq!(number(&refused, "ratelimit-remaining"), 0);
    let lead = server.post("/v1/leads", &json!({"customer_id": "one too many"}));
    assert_eq!(lead.problem(429), "rate_limited");
    assert!(!program.house.log().contains("one too many"));
}

#[test]
fn a_page_is_limited_by_the_address_it_is_opened_from() {
    let program = strict();
    let from = |address: &str| {
        let request = Request::get("/v1/widget/me").key(program.key("publishable_live"));
        program.house.call(&request.header(CLIENT_IP, address))
    };
    minute(&program);
    let (passed, refused) = until_refused(PAGE, || from("203.0.113.7"));
    assert_eq!((passed, refused.problem(429)), (PAGE, "rate_limited".to_owned()));
    assert_eq!(refused.header("access-control-allow-origin"), Some("*"), "the page can read the refusal");
    from("203.0.113.8").expect(200);
    // One household's addresses are one caller; a made-up header is none.
    let (passed, _) = until_refused(PAGE, || from("2001:db8::1"));
    assert_eq!(passed, PAGE);
    assert_eq!(from("2001:db8::ffff:2").status, 429);
    from("2001:db8:0:1::1").expect(200);
    let forged = Request::get("/v1/widget/me").key(program.key("publishable_live"));
    let forged = forged.header("x-forwarded-for", "198.51.100.9").header(CLIENT_IP, "203.0.113.7");
    assert_eq!(program.house.call(&forged).status, 429);
}

#[test]
fn pictures_of_links_are_limited_by_address_too() {
    let program = strict();
    minute(&program);
    let from = |address: &str| {
        let picture = format!("/qr/{}/ada.svg", program.slug);
        program.house.call(&Request::get(&picture).header(CLIENT_IP, address))
    };
    for _ in 0..PAGE {
        assert_eq!(from("203.0.113.7").status, 200);
    }
    let refused = from("203.0.113.7");
    assert_eq!(refused.problem(429), "rate_limited");
    assert!((1..=60).contains(&number(&refused, "retry-after")));
    assert_eq!(from("203.0.113.8").status, 200);
}

#[test]
fn a_link_is_never_refused() {
    let program = strict();
    let visitor = Visitor::new(&program.house, "203.0.113.7");
    for _ in 0..4 * SERVER {
        visitor.follow(&program.link("ada")).click();
    }
}
