use super::*;
use crate::input::told;
use crate::money::LARGEST_AMOUNT;
use alloc::borrow::ToOwned;
use alloc::string::ToString as _;
use alloc::vec;
use pay::{Amount, Measure, Span, Step, Tiers};
use proptest::prelude::*;
use serde_json::json;

fn read(terms: &Value) -> Result<Terms, Vec<(String, &'static str)>> {
    let fields = terms.as_object().expect("the tests pass objects");
    Terms::read("terms", fields)
        .map_err(|errors| errors.into_iter().map(|error| (error.field, told(error.code))).collect())
}

fn check(terms: &Value, field: &str, code: &str) {
    let errors = read(terms).expect_err("should be refused");
    assert!(errors.iter().any(|(f, c)| f == field && *c == code), "{errors:?}");
}

#[test]
fn what_is_left_out_has_defaults() {
    let terms = read(&json!({"rewards": []})).expect("valid");
    assert_eq!((terms.window_days, terms.hold_days, terms.minimum_order), (90, 30, 0));
    assert_eq!(terms.attribution, Model::LastClick);
    assert!(terms.first_customer_only);
}

#[test]
fn printed_terms_can_be_sent_back() {
    let sent = json!({"rewards": [
        {"id": "share", "on": "sale", "to": "referrer", "pay": {"share_bps": 1000}},
        {"id": "gift", "on": "sale", "to": "friend", "pay": {"flat": 500}},
    ]});
    let terms = read(&sent).expect("valid");
    let printed = serde_json::to_value(&terms).expect("prints");
    assert_eq!(read(&printed).expect("valid"), terms);
}

#[test]
fn every_fault_names_its_field() {
    let rule = |pay: Value| json!({"rewards": [{"id": "a", "on": "lead", "to": "friend", "pay": pay}]});
    check(&json!({}), "terms.rewards", "required");
    check(&json!({"rewards": [], "window_days": 29}), "terms.window_days", "out_of_range");
    check(&json!({"rewards": [], "window_days": "90"}), "terms.window_days", "wrong_type");
    check(&json!({"rewards": [], "window_days": 90.5}), "terms.window_days", "wrong_type");
    check(&json!({"rewards": [], "windowdays": 90}), "terms.windowdays", "unknown_field");
    check(&json!({"rewards": 7}), "terms.rewards", "wrong_type");
    check(&json!({"rewards": [7]}), "terms.rewards[0]", "wrong_type");
    check(&rule(json!({"flat": 0})), "terms.rewards[0].pay.flat", "out_of_range");
    check(&rule(json!({"flat": -1})), "terms.rewards[0].pay.flat", "out_of_range");
    check(&rule(json!({"share_bps": 100})), "terms.rewards[0].pay.share_bps", "out_of_place");
    check(&rule(json!({})), "terms.rewards[0].pay.flat", "required");
    check(&rule(json!({"flat": 1, "share_bps": 1})), "terms.rewards[0].pay.flat", "required");
    let same = json!({"id": "a", "on": "sale", "to": "friend", "pay": {"share_bps": 6000}});
    check(&json!({"rewards": [same, same]}), "terms.rewards[1].id", "not_unique");
    let other = json!({"id": "b", "on": "sale", "to": "friend", "pay": {"share_bps": 6000}});
    check(&json!({"rewards": [same, other]}), "terms.rewards", "out_of_range");
}

/// One rule with these fields in place of the usual ones: a share of a sale to the referrer.
fn rule(changes: &Value) -> Value {
    let mut rule = json!({"id": "a", "on": "sale", "to": "referrer", "pay": {"share_bps": 1000}});
    for (name, value) in changes.as_object().expect("the tests pass objects") {
        rule[name] = value.clone();
    }
    json!({ "rewards": [rule] })
}

#[test]
fn every_kind_of_reward_is_read_and_printed_terms_can_be_sent_back() {
    let kinds = [
        json!({"on": "lead", "pay": {"flat": 100}}),
        json!({"on": "qualified_lead", "pay": {"flat": 100}}),
        json!({"pay": {"flat": 100}}),
        json!({"pay": {"tiers": {"by": "count", "steps": [{"from": 1, "flat": 100}, {"from": 10, "share_bps": 500}]}}}),
        json!({"pay": {"tiers": {"by": "amount_whole", "per": "month", "steps": [{"from": 0, "share_bps": 100}]}}}),
        json!({"pay": {"tiers": {"by": "amount_marginal", "steps": [{"from": 0, "share_bps": 100}, {"from": 10_000, "share_bps": 200}]}}}),
        json!({"pay": {"retention": {"steps": [{"from": 0, "share_bps": 100}, {"from": 12, "share_bps": 200}]}}}),
        json!({"pay": {"perk": "Early access"}, "to": "friend"}),
        json!({"pay": {"coupon": "welcome"}, "to": "friend"}),
        json!({"when": {"first_months": 12}}),
        json!({"when": {"first_payments": 6}}),
        json!({"when": {"every": 10}, "pay": {"flat": 5000}}),
        json!({"when": {"at": 1}, "on": "lead", "pay": {"perk": "A plant"}}),
    ];
    for kind in kinds {
        let mut sent = rule(&kind);
        sent["approval"] = json!({"automatic_up_to": 5000});
        sent["caps"] =
            json!([{"of": "referrer", "per": "month", "amount": 5}, {"of": "conversion", "amount": 7}]);
        sent["qualification"] =
            json!({"criteria": "A firm.", "events": ["demo"], "email_domains": ["firm.example"]});
        let terms = read(&sent).expect("valid");
        let printed = serde_json::to_value(&terms).expect("prints");
        assert_eq!(read(&printed).expect("valid"), terms, "{printed}");
        assert_eq!(serde_json::from_value::<Terms>(printed).expect("as the ledger reads it"), terms);
    }
}

#[test]
fn terms_written_before_a_field_existed_still_read() {
    let old = json!({"attribution": "last_click", "window_days": 90, "hold_days": 30, "minimum_order": 0,
        "first_customer_only": true, "rewards": [{"id": "a", "on": "sale", "to": "referrer", "pay": {"share_bps": 1000}}]});
    let terms: Terms = serde_json::from_value(old).expect("as an older version stored it");
    assert_eq!(
        (terms.approval, terms.caps.len(), terms.qualification.events.len()),
        (Approval::Automatic, 0, 0)
    );
}

#[test]
fn every_fault_of_a_newer_field_names_it_too() {
    let faults = [
        (
            json!({"on": "lead", "pay": {"retention": {"steps": [{"from": 0, "flat": 1}]}}}),
            "pay.retention",
            "out_of_place",
        ),
        (json!({"on": "qualified_lead"}), "pay.share_bps", "out_of_place"),
        (json!({"pay": {"perk": ""}}), "pay.perk", "too_short"),
        (json!({"pay": {"perk": "x", "flat": 1}}), "pay.flat", "required"),
        (json!({"pay": {"coupon": "welcome"}}), "pay.coupon", "out_of_place"),
        (json!({"to": "friend", "pay": {"coupon": "Welcome"}}), "pay.coupon", "unknown_character"),
        (json!({"pay": {"prize": 1}}), "pay.prize", "unknown_field"),
        (json!({"pay": {"tiers": {"steps": [{"from": 1, "flat": 1}]}}}), "pay.tiers.by", "required"),
        (
            json!({"pay": {"tiers": {"by": "amount", "steps": [{"from": 1, "flat": 1}]}}}),
            "pay.tiers.by",
            "unknown_word",
        ),
        (json!({"pay": {"tiers": {"by": "count", "steps": []}}}), "pay.tiers.steps", "too_short"),
        (json!({"pay": {"tiers": {"by": "count"}}}), "pay.tiers.steps", "required"),
        (
            json!({"pay": {"tiers": {"by": "count", "steps": [{"from": 0, "flat": 1}]}}}),
            "pay.tiers.steps[0].from",
            "out_of_range",
        ),
        (
            json!({"pay": {"tiers": {"by": "count", "steps": [{"from": 2, "flat": 1}, {"from": 2, "flat": 2}]}}}),
            "pay.tiers.steps[1].from",
            "out_of_range",
        ),
        (
            json!({"pay": {"tiers": {"by": "count", "steps": [{"from": 2}]}}}),
            "pay.tiers.steps[0].flat",
            "required",
        ),
        (
            json!({"pay": {"tiers": {"by": "count", "steps": [{"from": 2, "flat": 1, "upto": 3}]}}}),
            "pay.tiers.steps[0].upto",
            "unknown_field",
        ),
        (
            json!({"pay": {"tiers": {"by": "amount_marginal", "steps": [{"from": 0, "flat": 1}]}}}),
            "pay.tiers.steps",
            "out_of_place",
        ),
        (
            json!({"to": "friend", "pay": {"tiers": {"by": "count", "steps": [{"from": 1, "flat": 1}]}}}),
            "pay.tiers",
            "out_of_place",
        ),
        (
            json!({"pay": {"retention": {"steps": [{"from": 0, "share_bps": 9}, {"from": 1, "share_bps": 9}]}}}),
            "pay.retention.steps",
            "out_of_range",
        ),
        (json!({"when": {}}), "when.first_months", "required"),
        (json!({"when": {"every": 1}}), "when.every", "out_of_range"),
        (json!({"when": {"every": 2, "at": 2}}), "when.first_months", "required"),
        (
            json!({"on": "lead", "pay": {"flat": 1}, "when": {"first_months": 1}}),
            "when.first_months",
            "out_of_place",
        ),
        (json!({"to": "friend", "when": {"at": 2}}), "when.at", "out_of_place"),
        (
            json!({"when": {"every": 2}, "pay": {"retention": {"steps": [{"from": 0, "flat": 1}]}}}),
            "when",
            "out_of_place",
        ),
    ];
    for (changes, field, code) in faults {
        check(&rule(&changes), &alloc::format!("terms.rewards[0].{field}"), code);
    }
    let with = |name: &str, value: Value| json!({"rewards": [], name: value});
    let same = json!({"of": "program", "per": "day", "amount": 1});
    for (name, value, field, code) in [
        ("approval", json!("later"), "approval", "wrong_type"),
        ("approval", json!({}), "approval.automatic_up_to", "required"),
        ("caps", json!({"day": 1}), "caps", "wrong_type"),
        ("caps", json!([{"of": "day", "amount": 1}]), "caps[0].of", "unknown_word"),
        ("caps", json!([{"of": "program", "amount": 0}]), "caps[0].amount", "out_of_range"),
        ("caps", json!([{"of": "conversion", "per": "day", "amount": 1}]), "caps[0].per", "out_of_place"),
        ("caps", json!([same, same]), "caps[1]", "not_unique"),
        ("qualification", json!({"events": ["a b"]}), "qualification.events[0]", "wrong_type"),
        (
            "qualification",
            json!({"email_domains": ["Firm.example"]}),
            "qualification.email_domains[0]",
            "wrong_type",
        ),
        (
            "qualification",
            json!({"email_domains": ["a.b", "a.b"]}),
            "qualification.email_domains[1]",
            "not_unique",
        ),
        ("qualification", json!({"rules": []}), "qualification.rules", "unknown_field"),
    ] {
        check(&with(name, value), &alloc::format!("terms.{field}"), code);
    }
}

#[test]
fn shares_of_steps_count_with_their_largest() {
    let tiered = json!({"id": "b", "on": "sale", "to": "referrer", "pay": {"tiers": {"by": "count", "steps":
        [{"from": 1, "share_bps": 100}, {"from": 5, "share_bps": 9001}]}}});
    let plain = json!({"id": "c", "on": "sale", "to": "friend", "pay": {"share_bps": 1000}});
    check(&json!({"rewards": [tiered, plain]}), "terms.rewards", "out_of_range");
}

fn marginal_steps() -> impl Strategy<Value = Vec<Step>> {
    proptest::collection::btree_map(0..=LARGEST_AMOUNT / 2, 1_u16..=10_000, 1..6).prop_map(|steps| {
        steps.into_iter().map(|(from, bps)| Step { from, gives: Amount::ShareBps(bps) }).collect()
    })
}

proptest! {
    #[test]
    fn marginal_steps_give_the_sum_of_the_pieces_whatever_they_are_cut_into(
        steps in marginal_steps(),
        sales in proptest::collection::vec(0..=LARGEST_AMOUNT / 8, 0..8),
        turn in 0_usize..8,
    ) {
        let all = |sales: &[i64]| {
            let mut before = 0;
            let mut sum = 0;
            for sale in sales {
                let got = pay::marginal(&steps, before, *sale);
                assert!((0..=*sale).contains(&got), "never more than the sale");
                sum += got;
                before += sale;
            }
            (before, sum)
        };
        let (volume, sum) = all(&sales);
        prop_assert_eq!(sum, pay::marginal(&steps, 0, volume), "one large sale gives the same");
        let mut turned = sales.clone();
        turned.rotate_left(turn.min(sales.len()));
        prop_assert_eq!(all(&turned).1, sum, "and any order");
        // The exact sum of the pieces, rounded down once.
        let mut exact = 0_i128;
        for (at, step) in steps.iter().enumerate() {
            let end = steps.get(at + 1).map_or(volume, |next| next.from.min(volume));
            let Amount::ShareBps(bps) = step.gives else { continue };
            exact += i128::from((end - step.from).max(0)) * i128::from(bps);
        }
        prop_assert_eq!(i128::from(sum), exact / 10_000);
    }

    #[test]
    fn any_json_is_read_or_refused_with_a_field(text in "[a-z_]{1,12}", number in any::<i64>()) {
        for pay in [json!({ text.clone(): number }), json!({"tiers": {text.clone(): number}}), json!(number), json!([text.clone()])] {
            if let Err(errors) = read(&rule(&json!({ "pay": pay }))) {
                prop_assert!(errors.iter().all(|(field, _)| field.starts_with("terms.rewards")), "{:?}", errors);
            }
        }
    }
}

#[test]
fn a_number_reaches_the_last_step_that_begins_at_or_below_it() {
    let steps = vec![Step { from: 1, gives: Amount::Flat(5) }, Step { from: 10, gives: Amount::Flat(7) }];
    let reached = |value| pay::reached(&steps, value).map(|step| step.from);
    assert_eq!(
        (reached(0), reached(1), reached(9), reached(10), reached(i64::MAX)),
        (None, Some(1), Some(1), Some(10), Some(10))
    );
    let tiers = Pay::Tiers(Tiers { by: Measure::Count, per: Span::Ever, steps });
    assert_eq!(tiers.largest_share(), 0);
    assert_eq!(
        "count".to_owned(),
        serde_json::to_value(Measure::Count).expect("prints").as_str().unwrap_or_default().to_string()
    );
}

#[test]
fn a_dispute_is_given_a_day_to_ninety() {
    for days in [json!(0), json!(91)] {
        check(&json!({"rewards": [], "dispute_days": days}), "terms.dispute_days", "out_of_range");
    }
    check(&json!({"rewards": [], "dispute_days": "soon"}), "terms.dispute_days", "wrong_type");
}
