//! Terms: the versioned promise of a program. A conversion is judged by, and keeps, one version.

use crate::input::{FieldError, Input};
use crate::money::WHOLE_BPS;
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
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

/// How much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pay {
    /// Minor units of the program's currency.
    Flat(i64),
    /// Basis points of the sale.
    ShareBps(u16),
}

/// One promise: who gets how much for what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RewardRule {
    /// Its name in rewards and traces, unique in the terms: 1–40 of `[a-z0-9_]`.
    pub id: String,
    /// For a lead or for a sale.
    pub on: Occasion,
    /// To the referrer or to the friend.
    pub to: Side,
    /// Flat or a share.
    pub pay: Pay,
}

/// The promise as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Which click wins.
    pub attribution: Model,
    /// Days from a click in which it can win, the last millisecond included.
    pub window_days: u16,
    /// Days a reward waits before it is approved.
    pub hold_days: u16,
    /// Least sale, in minor units, that earns anything.
    pub minimum_order: i64,
    /// Credit only customers the merchant did not know before.
    pub first_customer_only: bool,
    /// The promises, in the order in which they share a sale.
    pub rewards: Vec<RewardRule>,
}

/// Shortest and longest window, in days.
pub const WINDOW_DAYS: core::ops::RangeInclusive<i64> = 30..=400;
/// Longest hold, in days.
const HOLD_DAYS: core::ops::RangeInclusive<i64> = 0..=365;
/// Most promises of one version.
const MOST_RULES: usize = 20;

impl Terms {
    /// Reads terms as a merchant writes them. What is left out: last click, a window of 90 days, a hold of 30 days, no
    /// minimum order, first customers only.
    ///
    /// # Errors
    /// Every fault, with the path of its field under `path`.
    pub fn read(path: &str, fields: &Map<String, Value>) -> Result<Self, Vec<FieldError>> {
        let mut input = Input::new(path, fields);
        let models = [("last_click", Model::LastClick), ("first_click", Model::FirstClick)];
        let attribution = input.choice("attribution", &models).unwrap_or(Model::LastClick);
        let window_days = input.integer("window_days", WINDOW_DAYS).unwrap_or(90);
        let hold_days = input.integer("hold_days", HOLD_DAYS).unwrap_or(30);
        let minimum_order = input.amount("minimum_order", 0).unwrap_or(0);
        let first_customer_only = input.flag("first_customer_only").unwrap_or(true);
        // Part of what we print, so that printed terms can be sent back; the number is given by the ledger.
        let _ = input.integer("version", 1..=i64::MAX);
        let _ = input.instant("created_at");
        let rewards = read_rules(&mut input);
        input.finish()?;
        Ok(Self {
            attribution,
            window_days: u16::try_from(window_days).unwrap_or(90),
            hold_days: u16::try_from(hold_days).unwrap_or(30),
            minimum_order,
            first_customer_only,
            rewards,
        })
    }
}

fn read_rules(input: &mut Input<'_>) -> Vec<RewardRule> {
    input.require("rewards");
    let Some(value) = input.value("rewards") else {
        return Vec::new();
    };
    let Some(list) = value.as_array() else {
        input.refuse("rewards", "wrong_type", "must be a list");
        return Vec::new();
    };
    if list.len() > MOST_RULES {
        input.refuse("rewards", "too_long", format!("takes at most {MOST_RULES} rules"));
        return Vec::new();
    }
    let mut rules: Vec<RewardRule> = Vec::new();
    for (at, value) in list.iter().enumerate() {
        let path = format!("{}[{at}]", input.path_of("rewards"));
        match read_rule(&path, value) {
            Ok(rule) if rules.iter().any(|known| known.id == rule.id) => {
                input.refuse(&format!("rewards[{at}].id"), "not_unique", "is the id of another rule");
            }
            Ok(rule) => rules.push(rule),
            Err(errors) => input.absorb(errors),
        }
    }
    let shares: u32 = rules
        .iter()
        .map(|rule| match rule.pay {
            Pay::ShareBps(bps) => u32::from(bps),
            Pay::Flat(_) => 0,
        })
        .sum();
    if shares > u32::from(WHOLE_BPS) {
        input.refuse(
            "rewards",
            "out_of_range",
            "share_bps of all rules must not add up to more than 10000, the whole sale",
        );
    }
    rules
}

fn read_rule(path: &str, value: &Value) -> Result<RewardRule, Vec<FieldError>> {
    let Some(fields) = value.as_object() else {
        let detail = "must be an object with id, on, to and pay".to_owned();
        return Err(alloc::vec![FieldError { field: path.to_owned(), code: "wrong_type", detail }]);
    };
    let mut input = Input::new(path, fields);
    let id = input.required_text("id", 1..=40);
    if !id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_') {
        input.refuse("id", "unknown_character", "takes lower-case letters, digits and _");
    }
    input.require("on");
    let on =
        input.choice("on", &[("lead", Occasion::Lead), ("sale", Occasion::Sale)]).unwrap_or(Occasion::Sale);
    input.require("to");
    let to = input
        .choice("to", &[("referrer", Side::Referrer), ("friend", Side::Friend)])
        .unwrap_or(Side::Referrer);
    input.require("pay");
    let pay = read_pay(&mut input, on);
    input.finish()?;
    Ok(RewardRule { id, on, to, pay })
}

fn read_pay(input: &mut Input<'_>, on: Occasion) -> Pay {
    let nothing = Pay::Flat(0);
    let Some(value) = input.value("pay") else {
        return nothing;
    };
    let Some(fields) = value.as_object() else {
        input.refuse("pay", "wrong_type", "must be {\"flat\": minor units} or {\"share_bps\": basis points}");
        return nothing;
    };
    let mut pay = Input::new(&input.path_of("pay"), fields);
    let flat = pay.amount("flat", 1);
    let share_bps =
        pay.integer("share_bps", 1..=i64::from(WHOLE_BPS)).and_then(|bps| u16::try_from(bps).ok());
    if fields.contains_key("flat") == fields.contains_key("share_bps") {
        pay.refuse("flat", "required", "exactly one of flat and share_bps must be given");
    }
    if share_bps.is_some() && on == Occasion::Lead {
        pay.refuse("share_bps", "out_of_place", "a lead has no amount to share; use flat");
    }
    if let Err(errors) = pay.finish() {
        input.absorb(errors);
    }
    match (flat, share_bps) {
        (Some(amount), None) => Pay::Flat(amount),
        (None, Some(bps)) => Pay::ShareBps(bps),
        _ => nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(terms: &Value) -> Result<Terms, Vec<(String, &'static str)>> {
        let fields = terms.as_object().expect("the tests pass objects");
        Terms::read("terms", fields)
            .map_err(|errors| errors.into_iter().map(|error| (error.field, error.code)).collect())
    }

    fn check(terms: &Value, field: &str, code: &str) {
        let errors = read(terms).expect_err("should be refused");
        assert!(errors.iter().any(|(f, c)| f == field && *c == code), "{errors:?}");
    }

    #[test]
    fn what_is_left_out_has_defaults() {
        let terms = read(&json!({"rewards": []})).expect("valid");
        assert_eq!((terms.window_days, terms.hold_days, terms.minimum_order), (90, 30, 0));
        assert_eq!(terms.attribution, Model::LastClick);
        assert!(terms.first_customer_only);
    }

    #[test]
    fn printed_terms_can_be_sent_back() {
        let sent = json!({"rewards": [
            {"id": "share", "on": "sale", "to": "referrer", "pay": {"share_bps": 1000}},
            {"id": "gift", "on": "sale", "to": "friend", "pay": {"flat": 500}},
        ]});
        let terms = read(&sent).expect("valid");
        let printed = serde_json::to_value(&terms).expect("prints");
        assert_eq!(read(&printed).expect("valid"), terms);
    }

    #[test]
    fn every_fault_names_its_field() {
        let rule = |pay: Value| json!({"rewards": [{"id": "a", "on": "lead", "to": "friend", "pay": pay}]});
        check(&json!({}), "terms.rewards", "required");
        check(&json!({"rewards": [], "window_days": 29}), "terms.window_days", "out_of_range");
        check(&json!({"rewards": [], "window_days": "90"}), "terms.window_days", "wrong_type");
        check(&json!({"rewards": [], "window_days": 90.5}), "terms.window_days", "wrong_type");
        check(&json!({"rewards": [], "windowdays": 90}), "terms.windowdays", "unknown_field");
        check(&json!({"rewards": 7}), "terms.rewards", "wrong_type");
        check(&json!({"rewards": [7]}), "terms.rewards[0]", "wrong_type");
        check(&rule(json!({"flat": 0})), "terms.rewards[0].pay.flat", "out_of_range");
        check(&rule(json!({"flat": -1})), "terms.rewards[0].pay.flat", "out_of_range");
        check(&rule(json!({"share_bps": 100})), "terms.rewards[0].pay.share_bps", "out_of_place");
        check(&rule(json!({})), "terms.rewards[0].pay.flat", "required");
        check(&rule(json!({"flat": 1, "share_bps": 1})), "terms.rewards[0].pay.flat", "required");
        let same = json!({"id": "a", "on": "sale", "to": "friend", "pay": {"share_bps": 6000}});
        check(&json!({"rewards": [same, same]}), "terms.rewards[1].id", "not_unique");
        let other = json!({"id": "b", "on": "sale", "to": "friend", "pay": {"share_bps": 6000}});
        check(&json!({"rewards": [same, other]}), "terms.rewards", "out_of_range");
    }
}
