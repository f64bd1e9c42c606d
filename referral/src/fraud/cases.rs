//! Every rule with what trips it and what must not, in one table: families, offices, carriers, travellers.

use super::person::Person;
use super::*;
use crate::terms::Side;
use alloc::vec;

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
#[expect(clippy::too_many_lines, reason = "a table")]
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
        (
            Rule::SameBrowser,
            "one kind of phone behind a carrier's NAT",
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

/// What a program says of voucher sites: its own are banned, those it works with are welcome.
#[test]
fn a_program_adds_voucher_sites_and_excuses_them() {
    let change = serde_json::json!({
        "banned_hosts": ["https://www.Deals.example/today", "both.example"],
        "allowed_hosts": ["coupons.com", "both.example"],
    });
    let own =
        change.as_object().and_then(|fields| Settings::default().changed("", fields).ok()).expect("settings");
    let rows = [
        ("www.retailmenot.com", true, true, "of the list"),
        ("coupons.com", true, false, "of the list, and excused"),
        ("www.coupons.com", true, false, "below one that is excused"),
        ("notcoupons.com", false, false, "only looks like one"),
        ("deals.example", false, true, "the program's own"),
        ("app.deals.example", false, true, "below the program's own"),
        ("mydeals.example", false, false, "only looks like the program's own"),
        ("both.example", false, true, "banned and excused"),
        ("blog.example", false, false, "a blog"),
    ];
    for (host, by_default, by_program, what) in rows {
        let facts = seen(|facts| facts.landed(None, Some(host)));
        for (settings, trips) in [(&Settings::default(), by_default), (&own, by_program)] {
            let tripped = judge(settings, &facts).iter().any(|flag| flag.rule == Rule::BannedHost);
            assert_eq!(tripped, trips, "{host}: {what}");
        }
    }
    // Every host that ships can be excused.
    let list = include_str!("../../data/coupon_hosts.txt");
    for host in list.lines().filter(|line| !line.starts_with('#')) {
        let facts = seen(|facts| facts.landed(None, Some(host)));
        assert!(!judge(&Settings::default(), &facts).is_empty(), "{host}");
        let excused = Settings { allowed_hosts: vec![host.into()], ..Settings::default() };
        assert!(judge(&excused, &facts).is_empty(), "{host} is excused");
    }
}
