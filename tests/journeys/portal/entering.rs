//! The way in: once, for minutes, for the person it was made for.

use rusqlite::Connection;
use serde_json::json;
use tests::book::Book;
use tests::desk::Desk;
use tests::dispute::sharer;
use tests::house::{CLIENT_IP, House};
use tests::http::Request;
use tests::portal::{address, ask, cookie, enter, entered, is_out, way_in};
use tests::program::Program;
use tests::token;

#[test]
fn the_panel_asks_for_a_way_in_a_button_uses_it_and_the_session_is_one_no_script_reads() {
    let house = House::shared();
    let program = Program::open(&house);
    let ada = sharer(&program, 1);
    let answer = ask(program.page(), &ada).expect(201);
    let (path, key) = address(&house, &answer);
    assert!(path.starts_with(&format!("/p/{}/enter?key=pin_live_", program.slug)), "{path}");
    let mut browser = Desk::new(&house);
    // Whatever looks at links before people do changes nothing.
    for _ in 0..3 {
        let page = browser.page(&path);
        assert!(page.contains("Open my page") && page.contains(&key));
    }
    assert!(browser.cookies.is_empty());
    let answer = enter(&mut browser, &program, &key);
    let home = format!("/p/{}", program.slug);
    assert_eq!((answer.status, answer.header("location")), (303, Some(home.as_str())));
    let line = answer.header("set-cookie").expect("a cookie").to_owned();
    for word in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=86400"] {
        assert!(line.contains(word), "{line}");
    }
    let name = cookie(&program);
    assert!(line.starts_with(&format!("{name}=prs_live_")) && !line.contains(&key), "{line}");
    assert!(browser.page(&home).contains(&program.link(&ada.code)));
    let audit = program.server().get("/v1/audit?limit=2").expect(200);
    assert_eq!(
        json!([audit["data"][0]["action"], audit["data"][0]["actor"], audit["data"][1]["action"]]),
        json!(["portal.entered", "referrer", "portal.link_made"])
    );
    Book::live(&program).check();
    let dump = format!("{:?}", Book::live(&program).rows("SELECT hash FROM portal_session", &[]));
    assert!(!dump.contains(&browser.cookies[&name]), "only a hash is kept");
}

#[test]
fn whoever_signs_in_at_the_shop_gets_in_by_their_token() {
    let house = House::shared();
    let program = Program::open(&house);
    let request = |path: &str| {
        Request::post(path, &json!({})).header("goodword-identity", &token::identity(&program, "cus_1"))
    };
    program.page().send(request("/v1/widget/join")).expect(201);
    let answer = program.page().send(request("/v1/widget/portal")).expect(201);
    let mut browser = Desk::new(&house);
    assert_eq!(enter(&mut browser, &program, &address(&house, &answer).1).status, 303);
    browser.page(&format!("/p/{}/profile", program.slug));
}

#[test]
fn whoever_shows_no_proof_gets_none() {
    let house = House::shared();
    let program = Program::open(&house);
    let ask = |request: Request| program.page().send(request).problem(401);
    let request = || Request::post("/v1/widget/portal", &json!({}));
    assert_eq!(ask(request()), "proof_missing");
    let (stranger, _) = token::secret(9);
    assert_eq!(ask(request().header("goodword-proof", &stranger)), "proof_missing", "never joined");
    let secret = program.server().send(request().header("goodword-proof", &stranger));
    assert_eq!(secret.problem(403), "key_wrong_kind");
    assert_eq!(program.page().get("/v1/widget/portal").problem(405), "method_not_allowed");
    let unknown = Request::post("/v1/widget/portal", &json!({"referrer_id": "rfr_0"}));
    assert_eq!(program.page().send(unknown).problem(422), "validation_failed");
}

#[test]
fn a_way_in_is_good_once_and_every_one_that_is_none_looks_alike() {
    let house = House::shared();
    let program = Program::open(&house);
    let other = Program::open(&house);
    let ada = sharer(&program, 1);
    let (_, used) = way_in(&program, &ada);
    assert_eq!(enter(&mut Desk::new(&house), &program, &used).status, 303);
    let (_, foreign) = way_in(&other, &sharer(&other, 1));
    let mut forged = way_in(&program, &ada).1;
    let last = if forged.ends_with('0') { '1' } else { '0' };
    forged.pop();
    forged.push(last);
    let twin = forged.replace("pin_live_", "pin_test_");
    let session = entered(&program, &ada).cookies[&cookie(&program)].clone();
    let strange = ["", "x", "pin_live_0", &used, &foreign, &forged, &twin, &session, &ada.proof];
    let mut seen = None;
    for key in strange {
        let mut browser = Desk::new(&house);
        let looked = browser.get(&format!("/p/{}/enter?key={key}", program.slug));
        let pressed = enter(&mut browser, &program, key);
        for answer in [looked, pressed] {
            assert_eq!((answer.status, answer.header("set-cookie")), (410, None), "{key}");
            let text = answer.text();
            assert!(key.len() < 5 || !text.contains(key), "{key}");
            assert_eq!(*seen.get_or_insert(text.clone()), text, "{key}");
        }
    }
    // The foreign one is still good where it belongs.
    assert_eq!(enter(&mut Desk::new(&house), &other, &foreign).status, 303);
}

#[test]
fn a_way_in_that_two_browsers_use_at_once_lets_one_in() {
    let house = House::shared();
    let program = Program::open(&house);
    let (_, key) = way_in(&program, &sharer(&program, 1));
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let tries: Vec<_> =
            (0..8).map(|_| scope.spawn(|| enter(&mut Desk::new(&house), &program, &key).status)).collect();
        tries.into_iter().map(|one| one.join().expect("an answer")).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 410).count(), 7, "{statuses:?}");
}

/// Changes the ledger's own file while its edge is down.
fn change(program: &Program, statements: &str) {
    let file = Connection::open(Book::file(program, "secret_live")).expect("its file");
    file.execute_batch(statements).expect("can be changed");
}

#[test]
fn a_way_in_ends_after_five_minutes_and_a_session_after_an_hour_without_use() {
    let house = House::start(|options| options);
    let program = Program::open(&house);
    let ada = sharer(&program, 1);
    let mut browser = entered(&program, &ada);
    let (_, old) = way_in(&program, &ada);
    let (_, young) = way_in(&program, &ada);
    let hash = |secret: &str| referral::api_key::sha256_hex(secret.as_bytes());
    house.crash();
    change(
        &program,
        &format!(
            "UPDATE portal_link SET created_at = created_at - 300000 WHERE hash = '{}';
         UPDATE portal_link SET created_at = created_at - 200000 WHERE hash = '{}';",
            hash(&old),
            hash(&young)
        ),
    );
    house.restart();
    assert_eq!(enter(&mut Desk::new(&house), &program, &old).status, 410);
    assert_eq!(enter(&mut Desk::new(&house), &program, &young).status, 303);
    assert!(!is_out(&mut browser, &program), "a session stays over a restart");
    house.crash();
    change(&program, "UPDATE portal_session SET seen_at = seen_at - 3600000");
    house.restart();
    assert!(is_out(&mut browser, &program));
}

#[test]
fn a_session_of_the_test_twin_sees_nothing_of_the_live_ledger() {
    let house = House::shared();
    let program = Program::open(&house);
    let ada = sharer(&program, 1);
    let page = program.with(program.key("publishable_test"));
    assert_eq!(ask(page, &ada).problem(401), "proof_missing", "she joined the live ledger");
    page.post("/v1/widget/join", &json!({ "proof": ada.proof })).expect(201);
    let (_, key) = address(&house, &ask(page, &ada).expect(201));
    let mut browser = Desk::new(&house);
    assert_eq!(enter(&mut browser, &program, &key).status, 303);
    let home = browser.page(&format!("/p/{}", program.slug));
    assert!(home.contains("Test mode."));
    program.server().post("/v1/leads", &json!({"customer_id": "c", "code": ada.code})).expect(201);
    assert!(browser.page(&format!("/p/{}/conversions", program.slug)).contains("Nothing yet"));
    assert!(!entered(&program, &ada).page(&format!("/p/{}", program.slug)).contains("Test mode."));
}

/// A way in as a browser opens it that this page led to.
fn led(browser: &mut Desk<'_>, path: &str, referer: &str) -> String {
    browser.send(Request::get(path).header("referer", referer)).text()
}

const SHOP: &str = "https://shop.example/account";

#[test]
fn only_the_shop_s_own_page_leads_somebody_in_without_a_press() {
    let house = House::shared();
    let program = Program::open(&house);
    let (path, key) = way_in(&program, &sharer(&program, 1));
    let mut visitor = Desk::new(&house);
    for stranger in ["", "https://evil.example/", "https://shop.example.evil.example/", &house.origin()] {
        let page = led(&mut visitor, &path, stranger);
        assert!(
            page.contains(&key) && !page.contains("data-send"),
            "{stranger}: a link of a stranger's waits for a person"
        );
    }
    assert!(led(&mut visitor, &path, SHOP).contains("data-send"));
    assert!(visitor.cookies.is_empty(), "and nothing has happened yet");
}

#[test]
fn a_language_chosen_on_the_way_in_lets_nobody_in_though_the_edge_is_on_a_host_of_the_shop_s() {
    let house = House::shared();
    let program = Program::open_with(&house, &json!({"destination": "http://localhost:8788/"}));
    let (path, _) = way_in(&program, &sharer(&program, 1));
    let at = |path: &str| format!("{}{path}", house.origin());
    let mut victim = Desk::new(&house);
    let form = Desk::form(&format!("/p/{}/language", program.slug), &[("language", "de")]);
    let choice = form.header("sec-fetch-site", "same-origin").header("referer", &at(&path));
    assert_eq!(victim.send(choice).header("location"), Some(path.as_str()));
    // Browsers say the page that was left, also where they are led on.
    let own = ["", "/profile", "/goodbye"].map(|page| at(&format!("/p/{}{page}", program.slug)));
    for from in own.iter().chain([&at(&path), &at("/dashboard/sign-in"), &at("/")]) {
        let page = led(&mut victim, &path, from);
        assert!(page.contains("<html lang=\"de\">") && !page.contains("data-send"), "{from}: {page}");
    }
    for from in ["http://localhost:8788/account".to_owned(), at(&format!("/join/{}?lang=fr", program.slug))] {
        assert!(led(&mut victim, &path, &from).contains("data-send"), "{from}");
    }
    assert!(!victim.cookies.contains_key(&cookie(&program)), "and nobody is in");
}

#[test]
fn nobody_can_be_given_a_session_that_somebody_else_knows() {
    let house = House::shared();
    let program = Program::open(&house);
    let (ada, eve) = (sharer(&program, 1), sharer(&program, 2));
    let mut mallory = entered(&program, &eve);
    let mut victim = Desk::new(&house);
    victim.cookies = mallory.cookies.clone();
    let name = cookie(&program);
    let planted = victim.cookies[&name].clone();
    let (path, key) = way_in(&program, &ada);
    // Somebody is in here: only a person presses the button.
    assert!(!led(&mut victim, &path, SHOP).contains("data-send"));
    assert_eq!(enter(&mut victim, &program, &key).status, 303);
    assert_ne!(victim.cookies[&name], planted, "entering makes a new secret");
    assert!(is_out(&mut mallory, &program), "and the one that was known ends");
    let mut victim = Desk::new(&house);
    victim.cookies.insert(name, format!("prs_live_{}", "0".repeat(50)));
    assert!(is_out(&mut victim, &program), "what was made up is never taken on");
}

#[test]
fn a_browser_may_be_in_at_several_programs_and_leaves_each_by_itself() {
    let house = House::shared();
    let (ferns, mosses) = (Program::open(&house), Program::open(&house));
    let mut browser = entered(&ferns, &sharer(&ferns, 1));
    let (_, key) = way_in(&mosses, &sharer(&mosses, 1));
    assert_eq!(enter(&mut browser, &mosses, &key).status, 303);
    assert!(!is_out(&mut browser, &ferns) && !is_out(&mut browser, &mosses));
    assert_eq!(browser.post(&format!("/p/{}/close", ferns.slug), &[]).status, 303);
    assert!(is_out(&mut browser, &ferns) && !is_out(&mut browser, &mosses));
    // One program's secret under another's name opens neither.
    let secret = browser.cookies[&cookie(&mosses)].clone();
    browser.cookies.insert(cookie(&ferns), secret);
    assert!(is_out(&mut browser, &ferns) && !is_out(&mut browser, &mosses));
}

#[test]
fn over_https_the_cookie_belongs_to_this_host() {
    let house = House::start(|options| options.var("PUBLIC_ORIGIN", "https://go.shop.example"));
    let program = Program::open(&house);
    let answer = ask(program.page(), &sharer(&program, 1)).expect(201);
    let url = answer["url"].as_str().expect("an address");
    assert!(url.starts_with("https://go.shop.example/p/"), "{url}");
    let key = url.split_once("?key=").expect("a secret").1;
    let mut browser = Desk::new(&house);
    let answer = enter(&mut browser, &program, key);
    let line = answer.header("set-cookie").expect("a cookie").to_owned();
    let name = format!("__Host-goodword-portal-{}", program.uid());
    assert!(line.starts_with(&format!("{name}=prs_live_")) && line.contains("; Secure"), "{line}");
    assert!(!line.to_ascii_lowercase().contains("domain"), "{line}");
    let secret = browser.cookies[&name].clone();
    browser.cookies.clear();
    browser.cookies.insert(cookie(&program), secret);
    assert!(is_out(&mut browser, &program), "nobody listens to the plain name");
}

#[test]
fn a_session_that_a_proof_opened_ends_when_the_link_is_somebodys_who_signs_in() {
    let house = House::shared();
    let program = Program::open(&house);
    let ada = sharer(&program, 1);
    let mut before = entered(&program, &ada);
    let (_, key) = way_in(&program, &ada);
    let join = Request::post("/v1/widget/join", &json!({ "proof": ada.proof }))
        .header("goodword-identity", &token::identity(&program, "cus_1"));
    program.page().send(join).expect(200);
    assert!(is_out(&mut before, &program), "a shared computer reads nothing of theirs");
    assert_eq!(enter(&mut Desk::new(&house), &program, &key).status, 410);
    assert_eq!(ask(program.page(), &ada).problem(401), "identity_missing");
    let request = Request::post("/v1/widget/portal", &json!({}))
        .header("goodword-identity", &token::identity(&program, "cus_1"));
    let (_, key) = address(&house, &program.page().send(request).expect(201));
    assert_eq!(enter(&mut Desk::new(&house), &program, &key).status, 303);
}

#[test]
fn a_session_is_closed_by_its_button_and_by_another_of_theirs() {
    let house = House::shared();
    let program = Program::open(&house);
    let ada = sharer(&program, 1);
    let mut browser = entered(&program, &ada);
    let mut kept = browser.clone();
    let answer = browser.post(&format!("/p/{}/close", program.slug), &[]);
    assert_eq!(answer.status, 303);
    assert!(browser.cookies.is_empty() && is_out(&mut kept, &program), "worth nothing, not only taken away");

    let (mut one, mut other) = (entered(&program, &ada), entered(&program, &ada));
    let mut eve = entered(&program, &sharer(&program, 2));
    let profile = one.page(&format!("/p/{}/profile", program.slug));
    let ends: Vec<&str> =
        profile.split("/profile/sessions/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(ends.len(), 1, "one's own has no button");
    let path = format!("/p/{}/profile/sessions/{}", program.slug, ends[0]);
    assert_eq!(eve.post(&path, &[]).status, 404, "nobody ends another's");
    assert_eq!(one.post(&path, &[]).status, 303);
    assert!(is_out(&mut other, &program) && !is_out(&mut one, &program));
}

#[test]
fn who_tries_too_often_to_enter_must_wait() {
    let house = House::start(|options| options);
    let program = Program::open(&house);
    let from = |address: &str| {
        let request = Desk::form(&format!("/p/{}/enter", program.slug), &[("key", "pin_live_guess")]);
        house.call(&request.header("sec-fetch-site", "same-origin").header(CLIENT_IP, address)).status
    };
    // A minute may turn over in between: twice as many are enough to be refused once.
    let statuses: Vec<u16> = (0..130).map(|_| from("198.51.100.8")).collect();
    assert_eq!(statuses[0], 410);
    assert!(statuses.contains(&429), "{statuses:?}");
    assert_eq!(from("203.0.113.10"), 410, "somebody else is not held up");
}
