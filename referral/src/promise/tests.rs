use super::*;
use crate::terms::qualification::Qualification;
use crate::terms::{Cap, Model};
use alloc::collections::BTreeSet;
use alloc::vec;
use proptest::prelude::*;

fn currency(code: &str) -> Currency {
    Currency::parse(code).expect("listed")
}

fn locale(tag: &str) -> Locale {
    Locale::of_tag(tag).expect("known")
}

fn terms(rewards: Vec<RewardRule>) -> Terms {
    Terms {
        attribution: Model::LastClick,
        window_days: 90,
        stand_down_minutes: 60,
        hold_days: 30,
        minimum_order: 0,
        first_customer_only: false,
        approval: Approval::Automatic,
        caps: vec![],
        qualification: Qualification::default(),
        dispute_days: 14,
        rewards,
    }
}

fn rule(on: Occasion, to: Side, pay: Pay, when: Option<When>) -> RewardRule {
    RewardRule { id: "r".to_owned(), on, to, pay, when }
}

#[test]
fn every_locale_has_every_sentence_with_the_same_places() {
    let keys = |locale: Locale| -> Vec<(&str, usize)> {
        let line = |line: &'static str| {
            let (key, words) = line.split_once(" = ").expect("a key and its words");
            assert!(!words.trim().is_empty(), "{}: {key}", locale.tag);
            (key, words.matches("{a}").count() + 10 * words.matches("{b}").count())
        };
        locale.words.lines().map(line).collect()
    };
    let [english, others @ ..] = LOCALES;
    let known: BTreeSet<&str> = keys(english).iter().map(|(key, _)| *key).collect();
    assert_eq!(known.len(), keys(english).len(), "no key twice");
    for other in others {
        assert_eq!(keys(other), keys(english), "{}", other.tag);
    }
}

#[test]
fn amounts_are_printed_exactly_as_their_currency_has_digits() {
    let check = |tag: &str, amount: i64, code: &str, expected: &str| {
        assert_eq!(locale(tag).money(amount, currency(code)), expected.replace(' ', "\u{a0}"));
    };
    check("en", 500, "EUR", "5.00 EUR");
    check("de", 500, "EUR", "5,00 EUR");
    check("en", 500, "JPY", "500 JPY");
    check("en", 500, "KWD", "0.500 KWD");
    check("en", 5, "EUR", "0.05 EUR");
    check("en", 123_456_789, "EUR", "1,234,567.89 EUR");
    check("de", 123_456_789, "EUR", "1.234.567,89 EUR");
    check("fr", 123_456_789, "EUR", "1 234 567,89 EUR");
    check("ja", 1_234_567, "JPY", "1,234,567 JPY");
    check("en", crate::money::LARGEST_AMOUNT, "EUR", "90,071,992,547,409.91 EUR");
    for (bps, expected) in [(1000, "10%"), (1250, "12.5%"), (1, "0.01%"), (10_000, "100%"), (10, "0.1%")] {
        assert_eq!(locale("en").percent(bps), expected);
    }
}

#[test]
fn a_browsers_languages_choose_the_locale() {
    let check = |accept: &str, tag: &str| assert_eq!(Locale::preferred(accept).tag(), tag, "{accept}");
    check("", "en");
    check("de", "de");
    check("de-AT,de;q=0.9,en;q=0.8", "de");
    check("sv,fr;q=0.5,es;q=0.7", "es");
    check("sv-SE", "en");
    check("en;q=0.1,ja;q=0.15", "ja");
    check("pt-BR;q=1.0,en;q=1", "pt");
    check("fr;q=0,it;q=0.001", "it");
    check(";;;,,q=,\u{0};q=9", "en");
    assert_eq!(Locale::of_tag("xx"), None);
    let check = |accept: &str, tag: &str| {
        let offered = |tag: &str| ["en", "de", "fr"].contains(&tag);
        assert_eq!(Locale::preferred_of(accept, offered).tag(), tag, "{accept}");
    };
    check("it,fr;q=0.9,de;q=0.8", "fr");
    check("ja,pl;q=0.5", "en");
    check("it,en;q=0.2,de;q=0.1", "en");
}

#[test]
fn a_promise_reads_as_a_person_would_say_it() {
    let rules = vec![
        rule(Occasion::Sale, Side::Referrer, Pay::ShareBps(1000), Some(When::FirstMonths(12))),
        rule(Occasion::Sale, Side::Friend, Pay::Flat(500), None),
    ];
    let promise = say(&terms(rules), currency("EUR"), locale("en"));
    assert_eq!(
        promise.referrer,
        [
            "You get 10% of what was paid when a friend buys. Months it counts for, from the friend’s first purchase: 12."
        ]
    );
    assert_eq!(promise.friend, ["Your friend gets 5.00\u{a0}EUR when they buy."]);
    assert_eq!(
        promise.conditions,
        [
            "If several people’s links are followed, the last one counts.",
            "Minutes after a click in which nobody else’s takes over: 60.",
            "Days after a click in which it counts: 90.",
            "Days a reward waits before it is approved: 30."
        ]
    );
}

#[test]
fn a_friend_is_told_what_they_get_and_for_what() {
    let rules = vec![
        rule(Occasion::Sale, Side::Referrer, Pay::ShareBps(1000), None),
        rule(Occasion::Lead, Side::Friend, Pay::Coupon("welcome".to_owned()), None),
        rule(
            Occasion::Sale,
            Side::Friend,
            Pay::Perk("Early access".to_owned()),
            Some(When::FirstPayments(1)),
        ),
        rule(Occasion::QualifiedLead, Side::Friend, Pay::Flat(500), None),
        rule(Occasion::Sale, Side::Friend, Pay::Flat(99), Some(When::At(10))),
    ];
    let check = |tag: &str, expected: [&str; 3]| {
        assert_eq!(say_to_friend(&terms(rules.clone()), currency("EUR"), locale(tag)), expected);
    };
    check(
        "en",
        [
            "You get a coupon code when you sign up.",
            "You get “Early access” when you buy.",
            "You get 5.00\u{a0}EUR when your sign-up is found to qualify.",
        ],
    );
    check(
        "de",
        [
            "Sie bekommen einen Gutscheincode bei der Anmeldung.",
            "Sie bekommen „Early access“ beim Kauf.",
            "Sie bekommen 5,00\u{a0}EUR, wenn Ihre Anmeldung die Kriterien erfüllt.",
        ],
    );
}

fn any_rule() -> impl Strategy<Value = RewardRule> {
    let amount = || {
        prop_oneof![
            (1..=crate::money::LARGEST_AMOUNT).prop_map(Amount::Flat),
            (1_u16..=10_000).prop_map(Amount::ShareBps)
        ]
    };
    let steps = move || {
        proptest::collection::btree_map(1..=1_000_000_i64, amount(), 1..5)
            .prop_map(|steps| steps.into_iter().map(|(from, gives)| Step { from, gives }).collect::<Vec<_>>())
    };
    let by = prop_oneof![Just(Measure::Count), Just(Measure::AmountWhole), Just(Measure::AmountMarginal)];
    let per = prop_oneof![Just(Span::Ever), Just(Span::Month)];
    let pay = prop_oneof![
        (1..=crate::money::LARGEST_AMOUNT).prop_map(Pay::Flat),
        (1_u16..=10_000).prop_map(Pay::ShareBps),
        (by, per, steps()).prop_map(|(by, per, steps)| Pay::Tiers(Tiers { by, per, steps })),
        steps().prop_map(|steps| Pay::Retention { steps }),
        Just(Pay::Perk("Training".to_owned())),
        Just(Pay::Coupon("welcome".to_owned())),
    ];
    let when = proptest::option::of(prop_oneof![
        (1_u32..=1200).prop_map(When::FirstMonths),
        (1_u32..=1200).prop_map(When::FirstPayments),
        (2_u32..=1_000_000).prop_map(When::Every),
        (1_u32..=1_000_000).prop_map(When::At),
    ]);
    let on = prop_oneof![Just(Occasion::Lead), Just(Occasion::QualifiedLead), Just(Occasion::Sale)];
    (on, any::<bool>(), pay, when).prop_map(|(on, friend, pay, when)| {
        rule(on, if friend { Side::Friend } else { Side::Referrer }, pay, when)
    })
}

/// The digits of a number as it stands in JSON, and the unit it is printed in.
fn numbers(terms: &Terms, currency: Currency, locale: Locale) -> Vec<String> {
    let mut numbers = vec![locale.number(i64::from(terms.window_days), 0)];
    let money = |amount: i64| locale.money(amount, currency);
    let amount = |amount: &Amount| match amount {
        Amount::Flat(flat) => money(*flat),
        Amount::ShareBps(bps) => locale.percent(*bps),
    };
    if terms.hold_days > 0 {
        numbers.push(locale.number(i64::from(terms.hold_days), 0));
    }
    if terms.minimum_order > 0 {
        numbers.push(money(terms.minimum_order));
    }
    numbers.extend(terms.caps.iter().map(|cap| money(cap.amount)));
    if let Approval::AutomaticUpTo(most) = terms.approval {
        numbers.push(money(most));
    }
    for rule in &terms.rewards {
        match &rule.pay {
            Pay::Flat(flat) => numbers.push(money(*flat)),
            Pay::ShareBps(bps) => numbers.push(locale.percent(*bps)),
            Pay::Perk(perk) => numbers.push(perk.clone()),
            Pay::Coupon(_) => {}
            Pay::Retention { steps } => {
                numbers
                    .extend(steps.iter().flat_map(|step| [locale.number(step.from, 0), amount(&step.gives)]));
            }
            Pay::Tiers(tiers) => {
                let from =
                    |from| if tiers.by == Measure::Count { locale.number(from, 0) } else { money(from) };
                numbers.extend(tiers.steps.iter().flat_map(|step| [from(step.from), amount(&step.gives)]));
            }
        }
        match rule.when {
            Some(When::FirstMonths(n) | When::FirstPayments(n) | When::Every(n) | When::At(n)) => {
                numbers.push(locale.number(i64::from(n), 0));
            }
            None => {}
        }
    }
    numbers
}

proptest! {
    #[test]
    fn every_number_of_the_terms_stands_in_the_promise(
        rewards in proptest::collection::vec(any_rule(), 0..6),
        window_days in 30_u16..=400,
        hold_days in 0_u16..=365,
        minimum_order in 0..=crate::money::LARGEST_AMOUNT,
        limit in proptest::option::of(1..=crate::money::LARGEST_AMOUNT),
        cap in 1..=crate::money::LARGEST_AMOUNT,
        code in prop_oneof![Just("EUR"), Just("JPY"), Just("KWD")],
    ) {
        let caps = vec![
            Cap { of: CapOf::Referrer, per: CapPer::Month, amount: cap },
            Cap { of: CapOf::Program, per: CapPer::Day, amount: cap / 2 + 1 },
            Cap { of: CapOf::Conversion, per: CapPer::Ever, amount: cap / 3 + 1 },
        ];
        let approval = limit.map_or(Approval::Manual, Approval::AutomaticUpTo);
        let terms = Terms { window_days, hold_days, minimum_order, approval, caps, ..terms(rewards) };
        for locale in LOCALES {
            let promise = say(&terms, currency(code), locale);
            let mut text = promise.referrer.join("\n");
            for part in [&promise.friend, &promise.conditions] {
                text.push('\n');
                text.push_str(&part.join("\n"));
            }
            for number in numbers(&terms, currency(code), locale) {
                prop_assert!(text.contains(&number), "{}: {} is not in\n{}", locale.tag(), number, text);
            }
            let unfilled = text.contains(['{', '}']);
            prop_assert!(!unfilled, "a place was left empty: {}", text);
            prop_assert_eq!(promise.referrer.len() + promise.friend.len(), terms.rewards.len());
            prop_assert!(promise.referrer.iter().chain(&promise.friend).chain(&promise.conditions).all(|sentence| !sentence.trim().is_empty()));
        }
    }
}
