use super::*;
use crate::promise::LOCALES;
use alloc::format;
use alloc::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

/// A sale over Ada's link, which Eve's came before; as the ledger reads it, with everything there can be about one.
fn stored() -> Value {
    json!({
        "conversion_id": "sal_1",
        "kind": "sale",
        "order_id": "order-77",
        "customer_id": "customer-secret",
        "amount": 9_900,
        "currency": "EUR",
        "occurred_at": "2026-11-20T10:00:00.000Z",
        "attribution": {
            "status": "attributed", "referrer_id": "rfr_ada", "code": "ada", "click_id": "gwc_ada",
            "clicked_at": "2026-11-18T10:00:00.000Z", "rule": "last_click", "terms_version": 3,
        },
        "because": "",
        "model": "last_click",
        "window_days": 90,
        "first_customer_only": true,
        "terms_version": 3,
        "touches": [
            {"code": "eve", "click_id": "gwc_eve", "clicked_at": "2026-11-10T10:00:00.000Z", "referrer_id": "rfr_eve",
             "terms_version": 2, "outcome": "later_click_won"},
            {"code": "ida", "click_id": "gwc_ida", "clicked_at": "2026-05-01T10:00:00.000Z", "referrer_id": "rfr_ida",
             "terms_version": 1, "outcome": "outside_window"},
            {"code": "ada", "click_id": "gwc_ada", "clicked_at": "2026-11-18T10:00:00.000Z", "referrer_id": "rfr_ada",
             "terms_version": 3, "outcome": "won"},
        ],
        "rules_without_reward": [{"rule": "big", "reason": "below_minimum_order"}],
        "rules_cut": [{"rule": "share", "promised": 990, "granted": 900, "reason": "cap_reached"}],
        "flags": [{"id": "flg_1", "rule": "same_email", "weight": 100, "referrer_id": "rfr_ada", "status": "released",
                   "decided_at": "2026-11-21T10:00:00.000Z"}],
        "rewards": [
            {"id": "rwd_1", "rule": "share", "to": "referrer", "person_id": "rfr_ada", "amount": 900, "currency": "EUR",
             "perk": null, "state": "pending", "reason": null, "needs_approval": false, "reversed_amount": 90,
             "available_at": "2026-12-20T10:00:00.000Z"},
            {"id": "rwd_2", "rule": "welcome", "to": "friend", "person_id": "frd_secret", "amount": 500, "currency": "EUR",
             "perk": null, "state": "voided", "reason": "refunded", "needs_approval": false, "reversed_amount": 500,
             "available_at": "2026-12-20T10:00:00.000Z"},
        ],
        "refunds": [{"refund_id": "refund-secret", "amount": 990, "applied_at": "2026-11-22T10:00:00.000Z"}],
        "decisions": [{"reward_id": "rwd_2", "decision": "approve", "decided_at": "2026-11-22T10:00:00.000Z"}],
        "disputes": [{"id": "dsp_eve", "referrer_id": "rfr_eve", "status": "open"}],
    })
}

fn story(stored: Value) -> Story {
    serde_json::from_value::<Story>(stored).expect("as the ledger reads it").told()
}

fn ids(id: &str) -> Vec<String> {
    vec![id.to_owned()]
}

/// After Eve's dispute was upheld.
fn moved() -> Story {
    let mut stored = stored();
    stored["attribution"] = json!({
        "status": "attributed", "referrer_id": "rfr_eve", "code": "eve", "click_id": "gwc_eve",
        "clicked_at": "2026-11-10T10:00:00.000Z", "rule": "dispute", "terms_version": 2,
    });
    stored["reattributions"] = json!([{"dispute_id": "dsp_eve", "lost_by": "rfr_ada", "referrer_id": "rfr_eve", "code": "eve",
        "decided_at": "2026-11-23T10:00:00.000Z"}]);
    story(stored)
}

#[test]
fn who_lost_is_told_why() {
    let story = story(stored());
    let lost: Vec<(Option<&str>, &str)> =
        story.losers.iter().map(|loser| (loser.code.as_deref(), loser.reason.word())).collect();
    assert_eq!(lost, [(Some("eve"), "later_click_won"), (Some("ida"), "outside_window")]);
    assert_eq!(story.because, "This was the last referral link that counted within the window.");
    let lost: Vec<(String, &str)> = moved()
        .losers
        .into_iter()
        .map(|loser| (loser.code.unwrap_or_default(), loser.reason.word()))
        .collect();
    assert_eq!(lost, [("ida".to_owned(), "outside_window"), ("ada".to_owned(), "reattributed")]);
}

#[test]
fn a_touch_that_won_before_the_credit_moved_wins_no_more() {
    let check = |moves: &[(&str, &str)], expected: [&str; 3]| {
        let mut stored = stored();
        let one = |(from, to): &(&str, &str)| {
            json!({"dispute_id": "dsp", "lost_by": format!("rfr_{from}"), "referrer_id": format!("rfr_{to}"),
                "code": to, "decided_at": "2026-11-23T10:00:00.000Z"})
        };
        stored["reattributions"] = moves.iter().map(one).collect();
        let outcomes: Vec<&str> = story(stored).touches.iter().map(|touch| touch.outcome.word()).collect();
        assert_eq!(outcomes, expected, "{moves:?}");
    };
    check(&[], ["later_click_won", "outside_window", "won"]);
    check(&[("ada", "eve")], ["later_click_won", "outside_window", "reattributed"]);
    check(&[("ada", "zoe")], ["later_click_won", "outside_window", "reattributed"]);
    check(&[("ada", "eve"), ("eve", "ada")], ["later_click_won", "outside_window", "won"]);
}

#[test]
fn why_a_rule_gave_nothing_is_said_in_a_language() {
    let said = LOCALES.map(|locale| why_nothing(NoReward::CapReached, locale));
    assert_eq!(said[0], "A limit of the terms is reached.");
    let languages: alloc::collections::BTreeSet<&String> = said.iter().collect();
    assert_eq!(languages.len(), said.len(), "{said:?}");
}

#[test]
fn a_referrer_reads_the_same_less_what_is_anothers() {
    let check = |story: &Story, who: &str, foreign: &[&str]| {
        let text = serde_json::to_string(&story.clone().for_referrer(&ids(who))).expect("JSON");
        let secret = ["order-77", "customer-secret", "refund-secret", "frd_secret", "gwc_", "9900", "flg_1"];
        for word in foreign.iter().chain(&secret) {
            assert!(!text.contains(word), "{who} reads {word}: {text}");
        }
        for sentence in explain(&story.clone().for_referrer(&ids(who)), LOCALES[0]) {
            for word in foreign.iter().chain(&secret).map(|word| word.trim_matches('"')) {
                assert!(!sentence.split([' ', ',', '.', ':']).any(|said| said == word), "{who}: {sentence}");
            }
        }
    };
    let first = story(stored());
    check(&first, "rfr_ada", &["rfr_eve", "\"eve\"", "\"ida\"", "dsp_eve"]);
    check(&first, "rfr_eve", &["rfr_ada", "\"ada\"", "rwd_1", "same_email", "\"ida\"", "\"share\""]);
    check(&moved(), "rfr_ada", &["rfr_eve", "\"eve\"", "dsp_eve", "\"ida\""]);
    check(&moved(), "rfr_eve", &["rfr_ada", "\"ada\"", "same_email"]);
    check(&moved(), "rfr_ida", &["rfr_ada", "rfr_eve", "\"ada\"", "\"eve\"", "same_email", "dsp_eve"]);
}

#[test]
fn whoever_is_not_credited_is_told_why_and_not_who_is() {
    let check = |story: &Story, who: &str, expected: Value| {
        let read = story.clone().for_referrer(&ids(who));
        assert_eq!(serde_json::to_value(read.verdict()).expect("JSON"), expected, "{who}: {read:?}");
    };
    let first = story(stored());
    check(&first, "rfr_ada", json!({"verdict": "credited"}));
    check(&first, "rfr_eve", json!({"verdict": "unattributed", "reason": "later_click_won"}));
    check(&first, "rfr_ida", json!({"verdict": "unattributed", "reason": "outside_window"}));
    check(&moved(), "rfr_ada", json!({"verdict": "unattributed", "reason": "reattributed"}));
    // Nothing was granted in this story.
    check(&moved(), "rfr_ida", json!({"verdict": "unattributed", "reason": "outside_window"}));
    assert!(first.concerns(&ids("rfr_ida")) && !first.concerns(&ids("rfr_zoe")) && !first.concerns(&[]));
    assert!(moved().concerns(&ids("rfr_ada")));
}

#[test]
fn a_verdict_is_one_word_with_its_reason() {
    let check = |change: &dyn Fn(&mut Value), expected: Value| {
        let mut stored = stored();
        change(&mut stored);
        assert_eq!(serde_json::to_value(story(stored).verdict()).expect("JSON"), expected);
    };
    check(&|_| {}, json!({"verdict": "credited"}));
    check(&|s| s["rewards"][0]["state"] = "held".into(), json!({"verdict": "held"}));
    check(&|s| s["rewards"][0]["state"] = "voided".into(), json!({"verdict": "taken_back"}));
    check(&|s| s["rewards"] = json!([]), json!({"verdict": "no_reward", "reason": "below_minimum_order"}));
    check(
        &|s| {
            s["rewards"] = json!([]);
            s["rules_without_reward"][0]["reason"] = "other_currency".into();
        },
        json!({"verdict": "no_reward", "reason": "other_currency"}),
    );
    check(
        &|s| s["attribution"] = json!({"status": "unattributed", "reason": "existing_customer"}),
        json!({"verdict": "unattributed", "reason": "existing_customer"}),
    );
    check(
        &|s| s["stages"] = json!([{"stage": "rejected", "reason": "A student.", "decided_by": "person", "decided_at": "2026-11-22T10:00:00.000Z"}]),
        json!({"verdict": "rejected"}),
    );
}

#[test]
fn english_words_say_all_of_it_in_short_sentences() {
    let said = explain(&story(stored()), LOCALES[0]);
    let expected = [
        "Purchase of 2026-11-20, 99.00\u{a0}EUR.",
        "Credited to the link ada: it was the last one that counted within the window, on 2026-11-18.",
        "Version of the terms: 3. Days in which a link counts: 90.",
        "Link eve, followed on 2026-11-10, did not win. Another link was followed later, and the last one counts.",
        "Link ida, followed on 2026-05-01, did not win. The link was followed too long before: its days were over.",
        "A rule doubted it, and a person found nothing wrong: same_email.",
        "Reward of 9.00\u{a0}EUR: it waits until 2026-12-20. Taken back of it: 0.90\u{a0}EUR.",
        "For the friend: Reward of 5.00\u{a0}EUR: taken back, since the purchase was refunded.",
        "Rule big gave nothing. The purchase is below the smallest one that counts.",
        "Rule share gave less than it says. A limit of the terms is reached.",
        "Given back of this purchase: 9.90\u{a0}EUR.",
    ];
    assert_eq!(said, expected);
    let said = explain(&moved().for_referrer(&ids("rfr_ada")), LOCALES[0]);
    assert!(
        said.contains(&"On 2026-11-23, after a dispute, the credit went to another referrer.".to_owned()),
        "{said:?}"
    );
    let not = "Not credited. After a dispute the shop found that another referrer had sent the customer.";
    assert!(said.contains(&not.to_owned()), "{said:?}");
}

#[test]
fn every_word_a_story_can_hold_has_its_sentence_in_every_language() {
    let outcomes = [
        "won",
        "later_click_won",
        "earlier_click_won",
        "customer_bound",
        "no_click",
        "invalid_click",
        "unknown_code",
        "outside_window",
        "click_after_conversion",
        "existing_customer",
        "self_referral",
        "reattributed",
    ];
    let reasons = [
        "below_minimum_order",
        "other_currency",
        "rounds_to_nothing",
        "sale_used_up",
        "cap_reached",
        "below_first_step",
        "months_over",
        "payments_over",
        "no_milestone",
        "qualified_before",
        "coupon_before",
        "no_coupon_left",
    ];
    for locale in LOCALES {
        let mut told = 0;
        for outcome in outcomes.into_iter().skip(1) {
            let mut stored = stored();
            stored["attribution"] = json!({"status": "unattributed", "reason": outcome});
            stored["touches"][0]["outcome"] = outcome.into();
            for sentence in explain(&story(stored), locale) {
                assert!(
                    !sentence.contains(['{', '}']) && sentence.chars().count() > 3,
                    "{}: {sentence}",
                    locale.tag()
                );
                told += 1;
            }
        }
        for rule in ["last_click", "first_click", "code", "bound_customer", "dispute"] {
            for reason in reasons {
                let mut stored = stored();
                stored["attribution"]["rule"] = rule.into();
                stored["rules_without_reward"][0]["reason"] = reason.into();
                let said = explain(&story(stored), locale);
                assert_eq!(said.len(), 11, "{}: {said:?}", locale.tag());
            }
        }
        for (state, reason) in [
            ("pending", None),
            ("approved", None),
            ("paid", None),
            ("fulfilled", None),
            ("held", Some("flagged")),
            ("voided", Some("refunded")),
            ("voided", Some("rejected")),
            ("voided", Some("fraud")),
            ("voided", Some("voided_by_merchant")),
            ("voided", Some("reattributed")),
            ("voided", Some("something_new")),
        ] {
            let mut stored = stored();
            (stored["rewards"][0]["state"], stored["rewards"][0]["reason"]) = (state.into(), json!(reason));
            let said = explain(&story(stored), locale);
            assert!(said[6].contains('9'), "{} {state} {reason:?}: {said:?}", locale.tag());
        }
        for answer in [
            Answer::NotTold,
            Answer::Unknown,
            Answer::CodeMalformed,
            Answer::CodeUnknown,
            Answer::NoClicks,
            Answer::ClicksOnly(7),
            Answer::ClaimedOnly,
        ] {
            let sentence = answer.sentence(locale).unwrap_or_default();
            assert!(sentence.chars().count() > 5, "{} {answer:?}", locale.tag());
            assert_eq!(sentence.contains('7'), answer == Answer::ClicksOnly(7));
        }
        assert_eq!(Answer::Told.sentence(locale), None);
        assert!(told > 50);
    }
}

proptest! {
    #[test]
    fn whatever_became_of_the_touches_no_other_referrer_is_named(
        outcomes in proptest::collection::vec((0_usize..4, prop_oneof!["won", "later_click_won", "outside_window", "customer_bound", "self_referral"]), 1..8),
        winner in 0_usize..4,
        moves in proptest::collection::vec(0_usize..4, 0..4),
        reader in 0_usize..4,
    ) {
        let names = ["ada", "eve", "ida", "zoe"];
        let mut stored = stored();
        stored["attribution"]["referrer_id"] = format!("rfr_{}", names[winner]).into();
        stored["attribution"]["code"] = names[winner].into();
        stored["touches"] = outcomes.iter().map(|(who, outcome)| json!({
            "code": names[*who], "click_id": "gwc_x", "clicked_at": "2026-11-10T10:00:00.000Z",
            "referrer_id": format!("rfr_{}", names[*who]), "terms_version": 1, "outcome": outcome,
        })).collect();
        let mut before = winner;
        let moves: Vec<Value> = moves.iter().map(|to| {
            let one = json!({"dispute_id": "dsp_x", "lost_by": format!("rfr_{}", names[before]), "referrer_id": format!("rfr_{}", names[*to]),
                "code": names[*to], "decided_at": "2026-11-23T10:00:00.000Z"});
            before = *to;
            one
        }).collect();
        stored["attribution"]["referrer_id"] = format!("rfr_{}", names[before]).into();
        stored["attribution"]["code"] = names[before].into();
        stored["reattributions"] = moves.into();
        let whole = story(stored);
        let mine = ids(&format!("rfr_{}", names[reader]));
        prop_assume!(whole.concerns(&mine));
        let read = whole.for_referrer(&mine);
        let text = serde_json::to_string(&read).expect("JSON");
        for (at, name) in names.iter().enumerate() {
            let told = text.contains(&format!("\"{name}\"")) || text.contains(&format!("rfr_{name}"));
            prop_assert!(at == reader || !told, "{name}: {text}");
        }
    }
}
