//! Every page against those who may not see it, other sites' pages, frames and hostile texts.

use serde_json::json;
use std::sync::Arc;
use tests::desk::{Desk, is_guarded};
use tests::house::House;
use tests::http::Request;
use tests::program::Program;

/// What a program has that pages are about.
pub(crate) struct Things {
    sale: String,
    lead: String,
    referrer: String,
    payout: String,
    group: String,
}

pub(crate) fn things(program: &Program) -> Things {
    let server = program.server();
    let id = |body: &serde_json::Value| body["id"].as_str().unwrap_or_default().to_owned();
    let referrer = id(&program.referrer("ada"));
    let lead = id(&server.post("/v1/leads", &json!({"customer_id": "c", "code": "ada"})).expect(201));
    let sale = json!({"order_id": "o", "customer_id": "c", "amount": 9000, "currency": "EUR"});
    let sale = id(&server.post("/v1/sales", &sale).expect(201));
    let payout = id(&server.post("/v1/payouts", &json!({})).expect(201));
    let pays = json!({"id": "share", "on": "sale", "to": "referrer", "pay": {"share_bps": 500}});
    let group = json!({"name": "friends", "terms": {"rewards": [pays]}});
    let group = id(&server.post("/v1/groups", &group).expect(201));
    Things { sale, lead, referrer, payout, group }
}

/// A program whose rewards wait for nothing, so that a payout can be made of them.
pub(crate) fn open(house: &Arc<House>) -> Program {
    let terms = json!({"hold_days": 0, "rewards": [
        {"id": "share", "on": "sale", "to": "referrer", "pay": {"share_bps": 1000}},
    ]});
    Program::open_with(house, &json!({ "terms": terms }))
}

/// Pages and forms that are of no program.
const OUTSIDE_PAGES: &[&str] =
    &["/dashboard/sign-in", "/dashboard/programs", "/dashboard/nothing", "/dashboard/live/nothing"];
const OUTSIDE_FORMS: &[&str] = &[
    "/dashboard/sign-in",
    "/dashboard/sign-out",
    "/dashboard/programs",
    "/dashboard/programs/sessions",
    "/dashboard/programs/sessions/ses_0000000000000000",
    "/dashboard/language",
];

/// Every page that is read.
pub(crate) fn pages(things: &Things) -> Vec<String> {
    let own = [
        format!("conversions/{}", things.sale),
        format!("conversions/{}", things.lead),
        format!("referrers/{}", things.referrer),
        format!("payouts/{}", things.payout),
        format!("payouts/{}/wise.csv", things.payout),
        format!("referrers/{}/statement.csv", things.referrer),
        format!("referrers/{}/statement.json", things.referrer),
        format!("referrers/{}/payouts.csv", things.referrer),
        format!("referrers/{}/payouts.json", things.referrer),
        ["links/qr.svg", "?code=ada&who=", &things.referrer].concat(),
        format!("settings/groups/{}", things.group),
    ];
    let parts = [
        "",
        "live",
        "conversions",
        "referrers",
        "review",
        "disputes",
        "rewards",
        "payouts",
        "terms",
        "look",
        "links",
        "readiness",
        "settings",
        "settings/audit",
        "referrers/import",
        "days.csv",
        "conversions.csv",
        "conversions.json",
        "referrers.csv",
        "flags.json",
        "disputes.csv",
        "rewards.json",
        "payouts.csv",
        "refunds.json",
        "claims.csv",
        "coupons.json",
        "groups.csv",
        "terms.json",
        "events.csv",
        "audit.json",
        "settings/fraud",
        "settings/groups",
        "settings/calendar",
        "settings/data",
        "settings/export.ndjson",
        "look/panel",
        "look/panel.css",
        "days.json",
        "funnel.csv",
        "funnel.json",
        "leaders.json",
        "channels.csv",
        "channels.json",
        "countries.csv",
        "countries.json",
        "keys.csv",
        "sessions.csv",
        "sessions.json",
        "assets.csv",
        "leaders.csv",
        "assets.json",
        "keys.json",
    ];
    parts.into_iter().map(str::to_owned).chain(own).collect()
}

/// Every form, with what it is about.
pub(crate) fn forms(things: &Things) -> Vec<(String, Vec<(&'static str, &'static str)>)> {
    let form = |path: &str, fields: &[(&'static str, &'static str)]| (path.to_owned(), fields.to_vec());
    vec![
        form("review/flg_0000000000000000", &[("decision", "release")]),
        form("review/flg_0000000000000000/notes", &[("note", "x")]),
        form("review/preview", &[("decision", "release"), ("id", "flg_0000000000000000")]),
        form("review/decisions", &[("decision", "release"), ("id", "flg_0000000000000000")]),
        form("disputes/dsp_0000000000000000", &[("decision", "upheld"), ("note", "x")]),
        form("referrers/import", &[("csv", "code\nada"), ("step", "take")]),
        form("disputes/dsp_0000000000000000", &[("decision", "message"), ("note", "x")]),
        form("rewards/rwd_0000000000000000", &[("decision", "approve")]),
        form("payouts", &[]),
        form(&format!("payouts/{}", things.payout), &[("decision", "paid"), ("everybody", "1")]),
        form("terms", &[("version", "1"), ("window_days", "60"), ("hold_days", "0")]),
        form("terms/preview", &[("window_days", "60"), ("hold_days", "0")]),
        form("links/referrers", &[("code", "taken-over")]),
        form("links/assets", &[("kind", "text"), ("title", "Taken over"), ("text", "x")]),
        form("links/assets/ast_0000000000000000", &[]),
        form("readiness/goals", &[("done", "on")]),
        form("trial", &[]),
        form("look/texts", &[("every", "Taken over")]),
        form("look/share", &[("title", "Taken over")]),
        form("look/theme", &[("accent", "#ff0000")]),
        form("settings/keys", &[("kind", "secret"), ("at_once", "on")]),
        form("settings/keys/key_0000000000000000", &[]),
        form("settings/program", &[("name", "Taken over"), ("destination", "https://evil.example/")]),
        form("settings/sessions/ses_0000000000000000", &[]),
        form("settings/fraud", &[("version", "1")]),
        form("settings/fraud/preview", &[("version", "1")]),
        form("settings/groups", &[("name", "Taken over")]),
        form("settings/groups/grp_0000000000000000", &[("version", "1")]),
        form("settings/groups/grp_0000000000000000/preview", &[("version", "1")]),
        form("settings/calendar", &[("every", "week"), ("day", "1")]),
        form("settings/data/subject", &[("by", "customer_id"), ("who", "c")]),
        form("settings/data/retention", &[("months", "24"), ("sure", "1")]),
        form("settings/data/erasure", &[("by", "customer_id"), ("who", "c"), ("again", "c")]),
        form(&format!("referrers/{}/person", things.referrer), &[("name", "Taken over")]),
        form(&format!("referrers/{}/group", things.referrer), &[("group_id", "")]),
        form(&format!("referrers/{}/suspension", things.referrer), &[("decision", "suspend")]),
    ]
}

#[test]
fn no_page_shows_one_merchant_anything_of_another() {
    let house = House::shared();
    let (mine, theirs) = (Program::open(&house), open(&house));
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
        for id in [&things.sale, &things.lead, &things.referrer, &things.payout] {
            assert!(!answer.text().contains(id.as_str()), "{path} shows {id}");
        }
    }
}

#[test]
fn no_form_is_taken_from_somebody_who_may_not_send_it_and_nothing_is_changed_by_looking() {
    let house = House::shared();
    let (mine, theirs) = (Program::open(&house), open(&house));
    let things = things(&theirs);
    let mut owner = Desk::open(&house, theirs.key("secret_live"));
    let mut other = Desk::open(&house, mine.key("secret_live"));
    let trying = Desk::open(&house, theirs.key("secret_test"));
    let before = theirs.server().get("/v1/audit").expect(200);
    for (form, fields) in forms(&things) {
        let path = format!("/dashboard/live/{form}");
        assert_eq!(
            Desk::new(&house).post(&path, &fields).header("location"),
            Some("/dashboard/sign-in"),
            "{path}"
        );
        let tried = trying.clone().post(&path, &fields);
        assert_eq!(tried.status, 404, "{path}: a test session at the live ledger");
        if form.contains('_') && !form.starts_with("settings/keys/") {
            assert_eq!(other.post(&path, &fields).status, 404, "{path}");
        }
        let got = owner.get(&path);
        assert!(matches!(got.status, 200 | 303 | 404), "{path}: {}", got.status);
        if let Some(page) = got.header("location") {
            assert!(matches!(owner.get(page).status, 200 | 404), "{path} leads to {page}");
        }
    }
    let after = theirs.server().get("/v1/audit").expect(200);
    assert_eq!(before["data"], after["data"], "nothing was written");
    assert_eq!(theirs.server().get("/v1/program").expect(200)["name"], "Fern & Field");
}

#[test]
fn no_other_sites_page_can_act_with_somebodys_cookie() {
    let house = House::shared();
    let program = open(&house);
    let things = things(&program);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let before = program.server().get("/v1/audit").expect(200);
    let own = house.origin();
    let inside = forms(&things).into_iter().map(|(path, fields)| (format!("/dashboard/live/{path}"), fields));
    let every: Vec<_> = OUTSIDE_FORMS.iter().map(|path| ((*path).to_owned(), vec![])).chain(inside).collect();
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
    let program = open(&house);
    let things = things(&program);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let inside = pages(&things).into_iter().map(|page| format!("/dashboard/live/{page}"));
    // The panel in its frame is looked at in `looking.rs`.
    let inside = inside.filter(|path| !path.contains("/look/panel"));
    for path in inside.chain(OUTSIDE_PAGES.iter().map(|path| (*path).to_owned())) {
        let path = if path.len() > 10 { path.trim_end_matches('/') } else { &path };
        let answer = desk.get(path);
        is_guarded(&answer, path);
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
        ("/dashboard/live/conversions?from=2026-99-99&to=%00&referrer=%27%22%3Cscript%3E&refunded=x", 200),
        ("/dashboard/live/conversions/sal_%27%22", 404),
        ("/dashboard/live/conversions/sal_0000000000000000", 404),
        ("/dashboard/live/conversions/..%2f..%2fv1%2fkeys", 404),
        ("/dashboard/live/referrers?q=%ff%fe", 200),
        ("/dashboard/live/referrers?q=%25_%27%22%3Cscript%3E", 200),
        ("/dashboard/live/referrers?group=grp_0&sort=x&state=%00&before=y", 200),
        ("/dashboard/live/referrers/rfr_0?x=1", 404),
        ("/dashboard/live/payouts/pay_0000000000000000/etc", 404),
        ("/dashboard/live/payouts/pay_0000000000000000/sepa.csv", 404),
        ("/dashboard/live/payouts/pay_0000000000000000/lines.csv", 404),
        ("/dashboard/live/lines.csv", 404),
        ("/dashboard/live/conversions.xlsx", 404),
        ("/dashboard/live/sqlite_master.csv", 404),
        ("/dashboard/live/settings/audit?from=2026-99-99&about=%27&actor=x", 200),
        ("/dashboard/live/review?rule=%27&weight=-1&due=x&before=y", 200),
        ("/dashboard/live/settings/groups/grp_0000000000000000", 404),
        ("/dashboard/live/terms?old=x&new=99999999999", 200),
        ("/dashboard/live?days=0&of=nothing", 200),
        ("/dashboard/live?days=99999999999999999999", 200),
        ("/dashboard/other", 404),
        ("/dashboard/live/", 200),
        ("/dashboard//live", 404),
    ] {
        let answer = desk.get(path);
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
        assert!(!answer.text().contains("<script>"), "{path}");
    }
}

#[test]
fn a_forms_own_address_leads_to_the_page_it_is_on_with_what_was_asked_for() {
    let house = House::shared();
    let program = Program::open(&house);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    for (path, page) in [
        ("/dashboard/live/terms/preview?old=1&new=2", "/dashboard/live/terms?old=1&new=2"),
        (
            "/dashboard/live/disputes/dsp_0000000000000000?show=decided",
            "/dashboard/live/disputes?show=decided",
        ),
        ("/dashboard/live/rewards/rwd_0000000000000000?state=held", "/dashboard/live/rewards?state=held"),
        ("/dashboard/live/settings/data/erasure", "/dashboard/live/settings/data"),
        ("/dashboard/test/trial", "/dashboard/test"),
    ] {
        let answer = desk.get(path);
        assert_eq!((answer.status, answer.header("location")), (303, Some(page)), "{path}");
    }
    assert_eq!(desk.get("/dashboard/live/nothing/at/all").status, 404);
    assert_eq!(desk.get("/dashboard/sign-out").status, 405, "nobody is signed out by a link");
}
