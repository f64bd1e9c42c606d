use super::*;
use crate::money::LARGEST_AMOUNT;
use crate::terms::pay::{Amount, Step};
use crate::terms::{Approval, Cap, Model};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::vec;
use proptest::prelude::*;

const AT: Instant = Instant::from_ms(1_795_262_400_000);

/// Rules that alternate between the sides; milestones, tiers and those for leads go to the referrer.
fn terms(rules: &[(Pay, Option<When>)]) -> Terms {
    let rule = |(at, (pay, when)): (usize, &(Pay, Option<When>))| RewardRule {
        id: format!("r{at}"),
        on: Occasion::Sale,
        to: if at % 2 == 0 { Side::Referrer } else { Side::Friend },
        pay: pay.clone(),
        when: *when,
    };
    Terms {
        attribution: Model::LastClick,
        window_days: 90,
        stand_down_minutes: 60,
        hold_days: 30,
        minimum_order: 0,
        first_customer_only: true,
        approval: Approval::Automatic,
        caps: Vec::new(),
        qualification: crate::terms::qualification::Qualification::default(),
        dispute_days: 14,
        rewards: rules.iter().enumerate().map(rule).collect(),
    }
}

fn pays(pays: &[Pay]) -> Terms {
    terms(&pays.iter().map(|pay| (pay.clone(), None)).collect::<Vec<_>>())
}

fn sale(terms: &Terms, amount: i64, facts: Facts) -> Outcome {
    grant(&Case { terms, occasion: Occasion::Sale, amount: Some(amount), at: AT, facts })
}

fn amounts(outcome: &Outcome) -> Vec<i64> {
    outcome.grants.iter().map(|grant| grant.amount).collect()
}

fn check(terms: &Terms, amount: i64, facts: Facts, granted: &[i64], refused: &[NoReward]) {
    let outcome = sale(terms, amount, facts);
    assert_eq!(amounts(&outcome), granted, "{outcome:?}");
    assert_eq!(outcome.skipped.iter().map(|skipped| skipped.reason).collect::<Vec<_>>(), refused);
}

#[test]
fn both_sides_get_what_the_terms_promise() {
    let terms = pays(&[Pay::ShareBps(1000), Pay::Flat(500)]);
    check(&terms, 9900, Facts::default(), &[990, 500], &[]);
    let outcome = sale(&terms, 9900, Facts::default());
    assert!(
        outcome.grants.iter().all(|grant| grant.available_at == AT.plus_days(30) && !grant.needs_approval)
    );
    assert_eq!(outcome, sale(&terms, 9900, Facts::default()), "the same facts give the same");
}

#[test]
fn below_the_minimum_order_nothing_is_granted_and_at_it_everything() {
    let terms = Terms { minimum_order: 2000, ..pays(&[Pay::Flat(500)]) };
    check(&terms, 1999, Facts::default(), &[], &[NoReward::BelowMinimumOrder]);
    check(&terms, 2000, Facts::default(), &[500], &[]);
}

#[test]
fn rules_share_a_small_sale_in_order_and_say_what_was_cut() {
    let terms = pays(&[Pay::Flat(500), Pay::Flat(500), Pay::Flat(1)]);
    check(&terms, 700, Facts::default(), &[500, 200], &[NoReward::SaleUsedUp]);
    let cut = sale(&terms, 700, Facts::default()).cut;
    assert_eq!(
        cut,
        [Cut { rule: "r1".to_owned(), promised: 500, granted: 200, reason: NoReward::SaleUsedUp }]
    );
    check(&pays(&[Pay::ShareBps(1)]), 9, Facts::default(), &[], &[NoReward::RoundsToNothing]);
    check(&pays(&[Pay::Flat(5)]), 0, Facts::default(), &[], &[NoReward::SaleUsedUp]);
}

#[test]
fn a_sale_whose_worth_is_unknown_waits_for_a_rate() {
    let terms = pays(&[Pay::Flat(5)]);
    let case =
        Case { terms: &terms, occasion: Occasion::Sale, amount: None, at: AT, facts: Facts::default() };
    let outcome = grant(&case);
    assert!(outcome.grants.is_empty());
    assert_eq!(outcome.skipped.first().map(|skipped| skipped.reason), Some(NoReward::OtherCurrency));
}

#[test]
fn each_occasion_has_its_own_rules_and_a_friend_is_one_qualified_lead() {
    let mut terms = pays(&[Pay::Flat(1), Pay::Flat(2), Pay::Flat(3)]);
    for (rule, on) in terms.rewards.iter_mut().zip([Occasion::Lead, Occasion::QualifiedLead, Occasion::Sale])
    {
        rule.on = on;
    }
    let of = |occasion, facts| {
        let amount = (occasion == Occasion::Sale).then_some(100);
        amounts(&grant(&Case { terms: &terms, occasion, amount, at: AT, facts }))
    };
    assert_eq!(of(Occasion::Lead, Facts::default()), [1]);
    assert_eq!(of(Occasion::QualifiedLead, Facts::default()), [2]);
    assert_eq!(of(Occasion::Sale, Facts::default()), [3]);
    assert_eq!(of(Occasion::QualifiedLead, Facts { qualified_before: true, ..Facts::default() }), [0; 0]);
}

#[test]
fn the_first_months_and_payments_end() {
    let months = terms(&[(Pay::ShareBps(1000), Some(When::FirstMonths(12)))]);
    let at = |months| Facts { months, ..Facts::default() };
    check(&months, 100, at(11), &[10], &[]);
    check(&months, 100, at(12), &[], &[NoReward::MonthsOver]);
    let payments = terms(&[(Pay::ShareBps(1000), Some(When::FirstPayments(2)))]);
    let after = |payments| Facts { payments, ..Facts::default() };
    check(&payments, 100, after(1), &[10], &[]);
    check(&payments, 100, after(2), &[], &[NoReward::PaymentsOver]);
}

#[test]
fn a_milestone_is_reached_by_its_number_and_is_not_part_of_the_sale() {
    let number = |count| Facts { volume: Volume { count, amount: 0 }, ..Facts::default() };
    let every = terms(&[(Pay::Flat(5000), Some(When::Every(10)))]);
    check(&every, 30, number(9), &[5000], &[]);
    check(&every, 30, number(19), &[5000], &[]);
    check(&every, 30, number(10), &[], &[NoReward::NoMilestone]);
    let at = terms(&[(Pay::Flat(5000), Some(When::At(10))), (Pay::ShareBps(10_000), None)]);
    check(&at, 30, number(9), &[5000, 30], &[]);
    check(&at, 30, number(19), &[30], &[NoReward::NoMilestone]);
}

fn steps(steps: &[(i64, u16)]) -> Vec<Step> {
    steps.iter().map(|(from, bps)| Step { from: *from, gives: Amount::ShareBps(*bps) }).collect()
}

#[test]
fn tiers_pay_by_number_whole_or_piece_by_piece_as_the_terms_say() {
    let tiers = |by, steps| pays(&[Pay::Tiers(Tiers { by, per: Span::Ever, steps })]);
    let before = |count, amount| Facts { volume: Volume { count, amount }, ..Facts::default() };
    let by_count = tiers(Measure::Count, steps(&[(1, 500), (3, 1000)]));
    check(&by_count, 100, before(1, 0), &[5], &[]);
    check(&by_count, 100, before(2, 0), &[10], &[]);
    let whole = tiers(Measure::AmountWhole, steps(&[(0, 500), (1000, 1000)]));
    check(&whole, 200, before(0, 700), &[10], &[]);
    check(&whole, 200, before(0, 800), &[20], &[]);
    let marginal = tiers(Measure::AmountMarginal, steps(&[(0, 500), (1000, 1000)]));
    check(&marginal, 200, before(0, 900), &[5 + 10], &[]);
    check(&marginal, 200, before(0, 1000), &[20], &[]);
    let late = tiers(Measure::AmountWhole, steps(&[(1000, 1000)]));
    check(&late, 999, before(0, 0), &[], &[NoReward::BelowFirstStep]);
    check(&late, 1000, before(0, 0), &[100], &[]);
}

#[test]
fn a_volume_of_the_month_leaves_other_months_out() {
    let tiers = Tiers { by: Measure::Count, per: Span::Month, steps: steps(&[(2, 1000)]) };
    let facts = Facts { volume: Volume { count: 50, amount: 0 }, ..Facts::default() };
    check(&pays(&[Pay::Tiers(tiers.clone())]), 100, facts, &[], &[NoReward::BelowFirstStep]);
    let facts = Facts { volume_of_month: Volume { count: 1, amount: 0 }, ..facts };
    check(&pays(&[Pay::Tiers(tiers)]), 100, facts, &[10], &[]);
}

#[test]
fn retention_grows_with_the_months_a_customer_stays() {
    let terms = pays(&[Pay::Retention { steps: steps(&[(0, 500), (12, 1000)]) }]);
    let at = |months| Facts { months, ..Facts::default() };
    check(&terms, 100, at(0), &[5], &[]);
    check(&terms, 100, at(11), &[5], &[]);
    check(&terms, 100, at(12), &[10], &[]);
}

#[test]
fn a_perk_is_granted_without_money_and_takes_nothing_of_the_sale() {
    let terms = pays(&[Pay::Perk("Early access".to_owned()), Pay::ShareBps(10_000)]);
    let outcome = sale(&terms, 100, Facts::default());
    assert_eq!(amounts(&outcome), [0, 100]);
    assert_eq!(outcome.grants.first().and_then(|grant| grant.perk.as_deref()), Some("Early access"));
}

#[test]
fn a_friend_gets_one_code_of_a_pool_while_there_are_any() {
    assert_eq!(coupon(false, Some("A")), Ok("A"));
    assert_eq!(coupon(true, Some("A")), Err(NoReward::CouponBefore));
    assert_eq!(coupon::<&str>(false, None), Err(NoReward::NoCouponLeft));
    let outcome = sale(&pays(&[Pay::Coupon("welcome".to_owned())]), 100, Facts::default());
    let facts =
        outcome.grants.first().map(|grant| (grant.amount, grant.coupon.as_deref(), grant.perk.is_some()));
    assert_eq!(facts, Some((0, Some("welcome"), true)));
}

#[test]
fn a_person_looks_at_what_the_terms_say() {
    let needs = |approval| {
        let terms = Terms { approval, ..pays(&[Pay::Flat(500), Pay::Flat(501), Pay::Perk("x".to_owned())]) };
        let outcome = sale(&terms, 9000, Facts::default());
        outcome.grants.iter().map(|grant| grant.needs_approval).collect::<Vec<_>>()
    };
    assert_eq!(needs(Approval::Automatic), [false, false, false]);
    assert_eq!(needs(Approval::Manual), [true, true, true]);
    assert_eq!(needs(Approval::AutomaticUpTo(500)), [false, true, false]);
}

#[test]
fn a_cap_leaves_what_is_left_of_it_and_says_so() {
    let with = |of, per, amount| Terms {
        caps: vec![Cap { of, per, amount }],
        ..pays(&[Pay::Flat(500), Pay::Flat(500)])
    };
    let granted = |sum| Facts {
        to_referrer: Granted { ever: sum, day: sum, month: sum },
        to_all: Granted { ever: sum, day: sum, month: sum },
        ..Facts::default()
    };
    check(&with(CapOf::Conversion, CapPer::Ever, 700), 9000, granted(900), &[500, 200], &[]);
    let before = Facts { of_conversion: 600, ..Facts::default() };
    check(&with(CapOf::Conversion, CapPer::Ever, 700), 9000, before, &[100], &[NoReward::CapReached]);
    check(&with(CapOf::Referrer, CapPer::Ever, 700), 9000, granted(300), &[400, 500], &[]);
    check(&with(CapOf::Referrer, CapPer::Day, 700), 9000, granted(700), &[500], &[NoReward::CapReached]);
    check(&with(CapOf::Program, CapPer::Month, 700), 9000, granted(300), &[400], &[NoReward::CapReached]);
    check(&with(CapOf::Program, CapPer::Ever, 700), 9000, granted(9999), &[], &[NoReward::CapReached; 2]);
    let cut = sale(&with(CapOf::Referrer, CapPer::Month, 700), 9000, granted(300)).cut;
    assert_eq!(cut.first().map(|cut| (cut.granted, cut.reason)), Some((400, NoReward::CapReached)));
}

#[test]
fn amounts_are_minor_units_whatever_the_currency_has_of_them() {
    // One per cent of 999 yen, cents or fils: nine of them. What a currency calls whole is a matter of printing.
    check(&pays(&[Pay::ShareBps(100)]), 999, Facts::default(), &[9], &[]);
}

fn any_pay() -> impl Strategy<Value = (Pay, Option<When>)> {
    let share = 1_u16..=10_000;
    let ladder = proptest::collection::btree_map(0..=LARGEST_AMOUNT, 1_u16..=10_000, 1..4).prop_map(|map| {
        map.into_iter().map(|(from, bps)| Step { from, gives: Amount::ShareBps(bps) }).collect::<Vec<_>>()
    });
    let measure =
        prop_oneof![Just(Measure::Count), Just(Measure::AmountWhole), Just(Measure::AmountMarginal)];
    let tiers = (measure, prop_oneof![Just(Span::Ever), Just(Span::Month)], ladder.clone())
        .prop_map(|(by, per, steps)| Pay::Tiers(Tiers { by, per, steps }));
    let when = proptest::option::of(prop_oneof![
        (1_u32..=24).prop_map(When::FirstMonths),
        (1_u32..=24).prop_map(When::FirstPayments),
    ]);
    let pay = prop_oneof![
        (1..=LARGEST_AMOUNT).prop_map(Pay::Flat),
        share.prop_map(Pay::ShareBps),
        tiers,
        ladder.prop_map(|steps| Pay::Retention { steps }),
        Just(Pay::Perk("x".to_owned())),
    ];
    (pay, when)
}

fn any_cap() -> impl Strategy<Value = Cap> {
    let of = prop_oneof![Just(CapOf::Conversion), Just(CapOf::Referrer), Just(CapOf::Program)];
    let per = prop_oneof![Just(CapPer::Ever), Just(CapPer::Day), Just(CapPer::Month)];
    (of, per, 1..=LARGEST_AMOUNT).prop_map(|(of, per, amount)| Cap { of, per, amount })
}

/// Facts at the edges of what 64 bits hold, too.
fn any_facts() -> impl Strategy<Value = Facts> {
    let number = || prop_oneof![0_i64..1000, 0..=i64::MAX];
    (number(), number(), number(), 0_u32..50, number(), number()).prop_map(
        |(count, amount, payments, months, one, all)| Facts {
            volume: Volume { count, amount },
            volume_of_month: Volume { count: count / 2, amount: amount / 2 },
            payments,
            months,
            qualified_before: false,
            to_referrer: Granted { ever: one, day: one / 3, month: one / 2 },
            to_all: Granted { ever: all, day: all / 3, month: all / 2 },
            of_conversion: 0,
        },
    )
}

proptest! {
    #[test]
    fn rewards_never_exceed_the_sale_and_no_rule_is_dropped_in_silence(
        amount in 0..=LARGEST_AMOUNT,
        rules in proptest::collection::vec(any_pay(), 0..8),
        facts in any_facts(),
    ) {
        let outcome = sale(&terms(&rules), amount, facts);
        let sum: i128 = amounts(&outcome).into_iter().map(i128::from).sum();
        prop_assert!(sum <= i128::from(amount));
        prop_assert!(outcome.grants.iter().all(|grant| (grant.amount > 0) == grant.perk.is_none()));
        prop_assert_eq!(outcome.grants.len() + outcome.skipped.len(), rules.len());
        prop_assert!(outcome.cut.iter().all(|cut| cut.granted < cut.promised));
    }

    #[test]
    fn caps_are_never_exceeded(
        sales in proptest::collection::vec((0..=LARGEST_AMOUNT / 64, 0_usize..4, 0_usize..3), 1..40),
        rules in proptest::collection::vec(any_pay(), 1..5),
        caps in proptest::collection::vec(any_cap(), 1..5),
    ) {
        let terms = Terms { caps, ..terms(&rules) };
        // By referrer and by day of the month, and one referrer more for all.
        let mut granted = [[0_i64; 4]; 4];
        for (amount, day, who) in sales {
            let ever = |who: usize| granted[who].iter().sum::<i64>();
            let of = |who: usize| Granted { ever: ever(who), day: granted[who][day], month: ever(who) };
            let facts = Facts { to_referrer: of(who), to_all: of(3), ..Facts::default() };
            let outcome = sale(&terms, amount, facts);
            let to = |side: Option<Side>| -> i64 {
                outcome.grants.iter().filter(|grant| side.is_none_or(|side| grant.to == side)).map(|grant| grant.amount).sum()
            };
            granted[who][day] += to(Some(Side::Referrer));
            granted[3][day] += to(None);
            let months = |who: usize| granted[who].iter().sum::<i64>();
            for cap in &terms.caps {
                let used = match (cap.of, cap.per) {
                    (CapOf::Conversion, _) => to(None),
                    (CapOf::Referrer, CapPer::Day) => granted[who][day],
                    (CapOf::Referrer, _) => months(who),
                    (CapOf::Program, CapPer::Day) => granted[3][day],
                    (CapOf::Program, _) => months(3),
                };
                prop_assert!(used <= cap.amount, "{:?} holds {}", cap, used);
            }
        }
    }

    #[test]
    fn any_order_of_arrival_gives_the_same_where_it_is_promised(
        sales in proptest::collection::vec(10_000..=1_000_000_i64, 1..30),
        turn in 0_usize..30,
        ladder in proptest::collection::btree_map(0..=3_000_000_i64, 1_u16..=3_000, 1..4),
        cap in proptest::option::of(1..=500_000_i64),
    ) {
        let ladder: Vec<Step> = ladder.into_iter().map(|(from, bps)| Step { from, gives: Amount::ShareBps(bps) }).collect();
        let by_count = vec![Step { from: 1, gives: Amount::Flat(100) }, Step { from: 5, gives: Amount::Flat(150) }];
        let mut terms = terms(&[
            (Pay::Flat(100), None),
            (Pay::ShareBps(500), None),
            (Pay::Tiers(Tiers { by: Measure::AmountMarginal, per: Span::Ever, steps: ladder }), None),
            (Pay::Tiers(Tiers { by: Measure::Count, per: Span::Ever, steps: by_count }), None),
            (Pay::Flat(5_000), Some(When::Every(3))),
            (Pay::Flat(700), Some(When::FirstPayments(4))),
        ]);
        for rule in &mut terms.rewards {
            rule.to = Side::Referrer;
        }
        terms.caps.extend(cap.map(|amount| Cap { of: CapOf::Referrer, per: CapPer::Ever, amount }));
        let all = |sales: &[i64]| {
            let mut facts = Facts::default();
            for amount in sales {
                let got: i64 = amounts(&sale(&terms, *amount, facts)).into_iter().sum();
                facts.to_referrer.ever += got;
                facts.volume.count += 1;
                facts.volume.amount += amount;
                facts.payments += 1;
            }
            facts.to_referrer.ever
        };
        let sum = all(&sales);
        let mut turned = sales.clone();
        turned.rotate_left(turn % sales.len());
        prop_assert_eq!(all(&turned), sum);
        turned.sort_unstable();
        prop_assert_eq!(all(&turned), sum);
    }

    #[test]
    fn reversals_never_exceed_the_reward(reward in 1..=LARGEST_AMOUNT, sale in 1..=LARGEST_AMOUNT, refunds in proptest::collection::vec(1..=LARGEST_AMOUNT, 1..6)) {
        let mut refunded = 0_i64;
        let mut reversed = 0_i64;
        for refund in refunds {
            refunded = refunded.saturating_add(refund).min(sale);
            reversed += reversal(reward, sale, refunded, reversed);
            prop_assert!(reversed <= reward);
        }
        prop_assert_eq!(reversed == reward, refunded == sale || money::kept(reward, sale, refunded) == 0);
    }
}

#[test]
fn a_refund_in_two_halves_takes_back_what_one_would() {
    assert_eq!(reversal(990, 9900, 9900, 0), 990);
    let half = reversal(990, 9900, 4950, 0);
    assert_eq!(half, 495);
    assert_eq!(half + reversal(990, 9900, 9900, half), 990);
    assert_eq!(vec![reversal(1, 3, 1, 0)], [1], "rounding goes against what is kept");
}
