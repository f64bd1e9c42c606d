//! A referrer's short lists as files: row by row what their page shows, and nothing of anybody else's.

use crate::desk::filing::{column, json};
use serde_json::{Value, json};
use tests::desk::Desk;
use tests::dispute::{sell, sharer};
use tests::house::House;
use tests::portal::entered;
use tests::program::Program;

const FORMULA: &str = "=HYPERLINK(\"https://evil.example/\",\"x\")";

#[test]
fn numbers_assets_sessions_and_the_statement_are_files_with_the_rows_of_their_pages() {
    let house = House::shared();
    let program = Program::open(&house);
    let (ada, eve) = (sharer(&program, 1), sharer(&program, 2));
    sell(&program, "ORDER-1", "cus_one", 9000, &json!({ "code": ada.code }));
    sell(
        &program,
        "ORDER-2",
        "cus_two",
        5000,
        &json!({ "code": ada.code, "occurred_at": "2026-01-01T00:00:00Z" }),
    );
    sell(&program, "ORDER-3", "cus_eve", 700, &json!({ "code": eve.code }));
    let text = json!({"kind": "text", "title": FORMULA, "text": "@everybody"});
    program.server().post("/v1/assets", &text).expect(201);
    let elsewhere = entered(&program, &ada);
    let hers = entered(&program, &eve);
    let mut browser = entered(&program, &ada);
    let at = format!("/p/{}", program.slug);
    for (page, list, label) in [
        ("?days=7", "days", "Over time"),
        ("/assets", "assets", "Made for you"),
        ("/profile", "sessions", "Where you are in"),
        ("/statement", "statement", "Statement"),
    ] {
        let shown = browser.page(&format!("{at}{page}"));
        let query = if list == "days" { "?days=7" } else { "" };
        for (format, media) in [("csv", "text/csv; charset=utf-8"), ("json", "application/json")] {
            let path = format!("{at}/{list}.{format}{query}");
            assert!(shown.contains(&format!("href=\"{path}\" download")), "{path}: {shown}");
            let file = browser.get(&path);
            assert_eq!((file.status, file.header("content-type")), (200, Some(media)), "{path}");
            let named = format!("attachment; filename=\"{}-{list}.{format}\"", program.slug);
            assert_eq!(file.header("content-disposition"), Some(named.as_str()));
            let text = file.text();
            let cookies = [&browser, &elsewhere, &hers].into_iter().flat_map(|one| one.cookies.values());
            let secrets: Vec<&str> = cookies.map(String::as_str).collect();
            let foreign = [eve.id.as_str(), &eve.code, "cus_", "ORDER-", "prs_live_"];
            for word in foreign.into_iter().chain(secrets) {
                assert!(!text.contains(word), "{path} shows {word}: {text}");
            }
        }
        assert!(shown.contains(&format!("aria-label=\"{label}, JSON\"")), "{list}: {shown}");
    }
    let sums = |browser: &mut Desk<'_>, days: usize| {
        let rows = json(&browser.page(&format!("{at}/days.json?days={days}")));
        assert_eq!(rows.len(), 2 * days);
        let now = rows.iter().filter(|row| row["period"] == "now");
        let sum = |name: &str| now.clone().filter_map(|row| row[name].as_i64()).sum::<i64>();
        (sum("sales"), sum("rewards"))
    };
    let statement = json(&browser.page(&format!("{at}/statement.json")));
    let granted: i64 = statement.iter().filter_map(|row| row["amount"].as_i64()).sum();
    assert!(granted > 0, "{statement:?}");
    for days in [7, 90] {
        assert_eq!(sums(&mut browser, days), (1, granted), "hers, and of these days");
    }
    let days = browser.page(&format!("{at}/days.csv?days=7"));
    assert_eq!(column(&days, "rewards_decimal").len(), 14, "{days}");

    let page = browser.page(&format!("{at}/assets"));
    let assets = browser.page(&format!("{at}/assets.csv"));
    assert_eq!(column(&assets, "title"), [format!("'{FORMULA}")]);
    let words = json(&browser.page(&format!("{at}/assets.json")))[0]["text"].clone();
    let words = words.as_str().unwrap_or_default().to_owned();
    assert!(page.contains(&format!("<code>{words}</code>")), "with the line and the link: {words} {page}");
    assert!(words.starts_with("@everybody\n") && words.ends_with(&program.link(&ada.code)), "{words}");
    assert_eq!(column(&assets, "text"), [format!("'{words}")]);

    let sessions = json(&browser.page(&format!("{at}/sessions.json")));
    let own: Vec<&Value> = sessions.iter().map(|row| &row["own"]).collect();
    assert_eq!((own.len(), own.iter().filter(|own| ***own == json!(true)).count()), (2, 1), "{sessions:?}");

    let csv = browser.page(&format!("{at}/statement.csv"));
    let subjects: Vec<&str> = statement.iter().filter_map(|row| row["subject"].as_str()).collect();
    assert_eq!(column(&csv, "Subject"), subjects);
    let amounts: Vec<&str> = statement.iter().filter_map(|row| row["amount_decimal"].as_str()).collect();
    assert_eq!(column(&csv, "Amount"), amounts);
    for path in ["days.xml", "keys.csv", "leaders.json", "funnel.csv"] {
        assert_eq!(browser.get(&format!("{at}/{path}")).status, 404, "{path}");
    }
}
