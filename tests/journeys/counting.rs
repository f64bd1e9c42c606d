//! Clicks: who is counted, how often, and what is kept of them.

use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};
use tests::chance::in_one_hour;
use tests::desk::Desk;
use tests::house::House;
use tests::program::Program;
use tests::visitor::Visitor;

/// The clicks of a program once there are so many, newest first.
#[track_caller]
fn clicks(program: &Program, count: usize) -> Vec<Value> {
    let started = Instant::now();
    loop {
        let body = program.server().get("/v1/clicks?limit=100").expect(200);
        let data = body["data"].as_array().cloned().unwrap_or_default();
        assert!(data.len() <= count, "more than {count}: {data:#?}");
        if data.len() == count {
            return data;
        }
        assert!(started.elapsed() < Duration::from_secs(10), "{} of {count} clicks were counted", data.len());
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_visitor_is_counted_once_per_link_and_hour_and_robots_never() {
    in_one_hour(20);
    let house = House::shared();
    let program = Program::open(&house);
    program.referrer("ada");
    program.referrer("eve");
    let (one, two) = (Visitor::new(&house, "203.0.113.1"), Visitor::new(&house, "203.0.113.2"));
    let (ada, eve) = (program.link("ada"), program.link("eve"));
    for _ in 0..3 {
        one.follow(&ada);
        one.with("user-agent", "curl/8.9.1").follow(&ada);
        one.with("sec-purpose", "prefetch").request("GET", &ada);
        one.with("sec-fetch-dest", "image").follow(&ada);
        one.request("HEAD", &ada);
    }
    one.with("user-agent", "WhatsApp/2.24.6.77 A").request("GET", &ada);
    clicks(&program, 1);
    // Another visitor, another link, another browser behind the same address: three more. The last shows that all
    // before it were looked at.
    two.follow(&ada);
    one.follow(&ada);
    one.follow(&eve);
    one.with("user-agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile/15E148 Safari/604.1").follow(&ada);
    let counted = clicks(&program, 4);
    let of = |code: &str| counted.iter().filter(|click| click["code"] == code).count();
    assert_eq!((of("ada"), of("eve")), (3, 1));
    let devices: Vec<&Value> = counted.iter().map(|click| &click["device"]).collect();
    assert!(devices.contains(&&json!("mobile")) && devices.contains(&&json!("desktop")));
    // The same numbers everywhere.
    let referrers = program.server().get("/v1/referrers").expect(200);
    let ada = referrers["data"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|referrer| referrer["code"] == "ada")
        .cloned();
    assert_eq!(ada.map(|ada| ada["clicks"].clone()), Some(json!(3)));
    let stats = program.server().get("/v1/stats").expect(200);
    assert_eq!(stats["totals"]["clicks"], 4, "{stats}");
}

#[test]
fn a_click_tells_its_channel_its_device_and_the_host_it_came_from() {
    let house = House::shared();
    let program = Program::open(&house);
    program.referrer("ada");
    let visitor = Visitor::new(&house, "203.0.113.3")
        .with("referer", "https://blog.example/post?secret=1")
        .with("cf-ipcountry", "DE");
    let landing = visitor.follow(&format!("{}?gwc=whatsapp", program.link("ada")));
    assert_eq!(landing.parameter("gwc"), None, "the channel ends here");
    let click = clicks(&program, 1).remove(0);
    assert_eq!(
        (&click["channel"], &click["referring_host"], &click["device"]),
        (&json!("whatsapp"), &json!("blog.example"), &json!("desktop"))
    );
    assert_eq!(click["country"], "DE");
    assert!(click["id"].as_str().is_some_and(|id| id.starts_with("clk_")));
    let stats = program.server().get("/v1/stats").expect(200);
    for (by, name) in [
        ("channel", "whatsapp"),
        ("referring_host", "blog.example"),
        ("country", "DE"),
        ("code", "ada"),
        ("device", "desktop"),
    ] {
        assert_eq!(stats["clicks_by"][by], json!([{"name": name, "clicks": 1}]), "{by}");
    }
    let by = |by: &str| program.server().get(&format!("/v1/stats?by={by}")).expect(200)["clicks_by"].clone();
    assert_eq!(by("none"), json!({}));
    assert_eq!(by("country"), json!({"country": [{"name": "DE", "clicks": 1}]}));
    assert_eq!(by("device,country").as_object().map(serde_json::Map::len), Some(2));
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let page = desk.get("/dashboard/live").text();
    assert!(page.contains("Germany"), "a country has its name");
}

#[test]
fn with_global_privacy_control_clicks_are_counted_and_visitors_are_not_told_apart() {
    let house = House::shared();
    let program = Program::open(&house);
    program.referrer("ada");
    let visitor = Visitor::new(&house, "203.0.113.4").with("sec-gpc", "1");
    visitor.follow(&program.link("ada"));
    visitor.follow(&program.link("ada"));
    clicks(&program, 2);
}

#[test]
fn clicks_of_a_test_referrer_stay_in_the_test_ledger() {
    let house = House::shared();
    let program = Program::open(&house);
    program.test_server().post("/v1/referrers", &json!({"code": "trial"})).expect(201);
    program.referrer("ada");
    Visitor::new(&house, "203.0.113.5").follow(&program.link("trial"));
    Visitor::new(&house, "203.0.113.5").follow(&program.link("ada"));
    assert_eq!(clicks(&program, 1)[0]["code"], "ada");
    let started = Instant::now();
    while program.test_server().get("/v1/clicks").expect(200)["data"][0]["code"] != "trial" {
        assert!(started.elapsed() < Duration::from_secs(10));
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn the_funnel_adds_up_by_day_week_and_month() {
    let house = House::shared();
    let program = Program::open(&house);
    program.referrer("ada");
    let server = program.server();
    let events = json!({"events": [{"type": "seen"}, {"type": "seen"}, {"type": "shared", "channel": "qr"}]});
    assert_eq!(program.page().post("/v1/widget/events", &events).expect(202), json!({"accepted": 3}));
    Visitor::new(&house, "203.0.113.6").follow(&program.link("ada"));
    clicks(&program, 1);
    server.post("/v1/leads", &json!({"customer_id": "a", "code": "ada"})).expect(201);
    server.post("/v1/leads", &json!({"customer_id": "b"})).expect(201);
    server
        .post("/v1/sales", &json!({"order_id": "1", "customer_id": "a", "amount": 5_000, "currency": "EUR"}))
        .expect(201);
    server
        .post("/v1/sales", &json!({"order_id": "2", "customer_id": "z", "amount": 700, "currency": "USD"}))
        .expect(201);
    for interval in ["day", "week", "month"] {
        let stats = server.get(&format!("/v1/stats?interval={interval}")).expect(200);
        let totals = &stats["totals"];
        let expected = json!({
            "seen": 2, "joined": 0, "shared": 1, "clicks": 1, "leads": 2, "leads_attributed": 1, "sales": 2, "sales_attributed": 1,
            "referrers": 1,
        });
        for (name, count) in expected.as_object().into_iter().flatten() {
            assert_eq!(&totals[name], count, "{name} in {stats}");
            let sum: i64 = stats["buckets"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|bucket| bucket[name].as_i64())
                .sum();
            assert_eq!(json!(sum), totals[name], "the buckets of {name} add up");
        }
        assert_eq!(
            totals["revenue"],
            json!({"EUR": {"amount": 5_000, "attributed_amount": 5_000}, "USD": {"amount": 700, "attributed_amount": 0}})
        );
        assert_eq!(totals["rewards"], json!({"EUR": {"count": 3, "amount": 1_100}}));
    }
    for bad in [
        "from=yesterday",
        "interval=year",
        "from=2026-02-01&to=2026-01-01",
        "from=1990-01-01",
        "x=1",
        "by=sex",
    ] {
        assert_eq!(server.get(&format!("/v1/stats?{bad}")).problem(422), "validation_failed", "{bad}");
    }
}

/// Whether any file below a folder holds these bytes.
fn holds(folder: &Path, bytes: &[u8]) -> bool {
    fs::read_dir(folder).into_iter().flatten().flatten().any(|entry| {
        let path = entry.path();
        if path.is_dir() {
            return holds(&path, bytes);
        }
        fs::read(&path).is_ok_and(|content| content.windows(bytes.len()).any(|window| window == bytes))
    })
}

#[test]
fn no_address_browser_or_key_lies_in_storage_or_in_the_log() {
    let house = House::start(|options| options);
    let program = Program::open(&house);
    let referrer = program
        .server()
        .post_once("/v1/referrers", "once-1", &json!({"email": "kept@mail.example"}))
        .expect(201);
    let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0 Unmistakable";
    let visitor = Visitor::new(&house, "203.0.113.77")
        .with("user-agent", agent)
        .with("referer", "https://blog.example/private-path");
    visitor.follow(&program.link(referrer["code"].as_str().expect("a code")));
    clicks(&program, 1);
    let rotated =
        program.server().post_once("/v1/keys", "once-2", &json!({"kind": "publishable"})).expect(201);
    let rotated = rotated["key"].as_str().expect("a key").to_owned();
    let secret = program.server().post_once("/v1/keys", "once-3", &json!({"kind": "secret"})).expect(201);
    let secret = secret["key"].as_str().expect("a key").to_owned();
    let proof = format!("gws_{}A", "B".repeat(42));
    program.page().post("/v1/widget/join", &json!({"proof": proof})).expect(201);
    let (storage, log) = (house.storage(), house.log());
    assert!(holds(&storage, b"kept@mail.example"), "the search finds what is there");
    let keys = ["publishable_live", "secret_live", "publishable_test", "secret_test"]
        .map(|name| program.key(name).to_owned());
    let mut secrets =
        vec!["203.0.113.77", "Unmistakable", "private-path", &rotated, &secret, &proof, &house.admin_key];
    secrets.extend(keys.iter().map(String::as_str));
    for text in secrets {
        assert!(!holds(&storage, text.as_bytes()), "{text} lies in storage");
        assert!(!log.contains(text), "{text} stands in the log");
    }
    assert!(!log.contains("kept@mail.example"), "an e-mail address stands in the log");
}
