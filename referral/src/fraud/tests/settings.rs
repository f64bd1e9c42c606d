//! What settings weigh, how they change, and that more doubt never holds less.

use super::*;

#[test]
fn fifty_holds_the_referrer_and_a_hundred_holds_both() {
    let settings = Settings::default();
    let hold = |weight, side| settings.holds(&[(Rule::Velocity, weight)], side);
    assert!(!hold(49, Side::Referrer));
    assert!(hold(50, Side::Referrer) && !hold(50, Side::Friend));
    assert!(hold(100, Side::Friend));
    assert!(!settings.holds(&[], Side::Referrer));
}

#[test]
fn settings_change_where_named_and_faults_are_named() {
    let change = |body: Value| Settings::default().changed("", body.as_object().unwrap());
    let new = change(
        json!({"off": ["velocity", "velocity"], "weights": {"paid_ad": 0}, "velocity": {"in_24_hours": 7},
        "banned_hosts": ["https://www.Evil.example/x"]}),
    )
    .unwrap();
    assert_eq!((new.weight(Rule::Velocity), new.weight(Rule::PaidAd)), (None, Some(0)));
    assert_eq!((new.velocity.in_24_hours, new.velocity.in_30_minutes), (7, 3));
    assert_eq!(new.banned_hosts, ["evil.example"]);
    let stored: Settings = serde_json::from_str(&serde_json::to_string(&new).unwrap()).unwrap();
    assert_eq!(stored, new);
    assert_eq!(change(json!({})).unwrap(), Settings::default());
    for (body, field) in [
        (json!({"hold_both_from": 49}), "hold_both_from"),
        (json!({"weights": {"velocity": -1}}), "weights.velocity"),
        (json!({"weights": {"browser_claim": 1}}), "weights.browser_claim"),
        (json!({"weights": {"same_network": 41}}), "weights"),
        (json!({"weights": {"same_email": 74}}), "weights"),
        (json!({"weights": []}), "weights"),
        (json!({"off": ["magic"]}), "off"),
        (json!({"off": "velocity"}), "off"),
        (json!({"velocity": {"in_24_hours": 0}}), "velocity.in_24_hours"),
        (json!({"banned_hosts": ["localhost"]}), "banned_hosts"),
        (json!({"paid_ad_parameters": ["a&b"]}), "paid_ad_parameters"),
        (json!({"suspension": {"confirmed": 0}}), "suspension.confirmed"),
        (json!({"magic": 1}), "magic"),
    ] {
        assert_eq!(change(body.clone()).unwrap_err()[0].field, field, "{body}");
    }
}

fn facts() -> impl Strategy<Value = Facts> {
    let flags = any::<(bool, bool, bool, bool, bool, bool, bool, bool)>();
    let met = prop_oneof![Just(None), Just(Some(Meeting::Network)), Just(Some(Meeting::Browser))];
    let counts = (0..60u32, 0..60u32, proptest::option::of(-5_000..200_000_000i64));
    let amounts = (any::<i64>(), proptest::option::of(any::<i64>()), 0..51u32);
    (flags, met, counts, amounts, proptest::option::of("[a-z.]{0,12}")).prop_map(
        |(flags, met, counts, amounts, host)| {
            let (
                same_mailbox,
                same_domain,
                similar,
                disposable,
                browser_claim,
                own_browser,
                shared_target,
                sale,
            ) = flags;
            Facts {
                same_mailbox,
                same_domain,
                similar,
                disposable,
                browser_claim,
                own_browser,
                shared_target,
                met,
                sale,
                click_age_ms: counts.2,
                in_30_minutes: counts.0,
                in_24_hours: counts.1,
                late: counts.0,
                late_of: counts.1,
                parameters: host.iter().map(Clone::clone).collect(),
                source_host: host,
                amount: Some(amounts.0),
                median: amounts.1,
                median_of: amounts.2,
            }
        },
    )
}

/// Facts with one more thing that speaks for fraud.
fn worse(facts: &Facts, at: usize) -> Facts {
    let mut worse = facts.clone();
    match at {
        0 => worse.same_mailbox = true,
        1 => worse.same_domain = true,
        2 => worse.similar = true,
        3 => worse.disposable = true,
        4 => worse.browser_claim = true,
        5 => worse.met = worse.met.max(Some(Meeting::Network)),
        6 => worse.met = Some(Meeting::Browser),
        7 => worse.in_30_minutes += 5,
        8 => worse.in_24_hours += 25,
        9 => worse.parameters.push("gclid".into()),
        10 => worse.source_host = Some("retailmenot.com".into()),
        12 => worse.own_browser = true,
        13 => worse.shared_target = true,
        11 => worse.amount = worse.amount.map(|amount| amount.saturating_mul(7).max(amount)),
        _ => worse.late += 20,
    }
    worse
}

proptest! {
    #[test]
    fn more_evidence_never_weighs_less(facts in facts(), at in 0usize..15, change in 0usize..6) {
        let change = [
            json!({}),
            json!({"off": ["same_email"]}),
            json!({"off": ["same_browser", "same_domain"]}),
            json!({"weights": {"same_email": 75, "same_network": 40}}),
            json!({"weights": {"same_browser": 500, "same_email": 125, "same_domain": 100}}),
            json!({"hold_both_from": 300}),
        ][change].clone();
        let settings = Settings::default().changed("", change.as_object().unwrap()).unwrap();
        let weigh = |facts: &Facts| judge(&settings, facts).iter().map(|flag| flag.weight).sum::<u32>();
        prop_assert!(weigh(&worse(&facts, at)) >= weigh(&facts), "{} {:?}", at, facts);
    }

    #[test]
    fn no_text_breaks_a_rule_and_none_comes_back_in_the_evidence(one in any::<String>(), other in any::<String>()) {
        let mut facts = Facts::default();
        let email = format!("{other}@{one}");
        facts.compare(&[Person { email: Some(&one), name: Some(&other) }], Person { email: Some(&email), name: Some(&one) });
        facts.compare(&[Person { email: Some(&email), name: Some(&one) }], Person { email: Some(&email), name: Some(&one) });
        facts.landed(Some(&one), Some(&other));
        prop_assert!(facts.same_mailbox);
        let _ = sighting::see(&[1; 32], &one, Some(&other));
        let text = serde_json::to_string(&facts).unwrap();
        let kept: Facts = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(&kept, &facts);
        let _ = judge(&Settings::default(), &facts);
    }
}
