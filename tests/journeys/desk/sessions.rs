//! Sign-in and sessions.

use serde_json::json;
use tests::desk::Desk;
use tests::house::{CLIENT_IP, House};
use tests::http::Request;
use tests::program::Program;

const NAME: &str = "goodword_dashboard";

#[test]
fn a_secret_key_is_exchanged_for_a_session_that_no_script_can_read() {
    let house = House::shared();
    let program = Program::open(&house);
    let mut desk = Desk::new(&house);
    assert_eq!(desk.get("/dashboard").header("location"), Some("/dashboard/sign-in"));
    assert!(desk.page("/dashboard/sign-in").contains("Secret key"));
    let answer = desk.sign_in(program.key("secret_live"));
    assert_eq!((answer.status, answer.header("location")), (303, Some("/dashboard/live")));
    let cookie = answer.header("set-cookie").expect("a cookie").to_owned();
    for word in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=86400"] {
        assert!(cookie.contains(word), "{cookie}");
    }
    assert!(!cookie.contains(program.key("secret_live")), "a session is not the key");
    assert!(desk.page("/dashboard/live").contains("Overview"));
    assert!(desk.page("/dashboard/test").contains("Test mode."), "a live session sees the test twin");
    assert_eq!(desk.get("/dashboard/sign-in").header("location"), Some("/dashboard"));

    let mut trying = Desk::open(&house, program.key("secret_test"));
    assert!(trying.page("/dashboard/test").contains("Test mode."));
    assert_eq!(trying.get("/dashboard/live").status, 404, "a test key never opens the live ledger");
}

#[test]
fn over_https_the_cookie_belongs_to_this_host_and_the_plain_name_is_none() {
    let house = House::start(|options| options.var("PUBLIC_ORIGIN", "https://go.shop.example"));
    let program = Program::open(&house);
    let mut desk = Desk::new(&house);
    let answer = desk.sign_in(program.key("secret_live"));
    let cookie = answer.header("set-cookie").expect("a cookie").to_owned();
    assert!(cookie.starts_with("__Host-goodword=ses_live_") && cookie.contains("; Secure"), "{cookie}");
    assert!(!cookie.to_ascii_lowercase().contains("domain"), "{cookie}");
    assert!(desk.get("/dashboard/live").header("strict-transport-security").is_some());
    // A neighbour on another host of the domain can set a cookie of the plain name, but nobody listens to it.
    let secret = desk.cookies["__Host-goodword"].clone();
    desk.cookies.clear();
    desk.cookies.insert(NAME.to_owned(), secret);
    assert_eq!(desk.get("/dashboard/live").header("location"), Some("/dashboard/sign-in"));
}

#[test]
fn whatever_is_no_secret_key_opens_nothing() {
    let house = House::shared();
    let program = Program::open(&house);
    let mut foreign = program.key("secret_live").to_owned();
    foreign.pop();
    for key in [
        "",
        "x",
        &foreign,
        "sk_live_0",
        program.key("publishable_live"),
        program.key("identity_live"),
        "' OR 1=1 --",
    ] {
        let mut desk = Desk::new(&house);
        let answer = desk.sign_in(key);
        assert_eq!((answer.status, answer.header("set-cookie")), (422, None), "{key}");
        assert!(key.len() < 5 || !answer.text().contains(key), "what was typed is not sent back");
    }
    let other = House::start(|options| options);
    let stranger = Program::open(&other);
    assert_eq!(Desk::new(&house).sign_in(stranger.key("secret_live")).status, 422, "of another deployment");
}

#[test]
fn nobody_can_be_given_a_session_that_somebody_else_knows() {
    let house = House::shared();
    let program = Program::open(&house);
    let mut mallory = Desk::open(&house, program.key("secret_live"));
    let mut victim = Desk::new(&house);
    victim.cookies = mallory.cookies.clone();
    let planted = victim.cookies[NAME].clone();
    assert_eq!(victim.sign_in(program.key("secret_live")).status, 303);
    assert_ne!(victim.cookies[NAME], planted, "a sign-in makes a new secret");
    assert_eq!(mallory.get("/dashboard/live").status, 303, "and the one that was known ends");
    // A secret that was made up is never taken on.
    let mut victim = Desk::new(&house);
    victim.cookies.insert(NAME.to_owned(), format!("ses_live_{}", "0".repeat(50)));
    assert_eq!(victim.get("/dashboard/live").header("location"), Some("/dashboard/sign-in"));
    assert_eq!(victim.sign_in(program.key("secret_live")).status, 303);
    assert!(!victim.cookies[NAME].ends_with(&"0".repeat(50)));
}

#[test]
fn a_session_ends_with_sign_out_with_its_key_and_by_somebody_elses_hand() {
    let house = House::shared();
    let program = Program::open(&house);
    let key = program.key("secret_live");
    let gone =
        |desk: &mut Desk<'_>| desk.get("/dashboard/live").header("location") == Some("/dashboard/sign-in");

    let mut desk = Desk::open(&house, key);
    let kept = desk.clone();
    assert_eq!(desk.post("/dashboard/sign-out", &[]).status, 303);
    assert!(
        desk.cookies.is_empty() && gone(&mut kept.clone()),
        "the secret is worth nothing, not only taken away"
    );

    let (mut one, mut other) = (Desk::open(&house, key), Desk::open(&house, key));
    let settings = one.page("/dashboard/live/settings");
    let ends: Vec<&str> =
        settings.split("/settings/sessions/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(ends.len(), 1, "one's own has no button");
    let answer = one.post(&format!("/dashboard/live/settings/sessions/{}", ends[0]), &[]);
    assert_eq!(answer.status, 303);
    assert!(gone(&mut other) && !gone(&mut one));

    let made = program.server().post("/v1/keys", &json!({"kind": "secret", "overlap_hours": 1})).expect(201);
    let mut newer = Desk::open(&house, made["key"].as_str().expect("a key"));
    let keys = program.server().get("/v1/keys").expect(200);
    let old = keys["data"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|key| key["kind"] == "secret" && key["id"] != made["id"]);
    let old = old.expect("the key of before")["id"].as_str().unwrap_or_default().to_owned();
    assert!(!gone(&mut one));
    assert_eq!(newer.post(&format!("/dashboard/live/settings/keys/{old}"), &[]).status, 303);
    assert!(gone(&mut one), "the session of a key that has ended");
    assert!(!gone(&mut newer));
    let own = made["id"].as_str().unwrap_or_default();
    let refused = newer.post(&format!("/dashboard/live/settings/keys/{own}"), &[]);
    assert_eq!(refused.status, 409, "nobody ends the key they are signed in with");
}

#[test]
fn the_operator_opens_any_program_and_leaves_a_trace() {
    let house = House::shared();
    let program = Program::open_with(&house, &json!({"name": "Operated"}));
    let mut operator = Desk::new(&house);
    let answer = operator.sign_in(&house.admin_key);
    assert_eq!(answer.header("location"), Some("/dashboard/programs"));
    assert_eq!(operator.get("/dashboard/live").status, 303, "no program is open yet");
    assert_eq!(operator.get("/dashboard").header("location"), Some("/dashboard/programs"));
    operator.page("/dashboard/programs");
    let answer = operator.post("/dashboard/programs", &[("uid", program.uid())]);
    assert_eq!(answer.header("location"), Some("/dashboard/live"));
    assert!(operator.page("/dashboard/live").contains("Operated"));
    let audit = program.server().get("/v1/audit").expect(200);
    assert_eq!(
        (&audit["data"][0]["action"], &audit["data"][0]["actor"]),
        (&json!("session.opened"), &json!("operator"))
    );
    assert_eq!(operator.post("/dashboard/programs", &[("uid", "0000000000000000")]).status, 404);

    let mut merchant = Desk::open(&house, program.key("secret_live"));
    assert_eq!(merchant.get("/dashboard/programs").header("location"), Some("/dashboard/sign-in"));
    let answer = merchant.post("/dashboard/programs", &[("uid", program.uid())]);
    assert_eq!(answer.header("location"), Some("/dashboard/sign-in"), "only the operator opens programs");

    let kept = operator.clone();
    operator.post("/dashboard/sign-out", &[]);
    assert_eq!(kept.clone().get("/dashboard/programs").status, 303);
    assert_eq!(kept.clone().get("/dashboard/live").status, 303);
}

#[test]
fn who_tries_too_often_to_sign_in_must_wait() {
    let house = House::shared();
    let program = Program::open(&house);
    let from = |address: &str, key: &str| {
        let request = Desk::form("/dashboard/sign-in", &[("key", key)]);
        house.call(&request.header("sec-fetch-site", "same-origin").header(CLIENT_IP, address)).status
    };
    // A minute may turn over in between: twice as many are enough to be refused once.
    let statuses: Vec<u16> = (0..25).map(|_| from("198.51.100.7", "sk_live_guess")).collect();
    assert_eq!(statuses[0], 422);
    assert!(statuses.contains(&429), "{statuses:?}");
    assert_eq!(from("203.0.113.9", program.key("secret_live")), 303, "somebody else is not held up");
}

#[test]
fn a_session_is_no_key_of_the_api_and_a_key_no_session() {
    let house = House::shared();
    let program = Program::open(&house);
    let desk = Desk::open(&house, program.key("secret_live"));
    let secret = &desk.cookies[NAME];
    assert_eq!(house.call(&Request::get("/v1/program").key(secret)).problem(401), "key_unknown");
    let with_cookie = Request::get("/v1/program").header("cookie", &desk.cookie());
    assert_eq!(house.call(&with_cookie).problem(401), "key_missing", "the API knows no cookies");
    let mut liar = Desk::new(&house);
    liar.cookies.insert(NAME.to_owned(), program.key("secret_live").to_owned());
    assert_eq!(liar.get("/dashboard/live").status, 303);
}
