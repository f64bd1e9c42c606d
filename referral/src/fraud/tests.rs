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

/// What one conversion looks like that trips a rule, or must not.
fn seen(change: impl FnOnce(&mut Facts)) -> Facts {
    let mut facts = Facts { in_30_minutes: 1, in_24_hours: 1, ..Facts::default() };
    change(&mut facts);
    facts
}

/// Friend and referrer, each by address and name.
fn between(referrer: (&str, &str), friend: (&str, &str)) -> Facts {
    let person = |(email, name)| Person { email: Some(email), name: Some(name) };
    seen(|facts| facts.compare(&[person(referrer)], person(friend)))
}

/// Whom somebody meets, by address and browser.
fn met(one: (&str, &str), other: (&str, &str)) -> Facts {
    let see = |(address, browser)| sighting::see(&[7; 32], address, Some(browser));
    seen(|facts| facts.met = see(one).zip(see(other)).and_then(|(one, other)| one.meets(&other)))
}

#[test]
fn every_rule_has_what_trips_it_and_what_must_not() {
    let home = ("203.0.113.7", "Firefox");
    let rows: Vec<(Rule, &str, Facts, bool)> = vec![
        (Rule::SameEmail, "one mailbox", between(("ada@gmx.de", "Ada"), ("Ada+x@gmx.de", "Ben")), true),
        (
            Rule::SameEmail,
            "a couple at one provider",
            between(("ada@gmx.de", "Ada"), ("ben@gmx.de", "Ben")),
            false,
        ),
        (Rule::BrowserClaim, "only a page says so", seen(|facts| facts.browser_claim = true), true),
        (Rule::BrowserClaim, "the server says so", seen(|_| ()), false),
        (Rule::OwnBrowser, "the referrer's own browser", seen(|facts| facts.own_browser = true), true),
        (Rule::OwnBrowser, "a friend's browser", seen(|_| ()), false),
        (
            Rule::SameDomain,
            "two at one company",
            between(("ada@firm-nord.de", ""), ("ben@firm-nord.de", "")),
            true,
        ),
        (
            Rule::SameDomain,
            "two companies",
            between(("ada@firm-nord.de", ""), ("ben@firm-sued.de", "")),
            false,
        ),
        (
            Rule::SimilarPerson,
            "a name turned around",
            between(("a@gmx.de", "Ada Byron"), ("b@web.de", "Byron, Ada")),
            true,
        ),
        (
            Rule::SimilarPerson,
            "a family",
            between(("a@gmx.de", "Ada Byron"), ("b@web.de", "Ben Byron")),
            false,
        ),
        (Rule::SameBrowser, "one browser at one address", met(home, home), true),
        (Rule::SameBrowser, "a family behind one address", met(home, ("203.0.113.7", "Safari")), false),
        (Rule::SameNetwork, "an office", met(home, ("203.0.113.99", "Edge")), true),
        (
            Rule::SameNetwork,
            "behind a carrier's NAT",
            met(("100.64.3.4", "Firefox"), ("100.64.3.4", "Firefox")),
            false,
        ),
        (Rule::SameNetwork, "a traveller", met(home, ("198.51.100.7", "Firefox")), false),
        (Rule::Velocity, "a burst", seen(|facts| facts.in_30_minutes = 4), true),
        (Rule::Velocity, "a long day", seen(|facts| facts.in_24_hours = 21), true),
        (Rule::Velocity, "a good half hour", seen(|facts| facts.in_30_minutes = 3), false),
        (Rule::TooFast, "a robot", seen(|facts| facts.click_age_ms = Some(4_999)), true),
        (Rule::TooFast, "a person", seen(|facts| facts.click_age_ms = Some(5_000)), false),
        (
            Rule::LateConversions,
            "most come late",
            seen(|facts| {
                (facts.late, facts.late_of, facts.click_age_ms) = (4, 10, Some(facts::LATE_MS + 1));
            }),
            true,
        ),
        (
            Rule::LateConversions,
            "one comes late",
            seen(|facts| {
                (facts.late, facts.late_of, facts.click_age_ms) = (1, 10, Some(facts::LATE_MS + 1));
            }),
            false,
        ),
        (
            Rule::DisposableEmail,
            "a mailbox for ten minutes",
            between(("a@gmx.de", ""), ("x@mailinator.com", "")),
            true,
        ),
        (
            Rule::DisposableEmail,
            "a mailbox that is kept",
            between(("a@gmx.de", ""), ("x@posteo.de", "")),
            false,
        ),
        (Rule::PaidAd, "bought traffic", seen(|facts| facts.landed(Some("?gclid=1"), None)), true),
        (Rule::PaidAd, "a post at Facebook", seen(|facts| facts.landed(Some("?fbclid=1"), None)), false),
        (
            Rule::BannedHost,
            "a voucher site",
            seen(|facts| facts.landed(None, Some("www.retailmenot.com"))),
            true,
        ),
        (Rule::BannedHost, "a blog", seen(|facts| facts.landed(None, Some("blog.example"))), false),
        (Rule::UnusualAmount, "six times the usual", seen(|facts| facts.paid(6_000, vec![1_000; 50])), true),
        (Rule::UnusualAmount, "the shop's second sale", seen(|facts| facts.paid(6_000, vec![1_000])), false),
        (Rule::SharedTarget, "two referrers, one account", seen(|facts| facts.shared_target = true), true),
        (Rule::SharedTarget, "an account of one's own", seen(|_| ()), false),
    ];
    for (rule, what, facts, trips) in &rows {
        let tripped = judge(&Settings::default(), facts);
        assert_eq!(tripped.iter().any(|flag| flag.rule == *rule), *trips, "{}: {what}", rule.word());
        let held = Settings::default().holds(&weights(&tripped), Side::Referrer);
        assert!(*trips || !held, "{what}: nothing is held of who did nothing");
    }
    // What a purchase over one's own link trips comes later, when somebody signs in: journeys.
    for rule in Rule::ALL.into_iter().filter(|rule| *rule != Rule::SelfReferral) {
        for trips in [true, false] {
            let there = rows.iter().any(|(of, _, _, does)| *of == rule && *does == trips);
            assert!(there, "{} lacks a case: trips {trips}", rule.word());
        }
    }
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

mod settings;
