//! What speaks for a flag, in words.

use crate::pages::desk::Names;
use crate::pages::frame::Frame;
use serde_json::Value;

/// Whom the evidence names beside the flag's own referrer.
pub(super) fn other(evidence: &Value) -> Option<&str> {
    evidence.get("with").and_then(Value::as_str).filter(|id| id.starts_with("rfr_"))
}

/// The evidence of a rule as one sentence.
pub(super) fn said(frame: &Frame, names: &Names, rule: &str, evidence: &Value) -> String {
    let words = &frame.words;
    let number = |name: &str| evidence.get(name).and_then(Value::as_i64);
    let count = |name: &str| words.count(number(name).and_then(|n| u64::try_from(n).ok()).unwrap_or(0));
    match rule {
        "velocity" => words.with2("evidence.velocity", &count("in_30_minutes"), &count("in_24_hours")),
        "too_fast" => words.with2("evidence.too_fast", &count("seconds"), &count("usual_from")),
        "late_conversions" => words.with2("evidence.late_conversions", &count("late"), &count("of")),
        "paid_ad" => {
            let found = evidence.get("parameters").and_then(Value::as_array).into_iter().flatten();
            let found: Vec<&str> = found.filter_map(Value::as_str).collect();
            words.with("evidence.paid_ad", &found.join(", "))
        }
        "banned_host" => {
            let host = evidence.get("host").and_then(Value::as_str).unwrap_or_default();
            let banned = evidence.get("banned_by_program").and_then(Value::as_bool).unwrap_or(false);
            words.with(if banned { "evidence.banned_host" } else { "evidence.coupon_host" }, host)
        }
        "unusual_amount" => {
            let money = |name: &str| frame.money(number(name).unwrap_or(0));
            words.with2("evidence.unusual_amount", &money("amount"), &money("median"))
        }
        "shared_target" => {
            let name = other(evidence).map(|id| names.of(id)).unwrap_or_default();
            words.with("evidence.shared_target", &name)
        }
        rule => words.known("doubt", rule).unwrap_or_default().to_owned(),
    }
}
