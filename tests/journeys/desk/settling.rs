//! Settings in full: fraud rules tried before they are saved, groups, the calendar, what is kept, people handed out and
//! taken out, the audit log with its filters; and who a session belongs to.

use super::filing::column;
use serde_json::{Value, json};
use tests::chance::in_one_hour;
use tests::desk::Desk;
use tests::dispute::sharer;
use tests::house::House;
use tests::portal::entered;
use tests::program::Program;

/// The fields of the form that a page shows, as it shows them.
pub(super) fn fields(page: &str, form: &str) -> Vec<(String, String)> {
    let start = page.find(&format!("id=\"{form}\"")).expect("the form");
    let end = page[start..].find("</form>").map_or(page.len(), |at| start + at);
    let mut fields = Vec::new();
    for tag in page[start..end].split('<').filter(|tag| tag.starts_with("input ")) {
        let value = |name: &str| {
            let rest = tag.split_once(&format!(" {name}=\""))?.1;
            Some(rest.split('"').next().unwrap_or_default().to_owned())
        };
        let Some(name) = value("name") else { continue };
        if tag.contains("type=\"checkbox\"") {
            if tag.contains(" checked") {
                fields.push((name, "on".to_owned()));
            }
        } else {
            fields.push((name, value("value").unwrap_or_default()));
        }
    }
    for area in page[start..end].split("<textarea ").skip(1) {
        let name =
            area.split_once("name=\"").and_then(|(_, rest)| rest.split('"').next()).unwrap_or_default();
        let text = area.split_once('>').and_then(|(_, rest)| rest.split('<').next()).unwrap_or_default();
        fields.push((name.to_owned(), text.to_owned()));
    }
    fields
}

pub(super) fn with<'a>(
    fields: &'a [(String, String)],
    changes: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let kept = fields.iter().filter(|(name, _)| changes.iter().all(|(known, _)| known != name));
    let kept = kept.map(|(name, value)| (name.as_str(), value.as_str()));
    kept.chain(changes.iter().copied()).collect()
}

#[test]
fn fraud_rules_are_tried_on_the_past_before_they_are_saved() {
    let house = House::shared();
    let program = Program::open(&house);
    let server = program.server();
    server.post("/v1/referrers", &json!({"code": "ada", "email": "ada@shop.example"})).expect(201);
    let lead = json!({"customer_id": "c", "code": "ada", "email": "ben@shop.example"});
    server.post("/v1/leads", &lead).expect(201);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let page = desk.page("/dashboard/live/settings/fraud");
    for text in ["usually 50", "A throw-away e-mail address", "Both sides’, from", "gclid"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let form = fields(&page, "fraud");
    let before = server.get("/v1/fraud").expect(200);
    let same = with(&form, &[]);
    assert_eq!(
        desk.post("/dashboard/live/settings/fraud", &same).status,
        303,
        "what the page shows is what holds"
    );
    assert_eq!(server.get("/v1/fraud").expect(200), before);

    let draft = with(
        &form,
        &[
            ("once", "o2"),
            ("weight.same_domain", "0"),
            ("weight.same_email", "90"),
            ("banned_hosts", "deal.example\nbad.example"),
        ],
    );
    let tried = desk.post("/dashboard/live/settings/fraud/preview", &draft);
    assert_eq!(tried.status, 200, "{}", tried.text());
    for text in
        ["over one conversion", "Referrer’s rewards held", "Saving changes how conversions are judged"]
    {
        assert!(tried.text().contains(text), "{text}: {}", tried.text());
    }
    assert_eq!(server.get("/v1/fraud").expect(200), before, "trying changes nothing");
    let wrong = with(&form, &[("once", "o3"), ("weight.velocity", "much")]);
    let refused = desk.post("/dashboard/live/settings/fraud", &wrong);
    assert_eq!(refused.status, 422);
    assert!(
        refused.text().contains("takes a whole number") && refused.text().contains("value=\"much\""),
        "{}",
        refused.text()
    );
    let wrong = with(&form, &[("once", "o4"), ("hold_both_from", "10")]);
    assert_eq!(desk.post("/dashboard/live/settings/fraud", &wrong).status, 422, "the ledger's own rules");

    let without: Vec<_> = draft.iter().copied().filter(|(name, _)| *name != "on.paid_ad").collect();
    assert_eq!(desk.post("/dashboard/live/settings/fraud", &without).status, 303);
    let saved = server.get("/v1/fraud").expect(200);
    assert_eq!(
        (&saved["weights"]["same_domain"], &saved["banned_hosts"], &saved["version"]),
        (&json!(0), &json!(["deal.example", "bad.example"]), &json!(2))
    );
    let off = |settings: &Value| settings["off"].as_array().cloned().unwrap_or_default();
    let (then, now) = (off(&before), off(&saved));
    assert!(now.len() == then.len() + 1 && now.contains(&json!("paid_ad")), "{saved}");
    let old = with(&form, &[("once", "o5")]);
    assert_eq!(
        desk.post("/dashboard/live/settings/fraud", &old).status,
        409,
        "an old form overwrites nothing"
    );
}

#[test]
fn a_group_is_made_gets_terms_of_its_own_and_a_referrer_who_is_suspended_and_reinstated() {
    let house = House::shared();
    let program = Program::open(&house);
    let server = program.server();
    let ada = program.referrer("ada")["id"].as_str().expect("an id").to_owned();
    program.referrer("eve");
    let mut desk = Desk::open(&house, program.key("secret_live"));
    assert!(desk.page("/dashboard/live/settings/groups").contains("No groups yet"));
    let made = desk.post("/dashboard/live/settings/groups", &[("name", "Partners <1>"), ("once", "g1")]);
    let path = made.header("location").and_then(|path| path.split('?').next()).expect("the group").to_owned();
    let group = path.rsplit('/').next().unwrap_or_default().to_owned();
    let page = desk.page(&path);
    assert!(page.contains("Partners &#60;1&#62;"), "{page}");
    let form = fields(&page, "draft");
    let draft = with(
        &form,
        &[
            ("attribution", "last_click"),
            ("approval", "automatic"),
            ("hold_days", "3"),
            ("new.to", "referrer"),
            ("new.on", "lead"),
            ("new.unit", "flat"),
            ("new.value", "2"),
        ],
    );
    let preview = desk.post(&format!("{path}/preview"), &draft);
    assert!(preview.status == 200 && preview.text().contains("2.00\u{a0}EUR"), "{}", preview.text());
    assert_eq!(desk.post(&path, &draft).status, 303);
    assert_eq!(desk.post(&path, &draft).status, 409, "an old form overwrites nothing");
    let groups = server.get("/v1/groups").expect(200);
    assert_eq!(groups["data"][0]["terms"]["hold_days"], 3);

    let referrer = format!("/dashboard/live/referrers/{ada}");
    assert_eq!(desk.post(&format!("{referrer}/group"), &[("group_id", &group)]).status, 303);
    assert_eq!(server.get(&format!("/v1/referrers/{ada}")).expect(200)["group_id"], json!(group));
    assert_eq!(desk.post(&format!("{referrer}/group"), &[("group_id", "grp_none")]).status, 422);
    let members = desk.page(&format!("/dashboard/live/referrers?group={group}"));
    assert!(members.contains("ext-ada") && !members.contains("ext-eve"), "{members}");

    let note = [("decision", "suspend"), ("note", "Asked friends for codes")];
    assert_eq!(desk.post(&format!("{referrer}/suspension"), &note).status, 303);
    let page = desk.page(&referrer);
    assert!(page.contains("Asked friends for codes") && page.contains("by hand"), "{page}");
    let found = desk.page("/dashboard/live/referrers?state=suspended");
    assert!(found.contains("ext-ada") && !found.contains("ext-eve"), "{found}");
    assert_eq!(desk.post(&format!("{referrer}/suspension"), &[("decision", "reinstate")]).status, 303);
    assert!(desk.page("/dashboard/live/referrers?state=suspended").contains("Nothing here fits."));
    assert_eq!(desk.post(&format!("{referrer}/group"), &[("group_id", "")]).status, 303);
    assert_eq!(server.get(&format!("/v1/referrers/{ada}")).expect(200)["group_id"], Value::Null);
}

#[test]
fn referrers_are_found_by_what_they_brought_and_one_is_shown_with_everything() {
    let house = House::shared();
    let rewards = json!([{"id": "share", "on": "sale", "to": "referrer", "pay": {"share_bps": 1000}}]);
    let program = Program::open_with(&house, &json!({ "terms": { "hold_days": 0, "rewards": rewards } }));
    let server = program.server();
    let ids: Vec<String> = ["ada", "eve", "zoe"]
        .map(|code| program.referrer(code)["id"].as_str().unwrap_or_default().to_owned())
        .into();
    for (code, amount) in [("ada", 5_000), ("eve", 90_000)] {
        let sale =
            json!({"order_id": code, "customer_id": code, "amount": amount, "currency": "EUR", "code": code});
        server.post("/v1/sales", &sale).expect(201);
    }
    let target = json!({"name": "Eve Doe", "iban": "DE89370400440532013000"});
    server.post(&format!("/v1/referrers/{}/payout_target", ids[1]), &target).expect(201);
    server.post("/v1/payouts", &json!({})).expect(201);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let order = |desk: &mut Desk<'_>, query: &str| {
        let page = desk.page(&format!("/dashboard/live/referrers?{query}"));
        let mut places: Vec<(usize, &str)> = ["ext-ada", "ext-eve", "ext-zoe"]
            .into_iter()
            .filter_map(|name| Some((page.find(name)?, name)))
            .collect();
        places.sort_unstable();
        places.into_iter().map(|(_, name)| name.trim_start_matches("ext-")).collect::<Vec<_>>().join(" ")
    };
    for (query, wanted) in [
        ("", "zoe eve ada"),
        ("sort=sold", "eve ada zoe"),
        ("sort=sold&state=nothing", "zoe"),
        ("sort=granted&q=ADA", "ada"),
        ("state=nothing", "zoe"),
        ("q=ext-eve", "eve"),
        ("q=%25", ""),
        ("state=x&sort=y&group=z&before=q", "zoe eve ada"),
    ] {
        assert_eq!(order(&mut desk, query), wanted, "{query}");
    }
    let page = desk.page(&format!("/dashboard/live/referrers/{}", ids[1]));
    for text in ["Eve Doe", "DE89 … 3000", "90.00\u{a0}EUR", "to be sent", "Statement (CSV)"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(!page.contains("370400440532"), "{page}");
    let path = format!("referrers/{}/statement.csv", ids[1]);
    let file = desk.get(&format!("/dashboard/live/{path}"));
    assert_eq!(file.header("content-type"), Some("text/csv; charset=utf-8"));
    assert_eq!(file.text(), server.get(&format!("/v1/{path}")).text());
}

#[test]
fn the_calendar_and_what_browsers_keep_are_set_and_hosts_are_checked() {
    let house = House::shared();
    let program = Program::open(&house);
    let server = program.server();
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let calendar = "/dashboard/live/settings/calendar";
    assert!(desk.page(calendar).contains("There is no calendar yet."));
    assert_eq!(desk.post(calendar, &[("every", "week"), ("day", "9")]).status, 422);
    assert_eq!(desk.post(calendar, &[("every", "month"), ("day", "5"), ("minimum", "ten")]).status, 422);
    assert_eq!(desk.post(calendar, &[("every", "month"), ("day", "5"), ("minimum", "10")]).status, 303);
    let stored = server.get("/v1/payouts/schedule").expect(200);
    assert_eq!((&stored["every"], &stored["minimum_amount"]), (&json!("month"), &json!(1000)));
    assert!(desk.page(calendar).contains("The next one is due on"));
    assert_eq!(desk.post(calendar, &[("every", "")]).status, 303);
    assert_eq!(server.get("/v1/payouts/schedule").expect(200)["every"], Value::Null);

    let program_form = |hosts: &'static str| {
        [
            ("name", "Fern"),
            ("destination", "https://shop.example/"),
            ("consent", "required"),
            ("hosts", hosts),
        ]
    };
    let settings = "/dashboard/live/settings/program";
    assert_eq!(desk.post(settings, &program_form("not a host!")).status, 422);
    assert_eq!(desk.post(settings, &program_form("")).status, 303);
    assert_eq!(server.get("/v1/program").expect(200)["consent"], "required");
}

#[test]
fn a_person_is_handed_out_and_taken_out_and_the_ledger_leaves_as_it_is() {
    let house = House::shared();
    let program = Program::open(&house);
    let server = program.server();
    let ada =
        json!({"code": "ada", "external_id": "shop-7", "email": "ada@mail.example", "name": "Ada Byron"});
    let id = server.post("/v1/referrers", &ada).expect(201)["id"].as_str().expect("an id").to_owned();
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let page = desk.page(&format!("/dashboard/live/settings/data?referrer={id}"));
    for text in ["48 hours", "400 days", "1 hour after the last use, 24 hours at most", &id] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let subject = "/dashboard/live/settings/data/subject";
    let file = desk.post(subject, &[("by", "external_id"), ("who", "shop-7")]);
    assert_eq!(file.header("content-disposition"), Some("attachment; filename=\"subject.json\""));
    assert!(file.text().contains("Ada Byron"), "{}", file.text());
    assert_eq!(desk.post(subject, &[("by", "customer_id"), ("who", "nobody")]).status, 422);
    assert_eq!(desk.post(subject, &[("by", "email"), ("who", "ada@mail.example")]).status, 422);

    let export = |desk: &mut Desk<'_>, query: &str| {
        let file = desk.get(&format!("/dashboard/live/settings/export.ndjson{query}"));
        assert_eq!(file.header("content-type"), Some("application/x-ndjson"));
        assert_eq!(file.header("content-disposition"), Some("attachment; filename=\"goodword-live.ndjson\""));
        file.text()
    };
    let whole = export(&mut desk, "");
    assert!(whole.contains("Ada Byron") && whole.lines().all(|line| line.starts_with('{')), "{whole}");
    assert!(!export(&mut desk, "?personal=false").contains("Ada Byron"));

    let erasure = "/dashboard/live/settings/data/erasure";
    let once = |who: &'static str, again: &'static str| [("by", "email"), ("who", who), ("again", again)];
    assert_eq!(desk.post(erasure, &once("ada@mail.example", "")).status, 422);
    assert_eq!(desk.post(erasure, &once("ada@mail.example", "eve@mail.example")).status, 422);
    assert_eq!(server.get(&format!("/v1/referrers/{id}")).expect(200)["name"], "Ada Byron");
    let done = desk.post(erasure, &once("ada@mail.example", "ada@mail.example"));
    assert!(done.status == 200 && done.text().contains("Names and addresses"), "{}", done.text());
    assert_eq!(server.get(&format!("/v1/referrers/{id}")).expect(200)["name"], Value::Null);
    let again = desk.post(erasure, &once("ada@mail.example", "ada@mail.example"));
    assert!(again.text().contains("There was nothing left to take out."), "{}", again.text());
}

#[test]
fn the_audit_log_is_found_by_who_what_and_when_and_tells_the_operators_hand_from_the_merchants() {
    in_one_hour(20);
    let house = House::shared();
    let program = Program::open(&house);
    program.referrer("ada");
    let mut operator = Desk::new(&house);
    operator.sign_in(&house.admin_key);
    operator.post("/dashboard/programs", &[("uid", program.uid())]);
    let settings = |name| [("name", name), ("destination", "https://shop.example/")];
    for mode in ["live", "test"] {
        let path = format!("/dashboard/{mode}/settings/program");
        assert_eq!(operator.post(&path, &settings("By the operator")).status, 303);
    }
    let mut desk = Desk::open(&house, program.key("secret_live"));
    assert_eq!(desk.post("/dashboard/live/settings/program", &settings("By the merchant")).status, 303);
    for server in [program.server(), program.test_server()] {
        let audit = server.get("/v1/audit").expect(200);
        let rows = audit["data"].as_array().into_iter().flatten();
        let changed = rows.filter(|row| row["action"] == "program.changed").collect::<Vec<_>>();
        let theirs = changed.last().expect("a row");
        assert_eq!(theirs["actor"], "operator");
        assert!(theirs["session_id"].as_str().is_some_and(|id| id.starts_with("ses_")), "{theirs}");
    }
    let count = |desk: &mut Desk<'_>, query: &str| {
        let page = desk.page(&format!("/dashboard/live/settings/audit?{query}"));
        (page.matches("Program changed").count(), page.matches("<tr>").count().saturating_sub(1))
    };
    assert_eq!(count(&mut desk, "about=program&actor=operator").0, 1);
    assert_eq!(count(&mut desk, "about=program&actor=dashboard"), (1, 1));
    assert_eq!(count(&mut desk, "about=referrer").0, 0);
    // What a referrer does on their own page is found like what others do.
    let sharer = sharer(&program, 1);
    entered(&program, &sharer);
    assert_eq!(count(&mut desk, "actor=referrer"), (0, 1));
    assert!(count(&mut desk, "about=portal").1 >= 2, "a way in, and somebody in");
    assert!(desk.page("/dashboard/live/settings/audit?about=portal").contains("Referrer’s page opened"));
    assert_eq!(column(&desk.page("/dashboard/live/audit.csv?actor=referrer"), "action"), ["portal.entered"]);
    let at = program.server().get("/v1/audit").expect(200)["data"][0]["at"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let today = &at[..10];
    assert_eq!(count(&mut desk, &format!("from={today}&to={today}&about=program&actor=dashboard")), (1, 1));
    assert_eq!(count(&mut desk, "to=2020-01-01"), (0, 0));
    assert_eq!(count(&mut desk, "from=2999-01-01"), (0, 0));
    assert!(count(&mut desk, "from=yesterday&actor=x&about=y").1 > 3, "what is no filter is none");
}

#[test]
fn versions_of_the_terms_are_laid_side_by_side_with_who_made_them() {
    let house = House::shared();
    let rewards =
        |share: u32| json!([{"id": "share", "on": "sale", "to": "referrer", "pay": {"share_bps": share}}]);
    let program =
        Program::open_with(&house, &json!({ "terms": { "hold_days": 0, "rewards": rewards(1000) } }));
    let mut terms = program.server().get("/v1/program").expect(200)["terms"].clone();
    terms["rewards"] = json!([
        {"id": "share", "on": "sale", "to": "referrer", "pay": {"share_bps": 1500}},
        {"id": "gift", "on": "sale", "to": "friend", "pay": {"flat": 500}},
    ]);
    terms["hold_days"] = json!(7);
    terms["caps"] = json!([{"of": "referrer", "per": "month", "amount": 50_000}]);
    program.server().patch("/v1/program", &json!({ "terms": terms })).expect(200);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let page = desk.page("/dashboard/live/terms");
    assert!(page.contains("?old=1&#38;new=2#compared") && page.contains("Your server"), "{page}");
    let page = desk.page("/dashboard/live/terms?old=1&new=2");
    let table = page.split_once("id=\"compared\"").expect("the table").1;
    for text in [
        "From version 1 to version 2",
        "10%",
        "15%",
        "5.00\u{a0}EUR",
        "Days a reward waits",
        "<ins>7</ins>",
        "500.00\u{a0}EUR",
    ] {
        assert!(table.contains(text), "{text}: {table}");
    }
    assert_eq!(
        (table.matches("state added").count(), table.matches("state removed").count()),
        (2, 0),
        "{table}"
    );
    assert!(desk.page("/dashboard/live/terms?old=2&new=2").contains("Nothing differs."));
    assert!(!desk.page("/dashboard/live/terms?old=7&new=x").contains("id=\"compared\""));
}
