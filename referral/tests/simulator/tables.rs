//! The tables of the simulator's ledger: rows that a command writes, and what they add up to.

use crate::facts::Click;
use referral::attribution::{Binding, TracedTouch};
use referral::chain::{Field, Row};
use referral::reward::State;
use referral::terms::Side;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Friend {
    pub(crate) binding: Option<Binding>,
    pub(crate) touches: Vec<Click>,
    pub(crate) email: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reward {
    pub(crate) conversion: String,
    pub(crate) rule: String,
    pub(crate) side: Side,
    pub(crate) person: String,
    pub(crate) amount: i64,
    pub(crate) state: State,
    pub(crate) available_at: i64,
}

/// Whom a conversion is credited to, and what a move of the credit must know of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Credit {
    pub(crate) customer: u8,
    pub(crate) at: i64,
    /// A sale's amount, and the same in the program's currency.
    pub(crate) paid: Option<(i64, Option<i64>)>,
    pub(crate) touches: Vec<TracedTouch>,
    pub(crate) referrer: Option<String>,
    pub(crate) moves: u32,
}

/// One row that a command writes.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    Friend(u8, Friend),
    Conversion(String, String, Option<i64>),
    Credit(String, Credit),
    Moved(u8, String),
    Reward(Reward),
    State(usize, State),
    Entry(Row),
    Refund(u8, u8, i64, String),
    Applied(u8, i64),
    Flag(String, u32),
    Decision(String, bool),
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Tables {
    pub(crate) friends: BTreeMap<u8, Friend>,
    /// Answer and amount.
    pub(crate) conversions: BTreeMap<String, (String, Option<i64>)>,
    pub(crate) credits: BTreeMap<String, Credit>,
    /// Answers to disputes that moved the credit.
    pub(crate) moved: BTreeMap<u8, String>,
    pub(crate) rewards: Vec<Reward>,
    /// Taken back of each reward, as its entries say.
    pub(crate) reversed: Vec<i64>,
    pub(crate) refunds: BTreeMap<u8, (u8, i64, String)>,
    pub(crate) applied: BTreeMap<u8, i64>,
    pub(crate) met: BTreeSet<u8>,
    pub(crate) flags: BTreeMap<String, u32>,
    pub(crate) decisions: BTreeMap<String, bool>,
}

impl Tables {
    pub(crate) fn apply(&mut self, change: &Change) {
        match change.clone() {
            Change::Friend(customer, friend) => {
                self.friends.insert(customer, friend);
            }
            Change::Conversion(key, answer, amount) => {
                assert!(self.conversions.insert(key, (answer, amount)).is_none(), "recorded twice");
            }
            Change::Credit(key, credit) => {
                self.credits.insert(key, credit);
            }
            Change::Moved(dispute, answer) => {
                assert!(self.moved.insert(dispute, answer).is_none(), "moved twice");
            }
            Change::Reward(reward) => {
                self.rewards.push(reward);
                self.reversed.push(0);
            }
            Change::State(at, state) => self.rewards[at].state = state,
            Change::Entry(row) => {
                let [rule, account, Field::Number(amount), taken_back_by] = row.fields.as_slice() else {
                    panic!("an entry of four fields");
                };
                let program = Field::from("program");
                if *taken_back_by != Field::Nothing && *account != program {
                    let at =
                        self.rewards.iter().position(|reward| Field::from(reward.rule.as_str()) == *rule);
                    self.reversed[at.expect("its reward")] -= amount;
                }
            }
            Change::Refund(refund, order, amount, answer) => {
                self.refunds.insert(refund, (order, amount, answer));
            }
            Change::Applied(refund, amount) => {
                self.applied.insert(refund, amount);
                self.met.insert(refund);
            }
            Change::Flag(key, weight) => {
                self.flags.insert(key, weight);
            }
            Change::Decision(key, confirm) => {
                assert!(self.decisions.insert(key, confirm).is_none(), "decided twice");
            }
        }
    }
}
