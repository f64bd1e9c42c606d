//! Each rule with what must trip it and what must not, through one `check`.

use super::person::Person;
use super::*;
use crate::terms::Side;
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::vec;
use proptest::prelude::*;

#[track_caller]
fn check(facts: &Facts, expected: &[Rule]) {
    let tripped: Vec<Rule> = judge(&Settings::default(), facts).iter().map(|flag| flag.rule).collect();
    assert_eq!(tripped, expected, "{facts:?}");
}

/// Two people by address and name.
#[track_caller]
fn people(referrer: (&str, &str), friend: (&str, &str), expected: &[Rule]) {
    let person = |(email, name): (&'static str, &'static str)| Person {
        email: Some(email).filter(|text| !text.is_empty()),
        name: Some(name).filter(|text| !text.is_empty()),
    };
    let leak = |text: &str| -> &'static str { String::leak(text.to_owned()) };
    let mut facts = Facts::default();
    facts.compare(&[person((leak(referrer.0), leak(referrer.1)))], person((leak(friend.0), leak(friend.1))));
    check(&facts, expected);
}

#[test]
fn one_mailbox_written_differently_is_the_same_and_another_persons_is_not() {
    use Rule::{DisposableEmail, SameDomain, SameEmail, SimilarPerson};
    for (referrer, friend, expected) in [
        ("anna@shop.example", "anna@shop.example", &[SameEmail][..]),
        ("Anna@Shop.example", "anna@shop.EXAMPLE", &[SameEmail]),
        ("anna+friend@shop.example", "anna@shop.example", &[SameEmail]),
        ("a.n.na@gmail.com", "anna+x@googlemail.com", &[SameEmail]),
        ("anna@kontor-nord.de", "anna@kontor-nord.de", &[SameEmail]),
        ("anna@shop.example", "ben@shop.example", &[]),
        ("anna@shop.example", "anna@other.example", &[]),
        ("a.nna@shop.example", "anna@shop.example", &[]),
        ("anna@shop.example", "", &[]),
        ("", "", &[]),
        // A company's domain, and what is open to everybody.
        ("anna@kontor-nord.de", "ben@Kontor-Nord.de", &[SameDomain]),
        ("anna@kontor-nord.de", "ben@mail.kontor-nord.de", &[]),
        ("anna@gmail.com", "ben@gmail.com", &[]),
        ("anna@gmx.de", "ben@gmx.de", &[]),
        ("anna@example.com", "ben@example.com", &[]),
        // Nearly the same.
        ("anna.schmidt@gmail.com", "annaschmidt@gmx.de", &[SimilarPerson]),
        ("anna.schmidt@gmail.com", "schmidt_anna@gmx.de", &[SimilarPerson]),
        ("annaschmidt1@gmail.com", "annaschmidt2@gmail.com", &[SimilarPerson]),
        ("annaschmidt@gmail.com", "annaschmidt7@gmail.com", &[SimilarPerson]),
        ("annaschmidt1@gmail.com", "annaschmidt2@gmx.de", &[]),
        ("thomas@gmail.com", "thomas@gmx.de", &[]),
        ("info@kontor-nord.de", "info@kontor-sued.de", &[]),
        ("anna.schmidt@gmail.com", "anna.meyer@gmail.com", &[]),
        // A family of one name.
        ("anna.schmidt@gmail.com", "ben.schmidt@gmail.com", &[]),
        // Thrown away: the friend's, not the referrer's.
        ("anna@gmail.com", "x@mailinator.com", &[DisposableEmail]),
        ("x@mailinator.com", "anna@gmail.com", &[]),
        ("x@mailinator.com", "y@mailinator.com", &[DisposableEmail]),
    ] {
        people((referrer, ""), (friend, ""), expected);
    }
}

#[test]
fn any_of_the_referrers_addresses_counts() {
    let known = |email: &'static str| Person { email: Some(email), name: None };
    let friend = known("anna+friend@shop.example");
    let emails = [known("a.byron@work.example"), known("Anna@shop.example")];
    for (referrer, expected) in [(&emails[..], &[Rule::SameEmail][..]), (&emails[..1], &[]), (&[], &[])] {
        let mut facts = Facts::default();
        facts.compare(referrer, friend);
        check(&facts, expected);
    }
}

#[test]
fn a_name_turned_around_is_similar_and_a_familys_name_is_not() {
    for (referrer, friend, expected) in [
        ("Anna Schmidt", "Schmidt, Anna", &[Rule::SimilarPerson][..]),
        ("Anna Schmidt", "anna SCHMIDT", &[Rule::SimilarPerson]),
        ("Zoë Émile", "émile zoë", &[Rule::SimilarPerson]),
        ("Anna Schmidt", "Ben Schmidt", &[]),
        ("Anna", "Anna", &[]),
        ("A B", "B A", &[]),
        ("", "", &[]),
    ] {
        people(("", referrer), ("", friend), expected);
    }
}

#[test]
fn a_shared_network_alone_or_with_a_browser_holds_nothing_by_itself() {
    let settings = Settings::default();
    for (met, expected) in [
        // A family behind one address, an office, a carrier's NAT.
        (Some(Meeting::Network), Some(Rule::SameNetwork)),
        (Some(Meeting::Browser), Some(Rule::SameBrowser)),
        // A traveller.
        (None, None),
    ] {
        let facts = Facts { met, ..Facts::default() };
        check(&facts, expected.as_slice());
        assert!(!settings.holds(&weights(&judge(&settings, &facts)), Side::Referrer), "{met:?}");
        // With a name turned around it holds.
        let facts = Facts { similar: true, ..facts };
        let holds = settings.holds(&weights(&judge(&settings, &facts)), Side::Referrer);
        assert_eq!(holds, met == Some(Meeting::Browser), "{met:?}");
    }
}

#[test]
fn pace_is_judged_by_counts_and_by_seconds_after_the_click() {
    for (in_30_minutes, in_24_hours, trips) in [(3, 20, false), (4, 4, true), (1, 21, true), (1, 1, false)] {
        let facts = Facts { in_30_minutes, in_24_hours, ..Facts::default() };
        check(&facts, if trips { &[Rule::Velocity] } else { &[] });
    }
    for (sale, click_age_ms, trips) in [
        (false, Some(0), true),
        (false, Some(4_999), true),
        (false, Some(5_000), false),
        (true, Some(5_000), true),
        (true, Some(14_999), true),
        (true, Some(15_000), false),
        (true, None, false),
    ] {
        let facts = Facts { sale, click_age_ms, ..Facts::default() };
        check(&facts, if trips { &[Rule::TooFast] } else { &[] });
    }
}

#[test]
fn late_friends_are_looked_at_where_they_are_many_and_hold_nothing() {
    let day = facts::LATE_MS;
    for (late, late_of, click_age_ms, trips) in [
        (4, 10, Some(day + 1), true),
        (3, 10, Some(day + 1), false),
        (9, 9, Some(day + 1), false),
        (50, 50, Some(day), false),
        (50, 50, None, false),
    ] {
        let facts = Facts { click_age_ms, late, late_of, ..Facts::default() };
        check(&facts, if trips { &[Rule::LateConversions] } else { &[] });
        let settings = Settings::default();
        assert!(!settings.holds(&weights(&judge(&settings, &facts)), Side::Referrer));
    }
}

#[test]
fn paid_advertisements_and_voucher_sites_are_told_by_names_only() {
    for (landing, source, expected) in [
        ("https://shop.example/?via=ada&GCLID=x", "", &[Rule::PaidAd][..]),
        ("https://shop.example/?msclkid=1", "", &[Rule::PaidAd]),
        ("https://shop.example/?gad_source=1", "", &[Rule::PaidAd]),
        ("https://shop.example/?fbclid=1&utm_source=mail", "", &[]),
        ("https://shop.example/?q=gclid", "", &[]),
        ("https://shop.example/gclid", "", &[]),
        ("", "https://www.retailmenot.com/shop.example", &[Rule::BannedHost]),
        ("", "https://de.coupert.com/", &[Rule::BannedHost]),
        ("", "https://notcoupons.com/", &[]),
        ("", "https://blog.example/coupons.com", &[]),
    ] {
        let mut facts = Facts::default();
        facts.landed(Some(landing), Some(source));
        check(&facts, expected);
    }
    let mut settings = Settings::default();
    settings.banned_hosts.push("evil.example".into());
    settings.allowed_hosts.push("coupons.com".into());
    for (host, trips) in
        [("a.evil.example", true), ("evil.example", true), ("coupons.com", false), ("evil.test", false)]
    {
        let facts = Facts { source_host: Some(host.into()), ..Facts::default() };
        assert_eq!(!judge(&settings, &facts).is_empty(), trips, "{host}");
    }
}

#[test]
fn an_amount_is_unusual_from_more_than_five_times_the_median() {
    for (amount, before, trips) in [
        (50_001, vec![10_000; 10], true),
        (50_000, vec![10_000; 10], false),
        (90_000, vec![10_000; 9], false),
        (90_000, vec![], false),
        (90_000, vec![0; 50], false),
        (90_000, [vec![10_000; 30], vec![1_000_000; 20]].concat(), true),
        // A wholesaler among many wholesalers.
        (90_000, vec![80_000; 50], false),
        (i64::MAX, vec![i64::MAX; 50], false),
    ] {
        let mut facts = Facts::default();
        facts.paid(amount, before);
        check(&facts, if trips { &[Rule::UnusualAmount] } else { &[] });
    }
}

#[test]
fn what_only_a_browser_claims_holds_both_sides_whatever_the_settings_say() {
    let facts = Facts { browser_claim: true, ..Facts::default() };
    check(&facts, &[Rule::BrowserClaim]);
    let change = json!({"hold_both_from": 1000, "hold_referrer_from": 1000});
    let settings = Settings::default().changed("", change.as_object().unwrap()).unwrap();
    // Also a flag of before, when it weighed less.
    assert!(settings.holds(&[(Rule::BrowserClaim, 100)], Side::Friend));
    let off = json!({"off": ["browser_claim"]});
    assert_eq!(Settings::default().changed("", off.as_object().unwrap()).unwrap_err()[0].field, "off");
}

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
