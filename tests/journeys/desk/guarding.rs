//! Every page against those who may not see it, other sites' pages, frames and hostile texts.

use serde_json::json;
use tests::desk::Desk;
use tests::house::House;
use tests::http::Request;
use tests::program::Program;

/// What a program has that pages are about.
struct Things {
    sale: String,
    lead: String,
    referrer: String,
    payout: String,
}

fn things(program: &Program) -> Things {
    let server = program.server();
    let id = |body: &serde_json::Value| body["id"].as_str().unwrap_or_default().to_owned();
    let referrer = id(&program.referrer("ada"));
    let lead = id(&server.post("/v1/leads", &json!({"customer_id": "c", "code": "ada"})).expect(201));
    let sale = json!({"order_id": "o", "customer_id": "c", "amount": 9000, "currency": "EUR"});
    let sale = id(&server.post("/v1/sales", &sale).expect(201));
    let rewards = server.get("/v1/rewards").expect(200);
    let _ = rewards;
    Things { sale, lead, referrer, payout: "pay_0000000000000000".to_owned() }
}

/// Every page that is read.
fn pages(things: &Things) -> Vec<String> {
    let own = [
        format!("conversions/{}", things.sale),
        format!("conversions/{}", things.lead),
        format!("referrers/{}", things.referrer),
    ];
    let parts = [
        "",
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
    parts.into_iter().map(str::to_owned).chain(own).collect()
}

/// Every form, with what it is about.
fn forms(things: &Things) -> Vec<(String, Vec<(&'static str, &'static str)>)> {
    let form = |path: &str, fields: &[(&'static str, &'static str)]| (path.to_owned(), fields.to_vec());
    vec![
        form("review/flg_0000000000000000", &[("decision", "release")]),
        form("disputes/dsp_0000000000000000", &[("decision", "upheld"), ("note", "x")]),
        form("rewards/rwd_0000000000000000", &[("decision", "approve")]),
        form("payouts", &[]),
        form(&format!("payouts/{}", things.payout), &[("decision", "paid"), ("everybody", "1")]),
        form("terms", &[("version", "1"), ("window_days", "60"), ("hold_days", "0")]),
        form("terms/preview", &[("window_days", "60"), ("hold_days", "0")]),
        form("settings/keys", &[("kind", "secret"), ("at_once", "on")]),
        form("settings/keys/key_0000000000000000", &[]),
        form("settings/program", &[("name", "Taken over"), ("destination", "https://evil.example/")]),
        form("settings/sessions/ses_0000000000000000", &[]),
    ]
}

#[test]
fn no_page_shows_one_merchant_anything_of_another() {
    let house = House::shared();
    let (mine, theirs) = (Program::open(&house), Program::open(&house));
    let things = things(&theirs);
    let mut owner = Desk::open(&house, theirs.key("secret_live"));
    let mut other = Desk::open(&house, mine.key("secret_live"));
    let mut nobody = Desk::new(&house);
    let mut misspelt = owner.clone();
    for secret in misspelt.cookies.values_mut() {
        let last = if secret.ends_with('0') { '1' } else { '0' };
        secret.pop();
        secret.push(last);
    }
    let mut trying = Desk::open(&house, theirs.key("secret_test"));
    for page in pages(&things) {
        let path = format!("/dashboard/live/{page}");
        let path = path.trim_end_matches('/');
        assert_eq!(owner.get(path).status, 200, "{path}");
        for stranger in [&mut nobody, &mut misspelt] {
            let answer = stranger.get(path);
            assert_eq!(
                (answer.status, answer.header("location")),
                (303, Some("/dashboard/sign-in")),
                "{path}"
            );
            assert!(answer.body.is_empty(), "{path}");
        }
        assert_eq!(trying.get(path).status, 404, "{path}: a test session at the live ledger");
        let answer = other.get(path);
        let about_one = page.contains('_');
        assert_eq!(answer.status, if about_one { 404 } else { 200 }, "{path}");
        for id in [&things.sale, &things.lead, &things.referrer] {
            assert!(!answer.text().contains(id.as_str()), "{path} shows {id}");
        }
    }
}

#[test]
fn no_form_is_taken_from_somebody_who_may_not_send_it_and_nothing_is_changed_by_looking() {
    let house = House::shared();
    let (mine, theirs) = (Program::open(&house), Program::open(&house));
    let things = things(&theirs);
    let mut owner = Desk::open(&house, theirs.key("secret_live"));
    let mut other = Desk::open(&house, mine.key("secret_live"));
    let before = theirs.server().get("/v1/audit").expect(200);
    for (form, fields) in forms(&things) {
        let path = format!("/dashboard/live/{form}");
        assert_eq!(
            Desk::new(&house).post(&path, &fields).header("location"),
            Some("/dashboard/sign-in"),
            "{path}"
        );
        if form.contains('_') && !form.starts_with("settings/keys/") {
            assert_eq!(other.post(&path, &fields).status, 404, "{path}");
        }
        let got = owner.get(&path).status;
        assert!(matches!(got, 200 | 404 | 405), "{path}: {got}");
    }
    let after = theirs.server().get("/v1/audit").expect(200);
    assert_eq!(before["data"], after["data"], "nothing was written");
    assert_eq!(theirs.server().get("/v1/program").expect(200)["name"], "Fern & Field");
}

#[test]
fn no_other_sites_page_can_act_with_somebodys_cookie() {
    let house = House::shared();
    let program = Program::open(&house);
    let things = things(&program);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let before = program.server().get("/v1/audit").expect(200);
    let own = house.origin();
    let outside = ["/dashboard/sign-in", "/dashboard/sign-out", "/dashboard/programs"];
    let inside = forms(&things).into_iter().map(|(path, fields)| (format!("/dashboard/live/{path}"), fields));
    let every: Vec<_> = outside.iter().map(|path| ((*path).to_owned(), vec![])).chain(inside).collect();
    for (path, fields) in &every {
        for headers in [
            vec![("sec-fetch-site", "cross-site")],
            vec![("sec-fetch-site", "same-site")],
            vec![("sec-fetch-site", "none")],
            vec![("sec-fetch-site", "cross-site"), ("origin", own.as_str())],
            vec![("origin", "https://evil.example")],
            vec![("origin", "null")],
            vec![],
        ] {
            let request = headers
                .iter()
                .fold(Desk::form(path, fields), |request, (name, value)| request.header(name, value));
            assert_eq!(desk.clone().send(request).status, 403, "{path} {headers:?}");
        }
        // What pages can send without asking first, in other shapes. Signing out reads no form.
        let shapes = if path.ends_with("sign-out") {
            &[][..]
        } else {
            &["text/plain", "multipart/form-data; boundary=x", "application/json"]
        };
        for media in shapes {
            let request =
                Request::new("POST", path).header("content-type", media).header("origin", &own).body("{}");
            let status = desk.clone().send(request).status;
            assert!(matches!(status, 415 | 303 | 422), "{path} {media}: {status}");
            if path.starts_with("/dashboard/live") {
                assert_eq!(status, 415, "{path} {media}");
            }
        }
    }
    let after = program.server().get("/v1/audit").expect(200);
    assert_eq!(before["data"], after["data"], "nothing was written");
    assert_eq!(desk.get("/dashboard/live").status, 200, "and the session is as it was");
    // A browser that tells no Sec-Fetch-Site tells where a form comes from.
    let form = Desk::form(
        "/dashboard/live/settings/program",
        &[("name", "Fern"), ("destination", "https://shop.example/welcome")],
    );
    assert_eq!(desk.send(form.header("origin", &own)).status, 303);
}

#[test]
fn every_page_forbids_frames_foreign_code_and_being_kept() {
    let house = House::shared();
    let program = Program::open(&house);
    let things = things(&program);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let inside = pages(&things).into_iter().map(|page| format!("/dashboard/live/{page}"));
    let outside =
        ["/dashboard/sign-in", "/dashboard/nothing", "/dashboard/live/nothing", "/dashboard/programs"];
    for path in inside.chain(outside.map(str::to_owned)) {
        let path = if path.len() > 10 { path.trim_end_matches('/') } else { &path };
        let answer = desk.get(path);
        let policy = answer.header("content-security-policy").unwrap_or_default().to_owned();
        for part in [
            "default-src 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "trusted-types 'none'",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        for (name, value) in [
            ("x-frame-options", "DENY"),
            ("x-content-type-options", "nosniff"),
            ("cache-control", "no-store"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("x-robots-tag", "noindex"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{path} {name}");
        }
        assert_eq!(answer.header("access-control-allow-origin"), None, "{path}");
        let text = answer.text();
        for inline in ["style=", "<style", "onclick", "onload", "javascript:"] {
            assert!(!text.contains(inline), "{path}: {inline}");
        }
        assert_eq!(
            text.matches("<script").count(),
            text.matches("<script defer src=\"/dashboard.js?v=").count(),
            "{path}"
        );
        assert!(answer.status < 500, "{path}");
        let head = desk.send(Request::new("HEAD", path));
        assert_eq!((head.status, head.body.len()), (answer.status, 0), "{path}");
    }
}

#[test]
fn strange_addresses_are_answered_with_a_page_and_never_with_a_fault() {
    let house = House::shared();
    let program = Program::open(&house);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    for (path, status) in [
        ("/dashboard/live/conversions?before=x", 200),
        ("/dashboard/live/conversions?before=-1", 200),
        ("/dashboard/live/conversions?before=99999999999999999999", 200),
        ("/dashboard/live/conversions?show=%00", 200),
        ("/dashboard/live/conversions/sal_%27%22", 404),
        ("/dashboard/live/conversions/sal_0000000000000000", 404),
        ("/dashboard/live/conversions/..%2f..%2fv1%2fkeys", 404),
        ("/dashboard/live/referrers?q=%ff%fe", 200),
        ("/dashboard/live/referrers?q=%25_%27%22%3Cscript%3E", 200),
        ("/dashboard/live/referrers?after=rfr_0000000000000000", 404),
        ("/dashboard/live/referrers/rfr_0?x=1", 404),
        ("/dashboard/live/payouts/pay_0000000000000000/etc", 404),
        ("/dashboard/live/payouts/pay_0000000000000000/sepa.csv", 404),
        ("/dashboard/live/settings/audit?after=aud_x", 404),
        ("/dashboard/live?days=0&of=nothing", 200),
        ("/dashboard/live?days=99999999999999999999", 200),
        ("/dashboard/other", 404),
        ("/dashboard/live/", 200),
        ("/dashboard//live", 404),
        ("/dashboard/live/terms/preview", 405),
    ] {
        let answer = desk.get(path);
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
        assert!(!answer.text().contains("<script>"), "{path}");
    }
}
