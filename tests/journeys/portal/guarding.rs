//! Every one of a referrer's pages against those who may not see it, other sites' pages and frames; and the dashboard against
//! referrers.

use crate::desk::guarding as office;
use serde_json::json;
use tests::desk::{Desk, is_guarded};
use tests::dispute::{Sharer, sell, sharer};
use tests::house::House;
use tests::http::Request;
use tests::portal::{cookie, entered, way_in};
use tests::program::Program;

/// What is hers.
pub(crate) struct Things {
    pub(crate) ada: Sharer,
    sale: String,
    dispute: String,
}

pub(crate) fn things(program: &Program) -> Things {
    let ada = sharer(program, 1);
    let sale = sell(program, "o", "c", 9000, &json!({ "code": ada.code }));
    let sale = sale["id"].as_str().unwrap_or_default().to_owned();
    let opened = tests::dispute::open(program, &ada, &sale);
    Things { dispute: opened["id"].as_str().unwrap_or_default().to_owned(), ada, sale }
}

/// Pages and forms of those who are not in yet, or no more.
const OUTSIDE_PAGES: &[&str] = &["/enter", "/goodbye"];
const OUTSIDE_FORMS: &[&str] = &["/enter", "/language"];

/// Every page that is read.
pub(crate) fn pages(things: &Things) -> Vec<String> {
    let parts = [
        "",
        "/conversions",
        "/why",
        "/rewards",
        "/assets",
        "/statement",
        "/statement.csv",
        "/disputes",
        "/terms",
        "/profile",
        "/data.json",
        "/leave",
        "/link.svg",
        "/conversions.csv",
        "/conversions.json",
        "/rewards.csv",
        "/rewards.json",
        "/disputes.csv",
        "/disputes.json",
        "/statement.json",
        "/days.csv",
        "/days.json",
        "/assets.csv",
        "/assets.json",
        "/sessions.csv",
        "/sessions.json",
    ];
    let own = [format!("/conversions/{}", things.sale), format!("/disputes/{}", things.dispute)];
    parts.into_iter().map(str::to_owned).chain(own).collect()
}

/// Every form, with what is sent.
fn forms(things: &Things) -> Vec<(String, Vec<(&'static str, String)>)> {
    let form = |path: &str, fields: &[(&'static str, &str)]| {
        (path.to_owned(), fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect())
    };
    let dispute = &things.dispute;
    vec![
        form("/why", &[("kind", "order_id"), ("value", "o")]),
        form("/disputes", &[("about", "y"), ("message", "x")]),
        form(&format!("/disputes/{dispute}/messages"), &[("message", "x")]),
        form(&format!("/disputes/{dispute}/withdraw"), &[]),
        form("/terms", &[("version", "1")]),
        form("/profile", &[("name", "Taken over")]),
        form("/profile/target", &[("holder", "Eve"), ("iban", "DE89370400440532013000")]),
        form("/profile/sessions/prs_0000000000000000", &[]),
        form("/shared", &[]),
        form("/leave", &[("word", "leave")]),
        form("/close", &[]),
    ]
}

fn fields<'a>(fields: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    fields.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

#[test]
fn no_page_shows_one_referrer_anything_of_another() {
    let house = House::shared();
    let (program, elsewhere) = (Program::open(&house), Program::open(&house));
    let things = things(&program);
    let mut owner = entered(&program, &things.ada);
    let mut other = entered(&program, &sharer(&program, 2));
    let mut merchant = Desk::open(&house, program.key("secret_live"));
    let mut foreign = entered(&elsewhere, &sharer(&elsewhere, 1));
    // The same under the name of this program's cookie.
    let theirs = foreign.cookies[&cookie(&elsewhere)].clone();
    foreign.cookies.insert(cookie(&program), theirs);
    let mut nobody = Desk::new(&house);
    let mut broken = owner.clone();
    for secret in broken.cookies.values_mut() {
        let last = if secret.ends_with('0') { '1' } else { '0' };
        secret.pop();
        secret.push(last);
    }
    // The secrets of the dashboard and of a way in under the cookie's name.
    let mut liar = Desk::new(&house);
    let dashboard = merchant.cookies.values().next().cloned().unwrap_or_default();
    liar.cookies.insert(cookie(&program), dashboard);
    let mut early = Desk::new(&house);
    early.cookies.insert(cookie(&program), way_in(&program, &things.ada).1);
    let home = format!("/p/{}", program.slug);
    for page in pages(&things) {
        let path = format!("{home}{page}");
        assert_eq!(owner.get(&path).status, 200, "{path}");
        for stranger in [&mut nobody, &mut broken, &mut merchant, &mut foreign, &mut liar, &mut early] {
            let answer = stranger.get(&path);
            if page.is_empty() {
                assert!(answer.status == 200 && answer.text().contains("Your page is closed"), "{path}");
                for word in [&things.ada.code, &things.ada.id] {
                    assert!(!answer.text().contains(word.as_str()), "{path} shows {word}");
                }
            } else {
                assert_eq!((answer.status, answer.header("location")), (303, Some(home.as_str())), "{path}");
                assert!(answer.body.is_empty(), "{path}");
            }
        }
        let answer = other.get(&path);
        assert_eq!(answer.status, if page.contains('_') { 404 } else { 200 }, "{path}");
        for word in [&things.ada.code, &things.ada.id, &things.sale, &things.dispute] {
            assert!(!answer.text().contains(word.as_str()), "{path} shows {word}");
        }
    }
}

#[test]
fn no_form_is_taken_from_somebody_who_may_not_send_it_and_nothing_is_changed_by_looking() {
    let house = House::shared();
    let (program, elsewhere) = (Program::open(&house), Program::open(&house));
    let things = things(&program);
    let mut owner = entered(&program, &things.ada);
    let mut other = entered(&program, &sharer(&program, 2));
    let merchant = Desk::open(&house, program.key("secret_live"));
    let foreign = entered(&elsewhere, &sharer(&elsewhere, 1));
    let home = format!("/p/{}", program.slug);
    let before = program.server().get("/v1/audit?limit=100").expect(200);
    for (form, sent) in forms(&things) {
        let path = format!("{home}{form}");
        for stranger in [&Desk::new(&house), &merchant, &foreign] {
            let answer = stranger.clone().post(&path, &fields(&sent));
            assert_eq!((answer.status, answer.header("location")), (303, Some(home.as_str())), "{path}");
        }
        if form.contains('_') {
            assert_eq!(other.post(&path, &fields(&sent)).status, 404, "{path}");
        }
        let got = owner.get(&path).status;
        assert!(matches!(got, 200 | 404 | 405), "{path}: {got}");
    }
    let after = program.server().get("/v1/audit?limit=100").expect(200);
    assert_eq!(before["data"], after["data"], "nothing was written");
    assert_eq!(owner.get(&format!("{home}/profile")).status, 200, "and she is still in");
}

#[test]
fn no_other_sites_page_can_act_with_a_referrers_cookie() {
    let house = House::shared();
    let program = Program::open(&house);
    let things = things(&program);
    let mut browser = entered(&program, &things.ada);
    let (_, key) = way_in(&program, &things.ada);
    let before = program.server().get("/v1/audit?limit=100").expect(200);
    let own = house.origin();
    let home = format!("/p/{}", program.slug);
    let mut all = forms(&things);
    all.extend(OUTSIDE_FORMS.iter().map(|form| ((*form).to_owned(), vec![("key", key.clone())])));
    for (form, sent) in &all {
        let path = format!("{home}{form}");
        for headers in [
            vec![("sec-fetch-site", "cross-site")],
            vec![("sec-fetch-site", "same-site")],
            vec![("sec-fetch-site", "none")],
            vec![("sec-fetch-site", "cross-site"), ("origin", own.as_str())],
            vec![("origin", "https://shop.example")],
            vec![("origin", "null")],
            vec![],
        ] {
            let request = headers
                .iter()
                .fold(Desk::form(&path, &fields(sent)), |request, (name, value)| request.header(name, value));
            assert_eq!(browser.clone().send(request).status, 403, "{path} {headers:?}");
        }
        for media in ["text/plain", "multipart/form-data; boundary=x", "application/json"] {
            let request =
                Request::new("POST", &path).header("content-type", media).header("origin", &own).body("{}");
            assert_eq!(browser.clone().send(request).status, 415, "{path} {media}");
        }
    }
    let after = program.server().get("/v1/audit?limit=100").expect(200);
    assert_eq!(before["data"], after["data"], "nothing was written");
    assert_eq!(browser.get(&format!("{home}/profile")).status, 200, "and the session is as it was");
}

#[test]
fn every_page_forbids_frames_foreign_code_and_being_kept() {
    let house = House::shared();
    let program = Program::open(&house);
    let things = things(&program);
    let mut browser = entered(&program, &things.ada);
    let home = format!("/p/{}", program.slug);
    let (enter, _) = way_in(&program, &things.ada);
    let inside = pages(&things).into_iter().map(|page| format!("{home}{page}"));
    let outside = OUTSIDE_PAGES.iter().map(|page| format!("{home}{page}"));
    let others = [enter, format!("{home}/x"), "/p/nobody".to_owned()];
    for path in inside.chain(outside).chain(others) {
        let answer = browser.get(&path);
        is_guarded(&answer, &path);
        let text = answer.text();
        for inline in ["style=", "<style", "onclick", "onload", "javascript:", "dashboard/live"] {
            assert!(!text.contains(inline), "{path}: {inline}");
        }
        assert_eq!(
            text.matches("<script").count(),
            text.matches("<script defer src=\"/dashboard.js?v=").count(),
            "{path}"
        );
        assert!(answer.status < 500, "{path}");
        let head = browser.send(Request::new("HEAD", &path));
        assert_eq!((head.status, head.body.len()), (answer.status, 0), "{path}");
    }
}

#[test]
fn a_referrers_session_opens_no_page_or_form_of_the_dashboard_and_no_call_of_the_api() {
    let house = House::shared();
    let program = office::open(&house);
    let things = office::things(&program);
    let browser = entered(&program, &sharer(&program, 1));
    let secret = browser.cookies[&cookie(&program)].clone();
    let mut liar = browser.clone();
    for name in ["goodword_dashboard", "goodword_operator"] {
        liar.cookies.insert(name.to_owned(), secret.clone());
    }
    let before = program.server().get("/v1/audit?limit=100").expect(200);
    let pages = office::pages(&things).into_iter().map(|page| (page, None));
    let forms = office::forms(&things).into_iter().map(|(form, fields)| (form, Some(fields)));
    for (at, sent) in pages.chain(forms) {
        let path = format!("/dashboard/live/{at}");
        let path = path.trim_end_matches('/');
        for browser in [&browser, &liar] {
            let mut browser = browser.clone();
            let answer = match &sent {
                None => browser.get(path),
                Some(fields) => browser.post(path, fields),
            };
            let told = (answer.status, answer.header("location"));
            assert_eq!(told, (303, Some("/dashboard/sign-in")), "{path}");
            assert!(answer.body.is_empty(), "{path}");
        }
    }
    let after = program.server().get("/v1/audit?limit=100").expect(200);
    assert_eq!(before["data"], after["data"], "nothing was written");
    assert_eq!(house.call(&Request::get("/v1/widget/me").key(&secret)).problem(401), "key_unknown");
    let with_cookie = Request::get("/v1/widget/me").header("cookie", &browser.cookie());
    assert_eq!(house.call(&with_cookie).problem(401), "key_missing", "the API knows no cookies");
}

#[test]
fn strange_addresses_are_answered_with_a_page_and_never_with_a_fault() {
    let house = House::shared();
    let program = Program::open(&house);
    let things = things(&program);
    let mut browser = entered(&program, &things.ada);
    let home = format!("/p/{}", program.slug);
    for (path, status) in [
        ("/conversions?before=x", 200),
        ("/conversions?before=99999999999999999999", 200),
        ("/conversions?show=%00", 200),
        ("/conversions/sal_%27%22", 404),
        ("/conversions/rwd_0000000000000000", 404),
        ("/conversions/..%2f..%2fv1%2fkeys", 404),
        ("/disputes/dsp_0000000000000000", 404),
        ("/disputes?about=%22%3E%3Cscript%3E", 200),
        ("?days=0&of=nothing", 200),
        ("?page=%ff%fe%00", 422),
        ("?channel=nothing", 200),
        ("/enter", 410),
        ("/", 200),
        ("//", 404),
        ("/conversions.xml", 404),
        ("/flags.csv", 404),
        ("/referrers.json", 404),
        ("/close", 405),
        ("/profile/target", 405),
    ] {
        let answer = browser.get(&format!("{home}{path}"));
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
        assert!(!answer.text().contains("<script>"), "{path}");
    }
    let unknown = Desk::new(&house).get("/p/nobody-at-all").text();
    assert_eq!(
        Desk::new(&house).get("/join/nobody-at-all").text(),
        unknown,
        "the same page for whatever is not there"
    );
    assert_eq!(Desk::new(&house).get("/p/..%2f").status, 404);
}
