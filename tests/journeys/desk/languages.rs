//! The language of the pages: what the browser likes, until somebody chooses.

use serde_json::json;
use tests::desk::Desk;
use tests::house::House;
use tests::http::{Answer, Request};
use tests::program::Program;

const COOKIE: &str = "goodword_language";

/// The language a page says it is in, in both places.
fn language(answer: &Answer) -> String {
    let text = answer.text();
    let inside = text.split_once("<html lang=\"").map(|(_, rest)| rest.split('"').next().unwrap_or_default());
    let header = answer.header("content-language").unwrap_or_default();
    assert_eq!(inside, Some(header), "{text}");
    header.to_owned()
}

/// Sends the choice from a page.
fn choose(desk: &mut Desk<'_>, language: &str, from: &str) -> Answer {
    let form = Desk::form("/dashboard/language", &[("language", language)]);
    desk.send(form.header("sec-fetch-site", "same-origin").header("referer", from))
}

#[test]
fn pages_are_in_the_language_the_browser_likes_best_of_those_there_are() {
    let house = House::shared();
    for (likes, tag, word) in [
        ("de-CH,de;q=0.9", "de", "Anmelden"),
        ("fr", "fr", "Se connecter"),
        ("es-MX", "es", "Iniciar sesión"),
        ("it,fr;q=0.8,en;q=0.7", "fr", "Clé secrète"),
        ("ja", "en", "Sign in"),
        ("", "en", "Sign in"),
    ] {
        let answer = house.call(&Request::get("/dashboard/sign-in").header("accept-language", likes));
        assert_eq!(language(&answer), tag, "{likes}");
        assert!(answer.text().contains(word), "{likes}");
        assert_eq!(answer.header("vary"), Some("accept-language, cookie"), "{likes}");
    }
}

#[test]
fn a_choice_is_kept_in_this_browser_and_leads_back_to_where_it_was_made() {
    let house = House::shared();
    let program = Program::open(&house);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let at = |path: &str| format!("{}{path}", house.origin());
    assert_eq!(language(&desk.get("/dashboard/live")), "en");
    let answer = choose(&mut desk, "de", &at("/dashboard/live/conversions?show=leads"));
    assert_eq!(
        (answer.status, answer.header("location")),
        (303, Some("/dashboard/live/conversions?show=leads"))
    );
    let cookie = answer.header("set-cookie").expect("a cookie").to_owned();
    for word in [COOKIE, "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=31536000"] {
        assert!(cookie.contains(word), "{cookie}");
    }
    let page = desk.get("/dashboard/live/conversions?show=leads");
    assert_eq!(language(&page), "de", "whatever the browser likes");
    assert!(page.text().contains("Anmeldungen"));
    let join = desk.get(&format!("/join/{}", program.slug));
    assert!(join.text().contains("<html lang=\"de\">"), "the public page, too");
    for (from, back) in [
        (at("/dashboard/live/terms/preview"), "/dashboard/live/terms"),
        (at("/dashboard/live/settings/keys/key_0000000000000000"), "/dashboard/live/settings"),
        (at("/dashboard/live/review?done=released"), "/dashboard/live/review"),
        (at("/dashboard/sign-in"), "/dashboard/sign-in"),
        (at("//evil.example/dashboard/"), "/dashboard"),
        (at("/v1/sales"), "/dashboard"),
        ("https://evil.example/dashboard/live".to_owned(), "/dashboard"),
        (format!("{}.evil.example/dashboard/live", house.origin()), "/dashboard"),
        (String::new(), "/dashboard"),
    ] {
        assert_eq!(choose(&mut desk, "fr", &from).header("location"), Some(back), "{from}");
    }
    assert_eq!(language(&desk.get("/dashboard/live")), "fr");
}

#[test]
fn only_a_form_of_ours_chooses_and_only_a_language_there_is() {
    let house = House::shared();
    let mut desk = Desk::new(&house);
    for strange in ["it", "", "de; Domain=evil.example", "DE", "x".repeat(5000).as_str()] {
        let answer = choose(&mut desk, strange, "");
        assert_eq!((answer.status, answer.header("set-cookie")), (422, None), "{strange}");
    }
    let looked = desk.get("/dashboard/language?language=de");
    assert_eq!((looked.status, looked.header("set-cookie")), (405, None));
    desk.cookies.insert(COOKIE.to_owned(), "<script>".to_owned());
    assert_eq!(language(&desk.get("/dashboard/sign-in")), "en", "a strange cookie is none");
}

#[test]
fn every_page_speaks_every_language_with_its_numbers_and_leaves_no_gap() {
    let house = House::shared();
    let terms = json!({"hold_days": 0, "rewards": [
        {"id": "share", "on": "sale", "to": "referrer", "pay": {"share_bps": 1250}},
    ]});
    let program = Program::open_with(&house, &json!({ "terms": terms }));
    let referrer = program.referrer("ada")["id"].as_str().unwrap_or_default().to_owned();
    let sale =
        json!({"order_id": "o", "customer_id": "c", "amount": 123_450, "currency": "EUR", "code": "ada"});
    let sale =
        program.server().post("/v1/sales", &sale).expect(201)["id"].as_str().unwrap_or_default().to_owned();
    let payout = program.server().post("/v1/payouts", &json!({})).expect(201)["id"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let mut desk = Desk::open(&house, program.key("secret_live"));
    for (tag, amount, share) in [
        ("en", "1,234.50\u{a0}EUR", "12.5% of what was paid"),
        ("de", "1.234,50\u{a0}EUR", "12,5 % des Kaufbetrags"),
        ("fr", "1\u{a0}234,50\u{a0}EUR", "12,5 % du montant payé"),
        ("es", "1.234,50\u{a0}EUR", "12,5 % de lo pagado"),
    ] {
        desk.cookies.insert(COOKIE.to_owned(), tag.to_owned());
        let one = |list: &str, id: &str| format!("{list}/{id}");
        let ids = [one("conversions", &sale), one("referrers", &referrer), one("payouts", &payout)];
        let parts = [
            "overview",
            "conversions",
            "referrers",
            "review",
            "disputes",
            "rewards",
            "payouts",
            "terms",
            "settings",
            "settings/audit",
        ];
        for part in parts.into_iter().map(str::to_owned).chain(ids.clone()) {
            let path = format!("/dashboard/live/{}", part.replace("overview", ""));
            let answer = desk.get(&path);
            let text = answer.text();
            assert_eq!((answer.status, language(&answer).as_str()), (200, tag), "{path}");
            assert!(!text.contains("{a}") && !text.contains("{b}"), "{path} {tag}: {text}");
        }
        assert!(desk.page(&format!("/dashboard/live/{}", ids[0])).contains(amount), "{tag}");
        assert!(desk.page("/dashboard/live/terms").contains(share), "{tag}");
    }
}

#[test]
fn why_a_rule_gave_nothing_and_a_lead_qualified_is_said_in_the_language_of_the_page() {
    let house = House::shared();
    let terms = json!({"minimum_order": 5_000, "qualification": {"events": ["demo"]}, "rewards": [
        {"id": "share", "on": "sale", "to": "referrer", "pay": {"share_bps": 1000}},
    ]});
    let program = Program::open_with(&house, &json!({ "terms": terms }));
    program.referrer("ada");
    let made = |path: &str, body| {
        program.server().post(path, &body).expect(201)["id"].as_str().unwrap_or_default().to_owned()
    };
    let sale =
        json!({"order_id": "o", "customer_id": "c", "amount": 1_000, "currency": "EUR", "code": "ada"});
    let sale = made("/v1/sales", sale);
    let lead = made("/v1/leads", json!({"customer_id": "d", "event": "demo", "code": "ada"}));
    let mut desk = Desk::open(&house, program.key("secret_live"));
    for (tag, nothing, qualified) in [
        ("en", "The purchase is below the smallest one that counts.", "By a rule of the terms."),
        ("de", "Der Kauf liegt unter dem kleinsten, der zählt.", "Nach einer Regel der Bedingungen."),
        ("fr", "L’achat est inférieur au plus petit qui compte.", "Par une règle des conditions."),
        ("es", "La compra es menor que la más pequeña que cuenta.", "Por una regla de las condiciones."),
    ] {
        desk.cookies.insert(COOKIE.to_owned(), tag.to_owned());
        for (id, said, english) in [(&sale, nothing, "The sale is"), (&lead, qualified, "The terms name")] {
            let page = desk.page(&format!("/dashboard/live/conversions/{id}"));
            assert!(page.contains(said) && !page.contains(english), "{tag}: {page}");
        }
    }
}
