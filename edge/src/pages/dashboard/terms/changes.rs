//! What differs between two versions of terms, field by field, in words.

use super::draft::{self, rules};
use super::said;
use crate::pages::frame::Frame;
use referral::promise::Promise;
use serde_json::{Value, json};

/// One field that differs; a text that is empty was, or is, not there.
pub(in crate::pages::dashboard) struct Change {
    pub(in crate::pages::dashboard) field: String,
    pub(in crate::pages::dashboard) old: String,
    pub(in crate::pages::dashboard) new: String,
    /// `added`, `removed` or `changed`.
    pub(in crate::pages::dashboard) mark: &'static str,
}

impl Change {
    fn of(field: String, old: Option<String>, new: Option<String>) -> Option<Self> {
        let mark = match (&old, &new) {
            (old, new) if old == new => return None,
            (None, _) => "added",
            (_, None) => "removed",
            _ => "changed",
        };
        Some(Self { field, old: old.unwrap_or_default(), new: new.unwrap_or_default(), mark })
    }
}

/// Fields that hold one thing, with the key of their name.
const PLAIN: [(&str, &str); 8] = [
    ("attribution", "fact.model"),
    ("window_days", "terms.window"),
    ("hold_days", "terms.hold"),
    ("minimum_order", "terms.minimum"),
    ("first_customer_only", "terms.new_only"),
    ("approval", "terms.approval"),
    ("stand_down_minutes", "terms.stand_down"),
    ("dispute_days", "terms.dispute_days"),
];

/// The key of a field's name.
pub(super) fn key(field: &str) -> Option<&'static str> {
    let further =
        [("caps", "terms.caps"), ("qualification", "terms.qualification"), ("rewards", "terms.rules")];
    PLAIN.iter().chain(&further).find(|(known, _)| *known == field).map(|(_, key)| *key)
}

fn plain(frame: &Frame, field: &str, value: &Value) -> String {
    match (field, value) {
        ("attribution", Value::String(word)) => frame.words.of("model", word),
        ("approval", Value::String(word)) => frame.words.of("terms", word),
        ("approval", Value::Object(limit)) => {
            let amount = limit.get("automatic_up_to").and_then(Value::as_i64).unwrap_or(0);
            format!("{} {}", frame.t("terms.up_to"), frame.money(amount))
        }
        ("minimum_order", Value::Number(amount)) => frame.money(amount.as_i64().unwrap_or(0)),
        (_, Value::Bool(is)) => frame.t(if *is { "yes" } else { "no" }).to_owned(),
        (_, value) => value.to_string(),
    }
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Terms with one field in the place of their own, in words.
fn with(frame: &Frame, terms: &Value, field: &str, value: Value) -> Option<Promise> {
    let mut terms = terms.clone();
    terms.as_object_mut()?.insert(field.to_owned(), value);
    said(frame, &terms)
}

/// The sentence of one rule, as referrers and friends read it.
fn sentence(frame: &Frame, terms: &Value, rule: &Value) -> String {
    let promise = with(frame, terms, "rewards", json!([rule]));
    let lines = promise.map(|promise| promise.referrer.into_iter().chain(promise.friend).collect());
    lines.map_or_else(|| rule.to_string(), |lines: Vec<String>| lines.join(" "))
}

/// The conditions that are there because of one field.
fn conditions(frame: &Frame, terms: &Value, field: &str, without: Value) -> Vec<String> {
    let bare = with(frame, terms, field, without).map(|promise| promise.conditions).unwrap_or_default();
    let all = said(frame, terms).map(|promise| promise.conditions).unwrap_or_default();
    all.into_iter().filter(|line| !bare.contains(line)).collect()
}

/// What differs from `old` to `new`.
pub(super) fn between(frame: &Frame, old: &Value, new: &Value) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut ids: Vec<&str> = rules(old).map(|rule| text(rule, "id")).collect();
    ids.extend(
        rules(new).map(|rule| text(rule, "id")).filter(|id| rules(old).all(|rule| text(rule, "id") != *id)),
    );
    for id in ids {
        let find = |terms| rules(terms).find(|rule| text(rule, "id") == id);
        let (before, after) = (find(old), find(new));
        if before == after {
            continue;
        }
        let named = after.or(before).unwrap_or(&Value::Null);
        let field = draft::label(frame, named);
        let said = |terms, rule: Option<&Value>| rule.map(|rule| sentence(frame, terms, rule));
        changes.extend(Change::of(field, said(old, before), said(new, after)));
    }
    for (field, key) in PLAIN {
        let said = |terms: &Value| terms.get(field).map(|value| plain(frame, field, value));
        changes.extend(Change::of(frame.t(key).to_owned(), said(old), said(new)));
    }
    for (field, key, without) in
        [("caps", "terms.caps", json!([])), ("qualification", "terms.qualification", json!({}))]
    {
        if old.get(field) == new.get(field) {
            continue;
        }
        let said = |terms| {
            let lines = conditions(frame, terms, field, without.clone());
            (!lines.is_empty()).then(|| lines.join(" "))
        };
        let (mut before, mut after) = (said(old), said(new));
        if before == after {
            // No sentence says it.
            (before, after) = (old.get(field).map(Value::to_string), new.get(field).map(Value::to_string));
        }
        changes.extend(Change::of(frame.t(key).to_owned(), before, after));
    }
    changes
}
