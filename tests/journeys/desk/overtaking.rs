//! Two people at one desk each: what one saved is not undone by what the other had open, and nothing typed is lost.

use super::settling::{fields, with};
use serde_json::{Value, json};
use std::sync::Arc;
use tests::desk::Desk;
use tests::house::House;
use tests::http::Request;
use tests::program::Program;
use tests::visitor::Visitor;

/// What is typed into a form, or stands there.
type Typed<'a> = Vec<(&'a str, &'a str)>;

fn program(house: &Arc<House>) -> Program {
    // A name that stands in a page as it is.
    Program::open_with(house, &json!({"name": "Fern"}))
}

fn two<'a>(house: &'a House, program: &Program) -> (Desk<'a>, Desk<'a>) {
    let key = program.key("secret_live");
    (Desk::open(house, key), Desk::open(house, key))
}

const CONSENT: (&str, &str) = ("consent", "implied");

#[test]
fn two_who_change_different_settings_both_keep_theirs() {
    let house = House::shared();
    let program = program(&house);
    let (mut ada, mut ben) = two(&house, &program);
    let path = "/dashboard/live/settings/program";
    let hers = fields(&ada.page("/dashboard/live/settings"), "program");
    let his = fields(&ben.page("/dashboard/live/settings"), "program");
    let moved = [CONSENT, ("destination", "https://new.example/ada"), ("hosts", "go.fern-ada.example")];
    assert_eq!(ada.post(path, &with(&hers, &moved)).status, 303);
    assert_eq!(ben.post(path, &with(&his, &[CONSENT, ("name", "Moss")])).status, 303);
    let saved = program.server().get("/v1/program").expect(200);
    assert_eq!(
        (&saved["name"], &saved["destination"], &saved["hosts"]),
        (&json!("Moss"), &json!("https://new.example/ada"), &json!(["go.fern-ada.example"]))
    );
    // How a link looks where it is shared stands in the same facts.
    let path = "/dashboard/live/look/share";
    let hers = fields(&ada.page("/dashboard/live/look"), "preview");
    let his = fields(&ben.page("/dashboard/live/look"), "preview");
    assert_eq!(ada.post(path, &with(&hers, &[("title", "Ferns")])).status, 303);
    assert_eq!(ben.post(path, &with(&his, &[("text", "They grow on you.")])).status, 303);
    let share = program.server().get("/v1/program").expect(200)["share"].take();
    assert_eq!((&share["title"], &share["text"]), (&json!("Ferns"), &json!("They grow on you.")));
}

#[test]
fn two_who_change_the_same_setting_are_told_and_keep_what_they_typed() {
    let house = House::shared();
    let program = program(&house);
    let (mut ada, mut ben) = two(&house, &program);
    let path = "/dashboard/live/settings/program";
    let hers = fields(&ada.page("/dashboard/live/settings"), "program");
    let his = fields(&ben.page("/dashboard/live/settings"), "program");
    let moved = [CONSENT, ("destination", "https://new.example/ada"), ("name", "Moss")];
    assert_eq!(ada.post(path, &with(&hers, &moved)).status, 303);
    let refused = ben.post(path, &with(&his, &[CONSENT, ("destination", "https://new.example/ben")]));
    assert_eq!(refused.status, 409);
    let page = refused.text();
    for part in
        ["was changed meanwhile and is now “https://new.example/ada”", "value=\"https://new.example/ben\""]
    {
        assert!(page.contains(part), "{part}: {page}");
    }
    let again = fields(&page, "program");
    let name = again.iter().find(|(name, _)| name == "name").map(|(_, value)| value.as_str());
    assert_eq!(name, Some("Moss"), "what he left alone is as she saved it");
    let destination = || program.server().get("/v1/program").expect(200)["destination"].take();
    assert_eq!(destination(), "https://new.example/ada");
    // Told so, he means it.
    assert_eq!(ben.post(path, &with(&again, &[CONSENT])).status, 303);
    assert_eq!(destination(), "https://new.example/ben");
    assert_eq!(program.server().get("/v1/program").expect(200)["name"], "Moss");

    let path = "/dashboard/live/look/share";
    let hers = fields(&ada.page("/dashboard/live/look"), "preview");
    let his = fields(&ben.page("/dashboard/live/look"), "preview");
    assert_eq!(ada.post(path, &with(&hers, &[("title", "Ferns")])).status, 303);
    let refused = ben.post(path, &with(&his, &[("title", "Mosses")]));
    assert_eq!(refused.status, 409);
    for part in ["is now “Ferns”", "value=\"Mosses\""] {
        assert!(refused.text().contains(part), "{part}: {}", refused.text());
    }
    assert_eq!(program.server().get("/v1/program").expect(200)["share"]["title"], "Ferns");
}

#[test]
fn words_and_colours_that_were_left_alone_are_not_put_back_by_trying_again() {
    let house = House::shared();
    let program = program(&house);
    let (mut ada, mut ben) = two(&house, &program);
    let path = "/dashboard/live/look/texts";
    let hers = fields(&ada.page("/dashboard/live/look"), "messages");
    let his = fields(&ben.page("/dashboard/live/look"), "messages");
    assert_eq!(ada.post(path, &with(&hers, &[("x", "Hers")])).status, 303);
    let refused = ben.post(path, &with(&his, &[("every", "His")]));
    assert_eq!(refused.status, 409);
    assert!(refused.text().contains(">His</textarea>"), "{}", refused.text());
    let again = fields(&refused.text(), "messages");
    assert_eq!(ben.post(path, &with(&again, &[])).status, 303);
    let texts = program.server().get("/v1/look").expect(200)["texts"].take();
    let said: Vec<&Value> = texts.as_array().into_iter().flatten().map(|text| &text["text"]).collect();
    assert!(said.len() == 2 && said.contains(&&json!("Hers")) && said.contains(&&json!("His")), "{texts}");

    let path = "/dashboard/live/look/theme";
    let plain = [("corners", ""), ("scheme", "")];
    let hers = fields(&ada.page("/dashboard/live/look"), "theme");
    let his = fields(&ben.page("/dashboard/live/look"), "theme");
    let red = [&plain[..], &[("accent", "#aa0000")]].concat();
    assert_eq!(ada.post(path, &with(&hers, &red)).status, 303);
    let dark = [&plain[..], &[("ink", "#101010")]].concat();
    let refused = ben.post(path, &with(&his, &dark));
    assert_eq!(refused.status, 409);
    let again = fields(&refused.text(), "theme");
    assert_eq!(ben.post(path, &with(&again, &plain)).status, 303);
    let theme = program.server().get("/v1/look").expect(200)["theme"].take();
    assert_eq!((&theme["accent"], &theme["ink"]), (&json!("#aa0000"), &json!("#101010")));
}

#[test]
fn a_calendar_that_somebody_else_set_is_not_set_back() {
    let house = House::shared();
    let program = program(&house);
    let (mut ada, mut ben) = two(&house, &program);
    let path = "/dashboard/live/settings/calendar";
    let hers = fields(&ada.page(path), "main");
    let his = fields(&ben.page(path), "main");
    let monthly = [("every", "month"), ("day", "15"), ("minimum", "10")];
    assert_eq!(ada.post(path, &with(&hers, &monthly)).status, 303);
    let refused = ben.post(path, &with(&his, &[("every", "week"), ("day", "2")]));
    assert_eq!(refused.status, 409);
    for part in ["is now “Every month”", "is now “15”", "name=\"day\" inputmode=\"numeric\" value=\"2\""]
    {
        assert!(refused.text().contains(part), "{part}: {}", refused.text());
    }
    let stored = || program.server().get("/v1/payouts/schedule").expect(200);
    assert_eq!((&stored()["every"], &stored()["day"]), (&json!("month"), &json!(15)));
    let again = fields(&refused.text(), "main");
    assert_eq!(ben.post(path, &with(&again, &[("every", "week")])).status, 303);
    assert_eq!(
        (&stored()["every"], &stored()["day"], &stored()["minimum_amount"]),
        (&json!("week"), &json!(2), &json!(1000)),
        "her minimum, which he left alone"
    );
}

/// Sends one form from as many desks at once as there are numbers, each with its own in it; the number that was kept.
fn race(desk: &Desk<'_>, path: &str, form: impl Fn(u32) -> Vec<(String, String)> + Sync) -> u32 {
    let statuses: Vec<(u32, u16)> = std::thread::scope(|scope| {
        let send = |number: u32| {
            let (mut desk, form) = (desk.clone(), &form);
            scope.spawn(move || {
                let form = form(number);
                let form: Typed<'_> =
                    form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                (number, desk.post(path, &form).status)
            })
        };
        let threads: Vec<_> = (1..=16).map(send).collect();
        threads.into_iter().map(|thread| thread.join().expect("an answer")).collect()
    });
    let kept: Vec<u32> =
        statuses.iter().filter(|(_, status)| *status == 303).map(|(number, _)| *number).collect();
    assert!(
        kept.len() == 1 && statuses.iter().all(|(_, status)| matches!(status, 303 | 409)),
        "{statuses:?}"
    );
    kept[0]
}

/// A form with some of its fields filled in anew.
fn filled(form: &[(String, String)], changes: &[(&str, String)]) -> Vec<(String, String)> {
    let kept = form.iter().filter(|(name, _)| changes.iter().all(|(known, _)| known != name)).cloned();
    kept.chain(changes.iter().map(|(name, value)| ((*name).to_owned(), value.clone()))).collect()
}

#[test]
fn of_many_drafts_of_one_version_saved_at_once_exactly_one_is_kept() {
    let house = House::shared();
    let program = program(&house);
    let server = program.server();
    let mut desk = Desk::open(&house, program.key("secret_live"));
    // A draft that says what is in force already changes nothing, and is no race.
    let draft = |form: &[(String, String)], days: u32, number: u32| {
        filled(
            form,
            &[
                ("attribution", "last_click".to_owned()),
                ("approval", "automatic".to_owned()),
                ("hold_days", (days + number).to_string()),
                ("once", format!("terms-{number}")),
            ],
        )
    };
    let form = fields(&desk.page("/dashboard/live/terms"), "draft");
    let kept = race(&desk, "/dashboard/live/terms", |number| draft(&form, 100, number));
    let terms = server.get("/v1/program").expect(200)["terms"].take();
    assert_eq!((&terms["version"], &terms["hold_days"]), (&json!(2), &json!(100 + kept)));

    let made = desk.post("/dashboard/live/settings/groups", &[("name", "Partners"), ("once", "g")]);
    let path = made.header("location").and_then(|path| path.split('?').next()).expect("the group").to_owned();
    let form = fields(&desk.page(&path), "draft");
    let kept = race(&desk, &path, |number| draft(&form, 200, number));
    let group = server.get("/v1/groups").expect(200)["data"][0].take();
    assert_eq!((&group["terms"]["version"], &group["terms"]["hold_days"]), (&json!(4), &json!(200 + kept)));

    let form = fields(&desk.page("/dashboard/live/settings/fraud"), "fraud");
    let kept = race(&desk, "/dashboard/live/settings/fraud", |number| {
        let once = ("once", format!("fraud-{number}"));
        filled(&form, &[("hold_referrer_from", number.to_string()), once])
    });
    let settings = server.get("/v1/fraud").expect(200);
    assert_eq!((&settings["version"], &settings["hold_referrer_from"]), (&json!(2), &json!(kept)));
}

#[test]
fn a_draft_of_a_former_version_is_not_shown_as_one_of_the_newest() {
    let house = House::shared();
    let program = program(&house);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let form = fields(&desk.page("/dashboard/live/terms"), "draft");
    let rewards = json!([{"id": "share", "on": "sale", "to": "referrer", "pay": {"share_bps": 500}}]);
    program.server().patch("/v1/program", &json!({"terms": {"rewards": rewards}})).expect(200);
    let draft = with(&form, &[("attribution", "last_click"), ("approval", "automatic"), ("hold_days", "9")]);
    let refused = desk.post("/dashboard/live/terms/preview", &draft);
    assert_eq!(refused.status, 409);
    for part in
        ["Somebody changed the terms meanwhile.", "name=\"hold_days\" inputmode=\"numeric\" value=\"9\""]
    {
        assert!(refused.text().contains(part), "{part}: {}", refused.text());
    }
}

#[test]
fn a_call_may_name_the_version_it_was_made_for() {
    let house = House::shared();
    let program = program(&house);
    let server = program.server();
    let rewards = |bps: u32| json!({"rewards": [{"id": "a", "on": "sale", "to": "referrer", "pay": {"share_bps": bps}}]});
    let group = server.post("/v1/groups", &json!({"name": "Partners", "terms": rewards(1)})).expect(201);
    let group = format!("/v1/groups/{}/terms", group["id"].as_str().expect("an id"));
    let version = server.get("/v1/program").expect(200)["version"].clone();
    assert_eq!(
        (&version, &server.get("/v1/payouts/schedule").expect(200)["version"]),
        (&json!(1), &json!(0))
    );
    let change = |path: &str, body: Value| match path {
        "/v1/program" | "/v1/fraud" => server.patch(path, &body),
        _ => server.post(path, &body),
    };
    // Path, the version's name, one that is not in force, the one that is, and a change.
    for (path, name, other, current, body) in [
        ("/v1/program", "version", 2, 1, json!({"name": "Moss"})),
        ("/v1/program", "terms_version", 2, 1, json!({"terms": rewards(2)})),
        ("/v1/fraud", "version", 2, 1, json!({"hold_referrer_from": 40})),
        (group.as_str(), "version", 1, 2, json!({"terms": rewards(3)})),
        ("/v1/payouts/schedule", "version", 1, 0, json!({"every": "week", "day": 1})),
    ] {
        let of = |version: Value| {
            let mut body = body.clone();
            body[name] = version;
            change(path, body)
        };
        for wrong in [json!(other), json!("1"), json!(-1)] {
            assert_eq!(of(wrong.clone()).problem(409), "changed_meanwhile", "{path} {name} {wrong}");
        }
        let answer = of(json!(current));
        assert!(matches!(answer.status, 200 | 201), "{path} {name}: {}", answer.text());
        assert_eq!(of(json!(current)).problem(409), "changed_meanwhile", "{path} {name}: it is another now");
        let answer = of(Value::Null);
        assert!(matches!(answer.status, 200 | 201), "{path} {name}: {}", answer.text());
    }
    assert_eq!(server.get("/v1/payouts/schedule").expect(200)["version"], 1);
    let trial = json!({"settings": {"version": 1}});
    assert_eq!(server.post("/v1/fraud/backtest", &trial).problem(422), "validation_failed");
}

#[test]
fn links_lead_where_the_one_destination_says_that_was_kept() {
    let house = House::shared();
    let program = program(&house);
    let key = program.key("secret_live").to_owned();
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let send = |number: u32| {
            let (house, key) = (&house, &key);
            scope.spawn(move || {
                let body = json!({"destination": format!("https://shop-{number}.example/"), "version": 1});
                let mut request = Request::post("/v1/program", &body).key(key);
                "PATCH".clone_into(&mut request.method);
                house.call(&request).status
            })
        };
        let threads: Vec<_> = (0..16).map(send).collect();
        threads.into_iter().map(|thread| thread.join().expect("an answer")).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| matches!(status, 200 | 409)), "{statuses:?}");
    let kept = program.server().get("/v1/program").expect(200)["destination"].take();
    let landing = Visitor::new(&house, "192.0.2.77").follow(&program.link("ada"));
    assert_eq!(format!("{}/", landing.address.origin().ascii_serialization()), kept);
}
