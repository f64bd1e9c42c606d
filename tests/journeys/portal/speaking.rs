//! The language of a referrer's pages: what the browser likes, until somebody chooses; for this visit and no longer.

use tests::desk::Desk;
use tests::dispute::sharer;
use tests::house::House;
use tests::http::{Answer, Request};
use tests::portal::{entered, way_in};
use tests::program::Program;

const COOKIE: &str = "goodword_language_portal";
/// What was chosen in the dashboard.
const DASHBOARD: &str = "goodword_language";

/// The language a page says it is in, in both places, and as the one that is chosen.
#[track_caller]
fn language(answer: &Answer) -> String {
    let text = answer.text();
    let tag = answer.header("content-language").unwrap_or_default().to_owned();
    assert!(text.contains(&format!("<html lang=\"{tag}\">")), "{tag}: {text}");
    assert!(text.contains(&format!("lang=\"{tag}\" aria-current=\"true\">")), "{tag}: {text}");
    let chooser = text.split("class=\"languages\"").nth(1).unwrap_or_default();
    assert_eq!(chooser.matches("aria-current").count(), 1, "{tag}: {text}");
    tag
}

/// Sends the choice from a page.
fn choose(browser: &mut Desk<'_>, program: &Program, language: &str, from: &str) -> Answer {
    let form = Desk::form(&format!("/p/{}/language", program.slug), &[("language", language)]);
    browser.send(form.header("sec-fetch-site", "same-origin").header("referer", from))
}

#[test]
fn a_referrer_chooses_a_language_for_this_visit_and_is_led_back() {
    let house = House::shared();
    let program = Program::open(&house);
    let ada = sharer(&program, 1);
    let mut browser = entered(&program, &ada);
    let home = format!("/p/{}", program.slug);
    let at = |path: &str| format!("{}{home}{path}", house.origin());
    assert_eq!(language(&browser.get(&home)), "en");
    let answer = choose(&mut browser, &program, "de", &at("/conversions?show=credited"));
    let back = format!("{home}/conversions?show=credited");
    assert_eq!((answer.status, answer.header("location")), (303, Some(back.as_str())));
    let cookie = answer.header("set-cookie").expect("a cookie").to_owned();
    assert!(cookie.starts_with(&format!("{COOKIE}=de; ")) && cookie.contains("HttpOnly"), "{cookie}");
    assert!(
        !cookie.contains("Max-Age") && !cookie.contains("Expires"),
        "until the browser is closed: {cookie}"
    );
    for page in
        ["", "/conversions", "/rewards", "/statement", "/assets", "/disputes", "/terms", "/profile", "/why"]
    {
        let answer = browser.get(&format!("{home}{page}"));
        assert_eq!(language(&answer), "de", "{page}");
        assert!(answer.text().contains(&format!("action=\"{home}/language\"")), "{page}");
        assert!(!answer.text().contains("/dashboard/language"), "{page}: that is the merchant's");
    }
    assert_eq!(language(&browser.get(&format!("{home}/nothing"))), "de");
    for (from, back) in [
        (at(""), ""),
        (at("?days=7&of=sales"), "?days=7&of=sales"),
        (at("?lang=de"), ""),
        (at("?lang=de&days=7"), "?days=7"),
        (at("/conversions?show=sales&%6Cang=de"), "/conversions?show=sales"),
        (at("/profile?done=saved"), "/profile"),
        (at("/profile/target"), "/profile"),
        (at("/disputes/dsp_0000000000000000/messages"), "/disputes/dsp_0000000000000000"),
        (format!("{}/dashboard/live", house.origin()), ""),
        (format!("{}{home}-else/profile", house.origin()), ""),
        (format!("https://evil.example{home}/profile"), ""),
        (String::new(), ""),
    ] {
        let answer = choose(&mut browser, &program, "fr", &from);
        assert_eq!(answer.header("location"), Some(format!("{home}{back}").as_str()), "{from}");
    }
    assert_eq!(language(&browser.get(&home)), "fr");
    assert_eq!(language(&browser.get(&format!("{home}?lang=de"))), "de", "but for what the address says");
    for strange in ["it", "", "de; Domain=evil.example", "DE"] {
        let answer = choose(&mut browser, &program, strange, &at(""));
        assert_eq!((answer.status, answer.header("set-cookie")), (422, None), "{strange}");
    }
    assert_eq!(browser.get(&format!("{home}/language?language=de")).status, 405);
    // Whoever is out chooses, too, and goes in with it.
    let mut other = Desk::new(&house);
    assert_eq!(language(&other.get(&home)), "en");
    assert_eq!(choose(&mut other, &program, "es", &at("")).status, 303);
    let (path, key) = way_in(&program, &ada);
    assert_eq!(language(&other.get(&path)), "es");
    assert_eq!(other.post(&format!("{home}/enter"), &[("key", key.as_str())]).status, 303);
    assert_eq!(language(&other.get(&home)), "es");
}

#[test]
fn the_public_page_says_its_language_in_its_address_and_the_way_in_takes_it_along() {
    let house = House::shared();
    let program = Program::open(&house);
    let ada = sharer(&program, 1);
    let path = format!("/join/{}", program.slug);
    let mut reader = Desk::new(&house);
    assert_eq!(language(&reader.get(&path)), "en");
    for (tag, name) in [("en", "English"), ("de", "Deutsch"), ("fr", "Français"), ("es", "Español")] {
        let answer = reader.get(&format!("{path}?lang={tag}"));
        assert_eq!((answer.status, answer.header("set-cookie")), (200, None), "nothing is kept");
        assert_eq!(language(&answer), tag);
        let text = answer.text();
        let here = format!(
            "<a href=\"?lang={tag}\" lang=\"{tag}\" hreflang=\"{tag}\" aria-current=\"true\">{name}</a>"
        );
        assert!(text.contains(&here), "{text}");
        for other in ["en", "de", "fr", "es"].into_iter().filter(|other| *other != tag) {
            assert!(
                text.contains(&format!("<a href=\"?lang={other}\" lang=\"{other}\" hreflang=\"{other}\">"))
            );
        }
        assert!(!text.contains("<form"), "{text}");
    }
    for strange in ["it", "", "DE", "%3Cscript%3E", "de%0d%0aset-cookie:x"] {
        assert_eq!(language(&reader.get(&format!("{path}?lang={strange}"))), "en", "{strange}");
    }
    assert_eq!(language(&reader.get("/join/nobody-at-all?lang=de")), "de");
    assert_eq!(language(&reader.get("/p/nobody-at-all?lang=de")), "de");
    let answer = reader.get(&format!("{path}?utm_source=x&lang=de&via=ada&gw_click=%22y"));
    assert_eq!(language(&answer), "de");
    let kept = "<a href=\"?utm_source=x&#38;via=ada&#38;gw_click=%22y&#38;lang=fr\"";
    assert!(answer.text().contains(kept), "what else it was asked for stays: {}", answer.text());
    reader.cookies.insert(DASHBOARD.to_owned(), "fr".to_owned());
    assert_eq!(language(&reader.get(&path)), "fr", "what was chosen in the dashboard holds here");
    assert_eq!(language(&reader.get(&format!("{path}?lang=de"))), "de", "but for what the address says");

    let (way, key) = way_in(&program, &ada);
    let led = |from: &str| Request::get(&way).header("referer", from);
    let mut browser = Desk::new(&house);
    for (from, tag) in [
        (format!("https://evil.example{path}?lang=de"), "en"),
        (format!("{}/dashboard?lang=de", house.origin()), "en"),
        (format!("{}{path}", house.origin()), "en"),
        (format!("{}{path}?lang=en", house.origin()), "en"),
        (format!("{}{path}?lang=de", house.origin()), "de"),
    ] {
        let answer = browser.send(led(&from));
        assert_eq!(language(&answer), tag, "{from}");
        let carried = answer.text().contains("<input type=\"hidden\" name=\"language\" value=\"de\">");
        assert_eq!(carried, tag == "de", "{from}");
        assert!(browser.cookies.is_empty(), "looking keeps nothing");
    }
    let home = format!("/p/{}", program.slug);
    let answer = browser.post(&format!("{home}/enter"), &[("key", key.as_str()), ("language", "de")]);
    assert_eq!(answer.status, 303);
    let kept = answer.all("set-cookie").find(|line| line.starts_with(COOKIE)).map(str::to_owned);
    assert!(kept.as_deref().is_some_and(|line| !line.contains("Max-Age")), "{kept:?}");
    assert_eq!(language(&browser.get(&home)), "de");
}

#[test]
fn the_way_in_takes_along_only_what_pages_would_not_be_in_anyway() {
    let house = House::shared();
    let program = Program::open(&house);
    let (way, _) = way_in(&program, &sharer(&program, 1));
    let said = format!("{}/join/{}?lang=de", house.origin(), program.slug);
    let mut browser = Desk::new(&house);
    for (cookie, kept, carries) in [
        (DASHBOARD, "fr", true),
        (DASHBOARD, "de", false),
        (COOKIE, "es", true),
        (COOKIE, "de", false),
        (COOKIE, "strange", false),
    ] {
        browser.cookies.insert(cookie.to_owned(), kept.to_owned());
        let answer = browser.send(Request::get(&way).header("referer", &said));
        assert_eq!(language(&answer), "de", "{cookie}={kept}");
        assert_eq!(answer.text().contains("name=\"language\" value=\"de\">"), carries, "{cookie}={kept}");
    }
    browser.cookies.clear();
    let likes_it = Request::get(&way).header("referer", &said).header("accept-language", "de-AT");
    let carried = "<input type=\"hidden\" name=\"language\"";
    assert!(!house.call(&likes_it).text().contains(carried), "the browser likes it anyway");
}

#[test]
fn a_choice_for_a_visit_leaves_the_one_that_was_made_in_the_dashboard() {
    let house = House::shared();
    let program = Program::open(&house);
    let mut browser = entered(&program, &sharer(&program, 1));
    let home = format!("/p/{}", program.slug);
    browser.cookies.insert(DASHBOARD.to_owned(), "es".to_owned());
    assert_eq!(language(&browser.get(&home)), "es", "until something else is chosen here");
    let from = format!("{}{home}", house.origin());
    assert_eq!(choose(&mut browser, &program, "de", &from).status, 303);
    assert_eq!((browser.cookies[DASHBOARD].as_str(), browser.cookies[COOKIE].as_str()), ("es", "de"));
    assert_eq!(language(&browser.get(&home)), "de");
    for page in ["/dashboard/sign-in".to_owned(), format!("/join/{}", program.slug)] {
        assert_eq!(language(&browser.get(&page)), "es", "{page}");
    }
}

#[test]
fn a_page_that_is_not_there_has_links_to_its_languages_and_no_form() {
    let house = House::shared();
    let program = Program::open(&house);
    let mut browser = Desk::new(&house);
    for (path, status) in [
        ("/p/nobody-at-all/rewards".to_owned(), 404),
        ("/p/nobody-at-all".to_owned(), 404),
        ("/p/nobody-at-all/language".to_owned(), 405),
        (format!("/p/{}/nothing", program.slug), 404),
        (format!("/p/{}/close", program.slug), 405),
    ] {
        for (query, tag) in [("?days=7", "en"), ("?lang=fr&days=7", "fr")] {
            let answer = browser.get(&format!("{path}{query}"));
            assert_eq!((answer.status, language(&answer)), (status, tag.to_owned()), "{path}");
            let text = answer.text();
            assert!(!text.contains("<form"), "{path}: {text}");
            assert!(text.contains("<a href=\"?days=7&#38;lang=de\""), "{path}: {text}");
        }
    }
}
