//! The contract's rules, reasons, rewards and reversals as a customer reads them.

use serde::Deserialize;

use crate::clock;
use crate::money::{CURRENCY, Cents};

#[derive(Deserialize)]
pub(super) struct Reward {
    to: String,
    amount: i64,
    currency: String,
    state: String,
    #[serde(default)]
    available_at: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Reversal {
    to: String,
    amount: i64,
    currency: String,
}

pub(super) fn rule_in_words(rule: &str) -> &str {
    match rule {
        "last_click" => "it was the last link followed before",
        "first_click" => "it was the first link followed",
        "code" => "its code was given with the order",
        "bound_customer" => "this customer came by that link when they signed up",
        other => other,
    }
}

pub(super) fn reason_in_words(reason: &str) -> &str {
    match reason {
        "no_click" => "no referral link was followed",
        "invalid_click" => "the click id was not a genuine one",
        "unknown_code" => "the link's code belongs to nobody",
        "outside_window" => "the link was followed too long ago",
        "click_after_conversion" => "the link was followed only afterwards",
        "existing_customer" => "this customer had bought here before",
        "self_referral" => "the link was the buyer's own",
        other => other,
    }
}

fn person(to: &str) -> &str {
    match to {
        "friend" => "you",
        "referrer" => "the person who sent you",
        other => other,
    }
}

fn money(amount: i64, currency: &str) -> String {
    if currency == CURRENCY {
        Cents(amount).to_string()
    } else {
        format!("{amount} {currency} (minor units)")
    }
}

pub(super) fn reward_in_words(reward: &Reward) -> String {
    let what = format!("{} for {}", money(reward.amount, &reward.currency), person(&reward.to));
    match reward.available_at.as_deref().and_then(clock::day_of_instant) {
        Some(day) if reward.state == "pending" => format!("{what}, pending until {day}"),
        _ => format!("{what}, {}", reward.state),
    }
}

pub(super) fn reversal_in_words(reversal: &Reversal) -> String {
    format!("{} less for {}", money(reversal.amount.abs(), &reversal.currency), person(&reversal.to))
}
