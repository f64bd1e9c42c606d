use super::*;
use crate::instant::MINUTE_MS;
use alloc::borrow::ToOwned;
use alloc::vec;
use proptest::prelude::*;

const HOUR_MS: i64 = 60 * MINUTE_MS;
const NOON: Instant = Instant::from_ms(1_795_262_400_000);

const TERMS: InForce = InForce { version: 1, window_days: 90, first_customer_only: true };

/// A click so many milliseconds before noon, of the referrer named like the code.
fn click(code: &str, before_ms: i64) -> Touch {
    Touch {
        code: code.to_owned(),
        click_id: Some(alloc::format!("gwc_{code}")),
        clicked_at: NOON.plus_ms(-before_ms),
        owner: Some(Owner { referrer_id: alloc::format!("rfr_{code}"), external_id: None }),
        terms: TERMS,
    }
}

fn case(model: Model, touches: &[Touch]) -> Case<'_> {
    Case {
        model,
        stand_down_minutes: 0,
        terms: TERMS,
        occurred_at: NOON,
        customer_id: "c1",
        binding: None,
        known_customer: false,
        invalid_click: false,
        touches,
    }
}

/// The winner's code, or the reason's word.
fn verdict(case: &Case<'_>) -> String {
    match decide(case).attribution {
        Attribution::Attributed { code, .. } => code,
        Attribution::Unattributed { reason } => reason.word().to_owned(),
    }
}

fn check(model: Model, touches: &[Touch], expected: &str) {
    assert_eq!(verdict(&case(model, touches)), expected);
}

#[test]
fn the_last_or_the_first_click_wins_as_the_terms_say() {
    let touches = [click("anna", 3000), click("ben", 1000), click("cleo", 2000)];
    check(Model::LastClick, &touches, "ben");
    check(Model::FirstClick, &touches, "anna");
}

/// Who wins under last click with an hour to stand down, and what became of each.
fn with_an_hour(touches: &[Touch]) -> (String, Vec<Outcome>) {
    let trace = decide(&Case { stand_down_minutes: 60, ..case(Model::LastClick, touches) });
    let winner = match trace.attribution {
        Attribution::Attributed { code, .. } => code,
        Attribution::Unattributed { reason } => reason.word().to_owned(),
    };
    (winner, trace.touches.iter().map(|touch| touch.outcome).collect())
}

#[test]
fn a_click_within_the_hour_of_somebody_elses_stands_down_and_one_at_its_end_takes_over() {
    use Outcome::{LaterClickWon, StoodDown, Won};
    let after = |ms| with_an_hour(&[click("anna", 2 * HOUR_MS), click("ben", 2 * HOUR_MS - ms)]);
    assert_eq!(after(59 * MINUTE_MS), ("anna".to_owned(), vec![Won, StoodDown]));
    assert_eq!(after(HOUR_MS - 1), ("anna".to_owned(), vec![Won, StoodDown]));
    assert_eq!(after(HOUR_MS), ("ben".to_owned(), vec![LaterClickWon, Won]));
    assert_eq!(after(61 * MINUTE_MS), ("ben".to_owned(), vec![LaterClickWon, Won]));
}

#[test]
fn the_hour_runs_from_the_last_click_of_who_holds_the_visitor_not_from_one_that_stood_down() {
    use Outcome::{LaterClickWon, StoodDown, Won};
    let minutes = |code, before| click(code, before * MINUTE_MS);
    // ben stands down at 20, anna clicks again at 50, so cleo stands down at 100, and ben takes over at 111.
    let touches = [
        minutes("anna", 120),
        minutes("ben", 100),
        minutes("anna", 70),
        minutes("cleo", 20),
        minutes("ben", 9),
    ];
    let expected = vec![LaterClickWon, StoodDown, LaterClickWon, StoodDown, Won];
    assert_eq!(with_an_hour(&touches), ("ben".to_owned(), expected));
}

#[test]
fn who_cannot_win_holds_nobody_and_a_named_code_does_not_stand_down() {
    let ghost = Touch { owner: None, ..click("ghost", 2000) };
    assert_eq!(with_an_hour(&[ghost, click("ben", 1000)]).0, "ben");
    let till = Touch { click_id: None, ..click("ben", 0) };
    assert_eq!(with_an_hour(&[click("anna", 1000), till]).0, "ben");
    let trace = decide(&Case {
        stand_down_minutes: 60,
        ..case(Model::FirstClick, &[click("anna", 2000), click("ben", 1000)])
    });
    assert_eq!(trace.touches.last().map(|touch| touch.outcome), Some(Outcome::EarlierClickWon));
}

#[test]
fn a_click_at_the_last_millisecond_of_the_window_wins_and_one_later_does_not() {
    check(Model::LastClick, &[click("anna", 90 * DAY_MS)], "anna");
    check(Model::LastClick, &[click("anna", 90 * DAY_MS + 1)], "outside_window");
    check(Model::LastClick, &[click("anna", 0)], "anna");
    check(Model::LastClick, &[click("anna", -1)], "click_after_conversion");
}

#[test]
fn under_first_click_an_old_click_outside_the_window_does_not_shadow_a_good_one() {
    check(Model::FirstClick, &[click("anna", 91 * DAY_MS), click("ben", DAY_MS)], "ben");
}

#[test]
fn without_a_touch_there_is_no_click() {
    check(Model::LastClick, &[], "no_click");
}

#[test]
fn a_code_nobody_joined_with_is_unknown() {
    let touch = Touch { owner: None, ..click("ghost", 10) };
    check(Model::LastClick, &[touch], "unknown_code");
}

#[test]
fn a_click_that_does_not_prove_itself_earns_nothing() {
    assert_eq!(verdict(&Case { invalid_click: true, ..case(Model::LastClick, &[]) }), "invalid_click");
}

#[test]
fn referring_oneself_earns_nothing() {
    let mut touch = click("anna", 10);
    if let Some(owner) = &mut touch.owner {
        owner.external_id = Some("c1".to_owned());
    }
    check(Model::LastClick, &[touch], "self_referral");
}

#[test]
fn a_known_customer_is_not_credited_unless_the_terms_allow_it() {
    let touches = [click("anna", 10)];
    let known = |touches| verdict(&Case { known_customer: true, ..case(Model::LastClick, touches) });
    assert_eq!(known(&touches), "existing_customer");
    assert_eq!(known(&[]), "no_click");
    let generous = [Touch { terms: InForce { first_customer_only: false, ..TERMS }, ..click("anna", 10) }];
    assert_eq!(known(&generous), "anna");
}

#[test]
fn each_click_is_judged_by_the_terms_in_force_when_it_was_followed() {
    let under = |version, window_days, touch: Touch| Touch {
        terms: InForce { version, window_days, first_customer_only: true },
        ..touch
    };
    let long = under(1, 90, click("anna", 60 * DAY_MS));
    let short = under(2, 30, click("ben", 40 * DAY_MS));
    // The newer click lost its window under the newer terms; the older one was promised ninety days, and has them.
    let touches = [long, short];
    let trace = decide(&case(Model::LastClick, &touches));
    assert_eq!((trace.terms_version, trace.window_days), (1, 90));
    assert!(
        matches!(trace.attribution, Attribution::Attributed { ref code, terms_version: 1, .. } if code == "anna")
    );
    let outcomes: Vec<_> = trace.touches.iter().map(|touch| (touch.terms_version, touch.outcome)).collect();
    assert_eq!(outcomes, [(1, Outcome::Won), (2, Outcome::Refused(Reason::OutsideWindow))]);
}

#[test]
fn a_bound_customer_keeps_the_terms_of_the_first_click() {
    let binding = Binding {
        referrer_id: "rfr_anna".to_owned(),
        external_id: None,
        code: "anna".to_owned(),
        click_id: None,
        clicked_at: NOON,
        terms: InForce { version: 1, ..TERMS },
    };
    let now = InForce { version: 3, ..TERMS };
    let trace = decide(&Case { binding: Some(&binding), terms: now, ..case(Model::LastClick, &[]) });
    assert_eq!(trace.terms_version, 1);
}

#[test]
fn a_bound_customer_stays_with_their_referrer_whatever_is_clicked_later() {
    let binding = Binding {
        referrer_id: "rfr_anna".to_owned(),
        external_id: None,
        code: "anna".to_owned(),
        click_id: None,
        clicked_at: NOON,
        terms: TERMS,
    };
    let touches = [click("ben", 10)];
    let trace = decide(&Case { binding: Some(&binding), ..case(Model::LastClick, &touches) });
    assert!(
        matches!(trace.attribution, Attribution::Attributed { ref code, rule: Rule::BoundCustomer, .. } if code == "anna")
    );
    assert_eq!(trace.touches.first().map(|touch| touch.outcome), Some(Outcome::CustomerBound));
}

#[test]
fn a_customer_who_turns_out_to_be_their_own_referrer_earns_nothing_more() {
    let bound = |external_id: &str| Binding {
        referrer_id: "rfr_anna".to_owned(),
        external_id: Some(external_id.to_owned()),
        code: "anna".to_owned(),
        click_id: None,
        clicked_at: NOON,
        terms: TERMS,
    };
    let verdict_of =
        |binding: &Binding| verdict(&Case { binding: Some(binding), ..case(Model::LastClick, &[]) });
    assert_eq!(verdict_of(&bound("c1")), "self_referral");
    assert_eq!(verdict_of(&bound("c2")), "anna");
}

#[test]
fn the_trace_says_what_became_of_every_touch() {
    let touches = [click("old", 91 * DAY_MS), click("anna", 10), click("ben", 5)];
    let outcomes: Vec<Outcome> =
        decide(&case(Model::LastClick, &touches)).touches.iter().map(|touch| touch.outcome).collect();
    assert_eq!(outcomes, [Outcome::Refused(Reason::OutsideWindow), Outcome::LaterClickWon, Outcome::Won]);
}

proptest! {
    #[test]
    fn at_most_one_touch_wins_and_it_is_within_the_window(
        ages in proptest::collection::vec((0_i64..120 * DAY_MS, any::<bool>()), 0..12),
        first in any::<bool>(),
        known_customer in any::<bool>(),
    ) {
        let model = if first { Model::FirstClick } else { Model::LastClick };
        let touches: Vec<Touch> = ages.iter().enumerate().map(|(at, (age, owned))| {
            let touch = click(&alloc::format!("code{at}"), *age);
            if *owned { touch } else { Touch { owner: None, ..touch } }
        }).collect();
        let case = Case { known_customer, ..case(model, &touches) };
        let trace = decide(&case);
        let won: Vec<_> = trace.touches.iter().filter(|touch| touch.outcome == Outcome::Won).collect();
        match &trace.attribution {
            Attribution::Attributed { code, clicked_at, .. } => {
                prop_assert_eq!(won.len(), 1);
                prop_assert_eq!(&won[0].code, code);
                let age = NOON.since_ms(*clicked_at);
                prop_assert!((0..=90 * DAY_MS).contains(&age));
                for touch in &touches {
                    let able = touch.owner.is_some() && (0..=90 * DAY_MS).contains(&NOON.since_ms(touch.clicked_at));
                    if able {
                        let fits = if first { touch.clicked_at >= *clicked_at } else { touch.clicked_at <= *clicked_at };
                        prop_assert!(fits);
                    }
                }
            }
            Attribution::Unattributed { .. } => prop_assert!(won.is_empty()),
        }
        let text = serde_json::to_string(&trace).expect("a trace prints");
        prop_assert_eq!(serde_json::from_str::<Trace>(&text).expect("and reads"), trace);
    }

    #[test]
    fn the_order_in_which_clicks_are_told_does_not_matter(ages in proptest::collection::btree_set(0_i64..80 * DAY_MS, 1..8), seed in any::<u64>()) {
        let mut touches: Vec<Touch> = ages.iter().map(|age| click(&alloc::format!("code{age}"), *age)).collect();
        let told = |touches: &[Touch]| verdict(&Case { stand_down_minutes: 1_440, ..case(Model::LastClick, touches) });
        let before = told(&touches);
        let turn = usize::try_from(seed % touches.len() as u64).expect("small");
        touches.rotate_left(turn);
        prop_assert_eq!(told(&touches), before);
    }
}
