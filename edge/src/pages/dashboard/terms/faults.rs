//! What is wrong with a draft, by the fields it was filled into: as the ledger names them, `terms.rewards[1].pay.flat`, and as
//! the form does.

use super::draft::{self, Draft};
use super::{caps, changes, reward};
use crate::pages::desk::{Fault, Refusal};
use crate::pages::frame::Frame;
use referral::terms::Terms;
use serde_json::Value;

/// What is wrong with terms as they are wanted.
pub(in crate::pages::dashboard) fn of(terms: &Value) -> Refusal {
    let errors = terms.as_object().map(|fields| Terms::read("terms", fields));
    let Some(Err(errors)) = errors else { return Refusal::of(Vec::new()) };
    Refusal::of(errors.into_iter().map(Fault::from).collect())
}

/// With its fields named, and called, as the form has them.
pub(in crate::pages::dashboard) fn named(
    frame: &Frame,
    draft: &Draft,
    wanted: &Value,
    mut refusal: Refusal,
) -> Refusal {
    for fault in &mut refusal.errors {
        let Some(path) = fault.field.strip_prefix("terms.") else { continue };
        let (name, label) = if let Some(rest) = path.strip_prefix("rewards[") {
            of_reward(frame, draft, wanted, (rest, fault.code.starts_with("out_of_place")))
        } else if let Some(rest) = path.strip_prefix("caps[") {
            of_cap(frame, wanted, rest)
        } else if let Some(path) = path.strip_prefix("qualification.") {
            of_qualification(frame, wanted, path)
        } else {
            let field = path.split(['.', '[']).next().unwrap_or(path);
            let name = if field == "approval" { "up_to" } else { field };
            (name.to_owned(), changes::key(field).map(|key| frame.t(key).to_owned()).unwrap_or_default())
        };
        (fault.field, fault.label) = (name, label);
    }
    refusal
}

/// The number in brackets, of which `rest` follows the opening one, and what stands behind them.
fn numbered(rest: &str) -> (&str, &str) {
    let (number, path) = rest.split_once(']').unwrap_or((rest, ""));
    (number, path.trim_start_matches('.'))
}

/// The field of a reward; what does not belong to it is a choice, whatever was filled in for it.
fn of_reward(
    frame: &Frame,
    draft: &Draft,
    wanted: &Value,
    (rest, is_misplaced): (&str, bool),
) -> (String, String) {
    let (at, path) = numbered(rest);
    let rule = wanted.pointer(&format!("/rewards/{at}")).unwrap_or(&Value::Null);
    let id = rule.get("id").and_then(Value::as_str).unwrap_or_default();
    let another = &draft.another.reward;
    let fields = draft.rules.iter().find(|fields| fields.id == id).unwrap_or(another);
    let field = if is_misplaced && path.starts_with("when") { "when" } else { reward::field(path) };
    let label = if fields.id.is_empty() { draft::label(frame, rule) } else { fields.label.clone() };
    let label = reward::called(frame, &label, field);
    let step = path.split_once("steps[").map(|(_, rest)| numbered(rest).0);
    let step = step.and_then(|at| at.parse::<u64>().ok());
    let label = match step {
        Some(at) => format!("{label} {}", frame.words.count(at + 1)),
        None => label,
    };
    (fields.name(field), label)
}

fn of_cap(frame: &Frame, wanted: &Value, rest: &str) -> (String, String) {
    let (at, _) = numbered(rest);
    let cap = wanted.pointer(&format!("/caps/{at}")).unwrap_or(&Value::Null);
    let word = |name: &str| cap.get(name).and_then(Value::as_str).unwrap_or_default();
    (caps::name(word("of"), word("per")), caps::label(frame, word("of"), word("per")))
}

/// The words, the events or the domains; one of a list is told by what it is.
fn of_qualification(frame: &Frame, wanted: &Value, path: &str) -> (String, String) {
    let (field, rest) = path.split_once('[').unwrap_or((path, ""));
    let key = match field {
        "criteria" => "terms.criteria",
        "events" => "terms.events",
        _ => "terms.email_domains",
    };
    let (at, _) = numbered(rest);
    let entry = wanted.pointer(&format!("/qualification/{field}/{at}")).and_then(Value::as_str);
    let label = match entry {
        Some(entry) => format!("{} · {entry}", frame.t(key)),
        None => frame.t(key).to_owned(),
    };
    (field.to_owned(), label)
}
