//! The most that is granted, as the fields of a form hold it: an amount for each kind of cap there is, empty for none.

use crate::pages::desk::Fault;
use crate::pages::form::Form;
use crate::pages::frame::Frame;
use referral::figures::{plain_money, read_money};
use serde_json::{Value, json};

/// Every kind: whose rewards, over which time.
const KINDS: [(&str, &str); 7] = [
    ("conversion", "ever"),
    ("referrer", "day"),
    ("referrer", "month"),
    ("referrer", "ever"),
    ("program", "day"),
    ("program", "month"),
    ("program", "ever"),
];

/// One kind, and the amount of it.
pub(in crate::pages::dashboard) struct Cap {
    of: &'static str,
    per: &'static str,
    pub(in crate::pages::dashboard) name: String,
    pub(in crate::pages::dashboard) label: String,
    pub(in crate::pages::dashboard) value: String,
}

/// What the field of a cap is called in a form.
pub(super) fn name(of: &str, per: &str) -> String {
    format!("cap.{of}.{per}")
}

/// What a cap is called, by whose rewards it counts and over which time.
pub(super) fn label(frame: &Frame, of: &str, per: &str) -> String {
    frame.words.of("terms.cap", &format!("{of}.{per}"))
}

fn caps(terms: &Value) -> impl Iterator<Item = &Value> {
    terms.get("caps").and_then(Value::as_array).into_iter().flatten()
}

fn is_of(cap: &Value, of: &str, per: &str) -> bool {
    let word = |name: &str| cap.get(name).and_then(Value::as_str);
    word("of") == Some(of) && word("per").unwrap_or("ever") == per
}

/// The caps of terms as they are.
pub(super) fn fields(frame: &Frame, terms: &Value) -> Vec<Cap> {
    let field = |(of, per): (&'static str, &'static str)| {
        let cap = caps(terms).find(|cap| is_of(cap, of, per));
        let amount = cap.and_then(|cap| cap.get("amount")).and_then(Value::as_i64);
        let value = amount.map(|amount| plain_money(amount, frame.program.currency)).unwrap_or_default();
        Cap { of, per, name: name(of, per), label: label(frame, of, per), value }
    };
    KINDS.map(field).into()
}

/// With what a form says of them. What it does not say stays.
pub(super) fn fill(fields: &mut [Cap], form: &Form) {
    for cap in fields.iter_mut().filter(|cap| form.has(&cap.name)) {
        form.text(&cap.name).unwrap_or_default().clone_into(&mut cap.value);
    }
}

/// The caps that the fields say: those in force first, in their order.
pub(super) fn wanted(frame: &Frame, fields: &[Cap], in_force: &Value) -> Result<Value, Vec<Fault>> {
    let (mut wanted, mut faults) = (Vec::new(), Vec::new());
    for cap in fields.iter().filter(|cap| !cap.value.is_empty()) {
        match read_money(&cap.value, frame.program.currency) {
            Some(amount) => wanted.push(json!({ "of": cap.of, "per": cap.per, "amount": amount })),
            None => faults.push(Fault::own(cap.label.clone(), frame.t("fault.money")).at(cap.name.clone())),
        }
    }
    let place = |wanted: &Value| {
        let same = |cap: &Value| KINDS.iter().any(|(of, per)| is_of(cap, of, per) && is_of(wanted, of, per));
        caps(in_force).position(same).unwrap_or(usize::MAX)
    };
    wanted.sort_by_key(place);
    if faults.is_empty() { Ok(Value::Array(wanted)) } else { Err(faults) }
}
