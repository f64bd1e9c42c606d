//! Terms: the versioned promise of a program. A conversion is judged by, and keeps, the version in force at its click.
//!
//! - here: the terms as a whole, their rules, caps and approval;
//! - [`pay`]: how much a rule gives, and for which conversions;
//! - [`qualification`]: when a lead counts as qualified;
//! - `read` and `rules`: terms as a merchant writes them, every fault named by its field.

pub mod pay;
pub mod qualification;
mod read;
mod rules;

pub use rules::{POOL, is_pool};

use crate::input::{FieldError, Input};
use alloc::string::String;
use alloc::vec::Vec;
use pay::{Pay, When};
use qualification::Qualification;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Which of several clicks wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Model {
    /// The newest within the window.
    LastClick,
    /// The oldest within the window.
    FirstClick,
}

/// What a reward is given for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// A friend identified themselves.
    Lead,
    /// A lead was found to be what the merchant looks for.
    QualifiedLead,
    /// A friend paid.
    Sale,
}

/// Who gets a reward.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Who shared.
    Referrer,
    /// Who was referred.
    Friend,
}

/// One promise: who gets how much for what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RewardRule {
    /// Its name in rewards and traces, unique in the terms: 1–40 of `[a-z0-9_]`.
    pub id: String,
    /// For a lead, a qualified lead or a sale.
    pub on: Occasion,
    /// To the referrer or to the friend.
    pub to: Side,
    /// How much.
    pub pay: Pay,
    /// For which of them; for every one where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<When>,
}

/// Whose rewards a cap counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CapOf {
    /// All rewards of one conversion, of both sides.
    Conversion,
    /// What one referrer gets.
    Referrer,
    /// All that the program grants, to both sides.
    Program,
}

/// The time a cap counts over, by the day on which the conversion happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CapPer {
    /// From the first day on.
    Ever,
    /// A UTC day.
    Day,
    /// A calendar month of UTC days.
    Month,
}

/// The most that is granted. What was taken back again does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cap {
    /// Whose rewards.
    pub of: CapOf,
    /// Over which time; `ever` for a conversion.
    pub per: CapPer,
    /// Minor units of the program's currency, above 0.
    pub amount: i64,
}

/// Who lets a reward pass when its hold has ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Approval {
    /// Nobody needs to look.
    #[default]
    Automatic,
    /// A person, every reward.
    Manual,
    /// A person, rewards above so many minor units.
    AutomaticUpTo(i64),
}

impl Approval {
    /// Whether a person must let a reward of this amount pass; a perk has the amount 0.
    pub const fn needs_a_person(self, amount: i64) -> bool {
        match self {
            Self::Automatic => false,
            Self::Manual => true,
            Self::AutomaticUpTo(most) => amount > most,
        }
    }
}

/// The promise as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Which click wins.
    pub attribution: Model,
    /// Minutes after a click in which nobody else's click takes over, under last click. Terms from before there was such a
    /// time have none.
    #[serde(default)]
    pub stand_down_minutes: u16,
    /// Days from a click in which it can win, the last millisecond included.
    pub window_days: u16,
    /// Days a reward waits before it is approved.
    pub hold_days: u16,
    /// Least sale, in minor units, that earns anything.
    pub minimum_order: i64,
    /// Credit only customers the merchant did not know before.
    pub first_customer_only: bool,
    /// Who lets rewards pass.
    #[serde(default)]
    pub approval: Approval,
    /// The most that is granted, each of a kind once.
    #[serde(default)]
    pub caps: Vec<Cap>,
    /// When a lead counts as qualified.
    #[serde(default)]
    pub qualification: Qualification,
    /// Days in which the merchant means to decide a dispute.
    #[serde(default = "usual_dispute_days")]
    pub dispute_days: u16,
    /// The promises, in the order in which they share a sale.
    pub rewards: Vec<RewardRule>,
}

/// Terms from before disputes were due.
const fn usual_dispute_days() -> u16 {
    14
}

/// Shortest and longest window, in days.
pub const WINDOW_DAYS: core::ops::RangeInclusive<i64> = 30..=400;
/// Longest time to stand down, in minutes: a day.
const STAND_DOWN_MINUTES: core::ops::RangeInclusive<i64> = 0..=1_440;
/// Longest hold, in days.
const HOLD_DAYS: core::ops::RangeInclusive<i64> = 0..=365;
/// Shortest and longest time for a dispute, in days.
const DISPUTE_DAYS: core::ops::RangeInclusive<i64> = 1..=90;
/// Most promises of one version.
const MOST_RULES: usize = 20;

impl Terms {
    /// Reads terms as a merchant writes them. What is left out: last click, 60 minutes to stand down, a window of 90 days, a
    /// hold of 30 days, no minimum order, first customers only, automatic approval, no caps, nothing that qualifies a lead by
    /// itself, 14 days for a dispute.
    ///
    /// # Errors
    /// Every fault, with the path of its field under `path`.
    pub fn read(path: &str, fields: &Map<String, Value>) -> Result<Self, Vec<FieldError>> {
        let mut input = Input::new(path, fields);
        let models = [("last_click", Model::LastClick), ("first_click", Model::FirstClick)];
        let attribution = input.choice("attribution", &models).unwrap_or(Model::LastClick);
        let stand_down_minutes = input.integer("stand_down_minutes", STAND_DOWN_MINUTES).unwrap_or(60);
        let window_days = input.integer("window_days", WINDOW_DAYS).unwrap_or(90);
        let hold_days = input.integer("hold_days", HOLD_DAYS).unwrap_or(30);
        let minimum_order = input.amount("minimum_order", 0).unwrap_or(0);
        let first_customer_only = input.flag("first_customer_only").unwrap_or(true);
        let dispute_days = input.integer("dispute_days", DISPUTE_DAYS).unwrap_or(14);
        let approval = read::approval(&mut input);
        let caps = read::caps(&mut input);
        let qualification = read::qualification(&mut input);
        // Part of what we print, so that printed terms can be sent back; the number is given by the ledger.
        let _ = input.integer("version", 1..=i64::MAX);
        let _ = input.instant("created_at");
        let rewards = rules::read(&mut input);
        input.finish()?;
        Ok(Self {
            attribution,
            stand_down_minutes: u16::try_from(stand_down_minutes).unwrap_or(60),
            window_days: u16::try_from(window_days).unwrap_or(90),
            hold_days: u16::try_from(hold_days).unwrap_or(30),
            minimum_order,
            first_customer_only,
            approval,
            caps,
            qualification,
            dispute_days: u16::try_from(dispute_days).unwrap_or(14),
            rewards,
        })
    }
}

#[cfg(test)]
mod tests;
