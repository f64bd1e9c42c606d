use super::*;
use crate::attribution::{Outcome, Reason};
use crate::reward::{self, Case, Facts};
use crate::terms::pay::Pay;
use crate::terms::{Approval, Model, Occasion, RewardRule};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::vec;
use alloc::vec::Vec;
use proptest::prelude::*;

const SOLD_AT: Instant = Instant::from_ms(1_795_262_400_000);

fn followed(code: &str, referrer_id: Option<&str>, days_before: i64) -> TracedTouch {
    TracedTouch {
        code: code.to_owned(),
        click_id: Some(format!("{code}-{days_before}")),
        clicked_at: SOLD_AT.plus_ms(-days_before * crate::instant::DAY_MS),
        referrer_id: referrer_id.map(str::to_owned),
        terms_version: 1,
        outcome: Outcome::Refused(Reason::OutsideWindow),
    }
}

#[test]
fn the_winners_own_last_touch_before_it_counts_over_the_code_that_was_named() {
    let touches = [
        followed("ada", Some("rfr_1"), 9),
        followed("anna", Some("rfr_0"), 7),
        followed("eve", Some("rfr_2"), 3),
        followed("ada", Some("rfr_1"), -1),
        followed("nobody", None, 1),
    ];
    let check = |mine: &[&str], code: Option<&str>, expected: Option<&str>| {
        let mine: Vec<String> = mine.iter().map(|id| (*id).to_owned()).collect();
        let found = touch(&touches, &mine, code, SOLD_AT).and_then(|touch| touch.click_id.as_deref());
        assert_eq!(found, expected, "{mine:?} {code:?}");
    };
    check(&["rfr_1"], None, Some("ada-9"));
    check(&["rfr_1", "rfr_0"], None, Some("anna-7"));
    check(&["rfr_1", "rfr_0"], Some("ada"), Some("ada-9"));
    check(&["rfr_1"], Some("anna"), None);
    check(&["rfr_3"], None, None);
    check(&[], None, None);
}

#[test]
fn what_the_loser_got_goes_and_what_the_friend_got_stays() {
    let check = |to, state, is_perk, left, expected: Option<i64>| {
        assert_eq!(loss(to, state, is_perk, left), expected, "{to:?} {state:?} {is_perk} {left}");
    };
    for state in [State::Pending, State::Approved, State::Held] {
        check(Side::Referrer, state, false, 5, Some(5));
        check(Side::Referrer, state, true, 0, Some(0));
    }
    check(Side::Referrer, State::Paid, false, 5, Some(5));
    check(Side::Referrer, State::Paid, false, 0, None);
    check(Side::Referrer, State::Paid, true, 0, None);
    check(Side::Referrer, State::Voided, false, 0, None);
    for state in [State::Pending, State::Approved, State::Held, State::Paid, State::Voided] {
        check(Side::Friend, state, false, 5, None);
    }
}

/// A reward as a small ledger keeps it.
#[derive(Clone, Debug)]
struct Kept {
    person: u8,
    rule: String,
    to: Side,
    amount: i64,
    reversed: i64,
    state: State,
    former: bool,
}

/// One sale and its rewards.
struct Sale {
    terms: Terms,
    amount: i64,
    refunded: i64,
    credited_to: Option<u8>,
    rewards: Vec<Kept>,
}

impl Sale {
    fn give_to(&mut self, person: u8) {
        for kept in &mut self.rewards {
            kept.former |= kept.to == Side::Referrer;
            if let Some(left) = loss(kept.to, kept.state, false, kept.amount - kept.reversed) {
                kept.reversed += left;
                if kept.state != State::Paid {
                    kept.state = State::Voided;
                }
            }
        }
        let friends: i64 =
            self.rewards.iter().filter(|kept| kept.to == Side::Friend).map(|kept| kept.amount).sum();
        let terms = super::terms(&self.terms, friends > 0, &[]);
        let facts = Facts { of_conversion: friends, ..Facts::default() };
        let case =
            Case { terms: &terms, occasion: Occasion::Sale, amount: Some(self.amount), at: SOLD_AT, facts };
        for grant in reward::grant(&case).grants {
            let reversed = reward::reversal(grant.amount, self.amount, self.refunded, 0);
            self.rewards.push(Kept {
                person: if grant.to == Side::Friend { 0 } else { person },
                rule: grant.rule,
                to: grant.to,
                amount: grant.amount,
                reversed,
                state: if reversed == grant.amount { State::Voided } else { State::Pending },
                former: false,
            });
        }
        self.credited_to = Some(person);
    }

    fn refund(&mut self, amount: i64) {
        self.refunded = (self.refunded + amount).min(self.amount);
        for kept in &mut self.rewards {
            kept.reversed += reward::reversal(kept.amount, self.amount, self.refunded, kept.reversed);
            if kept.reversed == kept.amount && kept.state != State::Paid {
                kept.state = State::Voided;
            }
        }
    }

    fn pay(&mut self) {
        for kept in self.rewards.iter_mut().filter(|kept| kept.state == State::Pending) {
            kept.state = State::Paid;
        }
    }

    /// What is left of the rewards of each person and rule.
    fn balances(&self) -> Vec<(u8, String, i64)> {
        let mut balances: Vec<(u8, String, i64)> = Vec::new();
        for kept in &self.rewards {
            match balances
                .iter_mut()
                .find(|(person, rule, _)| (*person, rule.as_str()) == (kept.person, &kept.rule))
            {
                Some((.., left)) => *left += kept.amount - kept.reversed,
                None => balances.push((kept.person, kept.rule.clone(), kept.amount - kept.reversed)),
            }
        }
        balances.retain(|(.., left)| *left != 0);
        balances.sort();
        balances
    }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Give(u8),
    Refund(i64),
    Pay,
}

fn sale(amount: i64, rules: &[(bool, i64)]) -> Sale {
    let rule = |(at, (to_friend, pay)): (usize, &(bool, i64))| RewardRule {
        id: format!("r{at}"),
        on: Occasion::Sale,
        to: if *to_friend { Side::Friend } else { Side::Referrer },
        pay: if *pay % 2 == 0 {
            Pay::Flat(*pay + 1)
        } else {
            Pay::ShareBps(u16::try_from(*pay % 10_000 + 1).expect("at most all"))
        },
        when: None,
    };
    let terms = Terms {
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
    };
    Sale { terms, amount, refunded: 0, credited_to: None, rewards: vec![] }
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![(1_u8..4).prop_map(Step::Give), (1_i64..4_000).prop_map(Step::Refund), Just(Step::Pay)]
}

proptest! {
    #[test]
    fn however_often_the_credit_goes_to_and_fro_the_sums_stay(
        amount in 1_i64..20_000,
        rules in proptest::collection::vec((any::<bool>(), 0_i64..9_000), 1..4),
        steps in proptest::collection::vec(step(), 1..24),
    ) {
        let mut sale = sale(amount, &rules);
        for step in steps {
            match step {
                Step::Give(person) if sale.credited_to == Some(person) => {}
                Step::Give(person) => sale.give_to(person),
                Step::Refund(amount) => sale.refund(amount),
                Step::Pay => sale.pay(),
            }
            for kept in &sale.rewards {
                prop_assert!((0..=kept.amount).contains(&kept.reversed), "{kept:?}");
            }
            let standing = sale.rewards.iter().filter(|kept| !kept.former);
            prop_assert!(standing.map(|kept| kept.amount).sum::<i64>() <= sale.amount, "shares exceed the sale");
            let left: i64 = sale.balances().iter().map(|(.., left)| left).sum();
            prop_assert!(left <= sale.amount - sale.refunded + i64::try_from(rules.len()).expect("few"));
            for (person, rule, left) in sale.balances() {
                prop_assert!(left > 0 && (person == 0 || Some(person) == sale.credited_to), "{person} {rule} {left}");
            }
        }
    }

    #[test]
    fn what_is_left_is_what_the_last_one_would_have_got_whenever_it_was_refunded(
        amount in 1_i64..20_000,
        rules in proptest::collection::vec((any::<bool>(), 0_i64..9_000), 1..4),
        moves in proptest::collection::vec(1_u8..4, 1..8),
        refunds in proptest::collection::vec(1_i64..9_000, 0..4),
        order in any::<prop::sample::Index>(),
    ) {
        // All refunds first, all last, or after some of the moves: the balances are the same.
        let run = |before: usize| {
            let mut sale = sale(amount, &rules);
            sale.give_to(9);
            for (at, person) in moves.iter().enumerate() {
                if at == before {
                    for refund in &refunds {
 sale.refund(*refund);
 }
                }
                if sale.credited_to != Some(*person) {
                    sale.give_to(*person);
                }
            }
            if before >= moves.len() {
                for refund in &refunds {
 sale.refund(*refund);
 }
            }
            sale.balances()
        };
        let last = run(moves.len());
        prop_assert_eq!(run(0), last.clone());
        prop_assert_eq!(run(order.index(moves.len())), last);
    }
}
