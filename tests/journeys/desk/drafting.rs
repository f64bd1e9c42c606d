//! Everything that terms can say, said in the form: kinds of reward, their steps, which conversions they are for, caps, and
//! when a lead is qualified; and a group's draft looked at as the program's is.

use super::settling::{fields, with};
use serde_json::{Value, json};
use std::sync::Arc;
use tests::desk::Desk;
use tests::house::House;
use tests::program::Program;

pub(super) const TERMS: &str = "/dashboard/live/terms";

pub(super) fn program(house: &Arc<House>) -> Program {
    let rewards = json!([{"id": "share", "on": "sale", "to": "referrer", "pay": {"share_bps": 1000}}]);
    Program::open_with(house, &json!({ "terms": { "rewards": rewards } }))
}

pub(super) fn in_force(program: &Program) -> Value {
    program.server().get("/v1/program").expect(200)["terms"].clone()
}

/// Changes fields of the form as the page shows it, looks at the draft, saves it, and gives the terms then in force.
#[track_caller]
pub(super) fn saved(desk: &mut Desk<'_>, program: &Program, changes: &[(&str, &str)]) -> Value {
    let form = fields(&desk.page(TERMS), "draft");
    let draft = with(&form, changes);
    let looked = desk.post(&format!("{TERMS}/preview"), &draft);
    assert_eq!(looked.status, 200, "{changes:?}: {}", looked.text());
    let answer = desk.post(TERMS, &draft);
    assert_eq!(answer.status, 303, "{changes:?}: {}", answer.text());
    in_force(program)
}

#[test]
fn every_kind_of_reward_is_said_in_the_form_and_stays_where_the_form_does_not_say_it() {
    let house = House::shared();
    let program = program(&house);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let flat = |from: i64, flat: i64| json!({"from": from, "flat": flat});
    let share = |from: i64, bps: i64| json!({"from": from, "share_bps": bps});
    let tiers =
        |by: &str, per: &str, steps: [Value; 2]| json!({"tiers": {"by": by, "per": per, "steps": steps}});
    let kinds = [
        ("flat", "7.50", "", "ever", json!({"flat": 750})),
        ("share", "12,5", "", "ever", json!({"share_bps": 1250})),
        (
            "count",
            "",
            "1: 5 %\r\n10: 8.5 %",
            "month",
            tiers("count", "month", [share(1, 500), share(10, 850)]),
        ),
        ("count", "", "1: 2.50\n2: 5", "ever", tiers("count", "ever", [flat(1, 250), flat(2, 500)])),
        (
            "amount_whole",
            "",
            "0: 2\n1000,50: 7.5 %",
            "ever",
            tiers("amount_whole", "ever", [flat(0, 200), share(100_050, 750)]),
        ),
        (
            "amount_marginal",
            "",
            "0: 5%\n1000: 8%",
            "month",
            tiers("amount_marginal", "month", [share(0, 500), share(100_000, 800)]),
        ),
        (
            "retention",
            "",
            "0: 5 %\n12: 10 %",
            "ever",
            json!({"retention": {"steps": [share(0, 500), share(12, 1000)]}}),
        ),
        ("perk", "Early access", "", "ever", json!({"perk": "Early access"})),
        ("share", "10", "", "ever", json!({"share_bps": 1000})),
    ];
    for (unit, value, steps, per, pay) in kinds {
        let changes =
            [("unit.share", unit), ("rule.share", value), ("steps.share", steps), ("per.share", per)];
        let terms = saved(&mut desk, &program, &changes);
        assert_eq!(terms["rewards"][0]["pay"], pay, "{unit}");
        let page = desk.page(TERMS);
        assert!(page.contains(&format!("<option value=\"{unit}\" selected>")), "{unit}: {page}");
        // Neither what the page shows nor a form from before there were such fields changes it.
        assert_eq!(saved(&mut desk, &program, &[])["rewards"], terms["rewards"], "{unit}");
        let version = terms["version"].to_string();
        let old =
            [("version", version.as_str()), ("window_days", "60"), ("hold_days", "0"), ("new_only", "on")];
        assert_eq!(desk.post(TERMS, &old).status, 303);
        assert_eq!(in_force(&program)["rewards"], terms["rewards"], "{unit}");
    }
    for (when, number) in [("first_months", 12), ("first_payments", 6), ("every", 10), ("at", 3)] {
        let typed = number.to_string();
        let terms = saved(&mut desk, &program, &[("when.share", when), ("number.share", &typed)]);
        assert_eq!(terms["rewards"][0]["when"], json!({ when: number }));
        assert_eq!(saved(&mut desk, &program, &[])["rewards"], terms["rewards"], "{when}");
    }
    let terms = saved(&mut desk, &program, &[("when.share", "always")]);
    assert_eq!(terms["rewards"][0].get("when"), None, "{terms}");
}

#[test]
fn one_more_reward_is_of_any_kind_and_is_removed_again() {
    let house = House::shared();
    let program = program(&house);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let tiered = [
        ("new.to", "referrer"),
        ("new.on", "lead"),
        ("new.unit", "count"),
        ("new.steps", "1: 5\n10: 8"),
        ("new.per", "month"),
    ];
    let terms = saved(&mut desk, &program, &tiered);
    let steps = json!([{"from": 1, "flat": 500}, {"from": 10, "flat": 800}]);
    assert_eq!(
        terms["rewards"][1],
        json!({"id": "referrer_lead", "on": "lead", "to": "referrer",
            "pay": {"tiers": {"by": "count", "per": "month", "steps": steps}}})
    );
    let coupon = [("new.to", "friend"), ("new.on", "sale"), ("new.unit", "coupon"), ("new.value", "welcome")];
    let first = [("new.when", "first_payments"), ("new.number", "1")];
    let terms = saved(&mut desk, &program, &[&coupon[..], &first].concat());
    assert_eq!(
        terms["rewards"][2],
        json!({"id": "friend_sale", "on": "sale", "to": "friend",
            "pay": {"coupon": "welcome"}, "when": {"first_payments": 1}})
    );
    let prize = [
        ("new.to", "referrer"),
        ("new.on", "sale"),
        ("new.unit", "perk"),
        ("new.value", "A <plant>"),
        ("new.when", "at"),
        ("new.number", "3"),
    ];
    let terms = saved(&mut desk, &program, &prize);
    assert_eq!(
        (&terms["rewards"][3]["pay"], &terms["rewards"][3]["when"]),
        (&json!({"perk": "A <plant>"}), &json!({"at": 3}))
    );
    let page = desk.page(TERMS);
    for text in ["Referrer, a sale (2)", "value=\"A &#60;plant&#62;\"", ">1: 5.00\n10: 8.00</textarea>"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let gone = [
        ("remove.friend_sale", "on"),
        ("remove.referrer_lead", "on"),
        ("rule.referrer_sale", "A plant"),
        ("new.to", "friend"),
        ("new.on", "sale"),
        ("new.value", "5"),
    ];
    let terms = saved(&mut desk, &program, &gone);
    let rewards = terms["rewards"].as_array().cloned().unwrap_or_default();
    let ids: Vec<&str> = rewards.iter().filter_map(|rule| rule["id"].as_str()).collect();
    assert_eq!(ids, ["share", "referrer_sale", "friend_sale_2"], "what is new is not what was removed");
}

#[test]
fn caps_and_what_qualifies_a_lead_are_said_in_the_form() {
    let house = House::shared();
    let program = program(&house);
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let changes = [
        ("cap.referrer.month", "500"),
        ("cap.conversion.ever", "50,00"),
        ("criteria", "A firm of ten people."),
        ("events", "demo\r\ntrial"),
        ("email_domains", "Firm.example"),
        ("stand_down_minutes", "15"),
        ("dispute_days", "7"),
    ];
    let terms = saved(&mut desk, &program, &changes);
    let caps = json!([
        {"of": "conversion", "per": "ever", "amount": 5_000},
        {"of": "referrer", "per": "month", "amount": 50_000},
    ]);
    let qualification = json!({"criteria": "A firm of ten people.", "events": ["demo", "trial"], "email_domains": ["firm.example"]});
    assert_eq!((&terms["caps"], &terms["qualification"]), (&caps, &qualification));
    assert_eq!((&terms["stand_down_minutes"], &terms["dispute_days"]), (&json!(15), &json!(7)));
    let terms = saved(&mut desk, &program, &[]);
    assert_eq!((&terms["caps"], &terms["qualification"]), (&caps, &qualification), "what the page shows");

    let version = terms["version"].to_string();
    let old =
        [("version", version.as_str()), ("window_days", "45"), ("hold_days", "3"), ("rule.share", "20")];
    assert_eq!(desk.post(TERMS, &old).status, 303);
    let terms = in_force(&program);
    assert_eq!((&terms["window_days"], &terms["first_customer_only"]), (&json!(45), &json!(false)));
    assert_eq!((&terms["caps"], &terms["qualification"]), (&caps, &qualification), "what it does not say");
    assert_eq!((&terms["stand_down_minutes"], &terms["dispute_days"]), (&json!(15), &json!(7)));

    let names = ["cap.referrer.month", "cap.conversion.ever", "criteria", "events", "email_domains"];
    let terms = saved(&mut desk, &program, &names.map(|name| (name, "")));
    assert_eq!(
        (&terms["caps"], &terms["qualification"]),
        (&json!([]), &json!({"criteria": null, "events": [], "email_domains": []}))
    );
}

#[test]
fn a_draft_of_a_group_is_laid_beside_its_terms_and_tried_on_who_is_in_it() {
    let house = House::shared();
    let program = program(&house);
    let server = program.server();
    let ada = program.referrer("ada")["id"].as_str().expect("an id").to_owned();
    program.referrer("eve");
    let mut desk = Desk::open(&house, program.key("secret_live"));
    let made = desk.post("/dashboard/live/settings/groups", &[("name", "Partners"), ("once", "g1")]);
    let path = made.header("location").and_then(|path| path.split('?').next()).expect("the group").to_owned();
    let group = path.rsplit('/').next().unwrap_or_default().to_owned();
    let look = |desk: &mut Desk<'_>| {
        let form = fields(&desk.page(&path), "draft");
        let draft =
            with(&form, &[("rule.share", "20"), ("cap.program.day", "900"), ("attribution", "last_click")]);
        let looked = desk.post(&format!("{path}/preview"), &draft);
        assert_eq!(looked.status, 200, "{}", looked.text());
        looked.text()
    };
    let none =
        "Among the newest 10,000 conversions of the program there are none of those who are in the group now";
    assert!(look(&mut desk).contains(none), "nobody of the group, of whom there may be older ones");
    let form = fields(&desk.page(TERMS), "draft");
    let looked = desk.post(&format!("{TERMS}/preview"), &with(&form, &[("rule.share", "20")])).text();
    assert!(looked.contains("There are no conversions yet to try the draft on."), "{looked}");
    server.post(&format!("/v1/referrers/{ada}/group"), &json!({ "group_id": group })).expect(201);
    for (order, code) in [("o1", "ada"), ("o2", "eve"), ("o3", "eve")] {
        let sale = json!({"order_id": order, "customer_id": order, "amount": 10_000, "currency": "EUR", "code": code});
        server.post("/v1/sales", &sale).expect(201);
    }
    let text = look(&mut desk);
    for part in [
        "You get 20% of what was paid",
        "<del>You get 10% of what was paid",
        "At most for everybody together in a day: 900.00\u{a0}EUR",
        "over one conversion, of those who are in the group now",
        "+10.00\u{a0}EUR",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let rewards = json!([{"id": "share", "on": "sale", "to": "referrer", "pay": {"share_bps": 2000}}]);
    let simulated = |group: &str| {
        server.post("/v1/terms/simulate", &json!({"terms": {"rewards": rewards}, "group_id": group}))
    };
    let tried = simulated(&group).expect(200);
    assert_eq!(
        (
            &tried["conversions"],
            &tried["granted"]["referrer"]["amount"],
            &tried["draft"]["referrer"]["amount"]
        ),
        (&json!(1), &json!(1_000), &json!(2_000))
    );
    assert_eq!(simulated("grp_none").json()["errors"][0]["field"], "group_id");
}
