//! What a referrer reads on their pages: the same truth as the dashboard and the API, less what is another's.

use crate::desk::filing::{column, json};
use serde_json::json;
use tests::desk::Desk;
use tests::dispute::{self, sell, sharer};
use tests::house::House;
use tests::portal::entered;
use tests::program::Program;
use tests::visitor::Visitor;

#[test]
fn the_first_page_shows_the_link_what_came_of_it_and_what_was_earned() {
    let house = House::shared();
    let program = Program::open(&house);
    let ada = sharer(&program, 1);
    let at = format!("/p/{}", program.slug);
    let mut browser = entered(&program, &ada);
    let empty = browser.page(&at);
    assert!(empty.contains("Nothing yet") && empty.contains("No rewards yet"));
    for number in 0..3 {
        Visitor::new(&house, &format!("198.51.100.{number}")).follow(&program.link(&ada.code));
    }
    program.server().post("/v1/leads", &json!({"customer_id": "c", "code": ada.code})).expect(201);
    sell(&program, "o1", "c", 9000, &json!({}));
    sell(&program, "o2", "d", 5000, &json!({ "code": ada.code }));
    // Clicks are counted in batches.
    let counted = |browser: &mut Desk<'_>| browser.page(&at).contains("<strong>3</strong>");
    let in_time = (0..200).any(|_| {
        counted(&mut browser) || {
            std::thread::yield_now();
            false
        }
    });
    assert!(in_time, "three clicks: {}", browser.page(&at));
    for (measure, value) in [("friends", "2"), ("leads", "1"), ("sales", "2"), ("rewards", "15.00\u{a0}EUR")]
    {
        let page = browser.page(&format!("{at}?of={measure}&days=7"));
        assert!(page.contains(&format!("<strong>{value}</strong>")), "{measure}: {page}");
        assert!(page.contains("<figure class=\"chart\">") && page.contains("As a table"), "{measure}");
    }
    let page = browser.page(&at);
    assert!(page.contains("waits until orders can no longer be returned") && page.contains("15.00\u{a0}EUR"));
}

#[test]
fn they_are_shown_what_was_made_for_them_and_nothing_made_for_others() {
    let house = House::shared();
    let program = Program::open(&house);
    let server = program.server();
    let ada = sharer(&program, 1);
    let at = format!("/p/{}/assets", program.slug);
    let mut browser = entered(&program, &ada);
    assert!(browser.page(&at).contains("Your link is all you need."));
    let pays = json!({"id": "share", "on": "sale", "to": "referrer", "pay": {"share_bps": 500}});
    let group = server.post("/v1/groups", &json!({"name": "ambassadors", "terms": {"rewards": [pays]}}));
    let group = group.expect(201)["id"].clone();
    let made = |body| server.post("/v1/assets", &body).expect(201);
    made(json!({"kind": "text", "title": "For all <b>", "text": "Ferns like shade."}));
    made(json!({"kind": "text", "title": "For few", "text": "Only you know.", "group_id": group}));
    let retired = made(json!({"kind": "text", "title": "Of last year", "text": "Gone."}));
    server.delete(&format!("/v1/assets/{}", retired["id"].as_str().expect("an id"))).expect(200);
    let page = browser.page(&at);
    assert!(page.contains("For all &#60;b&#62;") && page.contains("Ferns like shade."), "{page}");
    let link = program.link(&ada.code);
    let shared = page.split("Ferns like shade.").nth(1).and_then(|rest| rest.split("</code>").next());
    let shared = shared.unwrap_or_default().trim().to_owned();
    assert!(
        shared.ends_with(&link) && shared.lines().count() == 2,
        "the disclosure, then the link: {shared}"
    );
    assert!(!page.contains("Only you know.") && !page.contains("Of last year"));
}

#[test]
fn a_link_to_any_page_of_the_shop_leads_there_and_nowhere_else() {
    let house = House::shared();
    let program = Program::open(&house);
    let ada = sharer(&program, 1);
    let mut browser = entered(&program, &ada);
    let at = format!("/p/{}", program.slug);
    let asked = "page=https%3A%2F%2Fshop.example%2Fpots%2Fred%3Fsize%3D2&channel=whatsapp";
    let page = browser.page(&format!("{at}?{asked}"));
    let link = format!("{}/pots/red?size=2&amp;gwc=whatsapp", program.link(&ada.code));
    let link = link.replace("&amp;", "&");
    assert!(page.replace("&#38;", "&").contains(&link), "{page}");
    assert!(page.contains("role=\"img\" aria-label=\"QR code of your link\""));
    let landed = Visitor::new(&house, "198.51.100.1").follow(&link);
    assert_eq!((landed.address.host_str(), landed.address.path()), (Some("shop.example"), "/pots/red"));
    assert_eq!(landed.parameter("via").as_deref(), Some(ada.code.as_str()));
    let picture = browser.get(&format!("{at}/link.svg?{asked}"));
    assert_eq!((picture.status, picture.header("content-type")), (200, Some("image/svg+xml")));
    assert!(picture.header("content-disposition").is_some_and(|text| text.starts_with("attachment")));
    assert!(picture.text().starts_with("<svg"));
    for (page, word) in [
        ("https://evil.example/", "not a page of shop.example"),
        ("//evil.example/x", "not a page of shop.example"),
        ("javascript:alert(1)", "That is no address."),
        ("/pots#red", "Leave out the #"),
        ("/pots//red", "cannot lead to that address"),
        ("/pots?via=eve", "set by your link itself"),
    ] {
        let encoded = page.bytes().fold(String::new(), |text, byte| text + &format!("%{byte:02X}"));
        let answer = browser.get(&format!("{at}?page={encoded}"));
        assert_eq!(answer.status, 422, "{page}");
        assert!(answer.text().contains(word), "{page}: {}", answer.text());
        assert_eq!(browser.get(&format!("{at}/link.svg?page={encoded}")).status, 404, "{page}");
    }
}

#[test]
fn conversions_are_told_with_their_reasons_and_without_what_is_anothers() {
    let house = House::shared();
    let program = Program::open(&house);
    let (ada, eve) = (sharer(&program, 1), sharer(&program, 2));
    let mine = sell(&program, "ORDER-77", "cus_secret", 12_350, &json!({ "code": ada.code }));
    let theirs = sell(&program, "ORDER-78", "cus_eve", 900, &json!({ "code": eve.code }));
    // The customer belongs to the other already.
    let missed = sell(&program, "ORDER-79", "cus_eve", 700, &json!({ "code": ada.code }));
    let mut browser = entered(&program, &ada);
    let at = format!("/p/{}/conversions", program.slug);
    let list = browser.page(&at);
    assert!(list.contains("They used your code.") && list.contains("12.35\u{a0}EUR"), "{list}");
    for word in ["ORDER-77", "cus_secret", "123.50", dispute::id(&theirs), &eve.id, &eve.code] {
        assert!(!list.contains(word), "the list shows {word}");
    }
    let one = browser.page(&format!("{at}/{}", dispute::id(&mine)));
    assert!(
        one.contains("Credited to you") && one.contains("They ordered") && one.contains("Send to the shop")
    );
    for word in ["ORDER-77", "cus_secret", "123.50"] {
        assert!(!one.contains(word), "the page shows {word}");
    }
    assert_eq!(browser.get(&format!("{at}/{}", dispute::id(&theirs))).status, 404);
    let missing = browser.page(&format!("{at}?show=uncredited"));
    assert!(
        missing.contains("They had come through somebody else before.")
            && !missing.contains("They used your code.")
    );
    let one = browser.page(&format!("{at}/{}", dispute::id(&missed)));
    assert!(one.contains("Not credited to you"));
    for word in ["ORDER-79", "cus_eve", "7.00", &eve.id, &eve.code] {
        assert!(!one.contains(word), "the page shows {word}");
    }
    assert!(browser.page(&format!("{at}?show=credited")).contains("They used your code."));
    assert!(browser.page(&format!("{at}?show=leads")).contains("Nothing here fits."));
}

#[test]
fn what_is_missing_is_looked_up_without_telling_what_is_not_theirs() {
    let house = House::shared();
    let program = Program::open(&house);
    let (ada, eve) = (sharer(&program, 1), sharer(&program, 2));
    sell(&program, "o1", "c", 9000, &json!({ "code": ada.code }));
    sell(&program, "o2", "d", 9000, &json!({ "code": eve.code }));
    let mut browser = entered(&program, &ada);
    let at = format!("/p/{}/why", program.slug);
    browser.page(&at);
    let mut ask = |kind: &str, value: &str| browser.post(&at, &[("kind", kind), ("value", value)]);
    let found = ask("order_id", "o1");
    assert_eq!(found.status, 200);
    assert!(found.text().contains("Credited to you"));
    let same =
        |text: String, value: &str| text.replace(value, "").split("name=\"once\"").next().map(str::to_owned);
    let (hers, nobodys) = (ask("order_id", "o2").text(), ask("order_id", "o3").text());
    assert_eq!(same(hers, "o2"), same(nobodys, "o3"), "another's order is as one that is not there");
    assert!(ask("customer_id", "c").text().contains("Credited to you"));
    assert!(ask("code", &ada.code).text().contains("Credited to you"));
    assert_eq!(ask("order_id", "").status, 422);
    assert_eq!(ask("order_id", &"x".repeat(201)).status, 422);
}

#[test]
fn rewards_and_the_statement_say_how_everything_stands() {
    let house = House::shared();
    let program = Program::open(&house);
    let ada = sharer(&program, 1);
    sell(&program, "o1", "c", 9000, &json!({ "code": ada.code }));
    sell(&program, "o2", "d", 5000, &json!({ "code": ada.code, "occurred_at": "2026-01-01T00:00:00Z" }));
    dispute::refund(&program, "r1", "o1", 9000);
    let mut browser = entered(&program, &ada);
    let at = format!("/p/{}", program.slug);
    let rewards = browser.page(&format!("{at}/rewards"));
    assert!(rewards.contains("The order was returned.") && rewards.contains("approved"), "{rewards}");
    assert!(!browser.page(&format!("{at}/rewards?state=approved")).contains("The order was returned."));
    assert!(browser.page(&format!("{at}/rewards?state=paid")).contains("Nothing here fits."));
    let statement = browser.page(&format!("{at}/statement"));
    assert!(
        statement.contains("Granted")
            && statement.contains("Taken back")
            && statement.contains("5.00\u{a0}EUR")
    );
    let file = browser.get(&format!("{at}/statement.csv"));
    assert_eq!(file.header("content-type"), Some("text/csv; charset=utf-8"));
    let told = program.server().get(&format!("/v1/referrers/{}/statement.csv", ada.id));
    assert_eq!(file.text(), told.text(), "the merchant reads the same one");
}

#[test]
fn their_lists_are_files_with_the_rows_of_the_page_and_nothing_of_anybody_elses() {
    let house = House::shared();
    let program = Program::open(&house);
    let (ada, eve) = (sharer(&program, 1), sharer(&program, 2));
    let mine = sell(&program, "ORDER-77", "cus_secret", 12_350, &json!({ "code": ada.code }));
    let theirs = sell(&program, "ORDER-78", "cus_eve", 900, &json!({ "code": eve.code }));
    let missed = sell(&program, "ORDER-79", "cus_eve", 700, &json!({ "code": ada.code }));
    let (mine, theirs, missed) = (dispute::id(&mine), dispute::id(&theirs), dispute::id(&missed));
    dispute::open(&program, &eve, theirs);
    let mut browser = entered(&program, &ada);
    let at = format!("/p/{}", program.slug);
    let asked = browser.post(&format!("{at}/disputes"), &[("about", "=ORDER-80"), ("message", "+1 is mine")]);
    assert_eq!(asked.status, 303, "{}", asked.text());
    for list in ["conversions", "rewards", "disputes"] {
        let page = browser.page(&format!("{at}/{list}"));
        for (format, media) in [("csv", "text/csv; charset=utf-8"), ("json", "application/json")] {
            assert!(page.contains(&format!("href=\"{at}/{list}.{format}")), "{list}: {page}");
            let file = browser.get(&format!("{at}/{list}.{format}"));
            assert_eq!((file.status, file.header("content-type")), (200, Some(media)), "{list}");
            assert_eq!(file.header("cache-control"), Some("no-store"));
            let named = format!("attachment; filename=\"{}-{list}.{format}\"", program.slug);
            assert_eq!(file.header("content-disposition"), Some(named.as_str()));
            let text = file.text();
            for word in
                ["ORDER-77", "ORDER-79", "cus_", "123.50", "12350", theirs, &eve.id, &eve.code, &ada.id]
            {
                assert!(!text.contains(word), "{list}.{format} shows {word}: {text}");
            }
        }
    }
    let mut ids = |query: &str| column(&browser.page(&format!("{at}/conversions.csv{query}")), "id");
    assert_eq!(ids(""), [missed, mine]);
    assert_eq!(ids("?show=credited&before=1"), [mine]);
    assert_eq!(ids("?show=uncredited"), [missed]);
    assert_eq!(ids("?show=leads"), [""; 0]);
    let told = json(&browser.page(&format!("{at}/conversions.json?show=credited")));
    assert_eq!((&told[0]["credited"], &told[0]["kind"]), (&json!(true), &json!("sale")));
    assert_eq!(told[0]["rewards"][0]["amount"], 1235);
    let rewards = browser.page(&format!("{at}/rewards.csv?state=pending"));
    assert_eq!(column(&rewards, "amount_decimal"), ["12.35"]);
    assert_eq!(column(&rewards, "conversion_id"), [mine]);
    assert!(json(&browser.page(&format!("{at}/rewards.json?state=paid"))).is_empty());
    let disputes = browser.page(&format!("{at}/disputes.csv"));
    assert_eq!(column(&disputes, "about"), ["'=ORDER-80"]);
    assert_eq!(column(&disputes, "message"), ["'+1 is mine"]);
}

#[test]
fn somebody_with_fifty_conversions_reads_a_page_at_a_time() {
    let house = House::shared();
    let program = Program::open(&house);
    let ada = sharer(&program, 1);
    for number in 0..53 {
        sell(&program, &format!("o{number}"), &format!("c{number}"), 1000, &json!({ "code": ada.code }));
    }
    let mut browser = entered(&program, &ada);
    for list in ["conversions", "rewards"] {
        let at = format!("/p/{}/{list}", program.slug);
        let page = browser.page(&at);
        assert_eq!(page.matches("<th scope=\"row\">").count(), 50, "{list}");
        let older = page
            .split("href=\"")
            .filter(|rest| rest.contains("before="))
            .find_map(|rest| rest.split('"').next());
        let older = older.expect("there is more").replace("&#38;", "&").replace("&amp;", "&");
        let second = browser.page(&format!("{at}{older}"));
        assert_eq!(second.matches("<th scope=\"row\">").count(), 3, "{list}");
        assert!(second.contains(">Newest<"), "{list}: a way back");
        assert_eq!(column(&browser.page(&format!("{at}.csv")), "id").len(), 53, "{list}");
    }
    let at = format!("/p/{}", program.slug);
    for list in ["conversions?show=sales", "rewards?state=pending"] {
        let last = browser.page(&format!("{at}/{list}&before=1"));
        assert!(last.contains(&format!("href=\"{at}/{list}\">Newest<")), "{list}: {last}");
    }
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let hers = format!("/dashboard/live/referrers/{}", ada.id);
    for (query, back) in [("", false), ("?before=5", true)] {
        let page = desk.page(&format!("{hers}{query}"));
        assert_eq!(page.contains(&format!("href=\"{hers}\">Newest<")), back, "{query}");
    }
}

#[test]
fn pages_with_numbers_renew_themselves_and_are_told_nothing_of_the_shop() {
    let house = House::shared();
    let program = Program::open(&house);
    let ada = sharer(&program, 1);
    let mut browser = entered(&program, &ada);
    let at = format!("/p/{}", program.slug);
    let before = browser.page(&at);
    assert!(before.contains(&format!("data-changes=\"{at}\" data-renews data-seen=\"0\"")), "{before}");
    program.referrer("eve");
    assert_eq!(browser.page(&at), before, "what another does changes nothing");
    for (part, renews) in
        [("conversions", true), ("rewards", true), ("disputes", true), ("terms", false), ("profile", false)]
    {
        assert_eq!(browser.page(&format!("{at}/{part}")).contains(" data-renews "), renews, "{part}");
    }
}
